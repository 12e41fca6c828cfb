"""Which rows of a sheet name somebody: every row is kept, blank, or set aside because it names nobody.

A row is set aside only when no column that could identify a child holds anything, or when it is plainly a
heading, total, legend or signature line without any number of a child. In doubt it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dropctl.ingest.headings import Recognised, normalise_heading
from dropctl.tables.issues import Issue
from dropctl.tables.raw import Cell, RawSheet, cell_address, raw_text

_TOTAL = re.compile(r"^(小计|合计|总计|共计|总人数|人数合计|本页合计|班级合计)")
_SIGNATURE = re.compile(
    r"^(填表人|填报人|审核人?|校长|制表人?|班主任|负责人|经办人|填报单位|填报日期|单位盖章|联系人|联系电话|签字|签名|注|说明|备注)"
    r"(\(.*?\))?\s*(签字|签名|签章|盖章)?\s*[:：(（]"
)
# A number of a child, whole or damaged; a date or a signature that fell into the number column is none.
_NUMBER = re.compile(r"\d{6}|\d\.\d+E\+\d", re.IGNORECASE)
_EXAMPLE = re.compile(r"^(例|示例|样例|填写示例)[:：]?$")
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_NO_CHILD = re.compile(
    r"[\s　]*(小计|合计|总计|共计|总人数|人数|本页|班级合计|填表|填报|审核|校长|制表|班主任|负责人|经办人|单位"
    r"|联系|签字|签名|注|说明|备注|例|示例|样例|填写|无人|没有|$)"
)
_NOBODY = frozenset({"无", "没有", "无人", "/", "-", "—"})
_LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class RowFates:
    """0-based indices of the rows kept, and how many were set aside or blank."""

    kept: tuple[int, ...]
    set_aside: int
    blank: int
    issues: tuple[Issue, ...]


def _plainly_somebody(row: Sequence[Cell], name_place: int, heading: str) -> bool:
    """Say whether a row holds an ordinary name and begins like a row of a list: most rows, decided at once."""
    name = row[name_place] if name_place < len(row) else None
    if type(name) is not str or not _PLAIN_NAME.fullmatch(name) or name == heading or _NO_CHILD.match(name):
        return False
    first = row[0]
    return type(first) is float or first is name or (type(first) is str and not _NO_CHILD.match(first.lstrip()))


def is_blank(row: Sequence[Cell]) -> bool:
    """Say whether no cell of the row holds anything but white space."""
    return all(cell is None or (type(cell) is str and not cell.strip()) for cell in row)


def _cell_text(row: Sequence[Cell], place: int) -> str:
    return (raw_text(row[place]) or "").strip() if place < len(row) else ""


def sort_rows(sheet: RawSheet, recognised: Recognised) -> RowFates:
    """Return what becomes of every row of `sheet`; the three numbers always add up to the rows of the sheet."""
    headings = {place: normalise_heading(sheet.rows[recognised.heading][place]) for place in recognised.places()}
    named_by = recognised.spec.required[0]  # the child's name; the village or the school in lists of those
    name_place = next(s.places[0] for s in recognised.sources if s.column.key == named_by)
    number_places = tuple(
        place
        for source in recognised.sources
        if source.column.names_somebody and source.column.key != named_by
        for place in source.places
    )
    kept: list[int] = []
    issues: list[Issue] = []
    aside = blank = 0
    for index, row in enumerate(sheet.rows):
        if index > recognised.heading and _plainly_somebody(row, name_place, headings[name_place]):
            kept.append(index)
        elif is_blank(row):
            blank += 1
        elif index <= recognised.heading:
            aside += 1
        elif any(_NUMBER.search(_cell_text(row, place)) for place in number_places):
            if _repeats_heading(row, headings, name_place):
                aside += 1
            else:
                kept.append(index)
        else:
            name = _cell_text(row, name_place)
            first = next(text for place in range(len(row)) if (text := _cell_text(row, place)))
            plain = re.sub(r"\s+", "", name)
            plain_first = re.sub(r"\s+", "", first)
            if (
                not plain
                or plain in _NOBODY
                or _TOTAL.match(plain_first)
                or _TOTAL.match(plain)
                or _SIGNATURE.match(plain_first)
                or _SIGNATURE.match(plain)
                or _EXAMPLE.match(plain_first)
                or len(plain) > _LONGEST_NAME
                or _repeats_heading(row, headings, name_place)
            ):
                aside += 1
                if _looks_like_a_child(row, recognised, plain, plain_first):
                    number = sheet.row_number(index)
                    issues.append(
                        Issue(
                            recognised.spec.kind, sheet.file, sheet.sheet, cell_address(number, name_place), number,
                            "name", "row_without_name", "warning", None,
                            "这一行有班级等内容却没有姓名和证件号，已放在一边；如果是一个学生，请补上姓名",
                        )
                    )  # fmt: skip
            else:
                kept.append(index)
    return RowFates(tuple(kept), aside, blank, tuple(issues))


def _repeats_heading(row: Sequence[Cell], headings: dict[int, str], name_place: int) -> bool:
    if name_place >= len(row) or normalise_heading(row[name_place]) != headings[name_place]:
        return False
    same = sum(normalise_heading(row[place]) == text for place, text in headings.items() if place < len(row))
    return same >= max(1, (len(headings) + 1) // 2)


def _looks_like_a_child(row: Sequence[Cell], recognised: Recognised, name: str, first: str) -> bool:
    if name or _TOTAL.match(first) or _SIGNATURE.match(first):
        return False
    telling = [s for s in recognised.sources if s.column.key not in ("note", "list_date")]
    return sum(any(_cell_text(row, place) for place in source.places) for source in telling) >= 2
