"""缺勤登记 (log: one row per pupil and day) and 考勤表 (month grid): what their columns and marks are called.

How a grid's day columns are found is `ingest.month_grid`; what a run of absences means is `policy.absence_runs`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.registers.absence_words import (
    ACTIVITY,
    EARLY,
    HALF,
    LATE,
    LEAVE,
    PERSONAL,
    PRESENT,
    SICK,
    TRUANT,
    WORDS,
    Meaning,
    meaning_of_words,
    plain_mark,
)
from dropctl.tables.raw import Cell, CellError
from dropctl.tables.spec import Column, Problem, Step, TableSpec

# Marks of month grids; the legend of a sheet goes before them (reference §4.4).
MARKS: dict[str, Meaning] = {
    **dict.fromkeys(("√", "✓", "✔", "☑", "出", "到", "勤", "1"), PRESENT),
    **dict.fromkeys(("×", "x", "✗", "✕", "✘", "旷", "缺"), TRUANT),
    **dict.fromkeys(("○", "〇", "o", "◯", "事"), PERSONAL),
    **dict.fromkeys(("△", "▲", "病"), SICK),
    **dict.fromkeys(("假",), LEAVE),
    **dict.fromkeys(("公",), ACTIVITY),
    **dict.fromkeys(("◎", "迟"), LATE),
    **dict.fromkeys(("#", "退", "早"), EARLY),
    "半": HALF,
}
# 休 may be a suspension, a day of rest or sick leave: nobody is accused and nobody excused by it alone.
UNCLEAR_MARKS = {"休": "“休”可能是休学、病休，也可能是放假"}
NIL_WORDS = frozenset(
    {
        "无", "无缺勤", "当日无缺勤", "当天无缺勤", "全班无缺勤", "无缺课", "无人缺勤", "无人", "没有", "全勤", "全到",
        "全部到校", "全班到齐", "到齐", "零", "全班",
    }
)  # fmt: skip

UNKNOWN_MARK = Problem(
    "mark_unknown", "warning", "看不懂这个考勤标记，当天按“不明”处理；请改成图例里的标记，或在表上写明图例"
)
REASON_UNKNOWN = Problem(
    "reason_unclear", "warning", "看不出这个原因有没有请假，当天按“不明”处理；请在“是否请假”栏写 是 或 否"
)
_LEAVE_UNCLEAR = Problem("leave_unclear", "warning", "是否请假看不懂，当天按“不明”处理，请填 是 或 否")
_PART_UNCLEAR = Problem("part_unclear", "note", "只写了几节课，没有缺满半天的按到校计；全天未到的请写 全天")


def meaning_of_mark(text: str, legend: Mapping[str, Meaning]) -> Meaning | None:
    """Return what a grid cell (normalised) says: by the sheet's legend, the usual marks, or words; None otherwise.

    Two marks in one cell are the two halves of the day: half a day there is a day there.
    """
    for table in (legend, MARKS):
        if text in table:
            return table[text]
    if text in WORDS:
        return WORDS[text]
    pieces = [legend.get(char) or MARKS.get(char) for char in re.sub(r"[/、,，|]", "", text)]
    if len(pieces) == 2 and None not in pieces:
        one, two = (piece for piece in pieces if piece is not None)
        if one == two:
            return one
        attended = next((piece for piece in (one, two) if piece.state == "attended"), None)
        if attended is not None:
            return Meaning("attended", f"{one.label}、{two.label}", presence=attended.presence)
    return meaning_of_words(text) if len(text) > 2 else None


_NUMBERED = re.compile(r"第?(\d{1,2})(?:[-—–~～至到]第?(\d{1,2}))?节")
_MORNING, _AFTERNOON = range(1, 5), range(5, 7)


def _part(cell: Cell) -> tuple[object, Problem | None]:
    text = plain_mark(cell)
    if not text:
        return "whole", None
    morning, afternoon = "上午" in text, "下午" in text
    if any(word in text for word in ("全天", "整天", "一天", "全日")) or (morning and afternoon) or text == "上下午":
        return "whole", None
    if morning or afternoon:
        return ("morning" if morning else "afternoon"), None
    lessons: set[int] = set()
    for first, last in _NUMBERED.findall(text):
        lessons.update(range(int(first), int(last or first) + 1))
    am, pm = lessons.issuperset(_MORNING), lessons.issuperset(_AFTERNOON)
    if am or pm:
        return ("whole" if am and pm else "morning" if am else "afternoon"), None
    return "part", _PART_UNCLEAR


def _leave(cell: Cell) -> tuple[object, Problem | None]:
    if cell is None or plain_mark(cell) == "":
        return None, None
    said, _ = steps.YES_NO.apply(cell)
    if said in ("是", "否"):
        return said, None
    text = plain_mark(cell)
    if text in ("已请假", "请假", "有假条", "有请假条", "事假", "病假", "公假"):
        return "是", None
    if text in ("未请假", "没请假", "无假条", "无请假条", "旷课"):
        return "否", None
    return "unclear", _LEAVE_UNCLEAR


def _as_written(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, CellError):
        return None, Problem("error_cell", "error", "这一格是公式错误值，读不出内容，请打开原表改成实际内容")
    return cell, None


DAYS = Step("days", _as_written)
DAY_PART = Step("day_part", _part)
LEAVE_GIVEN = Step("leave_given", _leave)
DERIVED = Step("derived", _as_written)

ABSENCE = TableSpec(
    kind="absence",
    label="缺勤登记、考勤表",
    columns=(
        *shared.PUPIL,
        Column(
            "day",
            "日期",
            (
                "缺勤日期", "缺课日期", "旷课日期", "未到校日期", "日期", "缺勤时间", "缺课时间", "登记日期",
                "开始日期", "起始日期",
            ),
            DAYS,
            pl.Date(),
        ),
        Column("last_day", "结束日期", ("结束日期", "截止日期", "终止日期"), DAYS, pl.Date()),
        Column(
            "part",
            "节次/半天",
            ("节次/半天", "节次", "半天", "时段", "缺勤节次", "缺课节次", "缺勤时段", "上午/下午", "上下午"),
            DAY_PART,
        ),
        Column("leave", "是否请假", ("是否请假", "请假与否", "有无请假", "是否有假条", "请假"), LEAVE_GIVEN),
        Column(
            "mark",
            "缺勤类别",
            (
                "缺勤类别", "缺勤类型", "缺勤性质", "考勤类别", "考勤类型", "考勤情况", "考勤状态", "考勤", "类型",
                "类别", "缺勤情况", "出勤情况", "情况",
            ),
            steps.TEXT,
        ),
        Column(
            "reason",
            "原因",
            ("缺勤原因", "缺课原因", "请假原因", "旷课原因", "未到校原因", "缺勤事由", "请假事由", "事由", "原因"),
            steps.TEXT,
        ),
        Column("symptom", "症状", ("症状", "主要症状", "缺勤症状", "缺课症状", "病名", "疾病名称"), steps.TEXT),
        shared.NOTE,
        Column("state", "当天情况（由程序得出）", (), DERIVED),
        Column("raw", "原标记", (), DERIVED),
        Column("form", "登记形式（log 登记、grid 考勤表）", (), DERIVED),
        Column("column", "所在列", (), DERIVED),
        Column("in_range", "出自日期段", (), DERIVED, pl.Boolean()),
    ),
    required=("name",),
    evidence={"day": 2, "part": 4, "leave": 4, "mark": 3, "reason": 2},
    needed=6,
    title_words={"考勤": 5, "缺勤": 5, "缺课": 5, "旷课": 4, "晨检": 4, "晨午检": 4, "出勤": 4},
    placed_in_class=True,
)  # fmt: skip
