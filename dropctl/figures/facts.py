"""Everything the figures of one month are counted from, as plain values. Who gathers it is not known here."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Self

from dropctl.errors import Refused
from dropctl.figures.marks import MarkChange
from dropctl.policy.case_state import Case


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month; its cut-off is its last day (CONTRACT §10)."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the month of a text such as 2025-10; Refused for anything else."""
        year, dash, number = text.strip().partition("-")
        if dash and len(year) == 4 and year.isdigit() and number.isdigit() and 1 <= int(number) <= 12:
            return cls(int(year), int(number))
        raise Refused(f"“{text}”不是月份", todo="写成 2025-10 的样子（年-月）")

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day, the cut-off."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def before(self) -> Self:
        """The month before."""
        day = self.first - timedelta(days=1)
        return type(self)(day.year, day.month)

    @property
    def label(self) -> str:
        """`2025年10月`."""
        return f"{self.year}年{self.number}月"

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


class Who(NamedTuple):
    """How a child is named in a list: never with an ID number."""

    name: str | None
    grade: str | None
    class_name: str | None


@dataclass(frozen=True, slots=True)
class Registered:
    """One registered child at the cut-off, with what is known of it on the last school day.

    The texts say why, in words a person reads; None where it is not so.
    """

    child: str
    who: Who
    status: str | None = None
    approved: tuple[str, ...] = ()  # kinds of complete approvals that cover the cut-off: 休学, 送教上门 …
    elsewhere: str | None = None  # gone to another school
    on_leave: str | None = None
    claimed: str | None = None  # a ground is said, its papers are missing
    unknown: str | None = None  # why nothing is known of the last school day
    silent: bool = False  # its whole class did not report that day
    seen: bool = False  # a mark of the last school day itself shows the child
    run: str | None = None  # a run past the limit that no open case answers
    missed: int = 0  # unexcused school days of the run that goes on
    perhaps_marked: bool = False  # with the days nobody reported that run may be past the limit
    poor: bool = False
    disabled: bool = False
    left_behind: bool = False
    migrant: bool = False
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done in the month, to be counted: a visit, a paper, a letter."""

    child: str | None
    who: Who
    on: date
    what: str
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The closing figures of the month before: as issued, or the fold at its end where no report was issued.

    `suspected` and `dropout` are the children counted; the figures are what the report said.
    """

    month: Month
    issued_on: date | None
    suspected: tuple[str, ...]
    dropout: tuple[str, ...]
    suspected_figure: int
    dropout_figure: int


@dataclass(frozen=True, slots=True)
class Deeds:
    """What was done in the month, by the figure that counts it."""

    home_lessons: tuple[Deed, ...] = ()
    notices: tuple[Deed, ...] = ()
    reports: tuple[Deed, ...] = ()
    visits: tuple[Deed, ...] = ()
    letters_in: tuple[Deed, ...] = ()
    letters_done: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """One school's month. `changes` holds every change of a mark known, of all days; `people` names whoever is in it.

    `cases`: case number → case as it stood at the cut-off. `last_school_day` None: it cannot be known.
    """

    month: Month
    last_school_day: date | None
    registered: tuple[Registered, ...]
    unregistered: tuple[Deed, ...]  # in school without registration, since when seen
    changes: tuple[MarkChange, ...]
    opening: Opening
    cases: Mapping[str, Case]
    people: Mapping[str, Who]
    deeds: Deeds = Deeds()


@dataclass(frozen=True, slots=True)
class ClassDays:
    """One class and its school days of the month: how many there were, and which nobody reported."""

    grade: str | None
    class_name: str
    pupils: int
    school_days: int
    unreported: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case that is open at the cut-off, or changed in the month, in the words of a list."""

    number: str
    name: str | None
    class_name: str | None
    since: date
    mark: str
    state: str
    responsible: str | None
    month: str  # what happened in it this month
