"""CONTRACT §5: opening day is day 0, offices backward, families forward; a slow count agrees."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from dropctl.policy import deadlines
from dropctl.policy.plan import parse_plan
from dropctl.resources import load_plan
from dropctl.school_calendar import Closure, SchoolCalendar, Term, due_after

PLAN = parse_plan(load_plan("yixian-2025"))
CALENDAR = SchoolCalendar(
    (Term("秋", date(2025, 9, 1), date(2026, 1, 30)), Term("春", date(2026, 3, 2), date(2026, 7, 3)))
)
DAY = timedelta(days=1)


def test_the_deadlines_of_the_contract() -> None:
    opening = date(2025, 9, 1)
    found = {key: PLAN.due(key, CALENDAR, opening).due_date for key in (
        "return_check", "roster_check", "return_report", "special_match")}  # fmt: skip
    assert list(found.values()) == [date(2025, 9, 3), date(2025, 9, 8), date(2025, 9, 15), date(2025, 9, 30)]
    assert PLAN.due("special_match", CALENDAR, opening).plan_date == date(2025, 10, 1)


def test_a_family_is_called_on_the_same_school_day_and_an_office_has_until_the_day_before_a_holiday() -> None:
    assert deadlines.first_contact(PLAN, CALENDAR, date(2025, 9, 4)).due_date == date(2025, 9, 4)
    # Due on the day of opening itself, so that nobody named is overdue on the next school day.
    assert deadlines.responsible_named(PLAN, CALENDAR, date(2025, 9, 5)).due_date == date(2025, 9, 5)
    assert deadlines.monthly_report(PLAN, CALENDAR, date(2025, 9, 30)).due_date == date(2025, 9, 30)
    assert deadlines.monthly_report(PLAN, CALENDAR, date(2025, 9, 30)).plan_date == date(2025, 10, 5)
    assert deadlines.monthly_report(PLAN, CALENDAR, date(2025, 12, 31)).due_date == date(2026, 1, 5)


def test_a_notice_served_before_the_holiday_ends_after_it() -> None:
    served = date(2025, 9, 29)
    ends = deadlines.notice_deadline(PLAN, CALENDAR, served).due_date
    assert ends == date(2025, 10, 13)  # 09-30, 10-09, 10-10, the make-up Saturday 10-11, 10-13
    assert deadlines.bureau_report(PLAN, CALENDAR, ends).due_date == date(2025, 10, 14)
    assert deadlines.township_notice(PLAN, CALENDAR, date(2025, 9, 30)).due_date == date(2025, 10, 9)


def test_a_watch_and_a_warning_are_calendar_dates_and_not_moved() -> None:
    assert deadlines.watch_ends(PLAN, date(2025, 9, 5)) == date(2025, 10, 5)
    assert deadlines.warns_of_dropout(PLAN, date(2025, 11, 10)) == date(2025, 10, 31)


def test_placement_at_and_after_a_year() -> None:
    assert deadlines.is_direct_placement(PLAN, date(2024, 9, 2), date(2025, 9, 2))
    assert not deadlines.is_direct_placement(PLAN, date(2024, 9, 2), date(2025, 9, 3))


@pytest.mark.parametrize(("born", "on", "old_enough"), [
    (date(2009, 9, 2), date(2025, 9, 1), False),
    (date(2009, 9, 2), date(2025, 9, 2), True),
    (date(2008, 2, 29), date(2024, 2, 28), False),
    (date(2008, 2, 29), date(2024, 2, 29), True),
])  # fmt: skip
def test_the_age_for_remote_teaching(born: date, on: date, old_enough: bool) -> None:
    assert deadlines.is_old_enough_for_remote(PLAN, born, on) is old_enough


def test_a_leap_day_birthday_falls_on_the_first_of_march() -> None:
    seventeen = parse_plan(
        {**(document := load_plan("yixian-2025")), "parameters": {
            **document["parameters"], "remote_age": {**document["parameters"]["remote_age"], "value": 17}}}
    )  # fmt: skip
    assert not deadlines.is_old_enough_for_remote(seventeen, date(2008, 2, 29), date(2025, 2, 28))
    assert deadlines.is_old_enough_for_remote(seventeen, date(2008, 2, 29), date(2025, 3, 1))


def test_a_week_owes_a_visit_with_three_school_days() -> None:
    weeks = deadlines.home_teaching_weeks(PLAN, CALENDAR, date(2025, 9, 22), date(2025, 10, 19))
    # 09-22; 09-29 has only two school days before the holiday; 10-06 has 10-09, 10-10, 10-11.
    assert weeks == [date(2025, 9, 22), date(2025, 10, 6), date(2025, 10, 13)]


def test_a_slow_count_agrees_on_random_terms_and_closures() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        first = date(2025, 9, 1) + timedelta(days=chance.randrange(100))
        closures = tuple(
            Closure(day, day + timedelta(days=chance.randrange(4)), "停课")
            for day in (first + timedelta(days=chance.randrange(40)) for _ in range(2))
        )
        calendar = SchoolCalendar((Term("学期", date(2025, 9, 1), date(2026, 6, 30)),), closures)
        count = chance.randrange(1, 12)
        day, left = first, count
        while left:
            day += DAY
            left -= calendar.is_school_day(day)
        assert due_after(calendar, first, school_days=count).due_date == day
        back = first + timedelta(days=chance.randrange(40))
        wanted = back
        while not calendar.is_school_day(wanted):
            wanted -= DAY
        assert due_after(calendar, first, calendar_days=(back - first).days).due_date == max(wanted, first)
