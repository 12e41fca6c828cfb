"""What titles, sheet names and file names say about when a list was made: a day, a term, a school year."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from dropctl.registers.steps import dates_in
from dropctl.school_calendar import school_year

_SCHOOL_YEAR = re.compile(
    r"(20\d\d)\s*[-—–－~～至/]+\s*(20\d\d)\s*学年度?\s*(?:第?\s*([一二12])\s*学期|([上下])学期|(春|秋)季?)?"
)
_SEASON = re.compile(r"(20\d\d)\s*年?\s*(春|秋)季?")
_LAST_TERM = re.compile(r"上学期|上一学期|上学年|上一学年|去年|上年度|往年|旧名册")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})日")


def term_number(day: date) -> int:
    """Return a number that grows by one each term: twice the school year, plus one in spring (from 1 February)."""
    return 2 * school_year(day) + (1 if 2 <= day.month <= 8 else 0)


def first_day_of(term: int) -> date:
    """Return a day at the beginning of the term with this `term_number`."""
    year, spring = divmod(term, 2)
    return date(year + 1, 2, 1) if spring else date(year, 9, 1)


def term_named(text: str) -> int | None:
    """Return the `term_number` a text names (2024—2025学年第二学期, 2025年春季), None when it names none.

    A school year without a term counts as its second term, so that only an earlier *year* makes a list old.
    """
    plain = unicodedata.normalize("NFKC", text)
    found = _SCHOOL_YEAR.search(plain)
    if found:
        part = found[3] or found[4] or found[5]
        first = part in ("一", "1", "上", "秋")
        return 2 * int(found[1]) + (0 if first else 1)
    found = _SEASON.search(plain)
    if found:
        year = int(found[1])
        return 2 * (year - 1) + 1 if found[2] == "春" else 2 * year
    return None


def says_last_term(text: str) -> bool:
    """Say whether a text without a school year calls its list one of an earlier term (上学期, 去年 …)."""
    return term_named(text) is None and _LAST_TERM.search(text) is not None


def day_named(text: str, as_of: date) -> tuple[date | None, bool]:
    """Return the first day a text names, and whether its year had to be supplied (9月1日 → the last one ≤ `as_of`)."""
    days = dates_in(text)
    if days:
        return days[0], False
    found = _MONTH_DAY.search(unicodedata.normalize("NFKC", text))
    if found:
        for year in (as_of.year, as_of.year - 1):
            try:
                day = date(year, int(found[1]), int(found[2]))
            except ValueError:
                return None, False
            if day <= as_of:
                return day, True
    return None, False
