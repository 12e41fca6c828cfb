"""A scan that comes late tells a case all that happened, one return after the other, each thing on its true day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import Child
from ledger_school import CHILDREN, CLASS, CLOSING, NAMES, OPENING, reconcile, roster, school, workbook
from test_case_watch import close_as_returned, folded, kinds, log, one, scan

from dropctl.figures import Month
from dropctl.figures.marks import RosterDay, cases_on, mark_changes
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.events import Event
from dropctl.policy.due_marks import duties_of
from dropctl.procedures import cases as procedures
from dropctl.procedures.case_marks import mark_by_hand
from dropctl.procedures.month_end import count
from dropctl.procedures.plans import plan_for
from dropctl.workspace import Workspace

ONE = NAMES[0]
FIFTH = date(2025, 9, 5)  # a Friday
MONTH_END = date(2025, 9, 30)


@pytest.fixture
def missing(tmp_path: Path) -> Workspace:
    """A workspace with a case since 3 September: the child was not on the list of the 1st."""
    made = school(tmp_path / "w", [ONE])
    reconcile(made)
    return made


def grid(home: Workspace, signs: str, name: str = "考勤") -> Path:
    """Write the class's grid from the opening: a sign for each school day of one child, √ for all others."""
    days = home.calendar().school_days(OPENING, CLOSING)[: len(signs)]
    rows: list[Sequence[object]] = [[f"{CLASS}考勤表"], ["姓名", *(day.isoformat() for day in days)]]
    rows += [[pupil, *(signs if pupil == ONE else "√" * len(signs))] for pupil in NAMES]
    return workbook(home.root / f"{name}.xlsx", rows)


def nth(home: Workspace, number: int) -> date:
    """The n-th school day of the term, the first being 1."""
    return home.calendar().school_days(OPENING, CLOSING)[number - 1]


def due(home: Workspace, as_of: date) -> list[str]:
    return [item.kind for item in duties_of(one(home), plan_for(home), home.calendar(), as_of)]


def events_of(home: Workspace) -> list[Event]:
    return Ledger(home.state).events(kinds=CASE_KINDS)


def changes(home: Workspace) -> list[tuple[date, str | None, str | None, str]]:
    """Every change of the child's mark: the day, from what, to what, why."""
    events = events_of(home)
    rosters = [RosterDay(OPENING, {case.child: "在读" for case in folded(home).values()})]
    return [(line.day, line.before, line.after, line.cause) for line in mark_changes(events, rosters)]


# ---- back on the 5th, gone since the 19th, scanned at the end of the month

AGAIN = "××××" + "√" * 10 + "×" * 9  # 4 days missing, back for ten, missing again


@pytest.mark.parametrize("reported", [True, False])
def test_one_late_scan_leaves_the_case_open_for_the_absence_after_the_return(
    missing: Workspace, reported: bool
) -> None:
    if reported:
        procedures.report_return(missing, FIFTH, "C-2025-001", on=FIFTH, by=None, note=None)
    path = grid(missing, AGAIN)
    scan(missing, path, MONTH_END)
    case = one(missing)
    assert (case.state, case.absent_since, case.reopened_on) == ("open", date(2025, 9, 19), date(2025, 9, 25))
    assert (case.mark, case.mark_on, case.mark_source) == ("suspected", date(2025, 9, 26), "forecast")
    assert "mark_registry" in due(missing, MONTH_END)
    assert not {"confirm_closing", "return_plan"} & set(due(missing, MONTH_END))
    told = Ledger(missing.state).events()
    scan(missing, path, MONTH_END)
    assert Ledger(missing.state).events() == told
    later = kinds(missing)
    scan(missing, path, date(2025, 10, 9))
    assert kinds(missing) == later


def test_the_month_agrees_with_the_case(missing: Workspace) -> None:
    procedures.report_return(missing, FIFTH, "C-2025-001", on=FIFTH, by=None, note=None)
    scan(missing, grid(missing, AGAIN), MONTH_END)
    figures = count(missing, Month(2025, 9), MONTH_END).figures
    assert [figures[one].value for one in ("Z03", "Z08", "Z20", "Z21", "Z22", "Z24", "Z25")] == [1, 0, 0, 1, 0, 0, 0]
    assert figures.is_balanced
    (case,) = cases_on(events_of(missing), MONTH_END).values()
    known = one(missing)
    assert (case.state, case.mark, case.mark_on) == (known.state, known.mark, known.mark_on)


@pytest.mark.parametrize(
    ("gone", "state", "mark"), [(0, "returned", "none"), (4, "returned", "none"), (5, "open", "none"),
                                (6, "open", "suspected")]
)  # fmt: skip
def test_only_five_days_missing_break_a_return(missing: Workspace, gone: int, state: str, mark: str) -> None:
    scan(missing, grid(missing, "××××" + "√" * 10 + "×" * gone), nth(missing, 14 + gone))
    case = one(missing)
    assert (case.state, case.mark) == (state, mark)
    assert ("confirm_closing" in due(missing, MONTH_END)) is (state == "returned")
    assert ("mark_registry" in due(missing, MONTH_END)) is (mark == "suspected")


def test_a_new_absence_that_is_a_dropout_by_now_was_suspected_first(missing: Workspace) -> None:
    signs = "××××" + "√" * 10 + "×" * 35
    scan(missing, grid(missing, signs), nth(missing, len(signs)))
    case = one(missing)
    assert (case.state, case.mark, case.mark_on) == ("open", "dropout", date(2025, 10, 27))
    assert changes(missing) == [
        (date(2025, 9, 26), None, "suspected", "found"), (date(2025, 10, 27), "suspected", "dropout", "found"),
    ]  # fmt: skip


# ---- whenever it is scanned, the same is told

HISTORIES = {
    "back and gone": "××××" + "√" * 6 + "×" * 8,
    "gone, back, gone, back": "××××" + "√" * 6 + "×" * 7 + "√" * 6,
    "marked, back, gone, back": "×" * 7 + "√" * 6 + "×" * 7 + "√" * 6,
    "marked, back, gone": "×" * 7 + "√" * 6 + "×" * 8,
    "five days, back, gone": "√" * 3 + "×" * 5 + "√" * 5 + "×" * 6 + "√" * 2,
    "three times": "×" * 6 + "√" * 5 + "×" * 6 + "√" * 5 + "×" * 6 + "√" * 5,
    "broken once": "××××√√×××××√√√√√××××××",
    "four days are no absence": "×" * 6 + "√" * 6 + "×" * 4 + "√" * 5,
    "marked, back for four days, marked again": "×" * 24 + "√" * 4 + "×" * 8,
    "dropped out before it was back": "×" * 28 + "√" * 6,
    "dropped out, back, gone": "×" * 28 + "√" * 6 + "×" * 7,
}


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("history", HISTORIES)
def test_one_late_scan_tells_what_many_would_have_told(tmp_path: Path, history: str, listed: bool) -> None:
    """`listed`: the case was opened at the term start, whose list does not name the child; else by a scan."""
    signs = HISTORIES[history]
    found = []
    for step in (4, 30):
        home = school(tmp_path / f"w{step}", [ONE] if listed and signs[0] == "×" else [])
        reconcile(home)
        path = grid(home, signs)
        days = [number for number in range(step, len(signs), step) if number > 2]
        for number in [*days, len(signs)]:
            scan(home, path, nth(home, number))
        (case,) = folded(home).values()
        months = [count(home, Month(2025, month), date(2025, 11, 28)).figures for month in (9, 10)]
        assert all(figures.is_balanced for figures in months)
        told = kinds(home)
        scan(home, path, nth(home, len(signs)))
        assert kinds(home) == told
        stands = (case.state, case.mark, case.mark_on, case.absent_since, case.return_on, case.returned_on)
        (now,) = cases_on(events_of(home), CLOSING).values()
        assert (now.state, now.mark, now.mark_on) == stands[:3]
        # What was known at the end of a month differs, and the corrections with it; where the child stands does not.
        places = [[figures[place].value for place in ("Z02", "Z03", "Z08", "Z09")] for figures in months]
        found.append((stands, changes(home), places))
    assert found[0] == found[1]


# ---- closed in between, told afterwards, said by the registry


def test_a_case_closed_while_the_child_was_gone_again_is_opened_on_that_day(missing: Workspace) -> None:
    scan(missing, grid(missing, "××××" + "√" * 10), nth(missing, 14))
    close_as_returned(missing, date(2025, 9, 26))  # the fifth day of the absence nobody had looked at
    scan(missing, grid(missing, "××××" + "√" * 10 + "×" * 9, "补"), MONTH_END)
    assert (one(missing).state, one(missing).reopened_on) == ("open", date(2025, 9, 26))
    (case,) = cases_on(events_of(missing), MONTH_END).values()
    assert (case.state, case.mark) == ("open", "suspected")
    assert count(missing, Month(2025, 9), MONTH_END).figures.is_balanced


def test_a_return_that_is_told_after_the_mark_of_a_later_absence_leaves_that_mark(missing: Workspace) -> None:
    """The log names only who is absent, and the case was open: nobody knew of the return before it was reported."""
    path = log(missing, {ONE: "××××" + "√" * 10 + "×" * 9}, OPENING)
    scan(missing, path, date(2025, 9, 29))
    assert (one(missing).state, one(missing).mark) == ("open", "suspected")
    procedures.report_return(missing, MONTH_END, "C-2025-001", on=FIFTH, by=None, note=None)
    scan(missing, path, MONTH_END)
    case = one(missing)
    assert (case.state, case.absent_since) == ("open", date(2025, 9, 19))
    assert (case.mark, case.mark_on) == ("suspected", date(2025, 9, 26))
    assert "mark_registry" in due(missing, MONTH_END)


def test_a_mark_the_registry_bears_since_the_later_absence_stays(missing: Workspace) -> None:
    on = date(2025, 9, 28)
    mark_by_hand(missing, on, "C-2025-001", "疑似辍学", on=on, by="李")
    scan(missing, grid(missing, AGAIN), MONTH_END)
    case = one(missing)
    assert (case.state, case.mark, case.mark_on, case.mark_source) == ("open", "suspected", on, "registry")
    assert "mark_registry" not in due(missing, MONTH_END)


def test_what_the_registry_says_since_before_the_return_is_no_mark_of_the_next_absence(missing: Workspace) -> None:
    roster(missing, [Child(ONE, sequence=CHILDREN[0].sequence, status="疑似辍学"), *CHILDREN[1:]])
    reconcile(missing, date(2025, 9, 9))
    signs = "×" * 7 + "√" * 6 + "×" * 8
    scan(missing, grid(missing, signs), nth(missing, len(signs)))
    case = one(missing)
    assert (case.state, case.mark, case.mark_on) == ("open", "suspected", nth(missing, 19))
    assert case.mark_source == "forecast"


def told(*events: tuple[str, str, dict[str, Any]]) -> list[Event]:
    opening = {"child": "P-0001", "by": "reconcile", "clause": "三.5", "absent_since": "2025-09-01", "plan": "x",
               "school": None, "grade": None, "class_name": None}  # fmt: skip
    return [
        Event(seq, seq, "test", kind, "C-1", date.fromisoformat(on), date(2025, 9, 30),
              facts | (opening if kind == "case_opened" else {}), {}, "")
        for seq, (kind, on, facts) in enumerate(events, start=1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("began", "mark"), [("2025-09-01", "none"), ("2025-09-11", "none"), ("2025-09-19", "suspected")]
)
def test_a_confirmed_return_takes_the_marks_that_are_older(began: str, mark: str) -> None:
    finding = {"finding": "F-1", "kind": "suspected_dropout", "marked_on": "2025-09-26", "absent_since": began}
    (case,) = fold_cases(told(
        ("case_opened", "2025-09-03", {"kind": "not_returned"}), ("finding_joined", "2025-09-30", finding),
        ("return_reported", "2025-09-05", {}), ("return_confirmed", "2025-09-11", {"first": "2025-09-05"}),
    )).values()  # fmt: skip
    assert case.mark == mark


def test_a_case_opened_again_waits_from_the_day_after_the_scan() -> None:
    """Days the scan has looked at are as the marks say: who is not named in a log was there (D-88)."""
    (case,) = fold_cases(told(
        ("case_opened", "2025-09-03", {"kind": "not_returned"}),
        ("return_confirmed", "2025-09-11", {"first": "2025-09-05"}),
        ("reopened", "2025-09-25", {"by": "attendance", "absent_since": "2025-09-19"}),
    )).values()  # fmt: skip
    assert case.sought[-1] == (date(2025, 9, 30) + timedelta(days=1), None)
