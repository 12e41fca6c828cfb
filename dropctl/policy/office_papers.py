"""When a paper between offices is due (三.3, 三.5, CONTRACT §8): pure functions over a case and the calendar.

A second notice never delays the report; a child in danger waits for no deadline. Who may issue what is the
catalogue's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dropctl.policy.case_state import Case
from dropctl.policy.deadlines import bureau_report, due_on, notice_deadline, township_notice
from dropctl.policy.paper_names import FIRST_NOTICE
from dropctl.policy.plan import Plan
from dropctl.school_calendar import DueDate, SchoolCalendar, SchoolDayUnknown
from dropctl.vocabulary import CASE_STATES

REFUSED, UNREACHABLE, DANGER = "refused", "unreachable", "danger"
# Where a child went → the paper that passes it on (三.3).
HANDOVERS: Mapping[str, str] = {
    "same_city": "handover-city",
    "same_province": "handover-province",
    "other_province": "assistance-request",
}


@dataclass(frozen=True, slots=True)
class PaperStep:
    """Whether a paper is due in a case. `reason` says why or why not, without a full stop; `basis` why it is written.

    `due`: by when it has to be out, None where the plan sets no day or it is not due.
    """

    is_due: bool
    reason: str
    due: DueDate | None = None
    basis: str = ""


def report_step(case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date) -> PaperStep:
    """Return whether the school has to report a case to the bureau: danger, nobody reached, or a deadline passed."""
    if (waiting := _not_now(case)) is not None:
        return waiting
    if "danger" in case.causes:
        return PaperStep(True, "涉及人身安全：先强制报告，再报县教育局", due_on(calendar, case.opened_on), DANGER)
    since = unreachable_since(case, plan, calendar)
    if since is not None and since <= as_of:
        return PaperStep(True, f"到{since}多次联系不上", due_on(calendar, since), UNREACHABLE)
    first = case.latest_paper(FIRST_NOTICE)
    if first is None:
        attempts, days = plan.value("unreachable_attempts"), plan.value("unreachable_span")
        return PaperStep(False, f"第一次劝返通知书还没有发出，也没有在{days}个上课日里{attempts}次联系不上")
    if first.served_on is None:
        return PaperStep(False, f"第一次劝返通知书（{first.number}）还没有登记送达")
    ends = notice_deadline(plan, calendar, first.served_on)
    if not ends.certain:
        return PaperStep(False, f"第一次通知书{first.served_on}送达，期限待定（校历不全）")
    due = bureau_report(plan, calendar, ends.due_date)
    if as_of <= ends.due_date:
        return PaperStep(False, f"第一次通知书的期限到{ends.due_date}，期满未返校的{due.due_date}报告", due)
    return PaperStep(True, f"第一次通知书的期限{ends.due_date}已过，孩子仍未返校", due, REFUSED)


def unreachable_since(case: Case, plan: Plan, calendar: SchoolCalendar) -> date | None:
    """Return the day on which the failed contacts since the last success became enough, on enough school days."""
    attempts, days, since = 0, set[date](), None
    # What was tried before a case was opened again belongs to what was closed.
    own = [one for one in case.contacts if case.reopened_on is None or one.happened_on >= case.reopened_on]
    for contact in sorted(own, key=lambda one: (one.happened_on, one.event)):
        if contact.result != "not_reached":
            attempts, days, since = 0, set(), None
            continue
        attempts += 1
        if _is_school_day(calendar, contact.happened_on):
            days.add(contact.happened_on)
        if attempts >= plan.value("unreachable_attempts") and len(days) >= plan.value("unreachable_span"):
            since = since or contact.happened_on
    return since


def _is_school_day(calendar: SchoolCalendar, day: date) -> bool:
    try:
        return calendar.is_school_day(day)
    except SchoolDayUnknown:
        return False


def forward_step(case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date) -> PaperStep:
    """Return whether the bureau has to write to township and government: from the day after the report arrived."""
    if (waiting := _not_now(case)) is not None:
        return waiting
    if case.report_on is None or (case.reopened_on is not None and case.report_on < case.reopened_on):
        todo = f"用 dropctl letters arrived {case.number} --on 日期 --number 编号 登记"
        return PaperStep(False, f"还没有登记学校报告到达，{todo}")
    due = township_notice(plan, calendar, case.report_on)
    if as_of <= case.report_on:
        return PaperStep(False, f"学校报告{case.report_on}才到，{due.due_date}发文", due)
    return PaperStep(True, f"学校报告{case.report_on}到达", due)


def handover_step(case: Case, kind: str) -> PaperStep:
    """Return whether a case belongs on the list `kind` (a value of HANDOVERS): verified, with the place it went to."""
    if (waiting := _not_now(case)) is not None:
        return waiting
    if HANDOVERS.get(case.whereabouts) != kind:
        return PaperStep(False, "核实到的去向不属于这一种，用 dropctl case route 查看和登记")
    if not case.place:
        return PaperStep(False, "没有登记具体去向，用 dropctl case route --place 登记到市、县和地址")
    if case.whereabouts == "other_province" and not case.unwilling:
        said = "愿意返回的由学校安排复学" if case.unwilling is False else "还没有问明是否愿意返回"
        return PaperStep(False, f"流入省外、不愿返回就学的才去函；{said}，用 dropctl case route 登记")
    return PaperStep(True, "去向已核实")


def _not_now(case: Case) -> PaperStep | None:
    if case.state != "open":
        return PaperStep(False, f"个案{CASE_STATES[case.state]}")
    if case.gone_on is not None:
        return PaperStep(False, f"{case.gone_on}起名单上不再是未到校（{case.gone_now}），先核实是否已经返校")
    return None
