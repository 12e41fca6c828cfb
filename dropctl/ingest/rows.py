"""Which rows of a sheet name somebody: every row is kept, blank, or set aside because it names nobody.

A row is set aside only when no column that could identify a child holds anything, or when it is plainly a
heading, total, legend or signature line without any number of a child. In doubt it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dropctl.ingest.headings import Recognised, all_spellings, heading_texts, name_spellings, normalise_heading
from dropctl.tables.issues import Issue
from dropctl.tables.raw import Cell, RawSheet, cell_address, raw_text

_TOTAL = re.compile(
    r"(小计|合计|总计|共计|总人数|人数合计|本页合计|班级合计)"
    r"|.{0,8}[班级生校村组页月次部园](小计|合计|总计|共计)"
    r"|(共|计|应到|实到|未到|缺席|在籍|在册|男生?|女生?)[:：]?\d+[人名]"
)
_SIGNATURE = re.compile(
    r"(填表人|填报人|审核人?|校长|制表人?|班主任|负责人|经办人|填报单位|填报日期|单位盖章|联系人|联系电话|签字|签名"
    r"|注\d*|注意(事项)?|说明|备注|图例|符号说明|填[表报写]说明)"
    r"(\(.*?\))?\s*(签字|签名|签章|盖章)?\s*[:：(（]"
    r"|.{0,8}(签字|签名|签章|盖章|公章)(处|栏)?[:：_＿—\s]*$"
    r"|(以下空白|此页无正文|续表|接上页|转下页|第\d+页|共\d+页)"
)
# A number of a child, whole or damaged; a date or a signature that fell into the number column is none.
_NUMBER = re.compile(r"\d{6}|\d\.\d+E\+\d", re.IGNORECASE)
_EXAMPLE = re.compile(r"(例|示例|样例|范例|填写示例|填写样例)[:：]?")
_EXAMPLE_NAME = re.compile(r"[(（](示例|样例|范例|例)[)）]|(示例|样例|范例|例)[:：]")
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
# What stands in the first cell of a row that may be no child's: such a row is looked at closely.
_NO_CHILD = re.compile(
    r"[\s　]*(小计|合计|总计|共计|总人数|人数|本页|班级合计|填表|填报|审核|校长|制表|班主任|负责人|经办人|单位"
    r"|联系|签字|签名|注|说明|备注|图例|例|示例|样例|范例|填写|无人|没有|以下|续表|$)"
    r"|.*([小合总共]计|[签盖公][字名章])"
)
_NOBODY = frozenset({"无", "没有", "无人", "/", "-", "—"})
_LONGEST_NAME = 30
# What the row under the headings says where it explains how to fill them in, or gives units.
_EXPLAINS = re.compile(
    r"必填|选填|必录|填写|请填|请按|格式|文本|字符|下拉|一致|例如|如[:：]|限\d+字|\d+位|不填|全称|户口[簿本]|自动生成|无需"
)
_IN_BRACKETS = re.compile(r"[(（\[【].*[)）\]】]")
_EXPLAINING_WORDS = frozenset(
    {"必填", "选填", "必录", "必填项", "选填项", "文本", "文本型", "字符", "字符型", "汉字", "中文", "文字", "格式",
     "填写说明", "填写要求", "必须填写"}
)  # fmt: skip
_EXPLAINING_ROWS = 3


@dataclass(frozen=True, slots=True)
class RowFates:
    """0-based indices of the rows kept, and how many were set aside or blank."""

    kept: tuple[int, ...]
    set_aside: int
    blank: int
    issues: tuple[Issue, ...]


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    return all_spellings() | _EXPLAINING_WORDS


def _plainly_somebody(row: Sequence[Cell], name_place: int) -> bool:
    """Say whether a row holds an ordinary name and begins like a row of a list: most rows, decided at once."""
    name = row[name_place] if name_place < len(row) else None
    if type(name) is not str or not _PLAIN_NAME.fullmatch(name) or name in _no_names() or _NO_CHILD.match(name):
        return False
    first = row[0]
    return type(first) is float or first is name or (type(first) is str and not _NO_CHILD.match(first))


def is_blank(row: Sequence[Cell]) -> bool:
    """Say whether no cell of the row holds anything but white space."""
    return all(cell is None or (type(cell) is str and not cell.strip()) for cell in row)


def _cell_text(row: Sequence[Cell], place: int) -> str:
    return (raw_text(row[place]) or "").strip() if place < len(row) else ""


def _first_text(row: Sequence[Cell]) -> str:
    """Return the first text of a row without its white space."""
    first = next((text for place in range(len(row)) if (text := _cell_text(row, place))), "")
    return re.sub(r"\s+", "", first)


def names_nobody(row: Sequence[Cell]) -> bool:
    """Say whether a row begins as a total, legend or signature line does."""
    first = _first_text(row)
    return _TOTAL.match(first) is not None or _SIGNATURE.match(first) is not None


def sort_rows(sheet: RawSheet, recognised: Recognised) -> RowFates:
    """Return what becomes of every row of `sheet`; the three numbers always add up to the rows of the sheet."""
    headings = heading_texts(sheet, recognised)
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
        if index > recognised.heading and _plainly_somebody(row, name_place):
            kept.append(index)
        elif is_blank(row):
            blank += 1
        elif index <= recognised.heading:
            aside += 1
        elif _is_example(row, name_place):
            aside += 1
            issues.append(_pointed_out(sheet, recognised, index, name_place, "example_row",
                                       "这一行写着“示例”，没有当作学生；如果是真的学生，请去掉“示例”字样"))  # fmt: skip
        elif any(_NUMBER.search(_cell_text(row, place)) for place in number_places):
            if any(_repeats(row, texts) for texts in headings):
                aside += 1
            else:
                kept.append(index)
        else:
            name = re.sub(r"\s+", "", _cell_text(row, name_place))
            explains = not kept and index <= recognised.heading + _EXPLAINING_ROWS and _explains(row, name)
            repeated = any(_repeats(row, texts) for texts in headings) or _repeats_title(row, recognised.title)
            if explains or repeated or _is_nobody(row, name):
                aside += 1
                if not explains and _looks_like_a_child(row, recognised, name):
                    message = "这一行有班级等内容却没有姓名和证件号，已放在一边；如果是一个学生，请补上姓名"
                    issues.append(_pointed_out(sheet, recognised, index, name_place, "row_without_name", message))
            else:
                kept.append(index)
    return RowFates(tuple(kept), aside, blank, tuple(issues))


def _pointed_out(
    sheet: RawSheet, recognised: Recognised, index: int, name_place: int, code: str, message: str
) -> Issue:
    number = sheet.row_number(index)
    return Issue(
        recognised.spec.kind, sheet.file, sheet.sheet, cell_address(number, name_place), number,
        "name", code, "warning", None, message,
    )  # fmt: skip


def _is_nobody(row: Sequence[Cell], name: str) -> bool:
    """Say whether a row without any number of a child names nobody; `name` is its name cell without white space."""
    first = _first_text(row)
    return (
        not name
        or name in _NOBODY
        or normalise_heading(name) in name_spellings()
        or any(pattern.match(text) is not None for pattern in (_TOTAL, _SIGNATURE) for text in (first, name))
        or _EXAMPLE.fullmatch(first) is not None
        or len(name) > _LONGEST_NAME
    )


def _is_example(row: Sequence[Cell], name_place: int) -> bool:
    """Say whether a row is marked as an example: in a cell of its own before the name, or beside the name."""
    if _EXAMPLE_NAME.search(_cell_text(row, name_place)):
        return True
    return _EXAMPLE.fullmatch(_first_text(row[:name_place])) is not None and bool(_cell_text(row, name_place))


def _explains(row: Sequence[Cell], name: str) -> bool:
    """Say whether a row under the headings tells how to fill them in: below 姓名, or in all cells if that is blank."""
    texts = [name] if name else [text for place in range(len(row)) if (text := _cell_text(row, place))]
    return all(
        text in _EXPLAINING_WORDS
        or _IN_BRACKETS.fullmatch(text) is not None
        or (_PLAIN_NAME.fullmatch(text) is None and _EXPLAINS.search(text) is not None)
        for text in texts
    )


def _repeats(row: Sequence[Cell], texts: Mapping[int, str]) -> bool:
    """Say whether a row is a heading row printed again: half of the headings, and half of what it says."""
    same = sum(
        normalise_heading(row[place]) == text for place, text in texts.items() if place < len(row) and row[place]
    )
    written = sum(bool(_cell_text(row, place)) for place in range(len(row)))
    return same > 0 and same * 2 >= max(len(texts), written)


def _repeats_title(row: Sequence[Cell], title: str) -> bool:
    """Say whether a row is the title printed again on a new page: its one text, longer than a name, stands there."""
    texts = [text for place in range(len(row)) if (text := _cell_text(row, place))]
    return len(texts) == 1 and len(texts[0]) > 4 and texts[0] in title


def _looks_like_a_child(row: Sequence[Cell], recognised: Recognised, name: str) -> bool:
    if name or names_nobody(row):
        return False
    telling = [s for s in recognised.sources if s.column.key not in ("note", "list_date")]
    return sum(any(_cell_text(row, place) for place in source.places) for source in telling) >= 2
