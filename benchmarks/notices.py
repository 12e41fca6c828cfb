"""A thousand notices in one file: ours against docxtpl and Typst making the same pages from prepared templates."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import zipfile
from pathlib import Path

from measure import Comparison, compare, table

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.docx import docx_template
from dropctl.documents.filling import filled, values_of
from dropctl.documents.filling import shown as as_shown
from dropctl.documents.pdf import document_of
from dropctl.resources import template_text

GOAL = 2.0
NOTICES = 1000
PAPER = PAPER_BY_NAME["first-notice"]
HERE = Path(__file__).resolve().parent


def facts(count: int) -> list[dict[str, object]]:
    """Return the values of `count` invented notices, as they stand in a JSON file."""
    return [
        {
            "number": f"某校劝返〔2025〕第{n:03d}号", "issued_on": "2025-10-13", "school": "某县某某九年一贯制学校",
            "child": f"学生{chr(0x4E00 + n % 5000)}", "class_name": "七年级1班", "addressee": f"王某{n}（孩子的奶奶）",
            "guardian": f"王某{n}", "absent_from": "2025-09-25", "absent_until": "2025-10-13", "absent_days": 7,
            "absent_dates": "9月25日至30日、10月10日至13日", "deadline": "2025-10-20", "weekday": "星期一",
            "place": "某县某某九年一贯制学校", "contact": "陈老师", "phone": "19900001234", "approver": "李校长",
        }
        for n in range(1, count + 1)
    ]  # fmt: skip


def looped(text: str) -> str:
    """Return the wording as a loop over `papers`, as somebody would write it for docxtpl alone."""
    names = "|".join(PAPER.context.model_fields)
    inside = re.sub(rf"(\{{[{{%][^}}%]*?)\b({names})\b", r"\1p.\2", re.sub(r"\{#.*?#\}", "", text))
    return "{% for p in papers %}\n" + inside + "\n===\n{% endfor %}\n"


def words(path: Path) -> str:
    """Return all words of a .docx."""
    with zipfile.ZipFile(path) as package:
        xml = package.read("word/document.xml").decode()
    return "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))


def measure(turns: int = 5, count: int = NOTICES) -> list[Comparison]:
    """Return both comparisons of whole processes: merged .docx, merged PDF/A."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        values = facts(count)
        (folder / "facts.json").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        text = template_text(PAPER.name)
        (folder / "looped.docx").write_bytes(docx_template(looped(text), "looped", PAPER.layout))
        contexts = [PAPER.context.model_validate(one) for one in values]
        shown = [{key: as_shown(value) for key, value in values_of(context).items()} for context in contexts]
        (folder / "shown.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
        papers = [filled(text, values_of(context), PAPER.name) for context in contexts]
        document = document_of(papers, title=PAPER.label, day=contexts[0].issued_on, layout=PAPER.layout)
        (folder / "document.json").write_text(document, encoding="utf-8")
        comparisons = [
            compare(
                f"{count} notices in one {form} · bare {library}",
                [sys.executable, str(HERE / "notices_ours.py"), form, str(folder)],
                [sys.executable, str(HERE / "notices_bare.py"), form, str(folder)],
                goal=GOAL,
                turns=turns,
                folder=folder,
            )
            for form, library in (("docx", "docxtpl"), ("pdf", "Typst"))
        ]
        # A comparison of different pages would say nothing.
        assert (folder / "ours.pdf").read_bytes() == (folder / "bare.pdf").read_bytes()
        assert words(folder / "ours.docx") == words(folder / "bare.docx")
        return comparisons


if __name__ == "__main__":
    print(table(measure()))
