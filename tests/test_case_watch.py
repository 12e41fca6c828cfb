"""What lists say about children with a case: the registry's mark, a return nobody scanned in time, missing again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from builders import HEADINGS, Child
from ledger_school import CHILDREN, CLASS, CLOSING, NAMES, OPENING, reconcile, roster, school, workbook

from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.policy.case_state import Case
from dropctl.procedures import cases as procedures
from dropctl.procedures.attendance import AttendanceOutcome, scan_attendance
from dropctl.procedures.case_marks import mark_by_hand
from dropctl.workspace import Workspace, create_workspace

ONE, TWO = NAMES[0], NAMES[1]
LOG = ("日期", "班级", "姓名", "是否请假")


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    """A workspace whose children all came back on the first day."""
    made = school(tmp_path / "w", [])
    reconcile(made)
    return made


def log(home: Workspace, marks: Mapping[str, str], first: date, name: str = "缺勤") -> Path:
    """Write an absence log: per child one sign for each school day from `first`, × absent and √ there."""
    days = home.calendar().school_days(first, CLOSING)
    rows: list[Sequence[object]] = []
    for number in range(max(map(len, marks.values()))):
        absent = [child for child, signs in marks.items() if signs[number : number + 1] == "×"]
        rows += [(days[number].isoformat(), CLASS, child, "否") for child in absent or ["无"]]
    return workbook(home.root / f"{name}.xlsx", [["缺勤登记"], LOG, *rows])


def scan(home: Workspace, path: Path, as_of: date, **options: bool) -> AttendanceOutcome:
    return scan_attendance([path], as_of=as_of, workspace=home, **options)


def day(home: Workspace, first: date, number: int) -> date:
    """The n-th school day from `first`, itself the first."""
    return home.calendar().school_days(first, CLOSING)[number - 1]


def folded(home: Workspace) -> dict[str, Case]:
    return fold_cases(Ledger(home.state).events(kinds=CASE_KINDS))


def one(home: Workspace) -> Case:
    (case,) = folded(home).values()
    return case


def kinds(home: Workspace) -> list[str]:
    return [event.kind for event in Ledger(home.state).events() if event.kind in CASE_KINDS]


START = date(2025, 9, 8)  # a Monday; the sixth school day is the 15th


# ---- a mark and a return that were over before anybody scanned


def test_what_is_over_when_it_is_scanned_is_kept_as_a_case_on_its_true_days(home: Workspace) -> None:
    path = log(home, {ONE: "××××××√√√√√"}, START)
    outcome = scan(home, path, date(2025, 10, 31))
    assert outcome.findings.filter(pl.col("kind") != "absence_unreported").is_empty()
    case = one(home)
    assert (case.opened_on, case.absent_since, case.state) == (date(2025, 9, 15), START, "returned")
    assert (case.return_on, case.returned_on) == (day(home, START, 7), day(home, START, 11))
    assert (case.mark, case.kind) == ("none", "suspected_dropout")
    before = kinds(home)
    scan(home, path, date(2025, 10, 31))
    scan(home, path, date(2025, 11, 3))
    assert kinds(home) == before


def test_five_days_make_no_case_when_they_are_over(home: Workspace) -> None:
    scan(home, log(home, {ONE: "×××××√√√√√"}, START), date(2025, 10, 31))
    assert folded(home) == {}


def test_a_case_that_told_it_already_is_enough(home: Workspace) -> None:
    scan(home, log(home, {ONE: "××××××"}, START), day(home, START, 6))
    scan(home, log(home, {ONE: "××××××√√√√√"}, START, "补"), date(2025, 10, 31))
    case = one(home)
    assert (case.state, case.opened_on) == ("open", day(home, START, 6))
    # The log shows absences only, and the case is open: the child is not seen before somebody says that it is back.
    procedures.report_return(home, date(2025, 10, 31), case.number, on=day(home, START, 7), by=None, note=None)
    scan(home, log(home, {ONE: "××××××√√√√√"}, START, "补"), date(2025, 11, 3))
    assert (one(home).state, one(home).returned_on) == ("returned", day(home, START, 11))


@pytest.mark.parametrize(("days", "marked"), [(5, False), (6, True)])
def test_an_open_case_is_marked_on_the_day_before_its_return_is_confirmed(
    tmp_path: Path, days: int, marked: bool
) -> None:
    made = school(tmp_path / "w", [ONE])
    reconcile(made)  # opens the case, because the child is not on the list of 1 September
    back = day(made, OPENING, days + 1)
    procedures.report_return(made, back, one(made).number, on=back, by=None, note=None)
    path = log(made, {ONE: "×" * days + "√√√√√"}, OPENING)
    for as_of in (date(2025, 9, 30), date(2025, 10, 31)):
        scan(made, path, as_of)
        assert (one(made).state, one(made).mark) == ("returned", "none")
        told = [event for event in Ledger(made.state).events(kinds=CASE_KINDS) if event.kind == "finding_joined"]
        assert [event.facts["marked_on"] for event in told] == [day(made, OPENING, 6).isoformat()] * marked
    assert kinds(made).index("return_confirmed") > (kinds(made).index("finding_joined") if marked else 0)


def test_too_many_past_marks_are_held_back_like_others(home: Workspace) -> None:
    marks = dict.fromkeys(NAMES[:6], "××××××√√√√√")
    outcome = scan(home, log(home, marks, START), date(2025, 10, 31))
    assert folded(home) == {}
    assert any("会被立案" in note for note in outcome.notes)
    scan(home, log(home, marks, START), date(2025, 10, 31), yes=True)
    assert {case.state for case in folded(home).values()} == {"returned"}
    assert len(folded(home)) == 6


# ---- a return of a child with a case is confirmed by attendance, whatever opened the case


def test_a_child_missing_at_the_opening_is_seen_back_in_the_grid(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [ONE])
    reconcile(made)
    days = made.calendar().school_days(date(2025, 9, 8), date(2025, 9, 12))
    rows = [[name, *("√" for _ in days)] for name in NAMES]
    grid = [[f"{CLASS}2025年9月考勤表"], ["姓名", *(one.day for one in days)], *rows]
    path = workbook(made.root / "九月.xlsx", grid)
    scan(made, path, date(2025, 9, 11))
    assert one(made).state == "open"
    scan(made, path, date(2025, 9, 12))
    case = one(made)
    assert (case.state, case.return_on, case.returned_on) == ("returned", date(2025, 9, 8), date(2025, 9, 12))


def test_an_absence_after_a_reported_return_breaks_it_and_the_next_one_counts(home: Workspace) -> None:
    scan(home, log(home, {ONE: "××××××"}, START), day(home, START, 6))
    procedures.report_return(home, day(home, START, 8), "C-2025-001", on=day(home, START, 7), by=None, note=None)
    scan(home, log(home, {ONE: "××××××√√×"}, START), day(home, START, 9))
    assert one(home).state == "open"
    assert "return_broken" in kinds(home)
    procedures.report_return(home, day(home, START, 10), "C-2025-001", on=day(home, START, 10), by=None, note=None)
    scan(home, log(home, {ONE: "××××××√√×√√√√"}, START), day(home, START, 13))
    assert one(home).state == "return_reported"
    scan(home, log(home, {ONE: "××××××√√×√√√√√"}, START), day(home, START, 14))
    assert (one(home).state, one(home).return_on) == ("returned", day(home, START, 10))
    assert kinds(home).count("return_broken") == 1


# ---- missing again under the watch


@pytest.fixture
def back(home: Workspace) -> Workspace:
    """A workspace with a case that is returned since 2025-09-22."""
    scan(home, log(home, {ONE: "××××××√√√√√"}, START), date(2025, 9, 22))
    assert (one(home).state, one(home).returned_on) == ("returned", date(2025, 9, 22))
    return home


def close_as_returned(home: Workspace, on: date) -> None:
    given = {"学籍状态在读": "是", "一人一案": "3号"}
    procedures.close(home, on, "C-2025-001", outcome="复学", evidence=given, on=on, by="李", note=None)


@pytest.mark.parametrize(("signs", "state"), [("××××", "closed"), ("×××××", "open"), ("××××××", "open")])
def test_a_run_of_five_within_the_watch_opens_the_closed_case_again(back: Workspace, signs: str, state: str) -> None:
    close_as_returned(back, date(2025, 9, 23))
    first = date(2025, 10, 22)  # the thirtieth day after the confirmation
    scan(back, log(back, {ONE: signs}, first, "再"), day(back, first, len(signs)))
    case = one(back)
    assert case.state == state
    if state == "open":
        assert case.absent_since == first
        assert case.mark == ("suspected" if len(signs) > 5 else "none")
    before = kinds(back)
    scan(back, log(back, {ONE: signs}, first, "再"), day(back, first, len(signs)))
    assert kinds(back) == before


def test_after_the_watch_a_new_mark_is_a_new_case(back: Workspace) -> None:
    close_as_returned(back, date(2025, 9, 23))
    first = date(2025, 10, 23)
    scan(back, log(back, {ONE: "××××××"}, first, "再"), day(back, first, 6))
    assert [case.state for case in folded(back).values()] == ["closed", "open"]


def test_a_case_that_was_never_closed_is_opened_again_at_any_time(back: Workspace) -> None:
    first = date(2025, 11, 24)
    scan(back, log(back, {ONE: "×××××"}, first, "再"), day(back, first, 5))
    assert one(back).state == "open"


def test_a_return_that_is_broken_and_mended_before_the_scan_is_told_whole(back: Workspace) -> None:
    first = date(2025, 10, 9)
    scan(back, log(back, {ONE: "×××××√√√√√"}, first, "再"), date(2025, 10, 31))
    case = one(back)
    assert "reopened" in kinds(back)
    assert (case.state, case.return_on) == ("returned", day(back, first, 6))


def test_a_case_closed_for_another_reason_is_not_watched(home: Workspace) -> None:
    scan(home, log(home, {ONE: "××××××"}, START), day(home, START, 6))
    given = {"改正后的信息": "甲", "真实学籍": "乙"}
    on = day(home, START, 7)
    procedures.close(home, on, "C-2025-001", outcome="信息错误", evidence=given, on=on, by="李", note=None)
    first = day(home, START, 9)
    scan(home, log(home, {ONE: "××××××√√×××××"}, START, "再"), day(home, first, 5))
    assert one(home).state == "closed"


# ---- the registry's own mark


def marked_roster(home: Workspace, status: str) -> None:
    roster(home, [Child(ONE, sequence=CHILDREN[0].sequence, status=status), *CHILDREN[1:]])


def test_the_first_export_that_shows_a_mark_gives_its_day(home: Workspace) -> None:
    sixth = day(home, START, 6)
    scan(home, log(home, {ONE: "××××××"}, START), sixth)
    assert (one(home).mark, one(home).mark_on, one(home).mark_source) == ("suspected", sixth, "forecast")
    for later in (date(2025, 9, 18), date(2025, 9, 25)):
        marked_roster(home, "疑似辍学")
        reconcile(home, later)
    case = one(home)
    assert (case.mark, case.mark_on, case.mark_source) == ("suspected", date(2025, 9, 18), "export")
    outcome = scan(home, log(home, {ONE: "××××××××××××"}, START, "再"), date(2025, 9, 25))
    (run,) = outcome.runs.iter_rows(named=True)
    assert (run["mark_by"], run["mark_date"], run["dropout_date"]) == (
        "registry",
        date(2025, 9, 18),
        date(2025, 10, 19),
    )
    marked_roster(home, "辍学")
    reconcile(home, date(2025, 10, 20))
    assert (one(home).mark, one(home).mark_on) == ("dropout", date(2025, 10, 20))
    assert kinds(home).count("marked") == 2


def test_a_day_that_somebody_recorded_from_the_registry_goes_first(home: Workspace) -> None:
    scan(home, log(home, {ONE: "××××××"}, START), day(home, START, 6))
    mark_by_hand(home, date(2025, 9, 18), "C-2025-001", "疑似辍学", on=date(2025, 9, 16), by="李")
    marked_roster(home, "疑似辍学")
    reconcile(home, date(2025, 9, 25))
    assert (one(home).mark_on, one(home).mark_source) == (date(2025, 9, 16), "registry")
    outcome = scan(home, log(home, {ONE: "××××××××××××"}, START, "再"), date(2025, 9, 25))
    assert outcome.runs["mark_date"].to_list() == [date(2025, 9, 16)]


def test_a_mark_that_was_gone_in_between_begins_anew(home: Workspace) -> None:
    scan(home, log(home, {ONE: "××××××"}, START), day(home, START, 6))
    for status, on in (("疑似辍学", 17), ("在读", 18), ("疑似辍学", 19)):
        marked_roster(home, status)
        reconcile(home, date(2025, 9, on))
    outcome = scan(home, log(home, {ONE: "××××××××××"}, START, "再"), date(2025, 9, 19))
    assert outcome.runs["mark_date"].to_list() == [date(2025, 9, 19)]


def test_a_mark_that_the_roster_no_longer_shows_is_asked_about_and_stays(home: Workspace) -> None:
    scan(home, log(home, {ONE: "××××××"}, START), day(home, START, 6))
    marked_roster(home, "疑似辍学")
    assert not any("已取消标注" in note for note in reconcile(home, date(2025, 9, 17)).notes)
    marked_roster(home, "在读")
    (said,) = [note for note in reconcile(home, date(2025, 9, 18)).notes if "已取消标注" in note]
    for words in ("C-2025-001", "“疑似辍学”标注", "“在读”", "dropctl case mark C-2025-001"):
        assert words in said
    assert (one(home).mark, one(home).mark_source) == ("suspected", "export")
    mark_by_hand(home, date(2025, 9, 18), "C-2025-001", "已取消标注", on=date(2025, 9, 18), by="李")
    assert not any("已取消标注" in note for note in reconcile(home, date(2025, 9, 19)).notes)


def test_a_mark_that_a_case_explains_is_no_conflict_until_the_child_is_back(home: Workspace) -> None:
    def conflicts(on: date) -> int:
        return reconcile(home, on).findings.filter(pl.col("kind") == "status_conflict").height

    marked_roster(home, "疑似辍学")
    assert conflicts(date(2025, 9, 15)) == 1
    scan(home, log(home, {ONE: "××××××"}, START), date(2025, 9, 15))
    assert conflicts(date(2025, 9, 16)) == 0
    procedures.report_return(home, date(2025, 9, 16), "C-2025-001", on=date(2025, 9, 16), by=None, note=None)
    scan(home, log(home, {ONE: "××××××√√√√√"}, START), date(2025, 9, 22))
    assert one(home).state == "returned"
    assert conflicts(date(2025, 9, 23)) == 1


@pytest.mark.parametrize(
    ("word", "on", "words"),
    [("退学", START, "没有“退学”这种标注"), ("辍学", date(2025, 9, 1), "早于缺课开始"), ("辍学", CLOSING, "晚于")],
)
def test_a_mark_that_cannot_be_is_refused(home: Workspace, word: str, on: date, words: str) -> None:
    scan(home, log(home, {ONE: "××××××"}, START), day(home, START, 6))
    with pytest.raises(Refused, match=words):
        mark_by_hand(home, day(home, START, 6), "C-2025-001", word, on=on, by=None)


def test_a_returned_case_bears_no_mark_any_more(back: Workspace) -> None:
    with pytest.raises(Refused, match="已证实复学"):
        mark_by_hand(back, date(2025, 9, 23), "C-2025-001", "疑似辍学", on=date(2025, 9, 23), by=None)


# ---- a county's children on no roster


def county(root: Path, *, listed: Sequence[str], silent: bool = False) -> Workspace:
    made = create_workspace(root, role="county", name="某县教育局", code="", opening=OPENING, closing=CLOSING)
    pupils = CHILDREN[:20]
    rows = [["甲小", *child.row()] for child in pupils[:10]] + [["乙小", *child.row()] for child in pupils[10:]]
    workbook(made.inbox / "学籍.xlsx", [["学生花名册"], ["学校名称", *HEADINGS], *rows])
    workbook(made.inbox / "学校名单.xlsx", [["学校名单"], ["学校名称", "学校标识码", "简称"],
                                         *([name, f"34990000{n}1", ""] for n, name in enumerate(listed))])  # fmt: skip
    for number, name in enumerate(("甲小", "乙小")):
        if silent and number:
            continue
        marks = [[child.name, "是"] for child in pupils[10 * number : 10 * number + 10]]
        title = f"{name}{CLASS}返校登记 2025年9月1日"
        workbook(made.inbox / name / "701.xlsx", [[title], ["姓名", "是否返校"], *marks])
    poor = [["H1", "无处寻", Child("无处寻", sequence=901).id, "之子", "脱贫户", "", "初中"]]
    headings = ["户编号", "姓名", "证件号码", "与户主关系", "户类型", "监测对象类别", "在校生状况"]
    workbook(made.inbox / "脱贫名单.xlsx", [["脱贫户家庭成员"], headings, *poor])
    return made


def test_a_child_on_no_roster_gets_a_case_once_every_school_has_reported(tmp_path: Path) -> None:
    made = county(tmp_path / "w", listed=["甲小", "乙小"])
    outcome = reconcile(made)
    assert "not_located" in outcome.findings["kind"].to_list()
    case = one(made)
    assert (case.name, case.kind, case.registered, case.poor) == ("无处寻", "not_located", False, True)
    later = reconcile(made, date(2025, 9, 10)).cases
    assert (later.opened, later.gone) == ((), ())
    # Nobody names the child any more: that answers nothing. On a roster and present: a person is asked.
    poor = made.inbox / "脱贫名单.xlsx"
    poor.rename(made.root / "脱贫名单.xlsx")
    assert reconcile(made, date(2025, 9, 11)).cases.gone == ()
    found = Child("无处寻", sequence=901)
    rows = [["甲小", *child.row()] for child in (*CHILDREN[:10], found)]
    rows += [["乙小", *child.row()] for child in CHILDREN[10:20]]
    workbook(made.inbox / "学籍.xlsx", [["学生花名册"], ["学校名称", *HEADINGS], *rows])
    marks = [[child.name, "是"] for child in (*CHILDREN[:10], found)]
    workbook(made.inbox / "甲小" / "701.xlsx", [[f"甲小{CLASS}返校登记 2025年9月12日"], ["姓名", "是否返校"], *marks])
    assert reconcile(made, date(2025, 9, 12)).cases.gone == ("C-2025-001",)
    assert one(made).gone_now == "2025-09-12的名单上已到校"


@pytest.mark.parametrize(
    "options", [{"listed": ["甲小", "乙小", "丙小"]}, {"listed": ["甲小", "乙小"], "silent": True}]
)
def test_while_a_school_is_silent_nobody_is_nowhere(tmp_path: Path, options: dict[str, object]) -> None:
    made = county(tmp_path / "w", **options)  # type: ignore[arg-type]
    assert "not_located" in reconcile(made).findings["kind"].to_list()
    assert folded(made) == {}
