"""三.2 as CONTRACT §4 reads it: which days make a run, when it is reported, marked, and becomes a dropout."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from absence_reference import SlowRun, runs_slowly, school_days_slowly

from dropctl.policy.absence_runs import AbsenceRun, DayState, RunLimits, find_runs, is_frequent, run_limits, told_by_day
from dropctl.policy.plan import parse_plan
from dropctl.resources import load_plan
from dropctl.school_calendar import Closure, SchoolCalendar, Term

LIMITS = run_limits(parse_plan(load_plan("yixian-2025")))
AUTUMN = Term("秋", date(2025, 9, 1), date(2026, 1, 30))
SPRING = Term("春", date(2026, 3, 2), date(2026, 7, 3))
CALENDAR = SchoolCalendar((AUTUMN, SPRING))
LETTERS = {"√": "attended", "×": "unexcused", "○": "excused", "?": "unknown"}


def days_from(first: date, marks: str, calendar: SchoolCalendar = CALENDAR) -> list[DayState]:
    """One letter per school day from `first` on."""
    days = calendar.school_days(first, first + timedelta(days=300))[: len(marks)]
    return [DayState(day, LETTERS[mark], "") for day, mark in zip(days, marks, strict=True)]


def runs(first: date, marks: str, as_of: date = date(2025, 12, 31), **more: date | None) -> list[AbsenceRun]:
    return find_runs(days_from(first, marks), LIMITS, as_of, **more)


def test_the_numbers_are_those_of_the_plan() -> None:
    assert RunLimits(report_day=5, suspect_after=5, dropout_months=1, confirm_days=5, frequent_after=5) == LIMITS


def test_the_example_of_the_contract() -> None:
    (run,) = runs(date(2025, 9, 25), "××××××", date(2025, 10, 9))
    assert run.day_five == date(2025, 9, 30)
    assert run.flag_date == date(2025, 10, 9)
    assert run.dropout_date == date(2025, 11, 10)
    assert run.kind == "suspected_dropout"


@pytest.mark.parametrize(("count", "kind"), [
    (4, None), (5, "day_five_report"), (6, "suspected_dropout"),
])  # fmt: skip
def test_below_at_and_above_the_fifth_day(count: int, kind: str | None) -> None:
    (run,) = runs(date(2025, 11, 3), "×" * count, date(2025, 11, 14))
    assert run.kind == kind
    assert run.certain_days == count


def test_clamped_month_ends() -> None:
    (run,) = find_runs(
        days_from(date(2026, 1, 23), "××××××"), LIMITS, date(2026, 1, 30), registry_mark=date(2026, 1, 31)
    )
    assert run.dropout_date == date(2026, 3, 1)
    assert run.mark_is_registry


@pytest.mark.parametrize(("as_of", "kind"), [
    (date(2025, 11, 8), "suspected_dropout"),
    (date(2025, 11, 9), "suspected_dropout"),
    (date(2025, 11, 10), "dropout"),
])  # fmt: skip
def test_before_on_and_after_the_month(as_of: date, kind: str) -> None:
    (run,) = runs(date(2025, 9, 25), "×" * 40, as_of)
    assert run.kind == kind


def test_weekends_holidays_closures_and_vacations_do_not_end_a_run() -> None:
    closed = SchoolCalendar((AUTUMN, SPRING), (Closure(date(2026, 1, 26), date(2026, 1, 27), "大雪"),))
    days = days_from(date(2026, 1, 22), "××××××", closed)
    (run,) = find_runs(days, LIMITS, date(2026, 3, 31))
    assert [day.day for day in days] == [
        date(2026, 1, 22), date(2026, 1, 23), date(2026, 1, 28), date(2026, 1, 29), date(2026, 1, 30), date(2026, 3, 2),
    ]  # fmt: skip
    assert run.flag_date == date(2026, 3, 2)
    assert not run.ended


def test_excused_days_neither_count_nor_end_a_run_and_unknown_ones_count_as_possible() -> None:
    (run,) = runs(date(2025, 11, 3), "×○×?×○×", date(2025, 11, 11))
    assert (run.certain_days, run.possible_days, run.kind) == (4, 5, None)
    (run,) = runs(date(2025, 11, 3), "×○×?×○×?", date(2025, 11, 12))
    assert (run.certain_days, run.possible_days, run.kind) == (4, 6, "possible_suspected_dropout")


def test_five_certain_days_are_stronger_than_six_possible_ones() -> None:
    (run,) = runs(date(2025, 11, 3), "××?×××", date(2025, 11, 10))
    assert (run.certain_days, run.possible_days, run.kind) == (5, 6, "day_five_report")


def test_unknown_or_excused_days_before_the_first_unexcused_one_are_no_run() -> None:
    assert runs(date(2025, 11, 3), "????○○?○") == []
    (run,) = runs(date(2025, 11, 3), "???×")
    assert (run.first, run.possible_days) == (date(2025, 11, 6), 1)


def test_one_attended_day_ends_a_run_on_the_school_day_before_it() -> None:
    first, second = runs(date(2025, 11, 6), "××√×", date(2025, 11, 11))
    assert (first.first, first.last, first.ended, first.kind) == (date(2025, 11, 6), date(2025, 11, 7), True, None)
    assert (second.first, second.ended) == (date(2025, 11, 11), False)


def test_a_report_of_the_fifth_day_is_gone_once_the_child_is_back() -> None:
    (run,) = runs(date(2025, 11, 3), "×××××√")
    assert (run.flag, run.kind) == ("day_five", None)


@pytest.mark.parametrize(("attended", "kind"), [(1, "suspected_dropout"), (4, "suspected_dropout"), (5, None)])
def test_a_marked_run_keeps_its_finding_until_five_attended_days(attended: int, kind: str | None) -> None:
    (run,) = runs(date(2025, 11, 3), "××××××" + "√" * attended, date(2025, 11, 28))
    assert (run.ended, run.kind, run.attended_since) == (True, kind, attended)
    assert run.flag == "suspected"


def test_excused_days_do_not_break_a_return_and_unexcused_ones_do() -> None:
    (run,) = runs(date(2025, 11, 3), "××××××√√○√?√√")
    assert run.kind is None
    first, second = runs(date(2025, 11, 3), "××××××√√√√×√√√√")
    assert first.kind == "suspected_dropout"
    assert first.attended_since == 4
    assert second.kind is None


def test_a_return_before_the_date_holds_the_dropout_back_and_cancels_it_when_confirmed() -> None:
    # Marked 2025-10-09; the date is 2025-11-10, a Monday.
    to_friday = "×" * len(CALENDAR.school_days(date(2025, 9, 25), date(2025, 11, 6)))
    (held,) = runs(date(2025, 9, 25), to_friday + "√√√√", date(2025, 11, 12))
    assert (held.kind, held.dropout_date) == ("suspected_dropout", date(2025, 11, 10))
    (cancelled,) = runs(date(2025, 9, 25), to_friday + "√√√√√", date(2025, 11, 13))
    assert (cancelled.kind, cancelled.dropout_date) == (None, None)
    broken, _ = runs(date(2025, 9, 25), to_friday + "√√√×", date(2025, 11, 12))
    assert (broken.kind, broken.dropout_date) == ("dropout", date(2025, 11, 10))


def test_a_return_on_the_date_itself_comes_too_late() -> None:
    to_sunday = "×" * len(CALENDAR.school_days(date(2025, 9, 25), date(2025, 11, 9)))
    (late,) = runs(date(2025, 9, 25), to_sunday + "√", date(2025, 11, 10))
    assert late.kind == "dropout"


def test_a_lawful_leaving_ends_the_run_and_its_finding() -> None:
    (run,) = runs(date(2025, 11, 3), "×" * 8, date(2025, 11, 30), left_on=date(2025, 11, 11))
    assert (run.last, run.ended, run.left, run.kind, run.flag) == (date(2025, 11, 10), True, True, None, "suspected")


def test_the_registry_s_mark_goes_before_our_own() -> None:
    (run,) = runs(date(2025, 11, 3), "×" * 8, date(2025, 12, 1), registry_mark=date(2025, 11, 12))
    assert (run.flag_date, run.mark_date) == (date(2025, 11, 10), date(2025, 11, 12))
    assert run.dropout_date == date(2025, 12, 13)


def test_a_mark_of_the_registry_belongs_to_the_run_it_was_set_in() -> None:
    first, second = runs(
        date(2025, 10, 13), "×" * 6 + "√" * 5 + "×" * 6, date(2025, 11, 30), registry_mark=date(2025, 11, 6)
    )
    assert not first.mark_is_registry
    assert second.mark_date == date(2025, 11, 6)


@pytest.mark.parametrize(("marks", "frequent"), [
    ("×√" * 5, False), ("×√" * 6, True), ("××××××√" + "×√" * 6, False), ("×××××√×√", True),
])  # fmt: skip
def test_scattered_days_are_shown_unless_a_run_reached_the_mark(marks: str, frequent: bool) -> None:
    days = days_from(date(2025, 10, 13), marks)
    found = find_runs(days, LIMITS, date(2025, 12, 31))
    assert is_frequent(days, found, LIMITS, (AUTUMN.opening, date(2025, 12, 31))) is frequent


def test_days_of_another_term_are_not_scattered_days_of_this_one() -> None:
    days = days_from(date(2026, 1, 26), "×√×√×" + "×√×√×√")
    found = find_runs(days, LIMITS, date(2026, 4, 1))
    assert not is_frequent(days, found, LIMITS, (SPRING.opening, date(2026, 4, 1)))


def test_every_day_of_a_run_is_told_also_those_without_school() -> None:
    days = days_from(date(2025, 9, 25), "××××××")
    (run,) = find_runs(days, LIMITS, date(2025, 10, 9))
    told = list(told_by_day(run, {day.day: day for day in days}, CALENDAR))
    assert [day.day for day in told] == [date(2025, 9, 25) + timedelta(days=n) for n in range(15)]
    assert sum(day.state == "unexcused" for day in told) == run.certain_days == 6
    skipped = {day.day: day.why for day in told if day.state == "skipped"}
    assert skipped[date(2025, 9, 27)] == "周末"
    assert skipped[date(2025, 10, 1)] == "法定节假日"
    assert date(2025, 9, 28) not in skipped  # a make-up day


def told(run: AbsenceRun) -> SlowRun:
    return SlowRun(
        run.first, run.last, run.ended, run.certain_days, run.possible_days, run.flag, run.flag_date,
        run.dropout_date, run.kind is not None,
    )  # fmt: skip


# The days off and the make-up days of these years, written down here and not taken from the package.
def _span(first: date, last: date) -> frozenset[date]:
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


OFF = _span(date(2025, 10, 1), date(2025, 10, 8)) | _span(date(2026, 1, 1), date(2026, 1, 3)) | _span(
    date(2026, 2, 15), date(2026, 2, 23)
)  # fmt: skip
WORK = frozenset({
    date(2025, 9, 28), date(2025, 10, 11), date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28),
})  # fmt: skip


def _agree_on(seed: int) -> None:
    chance = random.Random(seed)
    # Terms that sometimes reach into the festival, so that make-up Saturdays lie inside term or vacation.
    closing = date(2026, 1, chance.choice((9, 23, 30))) if chance.random() < 0.8 else date(2026, 2, 13)
    opening = date(2026, 2, chance.choice((14, 24, 28))) if chance.random() < 0.5 else date(2026, 3, 2)
    terms = (Term("秋", date(2025, 9, 1), closing), Term("春", opening, date(2026, 3, 31)))
    closures = []
    for _ in range(chance.choice((0, 0, 1, 2))):
        first = date(2025, 9, 1) + timedelta(days=chance.randrange(200))
        closures.append(Closure(first, first + timedelta(days=chance.randrange(6)), "停课"))
    calendar = SchoolCalendar(terms, tuple(closures))
    first, last = date(2025, 9, 1), date(2026, 3, 31)
    days = calendar.school_days(first, last)
    slow = school_days_slowly(
        first, last, [(term.opening, term.closing or last) for term in terms],
        [(one.first, one.last) for one in closures], OFF, WORK,
    )  # fmt: skip
    assert days == slow
    states: dict[date, str] = {}
    state = "attended"
    weights = {"attended": 6, "unexcused": chance.choice((1, 3, 6)), "excused": 1, "unknown": chance.choice((0, 1, 3))}
    for day in days:
        if chance.random() < chance.choice((0.1, 0.3, 0.6)):
            state = chance.choices(list(weights), list(weights.values()))[0]
        states[day] = state
    as_of = first + timedelta(days=chance.randrange(212))
    fast = find_runs([DayState(day, state, "") for day, state in states.items()], LIMITS, as_of)
    assert [told(run) for run in fast] == runs_slowly(states, as_of, 5, 5, 1, 5), f"seed {seed}"


def test_a_slow_reference_agrees_on_hundreds_of_random_calendars() -> None:
    for seed in range(300):
        _agree_on(seed)


@pytest.mark.slow
def test_a_slow_reference_agrees_on_ten_thousand_random_calendars() -> None:
    for seed in range(10_000):
        _agree_on(seed)


def doubted(marks: str) -> list[AbsenceRun]:
    """One letter per school day; `!`: an absence is marked that may be another child's."""
    first = date(2025, 11, 3)
    days = days_from(first, marks.replace("!", "?"))
    in_doubt = {day.day for day, mark in zip(days, marks, strict=True) if mark == "!"}
    return find_runs(days, LIMITS, date(2025, 12, 31), doubted=in_doubt)


def test_absences_that_may_be_another_childs_begin_a_run_that_is_possible_only() -> None:
    assert doubted("!!!!!") == []
    (run,) = doubted("!!!!!!")
    assert (run.certain_days, run.possible_days, run.kind) == (0, 6, "possible_suspected_dropout")
    assert (run.flag_date, run.dropout_date) == (None, None)
    (run,) = doubted("?!!?!!!")  # unknown days before the first of them are no part of it
    assert (run.first, run.possible_days) == (date(2025, 11, 4), 6)
    assert [run.kind for run in doubted("!!!!!!√")] == [None]  # the child was seen


def test_what_is_certain_begins_its_own_run() -> None:
    (run,) = doubted("!!××××××")
    assert (run.first, run.certain_days, run.reached) == (date(2025, 11, 5), 6, "dropout")
