"""Cells and sheets as they stand on paper, and where a cell stands. Loads nothing but the standard library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


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
    may be ragged, leading blank rows and columns are present.
    """

    file: str
    sheet: str | None  # None: the format knows no sheets (csv)
    rows: Sequence[Sequence[Cell]]
    row_numbers: Sequence[int] | None = None  # csv: the line each record starts on; parquet: 0 is the columns' names
    hidden: bool = False

    def row_number(self, index: int) -> int:
        """Return the physical, 1-based number of row `index`."""
        return self.row_numbers[index] if self.row_numbers is not None else index + 1

    @property
    def records(self) -> int:
        """Return how many rows the file has here: the names of a parquet file's columns are no row of it."""
        return len(self.rows) - (len(self.rows) > 0 and self.row_number(0) == 0)


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


def raw_text(cell: Cell) -> str | None:
    """Return the cell as a person would read it in the sheet; None for an empty cell."""
    if cell is None or type(cell) is str:
        return cell
    if isinstance(cell, CellError):
        return cell.text
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e21:
        if abs(cell) < 1e15:
            return f"{cell:.0f}"
        # Of a long number a spreadsheet shows the 15 digits it has kept, then zeros.
        kept, _, power = f"{cell:.14e}".partition("e")
        return str(int(kept.replace(".", "")) * 10 ** (int(power) - 14))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(cell)
