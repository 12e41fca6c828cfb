"""The words of a monthly report: figures and lists of one month as the typed context of its paper."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.monthly_report import (
    Bar,
    CaseRow,
    Difference,
    GradeRow,
    MonthlyReport,
    PupilRow,
    Reading,
    SilentRow,
    ZeroReport,
)
from dropctl.figures import Line, MonthFigures
from dropctl.figures.comparing import CHANGES, Comparison
from dropctl.figures.facts import CaseLine, ClassDays, MonthFacts
from dropctl.figures.marks import marks_on
from dropctl.figures.places import attends
from dropctl.ledger import Event
from dropctl.ledger.cases import counted_on, standing
from dropctl.ledger.events import KINDS
from dropctl.policy.case_state import Case, counts_as_served, in_reading_order
from dropctl.policy.plan import Plan
from dropctl.procedures.month_facts import GatheredMonth
from dropctl.school_calendar import add_months
from dropctl.vocabulary import CASE_STATES, CONTACT_KINDS, CONTACT_RESULTS, MARKS, grade_label

BY_GRADE = ("Z01", "Z02", "Z03", "Z04", "Z05", "Z06", "Z07", "Z08", "Z09", "Z10", "Z11")
_STAGES = (("小学", "123456"), ("初中", "789"))
_CLASSES_NAMED = 6
_COMPARED = (*BY_GRADE, "Z26")
_READ_CLAUSES = ("一", "三.2")
_DUTIES = {
    "registrar": ("学籍管理员", "填表人"),
    "reviewer": ("审核人", "分管副校长", "教务主任"),
    "principal": ("校长",),
    "phone": ("联系电话", "电话"),
}


def by_grade(figures: MonthFigures) -> list[tuple[str, Mapping[str, int]]]:
    """Return the figures of BY_GRADE per grade, for 小学 and 初中 where there are both, and as 合计."""
    lists = {figure: figures[figure].lines for figure in BY_GRADE}
    grades = sorted({line.who.grade for lines in lists.values() for line in lines}, key=lambda grade: grade or "~")

    def row(label: str, wanted: Collection[str | None]) -> tuple[str, Mapping[str, int]]:
        return label, {figure: _sum(lists[figure], wanted) for figure in BY_GRADE}

    rows = [row(grade_label(grade) or "年级不明", [grade]) for grade in grades]
    stages = [row(label, [grade for grade in grades if grade and grade in numbers]) for label, numbers in _STAGES]
    both = all(z["Z01"] or z["Z10"] for _, z in stages)
    return [*rows, *(stages if both else ()), row("合计", grades)]


def _sum(lines: Iterable[Line], grades: Collection[str | None]) -> int:
    return sum(line.amount for line in lines if line.who.grade in grades)


def report_context(
    gathered: GatheredMonth, figures: MonthFigures, comparison: Comparison | None, cases: Sequence[CaseLine], *,
    addressee: str, people: Mapping[str, str], reported_on: date, correction: str, remarks: str | None,
) -> ZeroReport:  # fmt: skip
    """Return the context of the report: a ZeroReport where nobody was marked in the month, else a MonthlyReport."""
    facts = gathered.facts
    z = {one.id: one.value for one in figures.figures}
    waiting, silent = split_waiting(gathered, figures)
    lately = [line for line in figures["Z09"].lines if line.child in truants(facts)]
    stages = {
        label: {figure: _sum(figures[figure].lines, numbers) for figure in BY_GRADE} for label, numbers in _STAGES
    }
    common: dict[str, Any] = {
        "school": gathered.school, "addressee": addressee, "month": facts.month.label, "cutoff": facts.month.last,
        "reported_on": reported_on, "roster_day": gathered.roster_day, "last_school_day": facts.last_school_day,
        "correction": correction, "vacation": gathered.is_vacation, "z": z, "primary": stages["小学"],
        "junior": stages["初中"], "chart": tuple(_bars(figures)),
        "grades": tuple(GradeRow(label=label, z=values) for label, values in by_grade(figures)),
        "absent_lately": len(lately), "named_waiting": z["Z08"] - len(silent), "silent_pupils": len(silent),
        "unreported": _some([group.class_name for group in gathered.unreported]),
        "cases": tuple(CaseRow.model_validate(asdict(line)) for line in cases),
        "waiting": tuple(_pupil(line, figures[figure].label) for figure, line in _marked_without_case(figures, cases))
        + tuple(_pupil(line, "待核实") for line in waiting)
        + tuple(_pupil(line, "在校（有籍）") for line in lately),
        "silent": tuple(silent_row(group) for group in gathered.unreported),
        "readings": tuple(readings(gathered.plan)), "compared": comparison is not None,
        "before_month": facts.month.before.label, "comparison": said_of(comparison) if comparison else "",
        "remarks": remarks, **{field: _first(people, duties) for field, duties in _DUTIES.items()},
    }  # fmt: skip
    if figures.is_zero:
        return ZeroReport.model_validate(common)
    opening = facts.opening
    label = opening.month.label
    source = f"为{label}报告的期末数" if opening.issued_on else f"按{label}末的台账（{label}没有报出月报）"
    return MonthlyReport.model_validate(
        common
        | {
            "opening": source,
            "overdue_marks": len(overdue_marks(facts, gathered.plan)),
            "differences": tuple(differences(comparison)) if comparison else (),
        }
    )


def _marked_without_case(figures: MonthFigures, cases: Sequence[CaseLine]) -> list[tuple[str, Line]]:
    """Return the marked children, with their figure, whom the list of cases does not name."""
    named = {case.number for case in cases}
    return [(figure, line) for figure in ("Z02", "Z03") for line in figures[figure].lines if line.case not in named]


def truants(facts: MonthFacts) -> set[str]:
    """Return the children who were absent without reason on the last school day, below the mark."""
    return {child.child for child in facts.registered if child.missed}


def split_waiting(gathered: GatheredMonth, figures: MonthFigures) -> tuple[list[Line], list[Line]]:
    """Return the children of Z08 without a case: those to be named one by one, and those whose class said nothing."""
    children = {child.child: child for child in gathered.facts.registered}
    named: list[Line] = []
    silent: list[Line] = []
    for line in figures["Z08"].lines:
        if line.case is None:
            child = children[line.child or ""]
            alone = child.run or (child.claimed and not child.seen) or not child.silent
            (named if alone else silent).append(line)
    return named, silent


def overdue_marks(facts: MonthFacts, plan: Plan) -> list[str]:
    """Return the suspected children whose mark is older than the plan's month at the cut-off (三.2).

    A child in school whom only the registry still calls suspected is none: its mark is to be corrected.
    """
    months, cutoff = plan.value("dropout_after"), facts.month.last
    there = marked_in_school(facts)
    return [
        child
        for child, change in marks_on(facts.changes, cutoff).items()
        if change.after == "suspected"
        and child not in there
        and add_months(change.day, months) + timedelta(days=1) <= cutoff
    ]


def marked_in_school(facts: MonthFacts) -> set[str]:
    """Return the children whom the registry marks, without an open case, and whose class counts them as there."""
    open_cases = {case.child for case in facts.cases.values() if case.is_open}
    marks = marks_on(facts.changes, facts.month.last)
    return {
        one.child
        for one in facts.registered
        if one.child in marks and one.child not in open_cases and marks[one.child].cause == "registry" and attends(one)
    }


def _bars(figures: MonthFigures) -> list[Bar]:
    """Return a bar per grade; none where nobody is away or in doubt."""
    bars = [
        Bar(label=label, dropout=z["Z02"], suspected=z["Z03"], waiting=z["Z08"],
            grounds=z["Z04"] + z["Z05"] + z["Z07"], gone=z["Z06"])
        for label, z in by_grade(figures)
        if label not in ("小学", "初中", "合计")
    ]  # fmt: skip
    away = any(bar.dropout + bar.suspected + bar.waiting + bar.grounds + bar.gone for bar in bars)
    return bars if away else []


def _pupil(line: Line, place: str) -> PupilRow:
    return PupilRow(class_name=line.who.class_name, name=line.who.name, place=place, why=line.why)


def silent_row(group: ClassDays) -> SilentRow:
    """Return a class with unreported days as a row."""
    whole = len(group.unreported) == group.school_days
    days = "全月没有上报" if whole else days_by_month(group.unreported)
    return SilentRow(class_name=group.class_name, pupils=group.pupils, school_days=group.school_days,
                     missing=len(group.unreported), days=days)  # fmt: skip


def days_by_month(days: Iterable[date]) -> str:
    """Return days as a person writes them: 10月9、10日."""
    months = groupby(days, key=lambda day: (day.year, day.month))
    return "；".join(f"{month}月{'、'.join(str(day.day) for day in found)}日" for (_, month), found in months)


def case_lines(facts: MonthFacts, events: Sequence[Event]) -> list[CaseLine]:
    """Return every case that was open at the cut-off, or in which something happened in the month."""
    month = facts.month
    happened: dict[str, list[Event]] = {}
    for event in standing(events):
        if month.first <= counted_on(event) <= month.last:
            for number in event.facts.get("cases") or (event.subject,):
                happened.setdefault(number, []).append(event)
    shown = [case for case in facts.cases.values() if case.is_open or case.number in happened]
    return [_case(case, happened.get(case.number, ())) for case in in_reading_order(shown)]


def _case(case: Case, events: Sequence[Event]) -> CaseLine:
    mark = MARKS[case.mark]
    if case.mark_on:
        mark = f"{mark}，{case.mark_on}起" + ("" if case.mark_source == "registry" else "（推算）")
    return CaseLine(
        case.number, case.name, case.class_name, case.absent_since, mark, CASE_STATES[case.state], case.responsible,
        _happened(events) or "没有新的记录",
    )  # fmt: skip


_TOLD = {
    "case_opened", "contacted", "number_issued", "served", "marked", "return_reported", "return_confirmed",
    "return_broken", "plan_confirmed", "closed", "reopened", "assigned",
}  # fmt: skip


def _happened(events: Sequence[Event]) -> str:
    """Return what happened, day by day."""
    said = []
    for event in sorted((event for event in events if event.kind in _TOLD), key=lambda one: (counted_on(one), one.seq)):
        word = KINDS[event.kind]
        if event.kind == "contacted":
            word = f"{CONTACT_KINDS[event.facts['how']]}（{CONTACT_RESULTS[event.facts['result']]}）"
        elif event.kind == "number_issued":
            word = f"发出{PAPER_BY_NAME[event.facts['paper']].label}"
        elif event.kind == "served" and not counts_as_served(event.facts["how"], event.facts["receipt"]):
            word = "文书未送达"
        day = counted_on(event)
        if event.kind == "case_opened" and event.happened_on != day:
            # The mark counts from its own day, the case exists since somebody looked.
            said.append(f"{day.month}月{day.day}日到标注程度")
            day = event.happened_on
        said.append(f"{day.month}月{day.day}日{word}")
    return "；".join(said)


def readings(plan: Plan) -> list[Reading]:
    """Return the readings that the figures rest on."""
    return [
        Reading(id=one.id, clause=one.clause or "", text=one.text)
        for one in plan.assumptions
        if one.clause in _READ_CLAUSES
    ]


def differences(comparison: Comparison) -> list[Difference]:
    """Return the figures of stock that differ from last month's, each with why."""
    return [
        Difference(label=one.label, before=one.before, redefined=one.redefined, corrected=one.corrected,
                   changed=one.changed, after=one.after)
        for one in comparison.figures
        if one.id in _COMPARED and one.differs
    ]  # fmt: skip


def said_of(comparison: Comparison) -> str:
    """Return in one sentence how many children changed their place and why, and whether definitions changed."""
    counts = {kind: sum(one.kind == kind for one in comparison.children) for kind in CHANGES}
    said = "，".join(f"{CHANGES[kind]}{count}人" for kind, count in counts.items() if count)
    sentence = f"{said}。" if said else "没有学生的情况有变化。"
    if comparison.plan_changed:
        sentence += "上月报告以后方案的数字有改动，由此引起的变化列为口径变化。"
    if comparison.redefined:
        sentence += f"{'、'.join(comparison.redefined)}的定义有改动。"
    return sentence


def _some(names: Sequence[str]) -> str:
    more = f"等{len(names)}个班" if len(names) > _CLASSES_NAMED else ""
    return "、".join(names[:_CLASSES_NAMED]) + more


def _first(people: Mapping[str, str], duties: Sequence[str]) -> str | None:
    return next((people[duty] for duty in duties if people.get(duty)), None)
