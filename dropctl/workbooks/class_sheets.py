"""The sheets a class teacher fills in: the month's attendance of a class, and the return check list of a term start.

Names are filled in; no number of a child stands on them (CONTRACT §9). What is written here, `ingest` reads back.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dropctl.workbooks.style import Styles, display_width, line_count, row_height, safe_text, set_up_page

# What a teacher chooses from, and what each mark means; the legend on the sheet is what a scan goes by.
MARKS: tuple[tuple[str, str], ...] = (
    ("√", "到校"), ("旷", "无故未到"), ("病", "病假"), ("事", "事假"), ("公", "公假"), ("迟", "迟到"), ("退", "早退"),
    ("半", "半天未到"),
)  # fmt: skip
NIL_ROW = "当日无缺勤"
_WEEKDAYS = "一二三四五六日"
_SPARE_ROWS = 2
_DAY_WIDTH, _OFF_WIDTH = 3.8, 5.5


@dataclass(frozen=True, slots=True)
class SheetDay:
    """One column of a month sheet: a school day, or a stretch of days off with its name."""

    first: date
    last: date
    closed: str | None = None  # the name of the holiday or closure; None for a school day


@dataclass(frozen=True, slots=True)
class ClassMonth:
    """One class and one month: who is in the class, and the days in order."""

    school: str | None
    class_name: str
    month: date
    pupils: Sequence[str]
    days: Sequence[SheetDay]


@dataclass(frozen=True, slots=True)
class ClassReturn:
    """One class at a term start: name and sex of those expected."""

    school: str | None
    class_name: str
    opening: date
    pupils: Sequence[tuple[str, str | None]]


def month_workbook(target: Path, content: ClassMonth) -> None:
    """Write the month sheet of a class to `target`."""
    book, buffer = _book(content.month, f"{content.class_name}考勤表")
    styles = Styles(book)
    sheet = book.add_worksheet(f"{content.month.year}年{content.month.month}月")
    _Month(book, sheet, styles, content).write()
    book.close()
    target.write_bytes(buffer.getvalue())


def return_workbook(target: Path, content: ClassReturn) -> None:
    """Write the return check list of a class to `target`."""
    book, buffer = _book(content.opening, f"{content.class_name}返校登记")
    _write_return(book.add_worksheet("返校登记"), Styles(book), content)
    book.close()
    target.write_bytes(buffer.getvalue())


def _book(created: date, title: str) -> tuple[Workbook, io.BytesIO]:
    buffer = io.BytesIO()
    # in_memory: children's names must not pass through the system's folder for temporary files.
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, settings)
    book.set_properties({"title": title, "created": datetime.combine(created, time.min)})
    return book, buffer


class _Month:
    """The month sheet while it is written."""

    def __init__(self, book: Workbook, sheet: Worksheet, styles: Styles, content: ClassMonth) -> None:
        self.sheet, self.styles, self.content = sheet, styles, content
        self.first_row = 4
        self.last_row = self.first_row + len(content.pupils) - 1
        self.last_column = 1 + len(content.days)
        self.width = 0.0  # of the whole sheet, in column units
        look: dict[str, Any] = {"font_name": "宋体", "border": 1, "border_color": "#7F7F7F", "valign": "vcenter"}
        shade = look | {"bg_color": "#D9D9D9", "font_size": 9, "align": "center", "text_wrap": True}
        self.closed = book.add_format(shade)
        self.weekend = book.add_format(look | {"bold": True, "align": "center", "bg_color": "#EDEDED", "font_size": 10})

    def write(self) -> None:
        """Write title, headings, pupils, the row for a day without absences, the legend, and the print set-up."""
        sheet, content = self.sheet, self.content
        month = content.month
        widest = max((display_width(name) for name in content.pupils), default=6)
        names = min(max(widest + 1.5, 13), 24)
        self.width = 4.5 + names + sum(_OFF_WIDTH if day.closed else _DAY_WIDTH for day in content.days)
        sheet.set_column(0, 0, 4.5)
        sheet.set_column(1, 1, names)
        self._wide(0, f"{content.class_name}{month.year}年{month.month}月考勤表", "title", 28)
        school = content.school or ""
        self._wide(1, f"学校：{school}　　班主任：　　　　　　　填表日期：　　　　年　　月　　日", "subtitle", 20)
        for column, label in enumerate(("序号", "姓名")):
            sheet.write_string(2, column, label, self.styles["heading"])
            sheet.write_string(3, column, "" if column else "星期", self.styles["heading"])
        sheet.write_blank(3, 1, None, self.styles["heading"])
        for offset, day in enumerate(content.days):
            self._column(2 + offset, day)
        for row, name in enumerate(content.pupils, start=self.first_row):
            sheet.write_number(row, 0, row - self.first_row + 1, self.styles["number"])
            sheet.write_string(row, 1, safe_text(name), self.styles["text"])
            sheet.set_row(row, 19)
        self._nil_row()
        self._legend()
        sheet.freeze_panes(self.first_row, 2)
        sheet.repeat_rows(0, 3)
        set_up_page(sheet, last_row=self.last_row + 3, last_column=self.last_column)

    def _wide(self, row: int, text: str, style: str, height: float) -> None:
        self.sheet.merge_range(row, 0, row, self.last_column, "", self.styles[style])
        self.sheet.write_string(row, 0, safe_text(text), self.styles[style])
        self.sheet.set_row(row, height)

    def _column(self, column: int, day: SheetDay) -> None:
        sheet = self.sheet
        nil = self.last_row + 1
        if day.closed is not None:
            sheet.set_column(column, column, _OFF_WIDTH)
            span = f"{day.first.day}" if day.first == day.last else f"{day.first.day}至{day.last.day}"
            sheet.write_string(2, column, span, self.closed)
            sheet.write_string(3, column, "放假", self.closed)
            # One character per row reads downwards; merged cells would be filled again when the sheet is read back.
            text = safe_text(day.closed)
            letters = list(text) if len(text) <= nil - self.first_row + 1 else [text]
            top = self.first_row + (nil - self.first_row + 1 - len(letters)) // 2
            for row in range(self.first_row, nil + 1):
                at = row - top
                sheet.write_string(row, column, letters[at] if 0 <= at < len(letters) else "", self.closed)
            return
        sheet.set_column(column, column, _DAY_WIDTH)
        made_up = day.first.weekday() >= 5
        heading = self.weekend if made_up else self.styles["heading"]
        sheet.write_number(2, column, day.first.day, heading)
        sheet.write_string(3, column, _WEEKDAYS[day.first.weekday()], heading)
        for row in range(self.first_row, self.last_row + 1):
            sheet.write_blank(row, column, None, self.styles["answer"])
        marks = [mark for mark, _ in MARKS]
        choice = _choice(marks, "考勤标记", "请从下拉框里选；到校的可以不填")
        sheet.data_validation(self.first_row, column, self.last_row, column, choice)

    def _nil_row(self) -> None:
        nil = self.last_row + 1
        self.sheet.write_blank(nil, 0, None, self.styles["total"])
        self.sheet.write_string(nil, 1, NIL_ROW, self.styles["total"])
        for offset, day in enumerate(self.content.days):
            if day.closed is None:
                self.sheet.write_blank(nil, 2 + offset, None, self.styles["answer"])
                choice = _choice(["无"], "全班都到校", "这一天没有一个学生缺勤，就填“无”")
                self.sheet.data_validation(nil, 2 + offset, nil, 2 + offset, choice)
        self.sheet.set_row(nil, 20)

    def _legend(self) -> None:
        signs = "　".join(f"{mark}={meaning}" for mark, meaning in MARKS)
        legend = f"图例：{signs}"
        self._wide(self.last_row + 2, legend, "line", row_height(line_count(legend, self.width)))
        said = (
            f"说明：每天填没到校的学生，其余的格子留空（或全部填√，不能只填一部分）；全班都到校的日子，在“{NIL_ROW}”行填“无”。"
            "整天没有填的日子算没有上报"
        )
        self._wide(self.last_row + 3, said, "line", row_height(line_count(said, self.width)))


def _choice(words: Sequence[str], title: str, message: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(words),
        "input_title": title,
        "input_message": message,
        "error_title": "不认识的标记",
        "error_message": f"只能填：{'、'.join(words)}",
    }


def _write_return(sheet: Worksheet, styles: Styles, content: ClassReturn) -> None:
    headings: tuple[tuple[str, float], ...] = (
        ("序号", 6), ("姓名", 14), ("性别", 6), ("是否返校", 11), ("返校日期", 13), ("未返校原因", 30), ("备注", 20),
    )  # fmt: skip
    last = len(headings) - 1
    day = content.opening
    lines = (
        (f"{content.class_name}返校登记表（{day.year}年{day.month}月{day.day}日）", "title", 28),
        (f"学校：{content.school or ''}　　班主任：　　　　　　　应到{len(content.pupils)}人", "subtitle", 20),
    )
    for row, (text, style, height) in enumerate(lines):
        sheet.merge_range(row, 0, row, last, "", styles[style])
        sheet.write_string(row, 0, safe_text(text), styles[style])
        sheet.set_row(row, height)
    for column, (label, width) in enumerate(headings):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, label, styles["heading"])
    first = 3
    bottom = first + len(content.pupils) - 1
    for row, (name, sex) in enumerate(content.pupils, start=first):
        sheet.write_number(row, 0, row - first + 1, styles["number"])
        sheet.write_string(row, 1, safe_text(name), styles["text"])
        _text_or_blank(sheet, row, 2, sex, styles["center"])
        for column, style in ((3, "answer"), (4, "answer_date"), (5, "answer"), (6, "answer")):
            sheet.write_blank(row, column, None, styles[style])
        sheet.set_row(row, 19)
    if bottom >= first:
        choice = _choice(["是", "否"], "是否返校", "到校的填“是”，没到的填“否”并写原因；不清楚的留空")
        sheet.data_validation(first, 3, bottom, 3, choice)
    note = "说明：逐人填“是”或“否”；没填的按“不明”处理。名单上没有而已到校的学生，写在最后空行里，并告诉学籍管理员。"
    at = bottom + 1 + _SPARE_ROWS
    for row in range(bottom + 1, at):
        for column in range(last + 1):
            sheet.write_blank(row, column, None, styles["answer"])
        sheet.set_row(row, 19)
    sheet.merge_range(at, 0, at, last, "", styles["line"])
    sheet.write_string(at, 0, note, styles["line"])
    sheet.set_row(at, 34)
    sheet.freeze_panes(first, 2)
    sheet.repeat_rows(0, 2)
    set_up_page(sheet, last_row=at, last_column=last)
    sheet.set_portrait()


def _text_or_blank(sheet: Worksheet, row: int, column: int, text: str | None, look: Format) -> None:
    if text:
        sheet.write_string(row, column, safe_text(text), look)
    else:
        sheet.write_blank(row, column, None, look)
