"""The small language in which registers are declared, and the raw sheets and issues around it.

A register is one `TableSpec`: what its columns are called on paper (`Column.headings`), how a cell becomes
a value (`Column.parse`), what must hold. This room knows no file format and no particular register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

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
    may be ragged, leading blank rows and columns are present.
    """

    file: str
    sheet: str | None  # None: the format knows no sheets (csv)
    rows: Sequence[Sequence[Cell]]
    row_numbers: Sequence[int] | None = None  # csv: the line each record starts on
    hidden: bool = False

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


@dataclass(frozen=True, slots=True)
class Problem:
    """What a parse step could not keep: becomes an issue at the cell. `message` says what to do."""

    code: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """One named change from cell to value. `apply` returns the new value and, if something was lost or changed
    in a way a person should see, a Problem.
    """

    name: str
    apply: Callable[[Cell], tuple[object, Problem | None]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register: its key, its Chinese label, the headings people really write, how it is read.

    `headings`: spellings in order of preference, compared after `normalise_heading`. `fills_blanks`: several
    headings of one sheet may feed it, the first that is not blank wins. `parts`: the step returns a tuple with
    one value per part instead of a single value.
    """

    key: str
    label: str
    headings: tuple[str, ...]
    step: Step
    dtype: pl.DataType = field(default_factory=pl.String)
    names_somebody: bool = False
    fills_blanks: bool = False
    parts: tuple[tuple[str, pl.DataType], ...] = ()

    @property
    def outputs(self) -> tuple[tuple[str, pl.DataType], ...]:
        """The frame columns this column makes, with their types."""
        return self.parts or ((self.key, self.dtype),)


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One kind of list. `evidence` are the points a heading gives for this kind, `needed` the least sum;
    `required` keys must all be there; `title_words` give points when title, sheet or file name holds one.
    """

    kind: str
    label: str
    columns: tuple[Column, ...]
    required: tuple[str, ...]
    evidence: Mapping[str, int]
    needed: int
    title_words: Mapping[str, int]
    placed_in_class: bool = False

    def schema(self) -> dict[str, pl.DataType]:
        """The frame's columns and types: where each row stands, then what each column makes."""
        schema: dict[str, pl.DataType] = {"file": pl.String(), "sheet": pl.String(), "row": pl.Int64()}
        for column in self.columns:
            schema.update(column.outputs)
        return schema


@dataclass(frozen=True, slots=True)
class Source:
    """A register column and the 0-based sheet columns that feed it, the preferred one first."""

    column: Column
    places: tuple[int, ...]


# The columns of a register while it is read: key → one value per row, all of one length.
Columns = dict[str, list[Any]]


def conform(
    spec: TableSpec, sheet: RawSheet, sources: Sequence[Source], indices: Sequence[int]
) -> tuple[Columns, list[Issue]]:
    """Return rows `indices` of `sheet` as columns of `spec.schema()`, and an issue per cell not kept as it was.

    Rows are never dropped. A value that a step refuses is None and keeps its raw text in the issue.
    """
    rows = [sheet.rows[index] for index in indices]
    data: Columns = {
        "file": [sheet.file] * len(rows),
        "sheet": [sheet.sheet] * len(rows),
        "row": [sheet.row_number(index) for index in indices],
    }
    issues: list[Issue] = []
    fed = {source.column.key: source for source in sources}
    for column in spec.columns:
        source = fed.get(column.key)
        if source is None:
            data.update((key, [None] * len(rows)) for key, _ in column.outputs)
            continue
        cells, places = _cells(rows, source.places)
        # Each distinct cell is read once; its type belongs to the key, because 1, 1.0 and True are equal in Python.
        keys = [cell if type(cell) is str else (type(cell), cell) for cell in cells]
        results = {key: column.step.apply(key if type(key) is str else key[1]) for key in dict.fromkeys(keys)}
        if any(problem is not None for _, problem in results.values()):
            for number, key in enumerate(keys):
                problem = results[key][1]
                if problem is not None:
                    place = places[number] if places else source.places[0]
                    at = sheet.row_number(indices[number])
                    issues.append(
                        Issue(
                            spec.kind, sheet.file, sheet.sheet, cell_address(at, place), at, column.key,
                            problem.code, problem.severity, raw_text(cells[number]), problem.message,
                        )
                    )  # fmt: skip
        values: list[Any] = [results[key][0] for key in keys]
        if column.parts:
            blank = (None,) * len(column.parts)
            filled = [value or blank for value in values]
            data.update((key, [value[part] for value in filled]) for part, (key, _) in enumerate(column.parts))
        else:
            data[column.key] = values
    return data, issues


def _cells(rows: Sequence[Sequence[Cell]], places: tuple[int, ...]) -> tuple[list[Cell], list[int] | None]:
    """Return one cell per row, from the first of `places` that is not blank, and which place each came from."""
    first = places[0]
    cells = [row[first] if first < len(row) else None for row in rows]
    if len(places) == 1:
        return cells, None
    chosen = [first] * len(rows)
    for number, cell in enumerate(cells):
        if cell is None or (type(cell) is str and not cell.strip()):
            for place in places[1:]:
                other = rows[number][place] if place < len(rows[number]) else None
                if other is not None and not (type(other) is str and not other.strip()):
                    cells[number], chosen[number] = other, place
                    break
    return cells, chosen


def raw_text(cell: Cell) -> str | None:
    """Return the cell as a person would read it in the sheet; None for an empty cell."""
    if cell is None:
        return None
    if isinstance(cell, CellError):
        return cell.text
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e21:
        return f"{cell:.0f}"
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return str(cell)


@dataclass(frozen=True, slots=True)
class InputCount:
    """Where the rows of one sheet went: rows_read = rows_kept + rows_set_aside + rows_blank."""

    file: str
    sheet: str | None
    register: str | None  # None: not recognised
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    rows_blank: int
    list_date: date | None = None
    note: str | None = None
