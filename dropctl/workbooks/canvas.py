"""A sheet filled from top to bottom, as summaries are: sections, sentences, tables of merged cells, links.

Nothing here knows what is summed up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xlsxwriter.worksheet import Worksheet

from dropctl.workbooks.style import Styles, line_count, row_height, safe_text, serial

ROW = 20.0  # points of an ordinary row


@dataclass(slots=True)
class Canvas:
    """A sheet of `columns` columns of one width, and the next free row."""

    sheet: Worksheet
    styles: Styles
    columns: int
    column_width: float
    row: int = 0

    def cell(self, first: int, last: int, value: str | int | date | None, style: str, row: int | None = None) -> None:
        """Write one value over the columns first … last of the current row (or `row`)."""
        at = self.row if row is None else row
        look = self.styles[style]
        if last > first:
            self.sheet.merge_range(at, first, at, last, "", look)
        if isinstance(value, date):
            number = serial(value)
            value = value.isoformat() if number is None else number
        if value is None or value == "":
            self.sheet.write_blank(at, first, None, look)
        elif isinstance(value, str):
            self.sheet.write_string(at, first, safe_text(value), look)
        else:
            self.sheet.write_number(at, first, value, look)

    def link(self, first: int, last: int, sheet_name: str, label: str) -> None:
        """Write a cell that leads to another sheet of this workbook."""
        look = self.styles["link"]
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", look)
        self.sheet.write_url(self.row, first, f"internal:'{sheet_name}'!A1", look, string=label)

    def next(self, height: float = ROW) -> None:
        """Set the height of the current row and go to the next."""
        self.sheet.set_row(self.row, height)
        self.row += 1

    def section(self, title: str) -> None:
        """Leave a little room and write a section's title."""
        self.next(6)
        self.cell(0, self.columns - 1, title, "section")
        self.next(22)

    def text(self, text: str, style: str = "line") -> None:
        """Write a sentence over the whole width, as high as it needs."""
        self.cell(0, self.columns - 1, text, style)
        self.next(row_height(line_count(text, self.columns * self.column_width)) + 1)

    def headings(self, *spans: tuple[int, int, str]) -> None:
        """Write the heading row of a table."""
        for first, last, label in spans:
            self.cell(first, last, label, "heading")
        folded = any(len(label) * 2 > (last - first + 1) * self.column_width for first, last, label in spans)
        self.next(34 if folded else 22)
