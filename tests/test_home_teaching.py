"""Teaching at home: who owes visits and why, whose a visit is, and what is still due (三.7)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import Child
from ledger_school import CHILDREN, NAMES, reconcile, return_list, roster, school, workbook

from dropctl import cli
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.policy import due
from dropctl.policy.plan import parse_plan
from dropctl.policy.rules.home_teaching import Week
from dropctl.procedures.case_plans import Stated, confirm
from dropctl.procedures.due import agenda
from dropctl.procedures.home_teaching import TaughtAtHome, checked
from dropctl.procedures.home_visits import VisitMade, log_visit, log_visits, visits_of, void_visit
from dropctl.resources import load_plan
from dropctl.workspace import Workspace

PLAN = parse_plan(load_plan("yixian-2025"))
APPROVED, BY_STATUS, MISSING = NAMES[41], NAMES[40], NAMES[0]
DAY = date(2025, 9, 24)
HEADINGS = ("姓名", "身份证号", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期")
VISITS = ("姓名", "送教日期", "课时", "送教教师", "送教内容")


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    made = school(tmp_path / "w", [MISSING])
    by_status = Child(BY_STATUS, sequence=CHILDREN[40].sequence, status="送教上门")
    roster(made, [*CHILDREN[:40], by_status, *CHILDREN[41:]])
    return_list(made, [MISSING, BY_STATUS, APPROVED])
    approve(made, [APPROVED, CHILDREN[41].id, "送教上门", "送〔2025〕1号", "某县教育局", "2025-09-01", "2026-07-01"])
    reconcile(made)
    return made


def approve(home: Workspace, *rows: list[str]) -> None:
    workbook(home.inbox / "审批登记.xlsx", [["审批登记"], HEADINGS, *rows])


def table(home: Workspace, *rows: list[object]) -> Path:
    return workbook(home.root / "送教.xlsx", [["送教上门记录"], VISITS, *rows])


def taught(home: Workspace, as_of: date = DAY) -> dict[str | None, TaughtAtHome]:
    return {one.name: one for one in checked(home, as_of).children}


def short(home: Workspace, name: str, as_of: date = DAY) -> list[date]:
    return [week.monday for week in taught(home, as_of)[name].short]


def test_who_is_taught_at_home_is_told_with_what_says_so(home: Workspace) -> None:
    found = taught(home)
    assert {name: one.basis for name, one in found.items()} == {
        APPROVED: "审批（送〔2025〕1号）",
        BY_STATUS: "名册状态为“送教上门”，没有审批登记",
    }
    assert short(home, APPROVED) == [date(2025, 9, 1), date(2025, 9, 8), date(2025, 9, 15)]


def test_a_paper_that_lacks_something_owes_its_visits_all_the_same(home: Workspace) -> None:
    approve(home, [APPROVED, CHILDREN[41].id, "送教上门", "", "某县教育局", "2025-09-01", "2026-07-01"])
    reconcile(home, DAY)
    assert taught(home)[APPROVED].basis == "审批缺审批文号"
    assert short(home, APPROVED)


def test_a_plan_confirmed_in_a_case_begins_it_and_a_closing_ends_it_unless_it_goes_on(home: Workspace) -> None:
    confirm(home, date(2025, 9, 10), "C-2025-001", "送教上门", Stated(severe=True), by="李校长", note=None)
    assert taught(home)[MISSING].basis == "C-2025-001的一人一案"
    assert short(home, MISSING) == [date(2025, 9, 8), date(2025, 9, 15)]
    assert MISSING not in taught(home, date(2025, 9, 9))


def test_an_approval_that_ended_owes_nothing_after_its_end(home: Workspace) -> None:
    approve(home, [APPROVED, CHILDREN[41].id, "送教上门", "送1号", "某县教育局", "2025-09-01", "2025-09-07"])
    reconcile(home, DAY)
    assert short(home, APPROVED) == [date(2025, 9, 1)]


def test_visits_from_a_workbook_are_recorded_once_and_bad_rows_named(home: Workspace) -> None:
    path = table(
        home,
        [APPROVED, "2025-09-09", "2", "王老师", "认知"],
        [APPROVED, "2025-09-16", "2", "王老师", "认知"],
        ["无此人", "2025-09-16", "2", "王老师", "认知"],
        [APPROVED, "2025-12-16", "2", "王老师", "认知"],
        [APPROVED, "九月", "2", "王老师", "认知"],
    )
    done = log_visits(home, DAY, path)
    assert (done.recorded, done.known) == (2, 0)
    assert [problem.where.split(" · ")[-1] for problem in done.problems] == ["第5行", "第6行", "B7"]
    assert "不在送教学生中" in done.problems[0].message
    assert short(home, APPROVED) == [date(2025, 9, 1)]
    again = log_visits(home, DAY, path.rename(path.with_name("改名.xlsx")))
    assert (again.recorded, again.known) == (0, 2)


def test_a_name_two_children_bear_is_nobodys_and_a_number_settles_it(home: Workspace) -> None:
    namesake = Child(APPROVED, class_name="八年级1班", sequence=801, status="送教上门")
    roster(home, [*CHILDREN, namesake])
    reconcile(home, DAY, yes=True)
    with pytest.raises(Refused, match="送教学生中有2个"):
        log_visits(home, DAY, table(home, [APPROVED, "2025-09-09", "2", "王老师", "认知"]))
    path = workbook(
        home.root / "号.xlsx",
        [
            ["送教上门记录"],
            ("姓名", "身份证号", "送教日期", "送教教师"),
            [APPROVED, namesake.id, "2025-09-09", "王老师"],
        ],
    )
    assert log_visits(home, DAY, path).recorded == 1
    (event,) = Ledger(home.state).events(kinds={"home_visit"})
    (theirs,) = [one for one in checked(home, DAY).children if one.class_name == "八年级1班"]
    assert (event.subject, theirs.last_visit) == (theirs.child, date(2025, 9, 9))


def test_a_number_with_another_name_is_nobodys(home: Workspace) -> None:
    path = workbook(
        home.root / "号.xlsx",
        [["送教上门记录"], ("姓名", "身份证号", "送教日期", "送教教师"),
         ["别人", CHILDREN[41].id, "2025-09-09", "王老师"]],
    )  # fmt: skip
    with pytest.raises(Refused, match="不能确定是谁"):
        log_visits(home, DAY, path)


def test_a_visit_is_taken_back_and_stays_readable(home: Workspace) -> None:
    child, new = log_visit(home, DAY, VisitMade(date(2025, 9, 16), name=APPROVED, told={"teacher": "王老师"}))
    assert new
    assert log_visit(home, DAY, VisitMade(date(2025, 9, 16), child.number, told={"teacher": "王老师"}))[1] is False
    (visit,) = visits_of(home, DAY, child.number)
    void_visit(home, DAY, visit.event, reason="记错了人")
    assert visits_of(home, DAY, child.number) == []
    with pytest.raises(Refused, match="已经作废"):
        void_visit(home, DAY, visit.event, reason="再来")
    assert date(2025, 9, 15) in short(home, APPROVED)


def test_an_earlier_day_knows_only_what_was_recorded_then(home: Workspace) -> None:
    log_visit(home, DAY, VisitMade(date(2025, 9, 2), name=APPROVED))
    assert short(home, APPROVED, date(2025, 9, 23)) == [date(2025, 9, 1), date(2025, 9, 8), date(2025, 9, 15)]
    assert short(home, APPROVED) == [date(2025, 9, 8), date(2025, 9, 15)]


# ---- what is due


def weeks(*visits: int, over: bool = True) -> list[Week]:
    mondays = (date(2025, 9, 1), date(2025, 9, 8), date(2025, 9, 15))
    past = [
        Week(monday, monday.replace(day=monday.day + 4), 1, count, True)
        for monday, count in zip(mondays, visits, strict=False)
    ]
    return [*past, Week(date(2025, 9, 22), date(2025, 9, 28), 1, 0, False)]


@pytest.mark.parametrize(
    ("counts", "last", "day", "note"),
    [
        ((1, 1, 1), date(2025, 9, 16), date(2025, 9, 28), "本周已送教0次，每周1次"),
        ((1, 0, 0), date(2025, 9, 2), date(2025, 9, 19), "本学期2周不足：09-08周、09-15周"),
        ((1, 1, 0), date(2025, 9, 21), date(2025, 9, 28), "本周已送教0次，每周1次"),
        ((0, 0, 0), None, date(2025, 9, 19), "本学期3周不足：09-01周、09-08周、09-15周"),
    ],
)
def test_the_week_that_passed_is_due_before_this_one(counts: Any, last: date | None, day: date, note: str) -> None:
    (item,) = due.visit_items("P-0001", "甲", weeks(*counts), last, PLAN)
    assert (item.kind, item.clause, item.due_date, item.note, item.set_by) == ("home_visit", "三.7", day, note, "plan")


def test_a_visit_this_week_leaves_nothing_due(home: Workspace) -> None:
    def waiting() -> list[str | None]:
        return [item.name for item in agenda(home, DAY).items if item.kind == "home_visit"]

    assert set(waiting()) == {APPROVED, BY_STATUS}
    log_visit(home, DAY, VisitMade(DAY, name=APPROVED))
    assert waiting() == [BY_STATUS]


# ---- the commands


@pytest.fixture
def run(home: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(home.root)
    monkeypatch.setenv("DROPCTL_AS_OF", DAY.isoformat())

    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(["home-teaching", *args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_commands_say_what_they_did(home: Workspace, run: Any) -> None:
    assert run("check", "--strict")[0] == 4
    code, out, _ = run("log", "--name", APPROVED, "--on", "2025-09-02", "--teacher", "王老师", "--dry-run")
    assert (code, "可以登记送教" in out) == (0, True)
    assert not Ledger(home.state).events(kinds={"home_visit"})
    assert run("log", "--name", APPROVED, "--on", "2025-09-02", "--teacher", "王老师")[0] == 0
    assert "已经登记过" in run("log", "--name", APPROVED, "--on", "2025-09-02", "--teacher", "王老师")[1]
    document = json.loads(run("check", "--json")[1])
    (one,) = [line for line in document["children"] if line["name"] == APPROVED]
    assert [(week["from"], week["short"]) for week in one["weeks"]] == [
        ("2025-09-01", False), ("2025-09-08", True), ("2025-09-15", True), ("2025-09-22", False),
    ]  # fmt: skip
    assert "王老师" in run("check", "--child", one["child"])[1]
    code, _, err = run("log", "--from", str(table(home, ["无此人", "2025-09-16", "2", "王", ""],
                                                  [APPROVED, "2025-09-10", "2", "王", ""])))  # fmt: skip
    assert (code, "不在送教学生中" in err) == (7, True)


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["log"], 2, "没有写清楚"),
        (["log", "--name", "甲", "--void", "3"], 2, "没有写清楚"),
        (["log", "--name", "谁也不是"], 3, "不在送教学生中"),
        (["log", "--child", "P-9999"], 3, "没有 P-9999"),
        (["log", "--name", APPROVED, "--on", "2025-12-01"], 3, "晚于"),
        (["log", "--void", "1", "--reason", "错"], 3, "不是送教记录"),
        (["log", "--void", "1"], 3, "没有写作废的原因"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(run: Any, args: list[str], code: int, words: str) -> None:
    got, _, err = run(*args)
    assert (got, words in err) == (code, True)
