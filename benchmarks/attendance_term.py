"""`dropctl attendance scan --json` over a county's term (7,000 pupils, 90 days) against a bare read of its files.

The grids are made by a seeded script: a sheet per class and month, mostly √, leave and illness, one pupil-month in
400 gone, scattered truancy, one class in twenty silent.
"""

from __future__ import annotations

import random
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from measure import Comparison, compare, dropctl_command, table
from xlsxwriter.workbook import Workbook

from dropctl.identity import check_digit
from dropctl.school_calendar import SchoolCalendar, Term

GOAL = 5.0
PUPILS, PER_CLASS, CLASSES_PER_FILE = 7000, 45, 6
GRADES = "一二三四五六七八九"
HERE = Path(__file__).resolve().parent
OPENING, AS_OF = date(2025, 9, 1), date(2026, 1, 9)
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"


def make_county(folder: Path, pupils: int = PUPILS, seed: int = 5) -> Path:
    """Return `folder` with one register and the month grids of every class, a file per few classes."""
    chance = random.Random(seed)
    calendar = SchoolCalendar((Term("秋", OPENING, date(2026, 1, 30)),))
    days = calendar.school_days(OPENING, AS_OF)
    folder.mkdir(parents=True)
    names = [
        chance.choice(_SURNAMES) + chance.choice(_GIVEN) + _GIVEN[number % 26] + _GIVEN[number // 26 % 26]
        for number in range(pupils)
    ]
    classes = [names[first : first + PER_CLASS] for first in range(0, pupils, PER_CLASS)]
    labels = [f"{GRADES[number % 9]}年级{number // 9 + 1}班" for number in range(len(classes))]
    _register(folder / "学籍名册.xlsx", labels, classes)
    for first in range(0, len(classes), CLASSES_PER_FILE):
        book = Workbook(folder / f"考勤{first // CLASSES_PER_FILE + 1:02d}.xlsx")
        for number in range(first, min(first + CLASSES_PER_FILE, len(classes))):
            if number % 20 != 19:
                for month in sorted({day.replace(day=1) for day in days}):
                    _grid(book, chance, labels[number], classes[number], month, days)
        book.close()
    return folder


def _register(path: Path, labels: list[str], classes: list[list[str]]) -> None:
    book = Workbook(path)
    sheet = book.add_worksheet("花名册")
    for column, heading in enumerate(("年级", "班级", "姓名", "性别", "身份证件号", "学生状态")):
        sheet.write(0, column, heading)
    row = 0
    for label, pupils in zip(labels, classes, strict=True):
        for name in pupils:
            row += 1
            # Of the age of the class: a register full of warnings would measure those.
            born = date(2019 - GRADES.index(label[0]) - 1, 9, 1) + timedelta(days=row // 30 % 365)
            number = f"349901{born:%Y%m%d}{row % 30 * 30 + row // 30 // 365 * 2 + 1:03d}"
            cells = (label[:3], label[3:], name, "男", number + check_digit(number), "在读")
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    book.close()


def _grid(book: Workbook, chance: random.Random, label: str, pupils: list[str], month: date, days: list[date]) -> None:
    sheet = book.add_worksheet(f"{label}{month.month}月")
    sheet.write(0, 0, f"{label}{month.year}年{month.month}月考勤表")
    own = [day for day in days if (day.year, day.month) == (month.year, month.month)]
    for column, heading in enumerate(("序号", "姓名", *(day.day for day in own))):
        sheet.write(1, column, heading)
    for row, name in enumerate(pupils, start=2):
        sheet.write(row, 0, row - 1)
        sheet.write_string(row, 1, name)
        gone = chance.random() < 0.0025
        for column in range(2, 2 + len(own)):
            mark = "旷" if gone or chance.random() < 0.0005 else chance.choices("√病事迟", (97, 1, 1, 1))[0]
            sheet.write_string(row, column, mark)


def measure(turns: int = 9, pupils: int = PUPILS) -> Comparison:
    """Return the comparison of whole processes; ours writes the workbook and the Parquet files as well."""
    with tempfile.TemporaryDirectory() as temporary:
        county = make_county(Path(temporary) / "county", pupils)
        out = Path(temporary) / "out"
        ours = [dropctl_command(), "attendance", "scan", str(county), "--json", "--opening", str(OPENING)]
        return compare(
            f"attendance scan, {pupils} pupils × 90 days · bare python-calamine read",
            [*ours, "--as-of", str(AS_OF), "--out", str(out)],
            [sys.executable, str(HERE / "bare_read.py"), str(county)],
            goal=GOAL,
            turns=turns,
            folder=Path(temporary),
        )


if __name__ == "__main__":
    print(table([measure()]))
