"""What one reconciliation leaves in the ledger: children's numbers, the run itself, new cases, findings that are gone.

The ledger's transaction is open while the rules run, because a child's number is part of a finding's key. Nothing
here closes a case: a finding that is gone is an event, and a person decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from dropctl.findings import Finding, short_digest
from dropctl.ledger import Draft, Ledger, Transaction
from dropctl.ledger.cases import CASE_KINDS, fold_cases, open_case_of
from dropctl.ledger.children import ChildNumbers, fold_children, taken_over
from dropctl.policy.attendance import Attendance, attendance_of
from dropctl.policy.case_state import Case
from dropctl.policy.evidence import Evidence, PupilFacts
from dropctl.policy.rules.roster_marks import disability_mark, poverty_mark
from dropctl.procedures.case_returns import Attended, record_returns
from dropctl.procedures.outcome import CaseForecast
from dropctl.procedures.plans import plan_for
from dropctl.vocabulary import STATUS_BY_LABEL
from dropctl.workspace import Workspace

_CASE_TRIAGES = ("to_contact", "unreachable")
_MARKED = ("suspected_dropout", "dropout")
_TASKS = ("unregistered", "status_conflict")  # findings about children that become due items


def deserves_case(line: Finding) -> bool:
    """Say whether a finding opens a case by itself (CONTRACT §7)."""
    if line.certainty != "certain":
        return False
    return line.kind in _MARKED or (line.kind == "not_returned" and line.triage in _CASE_TRIAGES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certain finding about a child that asks for a case, with what the case should know from the start."""

    finding: Finding
    absent_since: date
    facts: Mapping[str, Any] = field(default_factory=dict)  # poor, disabled, status

    @property
    def child(self) -> str:
        """The child's number."""
        return self.finding.key[0]


def open_cases(
    transaction: Transaction, wanted: Sequence[Wanted], *, by: str, plan: str, people: Mapping[str, str] | None = None
) -> list[str]:
    """Open a case for each finding whose child has none open and whose key never had one; return their numbers.

    A finding about a child with an open case joins that case. `people`: duty → person, as `dropctl.toml` names them.
    """
    cases = fold_cases(transaction.events(CASE_KINDS))
    opened = []
    for item in wanted:
        line = item.finding
        known = open_case_of(list(cases.values()), item.child)
        once = f"case:{line.finding_id}"
        # The day of the mark is the run's own, not that of the scan which found it (CONTRACT §4).
        marked_on = line.due_date if line.kind in _MARKED else None
        about = {"finding": line.finding_id, "kind": line.kind, "marked_on": marked_on}
        if known is not None:
            again = known.gone_on is not None and line.finding_id in known.findings
            joined = Draft("finding_joined", known.number, transaction.as_of, about, once=None if again else once)
            transaction.append(joined)
            continue
        number = next_case_number(cases, transaction.as_of)
        place = {"school": line.school, "grade": line.grade, "class_name": line.class_name}
        facts = {
            **about, **place, "child": item.child, "by": by, "clause": line.clause, "triage": line.triage,
            "absent_since": item.absent_since, "plan": plan, "registered": True,
        }  # fmt: skip
        personal = {item.child: {"name": line.name, "reason": line.reason, **item.facts}}
        if transaction.append(Draft("case_opened", number, transaction.as_of, facts, personal, once)) is None:
            continue  # a closed case has answered this finding
        if line.class_name and (name := (people or {}).get(f"{line.class_name}班主任")):
            told = {item.child: {"name": name, "duty": "班主任"}}
            transaction.append(Draft("assigned", number, transaction.as_of, personal=told))
        cases = fold_cases(transaction.events(CASE_KINDS))
        opened.append(number)
    return opened


def next_case_number(cases: Mapping[str, Case], on: date) -> str:
    """Return the next free number of that year, such as `C-2025-001`."""
    head = f"C-{on.year}-"
    return f"{head}{max([int(number[len(head) :]) for number in cases if number.startswith(head)], default=0) + 1:03d}"


class Memory:
    """The ledger's part in one reconciliation; without a transaction it only looks."""

    def __init__(
        self, numbers: ChildNumbers, transaction: Transaction | None, cases: Collection[Case] = (), *,
        before_last: bool = False, plan: str = "", people: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.numbers = numbers
        self.is_before_last = before_last
        self._transaction = transaction
        self._plan = plan
        self._people = people or {}
        self._answered = {finding for case in cases for finding in case.findings}
        self._open = {case.child: case for case in cases if case.is_open}

    def wants_case(self, line: Finding) -> bool:
        """Say whether a finding would open a new case: it deserves one, and none has answered it or is open."""
        return deserves_case(line) and line.finding_id not in self._answered and line.key[0] not in self._open

    def attendance_of(self, evidence: Evidence, absences: pl.DataFrame) -> Attendance:
        """Return what absence lists say, knowing which children have a case that nothing has answered yet.

        A case of this very day is not looked at: the same run may have opened it, and must say the same again.
        """
        waiting = {
            child: case.opened_on
            for child, case in self._open.items()
            if case.state == "open" and case.opened_on < evidence.as_of
        }
        return attendance_of(evidence, absences, open_cases=waiting)

    def keep(
        self,
        evidence: Evidence,
        findings: Sequence[Finding],
        forecast: CaseForecast,
        absences: Attendance | None = None,
        *,
        term_start: bool = True,
    ) -> CaseForecast:
        """Record the run and return the forecast with the cases opened and those whose finding is gone.

        Its candidates are all children whose finding deserves a case, opened now or before: the same run again says
        the same. `term_start` False: a scan of attendance, which is no reconciliation. `absences`: what attendance
        says about returns becomes events of the cases.
        """
        forecast = replace(forecast, candidates=len({line.key[0] for line in findings if deserves_case(line)}))
        if self._transaction is None:
            return forecast
        for draft in self.numbers.drafts(evidence.as_of):
            self._transaction.append(draft)
        if term_start:
            self._transaction.append(_run(evidence, findings, self._plan))
        opened: list[str] = []
        if not forecast.held_back:
            by_number = {facts.number: facts for facts in evidence.pupils}
            wanted = [_wanted(line, by_number[line.key[0]], evidence) for line in findings if deserves_case(line)]
            by = "reconcile" if term_start else "scan"
            opened = open_cases(self._transaction, wanted, by=by, plan=self._plan, people=self._people)
        if absences is not None:
            record_returns(self._transaction, _returns(absences))
        gone = _follow(self._transaction, evidence, findings) if term_start else []
        return replace(forecast, opened=tuple(opened), gone=tuple(gone))


@contextmanager
def remembering(
    workspace: Workspace | None, as_of: date, year: int, *, record: bool, command: str = "reconcile"
) -> Iterator[Memory]:
    """Give the memory of one run of `command`; what it keeps is recorded when the block ends without an error."""
    if workspace is None:
        yield Memory(ChildNumbers({}, year), None)
        return
    ledger, store = Ledger(workspace.state), workspace.snapshots()
    last = ledger.last_day()
    before = store.is_before_last(as_of) or (last is not None and as_of < last)
    if before or not record:
        numbers = _known(ledger, store.numbers_before_ledger(), as_of, year)
        cases = fold_cases(ledger.events(as_of, CASE_KINDS)).values()
        yield Memory(numbers, None, cases, before_last=before)
        return
    with ledger.writing(as_of, command) as transaction:
        known = fold_children(transaction.events({"children"}))
        numbers = ChildNumbers(known, year)
        if not known:
            numbers.adopt(taken_over(store.numbers_before_ledger()))
        cases = fold_cases(transaction.events(CASE_KINDS)).values()
        plan, people = plan_for(workspace).digest, workspace.config.people
        yield Memory(numbers, transaction, cases, plan=plan, people=people)


def _known(ledger: Ledger, before_ledger: Mapping[str, str], as_of: date, year: int) -> ChildNumbers:
    """Return the numbers as they stood on `as_of`; strangers are counted beyond every number given since."""
    everyone = fold_children(ledger.events(kinds={"children"}))
    last = max((int(number[2:]) for number in everyone), default=0)
    known = fold_children(ledger.events(until=as_of, kinds={"children"}))
    return ChildNumbers(known if everyone else taken_over(before_ledger), year, last)


def _run(evidence: Evidence, findings: Sequence[Finding], plan: str) -> Draft:
    """Return the event that says what was reconciled and what it found, in numbers; the same run is one event."""
    groups = [group for group in evidence.classes.values() if group.key[2] is not None]
    kinds = [line.kind for line in findings]
    tasks = sorted(
        [line.kind, line.key[0], line.due_date.isoformat() if line.due_date else ""]
        for line in findings
        if line.kind in _TASKS and line.certainty == "certain"
    )
    facts = {
        "term": evidence.episode,
        "opening": evidence.opening,
        "registers": sorted(evidence.columns_seen),
        "classes": len(groups),
        "reported": sum(group.reported for group in groups),
        "unknown": sum(facts.presence == "unknown" for facts in evidence.pupils if facts.expected),
        "outdated": bool(evidence.outdated),
        "findings": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "tasks": tasks,
        "plan": plan,
    }
    ids = sorted(line.finding_id for line in findings)
    once = short_digest((evidence.as_of, *ids, *(repr(facts[key]) for key in sorted(facts))))
    return Draft("reconciled", "", evidence.as_of, facts, once=f"reconciled:{once}")


def _about(facts: PupilFacts, evidence: Evidence) -> dict[str, Any]:
    """Return what a case keeps about its child from the roster and the lists."""
    poor, disabled = poverty_mark(facts, evidence), disability_mark(facts)
    return {
        "status": facts.status,
        "poor": poor is not None and poor.source != "待确认",
        "disabled": disabled is not None and disabled.source != "待确认",
    }


def _wanted(line: Finding, facts: PupilFacts, evidence: Evidence) -> Wanted:
    # The key of a run is its child and its first absent day.
    since = date.fromisoformat(line.key[1]) if line.kind in _MARKED else facts.list_date or evidence.as_of
    return Wanted(line, since, _about(facts, evidence))


def _returns(absences: Attendance) -> Iterator[Attended]:
    """Yield what attendance says about the return of each child whose run reached the mark."""
    for pupil in absences.pupils:
        for run, after in zip(pupil.runs, (*pupil.runs[1:], None), strict=True):
            if run.mark_date is None or run.returned_on is None:
                continue
            broken = after.first if after is not None and run.confirmed_on is None else None
            yield Attended(pupil.facts.number, run.returned_on, run.attended_since, run.confirmed_on, broken)


def _follow(transaction: Transaction, evidence: Evidence, findings: Sequence[Finding]) -> list[str]:
    """Bring open cases up to date with the roster; record which of them are no longer found, and return those."""
    pupils = {facts.number: facts for facts in evidence.pupils}
    still = {line.key[0] for line in findings if line.kind == "not_returned"}
    gone = []
    for case in fold_cases(transaction.events(CASE_KINDS)).values():
        if not case.is_open:
            continue
        facts = pupils.get(case.child)
        if facts is not None and _differs(case, facts, evidence):
            lead = facts.lead
            place = {"school": lead.school or evidence.school, "grade": lead.grade, "class_name": lead.class_name}
            told = {case.child: {"name": lead.name, **_about(facts, evidence)}}
            transaction.append(Draft("case_facts", case.number, evidence.as_of, place, told))
        expected = "F-" + short_digest(("not_returned", case.child, evidence.episode))
        if case.child in still or expected not in case.findings or not _could_tell(case, facts, evidence):
            continue
        if case.gone_on is None:
            now = {"finding": expected, "now": _now(facts)}
            transaction.append(Draft("finding_gone", case.number, evidence.as_of, now))
        gone.append(case.number)
    return gone


def _could_tell(case: Case, facts: PupilFacts | None, evidence: Evidence) -> bool:
    """Say whether this run judged the school of the case: its roster was read, and it was not last year's."""
    school = case.school if facts is None else facts.lead.school
    if school in evidence.outdated or None in evidence.outdated:
        return False
    return facts is not None or school in {one.lead.school or evidence.school for one in evidence.pupils}


def _differs(case: Case, facts: PupilFacts, evidence: Evidence) -> bool:
    lead, about = facts.lead, _about(facts, evidence)
    place = (lead.school or evidence.school, lead.grade, lead.class_name, lead.name)
    if place != (case.school, case.grade, case.class_name, case.name):
        return True
    return any(about[key] != getattr(case, key) for key in about)


def _now(facts: PupilFacts | None) -> str:
    """Return what the lists say instead of 未返校, in words a person reads."""
    if facts is None:
        return "学籍名册上没有了"
    if not facts.expected:
        status = STATUS_BY_LABEL.get(facts.status or "")
        return f"学籍状态已是“{status.label if status else facts.status}”"
    if facts.presence == "present":
        return f"{facts.list_date}的名单上已到校"
    if facts.presence in ("unknown", "unreported"):
        return "所在班级没有新的返校情况"
    return "有请假、休学等手续或说法"
