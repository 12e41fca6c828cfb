"""Writes one workbook the way an office writes it: merged title, bordered table, print set-up.

Same input, same bytes: xlsxwriter fixes the times inside the archive, the creation date is set here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from .cells import Value

_CREATED = datetime(2025, 9, 1, 8, 0)  # noqa: DTZ001  # xlsxwriter takes no time zone


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: lines above the table (the first is the title), headings, rows, lines below it.

    Rows stand from `first_row` on (1-based). Without headings it is a page of text.
    """

    name: str
    above: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    below: Sequence[Sequence[Value]] = ()
    widths: Sequence[float] = field(default=())
    landscape: bool = False
    groups: Sequence[str] = ()  # a row of headings above the headings: a group's name over its columns, else ""
    merged: Sequence[int] = ()  # columns in which equal neighbours are one merged cell
    hidden: bool = False
    hidden_rows: Sequence[int] = ()  # 0-based among `rows`: filtered away, still there

    @property
    def first_row(self) -> int:
        """The physical number of the first row of data."""
        return len(self.above) + (3 if self.groups else 2)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets to `path`, overwriting it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": _CREATED, "author": "石桥九年一贯制学校"})
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        styles = {
            "title": book.add_format(base | {"font_size": 16, "bold": True, "align": "center"}),
            "line": book.add_format(base),
            "heading": book.add_format(
                base | {"bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": "#D9E2F3"}
            ),
            "text": book.add_format(base | {"border": 1, "num_format": "@"}),
            "number": book.add_format(base | {"border": 1}),
            "date": book.add_format(base | {"border": 1, "num_format": "yyyy-mm-dd", "align": "left"}),
            "page": book.add_format(base | {"text_wrap": True}),
        }
        for sheet in sheets:
            _write_sheet(book, sheet, styles)


def _write_sheet(book: xlsxwriter.Workbook, sheet: Sheet, styles: dict[str, object]) -> None:
    page = book.add_worksheet(sheet.name)
    if not sheet.headings:
        page.set_column(0, 0, 90)
        for number, line in enumerate(sheet.above):
            page.write_string(number, 0, line, styles["page"])
        return
    last = len(sheet.headings) - 1
    for number, line in enumerate(sheet.above):
        if number == 0:
            page.merge_range(0, 0, 0, last, line, styles["title"])
            page.set_row(0, 30)
        else:
            page.write_string(number, 0, line, styles["line"])
    top = sheet.first_row - 2
    if sheet.groups:
        _write_groups(page, sheet, styles)
    for column, heading in enumerate(sheet.headings):
        if not sheet.groups or sheet.groups[column]:
            page.write_string(top, column, heading, styles["heading"])
        page.set_column(column, column, sheet.widths[column] if column < len(sheet.widths) else 10)
    page.set_row(top, 32)
    for number, row in enumerate(sheet.rows, start=top + 1):
        for column, value in enumerate(row):
            _write_cell(page, number, column, value, styles)
    for column in sheet.merged:
        for first, last in runs([row[column] for row in sheet.rows]):
            if last > first:
                value = sheet.rows[first][column]
                page.merge_range(top + 1 + first, column, top + 1 + last, column, value, styles["text"])
    for number in sheet.hidden_rows:
        page.set_row(top + 1 + number, None, None, {"hidden": True})
    if sheet.hidden:
        page.hide()
    for number, row in enumerate(sheet.below, start=top + 1 + len(sheet.rows)):
        for column, value in enumerate(row):
            if value is not None:
                _write_cell(page, number, column, value, styles | {"text": styles["line"], "number": styles["line"]})
    page.freeze_panes(top + 1, 0)
    page.repeat_rows(top)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    if sheet.landscape:
        page.set_landscape()


def runs(values: Sequence[Value]) -> list[tuple[int, int]]:
    """Return first and last place of each run of equal values."""
    found: list[tuple[int, int]] = []
    for place, value in enumerate(values):
        if found and values[found[-1][0]] == value:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _write_groups(page: object, sheet: Sheet, styles: dict[str, object]) -> None:
    """Write two rows of headings: a group over its columns, every other heading over both rows."""
    at = sheet.first_row - 3
    for first, last in runs([group or f"/{column}" for column, group in enumerate(sheet.groups)]):
        if sheet.groups[first] and last > first:
            page.merge_range(at, first, at, last, sheet.groups[first], styles["heading"])
        elif sheet.groups[first]:
            page.write_string(at, first, sheet.groups[first], styles["heading"])
        else:
            page.merge_range(at, first, at + 1, first, sheet.headings[first], styles["heading"])


def _write_cell(page: object, row: int, column: int, value: Value, styles: dict[str, object]) -> None:
    match value:
        case None | "":
            page.write_blank(row, column, None, styles["text"])
        case str():
            page.write_string(row, column, value, styles["text"])
        case date():
            page.write_datetime(row, column, value, styles["date"])
        case _:
            page.write_number(row, column, value, styles["number"])
