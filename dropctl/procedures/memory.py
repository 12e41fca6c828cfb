"""What one reconciliation or scan leaves in the ledger: children's numbers, the run, cases, returns, findings gone.

The ledger's transaction is open while the rules run, because a child's number is part of a finding's key. Nothing
here closes a case: a finding that is gone is an event, and a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import polars as pl

from dropctl.findings import ABSENCE_KINDS, Finding, short_digest
from dropctl.ledger import Draft, Ledger, Transaction
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.children import ChildNumbers, fold_children, taken_over
from dropctl.policy.attendance import Attendance, attendance_of
from dropctl.policy.case_state import Case
from dropctl.policy.evidence import Evidence, PupilFacts
from dropctl.policy.office_papers import unreachable_since
from dropctl.policy.pupil_states import CaseSeen
from dropctl.policy.rules.attendance import past_marks
from dropctl.policy.rules.disabled_children import disabled_children
from dropctl.procedures.case_opening import Wanted, about, deserves_case, open_cases, wanted_by, wanted_by_past
from dropctl.procedures.case_returns import record_returns, reopen_watched, returns_seen
from dropctl.procedures.outcome import CaseForecast
from dropctl.procedures.registry_marks import RegistryMark, record_marks, registry_marks, taken_back
from dropctl.vocabulary import STATUS_BY_LABEL
from dropctl.workspace import Workspace

_GOES_AWAY = ("not_returned", "not_located")  # findings of a term start that answer a case by being gone
# Findings about children that become due items, and how certain they are then.
_TASKS = {
    "unregistered": "certain", "status_conflict": "certain", "transfer_pending": "certain",
    "lawfully_absent": "claimed",
}  # fmt: skip


class Memory:
    """The ledger's part in one reconciliation; without a transaction it only looks."""

    def __init__(
        self, numbers: ChildNumbers, transaction: Transaction | None, cases: Collection[Case] = (), *,
        workspace: Workspace | None = None, before_last: bool = False,
    ) -> None:  # fmt: skip
        self.numbers = numbers
        self.is_before_last = before_last
        self._transaction = transaction
        self._workspace = workspace
        self._cases = tuple(cases)
        self._answered = {finding for case in cases for finding in case.findings}
        self._open = {case.child: case for case in cases if case.is_open}
        self._marks: dict[str, RegistryMark] | None = None

    def _before(self, evidence: Evidence) -> list[Case]:
        """Return the cases of an earlier day; the same run may have opened one of this day, and must say the same."""
        return [case for case in self._cases if case.recorded_as_of < evidence.as_of]

    def explained(self, evidence: Evidence) -> frozenset[str]:
        """Return the children whose registry mark a case explains, so that it is no conflict (CONTRACT §3)."""
        return frozenset(case.child for case in self._before(evidence) if case.waits_for_the_child)

    def _registry(self, evidence: Evidence) -> dict[str, RegistryMark]:
        if self._workspace is None:
            return {}
        if self._marks is None:
            self._marks = registry_marks(self._workspace, evidence, self.numbers, self._cases)
        return self._marks

    def attendance_of(self, evidence: Evidence, absences: pl.DataFrame) -> Attendance:
        """Return what absence lists say, knowing which children have a case and whom the registry has marked."""
        sought: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
        waits: dict[str, bool] = defaultdict(bool)
        for case in self._before(evidence):
            sought[case.child] += [span for span in case.sought if span[0] < evidence.as_of]
            waits[case.child] |= case.waits_for_the_child
        seen = {child: CaseSeen(tuple(spans), waits[child]) for child, spans in sought.items()}
        marks = {child: mark.suspected_on for child, mark in self._registry(evidence).items()}
        marks |= {case.child: case.registry_on for case in self._open.values() if case.registry_on}
        return attendance_of(evidence, absences, cases=seen, registry_marks=marks)

    def marks_in_doubt(self, evidence: Evidence) -> list[str]:
        """Return what to say of the registry's marks that the roster at hand no longer shows."""
        return taken_back(evidence, self._before(evidence))

    def triaged(self, evidence: Evidence, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings with those 联系不上 whose case holds enough failed attempts (CONTRACT §3)."""
        plan, calendar = evidence.plan, evidence.calendar
        lost = {
            case.child for case in self._open.values() if unreachable_since(case, plan, calendar)
        }  # fmt: skip
        return [
            replace(line, triage="unreachable") if line.triage == "to_contact" and line.key[0] in lost else line
            for line in findings
        ]

    def opening(
        self, evidence: Evidence, findings: Sequence[Finding], absences: Attendance | None = None
    ) -> list[Finding]:
        """Return what would open a new case: deserving findings none has answered, and marks that are past by now."""
        asking = [
            line for line in findings if line.finding_id not in self._answered and line.key[0] not in self._open
        ]  # fmt: skip
        everyone = self._everyone_reported(evidence)
        asking = [line for line in asking if deserves_case(line, everyone_reported=everyone)]
        past = [] if self._workspace is None else self._past(evidence, absences, self._cases)
        return [*asking, *(item.finding for item in past if item.finding.finding_id not in self._answered)]

    def _past(self, evidence: Evidence, absences: Attendance | None, cases: Collection[Case]) -> list[Wanted]:
        if absences is None:
            return []
        return wanted_by_past(past_marks(evidence, absences), evidence, _by_number(evidence), cases)

    def _everyone_reported(self, evidence: Evidence) -> bool:
        """Say whether this is a county's workspace in which every class of every school has a return list."""
        if self._workspace is None or self._workspace.config.school.role != "county":
            return False
        if not evidence.known_schools or not evidence.known_schools <= evidence.schools:
            return False  # without a list of its schools nobody can say that all have reported
        return all(group.reported for group in evidence.classes.values() if group.key[2] is not None)

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
        everyone = self._everyone_reported(evidence)
        asking = [line for line in findings if deserves_case(line, everyone_reported=everyone)]
        forecast = replace(forecast, candidates=len({line.key[0] for line in asking}))
        if self._transaction is None or self._workspace is None:
            return forecast
        transaction, plan = self._transaction, evidence.plan.digest
        for draft in self.numbers.drafts(evidence.as_of):
            transaction.append(draft)
        if term_start:
            transaction.append(_run(evidence, findings, plan))
        if absences is not None:
            transaction.append(_scan(evidence, findings, plan))
        by, people = "reconcile" if term_start else "scan", self._workspace.config.people
        opened: list[str] = []

        def open_for(wanted: Sequence[Wanted]) -> None:
            if not forecast.held_back:
                opened.extend(open_cases(transaction, wanted, by=by, plan=plan, people=people))

        # What is over was before what is found now; and what is found now may, for a new case, be over as well.
        self._catch_up(transaction, evidence, absences, open_for)
        pupils = _by_number(evidence)
        marked = {} if absences is None else _mark_days(absences)
        open_for(
            [replace(wanted_by(line, evidence, pupils), suspected_on=marked.get(tuple(line.key))) for line in asking]
        )
        record_marks(transaction, self._registry(evidence), _cases(transaction))
        self._catch_up(transaction, evidence, absences, open_for)
        gone = _follow(transaction, evidence, findings) if term_start else []
        return replace(forecast, opened=tuple(opened), gone=tuple(gone))

    def _catch_up(
        self,
        transaction: Transaction,
        evidence: Evidence,
        absences: Attendance | None,
        open_for: Callable[[Sequence[Wanted]], None],
    ) -> None:
        """Tell the cases, one return after the other, what the days up to now have shown.

        A scan may come late: a return it confirms may have been followed by another absence, and that by a return. All
        of it is told at once, so that the same scan again has nothing to add.
        """
        if absences is None:
            return
        while True:
            reopen_watched(transaction, absences, evidence.plan)
            cases = _cases(transaction)
            # Nothing is told of an absence before the return that comes first is.
            back = _confirmed(absences, cases)
            next_of: dict[str, Wanted] = {}
            for item in self._past(evidence, absences, cases):
                if item.absent_since <= back.get(item.child, item.absent_since):
                    next_of.setdefault(item.child, item)
            open_for(list(next_of.values()))
            # The registry's mark of a child who is back belongs before the return, which takes it away.
            cases = _cases(transaction)
            back = _confirmed(absences, cases)
            record_marks(transaction, self._registry(evidence), [case for case in cases if case.child in back])
            if not record_returns(transaction, returns_seen(absences, _cases(transaction))):
                return


def _confirmed(absences: Attendance, cases: Collection[Case]) -> dict[str, date]:
    """Return child → the day on which attendance confirms the return that its case waits for."""
    return {one.child: one.confirmed_on for one in returns_seen(absences, cases) if one.confirmed_on is not None}


def _mark_days(absences: Attendance) -> dict[tuple[str, ...], date]:
    """Return (child, first absent day), the key of a run's finding → the day the run came to the mark."""
    return {
        (pupil.facts.number, run.first.isoformat()): run.mark_date
        for pupil in absences.pupils
        for run in pupil.runs
        if run.mark_date is not None
    }


def _cases(transaction: Transaction) -> list[Case]:
    return list(fold_cases(transaction.events(CASE_KINDS)).values())


def _by_number(evidence: Evidence) -> dict[str, PupilFacts]:
    return {facts.number: facts for facts in evidence.pupils}


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
        yield Memory(numbers, None, cases, workspace=workspace, before_last=before)
        return
    with ledger.writing(as_of, command) as transaction:
        known = fold_children(transaction.events({"children"}))
        numbers = ChildNumbers(known, year)
        if not known:
            numbers.adopt(taken_over(store.numbers_before_ledger()))
        yield Memory(numbers, transaction, _cases(transaction), workspace=workspace)


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
    tasks = [
        [line.kind, line.key[0], line.due_date.isoformat() if line.due_date else ""]
        for line in findings
        if line.certainty == _TASKS.get(line.kind)
    ]
    tasks += [[gap.kind, gap.child, ""] for gap in disabled_children(evidence)]
    facts = {
        "term": evidence.episode,
        "opening": evidence.opening,
        "registers": sorted(evidence.columns_seen),
        "classes": len(groups),
        "reported": sum(group.reported for group in groups),
        "unknown": sum(facts.presence == "unknown" for facts in evidence.pupils if facts.expected),
        "outdated": bool(evidence.outdated),
        "findings": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "tasks": sorted(tasks),
        "plan": plan,
    }
    ids = sorted(line.finding_id for line in findings)
    once = short_digest((evidence.as_of, *ids, *(repr(facts[key]) for key in sorted(facts))))
    return Draft("reconciled", "", evidence.as_of, facts, once=f"reconciled:{once}")


def _scan(evidence: Evidence, findings: Sequence[Finding], plan: str) -> Draft:
    """Return the event that says what absence lists asked for; the same scan again is one event."""
    # The key of a run is its child and its first absent day.
    fifth = sorted([*line.key[:2], line.due_date] for line in findings if line.kind == "day_five_report")
    kinds = [line.kind for line in findings if line.kind in ABSENCE_KINDS]
    facts = {
        "term": evidence.episode,
        "findings": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "day_five": fifth,
        "plan": plan,
    }
    ids = sorted(line.finding_id for line in findings if line.kind in ABSENCE_KINDS)
    once = short_digest((evidence.as_of, *ids, *(repr(facts[key]) for key in sorted(facts))))
    return Draft("scanned", "", evidence.as_of, facts, once=f"scanned:{once}")


def _follow(transaction: Transaction, evidence: Evidence, findings: Sequence[Finding]) -> list[str]:
    """Bring open cases up to date with the roster; record which of them are no longer found, and return those."""
    pupils = {facts.number: facts for facts in evidence.pupils}
    still = {line.key[0] for line in findings if line.kind in _GOES_AWAY}
    gone = []
    for case in fold_cases(transaction.events(CASE_KINDS)).values():
        if not case.is_open:
            continue
        facts = pupils.get(case.child)
        if facts is not None and _differs(case, facts, evidence):
            lead = facts.lead
            place = {"school": lead.school or evidence.school, "grade": lead.grade, "class_name": lead.class_name}
            told = {case.child: {"name": lead.name, **about(facts, evidence)}}
            transaction.append(Draft("case_facts", case.number, evidence.as_of, place, told))
        keys = ("F-" + short_digest((kind, case.child, evidence.episode)) for kind in _GOES_AWAY)
        expected = next((key for key in keys if key in case.findings), None)
        if expected is None or case.child in still or not _could_tell(case, facts, evidence):
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
    if facts is None and case.kind == "not_located":
        return False  # on no list at hand any more is no answer
    return facts is not None or school in {one.lead.school or evidence.school for one in evidence.pupils}


def _differs(case: Case, facts: PupilFacts, evidence: Evidence) -> bool:
    lead, known = facts.lead, about(facts, evidence)
    place = (lead.school or evidence.school, lead.grade, lead.class_name, lead.name)
    if place != (case.school, case.grade, case.class_name, case.name):
        return True
    return any(known[key] != getattr(case, key) for key in known)


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
