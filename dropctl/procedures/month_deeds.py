"""What was done in a month, for the figures that count deeds: lessons at home, papers, visits, letters of assistance.

Deeds are events of the ledger; the registers 送教上门记录 and 协查函登记 are counted where no event says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.figures.facts import Deed, Deeds, Month, Who
from dropctl.ledger import Event
from dropctl.ledger.cases import standing
from dropctl.ledger.children import ChildNumbers
from dropctl.reconcile.people import Person, people
from dropctl.vocabulary import CONTACT_RESULTS, OFFICES

_NOBODY = Who(None, None, None)
# Papers by their name in the catalogue of documents.
NOTICES = ("first-notice", "second-notice")
REPORTS = ("bureau-report",)


def registry_word(row: Person) -> str | None:
    """Return the enrollment status a roster row states, in its canonical word."""
    value = row.facts.get("status")
    return value if isinstance(value, str) else None


def deeds_of(
    events: Sequence[Event], frames: Mapping[str, pl.DataFrame], numbers: ChildNumbers, named: Mapping[str, Who],
    month: Month,
) -> Deeds:  # fmt: skip
    """Return the deeds of a month; `frames` are the registers as last read, `named` how children are called."""
    inside = [event for event in standing(events) if month.first <= event.happened_on <= month.last]
    case_of = {event.subject: event.facts["child"] for event in events if event.kind == "case_opened"}

    def papers(wanted: Collection[str]) -> Iterator[Deed]:
        for event in inside:
            if event.kind != "number_issued" or event.facts["paper"] not in wanted:
                continue
            children, cases = event.facts["children"], event.facts["cases"]
            more = f"，共{len(children)}名学生" if len(children) > 1 else ""
            what = f"{PAPER_BY_NAME[event.facts['paper']].label} {event.facts['number']}{more}"
            child = next(iter(children), None)
            yield Deed(child, named.get(child or "", _NOBODY), event.happened_on, what, next(iter(cases), None))

    visits = [
        Deed(child, named.get(child, _NOBODY), event.happened_on,
             f"{OFFICES[event.facts['office']]}家访，{CONTACT_RESULTS[event.facts['result']]}", event.subject)
        for event in inside
        if event.kind == "contacted" and event.facts["how"] == "visit" and (child := case_of.get(event.subject))
    ]  # fmt: skip
    received, done = _letters(events, frames.get("assistance"), numbers, named, month)
    return Deeds(
        _in_order(_lessons(inside, frames.get("home_teaching"), numbers, named, month)),
        _in_order(papers(NOTICES)),
        _in_order(papers(REPORTS)),
        _in_order(visits),
        _in_order(received),
        _in_order(done),
    )


def _in_order(deeds: Iterable[Deed]) -> tuple[Deed, ...]:
    return tuple(sorted(deeds, key=lambda deed: (deed.on, deed.child or "", deed.who.name or "", deed.what)))


def _lessons(
    inside: Sequence[Event], frame: pl.DataFrame | None, numbers: ChildNumbers, named: Mapping[str, Who], month: Month
) -> list[Deed]:
    """Return one deed per child and day taught at home."""
    found: dict[tuple[str, date], Deed] = {}
    for event in inside:
        if event.kind == "home_visit":
            who = named.get(event.subject, _NOBODY)
            found[event.subject, event.happened_on] = Deed(event.subject, who, event.happened_on, "送教上门")
    for row in people(frame, "home_teaching"):
        day = row.facts.get("visited_on")
        if isinstance(day, date) and month.first <= day <= month.last:
            child = numbers.find(row)
            who = named.get(child or "", Who(row.name, row.grade, row.class_name))
            found.setdefault((child or row.name or "", day), Deed(child, who, day, "送教上门（记录表）"))
    return list(found.values())


def _letters(
    events: Sequence[Event], frame: pl.DataFrame | None, numbers: ChildNumbers, named: Mapping[str, Who], month: Month
) -> tuple[list[Deed], list[Deed]]:
    """Return the letters of assistance that came in, and those answered or called done, in the month.

    A letter is done once: when it was answered, or when it was closed without an answer.
    """
    came: dict[str, Deed] = {}
    ended: dict[str, Deed] = {}
    known: set[tuple[Any, ...]] = set()
    for event in standing(events):
        if event.kind == "letter_received":
            said = next(iter(event.personal.values()), {})
            child = event.facts.get("child")
            who = named.get(child or "", Who(said.get("name"), None, None))
            known.add((event.happened_on, said.get("letter_number"), said.get("name")))
            came[event.subject] = Deed(child, who, event.happened_on, f"{event.subject} {said.get('sender') or ''}来函")
        elif event.kind in ("letter_replied", "letter_closed") and event.subject in came:
            letter = came[event.subject]
            word = "已复函" if event.kind == "letter_replied" else "已办结"
            ended.setdefault(event.subject, Deed(letter.child, letter.who, event.happened_on, f"{letter.what}，{word}"))
    for place, row in enumerate(people(frame, "assistance")):
        facts = row.facts
        day = facts.get("received_on")
        if not isinstance(day, date) or (day, facts.get("letter_number"), row.name) in known:
            continue
        child = numbers.find(row)
        who = named.get(child or "", Who(row.name, row.grade, row.class_name))
        key, what = f"row {place}", f"{facts.get('sender') or '外地'}来函（登记册）"
        came[key] = Deed(child, who, day, what)
        replied = facts.get("replied_on")
        if isinstance(replied, date):
            ended[key] = Deed(child, who, replied, f"{what}，已复函")

    def of_month(deeds: Iterable[Deed]) -> list[Deed]:
        return [deed for deed in deeds if month.first <= deed.on <= month.last]

    return of_month(came.values()), of_month(ended.values())
