"""Papers: the same words as .docx and as PDF, whatever a name holds; a fault in a wording is named by line."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from datetime import date

import docx
import pypdf
import pytest
from builders import id_number
from pydantic import BaseModel, Field, ValidationError

from dropctl.documents import handing_over
from dropctl.documents.catalogue import PAPER_BY_NAME, PAPERS
from dropctl.documents.charts import drawn
from dropctl.documents.context import PaperContext
from dropctl.documents.docx import docx_template
from dropctl.documents.docx_form import DocxForm
from dropctl.documents.filling import fields_used, filled, values_of
from dropctl.documents.handing_over import NumberLine
from dropctl.documents.layouts import LETTER, SHEET
from dropctl.documents.pdf import pdf_of
from dropctl.documents.render import render
from dropctl.documents.term_report import REASONS, GradeLine, PupilLine, TermReport
from dropctl.documents.wording import Chart, Line, Table, WordingFault
from dropctl.errors import Refused
from dropctl.resources import template_text

DAY = date(2025, 9, 12)
HOSTILE = [
    "张&伟<b>", "{{7*7}}", "{% raw %}", "#eval(1)", "=HYPERLINK(\"x\")", "“引”'号'\"", "䶮㛃喆堃",
    "甲|乙", "# 题", "买买提·吐尔逊", "$x^2$ *粗* _斜_", "<w:t>x</w:t>",
]  # fmt: skip


def grade(label: str, expected: int, returned: int, **known: int) -> GradeLine:
    reasons = dict.fromkeys(REASONS, 0) | known
    return GradeLine(
        label=label, expected=expected, returned=returned, missing=expected - returned, rate=f"{returned}/{expected}",
        unregistered=1, **reasons,
    )  # fmt: skip


def report(**changes: object) -> TermReport:
    pupils = [
        PupilLine(
            class_name="七年级1班",
            name=name,
            sex="男",
            category="待联系劝返",
            explanation="名单上未到校",
            next_step="联系",
        )
        for name in HOSTILE
    ]
    values: dict[str, object] = {
        "school": "某县某校", "addressee": "县教育局教育股", "term": "2025年秋季学期", "opening": date(2025, 9, 1),
        "as_of": DAY, "reported_on": DAY, "grades": (grade("七年级", 62, 58, to_contact=3, suspended=1),),
        "total": grade("合计", 62, 58, to_contact=3, suspended=1), "pupils": pupils, "reasons": "休学1人",
        "unreported": "", "in_unreported": 0,
        "to_contact": 3, "entrants": 0, "identity_faults": 4, "duplicates": 2, "status_faults": 1,
        "special_checked": True, "poverty_unmarked": 2, "disability_unmarked": 1, "marked_unlisted": 1,
        "not_located": 3, "registrar": None, "reviewer": "乙", "principal": "丙", "phone": None,
    }  # fmt: skip
    return TermReport.model_validate(values | changes)


def words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def docx_words(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    said = []
    for element in document.element.body.iterchildren():
        said += [node.text or "" for node in element.iter() if node.tag.endswith("}t")]
    return words("".join(said))


def pdf_words(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return words("".join(re.sub(r"—\s*\d+\s*—\s*$", "", page.extract_text()) for page in pages))


def block_words(text: str, context: BaseModel) -> str:
    said = []
    for block in filled(text, values_of(context), "x.txt"):
        if isinstance(block, Chart):
            continue  # a picture has no words
        cells = [block.text] if isinstance(block, Line) else [cell for row in block.rows for cell in row]
        said += [cell.removeprefix("< ").replace(" // ", "") for cell in cells]
    return words("".join(said))


def test_a_line_that_ends_with_a_condition_is_not_glued_to_the_next() -> None:
    text = "甲{% if x %}乙{% endif %}\n{% if x %}\n=== 纵向\n丙\n{% endif %}\n"
    assert filled(text, {"x": True}, "x.txt") == [Line("paragraph", "甲乙"), Line("portrait"), Line("paragraph", "丙")]
    assert filled(text, {"x": False}, "x.txt") == [Line("paragraph", "甲")]


def test_both_forms_carry_the_same_words_and_every_hostile_name() -> None:
    made = render(PAPER_BY_NAME["term-report"], report(), day=DAY)
    expected = block_words(template_text("term-report"), report())
    assert docx_words(made.docx) == expected
    for name in HOSTILE:
        assert words(name) in expected
    # A PDF gives its words back line by line and cell by cell; all of them, in whatever order they were drawn.
    assert sorted(pdf_words(made.pdf)) == sorted(expected)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_wording_and_context_have_the_same_names(paper: object) -> None:
    assert isinstance(paper, type(PAPERS[0]))
    assert fields_used(template_text(paper.name)) == set(paper.context.model_fields)


def test_a_missing_value_shows_itself_and_is_false_in_a_condition() -> None:
    said = block_words(template_text("term-report"), report())
    assert "填表人：〔待填：填表人〕" in said
    assert "审核人：乙" in said

    class Small(BaseModel):
        phone: str | None = Field(default=None, title="电话")

    shown = filled("{% if phone %}\n有\n{% else %}\n无{{ phone }}\n{% endif %}\n", values_of(Small()), "x.txt")
    assert shown == [Line("paragraph", "无〔待填：电话〕")]


def test_a_report_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValidationError, match="之和"):
        grade("七年级", 62, 58, to_contact=3)
    with pytest.raises(ValidationError, match="各年级之和"):
        report(total=grade("合计", 63, 59, to_contact=3, suspended=1))


FAULTS = {
    "unclosed": ("行一\n{% if school %}\n行三", "写法有误"),
    "syntax": ("行一\n{{ school", "x.txt 第2行"),
    "unknown": ("{{ shool }}", "shool"),
    "escape": ("{{ school.__class__.__mro__ }}", "不"),
    "globals": ("{{ cycler.__init__.__globals__.os.popen('id') }}", "不允许"),
    "cells": ("| 甲 | 乙 |\n| 一 |", "x.txt 第2行"),
    "bar": ("| 甲 | 乙", "补上行尾"),
    "widths": ("|~ 1 2 3\n| 甲 | 乙 |", "栏宽"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_wording_is_said_with_its_place(fault: str) -> None:
    text, said = FAULTS[fault]
    with pytest.raises(WordingFault) as refusal:
        filled(text, {"school": "某校"}, "x.txt")
    assert said in refusal.value.sentence
    assert "x.txt" in refusal.value.sentence
    assert refusal.value.exit_code == 3


def test_a_loop_left_open_inside_a_table_is_said() -> None:
    with pytest.raises(WordingFault, match="循环没有结束"):
        docx_template("| 甲 |\n{% for row in rows %}\n| 乙 |\n段落", "x.txt")


def test_a_table_follows_its_rows_in_both_forms() -> None:
    text = "|~ 1 2\n| 甲 | 乙 |\n{% for row in rows %}\n| {{ row }} | < 丙 |\n{% endfor %}\n| 合计 | 二 |\n后文"
    values = {"rows": ["一", "二"]}
    made = filled(text, values, "x.txt")
    assert made == [
        Table((1, 2), (("甲", "乙"), ("一", "< 丙"), ("二", "< 丙"), ("合计", "二"))),
        Line("paragraph", "后文"),
    ]
    written = DocxForm(docx_template(text, "x.txt"), name="x.txt", title="x").one(values, day=DAY)
    table = docx.Document(io.BytesIO(written)).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["甲", "乙"], ["一", "丙"], ["二", "丙"], ["合计", "二"],
    ]  # fmt: skip


def test_a_row_of_a_table_is_not_torn_by_the_end_of_a_page_unless_no_page_could_hold_it() -> None:
    rows = tuple((f"第{n}行", f"开头{n}" + "字" * (80 + 37 * n % 200) + f"结尾{n}。") for n in range(60))
    data = pdf_of([[Table((1, 2), (("甲", "乙"), *rows))]], title="x", day=DAY, name="x")
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    assert len(pages) > 2
    for page in pages:
        said = words(page.extract_text())
        assert all((f"开头{n}字" in said) == (f"结尾{n}。" in said) for n in range(60))
    endless = ((("甲", "乙")), ("一", "字" * 4000 + "完"))
    told = pdf_words(pdf_of([[Table((1, 1), endless)]], title="x", day=DAY, name="x"))
    assert told.count("字") == 4000
    assert "完" in told


CHART = (
    "图前\n|= grades 各年级（人）\n| 年级 | 甲 | 乙 |\n"
    "{% for row in rows %}\n| {{ row }} | 2 | {{ row }} |\n{% endfor %}\n图后"
)


def test_a_chart_is_one_picture_in_both_forms_and_adds_no_words() -> None:
    values = {"rows": [7, 8]}
    made = filled(CHART, values, "x.txt")
    chart = Chart("grades", "各年级（人）", (("年级", "甲", "乙"), ("7", "2", "7"), ("8", "2", "8")))
    assert made == [Line("paragraph", "图前"), chart, Line("paragraph", "图后")]
    assert pdf_words(pdf_of([made], title="x", day=DAY, name="x")) == "图前图后"
    pictures = {"grades": drawn(chart, "png")}
    form = DocxForm(docx_template(CHART, "x"), name="x", title="x")
    written = form.one(values, day=DAY, pictures=pictures)
    assert docx_words(written) == "图前图后"
    shapes = docx.Document(io.BytesIO(written)).inline_shapes
    assert [round(shape.width.mm) for shape in shapes] == [150]
    assert written == form.one(values, day=DAY, pictures=pictures)
    both = form.merged([values, values], day=DAY, pictures=[pictures, pictures])
    assert len(docx.Document(io.BytesIO(both)).inline_shapes) == 2
    assert drawn(chart, "svg") == drawn(chart, "svg")


def test_a_chart_of_something_else_than_numbers_is_refused() -> None:
    with pytest.raises(WordingFault, match="整数"):
        filled("|= x 图\n| 年级 | 甲 |\n| 一 | 多 |", {}, "x.txt")


def test_the_grid_of_official_letters_is_22_lines_of_28_characters() -> None:
    made = filled("> " + "学校控辍保学工作报告县教育局" * 60, {}, "x.txt")
    data = pdf_of([made], title="x", day=DAY, name="x")
    first = pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text().split("\n")
    assert [len(line) for line in first if "学校" in line or "工作" in line] == [28] * 22


def test_a_table_may_have_no_headings_and_a_cut_a_number_across_it() -> None:
    text = "甲\n|. 1 3\n| 编号 | {{ number }} |\n| 姓名 | 乙 |\n--- {{ number }}\n丙"
    values = {"number": "某校〔2025〕1号"}
    made = filled(text, values, "x.txt")
    assert made[1:3] == [
        Table((1, 3), (("编号", "某校〔2025〕1号"), ("姓名", "乙")), headed=False), Line("cut", "某校〔2025〕1号"),
    ]  # fmt: skip
    for layout in (LETTER, SHEET):
        assert pdf_words(pdf_of([made], title="x", day=DAY, name="x", layout=layout)) == (
            "甲编号某校〔2025〕1号姓名乙某校〔2025〕1号丙"
        )
        written = DocxForm(docx_template(text, "x", layout), name="x", title="x").one(values, day=DAY)
        assert docx_words(written) == "甲编号某校〔2025〕1号姓名乙某校〔2025〕1号丙"


def test_a_character_the_font_lacks_is_named_and_stops_the_pdf() -> None:
    with pytest.raises(Refused) as refusal:
        pdf_of([[Line("paragraph", "学生𱍐某")]], title="x", day=DAY, name="某某的通知书")
    assert "𱍐" in refusal.value.sentence
    assert "某某的通知书" in refusal.value.sentence


def test_invisible_characters_do_not_reach_the_paper() -> None:
    made = filled("{{ name }}", {"name": "甲\x0b\u202e乙\ud800"}, "x.txt")
    assert made == [Line("paragraph", "甲\ufffd\ufffd乙\ufffd")]


def test_the_same_paper_has_the_same_bytes_anywhere() -> None:
    script = (
        "import sys, hashlib; sys.path.insert(0, 'tests')\n"
        "from test_documents import report, DAY\n"
        "from dropctl.documents.catalogue import PAPERS\nfrom dropctl.documents.render import render\n"
        "made = render(PAPERS[0], report(), day=DAY)\n"
        "print(hashlib.sha256(made.docx).hexdigest(), hashlib.sha256(made.pdf).hexdigest())"
    )
    seen = set()
    for zone, seed in (("Asia/Shanghai", "1"), ("America/New_York", "2")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LANG": "C"}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    made = render(PAPERS[0], report(), day=DAY)
    assert hashlib.sha256(made.docx).hexdigest() in seen.pop()


def test_what_somebody_typed_shows_no_full_number() -> None:
    class Line(PaperContext):
        note: str

    class Noted(PaperContext):
        notes: tuple[Line, ...]
        numbers: tuple[NumberLine, ...] = handing_over.numbers()

    number = id_number()
    told = NumberLine(name="张三", id_number=number, enrollment_number=None)
    values = values_of(Noted(notes=(Line(note=f"母亲身份证{number}，电话19900001234"),), numbers=(told,)))
    assert values["notes"][0]["note"] == f"母亲身份证{number[:6]}…，电话19900001234"
    assert values["numbers"][0]["id_number"] == number  # the page that is printed under --reveal
