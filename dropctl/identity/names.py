"""Names as they are compared and printed: spaces, separators and width settled, hanzi never exchanged.

Variant hanzi (吕/呂, 于/於) stay what they are: whether they mean the same child is for reconcile to say.
"""

from __future__ import annotations

import re
import unicodedata

# Han characters and what stands in their place: 〇, 々, compatibility forms, the Private Use Areas.
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003ffff\U000f0000-\U0010ffff"
# Also between hanzi once a character has become unreadable.
_BESIDE = _HAN + "?*□■�"
# What `normalise_name` leaves as it is, as a pattern for whole columns, too.
PLAIN_NAME = f"[{_HAN}]+(?:·[{_HAN}]+)*"
_PLAIN = re.compile(PLAIN_NAME)
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufe00-\ufe0f\x00-\x08\x0e-\x1b\x7f]"
)
# Full-width signs and letters, and the radicals that copying from a PDF leaves in place of hanzi (⽅ for 方).
# NFKC as a whole would also exchange compatibility hanzi, which are variants.
_WIDE = re.compile("[\uff01-\uff5e\uff61-\uff65\uffe0-\uffe6\u2f00-\u2fd5]")
# Patterns of odd names are texts, compiled when the first such name comes: a set of this many ranges costs 2 ms.
_SPACE_BESIDE_HAN = f"\\s+(?=[·()（）{_BESIDE}])|(?<=[·()（）{_BESIDE}])\\s+"
_SPACES = re.compile(r"\s+")
_SEPARATOR = f"(?<=[{_BESIDE}])[.。｡·•‧・･∙⋅․᛫\u0387]+(?=[{_BESIDE}])"

_WILDCARD = "?*□■▯〓○×�"
_PRIVATE_USE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
_DESCRIPTION = r"[(（][^)）]*[上下左右内外旁头底加][^)）]+[)）]|[(（][^)）]+[旁头底][)）]"
_COMPOSED = f"[\u2ff0-\u2fff][\u2ff0-\u2fff{_HAN}]*"
_UNREADABLE = f"{_DESCRIPTION}|{_COMPOSED}|[{re.escape(_WILDCARD)}{_PRIVATE_USE}]"
_PINYIN = re.compile(r"[A-ZÜÀ-ÖØ-Þ]+[1-4]?")
_BRACKET = r"[(\[【〔][^()\[\]【】〔〕]+[)\]】〕]"
_NOTED = f"(?P<before>(?:{_BRACKET})*)(?P<name>[{_HAN}·]{{2,}})(?P<after>(?:{_BRACKET})*)"
_HAN_ONE = f"[{_HAN}]"


def normalise_name(text: str) -> str:
    """Return the name to compare and print: no spaces beside hanzi, · as separator, Latin in upper case."""
    return text if _PLAIN.fullmatch(text) else _normalise(text)[0]


def name_and_note(name: str) -> tuple[str, str | None]:
    """Return a normalised name without what stands in brackets before or after it, and these brackets: 王芳(大).

    A character described in brackets, （上龙下天）, is part of the name, and a single character is no name.
    """
    if _PLAIN.fullmatch(name) or re.search(_DESCRIPTION, name):
        return name, None
    found = re.fullmatch(_NOTED, name)
    return (found["name"], found["before"] + found["after"]) if found else (name, None)


def han_runs(name: str) -> list[str]:
    """Return the hanzi of a name in runs, without whatever stands between and around them."""
    return re.findall(f"[{_HAN}]+", name)


def name_changes(text: str) -> tuple[str, ...]:
    """Return which steps altered the name, in order: spaces, width, separator, case."""
    return () if _PLAIN.fullmatch(text) else _normalise(text)[1]


def has_unreadable_characters(name: str) -> bool:
    """Return whether part of the name is a stand-in: ?, *, □, a private character, pinyin, （上龙下天）."""
    name = normalise_name(name)
    return None in _characters(name)


def names_agree_with_wildcards(a: str, b: str) -> bool:
    """Return whether the names are equal where both can be read, a stand-in counting as any one character.

    At least one readable character must agree: a name of nothing but stand-ins agrees with none.
    """
    left, right = _characters(normalise_name(a)), _characters(normalise_name(b))
    if len(left) != len(right):
        return False
    pairs = list(zip(left, right, strict=True))
    if any(x is not None and y is not None and x != y for x, y in pairs):
        return False
    return any(x is not None and x == y and x != "·" for x, y in pairs)


def _normalise(text: str) -> tuple[str, tuple[str, ...]]:
    changes: list[str] = []

    def step(name: str, before: str, after: str) -> str:
        if after != before and name not in changes:
            changes.append(name)
        return after

    text = step("spaces", text, _tidy_spaces(_INVISIBLE.sub("", text)))
    text = step("width", text, _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text))
    text = _tidy_spaces(text)
    text = step("separator", text, re.sub(_SEPARATOR, "·", text))
    text = step("case", text, text.upper())
    return text, tuple(changes)


def _tidy_spaces(text: str) -> str:
    """Drop spaces at the ends and beside hanzi; keep one between Latin words."""
    return _SPACES.sub(" ", re.sub(_SPACE_BESIDE_HAN, "", text.strip()))


def _characters(name: str) -> list[str | None]:
    """Return the name character by character, None for each stand-in (a description or a syllable is one)."""
    unreadable = re.compile(_UNREADABLE)
    mixed = re.search(_HAN_ONE, unreadable.sub("", name)) is not None
    characters: list[str | None] = []
    position = 0
    while position < len(name):
        found = unreadable.match(name, position) or (_PINYIN.match(name, position) if mixed else None)
        characters.append(None if found else name[position])
        position = found.end() if found else position + 1
    return characters
