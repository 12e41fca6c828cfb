"""Reading alone, guarded and with addresses, against a bare read: a big table, and one class list.

The big table shows what the way between child and parent costs per cell, the class list what the guard costs as such.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from measure import Comparison, compare, table

GOAL = 2.0
GOAL_SECONDS = 0.3
ROWS, COLUMNS = 100_000, 30
PUPILS = 40
HERE = Path(__file__).resolve().parent


def make_table(path: Path, rows: int, columns: int) -> Path:
    """Return `path`, written as an invented export: texts, numbers as text, plain numbers, and blanks."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": rows > 1000, "use_zip64": False})
    sheet = book.add_worksheet("学生花名册")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    headings = ["姓名", "身份证件号", "学籍号", "年级", "班级", "学生状态"]
    sheet.write_row(0, 0, headings + [f"其他栏{place}" for place in range(columns - len(headings))])
    for row in range(1, rows + 1):
        sheet.write_row(
            row, 0, [f"学生{row}", f"3499{row:014d}", f"G3499{row:014d}", "七年级", f"{row % 12 + 1}班", "在读"]
        )
        for column in range(len(headings), columns):
            match column % 4:
                case 0 if column == len(headings) + 2:
                    sheet.write_datetime(row, column, date(2012, 9, 1) + timedelta(days=row % 300), day)
                case 0:
                    sheet.write_number(row, column, row % 97)
                case 1:
                    sheet.write_string(row, column, f"黟县某村{row * column % 5003}号")
                case 2:
                    sheet.write_string(row, column, "否")
                case _ if row % 4 == 0:
                    sheet.write_string(row, column, "无")
    book.close()
    return path


def measure(turns: int = 3) -> list[Comparison]:
    """Return the big table (as a ratio) and the class list (as seconds added to the bare read)."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "big").mkdir()
        (folder / "class").mkdir()
        big = make_table(folder / "big" / "名册.xlsx", ROWS, COLUMNS)
        small = make_table(folder / "class" / "七年级1班.xlsx", PUPILS, 10)
        ours, bare = [sys.executable, str(HERE / "guarded_read.py")], [sys.executable, str(HERE / "bare_read.py")]
        return [
            compare(
                f"read {ROWS:,} × {COLUMNS} guarded · bare python-calamine read",
                [*ours, str(big)],
                [*bare, str(big.parent)],
                goal=GOAL,
                turns=turns,
                folder=folder,
            ),
            compare(
                f"read a class list of {PUPILS} guarded · bare python-calamine read",
                [*ours, str(small)],
                [*bare, str(small.parent)],
                goal=GOAL_SECONDS,
                added=True,
                turns=3 * turns,
                folder=folder,
            ),
        ]


if __name__ == "__main__":
    print(table(measure()))
