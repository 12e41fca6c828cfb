"""问题数据.xlsx: the user's own sheets, row for row and column for column, with the bad cells coloured and explained.

A working file: it holds full ID numbers, as text (CONTRACT §9). Every cell stands at its own address, so that C5 here
is C5 in the original; what a cell holds is written as text and changes nothing there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dropctl.errors import place
from dropctl.tables.issues import InputCount, Issue
from dropctl.tables.raw import Cell, RawSheet, raw_text
from dropctl.vocabulary import SEVERITIES, register_label
from dropctl.workbooks.list_sheet import write_list
from dropctl.workbooks.style import (
    BODY_FONT,
    LINE,
    Styles,
    display_width,
    line_count,
    row_height,
    safe_text,
    set_up_page,
)
from dropctl.workbooks.term_start_reading import issue_page

GUIDE, LIST = "说明", "问题单元格"
_LONGEST_SHEET_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_DEFAULT_NAME = re.compile(r"(?i)sheet\s*\d*|工作表\s*\d*")
_RANK = {"error": 0, "warning": 1, "note": 2}
_COLOURS = {"error": "#F4A7A0", "warning": "#FFE699", "note": "#DDEBF7"}
_MOST_COMMENTS = 5_000  # per sheet: a spreadsheet program opens more only slowly; the list has them all
_MOST_LINKS = 20_000  # a sheet holds 65,530 at most
_MEASURED_ROWS = 300
_WIDEST = 28.0


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """One sheet as it was read, and the physical number of its heading row (None: not recognised)."""

    raw: RawSheet
    heading: int | None


@dataclass(frozen=True, slots=True)
class ProblemSheets:
    """What the workbook is made of; `problems` the worst first, `issues` the same in the same order."""

    as_of: date
    school: str | None
    inputs: Sequence[InputCount]
    issues: pl.DataFrame
    problems: Sequence[Issue]
    sources: Sequence[SourceSheet]
    notes: Sequence[str]

    @property
    def banner(self) -> str:
        """The line under every title of our own sheets."""
        school = f"学校：{self.school}　　" if self.school else ""
        return f"{school}检查日期：{self.as_of:%Y-%m-%d}"


def write_problem_workbook(target: BinaryIO | Path, sheets: ProblemSheets) -> None:
    """Write 问题数据.xlsx to `target`, a file's path or an open file; the same sheets give the same bytes.

    Raises OSError when the target cannot be written.
    """
    buffer = io.BytesIO()
    # in_memory: children's names and numbers must not pass through the system's folder for temporary files.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, options)
    created = datetime.combine(sheets.as_of, time.min)
    book.set_properties({"title": "问题数据", "company": sheets.school or "", "created": created})
    styles = Styles(book)
    names = sheet_names([source.raw for source in sheets.sources])
    guide = book.add_worksheet(GUIDE)
    looks = _Looks(book)
    _write_problem_list(book.add_worksheet(LIST), styles, sheets, names)
    by_sheet: dict[tuple[str, str | None], list[Issue]] = {}
    for problem in sheets.problems:
        by_sheet.setdefault((problem.file, problem.sheet), []).append(problem)
    for source, name in zip(sheets.sources, names, strict=True):
        problems = by_sheet.get((source.raw.file, source.raw.sheet), [])
        _write_source(book.add_worksheet(name), looks, source, problems)
    _write_guide(guide, styles, looks, sheets, names, by_sheet)
    guide.activate()
    book.close()
    if isinstance(target, Path):
        target.write_bytes(buffer.getvalue())
    else:
        target.write(buffer.getvalue())


def _write_problem_list(sheet: Worksheet, styles: Styles, sheets: ProblemSheets, names: Sequence[str]) -> None:
    """Write every problem on a line, the worst first, its cell a link into the sheet below."""
    page = issue_page(sheets)
    top = write_list(sheet, styles, page)
    column = [entry.heading for entry in page.columns].index("单元格")
    targets = {(s.raw.file, s.raw.sheet): name for s, name in zip(sheets.sources, names, strict=True)}
    for row, problem in enumerate(sheets.problems[:_MOST_LINKS], start=top + 1):
        name = targets.get((problem.file, problem.sheet))
        if problem.cell is not None and name is not None:
            sheet.write_url(row, column, _link(name, problem.cell), styles["link"], problem.cell)


def _link(name: str, cell: str) -> str:
    quoted = name.replace("'", "''")
    return f"internal:'{quoted}'!{cell}"


def sheet_names(raws: Sequence[RawSheet]) -> list[str]:
    """Return a name for each sheet that a workbook accepts and no other has, as near to the user's as may be."""
    owns = [raw.sheet or "" for raw in raws]
    files = [raw.file for raw in raws]
    taken = {GUIDE.lower(), LIST.lower(), "history"}
    names = []
    for file, own in zip(files, owns, strict=True):
        stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if own and owns.count(own) == 1 and not _DEFAULT_NAME.fullmatch(own):
            wished = own
        elif not own or files.count(file) == 1:
            wished = stem
        else:
            wished = f"{stem}-{own}"
        names.append(_free_name(_acceptable(wished), taken))
    return names


def _acceptable(name: str) -> str:
    plain = _FORBIDDEN.sub("_", safe_text(name)).strip(" '")
    return _cut(plain, _LONGEST_SHEET_NAME).strip(" '") or "表"


def _cut(name: str, units: int) -> str:
    """Return what fits of `name`: a spreadsheet program counts UTF-16 units."""
    return name.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


def _free_name(wished: str, taken: set[str]) -> str:
    name, number = wished, 2
    while name.lower() in taken:
        tail = f"({number})"
        name = _cut(wished, _LONGEST_SHEET_NAME - len(tail)) + tail
        number += 1
    taken.add(name.lower())
    return name


class _Looks:
    """The formats of the user's cells: ordinary, heading, and one per severity."""

    def __init__(self, book: Workbook) -> None:
        cell = {"font_name": BODY_FONT, "font_size": 10, "num_format": "@", "valign": "vcenter"}
        lined = cell | {"border": 1, "border_color": LINE}
        self.plain = book.add_format(cell)
        self.heading = book.add_format(lined | {"bold": True, "bg_color": "#EDEDED"})
        self.bad = {
            severity: book.add_format(lined | {"bg_color": colour, "bold": severity == "error"})
            for severity, colour in _COLOURS.items()
        }
        count = {"font_name": BODY_FONT, "font_size": 10, "align": "center", "valign": "vcenter", "border": 1}
        self.count = {
            severity: book.add_format(count | {"border_color": LINE, "bg_color": colour, "num_format": "0"})
            for severity, colour in _COLOURS.items()
        }


def shown_text(cell: Cell) -> str:
    """Return a cell as a spreadsheet program shows it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return safe_text(raw_text(cell) or "")


def _write_source(sheet: Worksheet, looks: _Looks, source: SourceSheet, problems: Sequence[Issue]) -> None:
    raw = source.raw
    at_cell: dict[str, list[Issue]] = {}
    for problem in problems:
        if problem.cell is not None:
            at_cell.setdefault(problem.cell, []).append(problem)
    bad: dict[int, dict[int, Format]] = {}
    for cell, here in at_cell.items():
        number, column = _position(cell)
        bad.setdefault(number, {})[column] = looks.bad[here[0].severity]
    widths: dict[int, float] = {}
    shown: dict[Cell, str] = {}
    write = sheet.write_string
    last = last_column = 0
    for index, row in enumerate(raw.rows):
        number = raw.row_number(index) - 1
        if number < 0:
            continue  # the names of a parquet file's columns stand in no row of it
        look = looks.heading if source.heading is not None and number == source.heading - 1 else looks.plain
        marked = bad.get(number, {})
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if type(value) is str:
                text = shown.get(value) or shown.setdefault(value, shown_text(value))
            else:
                text = shown_text(value)
            write(number, column, text, marked.get(column, look))
            if index < _MEASURED_ROWS and "\n" not in text and index >= (source.heading or 1) - 1:
                widths[column] = max(widths.get(column, 0.0), min(display_width(text) + 2.0, _WIDEST))
        for column, format_ in marked.items():
            if column >= len(row) or row[column] is None or row[column] == "":
                sheet.write_blank(number, column, None, format_)
        last, last_column = max(last, number), max(last_column, len(row) - 1)
    for column, width in widths.items():
        sheet.set_column(column, column, max(width, 6.0))
    for cell in sorted(at_cell, key=lambda cell: (_RANK[at_cell[cell][0].severity], _position(cell)))[:_MOST_COMMENTS]:
        _comment(sheet, cell, at_cell[cell])
    if source.heading is not None:
        sheet.freeze_panes(source.heading, 0)
    if problems:
        worst = min(problems, key=lambda problem: _RANK[problem.severity])
        sheet.set_tab_color(_COLOURS[worst.severity])
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    set_up_page(sheet, last_row=last, last_column=last_column)


def _position(cell: str) -> tuple[int, int]:
    """Return the 0-based row and column of an address such as D17."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


def _comment(sheet: Worksheet, cell: str, problems: Sequence[Issue]) -> None:
    text = "\n".join(dict.fromkeys(f"【{SEVERITIES[problem.severity]}】{problem.message}" for problem in problems))
    lines = line_count(text, 34)
    options = {"author": "dropctl", "width": 260, "height": 18 * lines + 12, "font_name": BODY_FONT, "font_size": 10}
    sheet.write_comment(cell, safe_text(text), options)


_HEADINGS = ("本簿工作表", "原文件", "原工作表", "认作", "采用行数", "错误", "警告", "提示")
_GUIDE_WIDTHS = (26.0, 34.0, 18.0, 18.0, 10.0, 8.0, 8.0, 8.0)
_HOW = (
    ("error", "错误：内容读不出来或已经丢失，请对照户口簿等原件重新录入"),
    ("warning", "警告：内容可能不对，请核对"),
    ("note", "提示：已按规范读入，原表最好也改一下"),
)


def _write_guide(
    sheet: Worksheet,
    styles: Styles,
    looks: _Looks,
    sheets: ProblemSheets,
    names: Sequence[str],
    by_sheet: Mapping[tuple[str, str | None], Sequence[Issue]],
) -> None:
    """Fill the first sheet: what the colours mean, which sheet is which, and what concerns a whole file or sheet."""
    last = len(_GUIDE_WIDTHS) - 1
    for column, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(column, column, width)

    def across(row: int, text: str, style: str) -> None:
        sheet.merge_range(row, 0, row, last, "", styles[style])
        sheet.write_string(row, 0, safe_text(text), styles[style])
        if style != "title":
            sheet.set_row(row, row_height(line_count(text, sum(_GUIDE_WIDTHS))) + 2)

    across(0, "问题数据", "title")
    sheet.set_row(0, 28)
    across(1, sheets.banner, "subtitle")
    across(2, "后面各表与原表的行、列、单元格地址完全一样，有问题的格子涂了颜色，鼠标停在上面看批注。", "line")
    across(3, "这里只用来查看，改动不起作用：请在原表（学籍信息在学籍系统）里改，再用 dropctl check 检查一次。", "line")
    row = 4
    for severity, text in _HOW:
        sheet.write_string(row, 0, SEVERITIES[severity], looks.bad[severity])
        sheet.merge_range(row, 1, row, last, "", styles["line"])
        sheet.write_string(row, 1, text, styles["line"])
        row += 1
    row += 1
    for column, heading in enumerate(_HEADINGS):
        sheet.write_string(row, column, heading, styles["heading"])
    top = row
    counted = {(entry.file, entry.sheet): entry for entry in sheets.inputs}
    for source, name in zip(sheets.sources, names, strict=True):
        row += 1
        key = (source.raw.file, source.raw.sheet)
        entry = counted.get(key)
        sheet.write_url(row, 0, _link(name, "A1"), styles["link"], name)
        sheet.write_string(row, 1, safe_text(source.raw.file), styles["text"])
        hidden = "（隐藏）" if source.raw.hidden else ""
        sheet.write_string(row, 2, safe_text((source.raw.sheet or "—") + hidden), styles["text"])
        known = entry is not None and (entry.register is not None or entry.is_no_list)
        sheet.write_string(
            row, 3, entry.taken_as if entry else register_label(None), styles["center" if known else "doubtful"]
        )
        sheet.write_number(row, 4, entry.rows_kept if entry else 0, styles["number"])
        severities = [problem.severity for problem in by_sheet.get(key, ())]
        for column, severity in enumerate(SEVERITIES, start=5):
            count = severities.count(severity)
            sheet.write_number(row, column, count, looks.count[severity] if count else styles["number"])
        texts = ((name, 0), (source.raw.file, 1), (source.raw.sheet or "", 2))
        sheet.set_row(row, row_height(max(line_count(text, _GUIDE_WIDTHS[place]) for text, place in texts)))
    row += 1
    row = _write_rest(across, row, sheets)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0, 1)
    sheet.autofilter(top, 0, top + max(len(names), 1), last)
    set_up_page(sheet, last_row=row, last_column=last)


def _write_rest(across: object, row: int, sheets: ProblemSheets) -> int:
    assert callable(across)
    whole = [problem for problem in sheets.problems if problem.cell is None and problem.row is None]
    parts = (
        (
            "涉及整个文件或整张表的问题",
            [f"【{SEVERITIES[p.severity]}】{place(p.file, p.sheet)}：{p.message}" for p in whole],
        ),
        ("读表时的说明", list(sheets.notes)),
    )
    for title, lines in parts:
        if lines:
            across(row + 1, title, "section")
            row += 1
            for line in lines:
                row += 1
                across(row, line, "line")
            row += 1
    return row
