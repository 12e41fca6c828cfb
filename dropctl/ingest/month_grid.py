"""考勤表: one row per pupil, one column per day. Finds the day columns and the month, and reads the marks.

Which day is a school day is not known here: a mark on a holiday is read, and judged later.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise, zip_longest

from dropctl.ingest.headings import normalise_heading
from dropctl.ingest.marks import Marks
from dropctl.registers.absence import NIL_WORDS, UNCLEAR_MARKS, UNKNOWN_MARK, meaning_of_mark
from dropctl.registers.absence_words import Meaning, plain_mark
from dropctl.registers.columns import NAME
from dropctl.tables.issues import Issue
from dropctl.tables.raw import Cell, RawSheet, cell_address, column_letters, raw_text

_SEARCHED_ROWS = 20
_FEWEST_DAYS = 5
_NAMES = frozenset(normalise_heading(heading) for heading in NAME.headings)
_NAME_LETTERS = "名生xX"
_MONTH = re.compile(r"(20\d\d)\s*[年\-./]\s*(\d{1,2})(?!\d)")
_MONTH_ONLY = re.compile(r"(?<!\d)(\d{1,2})\s*月")
_DAY_TEXT = re.compile(r"0?(\d{1,2})[日号]?")
_MONTH_DAY = re.compile(r"(?:(20\d\d)[年\-./])?(\d{1,2})[月\-./](\d{1,2})[日号]?")
_HALVES = {
    "上": "morning",
    "上午": "morning",
    "am": "morning",
    "下": "afternoon",
    "下午": "afternoon",
    "pm": "afternoon",
}
_HALF_LETTERS = "上下mMｍＭ"  # every spelling has one of these


@dataclass(frozen=True, slots=True)
class DayColumn:
    """One column of a grid: its 0-based place, the day it stands for (None: no such day), and which part of it."""

    place: int
    day: date | None
    part: str


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """Where the days of a grid stand. `undated` says why no column has a day, when none has."""

    columns: tuple[DayColumn, ...]
    last_heading: int  # 0-based index of the lowest heading row
    undated: str | None = None


def find_month_grid(sheet: RawSheet, as_of: date) -> MonthGrid | None:
    """Return where the days stand when `sheet` is a month grid, else None.

    A grid has a row with 姓名, and in it or in the row beside it at least five ascending days (one, when the title
    calls the sheet an attendance sheet).
    """
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        place = next((at for at, cell in enumerate(row) if type(cell) is str and _is_name_heading(cell)), None)
        if place is None:
            continue
        title = _text_above(sheet, index)
        named = "考勤" in title or "出勤" in title
        for beside in (index, index + 1, index - 1):
            if not 0 <= beside < len(sheet.rows):
                continue
            days = sheet.rows[beside]
            if beside != index and place < len(days) and (raw_text(days[place]) or "").strip():
                continue  # a row of the list itself, or a title: it holds something where the name stands
            found = _day_cells(days, row if beside != index else (), place)
            if len(found) >= (1 if named else _FEWEST_DAYS) and _ascending(found):
                return _dated(sheet, found, index, beside, title, as_of)
    return None


def _is_name_heading(text: str) -> bool:
    # Most cells are decided by one letter: every spelling has one of these.
    return any(letter in text for letter in _NAME_LETTERS) and normalise_heading(text) in _NAMES


def _text_above(sheet: RawSheet, index: int) -> str:
    cells = [raw_text(cell) or "" for row in sheet.rows[:index] for cell in row if cell is not None]
    return " ".join([*cells, sheet.sheet or "", sheet.file])


def _day_cells(row: Sequence[Cell], headings: Sequence[Cell], name_place: int) -> list[tuple[int, Cell]]:
    """Return the cells of a heading row that name a day: not left of the name, not under another heading."""
    found: list[tuple[int, Cell]] = []
    for place, cell in enumerate(row):
        above = raw_text(headings[place]) if place < len(headings) else None
        if place <= name_place or cell is None or isinstance(cell, bool) or (above and _day_of(above) is None and
                not re.fullmatch(r"\s*(日期|星期|周)?[一二三四五六日]?\s*", above)):  # fmt: skip
            continue
        if _day_of(cell) is not None:
            found.append((place, cell))
    return found


@lru_cache(maxsize=1024)  # the sheets of one month are headed alike
def _day_of(cell: Cell) -> tuple[int | None, int | None, int] | None:
    """Return (year, month, day) as far as a heading cell names them, None when it is no day."""
    if isinstance(cell, datetime | date):
        return cell.year, cell.month, cell.day
    if isinstance(cell, int | float):
        return (None, None, int(cell)) if float(cell).is_integer() and 1 <= cell <= 31 else None
    if not isinstance(cell, str) or len(cell) > 20:
        return None
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))
    found = _DAY_TEXT.fullmatch(text)
    if found and 1 <= int(found[1]) <= 31:
        return None, None, int(found[1])
    text = re.sub(r"[(（]?(星期|周)?[一二三四五六日天][)）]?$", "", text) if not text.endswith("日") else text
    whole = _MONTH_DAY.fullmatch(text)
    if whole and 1 <= int(whole[2]) <= 12 and 1 <= int(whole[3]) <= 31:
        return (int(whole[1]) if whole[1] else None), int(whole[2]), int(whole[3])
    return None


def _ascending(found: Sequence[tuple[int, Cell]]) -> bool:
    days = [_day_of(cell) for _, cell in found]
    keys = [(year or 0, month or 0, day) for year, month, day in (entry for entry in days if entry is not None)]
    # Over the turn of a year the month falls; within one sheet of plain numbers a day never does.
    return all(two >= one or (two[1] and two[1] < one[1]) for one, two in pairwise(keys))


def year_of_month(month: int, as_of: date) -> int:
    """Return the year of the last such month that has begun by `as_of`."""
    return as_of.year if month <= as_of.month else as_of.year - 1


def _dated(
    sheet: RawSheet, found: list[tuple[int, Cell]], index: int, beside: int, title: str, as_of: date
) -> MonthGrid:
    last = max(index, beside)
    year, month = month_named(title, as_of)
    below = sheet.rows[last + 1] if last + 1 < len(sheet.rows) else ()
    upper = sheet.rows[last]
    columns: list[DayColumn] = []
    undated = None
    for number, (place, cell) in enumerate(found):
        parts = _day_of(cell)
        if parts is None:
            continue
        own_month = parts[1] or month
        own_year = parts[0] or (year if parts[1] in (None, month) and year else None)
        if own_month is None:
            undated = "看不出是哪一年哪一月的考勤表，请在标题里写明，如 2025年9月"
            day = None
        else:
            day = _date(own_year or year_of_month(own_month, as_of), own_month, parts[2])
        until = found[number + 1][0] if number + 1 < len(found) else place + 2
        halves = [(at, _half(upper, below, at)) for at in range(place, min(until, place + 2))]
        if len(halves) == 2 and all(half for _, half in halves):
            columns += [DayColumn(at, day, half or "whole") for at, half in halves]
        else:
            columns.append(DayColumn(place, day, "whole"))
    return MonthGrid(tuple(columns), last, undated)


def _half(upper: Sequence[Cell], below: Sequence[Cell], place: int) -> str | None:
    for row in (upper, below):
        cell = row[place] if place < len(row) else None
        if type(cell) is not str or not any(letter in cell for letter in _HALF_LETTERS):
            continue  # a mark, mostly
        half = _HALVES.get(plain_mark(cell))
        if half:
            return half
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_named(text: str, as_of: date) -> tuple[int | None, int | None]:
    """Return the year and month a title names; the last such month that has begun where it names no year."""
    plain = unicodedata.normalize("NFKC", text)
    for found in _MONTH.finditer(plain):
        if 1 <= int(found[2]) <= 12:
            return int(found[1]), int(found[2])
    for found in _MONTH_ONLY.finditer(plain):
        if 1 <= int(found[1]) <= 12:
            return year_of_month(int(found[1]), as_of), int(found[1])
    return None, None


def read_grid(
    sheet: RawSheet,
    grid: MonthGrid,
    indices: Sequence[int],
    nil: frozenset[int],
    legend: Mapping[str, Meaning],
    marks: Marks,
) -> list[Issue]:
    """Add the marks of rows `indices` to `marks`, and return the cells that say nothing known.

    A blank in a column that otherwise holds presence marks is `unknown`; other blanks are no mark. A row in `nil`
    says for its days that nobody was absent.
    """
    issues: list[Issue] = []
    rows = [sheet.rows[index] for index in indices]
    pupils = [at for at, index in enumerate(indices) if index not in nil]
    words = _Words(legend, marks)
    columns = list(zip_longest(*(rows[at] for at in pupils)))
    unmarked = set(range(len(rows)))
    for column in grid.columns:
        place, letters = column.place, column_letters(column.place)
        cells = columns[place] if place < len(columns) else ()
        codes = words.read(cells)
        blank = [number for number, code in enumerate(codes) if code == words.blank] if words.blank in codes else []
        shown, said = pupils if codes else [], codes
        if column.day is None and len(blank) < len(codes):
            issues += _undated(sheet, indices, pupils, codes, cells, place, grid.undated, words.blank)
        if blank and words.presence.isdisjoint(codes):
            shown = [at for at, code in zip(pupils, codes, strict=True) if code != words.blank]
            said = [code for code in codes if code != words.blank]
        marks.add(shown, said, column.day, part=column.part, column=letters)
        unmarked.difference_update(shown)
        if len(codes) > 1 and len(set(codes)) == 1 and codes[0] in words.unclear:
            issues.append(_crossed_out(sheet, sheet.row_number(indices[pupils[0]]), place, cells[0]))
        elif not words.unclear.isdisjoint(codes):
            issues += [
                _unknown_mark(sheet, sheet.row_number(indices[pupils[number]]), place, cells[number])
                for number, code in enumerate(codes)
                if code in words.unclear
            ]
        for at in sorted(set(range(len(rows))) - set(pupils)) if nil else ():
            cell = rows[at][place] if place < len(rows[at]) else None
            if cell is not None and _says_nil(cell, legend):
                code = marks.code("nil", "无缺勤", raw_text(cell))
                marks.add([at], [code], column.day, part=column.part, column=letters)
                unmarked.discard(at)
    # A pupil without any mark keeps a row without a day: the name is on the sheet, and no row is lost.
    silent = sorted(unmarked)
    marks.add(silent, [marks.code("unknown", "没有标记", None)] * len(silent), None)
    return issues


class _Words:
    """What the cells of one sheet say, each distinct cell looked at once: as codes of `Marks`."""

    def __init__(self, legend: Mapping[str, Meaning], marks: Marks) -> None:
        self._legend, self._marks = legend, marks
        self.blank = marks.code("unknown", "空白", None)
        self.presence: set[int] = set()
        self.unclear: set[int] = set()
        self._memo: dict[Cell, int] = {None: self.blank}

    def read(self, cells: Sequence[Cell]) -> list[int]:
        """Return one code per cell."""
        memo = self._memo
        try:
            return [memo[cell] for cell in cells]
        except KeyError:
            for cell in cells:
                if cell not in memo:
                    memo[cell] = self._code(cell)
            return [memo[cell] for cell in cells]

    def _code(self, cell: Cell) -> int:
        text = plain_mark(cell)
        if not text and not (raw_text(cell) or "").strip():
            return self.blank
        meaning = meaning_of_mark(text, self._legend) if text else None
        code = self._marks.code(
            meaning.state if meaning else "unknown", meaning.label if meaning else "看不懂的标记", raw_text(cell)
        )
        if meaning is None:
            self.unclear.add(code)
        elif meaning.presence:
            self.presence.add(code)
        return code


def _says_nil(cell: Cell, legend: Mapping[str, Meaning]) -> bool:
    text = plain_mark(cell)
    meaning = meaning_of_mark(text, legend)
    return text in NIL_WORDS or text == "0" or (meaning is not None and meaning.presence)


def _unknown_mark(sheet: RawSheet, row: int, place: int, cell: Cell) -> Issue:
    hint = UNCLEAR_MARKS.get(plain_mark(cell))
    message = f"{hint}，当天按“不明”处理；休学请在审批登记里写明，放假的日子不用填" if hint else UNKNOWN_MARK.message
    return Issue(
        "absence", sheet.file, sheet.sheet, cell_address(row, place), row, "mark",
        UNKNOWN_MARK.code, UNKNOWN_MARK.severity, raw_text(cell), message,
    )  # fmt: skip


def _crossed_out(sheet: RawSheet, row: int, place: int, cell: Cell) -> Issue:
    """Return the one issue of a column that says the same unknown thing of everybody: weekends look like that."""
    message = (
        f"这一列每格都是“{raw_text(cell)}”，当天按“不明”处理：是周末或放假的不用改，上课的请逐人填写，或在表上写明图例"
    )
    return Issue(
        "absence", sheet.file, sheet.sheet, cell_address(row, place), row, "mark", "column_crossed_out", "note",
        raw_text(cell), message,
    )  # fmt: skip


def _undated(
    sheet: RawSheet,
    indices: Sequence[int],
    pupils: Sequence[int],
    codes: Sequence[int],
    cells: Sequence[Cell],
    place: int,
    undated: str | None,
    blank: int,
) -> list[Issue]:
    if undated:
        return [
            Issue("absence", sheet.file, sheet.sheet, None, None, "day", "month_unknown", "error", None,
                  f"{undated}；表里的标记这次没有采用")
        ]  # fmt: skip
    found = []
    for number, code in enumerate(codes):
        if code != blank:
            row = sheet.row_number(indices[pupils[number]])
            found.append(
                Issue(
                    "absence", sheet.file, sheet.sheet, cell_address(row, place), row, "day", "day_impossible", "error",
                    raw_text(cells[number]), "这一列的日期不存在（如9月31日），标记没有采用，请核对是哪一天",
                )
            )  # fmt: skip
    return found
