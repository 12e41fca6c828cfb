"""说明: how to read the result, what each kind means, our readings of the plan, and who may do what."""

from __future__ import annotations

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dropctl.findings import KINDS, TRIAGES
from dropctl.workbooks.style import Styles, line_count, row_height, safe_text, set_up_page
from dropctl.workbooks.term_start_sheets import TermStartSheets

SHEET = "说明"
_WIDTHS = (22.0, 11.0, 105.0)

_CERTAINTY = (
    (
        "确定",
        "",
        "证据是同一学生的有效证件号加姓名、学籍号加姓名，或本班名单上唯一的姓名，且没有互相矛盾的内容；或由人判断过",
    ),
    ("待确认", "", "有一处以上说不准，请人核对原件；确认以前不据此建案，也不据此销案"),
    ("有说法缺材料", "", "名册或名单上写了休学、送教、请假等，但没有有效的审批登记，请补审批材料"),
)
_TRIAGE_MEANING = {
    "data_fault": "可能只是名单写错，先看“待人工确认”",
    "elsewhere": "有转学等线索，先向可能就读的学校核实",
    "lawful_absence": "有合法事由的线索，先核实审批",
    "unreachable": "多次联系未果，按方案报告",
    "to_contact": "没有任何解释，当天联系监护人",
}
_BOUNDARIES = (
    ("学校可以做的", "", "联系、家访、劝返，向县教育局书面报告。学校只能劝返，不能责令，也不能罚款"),
    ("谁可以责令", "", "责令限期改正只能由乡镇人民政府或县级教育行政部门作出"),
    ("怎样称呼", "", "“在籍未返校”不是“辍学”；是否疑似辍学、辍学按缺课天数和学籍系统的标注认定"),
    (
        "改正数据",
        "",
        "本表是核对用的副本，请在学籍系统和原名单上改正，再重新核对；改本表不起作用（“待人工确认”的判断除外）",
    ),
    (
        "个人信息",
        "",
        "本表含学生身份证件号等敏感信息，只供学籍管理人员内部使用，不得转发到群里，不得公示，用完妥善保管",
    ),
)


def write_notes(book: Workbook, styles: Styles, sheets: TermStartSheets) -> None:
    """Add the sheet with the words, the kinds, the numbered readings and the boundaries."""
    sheet = book.add_worksheet(SHEET)
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width)
    last = len(_WIDTHS) - 1
    for at, (text, style, height) in enumerate(((SHEET, "title", 28), (sheets.banner, "subtitle", 20))):
        sheet.merge_range(at, 0, at, last, "", styles[style])
        sheet.write_string(at, 0, safe_text(text), styles[style])
        sheet.set_row(at, height)
    row = 2
    readings = [(reading.id, reading.clause or "", reading.text) for reading in sheets.assumptions]
    tables = (
        ("一、确定程度", ("词语", "", "意思"), _CERTAINTY),
        ("二、分类", ("词语", "", "意思"), [(TRIAGES[key], "", text) for key, text in _TRIAGE_MEANING.items()]),
        ("三、各类发现", ("种类", "依据条款", "意思"), [(kind.label, kind.clause, kind.meaning) for kind in KINDS]),
        ("四、方案没有写明、由本程序取定的读法", ("编号", "依据条款", "读法"), readings),
        ("五、谁可以做什么", ("事项", "", "说明"), _BOUNDARIES),
    )
    for title, headings, lines in tables:
        if not lines:
            continue
        sheet.write_string(row, 0, title, styles["section"])
        sheet.set_row(row, 26)
        for offset, cells in enumerate((headings, *lines), 1):
            looks = ("heading", "heading", "heading") if offset == 1 else ("text", "center", "long")
            _write_line(sheet, styles, row + offset, cells, looks)
        row += len(lines) + 1 + 1
    set_up_page(sheet, last_row=row - 1, last_column=last)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0, 1)


def _write_line(
    sheet: Worksheet, styles: Styles, row: int, cells: tuple[str, str, str], looks: tuple[str, ...]
) -> None:
    """Write one line; without a clause the text takes the place of the clause's column too."""
    word, clause, text = (safe_text(cell) for cell in cells)
    sheet.write_string(row, 0, word, styles[looks[0]])
    width = _WIDTHS[2]
    if clause:
        sheet.write_string(row, 1, clause, styles[looks[1]])
        sheet.write_string(row, 2, text, styles[looks[2]])
    else:
        width += _WIDTHS[1]
        sheet.merge_range(row, 1, row, 2, "", styles[looks[2]])
        sheet.write_string(row, 1, text, styles[looks[2]])
    sheet.set_row(row, row_height(max(line_count(text, width), line_count(word, _WIDTHS[0]))) + 2)
