"""Fill and merge the notices of `facts.json` with dropctl. python notices_ours.py docx|pdf FOLDER"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.render import Printer
from dropctl.documents.wording_files import wording_of

form, folder = sys.argv[1], Path(sys.argv[2])
paper = PAPER_BY_NAME["first-notice"]
contexts = [paper.context.model_validate(one) for one in json.loads((folder / "facts.json").read_text("utf-8"))]
printer = Printer(wording_of(paper, None))
day = contexts[0].issued_on
if form == "docx":
    data = printer.merged_docx(contexts, day=day)
else:
    data, _ = printer.merged_pdf(contexts, day=day, about=["x"] * len(contexts))
assert data is not None
(folder / f"ours.{form}").write_bytes(data)
