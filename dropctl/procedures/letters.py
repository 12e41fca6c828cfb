"""The papers between offices (三.3, 三.5): which cases are due, one order per paper, issued and written together.

Wording, numbering and files are `issuing`'s. A paper about several children keeps them together when it is made again:
what was issued once comes out the same, with the same number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dropctl.documents.catalogue import PAPER_BY_NAME, Paper
from dropctl.errors import Refused
from dropctl.ledger import Draft, Event, Ledger, Transaction
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.papers import IssuedPaper, fold_papers
from dropctl.policy.case_state import Case, in_reading_order
from dropctl.policy.office_papers import PaperStep
from dropctl.policy.plan import Plan
from dropctl.procedures.cases import changing, check_day, known, must_be_open
from dropctl.procedures.child_facts import KnownChildren, known_children
from dropctl.procedures.issuing import Issue, Order, Reveal, Written, issue, write
from dropctl.procedures.plans import plan_for
from dropctl.school_calendar import SchoolCalendar
from dropctl.workspace import Workspace

_OFFICES = {"school": "学校", "county": "县教育局"}


@dataclass(frozen=True, slots=True)
class LetterDesk:
    """What the letters are made from: everything recorded by a day, and what is known of the children."""

    workspace: Workspace
    as_of: date
    events: Sequence[Event]
    cases: dict[str, Case]
    papers: dict[str, IssuedPaper]
    children: KnownChildren
    plan: Plan
    calendar: SchoolCalendar
    reveal: bool

    def standing(self, paper: str) -> list[IssuedPaper]:
        """Return the papers of a kind that were issued and not taken back."""
        return [one for one in self.papers.values() if one.paper == paper and not one.void]

    def answered(self, paper: str, case: Case) -> list[IssuedPaper]:
        """Return those about a case as it stands: what was written before a reopening is history."""
        since = case.reopened_on
        own = [one for one in self.standing(paper) if case.number in one.cases]
        return [one for one in own if since is None or one.issued_on >= since]

    def key(self, paper: str, cases: Sequence[Case]) -> str:
        """Return what a paper about these cases answers, another one after each reopening."""
        told = (f"{one.number}@{one.reopened_on}" if one.reopened_on else one.number for one in cases)
        return f"{paper}:{'+'.join(sorted(told))}"


@dataclass
class Letters:
    """What one command made. `not_due`: case and why; `notes`: what a person has to know before sending."""

    done: Issue = field(default_factory=Issue)
    written: Written = field(default_factory=Written)
    not_due: list[tuple[str, str]] = field(default_factory=list)
    named: bool = False  # whether a case named on the command line is among those not due
    notes: list[str] = field(default_factory=list)


Judge = Callable[[Case], PaperStep]
Maker = Callable[[LetterDesk, list[Case]], list[Order]]


def make_letters(
    workspace: Workspace, as_of: date, verb: str, papers: Sequence[str], named: Sequence[str], out: Path, *,
    judge: Callable[[LetterDesk], Judge], orders: Maker, reveal: Reveal | None = None, dry_run: bool = False,
    together: bool = False,
) -> Letters:  # fmt: skip
    """Issue and write the papers of one verb for all cases that are due, or for the cases named.

    A case already in such a paper keeps it: the same command again prints it again. `together`: the papers are made
    all or none, because each names the number of the other. Refused in a workspace whose office may not issue them.
    """
    for name in papers:
        may_issue(workspace, PAPER_BY_NAME[name])
    children = known_children(workspace, as_of)
    found = Letters()
    with Ledger(workspace.state).writing(as_of, f"letters {verb}", keep=not dry_run) as transaction:
        desk = _desk(workspace, transaction, children, reveal is not None)
        wanted = [known(desk.cases, number) for number in dict.fromkeys(named)]
        decide = judge(desk)
        chosen = []
        for case in wanted or in_reading_order(list(desk.cases.values())):
            before = [one for name in papers for one in desk.answered(name, case)]
            step = decide(case)
            if before and (wanted or any(one.issued_on == as_of for one in before)):
                chosen.append(case)  # printed again as it was issued
            elif before:
                continue
            elif step.is_due:
                chosen.append(case)
            elif wanted or case.is_open:
                found.not_due.append((case.number, step.reason))
        found.named = bool(wanted) and bool(found.not_due)
        found.done = issue(transaction, workspace, orders(desk, chosen), reveal=reveal)
        if together and found.done.refused:
            raise Refused(
                f"两份公文要同时发，有一份出不了，都没有出：{found.done.refused[0].reason}", todo="补齐后再运行"
            )
    if not dry_run:
        found.written = write(found.done, out)
    return found


def may_issue(workspace: Workspace, paper: Paper) -> None:
    """Refuse a paper that the office of this workspace may not issue."""
    role = workspace.config.school.role
    if role not in paper.issuers:
        whose = "、".join(_OFFICES[one] for one in paper.issuers)
        todo = f"在{whose}的工作区里运行（dropctl init --role {paper.issuers[0]}）"
        if role == "school":
            todo += "；学校把劝返情况书面报告县教育局：dropctl letters bureau"
        raise Refused(f"{paper.label}由{whose}出，这里是{_OFFICES[role]}的工作区，没有出", todo=todo)


def report_arrived(
    workspace: Workspace, as_of: date, number: str, *, on: date, report: str | None, dry_run: bool = False
) -> Case:  # fmt: skip
    """Record that a school's report about a case reached the bureau, and return the case with it.

    Refused outside a county workspace, for a closed case, or a day that cannot be.
    """
    if workspace.config.school.role != "county":
        todo = "在县教育局的工作区里登记；学校出报告用 dropctl letters bureau"
        raise Refused("收到学校报告由县教育局登记，这里是学校的工作区", todo=todo)
    with changing(workspace, as_of, number, "letters arrived", dry_run=dry_run) as (transaction, case):
        must_be_open(case)
        check_day(case, on, as_of, "报告到达")
        if case.report_on is not None and (case.reopened_on is None or case.report_on >= case.reopened_on):
            todo = "登记错了的，用 dropctl case void 作废那一条再登记"
            raise Refused(f"已经登记过（{case.report_on}到达）", where=case.number, todo=todo)
        transaction.append(Draft("report_arrived", case.number, on, {"number": report}))
        return fold_cases(transaction.events(CASE_KINDS))[case.number]


def in_batches(
    desk: LetterDesk, paper: str, cases: Sequence[Case], key: Callable[[Case], str] = lambda case: ""
) -> list[tuple[str, list[Case]]]:
    """Return (what the paper answers, its cases): those issued before as they were, the others grouped by `key`."""
    batches: list[tuple[str, list[Case]]] = []
    rest = {case.number: case for case in cases}
    for one in desk.standing(paper):
        if any(number in rest and one in desk.answered(paper, rest[number]) for number in one.cases):
            batches.append((one.answers, [desk.cases[number] for number in one.cases]))
            for number in one.cases:
                rest.pop(number, None)
    groups: dict[str, list[Case]] = {}
    for case in rest.values():
        groups.setdefault(key(case), []).append(case)
    for group in sorted(groups):
        batches.append((desk.key(paper, groups[group]), groups[group]))
    return batches


def _desk(workspace: Workspace, transaction: Transaction, children: KnownChildren, reveal: bool) -> LetterDesk:
    events = transaction.events()
    return LetterDesk(
        workspace, transaction.as_of, events, fold_cases(events), fold_papers(events), children, plan_for(workspace),
        workspace.calendar(), reveal,
    )  # fmt: skip
