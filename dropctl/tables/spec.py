"""How a register is declared: columns, the headings people write, how a cell becomes a value, what must hold.

`conform` reads the rows of a sheet by such a declaration. This room knows no file format and no particular register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import polars as pl

from dropctl.tables.issues import Issue
from dropctl.tables.raw import Cell, RawSheet, cell_address, raw_text


@dataclass(frozen=True, slots=True)
class Problem:
    """What a parse step could not keep: becomes an issue at the cell. `message` says what to do."""

    code: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """One named change from cell to value. `apply` returns the new value and, if something was lost or changed
    in a way a person should see, a Problem. `says` tells registrars what it does, for the page of headings.
    """

    name: str
    apply: Callable[[Cell], tuple[object, Problem | None]]
    says: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register: its key, its Chinese label, the headings people really write, how it is read.

    `headings`: spellings in order of preference, compared after `normalise_heading`. `fills_blanks`: several
    headings of one sheet may feed it, the first that is not blank wins. `asks_if_twice`: two columns for it that say
    different things stop the sheet, unless exactly one bears the first spelling; False for what decides nothing.
    `parts`: the step returns a tuple with one value per part instead of a single value. `gathers` (with parts): the
    values of all headings that feed it, each read by itself, stand together with 、 between them (a father's and a
    mother's telephone).
    """

    key: str
    label: str
    headings: tuple[str, ...]
    step: Step
    dtype: pl.DataType = field(default_factory=pl.String)
    names_somebody: bool = False
    fills_blanks: bool = False
    asks_if_twice: bool = True
    gathers: bool = False
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


_TEXT_OR_BLANK = frozenset({str, type(None)})
# The columns of a register while it is read: key → one value per row, all of one length.
Columns = dict[str, list[Any]]


# What a cell is remembered by: a text, None, or type and cell, because 1, 1.0 and True are equal in Python.
Key = str | tuple[type, Cell] | None


@dataclass(slots=True)
class Read:
    """What one step made of cells: key → value, and key → problem for the few that have one."""

    values: dict[Key, object] = field(default_factory=dict)
    problems: dict[Key, Problem] = field(default_factory=dict)


class StepMemory:
    """What steps have made of cells so far: lists of one call name the same children again (last term's, say)."""

    # Beyond this a step starts afresh: a county's lists are not to be kept in memory twice.
    _MOST = 200_000

    def __init__(self) -> None:
        self._known: dict[Step, Read] = {}

    def read(self, step: Step, keys: Set[Key]) -> Read:
        """Return what `step` makes of each of `keys` (and of others before); it is asked once per distinct cell."""
        known = self._known.setdefault(step, Read())
        if len(known.values) > self._MOST:
            known.values.clear()
            known.problems.clear()
        for key in keys:
            if key not in known.values:
                known.values[key], problem = step.apply(key[1] if isinstance(key, tuple) else key)
                if problem is not None:
                    known.problems[key] = problem
        return known


def conform(
    spec: TableSpec,
    sheet: RawSheet,
    sources: Sequence[Source],
    indices: Sequence[int],
    memory: StepMemory | None = None,
) -> tuple[Columns, list[Issue]]:
    """Return rows `indices` of `sheet` as columns of `spec.schema()`, and an issue per cell not kept as it was.

    Rows are never dropped. A value that a step refuses is None and keeps its raw text in the issue.
    """
    rows = [sheet.rows[index] for index in indices]
    memory = memory or StepMemory()
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
        groups = [(place,) for place in source.places] if column.gathers else [source.places]
        values = _gathered([_read(spec, sheet, column, group, rows, indices, issues, memory) for group in groups])
        if column.parts:
            blank = (None,) * len(column.parts)
            filled = [value or blank for value in values]
            data.update((key, [value[part] for value in filled]) for part, (key, _) in enumerate(column.parts))
        else:
            data[column.key] = values
    return data, issues


def _read(
    spec: TableSpec,
    sheet: RawSheet,
    column: Column,
    fed_by: tuple[int, ...],
    rows: Sequence[Sequence[Cell]],
    indices: Sequence[int],
    issues: list[Issue],
    memory: StepMemory,
) -> list[Any]:
    """Return the value of `column` in each row, and add to `issues` what its step could not keep."""
    cells, places = _cells(rows, fed_by)
    plain = _TEXT_OR_BLANK.issuperset(map(type, cells))
    keys: list[Any] = cells if plain else [c if type(c) in _TEXT_OR_BLANK else (type(c), c) for c in cells]
    distinct = set(keys)
    read = memory.read(column.step, distinct)
    if not distinct.isdisjoint(read.problems):
        for number, key in enumerate(keys):
            problem = read.problems.get(key)
            if problem is not None:
                place = places[number] if places else fed_by[0]
                at = sheet.row_number(indices[number])
                issues.append(
                    Issue(
                        spec.kind, sheet.file, sheet.sheet, cell_address(at, place), at, column.key,
                        problem.code, problem.severity, raw_text(cells[number]), problem.message,
                    )
                )  # fmt: skip
    return list(map(read.values.__getitem__, keys))


def _gathered(groups: Sequence[list[Any]]) -> list[Any]:
    """Return one value per row: the texts of all groups, part by part, joined by 、, each once."""
    if len(groups) == 1:
        return groups[0]
    together: list[Any] = []
    for values in zip(*groups, strict=True):
        said = [value for value in values if value is not None]
        parts = [[text for text in texts if text] for texts in zip(*said, strict=True)]
        together.append(
            tuple("、".join(dict.fromkeys("、".join(texts).split("、"))) or None for texts in parts) or None
        )
    return together


def _cells(rows: Sequence[Sequence[Cell]], places: tuple[int, ...]) -> tuple[list[Cell], list[int] | None]:
    """Return one cell per row, from the first of `places` that is not blank, and which place each came from."""
    first = places[0]
    try:
        cells = list(map(itemgetter(first), rows))
    except IndexError:  # rows may be ragged
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
