"""When a notice to a family is due (三.5, CONTRACT §8), and which days of absence it may name.

Two notices: a plain one after the first contact, a formal one after a visit and after the deadline of the first. What
makes a child gentle to handle stops the formal one; danger stops both. A child whom the lists no longer show as
missing is never written to before somebody has looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dropctl.policy.case_state import Case
from dropctl.policy.deadlines import notice_deadline
from dropctl.policy.plan import Plan
from dropctl.school_calendar import DueDate, SchoolCalendar, SchoolDayUnknown
from dropctl.vocabulary import CASE_STATES, CAUSES

FIRST, SECOND = "first", "second"
STAGES = {FIRST: "第一次", SECOND: "第二次"}
PAPER_OF = {FIRST: "first-notice", SECOND: "second-notice"}
RUNG_OF = {FIRST: "first_notice", SECOND: "second_notice"}
# Statutes the second notice rests on: what guardians owe, and what the school does next. Nothing of orders or fines.
GUARDIANS_OWE = ("S-03", "S-15")
SCHOOL_REPORTS = ("S-16",)
INSTEAD = {
    "danger": "先强制报告：立即向公安机关报案并报告县教育局，确认孩子安全以前不向监护人发文书",
    "pregnancy": "先保护孩子的隐私，由专人与本人和监护人商量就医、请假或休学；疑似受到侵害的立即强制报告",
    "illness": "先帮助办理请假，时间长的申请休学（乡镇人民政府或县教育局批准）",
    "disability": "先请县残疾人教育专家委员会评估，安排随班就读、特教学校或送教上门",
}
_SPANS_NAMED = 6


@dataclass(frozen=True, slots=True)
class NoticeStep:
    """Where a case stands with one notice.

    `state`: due (to be issued), serve (issued, not delivered), waiting, stopped (something else comes first), done.
    `reason` says why in a sentence without a full stop. `since`: the day it became due; `due`: by when it should be
    issued, the deadline set by dropctl where the plan is silent.
    """

    stage: str
    state: str
    reason: str
    since: date | None = None
    due: DueDate | None = None


def next_notice(case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date) -> NoticeStep:
    """Return the step that is next in a case: the first notice until it is delivered, then the second."""
    first = first_notice(case, plan, calendar, as_of)
    return first if first.state != "done" else second_notice(case, plan, calendar, as_of)


def notice_step(stage: str, case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date) -> NoticeStep:
    """Return where a case stands with the notice of a stage, first or second."""
    return (first_notice if stage == FIRST else second_notice)(case, plan, calendar, as_of)


def first_notice(case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date) -> NoticeStep:
    """Return the step of the first notice: due in an open case once anybody tried to reach the family."""
    if (known := _issued(case, FIRST) or _not_now(case, FIRST)) is not None:
        return known
    if "danger" in case.causes:
        return NoticeStep(FIRST, "stopped", _instead(case, ("danger",)))
    days = [contact.happened_on for contact in case.contacts if contact.happened_on >= case.since]
    if not days:
        return NoticeStep(FIRST, "waiting", "还没有登记过联系，先打电话或上门，用 dropctl case log 登记")
    due = plan.due("first_notice", calendar, min(days))
    return NoticeStep(FIRST, "due", f"已联系{len(days)}次，孩子仍未返校", min(days), due)


def second_notice(case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date) -> NoticeStep:
    """Return the step of the second notice: the first served and its deadline past, a visit logged, no return."""
    if (known := _issued(case, SECOND) or _not_now(case, SECOND)) is not None:
        return known
    first = case.latest_paper(PAPER_OF[FIRST])
    if first is None:
        return NoticeStep(SECOND, "waiting", "第一次通知书还没有发出")
    if first.served_on is None:
        return NoticeStep(SECOND, "waiting", f"第一次通知书（{first.number}）还没有登记送达，用 dropctl serve 登记")
    if gentle := case.needs_gentleness:
        return NoticeStep(SECOND, "stopped", _instead(case, gentle))
    ends = notice_deadline(plan, calendar, first.served_on)
    if not ends.certain:
        return NoticeStep(SECOND, "waiting", f"第一次通知书{first.served_on}送达，期限待定（校历不全）")
    if as_of <= ends.due_date:
        return NoticeStep(SECOND, "waiting", f"第一次通知书{first.served_on}送达，期限到{ends.due_date}", ends.due_date)
    visits = [one for one in case.contacts if one.how == "visit" and one.happened_on >= case.since]
    if not visits:
        return NoticeStep(SECOND, "waiting", "还没有家访记录，先上门，用 dropctl case log 登记")
    due = plan.due("second_notice", calendar, ends.due_date)
    return NoticeStep(SECOND, "due", f"第一次通知书期限{ends.due_date}已过，孩子仍未返校", ends.due_date, due)


def _issued(case: Case, stage: str) -> NoticeStep | None:
    paper = case.latest_paper(PAPER_OF[stage])
    if paper is None:
        return None
    said = f"{STAGES[stage]}通知书已于{paper.issued_on}发出（{paper.number}）"
    if paper.served_on is None and case.state == "open":
        return NoticeStep(stage, "serve", f"{said}，等待送达，送达后用 dropctl serve 登记", paper.issued_on)
    return NoticeStep(stage, "done", said if paper.served_on is None else f"{said}，{paper.served_on}送达")


def _not_now(case: Case, stage: str) -> NoticeStep | None:
    if case.state != "open":
        return NoticeStep(stage, "waiting", f"个案{CASE_STATES[case.state]}，不发通知书")
    if case.gone_on is not None:
        return NoticeStep(
            stage, "stopped", f"{case.gone_on}起名单上不再是未到校（{case.gone_now}），先向班主任核实是否已经返校"
        )
    return None


def _instead(case: Case, causes: Sequence[str]) -> str:
    """Return what to do instead of a stern paper, the most urgent first."""
    urgent = sorted(causes, key=list(INSTEAD).index)
    return f"登记的原因有{'、'.join(CAUSES[cause] for cause in urgent)}，不发这份通知书：" + "；".join(
        INSTEAD[cause] for cause in urgent
    )


@dataclass(frozen=True, slots=True)
class AbsenceTold:
    """The absence as a paper may tell it. `days`: school days missed, None where the calendar does not reach.

    `dates`: the stretches of days where there are several: 9月25日至30日、10月9日.

    `dates`: the stretches of days where there are several: 9月25日至30日、10月9日.

    `recorded`: whether attendance lists show each of the days; otherwise they are counted from the calendar.
    """

    first: date
    last: date
    days: int | None
    dates: str
    recorded: bool


def absence_told(since: date, unexcused: Sequence[date], calendar: SchoolCalendar, as_of: date) -> AbsenceTold:
    """Return the days a paper may name: those on record, else every school day since the child was missed."""
    recorded = bool(unexcused)
    try:
        days = sorted(unexcused) if recorded else calendar.school_days(since, as_of)
        spans = _spans(days, calendar)
    except SchoolDayUnknown:
        return AbsenceTold(since, as_of, None, "", False)
    if not days:
        return AbsenceTold(since, as_of, 0, "", False)
    said = "、".join(_span(first, last) for first, last in spans)
    # One stretch is told by its first and last day already; very many are read by nobody.
    return AbsenceTold(days[0], days[-1], len(days), said if 1 < len(spans) <= _SPANS_NAMED else "", recorded)


def _spans(days: Sequence[date], calendar: SchoolCalendar) -> list[tuple[date, date]]:
    """Return first and last day of each stretch of school days that follow each other."""
    spans: list[tuple[date, date]] = []
    for day in days:
        if spans and len(calendar.school_days(spans[-1][1], day)) == 2:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def _span(first: date, last: date) -> str:
    text = f"{first.month}月{first.day}日"
    if last == first:
        return text
    end = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else f"{last.month}月{last.day}日"
    return f"{text}至{end}"
