"""What must hold between the cells of one row, or between the rows of one sheet, whatever the list is for.

A parse step sees one cell; here a birth date meets the number it belongs to. Nothing is changed and nobody is judged:
each check gives issues, the rules have their own findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from dropctl.identity import area_is_known, id_birth_date
from dropctl.tables.issues import Issue
from dropctl.tables.raw import RawSheet, cell_address, raw_text
from dropctl.tables.spec import Problem, Source, TableSpec
from dropctl.vocabulary import grade_label

# In these a child has one row; approvals, letters and visits name the same child again and again.
_ONE_ROW_EACH = frozenset({"enrollment", "previous", "poverty", "disability", "household"})
_OF_PUPILS = frozenset({"enrollment", "presence", "transfer", "home_teaching"})
_YOUNGEST, _OLDEST = 5, 20  # years of age at which somebody may still be a pupil of grades 1 to 9
_ODD_YEARS, _WRONG_YEARS = 2, 3  # from so many grades off on, a person should look; one is ordinary

_BIRTH = Problem("birth_differs_from_id", "warning", "出生日期与证件号里的不一致，比对时以证件号为准，请按户口簿核对")
_SEX = Problem("sex_differs_from_id", "warning", "性别与证件号里的不一致（倒数第二位单数为男），请按户口簿核对")
_AREA = Problem("id_area_unknown", "warning", "证件号开头的地区代码不存在，校验位虽对，仍请按户口簿核对")
_NAMELESS = Problem("name_missing", "warning", "这一行有证件号而没有姓名，请补上姓名")
_FUTURE = Problem("birth_in_future", "error", "出生日期在今后，不可能，请按户口簿核对")
_AGE = Problem("age_impossible", "warning", "按出生日期算，年龄不像在校学生（不足5岁或超过20岁），请核对")
_GRADE = Problem("age_far_from_grade", "warning", "年龄与年级相差三年或更多，出生日期、证件号或年级可能有误，请核对")
_GRADE_ODD = Problem("age_odd_for_grade", "note", "年龄与年级相差两年，休学、晚入学的不用改，其他的请核对")
_OTHER_GRADE = Problem("class_of_other_grade", "warning", "班级写的是另一个年级的班号，年级和班级有一处不对，请核对")
_LOST_ZERO = Problem(
    "class_lost_zero", "warning", "班级是数字，10班、20班末尾的0会丢失；本年级没有10班的学生，请核对这里是不是10班"
)
_TWICE = "同一个证件号在本表第{row}行也有，是重复的一行还是号码写错，请核对"


def row_checks(
    spec: TableSpec,
    sheet: RawSheet,
    sources: Sequence[Source],
    data: Mapping[str, Sequence[Any]],
    indices: Sequence[int],
    *,
    as_of: date,
    school_year: int,
) -> list[Issue]:
    """Return the issues between cells of the rows `indices` of `sheet`, which `data` holds in canonical form.

    `data` are the columns of `spec.schema()`, one value per row. Each issue stands at the cell to look at first.
    """
    places = {source.column.key: source.places[0] for source in sources}

    def at(number: int, key: str, problem: Problem) -> Issue:
        place, row = places[key], data["row"][number]
        cells = sheet.rows[indices[number]]
        raw = raw_text(cells[place]) if place < len(cells) else None
        address = cell_address(row, place)
        return Issue(
            spec.kind, sheet.file, sheet.sheet, address, row, key, problem.code, problem.severity, raw, problem.message
        )

    said: list[Issue] = []
    if "id_number" in places:
        said += [at(number, key, problem) for number, key, problem in _numbers(spec, places, data)]
    if spec.kind in _OF_PUPILS:
        said += [at(number, key, problem) for number, key, problem in _ages(places, data, as_of, school_year)]
    if spec.placed_in_class and "class_name" in places:
        cells = [sheet.rows[index] for index in indices]
        said += [at(number, "class_name", problem) for number, problem in _rooms(places["class_name"], cells, data)]
    return said


def _numbers(
    spec: TableSpec, places: Mapping[str, int], data: Mapping[str, Sequence[Any]]
) -> Iterator[tuple[int, str, Problem]]:
    rows = len(data["row"])
    nothing = [None] * rows
    births = data["birth_date"] if "birth_date" in places else nothing
    sexes = data["sex"] if "sex" in places else nothing
    first: dict[str, int] = {}
    for number, (value, name, birth, sex) in enumerate(
        zip(data["id_number"], data["name"], births, sexes, strict=True)
    ):
        if value is None:
            continue
        if name is None:
            yield number, "name", _NAMELESS
        if birth is not None and value[6:14] != f"{birth.year:04}{birth.month:02}{birth.day:02}":
            yield number, "birth_date", _BIRTH
        if sex is not None and (sex == "男") != (value[16] in "13579"):
            yield number, "sex", _SEX
        if not area_is_known(value):
            yield number, "id_number", _AREA
        if spec.kind in _ONE_ROW_EACH:
            row = data["row"][number]
            before = first.setdefault(value, row)
            if before != row:
                yield number, "id_number", Problem("id_repeated", "warning", _TWICE.format(row=before))


def _ages(
    places: Mapping[str, int], data: Mapping[str, Sequence[Any]], as_of: date, school_year: int
) -> Iterator[tuple[int, str, Problem]]:
    """Birth dates no pupil has. The number wins over the column, and the issue stands where the date was read."""
    rows = len(data["row"])
    nothing = [None] * rows
    stated, grades = data.get("birth_date", nothing), data.get("grade", nothing)
    for number, (value, birth, grade) in enumerate(zip(data["id_number"], stated, grades, strict=True)):
        key = "id_number" if value is not None else "birth_date"
        born = id_birth_date(value) if value is not None else birth
        if born is None or key not in places:
            continue
        age = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
        if born > as_of:
            yield number, key, _FUTURE
        elif not _YOUNGEST <= age <= _OLDEST:
            yield number, key, _AGE
        elif grade is not None:
            off = abs(int(grade) - _usual_grade(born, school_year))
            if off >= _WRONG_YEARS:
                yield number, key, _GRADE
            elif off >= _ODD_YEARS:
                yield number, key, _GRADE_ODD


def _usual_grade(born: date, school_year: int) -> int:
    """Return the grade of a child who entered in the year it was six by 31 August (reference §8.1)."""
    entry = born.year + 6 + ((born.month, born.day) > (8, 31))
    return school_year - entry + 1


def _rooms(
    place: int, rows: Sequence[Sequence[Any]], data: Mapping[str, Sequence[Any]]
) -> Iterator[tuple[int, Problem]]:
    rooms: dict[str, set[int]] = {}
    numbered: list[int | None] = []
    for grade, name in zip(data["grade"], data["class_name"], strict=True):
        label = (name or "").removeprefix(grade_label(grade)).removesuffix("班")
        room = int(label) if re.fullmatch(r"\d{1,3}", label) else None
        numbered.append(room)
        if grade is not None and room is not None:
            rooms.setdefault(grade, set()).add(room)
    for number, (grade, room) in enumerate(zip(data["grade"], numbered, strict=True)):
        if grade is None or room is None:
            continue
        if room > 100 and str(room)[0] != grade:
            yield number, _OTHER_GRADE
        cell = rows[number][place] if place < len(rows[number]) else None
        # 7.10 typed as a number is 7.1. It shows where a grade has a class 9 or 11 and no class 10.
        lost = room == 1 and type(cell) is float and not cell.is_integer()
        if lost and 10 not in rooms[grade] and max(rooms[grade]) >= 9:
            yield number, _LOST_ZERO
