"""核对结果.xlsx: what the term-start reconciliation found, for a registrar to work with and a principal to read.

A working file: it holds full ID numbers, as text (CONTRACT §9). Nothing is decided here about any child; the
counts on the summary are the counts of the rows on the sheets.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

import polars as pl
from xlsxwriter.workbook import Workbook

from dropctl.findings import ABSENCE_KINDS, KIND_BY_ID, KINDS, FindingKind
from dropctl.vocabulary import QUESTION_SHEET, SUGGESTION_SHEET
from dropctl.workbooks import term_start_beside as beside
from dropctl.workbooks import term_start_notes as notes
from dropctl.workbooks.list_sheet import ListPage, write_list
from dropctl.workbooks.review_pairs import write_pairs
from dropctl.workbooks.style import Styles
from dropctl.workbooks.term_start_lists import class_page, finding_page, roster_page
from dropctl.workbooks.term_start_reading import issue_page, reading_page
from dropctl.workbooks.term_start_sheets import CaseForecast, Deadline, KindLine, SheetLine, SinceLast, TermStartSheets
from dropctl.workbooks.term_start_summary import SUMMARY, write_summary

OVER_AGE = FindingKind(
    "not_located",
    "超龄待核",
    KIND_BY_ID["not_located"].clause,
    "在县里名单上，已过学龄而未满17周岁，没有初中毕业的证明",
)


def write_term_start_workbook(target: BinaryIO | Path, sheets: TermStartSheets) -> None:
    """Write 核对结果.xlsx to `target`, a file's path or an open file; the same sheets give the same bytes.

    Raises OSError when the target cannot be written.
    """
    buffer = io.BytesIO()
    # in_memory: children's names and numbers must not pass through the system's folder for temporary files.
    book = Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # The creation time stands in the file; it is the day the result speaks of, never the clock's.
    created = datetime.combine(sheets.as_of, time.min)
    book.set_properties({"title": "开学返校与学籍核对结果", "company": sheets.school or "", "created": created})
    styles = Styles(book)
    summary = book.add_worksheet(SUMMARY)
    kinds, others = _write_lists(book, styles, sheets)
    write_summary(book, summary, styles, sheets, kinds, others)
    summary.activate()
    book.close()
    if isinstance(target, Path):
        target.write_bytes(buffer.getvalue())
    else:
        target.write(buffer.getvalue())


def _write_lists(book: Workbook, styles: Styles, sheets: TermStartSheets) -> tuple[list[KindLine], list[SheetLine]]:
    """Write every sheet after the summary; return what the summary says about them."""

    def write(page: ListPage) -> None:
        write_list(book.add_worksheet(page.title), styles, page)

    others = []
    write(class_page(sheets))
    others.append(
        SheetLine(
            "各班到校情况", len(sheets.classes), "个班", "每个班的应到、已返校、未返校人数，哪些班还没有交返校名单"
        )
    )
    kinds = []
    absence_read = any(entry.register == "absence" for entry in sheets.inputs)
    over_age = sheets.overage["finding_id"].implode()
    for kind in KINDS:
        # A child stands on one sheet only: the over-age ones of this kind have a sheet of their own.
        rows = sheets.findings.filter((pl.col("kind") == kind.id) & ~pl.col("finding_id").is_in(over_age))
        if kind.id in ABSENCE_KINDS and not len(rows) and not absence_read:
            continue  # without an absence list a zero would say that somebody had looked
        kinds.append(_kind_line(kind, rows))
        if len(rows):
            write(finding_page(sheets, kind, rows))
        if kind.id == OVER_AGE.id:
            kinds.append(_kind_line(OVER_AGE, sheets.overage))
    if len(sheets.overage):
        write(finding_page(sheets, OVER_AGE, sheets.overage))
    for page, count, unit, purpose in beside.pages(sheets):
        write(page)
        others.append(SheetLine(page.title, count, unit, purpose))
    write(roster_page(sheets))
    others.append(
        SheetLine("标注名册", len(sheets.roster), "人", "全部在籍学生，带脱贫监测、残疾标注、返校情况和核对发现")
    )
    suggested = sheets.reviews.filter("suggested").height
    write_pairs(book, styles, sheets.reviews, sheets.banner)
    purpose = "可能是同一学生、证据不够的两行，请人选 是 / 否 / 待查"
    others.append(SheetLine(QUESTION_SHEET, len(sheets.reviews) - suggested, "对", purpose))
    if suggested:
        purpose = "与县里名单比对判为同一人，只用于标注和提示；不必逐对判断，看出不是同一人的填 否"
        others.append(SheetLine(SUGGESTION_SHEET, suggested, "对", purpose))
    write(reading_page(sheets))
    others.append(SheetLine("读入情况", len(sheets.inputs), "张表", "读了哪些表，每张表的行都去了哪里"))
    write(issue_page(sheets))
    others.append(
        SheetLine("问题单元格", len(sheets.issues), "处", "读不懂、被改动或看着不对的单元格，带地址和处理办法")
    )
    notes.write_notes(book, styles, sheets)
    others.append(SheetLine(notes.SHEET, 0, "", "词语、各类发现的含义、方案没有写明时的读法、谁可以做什么"))
    return kinds, others


def _kind_line(kind: FindingKind, rows: pl.DataFrame) -> KindLine:
    counts = rows["certainty"].value_counts()
    dates: list[date] = rows["due_date"].drop_nulls().to_list()
    return KindLine(
        label=kind.label,
        meaning=kind.meaning,
        clause=kind.clause,
        total=len(rows),
        by_certainty=dict(counts.iter_rows()),
        due_date=min(dates, default=None),
        sheet=kind.label if len(rows) else None,
    )


__all__ = ["CaseForecast", "Deadline", "SinceLast", "TermStartSheets", "write_term_start_workbook"]
