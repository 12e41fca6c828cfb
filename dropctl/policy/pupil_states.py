"""What school days were for the pupils of a school, once it is known whose each mark is (三.2, CONTRACT §4).

Two questions are answered here: all days of a few pupils, and one day of every pupil. Whose a mark is, was decided
before (`attendance`); what a run of days means is `absence_runs`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dropctl.errors import place
from dropctl.policy.absence_days import THERE, Leave, Mark, Merged, Sighting, merge_marks, pupil_days
from dropctl.policy.absence_runs import DayState
from dropctl.policy.evidence import ClassKey, Evidence, PupilFacts
from dropctl.policy.grounds import ground_of
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person

_ACTIVITY = "公假"  # away on the school's behalf: neither absent nor on leave


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """What the cases of a child say about its being there.

    `sought`: each time since which day it was missing, and until which day it was back. `waits`: whether one waits for
    the child still, who is then told day by day whatever the marks say.
    """

    sought: tuple[tuple[date, date | None], ...]
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """Whose each mark is. Pupils are known by their place in the evidence, rows of lists by `spot`.

    `owned`: pupil, day, state, part, raw, reason, column, spot. `marks`: the same without pupil, of all rows.
    `doubtful`: pupil → rows that may be about it, with the link that doubts.
    """

    owned: pl.DataFrame
    marks: pl.DataFrame
    doubtful: Mapping[int, Sequence[tuple[int, Link]]]
    reported: Mapping[ClassKey, set[date]]
    row_at: Mapping[int, Person]
    cases: Mapping[str, CaseSeen]

    def has_reported(self, facts: PupilFacts, day: date | None) -> bool:
        """Return whether the class of a pupil reported a day."""
        return day is not None and day in self.reported.get(facts.class_key, set())


def states_of(
    pupils: Sequence[int], told: Told, evidence: Evidence, days: Sequence[date]
) -> Iterator[tuple[int, tuple[DayState, ...], Mapping[date, int]]]:
    """Yield each pupil with the state of every day of `days`, and day → the spot of its first mark but √."""
    theirs = told.owned.filter(pl.col("pupil").is_in(pl.Series(pupils, dtype=pl.UInt32).implode())).with_columns(
        pl.len().over("pupil", "day").alias("marks")
    )
    there = (pl.col("marks") == 1) & (pl.col("state") == "attended") & (pl.col("part") == "whole")
    merged: dict[int, dict[date, Merged]] = defaultdict(dict)
    for pupil, day in theirs.filter(there).select("pupil", "day").iter_rows():
        merged[pupil][day] = THERE
    said: dict[tuple[int, date], list[Mark]] = defaultdict(list)
    spot_of: dict[int, dict[date, int]] = defaultdict(dict)
    columns = ("pupil", "day", "state", "part", "raw", "reason", "column", "spot")
    for pupil, day, state, part, raw, reason, column, spot in theirs.filter(~there).select(columns).iter_rows():
        row = told.row_at[spot]
        where = place(row.file, row.sheet, f"{column}{row.row}" if column else f"第{row.row}行")
        words = reason if raw is None or raw == reason else f"{raw}（{reason}）"
        said[pupil, day].append(Mark(state, part, words, where))
        spot_of[pupil].setdefault(day, spot)
    for (pupil, day), found in said.items():
        merged[pupil][day] = merge_marks(found)
    doubt_days = _doubt_days(told.marks, {spot for pupil in pupils for spot, _ in told.doubtful.get(pupil, ())})
    for pupil in pupils:
        facts = evidence.pupils[pupil]
        states = pupil_days(
            days,
            reported=told.reported.get(facts.class_key, set()),
            marks=merged[pupil],
            leaves=_leaves(facts),
            sightings=_sightings(facts, told.cases.get(facts.number)),
            doubts={
                day: f"{link.reason}，不能确定记的是不是这名学生"
                for spot, link in told.doubtful.get(pupil, ())
                for day in doubt_days.get(spot, ())
            },
        )
        yield pupil, tuple(states), spot_of[pupil]


@dataclass(frozen=True, slots=True)
class OneDay:
    """One pupil's day: its state and why; whether a mark of the day shows the child; the leave marked (病假 …)."""

    state: DayState
    is_marked_there: bool
    leave: tuple[str, ...]

    @property
    def is_activity(self) -> bool:
        """Whether the child was away on the school's behalf, and only so."""
        return self.leave == (_ACTIVITY,)


def states_on(day: date, told: Told, evidence: Evidence, days: Sequence[date]) -> list[OneDay]:
    """Return the state of `day` for every pupil, in the order of the evidence; `days`: the term's days up to it."""
    of_day = told.owned.filter(pl.col("day") == day)
    there = set(of_day.filter(pl.col("state") == "attended")["pupil"].to_list())
    kinds: dict[int, set[str]] = defaultdict(set)
    for pupil, label in of_day.filter(pl.col("state") == "excused").select("pupil", "reason").iter_rows():
        kinds[pupil].add(label)
    # Only for these do a mark or earlier days matter; all others are told by their class alone.
    missing = {pupil for pupil, facts in enumerate(evidence.pupils) if facts.presence in ("absent", "no_row")}
    sought = {pupil for pupil, facts in enumerate(evidence.pupils) if facts.number in told.cases}
    closer = sorted({*of_day["pupil"].to_list(), *told.doubtful, *missing, *sought})
    states = {pupil: found[-1] for pupil, found, _ in states_of(closer, told, evidence, days) if found}
    return [
        OneDay(
            states.get(pupil) or _plain(day, facts, told.reported.get(facts.class_key, set())),
            pupil in there,
            tuple(sorted(kinds[pupil])),
        )
        for pupil, facts in enumerate(evidence.pupils)
    ]


def _plain(day: date, facts: PupilFacts, reported: Collection[date]) -> DayState:
    return pupil_days([day], reported=reported, marks={}, leaves=_leaves(facts))[0]


def _doubt_days(marks: pl.DataFrame, spots: set[int]) -> dict[int, list[date]]:
    """Return the days of the rows that may be somebody else's, where they say more than that the child was there."""
    if not spots:
        return {}
    chosen = marks.filter(pl.col("spot").is_in(list(spots)) & (pl.col("state") != "attended"))
    found: dict[int, list[date]] = defaultdict(list)
    for spot, day in chosen.select("spot", "day").iter_rows():
        found[spot].append(day)
    return found


def _leaves(facts: PupilFacts) -> list[Leave]:
    """Return the complete approvals of a pupil; one that lacks a paper excuses nothing (CONTRACT §3)."""
    grounds = [ground_of(approval) for approval in facts.approvals]
    return [Leave(ground.starts, ground.ends, ground.label) for ground in grounds if not ground.missing]


def _sightings(facts: PupilFacts, seen: CaseSeen | None) -> list[Sighting]:
    found = []
    if facts.list_date is not None and facts.presence in ("absent", "no_row", "present"):
        there = facts.presence == "present"
        found.append(Sighting(facts.list_date, there, f"{facts.list_date}的返校名单上{'已' if there else '没有'}到校"))
    for missing, back in seen.sought if seen is not None else ():
        found.append(Sighting(missing, False, f"个案上自{missing}起等这名学生返校，还没有办结"))
        if back is not None:
            found.append(Sighting(back, True, f"个案上{back}已返校或已销案"))
    return found
