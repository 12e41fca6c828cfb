"""The restricted list (三.7): minor children of people in prison, each with the person entrusted with it.

Who stands in it is known to no fold but this one: its events have no subject and no facts, so that neither the audit
log nor any list of events tells a name or a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dropctl.ledger.events import Draft, Event

CARE_KINDS = frozenset({"care_entrusted", "care_ended"})


@dataclass(frozen=True, slots=True)
class Care:
    """One child in the restricted list: since when, to whom it is entrusted, and what was noted."""

    child: str
    since: date
    person: str
    note: str | None


def fold_care(events: Iterable[Event]) -> dict[str, Care]:
    """Return child's number → entry, of those that stand; entrusted anew, the later person stands."""
    found: dict[str, Care] = {}
    for event in events:
        if event.kind not in CARE_KINDS:
            continue
        for child, said in event.personal.items():
            if event.kind == "care_ended":
                found.pop(child, None)
            else:
                since = found[child].since if child in found else event.happened_on
                found[child] = Care(child, since, said["person"], said.get("note"))
    return dict(sorted(found.items()))


def entrusted(child: str, on: date, person: str, note: str | None) -> Draft:
    """Return the event that enters a child or gives it to somebody else."""
    return Draft("care_entrusted", "", on, {}, {child: {"person": person, "note": note}})


def ended(child: str, on: date, note: str | None) -> Draft:
    """Return the event that takes a child out of the list."""
    return Draft("care_ended", "", on, {}, {child: {"note": note}})
