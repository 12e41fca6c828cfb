"""What each registered child was marked as on every day: from case events, and from the registry's own words.

Two days belong to every event: the day it happened and the day it was recorded. The functions here are given the events
known on some day and order them by when they happened, so that a late entry takes its true place.

A child counts as marked only while it stands on the roster. The registry's own mark goes before a forecast (CONTRACT
§7); a confirmed return or a closing answers both. A registry that takes its mark back does not answer the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dropctl.ledger.cases import CASE_KINDS, counted_on, followed, standing
from dropctl.ledger.events import Event
from dropctl.policy.case_state import Case

SUSPECTED, DROPOUT = "suspected", "dropout"
REGISTRY_MARKS = {"疑似辍学": SUSPECTED, "辍学": DROPOUT}


@dataclass(frozen=True, slots=True)
class RosterDay:
    """One roster: the day it was read as of, and registered child → status as the registry words it."""

    day: date
    status: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class MarkChange:
    """A child's mark changes on `day`: from `before` to `after` (suspected, dropout or None), because of `cause`.

    `cause`: found (a finding), registry (an export shows it), returned (confirmed by attendance), closed, reopened,
    left (not on the roster any more), registered (on the roster again), unmarked (the registry took it back).
    """

    day: date
    child: str
    before: str | None
    after: str | None
    cause: str
    case: str | None


def in_true_order(events: Iterable[Event]) -> list[Event]:
    """Return the standing case events by the day they count from; each case begins with its opening."""
    known = standing(event for event in events if event.kind in CASE_KINDS)
    return sorted(known, key=lambda event: (event.kind != "case_opened", counted_on(event), event.seq))


def cases_on(events: Iterable[Event], day: date) -> dict[str, Case]:
    """Return case number → case as it truly stood at the end of `day`, by the events given."""
    until = (event for event in in_true_order(events) if counted_on(event) <= day)
    return {case.number: case for _, case in followed(until)}


@dataclass(slots=True)
class _Standing:
    """One child on the way: what its case says, what the registry says, whether it is on the roster."""

    registered: bool
    registry: str | None = None
    by_case: dict[str, str] = field(default_factory=dict)  # case → its mark, while the case is open
    last_case: str | None = None

    @property
    def mark(self) -> str | None:
        if not self.registered:
            return None
        return self.registry or next(reversed(self.by_case.values()), None)


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that may change a child's mark; `rank` puts the roster of a day before the cases of that day."""

    day: date
    rank: int
    seq: int
    child: str
    cause: str
    case: str | None = None
    mark: str | None = None
    registered: bool | None = None
    is_registry: bool = False  # a person recorded what the registry shows


def mark_changes(events: Iterable[Event], rosters: Sequence[RosterDay]) -> list[MarkChange]:
    """Return every change of a registered child's mark, in the order of days.

    `rosters` in the order they were read. Before the first one, a child on it counts as registered.
    """
    steps = sorted(
        [*_case_steps(events), *_roster_steps(rosters)], key=lambda step: (step.day, step.rank, step.seq, step.child)
    )
    first = rosters[0].status if rosters else {}
    state: dict[str, _Standing] = {}
    changes = []
    for step in steps:
        mine = state.setdefault(step.child, _Standing(step.child in first))
        before = mine.mark
        if step.registered is not None:
            mine.registered = step.registered
            mine.registry = mine.registry if step.registered else None
        elif step.case is None:
            mine.registry = step.mark
        else:
            mine.last_case = step.case
            mine.by_case.pop(step.case, None)
            if step.mark is not None:
                mine.by_case[step.case] = step.mark
            if step.is_registry or step.cause in ("returned", "closed"):
                mine.registry = step.mark
        if mine.mark != before:
            changes.append(MarkChange(step.day, step.child, before, mine.mark, step.cause, mine.last_case))
    return changes


def _case_steps(events: Iterable[Event]) -> Iterator[_Step]:
    causes = {
        "return_confirmed": "returned", "closed": "closed", "reopened": "reopened", "marked": "registry",
    }  # fmt: skip
    known: dict[str, str | None] = {}
    reached: dict[str, date] = {}
    for event, case in followed(in_true_order(events)):
        mark = case.mark if case.is_open and case.mark != "none" else None
        # Nothing happens to a case before it is opened: what is said to have, counts from the opening.
        number = case.number
        day = reached[number] = max(counted_on(event), reached.get(number, date.min))
        said = event.kind == "marked"
        if known.get(number) == mark and not said:
            continue
        known[number] = mark
        cause = causes.get(event.kind, "found")
        cause = "unmarked" if cause == "registry" and mark is None else cause
        yield _Step(day, 1, event.seq, case.child, cause, number, mark, is_registry=said)


def _roster_steps(rosters: Sequence[RosterDay]) -> Iterator[_Step]:
    before: Mapping[str, str | None] = rosters[0].status if rosters else {}
    marks: dict[str, str] = {}
    for number, roster in enumerate(rosters):
        for child in sorted(before.keys() | roster.status.keys()):
            if (child in before) != (child in roster.status):
                there = child in roster.status
                cause = "registered" if there else "left"
                yield _Step(roster.day, 0, 2 * number, child, cause, registered=there)
            if child not in roster.status:
                marks.pop(child, None)
                continue
            said = REGISTRY_MARKS.get(roster.status[child] or "")
            if said != marks.get(child):
                yield _Step(roster.day, 0, 2 * number + 1, child, "registry" if said else "unmarked", mark=said)
                if said:
                    marks[child] = said
                else:
                    marks.pop(child)
        before = roster.status


def marks_on(changes: Iterable[MarkChange], day: date) -> dict[str, MarkChange]:
    """Return child → the change that made its mark, for every child marked at the end of `day`."""
    found: dict[str, MarkChange] = {}
    for change in changes:
        if change.day > day:
            break
        if change.after is None:
            found.pop(change.child, None)
        else:
            found[change.child] = change
    return found
