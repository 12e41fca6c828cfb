"""Visits of home teaching (三.7) computed from events: one per child, day and teacher; voided ones are passed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dropctl.ledger.cases import standing
from dropctl.ledger.events import Draft, Event

VISIT_KINDS = frozenset({"home_visit", "voided", "corrected"})
# What is kept of a visit beside child and day, in the keys of the register `home_teaching`.
TOLD = ("teacher", "hours", "lessons", "place", "content", "response", "feedback", "next_visit", "note")


@dataclass(frozen=True, slots=True)
class HomeVisit:
    """One recorded visit. `event` is its number in the ledger; `told` what was written about it, ordered as TOLD."""

    event: int
    child: str
    on: date
    told: tuple[str | None, ...]

    def said(self, key: str) -> str | None:
        """Return what was written under one of TOLD."""
        return self.told[TOLD.index(key)]


def fold_visits(events: Iterable[Event]) -> list[HomeVisit]:
    """Return the visits that stand, in the order of recording."""
    lines = standing(event for event in events if event.kind in VISIT_KINDS)
    return [
        HomeVisit(
            event.seq, event.subject, event.happened_on, tuple(event.said(key, event.subject) for key in TOLD)
        )
        for event in lines
        if event.kind == "home_visit"
    ]  # fmt: skip


def visit_draft(child: str, on: date, told: Iterable[str | None]) -> Draft:
    """Return the event that records a visit; everything said about the child stands in the child's own part."""
    return Draft("home_visit", child, on, {}, {child: dict(zip(TOLD, told, strict=True))})
