"""The plan as data: every clause once, carried by a rule or not and why; numbers, readings, laws, other counties."""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dropctl.errors import Refused
from dropctl.policy.county_numbers import county_faults, with_county_numbers
from dropctl.policy.plan import Plan, parse_plan, plan_digest
from dropctl.policy.statutes import parse_statutes
from dropctl.procedures.plans import plan_for
from dropctl.resources import load_plan, load_statutes
from dropctl.workspace import create_workspace, find_workspace

DOCUMENT = load_plan("yixian-2025")
PLAN = parse_plan(DOCUMENT)
RULES = Path(importlib.import_module("dropctl.policy.rules").__file__ or "").parent
# The headings of the county's plan, in its order.
CLAUSES = ["一", "二", "三.1", "三.2", "三.3", "三.4", "三.5", "三.6", "三.7", "三.8", "四.1", "四.2", "四.3"]


def test_every_clause_of_the_plan_stands_once_in_its_order() -> None:
    assert [clause.id for clause in PLAN.clauses] == CLAUSES


def test_every_clause_has_a_rule_or_a_reason_and_not_both() -> None:
    for clause in PLAN.clauses:
        assert bool(clause.rule) != bool(clause.not_automated), clause.id
        assert clause.summary
        assert "\n" not in clause.summary


def test_every_rule_named_exists_and_every_rule_that_exists_is_named_once() -> None:
    named = [rule for clause in PLAN.clauses for rule in clause.rule]
    assert sorted(named) == sorted(path.stem for path in RULES.glob("*.py") if path.stem != "__init__")
    for rule in named:
        assert callable(getattr(importlib.import_module(f"dropctl.policy.rules.{rule}"), rule))


@pytest.mark.parametrize("more", [{"rule": ["x"], "not_automated": "y"}, {}])
def test_a_clause_with_both_or_neither_is_refused(more: dict[str, Any]) -> None:
    entry = {"id": "三.1", "summary": "…", **more}
    with pytest.raises(ValueError, match="exactly one"):
        parse_plan({**DOCUMENT, "clauses": [entry]})


def test_every_number_belongs_to_a_clause_has_a_unit_a_date_and_lies_in_its_range() -> None:
    for one in PLAN.parameters.values():
        assert one.clause in CLAUSES
        assert one.least is not None
        assert one.most is not None
        assert one.least <= one.value <= one.most
        assert one.effective >= date(2025, 1, 3)
    assert {PLAN.value("teacher_report"), PLAN.value("suspect_after")} == {5}


def test_readings_are_numbered_without_a_gap_in_the_text_and_name_a_clause() -> None:
    ids = [reading.id for reading in PLAN.assumptions]
    assert len(set(ids)) == len(ids)
    assert all(reading.clause in CLAUSES for reading in PLAN.assumptions)


def test_a_reading_says_the_number_of_the_county() -> None:
    plan = parse_plan(with_county_numbers(DOCUMENT, {"parameters": {"teacher_report": {"value": 3}}}))
    said = {reading.id: reading.text for reading in plan.assumptions}
    assert said["A-13"].startswith("第3个无故未到的上课日")
    assert not any("{" in text for text in said.values())


def test_the_digest_stands_for_the_content_and_not_for_its_layout() -> None:
    turned = dict(reversed(list(DOCUMENT.items())))
    assert plan_digest(turned) == PLAN.digest
    changed = with_county_numbers(DOCUMENT, {"parameters": {"suspect_after": {"value": 3}}})
    assert parse_plan(changed).digest != PLAN.digest
    assert len(PLAN.digest) == 12


def test_another_county_replaces_numbers_only() -> None:
    county = {"name": "某县方案", "number": "某教〔2026〕1号", "parameters": {
        "suspect_after": {"value": 3, "unit": "school_day", "effective": date(2026, 1, 1)}}}  # fmt: skip
    assert county_faults(DOCUMENT, county) == []
    plan = parse_plan(with_county_numbers(DOCUMENT, county))
    assert (plan.name, plan.value("suspect_after")) == ("某县方案", 3)
    assert plan.parameters["suspect_after"].effective == date(2026, 1, 1)
    assert plan.clauses == PLAN.clauses
    assert PLAN.value("suspect_after") == 5  # the packaged one is untouched


def test_a_number_the_plan_left_open_is_the_county_s_own_once_it_says_so() -> None:
    plan = parse_plan(with_county_numbers(DOCUMENT, {"parameters": {"report_day": {"value": 3}}}))
    assert PLAN.parameters["report_day"].set_by == "dropctl"
    assert plan.parameters["report_day"].set_by == "plan"


@pytest.mark.parametrize(("county", "said"), [
    ({"clauses": []}, "clauses：不认识的项"),
    ({"name": ""}, "name：方案名称应当是文字"),
    ({"parameters": 5}, "parameters：应当是一组"),
    ({"parameters": {"suspect_day": {"value": 3}}}, "parameters.suspect_day：方案里没有这个数字，是不是 suspect_after"),
    ({"parameters": {"suspect_after": 3}}, "写成 [parameters.suspect_after]"),
    ({"parameters": {"suspect_after": {}}}, "parameters.suspect_after：没有写 value"),
    ({"parameters": {"suspect_after": {"value": "3"}}}, "parameters.suspect_after.value：应当是整数"),
    ({"parameters": {"suspect_after": {"value": True}}}, "应当是整数"),
    ({"parameters": {"suspect_after": {"value": 0}}}, "0 超出了允许的范围（1 到 30）"),
    ({"parameters": {"suspect_after": {"value": 31}}}, "31 超出了允许的范围（1 到 30）"),
    ({"parameters": {"suspect_after": {"value": 3, "unit": "month"}}}, "单位应当是 school_day，写的是 month"),
    ({"parameters": {"suspect_after": {"value": 3, "unit": "fortnight"}}}, "没有这个单位"),
    ({"parameters": {"suspect_after": {"value": 3, "clause": "三.1"}}}, "这个数字属于 三.2"),
    ({"parameters": {"suspect_after": {"value": 3, "set_by": "me"}}}, "set_by：只能是 plan"),
    ({"parameters": {"suspect_after": {"value": 3, "effective": "2026"}}}, "effective：应当是日期"),
    ({"parameters": {"suspect_after": {"value": 3, "days": 3}}}, "parameters.suspect_after.days：不认识的项"),
])  # fmt: skip
def test_every_fault_of_a_county_s_file_is_named(county: dict[str, Any], said: str) -> None:
    faults = county_faults(DOCUMENT, county)
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize("value", [1, 30])
def test_the_ends_of_a_range_are_allowed(value: int) -> None:
    assert county_faults(DOCUMENT, {"parameters": {"suspect_after": {"value": value}}}) == []


def _workspace(folder: Path, plan: str | None) -> Any:
    create_workspace(
        folder, role="school", name="某某学校", code="", opening=date(2025, 9, 1), closing=date(2026, 1, 30)
    )
    if plan is not None:
        path = folder / "dropctl.toml"
        path.write_text(path.read_text(encoding="utf-8") + f'\n[plan]\nfile = "{plan}"\n', encoding="utf-8")
    return find_workspace(folder)


def test_a_workspace_names_its_county_s_file(tmp_path: Path) -> None:
    home = _workspace(tmp_path / "school", "本县.toml")
    (tmp_path / "school" / "本县.toml").write_text("[parameters.suspect_after]\nvalue = 3\n", encoding="utf-8")
    plan: Plan = plan_for(home)
    assert plan.value("suspect_after") == 3
    assert plan_for(_workspace(tmp_path / "other", None)).digest == PLAN.digest


def test_a_wrong_or_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    home = _workspace(tmp_path / "school", "本县.toml")
    with pytest.raises(Refused, match="找不到写着本县数字的文件"):
        plan_for(home)
    (tmp_path / "school" / "本县.toml").write_text("[parameters.suspect_after]\nvalue = 99\n", encoding="utf-8")
    with pytest.raises(Refused, match="99 超出了允许的范围") as refusal:
        plan_for(home)
    assert "本县.toml" in str(refusal.value)


def test_the_statutes_are_complete_and_nothing_is_confirmed_without_a_day() -> None:
    table = parse_statutes(load_statutes())
    assert {"《中华人民共和国义务教育法》第五条第二款", "《中华人民共和国未成年人保护法》第二十八条第二款"} <= {
        one.cited for one in table.citable
    }
    assert all(one.checked_on for one in table.citable if one.confirmed)
    assert any("罚款" in one.what for one in table.uncitable)


def test_only_the_bureau_and_the_township_may_cite_the_power_to_order() -> None:
    order = [one for one in parse_statutes(load_statutes()).citable if "责令" in one.paraphrase]
    assert order
    assert all("school" not in one.cited_by for one in order)


@pytest.mark.parametrize(("change", "said"), [
    ({"article": ""}, "article is missing"),
    ({"cited_by": []}, "cited_by is missing"),
    ({"cited_by": ["parents"]}, "unknown cited_by parents"),
    ({"use": "poster"}, "unknown use poster"),
    ({"confirmed": True, "checked_on": None}, "confirmed without a day"),
    ({"checked_on": "yesterday"}, "checked_on is not a date"),
    ({"quoted": "…"}, "unknown key quoted"),
])  # fmt: skip
def test_an_incomplete_statute_is_refused(change: dict[str, Any], said: str) -> None:
    document = load_statutes()
    entry = {**document["statutes"][0], **change}
    with pytest.raises(ValueError, match=said):
        parse_statutes({**document, "statutes": [entry]})


def test_no_statute_is_given_twice() -> None:
    document = load_statutes()
    with pytest.raises(ValueError, match="given twice"):
        parse_statutes({**document, "statutes": [document["statutes"][0]] * 2})
