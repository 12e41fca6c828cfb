"""A case as plain values: what the ledger folds its events into, and what the rules of the ladder look at.

No event and no file is known here. Three fields stand beside each other (CONTRACT §7): `rung`, the highest step of
the ladder reached; `mark`, what the child is marked as; `state`, where the return stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from dropctl.vocabulary import RUNGS

# Causes under which no stern paper goes to the family: the child needs help first.
GENTLE_CAUSES = ("illness", "disability", "pregnancy", "danger")
_ORDER = tuple(RUNGS)


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt to reach the family. `event` is its number in the ledger, `happened_on` the day of the attempt."""

    event: int
    happened_on: date
    how: str  # CONTACT_KINDS
    result: str  # CONTACT_RESULTS
    office: str  # OFFICES
    by: str | None
    note: str | None


def counts_as_served(how: str, receipt: str | None) -> bool:
    """Return whether a delivery starts a deadline: not mail that came back, nor a message nobody answered."""
    if receipt == "returned":
        return False
    return how != "message" or receipt in ("signed", "reply")


@dataclass(slots=True)
class PaperOfCase:
    """A numbered paper about the case. `served_on` None: not delivered yet; `event` is its number in the ledger."""

    number: str
    paper: str  # its name in the catalogue of documents
    issued_on: date
    event: int
    served_on: date | None = None


@dataclass(slots=True)
class Case:
    """The file of one child. Filled by the ledger's fold; everyone else only reads it."""

    number: str
    child: str
    opened_on: date
    recorded_as_of: date  # the day of the command that opened it
    opened_by: str  # reconcile, scan, hand
    kind: str  # the kind of finding that opened it; "hand" without one
    clause: str
    absent_since: date
    plan: str  # digest of the plan it was judged by
    name: str | None = None
    reason: str | None = None
    school: str | None = None
    grade: str | None = None
    class_name: str | None = None
    poor: bool = False
    disabled: bool = False
    registered: bool = False  # whether the child stands in a school's enrollment register
    status: str | None = None  # the registry's own word, from the latest roster
    findings: list[str] = field(default_factory=list)
    responsible: str | None = None
    duty: str | None = None
    causes: tuple[str, ...] = ()
    whereabouts: str = "unknown"  # WHEREABOUTS of `routes`
    place: str | None = None
    village: str | None = None
    unwilling: bool | None = None
    contacts: list[Contact] = field(default_factory=list)
    papers: list[PaperOfCase] = field(default_factory=list)  # those that stand, the oldest first
    report_on: date | None = None  # the day the school's report reached the bureau
    report_number: str | None = None
    rung: str = "opened"
    rung_on: date | None = None  # since when, None for a case that has climbed nowhere
    mark: str = "none"
    mark_on: date | None = None
    # registry (with its own day), export (the first roster that shows it, 推算), or forecast (推算)
    mark_source: str | None = None
    # forecasts that no return has answered: counted from which day, the mark, the first day of the absence where told
    forecasts: list[tuple[date, str, date | None]] = field(default_factory=list)
    registry_on: date | None = None  # the day the registry itself set 疑似辍学, where somebody recorded it
    state: str = "open"
    returns: int = 0  # how often a return was reported
    return_on: date | None = None
    returned_on: date | None = None  # the last of the attended days that confirmed it
    gone_on: date | None = None  # since when the finding that opened it is not found any more
    gone_now: str | None = None  # what the lists say about the child instead
    # when the child was sought: each time since which day, and until which day it was back or the case closed
    sought: list[tuple[date, date | None]] = field(default_factory=list)
    outcome: str | None = None
    closed_on: date | None = None
    review_on: date | None = None
    reopened_on: date | None = None  # contacts and papers before it belong to what was closed
    placement: str | None = None
    placed_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done about the child."""
        return self.state != "closed"

    @property
    def waits_for_the_child(self) -> bool:
        """Whether the child is still sought, or its return not yet confirmed."""
        return self.state in ("open", "return_reported")

    @property
    def is_marked_by_registry(self) -> bool:
        """Whether the registry itself bears the mark: a day somebody recorded, or an export that shows it."""
        return self.mark_source in ("registry", "export")

    @property
    def needs_gentleness(self) -> tuple[str, ...]:
        """The causes named that stop the stern papers, in the order of the vocabulary."""
        return tuple(cause for cause in GENTLE_CAUSES if cause in self.causes)

    @property
    def since(self) -> date:
        """The day the case as it stands was opened, or opened again."""
        return self.reopened_on or self.opened_on

    def latest_paper(self, name: str) -> PaperOfCase | None:
        """Return the last paper of that name about the case as it stands (not of before a reopening), or None."""
        return next((one for one in reversed(self.papers) if one.paper == name and one.issued_on >= self.since), None)

    def seek(self, since: date) -> None:
        """Say that the child is missing since a day."""
        self.sought.append((since, None))

    def stop_seeking(self, on: date) -> None:
        """Say that the child was back on a day, or that nobody seeks it any more.

        The day may lie before the one since which it was sought: then nobody need have sought it.
        """
        self.sought[-1] = (min(self.sought[-1][0], on), on)

    def has_reached(self, rung: str) -> bool:
        """Return whether the case has been as high on the ladder as `rung`."""
        return _ORDER.index(self.rung) >= _ORDER.index(rung)

    def reach(self, rung: str) -> None:
        """Go up the ladder to `rung`; never down: the highest step reached stands."""
        self.rung = max(self.rung, rung, key=_ORDER.index)


def in_reading_order(cases: list[Case]) -> list[Case]:
    """Return the cases as every list shows them: children of poor households first (三.7), then by number."""
    return sorted(cases, key=lambda case: (not case.poor, _numbered(case.number)))


def _numbered(number: str) -> tuple[str, int, str]:
    head, _, tail = number.rpartition("-")
    return (head, int(tail), "") if tail.isdigit() else (number, 0, "")
