"""The register of incoming letters of assistance (三.1) computed from events, each entry under a number of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dropctl.ledger.events import Draft, Event
from dropctl.policy.assistance import Letter

LETTER_KINDS = frozenset({"letter_received", "letter_replied", "letter_closed"})
_HEAD = "X"
# What tells about the child or a person, kept in the personal part of the first event.
PERSONAL = (
    "sender", "name", "letter_number", "sex", "born", "id_number", "id_text", "enrollment_number", "origin_school",
    "asked", "handler", "note",
)  # fmt: skip


def fold_letters(events: Iterable[Event]) -> dict[str, Letter]:
    """Return entry number → letter, in the order of the register; a later answer stands for the one before."""
    found: dict[str, Letter] = {}
    for event in (event for event in events if event.kind in LETTER_KINDS):
        said = next(iter(event.personal.values()), {})
        if event.kind == "letter_received":
            found[event.subject] = _received(event, said)
        elif event.subject in found:
            _CHANGES[event.kind](found[event.subject], event, said)
    return found


def _received(event: Event, said: Mapping[str, Any]) -> Letter:
    told: dict[str, Any] = {key: said.get(key) for key in PERSONAL}
    told["born"] = date.fromisoformat(told["born"]) if told["born"] else None
    told |= {key: told[key] or "" for key in ("sender", "name")}
    answer_by = event.facts.get("answer_by")
    return Letter(
        event.subject,
        event.happened_on,
        **told,
        answer_by=date.fromisoformat(answer_by) if answer_by else None,
        child=event.facts.get("child"),
    )


def _replied(letter: Letter, event: Event, said: Mapping[str, Any]) -> None:
    letter.state = "replied"
    letter.result, letter.replied_on = event.facts["result"], event.happened_on
    letter.found_school, letter.reply_number = said.get("school"), said.get("number")
    letter.replied_by, letter.reply_note = said.get("by"), said.get("note")


def _closed(letter: Letter, event: Event, said: Mapping[str, Any]) -> None:
    letter.state, letter.closed_on, letter.closing_note = "closed", event.happened_on, said.get("note")


_CHANGES = {"letter_replied": _replied, "letter_closed": _closed}


def received_draft(letter: Letter) -> Draft:
    """Return the event that enters a letter; its personal part bears the child's number, else the entry's own."""
    told = {key: getattr(letter, key) for key in PERSONAL}
    facts = {"answer_by": letter.answer_by, "child": letter.child}
    return Draft("letter_received", letter.number, letter.received_on, facts, {letter.child or letter.number: told})


def next_letter_number(letters: Mapping[str, Letter], received_on: date) -> str:
    """Return the next free number of the year the letter came in, such as `X-2025-001`."""
    head = f"{_HEAD}-{received_on.year}-"
    used = [int(number.removeprefix(head)) for number in letters if number.startswith(head)]
    return f"{head}{max(used, default=0) + 1:03d}"


def same_letter(letter: Letter) -> tuple[object, ...]:
    """Return what tells that a letter is already in the register."""
    names = ("received_on", "sender", "letter_number", "name", "id_number", "id_text", "enrollment_number")
    return tuple(getattr(letter, name) for name in names)
