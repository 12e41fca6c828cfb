"""Cases opened by findings (CONTRACT §7): which deserve one, what a case knows from the start, one open case per child.

Nothing here closes a case or decides that too many would be opened: the first is a person's, the second the brake's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dropctl.findings import Finding
from dropctl.ledger import Draft, Transaction
from dropctl.ledger.cases import CASE_KINDS, fold_cases, open_case_of
from dropctl.policy.absence_runs import AbsenceRun
from dropctl.policy.case_state import Case
from dropctl.policy.evidence import Evidence, PupilFacts
from dropctl.policy.rules.roster_marks import disability_mark, disability_words, poverty_mark, poverty_words

CASE_TRIAGES = ("to_contact", "unreachable")
MARKED = ("suspected_dropout", "dropout")


def deserves_case(line: Finding, *, everyone_reported: bool = False) -> bool:
    """Say whether a finding opens a case by itself (CONTRACT §7).

    `everyone_reported`: a county workspace in which all schools have; only then is a child on no roster nowhere.
    """
    if line.certainty != "certain":
        return False
    if line.kind in MARKED:
        return True
    kinds = ("not_returned", "not_located") if everyone_reported else ("not_returned",)
    return line.kind in kinds and line.triage in CASE_TRIAGES


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certain finding about a child that asks for a case, with what the case should know from the start.

    `facts`: poor, disabled, status. `opened_on` None: the day of the run; else the true day of what is past.
    `suspected_on`: since when a child found as dropped out was suspected before; None where nothing says so.
    """

    finding: Finding
    absent_since: date
    facts: Mapping[str, Any] = field(default_factory=dict)
    registered: bool = True
    opened_on: date | None = None
    suspected_on: date | None = None

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
        marked_on = line.due_date if line.kind in MARKED else None
        about = {
            "finding": line.finding_id, "kind": line.kind, "marked_on": marked_on, "absent_since": item.absent_since,
        }  # fmt: skip
        # A dropout that nobody saw as suspected was suspected first, and counts as that until its own day.
        suspected_on = item.suspected_on if line.kind == "dropout" else None
        if known is not None:
            if suspected_on is not None and known.mark == "none":
                first = about | {"kind": "suspected_dropout", "marked_on": suspected_on}
                transaction.append(Draft("finding_joined", known.number, transaction.as_of, first, once=f"mark:{once}"))
            again = known.gone_on is not None and line.finding_id in known.findings
            joined = Draft("finding_joined", known.number, transaction.as_of, about, once=None if again else once)
            transaction.append(joined)
            continue
        number = next_case_number(cases, transaction.as_of)
        place = {"school": line.school, "grade": line.grade, "class_name": line.class_name}
        facts = {
            **about, **place, "suspected_on": suspected_on, "child": item.child, "by": by, "clause": line.clause,
            "triage": line.triage, "plan": plan, "registered": item.registered,
        }  # fmt: skip
        personal = {item.child: {"name": line.name, "reason": line.reason, **item.facts}}
        on = item.opened_on or transaction.as_of
        if transaction.append(Draft("case_opened", number, on, facts, personal, once)) is None:
            continue  # a closed case has answered this finding
        if suspected_on is not None:
            transaction.append(Draft("finding_joined", number, transaction.as_of, about))
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


def about(facts: PupilFacts, evidence: Evidence) -> dict[str, Any]:
    """Return what a case keeps about its child from the roster and the lists."""
    poor, disabled = poverty_mark(facts, evidence), disability_mark(facts)
    return {
        "status": facts.status,
        "poor": poor is not None and poor.source != "待确认",
        "disabled": disabled is not None and disabled.source != "待确认",
    }


def wanted_by(line: Finding, evidence: Evidence, pupils: Mapping[str, PupilFacts]) -> Wanted:
    """Return what a case opened by `line` is to know; `pupils`: number → the pupils of the roster."""
    facts = pupils.get(line.key[0])
    if facts is None:
        return Wanted(line, evidence.as_of, _about_listed(line.key[0], evidence), registered=False)
    # The key of a run is its child and its first absent day.
    since = date.fromisoformat(line.key[1]) if line.kind in MARKED else facts.list_date or evidence.as_of
    return Wanted(line, since, about(facts, evidence))


def _about_listed(number: str, evidence: Evidence) -> dict[str, Any]:
    """Return what a case keeps about a child on no roster, from the lists that name it."""
    rows = [row for child in evidence.strays if child.number == number for row in child.rows]
    return {
        "status": None,
        "poor": any(row.register == "poverty" and poverty_words(row, evidence) for row in rows),
        "disabled": any(row.register == "disability" and disability_words(row) for row in rows),
    }


def wanted_by_past(
    lines: Sequence[tuple[Finding, AbsenceRun]],
    evidence: Evidence,
    pupils: Mapping[str, PupilFacts],
    cases: Collection[Case],
) -> list[Wanted]:
    """Return the cases to be kept for marks and returns that were over before anybody scanned (CONTRACT §4).

    Where a case of the child was open then, or is now, that one tells it: an open one that waits for the child and
    was not marked, or not yet as dropped out, is marked by it, before its return is confirmed.
    """
    found = []
    for line, run in lines:
        over = run.confirmed_on or run.last
        own = [case for case in cases if case.child == line.key[0]]
        if any(
            (case.is_open and not _waits_for_mark(case, line.kind, over))
            or (not case.is_open and case.absent_since <= over and (case.closed_on or date.max) >= run.first)
            for case in own
        ):
            continue
        facts = pupils[line.key[0]]
        found.append(
            Wanted(line, run.first, about(facts, evidence), opened_on=run.mark_date, suspected_on=run.mark_date)
        )
    return found


def _waits_for_mark(case: Case, kind: str, over: date) -> bool:
    """Say whether a case waits for its child, gone since before the run was over on `over`, with a lesser mark yet."""
    lesser = ("none", "suspected") if kind == "dropout" else ("none",)
    return case.waits_for_the_child and case.mark in lesser and case.absent_since <= over
