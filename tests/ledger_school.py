"""A workspace of one class for the tests of the ledger, and the files a registrar would put into it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
from builders import HEADINGS, Child

from dropctl.procedures.attendance import AttendanceOutcome, scan_attendance
from dropctl.procedures.outcome import TermStartOutcome
from dropctl.procedures.term_start import reconcile_term_start
from dropctl.workspace import Workspace, create_workspace, find_workspace

OPENING, CLOSING = date(2025, 9, 1), date(2026, 1, 30)
DAY = date(2025, 9, 3)
CLASS = "七年级1班"
NAMES = ("甲小一", "乙小二", "丙小三", "丁小四", *(f"同学{chr(0x4E00 + n)}" for n in range(40)))
CHILDREN = [Child(name, sequence=2 * n + 1) for n, name in enumerate(NAMES)]


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def roster(home: Workspace, children: Sequence[Child] = CHILDREN) -> Path:
    rows = [["某校学生花名册"], HEADINGS, *(child.row() for child in children)]
    return workbook(home.inbox / "学籍名册.xlsx", rows)


def return_list(home: Workspace, missing: Sequence[str], day: date = OPENING, names: Sequence[str] = NAMES) -> Path:
    marks: Mapping[str, str] = {name: "否" if name in missing else "是" for name in names}
    title = f"{CLASS}返校登记 {day.year}年{day.month}月{day.day}日"
    return workbook(home.inbox / "701.xlsx", [[title], ["姓名", "是否返校"], *marks.items()])


def school(root: Path, missing: Sequence[str] = NAMES[:1]) -> Workspace:
    """Return a workspace whose class list says who of the 44 pupils is missing."""
    made = create_workspace(root, role="school", name="某校", code="3499000001", opening=OPENING, closing=CLOSING)
    roster(made)
    return_list(made, missing)
    return made


@cache
def _template(missing: tuple[str, ...]) -> tuple[Path, tempfile.TemporaryDirectory[str]]:
    folder = tempfile.TemporaryDirectory()
    made = school(Path(folder.name) / "w", missing)
    reconcile(made)
    return made.root, folder


def reconciled_school(root: Path, missing: Sequence[str]) -> Workspace:
    """Return a workspace that was reconciled on DAY, copied from one made once per test process."""
    shutil.copytree(_template(tuple(missing))[0], root)
    home = find_workspace(root, root)
    assert home is not None
    return home


def reconcile(home: Workspace, day: date = DAY, **options: object) -> TermStartOutcome:
    return reconcile_term_start([home.inbox], as_of=day, workspace=home, **options)  # type: ignore[arg-type]


def reconcile_again(root: Path, day: date) -> TermStartOutcome:
    home = find_workspace(root, root)
    assert home is not None
    return reconcile(home, day)


def absence_log(home: Workspace, names: Sequence[str], days: Sequence[date]) -> Path:
    """Write a log in which these children were absent without leave on each of the days."""
    rows = [[day.isoformat(), CLASS, name, "否"] for day in days for name in names]
    return workbook(home.root / "缺勤.xlsx", [["缺勤登记"], ("日期", "班级", "姓名", "是否请假"), *rows])


def scan_again(root: Path, day: date) -> AttendanceOutcome:
    home = find_workspace(root, root)
    assert home is not None
    return scan_attendance([home.root / "缺勤.xlsx"], as_of=day, workspace=home)
