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
COUNTY = "岚溪县"
NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True, order=True)
class ClassRef:
    """One class of the school, grade 1 to 9 (one above a school's top grade: who left it last summer)."""

    grade: int
    number: int

    @property
    def label(self) -> str:
        """`七年级1班`."""
        return f"{NUMERALS[self.grade - 1]}年级{self.number}班"


@dataclass(frozen=True, slots=True)
class Site:
    """One school of the county: who it is, which grades it teaches, how its office keeps its papers.

    `layout`: national (the system's own export), cut (22 columns of it, saved as .xls), retyped (own headings).
    `first_key` keeps the children of different schools apart.
    """

    name: str
    short: str
    code: str
    town: str
    villages: tuple[str, ...]
    grades: range
    csv_class: ClassRef  # always has a file of its own, so it is never the class without a list
    layout: str
    first_key: int

    @property
    def entry(self) -> int:
        """The grade children enter in; in September its children have no registration yet."""
        return self.grades.start

    @property
    def top(self) -> int:
        """The grade children leave from."""
        return self.grades.stop - 1


SHIQIAO = Site(
    "岚溪县石桥九年一贯制学校", "石桥九年一贯制学校", "3134990017", "石桥镇",
    ("石桥村", "青山村", "上湾村", "下湾村", "杨树岭村", "龙潭村", "新塘村", "渡口村", "竹园村", "枫林村"),
    range(1, 10), ClassRef(8, 2), "national", 1,
)  # fmt: skip
CHENGGUAN = Site(
    "岚溪县城关小学", "城关小学", "2134990025", "城关镇",
    ("东门社区", "西门社区", "北街社区", "南桥村", "双井村", "柳塘村"),
    range(1, 7), ClassRef(5, 2), "cut", 10_001,
)  # fmt: skip
HEKOU = Site(
    "岚溪县河口初级中学", "河口初中", "3134990033", "河口镇",
    ("河口村", "沙湾村", "大圩村", "前埠村", "后坪村", "茶山村"),
    range(7, 10), ClassRef(8, 2), "retyped", 20_001,
)  # fmt: skip
SITES = (SHIQIAO, CHENGGUAN, HEKOU)


@dataclass(frozen=True, slots=True)
class Pupil:
    """One child, as the child really is, and what each paper will say.

    `group` is the class the child is registered in (above the top grade: finished last summer); `seat` the class in
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
    former_name: str = ""
    foreign: bool = False  # a document of Hong Kong stands where the ID number should

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
class Move:
    """One line of the register of transfers: a child of this school who goes to `school`."""

    pupil: int
    school: str
    applied: date
    state: str
    finished: date | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter in which another place asks about a child; `pupil` None: about somebody who never was here."""

    name: str
    sex: str
    number: str
    sender: str
    letter_number: str
    received: date
    origin_school: str
    pupil: int | None = None


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
    site: Site
    classes: tuple[ClassRef, ...]
    plain_classes: frozenset[ClassRef]  # their list names only those present
    unreported: ClassRef
    pupils: dict[int, Pupil]
    households: tuple[Household, ...]
    certificates: tuple[Certificate, ...]
    approvals: tuple[Approval, ...]
    events: tuple[Event, ...]
    outsiders: dict[int, Member]  # children on the county's lists who are on no roster
    moves: tuple[Move, ...] = ()
    letters: tuple[Letter, ...] = ()
