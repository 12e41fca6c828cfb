"""待人工确认: pairs of rows that may be the same child, side by side, with a place for a person's answer.

One sheet for what has to be answered, one for what the model has accepted and a person may look at, written into
核对结果.xlsx and into the workbook of `review export`. They are read back by their headings (`ingest.answers`), so both
rooms use the same words. Working files: full ID numbers stand in them (CONTRACT §9).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dropctl.ingest import answers
from dropctl.reconcile.decisions import ANSWERS
from dropctl.vocabulary import QUESTION_SHEET, SUGGESTION_SHEET, register_label
from dropctl.workbooks.list_sheet import ListPage, SheetColumn, Value, numbered, write_list
from dropctl.workbooks.style import Styles
from dropctl.workbooks.term_start_sheets import by_class, sources

# Field of the pair, its heading, least and most width; those after the name are left out where no pair states them.
_FIELDS = (
    ("sex", "性别", 7, 8),
    ("id_number", "身份证件号", 22, 24),
    ("birth_date", "出生日期", 14, 15),
    ("school", "学校", 13, 18),
    ("class_name", "班级", 13, 18),
    ("guardian", "监护人", 11, 16),
    ("enrollment_number", "学籍号", 22, 25),
)
# The questions about one child stand together.
_ORDER = ("left_name", "left_file", "left_sheet", "left_row", "right_file", "right_sheet", "right_row", "link_id")
_HOW = (
    "每格上面是甲、下面是乙，可能是同一名学生，证据不够，程序不替人决定；两边不同的加粗、加底色。\n"
    "对照户口簿或向班主任问清后，在“判断”一栏选 是（同一人）、否（不是同一人）或 待查，并填判断人和判断日期。"
    "填好后在工作区里运行 dropctl review apply 这个文件"
)
_HOW_SUGGESTED = (
    "每格上面是甲、下面是乙，比对判为同一名学生，只用于标注和提示，不据此认定任何学生；两边不同的加粗、加底色。\n"
    "不必逐对判断。看出不是同一人的填 否；填 是 的以后按同一人处理。"
    "填法和“待人工确认”表一样，用 dropctl review apply 读回"
)
_LOCKED = {
    "autofilter": True,
    "sort": True,
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}


@dataclass(frozen=True, slots=True)
class ReviewPairs:
    """What the sheet is made from: `pairs` has REVIEW_SCHEMA of the term-start outcome, one row per pair."""

    banner: str
    as_of: date
    school: str | None
    pairs: pl.DataFrame


def write_review_workbook(target: Path, sheets: ReviewPairs) -> None:
    """Write the workbook of `review export` to `target`; the same pairs give the same bytes. OSError as it comes."""
    buffer = io.BytesIO()
    # in_memory: children's names and numbers must not pass through the system's folder for temporary files.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, options)
    created = datetime.combine(sheets.as_of, time.min)
    book.set_properties({"title": QUESTION_SHEET, "company": sheets.school or "", "created": created})
    for sheet in write_pairs(book, Styles(book), sheets.pairs, sheets.banner):
        # Without a password: against slips of the hand, not against the registrar.
        sheet.protect("", _LOCKED)
    book.close()
    target.write_bytes(buffer.getvalue())


def write_pairs(book: Workbook, styles: Styles, pairs: pl.DataFrame, banner: str) -> list[Worksheet]:
    """Add the sheets: one line per pair, 甲 above 乙 in each field's cell, differing ones shaded.

    The sheet of questions is there without any; that of suggestions only where there are some.
    """
    suggested = pairs.filter("suggested")
    asked = pairs.filter(~pl.col("suggested"))
    sheets = [_write(book, styles, QUESTION_SHEET, asked, banner, _HOW)]
    if len(suggested):
        sheets.append(_write(book, styles, SUGGESTION_SHEET, suggested, banner, _HOW_SUGGESTED))
    return sheets


def _write(book: Workbook, styles: Styles, title: str, pairs: pl.DataFrame, banner: str, how: str) -> Worksheet:
    rows = pairs.rename({"left_grade": "grade", "left_class_name": "class_name"})
    rows = by_class(rows, *_ORDER).rename({"grade": "left_grade", "class_name": "left_class_name"})
    nothing: list[Value] = [None] * len(rows)
    columns = [
        numbered(len(rows)),
        SheetColumn(answers.PAIR, rows["link_id"].to_list(), least=13.5, most=14),
        _compared(rows, "name", answers.NAMES, 11, 20),
        SheetColumn(
            "为什么要人确认" if title == QUESTION_SHEET else "比对的依据",
            rows["reason"].to_list(),
            "long",
            least=22,
            most=30,
        ),
        *(_compared(rows, *field) for field in _FIELDS if _worth_showing(rows, field[0])),
        SheetColumn("名单和来源", _places(rows), "long", least=26, most=34),
    ]
    there: list[Value] = rows["there"].to_list()
    if any(there):
        columns.append(SheetColumn("到校情况（乙）", there, "center", least=9, most=14))
    earlier: list[Value] = rows["earlier"].to_list()
    if any(earlier):
        columns.append(SheetColumn("先前的判断", earlier, "long", least=14, most=22))
    columns += [
        SheetColumn(answers.ANSWER, nothing, "answer", least=8),
        SheetColumn(answers.BY, nothing, "answer", least=9),
        SheetColumn(answers.ON, nothing, "answer_date", least=11.5),
        SheetColumn(answers.REMARK, nothing, "answer_text", least=14),
        SheetColumn(answers.CHECK, rows["check"].to_list(), least=10, most=10, hidden=True),
    ]
    sheet: Worksheet = book.add_worksheet(title)
    page = ListPage(
        title=title,
        subtitle=f"{banner}　　共 {len(rows)} 对\n{how}",
        columns=columns,
        frozen=answers.NAMES,
        empty_line=answers.EMPTY_LINE,
    )
    top = write_list(sheet, styles, page)
    if len(rows):
        headings = [column.heading for column in columns]
        _ask(sheet, top + 1, top + len(rows), headings.index(answers.ANSWER), headings.index(answers.ON))
    return sheet


def _compared(rows: pl.DataFrame, name: str, heading: str, least: int, most: int) -> SheetColumn:
    """Return the column of one field, 甲 above 乙, with the cells marked in which they differ."""
    values = list(rows.select(f"left_{name}", f"right_{name}").iter_rows())
    marks = {
        row: "differs"
        for row, (one, other) in enumerate(values)
        if one is not None and other is not None and one != other
    }
    return SheetColumn(heading, [answers.both_sides(*pair) for pair in values], "text", least, most, marks)


def _worth_showing(rows: pl.DataFrame, name: str) -> bool:
    one, other = rows[f"left_{name}"], rows[f"right_{name}"]
    if name == "enrollment_number":  # one that only the enrollment register knows helps nobody to compare
        return bool((one.is_not_null() & other.is_not_null()).any())
    stated = one.append(other).drop_nulls()
    return stated.n_unique() > 1 if name == "school" else not stated.is_empty()


def _places(rows: pl.DataFrame) -> list[Value]:
    """Return for each pair which lists the two rows stand on, and where in them."""
    sides = [
        [f"{register_label(kind)}：{source}" for kind, source in zip(kinds, sources(rows, side), strict=True)]
        for side, kinds in ((side, rows[f"{side}register"].to_list()) for side in ("left_", "right_"))
    ]
    return [answers.both_sides(one, other) for one, other in zip(*sides, strict=True)]


def _ask(sheet: Worksheet, first: int, last: int, answer: int, day: int) -> None:
    """Put the drop-down on the answers and the form of a date on the days."""
    sheet.data_validation(
        first, answer, last, answer,
        {
            "validate": "list",
            "source": list(ANSWERS),
            "input_title": "判断",
            "input_message": "是＝同一人；否＝不是同一人；待查＝还要了解",
            "error_title": "请从下拉框选择",
            "error_message": "只能填 是、否 或 待查",
        },
    )  # fmt: skip
    sheet.data_validation(
        first, day, last, day,
        {
            "validate": "date",
            "criteria": ">=",
            "value": date(2000, 1, 1),
            "input_title": "判断日期",
            "input_message": "写成 2025-09-05 的样子",
            "error_title": "不是日期",
            "error_message": "写成 2025-09-05 的样子（年-月-日）",
        },
    )  # fmt: skip
