"""What is due in a workspace on a day: the term's duties, every case, registrations, papers that end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dropctl.errors import Refused
from dropctl.ledger import Draft, Event, Ledger
from dropctl.ledger.cases import fold_cases
from dropctl.ledger.children import Child, ChildNumbers, fold_children
from dropctl.ledger.letters import LETTER_KINDS, fold_letters
from dropctl.policy import due
from dropctl.policy.case_state import Case
from dropctl.policy.due import DueItem
from dropctl.policy.due_marks import FifthDay, duties_of, fifth_day_items
from dropctl.policy.grounds import ground_of
from dropctl.policy.plan import Plan
from dropctl.procedures import home_teaching
from dropctl.procedures.plans import plan_for
from dropctl.school_calendar import SchoolCalendar, school_year
from dropctl.workspace import Workspace

_AHEAD = timedelta(days=30)
REPORTED = "month_reported"


@dataclass(frozen=True, slots=True)
class Agenda:
    """Everything that is due: `items` in order; of the later ones only how many there are."""

    items: tuple[DueItem, ...]
    later: int

    def narrowed(self, *, who: str | None = None, clause: str | None = None, until: date | None = None) -> Agenda:
        """Return what one person (or duty) is to do, under one clause, up to a day; what is left out is not counted."""
        shown = [
            item
            for item in self.items
            if (who is None or who.strip() in item.who)
            and (clause is None or item.clause == clause.strip())
            and (until is None or item.due_date is None or item.due_date <= until)
        ]
        return Agenda(tuple(shown), self.later if len(shown) == len(self.items) else 0)

    def overdue(self, as_of: date) -> list[DueItem]:
        """Return the items whose day has passed."""
        return [item for item in self.items if item.overdue_days(as_of)]


def agenda(workspace: Workspace, as_of: date, *, everything: bool = False) -> Agenda:
    """Return what is overdue, due, or due within thirty days; with `everything` also what comes later."""
    kinds = {*home_teaching.KINDS, *LETTER_KINDS, "reconciled", "scanned", "duty_done", REPORTED}
    events = Ledger(workspace.state).events(as_of, kinds)
    plan, calendar = plan_for(workspace), workspace.calendar()
    cases = fold_cases(events)
    children = fold_children(events)
    poor = {case.number for case in cases.values() if case.poor}
    county = workspace.config.school.role == "county"
    items = [item for case in cases.values() for item in duties_of(case, plan, calendar, as_of, county=county)]
    items += _fifth_days(events, cases, children, plan)
    items += _term(workspace, events, plan, calendar, as_of)
    items += _tasks(events, cases, children)
    items += due.expiry_items(_expiries(workspace, children, as_of), plan, calendar, as_of)
    if workspace.terms:
        reported = {date.fromisoformat(f"{event.facts['month']}-01") for event in events if event.kind == REPORTED}
        items += due.report_items(workspace.terms[0].opening, reported, plan, calendar, as_of)
    items += due.letter_items(fold_letters(events).values(), plan, calendar)
    for one in home_teaching.checked(workspace, as_of, events).children:
        items += due.visit_items(one.child, one.name, one.weeks, one.last_visit, plan)
    ordered = due.in_order(items, poor)
    soon = [item for item in ordered if everything or item.due_date is None or item.due_date <= as_of + _AHEAD]
    return Agenda(tuple(soon), len(ordered) - len(soon))


def next_due(cases: Sequence[Case], workspace: Workspace, as_of: date) -> dict[str, date]:
    """Return case number → the earliest day something is due in it."""
    plan, calendar, county = plan_for(workspace), workspace.calendar(), workspace.config.school.role == "county"
    found = {}
    for case in cases:
        duties = duties_of(case, plan, calendar, as_of, county=county)
        days = [item.due_date for item in duties if item.due_date]
        if days:
            found[case.number] = min(days)
    return found


def tick(
    workspace: Workspace, as_of: date, duty: str, *, on: date, by: str | None, child: str | None = None, dry_run: bool
) -> None:
    """Record that a duty of the present term was done; Refused for one that is seen elsewhere or already done.

    `child`: whose report of the fifth day it was.
    """
    if duty not in due.TICKED:
        known = "、".join(f"{kind}（{due.KINDS[kind]}）" for kind in due.TICKED)
        raise Refused(f"“{duty}”不能这样登记办结", todo=f"可以登记的有：{known}；其余的以核对结果和个案为准")
    term = workspace.term_at(as_of)
    if term is None:
        raise Refused(f"{as_of}不在任何已登记的学期里", todo="先用 dropctl calendar add-term 登记学期")
    if not term.opening <= on <= as_of:
        raise Refused(f"办结日期{on}不在{term.opening}（开学）到{as_of}之间", todo="核对 --on")
    with Ledger(workspace.state).writing(as_of, "due", keep=not dry_run) as transaction:
        facts: dict[str, Any] = {"duty": duty, "opening": term.opening}
        once = f"duty:{duty}:{term.opening}"
        if duty == "day_five":
            report = _report_of(transaction.events({"scanned"}), child)
            facts |= {"child": report.child, "since": report.since}
            once = f"duty:{duty}:{report.child}:{report.since}"
        if transaction.append(Draft("duty_done", "", on, facts, {"": {"by": by}}, once)) is None:
            raise Refused(f"这一项已经登记办结：{due.KINDS[duty]}", todo="用 dropctl audit log 查看")


def _report_of(events: Sequence[Event], child: str | None) -> FifthDay:
    """Return the report of the fifth day that is due about a child; Refused when there is none."""
    if not child:
        raise Refused("没有写是哪个孩子的报告", todo="加 --child 儿童编号，如 P-0012")
    wanted = child.strip().upper()
    found = next((report for report in _reports(events) if report.child == wanted), None)
    if found is None:
        raise Refused(f"{wanted} 没有要报的第五天未到", todo="用 dropctl due 查看；考勤有变的先 attendance scan")
    return found


def _reports(events: Sequence[Event]) -> list[FifthDay]:
    """Return the reports of the fifth day the latest scan asked for."""
    latest = next((event for event in reversed(events) if event.kind == "scanned"), None)
    if latest is None:
        return []
    day = date.fromisoformat
    return [FifthDay(child, day(since), day(on)) for child, since, on in latest.facts["day_five"]]


def _fifth_days(
    events: Sequence[Event], cases: Mapping[str, Case], children: Mapping[str, Child], plan: Plan
) -> list[DueItem]:
    done = {
        (event.facts["child"], event.facts["since"])
        for event in events
        if event.kind == "duty_done" and event.facts["duty"] == "day_five"
    }
    waiting = [report for report in _reports(events) if (report.child, report.since.isoformat()) not in done]
    open_ones = {case.child: case for case in cases.values() if case.is_open}
    names = {number: child.name for number, child in children.items()}
    return fifth_day_items(waiting, names, open_ones, plan)


def _term(
    workspace: Workspace, events: Sequence[Event], plan: Plan, calendar: SchoolCalendar, as_of: date
) -> list[DueItem]:
    term = workspace.term_at(as_of)
    if term is None:
        return []
    runs = [_seen(event.facts) for event in events if event.kind == "reconciled"]
    opening = term.opening.isoformat()
    ticked = {
        event.facts["duty"] for event in events if event.kind == "duty_done" and event.facts["opening"] == opening
    }
    return due.term_items(term, runs, ticked, plan, calendar)


def _seen(facts: Mapping[str, Any]) -> due.RunSeen:
    return due.RunSeen(
        date.fromisoformat(facts["opening"]), frozenset(facts["registers"]), facts["classes"], facts["reported"],
        facts["unknown"],
    )  # fmt: skip


def _tasks(events: Sequence[Event], cases: Mapping[str, Case], children: Mapping[str, Child]) -> list[DueItem]:
    """Return what the latest reconciliation left to the registry, without the children whose case says the same."""
    latest = next((event for event in reversed(events) if event.kind == "reconciled"), None)
    if latest is None:
        return []
    in_case = {case.child for case in cases.values() if case.is_open}
    tasks = [
        (kind, child, date.fromisoformat(day) if day else None)
        for kind, child, day in latest.facts["tasks"]
        if not (kind in ("status_conflict", "lawfully_absent", "transfer_pending") and child in in_case)
    ]
    return due.task_items(tasks, {number: child.name for number, child in children.items()})


def _expiries(workspace: Workspace, children: Mapping[str, Child], as_of: date) -> list[due.Expiry]:
    """Return the approvals of the latest snapshot that end, each with its child's number and status."""
    runs = [run for run in workspace.snapshots().runs if run.as_of <= as_of]
    run = next((run for run in reversed(runs) if "approval" in run.registers), None)
    if run is None:
        return []
    from dropctl.reconcile.people import people  # late: only where there are approvals

    numbers = ChildNumbers(children, school_year(as_of))
    status: dict[str, str | None] = {}
    if "enrollment" in run.registers:
        for row in people(run.frame("enrollment"), "enrollment"):
            if number := numbers.find(row):
                status[number] = row.facts.get("status")
    found = []
    for paper in people(run.frame("approval"), "approval"):
        ground = ground_of(paper)
        if ground.ends is not None:
            child = numbers.find(paper)
            found.append(due.Expiry(paper.name, child, ground.label, ground.ends, status.get(child or "")))
    return found
