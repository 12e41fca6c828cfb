"""Lasting numbers for children (P-0001), found again by valid ID, else enrollment number, else weaker traits.

CONTRACT §7. The numbers stand in finding keys, cases and papers, so that no ID number has to. Handing out is done in
memory; what is new or corrected is then recorded as one event, each child a part of its own.

A roster is met as a whole before its rows are numbered: whether a weak trait means a child, or its namesake, hangs on
who else stands there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from dropctl.ledger.events import Draft, Event
from dropctl.reconcile.people import Person

_CERTAIN = ("id", "enrollment")
_TOLD = ("name", "sex", "born", "school", "grade", "class_name")


class Child(NamedTuple):
    """What is known of one child; `keys` are the traits it is found again by, ever. A county has ten thousands."""

    number: str
    keys: tuple[str, ...] = ()
    name: str | None = None
    sex: str | None = None
    born: str | None = None  # ISO date
    school: str | None = None
    grade: str | None = None
    class_name: str | None = None


def fold_children(events: Iterable[Event]) -> dict[str, Child]:
    """Return number → child from the events of kind `children`; keys add up, the rest is as last recorded."""
    found: dict[str, Child] = {}
    for event in events:
        if event.kind != "children":
            continue
        for number, values in event.personal.items():
            before = found.get(number, Child(number))
            keys = tuple(dict.fromkeys([*before.keys, *values.get("keys", ())]))
            rest = {key: value for key, value in values.items() if key != "keys"}
            found[number] = before._replace(keys=keys, **rest)
    return found


class ChildNumbers:
    """Hands out `P-0001` …, starting from the children known already."""

    def __init__(self, known: Mapping[str, Child], school_year: int, last: int = 0) -> None:
        self.children = dict(known)
        self._known = dict(known)
        self._year = school_year
        self._by_key: dict[str, list[str]] = {}
        self._given: set[str] = set()
        self._touched: set[str] = set()
        # What the roster says before its rows are numbered: child → the strongest trait by which a row is it; how many
        # rows have a weak trait of a child without an ID, and which of these belong to rows nobody is known by.
        self._claimed: dict[str, int] = {}
        self._sharing: Counter[str] = Counter()
        self._strange: set[str] = set()
        self._last = max([last, *(int(number[2:]) for number in self.children)])
        for child in self.children.values():
            for key in child.keys:
                self._by_key.setdefault(key, []).append(child.number)

    def meet(self, pupils: Iterable[Sequence[Person]]) -> None:
        """Take note of a whole roster, each pupil seen as its rows, before any of them is numbered.

        Whom a row names by a number is left to that row, whatever the order; and a child whose number was missing or
        wrong is known again by its other traits where exactly one child and exactly one row have them.
        """
        # Weak traits are looked at only where they may lead to a child without a valid ID; a county has many rows.
        unsure = {
            _name_in(key)
            for child in self.children.values()
            if not any(key.startswith("id:") for key in child.keys)
            for key in child.keys
            if _strength(key) >= _WEAK
        }
        for rows in pupils:
            known = [key for row in rows for key in _certain_keys(row) if key in self._by_key]
            number = None
            if known:
                best = min(known, key=_strength)
                number = self._holders(best)[0]
                self._claimed[number] = min(_strength(best), self._claimed.get(number, _WEAK))
            if any((row.name or "") in unsure for row in rows):
                weak = [key for key in self._all_keys(rows) if _strength(key) >= _WEAK]
                self._sharing.update(weak)
                if number is None or self._is_only_listed(number):
                    self._strange.update(weak)

    def number(self, rows: Sequence[Person]) -> str:
        """Return the number of the child whose rows these are; two children of one run never share one."""
        keys = self._all_keys(rows)
        number = self._found(keys)
        if number is not None and self._is_only_listed(number):
            number = self._put_right(keys) or number
        if number is None:
            self._last += 1
            number = f"P-{self._last:04d}"
            self._touched.add(number)
            self.children[number] = Child(number, tuple(keys), **_told(rows[0]))
            for key in keys:
                self._by_key.setdefault(key, []).append(number)
        else:
            self._learn(number, keys, rows)
        self._given.add(number)
        return number

    def find(self, row: Person) -> str | None:
        """Return the number a row is known by, None for a stranger; nothing is handed out."""
        return self._found(list(dict.fromkeys(self._keys(row))), again=True)

    def drafts(self, on: date) -> list[Draft]:
        """Return the event that records what is new or corrected; none when everything was known."""
        parts: dict[str, dict[str, Any]] = {}
        for number in sorted(self._touched):
            before, now = self._known.get(number, Child(number)), self.children[number]
            told = {name: getattr(now, name) for name in _TOLD if getattr(now, name) != getattr(before, name)}
            if more := [key for key in now.keys if key not in before.keys]:
                told["keys"] = more
            if told:
                parts[number] = told
        new = sum(number not in self._known for number in parts)
        return [Draft("children", "", on, {"new": new, "corrected": len(parts) - new}, parts)] if parts else []

    def adopt(self, children: Mapping[str, Child]) -> None:
        """Take over children numbered before there was a ledger; they are recorded with the rest."""
        for number, child in children.items():
            self.children[number] = child
            self._touched.add(number)
            for key in child.keys:
                self._by_key.setdefault(key, []).append(number)
        self._last = max([self._last, *(int(number[2:]) for number in children)])

    def _all_keys(self, rows: Sequence[Person]) -> list[str]:
        if len(rows) == 1:
            return self._keys(rows[0])
        return list(dict.fromkeys(key for row in rows for key in self._keys(row)))

    def _keys(self, row: Person) -> list[str]:
        """Return the traits of a row, the strongest first; name and class stand in only where all others fail."""
        keys = _certain_keys(row)
        if row.name and (born := row.known_birth) and (sex := row.known_sex):
            keys.append(f"born:{row.name}/{born}/{sex}/{row.school or ''}")
        return keys or [f"class:{row.name or ''}/{row.school or ''}/{row.class_name or ''}/{self._year}"]

    def _found(self, keys: Sequence[str], *, again: bool = False) -> str | None:
        # Most traits of a stranger are nobody's.
        known = [key for key in keys if key in self._by_key]
        if not known:
            return None
        for key in sorted(known, key=_strength):
            for number in self._holders(key):
                if (again or self._is_free(number, key)) and not self._contradicted(number, key, keys):
                    return number
        return None

    def _holders(self, key: str) -> Sequence[str]:
        """Return the children a trait leads to, those of the roster before those that only lists have named."""
        holders = self._by_key[key]
        return holders if len(holders) == 1 else sorted(holders, key=self._is_only_listed)

    def _is_only_listed(self, number: str) -> bool:
        """Say whether a child was never on a roster: it has no class and no enrollment number."""
        child = self.children[number]
        return child.class_name is None and not any(key.startswith("enrollment:") for key in child.keys)

    def _put_right(self, keys: Sequence[str]) -> str | None:
        """Return the child of the roster that a row with a valid ID means, where only a list knew that ID before.

        The list's row could not be linked while the roster had the ID wrong; the number with the history goes on.
        """
        for key in keys:
            for number in self._by_key.get(key, ()) if _strength(key) >= _WEAK else ():
                has_id = any(known.startswith("id:") for known in self.children[number].keys)
                if not has_id and number not in self._given and self._nobody_else(number, key):
                    return number
        return None

    def _is_free(self, number: str, by: str) -> bool:
        """Say whether a number is not given yet, nor kept for a row of the roster that names the child by more."""
        return number not in self._given and self._claimed.get(number, _strength(by)) >= _strength(by)

    def _contradicted(self, number: str, by: str, keys: Sequence[str]) -> bool:
        """Say whether a number found by a weak trait belongs to a child with another ID or enrollment number.

        A number may have been wrong where the child had no valid ID and now has one: then the enrollment number, which
        is mostly made of it, changes with it. Two valid IDs are two children.
        """
        if _strength(by) < _WEAK:
            return False
        known = self.children[number].keys
        ours, theirs = (
            {kind: {key for key in some if key.startswith(f"{kind}:")} for kind in _CERTAIN} for some in (keys, known)
        )
        differing = [kind for kind in _CERTAIN if ours[kind] and theirs[kind] and not ours[kind] & theirs[kind]]
        if theirs["id"] or not ours["id"]:
            return bool(differing)
        if differing:
            return not self._nobody_else(number, by)
        return self._sharing[by] > 1  # any of these rows may be the child

    def _nobody_else(self, number: str, by: str) -> bool:
        """Say whether a trait means one child and one row of the roster, and neither is known by something better."""
        return (
            self._by_key[by] == [number]
            and number not in self._claimed
            and self._sharing[by] == 1
            and by in self._strange
        )

    def _learn(self, number: str, keys: Sequence[str], rows: Sequence[Person]) -> None:
        child = self.children[number]
        more = [key for key in keys if key not in child.keys]
        # A list that leaves something out does not take back what a fuller one said.
        told = {
            key: value for key, value in _told(rows[0]).items() if value is not None and value != getattr(child, key)
        }
        if not more and not told:
            return
        self._touched.add(number)
        self.children[number] = child._replace(keys=(*child.keys, *more), **told)
        for key in more:
            self._by_key.setdefault(key, []).append(number)


def _certain_keys(row: Person) -> list[str]:
    keys = []
    if row.id_number:
        keys.append(f"id:{row.id_number}")
    if row.enrollment_number:
        keys.append(f"enrollment:{row.enrollment_number}")
    return keys


def _name_in(key: str) -> str:
    """Return the name in a weak trait."""
    return key.partition(":")[2].partition("/")[0]


def _told(lead: Person) -> dict[str, Any]:
    """Return what the leading row of a child says of it; None where it says nothing."""
    born = lead.known_birth
    return {
        "name": lead.name, "sex": lead.known_sex, "born": born.isoformat() if born else None,
        "school": lead.school, "grade": lead.grade, "class_name": lead.class_name,
    }  # fmt: skip


_STRENGTH = {"id": 0, "enrollment": 1, "born": 2, "class": 3}
_WEAK = _STRENGTH["born"]  # from here on a trait may be another child's as well


def _strength(key: str) -> int:
    """Return the place of a trait's kind, 0 the strongest."""
    return _STRENGTH[key.partition(":")[0]]


def taken_over(old: Mapping[str, str]) -> dict[str, Child]:
    """Return the children of a workspace from before the ledger, whose `children.json` held key → number."""
    found: dict[str, Child] = {}
    for key, number in old.items():
        before = found.get(number, Child(number))
        # Namesakes of one class had #2, #3 … behind their key; here they share it.
        found[number] = before._replace(keys=(*before.keys, re.sub(r"#\d+$", "", key)))
    return found
