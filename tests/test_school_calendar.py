"""Which days are school days, and when something is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropctl.errors import Refused
from dropctl.school_calendar import (
    CalendarYearUnknown,
    Closure,
    DueDate,
    SchoolCalendar,
    Term,
    TermUnknown,
    YearOverride,
    add_months,
    assumed_opening,
    cohort_bounds,
    describe_day,
    due_after,
    due_forward,
    parse_override,
    school_year,
    weekday_label,
    year_coverage,
)

AUTUMN = Term("2025年秋季学期", date(2025, 9, 1), date(2026, 1, 23))
SPRING = Term("2026年春季学期", date(2026, 3, 2), date(2026, 7, 3))
SCHOOL = SchoolCalendar((AUTUMN, SPRING), (Closure(date(2025, 11, 13), date(2025, 11, 14), "运动会"),))
# 2027 has no official calendar in the installed package; a later one may bring it.
UNKNOWN_YEAR = year_coverage()[1] + 1
OPEN = SchoolCalendar((Term("秋季学期", date(UNKNOWN_YEAR - 1, 9, 1), None),))
some_day = st.dates(date(2025, 1, 1), date(2026, 12, 31))


def test_national_day_week_and_its_make_up_days():
    days = SCHOOL.school_days(date(2025, 9, 25), date(2025, 10, 13))
    assert days == [date(2025, 9, d) for d in (25, 26, 28, 29, 30)] + [date(2025, 10, d) for d in (9, 10, 11, 13)]


def test_fifth_and_sixth_school_day_of_an_absence_before_national_day():
    run = SCHOOL.school_days(date(2025, 9, 25), date(2025, 10, 31))
    assert (run[4], run[5]) == (date(2025, 9, 30), date(2025, 10, 9))


@pytest.mark.parametrize(
    ("unit", "plan_date", "due_date"),
    [
        ({"school_days": 2}, date(2025, 9, 3), date(2025, 9, 3)),
        ({"calendar_days": 7}, date(2025, 9, 8), date(2025, 9, 8)),
        ({"calendar_days": 14}, date(2025, 9, 15), date(2025, 9, 15)),
        ({"months": 1}, date(2025, 10, 1), date(2025, 9, 30)),
        ({"months": 2}, date(2025, 11, 1), date(2025, 10, 31)),
    ],
)
def test_deadlines_after_opening(unit, plan_date, due_date):
    assert due_after(SCHOOL, date(2025, 9, 1), **unit) == DueDate(plan_date, due_date, certain=True)


def test_a_deadline_never_lies_before_its_opening():
    late = SchoolCalendar((AUTUMN, Term("推迟开学", date(2026, 5, 2), None)))
    assert due_after(late, date(2026, 5, 2), calendar_days=1).due_date == date(2026, 5, 2)


def test_deadlines_for_families_move_forward():
    assert due_forward(SCHOOL, date(2025, 10, 1)) == DueDate(date(2025, 10, 1), date(2025, 10, 9), certain=True)
    assert due_forward(SCHOOL, date(2025, 10, 9)).due_date == date(2025, 10, 9)
    assert due_forward(SCHOOL, date(2026, 1, 24)).due_date == date(2026, 3, 2)  # over the winter vacation


def test_closures_vacations_and_the_time_before_the_first_term():
    assert not SCHOOL.is_school_day(date(2025, 11, 13))
    assert SCHOOL.add_school_days(date(2025, 11, 12), 1) == date(2025, 11, 17)
    assert SCHOOL.last_school_day_not_after(date(2026, 2, 10)) == date(2026, 1, 23)
    assert SCHOOL.term_of(date(2026, 2, 1)) is None
    assert SCHOOL.term_of(date(2026, 3, 2)) is SPRING
    with pytest.raises(TermUnknown, match=r"dropctl\.toml"):
        SCHOOL.last_school_day_not_after(date(2025, 8, 31))
    with pytest.raises(TermUnknown):
        SCHOOL.next_school_day(date(2026, 7, 4))
    assert due_forward(SCHOOL, date(2026, 7, 4)) == DueDate(date(2026, 7, 4), date(2026, 7, 4), certain=False)


def test_an_open_term_ends_where_the_next_one_opens():
    calendar = SchoolCalendar((Term("秋", date(2025, 9, 1), None), SPRING))
    assert calendar.is_school_day(date(2026, 2, 27))
    assert calendar.term_of(date(2026, 7, 3)) is SPRING
    assert calendar.term_of(date(2026, 7, 4)) is None


def test_a_year_without_data_is_never_guessed():
    new_year = date(UNKNOWN_YEAR, 1, 1)
    assert not OPEN.knows(new_year)
    for ask in (
        OPEN.is_working_day,
        OPEN.is_school_day,
        OPEN.next_school_day,
        OPEN.last_school_day_not_after,
    ):
        with pytest.raises(CalendarYearUnknown, match=str(UNKNOWN_YEAR)):
            ask(new_year)
    with pytest.raises(CalendarYearUnknown):
        OPEN.school_days(date(UNKNOWN_YEAR - 1, 12, 28), date(UNKNOWN_YEAR, 1, 4))
    due = due_after(OPEN, date(UNKNOWN_YEAR - 1, 12, 15), months=1)
    assert due == DueDate(date(UNKNOWN_YEAR, 1, 15), date(UNKNOWN_YEAR, 1, 15), certain=False)
    assert not due_after(OPEN, date(UNKNOWN_YEAR - 1, 12, 31), school_days=2).certain
    assert due_after(OPEN, date(UNKNOWN_YEAR - 1, 12, 1), calendar_days=14).certain


def test_a_day_in_vacation_needs_no_calendar():
    calendar = SchoolCalendar((Term("秋", date(UNKNOWN_YEAR - 1, 9, 1), date(UNKNOWN_YEAR, 1, 15)),))
    assert calendar.is_school_day(date(UNKNOWN_YEAR, 2, 1)) is False


def test_an_override_fills_an_unknown_year_and_corrects_a_known_one():
    document = {"off": [date(UNKNOWN_YEAR, 1, 1)], "work": [date(UNKNOWN_YEAR, 1, 3)]}
    filled = SchoolCalendar(OPEN.terms, (), {UNKNOWN_YEAR: parse_override(UNKNOWN_YEAR, document)})
    assert filled.knows(date(UNKNOWN_YEAR, 6, 1))
    assert not filled.is_school_day(date(UNKNOWN_YEAR, 1, 1))
    assert filled.is_school_day(date(UNKNOWN_YEAR, 1, 3))
    monday = next(d for n in range(7) if (d := date(UNKNOWN_YEAR, 2, 1) + timedelta(n)).weekday() == 0)
    assert filled.is_school_day(monday)
    assert not filled.is_school_day(monday - timedelta(1))
    local = SchoolCalendar((AUTUMN,), (), {2025: YearOverride(frozenset([date(2025, 9, 3)]), frozenset())})
    assert not local.is_school_day(date(2025, 9, 3))
    assert local.is_school_day(date(2025, 9, 28))


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"off": [date(2026, 1, 1)], "holidays": []}, "holidays"),
        ({"off": "2027-01-01"}, "不是日期清单"),
        ({"off": [1]}, "不是日期"),
        ({"off": [datetime(2027, 1, 1, 8, tzinfo=UTC)]}, "不是日期"),
        ({"off": ["元旦"]}, "元旦"),
        ({"off": [date(2026, 1, 1)]}, "不在2099年"),
        ({"off": [date(2099, 1, 1)], "work": [date(2099, 1, 1)]}, "同时"),
        ({"work": [date(2099, 1, 3)]}, "没有写任何放假日"),
        ({}, "没有写任何放假日"),
    ],
)
def test_bad_override_files_are_refused_in_a_sentence(document, says):
    with pytest.raises(Refused, match=says) as refusal:
        parse_override(2099, document)
    assert refusal.value.sentence.startswith("calendar/2099.toml：")
    assert "请" in refusal.value.sentence


def test_terms_and_closures_that_end_before_they_begin_are_refused():
    with pytest.raises(Refused, match="早于"):
        Term("秋", date(2025, 9, 1), date(2025, 1, 23))
    with pytest.raises(Refused, match="早于"):
        Closure(date(2025, 9, 2), date(2025, 9, 1), "停电")


@given(st.dates(date(2004, 1, 1), date(year_coverage()[1], 12, 31)))
def test_working_days_are_those_of_the_package(day):
    assert SCHOOL.is_working_day(day) == chinese_calendar.is_workday(day)


@given(st.dates(date(2025, 9, 1), date(2026, 6, 1)), st.integers(1, 20))
def test_counting_forward_and_listing_agree(start, n):
    end = SCHOOL.add_school_days(start, n)
    days = SCHOOL.school_days(start + timedelta(1), end)
    assert len(days) == n
    assert days[-1] == end
    assert SCHOOL.add_school_days(start, 0) == start


@given(st.dates(date(2025, 9, 1), date(2026, 6, 1)), st.integers(0, 3), st.integers(0, 30))
def test_due_dates_are_school_days_not_after_the_plan(opening, months, days):
    due = due_after(SCHOOL, opening, months=months, calendar_days=days)
    assert due.certain
    assert opening <= due.due_date <= due.plan_date
    assert due.due_date == opening or SCHOOL.is_school_day(due.due_date)
    assert not SCHOOL.school_days(due.due_date + timedelta(1), due.plan_date)


def test_add_months_stays_inside_the_month():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2025, 12, 9), 1) == date(2026, 1, 9)
    assert add_months(date(2026, 1, 31), 0) == date(2026, 1, 31)


def test_assumed_opening():
    assert assumed_opening(date(2025, 9, 1)) == date(2025, 9, 1)
    assert assumed_opening(date(2026, 2, 28)) == date(2025, 9, 1)
    assert assumed_opening(date(2026, 3, 1)) == date(2026, 3, 1)
    assert assumed_opening(date(2026, 8, 31)) == date(2026, 3, 1)


@given(some_day)
def test_assumed_opening_is_the_latest_one(day):
    opening = assumed_opening(day)
    assert opening <= day < add_months(opening, 6)


def test_school_year_and_its_cohorts():
    assert school_year(date(2025, 9, 1)) == school_year(date(2026, 8, 31)) == 2025
    assert cohort_bounds(2025) == (date(2010, 9, 1), date(2019, 8, 31))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 9, 25), "上课日"),
        (date(2025, 9, 27), "周末"),
        (date(2025, 9, 28), "调休上课"),
        (date(2025, 10, 1), "法定节假日"),
        (date(2025, 10, 4), "法定节假日"),  # a Saturday inside the holiday
        (date(2025, 11, 13), "本校停课：运动会"),
        (date(2026, 2, 1), "不在学期内"),
    ],
)
def test_days_in_the_registrars_words(day, said):
    assert describe_day(SCHOOL, day) == said


def test_a_day_of_an_unknown_year_is_pending():
    assert describe_day(OPEN, date(UNKNOWN_YEAR, 1, 4)) == f"待定（缺{UNKNOWN_YEAR}年日历）"
    assert weekday_label(date(2025, 9, 25)) == "星期四"
