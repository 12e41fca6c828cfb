"""What attendance says about the return of children with a case: confirmed, broken, or missing again under the watch.

Counting the days is the attendance's; here its answer becomes events of the case, each on its true day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from dropctl.ledger import Draft, Transaction
from dropctl.ledger.cases import CASE_KINDS, fold_cases, open_case_of
from dropctl.policy.absence_runs import AbsenceRun, return_since
from dropctl.policy.attendance import Attendance
from dropctl.policy.case_state import Case
from dropctl.policy.deadlines import watch_ends
from dropctl.policy.plan import Plan


@dataclass(frozen=True, slots=True)
class Attended:
    """One child's return as attendance shows it.

    `first`: the first day at school, None while there is none. `confirmed_on`: the last of the attended days that
    confirm it, None while they are too few. `broken_on`: the latest unexcused day after an earlier return. `days`: how
    many attended days were counted.
    """

    child: str
    first: date | None
    days: int
    confirmed_on: date | None = None
    broken_on: date | None = None


def returns_seen(absences: Attendance, cases: Collection[Case]) -> Iterator[Attended]:
    """Yield what attendance says about each child whose case waits for it and whose days are told."""
    for case in cases:
        days = absences.days.get(case.child)
        if days is None or not case.waits_for_the_child:
            continue
        seen = return_since(days, case.absent_since, absences.limits.confirm_days)
        yield Attended(case.child, seen.began, seen.attended, seen.confirmed_on, seen.broken_on)


def record_returns(transaction: Transaction, returns: Iterable[Attended]) -> list[str]:
    """Record confirmed and broken returns of children with an open case; return the cases that are `returned` now.

    A return nobody reported is reported on its true day first. The same answer again adds nothing.
    """
    confirmed = []
    cases = list(fold_cases(transaction.events(CASE_KINDS)).values())
    for one in returns:
        case = open_case_of(cases, one.child)
        if case is None or case.state == "returned":
            continue
        state = case.state
        if one.broken_on is not None and case.return_on is not None and one.broken_on >= case.return_on:
            transaction.append(Draft("return_broken", case.number, one.broken_on))
            state = "open"
        if one.confirmed_on is None or one.first is None or one.first < case.absent_since:
            continue
        if state == "open":
            transaction.append(Draft("return_reported", case.number, one.first))
        facts = {"first": one.first, "days": one.days, "source": "attendance"}
        transaction.append(Draft("return_confirmed", case.number, one.confirmed_on, facts))
        confirmed.append(case.number)
    return confirmed


def reopen_watched(transaction: Transaction, absences: Attendance, plan: Plan) -> list[str]:
    """Open the cases again whose child was back and is missing again, and return their numbers (CONTRACT §7).

    A run as long as the report of the fifth day that begins within the watch; where the case was never closed, any
    later one as well, because a child has one open case. Each run opens a case again once, on its fifth day, or the
    day somebody closed the case after that.
    """
    cases = list(fold_cases(transaction.events(CASE_KINDS)).values())
    reopened = []
    for pupil in absences.pupils:
        own = [case for case in cases if case.child == pupil.facts.number]
        if not own or any(case.waits_for_the_child for case in own):
            continue
        last = own[-1]
        run = next((run for run in pupil.runs if _breaks(run, last, plan)), None)
        if run is None or run.day_five is None:
            continue
        why = f"复学后自{run.first}起又无正当原因未到校{run.certain_days}个上课日"
        facts = {"absent_since": run.first, "by": "attendance"}
        once = f"reopened:{last.number}:{run.first}"
        # Whenever it is scanned: a return of this run that the same scan tells must not lie before it.
        on = max(run.day_five, last.closed_on or run.day_five)
        draft = Draft("reopened", last.number, on, facts, {last.child: {"reason": why}}, once)
        if transaction.append(draft) is not None:
            reopened.append(last.number)
    return reopened


def _breaks(run: AbsenceRun, case: Case, plan: Plan) -> bool:
    """Say whether a run means that the return which answered the case did not last."""
    if run.day_five is None or run.left or case.returned_on is None or run.first <= case.returned_on:
        return False
    if case.is_open:
        return True
    return case.outcome == "returned" and run.first <= watch_ends(plan, case.returned_on)
