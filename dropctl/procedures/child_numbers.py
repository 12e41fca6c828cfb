"""Lasting numbers for children (P-0001): found again by valid ID, else enrollment number, else weaker traits.

CONTRACT §7. The numbers stand in finding keys and ids, so that no ID number has to. They are kept in the
workspace between runs; outside one they are counted anew, in an order that does not depend on the files' rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dropctl.reconcile.people import Person

_OWN = ("id:", "enrollment:")  # keys that belong to one child


class ChildNumbers:
    """Hands out `P-0001` …; `known` maps an identity key of an earlier run to its number."""

    def __init__(self, known: Mapping[str, str], school_year: int) -> None:
        self.known = dict(known)
        self._year = school_year
        self._given: set[str] = set()
        self._last = max((int(number[2:]) for number in self.known.values()), default=0)

    def number(self, rows: Sequence[Person]) -> str:
        """Return the number of the child whose rows these are; two children of one run never share one."""
        keys = [self._free(key) for row in rows for key in self._keys(row)]
        for key in sorted(set(keys), key=keys.index):
            number = self.known.get(key)
            if number is not None and number not in self._given:
                break
        else:
            self._last += 1
            number = f"P-{self._last:04d}"
        self._given.add(number)
        for key in keys:
            self.known.setdefault(key, number)
        return number

    def _free(self, key: str) -> str:
        """Return the key, with #2, #3 … behind it for further children whom nothing but their name would tell apart.

        Namesakes of one class keep their numbers from run to run, so that their findings are the same ones.
        """
        if key.startswith(_OWN):
            return key
        tried, again = key, 1
        while self.known.get(tried) in self._given:
            again += 1
            tried = f"{key}#{again}"
        return tried

    def _keys(self, row: Person) -> list[str]:
        keys = []
        if row.id_number:
            keys.append(f"id:{row.id_number}")
        if row.enrollment_number:
            keys.append(f"enrollment:{row.enrollment_number}")
        if keys:
            return keys
        if row.name and row.known_birth and row.known_sex:
            return [f"born:{row.name}/{row.known_birth}/{row.known_sex}/{row.school or ''}"]
        return [f"class:{row.name or ''}/{row.school or ''}/{row.class_name or ''}/{self._year}"]
