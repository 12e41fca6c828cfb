"""The telephone numbers in one cell that somebody could really dial."""

from __future__ import annotations

import re
import unicodedata

_MOBILE = r"(?:(?:\+|00)?86[- ]?)?(?P<mobile>1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4})"
_LANDLINE = r"(?:(?:(?:\+|00)86[- ]?)?\(?(?P<area>0[0-9]{2,3})\)?[- ]*)?(?P<local>[2-8][0-9]{6,7})"
_NUMBER = re.compile(rf"(?<![0-9*])(?:{_MOBILE}|(?<![0-9]-){_LANDLINE})(?![0-9*])")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_DASHES = re.compile("[‐‑‒–—―－_]+")
_PIECES = re.compile(r"[、/;,|\\\n]+")


def parse_phones(cell: object) -> tuple[str, ...]:
    """Return the usable numbers of a cell in order: mobiles, landlines as 0559-5551234 or 5551234."""
    text = _text(cell)
    found = _find(text)
    if not found:  # grouped in some unusual way: 1990000 1234
        found = [number for piece in _PIECES.split(text) for number in _find(re.sub(r"[\s-]+", "", piece))]
    return tuple(dict.fromkeys(found))


def holds_unread_number(cell: object) -> bool:
    """Return whether a cell with usable numbers also holds digits, five or more in a row, that are no number."""
    text = _text(cell)
    if not _NUMBER.search(text):
        return False
    return re.search(r"[0-9]{5}", re.sub(r"[\s-]", "", _NUMBER.sub("、", text))) is not None


def is_usable_phone(text: str) -> bool:
    """Return whether at least one number in the text can be dialled."""
    return bool(parse_phones(text))


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = str(cell)
    if not isinstance(cell, str):
        return ""
    text = _DASHES.sub("-", _INVISIBLE.sub("", unicodedata.normalize("NFKC", cell)))
    return text.removesuffix(".0")


def _find(text: str) -> list[str]:
    numbers = []
    for match in _NUMBER.finditer(text):
        if match["mobile"]:
            mobile = re.sub("[- ]", "", match["mobile"])
            if not mobile.endswith("0" * 9):
                numbers.append(mobile)
        elif len(set(match["local"])) > 1:
            numbers.append(f"{match['area']}-{match['local']}" if match["area"] else match["local"])
    return numbers
