"""Fills the school and plants what a registrar has to find, each time in other children and classes."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from random import Random

from . import people
from .people import AREAS, IdBook, NameBook
from .truth import COUNTY, SHIQIAO, Approval, ClassRef, Event, Letter, Move, Pupil, Site

_WIDEST_CLASS = 48
_FEWEST_PER_GRADE = 44  # 400 in nine grades


class School:
    """The school while it is being made: pupils by key, who is still ordinary, what was planted."""

    def __init__(self, rng: Random, pupils: int, site: Site = SHIQIAO, neighbour: School | None = None) -> None:
        if pupils < _FEWEST_PER_GRADE * len(site.grades):
            raise ValueError("学生人数至少 400，否则放不下全部预设情形")
        self.site = site
        self.rng = rng
        self.names = NameBook(rng, neighbour.names if neighbour else None)
        self.ids = IdBook(rng, neighbour.ids if neighbour else None)
        self.pupils: dict[int, Pupil] = {}
        self.events: list[Event] = []
        self.approvals: list[Approval] = []
        self.moves: list[Move] = []
        self.letters: list[Letter] = []
        per_grade = pupils / len(site.grades)
        # Three grades have to hold what is planted in nine elsewhere: more classes, smaller ones.
        count = max(2 if len(site.grades) > 3 else 3, math.ceil(per_grade / _WIDEST_CLASS))
        self.per_grade = count
        self.classes = tuple(ClassRef(g, n) for g in site.grades for n in range(1, count + 1))
        # 600 pupils in 18 classes of 33 or 34: what is left over goes to the later classes
        for index, group in enumerate(self.classes):
            size = (index + 1) * pupils // len(self.classes) - index * pupils // len(self.classes)
            for _ in range(size):
                self.add(group, registered=group.grade > site.entry, was_registered=group.grade > site.entry)
        for number in range(1, count + 1):
            for _ in range(pupils // len(self.classes)):
                self.add(ClassRef(site.top + 1, number), registered=False, presence="missing")
        self.unreported = rng.choice([c for c in self.classes if c.grade > site.entry and c != site.csv_class])
        primary = [c for c in self.classes if c.grade < 7] or list(self.classes)
        rng.shuffle(primary)
        self.plain = frozenset(primary[::2])
        self._ordinary = {
            group: [k for k, p in self.pupils.items() if p.group == group]
            for group in self.classes
            if group != self.unreported
        }
        self._load = dict.fromkeys(self._ordinary, 0)

    def add(self, group: ClassRef, **fields: object) -> int:
        """Add a new child of the group's cohort and return its key."""
        rng, key = self.rng, self.site.first_key + len(self.pupils)
        sex = "男" if rng.random() < 0.53 else "女"
        birth = people.day_between(rng, *cohort_days(group.grade))
        name = self.names.new(sex)
        area = AREAS[0] if rng.random() < 0.9 else rng.choice(AREAS[1:])
        number = self.ids.new(birth, sex, area)
        village = rng.choice(self.site.villages)
        pupil = Pupil(
            key=key,
            name=name,
            sex=sex,
            birth=birth,
            id_number=number,
            group=group,
            guardians=people.parents(rng, name[0]),
            village=village,
            address=f"{COUNTY}{self.site.town}{village}{rng.choice('一二三四五六七八')}组{rng.randrange(1, 90)}号",
            seat=group if group.grade <= self.site.top else None,
            enrollment_number="G" + number,
            boarding=group.grade > 5 and rng.random() < 0.4,
            left_behind=rng.choices(("非留守儿童", "单亲留守儿童", "双亲留守儿童"), (80, 12, 8))[0],
            migrant=area != AREAS[0] and rng.random() < 0.5,
        )
        self.pupils[key] = replace(pupil, **fields)  # type: ignore[arg-type]  # a loose bundle of fields
        return key

    def change(self, key: int, **fields: object) -> None:
        """Say something else about a child."""
        self.pupils[key] = replace(self.pupils[key], **fields)  # type: ignore[arg-type]  # as above

    def rename(self, key: int, name: str) -> None:
        """Give a child another name, already reserved, and the family the surname that goes with it."""
        self.names.release(self.pupils[key].name)
        self.change(key, name=name, guardians=people.parents(self.rng, name[0]))

    def reborn(self, key: int, *, birth: date | None = None, sex: str | None = None, number: str | None = None) -> None:
        """Give a child another birth date, sex or number, and everything that follows from it."""
        pupil = self.pupils[key]
        birth, sex = birth or pupil.birth, sex or pupil.sex
        number = number or self.ids.new(birth, sex, pupil.id_number[:6])
        self.change(key, birth=birth, sex=sex, id_number=number, enrollment_number="G" + number)

    def is_plain(self, group: ClassRef) -> bool:
        """Say whether this class hands in a list of those present only."""
        return group in self.plain

    def fit(self, grades: range) -> list[int]:
        """Return those of the grades that this school registers, or all it registers when it has none of them."""
        registered = [grade for grade in self.site.grades if grade > self.site.entry]
        return [grade for grade in grades if grade in registered] or registered

    def take(self, *, plain: bool | None = None, grades: range = range(2, 10), within: ClassRef | None = None) -> int:
        """Return an ordinary child of the least burdened class that fits; the child is no longer ordinary."""
        within_grades = self.fit(grades)
        fitting = [
            group
            for group in self._ordinary
            if (within is None or group == within)
            and group.grade in within_grades
            and (plain is None or self.is_plain(group) == plain)
            and len(self._ordinary[group]) > 8
        ]
        least = min(self._load[group] for group in fitting)
        group = self.rng.choice([g for g in fitting if self._load[g] == least])
        self._load[group] += 1
        pool = self._ordinary[group]
        return pool.pop(self.rng.randrange(len(pool)))

    def ordinary(self, grades: range) -> list[int]:
        """Return the children nothing was planted on so far, in order."""
        fitting = self.fit(grades)
        return sorted(k for group, pool in self._ordinary.items() if group.grade in fitting for k in pool)

    def keep_apart(self, keys: list[int]) -> None:
        """Take these children out of the ordinary ones."""
        for key in keys:
            self._ordinary[self.pupils[key].group].remove(key)

    def tell(self, what: str, *keys: int, at: ClassRef | None = None) -> None:
        """Record what was planted."""
        self.events.append(Event(what, keys, at))

    def other_class(self, group: ClassRef) -> ClassRef | None:
        """Return another reported class of the same grade, None if there is none."""
        others = [c for c in self._ordinary if c.grade == group.grade and c != group]
        return self.rng.choice(others) if others else None

    def take_with_neighbour(self, grades: range = range(2, 10)) -> tuple[int, ClassRef]:
        """Return an ordinary child and another reported class of its grade."""
        lonely = self.unreported.grade if self.per_grade == 2 else None
        fitting = [g for g in self.fit(grades) if g != lonely]
        fitting = fitting or [g for g in self.fit(self.site.grades) if g != lonely]
        grade = self.rng.choice(fitting)
        key = self.take(grades=range(grade, grade + 1))
        other = self.other_class(self.pupils[key].group)
        assert other is not None
        return key, other

    def recent_arrival(self, key: int) -> None:
        """Make a child one who came this summer: a temporary number, not in last term's register."""
        self.change(key, was_registered=False, enrollment_number=temporary_number(self, key))

    def make_twins(self, first: int, second: int) -> None:
        """Make the second child the first one's twin: name one character, ID the last digits different."""
        one = self.pupils[first]
        self.names.release(self.pupils[second].name)
        name = self.names.near(one.name, one.sex)
        number = self.ids.next_after(one.id_number)
        self.change(
            second,
            name=name, sex=one.sex, birth=one.birth, id_number=number, enrollment_number="G" + number,
            guardians=one.guardians, village=one.village, address=one.address,
            boarding=one.boarding, left_behind=one.left_behind, migrant=one.migrant,
        )  # fmt: skip

    def make_namesakes(self, first: int, second: int) -> None:
        """Give the second child the first one's name and sex, nothing else."""
        one, two = self.pupils[first], self.pupils[second]
        self.rename(second, self.names.take(one.name))
        birth = two.birth
        while birth == one.birth:
            birth = people.day_between(self.rng, *cohort_days(two.group.grade))
        self.reborn(second, birth=birth, sex=one.sex)


def cohort_days(grade: int) -> tuple[date, date]:
    """Return the first and last birth day of those who are in this grade in 2025–26 (six years old by 31 August)."""
    return date(2019 - grade, 9, 1), date(2020 - grade, 8, 31)


def temporary_number(school: School, key: int) -> str:
    """Return an L number: like an ID, but nobody's."""
    pupil = school.pupils[key]
    first17 = f"{AREAS[3]}{pupil.birth:%Y%m%d}{school.rng.randrange(1000):03d}"
    return "L" + first17 + people.check_digit(first17)
