"""What is due, for whom, under which clause: plain functions over folded cases, runs and papers.

A deadline of the plan keeps its own date (`plan_date`) beside the last school day not after it (`due_date`,
CONTRACT §5). `set_by` says who set it: the plan, or dropctl where the plan names no number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dropctl.policy.assistance import Letter, answer_due
from dropctl.policy.case_state import Case
from dropctl.policy.deadlines import due_on, monthly_report
from dropctl.policy.plan import Plan
from dropctl.policy.rules.home_teaching import Week
from dropctl.school_calendar import SchoolCalendar, SchoolDayUnknown, Term, add_months, due_after
from dropctl.vocabulary import STATUS_BY_LABEL

REGISTRAR, PRINCIPAL, TEACHER, BUREAU = "学籍管理员", "校长", "班主任", "县教育局教育股"
# Kind of item → what is to be done, in the words of the table.
KINDS: dict[str, str] = {
    "return_check": "对照学籍逐一核对返校",
    "roster_check": "核对学籍与实际在校学生",
    "return_report": "书面报送返校情况摸排",
    "special_match": "名册与脱贫监测、残疾信息比对标注",
    "first_contact": "第一次联系学生和监护人",
    "responsible": "指定专人负责",
    "day_five": "第五天未到报学籍管理员",
    "mark_registry": "在学籍系统标注疑似辍学",
    "dropout_near": "即将转为辍学，抓紧劝返",
    "check_dropout": "核对学籍系统是否已标注辍学",
    "first_notice": "发第一次劝返通知书",
    "second_notice": "发第二次劝返通知书",
    "serve": "送达劝返通知书并登记",
    "report_bureau": "书面报告县教育局",
    "forward": "通报乡镇，书面报告县人民政府",
    "try_again": "已交乡镇，再次联系劝返",
    "confirm_return": "用考勤证实返校",
    "return_plan": "制定一人一案",
    "confirm_closing": "请确认销案",
    "change_status": "在学籍系统中更改学籍状态",
    "ground_papers": "补齐休学、请假等的审批材料",
    "transfer": "办结转学的学籍转接",
    "register": "补录学籍",
    "assessment": "残疾儿童不在校，提请专家委员会评估",
    "placement": "残疾儿童的安置方式没有写明",
    "home_visit": "送教上门",
    "letter": "答复协查函",
    "letter_close": "协查函办结",
    "monthly_report": "报送控辍保学月报",
    "expiry": "休学、延缓等期满，办理复学或续批",
    "review": "复核已销个案",
}
# The duties of a term that a person ticks off; the others are seen in what was reconciled.
TICKED = ("return_report", "day_five")
_WEEKS_NAMED = 4
_EXPIRING = ("休学", "延缓入学", "不具备学习能力")


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing to be done. `due_date` None: the plan says 及时 and names no day, so it is never overdue."""

    kind: str
    clause: str
    who: str
    plan_date: date | None
    due_date: date | None
    set_by: str
    case: str | None = None
    child: str | None = None
    name: str | None = None
    note: str | None = None
    certain: bool = True  # False: the calendar does not reach so far (待定)

    def overdue_days(self, as_of: date) -> int:
        """Return by how many days the item is overdue on `as_of`, 0 when it is not."""
        return 0 if self.due_date is None else max(0, (as_of - self.due_date).days)


@dataclass(frozen=True, slots=True)
class RunSeen:
    """One recorded reconciliation: the opening day of its term, what it read, how many classes had reported."""

    opening: date
    registers: frozenset[str]
    classes: int
    reported: int
    unknown: int

    @property
    def complete(self) -> bool:
        """Whether every class had reported and nobody's return was unknown."""
        return 0 < self.classes == self.reported and self.unknown == 0


@dataclass(frozen=True, slots=True)
class Expiry:
    """A recorded approval that ends: whose, what kind, until when, and the registry's status of the child."""

    name: str | None
    child: str | None
    ground: str
    ends: date
    status: str | None


def in_order(items: Iterable[DueItem], poor: Collection[str] = ()) -> list[DueItem]:
    """Return the items as they are shown: children of poor households first (三.7), then the oldest deadline.

    `poor`: the numbers of their cases.
    """

    def order(item: DueItem) -> tuple[object, ...]:
        return (item.case not in poor, item.due_date or date.max, item.case or "", item.child or "", item.kind)

    return sorted(items, key=order)


def case_items(case: Case, plan: Plan, calendar: SchoolCalendar, as_of: date) -> list[DueItem]:
    """Return what is due in one case (三.2, 三.5)."""
    found: list[DueItem] = []

    def add(kind: str, parameter: str, start: date, *, who: str | None = None, note: str | None = None) -> None:
        rule = plan.parameters[parameter]
        due = plan.due(parameter, calendar, start)
        whom = who or case.responsible or REGISTRAR
        found.append(
            DueItem(kind, rule.clause, whom, due.plan_date, due.due_date, rule.set_by, case.number, case.child,
                    case.name, note, due.certain)
        )  # fmt: skip

    if not case.is_open:
        notice = timedelta(days=plan.value("case_expiry_notice"))
        if case.review_on is not None and as_of >= case.review_on - notice:
            due = due_on(calendar, case.review_on)
            found.append(
                DueItem("review", "三.5", case.responsible or REGISTRAR, due.plan_date, due.due_date, "dropctl",
                        case.number, case.child, case.name, "情况有变的重新立案", due.certain)
            )  # fmt: skip
        return found
    if case.responsible is None and case.state != "returned":
        add("responsible", "responsible_named", case.opened_on, who=PRINCIPAL)
    if not case.contacts and case.state == "open":
        add("first_contact", "first_contact", case.opened_on, who=case.responsible or TEACHER)
    if case.state == "return_reported" and case.return_on is not None:
        found.append(_confirmation(case, plan, calendar, case.return_on))
    if case.return_on is not None and case.placement is None:
        add("return_plan", "return_plan", case.return_on)
    if case.state == "returned" and case.returned_on is not None:
        add("confirm_closing", "case_confirm_closing", case.returned_on, note="考勤已证实复学")
        status = STATUS_BY_LABEL.get(case.status or "")
        if status is not None and status.conflict:
            add("change_status", "case_confirm_closing", case.returned_on, who=REGISTRAR,
                note=f"名册上还是“{status.label}”")  # fmt: skip
    elif case.state == "open" and case.gone_on is not None:
        add("confirm_closing", "case_confirm_closing", case.gone_on, note=case.gone_now)
    return found


def _confirmation(case: Case, plan: Plan, calendar: SchoolCalendar, returned: date) -> DueItem:
    """Return the item of a reported return: due on the last of the attended school days that make it true."""
    rule = plan.parameters["return_confirmed"]
    try:
        first = calendar.next_school_day(returned)
        day, certain = calendar.add_school_days(first, rule.value - 1), True
    except SchoolDayUnknown:
        due = due_after(calendar, returned, school_days=rule.value - 1)
        day, certain = due.due_date, False
    return DueItem(
        "confirm_return", rule.clause, case.responsible or TEACHER, day, day, rule.set_by, case.number, case.child,
        case.name, f"{returned}报返校，连续到校{rule.value}个上课日才算", certain,
    )  # fmt: skip


def term_items(
    term: Term, runs: Sequence[RunSeen], ticked: Collection[str], plan: Plan, calendar: SchoolCalendar
) -> list[DueItem]:
    """Return the duties of the term's opening that are not done yet (三.1, 三.5).

    Done is what a reconciliation shows: all classes reported; poverty and disability lists read. `ticked` are the
    duties a person reported as done.
    """
    own = [run for run in runs if run.opening == term.opening]
    checked = any(run.complete for run in own)
    done = {
        "return_check": checked,
        "roster_check": checked,
        "return_report": False,
        "special_match": any({"poverty", "disability"} <= run.registers for run in own),
    }
    whose = {"return_check": f"{TEACHER}、{REGISTRAR}", "return_report": PRINCIPAL}
    latest = own[-1] if own else None
    found = []
    for kind, is_done in done.items():
        if is_done or kind in ticked:
            continue
        rule, due = plan.parameters[kind], plan.due(kind, calendar, term.opening)
        note = None
        if kind in ("return_check", "roster_check"):
            note = "还没有核对过" if latest is None else f"{latest.classes}个班中报了{latest.reported}个"
            if latest is not None and latest.unknown:
                note += f"，{latest.unknown}人不明"
        found.append(
            DueItem(kind, rule.clause, whose.get(kind, REGISTRAR), due.plan_date, due.due_date, rule.set_by,
                    note=note, certain=due.certain)
        )  # fmt: skip
    return found


def task_items(tasks: Iterable[tuple[str, str, date | None]], names: Mapping[str, str | None]) -> list[DueItem]:
    """Return what the last reconciliation left to be put right on paper: (finding kind or gap, child, due date)."""
    words = {
        "unregistered": ("register", "三.2"), "status_conflict": ("change_status", "三.2"),
        "assessment": ("assessment", "三.7"), "placement": ("placement", "三.7"),
        "lawfully_absent": ("ground_papers", "三.5"), "transfer_pending": ("transfer", "三.2"),
    }  # fmt: skip
    found = []
    for kind, child, due in tasks:
        word, clause = words[kind]
        by = "dropctl" if due else "plan"
        found.append(DueItem(word, clause, REGISTRAR, due, due, by, None, child, names.get(child)))
    return found


def visit_items(
    child: str | None, name: str | None, weeks: Sequence[Week], last_visit: date | None, plan: Plan
) -> list[DueItem]:
    """Return what a child taught at home is owed: the visit of the week that passed without one, else of this week.

    A visit made since answers for the weeks before; which ones fell short is told by `home-teaching check`.
    """
    rule = plan.parameters["home_teaching_visits"]
    past = [week for week in weeks if week.over]
    now = next((week for week in weeks if not week.over and week.visits < week.owed), None)
    if past and past[-1].is_short and (last_visit is None or last_visit < past[-1].sunday):
        missed = [week for week in past if week.is_short]
        wanted, note = past[-1], f"本学期{len(missed)}周不足：{_weeks(missed)}"
    elif now is not None:
        wanted, note = now, f"本周已送教{now.visits}次，每周{rule.value}次"
    else:
        return []
    due = wanted.last_school_day
    return [
        DueItem("home_visit", rule.clause, "送教教师", due, due, rule.set_by, None, child, name, note),
    ]


def _weeks(weeks: Sequence[Week]) -> str:
    shown = "、".join(f"{week.monday:%m-%d}周" for week in weeks[-_WEEKS_NAMED:])
    return f"…{shown}" if len(weeks) > _WEEKS_NAMED else shown


def letter_items(letters: Iterable[Letter], plan: Plan, calendar: SchoolCalendar) -> list[DueItem]:
    """Return the incoming letters of assistance that wait for an answer, or to be called done (三.1)."""
    found = []
    for letter in letters:
        said = f"{letter.number} {letter.sender}来函" + (f"（{letter.letter_number}）" if letter.letter_number else "")
        if letter.state == "received":
            due, set_by = answer_due(letter, plan, calendar)
            found.append(
                DueItem("letter", "三.1", letter.handler or REGISTRAR, due.plan_date, due.due_date, set_by, None,
                        letter.child, letter.name, said, due.certain)
            )  # fmt: skip
        elif letter.state == "replied":
            found.append(
                DueItem("letter_close", "三.1", letter.handler or REGISTRAR, None, None, "plan", None, letter.child,
                        letter.name, f"{said}，{letter.replied_on}已复函")
            )  # fmt: skip
    return found


def report_items(
    first_opening: date, reported: Collection[date], plan: Plan, calendar: SchoolCalendar, as_of: date
) -> list[DueItem]:
    """Return the monthly reports that were not issued, of the two months that ended last (一).

    `first_opening`: of the first term known, months before it are not asked for. `reported`: the first days of the
    months that were issued.
    """
    rule, items = plan.parameters["report_day"], []
    for back in (2, 1):
        month = add_months(as_of.replace(day=1), -back)
        if month in reported or add_months(month, 1) <= first_opening:
            continue
        due = monthly_report(plan, calendar, month)
        items.append(
            DueItem("monthly_report", rule.clause, PRINCIPAL, due.plan_date, due.due_date, rule.set_by,
                    note=f"{month.year}年{month.month}月，没有疑似辍学的也要零报告", certain=due.certain)
        )  # fmt: skip
    return items


def expiry_items(expiries: Iterable[Expiry], plan: Plan, calendar: SchoolCalendar, as_of: date) -> list[DueItem]:
    """Return the approvals that end soon or ended lately; one whose child is back (复学) asks for nothing."""
    notice = timedelta(days=plan.value("case_expiry_notice"))
    found = []
    for paper in expiries:
        if paper.ground not in _EXPIRING or paper.status == "复学":
            continue
        if paper.ends - notice <= as_of <= paper.ends + notice:
            due = due_on(calendar, paper.ends)
            found.append(
                DueItem("expiry", "三.2", REGISTRAR, due.plan_date, due.due_date, "dropctl", None, paper.child,
                        paper.name, f"{paper.ground}到{paper.ends}期满", due.certain)
            )  # fmt: skip
    return found
