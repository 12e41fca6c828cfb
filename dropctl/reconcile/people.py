"""One row of a register as matching sees it, and the pupils that rows of one register make up.

Nothing here decides whether rows of different registers are the same child: that is `linkage`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from dropctl.identity import id_birth_date, id_sex


class Person(NamedTuple):
    """One row that names somebody. `id_number` is a valid number or None; `id_source` says how it was had:
    `valid`, `repaired` (CONTRACT §1), or None. `birth` and `sex` are as stated on the list.

    A named tuple: a county has a hundred thousand of them, and a frozen dataclass sets each field by a call.
    """

    register: str
    file: str
    sheet: str | None
    row: int
    name: str | None
    former_name: str | None
    id_number: str | None
    id_source: str | None
    id_text: str | None
    id_state: str | None
    id_fault: str | None
    id_prefix: str | None
    enrollment_number: str | None
    sex: str | None
    birth: date | None
    school: str | None
    grade: str | None
    class_name: str | None
    phone: str | None
    guardian: str | None
    facts: Facts  # the whole row, for rules

    @property
    def place(self) -> tuple[str, str, str | None, int]:
        """Where the row stands: register, file, sheet, physical row."""
        return (self.register, self.file, self.sheet, self.row)

    @property
    def known_birth(self) -> date | None:
        """The stated birth date, else the one in the valid ID."""
        return self.birth or (id_birth_date(self.id_number) if self.id_number else None) or self._prefix_birth()

    def _prefix_birth(self) -> date | None:
        if self.id_prefix is None or len(self.id_prefix) < 14:
            return None
        digits = self.id_prefix[6:14]
        try:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return None

    @property
    def known_sex(self) -> str | None:
        """The stated sex, else the one in the valid ID."""
        return self.sex or (id_sex(self.id_number) if self.id_number else None)


class Facts:
    """One row of a register frame by column key; reading it costs nothing until a rule asks."""

    __slots__ = ("_columns", "_index")

    def __init__(self, columns: dict[str, list[Any]], index: int) -> None:
        self._columns = columns
        self._index = index

    def __getitem__(self, key: str) -> Any:
        return self._columns[key][self._index]

    def get(self, key: str) -> Any:
        """Return the value under `key`; None when the register has no such column."""
        values = self._columns.get(key)
        return None if values is None else values[self._index]

    def stated(self) -> tuple[tuple[str, Any], ...]:
        """Return everything the row states, column by column, without the place where it stands."""
        return tuple(
            (key, values[self._index])
            for key, values in sorted(self._columns.items())
            if key not in ("file", "sheet", "row") and values[self._index] is not None
        )


def people(frame: pl.DataFrame | None, register: str) -> list[Person]:
    """Return the rows of a register frame as people, in the frame's order."""
    if frame is None:
        return []
    nothing: list[Any] = [None] * frame.height
    columns = {one.name: one.to_list() if one.null_count() < len(one) else nothing for one in frame.iter_columns()}

    def column(*keys: str) -> list[Any]:
        return next((columns[key] for key in keys if key in columns), nothing)

    state, prefix = column("id_number_state"), column("id_number_prefix")
    numbers: list[str | None] = []
    origins: list[str | None] = []
    # Only a G number and a disability certificate hold an ID number (reference §4.1, §4.3).
    inside = zip(column("id_number"), state, prefix, column("certificate_id", "enrollment_id"), strict=True)
    for number, how, known, within in inside:
        if number is not None:
            numbers.append(number)
            origins.append("valid" if how == "valid" else "repaired")
        else:
            repaired = within if within is not None and _may_stand_for(within, how, known) else None
            numbers.append(repaired)
            origins.append("repaired" if repaired is not None else None)
    traits = zip(
        columns["file"], columns["sheet"], columns["row"], columns["name"], column("former_name"), numbers,
        origins, column("id_number_text"), state, column("id_number_fault"), prefix, column("enrollment_number"),
        column("sex"), column("birth_date"), column("school"), column("grade"), column("class_name"),
        column("phone"), _first_stated(column("guardian"), column("household_head")),
        strict=True,
    )  # fmt: skip
    return [Person._make((register, *row, Facts(columns, index))) for index, row in enumerate(traits)]


def _first_stated(one: list[Any], other: list[Any]) -> list[Any]:
    """Return per row what `one` states, else what `other` does."""
    return [value if value is not None else instead for value, instead in zip(one, other, strict=True)]


def _may_stand_for(inside: str, state: str | None, prefix: str | None) -> bool:
    """Say whether a number inside another one may repair this row's ID: nothing trusted speaks against it."""
    if state == "digits_lost" and prefix is not None:
        return inside.startswith(prefix)
    # A wrong number and the G number disagree: which of them is right is for a person to say.
    return state != "invalid"


class Pupil:
    """One child of a register: the rows certainly about the same child, `lead` the first of them."""

    __slots__ = ("lead", "rows")

    def __init__(self, rows: tuple[Person, ...]) -> None:
        self.rows = rows
        self.lead = rows[0]

    @property
    def places(self) -> set[tuple[str | None, str | None]]:
        """Every (grade, class) the child is listed in."""
        return {(row.grade, row.class_name) for row in self.rows}


def group_pupils(rows: Sequence[Person]) -> list[Pupil]:
    """Return the children of one register: equal names and an equal valid ID or enrollment number make one child."""
    parent = list(range(len(rows)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first: dict[tuple[str, str], int] = {}
    for index, row in enumerate(rows):
        for number in (row.id_number, row.enrollment_number):
            if number is None or row.name is None:
                continue
            earlier = first.setdefault((number, row.name), index)
            if earlier != index and not _different_numbers(rows[earlier], row):
                one, two = sorted((root(earlier), root(index)))
                parent[two] = one
    groups: dict[int, list[Person]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[root(index)].append(row)
    return [Pupil(tuple(group)) for _, group in sorted(groups.items())]


def _different_numbers(one: Person, two: Person) -> bool:
    return one.id_number is not None and two.id_number is not None and one.id_number != two.id_number


def by_key(items: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    """Return the items in lists under `key(item)`, leaving out those whose key is None."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for item in items:
        value = key(item)
        if value is not None:
            found[value].append(item)
    return found
