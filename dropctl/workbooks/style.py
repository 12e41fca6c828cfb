"""The look of a Chinese office form: fonts, borders, shading, print set-up, and how text is made safe for a cell.

Every format is made once per workbook; writing a cell makes none. Shades are light enough to stay readable on a
black-and-white printer, and no state is told by colour alone.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

# A cell names one font only; these two stand in every WPS and every Chinese Windows.
TITLE_FONT = "黑体"
BODY_FONT = "宋体"
LINE = "#7F7F7F"
LONGEST_TEXT = 32767  # UTF-16 units in one cell; a spreadsheet program cuts the rest without a word
CUT_MARK = "……〔文字太长，此处截断〕"
LINE_HEIGHT = 14.5  # points per line of 10-point text
_A4, _A3 = 9, 8
_FIRST_SERIAL = date(1900, 3, 1)  # before this day spreadsheet serials count a 29 February that never was
_SERIAL_ZERO = date(1899, 12, 30)
# Control characters, marks that turn the reading direction round, halves of characters: they would be invisible.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile("[!-~]+|.")

_CELL: dict[str, Any] = {
    "font_name": BODY_FONT,
    "font_size": 10,
    "border": 1,
    "border_color": LINE,
    "valign": "vcenter",
    "text_wrap": True,
}
# `@` keeps long numbers, and names that look like formulas, text when someone edits the cell. It cannot show more
# than 255 characters, so long text has the quote mark instead.
_SHORT = _CELL | {"num_format": "@"}
_LONG = _CELL | {"quote_prefix": True}
_MIDDLE = {"align": "center"}
_PLAIN: dict[str, Any] = {"font_name": BODY_FONT, "font_size": 10, "valign": "vcenter"}

_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_name": TITLE_FONT, "font_size": 16, "align": "center", "valign": "vcenter", "num_format": "@"},
    "subtitle": _PLAIN | {"align": "center", "text_wrap": True, "quote_prefix": True},
    "section": {"font_name": TITLE_FONT, "font_size": 12, "valign": "vcenter"},
    "line": _PLAIN | {"text_wrap": True, "quote_prefix": True},
    "strong_line": _PLAIN | {"text_wrap": True, "bold": True, "quote_prefix": True},
    "remark": _PLAIN | {"font_size": 9, "font_color": "#404040", "text_wrap": True},
    "heading": _SHORT | _MIDDLE | {"bold": True, "bg_color": "#D9D9D9"},
    "tile_label": _CELL | _MIDDLE | {"bg_color": "#EDEDED"},
    "tile": _CELL | _MIDDLE | {"font_name": TITLE_FONT, "font_size": 18, "num_format": "0"},
    "tile_text": _SHORT | _MIDDLE | {"font_name": TITLE_FONT, "font_size": 13},
    "blank": {"border": 1, "border_color": LINE},
    "text": _SHORT,
    "center": _SHORT | _MIDDLE,
    "long": _LONG,
    "number": _CELL | _MIDDLE | {"num_format": "0"},
    "date": _CELL | _MIDDLE | {"num_format": "yyyy-mm-dd"},
    "link": _SHORT | {"font_color": "#1F4E9E", "underline": 1},
    "total": _SHORT | _MIDDLE | {"bold": True, "bg_color": "#EDEDED"},
    "total_number": _CELL | _MIDDLE | {"bold": True, "bg_color": "#EDEDED", "num_format": "0"},
    # States of the roster; each shade goes with its word in the cell.
    "present": _SHORT | _MIDDLE,
    "missing": _SHORT | _MIDDLE | {"bold": True, "bg_color": "#F4C7C3"},
    "missing_name": _SHORT | {"bold": True, "bg_color": "#F4C7C3"},
    "grounds": _SHORT | _MIDDLE | {"bg_color": "#DCE6F1"},
    "unknown": _SHORT | _MIDDLE | {"bg_color": "#FFF2CC"},
    "outside": _SHORT | _MIDDLE | {"italic": True, "font_color": "#7F7F7F"},
    # Marks and differences.
    "marked": _SHORT | _MIDDLE | {"bg_color": "#E2EFDA"},
    "doubtful": _SHORT | _MIDDLE | {"bg_color": "#FFF2CC", "bold": True},
    "differs": _SHORT | {"bg_color": "#FFE699", "bold": True},
    "date_differs": _CELL | _MIDDLE | {"num_format": "yyyy-mm-dd", "bg_color": "#FFE699", "bold": True},
    # To be filled in: open where the rest of the sheet is locked.
    "answer": _SHORT | _MIDDLE | {"bg_color": "#F7FBFF", "locked": False},
    "answer_date": _CELL | _MIDDLE | {"bg_color": "#F7FBFF", "num_format": "yyyy-mm-dd", "locked": False},
    "answer_text": _SHORT | {"bg_color": "#F7FBFF", "locked": False},
}


class Styles:
    """The formats of one workbook by name; made once, looked up for every cell."""

    __slots__ = ("_formats",)

    def __init__(self, book: Workbook) -> None:
        self._formats: dict[str, Format] = {name: book.add_format(look) for name, look in _STYLES.items()}

    def __getitem__(self, name: str) -> Format:
        return self._formats[name]


def safe_text(text: str) -> str:
    """Return `text` as a cell can hold and show it: invisible characters become �, too long a text ends visibly."""
    # Nothing printable is unsafe, and that is told five times faster.
    if not text.isprintable() and _UNSAFE.search(text):
        text = _UNSAFE.sub("\ufffd", text)
    if len(text) * 2 > LONGEST_TEXT:
        units = text.encode("utf-16-le")
        if len(units) // 2 > LONGEST_TEXT:
            kept = 2 * (LONGEST_TEXT - len(CUT_MARK))
            return units[:kept].decode("utf-16-le", "ignore") + CUT_MARK
    return text


def display_width(text: str) -> int:
    """Return the width of `text` in column units: a Chinese character takes two."""
    # Three UTF-8 bytes make a Chinese character, one a Latin letter; counting them so is ten times a loop's speed.
    return len(text) if text.isascii() else (len(text) + len(text.encode(errors="replace")) + 1) // 2


# Reasons and next steps stand word for word in hundreds of rows.
@lru_cache(maxsize=8192)
def line_count(text: str, width: float) -> int:
    """Return how many lines `text` takes in a column `width` units wide.

    A line breaks between any two Chinese characters, but a word of Latin letters or digits moves on as a whole.
    """
    usable = max(int(width), 2)
    if "\n" not in text and display_width(text) <= usable:
        return 1
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        used = 0
        for word in _WORD.findall(paragraph):
            wide = display_width(word)
            if used + wide > usable and used:
                lines += 1
                used = 0
            lines += (wide - 1) // usable
            used = used + wide if wide <= usable else wide % usable
    return lines


def row_height(lines: int) -> float:
    """Return the height in points of a row of `lines` lines; a row cannot be higher than 409 points."""
    return min(LINE_HEIGHT * lines + 5, 409)


def serial(day: date) -> int | None:
    """Return the spreadsheet's own number for `day`; None for days its calendar counts wrongly."""
    return (day - _SERIAL_ZERO).days if day >= _FIRST_SERIAL else None


def set_up_page(
    sheet: Worksheet, *, last_row: int, last_column: int, large: bool = False, across: int = 1
) -> None:  # fmt: skip
    """Give a sheet the print set-up every sheet has: A4 (`large`: A3) across, page numbers in the footer.

    The columns are made to fit on `across` pages side by side.
    """
    sheet.set_paper(_A3 if large else _A4)
    sheet.set_landscape()
    sheet.fit_to_pages(across, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer(f'&C&"{BODY_FONT},Regular"&9第 &P 页 共 &N 页', {"margin": 0.3})
    sheet.print_area(0, 0, max(last_row, 1), last_column)
    sheet.hide_gridlines(2)
