"""核对结果.xlsx read back: a registrar's form, every child a row, nothing that a spreadsheet could run."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from builders import id_number
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dropctl.findings import ABSENCE_KINDS, KIND_BY_ID, KINDS, Finding, findings_frame
from dropctl.policy.plan import Assumption
from dropctl.procedures.beside import CHANGE_SCHEMA, GRADUATE_SCHEMA, LETTER_SCHEMA, PROMOTION_SCHEMA
from dropctl.procedures.outcome import TermStartOutcome
from dropctl.procedures.overview import CLASS_SCHEMA, REVIEW_SCHEMA, ROSTER_SCHEMA
from dropctl.tables.issues import InputCount, Issue, issues_frame
from dropctl.workbooks.style import CUT_MARK, LONGEST_TEXT, line_count, safe_text
from dropctl.workbooks.term_start import CaseForecast, Deadline, SinceLast, TermStartSheets, write_term_start_workbook

AS_OF, OPENING = date(2025, 9, 3), date(2025, 9, 1)
HOSTILE = (
    "=1+1",
    "+86王",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("http://x.invalid","点我")',
    "http://x.invalid/a",
    "<b>李</b>&amp;",
    "王_x0041_五",
    "{=A1}",
    "00123",
    "赵\u202e六\x07",
    "阿卜杜拉·买买提·阿卜杜热合曼·吐尔逊江",
)
CLASSES = [f"{label}{room}班" for label in ("一年级", "七年级", "八年级") for room in (1, 2, 10)]
GRADE_OF = {"一": "1", "七": "7", "八": "8"}
SCHOOL = "岚溪县石桥学校"
ROSTER_FILE, ROSTER_SHEET = "学籍名册_2025年秋季.xlsx", "学生花名册"


def finding(number: int, kind: str, **more: Any) -> Finding:
    class_name = more.pop("class_name", CLASSES[number % len(CLASSES)])
    values: dict[str, Any] = {
        "reason": f"2025-09-01返校名单上没有这名学生（第{number}例）",
        "next_step": "今天就联系监护人，问清原因和去向并记录；无正当理由的启动劝返",
        "school": "岚溪县石桥学校",
        "grade": GRADE_OF[class_name[0]],
        "class_name": class_name,
        "name": HOSTILE[number % len(HOSTILE)],
        "id_number": id_number(sequence=number % 999),
        "enrollment_number": f"G{id_number(sequence=number % 999)}",
        "sex": "男" if number % 2 else "女",
        "birth_date": date(2013, 5, 1),
        "register": "enrollment",
        "file": ROSTER_FILE,
        "sheet": ROSTER_SHEET,
        "row": number + 4,
        "due_date": date(2025, 9, 3),
    } | more
    return Finding(kind=kind, key=(f"P-{number:04d}", "term-2025-1"), as_of=AS_OF, **values)


def roster(count: int) -> pl.DataFrame:
    states = ("已返校", "已返校", "已返校", "未返校", "有手续", "未报", "不在应到范围")
    rows = []
    for n in range(count):
        class_name = CLASSES[n * len(CLASSES) // count]
        poor = ("脱贫户", "名单确认") if n % 9 == 0 else ("已标注", "仅名册标注") if n % 31 == 0 else (None, None)
        disabled = ("肢体三级", "待确认") if n % 40 == 0 else (None, None)
        rows.append((
            SCHOOL, GRADE_OF[class_name[0]], class_name, HOSTILE[n % len(HOSTILE)], "男", id_number(sequence=n % 999),
            f"G{id_number(sequence=n % 999)}", date(2013, 5, 1 + n % 28), "在读", "监护人甲", f"1990000{n:04d}",
            states[n % 7], None, None, *poor, *disabled, "证件号有误、重复登记" if n % 11 == 0 else None, n + 4,
            ROSTER_FILE, ROSTER_SHEET,
        ))  # fmt: skip
    return pl.DataFrame(rows, schema=ROSTER_SCHEMA, orient="row")


def many_findings(count: int) -> list[Finding]:
    kinds = ("not_returned", "unregistered", "identity_invalid", "lawfully_absent", "not_located")
    found = []
    for n in range(count):
        kind = kinds[n % len(kinds)]
        more: dict[str, Any] = {"triage": "to_contact"} if kind == "not_returned" else {}
        if kind == "lawfully_absent":
            more = {"certainty": "claimed", "triage": "lawful_absence"}
        if kind == "unregistered":
            entry = CLASSES[n % len(CLASSES)][0] in "一七"
            more = {"due_date": date(2025, 10, 31) if entry else None}
        if n % 13 == 0:
            more |= {
                "certainty": "to_confirm", "other_register": "presence", "other_file": "返校登记/七年级1班.csv",
                "other_sheet": None, "other_row": n + 2,
            }  # fmt: skip
        found.append(finding(n, kind, **more))
    found.append(finding(9001, "not_located", certainty="to_confirm", reason="超龄，没有初中毕业证明"))
    class_only = dict.fromkeys(("name", "id_number", "enrollment_number", "sex", "birth_date", "sheet", "row", "file"))
    found.append(finding(9002, "presence_unreported", class_name="八年级2班", **class_only))
    return found


def sheets(pupils: int = 70, found: int = 60) -> TermStartSheets:
    lines = findings_frame(many_findings(found))
    people = roster(pupils)
    classes = [
        (
            SCHOOL,
            GRADE_OF[name[0]],
            name,
            40,
            39,
            36 if name != "八年级2班" else 0,
            2,
            1,
            0,
            3,
            OPENING,
            name != "八年级2班",
            None,
        )
        for name in CLASSES
    ]
    pair = ("M-0A1B2C3D4E", "同班，姓名只差一字，可能是同音字或笔误")
    born, place = (date(2013, 5, 1), date(2013, 5, 2)), ("岚溪县石桥学校", "7", "七年级1班")
    left = ("enrollment", ROSTER_FILE, ROSTER_SHEET, 9, "=左", "男", id_number(), born[0], *place, "左大",
            f"G{id_number()}")  # fmt: skip
    right = ("presence", "七1.csv", None, 3, "左右", "男", None, born[1], *place, None, None)
    more = (None, "已到校", False, "0a1b")
    issue = Issue(
        "enrollment", ROSTER_FILE, ROSTER_SHEET, "P4", 4, "birth_date", "x", "error", "=1+1", "请按户口簿填写出生日期"
    )
    return TermStartSheets(
        as_of=AS_OF,
        opening=OPENING,
        opening_note=None,
        school="岚溪县石桥学校",
        inputs=(
            InputCount(ROSTER_FILE, ROSTER_SHEET, "enrollment", pupils + 6, pupils, 4, 2),
            InputCount("返校登记/七1.csv", None, "presence", 44, 40, 3, 1, OPENING),
            InputCount("说明.xlsx", "Sheet1", None, 6, 0, 6, 0, None, "没有找到可识别的标题行"),
        ),
        findings=lines,
        issues=issues_frame([issue]),
        roster=people,
        reviews=pl.DataFrame([(*pair, *left, *right, *more)], schema=REVIEW_SCHEMA, orient="row"),
        classes=pl.DataFrame(classes, schema=CLASS_SCHEMA, orient="row"),
        overage=lines.filter(pl.col("reason").str.starts_with("超龄")),
        graduates=pl.DataFrame(
            [(SCHOOL, "毕业生甲", "女", id_number("20100101"), None, "9", "九年级1班", None, "上期.xlsx", "名册", 8)],
            schema=GRADUATE_SCHEMA,
            orient="row",
        ),
        promotions=pl.DataFrame(
            [
                (
                    SCHOOL,
                    "7",
                    "七年级1班",
                    "=留级生",
                    "男",
                    id_number(),
                    "7",
                    "七年级2班",
                    "留级",
                    ROSTER_FILE,
                    ROSTER_SHEET,
                    9,
                    "上期.xlsx",
                    "名册",
                    7,
                ),
            ],
            schema=PROMOTION_SCHEMA,
            orient="row",
        ),
        letters=pl.DataFrame(
            [
                (
                    "=协查生",
                    "女",
                    id_number(),
                    "来函",
                    "外县教育局",
                    "外教函〔2025〕8号",
                    OPENING,
                    "是否在读",
                    "外校",
                    "有学籍，在校",
                    SCHOOL,
                    "七年级1班",
                    None,
                    "协查函.xlsx",
                    "登记",
                    3,
                ),
                (
                    "查无人",
                    "男",
                    None,
                    "来函",
                    "外县教育局",
                    None,
                    None,
                    None,
                    None,
                    "没有查到",
                    None,
                    None,
                    None,
                    "协查函.xlsx",
                    "登记",
                    4,
                ),
            ],
            schema=LETTER_SCHEMA,
            orient="row",
        ),
        changes=pl.DataFrame(
            [
                ("新增", "F-1", "not_returned", SCHOOL, "7", "七年级1班", "=新人", "certain", "没有来"),
                ("消失", "F-2", "unregistered", SCHOOL, "8", "八年级1班", "旧人", "to_confirm", "在校，名册上没有"),
                ("消失", "F-3", None, None, None, None, None, None, None),
            ],
            schema=CHANGE_SCHEMA,
            orient="row",
        ),
        cases=CaseForecast(12, True, "全校70人中有12人会被立案，超过10%。更可能是名单给错，这次只报告、不立案"),
        deadlines=(
            Deadline("逐一核对返校", "三.5", date(2025, 9, 3), date(2025, 9, 3)),
            Deadline("比对标注", "三.1", date(2025, 10, 1), date(2025, 9, 30)),
            Deadline("某年安排", "三.1", date(2025, 10, 2), date(2025, 10, 2), certain=False),
        ),
        assumptions=(Assumption("A-1", "开学日为第0天，期满日在内。", "三.5"), Assumption("A-2", "没有条款的读法。")),
        since_last=SinceLast(1, 2, 1, date(2025, 9, 2)),
        notes=("=名单没有交全，请收齐后再核对",),
    )


def written(given: TermStartSheets) -> bytes:
    buffer = io.BytesIO()
    write_term_start_workbook(buffer, given)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def made() -> TermStartSheets:
    return sheets()


@pytest.fixture(scope="module")
def data(made: TermStartSheets) -> bytes:
    return written(made)


@pytest.fixture(scope="module")
def book(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def midnight(year: int, month: int, day: int) -> datetime:
    """What openpyxl gives for a date in a cell."""
    return datetime.combine(date(year, month, day), datetime.min.time())


def heading_row(sheet: Worksheet) -> int:
    return next(row for row in range(1, 8) if sheet.cell(row, 1).value == "序号")


def lines(sheet: Worksheet) -> list[dict[str, Any]]:
    """The data rows below the headings (those with a number in front) as heading → value."""
    top = heading_row(sheet)
    names = [cell.value for cell in sheet[top]]
    rows = sheet.iter_rows(min_row=top + 1, values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows if isinstance(row[0], int)]


def list_sheets(book: Workbook) -> Iterator[Worksheet]:
    yield from (sheet for sheet in book if sheet.title not in ("汇总", "说明"))


def summary_counts(book: Workbook) -> dict[str, tuple[int, ...]]:
    """Kind label → total and the three certainties, from the table of the first sheet."""
    labels = {kind.label for kind in KINDS} | {"超龄待核"}
    rows = book["汇总"].iter_rows(values_only=True)
    return {row[0]: row[3:7] for row in rows if row[0] in labels}


def test_the_procedure_can_hand_over_its_outcome_field_by_field() -> None:
    assert set(TermStartSheets.__dataclass_fields__) <= set(TermStartOutcome.__dataclass_fields__)


def test_the_sheets_stand_in_their_order_and_the_first_is_active(book: Workbook) -> None:
    assert book.sheetnames == [
        "汇总", "各班到校情况", "在籍未返校", "返校名单未报", "有手续未到校", "在校无学籍", "证件号有误",
        "名单上未定位", "超龄待核", "与上次相比", "协查函核对", "待升学核对", "升级核对",
            "标注名册", "待人工确认", "读入情况", "问题单元格", "说明",
    ]  # fmt: skip
    assert book.active is book["汇总"]


def test_the_counts_of_the_summary_are_the_rows_of_the_sheets(book: Workbook, made: TermStartSheets) -> None:
    counts = summary_counts(book)
    # No absence list was read: nothing is said about its kinds, not even a zero.
    asked = {kind.label for kind in KINDS if kind.id not in ABSENCE_KINDS}
    assert set(counts) == asked | {"超龄待核"}
    for label, (total, *by_certainty) in counts.items():
        rows = lines(book[label]) if label in book.sheetnames else []
        words = [row["确定程度"] for row in rows]
        assert total == len(rows) == sum(by_certainty), label
        assert by_certainty == [words.count(word) for word in ("确定", "待确认", "有说法缺材料")], label
        assert [row["序号"] for row in rows] == list(range(1, total + 1))
    assert sum(total for total, *_ in counts.values()) == len(made.findings)


def test_every_finding_stands_on_exactly_one_sheet_with_reason_next_step_and_source(
    book: Workbook, made: TermStartSheets
) -> None:
    seen: dict[str, dict[str, Any]] = {}
    for label in summary_counts(book):
        for row in lines(book[label]) if label in book.sheetnames else []:
            assert row["发现编号"] not in seen
            seen[row["发现编号"]] = row
    assert set(seen) == set(made.findings["finding_id"])
    for told in made.findings.iter_rows(named=True):
        row = seen[told["finding_id"]]
        assert row["说明"] == told["reason"]
        assert row["下一步"] == told["next_step"]
        assert row["依据条款"] == KIND_BY_ID[told["kind"]].clause
        if told["row"] is not None:
            assert row["来源"] == f"{told['file']} · {told['sheet']} · 第{told['row']}行"
        if told["other_row"] is not None:
            assert row["另一来源"] == f"{told['other_file']} · 第{told['other_row']}行"
        if told["kind"] == "not_returned":
            assert row["分类"] == "立即联系"


def test_dates_are_dates_and_numbers_that_name_somebody_are_text(book: Workbook) -> None:
    row = lines(book["在籍未返校"])[0]
    assert row["出生日期"] == midnight(2013, 5, 1)
    assert row["期限"] == midnight(2025, 9, 3)
    sheet = book["标注名册"]
    headings = [cell.value for cell in sheet[heading_row(sheet)]]
    for heading in ("身份证件号", "学籍号", "联系电话"):
        column = headings.index(heading) + 1
        for number in range(heading_row(sheet) + 1, sheet.max_row + 1):
            cell = sheet.cell(number, column)
            assert (cell.data_type, cell.number_format) == ("s", "@")
    assert sheet.cell(heading_row(sheet) + 1, headings.index("出生日期") + 1).number_format == "yyyy-mm-dd"


def test_nothing_in_the_workbook_can_run_or_lead_outside(data: bytes, book: Workbook) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist() if name.endswith((".xml", ".rels"))}
    for name, text in parts.items():
        assert "TargetMode" not in text, name
        if name.startswith("xl/worksheets/sheet"):
            assert "<f>" not in text
            assert "<f " not in text
    names = {row["姓名"] for row in lines(book["标注名册"])}
    visible = {name.replace("\u202e", "\ufffd").replace("\x07", "\ufffd") for name in HOSTILE}
    # openpyxl does not undo the escape with which a literal _x0041_ is kept from becoming an A.
    assert {name.replace("_x005F_", "_") for name in names} == visible
    assert "1. =名单没有交全，请收齐后再核对。" in {cell.value for cell in book["汇总"]["A"]}


def test_children_stand_by_class_with_class_ten_after_class_two(book: Workbook) -> None:
    order = list(dict.fromkeys(row["班级"] for row in lines(book["在籍未返校"])))
    assert order == [name for name in CLASSES if name in order]


def test_each_list_is_a_form_ready_for_screen_and_printer(book: Workbook) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9), sheet.title
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert sheet.print_title_rows
        assert sheet["A1"].font.name == "黑体"
    for sheet in list_sheets(book):
        top = heading_row(sheet)
        headings = [cell.value for cell in sheet[top]]
        assert len(set(headings)) == len(headings)
        assert sheet.print_title_rows == f"${top}:${top}"
        assert sheet.freeze_panes.endswith(str(top + 1))
        if "姓名" in headings:
            assert sheet.freeze_panes == sheet.cell(top + 1, headings.index("姓名") + 2).coordinate
        first, last = sheet.auto_filter.ref.split(":")
        assert first == f"A{top}"
        assert last.startswith(sheet.cell(top, len(headings)).column_letter)
        for cell in sheet[top]:
            assert cell.font.b
            assert cell.border.left.style == cell.border.bottom.style == "thin"
            assert cell.fill.fgColor.rgb == "FFD9D9D9"


def test_no_row_is_lower_and_no_column_narrower_than_its_text(book: Workbook) -> None:
    for sheet in list_sheets(book):
        top = heading_row(sheet)
        usual = sheet.sheet_format.defaultRowHeight
        for row in sheet.iter_rows(min_row=top + 1):
            height = sheet.row_dimensions[row[0].row].height or usual
            for cell in row:
                if isinstance(cell.value, str):
                    width = sheet.column_dimensions[cell.column_letter].width
                    assert line_count(cell.value, width) * 14 <= height, (sheet.title, cell.coordinate)


def test_the_chart_counts_the_grades_of_the_table(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        chart = package.read("xl/charts/chart1.xml").decode()
    assert chart.count("<c:ser>") == 4
    for word in ("已返校", "未返校", "有手续", "未报", "一年级", "七年级", "八年级", 'grouping val="stacked"'):
        assert word in chart
    assert "合计" not in chart


def test_a_rate_is_only_given_for_fifty_children_and_reported_classes(made: TermStartSheets) -> None:
    classes = pl.DataFrame(
        [
            (SCHOOL, "7", "七年级1班", 60, 60, 57, 3, 0, 0, 0, OPENING, True, 0.95),
            (SCHOOL, "8", "八年级1班", 30, 30, 29, 1, 0, 0, 0, OPENING, True, None),
            (SCHOOL, "9", "九年级1班", 30, 30, 0, 0, 0, 30, 0, None, False, None),
        ],
        schema=CLASS_SCHEMA,
        orient="row",
    )
    book = openpyxl.load_workbook(io.BytesIO(written(replace(made, classes=classes))))
    rates: dict[str, str] = {}
    for row in book["汇总"].iter_rows(values_only=True):
        rates.setdefault(str(row[0]), row[9])  # later tables name the grades again
    assert rates["七年级"] == "57/60（95.0%）"
    assert rates["八年级"] == "29/30"
    assert rates["九年级"] == "—"
    assert rates["合计"] == "86/90（95.6%）"


def test_new_pupils_of_entry_grades_are_folded_to_one_line_per_class(book: Workbook, made: TermStartSheets) -> None:
    new = made.findings.filter((pl.col("kind") == "unregistered") & pl.col("due_date").is_not_null())
    expected = dict(new.group_by("class_name").len().iter_rows())
    rows = list(book["汇总"].iter_rows(values_only=True))
    first = next(index for index, row in enumerate(rows) if str(row[0]).startswith("五、"))
    told = {row[2]: (row[5], row[7]) for row in rows[first + 2 : first + 2 + len(expected)]}
    assert told == {name: (count, midnight(2025, 10, 31)) for name, count in expected.items()}


def test_the_forecast_that_was_held_back_is_said_once_with_its_reason(book: Workbook, made: TermStartSheets) -> None:
    again = openpyxl.load_workbook(io.BytesIO(written(replace(made, notes=(made.cases.reason or "", "另一句")))))
    said = [str(cell.value) for cell in again["汇总"]["A"] if "超过10%" in str(cell.value)]
    assert len(said) == 1
    assert said[0].startswith("建案预计：12 名")
    assert "待定" in "".join(str(cell.value) for row in book["汇总"].iter_rows() for cell in row)


def test_links_lead_to_sheets_that_exist(book: Workbook) -> None:
    targets = [cell.hyperlink.location for row in book["汇总"].iter_rows() for cell in row if cell.hyperlink]
    assert len(targets) >= 10
    assert {target.split("!")[0].strip("'") for target in targets} == set(book.sheetnames) - {"汇总"}


def test_a_pair_is_shown_side_by_side_and_waits_for_an_answer(book: Workbook) -> None:
    sheet = book["待人工确认"]
    row = lines(sheet)[0]
    assert (row["配对编号"], row["姓名"], row["判断"]) == ("M-0A1B2C3D4E", "甲 =左\n乙 左右", None)
    assert row["名单和来源"].splitlines()[1] == "乙 返校名单：七1.csv · 第3行"
    assert row["身份证件号"] == f"甲 {id_number()}\n乙 —"
    shaded = {
        sheet.cell(heading_row(sheet), cell.column).value
        for cell in sheet[heading_row(sheet) + 1]
        if cell.fill.fgColor.rgb == "FFFFE699"
    }
    # A number that only one list states is no difference.
    assert shaded == {"姓名", "出生日期"}
    # The guardian helps to find out, even from one side; one and the same school, or a number only one list has, not.
    assert row["监护人"] == "甲 左大\n乙 —"
    assert not {"学籍号", "学校"} & set(row)
    rule = sheet.data_validations.dataValidation[0]
    assert rule.formula1 == '"是,否,待查"'
    assert str(rule.sqref) == sheet.cell(heading_row(sheet) + 1, list(row).index("判断") + 1).coordinate


def test_rows_read_are_accounted_for_with_a_sum(book: Workbook) -> None:
    sheet = book["读入情况"]
    for row in lines(sheet):
        assert row["读到行数"] == row["保留"] + row["搁置"] + row["空行"]
        assert row["是否相符"] == "相符"
    names = [cell.value for cell in sheet[heading_row(sheet)]]
    total = dict(zip(names, [cell.value for cell in sheet[sheet.max_row]], strict=True))
    assert total["文件"] == "合计"
    assert (total["读到行数"], total["保留"], total["搁置"], total["空行"]) == (126, 110, 13, 3)


def test_rows_that_do_not_add_up_are_said(made: TermStartSheets) -> None:
    wrong = (InputCount("a.xlsx", "名册", "enrollment", 10, 8, 1, 0),)
    book = openpyxl.load_workbook(io.BytesIO(written(replace(made, inputs=wrong))))
    assert lines(book["读入情况"])[0]["是否相符"] == "不符"


def test_an_issue_names_its_cell_and_column_in_chinese(book: Workbook) -> None:
    row = lines(book["问题单元格"])[0]
    assert (row["单元格"], row["名单"], row["栏目"], row["原值"]) == ("P4", "学籍名册", "出生日期", "=1+1")
    assert row["严重程度"].startswith("错误")


def test_marks_and_states_are_told_by_word_and_shade(book: Workbook) -> None:
    sheet = book["标注名册"]
    names = [cell.value for cell in sheet[heading_row(sheet)]]
    state, poor = names.index("返校情况"), names.index("脱贫监测标注")
    looks: dict[str, set[str]] = {}
    for row in sheet.iter_rows(min_row=heading_row(sheet) + 1):
        looks.setdefault(row[state].value, set()).add(row[state].fill.fgColor.rgb)
        if row[poor + 1].value == "名单确认":
            assert row[poor].fill.fgColor.rgb == "FFE2EFDA"
    assert all(len(colours) == 1 for colours in looks.values())
    assert looks["未返校"] != looks["已返校"] != looks["有手续"]
    legend = {cell.value for cell in sheet[heading_row(sheet) - 1]}
    assert {"图例", *looks} <= legend


def test_the_notes_page_prints_readings_kinds_and_who_may_order(book: Workbook, made: TermStartSheets) -> None:
    cells = {cell.value for row in book["说明"].iter_rows() for cell in row}
    for reading in made.assumptions:
        assert {reading.id, reading.text} <= cells
    assert {kind.meaning for kind in KINDS} <= cells
    assert any("不能责令" in str(cell) for cell in cells)
    assert any("乡镇人民政府或县级教育行政部门" in str(cell) for cell in cells)


def test_the_same_sheets_give_the_same_bytes_in_a_file_and_in_memory(
    made: TermStartSheets, data: bytes, tmp_path: Path
) -> None:
    time.sleep(1.1)  # a time of day in the file would differ
    write_term_start_workbook(tmp_path / "核对结果.xlsx", made)
    assert (tmp_path / "核对结果.xlsx").read_bytes() == data


def test_a_school_without_anything_still_makes_a_workbook(made: TermStartSheets) -> None:
    nothing = replace(
        made,
        school=None,
        inputs=(),
        findings=made.findings.clear(),
        issues=made.issues.clear(),
        roster=made.roster.clear(),
        reviews=made.reviews.clear(),
        classes=made.classes.clear(),
        overage=made.overage.clear(),
        graduates=made.graduates.clear(),
        promotions=made.promotions.clear(),
        letters=made.letters.clear(),
        changes=made.changes.clear(),
        cases=CaseForecast(0, False),
        deadlines=(),
        assumptions=(),
        since_last=None,
        notes=(),
    )
    book = openpyxl.load_workbook(io.BytesIO(written(nothing)))
    assert book.sheetnames == ["汇总", "各班到校情况", "标注名册", "待人工确认", "读入情况", "问题单元格", "说明"]
    assert set(summary_counts(book).values()) == {(0, 0, 0, 0)}
    assert book["问题单元格"].cell(4, 1).value == "没有发现问题单元格"


def test_a_text_too_long_for_a_cell_ends_visibly(made: TermStartSheets) -> None:
    issue = Issue("enrollment", "a.xlsx", "名册", "A1", 1, "name", "x", "note", "𠮷" * 30000, "内容太长")
    book = openpyxl.load_workbook(io.BytesIO(written(replace(made, issues=issues_frame([issue])))))
    raw = lines(book["问题单元格"])[0]["原值"]
    assert raw.endswith(CUT_MARK)
    assert len(raw.encode("utf-16-le")) // 2 <= LONGEST_TEXT


@given(st.text())
def test_safe_text_keeps_what_a_person_can_see(text: str) -> None:
    safe = safe_text(text)
    assert len(safe) == len(text)
    assert all(one == other or other == "\ufffd" for one, other in zip(text, safe, strict=True))
    safe.encode()


@given(st.text(alphabet="中文a1 ", max_size=200), st.integers(4, 60))
def test_lines_are_enough_for_the_text_and_grow_no_column(text: str, width: int) -> None:
    units = sum(2 if char in "中文" else 1 for char in text)
    assert line_count(text, width) * width >= units
    assert line_count(text, width + 10) <= line_count(text, width)


@pytest.mark.slow
def test_a_school_of_five_thousand_is_written_in_two_seconds() -> None:
    large = sheets(5000, 500)
    start = time.perf_counter()
    written(large)
    assert time.perf_counter() - start < 2
