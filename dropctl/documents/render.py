"""One paper from its context: an editable .docx and a print-ready PDF with the same words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from dropctl.documents.catalogue import Paper
from dropctl.documents.charts import drawn
from dropctl.documents.docx import docx_template, filled_docx
from dropctl.documents.filling import filled, values_of
from dropctl.documents.pdf import pdf_of
from dropctl.documents.wording import Chart
from dropctl.resources import template_text


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of one paper in both forms."""

    docx: bytes
    pdf: bytes


def render(paper: Paper, context: BaseModel, *, day: date) -> Rendered:
    """Return the paper filled with `context`; Refused when wording or context cannot make it.

    `day` is the day the paper speaks of; it stands in the files as their date.
    """
    name = f"{paper.name}.txt"
    text = template_text(paper.name)
    values = values_of(context)
    words = filled(text, values, name)
    pictures = {block.key: drawn(block, "png") for block in words if isinstance(block, Chart)}
    template = docx_template(text, name)
    return Rendered(
        filled_docx(template, values, title=paper.label, day=day, name=name, pictures=pictures),
        pdf_of([words], title=paper.label, day=day, name=paper.label),
    )
