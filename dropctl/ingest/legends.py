"""What a sheet itself says its marks mean: legend lines, a title with signs in it, 缺勤的打√.

A sheet's own words go before the usual meaning of a mark: in one school × is a sick child, in the next a truant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from dropctl.registers.absence_words import WORDS, Meaning, meaning_of_words, plain_mark
from dropctl.tables.raw import Cell, raw_text

_HEAD = re.compile(
    r"^\s*[(（【]?\s*(考勤符号|符号说明|图例|符号|标记|说明|填写说明|填表说明|备注|注)\s*[)）】]?\s*[:：]?"
)
_SIGN_WORD = re.compile(r"([^\s,，;；、。()（）]+?)\s*[=:：]\s*([^\s,，;；、。()（）]+)")
_SIGNS = "√✓✔☑×✗✕✘xX○〇◯oO△▲◎#＃☆★●■□◇※*＊"
# 缺勤的打√: then √ is no child that is there.
_TICKED = re.compile(
    f"([\u4e00-\u9fa5]{{2,6}}?)(?:的|者|学生|同学|人员)*(?:请)?[打画划用记填标][“\"'”（(]?\\s*([{_SIGNS}])"
)
_FEWEST = 2  # a sign beside a word may be chance, two are a legend


def legend_lines(row: Sequence[Cell]) -> list[str]:
    """Return the texts of a row that explain marks: the row where it begins as a legend does, else single cells."""
    if begins_as_legend(row):
        return ["　".join(text for cell in row if (text := raw_text(cell)))]
    return [cell for cell in row if type(cell) is str and len(cell) > _FEWEST and _explains(cell)]


def begins_as_legend(row: Sequence[Cell]) -> bool:
    """Say whether a row begins with 图例, 说明 and the like; then it is no pupil's, whatever else it holds."""
    opening = next((cell for cell in row if cell is not None), None)
    return _HEAD.match(raw_text(opening) or "") is not None


def read_legend(texts: Iterable[str]) -> dict[str, Meaning]:
    """Return what the sheet's own lines say their marks mean: `√ 出勤 × 旷课`, `出勤√ 旷课×` or `病=病假`."""
    legend: dict[str, Meaning] = {}
    for text in texts:
        for sign, word in _pairs(text):
            if (meaning := meaning_of_words(word)) is not None:
                legend[plain_mark(sign)] = meaning
    return legend


def _pairs(text: str) -> list[tuple[str, str]]:
    said = _HEAD.sub("", unicodedata.normalize("NFKC", text))
    ticked = [(sign, word) for word, sign in _TICKED.findall(said) if meaning_of_words(word) is not None]
    if ticked:
        return ticked
    stated = [_sign_and_word(one, two) for one, two in _SIGN_WORD.findall(said)]
    return [pair for pair in stated if pair] or _neighbours(said)


def _explains(text: str) -> bool:
    """Say whether a text that does not begin as a legend is one all the same."""
    if not any(sign in text for sign in _SIGNS):
        return False
    said = unicodedata.normalize("NFKC", text)
    if any(meaning_of_words(word) is not None for word, _ in _TICKED.findall(said)):
        return True
    known = {sign for sign, word in _pairs(text) if sign in _SIGNS and meaning_of_words(word) is not None}
    return len(known) >= _FEWEST


def _sign_and_word(one: str, two: str) -> tuple[str, str] | None:
    """Return which of two texts joined by = or : is the sign and which the word, None when neither is a sign."""
    for sign, word in ((one, two), (two, one)):
        is_sign = len(sign) == 1 or (len(sign) == 2 and sign not in WORDS)
        if is_sign and meaning_of_words(word) is not None:
            return sign, word
    return None


def _neighbours(text: str) -> list[tuple[str, str]]:
    """Return (sign, word) for signs and words that stand beside each other, in the order that explains more of them.

    Where both orders do, in the one the line begins with.
    """
    tokens = re.findall(r"[^\w\s,，;；、。:：()（）]|[\u4e00-\u9fa5]+", text)
    signs = [not re.match(r"[\u4e00-\u9fa5]", token) for token in tokens]
    orders = []
    for sign_first in (True, False):
        found = [
            (tokens[one], tokens[two]) if sign_first else (tokens[two], tokens[one])
            for one, two in pairwise(range(len(tokens)))
            if signs[one] == sign_first and signs[two] != sign_first
        ]
        orders.append([pair for pair in found if meaning_of_words(pair[1]) is not None])
    first, second = orders if tokens and signs[0] else reversed(orders)
    return second if len(second) > len(first) else first
