"""Papers from their contexts: an editable .docx and a print-ready PDF with the same words, one by one and merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from dropctl.documents.catalogue import Paper
from dropctl.documents.charts import drawn
from dropctl.documents.docx import docx_template
from dropctl.documents.docx_form import DocxForm
from dropctl.documents.filling import Form, values_of
from dropctl.documents.pdf import CharacterMissing, pdf_of
from dropctl.documents.wording import Block, Chart, Line
from dropctl.documents.wording_files import WordingFile, wording_of
from dropctl.resources import template_text


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of one paper. `pdf` None: the wording is a .docx of the school's own (`own_docx`, its name), or the
    font lacks a character (`refusal`), so that a form is missing that was wanted.
    """

    docx: bytes
    pdf: bytes | None
    own_docx: str | None = None
    refusal: CharacterMissing | None = None

    @property
    def note(self) -> str | None:
        """Why there is no PDF, in a sentence without a full stop."""
        if self.own_docx:
            return f"用的是本校自己的 {self.own_docx}，只有 .docx，没有 PDF"
        return self.refusal.sentence.rstrip("。") if self.refusal else None

    def files(self, folder: Path, name: str) -> tuple[dict[Path, bytes], list[str]]:
        """Return what is to be written, by path, and a sentence about a PDF of an earlier time that lies there."""
        data, pdf = {folder / f"{name}.docx": self.docx}, folder / f"{name}.pdf"
        if self.pdf is not None:
            return data | {pdf: self.pdf}, []
        return data, [f"{pdf} 是以前的，与这次的报告不一致，不要再用"] if pdf.exists() else []


@dataclass(frozen=True, slots=True)
class Unprintable:
    """A paper left out of the PDF: its place in the order given, and why."""

    index: int
    refusal: CharacterMissing


class Printer:
    """One kind of paper, ready to be filled: its wording is read and taken apart once.

    Raises WordingFault, with file and line, when the wording cannot be used.
    """

    def __init__(self, wording: WordingFile) -> None:
        self.paper: Paper = wording.paper
        self.wording = wording
        self._form = None if wording.text is None else Form(wording.text, wording.name)
        # The charts of an own .docx are those of the packaged wording: the school moves them, we draw them.
        packaged = template_text(self.paper.name) if self._form is None and self.paper.charts else ""
        self._charts = Form(wording.text or packaged, wording.name) if "|=" in (wording.text or packaged) else None

    @cached_property
    def docx(self) -> DocxForm:
        """The .docx template of the wording, its own or made from the text."""
        wording = self.wording
        template = wording.docx or docx_template(wording.text or "", wording.name, self.paper.layout)
        return DocxForm(template, name=wording.name, title=self.paper.label)

    @property
    def is_docx_only(self) -> bool:
        """Whether the wording is a .docx of the school's own, of which no PDF is made."""
        return self._form is None

    def try_out(self, context: BaseModel) -> None:
        """Fill everything and throw it away; WordingFault for what only shows when values are there."""
        self.docx_of(context, day=date.min)
        if self._form is not None:
            self._form.blocks(values_of(context))

    def docx_of(self, context: BaseModel, *, day: date) -> bytes:
        """Return one paper as .docx."""
        return self.docx.one(values_of(context), day=day, pictures=self._pictures(context))

    def merged_docx(self, contexts: Sequence[BaseModel], *, day: date) -> bytes | None:
        """Return all papers in one .docx, a page break between them; None where headers differ from paper to paper."""
        if len(contexts) > 1 and not self.docx.can_be_merged:
            return None
        pictures = [self._pictures(context) for context in contexts]
        return self.docx.merged([values_of(context) for context in contexts], day=day, pictures=pictures)

    def pdf_of(self, context: BaseModel, *, day: date, about: str) -> bytes:
        """Return one paper as PDF; CharacterMissing names the character and `about`, whom the paper is about."""
        return self._pdf([self._blocks(context)], day, about)

    def merged_pdf(
        self, contexts: Sequence[BaseModel], *, day: date, about: Sequence[str]
    ) -> tuple[bytes | None, list[Unprintable]]:
        """Return all papers in one PDF, and those left out because the font lacks a character of theirs."""
        papers = {index: self._blocks(context) for index, context in enumerate(contexts)}
        left_out: list[Unprintable] = []
        while papers:
            try:
                return self._pdf(list(papers.values()), day, self.paper.label), left_out
            except CharacterMissing as missing:
                bad = [index for index, blocks in papers.items() if missing.character in _words(blocks)]
                if not bad:
                    raise
                left_out += [Unprintable(index, missing.about(about[index])) for index in bad]
                for index in bad:
                    del papers[index]
        return None, left_out

    def _pdf(self, papers: Sequence[Sequence[Block]], day: date, about: str) -> bytes:
        return pdf_of(papers, title=self.paper.label, day=day, name=about, layout=self.paper.layout)

    def _pictures(self, context: BaseModel) -> dict[str, bytes]:
        blocks = [] if self._charts is None else self._charts.blocks(values_of(context))
        return {block.key: drawn(block, "png") for block in blocks if isinstance(block, Chart)}

    def _blocks(self, context: BaseModel) -> list[Block]:
        if self._form is None:
            raise ValueError("a wording that is a .docx has no PDF")
        return self._form.blocks(values_of(context))


def render(paper: Paper, context: BaseModel, *, day: date, own: Path | None = None) -> Rendered:
    """Return one paper without a number, in the school's wording from the folder `own`, else the packaged one.

    `day` is the day the paper speaks of; it stands in the files as their date. WordingFault when the wording cannot
    be used.
    """
    printer = Printer(wording_of(paper, own))
    docx = printer.docx_of(context, day=day)
    if printer.is_docx_only:
        return Rendered(docx, None, own_docx=printer.wording.name)
    try:
        return Rendered(docx, printer.pdf_of(context, day=day, about=paper.label))
    except CharacterMissing as missing:
        return Rendered(docx, None, refusal=missing)


def _words(blocks: Sequence[Block]) -> str:
    cells = (
        [block.text] if isinstance(block, Line) else [cell for row in block.rows for cell in row] for block in blocks
    )
    return "".join(text for group in cells for text in group)
