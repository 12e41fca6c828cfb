"""The laws and documents a paper may cite: article, paraphrase, who may cite it, and whether a person checked it.

A paraphrase is ours; the text of the law is never quoted. A statute that nobody has compared with the official text
stays `confirmed = false` and says so wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

CITED_BY = {"school": "学校", "bureau": "县教育局", "township": "乡镇人民政府"}
USES = {"notice": "致家长的文书", "office": "机关之间的文书", "background": "背景说明"}
_FIELDS: dict[str, type] = {
    "id": str,
    "law": str,
    "version": str,
    "article": str,
    "paraphrase": str,
    "cited_by": list,
    "use": str,
    "source": str,
    "confirmed": bool,
}
_REFUSED_FIELDS: dict[str, type] = {"what": str, "reason": str, "instead": str}


@dataclass(frozen=True, slots=True)
class Statute:
    """One citable article. `checked_on` is the day its source was read; None when it was written from memory."""

    id: str
    law: str
    version: str
    article: str
    paraphrase: str
    cited_by: tuple[str, ...]
    use: str
    source: str
    checked_on: date | None
    confirmed: bool

    @property
    def cited(self) -> str:
        """How a paper names it: 《中华人民共和国义务教育法》第五条第二款."""
        return f"《{self.law}》{self.article}"


@dataclass(frozen=True, slots=True)
class Uncitable:
    """What must not be cited, and why."""

    what: str
    reason: str
    instead: str


@dataclass(frozen=True, slots=True)
class Statutes:
    """The whole table."""

    citable: tuple[Statute, ...]
    uncitable: tuple[Uncitable, ...]

    def cited_by(self, office: str, *ids: str) -> tuple[Statute, ...]:
        """Return the statutes of those ids; ValueError for one the office may not cite in a paper to a family."""
        by_id = {statute.id: statute for statute in self.citable}
        found = tuple(by_id[one] for one in ids)
        for statute in found:
            if office not in statute.cited_by or statute.use != "notice":
                raise ValueError(f"{statute.id}: not for {office} in a paper to a family")
        return found


def parse_statutes(document: Mapping[str, Any]) -> Statutes:
    """Return the table held by a parsed TOML document; ValueError, naming the entry, for one that is not complete."""
    citable = tuple(_statute(entry) for entry in document["statutes"])
    ids = [statute.id for statute in citable]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise ValueError(f"{twice[0]}: given twice")
    uncitable = []
    for entry in document["uncitable"]:
        _checked(entry, _REFUSED_FIELDS, str(entry.get("what")), optional=())
        uncitable.append(Uncitable(entry["what"], entry["reason"], entry["instead"]))
    return Statutes(citable, tuple(uncitable))


def _checked(entry: Mapping[str, Any], fields: Mapping[str, type], name: str, optional: tuple[str, ...]) -> None:
    for key, kind in fields.items():
        if not isinstance(entry.get(key), kind) or entry[key] in ("", []):
            raise ValueError(f"{name}: {key} is missing or not a {kind.__name__}")
    if unknown := sorted(set(entry) - set(fields) - set(optional)):
        raise ValueError(f"{name}: unknown key {unknown[0]}")


def _statute(entry: Mapping[str, Any]) -> Statute:
    name = str(entry.get("id"))
    _checked(entry, _FIELDS, name, optional=("checked_on",))
    checked_on = entry.get("checked_on")
    if checked_on is not None and (not isinstance(checked_on, date) or isinstance(checked_on, datetime)):
        raise ValueError(f"{name}: checked_on is not a date")
    if entry["confirmed"] and checked_on is None:
        raise ValueError(f"{name}: confirmed without a day on which it was checked")
    if unknown := sorted(set(entry["cited_by"]) - set(CITED_BY)):
        raise ValueError(f"{name}: unknown cited_by {unknown[0]}")
    if entry["use"] not in USES:
        raise ValueError(f"{name}: unknown use {entry['use']}")
    fields = {key: entry[key] for key in _FIELDS if key != "cited_by"}
    return Statute(**fields, cited_by=tuple(entry["cited_by"]), checked_on=checked_on)
