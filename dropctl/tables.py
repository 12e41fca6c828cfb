"""The small language in which registers are declared, and the raw sheets and issues around it.

A register is one `TableSpec`: what its columns are called on paper (`Column.headings`), how a cell becomes
a value (`Column.parse`), what must hold. This room knows no file format and no particular register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value in a cell, such as `#N/A`."""

    text: str


# What a reader may hand over for one cell; None is an empty cell.
Cell = str | float | int | bool | date | datetime | CellError | None


@dataclass(slots=True)
class RawSheet:
    """One sheet as it stands on paper.

    `rows[i][j]` is the cell in column j (0 = A) of the row whose physical number is `row_number(i)`; rows
    may be ragged, leading blank rows and columns are present. `filled` names cells filled from a merged range.
    """

    file: str
    sheet: str
    rows: Sequence[Sequence[Cell]]
    row_numbers: Sequence[int] | None = None  # csv: the line each record starts on
    hidden: bool = False
    title_hints: tuple[str, ...] = field(default=())

    def row_number(self, index: int) -> int:
        """Return the physical, 1-based number of row `index`."""
        return self.row_numbers[index] if self.row_numbers is not None else index + 1


ISSUE_SCHEMA: dict[str, pl.DataType] = {
    "register": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "row": pl.Int64(),
    "column": pl.String(),
    "code": pl.String(),
    "severity": pl.String(),
    "raw": pl.String(),
    "message": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing about one cell, row or sheet that a person should know; the row itself is kept.

    `severity`: `error` (a value was lost), `warning` (a value was changed or looks wrong), `note`.
    """

    register: str | None
    file: str
    sheet: str | None
    cell: str | None
    row: int | None
    column: str | None
    code: str
    severity: str
    raw: str | None
    message: str


def issues_frame(issues: Sequence[Issue]) -> pl.DataFrame:
    """Return the issues as a frame of `ISSUE_SCHEMA`, sorted by place."""
    rows = [tuple(getattr(issue, name) for name in ISSUE_SCHEMA) for issue in issues]
    frame = pl.DataFrame(rows, schema=ISSUE_SCHEMA, orient="row")
    return frame.sort("file", "sheet", "row", "cell", "code", "message", nulls_last=True, maintain_order=True)


def column_letters(index: int) -> str:
    """Return the spreadsheet letters of a 0-based column (0 → A, 26 → AA)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """Return an address such as `D17` for a physical 1-based row and a 0-based column."""
    return f"{column_letters(column)}{row}"
