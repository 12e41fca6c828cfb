"""Several lists one under the other in one sheet (a class each, say), taken apart before they are recognised.

A heading printed again on each page is no new list; a heading below a title of its own, or other headings, are.
Rows keep their physical numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from dropctl.ingest.headings import headings_in, is_group, name_spellings, normalise_heading
from dropctl.ingest.rows import is_blank, names_nobody
from dropctl.tables.raw import Cell, RawSheet, raw_text

_LONG_NUMBER = re.compile(r"\d{15}")
_TITLE_WORD = re.compile(r"[班级名册登记表校日期时间单位年月]")
_PAGE = re.compile(r"第?\d+页|共\d+页|续表|接上页|\(续\)|续$")
_MOST_TITLE_CELLS = 4
_NUMBERING = frozenset({"序号", "编号", "no.", "学号", "座号"})
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_CLASS = re.compile(r"[一二三四五六七八九十\d].*[班级)）]")


@lru_cache(maxsize=1)
def _name_cells() -> frozenset[str]:
    """Cells, as people write them, that may head a column of names; looked up for every cell, so kept plain."""
    found = set()
    for heading in name_spellings():
        for text in (
            heading,
            heading[0] + " " + heading[1:],
            heading[0] + "　" + heading[1:],
            heading[0] + "  " + heading[1:],
        ):
            found |= {text, f"*{text}", f"{text}*", f"＊{text}", f" {text}", f"{text} "}
    return frozenset(found)


def _is_heading(row: Sequence[Cell]) -> bool:
    """Say whether a row is a heading row of its own: names are headed, and half of what it says are headings."""
    known = headings_in(row)
    if not any(heading in name_spellings() for _, heading in known):
        return False
    written = [text for cell in row if cell is not None and (text := raw_text(cell)) and text.strip()]
    if len(written) == 1:
        return True
    different = {heading for _, heading in known} | {normalise_heading(text) for text in written} & _NUMBERING
    return len(different) > 1 and len(different) * 2 >= len(written) and not any(map(_LONG_NUMBER.search, written))


def _texts(row: Sequence[Cell]) -> tuple[str, ...]:
    """Return what a row says, each cell normalised, blanks at its end left out."""
    texts = [normalise_heading(cell) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _is_title(row: Sequence[Cell], name_places: Sequence[int]) -> bool:
    """Say whether a row could stand above a list: a few texts that speak of a class, a school, a day, and no name."""
    for place in name_places:
        name = re.sub(r"\s+", "", raw_text(row[place]) or "") if place < len(row) else ""
        if _PLAIN_NAME.fullmatch(name) and not _CLASS.fullmatch(name):
            return False
    written = [cell for cell in row if cell is not None and raw_text(cell)]
    if not written or len(written) > _MOST_TITLE_CELLS or not all(isinstance(cell, str) for cell in written):
        return False
    texts = [re.sub(r"\s+", "", str(cell)) for cell in written]
    if names_nobody(row) and not any(_PAGE.search(text) for text in texts):
        return False
    return not any(_LONG_NUMBER.search(text) for text in texts) and any(
        _CLASS.fullmatch(text) or (len(text) > 4 and _TITLE_WORD.search(text)) for text in texts
    )


def _is_group_row(row: Sequence[Cell]) -> bool:
    """Say whether a row is the upper one of a two-row heading: nothing but headings and group names."""
    written = [normalise_heading(cell) for cell in row if cell is not None and raw_text(cell)]
    return bool(written) and sum(is_group(text) for text in written) * 2 >= len(written)


def _title_of(sheet: RawSheet, first: int, end: int) -> frozenset[str]:
    """Return the words of the title in rows `first` to `end`, page marks left out."""
    words = set()
    for row in sheet.rows[first:end]:
        for cell in row:
            text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", raw_text(cell) or ""))
            if text and not _PAGE.search(text):
                words.add(text)
    return frozenset(words)


def lists_in(sheet: RawSheet) -> list[RawSheet]:
    """Return the lists of `sheet`, each with its own title and heading; `[sheet]` itself where there is one."""
    names = _name_cells()
    marked = [index for index, row in enumerate(sheet.rows) if not names.isdisjoint(row)]
    if len(marked) < 2:
        return [sheet]
    starts: list[int] = []
    previous: int | None = None
    title: frozenset[str] = frozenset()
    seen: set[tuple[str, ...]] = set()  # headings as they stood above
    for heading in marked:
        row = sheet.rows[heading]
        if not _is_heading(row):
            continue
        texts = _texts(row)
        if previous is None:
            starts.append(0)
            title = _title_of(sheet, 0, heading)
        elif heading != previous + 1:  # the lower row of the same heading otherwise
            top, under = _top(sheet, heading, previous)
            own_title = _title_of(sheet, top, under)
            again = texts in seen and own_title <= title
            if not again and (own_title or len(set(texts) - {""}) > 1):  # a lone 姓名 in a list begins no other list
                starts.append(top)
                title = own_title or title
        seen.add(texts)
        previous = heading
    if len(starts) < 2:
        return [sheet]
    ends = [*starts[1:], len(sheet.rows)]
    return [
        RawSheet(
            sheet.file,
            sheet.sheet,
            sheet.rows[start:end],
            [sheet.row_number(index) for index in range(start, end)],
            hidden=sheet.hidden,
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _top(sheet: RawSheet, heading: int, previous: int) -> tuple[int, int]:
    """Return the first row of the title above `heading`, not above the list before it, and the row after the title."""
    name_places = [place for place, text in headings_in(sheet.rows[previous]) if text in name_spellings()]
    top = heading
    if top - 1 > previous and _is_group_row(sheet.rows[top - 1]):
        top -= 1
    under = top
    for index in range(top - 1, previous, -1):
        row = sheet.rows[index]
        if is_blank(row):
            continue
        if not _is_title(row, name_places):
            break
        top = index
    return top, under
