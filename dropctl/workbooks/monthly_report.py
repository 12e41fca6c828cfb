"""控辍保学月报.xlsx: the form by grade with its chart and balances, every list behind a figure, the readings.

It goes with the report and holds no ID number (CONTRACT §9). Nothing is counted here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from xlsxwriter.workbook import Workbook

from dropctl.figures import Balance, Line, Month, MonthFigures
from dropctl.figures.comparing import CHANGES, Comparison
from dropctl.figures.facts import CaseLine, ClassDays
from dropctl.policy.plan import Assumption
from dropctl.vocabulary import grade_label
from dropctl.workbooks.list_sheet import ListPage, SheetColumn, numbered, write_list
from dropctl.workbooks.month_form import write_form
from dropctl.workbooks.style import Styles

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Lists of their own; those of Z01, Z09 and Z11 and the groups stand in 在册学生.
_OTHER_LISTS = (
    "Z10", "Z20", "Z21", "Z22", "Z23", "Z24", "Z25", "Z26", "Z30", "Z31", "Z32", "Z34", "Z35", "Z45", "Z50", "Z51",
    "Z52", "Z53", "Z54",
)  # fmt: skip
_GROUPS = {"Z40": "脱贫监测", "Z41": "残疾", "Z42": "留守", "Z43": "随迁", "Z44": "随班就读"}
_SILENCE = "未报的日子谁没到校都不知道，不作为“无缺勤”"
_NO_CALENDAR = "没有当年的放假日历，上课日待定，未报的日子数不出来"
_LOOKS = {"Z02": "missing", "Z03": "missing", "Z08": "unknown", "Z04": "grounds", "Z05": "grounds", "Z07": "grounds"}


@dataclass(frozen=True, slots=True)
class MonthSheets:
    """What the workbook shows; the same figures and rows as the paper's."""

    school: str
    reported_on: date
    roster_day: date
    correction: str  # empty for the first report of the month
    vacation: bool
    figures: MonthFigures
    grades: tuple[tuple[str, Mapping[str, int]], ...]
    cases: tuple[CaseLine, ...]
    classes: tuple[ClassDays, ...]
    unreported: Mapping[str, str]  # class → its unreported days in words
    calendar_known: bool
    comparison: Comparison | None
    assumptions: tuple[Assumption, ...]
    number: int
    plan_name: str
    plan_digest: str
    signers: Mapping[str, str | None]

    @property
    def title(self) -> str:
        """`2025年10月控辍保学工作月报`, with 零报告 where nobody was marked."""
        return f"{self.figures.month.label}控辍保学工作月报" + ("（零报告）" if self.figures.is_zero else "")

    @property
    def banner(self) -> str:
        """The line under every title."""
        cutoff = self.figures.month.last
        return f"填报单位：{self.school}　　统计截止：{cutoff} 24时　　填报日期：{self.reported_on}　　单位：人"


def write_monthly_workbook(target: Path, sheets: MonthSheets) -> None:
    """Write the workbook to `target`; the same sheets give the same bytes."""
    buffer = io.BytesIO()
    book = Workbook(buffer, _OPTIONS)
    created = datetime.combine(sheets.reported_on, time.min)
    book.set_properties({"title": sheets.title, "company": sheets.school, "created": created})
    styles = Styles(book)
    write_form(book, styles, sheets)
    pages = [
        _cases(sheets), _away(sheets), _roster(sheets), _lists(sheets), _classes(sheets), *_compared(sheets),
        _definitions(sheets), _readings(sheets),
    ]  # fmt: skip
    for page in pages:
        write_list(book.add_worksheet(page.title), styles, page)
    book.close()
    target.write_bytes(buffer.getvalue())


def write_imbalance_workbook(target: Path, month: Month, school: str, balances: Sequence[Balance]) -> None:
    """Write the children who break a balance to `target`, instead of a report."""
    buffer = io.BytesIO()
    book = Workbook(buffer, _OPTIONS)
    book.set_properties(
        {"title": "不平衡学生名单", "company": school, "created": datetime.combine(month.last, time.min)}
    )
    styles = Styles(book)
    for balance in balances:
        said = f"{school}　{month.label}\n{balance.formula}：左边{balance.left}，右边{balance.right}"
        none = "没有哪个学生使它不平衡：是上月报告的数字与它自己的名单不符，请检查台账"
        page = ListPage(balance.id, said, [numbered(len(balance.wrong)), *_who(balance.wrong), *_why(balance.wrong)],
                        "姓名", empty_line=none)  # fmt: skip
        write_list(book.add_worksheet(balance.id), styles, page)
    book.close()
    target.write_bytes(buffer.getvalue())


def write_comparison_workbook(
    target: Path, comparison: Comparison, banner: str, before: str, after: str, day: date
) -> None:
    """Write two months side by side to `target`: every figure, and every child that stands elsewhere."""
    buffer = io.BytesIO()
    book = Workbook(buffer, _OPTIONS)
    book.set_properties({"title": f"{before}与{after}相比", "created": datetime.combine(day, time.min)})
    styles = Styles(book)
    for page in comparison_pages(comparison, banner, before, after):
        write_list(book.add_worksheet(page.title), styles, page)
    book.close()
    target.write_bytes(buffer.getvalue())


def _who(lines: Sequence[Line]) -> list[SheetColumn]:
    return [
        SheetColumn("年级", [grade_label(line.who.grade) or None for line in lines], "center", most=9),
        SheetColumn("班级", [line.who.class_name for line in lines], "center", least=11, most=16),
        SheetColumn("学生编号", [line.child for line in lines], "center", least=9),
        SheetColumn("姓名", [line.who.name for line in lines], least=9, most=18),
    ]


def _why(lines: Sequence[Line]) -> list[SheetColumn]:
    return [
        SheetColumn("个案编号", [line.case for line in lines], "center", least=12),
        SheetColumn("说明", [line.why for line in lines], "long", least=40, most=70),
    ]


def _cases(sheets: MonthSheets) -> ListPage:
    rows = sheets.cases
    return ListPage(
        title="个案",
        subtitle=f"{sheets.banner}\n截止日办理中的个案，和本月有变化的个案，共{len(rows)}件",
        columns=[
            numbered(len(rows)),
            SheetColumn("个案编号", [row.number for row in rows], "center", least=12),
            SheetColumn("姓名", [row.name for row in rows], least=9, most=18),
            SheetColumn("班级", [row.class_name for row in rows], "center", least=11, most=16),
            SheetColumn("缺课开始", [row.since for row in rows], "date"),
            SheetColumn("标注", [row.mark for row in rows], "center", least=14, most=24),
            SheetColumn("状态", [row.state for row in rows], "center", least=12, most=20),
            SheetColumn("责任人", [row.responsible for row in rows], "center", least=9),
            SheetColumn("本月情况", [row.month for row in rows], "long", least=40, most=60),
        ],
        frozen="姓名",
        empty_line="没有办理中的个案，本月也没有变化的个案",
    )


def _away(sheets: MonthSheets) -> ListPage:
    placed = [(figure, line) for n in range(2, 9) for figure in [f"Z0{n}"] for line in sheets.figures[figure].lines]
    lines = [line for _, line in placed]
    return ListPage(
        title="不在校和待核实",
        subtitle=f"{sheets.banner}\n在册而没有计入“在校（有籍）”的学生，共{len(lines)}人，每人只在一项",
        columns=[numbered(len(lines)), *_placed(sheets, placed), *_who(lines), *_why(lines)],
        frozen="姓名",
        empty_line="没有：在册学生全部在校",
    )


def _placed(sheets: MonthSheets, placed: Sequence[tuple[str, Line]]) -> list[SheetColumn]:
    figures = [figure for figure, _ in placed]
    marks = {row: _LOOKS[figure] for row, figure in enumerate(figures) if figure in _LOOKS}
    return [
        SheetColumn("项目", figures, "center", least=7),
        SheetColumn("计入", [sheets.figures[one].label for one in figures], "center", least=12, most=18, marks=marks),
    ]


def _roster(sheets: MonthSheets) -> ListPage:
    figures = sheets.figures
    lines = figures["Z01"].lines
    groups = {label: {line.child for line in figures[figure].lines} for figure, label in _GROUPS.items()}
    placed = [(figures.places[line.child or ""].figure, line) for line in lines]
    return ListPage(
        title="在册学生",
        subtitle=f"{sheets.banner}\n在册的{len(lines)}名学生各计入哪一项；学籍名册为{sheets.roster_day}读入的一份",
        columns=[
            numbered(len(lines)),
            *_who(lines),
            *_placed(sheets, placed),
            *(
                SheetColumn(label, ["√" if line.child in chosen else None for line in lines], "center", least=7)
                for label, chosen in groups.items()
            ),
            *_why(lines),
        ],
        frozen="姓名",
    )


def _lists(sheets: MonthSheets) -> ListPage:
    placed = [(figure, line) for figure in _OTHER_LISTS for line in sheets.figures[figure].lines]
    lines = [line for _, line in placed]
    return ListPage(
        title="变动与工作名单",
        subtitle=f"{sheets.banner}\n期初、新增、复学、销案、更正，和本月工作各项数字是由哪些人次数出来的",
        columns=[
            numbered(len(lines)),
            *_placed(sheets, placed),
            *_who(lines),
            SheetColumn("日期", [line.on for line in lines], "date"),
            SheetColumn("计数", [line.amount for line in lines], "number", least=7),
            *_why(lines),
        ],
        frozen="姓名",
        empty_line="本月各项变动和工作都是0",
    )


def _classes(sheets: MonthSheets) -> ListPage:
    rows = sheets.classes
    days, known = sheets.unreported, sheets.calendar_known
    return ListPage(
        title="各班上报",
        subtitle=f"{sheets.banner}\n{_SILENCE if known else _NO_CALENDAR}",
        columns=[
            numbered(len(rows)),
            SheetColumn("年级", [grade_label(row.grade) or None for row in rows], "center", least=9),
            SheetColumn("班级", [row.class_name for row in rows], "center", least=13, most=20),
            SheetColumn("学生", [row.pupils for row in rows], "number", least=8),
            SheetColumn("本月上课日", [row.school_days for row in rows], "number", least=8),
            SheetColumn("未报", [len(row.unreported) for row in rows], "number", least=8,
                        marks={at: "total_number" for at, row in enumerate(rows) if row.unreported}),
            SheetColumn("未报的日子", [days.get(row.class_name) for row in rows], "long", least=40, most=70),
        ],
        frozen="班级",
    )  # fmt: skip


def _compared(sheets: MonthSheets) -> list[ListPage]:
    return [] if sheets.comparison is None else comparison_pages(sheets.comparison, sheets.banner, "上月", "本月")


def comparison_pages(comparison: Comparison, banner: str, before: str, after: str) -> list[ListPage]:
    """Return two sheets: every figure of both months with why it differs, and every child that stands elsewhere."""
    rows, people = comparison.figures, comparison.children
    note = f"{before} + 口径变化 + 数据更正 + 实际变化 = {after}"
    if comparison.plan_changed or comparison.redefined:
        note += "；上次报告以后，方案的数字或项目的定义有改动"
    changed = {at: "total_number" for at, row in enumerate(rows) if row.differs}
    labels = {row.id: row.label for row in rows}
    return [
        ListPage(
            title="两月相比",
            subtitle=f"{banner}\n{note}",
            columns=[
                SheetColumn("项目", [row.id for row in rows], "center", least=7),
                SheetColumn("名称", [row.label for row in rows], least=26),
                SheetColumn(before, [row.before for row in rows], "number", least=9),
                SheetColumn("口径变化", [row.redefined for row in rows], "number", least=9),
                SheetColumn("数据更正", [row.corrected for row in rows], "number", least=9),
                SheetColumn("实际变化", [row.changed for row in rows], "number", least=9),
                SheetColumn(after, [row.after for row in rows], "number", least=9, marks=changed),
            ],
            frozen="名称",
        ),
        ListPage(
            title="变化的学生",
            subtitle=f"{banner}\n两月之间计入的项目不同，或换了班级的学生，共{len(people)}人次",
            columns=[
                numbered(len(people)),
                SheetColumn("变化", [CHANGES[row.kind] for row in people], "center", least=16),
                SheetColumn("年级", [grade_label(row.who.grade) or None for row in people], "center", most=9),
                SheetColumn("班级", [row.who.class_name for row in people], "center", least=11, most=16),
                SheetColumn("学生编号", [row.child for row in people], "center", least=9),
                SheetColumn("姓名", [row.who.name for row in people], least=9, most=18),
                SheetColumn(before, [labels.get(row.before or "", "不在册") for row in people], "center", least=12),
                SheetColumn(after, [labels.get(row.after or "", "不在册") for row in people], "center", least=12),
                SheetColumn("为什么", [row.why for row in people], "long", least=40, most=60),
            ],
            frozen="姓名",
            empty_line="没有学生的情况有变化",
        ),
    ]


def _definitions(sheets: MonthSheets) -> ListPage:
    rows = sheets.figures.figures
    return ListPage(
        title="口径",
        subtitle=f"{sheets.banner}\n"
        f"方案：{sheets.plan_name}（校验码 {sheets.plan_digest}）；本月第{sheets.number}次报告",
        columns=[
            SheetColumn("项目", [row.id for row in rows], "center", least=7),
            SheetColumn("名称", [row.label for row in rows], least=26, most=30),
            SheetColumn("数值", [row.value for row in rows], "number", least=8),
            SheetColumn("依据条款", [row.clause for row in rows], "center", least=9),
            SheetColumn("定义", [row.definition for row in rows], "long", least=70, most=95),
        ],
        frozen="名称",
    )


def _readings(sheets: MonthSheets) -> ListPage:
    rows = sheets.assumptions
    return ListPage(
        title="读法",
        subtitle=f"{sheets.banner}\n方案没有写明、由程序取定的读法；疑似辍学、辍学以学籍系统的标注为准",
        columns=[
            SheetColumn("编号", [row.id for row in rows], "center", least=8),
            SheetColumn("依据条款", [row.clause for row in rows], "center", least=9),
            SheetColumn("读法", [row.text for row in rows], "long", least=80, most=105),
        ],
        frozen="编号",
    )
