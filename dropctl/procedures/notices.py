"""劝返通知书 (三.5): which cases a notice is due in, and what stands on it. Serving it is `service`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.context import PaperContext
from dropctl.documents.notices import Basis, FirstNotice, SecondNotice
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.policy.case_state import Case, in_reading_order
from dropctl.policy.deadlines import notice_deadline
from dropctl.policy.notices import (
    FIRST,
    GUARDIANS_OWE,
    PAPER_OF,
    RUNG_OF,
    SCHOOL_REPORTS,
    SECOND,
    NoticeStep,
    absence_told,
    notice_step,
)
from dropctl.policy.plan import Plan
from dropctl.policy.statutes import Statute, parse_statutes
from dropctl.procedures.cases import known
from dropctl.procedures.child_facts import ChildFacts, known_children
from dropctl.procedures.issuing import Issue, Order, Written, issue, write
from dropctl.procedures.plans import plan_for
from dropctl.resources import load_statutes
from dropctl.school_calendar import SchoolCalendar, weekday_label
from dropctl.vocabulary import CONTACT_KINDS
from dropctl.workspace import Workspace

_CONTACT_DUTIES = ("学籍管理员", "控辍保学责任人", "分管副校长", "校长")
_PHONE_DUTIES = ("联系电话", "电话")
_DAYS_NAMED = 4


@dataclass(frozen=True, slots=True)
class NotDue:
    """A case without a notice, and why."""

    case: Case
    reason: str


@dataclass
class Notices:
    """What one run of the command came to; `cases` by number."""

    done: Issue
    written: Written
    cases: Mapping[str, Case]
    not_due: list[NotDue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when everything due was made, 7 when some of it was refused, 3 when all of it was."""
        refused = len(self.done.refused) + len(self.written.refused)
        if not refused:
            return 0
        return 7 if self.done.made else 3


def make_notices(
    workspace: Workspace, as_of: date, out: Path, *, stage: str | None = None, numbers: Sequence[str] = (),
    dry_run: bool = False,
) -> Notices:  # fmt: skip
    """Make every notice that is due on a day, or those of the named cases, and return what became of each case.

    A notice issued before is printed again under its number when its case is named, or on its own day. Raises Refused
    in a county's workspace or for an unknown case.
    """
    if workspace.config.school.role != "school":
        raise Refused("劝返通知书由学校发给家长，县的工作区不发", todo="在学校的工作区里运行")
    facts = known_children(workspace, as_of) if Ledger(workspace.state).events(as_of, {"case_opened"}) else None
    desk = _Desk(workspace, as_of)
    with Ledger(workspace.state).writing(as_of, "notices", keep=not dry_run) as transaction:
        cases = fold_cases(transaction.events(CASE_KINDS))
        named = {known(cases, number).number for number in numbers}
        chosen = [case for case in in_reading_order(list(cases.values())) if case.number in named or not named]
        orders, not_due = [], []
        for case in chosen:
            if not (case.is_open or named):
                continue
            step = desk.wanted(case, stage)
            if step.state == "due" or (named and _stands(case, step)) or _issued_today(case, step, as_of):
                orders.append(desk.order(case, step.stage, facts.of(case.child) if facts else None))
            else:
                not_due.append(NotDue(case, step.reason))
        done = issue(transaction, workspace, orders)
    notes = desk.notes(done)
    written = Written() if dry_run else write(done, out)
    return Notices(done, written, cases, not_due, notes)


def _stands(case: Case, step: NoticeStep) -> bool:
    return case.latest_paper(PAPER_OF[step.stage]) is not None


def _issued_today(case: Case, step: NoticeStep, as_of: date) -> bool:
    """Say whether this very command made the notice before on this day: the same again gives the same."""
    paper = case.latest_paper(PAPER_OF[step.stage])
    return paper is not None and paper.issued_on == as_of and case.state == "open"


class _Desk:
    """What all notices of one run share."""

    def __init__(self, workspace: Workspace, as_of: date) -> None:
        self._workspace, self._as_of = workspace, as_of
        self._plan: Plan = plan_for(workspace)
        self._calendar: SchoolCalendar = workspace.calendar()
        statutes = parse_statutes(load_statutes())
        self._owe = statutes.cited_by("school", *GUARDIANS_OWE)
        self._report = statutes.cited_by("school", *SCHOOL_REPORTS)
        self._counted: list[str] = []  # cases whose days no attendance list shows

    def wanted(self, case: Case, stage: str | None) -> NoticeStep:
        """Return the step of the stage asked for; without one, of the notice that is next or was made today."""
        if stage is not None:
            return notice_step(stage, case, self._plan, self._calendar, self._as_of)
        first = notice_step(FIRST, case, self._plan, self._calendar, self._as_of)
        if first.state in ("done", "serve") and not _issued_today(case, first, self._as_of):
            second = notice_step(SECOND, case, self._plan, self._calendar, self._as_of)
            return second if first.state == "done" else first
        return first

    def order(self, case: Case, stage: str, facts: ChildFacts | None) -> Order:
        """Return the order of one notice."""

        def make(number: str | None, on: date) -> PaperContext:
            return self._context(case, stage, facts or ChildFacts(case.child, "ledger"), number, on)

        name = PAPER_OF[stage]
        return Order(
            PAPER_BY_NAME[name], f"{name}:{case.number}:{case.since}", f"{case.number} {case.name or case.child}", make,
            (case.number,), (case.child,), rung=RUNG_OF[stage],
        )  # fmt: skip

    def notes(self, done: Issue) -> list[str]:
        """Return what somebody should look at before the notices go out."""
        notes = []
        blanks: dict[str, int] = {}
        for made in done.made:
            for title in made.context.blanks():
                blanks[title] = blanks.get(title, 0) + 1
        if blanks:
            named = "、".join(f"{title}{count}份" for title, count in blanks.items())
            todo = "联系人、电话、校长写进 dropctl.toml 的 [people]，其余的补进名册，再出一次编号不变；也可以手写"
            notes.append(f"纸上留有“〔待填〕”：{named}。{todo}")
        counted = [made.order.cases[0] for made in done.made if made.order.cases[0] in self._counted and not made.again]
        if counted:
            notes.append(f"{_some(counted)}没有考勤记录，缺课天数按校历从未返校之日数到当天，发出前请核实")
        second = any(made.order.paper.name == PAPER_OF[SECOND] for made in done.made)
        unread = [one.cited for one in (*self._owe, *self._report) if not one.confirmed]
        if second and unread:
            notes.append(f"第二次通知书引用的{'、'.join(unread)}还没有人对照官方文本核对过，盖章前请核对")
        return notes

    def _context(
        self, case: Case, stage: str, facts: ChildFacts, number: str | None, on: date
    ) -> FirstNotice | SecondNotice:
        people = self._workspace.people
        run = facts.absence
        days = run.unexcused if run is not None and not run.ended else ()
        told = absence_told(case.absent_since, [day for day in days if day <= on], self._calendar, on)
        if not told.recorded:
            self._counted.append(case.number)
        deadline = notice_deadline(self._plan, self._calendar, on).due_date
        school = case.school or self._workspace.school_name
        shared = {
            "number": number, "issued_on": on, "school": school, "child": case.name or "",
            "class_name": case.class_name, "addressee": _addressee(case, facts), "guardian": facts.guardian,
            "absent_from": told.first,
            "absent_until": told.last, "absent_days": told.days, "absent_dates": told.dates, "deadline": deadline,
            "weekday": weekday_label(deadline), "place": school,
            "contact": case.responsible or _first(people, _CONTACT_DUTIES), "phone": _first(people, _PHONE_DUTIES),
            "approver": _first(people, ("校长",)),
        }  # fmt: skip
        if stage == FIRST:
            return FirstNotice.model_validate(shared)
        first = case.latest_paper(PAPER_OF[FIRST])
        if first is None or first.served_on is None:
            todo = f"先登记送达，或作废这一份：dropctl case show {case.number}"
            raise Refused("第一次通知书的送达记录已经作废，第二次没有依据", where=case.number, todo=todo)
        return SecondNotice.model_validate(
            shared
            | {
                "outreach": _outreach(case, on),
                "first_number": first.number,
                "first_served_on": first.served_on,
                "first_deadline": notice_deadline(self._plan, self._calendar, first.served_on).due_date,
                "basis": [_basis(statute) for statute in self._owe],
                "report_basis": "、".join(statute.cited for statute in self._report),
            }
        )


def _basis(statute: Statute) -> Basis:
    return Basis(cited=statute.cited, paraphrase=statute.paraphrase)


def _addressee(case: Case, facts: ChildFacts) -> str:
    child = case.name or "学生"
    if facts.guardian is None:
        return f"{child}的家长"
    return f"{facts.guardian}（{child}的{facts.relation or '家长'}）"


def _outreach(case: Case, on: date) -> str:
    """Return what was tried, by kind and day: 于9月3日、9月5日电话联系，9月8日家访."""
    said = []
    for kind, label in CONTACT_KINDS.items():
        days = sorted(
            {one.happened_on for one in case.contacts if one.how == kind and case.since <= one.happened_on <= on}
        )
        if days:
            named = "、".join(f"{day.month}月{day.day}日" for day in days[:_DAYS_NAMED])
            more = f"等{len(days)}次" if len(days) > _DAYS_NAMED else ""
            verb = {"phone": "电话联系", "visit": "上门家访", "message": "用微信短信联系"}.get(kind, label)
            said.append(f"{named}{more}{verb}")
    return "已于" + "，".join(said)


def _first(people: Mapping[str, str], duties: Sequence[str]) -> str | None:
    return next((people[duty] for duty in duties if people.get(duty)), None)


def _some(numbers: Sequence[str]) -> str:
    more = f"等{len(numbers)}个个案" if len(numbers) > _DAYS_NAMED else ""
    return "、".join(numbers[:_DAYS_NAMED]) + more
