"""What the rules of a term start look at: each pupil's place, presence, papers and claims, as plain values.

Built once from registers and links; the rules only read it. Nothing here is a judgement about a child.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dropctl.policy.plan import Parameter, Plan
from dropctl.policy.transfers import Transfer
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person, Pupil
from dropctl.school_calendar import DueDate, SchoolCalendar
from dropctl.vocabulary import ELSEWHERE_WORDS, GROUND_WORDS, STATUS_BY_LABEL

_AFTER_OPENING = ("return_check", "roster_check", "return_report", "special_match")

_SAID = ("absence_reason", "whereabouts", "note")

ClassKey = tuple[str | None, str | None, str | None]  # school, grade, class


def mark_of(pupil: Pupil) -> str:
    """Return present, absent or unknown for one entry of the presence lists; contradicting marks are unknown."""
    marks = {row.facts.get("present") or "present" for row in pupil.rows}
    return marks.pop() if len(marks) == 1 else "unknown"


@dataclass(slots=True)
class PupilFacts:
    """One enrolled pupil. `presence`: present, absent (said so), no_row (reported class without the pupil),
    unknown, unreported.
    """

    pupil: Pupil
    number: str
    presence: str = "unreported"
    presence_link: Link | None = None
    presence_reviews: list[Link] = field(default_factory=list)
    list_date: date | None = None
    approvals: list[Person] = field(default_factory=list)
    approval_reviews: list[Link] = field(default_factory=list)
    list_links: dict[str, list[Link]] = field(default_factory=dict)
    list_reviews: dict[str, list[Link]] = field(default_factory=dict)
    transfer: Transfer | None = None  # the latest one that is not withdrawn
    transfer_reviews: list[Link] = field(default_factory=list)
    letters: list[Person] = field(default_factory=list)
    _status_lets: bool | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def lead(self) -> Person:
        """The row that stands for the pupil."""
        return self.pupil.lead

    @property
    def status(self) -> str | None:
        """The enrollment status in its canonical word, or what was written when it is none of them."""
        value = self.lead.facts.get("status")
        return value if isinstance(value, str) else None

    @property
    def expected(self) -> bool:
        """Whether the child should be at this school: its status lets it, no finished transfer took it away.

        Statuses that are not listed are expected (CONTRACT §3).
        """
        if self._status_lets is None:  # asked some ten times of each pupil
            status = STATUS_BY_LABEL.get(self.status or "")
            self._status_lets = status is None or status.expected
        return self._status_lets and not self.moved_out

    @property
    def moved_out(self) -> bool:
        """Whether a finished transfer took the child to another school."""
        return self.transfer is not None and self.transfer.leaves and self.transfer.state == "finished"

    @property
    def found_at(self) -> str | None:
        """The other school on whose return list the child certainly stands as present, None for the own one."""
        if self.presence_link is None or self.presence != "present":
            return None
        own = {row.school for row in self.pupil.rows}
        there = {row.school for row in self.presence_link.right.rows}
        if None in own or None in there or own & there:
            return None
        return min(school for school in there if school is not None)

    @property
    def class_key(self) -> ClassKey:
        """School, grade and class of the leading row."""
        return (self.lead.school, self.lead.grade, self.lead.class_name)

    @property
    def said(self) -> str:
        """What the class list says about the absence: reason, whereabouts and note."""
        if self.presence_link is None:
            return ""
        facts = (row.facts for row in self.presence_link.right.rows)
        return " ".join(str(f[key]) for f in facts for key in _SAID if f.get(key))

    @property
    def claimed_ground(self) -> str | None:
        """A lawful ground claimed on the class list, in its canonical word."""
        return next((ground for word, ground in GROUND_WORDS if word in self.said), None)

    @property
    def said_elsewhere(self) -> bool:
        """Whether the class list says the child went to another school."""
        return any(word in self.said for word in ELSEWHERE_WORDS)


@dataclass(slots=True)
class Newcomer:
    """One entry of the presence lists that is certainly nobody of the enrollment register, or in doubt."""

    pupil: Pupil
    number: str
    presence: str
    reviews: list[Link] = field(default_factory=list)
    transfer: Transfer | None = None
    transfer_reviews: list[Link] = field(default_factory=list)
    letters: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class ListedChild:
    """One child of the county's lists or the previous register who is on no roster at hand.

    `hints`: a pupil of the same name in an entry grade, for a child of last year's top grade.
    """

    rows: tuple[Person, ...]
    number: str
    reviews: list[Link] = field(default_factory=list)
    hints: list[Link] = field(default_factory=list)
    transfer: Transfer | None = None
    letters: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class ClassFacts:
    """One class: its enrolled pupils and its deciding list.

    `is_whole`: the list can name the whole class. `others_told`: lists that name a few pupils only are at hand.
    """

    key: ClassKey
    pupils: list[PupilFacts] = field(default_factory=list)
    list_date: date | None = None
    list_place: tuple[str, str | None] | None = None
    is_whole: bool = True
    others_told: bool = False

    @property
    def reported(self) -> bool:
        """Whether a presence list of this class is at hand; one of absentees alone says nothing about the class."""
        return self.list_date is not None


@dataclass(slots=True)
class Evidence:
    """Everything the rules of a term start may look at."""

    plan: Plan
    calendar: SchoolCalendar
    opening: date
    as_of: date
    episode: str  # the term, part of every finding's key
    school: str | None
    pupils: list[PupilFacts]
    classes: dict[ClassKey, ClassFacts]
    newcomers: list[Newcomer]
    strays: list[ListedChild]
    links: dict[tuple[str, str], Sequence[Link]]
    rows: Mapping[str, Sequence[Person]]
    columns_seen: Mapping[str, set[str]]
    graduated: Mapping[str | None, str]  # school → last year's top grade, when a year has passed since
    # school → (pupils one grade above, pupils found) where the register is last year's
    outdated: Mapping[str | None, tuple[int, int]]
    schools: frozenset[str] = frozenset()  # every school that has a register at hand
    # what counts for each child (the latest, not withdrawn), and which child at hand it certainly is about
    transfers: Sequence[tuple[Transfer, PupilFacts | Newcomer | ListedChild | None]] = ()
    # each letter of assistance, and whom it certainly is about here
    letters: Sequence[tuple[Person, PupilFacts | Newcomer | ListedChild | None]] = ()
    letter_reviews: Mapping[int, Sequence[Link]] = field(default_factory=dict)  # id(letter row) → who it may be about
    known_schools: frozenset[str] = frozenset()  # those the list of schools names
    explained: frozenset[str] = frozenset()  # children whose registry mark a case explains (CONTRACT §3)
    year_passed: bool = True  # the previous register is of the school year before
    # how pupils are linked to the entries of one more list, as `link_pupils` with its model
    link: Callable[..., list[Link]] = field(repr=False, default=lambda left, right, **how: [])
    number_of: Callable[[Person], str] = field(repr=False, default=lambda person: "")

    def due(self, key: str) -> DueDate:
        """Return the deadline `key` of the plan for this opening."""
        return self.plan.due(key, self.calendar, self.opening)

    def deadlines(self) -> list[tuple[Parameter, DueDate]]:
        """Return what the plan wants done after this opening, in order of the dates it names."""
        return [(self.plan.parameters[key], self.due(key)) for key in _AFTER_OPENING]

    def given(self, register: str) -> bool:
        """Whether a register was among the inputs."""
        return register in self.columns_seen
