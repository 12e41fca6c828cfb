"""Reads back a sheet that dropctl wrote for people to answer in: lines of cells found by heading, with their addresses.

The columns may have been moved, lines deleted or added. What an answer means, and whether it can be used, is decided
elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dropctl.errors import Refused, UnreadableFile, place
from dropctl.ingest.guarded_sheets import NOT_CALCULATED
from dropctl.ingest.headings import normalise_heading
from dropctl.ingest.reading import start_reading
from dropctl.registers.cells import plain_text
from dropctl.tables.raw import Cell, RawSheet, cell_address, raw_text
from dropctl.vocabulary import QUESTION_SHEET

SHEET = QUESTION_SHEET
EMPTY_LINE = "没有需要人工确认的配对"
PAIR, CHECK, ANSWER, BY, ON, REMARK = "配对编号", "校验", "判断", "判断人", "判断日期", "备注"
NAMES = "姓名"
_NEEDED = (PAIR, CHECK, ANSWER)
_HEADINGS = {normalise_heading(text): text for text in (*_NEEDED, BY, ON, REMARK, NAMES)}
_SEARCHED_ROWS = 20
_TELLING = PAIR[0]
_LONGEST = 12  # characters of a cell that may be one of these headings, spaces and stars included


def both_sides(left: object, right: object) -> str:
    """Return how one field of a pair stands in its cell: 甲 above 乙, — for what is not stated."""
    return f"甲 {left or '—'}\n乙 {right or '—'}"


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One line of the sheet: its cells by heading; a heading the sheet lacks is not among them."""

    file: str
    sheet: str | None
    row: int
    cells: Mapping[str, Cell]
    columns: Mapping[str, int]

    def text(self, heading: str) -> str:
        """Return what stands under a heading, without white space around it; "" for nothing."""
        return (raw_text(self.cells.get(heading)) or "").strip()

    def plain(self, heading: str) -> str:
        """Return the same in ordinary width, without characters that nobody sees."""
        return plain_text(self.cells.get(heading))

    def where(self, heading: str) -> str:
        """Return the address of the cell under a heading; without such a column that of the row."""
        cell = f"第{self.row}行"
        if heading in self.columns:
            cell = cell_address(self.row, self.columns[heading])
        return place(self.file, self.sheet, cell)


def is_answer_sheet(sheet: RawSheet) -> bool:
    """Say whether a sheet is one of ours, answered or not: then it is no register, whatever its headings say."""
    # Nearly every row is decided by one letter, which does not change when a heading is normalised.
    return any(
        any(type(cell) is str and _TELLING in cell for cell in row) and {PAIR, ANSWER} <= set(_found(row))
        for row in sheet.rows[:_SEARCHED_ROWS]
    )


@dataclass(frozen=True, slots=True)
class AnswerSheets:
    """The lines of every answer sheet of a file, in order, and what it says of cells that hold a formula, no answer."""

    lines: list[AnswerRow]
    notes: list[str]


def read_answers(path: Path) -> AnswerSheets:
    """Return what the answer sheets of the file hold; Refused when there is none or a column is lacking.

    Lines in which no cell holds anything are left out.
    """
    lines: list[AnswerRow] = []
    notes: list[str] = []
    seen = False
    lacking: list[str] = []
    with start_reading([path]) as reading:
        for result in reading:
            if isinstance(result, UnreadableFile):
                raise result
            notes += [note for note in result.notes if NOT_CALCULATED in note]
            for sheet in result.sheets:
                head = _heading_row(sheet)
                if head is None:
                    continue
                index, columns = head
                where = place(sheet.file, sheet.sheet, f"第{sheet.row_number(index)}行")
                lacking += [f"{where} 缺“{name}”" for name in _NEEDED if name not in columns]
                seen = True
                lines += _lines(sheet, index, columns)
    if lacking:
        todo = "不要删去这些栏（“校验”是隐藏的），用原来的表另填一份"
        raise Refused("标题栏不全，不知道哪一行是哪一对", where="；".join(lacking), todo=todo)
    if not seen:
        todo = "给 dropctl review export 写出的表，或 核对结果.xlsx"
        raise Refused(f"没有找到“{SHEET}”表（标题行要有 {'、'.join(_NEEDED)}）", where=path.name, todo=todo)
    return AnswerSheets(lines, notes)


def _found(row: Sequence[Cell]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for column, cell in enumerate(row):
        if isinstance(cell, str) and len(cell) <= _LONGEST and (heading := _HEADINGS.get(normalise_heading(cell))):
            found.setdefault(heading, []).append(column)
    return found


def _heading_row(sheet: RawSheet) -> tuple[int, dict[str, int]] | None:
    """Return the index of the heading row and the column of each heading; Refused when one stands there twice."""
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        found = _found(row)
        if PAIR not in found and not {CHECK, ANSWER} <= set(found):
            continue
        for heading, columns in found.items():
            if len(columns) > 1:
                cells = "、".join(cell_address(sheet.row_number(index), column) for column in columns)
                where = place(sheet.file, sheet.sheet, cells)
                raise Refused(f"“{heading}”这一栏有两个，不知道用哪一个", where=where, todo="删去多余的一栏")
        return index, {heading: columns[0] for heading, columns in found.items()}
    return None


def _lines(sheet: RawSheet, heading: int, columns: Mapping[str, int]) -> list[AnswerRow]:
    lines = []
    for index in range(heading + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row):
            continue
        if any(isinstance(cell, str) and cell.strip() == EMPTY_LINE for cell in row):
            continue
        cells = {name: row[column] if column < len(row) else None for name, column in columns.items()}
        lines.append(AnswerRow(sheet.file, sheet.sheet, sheet.row_number(index), cells, columns))
    return lines
