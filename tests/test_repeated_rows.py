"""Rows of one list that say exactly the same: named by cell, none of them dropped."""

from __future__ import annotations

import polars as pl
import pytest
from builders import Child, School

from dropctl.tables.raw import Cell

CLASS = "七年级1班"


def told(school: School, code: str) -> list[tuple[str | None, str | None, int | None]]:
    return [(one.register, one.cell, one.row) for one in school.registers().issues if one.code == code]


def test_a_row_that_stands_twice_on_a_class_sheet_is_named_and_kept() -> None:
    school = School().enrolled(Child("王芳"), Child("李明", sequence=3))
    rows = [["王芳", "是"], ["李明", "是"], ["王芳", "是"], ["王芳", "否"]]
    school.sheet("一.xlsx", f"{CLASS}返校登记 2025-09-01", ("姓名", "是否返校"), rows)
    assert told(school, "row_repeated") == [("presence", "A5", 5)]
    [message] = [one.message for one in school.registers().issues if one.code == "row_repeated"]
    assert "第3行完全相同" in message
    frame = school.registers().frames["presence"]
    assert isinstance(frame, pl.DataFrame)
    assert frame.height == 4


def test_two_children_of_one_name_whom_anything_tells_apart_are_no_fault() -> None:
    rows: list[list[Cell]] = [
        ["七年级", "1班", "王芳", "男", None, "2013-05-01"],
        ["七年级", "1班", "王芳", "男", None, "2013-05-02"],
    ]
    school = School().sheet("学籍.xlsx", "学籍名册", ("年级", "班级", "姓名", "性别", "身份证件号", "出生日期"), rows)
    assert told(school, "row_repeated") == []


def test_a_number_that_stands_twice_is_told_once_at_its_own_cell() -> None:
    school = School().enrolled(Child("王芳"), Child("王芳"), Child("李明", sequence=3))
    assert told(school, "row_repeated") == []
    assert len([one for one in school.registers().issues if one.column == "id_number"]) == 1


@pytest.mark.parametrize("rows", [3, 19])
def test_a_list_no_two_rows_of_which_differ_is_one_error(rows: int) -> None:
    school = (
        School()
        .enrolled(Child("李一"), Child("李明", sequence=3))
        .sheet("一.xlsx", f"{CLASS}返校登记 2025-09-01", ("姓名", "是否返校"), [["李一", "是"]] * rows)
    )
    assert told(school, "rows_all_alike") == [("presence", "A3", 3)]
    [issue] = [one for one in school.registers().issues if one.code == "rows_all_alike"]
    assert (issue.severity, f"{rows}行（第3行到第{rows + 2}行）" in issue.message) == ("error", True)
    assert told(school, "row_repeated") == []


def test_a_log_of_absences_may_say_the_same_twice() -> None:
    school = School().enrolled(Child("李一"))
    school.sheet("缺勤.xlsx", "缺勤登记", ("日期", "班级", "姓名"), [["2025-09-01", "701", "李一"]] * 3)
    assert [one.code for one in school.registers().issues if one.code.startswith("row")] == []
