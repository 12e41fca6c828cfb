"""三.7: a child taught at home is visited every week of school; which weeks fell short, and what this week still owes.

Visits are counted by the day: two teachers who go together make one. Who is taught at home, and which visits were
recorded, is handed in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dropctl.policy.deadlines import home_teaching_weeks
from dropctl.policy.plan import Plan
from dropctl.school_calendar import SchoolCalendar

_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a child is taught at home, both ends included (None: not limited)."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Week:
    """One week, Monday to Sunday, that owes visits: how many, and how many there were.

    `last_school_day`: by when they are owed. `over`: the week has passed, so that what is missing stays missing.
    """

    monday: date
    last_school_day: date
    owed: int
    visits: int
    over: bool

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + _WEEK

    @property
    def is_short(self) -> bool:
        """Whether the week has passed with fewer visits than owed."""
        return self.over and self.visits < self.owed


def home_teaching(
    spans: Sequence[Span], visits: Collection[date], plan: Plan, calendar: SchoolCalendar, opening: date, as_of: date
) -> list[Week]:
    """Return the weeks from `opening` to the one of `as_of` that owe visits, the earliest first (三.7).

    A week owes them where the child is taught at home on enough of its school days (`home_teaching_week`). A week
    whose school days are not known owes nothing: `undetermined` says which years are missing.
    """
    owed = plan.value("home_teaching_visits")
    end = as_of + (_WEEK - timedelta(days=as_of.weekday()))
    found: dict[date, Week] = {}
    for span in spans:
        first = max(opening, span.first or opening)
        last = min(end, span.last or end)
        if first > last:
            continue
        for monday in home_teaching_weeks(plan, calendar, first, last):
            sunday = monday + _WEEK
            days = calendar.school_days(max(monday, first), min(sunday, last))
            count = len({day for day in visits if monday <= day <= sunday})
            found[monday] = Week(monday, days[-1], owed, count, over=sunday < as_of)
    return [found[monday] for monday in sorted(found)]


def undetermined(calendar: SchoolCalendar, opening: date, as_of: date) -> tuple[int, ...]:
    """Return the years from `opening` to `as_of` whose holidays are not known."""
    return tuple(year for year in range(opening.year, as_of.year + 1) if not calendar.knows(date(year, 1, 1)))
