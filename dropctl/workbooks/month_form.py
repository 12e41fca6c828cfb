"""月报表: the form itself: figures by grade with their chart, how the marked ones moved, balances, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.workbook import Workbook

from dropctl.workbooks.canvas import Canvas
from dropctl.workbooks.style import Styles, set_up_page

if TYPE_CHECKING:
    from dropctl.workbooks.monthly_report import MonthSheets

FORM = "月报表"
COLUMNS, WIDTH = 14, 10.2
_GRADE_COLUMNS = ("Z01", "Z02", "Z03", "Z04", "Z05", "Z06", "Z07", "Z08", "Z09", "Z10", "Z11")
_GROUPS = ("Z40", "Z40a", "Z41", "Z41a", "Z42", "Z43", "Z44")
_WORK = ("Z45", "Z50", "Z51", "Z52", "Z53", "Z54", "Z26")
_MOVES = (
    ("疑似辍学", ("Z20", "Z21", "Z22", "Z23", "Z24", "Z25", "Z03")),
    ("辍学", ("Z30", "Z31", "Z32", None, "Z34", "Z35", "Z02")),
)
_FEWEST_CHART_ROWS = 6
# Series of the chart: figure, fill and pattern (they differ on a black-and-white printer too).
_SERIES = (
    ("Z02", "#404040", None),
    ("Z03", "#B03A2E", None),
    ("Z08", "#7F7F7F", "wide_upward_diagonal"),
    ("Z04", "#BFBFBF", None),
    ("Z05", "#5B7FA8", "percent_20"),
    ("Z06", "#A0A0A0", "dark_horizontal"),
    ("Z07", "#E0E0E0", None),
)


def write_form(book: Workbook, styles: Styles, sheets: MonthSheets) -> None:
    """Add the sheet with the form."""
    sheet = book.add_worksheet(FORM)
    sheet.set_column(0, COLUMNS - 1, WIDTH)
    canvas = Canvas(sheet, styles, COLUMNS, WIDTH)
    canvas.cell(0, COLUMNS - 1, sheets.title, "title")
    canvas.next(32)
    canvas.cell(0, COLUMNS - 1, sheets.banner, "subtitle")
    canvas.next(20)
    if sheets.correction:
        canvas.text(sheets.correction, "strong_line")
    if sheets.vacation:
        canvas.text("本月为假期，没有上课日；以放假前最后一个上课日的情况和截止日已登记的材料为准。", "strong_line")
    _grades(book, canvas, sheets)
    _moves(canvas, sheets)
    _others(canvas, sheets, "三、重点群体（人）", _GROUPS)
    _others(canvas, sheets, "四、本月工作（次、份、件）和报告返校待证实（人）", _WORK)
    _balances(canvas, sheets)
    canvas.next(8)
    for index, (duty, name) in enumerate(sheets.signers.items()):
        first = index * 3
        canvas.cell(first, first, duty, "tile_label")
        canvas.cell(first + 1, first + 2, name or "", "tile_text")
    canvas.cell(12, 13, "（单位公章）", "center")
    canvas.next(34)
    canvas.text(
        "没有的项目填“0”，不留空白。每个数字由哪些人数出来，见后面各表；数字的定义见“口径”，读法见“读法”。", "remark"
    )
    set_up_page(sheet, last_row=canvas.row, last_column=COLUMNS - 1)
    sheet.fit_to_pages(1, 1)


def _grades(book: Workbook, canvas: Canvas, sheets: MonthSheets) -> None:
    canvas.section("一、分年级情况（人）")
    labels = [sheets.figures[figure].label for figure in _GRADE_COLUMNS]
    spans = [(0, 1, "年级"), *((2 + at, 2 + at, label) for at, label in enumerate(labels))]
    canvas.headings(*spans, (13, 13, "其中月末未到"))
    canvas.sheet.set_row(canvas.row - 1, 48)
    lately = {label: 0 for label, _ in sheets.grades} | _lately(sheets)
    first = canvas.row
    for label, values in sheets.grades:
        whole = label in ("小学", "初中", "合计")
        text, number = ("total", "total_number") if whole else ("center", "number")
        canvas.cell(0, 1, label, text)
        for at, figure in enumerate(_GRADE_COLUMNS):
            canvas.cell(2 + at, 2 + at, values[figure], number)
        canvas.cell(13, 13, lately[label], number)
        canvas.next()
    single = sum(label not in ("小学", "初中", "合计") for label, _ in sheets.grades)
    canvas.text(
        "每名在册学生只计在一栏：在册 = 辍学 + … + 在校（有籍）。“月末未到”已计入在校（有籍），未达到标注天数。",
        "remark",
    )
    if single:
        rows = max(_FEWEST_CHART_ROWS, single + 2)
        _chart(book, canvas, first, first + single - 1, rows, sheets)
        for _ in range(rows):
            canvas.next()


def _lately(sheets: MonthSheets) -> dict[str, int]:
    """Return row label → pupils counted as in school who were absent without reason at the end of the month."""
    from dropctl.vocabulary import grade_label

    found: dict[str, int] = {}
    for line in sheets.figures["Z09"].lines:
        if line.why != "在校":
            grade = line.who.grade
            stage = "小学" if grade in tuple("123456") else "初中"
            for label in (grade_label(grade) or "年级不明", stage, "合计"):
                found[label] = found.get(label, 0) + 1
    return found


def _chart(book: Workbook, canvas: Canvas, first: int, last: int, rows: int, sheets: MonthSheets) -> None:
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    font = {"name": "宋体", "size": 9}
    for figure, colour, pattern in _SERIES:
        column = 2 + _GRADE_COLUMNS.index(figure)
        series: dict[str, object] = {
            "name": sheets.figures[figure].label,
            "categories": [FORM, first, 0, last, 0],
            "values": [FORM, first, column, last, column],
            "border": {"color": "#404040", "width": 0.5},
            "gap": 45,
        }
        if pattern:
            series["pattern"] = {"pattern": pattern, "fg_color": colour, "bg_color": "#FFFFFF"}
        else:
            series["fill"] = {"color": colour}
        chart.add_series(series)
    chart.set_title({"name": "不在校和待核实的学生（人）", "name_font": {"name": "黑体", "size": 11, "bold": False}})
    chart.set_y_axis({"reverse": True, "num_font": font, "major_gridlines": {"visible": False}})
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    # With the grades from top to bottom the axis of counts would move to the top.
    chart.set_x_axis({"num_font": font, "label_position": "high", "major_gridlines": grid, "num_format": "0", "min": 0})
    chart.set_legend({"position": "right", "font": font})
    chart.set_size({"width": int(COLUMNS * (WIDTH * 7 + 5)) - 20, "height": int((rows - 0.5) * 20 * 4 / 3)})
    said = {"x_offset": 8, "y_offset": 2, "object_position": 1, "description": "各年级不在校和待核实的人数"}
    canvas.sheet.insert_chart(canvas.row, 0, chart, said)


def _moves(canvas: Canvas, sheets: MonthSheets) -> None:
    canvas.section("二、疑似辍学与辍学的变动（人次）")
    headings = ("期初", "新增", "复学（证实）", "转辍学", "其他销案", "更正（±）", "期末")
    spans = [(0, 1, "项目"), *((2 + at, 2 + at, label) for at, label in enumerate(headings))]
    canvas.headings(*spans, (9, 13, "期末 = 期初 + 新增 − 复学 − 转辍学 − 其他销案 + 更正"))
    canvas.sheet.set_row(canvas.row - 1, 34)
    for label, figures in _MOVES:
        canvas.cell(0, 1, label, "center")
        for at, figure in enumerate(figures):
            value = "—" if figure is None else sheets.figures[figure].value
            canvas.cell(2 + at, 2 + at, value, "center" if figure is None else "number")
        canvas.cell(9, 13, f"{'、'.join(figure for figure in figures if figure)}", "center")
        canvas.next()


def _others(canvas: Canvas, sheets: MonthSheets, title: str, figures: tuple[str, ...]) -> None:
    canvas.section(title)
    canvas.headings(*((2 * at, 2 * at + 1, sheets.figures[figure].label) for at, figure in enumerate(figures)))
    for at, figure in enumerate(figures):
        canvas.cell(2 * at, 2 * at + 1, sheets.figures[figure].value, "number")
    canvas.next()


def _balances(canvas: Canvas, sheets: MonthSheets) -> None:
    canvas.section("五、平衡")
    canvas.headings(
        (0, 0, "编号"), (1, 8, "等式"), (9, 9, "左边"), (10, 10, "右边"), (11, 11, "差"), (12, 13, "是否平衡")
    )
    for one in sheets.figures.balances:
        canvas.cell(0, 0, one.id, "center")
        canvas.cell(1, 8, one.formula, "text")
        for at, value in enumerate((one.left, one.right, one.difference)):
            canvas.cell(9 + at, 9 + at, value, "number")
        canvas.cell(12, 13, "平衡" if one.difference == 0 else "不平衡", "center")
        canvas.next()
