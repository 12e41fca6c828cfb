"""The report of two weeks (三.1): every figure is the length of a list; both files are written or none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from builders import Child
from test_documents import docx_words, pdf_words
from test_term_start import CLASS, children, presence, register, workbook

from dropctl import cli
from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.term_report import REASONS
from dropctl.documents.wording_files import template_of
from dropctl.errors import Refused
from dropctl.procedures.term_report import TermReportOutcome, make_term_report, write_term_report
from dropctl.procedures.term_start import reconcile_term_start
from dropctl.resources import sample_school, template_text

OPENING, DAY = date(2025, 9, 1), date(2025, 9, 12)


def made(folder: Path, day: date = DAY, **people: str) -> TermReportOutcome:
    outcome = reconcile_term_start([folder], as_of=day, opening=OPENING, school="某县某校")
    return make_term_report(outcome, people=people, reported_on=day)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "in"
    other = [Child(f"别班{chr(0x4E00 + n)}", "七年级2班", sequence=101 + 2 * n) for n in range(3)]
    pupils = children(12)
    register(home, [*pupils, *other])
    marks = {child.name: "是" for child in pupils} | {pupils[0].name: "否", pupils[1].name: "", pupils[2].name: "否"}
    presence(home, marks)
    rows = [
        ["休学审批登记"],
        ["姓名", "身份证号", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期"],
        [pupils[2].name, pupils[2].id, "休学", "某教〔2025〕3号", "某县教育局", "2025-03-01", "2026-02-28"],
    ]
    workbook(home / "审批.xlsx", rows)
    return home


def test_every_pupil_is_in_exactly_one_column(folder: Path) -> None:
    report = made(folder).report
    total = report.total
    assert (total.expected, total.returned, total.missing) == (15, 9, 6)
    assert {key: getattr(total, key) for key in REASONS if getattr(total, key)} == {
        "suspended": 1, "to_contact": 1, "unknown": 4,
    }  # fmt: skip
    assert report.unreported == "七年级2班"
    assert report.in_unreported == 3
    assert total.rate == "9/12"


def test_a_ground_that_is_only_claimed_is_counted_and_said_to_lack_its_papers(folder: Path) -> None:
    assert "休学1人、" in made(folder).report.reasons
    (folder / "审批.xlsx").unlink()
    register(folder, [replace(child, status="休学") if child.name == children(3)[2].name else child
                      for child in children(12)])  # fmt: skip
    report = made(folder).report
    assert "休学1人（其中1人手续不全）" in report.reasons


def test_a_class_without_a_list_accuses_nobody_by_name(folder: Path) -> None:
    names = [line.name for line in made(folder).report.pupils]
    assert names == [child.name for child in children(3)]


def test_the_sample_school_counts_like_its_workbook(tmp_path: Path) -> None:
    outcome = reconcile_term_start([sample_school()], as_of=date(2025, 9, 3), opening=OPENING)
    report = make_term_report(outcome, people={}, reported_on=date(2025, 9, 3)).report
    states = dict(outcome.roster["return_state"].value_counts().iter_rows())
    assert report.total.returned == states["已返校"]
    assert report.total.unknown == states["未报"]
    assert report.total.expected == outcome.roster.height - states["不在应到范围"]
    missing = outcome.findings.filter(pl.col("kind") == "not_returned")
    assert report.total.to_contact + report.total.doubtful + report.total.elsewhere == missing.height


def test_both_files_say_it_and_hold_no_number(folder: Path, tmp_path: Path) -> None:
    outcome = made(folder, 校长="林某某")
    written = write_term_report(outcome, tmp_path / "out").paths
    assert [path.suffix for path in written] == [".docx", ".pdf"]
    said = docx_words(written[0].read_bytes())
    assert "应返校学生15人，已返校9人" in said
    assert "校长：林某某" in said
    assert "〔待填：审核人〕" in said
    assert children(1)[0].id not in said
    assert sorted(said) == sorted(pdf_words(written[1].read_bytes()))


def test_the_schools_own_wording_is_used(folder: Path, tmp_path: Path) -> None:
    outcome = made(folder)
    own = tmp_path / "templates"
    own.mkdir()
    (own / "term-report.txt").write_text("# 本校的报告\n{{ school }}\n", encoding="utf-8")
    (text, _) = write_term_report(outcome, tmp_path / "out", own).paths
    assert docx_words(text.read_bytes()).startswith("本校的报告")
    (own / "term-report.txt").unlink()
    paper = PAPER_BY_NAME["term-report"]
    (own / "term-report.docx").write_bytes(template_of(paper, template_text(paper.name)))
    again = write_term_report(outcome, tmp_path / "out", own)
    assert [path.suffix for path in again.paths] == [".docx"]
    assert ["没有 PDF" in again.notes[0], "以前的" in again.notes[1], again.is_partial] == [True, True, False]


def test_after_two_weeks_it_says_that_it_is_late(folder: Path) -> None:
    assert not any("已经过了" in note for note in made(folder, date(2025, 9, 15)).notes)
    assert any("已经过了" in note for note in made(folder, date(2025, 9, 16)).notes)


def test_a_register_of_last_year_gives_no_report(tmp_path: Path) -> None:
    pupils = [Child(f"学生{chr(0x4E00 + n)}", "六年级1班", sequence=2 * n + 1) for n in range(10)]
    register(tmp_path, pupils)
    presence(tmp_path, {child.name: "是" for child in pupils}, title=f"{CLASS}返校登记 2025年9月1日")
    with pytest.raises(Refused, match="上一学年"):
        made(tmp_path)


def test_the_command_writes_and_tells(folder: Path, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "out"
    args = ["term-report", str(folder), "--opening", "2025-09-01", "--as-of", "2025-09-12", "--school", "某县某校"]
    assert cli.run([*args, "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert "应返校15人，已返校9人" in told
    assert "2025-09-15" in told
    assert sorted(path.suffix for path in out.iterdir()) == [".docx", ".pdf"]
    assert cli.run([*args, "--json", "--dry-run"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["counts"][0]["expected"] == 15
    assert answer["outputs"] == []
    assert cli.run(["term-report", "--as-of", "2025-09-12"]) == 3
    assert "没有说明用哪些材料" in capsys.readouterr().err
