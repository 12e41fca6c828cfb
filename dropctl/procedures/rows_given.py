"""Rows of one register as they are logged: a workbook full of them, or one from the command line, read alike.

Both go through the declaration of the register, so that a date or a number means the same wherever it was written.
What cannot be used is named by its cell; the rest is handed on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropctl.errors import Refused, UnreadableFile, place
from dropctl.ingest.read import Registers, read_registers
from dropctl.ingest.reading import start_reading
from dropctl.reconcile.people import Person, people
from dropctl.registers import BY_KIND
from dropctl.tables.raw import RawSheet


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was left out, or a cell that was: where (file · sheet · cell) and why."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Given:
    """The rows that name somebody; `faults`: (file, sheet, row, column key) → what is wrong with a cell of theirs."""

    rows: Sequence[Person]
    faults: Mapping[tuple[str, str | None, int, str], RowProblem]

    def problem(self, row: Person, column: str, otherwise: str) -> RowProblem:
        """Return why the value of `column` cannot be used: what the cell says wrong, else the sentence given."""
        known = self.faults.get((row.file, row.sheet, row.row, column))
        return known or RowProblem(row_place(row), otherwise)


@dataclass(frozen=True, slots=True)
class Logged:
    """What a workbook gave: rows recorded, rows known already, rows left out."""

    recorded: int
    known: int
    problems: tuple[RowProblem, ...]


def row_place(row: Person) -> str:
    """Return `文件 · 工作表 · 第n行` of a row."""
    return place(row.file, row.sheet, f"第{row.row}行")


def rows_of_table(path: Path, kind: str, as_of: date) -> Given:
    """Return the rows of register `kind` in a workbook; Refused when it cannot be read or holds none."""
    with start_reading([path]) as reading:
        (result,) = list(reading)
    if isinstance(result, UnreadableFile):
        raise result
    registers = read_registers(
        result.sheets, opening=as_of, as_of=as_of, assigned={sheet.file: kind for sheet in result.sheets}
    )
    rows = people(registers.frames.get(kind), kind)
    if not rows:
        spec = BY_KIND[kind]
        needed = "、".join(column.label for column in spec.columns if column.key in spec.required)
        raise Refused(f"没有找到{spec.label}", where=result.source.name, todo=f"标题行至少要有：{needed}")
    return Given(rows, _faults(registers))


def row_of_cells(
    kind: str, cells: Mapping[str, str | None], as_of: date, *, as_written: Collection[str] = ()
) -> Person:
    """Return one row from values by column key; Refused, in the register's own words, for one that cannot be read.

    `as_written`: columns that are taken over however wrong they are, because another office wrote them.
    """
    labels = {column.key: column.label for column in BY_KIND[kind].columns}
    given = {labels[key]: value for key, value in cells.items() if value}
    sheet = RawSheet("命令行", None, [list(given), list(given.values())])
    registers = read_registers([sheet], opening=as_of, as_of=as_of, assigned={sheet.file: kind})
    for (*_, column), fault in _faults(registers).items():
        if column not in as_written:
            raise Refused(fault.message, where="命令行")
    rows = people(registers.frames.get(kind), kind)
    if not rows:
        raise Refused(f"看不出是哪个孩子的{BY_KIND[kind].label}", todo="写上姓名")
    return rows[0]


def _faults(registers: Registers) -> dict[tuple[str, str | None, int, str], RowProblem]:
    return {
        (issue.file, issue.sheet, issue.row, issue.column): RowProblem(
            place(issue.file, issue.sheet, issue.cell), issue.message
        )
        for issue in registers.issues
        if issue.severity == "error" and issue.row is not None and issue.column is not None
    }
