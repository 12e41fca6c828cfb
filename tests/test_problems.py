"""The 28 problems of real lists (reference §5.1): for each what a cell becomes, the issue at that cell, the raw kept.

The table below is read as one-row registers. Problems of whole files and sheets follow with a test each, and those
between two lists at the end. `test_every_problem_is_here` counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from builders import AS_OF, OPENING, Child, School, id_number
from openpyxl.worksheet.worksheet import Worksheet

from dropctl.errors import UnreadableFile
from dropctl.ingest.read import Registers, read_registers
from dropctl.ingest.reading import Reading
from dropctl.ingest.workbook import FileRead, SourceFile
from dropctl.registers import BY_KIND
from dropctl.tables.raw import Cell, CellError, RawSheet, raw_text

BASE = ("姓名", "学籍号", "学生状态", "身份证件号", "年级", "班级")
VALID = id_number()
WRONG = VALID[:17] + ("0" if VALID[17] != "0" else "1")
ENDS_IN_X = next(number for n in range(999) if (number := id_number(sequence=n)).endswith("X"))


@dataclass(frozen=True)
class Case:
    """`cell` under `heading` of an enrollment register: what `key` becomes, by which step, and with which issue."""

    problem: int
    heading: str
    cell: Cell
    key: str
    value: object
    step: str
    code: str | None = None


CASES = (
    Case(2, "姓名", " 张　三 ", "name", "张三", "name", "name_tidied"),
    Case(2, "姓名", "张\n三", "name", "张三", "name", "name_tidied"),
    Case(2, "姓名", "张\u00a0三", "name", "张三", "name", "name_tidied"),
    Case(2, "身份证件号", f"{VALID[:6]} {VALID[6:14]}\t{VALID[14:]}", "id_number", VALID, "id_number", "id_repaired"),
    # typed into a spreadsheet: ends in 000; written by a program: a multiple of 64
    Case(3, "身份证件号", float(VALID[:15] + "000"), "id_number_prefix", VALID[:14], "id_number", "id_digits_lost"),
    Case(3, "身份证件号", float(VALID[:17] + "3"), "id_number_prefix", VALID[:14], "id_number", "id_digits_lost"),
    Case(3, "身份证件号", "3.49901E+17", "id_number_prefix", None, "id_number", "id_digits_lost"),
    Case(3, "身份证件号", "349901201305011000", "id_number_prefix", "34990120130501", "id_number", "id_digits_lost"),
    *(
        Case(4, "出生日期", cell, "birth_date", date(2013, 5, 1), "date")
        for cell in (
            "20130501", 20130501.0, "2013-5-1", "2013.5.1", "2013.05.01", "2013/05/01", "2013年5月1日", "2013年5月1号",
            "2013-05-01 00:00:00", "2013、5、1", "2013 5 1", "二〇一三年五月一日", date(2013, 5, 1),
            datetime(2013, 5, 1, 8, 30),  # noqa: DTZ001
        )
    ),
    Case(4, "出生日期", 41395.0, "birth_date", date(2013, 5, 1), "date", "date_serial"),
    Case(4, "出生日期", "41395", "birth_date", date(2013, 5, 1), "date", "date_serial"),
    *(
        Case(4, "出生日期", cell, "birth_date", None, "date", "date_without_day")
        for cell in ("201305", 201305.0, "2013.5", 2013.5, "2013年5月", "2013-05", "2013")
    ),
    *(
        Case(4, "出生日期", cell, "birth_date", None, "date", "date_unreadable")
        for cell in ("13-5-1", "5/1/2013", "20130231", "2013年13月1日", "不知道")
    ),
    # 2013 and 201305 in a column formatted as a date
    Case(4, "出生日期", date(1905, 7, 5), "birth_date", None, "date", "date_impossible"),
    Case(4, "出生日期", datetime(2451, 2, 20), "birth_date", None, "date", "date_impossible"),  # noqa: DTZ001
    Case(5, "身份证件号", WRONG, "id_number", None, "id_number", "id_check_digit"),
    Case(5, "身份证件号", "349901201302300014", "id_number", None, "id_number", "id_date"),
    Case(5, "身份证件号", VALID[:17], "id_number", None, "id_number", "id_length"),
    Case(5, "身份证件号", VALID[:9] + "口" + VALID[10:], "id_number", None, "id_number", "id_characters"),
    Case(5, "身份证件号", None, "id_number", None, "id_number", "id_missing"),
    Case(10, "身份证件号", ENDS_IN_X.lower(), "id_number", ENDS_IN_X, "id_number", "id_repaired"),
    Case(10, "身份证件号", ENDS_IN_X[:17] + "Ｘ", "id_number", ENDS_IN_X, "id_number", "id_repaired"),
    Case(10, "身份证件号", ENDS_IN_X[:17] + "×", "id_number", ENDS_IN_X, "id_number", "id_repaired"),
    Case(10, "身份证件号", ENDS_IN_X[:17] + "*", "id_number", ENDS_IN_X, "id_number", "id_repaired"),
    Case(10, "身份证件号", "‘" + VALID, "id_number", VALID, "id_number", "id_repaired"),
    Case(10, "身份证件号", VALID.translate(str.maketrans("0123456789", "０１２３４５６７８９")), "id_number", VALID,
         "id_number", "id_repaired"),
    Case(11, "班级", 1.0, "class_name", "七年级1班", "class_text"),
    Case(11, "班级", "1", "class_name", "七年级1班", "class_text"),
    Case(11, "年级", 7.0, "grade", "7", "class_text"),
    *(
        Case(12, "姓名", f"古丽{dot}阿依", "name", "古丽·阿依", "name", "name_tidied")
        for dot in "•‧・．.。"
    ),
    Case(12, "姓名", "古丽·阿依", "name", "古丽·阿依", "name"),
    Case(13, "姓名", "张?", "name", "张?", "name", "name_unreadable"),
    Case(13, "姓名", "王YAN", "name", "王YAN", "name", "name_unreadable"),
    Case(12, "姓名", "张三（大）", "name", "张三(大)", "name", "name_note"),
    Case(13, "姓名", "张（上龙下天）", "name", "张(上龙下天)", "name", "name_unreadable"),
    Case(13, "姓名", "张\ue863", "name", "张\ue863", "name", "name_unreadable"),
    Case(13, "姓名", "张䶮", "name", "张䶮", "name"),
    Case(13, "姓名", "㼆\U00020bb7", "name", "㼆\U00020bb7", "name"),
    Case(18, "身份证件号", "349901830501001", "id_number", "349901198305010014", "id_number", "age_impossible"),
    Case(19, "出生日期", "2026-05-01", "birth_date", date(2026, 5, 1), "date", "birth_in_future"),
    Case(19, "出生日期", "2000-09-03", "birth_date", date(2000, 9, 3), "date", "age_impossible"),
    Case(19, "出生日期", "2016-05-01", "birth_date", date(2016, 5, 1), "date", "age_far_from_grade"),
    Case(19, "出生日期", "2015-05-01", "birth_date", date(2015, 5, 1), "date", "age_odd_for_grade"),
    Case(19, "出生日期", "2012-05-01", "birth_date", date(2012, 5, 1), "date"),  # one year off is ordinary
    *(
        Case(22, "班级", cell, "class_name", "七年级1班", "class_text")
        for cell in ("七年级1班", "七（1）班", "(1)班", "701", 701.0, "7.1", "1", "一班", "7-1", "初一1班", "7年1班")
    ),
    *(Case(22, "年级", cell, "grade", "7", "class_text") for cell in ("七年级", "初一", "7", 7.0, "07", "初2025级")),
    # 7-1 became the first of July; a csv keeps what the sheet showed
    Case(22, "班级", date(2025, 7, 1), "class_name", "七年级1班", "class_text", "class_became_date"),
    Case(22, "班级", "7月1日", "class_name", "七年级1班", "class_text", "class_became_date"),
    Case(22, "班级", "1-Jul", "class_name", "七年级1班", "class_text", "class_became_date"),
    Case(22, "班级", date(2025, 7, 10), "class_name", "七年级10班", "class_text", "class_became_date"),
    Case(22, "班级", "801", "class_name", "七年级801班", "class_text", "class_of_other_grade"),
    *(
        Case(23, "是否随迁子女", cell, "migrant", "是", "yes_no")
        for cell in ("是", "有", "√", "✔", "1", 1.0, True, "Y", "对", "1-是", "V")
    ),
    *(
        Case(23, "是否随迁子女", cell, "migrant", "否", "yes_no")
        for cell in ("否", "无", "×", "0", 0.0, False, "n", "错", "0-否", "不是")
    ),
    Case(23, "是否随迁子女", None, "migrant", None, "yes_no"),  # blank is not 否
    Case(23, "是否随迁子女", "待定", "migrant", "待定", "yes_no", "answer_unclear"),
    Case(24, "联系电话", 19900001234.0, "phone", "19900001234", "phones"),
    Case(24, "联系电话", "19900001234/19900005678", "phone", "19900001234、19900005678", "phones"),
    Case(24, "联系电话", "5551234", "phone", "5551234", "phones"),
    Case(24, "联系电话", "19900001234、1990000567", "phone", "19900001234", "phones", "phone_partly"),
    Case(24, "联系电话", "1990000123", "phone", None, "phones", "phone_unusable"),
    Case(25, "身份证件号", "990101201305010012", "id_number", None, "id_number", "id_check_digit"),
    Case(27, "身份证件号", "H12345678", "id_number_state", "other_document", "id_number"),
    Case(27, "学籍号", "J349901201305010X", "enrollment_number", None, "enrollment_number", "enrollment_number_fault"),
    Case(27, "学籍号", "J349901000000000001", "enrollment_number", "J349901000000000001", "enrollment_number"),
    # what the national system let in: a bad number inside a formal enrollment number
    Case(28, "学籍号", f"G{WRONG}", "enrollment_id", None, "enrollment_number", "enrollment_number_fault"),
)  # fmt: skip

ELSEWHERE = {1, 6, 7, 8, 9, 14, 15, 16, 17, 20, 21, 26}


def test_every_problem_is_here() -> None:
    assert {case.problem for case in CASES} | ELSEWHERE == set(range(1, 29))


def one_row(case: Case) -> Registers:
    row: dict[str, Cell] = {
        "姓名": "张三", "学籍号": None, "学生状态": "在读", "身份证件号": VALID, "年级": "七年级", "班级": "1班",
    }  # fmt: skip
    if case.heading == "出生日期":
        row["身份证件号"] = None
    row[case.heading] = case.cell
    sheet = RawSheet("学籍.xlsx", "Sheet1", [list(row), list(row.values())])
    return read_registers([sheet], opening=OPENING, as_of=AS_OF)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.problem}-{case.cell!r}")
def test_what_a_cell_becomes(case: Case) -> None:
    read = one_row(case)
    (value,) = read.frames["enrollment"][case.key]
    assert value == case.value

    column = next(c for c in BY_KIND["enrollment"].columns if case.heading in c.headings)
    assert column.step.name == case.step

    at_cell = [i for i in read.issues if i.cell is not None and i.column == column.key]
    if case.code is None:
        assert [issue.code for issue in at_cell] == []
        return
    issue = next(issue for issue in at_cell if issue.code == case.code)
    place = list(one_row_headings(case)).index(case.heading)
    assert issue.cell == f"{'ABCDEFGH'[place]}2"
    assert issue.raw == raw_text(case.cell)
    assert "请" in issue.message
    assert (issue.severity == "error") == (case.code in ERRORS)


ERRORS = {
    "id_digits_lost", "id_check_digit", "id_date", "id_length", "id_characters", "date_unreadable", "date_impossible",
    "birth_in_future",
}  # fmt: skip


def one_row_headings(case: Case) -> Sequence[str]:
    return BASE if case.heading in BASE else (*BASE, case.heading)


# Between two cells of a row, between two rows of a sheet


def issues_of(headings: Sequence[str], *rows: Sequence[Cell], title: str = "学籍名册") -> list[tuple[str, str | None]]:
    sheet = RawSheet("名册.xlsx", "Sheet1", [[title], list(headings), *rows])
    read = read_registers([sheet], opening=OPENING, as_of=AS_OF)
    return [(issue.code, issue.cell) for issue in read.issues]


def test_5_a_number_that_contradicts_its_row() -> None:
    headings = ("姓名", "学籍号", "性别", "身份证件号", "出生日期", "年级", "班级")
    row = ["张三", None, "男", VALID, "2013-05-01", "七年级", "1班"]
    assert issues_of(headings, row) == []
    assert issues_of(headings, [*row[:2], "女", *row[3:]]) == [("sex_differs_from_id", "C3")]
    assert issues_of(headings, [*row[:4], "2013-05-02", *row[5:]]) == [("birth_differs_from_id", "E3")]
    assert issues_of(headings, [None, *row[1:]]) == [("name_missing", "A3")]


def test_15_one_number_in_two_rows_of_a_list() -> None:
    row = ["张三", None, "在读", VALID, "七年级", "1班"]
    assert issues_of(BASE, row, ["李四", None, "在读", id_number(sequence=3), "七年级", "1班"], row) == [
        ("id_repeated", "D5")
    ]
    school = School().enrolled(Child("张三"), Child("张三", class_name="八年级2班"))
    assert {kind for (kind,) in school.findings("duplicate_registration").select("kind").iter_rows()} == {
        "duplicate_registration"
    }


def test_22_class_ten_typed_as_a_number_lost_its_zero() -> None:
    def codes(*rooms: Cell) -> list[str | None]:
        rows = [[f"张{n}", None, "在读", id_number(sequence=2 * n + 1), "七年级", room] for n, room in enumerate(rooms)]
        return [cell for code, cell in issues_of(BASE, *rows) if code == "class_lost_zero"]

    assert codes(7.1, 7.2, 7.9) == ["F3"]  # nine classes and no tenth
    assert codes(7.1, 7.2, 7.8) == []
    assert codes(7.1, 7.9, "7.10") == []
    assert codes("7.1", 7.9) == []  # text: nobody took a zero from it


def test_25_a_number_from_a_province_that_does_not_exist() -> None:
    strange = next(number for last in "0123456789X" if (number := "99990120130501001" + last) and _checks_out(number))
    assert ("id_area_unknown", "D3") in issues_of(BASE, ["张三", None, "在读", strange, "七年级", "1班"])


def _checks_out(number: str) -> bool:
    from dropctl.identity import is_valid_id

    return is_valid_id(number)


def test_23_blank_is_not_no_for_presence_either() -> None:
    read = School().list_of("七年级1班", {"张三": "√", "李四": None, "王五": "否"}).registers()
    assert read.frames["presence"]["present"].to_list() == ["present", "unknown", "absent"]


# Between two lists


def test_14_another_way_to_write_a_name_is_a_difference_and_no_missing_child() -> None:
    school = School().enrolled(Child("吕晓明"), Child("李四", sequence=3))
    school.poverty(["1", "呂曉明", VALID, "之子", "脱贫户", "", "初中"])
    assert school.told("identity_mismatch") == [("吕晓明", "certain")]
    assert school.told("not_located") == []


def test_26_twins_are_two_children() -> None:
    school = School().enrolled(Child("张大宝", sequence=1), Child("张小宝", sequence=3))
    school.poverty(["1", "张小宝", id_number(sequence=3), "之子", "脱贫户", "", "初中"])
    assert school.told("poverty_unmarked") == [("张小宝", "certain")]


def test_21_a_schools_short_name_is_in_test_school_names() -> None:
    from dropctl.registers.school_names import School as Listed
    from dropctl.registers.school_names import SchoolNames

    names = SchoolNames([Listed("某县碧阳初级中学", "2134990001", ("碧阳中学", "碧阳初中"))])
    assert names.full_name("碧阳初中") == "某县碧阳初级中学"


# Whole sheets and files


def read_file(path: Path) -> FileRead | UnreadableFile:
    with Reading([SourceFile(path, path.name)]) as reading:
        (result,) = list(reading)
    return result


def sheets_of(path: Path) -> Sequence[RawSheet]:
    result = read_file(path)
    assert isinstance(result, FileRead), result
    return result.sheets


def test_1_title_and_unit_rows_above_the_headings() -> None:
    rows: list[list[Cell]] = [
        ["某某学校七年级1班返校登记表（2025年9月1日）"], ["填报单位：某某学校", None, "填报日期：2025-09-01"], [],
        ["序号", "姓名", "是否返校"], [1.0, "张三", "是"],
    ]  # fmt: skip
    read = read_registers([RawSheet("表.xlsx", "Sheet1", rows)], opening=OPENING, as_of=AS_OF)
    assert read.frames["presence"].select("name", "class_name", "list_date", "row").rows() == [
        ("张三", "七年级1班", date(2025, 9, 1), 5)
    ]


def test_6_merged_cells_are_filled_inside_their_range(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (BASE, ("张三", None, "在读", VALID, "七年级", "1班"), ("李四", None, "在读", id_number(sequence=3))):
        sheet.append(row)
    sheet.merge_cells("E2:E3")
    sheet.merge_cells("F2:F3")
    book.save(tmp_path / "a.xlsx")
    read = read_registers(sheets_of(tmp_path / "a.xlsx"), opening=OPENING, as_of=AS_OF)
    assert read.frames["enrollment"]["class_name"].to_list() == ["七年级1班", "七年级1班"]


def test_8_totals_legends_and_signatures_are_set_aside_and_counted() -> None:
    rows: list[list[Cell]] = [
        list(BASE), ["张三", None, "在读", VALID, "七年级", "1班"], ["合计：1人"], ["填表人：李四", None, "校长签字："],
        ["注：本表一式两份"],
    ]  # fmt: skip
    (count,) = read_registers([RawSheet("a.xlsx", "S", rows)], opening=OPENING, as_of=AS_OF).inputs
    assert (count.rows_read, count.rows_kept, count.rows_set_aside, count.rows_blank) == (5, 1, 4, 0)


def test_9_a_sheet_per_class_and_a_sheet_that_is_no_list() -> None:
    sheets = [
        RawSheet("返校登记.xlsx", "七年级1班", [["姓名", "是否返校"], ["张三", "是"]]),
        RawSheet("返校登记.xlsx", "七年级2班", [["姓名", "是否返校"], ["李四", "否"]]),
        RawSheet("返校登记.xlsx", "填报说明", [["一、本表由班主任填写。"]]),
    ]
    read = read_registers(sheets, opening=OPENING, as_of=AS_OF)
    assert read.frames["presence"]["class_name"].to_list() == ["七年级1班", "七年级2班"]
    assert [(entry.sheet, entry.register) for entry in read.inputs] == [
        ("七年级1班", "presence"), ("七年级2班", "presence"), ("填报说明", None),
    ]  # fmt: skip


def test_16_what_is_no_workbook_though_its_name_says_so(tmp_path: Path) -> None:
    path = tmp_path / "名册.xls"
    path.write_text("<html><table><tr><td>姓名</td></tr></table></html>", encoding="utf-8")
    result = read_file(path)
    assert isinstance(result, UnreadableFile)
    assert "网页" in result.sentence
    assert "请" in result.sentence


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_17_a_csv_in_each_encoding_with_a_quoted_number(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "名册.csv"
    lines = [",".join(BASE), f'张䶮,,在读,="{VALID}",七年级,1班']
    path.write_bytes("\r\n".join(lines).encode(encoding))
    read = read_registers(sheets_of(path), opening=OPENING, as_of=AS_OF)
    assert read.frames["enrollment"].select("name", "id_number").rows() == [("张䶮", VALID)]


def test_20_hidden_rows_are_read_and_an_error_value_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(BASE)
    sheet.append(("张三", None, "在读", VALID, "七年级", "1班"))
    sheet.append(("李四", None, "在读", None, "七年级", "1班"))
    sheet["D3"] = "#N/A"
    sheet["D3"].data_type = "e"
    sheet.row_dimensions[2].hidden = True
    book.save(tmp_path / "a.xlsx")
    result = read_file(tmp_path / "a.xlsx")
    assert isinstance(result, FileRead)
    assert any("隐藏的1行" in note for note in result.notes)
    read = read_registers(result.sheets, opening=OPENING, as_of=AS_OF)
    assert read.frames["enrollment"]["name"].to_list() == ["张三", "李四"]
    assert [(i.cell, i.raw) for i in read.issues if i.code == "error_cell"] == [("D3", "#N/A")]
    assert isinstance(result.sheets[0].rows[2][3], CellError)
