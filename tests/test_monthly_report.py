"""The monthly report as a school issues it: counted at the month's end, issued once, corrected aloud, in balance."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from builders import Child
from ledger_school import CHILDREN, CLASS, DAY, NAMES, reconcile, roster, school, workbook
from test_documents import docx_words, pdf_words

from dropctl import cli
from dropctl.commands.demo import build_demo
from dropctl.documents.filling import filled, values_of
from dropctl.documents.wording import Line
from dropctl.figures import Month
from dropctl.ledger import Draft, Ledger
from dropctl.ledger.home_visits import visit_draft
from dropctl.ledger.letters import received_draft
from dropctl.ledger.papers import issued_draft
from dropctl.policy.assistance import Letter
from dropctl.policy.due import report_items
from dropctl.procedures.attendance import scan_attendance
from dropctl.procedures.cases import listed, report_return
from dropctl.procedures.due import agenda
from dropctl.procedures.month_end import MonthReport, count, monthly_report
from dropctl.procedures.outreach import ContactMade, log_contact
from dropctl.procedures.plans import plan_for
from dropctl.procedures.term_start import reconcile_term_start
from dropctl.resources import sample_month, template_text
from dropctl.workspace import Workspace, add_term, create_workspace, find_workspace

SEPTEMBER, OCTOBER, NOVEMBER = Month(2025, 9), Month(2025, 10), Month(2025, 11)
GONE, BACK, BRIEF, ILL, MISSING = "甲小一", "丙小三", "丁小四", NAMES[5], "乙小二"
GOLDEN = Path(__file__).parent / "golden"
Absences = Mapping[str, tuple[date, date, str]]  # name → first day, last day, 旷课 or 病假
OCTOBER_ABSENCES: Absences = {
    GONE: (date(2025, 9, 25), date(2025, 10, 31), "旷课"),
    BACK: (date(2025, 10, 13), date(2025, 10, 22), "旷课"),
    BRIEF: (date(2025, 10, 30), date(2025, 10, 31), "旷课"),
    ILL: (date(2025, 10, 31), date(2025, 10, 31), "病假"),
}


def log(home: Workspace, absences: Absences, last: date, *, name: str = "缺勤.xlsx", skip: Sequence[date] = ()) -> Path:
    """Write the absence log of the class up to a day, 无 where nobody was absent; `skip`: days nobody reported."""
    rows: list[list[object]] = [["七年级1班缺勤登记"], ["日期", "班级", "姓名", "是否请假", "原因"]]
    for day in home.calendar().school_days(date(2025, 9, 1), last):
        if day in skip:
            continue
        away = [[name, kind] for name, (first, until, kind) in absences.items() if first <= day <= until]
        rows += [[day.isoformat(), CLASS, who, "是" if kind == "病假" else "否", kind] for who, kind in away]
        if not away:
            rows.append([day.isoformat(), CLASS, "无", "", ""])
    return workbook(home.inbox / name, rows)


def scan(home: Workspace, day: date, **options: Any) -> None:
    scan_attendance([home.inbox], as_of=day, workspace=home, **options)


@cache
def _october() -> tuple[Path, tempfile.TemporaryDirectory[str]]:
    folder = tempfile.TemporaryDirectory()
    made = school(Path(folder.name) / "w", [MISSING])
    reconcile(made)
    log(made, OCTOBER_ABSENCES, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    return made.root, folder


def copied(root: Path, source: Path) -> Workspace:
    shutil.copytree(source, root)
    home = find_workspace(root, root)
    assert home is not None
    return home


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    """A class of 44 at the end of October: one gone, one back, one missing since the opening, one ill, one away."""
    return copied(tmp_path / "w", _october()[0])


@pytest.fixture
def quiet(tmp_path: Path) -> Workspace:
    """The same class in a month in which nobody was absent for long."""
    made = school(tmp_path / "w", [])
    reconcile(made)
    log(made, {ILL: (date(2025, 10, 9), date(2025, 10, 10), "病假")}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    return made


def issued(home: Workspace, month: Month = OCTOBER, day: date = date(2025, 10, 31), **options: Any) -> MonthReport:
    return monthly_report(home, month, day, out=home.out / f"月报-{month}", **options)


def value(report: MonthReport, *ids: str) -> tuple[int, ...]:
    return tuple(report.counted.figures[one].value for one in ids)


def names(report: MonthReport, figure: str) -> list[str | None]:
    return [line.who.name for line in report.counted.figures[figure].lines]


def bytes_of(report: MonthReport) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in report.outputs}


# ---- what is counted


def test_a_month_is_counted_at_its_end_and_every_child_has_one_place(home: Workspace) -> None:
    report = issued(home)
    assert value(report, "Z01", "Z02", "Z03", "Z07", "Z08", "Z09", "Z11") == (44, 0, 1, 1, 1, 41, 41)
    assert (names(report, "Z03"), names(report, "Z07"), names(report, "Z08")) == ([GONE], [ILL], [MISSING])
    assert BRIEF in names(report, "Z09")
    assert report.context.absent_lately == 1
    assert value(report, "Z20", "Z21", "Z22", "Z24", "Z25") == (0, 2, 1, 0, 0)
    assert names(report, "Z22") == [BACK]
    assert report.counted.figures.is_balanced
    assert not report.counted.figures.is_zero


def test_what_was_scanned_after_the_month_about_the_month_is_in_its_report(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [MISSING])
    reconcile(made)
    log(made, OCTOBER_ABSENCES, date(2025, 10, 31))
    scan(made, date(2025, 11, 3))
    assert value(issued(made, day=date(2025, 11, 3)), "Z03", "Z21", "Z22", "Z08") == (1, 2, 1, 1)


def test_silence_is_not_zero(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [])
    reconcile(made)
    report = issued(made)
    assert value(report, "Z08", "Z09", "Z11") == (44, 0, 0)
    assert report.context.silent[0].days == "全月没有上报"
    assert "谁没到校都不知道" in _text(report)
    log(made, {}, date(2025, 10, 31), skip=[date(2025, 10, 10), date(2025, 10, 31)])
    scan(made, date(2025, 10, 31))
    after = issued(made)
    assert value(after, "Z08", "Z09") == (44, 0)  # the last school day itself is not reported
    assert after.context.silent[0].days == "10月10、31日"
    log(made, {}, date(2025, 10, 31), skip=[date(2025, 10, 10)])
    scan(made, date(2025, 10, 31))
    assert value(issued(made), "Z08", "Z09") == (0, 44)


@pytest.mark.parametrize(("ends", "places"), [("2025-10-30", (0, 1)), ("2025-10-31", (1, 0)), ("2025-11-01", (1, 0))])
def test_an_approval_counts_to_its_last_day(tmp_path: Path, ends: str, places: tuple[int, int]) -> None:
    made = school(tmp_path / "w", [MISSING])
    child = next(child for child in CHILDREN if child.name == MISSING)
    rows = [
        ["休学审批登记"], ["姓名", "身份证号", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期"],
        [MISSING, child.id, "休学", "某教〔2025〕3号", "某县教育局", "2025-08-01", ends],
    ]  # fmt: skip
    workbook(made.inbox / "审批.xlsx", rows)
    reconcile(made)
    log(made, {}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    assert value(issued(made), "Z04", "Z08") == places


def test_a_transfer_that_is_under_way_takes_the_child_out_only_when_it_is_gone(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [MISSING])
    rows = [["转学登记"], ["姓名", "身份证号", "转学类型", "转入学校", "申请日期", "办理状态"]]
    rows += [
        [child.name, child.id, "转出", "别处学校", "2025-08-28", "办理中"]
        for child in CHILDREN
        if child.name in (MISSING, GONE)
    ]
    workbook(made.inbox / "转学.xlsx", rows)
    reconcile(made)
    log(made, {}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    report = issued(made)
    assert names(report, "Z06") == [MISSING]
    assert "已超过办理期限" in report.counted.figures["Z06"].lines[0].why


def test_children_who_are_no_pupils_any_more_are_not_counted(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [])
    statuses = ("毕业", "死亡", "出国", "转出")
    others = [Child(f"离校{n}", sequence=801 + 2 * n, status=status) for n, status in enumerate(statuses)]
    roster(made, [*CHILDREN, *others])
    reconcile(made)
    log(made, {}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    report = issued(made)
    assert value(report, "Z01", "Z06", "Z09") == (45, 1, 44)


@pytest.mark.parametrize(
    ("leave", "reason", "figure"),
    [("是", "病假", "Z07"), ("是", "公假", "Z09"), ("否", "旷课", "Z09"), ("", "休学", "Z08"), ("", "迟到", "Z09")],
)
def test_what_the_class_wrote_on_the_last_school_day_decides(
    tmp_path: Path, leave: str, reason: str, figure: str
) -> None:
    made = school(tmp_path / "w", [])
    reconcile(made)
    log(made, {}, date(2025, 10, 30))
    rows = [["七年级1班缺勤登记"], ["日期", "班级", "姓名", "是否请假", "原因"]]
    workbook(made.inbox / "31.xlsx", [*rows, ["2025-10-31", CLASS, GONE, leave, reason]])
    scan(made, date(2025, 10, 31))
    report = issued(made)
    assert GONE in names(report, figure)
    assert report.context.absent_lately == (reason == "旷课")


def test_what_was_done_in_the_month_is_counted_once_and_not_before_or_after(home: Workspace) -> None:
    child, case = "P-0003", "C-2025-001"
    with Ledger(home.state).writing(date(2025, 10, 31), "test") as transaction:
        for serial, day in enumerate((date(2025, 9, 30), date(2025, 10, 1), date(2025, 10, 31)), start=1):
            transaction.append(visit_draft(child, day, [None] * 9))
            for paper in ("first-notice", "bureau-report"):
                transaction.append(
                    issued_draft(
                        [], number=f"{paper}{serial}", paper=paper, stem=paper, serial=serial, answers=f"{paper}{day}",
                        cases=(case,), children=(child,), on=day, rung=None, values={},
                    )
                )  # fmt: skip
        for number, day in (("X-1", date(2025, 9, 30)), ("X-2", date(2025, 10, 9))):
            letter = Letter(number, day, sender="某县教育局", name="外来童")
            transaction.append(received_draft(letter))
        transaction.append(Draft("letter_replied", "X-1", date(2025, 10, 10), {"result": "studies_here"}))
        transaction.append(Draft("letter_closed", "X-1", date(2025, 10, 11)))
    for day in (date(2025, 10, 8), date(2025, 10, 9)):
        log_contact(home, date(2025, 10, 31), case, ContactMade("visit", day, "王老师", "refused"))
    report = issued(home)
    # A letter answered and then called done is done once, in the month of the answer.
    assert value(report, "Z45", "Z50", "Z51", "Z52", "Z53", "Z54") == (2, 2, 2, 2, 1, 1)
    assert [line.on for line in report.counted.figures["Z50"].lines] == [date(2025, 10, 1), date(2025, 10, 31)]


def test_registers_count_where_no_event_says_the_same(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [])
    child = CHILDREN[0]
    rows = [["送教上门记录"], ["姓名", "身份证号", "送教日期", "课时", "送教教师", "送教内容"]]
    for day in ("2025-09-30", "2025-10-09", "2025-10-09", "2025-10-16"):
        rows.append([child.name, child.id, day, "2", "王老师", "识字"])
    workbook(made.inbox / "送教.xlsx", rows)
    letters = [
        ["协查函登记册"],
        ["收函日期", "来函单位", "来函文号", "涉及学生姓名", "来函事由", "复函日期", "核查结果"],
    ]
    letters += [["2025-10-10", "某县教育局", "3号", "外来童", "核查", "2025-10-20", "在校"],
                ["2025-09-10", "某县教育局", "2号", "旧来童", "核查", "", ""]]  # fmt: skip
    workbook(made.inbox / "协查.xlsx", letters)
    reconcile(made, date(2025, 10, 31))
    log(made, {}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    assert value(issued(made), "Z45", "Z53", "Z54") == (2, 1, 1)


# ---- issued once, corrected aloud


def test_the_same_month_again_is_the_same_report(home: Workspace) -> None:
    first = issued(home)
    before, ledger = bytes_of(first), Ledger(home.state).events()
    again = issued(home)
    later = issued(home, day=date(2025, 11, 20))
    assert (again.number, again.is_new, later.reported_on) == (1, False, date(2025, 10, 31))
    assert bytes_of(again) == bytes_of(later) == before
    assert Ledger(home.state).events() == ledger


def test_a_rehearsal_leaves_nothing(home: Workspace) -> None:
    report = issued(home, dry_run=True)
    assert value(report, "Z03") == (1,)
    assert report.outputs == ()
    assert not (home.out / "月报-2025-10").exists()
    assert all(event.kind != "month_reported" for event in Ledger(home.state).events())


def test_changed_content_is_a_corrected_report_that_says_what_it_corrects(home: Workspace) -> None:
    first = issued(home)
    log(home, dict(OCTOBER_ABSENCES) | {NAMES[7]: (date(2025, 10, 20), date(2025, 10, 31), "旷课")}, date(2025, 10, 31))
    scan(home, date(2025, 11, 4))
    second = issued(home, day=date(2025, 11, 4))
    assert (second.number, second.is_new) == (2, True)
    assert "代替2025-10-31报出的第1次报告" in second.correction
    assert "疑似辍学由1改为2" in second.correction
    assert second.correction in _text(second)
    assert first.outputs == second.outputs  # written in its place
    again = issued(home, day=date(2025, 11, 5))
    assert (again.number, again.correction) == (2, second.correction)
    log(home, OCTOBER_ABSENCES, date(2025, 10, 31))
    assert len([event for event in Ledger(home.state).events() if event.kind == "month_reported"]) == 2


def test_what_is_learned_after_the_report_is_next_month_s_correction(home: Workspace) -> None:
    issued(home)
    more = dict(OCTOBER_ABSENCES) | {NAMES[7]: (date(2025, 10, 20), date(2025, 11, 28), "旷课")}
    more[GONE] = (date(2025, 9, 25), date(2025, 11, 28), "旷课")
    log(home, more, date(2025, 11, 28))
    scan(home, date(2025, 11, 28))
    report = issued(home, NOVEMBER, date(2025, 11, 30))
    # Issued with one; the second, due on 27 October, was learned of in November; both ran on for more than a month.
    assert value(report, "Z20", "Z25", "Z21", "Z23", "Z03") == (1, 1, 0, 2, 0)
    assert value(report, "Z30", "Z31", "Z02") == (0, 2, 2)
    assert [line.who.name for line in report.counted.figures["Z25"].lines] == [NAMES[7]]
    assert report.comparison is not None
    corrected = next(one for one in report.comparison.figures if one.id == "Z03")
    assert (corrected.before, corrected.corrected, corrected.changed, corrected.after) == (1, 1, -2, 0)


def test_a_return_that_is_only_reported_is_shown_apart(home: Workspace) -> None:
    report_return(home, date(2025, 10, 31), "C-2025-001", on=date(2025, 10, 30), by="王老师", note=None)
    report = issued(home)
    assert value(report, "Z26", "Z22", "Z08") == (1, 1, 1)
    assert names(report, "Z26") == [MISSING]


# ---- zero, vacation


def test_a_pupil_in_school_whom_the_registry_still_marks_is_named_and_not_called_overdue(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [])
    roster(made, [replace(child, status="疑似辍学") if child.name == BRIEF else child for child in CHILDREN])
    reconcile(made)
    log(made, {}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    report = issued(made)
    assert (value(report, "Z03"), names(report, "Z03")) == ((1,), [BRIEF])
    assert report.context.overdue_marks == 0  # type: ignore[attr-defined]  # a month with a mark is no zero report
    [row] = [row for row in report.context.waiting if row.name == BRIEF]
    assert row.place == report.counted.figures["Z03"].label
    assert row.why.endswith("请核对后在学籍系统更正标注")
    assert any("1名学生学籍系统仍有标注而人在校" in note for note in report.notes)
    assert not any("已超过期限" in note for note in report.notes)
    assert BRIEF in _text(report)


def test_days_nobody_reported_are_not_called_below_the_mark(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [])
    reconcile(made)
    silent = [date(2025, 10, day) for day in (23, 24, 27, 28, 29)]
    log(made, {BRIEF: (date(2025, 10, 22), date(2025, 10, 31), "旷课")}, date(2025, 10, 31), skip=silent)
    scan(made, date(2025, 10, 31))
    report = issued(made)
    [row] = [row for row in report.context.waiting if row.name == BRIEF]
    assert row.why == "月末无故未到3个上课日，连同没有上报的日子可能已到标注程度"
    assert any("1名学生连同没有上报的日子可能已到标注程度" in note for note in report.notes)


def test_the_zero_report_has_its_own_words_and_carries_its_counts(quiet: Workspace) -> None:
    report = issued(quiet)
    assert report.counted.figures.is_zero
    said = _text(report)
    assert "在册学生44人（小学0人、初中44人），实际在校44人" in said
    assert "没有标注过疑似辍学、辍学的学生" in said
    assert docx_words(bytes_of(report)["控辍保学月报.docx"]).startswith("2025年10月控辍保学工作月报（零报告）")


def test_a_month_with_a_child_that_came_back_is_no_zero(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [])
    reconcile(made)
    log(made, {BACK: OCTOBER_ABSENCES[BACK]}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    report = issued(made)
    assert value(report, "Z03", "Z21", "Z22") == (0, 1, 1)
    assert not report.counted.figures.is_zero


def test_a_vacation_month_says_so(quiet: Workspace) -> None:
    report = issued(quiet, Month(2026, 2), date(2026, 2, 28))
    assert report.counted.gathered.is_vacation
    assert "本月为假期" in _text(report)
    assert report.context.silent == ()
    january = count(quiet, Month(2026, 1), date(2026, 2, 28))
    assert not january.gathered.is_vacation
    assert january.figures["Z08"].value == 44  # 30 January, the last school day, was not reported


def test_a_year_without_its_calendar_is_said_and_nothing_is_guessed(quiet: Workspace) -> None:
    add_term(quiet, "2030秋", date(2030, 9, 1), date(2031, 1, 20))
    home = find_workspace(quiet.root, quiet.root)
    assert home is not None
    report = issued(home, Month(2030, 10), date(2030, 10, 31))
    assert value(report, "Z08", "Z09") == (44, 0)
    assert any("2030年的放假日历" in note for note in report.notes)


# ---- refused, out of balance


REFUSALS = {
    "2025-10 --as-of 2025-10-30": (3, "还没有过完"),
    "2025-08 --as-of 2025-10-31": (3, "没有读入过学籍名册"),
    "2025-13 --as-of 2025-10-31": (3, "不是月份"),
}


@pytest.mark.parametrize("args", REFUSALS)
def test_what_cannot_be_reported_is_refused(home: Workspace, args: str, capsys: Any) -> None:
    code, said = REFUSALS[args]
    assert cli.run(["monthly-report", *args.split(), "-w", str(home.root)]) == code
    assert said in capsys.readouterr().err
    assert not list(home.out.glob("月报*"))


def test_several_schools_and_no_workspace_are_refused(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    made = create_workspace(
        tmp_path / "c", role="county", name="某县教育局", code="349900", opening=date(2025, 9, 1),
        closing=date(2026, 1, 30),
    )  # fmt: skip
    headings = ["学校", "年级", "班级", "姓名", "身份证件号", "学籍号", "学生状态"]
    for name, child in (("东校", CHILDREN[0]), ("西校", CHILDREN[1])):
        row = [name, "七年级", "1班", child.name, child.id, "", "在读"]
        workbook(made.inbox / f"{name}.xlsx", [[f"{name}学生花名册"], headings, row])
    reconcile_term_start([made.inbox], as_of=DAY, workspace=made)
    assert cli.run(["monthly-report", "2025-09", "--as-of", "2025-10-01", "-w", str(made.root)]) == 3
    assert "各校分别上报" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    assert cli.run(["monthly-report", "2025-09", "--as-of", "2025-10-01"]) == 3
    assert "不是工作区" in capsys.readouterr().err


def test_an_imbalance_gives_a_list_and_no_report(home: Workspace, capsys: Any) -> None:
    # A report of September whose figure is not the length of its own list: another program wrote it.
    facts = {
        "month": "2025-09", "cutoff": "2025-09-30", "number": 1, "content": "x", "figures": {"Z03": 2, "Z02": 0},
        "lists": {"Z03": ["P-0001"], "Z02": []}, "digests": {}, "definitions": {}, "plan": "x", "zero": False,
    }  # fmt: skip
    with Ledger(home.state).writing(date(2025, 10, 31), "test") as transaction:
        transaction.append(Draft("month_reported", "", date(2025, 10, 31), facts))
    args = ["monthly-report", "2025-10", "--as-of", "2025-10-31", "-w", str(home.root)]
    assert cli.run([*args, "--dry-run"]) == 6
    assert not list(home.out.glob("月报*"))
    assert cli.run(args) == 6
    assert "不平衡" in capsys.readouterr().err
    assert [path.name for path in (home.out / "月报-2025-10").iterdir()] == ["不平衡学生名单.xlsx"]
    sheets = openpyxl.load_workbook(home.out / "月报-2025-10" / "不平衡学生名单.xlsx")
    assert sheets.sheetnames == ["B2"]
    assert sum(event.kind == "month_reported" for event in Ledger(home.state).events()) == 1


# ---- when it is due


@pytest.mark.parametrize(("day", "overdue"), [(date(2025, 11, 4), 0), (date(2025, 11, 5), 0), (date(2025, 11, 6), 1)])
def test_a_report_is_due_until_it_is_issued(home: Workspace, day: date, overdue: int) -> None:
    (item,) = [
        one for one in agenda(home, day).items if one.kind == "monthly_report" and "2025年10月" in (one.note or "")
    ]
    assert (item.due_date, item.overdue_days(day), item.set_by, item.clause) == (
        date(2025, 11, 5), overdue, "dropctl", "一",
    )  # fmt: skip
    issued(home, day=day)
    left = [one.note or "" for one in agenda(home, day).items if one.kind == "monthly_report"]
    assert not any("10月" in note for note in left)


def test_no_report_is_asked_for_before_the_first_term_and_a_vacation_moves_none(home: Workspace) -> None:
    plan, calendar = plan_for(home), home.calendar()

    def due(as_of: date) -> list[tuple[str, date | None]]:
        items = report_items(date(2025, 9, 1), [], plan, calendar, as_of)
        return [((item.note or "").partition("，")[0], item.due_date) for item in items]

    assert due(date(2025, 9, 30)) == []
    assert due(date(2025, 10, 1)) == [("2025年9月", date(2025, 9, 30))]  # the 5th lies in the holidays
    assert due(date(2026, 2, 2))[1] == ("2026年1月", date(2026, 2, 5))


# ---- paper, workbook, JSON


def _text(report: MonthReport) -> str:
    """Return the words of the report line by line, tables cell by cell."""
    name = "zero-report" if report.counted.figures.is_zero else "monthly-report"
    lines = []
    for block in filled(template_text(name), values_of(report.context), name):
        if isinstance(block, Line):
            lines.append(f"{block.kind}: {block.text}" if block.text else f"{block.kind}")
        else:
            lines += [" | ".join(row) for row in block.rows]
    return "\n".join(lines) + "\n"


def test_paper_and_workbook_say_the_same_and_hold_no_number_of_a_child(home: Workspace) -> None:
    made = bytes_of(issued(home))
    said = docx_words(made["控辍保学月报.docx"])
    assert sorted(said) == sorted(pdf_words(made["控辍保学月报.pdf"]))
    assert GONE in said
    sheets = openpyxl.load_workbook(io.BytesIO(made["控辍保学月报.xlsx"]))
    assert sheets.sheetnames[:4] == ["月报表", "个案", "不在校和待核实", "在册学生"]
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" for cell in cells)
    form = [[cell.value for cell in row] for row in sheets["月报表"].iter_rows()]
    total = next(row for row in form if row[0] == "合计")
    assert [cell for cell in total if isinstance(cell, int)] == [44, 0, 1, 0, 0, 0, 1, 1, 41, 0, 41, 1]
    assert [row[12] for row in form if row[0] in ("B1", "B2", "B3")] == ["平衡"] * 3
    assert len(sheets["月报表"]._charts) == 1
    with zipfile.ZipFile(io.BytesIO(made["控辍保学月报.xlsx"])) as package:
        everything = "".join(package.read(name).decode(errors="ignore") for name in package.namelist())
    assert not any(child.id in everything or child.id in said for child in CHILDREN)
    assert not re.search(r"\d{17}[\dXx]", said)


def test_a_hostile_name_comes_out_whole_and_does_nothing(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [])
    hostile = "张&伟<B>{{7*7}}"
    roster(made, [*CHILDREN, Child(hostile, sequence=901)])
    reconcile(made)
    log(made, {hostile: (date(2025, 10, 9), date(2025, 10, 31), "旷课")}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    report = issued(made)
    (name,) = names(report, "Z03")
    made_of = bytes_of(report)
    assert name == hostile
    assert name in docx_words(made_of["控辍保学月报.docx"])
    assert name in pdf_words(made_of["控辍保学月报.pdf"])
    sheets = openpyxl.load_workbook(io.BytesIO(made_of["控辍保学月报.xlsx"]))
    assert name in [cell.value for row in sheets["不在校和待核实"].iter_rows() for cell in row]


def test_a_character_the_font_lacks_stops_the_pdf_and_nothing_else(tmp_path: Path, capsys: Any) -> None:
    made = school(tmp_path / "w", [])
    rare = "学生𱍐"
    roster(made, [*CHILDREN, Child(rare, sequence=901)])
    reconcile(made)
    log(made, {rare: (date(2025, 10, 9), date(2025, 10, 31), "旷课")}, date(2025, 10, 31))
    scan(made, date(2025, 10, 31))
    assert cli.run(["monthly-report", "2025-10", "--as-of", "2025-10-31", "-w", str(made.root)]) == 7
    told = capsys.readouterr()
    assert "𱍐" in told.err
    assert "控辍保学月报.pdf" not in told.out
    names_written = sorted(path.suffix for path in (made.out / "月报-2025-10").iterdir())
    assert names_written == [".docx", ".xlsx"]


def test_a_school_s_own_wording_is_used_and_a_fault_in_it_stops_the_report_before_it_is_issued(
    home: Workspace, capsys: Any
) -> None:
    own = home.templates / "monthly-report.txt"
    own.parent.mkdir(exist_ok=True)
    own.write_text(template_text("monthly-report").replace("现将我校截至", "兹将我校截至"), encoding="utf-8")
    first = issued(home)
    assert "兹将我校截至" in docx_words(bytes_of(first)["控辍保学月报.docx"])
    own.write_text("# 月报\n{{ nobody }}\n", encoding="utf-8")
    log(home, {}, date(2025, 10, 31))
    scan(home, date(2025, 11, 4))
    assert cli.run(["monthly-report", "2025-10", "--as-of", "2025-11-04", "-w", str(home.root)]) == 3
    assert "nobody" in capsys.readouterr().err
    assert sum(event.kind == "month_reported" for event in Ledger(home.state).events()) == 1


def test_a_file_that_was_only_renamed_makes_no_correction(home: Workspace) -> None:
    before = bytes_of(issued(home))
    (home.inbox / "缺勤.xlsx").rename(home.inbox / "十月缺勤（新）.xlsx")
    scan(home, date(2025, 11, 4))
    again = issued(home, day=date(2025, 11, 4))
    assert (again.number, again.is_new) == (1, False)
    assert bytes_of(again) == before


def test_the_json_follows_the_contract(home: Workspace, capsys: Any) -> None:
    args = ["monthly-report", "2025-10", "--as-of", "2025-10-31", "-w", str(home.root), "--json"]
    assert cli.run(args) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told)[:1] == ["schema"]
    assert (told["month"], told["cutoff"], told["zero_report"]) == ("2025-10", "2025-10-31", False)
    figures = {one["id"]: one for one in told["figures"]}
    assert {"id", "label", "value", "definition", "list"} <= set(figures["Z03"])
    assert [entry["name"] for entry in figures["Z03"]["list"]] == [GONE]
    assert [(one["id"], one["difference"]) for one in told["balances"]] == [("B1", 0), ("B2", 0), ("B3", 0)]
    assert told["unreported_classes"] == []
    assert len(told["outputs"]) == 3
    assert all(one["value"] == sum(entry["amount"] for entry in one["list"]) for one in told["figures"])


def test_a_person_is_told_the_figures_and_what_to_do(home: Workspace, capsys: Any) -> None:
    assert cli.run(["monthly-report", "2025-10", "--as-of", "2025-11-06", "-w", str(home.root)]) == 0
    told = capsys.readouterr().out
    assert "某校　2025年10月月报" in told
    assert "上报期限是2025-11-05，已经过了" in told
    assert "控辍保学月报.pdf" in told


def test_a_figure_is_explained_with_its_list_and_its_balance(home: Workspace, capsys: Any) -> None:
    issued(home)
    where = ["--as-of", "2025-11-02", "-w", str(home.root)]
    assert cli.run(["explain", "2025-10/z03", *where]) == 0
    told = capsys.readouterr().out
    assert GONE in told
    assert "2025-10-31报出的第1次报告" in told
    assert "Z03 = Z20 + Z21" in told
    assert cli.run(["explain", "2025-10/Z03", *where, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["id"], answer["value"], answer["issued"]["number"]) == ("Z03", 1, 1)
    for wrong, said in (("2025-10/Z99", "没有“Z99”"), ("2025-14/Z03", "不是月份"), ("2025-11/Z03", "没有过完")):
        assert cli.run(["explain", wrong, *where]) == 3
        assert said in capsys.readouterr().err


def test_two_months_side_by_side(home: Workspace, capsys: Any, tmp_path: Path) -> None:
    issued(home)
    where = ["--as-of", "2025-10-31", "-w", str(home.root)]
    target = tmp_path / "比.xlsx"
    assert cli.run(["compare", "2025-09", "2025-10", *where, "--workbook", str(target)]) == 0
    told = capsys.readouterr().out
    assert "2025年9月：没有报出月报" in told
    assert GONE in told
    assert openpyxl.load_workbook(target).sheetnames == ["两月相比", "变化的学生"]
    assert cli.run(["compare", "2025-09", "2025-10", *where, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    kinds = {one["name"]: one["kind"] for one in answer["children"]}
    assert (kinds[GONE], kinds[BACK], kinds[ILL]) == ("new", "returned", "moved")
    marked = next(one for one in answer["figures"] if one["id"] == "Z03")
    assert (marked["before"], marked["changed"], marked["after"]) == (0, 1, 1)
    assert cli.run(["compare", "2025-10", "2025-09", *where]) == 2
    assert "先写早的月份" in capsys.readouterr().err


# ---- golden


@cache
def _sample() -> tuple[Path, tempfile.TemporaryDirectory[str]]:
    """Return the sample school at the end of its September."""
    folder = tempfile.TemporaryDirectory()
    made = build_demo(Path(folder.name) / "w")
    reconcile_term_start([made.inbox], as_of=DAY, workspace=made)
    files = sample_month()
    (story,) = [tomllib.loads(data.decode()) for name, data in files.items() if name.endswith(".toml")]
    numbers = {(line.case.name, line.case.class_name): line.case.number for line in listed(made, DAY)}
    for child in story["children"]:
        number, phoned = numbers[child["name"], child["class"]], child["phoned"]
        told = ContactMade("phone", phoned["on"], child["responsible"], phoned["result"], note=phoned["note"])
        log_contact(made, DAY, number, told)
    for child in story["children"]:
        if back := child.get("returned"):
            report_return(made, date(2025, 9, 30), numbers[child["name"], child["class"]], on=back, by=None, note=None)
    for name, data in files.items():
        if name.endswith(".xlsx"):
            (made.inbox / name).write_bytes(data)
    scan(made, date(2025, 9, 30))
    return made.root, folder


def test_the_sample_school_s_september_reads_as_it_always_did(tmp_path: Path) -> None:
    report = issued(copied(tmp_path / "w", _sample()[0]), SEPTEMBER, date(2025, 9, 30))
    assert _text(report) == (GOLDEN / "monthly-report.txt").read_text(encoding="utf-8")


def test_a_zero_month_reads_as_it_always_did(quiet: Workspace) -> None:
    assert _text(issued(quiet)) == (GOLDEN / "zero-report.txt").read_text(encoding="utf-8")
