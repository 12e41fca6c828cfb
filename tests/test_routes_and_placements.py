"""三.3 and 三.4: who acts first and where it goes; how a child goes on learning, at a year and at sixteen."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_school import DAY, NAMES, reconciled_school

from dropctl import cli
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.policy.plan import parse_plan
from dropctl.policy.routes import District, Route, RouteFacts, route, school_of_village, stage_of
from dropctl.policy.rules.placements import PLACEMENTS, PlacementFacts, age_on, placements
from dropctl.procedures import cases
from dropctl.procedures.case_plans import Found, Stated, confirm, districts, proposed, routed
from dropctl.procedures.cases import ByHand
from dropctl.procedures.explain_case import explain_case, explain_finding
from dropctl.resources import load_plan
from dropctl.workspace import Workspace

PLAN = parse_plan(load_plan("yixian-2025"))
CASE = "C-2025-001"
LINES = (
    District("石桥村", "小学", "石桥小学"),
    District("石桥村", "初中", "岚溪中学"),
    District("东山社区", None, "东山学校"),
    District("乱村", "小学", "甲小学"),
    District("乱村", "小学", "乙小学"),
)


# ---- 三.3


def test_a_registered_child_is_first_for_the_school_of_the_registration() -> None:
    way = route(RouteFacts("石桥学校", village="东山社区", stage="小学", whereabouts="same_county"), LINES)
    assert way.first == "石桥学校"
    assert "学籍所在地学校" in way.basis
    assert way.missing == ()


@pytest.mark.parametrize(
    ("village", "stage", "first", "missing"),
    [
        ("石桥村", "小学", "石桥小学", ""),
        ("石桥村委会", "初中", "岚溪中学", ""),
        ("东山", "初中", "东山学校", ""),
        ("东山", None, "东山学校", ""),
        ("石桥村", None, None, "学段（小学或初中）：石桥村对应石桥小学、岚溪中学"),
        ("西山村", "小学", None, "学区划分表中西山村对应的学校"),
        ("乱村", "小学", None, "对应的学校有几个：甲小学、乙小学"),
        (None, "小学", None, "户籍所在的村（社区）"),
    ],
)
def test_a_child_without_registration_is_first_for_the_school_of_the_household(
    village: str | None, stage: str | None, first: str | None, missing: str
) -> None:
    way = route(RouteFacts(None, village, stage, "same_county"), LINES)
    assert way.first == first
    assert "户籍所在地学校" in way.basis
    assert missing in "；".join(way.missing)
    assert bool(way.missing) is (first is None)
    assert way.steps[0].who == (first or "户籍所在地学校（待定）")


def papers(way: Route) -> list[tuple[str, str | None]]:
    return [(step.who, step.paper) for step in way.steps[1:]]


def test_each_distance_goes_through_its_own_offices() -> None:
    def onward(whereabouts: str, **more: Any) -> list[tuple[str, str | None]]:
        return papers(route(RouteFacts("石桥学校", "石桥村", "初中", whereabouts, "某地", **more), LINES))

    assert onward("same_city") == [
        ("石桥学校", "劝返情况书面报告"), ("县教育局", "流动学生台账"), ("市教育局", "台账划转"),
    ]  # fmt: skip
    assert onward("same_province") == [
        ("石桥学校", "劝返情况书面报告"), ("县教育局", "流动学生台账"), ("市教育局", "流动学生台账"),
        ("省教育厅", "台账划转"),
    ]  # fmt: skip
    # Outside the province the school of the household stays with the child, also with a registered one.
    outside = [
        ("岚溪中学", "劝返记录"),
        ("岚溪中学", "劝返情况书面报告"),
        ("县教育局", "流动学生台账"),
        ("市教育局", "协查函"),
    ]
    assert onward("other_province", unwilling=True) == outside
    assert onward("other_province", unwilling=False) == outside[:1]
    assert [paper for _, paper in onward("same_county")] == ["劝返通知书", "劝返情况书面报告", "通报和书面报告", None]


def test_what_is_not_known_is_asked_for() -> None:
    assert "核实后的去向" in route(RouteFacts("石桥学校"), LINES).missing[0]
    said = "；".join(route(RouteFacts("石桥学校", None, "初中", "other_province"), LINES).missing)
    for words in ("户籍所在的村", "具体去向", "是否愿意回来"):
        assert words in said


@given(
    st.one_of(st.none(), st.just("石桥学校")), st.one_of(st.none(), st.sampled_from(["石桥村", "西山村"])),
    st.sampled_from(["unknown", "same_county", "same_city", "same_province", "other_province"]),
    st.one_of(st.none(), st.booleans()),
)  # fmt: skip
def test_every_route_begins_with_a_school_and_names_its_clause(
    registered: str | None, village: str | None, whereabouts: str, unwilling: bool | None
) -> None:
    way = route(RouteFacts(registered, village, "小学", whereabouts, None, unwilling), LINES)
    assert way.first is not None or way.missing
    assert way.steps[0].what.startswith("核实去向")
    assert {step.clause for step in way.steps} <= {"三.3", "三.5"}


def test_a_village_is_found_however_it_is_written() -> None:
    assert school_of_village(" 石桥 村 ", "小学", LINES) == ("石桥小学",)
    assert school_of_village("村", "小学", (District("村", None, "甲"),)) == ("甲",)
    assert [stage_of(grade) for grade in ("1", "6", "7", "9", "10", None, "x")] == [
        "小学", "小学", "初中", "初中", None, None, None,
    ]  # fmt: skip


# ---- 三.4


def facts(on: date = date(2025, 9, 1), **more: Any) -> PlacementFacts:
    return PlacementFacts(**{"on": on, "out_since": date(2024, 9, 1), "born": date(2011, 5, 1), **more})


def suggested(given: PlacementFacts) -> list[str]:
    ways = placements(given, PLAN)
    assert {way.code for way in ways} == set(PLACEMENTS)
    assert not any(way.suggested for way in ways[1:])
    return [way.code for way in ways if way.suggested]


def lacks(given: PlacementFacts, code: str) -> tuple[str, ...]:
    return next(way.lacks for way in placements(given, PLAN) if way.code == code)


@pytest.mark.parametrize(
    ("out_since", "on", "first"),
    [
        (date(2024, 9, 1), date(2025, 8, 31), "class"),
        (date(2024, 9, 1), date(2025, 9, 1), "class"),  # a year is not more than a year
        (date(2024, 9, 1), date(2025, 9, 2), "tutoring"),
        (date(2024, 2, 29), date(2025, 2, 28), "class"),
        (date(2024, 2, 29), date(2025, 3, 1), "tutoring"),
    ],
)
def test_more_than_a_year_away_begins_with_tutoring(out_since: date, on: date, first: str) -> None:
    given = facts(on, out_since=out_since)
    assert suggested(given) == [first]
    assert bool(lacks(given, "tutoring")) is (first == "class")
    # The plan says "may": the class stays open.
    assert lacks(given, "class") == ()


def test_a_vocational_school_only_by_the_childs_own_wish_and_within_the_year() -> None:
    assert lacks(facts(), "vocational") == ("本人意愿",)
    assert lacks(facts(wishes_vocational=True), "vocational") == ()
    assert lacks(facts(date(2025, 9, 2), wishes_vocational=True), "vocational") == (
        "离校在一年以内（方案只写了这种情况）",
    )


def test_home_teaching_is_for_the_severely_disabled_with_a_registration() -> None:
    assert suggested(facts(severe=True)) == ["home_teaching"]
    assert suggested(facts(severe=True, registered=False)) == []
    assert "是否重度要先确认" in lacks(facts(disabled=True), "home_teaching")[0]
    assert lacks(facts(disabled=True, severe=False), "home_teaching") == ("重度残疾等特殊情况",)


REMOTE = {"works_away": True, "refused_on_site": True, "registered": True, "born": date(2009, 9, 1)}


def test_remote_teaching_needs_all_four_conditions() -> None:
    assert lacks(facts(**REMOTE), "remote_teaching") == ()
    for key, value, words in (
        ("works_away", None, "在外务工"),
        ("works_away", False, "在外务工"),
        ("refused_on_site", None, "经实地劝导不愿返回"),
        ("registered", False, "学籍还在义务教育学校"),
        ("born", None, "年满16周岁（出生日期不明）"),
        ("born", date(2009, 9, 2), "年满16周岁（现在15周岁）"),
    ):
        assert lacks(facts(**{**REMOTE, key: value}), "remote_teaching") == (words,)
    assert len(lacks(facts(born=None, registered=False), "remote_teaching")) == 4
    # Never suggested: it is the last way, and a person chooses it.
    assert suggested(facts(**REMOTE)) == ["class"]


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2009, 9, 1), date(2025, 8, 31), 15),
        (date(2009, 9, 1), date(2025, 9, 1), 16),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2008, 2, 29), date(2025, 2, 28), 16),
        (date(2008, 2, 29), date(2025, 3, 1), 17),
    ],
)
def test_an_age_is_years_completed(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


# ---- in a workspace


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return reconciled_school(tmp_path / "w", NAMES[:1])


def test_a_route_is_kept_as_it_was_verified(home: Workspace) -> None:
    _, way = routed(home, DAY, CASE, Found())
    assert way.first == "某校"
    before = len(Ledger(home.state).events())
    case, _ = routed(home, DAY, CASE, Found("other_province", "某市", "石桥村"))
    assert len(Ledger(home.state).events()) == before + 1
    case, way = routed(home, DAY, CASE, Found(unwilling=True))
    assert (case.whereabouts, case.place, case.village, case.unwilling) == ("other_province", "某市", "石桥村", True)
    assert way.steps[-1].paper == "协查函"
    assert routed(home, DAY, CASE, Found())[0] == case


def test_a_child_on_no_roster_goes_by_its_village(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    number = cases.open_by_hand(home, DAY, ByHand("x", DAY, name="外来的", unlisted=True))
    assert "户籍所在的村（社区）" in routed(home, DAY, number, Found())[1].missing
    # The districts register, as a run read it: one row per village and stage, or one column per stage.
    run = home.snapshots().runs[-1]
    rows = {
        "village": ["石桥村", "东山社区", None],
        "stage": ["小学", None, "小学"],
        "school_name": ["石桥小学", None, "甲"],
        "primary_school": [None, "东山小学", None],
        "junior_school": [None, "岚溪中学", None],
    }
    pl.DataFrame(rows).write_parquet(run.folder / "districts.parquet")
    record = run.folder / "run.json"
    document = json.loads(record.read_text(encoding="utf-8"))
    document["registers"]["districts"] = []
    record.write_text(json.dumps(document), encoding="utf-8")
    assert districts(home, DAY) == [
        District("石桥村", "小学", "石桥小学"), District("东山社区", "小学", "东山小学"),
        District("东山社区", "初中", "岚溪中学"),
    ]  # fmt: skip
    assert routed(home, DAY, number, Found(village="石桥村"))[1].first == "石桥小学"


def test_a_person_confirms_and_what_is_lacking_is_named(home: Workspace) -> None:
    case, ways = proposed(home, DAY, CASE, Stated())
    assert (case.placement, ways[0].code) == (None, "class")
    with pytest.raises(Refused, match=r"还缺条件：在外务工、年满16周岁（现在12周岁）、经实地劝导不愿返回"):
        confirm(home, DAY, CASE, "远程视频送教", Stated(), by="张校长", note=None)
    with pytest.raises(Refused, match=r"没有“游学”这种安排.*送教上门"):
        confirm(home, DAY, CASE, "游学", Stated(), by="张校长", note=None)
    with pytest.raises(Refused, match="由谁确认"):
        confirm(home, DAY, CASE, "class", Stated(), by=" ", note=None)
    confirm(home, DAY, CASE, "编入相应年级和班级", Stated(), by="张校长", note="编入七年级1班")
    assert proposed(home, DAY, CASE, Stated())[0].placement == "class"
    # What was confirmed is the evidence 一人一案 of the closing.
    with pytest.raises(Refused) as refusal:
        cases.close(home, DAY, CASE, outcome="复学", evidence={}, on=DAY, by=None, note=None)
    assert "还缺：连续到校、学籍状态在读，" in refusal.value.sentence


def test_case_and_finding_explain_themselves(home: Workspace) -> None:
    case = cases.file_of(home, DAY, CASE).case
    told = dict(explain_case(home, DAY, CASE).lines)
    assert case.plan in told["依据"]
    assert told["第一次联系学生和监护人"] == "2025-09-03，班主任（三.5，本县未规定，由程序取值）"
    told = dict(explain_finding(home, DAY, case.findings[0].lower()).lines)
    assert "1次核对中出现1次" in told["核对"]
    assert told["是什么"] == f"在籍未返校（三.5）：七年级1班 {case.name}，确定"
    assert told["理由"].startswith("2025-09-01返校名单上记为未返校")
    assert told["出处"].endswith("行")
    assert "联系" in told["要做什么"]
    assert "在籍未返校（三.5）" in told[CASE]
    for act in (lambda: explain_finding(home, DAY, "F-0000000000"), lambda: explain_case(home, DAY, "C-1")):
        with pytest.raises(Refused, match="没有"):
            act()


def test_the_commands(home: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-09-04")
    monkeypatch.chdir(home.root)

    def run(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    code, out, _ = run("case", "route", CASE, "--where", "省外", "--unwilling")
    assert (code, "协查函" in out, "还不清楚，先核实" in out) == (0, True, True)
    shown = json.loads(run("case", "route", CASE, "--json")[1])
    assert (shown["whereabouts"], shown["first"], shown["clause"]) == ("other_province", "某校", "三.3")
    assert run("case", "route", CASE, "--where", "月球")[0] == 3
    assert run("case", "route", CASE, "--willing", "--unwilling")[0] == 2
    code, out, _ = run("case", "plan", CASE)
    assert (code, "建议" in out, "缺条件" in out) == (0, True, True)
    shown = json.loads(run("case", "plan", CASE, "--json")[1])
    assert [line["placement"] for line in shown["proposals"] if line["suggested"]] == ["class"]
    code, _, err = run("case", "plan", CASE, "--confirm", "送教上门", "--by", "张校长")
    assert (code, "重度残疾" in err) == (3, True)
    assert run("case", "plan", CASE, "--confirm", "送教上门", "--severe", "--by", "张校长")[0] == 0
    assert json.loads(run("case", "plan", CASE, "--json")[1])["confirmed"] == "home_teaching"
