"""Each rule by its examples (tests/plan): facts in, findings out; no number changes without an example failing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import HEADINGS, Child, School, id_number

from dropctl.findings import Finding
from dropctl.policy.attendance import attendance_of
from dropctl.policy.plan import Plan, parse_plan
from dropctl.policy.rules.attendance import attendance
from dropctl.policy.rules.disabled_children import disabled_children
from dropctl.policy.rules.home_teaching import Span, home_teaching
from dropctl.policy.rules.placements import PlacementFacts, placements
from dropctl.policy.rules.registration import registration
from dropctl.policy.rules.return_check import return_check
from dropctl.policy.rules.roster_marks import roster_marks
from dropctl.policy.rules.transferring import transferring
from dropctl.policy.rules.whereabouts import whereabouts
from dropctl.resources import load_plan
from dropctl.school_calendar import SchoolCalendar, Term

FILES = sorted((Path(__file__).parent / "plan").glob("*.toml"))
TERM_START = {
    "return_check": return_check,
    "registration": registration,
    "roster_marks": roster_marks,
    "transferring": transferring,
    "whereabouts": whereabouts,
}
PLAN = parse_plan(load_plan("yixian-2025"))
# Numbers with their limits in other tests (`test_deadlines`, `test_term_start`, `test_transfers`), and those of a case.
ELSEWHERE = {
    "return_report", "brake_school_percent", "brake_least", "brake_class_size", "return_watch", "dropout_warning",
    "dropout_last_warning", "township_retry", "township_answer",
    "first_contact", "responsible_named", "first_notice", "notice_deadline", "second_notice", "report_after_notice",
    "forward_report",
    "unreachable_attempts", "unreachable_span", "report_day", "return_plan", "case_confirm_closing",
    "case_expiry_notice", "assistance_reply",
}  # fmt: skip
# The examples have ten pupils: a share moves by more than one of them.
STEPS = {"outdated_percent": 11}
Told = list[tuple[str, str, date | None]]


def documents() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in FILES:
        yield path.stem, tomllib.loads(path.read_text(encoding="utf-8"))


EXAMPLES = [(name, document, example) for name, document in documents() for example in document["examples"]]


def changed(key: str, by: int) -> Plan:
    """The plan with one number moved."""
    one = PLAN.parameters[key]
    return replace(PLAN, parameters={**PLAN.parameters, key: replace(one, value=one.value + by * STEPS.get(key, 1))})


def found(document: Mapping[str, Any], example: Mapping[str, Any], plan: Plan) -> Told:
    """What the rule says about the facts, as (kind, child or class, date), sorted."""
    rule = document["rule"]
    if rule == "home_teaching":
        return _home_teaching(example, plan)
    if rule == "placements":
        return _placements(example, plan)
    if rule == "disabled_children":
        return _disabled_children(example, plan)
    lines: list[Finding] = _attendance(example, plan) if rule == "attendance" else _term_start(rule, example, plan)
    kinds = example.get("kinds", document.get("kinds"))
    return sorted(
        (line.kind, line.name or line.class_name or "", line.due_date)
        for line in lines
        if line.kind != "absence_unreported" and (kinds is None or line.kind in kinds)
    )


def expected(example: Mapping[str, Any]) -> Told:
    told = []
    for entry in example["expect"]:
        kind, *rest = entry
        name = next((part for part in rest if isinstance(part, str)), "张三" if "marks" in example else "")
        told.append((kind, name, next((part for part in rest if isinstance(part, date)), None)))
    return sorted(told)


def _school(example: Mapping[str, Any]) -> School:
    school = School(as_of=example["as_of"])
    children = [
        Child(name, room, sequence=number, born=(rest or ["20130501"])[0])
        for name, room, number, *rest in example.get("enrolled", [["张三", "七年级1班", 1]])
    ]
    school.enrolled(*children)
    for entry in example.get("lists", ()):
        school.list_of(entry["class"], entry["marks"], entry["day"])
    rows = [
        [f"H{number}", name, id_number(born, number), "之子", kind, "", "初中"]
        for name, number, born, kind in example.get("poverty", ())
    ]
    moves = [
        [name, id_number("20130501", number), "某某学校", "外县学校", applied, finished, state]
        for name, number, applied, finished, state in example.get("transfers", ())
    ]
    if moves:
        headings = ("姓名", "身份证号", "转出学校", "转入学校", "申请日期", "办结日期", "办理状态")
        school.sheet("转学登记.xlsx", "转学登记", headings, moves)
    return school.poverty(*rows) if rows else school


def _term_start(rule: str, example: Mapping[str, Any], plan: Plan) -> list[Finding]:
    return TERM_START[rule](_school(example).evidence(plan))


def _home_teaching(example: Mapping[str, Any], plan: Plan) -> Told:
    calendar = SchoolCalendar((Term("本学期", date(2025, 9, 1), date(2026, 1, 30)),))
    span = Span(*example.get("span", (None, None)))
    weeks = home_teaching([span], example["visits"], plan, calendar, date(2025, 9, 1), example["as_of"])
    return [("short", "", week.monday) for week in weeks if week.is_short]


def _disabled_children(example: Mapping[str, Any], plan: Plan) -> Told:
    child = Child("张三", sequence=1, status=example.get("status", "在读"))
    mark = "智力残疾" if example.get("marked", True) else ""
    columns, cells = ["残疾类型"], [mark]
    if "inclusive" in example:
        columns, cells = [*columns, "随班就读"], [*cells, example["inclusive"]]
    others = [Child(f"同学{name}", sequence=number) for number, name in enumerate("甲乙丙丁", start=11)]
    rows = [[*child.row(), *cells], *([*other.row(), *("" for _ in cells)] for other in others)]
    school = School().sheet("学籍名册.xlsx", "某某学校学生花名册", (*HEADINGS, *columns), rows)
    school.list_of("七年级1班", {"张三": example["present"], **{other.name: "是" for other in others}})
    if "approval" in example:
        ground, number = example["approval"]
        headings = ("姓名", "身份证号", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期", "评估编号")
        paper = [child.name, child.id, ground, "1号", "某县教育局", "2025-09-01", "2026-07-01", number]
        school.sheet("审批登记.xlsx", "审批登记", headings, [paper])
    if example.get("listed"):
        school.disability(["李四", f"{id_number(sequence=801)}41", "肢体残疾", "一级"])
    return sorted((gap.kind, "", None) for gap in disabled_children(school.evidence(plan)))


def _placements(example: Mapping[str, Any], plan: Plan) -> Told:
    facts = {key: value for key, value in example.items() if key not in ("name", "kinds", "expect")}
    ways = placements(PlacementFacts(**facts), plan)
    allowed = [way for way in ways if way.allowed and way.code in example["kinds"]]
    return sorted((way.code, "建议" if way.suggested else "", None) for way in allowed)


def _attendance(example: Mapping[str, Any], plan: Plan) -> list[Finding]:
    school = _school(example)
    calendar = SchoolCalendar((Term("本学期", school.opening, None),))
    rows = []
    days = calendar.school_days(example["first"], date(2026, 1, 30))
    for day, mark in zip(days, example["marks"], strict=False):
        name, leave = {"√": ("无", ""), "×": ("张三", "否"), "○": ("张三", "是"), "?": (None, "")}[mark]
        if name is not None:
            rows.append([day.isoformat(), "七年级1班", name, leave])
    school.sheet("缺勤.xlsx", "缺勤登记", ("日期", "班级", "姓名", "是否请假"), rows)
    evidence = school.evidence(plan)
    return attendance(evidence, attendance_of(evidence, school.absences()))


@pytest.mark.parametrize(
    ("document", "example"), [(d, e) for _, d, e in EXAMPLES], ids=[f"{n}-{e['name']}" for n, _, e in EXAMPLES]
)
def test_the_rule_says_what_its_example_says(document: Mapping[str, Any], example: Mapping[str, Any]) -> None:
    assert found(document, example, PLAN) == expected(example)


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize(
    ("document", "key"), [(document, key) for _, document in documents() for key in document["numbers"]]
)
def test_no_number_changes_without_an_example_failing(document: Mapping[str, Any], key: str, by: int) -> None:
    plan = changed(key, by)
    assert any(found(document, example, plan) != expected(example) for example in document["examples"])


def test_every_rule_has_examples_for_and_against() -> None:
    for clause in PLAN.clauses:
        for rule in clause.rule:
            own = [document for _, document in documents() if document["rule"] == rule]
            assert own, rule
            assert {document["clause"] for document in own} == {clause.id}
            told = [bool(example["expect"]) for document in own for example in document["examples"]]
            assert {True, False} == set(told), rule


def test_every_number_has_examples_or_is_known_to_be_used_elsewhere() -> None:
    covered = {key for _, document in documents() for key in document["numbers"]}
    assert not covered & ELSEWHERE
    assert covered | ELSEWHERE == set(PLAN.parameters)
