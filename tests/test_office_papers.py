"""When a paper between offices is due: below, at and above each limit, across a holiday, and what stops it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dropctl.policy.case_state import Case, Contact, PaperOfCase
from dropctl.policy.office_papers import (
    DANGER,
    REFUSED,
    UNREACHABLE,
    PaperStep,
    forward_step,
    handover_step,
    report_step,
)
from dropctl.policy.plan import parse_plan
from dropctl.resources import load_plan
from dropctl.school_calendar import SchoolCalendar, Term

PLAN = parse_plan(load_plan("yixian-2025"))
CALENDAR = SchoolCalendar((Term("本学期", date(2025, 9, 1), date(2026, 1, 30)),))
DAY = timedelta(days=1)


def case(**values: object) -> Case:
    made = Case(
        "C-2025-001", "P-0001", date(2025, 9, 3), date(2025, 9, 3), "reconcile", "not_returned", "三.5",
        date(2025, 9, 1), "digest", name="甲小一", registered=True,
    )  # fmt: skip
    for name, value in values.items():
        setattr(made, name, value)
    return made


def notice(served: date | None) -> list[PaperOfCase]:
    return [PaperOfCase("某校劝返〔2025〕第001号", "first-notice", date(2025, 9, 10), 1, served)]


def tried(*days: date, result: str = "not_reached") -> list[Contact]:
    return [Contact(n, day, "phone", result, "school", "王老师", None) for n, day in enumerate(days, start=1)]


def report(case: Case, on: date) -> PaperStep:
    return report_step(case, PLAN, CALENDAR, on)


# Served on Wednesday 24 September: five school days later is 30 September (the 28th is a make-up day) and the next
# school day lies behind the holiday.
@pytest.mark.parametrize(
    ("on", "due"), [(date(2025, 9, 29), False), (date(2025, 9, 30), False), (date(2025, 10, 9), True)]
)
def test_the_report_is_due_once_the_deadline_of_the_first_notice_has_passed(on: date, due: bool) -> None:
    step = report(case(papers=notice(date(2025, 9, 24))), on)
    assert step.is_due is due
    assert step.due is not None
    assert (step.due.due_date, step.basis) == (date(2025, 10, 9), REFUSED if due else "")


def test_a_second_notice_does_not_delay_it() -> None:
    papers = notice(date(2025, 9, 10))
    papers.append(PaperOfCase("某校劝返〔2025〕第002号", "second-notice", date(2025, 9, 18), 2, date(2025, 9, 18)))
    assert report(case(papers=papers), date(2025, 9, 18)).is_due


def test_a_notice_that_was_not_delivered_sets_no_deadline() -> None:
    step = report(case(papers=notice(None)), date(2025, 12, 1))
    assert (step.is_due, "还没有登记送达" in step.reason) == (False, True)


MONDAY = date(2025, 9, 8)


@pytest.mark.parametrize(
    ("contacts", "due"),
    [
        (tried(MONDAY, MONDAY + DAY), False),
        (tried(MONDAY, MONDAY + DAY, MONDAY + DAY), False),
        (tried(MONDAY, MONDAY + DAY, MONDAY + 2 * DAY), True),
        (tried(MONDAY - 3 * DAY, MONDAY - 2 * DAY, MONDAY - DAY), False),  # a weekend among them
        (tried(MONDAY, MONDAY + DAY, MONDAY + 2 * DAY, MONDAY + 3 * DAY), True),
    ],
)
def test_nobody_reached_three_times_on_three_school_days(contacts: list[Contact], due: bool) -> None:
    assert report(case(contacts=contacts), date(2025, 9, 12)).is_due is due


def test_a_family_that_was_reached_is_not_unreachable_any_more() -> None:
    days = [MONDAY + n * DAY for n in range(3)]
    contacts = [*tried(*days), Contact(9, MONDAY + 3 * DAY, "visit", "refused", "school", "王老师", None)]
    assert not report(case(contacts=contacts), date(2025, 9, 12)).is_due


def test_unreachable_counts_from_the_day_it_was_so() -> None:
    contacts = tried(MONDAY, MONDAY + DAY, MONDAY + 2 * DAY)
    step = report(case(contacts=contacts), MONDAY + 2 * DAY)
    assert (step.is_due, step.basis, step.due and step.due.due_date) == (True, UNREACHABLE, MONDAY + 2 * DAY)
    assert not report(case(contacts=contacts), MONDAY + DAY).is_due


def test_danger_waits_for_nothing() -> None:
    step = report(case(causes=("danger",)), date(2025, 9, 3))
    assert (step.is_due, step.basis) == (True, DANGER)


@pytest.mark.parametrize("state", ["return_reported", "returned", "closed"])
def test_a_child_who_is_back_is_not_reported(state: str) -> None:
    assert not report(case(papers=notice(date(2025, 9, 10)), state=state), date(2025, 12, 1)).is_due


def test_a_child_the_lists_show_again_is_asked_about_first() -> None:
    gone = case(papers=notice(date(2025, 9, 10)), gone_on=date(2025, 9, 20), gone_now="名单上已到校")
    assert not report(gone, date(2025, 12, 1)).is_due


# The report arrives on Tuesday 30 September, the last school day before the holiday.
@pytest.mark.parametrize(
    ("on", "due"), [(date(2025, 9, 30), False), (date(2025, 10, 1), True), (date(2025, 10, 9), True)]
)
def test_township_and_government_from_the_day_after_the_report_arrived(on: date, due: bool) -> None:
    step = forward_step(case(report_on=date(2025, 9, 30)), PLAN, CALENDAR, on)
    assert step.is_due is due
    assert step.due is not None
    assert step.due.due_date == date(2025, 10, 9)
    assert not forward_step(case(), PLAN, CALENDAR, on).is_due


@pytest.mark.parametrize(
    ("values", "due", "said"),
    [
        ({"whereabouts": "other_province", "place": "某省某市", "unwilling": True}, True, ""),
        ({"whereabouts": "other_province", "place": "某省某市", "unwilling": False}, False, "愿意返回"),
        ({"whereabouts": "other_province", "place": "某省某市"}, False, "还没有问明"),
        ({"whereabouts": "other_province", "unwilling": True}, False, "没有登记具体去向"),
        ({"whereabouts": "same_city", "place": "某县"}, False, "不属于这一种"),
        ({}, False, "不属于这一种"),
    ],
)
def test_a_letter_to_another_province_only_for_a_family_that_stays_there(
    values: dict[str, object], due: bool, said: str
) -> None:
    step = handover_step(case(**values), "assistance-request")
    assert step.is_due is due
    assert said in step.reason
