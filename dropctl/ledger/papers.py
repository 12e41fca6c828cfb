"""Papers computed from events: their numbers, what was written on them, whether they were delivered or taken back.

A number is an event recorded before the paper is rendered. It is never given again: a voided one stays, marked void.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dropctl.ledger.events import Draft, Event
from dropctl.policy.case_state import counts_as_served

PAPER_KINDS = frozenset({"number_issued", "served", "voided"})


@dataclass(frozen=True, slots=True)
class Service:
    """One delivery: its number in the ledger, the day, how (SERVICES), and what came back."""

    event: int
    happened_on: date
    how: str
    receipt: str | None
    personal: Mapping[str, Any]  # by, receiver, witness, note


@dataclass(slots=True)
class IssuedPaper:
    """One numbered paper. `answers`: what it is the answer to; `values`: what was written on it."""

    number: str
    paper: str
    stem: str
    serial: int
    answers: str
    cases: tuple[str, ...]
    children: tuple[str, ...]
    issued_on: date
    event: int
    values: Mapping[str, Any]
    void: bool = False
    services: list[Service] = field(default_factory=list)

    @property
    def served(self) -> Service | None:
        """The delivery that counts: the last one recorded, unless it failed (`counts_as_served`)."""
        last = self.services[-1] if self.services else None
        return last if last is not None and counts_as_served(last.how, last.receipt) else None


def fold_papers(events: Iterable[Event]) -> dict[str, IssuedPaper]:
    """Return number → paper in the order of issue, voided ones included."""
    papers: dict[str, IssuedPaper] = {}
    events = list(events)
    void = {event.facts["event"] for event in events if event.kind == "voided"}
    for event in events:
        if event.kind == "number_issued":
            facts = event.facts
            papers[facts["number"]] = IssuedPaper(
                facts["number"], facts["paper"], facts["stem"], facts["serial"], facts["answers"],
                tuple(facts["cases"]), tuple(facts["children"]), event.happened_on, event.seq,
                event.personal.get(_part(facts["children"]), {}), event.seq in void,
            )  # fmt: skip
        elif event.kind == "served" and event.seq not in void:
            said = next(iter(event.personal.values()), {})
            facts = event.facts
            papers[facts["number"]].services.append(
                Service(event.seq, event.happened_on, facts["how"], facts["receipt"], said)
            )
    return papers


def standing_answer(papers: Iterable[IssuedPaper], answers: str) -> IssuedPaper | None:
    """Return the paper that answers something and was not taken back; None without any."""
    return next((paper for paper in papers if paper.answers == answers and not paper.void), None)


def next_serial(papers: Iterable[IssuedPaper], stem: str) -> int:
    """Return the serial behind the last one given under a stem, voided ones included."""
    return 1 + max((paper.serial for paper in papers if paper.stem == stem), default=0)


def issued_draft(
    papers: Collection[IssuedPaper], *, number: str, paper: str, stem: str, serial: int, answers: str,
    cases: tuple[str, ...], children: tuple[str, ...], on: date, rung: str | None, values: Mapping[str, Any],
) -> Draft:  # fmt: skip
    """Return the event that gives a number, with what will be written on the paper.

    Once only for what it answers, and once more after each voiding.
    """
    earlier = sum(one.answers == answers for one in papers)
    facts = {
        "number": number, "paper": paper, "stem": stem, "serial": serial, "answers": answers, "cases": list(cases),
        "children": list(children), "rung": rung,
    }  # fmt: skip
    subject = cases[0] if len(cases) == 1 else ""
    once = f"paper:{answers}:{earlier}"
    return Draft("number_issued", subject, on, facts, {_part(children): dict(values)}, once)


def _part(children: Iterable[str]) -> str:
    """Return the name of the part that tells about these children: all their numbers, so that none is overlooked."""
    return "+".join(children)
