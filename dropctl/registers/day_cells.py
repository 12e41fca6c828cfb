"""A cell as a day: every way in which offices write one, and what spreadsheets made of it (reference §5.1, problem 4).

A day is read or refused, never guessed: a month alone is no day, and a two-digit year is none either.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from dropctl.registers.cells import ERROR, PLACEHOLDERS, Read, plain_text
from dropctl.tables.raw import Cell, CellError
from dropctl.tables.spec import Problem

_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[T ]+[\d:.]+)?")
_LOOSE = re.compile(r"(\d{4})(?:\s*[、,]\s*|\s+)(\d{1,2})(?:\s*[、,]\s*|\s+)(\d{1,2})")
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?")
_MONTH = re.compile(r"(?:19|20)\d{2}(?:\s*[-./年]\s*\d{1,2}\s*月?|\d{2}|年?)(?:\.0)?")
_HANZI = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_SPELLED = re.compile(r"([〇零○一二三四五六七八九]{4})年(.{1,3})月(.{1,3})[日号]")
# Serial numbers of the 1900 date system that can be days of people and papers (1954-10-03 to 2064-04-07).
_FIRST_SERIAL, _LAST_SERIAL = 20000, 60000
_SERIAL_ZERO = date(1899, 12, 30)  # day 60 (the 29 February that never was) lies far below
# A number such as 2012 or 201209 in a cell formatted as a date becomes a day of 1905 or of 2451.
_FIRST_YEAR, _LAST_YEAR = 1910, 2100

_NO_DATE = Problem("date_unreadable", "error", "读不出日期，请写成 2025-09-01 这样的形式")
_NO_DAY = Problem("date_without_day", "warning", "日期只有年月，无法确定是哪一天，请补全到日")
_SERIAL = Problem("date_serial", "note", "日期是表格软件的序列号，已换算后比对，请核对并把该列设为日期格式")
_IMPOSSIBLE = Problem(
    "date_impossible", "error", "这个日期不可能：多半是年份或年月被表格软件当成了日期，请写成 2025-09-01 这样的形式"
)


def read_date(text: str) -> date | None:
    """Return the date a text names (2012-9-1, 20120901, 2012年9月1日, 二〇一二年九月一日 …), None for any other."""
    found = _DATE.fullmatch(text) or _EIGHT.fullmatch(text) or _LOOSE.fullmatch(text)
    if found:
        return _day(*(int(part) for part in found.groups()))
    spelled = _SPELLED.fullmatch(text.replace(" ", ""))
    if spelled is None:
        return None
    month, day = _number(spelled[2]), _number(spelled[3])
    return _day(int(spelled[1].translate(_HANZI)), month, day) if month and day else None


def dates_in(text: str) -> list[date]:
    """Return every full date written inside a longer text, in order, each once."""
    found: list[date] = []
    for match in _DATE.finditer(unicodedata.normalize("NFKC", text)):
        day = _day(*(int(part) for part in match.groups()))
        if day is not None and day not in found:
            found.append(day)
    return found


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(hanzi: str) -> int | None:
    """Return 十 → 10, 十二 → 12, 二十三 → 23, 九 → 9; None for anything else."""
    tens, ten, ones = hanzi.rpartition("十")
    digits = (tens or "一" if ten else "") + (ones or "〇")
    plain = digits.translate(_HANZI)
    return int(plain) if plain.isdigit() and len(plain) <= 2 else None


def read_day_cell(cell: Cell) -> Read:
    """Return the day in a cell, or None and why there is none."""
    if isinstance(cell, CellError):
        return None, ERROR
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return (cell, None) if _FIRST_YEAR <= cell.year <= _LAST_YEAR else (None, _IMPOSSIBLE)
    if isinstance(cell, float | int) and _FIRST_SERIAL < cell < _LAST_SERIAL:
        return _SERIAL_ZERO + timedelta(days=int(cell)), _SERIAL
    text = plain_text(cell)
    if not text or text.lower() in PLACEHOLDERS:
        return None, None
    day = read_date(text)
    if day is not None:
        return (day, None) if _FIRST_YEAR <= day.year <= _LAST_YEAR else (None, _IMPOSSIBLE)
    if text.isdigit() and _FIRST_SERIAL < int(text) < _LAST_SERIAL:
        return _SERIAL_ZERO + timedelta(days=int(text)), _SERIAL
    return None, _NO_DAY if _MONTH.fullmatch(text) else _NO_DATE
