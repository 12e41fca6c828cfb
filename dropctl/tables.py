"""The small language in which registers are declared, and the raw sheets and issues around it.

A register is one `TableSpec`: what its columns are called on paper (`Column.headings`), how a cell becomes
a value (`Column.parse`), what must hold. This room knows no file format and no particular register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    sheet: str | None  # None: the format knows no sheets (csv)
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


def conform(
    spec: TableSpec, sheet: RawSheet, sources: Sequence[Source], indices: Sequence[int]
) -> tuple[pl.DataFrame, list[Issue]]:
    """Return rows `indices` of `sheet` as a frame of `spec.schema()`, and an issue for each cell not kept as it was.

    Rows are never dropped. A value that a step refuses is null in the frame and keeps its raw text in the issue.
    """
    rows = [sheet.rows[index] for index in indices]
    data: dict[str, list[object]] = {
        "file": [sheet.file] * len(rows),
        "sheet": [sheet.sheet] * len(rows),
        "row": [sheet.row_number(index) for index in indices],
    }
    issues: list[Issue] = []
    fed = {source.column.key: source for source in sources}
    for column in spec.columns:
        source = fed.get(column.key)
        width = len(column.outputs)
        if source is None:
            for key, _ in column.outputs:
                data[key] = [None] * len(rows)
            continue
        apply = column.step.apply
        seen: dict[object, tuple[object, Problem | None]] = {}
        values: list[object] = []
        for number, row in enumerate(rows):
            raw: Cell = None
            place = source.places[0]
            for candidate in source.places:
                cell = row[candidate] if candidate < len(row) else None
                if cell is not None and not (type(cell) is str and not cell.strip()):
                    raw, place = cell, candidate
                    break
            memo = raw if type(raw) is str else (type(raw), raw)
            result = seen.get(memo)
            if result is None:
                result = seen[memo] = apply(raw)
            values.append(result[0])
            problem = result[1]
            if problem is not None:
                at = sheet.row_number(indices[number])
                issues.append(
                    Issue(
                        spec.kind, sheet.file, sheet.sheet, cell_address(at, place), at, column.key,
                        problem.code, problem.severity, raw_text(raw), problem.message,
                    )
                )  # fmt: skip
        if column.parts:
            blank = (None,) * width
            for part, (key, _) in enumerate(column.parts):
                data[key] = [(value or blank)[part] for value in values]  # type: ignore[index]  # a step of parts returns a tuple
        else:
            data[column.key] = values
    return pl.DataFrame(data, schema=spec.schema()), issues


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
