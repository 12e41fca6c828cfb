"""考勤核对.xlsx: who has been absent how long and why it counts so, day by day; which class is silent on which days.

A working file: it holds full ID numbers (CONTRACT §9). Nothing is decided here about any child.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import polars as pl
from xlsxwriter.workbook import Workbook

from dropctl.findings import ABSENCE_KINDS, KIND_BY_ID, KINDS
from dropctl.policy.absence_days import STATE_LABELS
from dropctl.policy.plan import Assumption
from dropctl.school_calendar import weekday_label
from dropctl.tables.issues import InputCount
from dropctl.vocabulary import grade_label
from dropctl.workbooks.list_sheet import ListPage, SheetColumn, numbered, write_list
from dropctl.workbooks.style import Styles
from dropctl.workbooks.term_start_lists import finding_page
from dropctl.workbooks.term_start_reading import issue_page, reading_page

FLAG_LABELS = {
    "dropout": "推算已转辍学",
    "suspected": "疑似辍学",
    "day_five": "第五天未到",
    "possible_suspected": "可能疑似辍学",
    "none": "未到标注程度",
}
_FLAG_LOOKS = {
    "dropout": "missing", "suspected": "missing", "day_five": "doubtful", "possible_suspected": "unknown",
}  # fmt: skip
_STATE_LOOKS = {"unexcused": "missing", "unknown": "unknown", "excused": "grounds", "skipped": "outside"}


@dataclass(frozen=True, slots=True)
class AttendanceSheets:
    """What the workbook shows; names, types and frame columns are those of the attendance outcome."""

    as_of: date
    opening: date
    school: str | None
    inputs: tuple[InputCount, ...]
    findings: pl.DataFrame
    runs: pl.DataFrame
    run_days: pl.DataFrame
    classes: pl.DataFrame
    issues: pl.DataFrame
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]

    @property
    def banner(self) -> str:
        """The line under every title: whose result, as of when, for which term."""
        school = self.school or "（未给出学校名称）"
        return f"学校：{school}　　核对基准日：{self.as_of:%Y-%m-%d}　　开学日：{self.opening:%Y-%m-%d}"


def write_attendance_workbook(target: BinaryIO | Path, sheets: AttendanceSheets) -> None:
    """Write 考勤核对.xlsx to `target`, a file's path or an open file; the same sheets give the same bytes."""
    buffer = io.BytesIO()
    # in_memory: children's names must not pass through the system's folder for temporary files.
    book = Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    created = datetime.combine(sheets.as_of, time.min)
    book.set_properties({"title": "考勤核对结果", "company": sheets.school or "", "created": created})
    styles = Styles(book)
    pages = [summary_page(sheets), run_page(sheets)]
    for kind in ABSENCE_KINDS:
        rows = sheets.findings.filter(pl.col("kind") == kind)
        if len(rows):
            pages.append(finding_page(sheets, KIND_BY_ID[kind], rows))
    pages += [day_page(sheets), class_page(sheets), reading_page(sheets), issue_page(sheets), reading_of_plan(sheets)]
    for page in pages:
        write_list(book.add_worksheet(page.title), styles, page)
    book.close()
    if isinstance(target, Path):
        target.write_bytes(buffer.getvalue())
    else:
        target.write(buffer.getvalue())


def summary_page(sheets: AttendanceSheets) -> ListPage:
    """Return the counts of each kind; under the title what must be known before they are believed."""
    kinds = [kind for kind in KINDS if kind.id in ABSENCE_KINDS]
    found = [sheets.findings.filter(pl.col("kind") == kind.id) for kind in kinds]
    counts = [len(rows) for rows in found]
    silent = int(sheets.classes["unreported"].list.len().sum()) if len(sheets.classes) else 0
    whole = int(sheets.classes["school_days"].sum()) if len(sheets.classes) else 0
    notes = "".join(f"\n注意：{note}" for note in sheets.notes)
    return ListPage(
        title="汇总",
        subtitle=(
            f"{sheets.banner}\n{len(sheets.classes)}个班，应报{whole}个班次（班×上课日），未报{silent}个班次{notes}"
        ),
        columns=[
            SheetColumn("种类（同名工作表里有明细）", [kind.label for kind in kinds], least=24),
            SheetColumn(
                "人数或班数",
                counts,
                "number",
                least=11,
                marks={row: "total_number" for row, count in enumerate(counts) if count},
            ),
            SheetColumn(
                "最早日期", [min(rows["due_date"].drop_nulls().to_list(), default=None) for rows in found], "date"
            ),
            SheetColumn("依据条款", [kind.clause for kind in kinds], "center", least=9),
            SheetColumn("含义", [kind.meaning for kind in kinds], "long", least=50, most=60),
        ],
        frozen="种类（同名工作表里有明细）",
    )


def run_page(sheets: AttendanceSheets) -> ListPage:
    """Return every run, the worst first, ended ones after those still open."""
    rows = sheets.runs
    flags = rows["flag"].to_list()
    ended = rows["ended"].to_list()
    state = [_state(*row) for row in rows.select(*_STATED).iter_rows()]
    return ListPage(
        title="缺勤经过",
        subtitle=(
            f"{sheets.banner}　　共 {len(rows)} 段\n"
            "一段缺勤从第一个无故未到的上课日到第一个到校日的前一个上课日；每一天怎么算的见“逐日说明”"
        ),
        columns=[
            numbered(len(rows)),
            SheetColumn("年级", [grade_label(grade) or None for grade in rows["grade"].to_list()], "center", most=9),
            SheetColumn("班级", rows["class_name"].to_list(), "center", least=11, most=16),
            SheetColumn("学生编号", rows["child"].to_list(), "center", least=9),
            SheetColumn("姓名", rows["name"].to_list(), least=9, most=16),
            SheetColumn("起", rows["from"].to_list(), "date"),
            SheetColumn("止", rows["to"].to_list(), "date"),
            SheetColumn("无故未到天数", rows["certain_days"].to_list(), "number", least=9),
            SheetColumn("连同不明", rows["possible_days"].to_list(), "number", least=9),
            SheetColumn(
                "程度",
                [FLAG_LABELS[flag] for flag in flags],
                "center",
                least=14,
                marks={
                    row: _FLAG_LOOKS[flag]
                    for row, flag in enumerate(flags)
                    if flag in _FLAG_LOOKS and not (ended[row] and rows["finding"][row] is None)
                },
            ),
            SheetColumn("第五天", rows["day_five"].to_list(), "date"),
            SheetColumn("应标注日", rows["flag_date"].to_list(), "date"),
            SheetColumn("推算转辍学日", rows["dropout_date"].to_list(), "date"),
            SheetColumn("现在", state, "long", least=22, most=30),
        ],
        frozen="姓名",
        empty_line="没有无故未到校的学生",
    )


_STATED = ("ended", "finding", "returned_on", "attended_since", "certain_days")


def _state(ended: bool, finding: str | None, returned: date | None, attended: int, certain_days: int) -> str:
    if not ended:
        return "仍未到校" if certain_days else "是否到校说不清，请先核实"
    if returned is None:
        return "已离册，或返校后又未到校"
    if finding is None:
        return f"{returned}起已到校"
    return f"{returned}起到校{attended}个上课日，待复学证实"


def day_page(sheets: AttendanceSheets) -> ListPage:
    """Return every calendar day of every run: what it counted as, and why."""
    rows = sheets.run_days
    states, days = rows["state"].to_list(), rows["day"].to_list()
    return ListPage(
        title="逐日说明",
        subtitle=f"{sheets.banner}\n每一段缺勤里的每一天：算作什么、为什么。不上课的日子不计，也不中断",
        columns=[
            SheetColumn("班级", rows["class_name"].to_list(), "center", least=11, most=16),
            SheetColumn("学生编号", rows["child"].to_list(), "center", least=9),
            SheetColumn("姓名", rows["name"].to_list(), least=9, most=16),
            SheetColumn("这一段的起始日", rows["from"].to_list(), "date"),
            SheetColumn("日期", days, "date"),
            SheetColumn("星期", [weekday_label(day) for day in days], "center", least=8),
            SheetColumn(
                "算作",
                [STATE_LABELS[state] for state in states],
                "center",
                least=9,
                marks={row: _STATE_LOOKS[state] for row, state in enumerate(states) if state in _STATE_LOOKS},
            ),
            SheetColumn("为什么", rows["why"].to_list(), "long", least=40, most=70),
        ],
        frozen="姓名",
        empty_line="没有无故未到校的学生",
    )


def class_page(sheets: AttendanceSheets) -> ListPage:
    """Return which class has reported how many school days, and which are missing."""
    rows = sheets.classes
    missing = rows["unreported"].to_list()
    columns = [
        numbered(len(rows)),
        SheetColumn("年级", [grade_label(grade) or None for grade in rows["grade"].to_list()], "center", least=9),
        SheetColumn("班级", rows["class_name"].to_list(), "center", least=13, most=20),
        SheetColumn("在籍", rows["pupils"].to_list(), "number", least=8),
        SheetColumn("上课日", rows["school_days"].to_list(), "number", least=8),
        SheetColumn("已报", rows["reported"].to_list(), "number", least=8),
        SheetColumn(
            "未报",
            [len(days) for days in missing],
            "number",
            least=8,
            marks={row: "total_number" for row, days in enumerate(missing) if days},
        ),
        SheetColumn("未报的日子", [days_by_month(days) or None for days in missing], "long", least=40, most=70),
    ]
    if rows["school"].n_unique() > 1:
        columns.insert(1, SheetColumn("学校", rows["school"].to_list(), most=24))
    return ListPage(
        title="各班上报",
        subtitle=(
            f"{sheets.banner}　　共 {len(rows)} 个班\n"
            "有缺勤记录、考勤标记或“无”的上课日算已报；未报的日子谁没到校都不知道"
        ),
        columns=columns,
        frozen="班级",
        totals={
            "在籍": int(rows["pupils"].sum()),
            "已报": int(rows["reported"].sum()),
            "未报": sum(len(days) for days in missing),
        },
    )


def days_by_month(days: Sequence[date]) -> str:
    """Return days as a person writes them: 9月1、2、5日；10月9日."""
    months = groupby(days, key=lambda day: (day.year, day.month))
    return "；".join(f"{month}月{'、'.join(str(day.day) for day in found)}日" for (_, month), found in months)


def reading_of_plan(sheets: AttendanceSheets) -> ListPage:
    """Return our numbered readings of the plan."""
    rows = sheets.assumptions
    return ListPage(
        title="说明",
        subtitle=f"{sheets.banner}\n方案没有写明、由本程序取定的读法。疑似辍学、辍学以学籍系统的标注为准，本表是按考勤推算的",
        columns=[
            SheetColumn("编号", [row.id for row in rows], "center", least=8),
            SheetColumn("依据条款", [row.clause for row in rows], "center", least=9),
            SheetColumn("读法", [row.text for row in rows], "long", least=80, most=105),
        ],
        frozen="编号",
    )
