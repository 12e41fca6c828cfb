"""控辍保学台账.xlsx: a contents page, one sheet per 台账, and the notes that say where each column comes from.

Values come ready-made; which numbers may be shown whole was decided before. A list without rows says why it has none.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

from xlsxwriter.workbook import Workbook

from dropctl.policy.plan import Assumption
from dropctl.workbooks.list_sheet import ListPage, SheetColumn, Value, numbered, write_list
from dropctl.workbooks.style import Styles

CONTENTS, NOTES = "目录", "说明"
_LOOKS = {
    "text": ("text", 7.0, 14.0),
    "center": ("center", 6.0, 14.0),
    "number": ("number", 7.0, 8.0),
    "date": ("date", 11.5, 11.5),
    "long": ("long", 12.0, 26.0),
}
_WIDE = 24  # from this many columns on a list is printed over two pages


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """One column of a 台账. `look`: text, center, number, date, long. `source` says where its values come from.

    `unfilled`: why the program leaves it empty for a person to fill in; then there are no values.
    """

    heading: str
    look: str
    values: Sequence[Value]
    source: str = ""
    unfilled: str | None = None
    marks: Mapping[int, str] = field(default_factory=dict)  # row → style of list_sheet


@dataclass(frozen=True, slots=True)
class RegisterBook:
    """One 台账: its sheet's title, the clause, what stands in it, and the sentence shown where it has no rows."""

    key: str
    title: str
    clause: str
    what: str
    columns: Sequence[RegisterColumn]
    count: int
    empty_line: str
    children: Sequence[str] = ()  # their numbers, for the record of what was shown
    frozen: str = "姓名"

    @property
    def unfilled(self) -> list[RegisterColumn]:
        """The columns left to a person."""
        return [column for column in self.columns if column.unfilled]


@dataclass(frozen=True, slots=True)
class RegisterSheets:
    """What the workbook shows. `shown`: in one sentence, which numbers stand in it and for whom it is made."""

    as_of: date
    school: str
    books: Sequence[RegisterBook]
    shown: str
    notes: Sequence[str]
    assumptions: Sequence[Assumption]

    @property
    def banner(self) -> str:
        """The line under every title."""
        return f"填报单位：{self.school}　　截至：{self.as_of:%Y-%m-%d}"


def write_register_workbook(target: BinaryIO | Path, sheets: RegisterSheets) -> None:
    """Write 控辍保学台账.xlsx to `target`; the same sheets give the same bytes."""
    buffer = io.BytesIO()
    # in_memory: children's names must not pass through the system's folder for temporary files.
    book = Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    created = datetime.combine(sheets.as_of, time.min)
    book.set_properties({"title": "控辍保学台账", "company": sheets.school, "created": created})
    styles = Styles(book)
    pages = [contents_page(sheets), *(book_page(sheets, one) for one in sheets.books), notes_page(sheets)]
    for page in pages:
        write_list(book.add_worksheet(page.title), styles, page)
    book.close()
    if isinstance(target, Path):
        target.write_bytes(buffer.getvalue())
    else:
        target.write(buffer.getvalue())


def contents_page(sheets: RegisterSheets) -> ListPage:
    """Return which 台账 there are and how many children stand in each."""
    books = sheets.books
    notes = "".join(f"\n注意：{note}" for note in sheets.notes)
    return ListPage(
        title=CONTENTS,
        subtitle=f"{sheets.banner}\n{sheets.shown}{notes}",
        columns=[
            numbered(len(books)),
            SheetColumn("台账（同名工作表）", [book.title for book in books], least=24),
            SheetColumn(
                "条数", [book.count for book in books], "number", least=8,
                marks={row: "total_number" for row, book in enumerate(books) if book.count},
            ),
            SheetColumn("依据条款", [book.clause for book in books], "center", least=9),
            SheetColumn("收入哪些孩子", [book.what for book in books], "long", least=50, most=64),
            SheetColumn(
                "本期情况", [None if book.count else book.empty_line for book in books], "long", least=24, most=36
            ),
        ],
        frozen="台账（同名工作表）",
    )  # fmt: skip


def book_page(sheets: RegisterSheets, book: RegisterBook) -> ListPage:
    """Return one 台账 as a list."""
    wide = len(book.columns) >= _WIDE
    return ListPage(
        title=book.title,
        subtitle=f"{sheets.banner}　　共 {book.count} 条　　依据：方案{book.clause}\n{book.what}",
        columns=[numbered(book.count), *(_column(column, book.count) for column in book.columns)],
        frozen=book.frozen,
        empty_line=book.empty_line,
        large_paper=True,
        pages_across=2 if wide else 1,
    )


def _column(column: RegisterColumn, count: int) -> SheetColumn:
    style, least, most = _LOOKS[column.look]
    values = [None] * count if column.unfilled else column.values
    return SheetColumn(column.heading, values, style, least=least, most=most, marks=column.marks)


def notes_page(sheets: RegisterSheets) -> ListPage:
    """Return where each column comes from, which ones the program cannot fill and why, and the readings used."""
    rows: list[tuple[str, str, str, str]] = []
    common = _common(sheets.books)
    for heading, (filled, text) in common.items():
        rows.append(("各台账", heading, filled, text))
    for book in sheets.books:
        for column in book.columns:
            if column.heading not in common and (column.unfilled or column.source):
                rows.append((book.title, column.heading, *_origin(column)))
    rows += [("读法", line.id, "方案" + (line.clause or ""), line.text) for line in sheets.assumptions]
    return ListPage(
        title=NOTES,
        subtitle=(
            f"{sheets.banner}\n每一栏从哪里来；程序没有来源的栏留空，由学校填写。没有读到的名单不等于没有这样的孩子。"
            "是否疑似辍学、辍学以学籍系统的标注为准，写明“推算”的是按方案和考勤推算的"
        ),
        columns=[
            SheetColumn("台账", [row[0] for row in rows], "center", least=16),
            SheetColumn("栏目", [row[1] for row in rows], least=16),
            SheetColumn("由谁填", [row[2] for row in rows], "center", least=12),
            SheetColumn("来源或原因", [row[3] for row in rows], "long", least=70, most=96),
        ],
        frozen="栏目",
    )


def _origin(column: RegisterColumn) -> tuple[str, str]:
    return ("学校填写", column.unfilled) if column.unfilled else ("程序", column.source)


def _common(books: Sequence[RegisterBook]) -> dict[str, tuple[str, str]]:
    """Return the columns that several 台账 share with the same origin, said once."""
    seen: dict[str, set[tuple[str, str]]] = {}
    often: dict[str, int] = {}
    for book in books:
        for column in book.columns:
            if column.unfilled or column.source:
                seen.setdefault(column.heading, set()).add(_origin(column))
                often[column.heading] = often.get(column.heading, 0) + 1
    return {
        heading: next(iter(origins)) for heading, origins in seen.items() if len(origins) == 1 and often[heading] > 1
    }
