"""What is due because of a mark and on the ladder (三.2, 三.5): set the mark, watch its date, report, keep trying.

The other items of a case are in `due`; `duties_of` gives all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dropctl.policy.case_state import Case
from dropctl.policy.due import BUREAU, PRINCIPAL, REGISTRAR, TEACHER, DueItem, case_items
from dropctl.policy.notices import RUNG_OF, next_notice
from dropctl.policy.office_papers import PaperStep, forward_step, report_step
from dropctl.policy.paper_names import BUREAU_REPORT, TOWNSHIP_LETTER
from dropctl.policy.plan import Plan
from dropctl.school_calendar import SchoolCalendar, add_months


@dataclass(frozen=True, slots=True)
class FifthDay:
    """A report of the fifth day that the latest scan asked for: whose run, since when, which day the fifth was."""

    child: str
    since: date
    on: date


def duties_of(case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date, *, county: bool = False) -> list[DueItem]:
    """Return everything that is due in one case; `county`: what the bureau has to send on is its own duty."""
    found = case_items(case, plan, calendar, as_of)
    if case.is_open and case.state != "returned":
        found += [*_marking(case, plan), *_dropout(case, plan, as_of), *_again(case, plan, calendar)]
        found += _notice(case, plan, calendar, as_of)
        if not _is_out(case, BUREAU_REPORT, "reported"):
            found += _paper("report_bureau", "report_after_notice", PRINCIPAL, case, plan,
                            report_step(case, plan, calendar, as_of))  # fmt: skip
        if county and not _is_out(case, TOWNSHIP_LETTER, "with_township"):
            found += _paper("forward", "forward_report", BUREAU, case, plan, forward_step(case, plan, calendar, as_of))
    return found


def _is_out(case: Case, paper: str, rung: str) -> bool:
    """Say whether a paper is out in the case as it stands; a rung climbed before a reopening answers nothing."""
    return case.latest_paper(paper) is not None or (case.reopened_on is None and case.has_reached(rung))


def _notice(case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date) -> list[DueItem]:
    """Return the notice to the family that is to be issued, or to be delivered: the plan names no day for that."""
    step = next_notice(case, plan, calendar, as_of)
    who, clause = case.responsible or REGISTRAR, plan.parameters["notice_deadline"].clause
    if step.state == "serve":
        return [DueItem("serve", clause, who, None, None, "plan", case.number, case.child, case.name, step.reason)]
    if step.state != "due" or step.due is None:
        return []
    kind = RUNG_OF[step.stage]
    set_by = plan.parameters[kind].set_by
    return [
        DueItem(kind, clause, who, step.due.plan_date, step.due.due_date, set_by, case.number, case.child, case.name,
                step.reason, step.due.certain)
    ]  # fmt: skip


def _paper(kind: str, parameter: str, who: str, case: Case, plan: Plan, step: PaperStep) -> list[DueItem]:
    """Return the paper between offices that has to be out, as `office_papers` judges it."""
    if not step.is_due or step.due is None:
        return []
    rule = plan.parameters[parameter]
    return [
        DueItem(kind, rule.clause, who, step.due.plan_date, step.due.due_date, rule.set_by, case.number, case.child,
                case.name, step.reason, step.due.certain)
    ]  # fmt: skip


def dropout_date(case: Case, plan: Plan) -> date | None:
    """Return the first day of "more than one month" after the mark of a case (CONTRACT §4); None without a mark.

    A return begun before it holds it back while it is not broken.
    """
    if case.mark != "suspected" or case.mark_on is None:
        return None
    day = add_months(case.mark_on, plan.value("dropout_after")) + timedelta(days=1)
    return None if case.return_on is not None and case.return_on < day else day


def _marking(case: Case, plan: Plan) -> list[DueItem]:
    """Return the mark that the registry does not bear yet: due on the day it fell due (三.2)."""
    if case.mark != "suspected" or case.mark_on is None or case.is_marked_by_registry:
        return []
    rule = plan.parameters["suspect_after"]
    note = f"超过{rule.value}个上课日；标注后用 case mark 登记日期"
    return [_item("mark_registry", rule.clause, REGISTRAR, case.mark_on, rule.set_by, case, note)]


def _dropout(case: Case, plan: Plan, as_of: date) -> list[DueItem]:
    """Return the warning before the dropout date, and after it the check of what the registry made of it."""
    rule, day = plan.parameters["dropout_after"], dropout_date(case, plan)
    if day is None or as_of < day - timedelta(days=plan.value("dropout_warning")):
        return []
    left = (day - as_of).days
    if left > 0:
        last = left <= plan.value("dropout_last_warning")
        note = f"{'最后提醒：' if last else ''}还有{left}天，{day}起超过{rule.value}个月；不复学即转为辍学"
        return [_item("dropout_near", rule.clause, case.responsible or REGISTRAR, day, rule.set_by, case, note)]
    note = f"没有复学的，按方案推算自{day}起转为辍学：先核实是否已到校，再核对学籍系统的标注并登记，继续劝返"
    return [_item("check_dropout", rule.clause, REGISTRAR, day, rule.set_by, case, note)]


def _again(case: Case, plan: Plan, calendar: SchoolCalendar) -> list[DueItem]:
    """Return the next attempt while a case is with the township: 直至复学 (三.5)."""
    if case.rung != "with_township" or case.state != "open" or case.rung_on is None:
        return []
    rule = plan.parameters["township_retry"]
    last = max([case.rung_on, *(contact.happened_on for contact in case.contacts)])
    due = plan.due("township_retry", calendar, last)
    who = "乡镇人民政府"
    note = f"上一次联系或移交是{last}；乡镇和学校都不停止劝返，每次都登记"
    return [
        DueItem("try_again", rule.clause, who, due.plan_date, due.due_date, rule.set_by, case.number, case.child,
                case.name, note, due.certain)
    ]  # fmt: skip


def _item(kind: str, clause: str, who: str, day: date, set_by: str, case: Case, note: str) -> DueItem:
    """Return an item on a day that is never moved (CONTRACT §5: flag and dropout dates)."""
    return DueItem(kind, clause, who, day, day, set_by, case.number, case.child, case.name, note)


def fifth_day_items(
    reports: Iterable[FifthDay], names: Mapping[str, str | None], cases: Mapping[str, Case], plan: Plan
) -> list[DueItem]:
    """Return the reports of the fifth day that are still to be made to the registrar (三.2).

    `cases`: child's number → its open case; the case is named, and the report stays due: it tells the registrar.
    """
    rule = plan.parameters["teacher_report"]
    found = []
    for report in reports:
        case = cases.get(report.child)
        note = f"自{report.since}起无故未到，第{rule.value}个上课日是{report.on}；报了就登记办结"
        found.append(
            DueItem("day_five", rule.clause, TEACHER, report.on, report.on, rule.set_by, case.number if case else None,
                    report.child, names.get(report.child), note)
        )  # fmt: skip
    return found
