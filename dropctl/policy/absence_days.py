"""What each school day was for one pupil: from marks, nil returns, approvals and presence lists (CONTRACT §4).

Plain values in and out. A day nobody reported is unknown, never attended and never absent. Whose a mark is was
decided before (`reconcile`); what a run of days means is `absence_runs`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dropctl.policy.absence_runs import ATTENDED, EXCUSED, UNEXCUSED, UNKNOWN, DayState

STATE_LABELS = {
    ATTENDED: "到校",
    UNEXCUSED: "无故未到",
    EXCUSED: "有手续",
    UNKNOWN: "不明",
    "skipped": "不计",
}
WHOLE, MORNING, AFTERNOON, PART = "whole", "morning", "afternoon", "part"


class Mark(NamedTuple):
    """One mark for a pupil's day as a list gives it: its state, how much of the day it covers, and where it stands."""

    state: str
    part: str
    said: str
    where: str


@dataclass(frozen=True, slots=True)
class Leave:
    """One complete approval: its days, both included (None: not limited), and what it is called."""

    first: date | None
    last: date | None
    label: str

    def covers(self, day: date) -> bool:
        """Return whether the day lies in it."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A day on which a list, a case or a reported return says whether the child is there, and what it is called."""

    day: date
    there: bool
    said: str


class Merged(NamedTuple):
    """What all marks of one pupil and day say together; `conflict` when they contradict each other."""

    state: str
    why: str
    conflict: bool = False


THERE = Merged(ATTENDED, "考勤记为到校")  # one mark for the whole day that shows the child


def merge_marks(marks: Sequence[Mark]) -> Merged:
    """Return the state of one pupil's day. Half a day attended is a day attended; the same mark twice counts once.

    Two half days absent make a day; an absence of half a day alone leaves the other half attended.
    """
    if len(marks) == 1 and marks[0].part == WHOLE:
        return Merged(marks[0].state, f"{marks[0].where} 记“{marks[0].said}”")
    said = "；".join(dict.fromkeys(f"{mark.where} 记“{mark.said}”" for mark in marks))
    whole = {mark.state for mark in marks if mark.part == WHOLE}
    halves = {half: {mark.state for mark in marks if mark.part == half} for half in (MORNING, AFTERNOON)}
    if len(whole) > 1 or any(len(states) > 1 for states in halves.values()):
        return Merged(UNKNOWN, f"同一天的记录互相矛盾：{said}", conflict=True)
    if whole:
        (state,) = whole
        parts = {mark.state for mark in marks if mark.part != WHOLE}
        if state != ATTENDED and parts - {state}:
            return Merged(UNKNOWN, f"同一天的记录互相矛盾：{said}", conflict=True)
        return Merged(state, said)
    morning, afternoon = halves[MORNING], halves[AFTERNOON]
    if not morning or not afternoon:
        states = {mark.state for mark in marks}
        if UNKNOWN in states and ATTENDED not in states:
            return Merged(UNKNOWN, said)
        return Merged(ATTENDED, f"只缺半天或几节课，按到校计：{said}")
    both = morning | afternoon
    if ATTENDED in both:
        return Merged(ATTENDED, f"只缺半天，按到校计：{said}")
    if len(both) == 1:
        return Merged(both.pop(), said)
    return Merged(UNKNOWN, f"上午和下午的记录不同：{said}", conflict=UNKNOWN not in both)


def pupil_days(
    school_days: Iterable[date],
    *,
    reported: Collection[date],
    marks: Mapping[date, Merged],
    leaves: Sequence[Leave] = (),
    sightings: Sequence[Sighting] = (),
    doubts: Mapping[date, str] | None = None,
) -> list[DayState]:
    """Return the state of each school day for one pupil, with its reason (CONTRACT §4).

    `reported`: the days the class reported. `sightings`: what lists, cases and returns said, in any order.
    `doubts`: days on which a mark may be this pupil's or another's, with the sentence that says so.
    """
    waiting = sorted(sightings, key=lambda sighting: sighting.day)
    place = 0
    missing: Sighting | None = None
    days = []
    for day in school_days:
        while place < len(waiting) and waiting[place].day <= day:
            missing = None if waiting[place].there else waiting[place]
            place += 1
        mark = marks.get(day)
        if mark is not None and mark.state == ATTENDED:
            missing = None  # the mark shows the child
        days.append(_day(day, day in reported, mark, leaves, missing, (doubts or {}).get(day)))
    return days


def _day(
    day: date,
    reported: bool,
    mark: Merged | None,
    leaves: Sequence[Leave],
    missing: Sighting | None,
    doubt: str | None,
) -> DayState:
    if mark is not None and mark.state in (ATTENDED, EXCUSED):
        return DayState(day, mark.state, mark.why)
    if mark is None and not reported:
        return DayState(day, UNKNOWN, "该班这天没有上报考勤")
    leave = next((leave for leave in leaves if leave.covers(day)), None)
    if leave is not None:
        noted = f"（{mark.why}）" if mark is not None else ""
        return DayState(day, EXCUSED, f"有审批：{leave.label}{noted}")
    if mark is not None:
        return DayState(day, mark.state, mark.why)
    if doubt is not None:
        return DayState(day, UNKNOWN, doubt)
    if missing is not None:
        return DayState(day, UNKNOWN, f"{missing.said}，此后还没有名单或记录表明已到校")
    return DayState(day, ATTENDED, "该班这天已上报，名单上没有这名学生缺勤")
