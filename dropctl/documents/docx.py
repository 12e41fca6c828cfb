"""A wording as an editable .docx with its tags still in place (python-docx).

This is what a school may take out, put its letterhead into and use; `docx_form` fills in the values. Sizes follow
GB/T 9704: 22-point title, 16-point text, 28.95 points from line to line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import docx
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph

from dropctl.documents.wording import TITLE_BREAK, SourceLine, WordingFault, source_lines

_BODY, _HEADING, _TITLE, _SMALL = "仿宋", "黑体", "宋体", "宋体"
_LINE_POINTS = 28.95
_MARGINS_MM = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
_ROUND_MARGINS_MM = {"top_margin": 22, "bottom_margin": 20, "left_margin": 20, "right_margin": 20}
_OPENING = re.compile(r"\{%-?\s*(?:for|if)\b")
_CLOSING = re.compile(r"\{%-?\s*end(?:for|if)\b")


def docx_template(text: str, name: str) -> bytes:
    """Return the .docx of a wording with its tags still in it; WordingFault when the wording cannot be used."""

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    _margins(section, _MARGINS_MM)
    _page_number(section)
    for group in _groups(list(source_lines(text, name)), name):
        first = group[0]
        if first.kind == "chart":
            _picture(document, first)
        elif first.kind in ("row", "widths"):
            _table(document, group)
        elif first.kind in ("landscape", "portrait", "page"):
            if first.kind == "page":
                document.add_page_break()  # type: ignore[no-untyped-call]  # the library's own omission
                continue
            section = document.add_section(WD_SECTION.NEW_PAGE)
            wide = first.kind == "landscape"
            section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
            section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
            _margins(section, _ROUND_MARGINS_MM if wide else _MARGINS_MM)
        else:
            _paragraph(document, first)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _groups(lines: Sequence[SourceLine], name: str) -> Iterator[list[SourceLine]]:
    """Yield the lines in order, those of one table together with the control lines inside it."""
    table: list[SourceLine] = []
    depth = 0
    for index, line in enumerate(lines):
        inside = False
        if line.kind in ("row", "widths", "chart"):
            if line.kind != "row" and table:
                yield table
                table = []
            inside = True
        elif line.kind == "control" and table:
            if _OPENING.match(line.text):
                following = next((other.kind for other in lines[index + 1 :] if other.kind != "control"), None)
                inside = following == "row"
                depth += inside
            elif depth:
                inside = True
                depth -= _CLOSING.match(line.text) is not None
        if inside:
            table.append(line)
            continue
        if table:
            if depth:
                todo = "把 {% endfor %} 放在表格各行之后"
                raise WordingFault("表格里的循环没有结束", where=f"{name} 第{line.number}行", todo=todo)
            yield table
            table = []
        yield [line]
    if table:
        yield table


def _margins(section: Any, millimetres: Mapping[str, int]) -> None:

    for side, size in millimetres.items():
        setattr(section, side, Mm(size))


def _page_number(section: Any) -> None:

    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", _SMALL, 14)
    _field(_run(paragraph, "", _SMALL, 14), "PAGE")
    _run(paragraph, " —", _SMALL, 14)


def _field(run: Any, code: str) -> None:

    for kind in ("begin", None, "end"):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = code
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _run(paragraph: Paragraph, text: str, font: str, points: float, *, bold: bool = False) -> Any:

    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(points), bold, font
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), font)
    return run


def _paragraph(document: DocxDocument, line: SourceLine) -> None:

    paragraph = document.add_paragraph()
    spacing = paragraph.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(_LINE_POINTS)
    spacing.widow_control = False
    match line.kind:
        case "control":
            _run(paragraph, re.sub(r"^\{%-?", "{%p", line.text), _BODY, 16)
        case "title":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            spacing.space_after, spacing.line_spacing = Pt(14), Pt(34)
            for part, words in enumerate(line.text.split(TITLE_BREAK)):
                run = _run(paragraph, "", _TITLE, 22, bold=True)
                if part:
                    run.add_break()
                run.add_text(words)
        case "heading":
            spacing.first_line_indent = Pt(32)
            spacing.keep_with_next = True
            _run(paragraph, line.text, _HEADING, 16)
        case "right" | "center":
            right = line.kind == "right"
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.CENTER
            if right:
                spacing.right_indent = Pt(32)
            _run(paragraph, line.text, _BODY, 16)
        case "cut":
            _dashed(paragraph)
        case _:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            if line.kind == "paragraph":
                spacing.first_line_indent = Pt(32)
            _run(paragraph, line.text, _BODY, 16)


def _picture(document: DocxDocument, line: SourceLine) -> None:

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    # The value is set by the program, never by a wording: no tag of this name can come from a context.
    paragraph.add_run(f"{{{{ chart_{line.cells[0]} }}}}")


def _dashed(paragraph: Paragraph) -> None:

    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "dashed"), ("sz", "6"), ("space", "1"), ("color", "808080")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _table(document: DocxDocument, group: Sequence[SourceLine]) -> None:

    rows = [line for line in group if line.kind != "widths"]
    columns = len(next(line for line in rows if line.kind == "row").cells)
    weights = next((tuple(map(int, line.cells)) for line in group if line.kind == "widths"), (1,) * columns)
    table = document.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    section = document.sections[-1]
    left, right, width = section.left_margin or 0, section.right_margin or 0, section.page_width or Mm(210)
    room = width - left - right
    widths = [Emu(int(room * weight / sum(weights))) for weight in weights]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for index, line in enumerate(rows):
        cells = table.add_row().cells
        for column, cell in enumerate(cells):
            cell.width = widths[column]
            text = line.cells[column] if line.kind == "row" and column < len(line.cells) else ""
            if line.kind == "control":
                text = re.sub(r"^\{%-?", "{%tr", line.text) if column == 0 else ""
            _cell(cell, text, heading=index == 0)
    _repeat_heading(table)


def _cell(cell: Any, text: str, *, heading: bool) -> None:

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    left = text.startswith("< ")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text.removeprefix("< "), _HEADING if heading else _SMALL, 10.5)


def _repeat_heading(table: DocxTable) -> None:

    for row in table.rows:
        properties = row._tr.get_or_add_trPr()
        whole = OxmlElement("w:cantSplit")
        properties.append(whole)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
