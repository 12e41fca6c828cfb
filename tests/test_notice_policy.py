"""When a notice is due: below, at and above each limit, across a holiday, and what stops it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from dropctl.policy.case_state import Case, Contact, PaperOfCase, counts_as_served
from dropctl.policy.notices import (
    GUARDIANS_OWE,
    INSTEAD,
    SCHOOL_REPORTS,
    absence_told,
    first_notice,
    next_notice,
    second_notice,
)
from dropctl.policy.plan import parse_plan
from dropctl.policy.statutes import parse_statutes
from dropctl.resources import load_plan, load_statutes
from dropctl.school_calendar import SchoolCalendar, Term

PLAN = parse_plan(load_plan("yixian-2025"))
CALENDAR = SchoolCalendar((Term("上", date(2025, 9, 1), date(2026, 1, 30)),))
FIRST, SECOND = "first-notice", "second-notice"


def day(text: str) -> date:
    return date.fromisoformat(f"2025-{text}")


def case(
    *, contacts: Sequence[tuple[str, str]] = (("phone", "09-03"),), first: str | None = None,
    served: str | None = None, second: str | None = None, **fields: object,
) -> Case:  # fmt: skip
    made = Case(
        "C-2025-001", "P-0001", day("09-03"), day("09-03"), "reconcile", "not_returned", "三.5", day("09-01"), "plan"
    )
    made.contacts = [Contact(n, day(on), how, "reached", "school", "王", None) for n, (how, on) in enumerate(contacts)]
    if first:
        made.papers.append(PaperOfCase("某〔2025〕1号", FIRST, day(first), 9, day(served) if served else None))
    if second:
        made.papers.append(PaperOfCase("某〔2025〕2号", SECOND, day(second), 10))
    for key, value in fields.items():
        setattr(made, key, value)
    return made


def step(made: Case, as_of: str, of: object = next_notice) -> tuple[str, str]:
    assert callable(of)
    found = of(made, PLAN, CALENDAR, day(as_of))
    return found.stage, found.state


def test_the_first_notice_waits_for_one_contact_of_any_kind() -> None:
    assert step(case(contacts=()), "09-10") == ("first", "waiting")
    for how in ("phone", "visit", "message"):
        assert step(case(contacts=[(how, "09-03")]), "09-03") == ("first", "due")


def test_by_when_the_first_should_be_out_is_ours_and_counted_in_school_days() -> None:
    found = first_notice(case(contacts=[("phone", "09-29")]), PLAN, CALENDAR, day("09-30"))
    # 10-01 to 10-08 are a holiday, 09-28 and 10-11 make-up days.
    assert (found.since, found.due and found.due.due_date) == (day("09-29"), day("10-10"))
    assert PLAN.parameters["first_notice"].set_by == "dropctl"


@pytest.mark.parametrize("state", ["return_reported", "returned", "closed"])
def test_no_notice_once_the_child_is_said_to_be_back(state: str) -> None:
    assert step(case(state=state), "09-10") == ("first", "waiting")
    gone = case(first="09-10", served="09-11", contacts=[("visit", "09-12")], state=state)
    assert step(gone, "10-20") == ("second", "waiting")


def test_a_child_the_lists_no_longer_miss_is_not_written_to() -> None:
    made = case(gone_on=day("09-09"), gone_now="2025-09-09的名单上已到校")
    found = first_notice(made, PLAN, CALENDAR, day("09-10"))
    assert found.state == "stopped"
    assert "核实" in found.reason
    assert step(case(gone_on=day("09-20"), first="09-10", served="09-11"), "09-22", second_notice)[1] == "stopped"


def test_an_issued_notice_is_to_be_served_before_anything_else() -> None:
    made = case(first="09-10")
    assert step(made, "09-11") == ("first", "serve")
    assert step(made, "09-11", second_notice) == ("second", "waiting")


# Served on Thursday 09-25: five school days are 09-26, 09-28 (make-up), 09-29, 09-30, 10-09.
@pytest.mark.parametrize(
    ("as_of", "state"), [("09-25", "waiting"), ("10-08", "waiting"), ("10-09", "waiting"), ("10-10", "due")]
)
def test_the_second_notice_is_due_the_day_after_the_deadline_of_the_first(as_of: str, state: str) -> None:
    made = case(first="09-24", served="09-25", contacts=[("phone", "09-03"), ("visit", "09-29")])
    assert step(made, as_of) == ("second", state)


def test_by_when_the_second_should_be_out_follows_the_deadline() -> None:
    made = case(first="09-24", served="09-25", contacts=[("visit", "09-26")])
    found = second_notice(made, PLAN, CALENDAR, day("10-13"))
    assert (found.since, found.due and found.due.due_date) == (day("10-09"), day("10-10"))


def test_the_second_notice_needs_a_visit() -> None:
    made = case(first="09-24", served="09-25")
    assert step(made, "10-10") == ("second", "waiting")
    assert "家访" in second_notice(made, PLAN, CALENDAR, day("10-10")).reason


@pytest.mark.parametrize("cause", ["illness", "disability", "pregnancy", "danger"])
def test_a_gentle_cause_stops_the_second_and_danger_the_first_too(cause: str) -> None:
    made = case(first="09-24", served="09-25", contacts=[("visit", "09-26")], causes=("weary", cause))
    found = second_notice(made, PLAN, CALENDAR, day("10-10"))
    assert (found.state, INSTEAD[cause] in found.reason) == ("stopped", True)
    expected = "stopped" if cause == "danger" else "due"
    assert step(case(causes=(cause,)), "09-10") == ("first", expected)


def test_danger_is_said_before_everything_else() -> None:
    made = case(first="09-24", served="09-25", contacts=[("visit", "09-26")], causes=("illness", "danger"))
    reason = second_notice(made, PLAN, CALENDAR, day("10-10")).reason
    assert reason.index("强制报告") < reason.index("请假")


def test_after_the_second_there_is_none() -> None:
    made = case(first="09-24", served="09-25", second="10-10", contacts=[("visit", "09-26")])
    assert step(made, "10-11") == ("second", "serve")
    made.papers[-1].served_on = day("10-11")
    assert step(made, "10-30") == ("second", "done")


def test_a_case_opened_again_begins_anew() -> None:
    made = case(first="09-10", served="09-11", contacts=[("visit", "09-12")], reopened_on=day("11-03"))
    assert step(made, "11-03") == ("first", "waiting")
    made.contacts.append(Contact(20, day("11-04"), "phone", "reached", "school", "王", None))
    assert step(made, "11-04") == ("first", "due")


def test_a_deadline_the_calendar_does_not_reach_is_not_guessed() -> None:
    made = case(first="09-24", served="09-25", contacts=[("visit", "09-26")])
    made.papers[0].served_on = date(2031, 3, 3)
    found = second_notice(made, PLAN, SchoolCalendar((Term("x", date(2031, 3, 1), None),)), date(2031, 6, 1))
    assert (found.state, "待定" in found.reason) == ("waiting", True)


@pytest.mark.parametrize(
    ("how", "receipt", "counts"),
    [
        ("direct", None, True), ("left", "refused", True), ("mail", "none", True), ("mail", "returned", False),
        ("message", None, False), ("message", "none", False), ("message", "reply", True),
    ],
)  # fmt: skip
def test_what_counts_as_served(how: str, receipt: str | None, counts: bool) -> None:
    assert counts_as_served(how, receipt) is counts


def test_a_school_cites_only_what_it_may_and_nothing_of_orders_or_fines() -> None:
    table = parse_statutes(load_statutes())
    for statute in table.cited_by("school", *GUARDIANS_OWE, *SCHOOL_REPORTS):
        assert "责令" not in statute.paraphrase
        assert "罚" not in statute.paraphrase
    with pytest.raises(ValueError, match="S-17"):
        table.cited_by("school", "S-17")


# ---- the days a paper may name


def test_recorded_days_are_told_by_their_stretches() -> None:
    days = [day(text) for text in ("09-25", "09-26", "09-28", "09-29", "09-30", "10-10", "10-11")]
    told = absence_told(day("09-01"), days, CALENDAR, day("10-13"))
    assert (told.first, told.last, told.days, told.recorded) == (day("09-25"), day("10-11"), 7, True)
    assert told.dates == "9月25日至30日、10月10日至11日"


def test_a_single_stretch_over_a_holiday_needs_no_list() -> None:
    told = absence_told(day("09-01"), [day("09-30"), day("10-09")], CALENDAR, day("10-09"))
    assert (told.days, told.dates) == (2, "")


def test_without_a_list_every_school_day_is_counted_and_said_to_be() -> None:
    told = absence_told(day("09-01"), [], CALENDAR, day("09-10"))
    assert (told.first, told.last, told.days, told.recorded) == (day("09-01"), day("09-10"), 8, False)
    unknown = absence_told(date(2031, 3, 3), [], SchoolCalendar((Term("x", date(2031, 3, 1), None),)), date(2031, 3, 9))
    assert unknown.days is None
