"""汇总: what a principal understands at a glance, every number with the sheet it was counted from."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dropctl.vocabulary import grade_label
from dropctl.workbooks.canvas import ROW, Canvas
from dropctl.workbooks.style import Styles, line_count, row_height, set_up_page
from dropctl.workbooks.term_start_sheets import KindLine, SheetLine, TermStartSheets, by_class

SUMMARY = "汇总"
COLUMNS = 16
COLUMN_WIDTH = 9.6
FEWEST_FOR_RATE = 50  # a percentage of fewer children says more than is known
_CHART_ROWS = 11
_COUNTS = ("enrolled", "expected", "returned", "not_returned", "lawfully_absent", "unknown", "unregistered")
# Series of the chart: name, column of the grade table, fill and pattern (they differ on a black-and-white printer too).
_SERIES = (
    ("已返校", 4, "#BFBFBF", None),
    ("未返校", 5, "#B03A2E", None),
    ("有手续", 6, "#5B7FA8", "wide_upward_diagonal"),
    ("未报", 7, "#404040", "percent_20"),
)


def write_summary(
    book: Workbook,
    sheet: Worksheet,
    styles: Styles,
    sheets: TermStartSheets,
    kinds: Sequence[KindLine],
    others: Sequence[SheetLine],
) -> None:
    """Fill the first sheet; `kinds` and `others` say what stands on the sheets that follow."""
    canvas = Canvas(sheet, styles, COLUMNS, COLUMN_WIDTH)
    sheet.set_column(0, COLUMNS - 1, COLUMN_WIDTH)
    canvas.cell(0, COLUMNS - 1, "开学返校与学籍核对结果", "title")
    canvas.next(32)
    canvas.cell(0, COLUMNS - 1, sheets.banner, "subtitle")
    canvas.next(20)
    sheet.freeze_panes(canvas.row, 0)
    _tiles(canvas, sheets.classes)
    _grades(book, canvas, sheets.classes)
    _schools(canvas, sheets.classes)
    _attention(canvas, sheets)
    _kinds(canvas, kinds)
    _deadlines(canvas, sheets)
    _entrants(canvas, sheets.findings)
    _others(canvas, others)
    sheet.ignore_errors({"number_stored_as_text": f"A1:P{canvas.row + 1}"})
    set_up_page(sheet, last_row=canvas.row, last_column=COLUMNS - 1)
    sheet.repeat_rows(0, 1)


def _rate(classes: pl.DataFrame) -> str:
    """Return the return rate over the classes that reported; below 50 expected pupils only the counts."""
    reported = classes.filter(pl.col("reported"))
    returned, expected = int(reported["returned"].sum()), int(reported["expected"].sum())
    if not expected:
        return "—"
    share = f"（{100 * returned / expected:.1f}%）" if expected >= FEWEST_FOR_RATE else ""
    return f"{returned}/{expected}{share}"


def _tiles(canvas: Canvas, classes: pl.DataFrame) -> None:
    labels = ("在籍", "应到", "已返校", "未返校", "有手续未到校", "到校情况未报", "在校无学籍")
    for index, (label, name) in enumerate(zip(labels, _COUNTS, strict=True)):
        canvas.cell(2 * index, 2 * index + 1, label, "tile_label")
        canvas.cell(2 * index, 2 * index + 1, int(classes[name].sum()), "tile", canvas.row + 1)
    canvas.cell(14, 15, "返校率", "tile_label")
    canvas.cell(14, 15, _rate(classes).replace("（", "\n（"), "tile_text", canvas.row + 1)
    canvas.next(18)
    canvas.next(44)


def _grades(book: Workbook, canvas: Canvas, classes: pl.DataFrame) -> None:
    canvas.section("一、各年级到校情况")
    first = canvas.row
    labels = ("在籍", "应到", "已返校", "未返校", "有手续", "未报", "在校无学籍")
    spans = [(0, 0, "年级"), (1, 1, "已交名单班级"), *((2 + i, 2 + i, label) for i, label in enumerate(labels))]
    canvas.headings(*spans, (9, 10, "返校率"))
    grades = [(grade_label(grade) or "年级不明", group) for (grade,), group in _by_grade(classes)]
    for label, group in [*grades, ("合计", classes)]:
        whole = label == "合计"
        text, number = ("total", "total_number") if whole else ("center", "number")
        canvas.cell(0, 0, label, text)
        canvas.cell(1, 1, f"{int(group['reported'].sum())}/{len(group)}", text)
        for index, name in enumerate(_COUNTS):
            canvas.cell(2 + index, 2 + index, int(group[name].sum()), number)
        canvas.cell(9, 10, _rate(group), text)
        canvas.next()
    if grades:
        _chart(book, canvas, first + 1, first + len(grades), max(canvas.row - first, _CHART_ROWS))
    while canvas.row < first + _CHART_ROWS:
        canvas.next()
    canvas.text(
        f"返校率 = 已返校/应到，只算已交返校名单的班级；应到不足{FEWEST_FOR_RATE}人的只写人数，不写百分比。",
        "remark",
    )


def _schools(canvas: Canvas, classes: pl.DataFrame) -> None:
    """One line per school, when the papers are of more than one."""
    if classes["school"].drop_nulls().n_unique() < 2:
        return
    canvas.section("各校到校情况")
    labels = ("在籍", "应到", "已返校", "未返校", "有手续", "未报", "在校无学籍")
    spans = [(0, 3, "学校"), (4, 4, "已交名单班级"), *((5 + i, 5 + i, label) for i, label in enumerate(labels))]
    canvas.headings(*spans, (12, 13, "返校率"))
    for (school,), group in classes.sort("school", nulls_last=True).group_by("school", maintain_order=True):
        canvas.cell(0, 3, str(school or "学校不明"), "text")
        canvas.cell(4, 4, f"{int(group['reported'].sum())}/{len(group)}", "center")
        for index, name in enumerate(_COUNTS):
            canvas.cell(5 + index, 5 + index, int(group[name].sum()), "number")
        canvas.cell(12, 13, _rate(group), "center")
        canvas.next()


def _by_grade(classes: pl.DataFrame) -> list[tuple[tuple[str | None], pl.DataFrame]]:
    ordered = classes.sort("grade", nulls_last=True, maintain_order=True)
    return [((key[0],), group) for key, group in ordered.group_by("grade", maintain_order=True)]


def _chart(book: Workbook, canvas: Canvas, first: int, last: int, rows: int) -> None:
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    font = {"name": "宋体", "size": 9}
    for name, column, colour, pattern in _SERIES:
        series: dict[str, object] = {
            "name": name,
            "categories": [SUMMARY, first, 0, last, 0],
            "values": [SUMMARY, first, column, last, column],
            "border": {"color": "#404040", "width": 0.5},
            "gap": 45,
        }
        if pattern:
            series["pattern"] = {"pattern": pattern, "fg_color": colour, "bg_color": "#FFFFFF"}
        else:
            series["fill"] = {"color": colour}
        chart.add_series(series)
    chart.set_title({"name": "各年级到校情况（人）", "name_font": {"name": "黑体", "size": 11, "bold": False}})
    chart.set_y_axis({"reverse": True, "num_font": font, "major_gridlines": {"visible": False}})
    # With the grades from top to bottom the axis of counts would move to the top.
    chart.set_x_axis(
        {
            "num_font": font,
            "label_position": "high",
            "major_tick_mark": "none",
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
            "num_format": "0",
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    pixels_wide = 5 * (COLUMN_WIDTH * 7 + 5)
    chart.set_size({"width": int(pixels_wide) - 16, "height": int((34 + (rows - 1) * ROW) * 4 / 3)})
    canvas.sheet.insert_chart(
        first - 1,
        11,
        chart,
        {"x_offset": 8, "y_offset": 0, "object_position": 1, "description": "各年级已返校、未返校、有手续、未报人数"},
    )


def _attention(canvas: Canvas, sheets: TermStartSheets) -> None:
    canvas.section("二、建案预计与需要注意")
    cases = sheets.cases
    if cases.held_back:
        canvas.text(
            f"建案预计：{cases.candidates} 名学生符合建案条件，这次暂不建案。{cases.reason or ''}", "strong_line"
        )
    elif cases.candidates:
        canvas.text(f"建案预计：{cases.candidates} 名学生（确定未返校，需要立即联系或联系不上）。", "strong_line")
    else:
        canvas.text("建案预计：没有需要建案的学生。", "strong_line")
    if sheets.since_last is not None:
        since = sheets.since_last
        canvas.text(f"与上次核对相比：新增 {since.new} 条，消失 {since.gone} 条，仍在 {since.unchanged} 条。")
    # The forecast's reason is said above; the assumed opening day may be among the notes already.
    said = [note for note in sheets.notes if note != cases.reason]
    if sheets.opening_note and sheets.opening_note not in said:
        said.insert(0, sheets.opening_note)
    for number, note in enumerate(said, 1):
        canvas.text(f"{number}. {note}{'' if note.endswith(('。', '！', '？')) else '。'}")


def _kinds(canvas: Canvas, kinds: Sequence[KindLine]) -> None:
    canvas.section("三、各类发现（点种类名称可转到明细）")
    certainties = (("certain", "确定"), ("to_confirm", "待确认"), ("claimed", "有说法缺材料"))
    canvas.headings(
        (0, 2, "种类"),
        (3, 3, "合计"),
        *((4 + index, 4 + index, word) for index, (_, word) in enumerate(certainties)),
        (7, 8, "最近期限"),
        (9, 9, "依据条款"),
        (10, 15, "含义"),
    )
    for kind in kinds:
        if kind.sheet is None:
            canvas.cell(0, 2, kind.label, "text")
        else:
            canvas.link(0, 2, kind.sheet, kind.label)
        canvas.cell(3, 3, kind.total, "total_number" if kind.total else "number")
        for index, (level, _) in enumerate(certainties):
            canvas.cell(4 + index, 4 + index, kind.by_certainty.get(level, 0), "number")
        canvas.cell(7, 8, kind.due_date or "—", "date")
        canvas.cell(9, 9, kind.clause, "center")
        canvas.cell(10, 15, kind.meaning, "long")
        canvas.next(max(ROW, row_height(line_count(kind.meaning, 6 * COLUMN_WIDTH))))
    canvas.cell(0, 2, "合计", "total")
    canvas.cell(3, 3, sum(kind.total for kind in kinds), "total_number")
    for index, (level, _) in enumerate(certainties):
        canvas.cell(4 + index, 4 + index, sum(kind.by_certainty.get(level, 0) for kind in kinds), "total_number")
    for first, last in ((7, 8), (9, 9), (10, 15)):
        canvas.cell(first, last, None, "total")
    canvas.next()


def _deadlines(canvas: Canvas, sheets: TermStartSheets) -> None:
    if not sheets.deadlines:
        return
    canvas.section("四、时限")
    canvas.headings((0, 5, "事项"), (6, 6, "依据条款"), (7, 8, "方案日期"), (9, 10, "最迟办理日"), (11, 15, "备注"))
    for deadline in sheets.deadlines:
        if not deadline.certain:
            remark = "待定：这一年的放假安排还没有，日期可能变动"
        elif sheets.as_of > deadline.due_date:
            remark = "到核对基准日已过期"
        elif deadline.due_date < deadline.plan_date:
            remark = "方案日期不上课，提前到之前最近的上课日"
        else:
            remark = ""
        canvas.cell(0, 5, deadline.label, "text")
        canvas.cell(6, 6, deadline.clause, "center")
        canvas.cell(7, 8, deadline.plan_date, "date")
        canvas.cell(9, 10, deadline.due_date, "date")
        canvas.cell(11, 15, remark, "text")
        canvas.next()


def _entrants(canvas: Canvas, findings: pl.DataFrame) -> None:
    """One line per class for new pupils of the entry grades: being unregistered is normal for them until the date."""
    new = findings.filter((pl.col("kind") == "unregistered") & pl.col("due_date").is_not_null())
    if new.is_empty():
        return
    canvas.section("五、起始年级新生待建学籍（期限内属正常，明细见“在校无学籍”）")
    canvas.headings((0, 1, "年级"), (2, 4, "班级"), (5, 6, "人数"), (7, 8, "建籍期限"))
    groups = new.group_by("school", "grade", "class_name", maintain_order=True).agg(pl.len(), pl.col("due_date").min())
    several = new["school"].drop_nulls().n_unique() > 1
    for school, grade, class_name, count, due in by_class(groups).iter_rows():
        canvas.cell(0, 1, grade_label(grade) or "年级不明", "center")
        canvas.cell(2, 4, class_name or "班级不明", "center")
        if several:
            canvas.cell(9, 15, school or "学校不明", "text")
        canvas.cell(5, 6, count, "number")
        canvas.cell(7, 8, due, "date")
        canvas.next()


def _others(canvas: Canvas, others: Sequence[SheetLine]) -> None:
    canvas.section("其他工作表")
    canvas.headings((0, 2, "工作表"), (3, 4, "数量"), (5, 15, "用途"))
    for line in others:
        canvas.link(0, 2, line.sheet, line.sheet)
        canvas.cell(3, 4, f"{line.count} {line.unit}" if line.unit else "—", "center")
        canvas.cell(5, 15, line.purpose, "text")
        canvas.next()
