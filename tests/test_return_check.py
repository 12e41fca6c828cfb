"""三.5 as CONTRACT §2 and §3 read it: who was there, who is expected, what makes an absence lawful."""

from __future__ import annotations

from datetime import date

import pytest
from builders import Child, School, id_number

CLASS = "七年级1班"
FOUR = [Child("张三"), Child("李四", sequence=3), Child("王五", sequence=5), Child("赵六", sequence=7)]


def test_a_child_marked_absent_is_missing_and_a_child_marked_present_is_not() -> None:
    school = School().enrolled(*FOUR).list_of(CLASS, {"张三": "是", "李四": "否", "王五": "√", "赵六": "已返校"})
    assert school.told("not_returned") == [("李四", "certain")]


def test_a_child_left_off_a_list_of_those_present_is_missing() -> None:
    school = School().enrolled(*FOUR).those_present(CLASS, "张三", "李四", "王五")
    assert school.told("not_returned") == [("赵六", "certain")]


def test_a_class_without_a_list_accuses_nobody() -> None:
    other = Child("孙七", "八年级1班", sequence=9)
    school = School().enrolled(*FOUR, other).list_of(CLASS, dict.fromkeys(("张三", "李四", "王五", "赵六"), "是"))
    assert school.told("not_returned") == []
    unreported = school.findings("presence_unreported")
    assert unreported["class_name"].to_list() == ["八年级1班"]
    assert unreported["due_date"].to_list() == [date(2025, 9, 3)]


def test_a_blank_mark_is_unknown_and_is_named_once_for_the_class() -> None:
    school = School().enrolled(*FOUR).list_of(CLASS, {"张三": "是", "李四": None, "王五": "是", "赵六": None})
    assert school.told("not_returned") == []
    (reason,) = school.findings("presence_unreported")["reason"]
    assert "李四" in reason
    assert "赵六" in reason
    assert "张三" not in reason


def test_the_latest_list_of_a_class_decides_and_one_of_the_future_does_not() -> None:
    names = ("张三", "李四", "王五", "赵六")
    school = School().enrolled(*FOUR)
    school.list_of(CLASS, {**dict.fromkeys(names, "是"), "李四": "否", "王五": "否"}, "2025年9月1日")
    school.list_of(CLASS, {**dict.fromkeys(names, "是"), "王五": "否"}, "2025年9月2日")
    school.list_of(CLASS, {**dict.fromkeys(names, "否")}, "2025年9月9日")
    assert school.told("not_returned") == [("王五", "certain")]


def test_a_list_of_last_term_says_nothing_about_this_one() -> None:
    school = School().enrolled(*FOUR).those_present(CLASS, "张三", day="2025年3月1日")
    assert school.told("not_returned") == []
    assert school.findings("presence_unreported").height == 1


@pytest.mark.parametrize("status", ["毕业", "结业", "死亡", "出国", "转出", "07", "10-转学（转出）"])
def test_statuses_that_are_not_expected(status: str) -> None:
    gone = Child("钱八", sequence=11, status=status)
    school = School().enrolled(*FOUR, gone).those_present(CLASS, "张三", "李四", "王五", "赵六")
    assert school.told("not_returned", "status_conflict", "lawfully_absent") == []


@pytest.mark.parametrize("status", ["疑似辍学", "辍学", "其他离校", "失踪", "退学", "开除"])
def test_statuses_that_are_expected_and_cannot_stand(status: str) -> None:
    gone = Child("钱八", sequence=11, status=status)
    school = School().enrolled(*FOUR, gone).those_present(CLASS, "张三", "李四", "王五", "赵六")
    assert school.told("not_returned") == [("钱八", "certain")]
    assert school.told("status_conflict") == [("钱八", "certain")]


@pytest.mark.parametrize("status", ["", "在读", "复学", "01", "借读待定"])
def test_blank_and_unlisted_statuses_are_expected(status: str) -> None:
    gone = Child("钱八", sequence=11, status=status)
    school = School().enrolled(*FOUR, gone).those_present(CLASS, "张三", "李四", "王五", "赵六")
    assert school.told("not_returned") == [("钱八", "certain")]


BUREAU = "黟县教育局"


def _suspended(*approval: object, status: str = "休学", mark: str = "否") -> School:
    child = Child("钱八", sequence=11, status=status)
    school = School().enrolled(*FOUR, child)
    school.list_of(CLASS, {**dict.fromkeys(("张三", "李四", "王五", "赵六"), "是"), "钱八": mark})
    if approval:
        school.approvals(["钱八", id_number(sequence=11), *approval])
    return school


def test_an_approved_suspension_that_covers_the_list_is_lawful() -> None:
    school = _suspended("休学", "黟教休〔2025〕3号", BUREAU, "2025-03-01", "2026-02-28")
    assert school.told("lawfully_absent") == [("钱八", "certain")]
    assert school.told("not_returned") == []


@pytest.mark.parametrize(
    ("number", "approver", "starts", "ends"),
    [
        ("休1号", "某某学校", "2025-03-01", "2026-02-28"),
        ("休1号", "校长", "2025-03-01", "2026-02-28"),
        (None, BUREAU, "2025-03-01", "2026-02-28"),
        ("休1号", None, "2025-03-01", "2026-02-28"),
        ("休1号", BUREAU, None, "2026-02-28"),
        ("休1号", BUREAU, "2025-03-01", None),
    ],
)
def test_a_suspension_by_the_school_or_without_a_date_or_number_is_only_claimed(
    number: str | None, approver: str | None, starts: str | None, ends: str | None
) -> None:
    school = _suspended("休学", number, approver, starts, ends)
    assert school.told("lawfully_absent") == [("钱八", "claimed")]
    assert school.told("not_returned") == []


def test_a_suspension_claimed_in_the_roster_without_any_approval_is_claimed() -> None:
    school = _suspended()
    (line,) = school.findings("lawfully_absent").iter_rows(named=True)
    assert line["certainty"] == "claimed"
    assert "补审批材料" in line["next_step"]


@pytest.mark.parametrize(("ends", "kind", "certainty"), [
    ("2025-08-31", "not_returned", "certain"),  # the list is after the end
    ("2025-09-01", "not_returned", "to_confirm"),  # ended on the day of the list, before as_of
    ("2025-09-02", "not_returned", "to_confirm"),
    ("2025-09-03", "lawfully_absent", "certain"),  # still running on as_of
])  # fmt: skip
def test_a_suspension_that_ended(ends: str, kind: str, certainty: str) -> None:
    school = _suspended("休学", "黟教休〔2025〕3号", BUREAU, "2025-03-01", ends)
    assert school.told("not_returned", "lawfully_absent") == [("钱八", certainty)]
    assert school.findings("not_returned", "lawfully_absent")["kind"].to_list() == [kind]


def test_inability_to_learn_needs_assessment_and_both_opinions() -> None:
    child = Child("钱八", sequence=11)
    headings = (
        "姓名",
        "身份证号",
        "审批类别",
        "审批文号",
        "审批单位",
        "开始日期",
        "结束日期",
        "评估编号",
        "卫健部门意见",
        "残联意见",
    )
    row = [
        "钱八",
        id_number(sequence=11),
        "不具备学习能力",
        "1号",
        BUREAU,
        "2025-03-01",
        "2026-02-28",
        "评1号",
        "同意",
        None,
    ]
    school = School().enrolled(*FOUR, child).those_present(CLASS, "张三", "李四", "王五", "赵六")
    school.sheet("审批登记.xlsx", "审批登记", headings, [row])
    assert school.told("lawfully_absent") == [("钱八", "claimed")]
    school.sheets[-1].rows[-1][-1] = "同意"  # type: ignore[index]
    assert school.told("lawfully_absent") == [("钱八", "certain")]


def test_sick_leave_written_on_the_class_list_is_claimed_and_another_school_is_elsewhere() -> None:
    school = School().enrolled(*FOUR)
    title = f"{CLASS}返校登记表 2025年9月1日"
    rows = [["张三", "是", ""], ["李四", "否", "病假"], ["王五", "否", "转学到外地"], ["赵六", "否", "联系不上"]]
    school.sheet("701.xlsx", title, ("姓名", "是否返校", "未返校原因"), rows)
    assert school.told("lawfully_absent") == [("李四", "claimed")]
    triage = dict(school.findings("not_returned").select("name", "triage").iter_rows())
    assert triage == {"王五": "elsewhere", "赵六": "to_contact"}


def test_present_though_marked_suspended_is_a_conflict() -> None:
    school = _suspended(mark="是")
    assert school.told("status_conflict") == [("钱八", "certain")]
    assert school.told("lawfully_absent", "not_returned") == []


def test_a_roster_of_last_year_accuses_nobody() -> None:
    names = [f"学生{mark}" for mark in "甲乙丙丁戊己庚辛壬癸"]
    school = School().enrolled(*(Child(name, "六年级1班", sequence=2 * n + 1) for n, name in enumerate(names)))
    school.list_of(CLASS, dict.fromkeys(names[:9], "是"))
    assert school.told("not_returned", "presence_unreported") == []
    (line,) = school.findings("register_outdated").iter_rows(named=True)
    assert line["due_date"] == date(2025, 9, 8)
    assert {certainty for _, certainty in school.told("unregistered")} == {"to_confirm"}


def test_just_under_eighty_percent_is_not_an_outdated_roster() -> None:
    names = [f"学生{mark}" for mark in "甲乙丙丁戊己庚辛壬癸"]
    school = School().enrolled(*(Child(name, "六年级1班", sequence=2 * n + 1) for n, name in enumerate(names)))
    school.list_of(CLASS, dict.fromkeys(names[:7], "是")).list_of("六年级1班", dict.fromkeys(names[7:], "是"))
    assert school.told("register_outdated") == []


def test_new_pupils_of_entry_grades_are_normal_in_september_and_others_are_not() -> None:
    school = School().enrolled(*FOUR)
    school.those_present("一年级1班", "新生甲").those_present(CLASS, "张三", "李四", "王五", "赵六")
    school.those_present("八年级1班", "插班生")
    due = dict(school.findings("unregistered").select("name", "due_date").iter_rows())
    assert due == {"新生甲": date(2025, 10, 31), "插班生": None}
    assert set(school.findings("unregistered")["certainty"]) == {"certain"}


def test_in_spring_a_new_first_grader_without_registration_is_not_normal() -> None:
    school = School(opening=date(2025, 3, 3), as_of=date(2025, 3, 5)).enrolled(*FOUR)
    school.those_present("一年级1班", "新生甲", day="2025年3月3日")
    assert school.findings("unregistered")["due_date"].to_list() == [None]
