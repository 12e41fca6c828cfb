"""Every 台账 as of a day, in one workbook (reference §3.4): from the recorded snapshots, the cases and the papers.

Nothing is read from the inbox and nobody is matched anew; the same day gives the same workbook. Showing whole numbers,
or the restricted list, is recorded before anything is written (CONTRACT §9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropctl.errors import Refused
from dropctl.files import WholeFiles
from dropctl.findings import Finding
from dropctl.ledger import Draft, Event, Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.policy.case_state import in_reading_order
from dropctl.policy.evidence import Evidence
from dropctl.policy.rules.registration import registration
from dropctl.policy.rules.return_check import return_check
from dropctl.policy.rules.whereabouts import whereabouts
from dropctl.procedures.books import of_cases, of_groups, of_letters
from dropctl.procedures.books.desk import Desk, Showing
from dropctl.procedures.case_plans import districts
from dropctl.procedures.child_facts import known_children
from dropctl.procedures.intake import term_given
from dropctl.procedures.plans import plan_for
from dropctl.vocabulary import register_label
from dropctl.workbooks.registers import RegisterBook, RegisterSheets, write_register_workbook
from dropctl.workspace import Workspace

WORKBOOK = "控辍保学台账.xlsx"
AUDIENCES = {"internal": "学校内部", "superior": "报上级"}
# In the order of the sheets.
_BOOKS = (
    of_groups.of_school_age, of_cases.suspected, of_cases.dropouts, of_cases.not_located, of_groups.unregistered,
    of_cases.away, of_groups.poor, of_groups.disabled, of_letters.home_taught, of_groups.left_behind,
    of_groups.migrant, of_cases.gravely_ill, of_letters.letters_in, of_letters.letters_out, of_letters.notices,
    of_cases.every_case,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegistersOutcome:
    """The workbook's content, and what must be said beside it."""

    sheets: RegisterSheets
    showing: Showing
    notes: tuple[str, ...]

    @property
    def books(self) -> Sequence[RegisterBook]:
        """Every 台账, in the order of the sheets."""
        return self.sheets.books


def make_registers(
    workspace: Workspace, as_of: date, *, audience: str = "internal", reveal: bool = False, restricted: bool = False
) -> RegistersOutcome:  # fmt: skip
    """Return every 台账 as of a day; Refused when nothing was ever reconciled or a record is damaged."""
    showing = Showing(reveal, audience == "internal", restricted)
    desk = _desk(workspace, as_of, showing)
    if desk.known.evidence is None and not desk.cases:
        raise Refused(f"到{as_of}为止还没有核对过，也没有个案，台账里没有内容", todo="先运行 dropctl reconcile")
    books = [make(desk) for make in _BOOKS]
    if restricted:
        books.append(of_groups.of_prisoners(desk))
    notes = _notes(desk)
    shown = _shown(showing)
    sheets = RegisterSheets(as_of, desk.school, books, shown, notes, desk.plan.assumptions)
    return RegistersOutcome(sheets, showing, tuple(notes))


def record_showing(
    workspace: Workspace, as_of: date, outcome: RegistersOutcome, reason: str, *, dry_run: bool = False
) -> None:  # fmt: skip
    """Record that whole numbers or the restricted list were written out, and why; Refused without a reason.

    Nothing is recorded for a workbook that shows neither.
    """
    showing = outcome.showing
    if not showing.whole_numbers and not showing.restricted:
        return
    if not reason.strip():
        raise Refused("没有写明原因，没有写出", todo="用 --reason 写明为什么要完整号码或受限的台账")
    children = {child for book in outcome.books for child in book.children}
    facts = {
        "papers": ["registers"], "numbers": [], "cases": [], "children": sorted(children),
        "whole_numbers": showing.whole_numbers, "restricted": showing.restricted,
    }  # fmt: skip
    with Ledger(workspace.state).writing(as_of, "registers", keep=not dry_run) as transaction:
        transaction.append(Draft("revealed", "", as_of, facts, {"": {"reason": reason.strip()}}))


def write_registers(outcome: RegistersOutcome, out: Path) -> list[Path]:
    """Write 控辍保学台账.xlsx into `out`, complete or not at all; return its path."""
    target = out / WORKBOOK
    with WholeFiles() as files:
        write_register_workbook(files.stage(target), outcome.sheets)
    return [target]


def _desk(workspace: Workspace, as_of: date, showing: Showing) -> Desk:
    known = known_children(workspace, as_of)
    events = Ledger(workspace.state).events(as_of)
    cases = fold_cases(events)
    opening, _, _ = term_given(as_of, workspace, None, None)
    return Desk(
        as_of=as_of, opening=opening, school=workspace.school_name, county=workspace.config.offices.county or None,
        known=known, cases=in_reading_order(list(cases.values())), events=events,
        findings=_findings(known.evidence), districts=districts(workspace, as_of), people=workspace.people,
        plan=plan_for(workspace), calendar=workspace.calendar(), read_on=_read_on(workspace, as_of), showing=showing,
        touched=_touched(events),
    )  # fmt: skip


def _findings(evidence: Evidence | None) -> dict[str, list[Finding]]:
    """Return today's findings by kind: the rules of the term start over what is recorded."""
    found: dict[str, list[Finding]] = defaultdict(list)
    if evidence is not None:
        for line in (*return_check(evidence), *registration(evidence), *whereabouts(evidence)):
            found[line.kind].append(line)
    return found


def _read_on(workspace: Workspace, as_of: date) -> dict[str, date]:
    return {kind: run.as_of for run in workspace.snapshots().runs if run.as_of <= as_of for kind in run.registers}


def _touched(events: Sequence[Event]) -> dict[str, date]:
    days: dict[str, date] = {}
    for event in events:
        if event.kind in CASE_KINDS:
            for number in event.facts.get("cases") or (event.subject,):
                days[number] = max(event.happened_on, days.get(number, event.happened_on))
    return days


def _notes(desk: Desk) -> list[str]:
    notes = []
    if desk.known.evidence is None:
        notes.append("还没有核对过，只有个案，没有名册上的台账")
    elif desk.known.evidence.outdated:
        notes.append("学籍名册是上一学年的，返校、无学籍等情况数不出来，请换用本学年的名册再核对")
    unread = [
        kind for kind in ("household", "poverty", "disability", "approval", "absence") if kind not in desk.read_on
    ]
    if unread:
        notes.append(f"没有读到过{'、'.join(map(register_label, unread))}，有关的台账不完整，没有列出不等于没有")
    return notes


def _shown(showing: Showing) -> str:
    numbers = "含完整证件号，只供指定的人使用" if showing.whole_numbers else "不含证件号，以学生编号代替"
    whom = AUDIENCES["internal" if showing.internal else "superior"]
    return f"{whom}；{numbers}；不得转发到群里，不得公示"
