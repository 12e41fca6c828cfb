"""The plan as typed data: clauses, parameters with unit and clause, our numbered readings.

What another county may change in it is `county_numbers`; the laws behind it are `statutes`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dropctl.school_calendar import DueDate, SchoolCalendar, due_after

UNITS = (
    "school_day", "working_day", "calendar_day", "month", "year_of_age", "percent", "pupil", "attempt",
    "visit_per_week", "day_of_month",
)  # fmt: skip
UNIT_LABELS = {
    "school_day": "个上课日",
    "working_day": "个工作日",
    "calendar_day": "天",
    "month": "个月",
    "year_of_age": "周岁",
    "percent": "%",
    "pupil": "人",
    "attempt": "次",
    "visit_per_week": "次/周",
    "day_of_month": "日",
}
SET_BY = {"plan": "方案写明", "dropctl": "本县未规定"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its number, our one-line summary, and either the rules that carry it or why none does."""

    id: str
    summary: str
    rule: tuple[str, ...]
    not_automated: str | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number with its unit, clause and date; `set_by` is `plan`, or `dropctl` where the plan gives none.

    `least` and `most` bound what another county may put in its place.
    """

    key: str
    clause: str
    label: str
    value: int
    unit: str
    effective: date
    set_by: str
    least: int | None = None
    most: int | None = None

    @property
    def shown(self) -> str:
        """The number with its unit in Chinese: 5个上课日."""
        return f"{self.value}{UNIT_LABELS[self.unit]}"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A reading of ours where the plan is silent (A-1 …), printed on the notes page of every report."""

    id: str
    text: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One county's plan. `digest` stands for its whole content: what was judged by it can name it."""

    name: str
    number: str
    clauses: tuple[Clause, ...]
    parameters: Mapping[str, Parameter]
    assumptions: tuple[Assumption, ...]
    poverty_labels: tuple[str, ...]
    entry_grades: tuple[str, ...]
    digest: str = field(default="")

    def value(self, key: str) -> int:
        """Return the number named `key`, in the unit of its declaration."""
        return self.parameters[key].value

    def due(self, key: str, calendar: SchoolCalendar, opening: date) -> DueDate:
        """Return plan date and due date of the deadline `key` after `opening` (CONTRACT §5)."""
        parameter = self.parameters[key]
        if parameter.unit == "school_day":
            return due_after(calendar, opening, school_days=parameter.value)
        if parameter.unit == "calendar_day":
            return due_after(calendar, opening, calendar_days=parameter.value)
        return due_after(calendar, opening, months=parameter.value)


def plan_digest(document: Mapping[str, Any]) -> str:
    """Return twelve characters of the SHA-256 of the content, the same however the file is laid out."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def parse_plan(document: Mapping[str, Any]) -> Plan:
    """Return the plan held by a parsed TOML document; a missing key or unknown unit is a KeyError or ValueError."""
    parameters = {key: _parameter(key, entry) for key, entry in document["parameters"].items()}
    # A reading that names a number says the number of this county.
    values = {key: one.value for key, one in parameters.items()}
    return Plan(
        name=document["name"],
        number=document["number"],
        clauses=tuple(_clause(entry) for entry in document["clauses"]),
        parameters=parameters,
        assumptions=tuple(
            Assumption(entry["id"], entry["text"].format_map(values), entry.get("clause"))
            for entry in document["assumptions"]
        ),
        poverty_labels=tuple(document["groups"]["poverty_labels"]),
        entry_grades=tuple(document["groups"]["entry_grades"]),
        digest=plan_digest(document),
    )


def _clause(entry: Mapping[str, Any]) -> Clause:
    clause = Clause(entry["id"], entry["summary"], tuple(entry.get("rule", ())), entry.get("not_automated"))
    if bool(clause.rule) == bool(clause.not_automated):
        raise ValueError(f"{clause.id}: needs exactly one of rule and not_automated")
    return clause


def _parameter(key: str, entry: Mapping[str, Any]) -> Parameter:
    least, most = entry.get("range", (None, None))
    names = ("clause", "label", "value", "unit", "effective", "set_by")
    parameter = Parameter(key, **{name: entry[name] for name in names}, least=least, most=most)
    if parameter.unit not in UNITS:
        raise ValueError(f"{key}: unknown unit {parameter.unit}")
    if parameter.set_by not in SET_BY:
        raise ValueError(f"{key}: unknown set_by {parameter.set_by}")
    return parameter
