"""What a cell that should hold a number says: its text after lossless repairs, or the digits a float kept.

Shared by the three kinds of numbers. It judges no number; it only undoes what typing, copying and
spreadsheets did, and tells apart what can be undone from what is lost.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

# White space of every kind and the characters that take no room but travel with copied text
# (zero width, byte order mark, direction marks, soft hyphen).
_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x1f\x7f"
_SPACES = re.compile(rf"[\s{_INVISIBLE}]+")
_FORMULA = re.compile(r"=\"*([^\"=]*)\"*")
_QUOTES = "'\"`´‘’‚‛“”„′″「」"
_TIMES = "×✕✖╳*Хх"  # the last two are Cyrillic: they look like X
_ENDS_IN_TIMES = re.compile(rf"[GLJ]?[0-9]{{17}}[{re.escape(_TIMES)}](?:[1-7][1-4](?:B[0-9]+|[0-9])?)?")
_SCIENTIFIC = re.compile(r"([0-9])(?:\.([0-9]+))?E\+?([0-9]{2,3})")
_FLOAT_TEXT = re.compile(r"([0-9]{15,})\.0+")
_PLACEHOLDER = re.compile(
    r"0+|[-—–―_/\\.·~～?]+|(?:N/?A|NULL|NONE|NAN|NIL)|#[A-Z/0-9]+[!?]?|空|缺|暂缺|不明"
    r"|(?:暂?无|没有|未|待|不详|不清)[^0-9A-Z]{0,8}"
)

# Excel keeps 15 significant digits; an integer below this limit is stored as typed.
EXACT_LIMIT = 10**15
# An ID, or a disability certificate, which begins with one.
_LENGTHS_WITH_ID = (18, 20, 21, 22)


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell as text: upper case, lossless repairs done and named; `lost` when digits are gone for good.

    `trusted` holds the leading digits that survived the loss (at most 14), "" when too few did.
    """

    text: str
    repairs: tuple[str, ...] = ()
    lost: bool = False
    trusted: str = ""


NOTHING = CellText("")


def read_text(raw: str) -> CellText:
    """Return `raw` after the lossless repairs; a placeholder such as 无 or / comes back as `NOTHING`."""
    text = _SPACES.sub(" ", raw).strip()
    repairs: list[str] = []
    if " " in text:
        text = text.replace(" ", "")
        repairs.append("spaces")
    wide = unicodedata.normalize("NFKC", text)
    if wide != text:
        text = _SPACES.sub("", wide)
        repairs.append("width")
    if formula := _FORMULA.fullmatch(text):
        text = formula[1]
        repairs.append("formula_text")
    bare = text.strip(_QUOTES)
    if bare != text:
        text = bare
        repairs.append("quotes")
    upper = text.upper()
    if not upper or _PLACEHOLDER.fullmatch(upper):
        return NOTHING
    if _ENDS_IN_TIMES.fullmatch(upper):
        upper = re.sub(f"[{re.escape(_TIMES)}]", "X", upper)
        repairs.append("times_for_x")
    elif "x" in text and upper != text:
        repairs.append("lower_x")
    if whole := _FLOAT_TEXT.fullmatch(upper):  # a float column written to csv by a program
        number = read_number(float(whole[1])) if len(whole[1]) < 300 else NOTHING
        return CellText(number.text, tuple(repairs), number.lost, number.trusted)
    if scientific := _SCIENTIFIC.fullmatch(upper):
        digits = scientific[1] + (scientific[2] or "")
        # 13 digits and more are all that the float had, without its last zeros; fewer are a cell's display.
        enough = len(digits) >= 13 and int(scientific[3]) + 1 in _LENGTHS_WITH_ID
        trusted = digits.ljust(14, "0")[:14] if enough else ""
        return CellText(upper, tuple(repairs), lost=True, trusted=trusted)
    return CellText(upper, tuple(repairs))


def read_number(value: float) -> CellText:
    """Return the digits of a number cell; `lost` from 16 digits on, where a spreadsheet keeps only 15.

    A whole number that no float can hold, and that does not end in 000, never went through a spreadsheet
    (an integer column of a parquet file): it is exact. Not `int()` of a typed number: that invents digits.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            return NOTHING
        if not value.is_integer():
            return CellText(repr(value).upper())
    whole = int(value)
    if whole == 0:
        return NOTHING
    if abs(whole) < EXACT_LIMIT or abs(whole) >= 10**30:
        return CellText(str(whole))
    if isinstance(value, int) and whole % 1000 and int(float(whole)) != whole:
        return CellText(str(whole))
    held = float(whole)
    shown = f"{held:.15g}"
    # Typed into a spreadsheet: cut off, not rounded. (A program's rounding of a sequence number from 993 on
    # can look the same; the other reading is a hundred times as frequent, and both go to review.)
    if float(shown) == held or whole % 1000 == 0:
        text = str(int(Decimal(shown))) if float(shown) == held else str(whole)
        return CellText(text, lost=True, trusted=text[:14] if len(text) in _LENGTHS_WITH_ID else "")
    return CellText(str(whole), lost=True, trusted=_leading_of_rounded(whole, int(math.ulp(held)) // 2))


def _leading_of_rounded(whole: int, error: int) -> str:
    """Return the first 14 digits of an ID that a program rounded by at most `error`, "" if two are possible.

    Rounding can carry over into the birth date. Sequence numbers 000 and 996 to 999 are not given to
    children (GB 11643 keeps the latter for people over a hundred), which settles most of those cases.
    """
    length = len(str(whole))
    if length not in _LENGTHS_WITH_ID:
        return ""
    scale = 10 ** (length - 17)
    possible = range((whole - error) // scale, (whole + error) // scale + 1)
    prefixes = {first17 // 1000 for first17 in possible if 1 <= first17 % 1000 <= 995}
    return str(prefixes.pop()) if len(prefixes) == 1 else ""
