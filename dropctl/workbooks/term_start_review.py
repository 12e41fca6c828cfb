"""待人工确认: pairs of rows that may be the same child, side by side, with a place for a person's answer."""

from __future__ import annotations

from xlsxwriter.workbook import Workbook

from dropctl.vocabulary import register_label
from dropctl.workbooks.list_sheet import ListPage, SheetColumn, Value, numbered, write_list
from dropctl.workbooks.style import Styles
from dropctl.workbooks.term_start_sheets import TermStartSheets, by_class, sources

SHEET = "待人工确认"
ANSWERS = ("是", "否", "待查")
_SIDES = (("left", "甲"), ("right", "乙"))
# Field of the pair, its heading, its style, least and most width.
_FIELDS = (
    ("name", "姓名", "text", 9, 18),
    ("sex", "性别", "center", 10, 10),
    ("id_number", "身份证件号", "text", 20, 24),
    ("birth_date", "出生日期", "date", 11, 12),
    ("class_name", "班级", "text", 11, 16),
)


def write_reviews(book: Workbook, styles: Styles, sheets: TermStartSheets) -> None:
    """Add the sheet: one line per pair, fields of 甲 and 乙 next to each other, differing ones shaded."""
    rows = sheets.reviews.rename({"left_grade": "grade", "left_class_name": "class_name"})
    rows = by_class(rows, "left_name", "link_id").rename({"grade": "left_grade", "class_name": "left_class_name"})
    fields: list[SheetColumn] = []
    for name, heading, style, least, most in _FIELDS:
        values: list[list[Value]] = [rows[f"{side}_{name}"].to_list() for side, _ in _SIDES]
        differing = "date_differs" if style == "date" else "differs"
        marks = {
            row: differing
            for row, (one, other) in enumerate(zip(*values, strict=True))
            if one is not None and other is not None and one != other
        }
        for (_, word), side_values in zip(_SIDES, values, strict=True):
            fields.append(SheetColumn(f"{heading}（{word}）", side_values, style, least, most, marks))
    nothing: list[Value] = [None] * len(rows)
    columns = [
        numbered(len(rows)),
        SheetColumn("配对编号", rows["link_id"].to_list(), least=13.5, most=14),
        *fields[:2],
        SheetColumn("为什么要人确认", rows["reason"].to_list(), "long", least=24, most=36),
        *fields[2:],
    ]
    for side, word in _SIDES:
        registers = [register_label(kind) for kind in rows[f"{side}_register"].to_list()]
        columns.append(SheetColumn(f"名单（{word}）", registers, "center", least=9, most=14))
        columns.append(SheetColumn(f"来源（{word}）", sources(rows, f"{side}_"), "long", least=18, most=24))
    columns += [
        SheetColumn("判断", nothing, "answer", least=8),
        SheetColumn("判断人", nothing, "answer", least=9),
        SheetColumn("判断日期", nothing, "answer_date", least=12),
    ]
    sheet = book.add_worksheet(SHEET)
    page = ListPage(
        title=SHEET,
        subtitle=(
            f"{sheets.banner}　　共 {len(rows)} 对\n"
            "甲、乙两行可能是同一名学生，证据不够，程序不替人决定。两边不同的内容加粗、加底色；"
            "请在“判断”一栏选 是（同一人）、否（不是同一人）或 待查"
        ),
        columns=columns,
        frozen="姓名（乙）",
        empty_line="没有需要人工确认的配对",
    )
    top = write_list(sheet, styles, page)
    if len(rows):
        answer = [column.heading for column in columns].index("判断")
        sheet.data_validation(
            top + 1,
            answer,
            top + len(rows),
            answer,
            {
                "validate": "list",
                "source": list(ANSWERS),
                "input_title": "判断",
                "input_message": "是＝同一人；否＝不是同一人；待查＝还要了解",
                "error_title": "请从下拉框选择",
                "error_message": "只能填 是、否 或 待查",
            },
        )
