"""The plan as typed data: clauses, parameters with unit and clause, our numbered readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dropctl.school_calendar import DueDate, SchoolCalendar, due_after

UNITS = ("school_day", "working_day", "calendar_day", "month", "year_of_age", "percent", "pupil")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its number, our one-line summary, the rule module that carries it."""

    id: str
    summary: str
    rule: str | None
    not_automated: str | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number with its unit, clause and date; `set_by` is `plan`, or `dropctl` where the plan gives none."""

    key: str
    clause: str
    label: str
    value: int
    unit: str
    effective: date
    set_by: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """A reading of ours where the plan is silent (A-1 …), printed on the notes page of every report."""

    id: str
    text: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One county's plan."""

    name: str
    number: str
    clauses: tuple[Clause, ...]
    parameters: Mapping[str, Parameter]
    assumptions: tuple[Assumption, ...]
    poverty_labels: tuple[str, ...]
    entry_grades: tuple[str, ...]

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


def parse_plan(document: Mapping[str, Any]) -> Plan:
    """Return the plan held by a parsed TOML document; a missing key or unknown unit is a KeyError or ValueError."""
    parameters = {
        key: Parameter(
            key, **{name: entry[name] for name in ("clause", "label", "value", "unit", "effective", "set_by")}
        )
        for key, entry in document["parameters"].items()
    }
    for parameter in parameters.values():
        if parameter.unit not in UNITS:
            raise ValueError(f"{parameter.key}: unknown unit {parameter.unit}")
    return Plan(
        name=document["name"],
        number=document["number"],
        clauses=tuple(
            Clause(entry["id"], entry["summary"], entry.get("rule"), entry.get("not_automated"))
            for entry in document["clauses"]
        ),
        parameters=parameters,
        assumptions=tuple(
            Assumption(entry["id"], entry["text"], entry.get("clause")) for entry in document["assumptions"]
        ),
        poverty_labels=tuple(document["groups"]["poverty_labels"]),
        entry_grades=tuple(document["groups"]["entry_grades"]),
    )
