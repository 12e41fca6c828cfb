"""What papers may say of a child: only what certainly is about it, as known on the day, and nothing made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders import id_number
from ledger_school import CLASS, CLOSING, DAY, OPENING, reconcile, return_list, workbook

from dropctl.procedures.attendance import scan_attendance
from dropctl.procedures.child_facts import ENROLLED, LEDGER_ONLY, LISTED, UNREGISTERED, ChildFacts, known_children
from dropctl.workspace import Workspace, create_workspace

HEADINGS = (
    "年级", "班级", "姓名", "性别", "身份证件号", "学籍号", "出生日期", "学生状态", "户口所在地行政区划", "现住址",
    "成员1姓名", "成员1关系", "成员1联系电话", "是否留守儿童", "随班就读",
)  # fmt: skip
SIX = (date(2025, 9, 25), date(2025, 9, 26), date(2025, 9, 28), date(2025, 9, 29), date(2025, 9, 30), date(2025, 10, 9))


def pupil(name: str, sequence: int, *, left_behind: str = "", number: str | None = None) -> list[object]:
    own = id_number(sequence=sequence) if number is None else number
    return ["七年级", "1班", name, "男", own, f"L{own}" if number is None else "", "20130501", "在读", "349901000000",
            f"{name}家", f"{name}父", "父亲", f"1990000{sequence:04d}", left_behind, ""]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    made = create_workspace(
        tmp_path / "w", role="school", name="某校", code="3499000001", opening=OPENING, closing=CLOSING
    )
    rows = [pupil("甲小一", 1, left_behind="双亲留守儿童"), pupil("乙小二", 3), pupil("丙小三", 5, number="")]
    workbook(made.inbox / "学籍名册.xlsx", [["某校学生花名册"], HEADINGS, *rows])
    names = ("甲小一", "乙小二", "丙小三", "外来生")
    return_list(made, (), names=names)
    poor = ("户编号", "姓名", "证件号码", "与户主关系", "户主姓名", "户类型", "监测对象类别", "乡镇", "行政村")
    told = [
        ["H1", "甲小一", id_number(sequence=1), "之子", "甲父", "脱贫户", "", "石桥镇", "枫林村"],
        ["H2", "丙晓三", id_number(sequence=5), "之子", "丙父", "脱贫户", "", "石桥镇", "枫林村"],
        ["H3", "丁小四", id_number(sequence=7), "之子", "丁父", "", "突发严重困难户", "石桥镇", "枫林村"],
    ]
    workbook(made.inbox / "脱贫户.xlsx", [["脱贫户家庭成员"], poor, *told])
    reconcile(made)
    return made


def by_name(home: Workspace, day: date = DAY) -> dict[str | None, ChildFacts]:
    return {child.name: child for child in known_children(home, day).children.values()}


def test_what_the_registers_say_stands_under_the_ledgers_numbers(home: Workspace) -> None:
    found = by_name(home)
    one = found["甲小一"]
    assert (one.place, one.school, one.class_name, one.status) == (ENROLLED, "某校", CLASS, "在读")
    assert (one.guardian, one.relation, one.phone, one.home_address) == ("甲小一父", "父亲", "19900000001", "甲小一家")
    assert (one.id_number, one.born, one.is_left_behind) == (id_number(sequence=1), date(2013, 5, 1), True)
    assert one.household_address is None, "an area code is no address"
    assert one.poverty is not None
    assert (one.poverty.words, one.poverty.is_certain, one.village, one.household_number) == (
        "脱贫户", True, "枫林村", "H1",
    )  # fmt: skip
    assert one.number in known_children(home, DAY).children
    assert found["外来生"].place == UNREGISTERED
    assert (found["丁小四"].place, found["丁小四"].school, found["丁小四"].household_head) == (LISTED, None, "丁父")


def test_what_nobody_says_is_none_and_what_is_doubtful_is_not_taken_over(home: Workspace) -> None:
    found = by_name(home)
    assert found["乙小二"].poverty is None
    assert found["乙小二"].is_left_behind is None
    assert found["乙小二"].absence is None
    doubtful = found["丙小三"]
    assert (doubtful.household_number, doubtful.village, doubtful.id_number) == (None, None, None)
    assert doubtful.poverty is not None, "the lists as a whole speak for it, nobody has confirmed it"
    assert not doubtful.poverty.is_certain


def test_a_child_in_no_snapshot_has_what_the_ledger_keeps(home: Workspace) -> None:
    rows = [pupil("甲小一", 1)]
    workbook(home.inbox / "学籍名册.xlsx", [["某校学生花名册"], HEADINGS, *rows])
    return_list(home, (), names=("甲小一",))
    reconcile(home, date(2025, 9, 4), yes=True)
    gone = by_name(home, date(2025, 9, 4))["乙小二"]
    assert gone.id_number == id_number(sequence=3)
    assert by_name(home, DAY)["乙小二"].phone == "19900000003", "as it was known then"
    nobody = known_children(home, DAY).of("P-9999")
    assert (nobody.place, nobody.name) == (LEDGER_ONLY, None)


def test_a_workspace_without_any_run_knows_nobody_and_does_not_stop(tmp_path: Path) -> None:
    made = create_workspace(
        tmp_path / "w", role="school", name="某校", code="3499000001", opening=OPENING, closing=CLOSING
    )
    known = known_children(made, DAY)
    assert (known.children, known.evidence, known.attendance) == ({}, None, None)


def test_the_absence_counts_school_days_up_to_the_day_asked(home: Workspace) -> None:
    rows = [[day, CLASS, "甲小一", "否", ""] for day in SIX]
    log = workbook(home.root / "缺勤登记.xlsx", [["缺勤登记"], ["日期", "班级", "姓名", "是否请假", "原因"], *rows])
    scan_attendance([log], as_of=SIX[-1], workspace=home)
    run = by_name(home, SIX[-1])["甲小一"].absence
    assert run is not None
    assert (run.since, run.certain_days, run.unexcused, run.flag_date) == (SIX[0], 6, SIX, SIX[-1])
    assert (run.ended, run.mark_is_registry, run.reached) == (False, False, "suspected_dropout")


def test_the_whole_number_is_in_no_text_a_fault_could_print(home: Workspace) -> None:
    one = by_name(home)["甲小一"]
    assert one.id_number is not None
    assert one.id_number not in repr(one)
