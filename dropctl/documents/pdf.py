"""Blocks as a PDF/A for the printer, laid out by Typst with the bundled fonts only: the same bytes on every machine.

PDF/A is not for the archive's sake: it makes a character that the font lacks an error that names it, where a plain
PDF would silently show an empty box.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from functools import cache

import typst

from dropctl.documents.charts import drawn
from dropctl.documents.layouts import LETTER, Layout
from dropctl.documents.wording import Block, Chart, Line
from dropctl.errors import Refused
from dropctl.resources import fonts_folder, layout_path

_LACKS = re.compile(r'the text `?"(.+?)"`? could not be displayed')
_ESCAPED = re.compile(r"\\(?:U([0-9a-fA-F]{8})|u\{?([0-9a-fA-F]{4,6})\}?)")


class CharacterMissing(Refused):
    """A character the font lacks: no PDF of that paper."""

    def __init__(self, character: str, about: str) -> None:
        self.character = character
        todo = "改用 .docx，在装有这个字的电脑上打印；或在原名单中核对这个字"
        super().__init__(f"字体里没有“{character}”这个字，这份 PDF 没有生成", where=about, todo=todo)

    def about(self, about: str) -> CharacterMissing:
        """Return the same refusal, said of one paper."""
        return CharacterMissing(self.character, about)


@cache
def _compiler() -> typst.Compiler:
    """Return the compiler with the bundled fonts loaded, once per process."""
    layout = layout_path("layout.typ")
    return typst.Compiler(
        str(layout), root=str(layout.parent), font_paths=[str(fonts_folder())], ignore_system_fonts=True
    )


def pdf_of(papers: Sequence[Sequence[Block]], *, title: str, day: date, name: str, layout: Layout = LETTER) -> bytes:
    """Return one PDF of all `papers`, each beginning on a new page; CharacterMissing for the first the font lacks."""
    try:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"document": document_of(papers, title=title, day=day, layout=layout)},
            pdf_standards="a-2b",
            timestamp=0,
            pdf_tags=False,  # for the printer: with them the file is four times as large
        )
    except typst.TypstError as error:
        lacks = _LACKS.search(str(error))
        if lacks:
            character = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), lacks[1])
            raise CharacterMissing(character, name) from error
        raise Refused("这份 PDF 排版时出错，没有生成", where=name, todo="改用 .docx") from error
    if not isinstance(made, bytes):
        raise ValueError("a PDF is one file")
    return made


def document_of(papers: Sequence[Sequence[Block]], *, title: str, day: date, layout: Layout) -> str:
    """Return what `layout.typ` is given, as JSON: the papers, their measures, title and day of the file."""
    document = {
        "title": title,
        "day": [day.year, day.month, day.day],
        "layout": layout.as_data(),
        "papers": [[_plain(block) for block in paper] for paper in papers],
    }
    return json.dumps(document, ensure_ascii=False)


def _plain(block: Block) -> dict[str, object]:
    if isinstance(block, Line):
        return {"kind": block.kind, "text": block.text}
    if isinstance(block, Chart):
        return {"kind": "chart", "svg": drawn(block, "svg").decode()}
    return {"kind": "table", "widths": block.widths, "rows": block.rows, "headed": block.headed, "height": block.height}
