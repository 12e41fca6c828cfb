"""The true school: who belongs where, who came back, and what was planted, before any paper is written.

Nothing here knows a spreadsheet. `Truth` is complete: papers only write it down (badly), and the expected
findings are read off its `events`, never off the papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .people import Guardian

OPENING = date(2025, 9, 1)
AS_OF = date(2025, 9, 3)
SCHOOL = "岚溪县石桥九年一贯制学校"
SCHOOL_CODE = "3134990017"
COUNTY, TOWN = "岚溪县", "石桥镇"
NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True, order=True)
class ClassRef:
    """One class of the school, grade 1 to 9 (10: the grade 9 of last year)."""

    grade: int
    number: int

    @property
    def label(self) -> str:
        """`七年级1班`."""
        return f"{NUMERALS[self.grade - 1]}年级{self.number}班"


@dataclass(frozen=True, slots=True)
class Pupil:
    """One child, as the child really is, and what each paper will say.

    `group` is the class the child is registered in (grade 10: finished last summer); `seat` the class in
    whose room the child is looked for. `presence`: present, absent (the list says 否), blank, missing (no row).
    `id_form` names the damage of the register's ID cell, `id_recorded` what stands there if it is another number.
    """

    key: int
    name: str
    sex: str
    birth: date
    id_number: str
    group: ClassRef
    guardians: tuple[Guardian, Guardian]
    village: str
    address: str
    seat: ClassRef | None = None
    registered: bool = True
    was_registered: bool = True
    second_row_in: ClassRef | None = None
    status: str = "在读"
    enrollment_number: str = ""
    id_form: str = "text"
    id_recorded: str | None = None
    presence: str = "present"
    listed_name: str | None = None
    absence_reason: str = ""
    poverty_mark: bool = False
    disability: str = "无残疾"
    boarding: bool = False
    left_behind: str = "非留守儿童"
    migrant: bool = False
    phone_written: str | None = None  # None: the guardians' own numbers

    @property
    def name_on_list(self) -> str:
        """The name as the class teacher wrote it."""
        return self.listed_name or self.name


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household as the poverty list shows them."""

    name: str
    number: str
    relation: str
    sex: str
    birth: date
    school_state: str
    pupil: int | None = None


@dataclass(frozen=True, slots=True)
class Household:
    """One household of the poverty list; `monitor` and `cleared` are blank for a plain 脱贫户."""

    number: str
    village: str
    kind: str
    monitor: str
    cleared: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """One line of the disability list: the 20 or 22 characters and what they mean in words."""

    name: str
    sex: str
    number: str
    category: str
    degree: str
    village: str
    pupil: int | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """One approved absence."""

    pupil: int
    ground: str
    number: str
    approver: str
    starts: date
    ends: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something planted: what, on which children (or on which class)."""

    what: str
    pupils: tuple[int, ...] = ()
    at: ClassRef | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """The whole school with everything planted in it."""

    seed: int
    classes: tuple[ClassRef, ...]
    plain_classes: frozenset[ClassRef]  # their list names only those present
    unreported: ClassRef
    pupils: dict[int, Pupil]
    households: tuple[Household, ...]
    certificates: tuple[Certificate, ...]
    approvals: tuple[Approval, ...]
    events: tuple[Event, ...]
    outsiders: dict[int, Member]  # children on the county's lists who are on no roster
