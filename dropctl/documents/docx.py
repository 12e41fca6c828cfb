"""A wording as an editable .docx with its tags still in place (python-docx).

This is what a school may take out, put its letterhead into and use; `docx_form` fills in the values. Sizes and
margins are those of the paper's layout; the grid of GB/T 9704 is a line grid with characters moved a little closer,
because a grid of lines and characters gives a wide sign two cells.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.text.paragraph import Paragraph

from dropctl.documents.docx_base import plain_package
from dropctl.documents.layouts import LETTER, Layout
from dropctl.documents.wording import TITLE_BREAK, SourceLine, WordingFault, source_lines

_BODY, _HEADING, _TITLE, _SMALL = "仿宋", "黑体", "宋体", "宋体"
_SIDES = ("top_margin", "bottom_margin", "left_margin", "right_margin")
_TURNED = (22, 20, 20, 20)  # margins of a page turned round, in millimetres
_TABLE_KINDS = ("row", "widths", "plain")
_OPENING = re.compile(r"\{%-?\s*(?:for|if)\b")
_CLOSING = re.compile(r"\{%-?\s*end(?:for|if)\b")


def docx_template(text: str, name: str, layout: Layout = LETTER) -> bytes:
    """Return the .docx of a wording with its tags still in it; WordingFault when the wording cannot be used."""

    sheet = _Sheet(layout)
    for group in _groups(list(source_lines(text, name)), name):
        sheet.add(group)
    return plain_package(sheet.document)


def _groups(lines: Sequence[SourceLine], name: str) -> Iterator[list[SourceLine]]:
    """Yield the lines in order, those of one table together with the control lines inside it."""
    table: list[SourceLine] = []
    depth = 0
    for index, line in enumerate(lines):
        inside = False
        if line.kind in (*_TABLE_KINDS, "chart"):
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


class _Sheet:
    """The document while it is made."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.document = docx.Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        self._set_out(section, layout.margins)
        if layout.numbered:
            self._page_number(section)

    def add(self, group: Sequence[SourceLine]) -> None:
        """Add one line, or the lines of one table."""
        first = group[0]
        if first.kind == "chart":
            self._picture(first)
        elif first.kind in _TABLE_KINDS:
            self._table(group)
        elif first.kind == "page":
            self.document.add_page_break()  # type: ignore[no-untyped-call]  # the library's own omission
        elif first.kind in ("landscape", "portrait"):
            section = self.document.add_section(WD_SECTION.NEW_PAGE)
            wide = first.kind == "landscape"
            section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
            section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
            self._set_out(section, _TURNED if wide else self.layout.margins)
        else:
            self._paragraph(first)

    def _set_out(self, section: Any, margins: Sequence[float]) -> None:
        for side, size in zip(_SIDES, margins, strict=True):
            setattr(section, side, Mm(size))
        for old in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(old)
        grid = OxmlElement("w:docGrid")
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), str(round(self.layout.line * 20)))
        section._sectPr.append(grid)

    def _page_number(self, section: Any) -> None:
        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, "— ", _SMALL, 14)
        _field(_run(paragraph, "", _SMALL, 14), "PAGE")
        _run(paragraph, " —", _SMALL, 14)

    def _paragraph(self, line: SourceLine) -> None:
        layout = self.layout
        paragraph = self.document.add_paragraph()
        spacing = paragraph.paragraph_format
        spacing.space_before = spacing.space_after = Pt(0)
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(layout.line)
        spacing.widow_control = False
        match line.kind:
            case "control":
                self._text(paragraph, re.sub(r"^\{%-?", "{%p", line.text))
            case "title":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                spacing.space_after, spacing.line_spacing = Pt(layout.line / 2), Pt(layout.title * 1.55)
                for part, words in enumerate(line.text.split(TITLE_BREAK)):
                    run = _run(paragraph, "", _TITLE, layout.title, bold=True)
                    if part:
                        run.add_break()
                    run.add_text(words)
            case "heading":
                spacing.first_line_indent = Pt(layout.text * 2)
                spacing.keep_with_next = True
                self._text(paragraph, line.text, _HEADING)
            case "right" | "center":
                right = line.kind == "right"
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.CENTER
                if right:
                    spacing.right_indent = Pt(layout.text * 2)
                self._text(paragraph, line.text)
            case "cut":
                self._cut(paragraph, line.text)
            case _:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
                if line.kind == "paragraph":
                    spacing.first_line_indent = Pt(layout.text * 2)
                self._text(paragraph, line.text)

    def _text(self, paragraph: Paragraph, text: str, font: str = _BODY) -> None:
        run = _run(paragraph, text, font, self.layout.text)
        if self.layout.tracking:
            closer = OxmlElement("w:spacing")
            closer.set(qn("w:val"), str(-math.ceil(self.layout.tracking * 20)))
            run._r.get_or_add_rPr().insert_element_before(
                closer, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang"
            )

    def _cut(self, paragraph: Paragraph, text: str) -> None:
        """Draw the line to cut along; a number stands across it, between two rows of dashes."""
        if not text:
            _dashed_below(paragraph)
            return
        section = self.document.sections[-1]
        room = int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)
        stops = OxmlElement("w:tabs")
        for where, kind in ((room // 2, "center"), (room, "right")):
            stop = OxmlElement("w:tab")
            stop.set(qn("w:val"), kind)
            stop.set(qn("w:leader"), "hyphen")
            stop.set(qn("w:pos"), str(int(Emu(where).pt * 20)))
            stops.append(stop)
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(stops, "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")
        run = _run(paragraph, "", _SMALL, self.layout.cell)
        run.add_tab()
        run.add_text(f" {text} ")
        run.add_tab()

    def _picture(self, line: SourceLine) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        # The value is set by the program, never by a wording: no tag of this name can come from a context.
        paragraph.add_run(f"{{{{ chart_{line.cells[0]} }}}}")

    def _table(self, group: Sequence[SourceLine]) -> None:
        rows = [line for line in group if line.kind not in ("widths", "plain")]
        columns = len(next(line for line in rows if line.kind == "row").cells)
        sizes = next((line for line in group if line.kind in ("widths", "plain")), None)
        weights = tuple(map(int, sizes.cells)) if sizes else (1,) * columns
        headed = sizes is None or sizes.kind == "widths"
        table = self.document.add_table(rows=0, cols=columns)
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        section = self.document.sections[-1]
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
                self._cell(cell, text, _HEADING if headed and index == 0 else _SMALL)
        for row in table.rows:
            if sizes is not None and sizes.text:
                row.height, row.height_rule = Mm(int(sizes.text)), WD_ROW_HEIGHT_RULE.AT_LEAST
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        if headed:
            repeat = OxmlElement("w:tblHeader")
            repeat.set(qn("w:val"), "true")
            table.rows[0]._tr.get_or_add_trPr().append(repeat)

    def _cell(self, cell: Any, text: str, font: str) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        loose = OxmlElement("w:snapToGrid")  # the rows of a table do not follow the lines of the page
        loose.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().insert_element_before(loose, "w:spacing", "w:ind", "w:jc", "w:rPr")
        left = text.startswith("< ")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text.removeprefix("< "), font, self.layout.cell)


def _run(paragraph: Paragraph, text: str, font: str, points: float, *, bold: bool = False) -> Any:

    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(points), bold, font
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), font)
    return run


def _field(run: Any, code: str) -> None:

    for kind in ("begin", None, "end"):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = code
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _dashed_below(paragraph: Paragraph) -> None:

    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "dashed"), ("sz", "6"), ("space", "1"), ("color", "808080")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")
