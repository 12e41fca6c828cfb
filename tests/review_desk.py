"""A small reconciled workspace with uncertain pairs, its exported workbook, and a hand that fills it in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from builders import HEADINGS, Child
from openpyxl.worksheet.worksheet import Worksheet

from dropctl import cli

CLASS = "七年级1班"
TODAY, TOMORROW = "2025-09-05", "2025-09-06"
DAY = date(2025, 9, 4)
SCHOOL = ("--role", "school", "--name", "石桥学校", "--code", "3499000001", "--opening", "2025-09-01",
          "--closing", "2026-01-30")  # fmt: skip
# 李晓明 is listed as 李小明, 王子江 as 王子疆; 赵一 and 赵二 may both be 赵三 of the list.
ENROLLED = [
    Child("李晓明"), Child("王子江", sequence=3), Child("赵一", sequence=5), Child("赵二", sequence=7),
    Child("周亮", sequence=9),
]  # fmt: skip
LISTED = ["李小明", "王子疆", "赵三", "周亮"]

Run = Callable[..., tuple[int, str, str]]


def lists(inbox: Path, enrolled: Sequence[Child], listed: Sequence[str]) -> None:
    for name, rows in (
        ("学籍名册.xlsx", [["某校学生花名册"], HEADINGS, *(child.row() for child in enrolled)]),
        ("701.xlsx", [[f"{CLASS}返校登记 2025年9月1日"], ["姓名", "是否返校"], *([name, "是"] for name in listed)]),
    ):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))
        book.save(inbox / name)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*args: str, on: str = TODAY) -> tuple[int, str, str]:
        monkeypatch.setenv("DROPCTL_AS_OF", on)
        capsys.readouterr()
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def home(run: Run, tmp_path: Path) -> Path:
    """A workspace that has been reconciled, with its undecided pairs exported to 表.xlsx."""
    assert run("init", ".", *SCHOOL)[0] == 0
    lists(tmp_path / "inbox", ENROLLED, LISTED)
    assert run("reconcile")[0] == 0
    assert run("review", "export", "表.xlsx")[0] == 0
    return tmp_path


def cells(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """The heading row and the column of each heading."""
    top = next(row[0].row for row in sheet.iter_rows() if any(cell.value == "配对编号" for cell in row))
    return top, {cell.value: cell.column for cell in sheet[top] if cell.value}


def fill(path: Path, answers: Mapping[str, Sequence[Any]], change: Callable[[Worksheet], None] | None = None) -> None:
    """Write `names of both sides` → (answer, person, day, remark); then `change` the sheet."""
    book = openpyxl.load_workbook(path)
    sheet = book["待人工确认"]
    top, columns = cells(sheet)
    for row in range(top + 1, sheet.max_row + 1):
        names = "".join(str(sheet.cell(row, columns["姓名"]).value).replace("甲 ", "").replace("乙 ", "/").split())
        for heading, value in zip(("判断", "判断人", "判断日期", "备注"), answers.get(names, ()), strict=False):
            sheet.cell(row, columns[heading]).value = value
    if change:
        change(sheet)
    book.save(path)


def row_of(sheet: Worksheet, names: str) -> int:
    _, columns = cells(sheet)
    wanted = "甲 {}\n乙 {}".format(*names.split("/"))
    return next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, columns["姓名"]).value == wanted)


def address(path: Path, names: str, heading: str) -> str:
    sheet = openpyxl.load_workbook(path)["待人工确认"]
    return str(sheet.cell(row_of(sheet, names), cells(sheet)[1][heading]).coordinate)


def refusals(out: str) -> list[tuple[str, str]]:
    return [(line["where"], line["what"]) for line in json.loads(out)["refused"]]


def recorded(home: Path) -> list[dict[str, Any]]:
    path = home / ".dropctl" / "decisions.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


GOOD = ("是", "王老师", DAY, "问过班主任")
PAIR, SECOND, THIRD, FOURTH = "李晓明/李小明", "王子江/王子疆", "赵一/赵三", "赵二/赵三"
