"""The same pages by the library alone, from a prepared template. python notices_bare.py docx|pdf FOLDER"""

from __future__ import annotations

import json
import sys
from pathlib import Path

form, folder = sys.argv[1], Path(sys.argv[2])
if form == "docx":
    from docxtpl import DocxTemplate

    template = DocxTemplate(folder / "looped.docx")
    template.render({"papers": json.loads((folder / "shown.json").read_text("utf-8"))}, autoescape=True)
    template.save(folder / "bare.docx")
else:
    import typst

    from dropctl.resources import fonts_folder, layout_path

    layout = layout_path("layout.typ")
    typst.compile(
        str(layout),
        output=str(folder / "bare.pdf"),
        root=str(layout.parent),
        font_paths=[str(fonts_folder())],
        ignore_system_fonts=True,
        sys_inputs={"document": (folder / "document.json").read_text("utf-8")},
        pdf_standards="a-2b",
        timestamp=0,
        pdf_tags=False,
    )
