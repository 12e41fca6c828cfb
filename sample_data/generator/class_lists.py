"""The class lists of 1 September: names without numbers, marked present or absent, or only those present."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .cells import class_spelling, spaced_name
from .truth import ClassRef, Pupil, Truth

_MARKS = (("是", "否"), ("√", "×"), ("已返校", "未返校"), ("是", "否"))


@dataclass(frozen=True, slots=True)
class Line:
    """One child on a class list."""

    key: int
    name: str
    sex: str
    mark: str
    reason: str
    note: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class ClassList:
    """One class list; `spelling` says how its teacher writes the class."""

    group: ClassRef
    plain: bool
    spelling: int
    lines: tuple[Line, ...]


def class_lists(truth: Truth, rng: Random) -> list[ClassList]:
    """Return the lists handed in, by class; the unreported class has none."""
    seated: dict[ClassRef, list[Pupil]] = {group: [] for group in truth.classes}
    for pupil in truth.pupils.values():
        if pupil.seat is not None and pupil.presence != "missing":
            seated[pupil.seat].append(pupil)
    papers = []
    for index, group in enumerate(truth.classes):
        if group == truth.unreported:
            continue
        marks = rng.choice(_MARKS)
        pupils = seated[group]
        rng.shuffle(pupils)
        lines = tuple(_line(pupil, marks, rng) for pupil in pupils)
        papers.append(ClassList(group, group in truth.plain_classes, index % 5, lines))
    return papers


def _line(pupil: Pupil, marks: tuple[str, str], rng: Random) -> Line:
    name = pupil.name_on_list
    if rng.random() < 0.05:
        name = spaced_name(name, rng)
    mark = {"present": marks[0], "absent": marks[1], "blank": ""}[pupil.presence]
    note = "住校" if pupil.boarding and rng.random() < 0.3 else ""
    return Line(pupil.key, name, pupil.sex, mark, pupil.absence_reason, note, pupil.id_number)


def csv_rows(paper: ClassList) -> list[list[str]]:
    """Return the list as the lines of a text file, headings first; the class and the date stand in columns."""
    written = class_spelling(paper.group.grade, paper.group.number, 0)
    rows = [["序号", "班级", "姓名", "性别", "返校日期", "是否返校", "未返校原因"]]
    for number, line in enumerate(paper.lines, start=1):
        rows.append([str(number), written, line.name, line.sex, "2025-09-01", line.mark, line.reason])
    return rows
