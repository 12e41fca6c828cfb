"""How the number of a paper is written and found again: 某校劝返〔2025〕第001号 on forms, 某教〔2025〕12号 on letters.

Which serial is next is known to the ledger. A number typed by hand may use other brackets and leave out what makes no
difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_BRACKETS = str.maketrans(dict.fromkeys("[【﹝（(「", "〔") | dict.fromkeys("]】﹞）)」", "〕"))
_NUMBER = re.compile(r"(?P<stem>.*?)第?0*(?P<serial>\d+)号?")


@dataclass(frozen=True, slots=True)
class Series:
    """A series of numbers: the word behind the issuer's, and whether it numbers official letters.

    Papers of one word share one series, so that no number is given twice.
    """

    word: str
    official: bool = False

    def stem(self, issuer: str, year: int) -> str:
        """Return what all numbers of a year begin with: 某校劝返〔2025〕."""
        return f"{issuer}{self.word}〔{year}〕"

    def number(self, stem: str, serial: int) -> str:
        """Return one number: forms count 第001号, official letters 1号 (GB/T 9704 knows neither 第 nor zeros)."""
        return f"{stem}{serial}号" if self.official else f"{stem}第{serial:03d}号"

    def serial_of(self, number: str, stem: str) -> int:
        """Return the serial of a number given from outside, 0 where it does not count in the series of `stem`."""
        parts = _parts(number)
        return parts[1] if parts is not None and parts[0] == stem else 0


def numbers_meant(typed: str, known: Iterable[str]) -> list[str]:
    """Return the known numbers that a typed one may mean; `[2025]`, a missing 第, zeros or beginning do not matter."""
    wanted = _parts(typed)
    if wanted is None:
        return []
    found = []
    for number in known:
        parts = _parts(number)
        if parts is not None and parts[1] == wanted[1] and parts[0].endswith(wanted[0]):
            found.append(number)
    exact = [number for number in found if _parts(number) == wanted]
    return exact or found


def _parts(text: str) -> tuple[str, int] | None:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_BRACKETS)
    found = _NUMBER.fullmatch(plain)
    return (found["stem"], int(found["serial"])) if found else None
