"""Runs of absence over school days, and what the plan makes of them (三.2; CONTRACT §4): plain values in and out.

A run is counted in school days and told day by day. Where a day's state comes from is `absence_days`; which child
a mark belongs to, and what a person reads about it, is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from dropctl.policy.plan import Plan
from dropctl.school_calendar import SchoolCalendar, add_months, describe_day

ATTENDED, UNEXCUSED, EXCUSED, UNKNOWN = "attended", "unexcused", "excused", "unknown"
SKIPPED = "skipped"  # a day without school inside a run: neither counted nor an end

FLAG_OF_KIND = {
    None: "none",
    "day_five_report": "day_five",
    "suspected_dropout": "suspected",
    "dropout": "dropout",
    "possible_suspected_dropout": "possible_suspected",
}


@dataclass(frozen=True, slots=True)
class RunLimits:
    """The numbers of 三.2: the teacher reports on day `report_day`, the mark comes after `suspect_after` days."""

    report_day: int
    suspect_after: int
    dropout_months: int
    confirm_days: int
    frequent_after: int


def run_limits(plan: Plan) -> RunLimits:
    """Return the numbers of the plan that runs are judged by."""
    return RunLimits(
        plan.value("teacher_report"),
        plan.value("suspect_after"),
        plan.value("dropout_after"),
        plan.value("return_confirmed"),
        plan.value("frequent_after"),
    )


class DayState(NamedTuple):
    """What one day was for one pupil, and why it is taken so. A plain tuple: a county's term makes a million."""

    day: date
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class AbsenceRun:
    """One run: its school days, what they add up to, and the dates that follow from them.

    `last` is the last school day of the run; for an open run the last one known of. `reached` is the strongest
    kind the run came to, `kind` the one it gives a finding of now: None once a return is confirmed or the child
    has left lawfully, and for the weaker kinds once the run has ended. `dropout_date` is None without a mark and
    where a confirmed return cancelled it.
    """

    first: date
    last: date
    ended: bool
    left: bool
    certain_days: int
    possible_days: int
    day_five: date | None
    flag_date: date | None
    mark_date: date | None
    mark_is_registry: bool
    dropout_date: date | None
    returned_on: date | None  # the day the return that counts now began
    attended_since: int  # attended school days of that return
    confirmed_on: date | None
    reached: str | None
    kind: str | None

    @property
    def flag(self) -> str:
        """The word of CONTRACT §11 for what the run came to."""
        return FLAG_OF_KIND[self.reached]


def find_runs(
    days: Sequence[DayState],
    limits: RunLimits,
    as_of: date,
    *,
    left_on: date | None = None,
    registry_mark: date | None = None,
    doubted: Collection[date] = (),
) -> list[AbsenceRun]:
    """Return the runs in `days`, the earliest first.

    `days`: one entry per school day up to `as_of`, in order. `left_on`: the first day on which the child lawfully
    belonged to the school no more. `registry_mark`: the day the enrollment system marked the child, if it said so.
    `doubted`: days on which an absence is marked that may be this child's or another's; where nothing certain begins a
    run, they begin one that is possible only, worth telling once it would reach the mark.
    """
    known = [day for day in days if day.day <= as_of and (left_on is None or day.day < left_on)]
    left = left_on is not None and left_on <= as_of
    pieces = list(_pieces(known, doubted))
    runs = []
    for number, (start, end) in enumerate(pieces):
        following = known[pieces[number + 1][0]].day if number + 1 < len(pieces) else None
        # The registry's mark belongs to the latest run that had begun when it was set.
        mine = registry_mark is not None and (following is None or registry_mark < following)
        mark = registry_mark if mine else None
        after = () if end is None else known[end:]
        run = _judged(known[start:end], after, limits, as_of, left, mark)
        if run.certain_days or run.reached is not None:
            runs.append(run)
    return runs


def _pieces(days: Sequence[DayState], doubted: Collection[date]) -> Iterator[tuple[int, int | None]]:
    """Yield the place at which each run begins, and that of the day that ended it."""
    start: int | None = None
    perhaps: int | None = None
    for place, day in enumerate(days):
        if day.state == ATTENDED:
            begun = perhaps if start is None else start
            if begun is not None:
                yield begun, place
            start = perhaps = None
        elif start is None and day.state == UNEXCUSED:
            start = place
        elif perhaps is None and day.state == UNKNOWN and day.day in doubted:
            perhaps = place
    begun = perhaps if start is None else start
    if begun is not None:
        yield begun, None


def _judged(
    inside: Sequence[DayState],
    after: Sequence[DayState],
    limits: RunLimits,
    as_of: date,
    left: bool,
    registry_mark: date | None,
) -> AbsenceRun:
    certain = [day.day for day in inside if day.state == UNEXCUSED]
    possible = len(certain) + sum(day.state == UNKNOWN for day in inside)
    day_five = certain[limits.report_day - 1] if len(certain) >= limits.report_day else None
    flag_date = certain[limits.suspect_after] if len(certain) > limits.suspect_after else None
    back = return_since(after, inside[0].day, limits.confirm_days)
    returned, attended, confirmed = back.began, back.attended, back.confirmed_on
    by_registry = flag_date is not None and registry_mark is not None and registry_mark >= inside[0].day
    mark = registry_mark if by_registry else flag_date
    dropout = None if mark is None else add_months(mark, limits.dropout_months) + timedelta(days=1)
    if dropout is not None and confirmed is not None and returned is not None and returned < dropout:
        dropout = None  # a confirmed return cancels the date
    reached: str | None = None
    if flag_date is not None:
        # A return begun before the date holds it back while it lasts; broken, the date stands.
        held = returned is not None and dropout is not None and returned < dropout
        due = dropout is not None and dropout <= (confirmed or as_of)
        reached = "dropout" if due and not held else "suspected_dropout"
    elif day_five is not None:
        reached = "day_five_report"
    elif possible > limits.suspect_after:
        reached = "possible_suspected_dropout"
    open_still = not after and not left
    marked_and_waiting = flag_date is not None and confirmed is None and not left
    return AbsenceRun(
        first=inside[0].day,
        last=inside[-1].day,
        ended=not open_still,
        left=left and not after,
        certain_days=len(certain),
        possible_days=possible,
        day_five=day_five,
        flag_date=flag_date,
        mark_date=mark,
        mark_is_registry=by_registry,
        dropout_date=dropout,
        returned_on=returned,
        attended_since=attended,
        confirmed_on=confirmed,
        reached=reached,
        kind=reached if open_still or marked_and_waiting else None,
    )


@dataclass(frozen=True, slots=True)
class ReturnSeen:
    """A return as attendance shows it: when it began, its attended days, when they confirmed it, when it was broken.

    `broken_on` is the latest unexcused day after an earlier beginning.
    """

    began: date | None
    attended: int
    confirmed_on: date | None
    broken_on: date | None


def return_since(days: Sequence[DayState], missing_since: date, needed: int) -> ReturnSeen:
    """Return what the school days after `missing_since` show of a return (CONTRACT §7); unknown days show nothing."""
    began: date | None = None
    broken: date | None = None
    count = 0
    for day in days:
        if day.day < missing_since:
            continue
        if day.state == UNEXCUSED:
            broken = day.day if began is not None else broken
            began, count = None, 0
        elif day.state == ATTENDED:
            began = began or day.day
            count += 1
            if count >= needed:
                return ReturnSeen(began, count, day.day, broken)
    return ReturnSeen(began, count, None, broken)


def unexcused_days(days: Sequence[DayState], first: date, last: date) -> list[date]:
    """Return the unexcused school days from `first` to `last`, both included."""
    return [day.day for day in days if day.state == UNEXCUSED and first <= day.day <= last]


def is_frequent(
    days: Sequence[DayState], runs: Sequence[AbsenceRun], limits: RunLimits, term: tuple[date, date]
) -> bool:
    """Return whether the term holds more unexcused days than the limit without a run that reached the mark."""
    first, last = term
    marked = any(run.flag_date is not None and run.first <= last and run.last >= first for run in runs)
    return not marked and len(unexcused_days(days, first, last)) > limits.frequent_after


def told_by_day(run: AbsenceRun, states: Mapping[date, DayState], calendar: SchoolCalendar) -> Iterator[DayState]:
    """Yield every calendar day of the run with what it counted as and why, days without school included."""
    for offset in range((run.last - run.first).days + 1):
        day = run.first + timedelta(days=offset)
        yield states.get(day) or DayState(day, SKIPPED, describe_day(calendar, day))
