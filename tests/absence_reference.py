"""Runs of absence worked out the slow way, day by day over the calendar, from the words of CONTRACT §4.

Nothing of `policy.absence_runs` or of the calendar's fast paths is used: each date is asked anew.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


def school_days_slowly(
    first: date,
    last: date,
    terms: Sequence[tuple[date, date]],
    closed: Sequence[tuple[date, date]],
    off: frozenset[date],
    work: frozenset[date],
) -> list[date]:
    """Every day that lies in a term, in no closure, and is a working day."""
    found = []
    day = first
    while day <= last:
        in_term = any(one <= day <= two for one, two in terms)
        shut = any(one <= day <= two for one, two in closed)
        works = day in work or (day.isoweekday() <= 5 and day not in off)
        if in_term and not shut and works:
            found.append(day)
        day += DAY
    return found


def a_month_and_a_day(day: date, months: int) -> date:
    """The first day that is more than so many months later."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1])) + DAY


@dataclass(frozen=True)
class SlowRun:
    """What the fast code must say as well."""

    first: date
    last: date
    ended: bool
    certain_days: int
    possible_days: int
    flag: str
    flag_date: date | None
    dropout_date: date | None
    finding: bool


def runs_slowly(
    states: Mapping[date, str], as_of: date, report_day: int, suspect_after: int, months: int, confirm: int
) -> list[SlowRun]:
    """Every run in `states` (school day → state) as of a day, judged by asking every question of every day."""
    days = sorted(day for day in states if day <= as_of)
    runs = []
    for first in days:
        if states[first] != "unexcused":
            continue
        earlier = [day for day in days if day < first]
        after_last_attended = [
            day for day in earlier if not any(states[other] == "attended" for other in earlier if other > day)
        ]
        if any(states[day] == "unexcused" for day in after_last_attended if states[day] != "attended"):
            continue  # the run began before
        ends = [day for day in days if day > first and states[day] == "attended"]
        inside = [day for day in days if first <= day and (not ends or day < ends[0])]
        certain = [day for day in inside if states[day] == "unexcused"]
        possible = [day for day in inside if states[day] in ("unexcused", "unknown")]
        flag_date = certain[suspect_after] if len(certain) >= suspect_after + 1 else None
        dropout = a_month_and_a_day(flag_date, months) if flag_date else None
        began, confirmed = _return_slowly(states, [day for day in days if ends and day >= ends[0]], confirm)
        if dropout and began and confirmed and began < dropout:
            dropout = None
        flag = "none"
        if len(possible) >= suspect_after + 1:
            flag = "possible_suspected"
        if len(certain) >= report_day:
            flag = "day_five"
        if flag_date:
            flag = "suspected"
            waits = began is not None and dropout is not None and began < dropout
            if dropout and dropout <= as_of and not waits:
                flag = "dropout"
        finding = flag != "none" and (not ends or (flag_date is not None and confirmed is None))
        runs.append(
            SlowRun(first, inside[-1], bool(ends), len(certain), len(possible), flag, flag_date, dropout, finding)
        )
    return runs


def _return_slowly(states: Mapping[date, str], days: Sequence[date], confirm: int) -> tuple[date | None, date | None]:
    """The first attended day of the return that counts, and the day it was confirmed."""
    for last in days:
        seen = [day for day in days if day <= last]
        broken = max((day for day in seen if states[day] == "unexcused"), default=date.min)
        attended = [day for day in seen if states[day] == "attended" and day > broken]
        if len(attended) >= confirm:
            return attended[0], last
    broken = max((day for day in days if states[day] == "unexcused"), default=date.min)
    attended = [day for day in days if states[day] == "attended" and day > broken]
    return (attended[0] if attended else None), None
