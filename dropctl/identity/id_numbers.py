"""Resident ID numbers (GB 11643): what a cell holds, whether it is valid, what it says about its holder.

An unknown area code is no fault here: codes come and go with mergers of counties.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from dropctl.identity.cell_text import NOTHING, CellText, read_number, read_text

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
# The sum over ASCII codes is larger than the one over digits by this much.
_CODE_OFFSET = 48 * sum(_WEIGHTS)

_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_SEVENTEEN = re.compile(r"[0-9]{17}")
_FIFTEEN = re.compile(r"[0-9]{15}")
_NUMBER_LIKE = re.compile(r"[0-9]+X?")
_CERTIFICATE = re.compile(r"([0-9]{17}[0-9X])[1-7][1-4](?:B[0-9]+|[0-9])?")
_ENROLLMENT_LIKE = re.compile(r"[GLJ][0-9]{17}[0-9X]")
# Passports, permits of Hong Kong, Macau and Taiwan, old residence cards (three letters, twelve digits).
_OTHER_DOCUMENT = re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?:[A-Z][0-9A-Z()-]{4,17}|[0-9A-Z()-]{5,13})")

FIRST_YEAR, LAST_YEAR = 1900, 2100
# The first two digits of GB/T 2260: provinces come and go far more rarely than counties.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


@dataclass(frozen=True, slots=True)
class IdNumber:
    """What one cell of an ID column holds.

    `value`: the 18 characters when valid, else None. `status`: valid, repaired, digits_lost, invalid,
    other_document, missing. `repairs`: the lossless repairs that altered the text. `prefix`: the first 14
    digits when they survived a spreadsheet. `fault`: length, characters, date, check_digit, digits_lost.
    `text`: what was read after the repairs, also when invalid.
    """

    value: str | None
    status: str
    repairs: tuple[str, ...]
    prefix: str | None
    fault: str | None
    text: str


_MISSING = IdNumber(None, "missing", (), None, None, "")


def check_digit(first17: str) -> str:
    """Return the 18th character for 17 digits (GB 11643); ValueError when they are not 17 digits."""
    if not _SEVENTEEN.fullmatch(first17):
        raise ValueError("17 digits expected")
    return _check_digit(first17)


def is_valid_id(text: str) -> bool:
    """Return whether `text` is 18 characters, upper-case X, with a real date and the right check digit."""
    return _EIGHTEEN.fullmatch(text) is not None and _fault(text) is None


@lru_cache(maxsize=2**16)  # asked of the same child by every list that names it
def id_birth_date(value: str) -> date:
    """Return the birth date inside a valid 18-character number."""
    return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))


def area_is_known(value: str) -> bool:
    """Return whether a number begins with the code of a province; counties are not looked at (they merge)."""
    return value[:2] in _PROVINCES


def id_sex(value: str) -> str:
    """Return 男 or 女 from the 17th digit of a valid 18-character number (odd is male)."""
    return "男" if int(value[16]) % 2 else "女"


def parse_id_number(cell: object) -> IdNumber:
    """Return what the cell of an ID column holds; accepts every `Cell`, an error value counts as missing."""
    if isinstance(cell, str):
        if _EIGHTEEN.fullmatch(cell) and _fault(cell) is None:
            return IdNumber(cell, "valid", (), None, None, cell)
        return _judge(read_text(cell))
    if isinstance(cell, bool):
        return IdNumber(None, "invalid", (), None, "characters", str(cell).upper())
    if isinstance(cell, int | float):
        return _judge(read_number(cell))
    if isinstance(cell, date):
        return IdNumber(None, "invalid", (), None, "characters", cell.isoformat())
    return _MISSING


def digits_lost_agrees(prefix: str, other_id: str) -> bool:
    """Return whether the 14 trusted digits of a damaged number are those of `other_id`."""
    return len(prefix) == 14 and other_id.startswith(prefix)


def differs_by_one_slip(a: str, b: str) -> bool:
    """Return whether one typing slip turns a into b: a wrong, dropped or doubled character, or two swapped.

    At least one of the two must have the full 18 characters; equal texts do not differ.
    """
    if len(a) == len(b) == 18:
        differing = [i for i in range(18) if a[i] != b[i]]
        if len(differing) == 2:
            i, j = differing
            return j == i + 1 and a[i] == b[j] and a[j] == b[i]
        return len(differing) == 1
    short, long = sorted((a, b), key=len)
    if len(long) - len(short) != 1 or 18 not in (len(short), len(long)):
        return False
    first = next((i for i, char in enumerate(short) if char != long[i]), len(short))
    return short[first:] == long[first + 1 :]


def real_date(eight_digits: str) -> bool:
    """Return whether YYYYMMDD is a day of the calendar between 1900 and 2100."""
    try:
        day = date(int(eight_digits[:4]), int(eight_digits[4:6]), int(eight_digits[6:]))
    except ValueError:
        return False
    return FIRST_YEAR <= day.year <= LAST_YEAR


def fault_of(text: str) -> str | None:
    """Return what is wrong with a text that should be an 18-character number, None when it is valid."""
    if _EIGHTEEN.fullmatch(text):
        return _fault(text)
    return "length" if _NUMBER_LIKE.fullmatch(text) and len(text) != 18 else "characters"


def _check_digit(text: str) -> str:
    return _CHECK_DIGITS[(sum(map(mul, text.encode(), _WEIGHTS)) - _CODE_OFFSET) % 11]


def _fault(text: str) -> str | None:
    """Return date or check_digit for 17 digits and a digit or X, None when both are right."""
    if not real_date(text[6:14]):
        return "date"
    return None if text[17] == _check_digit(text) else "check_digit"


def _judge(read: CellText) -> IdNumber:
    text, repairs = read.text, read.repairs
    if read is NOTHING or not text:
        return _MISSING
    if read.lost:
        return _digits_lost(text, repairs, read.trusted)
    if _FIFTEEN.fullmatch(text):
        return _from_fifteen(text, repairs)
    if (certificate := _CERTIFICATE.fullmatch(text)) and _fault(certificate[1]) is None:
        return IdNumber(certificate[1], "repaired", (*repairs, "from_certificate"), None, None, certificate[1])
    if text.startswith("G") and fault_of(text[1:]) is None:
        # A formal enrollment number typed into the ID column: G and the ID number, nothing is lost.
        return IdNumber(text[1:], "repaired", (*repairs, "from_enrollment_number"), None, None, text[1:])
    fault = fault_of(text)
    if fault is None:
        return IdNumber(text, "repaired" if repairs else "valid", repairs, None, None, text)
    if fault == "check_digit" and text.endswith("000"):  # a csv saved from a spreadsheet
        return _digits_lost(text, repairs, text[:14])
    if fault == "characters" and _OTHER_DOCUMENT.fullmatch(text) and not _ENROLLMENT_LIKE.fullmatch(text):
        return IdNumber(None, "other_document", repairs, None, None, text)
    return IdNumber(None, "invalid", repairs, None, fault, text)


def _digits_lost(text: str, repairs: tuple[str, ...], trusted: str) -> IdNumber:
    prefix = trusted if len(trusted) == 14 and real_date(trusted[6:]) else None
    return IdNumber(None, "digits_lost", repairs, prefix, "digits_lost", text)


def _from_fifteen(text: str, repairs: tuple[str, ...]) -> IdNumber:
    # 349901 20120901 1 is a newer number cut short, not somebody born in December 1920: the old numbers
    # of people over a hundred are given up for the sake of the children.
    if text[6:8] in ("19", "20") and real_date(text[6:14]):
        return IdNumber(None, "invalid", repairs, None, "length", text)
    longer = f"{text[:6]}19{text[6:]}"
    if not real_date(longer[6:14]):
        return IdNumber(None, "invalid", repairs, None, "date", text)
    value = longer + _check_digit(longer)
    return IdNumber(value, "repaired", (*repairs, "fifteen_to_eighteen"), None, None, value)
