"""Transfers and letters of assistance laid beside the children at hand: enrolled, newcomers, those on lists only.

A transfer explains only what it certainly is about; what it may be about is said as a question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import date

from dropctl.policy.evidence import ListedChild, Newcomer, PupilFacts
from dropctl.policy.listed import Decided, is_doubtful
from dropctl.policy.plan import Plan
from dropctl.policy.transfers import Transfer, as_seen, latest, transfer_of
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person, Pupil, by_key, group_pupils
from dropctl.school_calendar import SchoolCalendar

Child = PupilFacts | Newcomer | ListedChild


def is_incoming(letter: Person) -> bool:
    """Say whether a letter asks us; one that we sent names whom it went to instead."""
    facts = letter.facts
    return facts.get("sender") is not None or facts.get("received_on") is not None or facts.get("recipient") is None


class Correspondence:
    """Finds out whom each paper is about, first among the enrolled, then newcomers, then children on lists only."""

    def __init__(
        self,
        pupils: Sequence[Pupil],
        facts: Mapping[int, PupilFacts],
        newcomers: Sequence[Newcomer],
        strays: Sequence[ListedChild],
        school: str | None,
        schools: frozenset[str],
        linking: Callable[..., list[Link]],
        decided: Decided,
    ) -> None:
        self._school, self._schools, self._linked, self._decided = school, schools, linking, decided
        stray_pupils = [Pupil(stray.rows) for stray in strays]
        self._sides: tuple[tuple[str, list[Pupil]], ...] = (
            ("enrollment", list(pupils)),
            ("presence", [newcomer.pupil for newcomer in newcomers]),
            ("listed", stray_pupils),
        )
        self._child: dict[int, Child] = dict(facts)
        self._child.update((id(newcomer.pupil), newcomer) for newcomer in newcomers)
        self._child.update((id(pupil), stray) for pupil, stray in zip(stray_pupils, strays, strict=True))
        self.letter_reviews: dict[int, list[Link]] = {}

    def _link(
        self, entries: Sequence[Pupil], register: str, links: MutableMapping[tuple[str, str], Sequence[Link]]
    ) -> tuple[list[Link], list[Link]]:
        """Return the certain links and the questions; each entry is taken once."""
        sure: list[Link] = []
        doubtful: list[Link] = []
        rest = list(entries)
        for side, people in self._sides:
            found = self._decided(self._linked(people, rest, by_class=False), people, rest, (side, register))
            links[side, register] = found
            sure += [link for link in found if link.certain]
            doubtful += [link for link in found if is_doubtful(link)]
            taken = {id(link.right) for link in found if link.certain}
            rest = [entry for entry in rest if id(entry) not in taken]
        return sure, doubtful

    def transfers(
        self,
        rows: Sequence[Person],
        links: MutableMapping[tuple[str, str], Sequence[Link]],
        plan: Plan,
        calendar: SchoolCalendar,
        as_of: date,
    ) -> list[tuple[Transfer, Child | None]]:
        """Return the transfer that counts for each child, and hand it to the child it is certainly about."""
        if not rows:
            return []
        entries = group_pupils(rows)
        seen: dict[int, list[Transfer]] = {id(entry): [] for entry in entries}
        for entry in entries:
            for row in entry.rows:
                for view, leaves in as_seen(row, self._school, self._schools):
                    one = transfer_of(view, leaves, plan, calendar, as_of)
                    if one is not None:
                        seen[id(entry)].append(one)
        sure, doubtful = self._link(entries, "transfer", links)
        told: list[tuple[Transfer, Child | None]] = []
        taken = set()
        for link in sure:
            child = self._child[id(link.left)]
            own = {row.school for row in link.left.rows} - {None}
            standing = latest(
                one for one in seen[id(link.right)] if not own or one.person.school is None or one.person.school in own
            )
            taken.add(id(link.right))
            child.transfer = latest(one for one in (standing, child.transfer) if one is not None)
        for child in self._child.values():
            if child.transfer is not None:
                told.append((child.transfer, child))
        for link in doubtful:
            child = self._child[id(link.left)]
            if not isinstance(child, ListedChild) and latest(seen[id(link.right)]) is not None:
                child.transfer_reviews.append(link)
        for entry in entries:
            alone = latest(seen[id(entry)])
            if id(entry) not in taken and alone is not None:
                told.append((alone, None))
        return told

    def letters(
        self, rows: Sequence[Person], links: MutableMapping[tuple[str, str], Sequence[Link]], as_of: date
    ) -> list[tuple[Person, Child | None]]:
        """Return each letter with the child it is certainly about here, in the order of the register."""
        if not rows:
            return []
        known = [row for row in rows if _dated(row) is None or (_dated(row) or as_of) <= as_of]
        entries = group_pupils(known)
        sure, doubtful = self._link(entries, "assistance", links)
        about = {id(link.right): self._child[id(link.left)] for link in sure}
        self.letter_reviews = {
            id(row): found for entry, found in by_key(doubtful, lambda link: link.right).items() for row in entry.rows
        }
        told: list[tuple[Person, Child | None]] = []
        for entry in entries:
            child = about.get(id(entry))
            if child is not None:
                child.letters.extend(entry.rows)
            told += [(row, child) for row in entry.rows]
        return sorted(told, key=lambda pair: (pair[0].file, pair[0].sheet or "", pair[0].row))


def _dated(letter: Person) -> date | None:
    day = letter.facts.get("received_on") or letter.facts.get("sent_on")
    return day if isinstance(day, date) else None
