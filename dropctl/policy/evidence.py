"""What the rules of a term start look at: each pupil's place, presence, papers and claims, as plain values.

Built once from registers and links; the rules only read it. Nothing here is a judgement about a child.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dropctl.policy.plan import Parameter, Plan
from dropctl.reconcile.linkage import Link
from dropctl.reconcile.people import Person, Pupil
from dropctl.school_calendar import DueDate, SchoolCalendar
from dropctl.vocabulary import ELSEWHERE_WORDS, GROUND_WORDS, STATUS_BY_LABEL

_AFTER_OPENING = ("return_check", "roster_check", "return_report", "special_match")

ClassKey = tuple[str | None, str | None, str | None]  # school, grade, class


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
        """Whether the status lets the child be expected at school; unlisted statuses do (CONTRACT §3)."""
        status = STATUS_BY_LABEL.get(self.status or "")
        return status is None or status.expected

    @property
    def class_key(self) -> ClassKey:
        """School, grade and class of the leading row."""
        return (self.lead.school, self.lead.grade, self.lead.class_name)

    @property
    def said(self) -> str:
        """What the class list says about the absence: reason and note."""
        if self.presence_link is None:
            return ""
        facts = (row.facts for row in self.presence_link.right.rows)
        return " ".join(str(f[key]) for f in facts for key in ("absence_reason", "note") if f.get(key))

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


@dataclass(slots=True)
class ListedChild:
    """One child of the county's lists or the previous register who is on no roster at hand."""

    rows: tuple[Person, ...]
    number: str
    reviews: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class ClassFacts:
    """One class: its enrolled pupils and its deciding list."""

    key: ClassKey
    pupils: list[PupilFacts] = field(default_factory=list)
    list_date: date | None = None
    list_place: tuple[str, str | None] | None = None

    @property
    def reported(self) -> bool:
        """Whether any presence row of this class is at hand."""
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
    graduated_grade: str | None  # last year's top grade, when the previous register is of the school year before
    outdated: tuple[int, int] | None  # (pupils one grade above, pupils found) when the register is last year's
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
