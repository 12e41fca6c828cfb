"""Grades, classes and list dates in the forms schools write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from builders import AS_OF, OPENING, Child, School

from dropctl.errors import Refused
from dropctl.ingest.dates import says_last_term, term_named, term_number
from dropctl.ingest.read import read_registers
from dropctl.reconcile.given_twice import refuse_lists_given_twice
from dropctl.registers.grades import find_placement, hinted_placement, placement_in_stage, read_placement
from dropctl.tables.raw import Cell, RawSheet


@pytest.mark.parametrize(
    ("grade", "room"),
    [
        ("七年级", "1班"),
        ("7", "701"),
        ("七年级", "（1）班"),
        ("七年级", "一班"),
        ("初一", "1"),
        ("初中一年级", "1班"),
        ("7年级", "7.1"),
        ("07", "0701"),
        ("1-七年级", "七1班"),
        ("七年级", "七年级1班"),
        ("七年级", "初一1班"),
        ("七", "1"),
        (None, "七（1）班"),
        (None, "七年级（1）班"),
        (None, "701"),
        (None, "701班"),
        (None, "7.1"),
        (None, "7-1"),
        (None, "初一(1)班"),
        (None, "七年级1"),
        ("七年级1班", None),
        ("初2025级", "1班"),
        ("2025级（初中）", "1"),
        ("七年級", "1班"),
        ("七年级上学期", "1班"),
        (None, "初2025级1班"),
        (None, "7年1班"),
        (None, "7（1）班"),
        (None, "初中一年级1班"),
    ],
)
def test_one_class_in_many_spellings(grade: str | None, room: str | None) -> None:
    assert read_placement(grade, room, 2025).class_name == "七年级1班"
    assert read_placement(grade, room, 2025).grade == "7"


@pytest.mark.parametrize(
    ("grade", "room", "expected"),
    [
        ("七年级", "十二班", "七年级12班"),
        ("七年级", "火箭班", "七年级火箭班"),
        ("五年级", "五班", "五年级5班"),
        ("2025级", "2班", "一年级2班"),
        ("2020级", "2班", "六年级2班"),
        (None, "3班", "3班"),
        ("七年级", "七班", "七年级7班"),
        ("2025", "1", "一年级1班"),
        ("2014级", "1", "1班"),  # out of school by now
        ("高一", "1", "1班"),
        ("预初", "1", "1班"),  # there is none where primary school has six years
        ("七年级", "七年级", None),
        (None, "七年级", None),
    ],
)
def test_other_classes(grade: str | None, room: str, expected: str | None) -> None:
    assert read_placement(grade, room, 2025).class_name == expected


def test_a_class_that_excel_made_a_date_is_read_and_pointed_out() -> None:
    headings = ["姓名", "学籍号", "学生状态", "班级"]
    rows: list[list[Cell]] = [["张三", "", "在读", datetime(2025, 7, 1)]]  # noqa: DTZ001 - a cell has no zone
    read = read_registers([RawSheet("学籍.xlsx", "S", [headings, *rows])], opening=OPENING, as_of=AS_OF)
    assert read.frames["enrollment"]["class_name"].to_list() == ["七年级1班"]
    assert [issue.code for issue in read.issues] == ["class_became_date"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("七年级（1）班返校登记表", "七年级1班"),
        ("三（1）班", "三年级1班"),
        ("4.2", "四年级2班"),
        ("501", "五年级1班"),
        ("某校2025年秋季初一（3）班在校学生名单", "七年级3班"),
        ("返校名单 701班 2025-09-01", "七年级1班"),
        ("二(2)", "二年级2班"),
        ("2025.9.1", None),
        ("2025年9月1日返校", None),
        ("Sheet1", None),
        ("返校登记", None),
        ("20250901", None),
    ],
)
def test_classes_found_in_titles_and_sheet_names(text: str, expected: str | None) -> None:
    assert find_placement(text, 2025).class_name == expected


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("2024—2025学年第二学期", 4049),
        ("2025-2026学年第一学期", 4050),
        ("2025年春季", 4049),
        ("2025年秋", 4050),
        ("2024～2025学年度上学期", 4048),
        ("2024-2025学年", 4049),
        ("2025年9月1日导出", None),
        ("学生花名册", None),
    ],
)
def test_terms_named_in_titles(text: str, term: int | None) -> None:
    assert term_named(text) == term


def test_term_numbers_follow_the_calendar() -> None:
    assert [term_number(day) for day in (date(2025, 3, 1), date(2025, 9, 1), date(2026, 1, 20))] == [4049, 4050, 4050]
    assert says_last_term("学籍名册（上学期）")
    assert not says_last_term("2025-2026学年上学期")


def presence(title: str, headings: list[Cell], rows: list[list[Cell]], sheet: str = "Sheet1") -> list[object]:
    read = read_registers([RawSheet("701.xlsx", sheet, [[title], headings, *rows])], opening=OPENING, as_of=AS_OF)
    return read.frames["presence"]["list_date"].to_list()


def test_the_date_of_a_presence_list_in_the_order_of_the_contract() -> None:
    marks: list[Cell] = ["姓名", "是否返校", "返校日期"]
    assert presence("701班返校 2025年9月1日", marks, [["张三", "是", "2025-08-31"]]) == [date(2025, 9, 1)]
    assert presence("701班返校", marks, [["张三", "是", "2025-08-31"], ["李四", "否", None]]) == [date(2025, 8, 31)] * 2
    assert presence("701班返校", marks[:2], [["张三", "是"]], "2025-9-2") == [date(2025, 9, 2)]
    assert presence("701班返校", marks[:2], [["张三", "是"]]) == [AS_OF]
    assert presence("701班9月1日返校", marks[:2], [["张三", "是"]]) == [date(2025, 9, 1)]


def test_pupils_who_came_on_different_days_stay_on_one_list() -> None:
    rows: list[list[Cell]] = [["张三", "是", "2025-08-31"], ["李四", "是", "2025-09-01"]]
    assert presence("701班返校", ["姓名", "是否返校", "返校日期"], rows) == [date(2025, 9, 1)] * 2


def test_the_same_list_twice_is_refused_and_two_classes_are_not() -> None:
    names = [f"学生{mark}" for mark in "甲乙丙丁戊己庚辛壬癸"]
    school = School().enrolled(*(Child(name, sequence=n) for n, name in enumerate(names, 1)))
    school.those_present("七年级1班", *names)
    school.those_present("七年级2班", *names)
    refuse_lists_given_twice(school.registers().frames)
    school.sheet("抄件.xlsx", "七年级1班在校学生名单 2025年9月1日", ("姓名",), [[name] for name in names[:9]])
    with pytest.raises(Refused, match="给了两次"):
        refuse_lists_given_twice(school.registers().frames)


def test_nine_in_ten_is_the_limit_of_the_same_list() -> None:
    names = [f"学生{mark}" for mark in "甲乙丙丁戊己庚辛壬癸"]
    school = School().enrolled(Child("张三")).those_present("七年级1班", *names)
    school.sheet(
        "补.xlsx", "七年级1班在校学生名单 2025年9月1日", ("姓名",), [[name] for name in [*names[:8], "外一", "外二"]]
    )
    refuse_lists_given_twice(school.registers().frames)
    school.sheets[-1].rows[2 + 8][0] = names[8]  # type: ignore[index]
    with pytest.raises(Refused):
        refuse_lists_given_twice(school.registers().frames)


def test_two_enrollment_files_of_the_same_pupils_are_refused() -> None:
    children = [Child(f"学生{n}", sequence=n) for n in range(1, 11)]
    school = School().enrolled(*children).enrolled(*children, file="副本.xlsx")
    with pytest.raises(Refused, match="学籍名册"):
        refuse_lists_given_twice(school.registers().frames)


def test_a_grade_in_the_title_and_a_class_in_the_sheet_name_go_together() -> None:
    assert hinted_placement(("三年级返校登记 2025年9月1日", "（2）班", "返校"), 2025).class_name == "三年级2班"
    assert hinted_placement(("返校登记", "2班", "四年级"), 2025).class_name == "四年级2班"
    assert hinted_placement(("返校登记", "2班", "返校"), 2025).class_name is None


def test_a_high_school_class_is_none_of_ours() -> None:
    assert find_placement("高一1班", 2025).class_name is None
    assert find_placement("高一年级", 2025).grade is None
    assert find_placement("17年级", 2025).grade is None


@pytest.mark.parametrize(
    ("stage", "school", "junior", "grade"),
    [
        (None, None, False, "1"),
        (None, None, True, "7"),
        ("初中", None, False, "7"),
        ("小学", None, True, "1"),
        (None, "某县碧阳初级中学", False, "7"),
        (None, "某县碧阳小学", True, "1"),
        ("小学", "某县碧阳初级中学", True, "1"),
        (None, "某县九年一贯制学校", False, "1"),
    ],
)
def test_a_row_says_what_a_cohort_counts_from(stage: str | None, school: str | None, junior: bool, grade: str) -> None:
    place = placement_in_stage("2025级", "2班", 2025, stage=stage, school=school, junior=junior)
    assert place.grade == grade


def test_the_first_year_of_a_stage_called_junior_is_grade_seven() -> None:
    place = placement_in_stage("一年级", "一年级2班", 2025, stage="初中", school=None, junior=False)
    assert (place.grade, place.class_name) == ("7", "七年级2班")
    assert placement_in_stage("八年级", "2", 2025, stage="初中", school=None, junior=False).grade == "8"


def test_a_sheet_of_cohorts_takes_its_stage_from_a_column() -> None:
    headings = ("姓名", "学籍号", "学生状态", "身份证件号", "学段", "年级", "班级")
    rows = [["张三", None, "在读", None, stage, "2023级", "1班"] for stage in ("初中", "小学")]
    read = read_registers([RawSheet("名册.xlsx", "S", [headings, *rows])], opening=OPENING, as_of=AS_OF)
    assert read.frames["enrollment"]["class_name"].to_list() == ["九年级1班", "三年级1班"]
