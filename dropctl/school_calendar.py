"""Terms, holidays and make-up days: which days are school days, and when something is due (CONTRACT §4, §5).

The State Council's calendar comes from the package chinesecalendar; a year it does not know can be filled by
`calendar/<year>.toml`. Nothing is guessed: where a day cannot be known, `SchoolDayUnknown` is raised, and the
`due_…` functions answer with `certain=False`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from dropctl.errors import Refused

_DAY = timedelta(days=1)
# A search for a school day gives up after this many days without one: longer than any vacation, shorter
# than a loop to the end of time when a closure was typed with a wrong year.
_SEARCH_DAYS = 400
_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


class SchoolDayUnknown(Refused):
    """What the school calendar says about a day cannot be told from what is known."""


class CalendarYearUnknown(SchoolDayUnknown):
    """The holidays of a year are not known, neither to the package nor from an override file."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"没有{year}年的放假调休安排，这一年哪天上课无法确定",
            todo=f"按国务院办公厅的通知填写 calendar/{year}.toml（off 放假，work 调休上班），或升级程序",
        )


class TermUnknown(SchoolDayUnknown):
    """No term is known that reaches far enough."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(
            f"已登记的学期中找不到{day.isoformat()}前后的上课日",
            todo="在 dropctl.toml 中登记这一学期的开学和放假日期",
        )


@dataclass(frozen=True, slots=True)
class Term:
    """One term; `opening` and `closing` are its first and last day, `closing` None while it is not known."""

    name: str
    opening: date
    closing: date | None

    def __post_init__(self) -> None:
        if self.closing is not None and self.closing < self.opening:
            raise Refused(
                f"学期“{self.name}”的放假日期{self.closing}早于开学日期{self.opening}",
                todo="改正 dropctl.toml",
            )


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which this school does not teach, both ends included."""

    first: date
    last: date
    reason: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Refused(f"停课“{self.reason}”的结束日期{self.last}早于开始日期{self.first}", todo="改正 dropctl.toml")


@dataclass(frozen=True, slots=True)
class YearOverride:
    """One year's days off and make-up working days; wins over the package, day by day."""

    off: frozenset[date]
    work: frozenset[date]


@dataclass(frozen=True, slots=True)
class DueDate:
    """A deadline: the plan's own date, and the day by which it has to be done.

    `certain` False: the calendar does not reach so far, `due_date` is `plan_date` (shown as 待定).
    """

    plan_date: date
    due_date: date
    certain: bool


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """The days of one school. A term without closing lasts until the next one opens."""

    terms: tuple[Term, ...]
    closures: tuple[Closure, ...] = ()
    overrides: Mapping[int, YearOverride] = field(default_factory=dict)

    def knows(self, day: date) -> bool:
        """Return whether the holidays of that day's year are known."""
        return day.year in self.overrides or _package_days(day.year) is not None

    def is_working_day(self, day: date) -> bool:
        """Return whether the State Council's calendar works on that day; CalendarYearUnknown."""
        override = self.overrides.get(day.year)
        if override is not None:
            if day in override.work:
                return True
            if day in override.off:
                return False
        days = _package_days(day.year)
        if days is not None:
            return day in days.work or (day.weekday() < 5 and day not in days.off)
        if override is None:
            raise CalendarYearUnknown(day.year)
        return day.weekday() < 5

    def is_school_day(self, day: date) -> bool:
        """Return whether the school teaches on that day; CalendarYearUnknown if that year must tell."""
        return self.term_of(day) is not None and self.closure_of(day) is None and self.is_working_day(day)

    def term_of(self, day: date) -> Term | None:
        """Return the term the day lies in, None in vacation."""
        begun = [term for term in self.terms if term.opening <= day]
        if not begun:
            return None
        latest = max(begun, key=lambda term: term.opening)
        return latest if latest.closing is None or day <= latest.closing else None

    def closure_of(self, day: date) -> Closure | None:
        """Return the closure the day lies in, if any."""
        return next((closure for closure in self.closures if closure.first <= day <= closure.last), None)

    def school_days(self, first: date, last: date) -> list[date]:
        """Return the school days from `first` to `last`, both included; CalendarYearUnknown."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.is_school_day(day)]

    def add_school_days(self, start: date, n: int) -> date:
        """Return the n-th school day after `start` (day 0, not counted); SchoolDayUnknown."""
        day = start
        for _ in range(n):
            day = self.next_school_day(day + _DAY)
        return day

    def add_working_days(self, start: date, n: int) -> DueDate:
        """Return the n-th working day of the State Council's calendar after `start` (day 0, not counted).

        Where a year is not known the days are counted as Monday to Friday, and the answer is not certain.
        """
        day, left = start, n
        try:
            while left > 0:
                day += _DAY
                left -= self.is_working_day(day)
        except CalendarYearUnknown:
            day = _add_weekdays(start, n)
            return DueDate(day, day, certain=False)
        return DueDate(day, day, certain=True)

    def last_school_day_not_after(self, day: date) -> date:
        """Return the day itself or the last school day before it; SchoolDayUnknown."""
        return _search(self.is_school_day, day, -_DAY)

    def next_school_day(self, day: date) -> date:
        """Return the day itself or the first school day after it; SchoolDayUnknown."""
        return _search(self.is_school_day, day, _DAY)


def year_coverage() -> tuple[int, int]:
    """Return the first and the last year whose holidays the package knows."""
    import chinese_calendar  # late: most commands never need it

    return min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year


def due_after(
    calendar: SchoolCalendar, opening: date, *, school_days: int = 0, calendar_days: int = 0, months: int = 0
) -> DueDate:
    """Return the deadline so long after `opening` (day 0), due on the last school day not after it.

    School days that cannot be counted are counted as Monday to Friday, and the answer is not certain.
    """
    plan_date = add_months(opening, months) + timedelta(days=calendar_days)
    if school_days:
        try:
            plan_date = calendar.add_school_days(plan_date, school_days)
        except SchoolDayUnknown:
            plan_date = _add_weekdays(plan_date, school_days)
            return DueDate(plan_date, plan_date, certain=False)
    try:
        due_date = calendar.last_school_day_not_after(plan_date)
    except SchoolDayUnknown:
        return DueDate(plan_date, plan_date, certain=False)
    # A deadline never lies before the day it is counted from (a term that opens into a holiday).
    return DueDate(plan_date, max(due_date, opening), certain=True)


def due_forward(calendar: SchoolCalendar, day: date) -> DueDate:
    """Return a deadline given to a family: the day itself or the next school day."""
    try:
        return DueDate(day, calendar.next_school_day(day), certain=True)
    except SchoolDayUnknown:
        return DueDate(day, day, certain=False)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day (31 January + 1 → 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def assumed_opening(as_of: date) -> date:
    """Return the latest 1 September or 1 March not after `as_of` (CONTRACT §6)."""
    candidates = (date(as_of.year, 9, 1), date(as_of.year, 3, 1), date(as_of.year - 1, 9, 1))
    return next(opening for opening in candidates if opening <= as_of)


def school_year(day: date) -> int:
    """Return the year in which the school year of that day began: 2025 for 2025-09-01 to 2026-08-31."""
    return day.year if day.month >= 9 else day.year - 1


def cohort_bounds(school_year: int) -> tuple[date, date]:
    """Return the first and last birth date of the nine cohorts of compulsory school in that year."""
    return date(school_year - 15, 9, 1), date(school_year - 6, 8, 31)


def parse_override(year: int, document: Mapping[str, object]) -> YearOverride:
    """Return the content of `calendar/<year>.toml` (`off` and `work`); Refused when it is wrong."""
    where = f"calendar/{year}.toml"
    unknown = sorted(set(document) - {"off", "work"})
    if unknown:
        raise Refused(
            f"有不认识的项：{'、'.join(unknown)}",
            where=where,
            todo="只写 off（放假日）和 work（调休上班日）两项",
        )
    off = _dates(year, "off", document.get("off", []), where)
    work = _dates(year, "work", document.get("work", []), where)
    if both := sorted(off & work):
        raise Refused(f"{both[0].isoformat()}同时写在 off 和 work 里", where=where, todo="只留一处")
    if not off and _package_days(year) is None:
        raise Refused(
            "没有写任何放假日（off），这一年的放假安排仍然不明",
            where=where,
            todo="按国务院办公厅的通知写上全年的放假日",
        )
    return YearOverride(off, work)


def weekday_label(day: date) -> str:
    """Return 星期一 … 星期日."""
    return _WEEKDAYS[day.weekday()]


def describe_day(calendar: SchoolCalendar, day: date) -> str:
    """Return what a day is, as a registrar says it: 上课日, 周末, 法定节假日, 调休上课 …"""
    if calendar.term_of(day) is None:
        return "不在学期内"
    closure = calendar.closure_of(day)
    if closure is not None:
        return f"本校停课：{closure.reason}"
    try:
        works = calendar.is_working_day(day)
    except CalendarYearUnknown:
        return f"待定（缺{day.year}年日历）"
    if works:
        return "调休上课" if day.weekday() >= 5 else "上课日"
    return "法定节假日" if day.weekday() < 5 or _is_named_holiday(calendar, day) else "周末"


def holiday_label(calendar: SchoolCalendar, day: date) -> str:
    """Return why a day of a term is without school, as a heading names it: 国庆节, 春节, 停课：大雪, 放假, 周末."""
    closure = calendar.closure_of(day)
    if closure is not None:
        return f"停课：{closure.reason}"
    if day.weekday() >= 5 and not _is_named_holiday(calendar, day):
        return "周末"
    import chinese_calendar  # late: most commands never need it

    name = chinese_calendar.holidays.get(day)
    labels = {str(holiday.value): str(holiday.chinese) for holiday in chinese_calendar.Holiday}
    return labels.get(str(name), "放假")


@lru_cache(maxsize=64)
def _package_days(year: int) -> YearOverride | None:
    """Return that year's days off and make-up days from the package, None for a year it does not know.

    The package's own `is_workday` looks through all its years on every call, too slow for a term of pupils.
    """
    import chinese_calendar  # late: most commands never need it

    first, last = year_coverage()
    if not first <= year <= last:
        return None
    return YearOverride(
        off=frozenset(day for day in chinese_calendar.holidays if day.year == year),
        work=frozenset(day for day in chinese_calendar.workdays if day.year == year),
    )


def _is_named_holiday(calendar: SchoolCalendar, day: date) -> bool:
    override, days = calendar.overrides.get(day.year), _package_days(day.year)
    return any(known is not None and day in known.off for known in (override, days))


def _search(is_school_day: Callable[[date], bool], day: date, step: timedelta) -> date:
    for n in range(_SEARCH_DAYS):
        candidate = day + n * step
        if is_school_day(candidate):
            return candidate
    raise TermUnknown(day)


def _add_weekdays(day: date, n: int) -> date:
    while n > 0:
        day += _DAY
        n -= day.weekday() < 5
    return day


def _dates(year: int, key: str, listed: object, where: str) -> frozenset[date]:
    if not isinstance(listed, list | tuple):
        raise Refused(f"{key} 不是日期清单", where=where, todo=f"写成 {key} = [{year}-01-01, {year}-01-02] 的样子")
    days: set[date] = set()
    for entry in listed:
        day = _plain_date(entry)
        if day is None:
            raise Refused(f"{key} 中的“{entry}”不是日期", where=where, todo=f"写成 {year}-01-01 的样子，不带时间和引号")
        if day.year != year:
            raise Refused(f"{key} 中的{day.isoformat()}不在{year}年", where=where, todo="改到那一年的文件里")
        days.add(day)
    return frozenset(days)


def _plain_date(entry: object) -> date | None:
    """Return a real `date` (tomlkit hands over a subclass) from a date or its text, else None."""
    if isinstance(entry, str):
        try:
            return date.fromisoformat(entry.strip())
        except ValueError:
            return None
    if isinstance(entry, date) and not isinstance(entry, datetime):
        return date(entry.year, entry.month, entry.day)
    return None
