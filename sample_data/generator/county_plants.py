"""What is planted in the other two schools of the county beside what `plants` plants everywhere."""

from __future__ import annotations

from datetime import date
from random import Random

from .planting import School
from .plants import plant_everything
from .truth import Letter, Move, Site

_OFFICE = "外县教育局"
_AWAY = ("外县实验学校", "外县城北学校", "外县第三学校")


def build_other(site: Site, rng: Random, pupils: int, neighbour: School) -> School:
    """Return one of the other schools with everything planted; names and numbers are new to the neighbour, too."""
    school = School(rng, pupils, site, neighbour)
    plant_everything(school)
    transfers(school)
    letters(school)
    documents(school)
    return school


def transfers(school: School) -> None:
    """Out of this school: too long, lately, finished, withdrawn; and too long with the child still in class."""
    for what, applied, state, finished in (
        ("transfer_late", date(2025, 8, 11), "办理中", None),
        ("transfer_late_but_here", date(2025, 8, 4), "待核办", None),
        ("transfer_lately", date(2025, 8, 28), "办理中", None),
        ("transfer_finished", date(2025, 8, 12), "已办结", date(2025, 8, 25)),
        ("transfer_withdrawn", date(2025, 8, 5), "已撤回", None),
    ):
        key = school.take()
        school.moves.append(Move(key, school.rng.choice(_AWAY), applied, state, finished))
        if what != "transfer_late_but_here":
            away(school, key)
        school.tell(what, key)


def letters(school: School) -> None:
    """Three letters: about a child who is missing here, one who is in class, one whom nobody here knows."""
    for number, what in enumerate(("asked_and_missing", "asked_and_here"), start=1):
        key = school.take()
        pupil = school.pupils[key]
        if what == "asked_and_missing":
            away(school, key)
        named = f"外教函〔2025〕{school.site.first_key % 97 + number}号"
        origin = school.rng.choice(_AWAY)
        letter = Letter(pupil.name, pupil.sex, pupil.id_number, _OFFICE, named, date(2025, 8, 27), origin, key)
        school.letters.append(letter)
        school.tell(what, key)
    birth = date(2015, 5, school.rng.randrange(1, 28))
    nobody = Letter(
        school.names.new("男"),
        "男",
        school.ids.new(birth, "男"),
        _OFFICE,
        "外教函〔2025〕88号",
        date(2025, 8, 29),
        _AWAY[0],
    )
    school.letters.append(nobody)


def documents(school: School) -> None:
    """A former name on the poverty list, a document of Hong Kong, a times sign for X: right, all of them."""
    key = school.take()
    pupil = school.pupils[key]
    school.change(key, former_name=school.names.new(pupil.sex, surname=pupil.name[0]), poverty_mark=True)
    school.tell("former_name", key)
    key = school.take()
    pupil = school.pupils[key]
    school.change(key, foreign=True, id_form="foreign", enrollment_number="J" + pupil.enrollment_number[1:])
    school.tell("foreign", key)
    key = school.take()
    pupil = school.pupils[key]
    school.reborn(key, number=school.ids.new(pupil.birth, pupil.sex, ends_in_x=True))
    school.change(key, id_form="cross_x")
    school.tell("untidy_number", key)


def away(school: School, key: int) -> None:
    """Take a child out of its class: marked 否, or left out of a list of those present."""
    plain = school.is_plain(school.pupils[key].group)
    school.change(key, presence="missing" if plain else "absent")


def move_up(primary: School, junior: School) -> None:
    """Let those who left the primary school enter the junior one, but for two of whom nobody knows; one more is
    still on the primary school's register, though it sits in the junior school.
    """
    leavers = sorted(k for k, p in primary.pupils.items() if p.group.grade > primary.site.top and not p.registered)
    entrants = sorted(k for k, p in junior.pupils.items() if p.group.grade == junior.site.entry)
    for key, old in zip(entrants, leavers[:-2], strict=False):
        child = primary.pupils[old]
        junior.names.release(junior.pupils[key].name)
        junior.change(
            key,
            name=child.name, sex=child.sex, birth=child.birth, id_number=child.id_number,
            enrollment_number=child.enrollment_number, guardians=child.guardians, village=child.village,
            address=child.address,
        )  # fmt: skip
    for old in leavers[-2:]:
        primary.tell("left_and_not_seen", old)
    # In a class that handed in its list, or nobody could say that the child did not come.
    reported = [n for n, k in enumerate(leavers[:-2]) if primary.pupils[k].group.number != primary.unreported.number]
    forgotten, there = leavers[reported[0]], entrants[reported[0]]
    primary.change(forgotten, registered=True, status="在读")
    primary.tell("left_but_registered", forgotten)
    junior.tell("registered_in_primary", there)
