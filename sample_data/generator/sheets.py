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

    @property
    def first_row(self) -> int:
        """The physical number of the first row of data."""
        return len(self.above) + 2


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
    top = len(sheet.above)
    for column, heading in enumerate(sheet.headings):
        page.write_string(top, column, heading, styles["heading"])
        page.set_column(column, column, sheet.widths[column] if column < len(sheet.widths) else 10)
    page.set_row(top, 32)
    for number, row in enumerate(sheet.rows, start=top + 1):
        for column, value in enumerate(row):
            _write_cell(page, number, column, value, styles)
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
