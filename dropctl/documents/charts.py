"""A chart of a paper as a picture, drawn by Typst with the bundled fonts: SVG for the PDF, PNG for the .docx.

What it shows stands in a table of the same paper too, so the picture carries no words of its own.
"""

from __future__ import annotations

import json
from typing import Literal

import typst

from dropctl.documents.wording import Chart
from dropctl.resources import fonts_folder, layout_path

_PIXELS_PER_INCH = 200
PICTURE_MM = 150


def drawn(chart: Chart, form: Literal["svg", "png"]) -> bytes:
    """Return the picture of `chart`; the same chart gives the same bytes."""
    _, *series = chart.rows[0]
    document = {
        "title": chart.title,
        "series": series,
        "bars": [{"label": row[0], "values": [int(cell) for cell in row[1:]]} for row in chart.rows[1:]],
    }
    layout = layout_path("chart.typ")
    return bytes(
        typst.compile(
            str(layout),
            root=str(layout.parent),
            font_paths=[str(fonts_folder())],
            ignore_system_fonts=True,
            format=form,
            ppi=_PIXELS_PER_INCH,
            sys_inputs={"chart": json.dumps(document, ensure_ascii=False)},
        )
    )
