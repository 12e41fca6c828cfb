"""The monthly reports a school has issued: what each said in figures, so that the next one begins where it ended.

An issued report is an event. It holds figures, the children's numbers behind the two that are carried on, and digests
of every list and definition; names stand in no event, they are found again by the numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dropctl.figures import Month, MonthFigures
from dropctl.figures.catalogue import definitions
from dropctl.ledger import Draft, Event
from dropctl.ledger.events import canonical

KIND = "month_reported"
CARRIED = ("Z02", "Z03")  # whose lists the next month begins with


@dataclass(frozen=True, slots=True)
class Issued:
    """One issued report. `number`: 1 for the first of its month, more for corrections; `on` the day it was issued."""

    month: Month
    number: int
    on: date
    content: str
    figures: Mapping[str, int]
    lists: Mapping[str, tuple[str, ...]]
    digests: Mapping[str, str]
    definitions: Mapping[str, str]
    plan: str


def issued_reports(events: Iterable[Event]) -> list[Issued]:
    """Return every issued report in the order of issue."""
    found = []
    for event in (event for event in events if event.kind == KIND):
        facts = event.facts
        lists = {figure: tuple(children) for figure, children in facts["lists"].items()}
        found.append(
            Issued(Month.parse(facts["month"]), facts["number"], event.recorded_as_of, facts["content"],
                   facts["figures"], lists, facts["digests"], facts["definitions"], facts["plan"])
        )  # fmt: skip
    return found


def last_issued(events: Iterable[Event], month: Month) -> Issued | None:
    """Return the report of a month that stands: the last one issued; None without any."""
    return next((one for one in reversed(issued_reports(events)) if one.month == month), None)


def content_of(figures: MonthFigures, unreported: Sequence[object], plan: str) -> str:
    """Return a digest of everything a report counts: figures, lists, silent classes, the plan it was judged by.

    Why a child stands in a list is not part of it: the sentence may name a file that was only renamed since.
    """
    said = [
        (one.id, one.value, [(line.child, line.case, line.on, line.amount) for line in one.lines])
        for one in figures.figures
    ]
    return _digest([said, [repr(group) for group in unreported], plan, definitions()])


def report_draft(figures: MonthFigures, content: str, number: int, plan: str, on: date) -> Draft:
    """Return the event that a report was issued; the same content again is the same event."""
    facts: dict[str, Any] = {
        "month": str(figures.month),
        "cutoff": figures.month.last,
        "number": number,
        "content": content,
        "figures": {one.id: one.value for one in figures.figures},
        "lists": {one: sorted(line.child for line in figures[one].lines if line.child) for one in CARRIED},
        "digests": list_digests(figures),
        "definitions": definitions(),
        "plan": plan,
        "zero": figures.is_zero,
    }
    return Draft(KIND, "", on, facts, once=f"month:{figures.month}:{number}:{content}")


def list_digests(figures: MonthFigures) -> dict[str, str]:
    """Return figure → digest of the children its list names."""
    return {one.id: _digest([(line.child, line.amount) for line in one.lines]) for one in figures.figures}


def _digest(value: object) -> str:
    return hashlib.sha256(canonical(value).encode(errors="surrogateescape")).hexdigest()[:12]
