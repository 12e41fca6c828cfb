"""Grades and classes as schools write them, brought to one form: grade `"7"`, class `七年级1班`.

六三 system only (grades 1–9); a cohort such as 2025级 needs the school year it is read in (reference §8.2).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from dropctl.tables.raw import Cell
from dropctl.vocabulary import GRADE_NUMERALS, grade_label

_NUMERALS = {numeral: number for number, numeral in enumerate(GRADE_NUMERALS, start=1)} | {"十": 10, "两": 2}
_JUNIOR = {"初一": 7, "初二": 8, "初三": 9, "初1": 7, "初2": 8, "初3": 9}
_COHORT = r"(?P<stage>初中?|小学?)?(?P<cohort>20\d\d)级(?:\((?P<behind>初中|小学)部?\))?"
_GRADE = (
    r"(?P<grade>初中?[一二三123](?:年级|级)?|(?:小学)?[一二三四五六七八九](?:年级|年)?|0?[1-9]年级?"
    rf"|{_COHORT})(?:[上下](?:学期|册)|第[一二]学期|[上下])?"
)
_CLASS = r"[(（\[【]?第?(?P<class>\d{1,2}|[一二三四五六七八九十]{1,3}|[^\W\d_]{1,6}?)[)）\]】]?\s*班?"
_BOTH = re.compile(rf"^{_GRADE}\s*[-.·]?\s*{_CLASS}$")
_BOTH_INSIDE = re.compile(
    rf"(?<![\d高大]){_GRADE}\s*[-.·]?\s*[(（\[【]?第?(?P<class>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[)）\]】]?\s*班"
)
_SHORT = re.compile(r"^0?(?P<grade>[1-9])(?P<class>\d{2})班?$")
_BRACKETED = re.compile(r"^(?P<grade>[1-9])\((?P<class>\d{1,2}|[一二三四五六七八九十]{1,3})\)班?$")
_ONLY_GRADE = re.compile(r".*级(?:[上下](?:学期|册)?)?|初中?[一二三]")
_DOTTED = re.compile(r"^(?P<grade>[1-9])\s*[-.·]\s*[(（]?(?P<class>\d{1,2})[)）]?\s*班?$")


@dataclass(frozen=True, slots=True)
class Placement:
    """A grade (`"1"`…`"9"`) and class (`七年级1班`); either may be None when the text does not tell."""

    grade: str | None
    class_name: str | None


NOWHERE = Placement(None, None)


def _plain(cell: Cell | object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(cell))).replace("級", "级")


def _class_label(text: str) -> str:
    if text.isdigit():
        return str(int(text))
    if all(char in _NUMERALS for char in text):
        if text == "十":
            return "10"
        if "十" in text:
            tens, _, ones = text.partition("十")
            return str((_NUMERALS.get(tens, 1)) * 10 + _NUMERALS.get(ones, 0))
        if len(text) == 1:
            return str(_NUMERALS[text])
    return text


def says_junior(text: str) -> bool | None:
    """Return whether a text speaks of a junior school, False of a primary one; None when it says neither or both."""
    junior, primary = re.search(r"初中|初级中学", text), "小学" in text
    return None if bool(junior) == primary else bool(junior)


def _grade_of(found: Mapping[str, str | None], school_year: int, junior: bool) -> str | None:
    """Return the grade a match names; the entry year of a cohort counts from grade 1, in a junior school from 7."""
    if cohort := found.get("cohort"):
        stage = found.get("stage") or found.get("behind")
        number = school_year - int(cohort) + (7 if (stage.startswith("初") if stage else junior) else 1)
        return str(number) if 1 <= number <= 9 else None
    text = re.sub(r"[上下](学期|册)?$|第[一二]学期$", "", found["grade"] or "")
    text = text.replace("初中", "初").removeprefix("小学")
    text = text.removesuffix("级").removesuffix("年")
    if text in _JUNIOR:
        return str(_JUNIOR[text])
    if text.lstrip("0").isdigit():
        return text.lstrip("0")
    return str(_NUMERALS[text]) if text in _NUMERALS else None


def read_grade(cell: Cell | object, school_year: int, *, junior: bool = False) -> str | None:
    """Return the grade a cell names (七年级, 初一, 7, 07, 2025级 …) as `"1"`…`"9"`, else None."""
    text = _plain(cell)
    if re.fullmatch(r"0?[1-9]", text):
        return text.lstrip("0")
    if re.fullmatch(r"20\d\d", text):
        text += "级"
    coded = re.fullmatch(r"\d{1,2}-(.+)", text)
    found = re.fullmatch(_GRADE, coded.group(1) if coded else text)
    return _grade_of(found.groupdict(), school_year, junior) if found else None


def make_placement(grade: str | None, label: str | None) -> Placement:
    """Return the placement for a grade and a class label (`1`, `火箭`) in the canonical form."""
    if label is None:
        return Placement(grade, None)
    label = _class_label(label)
    return Placement(grade, f"{grade_label(grade)}{label}班" if grade else f"{label}班")


def read_placement(grade_cell: object, class_cell: object, school_year: int, *, junior: bool = False) -> Placement:
    """Return the placement two cells name together; either may hold both (七（1）班, 701, 7.1, 初一2班)."""
    grade = read_grade(grade_cell, school_year, junior=junior)
    text = _plain(class_cell)
    if not text:
        if grade is None and grade_cell is not None:
            return read_placement(None, grade_cell, school_year, junior=junior)
        return Placement(grade, None)
    if _ONLY_GRADE.fullmatch(text) and (own := read_grade(text, school_year, junior=junior)):
        return Placement(grade or own, None)  # the grade stands in the column for classes as well
    for pattern in (_SHORT, _DOTTED, _BRACKETED, _BOTH):
        found = pattern.match(text)
        if found:
            named = found.groupdict()
            own = _grade_of(named, school_year, junior)
            # «五班» alone is a class, not grade five with an empty class.
            if own is not None and not (pattern is _BOTH and text.removesuffix("班") == named["grade"]):
                if grade is None or own == grade:
                    return make_placement(own, named["class"])
                if pattern is _BOTH:
                    return make_placement(grade, named["class"])
    bare = re.fullmatch(r"[(（]?第?(.{1,8}?)[)）]?班?", text)
    return make_placement(grade, bare.group(1) if bare else text)


def placement_in_stage(
    grade_cell: object, class_cell: object, school_year: int, *, stage: str | None, school: str | None, junior: bool
) -> Placement:
    """Return the placement of two cells in a row that also names its stage or its school.

    They settle what a cohort counts from, before `junior`, which the sheet as a whole says. A column 学段 with 初中
    makes 一年级 grade 7.
    """
    own = says_junior(stage or "")
    whole = own if own is not None else says_junior(school or "")
    place = read_placement(grade_cell, class_cell, school_year, junior=junior if whole is None else whole)
    if own and place.grade in ("1", "2", "3"):
        grade = str(int(place.grade) + 6)
        label = (place.class_name or "").removeprefix(grade_label(place.grade)).removesuffix("班")
        return make_placement(grade, label or None)
    return place


def find_placement(text: str, school_year: int, *, junior: bool = False) -> Placement:
    """Return the placement named somewhere inside a title, sheet or file name; NOWHERE when none is."""
    plain = _plain(text)
    found = _BOTH_INSIDE.search(plain)
    if found:
        grade = _grade_of(found.groupdict(), school_year, junior)
        if grade:
            return make_placement(grade, found["class"])
    for pattern in (_SHORT, _DOTTED):
        found = pattern.match(plain)
        if found:
            return make_placement(found["grade"], found["class"])
    inside = re.search(r"(?<!\d)([1-9])(0[1-9]|[1-3]\d)班", plain) or re.search(
        r"(?<![\d.])([1-9])[.-](\d{1,2})班?(?![\d.])", plain
    )
    if inside:
        return make_placement(inside.group(1), inside.group(2))
    short = re.fullmatch(rf"([{GRADE_NUMERALS}])[(（]?(\d{{1,2}}|[{GRADE_NUMERALS}])[)）]?班?", plain)
    if short:
        return make_placement(str(_NUMERALS[short.group(1)]), short.group(2))
    only = re.search(r"(?<!高)(初中?[一二三123]|[一二三四五六七八九]|(?<!\d)[1-9])年级|初([一二三])", plain)
    if only:
        return Placement(read_grade(only.group(0), school_year), None)
    return NOWHERE


_ROOM = re.compile(r"^[(（\[【]?第?(\d{1,2}|[一二三四五六七八九十]{1,3})[)）\]】]?班$")


def hinted_placement(texts: tuple[str, ...], school_year: int, *, junior: bool = False) -> Placement:
    """Return the placement that title, sheet name and file name tell together, the first that names a class.

    A title 三年级返校登记 over a sheet called 1班 makes 三年级1班.
    """
    places = [find_placement(text, school_year, junior=junior) for text in texts]
    whole = next((place for place in places if place.class_name), None)
    if whole is not None:
        return whole
    grade = next((place.grade for place in places if place.grade), None)
    room = next((found[1] for text in texts if (found := _ROOM.match(_plain(text)))), None)
    return make_placement(grade, room) if grade and room else Placement(grade, None)
