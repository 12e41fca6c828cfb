"""How little of a number is shown where CONTRACT §9 allows no full one."""

from __future__ import annotations

import re

_HIDDEN = "*" * 12
# Only where the first six digits are the area code for certain: a trusted prefix (14), an old (15) or
# present (18) ID, a certificate (20 to 22), an enrollment number (letter and 18).
_WITH_AREA = re.compile(
    r"([GLJ][0-9]{6})[0-9A-Z]{12}|([0-9]{6})(?:[0-9]{8,9}|[0-9]{11}[0-9X](?:[0-9]{2}(?:B[0-9]+|[0-9])?)?)"
)


def mask_id(value: str | None) -> str:
    """Return the area digits (after the letter, if any) and twelve stars, whatever was behind; "" for None.

    Of every other text nothing is shown but a leading letter: six digits of a short number give it away.
    """
    if not value:
        return ""
    text = value.strip().upper()
    if known := _WITH_AREA.fullmatch(text):
        return (known[1] or known[2]) + _HIDDEN
    return (text[0] if "A" <= text[:1] <= "Z" else "") + _HIDDEN
