"""How a value ends up in a cell: digits lost, spaces slipped in, dates in whatever form came to hand."""

from __future__ import annotations

from datetime import date
from random import Random

from .truth import Pupil

Value = str | int | float | date | None

_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def id_cell(pupil: Pupil) -> Value:
    """Return what the register's ID cell holds for this child."""
    number = pupil.id_recorded or pupil.id_number
    match pupil.id_form:
        case "excel_number":  # typed into a number cell: Excel keeps fifteen digits, the rest become 0
            return int(number[:15] + "000")
        case "float_number":  # a program wrote the column as floating-point numbers
            return float(int(number))
        case "spaces":
            return f" {number[:6]} {number[6:14]} {number[14:]}"
        case "wide":
            return number.translate(_WIDE)
        case "apostrophe":
            return "'" + number
        case "cross_x":  # typed with the sign for times where an X belongs
            return number.replace("X", "×")
        case "foreign":
            return f"H0199{pupil.key % 10000:04d}"
        case "lower_x":
            return number.lower()
        case _:
            return number


def birth_cell(birth: date, form: int) -> Value:
    """Return a birth date in one of seven forms; 4 is a real date cell."""
    return (
        f"{birth:%Y%m%d}",
        f"{birth:%Y-%m-%d}",
        f"{birth.year}-{birth.month}-{birth.day}",
        f"{birth.year}年{birth.month}月{birth.day}日",
        birth,
        f"{birth.year}.{birth.month}.{birth.day}",
        f"{birth:%Y/%m/%d}",
    )[form]


def spaced_name(name: str, rng: Random) -> str:
    """Return the name as some people type it: two-character ones widened, others with a stray space."""
    if len(name) == 2:
        return name[0] + rng.choice((" ", "　", "  ")) + name[1]
    return rng.choice((name + " ", " " + name, name[0] + " " + name[1:])) if len(name) == 3 else name


_SPELLINGS = (
    lambda g, n, c: f"{c}（{n}）班",
    lambda g, n, c: f"{g}.{n}",
    lambda g, n, c: f"{g}{n:02d}",
    lambda g, n, c: f"{c}年级{n}班",
    lambda g, n, c: f"{c}年级({n})班",
)


def class_spelling(grade: int, number: int, form: int) -> str:
    """Return a class as one of five people would write it: 三（1）班, 4.2, 501, 六年级2班, 五年级(1)班."""
    return _SPELLINGS[form](grade, number, "一二三四五六七八九"[grade - 1])
