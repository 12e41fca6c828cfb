"""Why: the absences of a case day by day, its route and its ways of learning, as `explain` tells them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ledger_school import CLASS, CLOSING, NAMES, reconcile, school, workbook

from dropctl import cli
from dropctl.procedures.attendance import scan_attendance
from dropctl.procedures.case_plans import Found, Stated, confirm, routed
from dropctl.workspace import Workspace

CASE = "C-2025-001"
START = date(2025, 9, 25)  # a Thursday: the sixth school day is 2025-10-09
AS_OF = date(2025, 10, 9)


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    made = school(tmp_path / "w", [])
    reconcile(made)
    days = made.calendar().school_days(START, CLOSING)[:6]
    rows = [[day.isoformat(), CLASS, NAMES[0], "否"] for day in days]
    path = workbook(made.root / "缺勤.xlsx", [["缺勤登记"], ("日期", "班级", "姓名", "是否请假"), *rows])
    scan_attendance([path], as_of=AS_OF, workspace=made)
    return made


@pytest.fixture
def explain(home: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(home.root)
    monkeypatch.setenv("DROPCTL_AS_OF", AS_OF.isoformat())

    def call(reference: str) -> tuple[int, list[tuple[str, str]], str]:
        code = cli.run(["explain", reference, "--json"])
        said = capsys.readouterr()
        lines = json.loads(said.out)["lines"] if code == 0 else []
        return code, [(what, why) for what, why in lines], said.err

    return call


def test_a_run_is_told_day_by_day_over_weekend_and_holiday(explain: Any) -> None:
    code, lines, _ = explain(f"run:{CASE}")
    assert code == 0
    told = {what.strip("　"): why for what, why in lines}
    assert told["怎样数"].startswith("第5个上课日报告，超过5个")
    assert "无故未到6个上课日" in told["2025-09-25至2025-10-09"]
    assert "标注日期2025-10-09（推算）；转辍学日期2025-11-10（推算）" in told["2025-09-25至2025-10-09"]
    assert told["2025-09-27"] == "不计：周末"
    assert told["2025-09-28"].startswith("无故未到：")  # a make-up Sunday
    assert told["2025-10-01"] == "不计：法定节假日"
    assert told["2025-10-09"].endswith("记“未请假”")
    assert len([what for what, _ in lines if what.startswith("　")]) == 15


def test_a_route_is_told_with_what_is_not_known_yet(home: Workspace, explain: Any) -> None:
    _, lines, _ = explain(f"{CASE}/route")
    told = dict(lines)
    assert told["学籍"] == "在某校有学籍"
    assert told["先由谁核实劝返"].startswith("某校：有学籍中途离校的")
    assert "核实后的去向" in told["还不清楚"]
    routed(home, AS_OF, CASE, Found("same_city", "某区"))
    told = dict(explain(f"{CASE.lower()}/ROUTE")[1])
    assert told["核实后的去向"] == "市内其他区县，某区"
    assert "第2步" in told
    assert "三.3" in told["第2步"]


def test_ways_of_learning_are_told_with_what_they_lack(home: Workspace, explain: Any) -> None:
    told = dict(explain(f"{CASE}/plan")[1])
    assert told["编入相应年级和班级"].startswith("建议：")
    assert "在外务工" in told["远程视频送教"]
    assert told["已确认"] == "还没有"
    confirm(home, AS_OF, CASE, "编入相应年级和班级", Stated(), by="李", note=None)
    assert dict(explain(f"{CASE}/plan")[1])["已确认"] == "编入相应年级和班级"


@pytest.mark.parametrize(
    ("reference", "words"),
    [(f"{CASE}/why", "“why”不能解释"), ("C-2025-099/route", "没有 C-2025-099"), ("run:C-2025-099", "没有 C-2025-099")],
)
def test_what_nobody_knows_is_said(explain: Any, reference: str, words: str) -> None:
    code, _, err = explain(reference)
    assert (code, words in err) == (3, True)


def test_without_an_absence_list_no_run_can_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = school(tmp_path / "ohne", NAMES[:1])
    reconcile(made)
    monkeypatch.chdir(made.root)
    assert cli.run(["explain", f"run:{CASE}", "--as-of", "2025-09-04"]) == 3
    assert "还没有读过考勤" in capsys.readouterr().err
