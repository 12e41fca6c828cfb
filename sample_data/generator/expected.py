"""What a reconciliation must say about this school: read off the planted events, never off the papers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import product
from types import MappingProxyType

from .papers import Place, Placed
from .people import is_valid_id
from .truth import AS_OF, OPENING, ClassRef, Event, Truth

TWO_DAYS = date(2025, 9, 3)
ONE_MONTH = date(2025, 9, 30)  # the plan's 1 October is a holiday
TWO_MONTHS = date(2025, 10, 31)  # 1 November is a Saturday

Link = tuple[Place, Place]


@dataclass(frozen=True, slots=True)
class ExpectedFinding:
    """One finding. None says nothing about a field (but a due date of None is a promise: no deadline)."""

    kind: str
    grade: str | None
    class_name: str | None
    name: str | None
    id_number: str | None
    certainty: str | None
    triage: str | None
    due_date: date | None
    school: str | None = None  # told only where several schools are looked at together


@dataclass(frozen=True, slots=True)
class Expected:
    """Everything that is known beforehand about one generated school."""

    seed: int
    school: str
    opening: date
    as_of: date
    findings: tuple[ExpectedFinding, ...]
    undecided: tuple[ExpectedFinding, ...]  # may be there or not: the contract does not say
    required_links: tuple[Link, ...]
    forbidden_links: tuple[Link, ...]
    files: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many findings of each kind."""
        return dict(sorted(Counter(finding.kind for finding in self.findings).items()))

    def to_json(self) -> str:
        """Return the golden file: one finding or link per line."""
        head = {
            "schema": 1,
            "seed": self.seed,
            "school": self.school,
            "opening": self.opening.isoformat(),
            "as_of": self.as_of.isoformat(),
            "files": list(self.files),
            "counts": self.counts,
        }
        parts = [f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in head.items()]
        links = {"required_links": self.required_links, "forbidden_links": self.forbidden_links}
        told = {"findings": self.findings, "undecided": self.undecided}
        lists = {name: [_told(finding) for finding in found] for name, found in told.items()} | {
            name: [[list(asdict(side).values()) for side in link] for link in found] for name, found in links.items()
        }
        for key, rows in lists.items():
            lines = ",\n".join(json.dumps(row, ensure_ascii=False, default=date.isoformat) for row in rows)
            parts.append(f'"{key}": [\n{lines}\n]')
        return "{\n" + ",\n".join(parts) + "\n}\n"


# What follows from an event about each of its children: kind, certainty, triage, due date.
_ABSENT = ("not_returned", "certain", "to_contact", TWO_DAYS)
_PROVED = ("lawfully_absent", "certain", None, TWO_DAYS)
_CLAIMED = ("lawfully_absent", "claimed", None, TWO_DAYS)
_DOUBTED = ("not_returned", "to_confirm", "data_fault", TWO_DAYS)
_DOUBTED_ROW = ("unregistered", "to_confirm", None, None)
_BAD_NUMBER = ("identity_invalid", "certain", "none", None)
_CONFLICT = ("status_conflict", "certain", None, None)
_NOT_LOCATED = ("not_located", "certain", None, None)
_TWICE = ("duplicate_registration", "certain", "none", None)
_MISMATCH = ("identity_mismatch", "certain", "none", None)
_NO_CONTACT = ("contact_missing", "certain", "none", None)
_ELSEWHERE = ("not_returned", "certain", "elsewhere", TWO_DAYS)
_PENDING = ("transfer_pending", "certain", "none", None)
_ENTRANT = ("unregistered", "certain", "none", TWO_MONTHS)

Consequence = tuple[str, str | None, str | None, date | None]
CONSEQUENCES: dict[str, tuple[Consequence, ...]] = {
    "said_absent": (_ABSENT,),
    "missing_from_list": (_ABSENT,),
    "leave_over": (_ABSENT,),
    "left_by_status": (_ABSENT, _CONFLICT),
    "suspended_but_present": (_CONFLICT,),
    "leave_proved": (_PROVED,),
    "home_teaching": (_PROVED,),
    "leave_unproved": (_CLAIMED,),
    "sick_claimed": (_CLAIMED,),
    "leave_by_school": (_CLAIMED,),
    "namesakes_together": (_DOUBTED, _DOUBTED_ROW),
    "slip": (_DOUBTED, _DOUBTED_ROW),
    "stranger": (("unregistered", "certain", "none", None),),
    "entry_newcomer": (_ENTRANT,),
    "entrants": (_ENTRANT,),
    "check_digit": (_BAD_NUMBER,),
    "impossible_date": (_BAD_NUMBER,),
    "seventeen": (_BAD_NUMBER,),
    "digits_lost": (_BAD_NUMBER,),
    # Number and stated sex disagree: one of the two is wrong, and nobody can say which without the papers.
    "sex_digit": (("identity_invalid", "to_confirm", "none", None),),
    "two_rows": (_TWICE,),
    "one_number": (_TWICE,),
    "no_phone": (_NO_CONTACT,),
    "no_address": (_NO_CONTACT,),
    "gone_since_last_term": (_NOT_LOCATED,),
    "on_poverty_list_only": (_NOT_LOCATED,),
    "on_disability_list_only": (_NOT_LOCATED,),
    "overage_on_poverty_list": (("not_located", "to_confirm", None, None),),
    "poverty_name_differs": (_MISMATCH,),
    "poverty_birth_differs": (_MISMATCH,),
    "poverty_unmarked": (("poverty_unmarked", "certain", "none", ONE_MONTH),),
    "poverty_unlisted": (("poverty_unlisted", "certain", "none", ONE_MONTH),),
    "disability_unmarked": (("disability_unmarked", "certain", "none", ONE_MONTH),),
    "disability_unlisted": (("disability_unlisted", "certain", "none", ONE_MONTH),),
    # About a class, or about the second child only: told by `findings_of` itself.
    "class_unreported": (),
    "unknown": (),
    "twin_missing": (),
    # Right as they are: nothing may be said about them.
    "twins": (),
    "namesakes_apart": (),
    "other_class": (),
    "leave_over_returned": (),
    "moved_away": (),
    "finished": (),
    "untidy_number": (),
    "also_on_poverty_list": (),
    "finished_on_poverty_list": (),
    # Of the other two schools only.
    "transfer_late": (_ELSEWHERE, _PENDING),
    "transfer_late_but_here": (_PENDING,),
    "transfer_lately": (_ELSEWHERE,),
    "transfer_finished": (),
    "transfer_withdrawn": (_ABSENT,),
    "asked_and_missing": (_ELSEWHERE,),
    "asked_and_here": (),
    "former_name": (),
    "foreign": (),
    "left_and_not_seen": (),
    "left_but_registered": (_ABSENT,),
    "registered_in_primary": (),
    # Of the household list, which all schools share.
    "household_only": (_NOT_LOCATED,),
    "household_elsewhere": (("not_located", "certain", "elsewhere", None),),
    "household_moved": (),
    "household_dead": (),
    "household_over_age": (("not_located", "to_confirm", None, None),),
    "household_finished": (),
    "household_toddler": (),
    "household_adult": (),
}
# With the neighbours' papers at hand: the child sits in the junior school, and is registered after all.
TOGETHER: dict[str, tuple[Consequence, ...]] = {"left_but_registered": (_ELSEWHERE,)}

# The poverty list's own birth date and ID contradict each other: perhaps worth a line of its own, beside the mismatch.
UNDECIDED: dict[str, tuple[Consequence, ...]] = {
    "poverty_birth_differs": (("identity_invalid", None, None, None),),
}


def _told(finding: ExpectedFinding) -> dict[str, object]:
    told = asdict(finding)
    return told if finding.school else {name: value for name, value in told.items() if name != "school"}


def findings_of(
    truth: Truth, instead: Mapping[str, tuple[Consequence, ...]] = MappingProxyType({})
) -> list[ExpectedFinding]:
    """Return what follows from everything planted in a school; `instead` replaces the consequences of some events."""
    reader = _Reader(truth, instead)
    found = [finding for event in truth.events for finding in reader.findings_of(event)]
    # Marks left blank in two places of one class are one line about that class.
    classes = dict.fromkeys(finding for finding in found if finding.name is None)
    return [finding for finding in found if finding.name is not None] + list(classes)


def expect(truth: Truth, placed: Placed) -> Expected:
    """Return what must be found in the papers of this school alone."""
    reader = _Reader(truth)
    findings = findings_of(truth)
    findings.sort(key=lambda f: (f.kind, f.grade or "~", f.class_name or "~", f.name or "~", f.id_number or "~"))
    undecided = [
        finding
        for event in truth.events
        for key, consequence in product(event.pupils, UNDECIDED.get(event.what, ()))
        for finding in reader.about_child(key, consequence)
    ]
    forbidden = tuple(sorted(set(_forbidden(truth, placed)), key=_order))
    required = tuple(sorted(set(_required(truth, placed)) - set(forbidden), key=_order))
    files = tuple(sorted(placed.files))
    return Expected(
        truth.seed, truth.site.name, OPENING, AS_OF, tuple(findings), tuple(undecided), required, forbidden, files
    )


def _order(link: Link) -> tuple[tuple[str, str, str, int], ...]:
    return tuple((p.register, p.file, p.sheet or "", p.row) for p in link)


class _Reader:
    def __init__(self, truth: Truth, instead: Mapping[str, tuple[Consequence, ...]] = MappingProxyType({})) -> None:
        self.truth = truth
        self.consequences = CONSEQUENCES | dict(instead)
        # Whom another school still has on its register is registered, once that register is at hand.
        known = "registered_in_primary" if instead else ""
        self.known = {key for event in truth.events if event.what == known for key in event.pupils}

    def findings_of(self, event: Event) -> Iterator[ExpectedFinding]:
        """Yield what must be found because of one event."""
        if event.what in ("class_unreported", "unknown"):
            assert event.at is not None
            yield self._about_class(event.at)
            return
        if event.what == "twin_missing":
            yield from self.about_child(event.pupils[1], _ABSENT)
            return
        for key, consequence in product(event.pupils, self.consequences[event.what]):
            if key in self.known and consequence == _ENTRANT:
                continue
            yield from self.about_child(key, consequence)

    @staticmethod
    def _about_class(group: ClassRef) -> ExpectedFinding:
        return ExpectedFinding(
            "presence_unreported", str(group.grade), group.label, None, None, "certain", None, TWO_DAYS
        )

    def about_child(self, key: int, consequence: Consequence) -> Iterator[ExpectedFinding]:
        """Yield one consequence for one child, twice for a child registered twice where each row is told."""
        kind, certainty, triage, due = consequence
        outsider = self.truth.outsiders.get(key)
        if outsider is not None:
            yield ExpectedFinding(kind, None, None, outsider.name, outsider.number, certainty, triage, due)
            return
        pupil = self.truth.pupils[key]
        if kind == "not_located":
            yield ExpectedFinding(kind, None, None, pupil.name, pupil.id_number, certainty, triage, due)
            return
        group = replace(pupil.group, grade=min(pupil.group.grade, self.truth.site.top))
        name, number = pupil.name, pupil.id_number if pupil.id_recorded is None else None
        if pupil.foreign:
            number = None
        if kind == "unregistered":
            assert pupil.seat is not None
            group, name, number = pupil.seat, pupil.name_on_list, None
        elif kind == "identity_invalid":
            if consequence in UNDECIDED["poverty_birth_differs"]:
                yield ExpectedFinding(kind, None, None, name, number, certainty, triage, due)
                return
            number = None  # whether the G number's ID may stand in for the spoilt one is not for us to say
        elif kind == "identity_mismatch":
            name = None if self._listed_otherwise(key) else name
        elif kind == "duplicate_registration" and pupil.id_recorded is not None:
            number = pupil.id_recorded
        grade = str(group.grade)
        yield ExpectedFinding(kind, grade, group.label, name, number, certainty, triage, due)
        if kind == "duplicate_registration" and pupil.second_row_in is not None:
            second = pupil.second_row_in
            yield ExpectedFinding(kind, grade, second.label, name, number, certainty, triage, due)

    def _listed_otherwise(self, key: int) -> bool:
        return any(e.what == "poverty_name_differs" and key in e.pupils for e in self.truth.events)


_TO_A_PERSON = frozenset({"slip", "namesakes_together"})
_ALIKE = frozenset({"twins", "twin_missing", "namesakes_apart", "namesakes_together", "one_number"})
_OTHER_REGISTERS = ("presence", "previous", "poverty", "disability", "approval")


def _required(truth: Truth, placed: Placed) -> Iterator[Link]:
    """Yield the pairs of rows that are one child for certain (CONTRACT §1), one register row each side."""
    doubted = {key for event in truth.events if event.what in _TO_A_PERSON for key in event.pupils}
    for key, pupil in truth.pupils.items():
        rows = placed.of("enrollment", key)
        if len(rows) != 1:  # of a child registered twice either row may hold the link
            continue
        for register in _OTHER_REGISTERS:
            if register == "presence" and (key in doubted or not pupil.registered):
                continue
            if register != "presence" and pupil.id_recorded is not None:
                continue
            for place in placed.of(register, key):
                yield rows[0], place


def _forbidden(truth: Truth, placed: Placed) -> Iterator[Link]:
    """Yield the pairs of rows that nothing but a person may join."""
    for event in truth.events:
        if event.what in _ALIKE:
            for one, two in (event.pupils, event.pupils[::-1]):
                for register in _OTHER_REGISTERS:
                    yield from product(placed.of("enrollment", one), placed.of(register, two))
        if event.what in _TO_A_PERSON:
            for key in event.pupils:
                yield from product(placed.of("enrollment", key), placed.of("presence", key))


def bad_numbers_are_bad(truth: Truth) -> bool:
    """Say whether every number recorded wrongly is really wrong, or somebody else's."""
    others = {pupil.id_number for pupil in truth.pupils.values()}
    wrong = [p.id_recorded for p in truth.pupils.values() if p.id_recorded is not None]
    return all(number in others or not is_valid_id(number) for number in wrong)
