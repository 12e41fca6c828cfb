"""The clocks of the plan beside those of a term's opening (CONTRACT §5): families forward, offices backward.

Plain dates in and out; whose clock runs, and from when, is known to whoever asks. Opening deadlines are `Plan.due`;
the dates of absence runs are `absence_runs` and are never moved.
"""

from __future__ import annotations

from datetime import date, timedelta

from dropctl.policy.plan import Plan
from dropctl.school_calendar import (
    CalendarYearUnknown,
    DueDate,
    SchoolCalendar,
    SchoolDayUnknown,
    add_months,
    due_after,
    due_forward,
)


def first_contact(plan: Plan, calendar: SchoolCalendar, missed_on: date) -> DueDate:
    """Return by when the family must have been called after a school day was missed (三.5)."""
    return _school_days_after(plan, "first_contact", calendar, missed_on)


def responsible_named(plan: Plan, calendar: SchoolCalendar, opened_on: date) -> DueDate:
    """Return by when a case must have its responsible person (三.5)."""
    return _school_days_after(plan, "responsible_named", calendar, opened_on)


def notice_deadline(plan: Plan, calendar: SchoolCalendar, served_on: date) -> DueDate:
    """Return the day by which a family that was served a notice must bring the child back (三.5): forward."""
    due = _school_days_after(plan, "notice_deadline", calendar, served_on)
    return due if not due.certain else due_forward(calendar, due.plan_date)


def bureau_report(plan: Plan, calendar: SchoolCalendar, notice_ends: date) -> DueDate:
    """Return by when the school must report in writing after a notice's deadline passed (三.5)."""
    return _school_days_after(plan, "report_after_notice", calendar, notice_ends)


def township_notice(plan: Plan, calendar: SchoolCalendar, report_arrived: date) -> DueDate:
    """Return by when the bureau must tell the township and report to the county government (三.5)."""
    return _school_days_after(plan, "forward_report", calendar, report_arrived)


def watch_ends(plan: Plan, confirmed_on: date) -> date:
    """Return the last day of the watch after a return was confirmed (三.2), a calendar date, not moved."""
    return confirmed_on + timedelta(days=plan.value("return_watch"))


def warns_of_dropout(plan: Plan, dropout_date: date) -> date:
    """Return the day from which a coming dropout date is announced (三.2)."""
    return dropout_date - timedelta(days=plan.value("dropout_warning"))


def due_on(calendar: SchoolCalendar, day: date) -> DueDate:
    """Return the deadline that lies on `day`: the last school day not after it; as it is in vacation."""
    if calendar.term_of(day) is None:
        return DueDate(day, day, certain=True)
    try:
        return DueDate(day, calendar.last_school_day_not_after(day), certain=True)
    except SchoolDayUnknown:
        return DueDate(day, day, certain=False)


def monthly_report(plan: Plan, calendar: SchoolCalendar, month: date) -> DueDate:
    """Return by when the report of the month that `month` lies in is due (一): a day of the next month, backward.

    In vacation it stays where it is, and it never lies before the end of the month it reports.
    """
    after = add_months(month.replace(day=1), 1)
    due = due_on(calendar, after.replace(day=plan.value("report_day")))
    return DueDate(due.plan_date, max(due.due_date, after - timedelta(days=1)), due.certain)


def is_direct_placement(plan: Plan, stopped_on: date, returned_on: date) -> bool:
    """Return whether the child was away no longer than the limit for going straight into a class (三.4)."""
    return returned_on <= add_months(stopped_on, plan.value("placement_limit"))


def is_old_enough_for_remote(plan: Plan, born: date, on: date) -> bool:
    """Return whether a child has the age from which remote teaching may be arranged (三.4); 29 February is 1 March."""
    years = plan.value("remote_age")
    birthday = date(born.year + years, 3, 1) if _leap_day(born, years) else born.replace(year=born.year + years)
    return on >= birthday


def home_teaching_weeks(plan: Plan, calendar: SchoolCalendar, first: date, last: date) -> list[date]:
    """Return the Mondays of the weeks from `first` to `last` with enough school days to owe a visit (三.7).

    Weeks in a year whose holidays are not known are left out: nothing is guessed.
    """
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday <= last:
        try:
            days = calendar.school_days(max(monday, first), min(monday + timedelta(days=6), last))
        except CalendarYearUnknown:
            days = []
        if len(days) >= plan.value("home_teaching_week"):
            weeks.append(monday)
        monday += timedelta(days=7)
    return weeks


def _leap_day(born: date, years: int) -> bool:
    year = born.year + years
    return (born.month, born.day) == (2, 29) and not (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def _school_days_after(plan: Plan, key: str, calendar: SchoolCalendar, day: date) -> DueDate:
    return due_after(calendar, day, school_days=plan.value(key))
