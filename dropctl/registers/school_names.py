"""One name per school: short and former names read as the full one (reference §5.1, problem 21).

Only names that somebody wrote down count, in the register `schools` or under `short_names` in dropctl.toml; nothing is
guessed from likeness, because 碧阳中学 and 碧山中学 are two schools.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

# The columns of all registers that hold the name of a school.
SCHOOL_COLUMNS = (
    "school", "other_school", "from_school", "to_school", "origin_school", "found_school", "teaching_school",
    "school_name", "primary_school", "junior_school",
)  # fmt: skip
_BETWEEN = re.compile(r"[、,，;；/|\n]+")


@dataclass(frozen=True, slots=True)
class School:
    """A school's full name, its code (标识码) if known, and the other names it goes by."""

    name: str
    code: str | None = None
    short_names: tuple[str, ...] = ()


class SchoolNames:
    """Full names by code and by every other name that belongs to one school only."""

    def __init__(self, schools: Iterable[School]) -> None:
        owners: dict[str, set[str]] = {}
        codes: dict[str, set[str]] = {}
        for school in schools:
            for name in (school.name, *school.short_names):
                owners.setdefault(_plain(name), set()).add(school.name)
            if school.code:
                codes.setdefault(_plain(school.code), set()).add(school.name)
        # A full name is its own school's even where another school once bore it.
        full = {_plain(name): name for names in owners.values() for name in names}
        self._by_name = {name: owner.pop() for name, owner in owners.items() if len(owner) == 1} | full
        self._by_code = {code: owner.pop() for code, owner in codes.items() if len(owner) == 1}

    def full_name(self, name: str | None, code: str | None = None) -> str | None:
        """Return the school's full name, by its code first; `name` itself when nobody wrote down whose it is."""
        if code is not None and (known := self._by_code.get(_plain(code))):
            return known
        return None if name is None else self._by_name.get(_plain(name), name)


def schools_of(register: pl.DataFrame | None, own: School | None = None) -> list[School]:
    """Return the schools of a `schools` register and the workspace's own; rows without a name give none."""
    found = [own] if own is not None else []
    if register is not None:
        for name, code, short in register.select("school_name", "code", "short_names").iter_rows():
            if name:
                others = tuple(part for part in _BETWEEN.split(short or "") if part.strip())
                found.append(School(name, code, others))
    return found


def with_full_names(
    frames: Mapping[str, pl.DataFrame], schools: Sequence[School]
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Return the register frames with full school names, and a sentence for each name that was read as another."""
    if not schools:
        return dict(frames), []
    names = SchoolNames(schools)
    changed: dict[tuple[str, str], int] = {}
    result: dict[str, pl.DataFrame] = {}
    for kind, frame in frames.items():
        columns = [] if kind == "schools" else [key for key in SCHOOL_COLUMNS if key in frame.columns]
        for key in columns:
            written = frame[key].to_list()
            # The code beside a pupil is that of the school whose roster it is.
            codes = frame["school_code"].to_list() if key == "school" and "school_code" in frame.columns else None
            full = [names.full_name(name, codes[row] if codes else None) for row, name in enumerate(written)]
            for old, new in zip(written, full, strict=True):
                if old is not None and new is not None and old != new:
                    changed[old, new] = changed.get((old, new), 0) + 1
            frame = frame.with_columns(pl.Series(key, full, dtype=pl.String))
        result[kind] = frame
    return result, [
        f"“{old}”按登记的学校名称读作“{new}”（{count}处），原表未改动" for (old, new), count in sorted(changed.items())
    ]


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
