"""A list on a sheet: title, subtitle, legend, shaded headings, bordered rows, frozen panes, filter, print set-up.

Columns come ready-made; nothing here knows what the list is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from xlsxwriter.worksheet import Worksheet

from dropctl.workbooks.style import (
    Styles,
    display_width,
    line_count,
    row_height,
    safe_text,
    serial,
    set_up_page,
)

Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: its heading, its values from top to bottom, its style, and the rows that look different.

    The width follows the content between `least` and `most` column units; what is longer is wrapped. `marks` gives
    the style of single rows (0 = first data row). A `hidden` column is sorted and filtered with the others, never seen.
    """

    heading: str
    values: Sequence[Value]
    style: str = "text"
    least: float = 6
    most: float = 30
    marks: Mapping[int, str] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """What stands on one sheet. `frozen` is the heading of the last column that stays in sight when scrolling.

    `pages_across`: over how many pages side by side a wide list is printed; the frozen columns stand on each.
    """

    title: str
    subtitle: str
    columns: Sequence[SheetColumn]
    frozen: str
    legend: Sequence[tuple[str, str]] = ()
    empty_line: str = "没有"
    totals: Mapping[str, int] = field(default_factory=dict)  # heading → sum, written as a last line
    large_paper: bool = False  # A3
    pages_across: int = 1


def numbered(count: int) -> SheetColumn:
    """Return the column 序号 for `count` rows."""
    return SheetColumn("序号", range(1, count + 1), "number", least=5)


def write_list(sheet: Worksheet, styles: Styles, page: ListPage) -> int:
    """Write `page` and return the 0-based row of its headings."""
    last = len(page.columns) - 1
    count = len(page.columns[0].values)
    widths = []
    lines: dict[int, int] = {}
    top = 3 if page.legend else 2
    # Rows are one height unless a cell needs more lines: a program that opens the file does not measure again.
    sheet.set_default_row(row_height(1))
    for index, column in enumerate(page.columns):
        texts = [safe_text(value) if isinstance(value, str) else value for value in column.values]
        width, wraps = _width(column, texts)
        if column.hidden:
            sheet.set_column(index, index, width, None, {"hidden": True})
            width, wraps = 0, False
        else:
            sheet.set_column(index, index, width)
        widths.append(width)
        for row, text in enumerate(texts if wraps else ()):
            if isinstance(text, str):
                lines[row] = max(lines.get(row, 1), line_count(text, width))
        _write_column(sheet, styles, top + 1, index, column, texts)
    # On several pages side by side the title stands whole on the first one.
    end = last if page.pages_across == 1 else _first_page(widths, page.pages_across)
    _merged(sheet, 0, end, page.title, styles, "title")
    sheet.set_row(0, 28)
    _merged(sheet, 1, end, safe_text(page.subtitle), styles, "subtitle")
    sheet.set_row(1, row_height(line_count(page.subtitle, sum(widths[: end + 1]))))
    _write_legend(sheet, styles, page.legend, widths)
    for index, column in enumerate(page.columns):
        sheet.write_string(top, index, column.heading, styles["heading"])
    tallest = max(
        line_count(column.heading, width) for column, width in zip(page.columns, widths, strict=True) if width
    )
    sheet.set_row(top, row_height(tallest) + 3)
    for row, needed in lines.items():
        if needed > 1:
            sheet.set_row(top + 1 + row, row_height(needed))
    bottom = top + count
    if count:
        # A written blank costs as much as a full cell, and a quarter of a roster is blank.
        blanks = {"type": "blanks", "format": styles["blank"]}
        sheet.conditional_format(top + 1, 0, bottom, last, blanks)
    if not count:
        bottom = top + 1
        _merged(sheet, bottom, last, page.empty_line, styles, "center")
    else:
        sheet.autofilter(top, 0, bottom, last)
    if page.totals and count:
        bottom += 1
        _write_totals(sheet, styles, page, bottom)
    headings = [column.heading for column in page.columns]
    sheet.freeze_panes(top + 1, headings.index(page.frozen) + 1)
    sheet.repeat_rows(top)
    sheet.ignore_errors({"number_stored_as_text": _area(bottom, last)})
    set_up_page(sheet, last_row=bottom, last_column=last, large=page.large_paper, across=page.pages_across)
    if page.pages_across > 1:
        sheet.repeat_columns(0, headings.index(page.frozen))
    return top


def _first_page(widths: Sequence[float], pages: int) -> int:
    """Return the last column that certainly stands on the first of `pages` pages side by side."""
    room, used = 0.9 * sum(widths) / pages, 0.0
    for index, width in enumerate(widths):
        used += width
        if used > room:
            return max(index - 1, 1)
    return len(widths) - 1


def _area(last_row: int, last_column: int) -> str:
    letters = ""
    number = last_column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"A1:{letters}{last_row + 1}"


def _width(column: SheetColumn, texts: Sequence[Value]) -> tuple[float, bool]:
    """Return the column's width, and whether any of its cells needs more than one line."""
    # A heading may break over two lines and needs room for the filter's arrow.
    heading = display_width(column.heading) / 2 + 3
    words = {text for text in texts if isinstance(text, str)}
    content = max((display_width(line) for text in words for line in text.split("\n")), default=0) + 1.5
    day = 11.5 if "date" in column.style else 0
    width = min(max(heading, content, day, column.least), max(column.most, column.least))
    return width, content > width or any("\n" in text for text in words)


def _write_column(
    sheet: Worksheet, styles: Styles, first: int, index: int, column: SheetColumn, texts: Sequence[Value]
) -> None:
    usual, marks = styles[column.style], column.marks
    write_string, write_number, write_blank = sheet.write_string, sheet.write_number, sheet.write_blank
    to_fill_in = column.style.startswith("answer")
    for row, value in enumerate(texts):
        look = styles[marks[row]] if row in marks else usual
        if value is None or value == "":
            # An ordinary empty cell is not written: the sheet's rule for blanks draws its border.
            if to_fill_in or row in marks:
                write_blank(first + row, index, None, look)
        elif isinstance(value, str):
            write_string(first + row, index, value, look)
        elif isinstance(value, date):
            number = serial(value)
            if number is None:
                write_string(first + row, index, value.isoformat(), look)
            else:
                write_number(first + row, index, number, look)
        else:
            write_number(first + row, index, value, look)


def _merged(sheet: Worksheet, row: int, last: int, text: str, styles: Styles, style: str) -> None:
    if last:
        sheet.merge_range(row, 0, row, last, "", styles[style])
    sheet.write_string(row, 0, text, styles[style])


def _write_legend(sheet: Worksheet, styles: Styles, legend: Sequence[tuple[str, str]], widths: Sequence[float]) -> None:
    if not legend:
        return
    # Each entry takes the next column that is wide enough for its words.
    columns = iter(range(1, len(widths)))
    for style, label in (("remark", "图例"), *legend):
        place = next((index for index in columns if widths[index] >= display_width(label)), None)
        if place is not None:
            sheet.write_string(2, place, label, styles[style])


def _write_totals(sheet: Worksheet, styles: Styles, page: ListPage, row: int) -> None:
    for index, column in enumerate(page.columns):
        if column.heading in page.totals:
            sheet.write_number(row, index, page.totals[column.heading], styles["total_number"])
        elif index == 1:
            sheet.write_string(row, index, "合计", styles["total"])
        else:
            sheet.write_blank(row, index, None, styles["total"])
