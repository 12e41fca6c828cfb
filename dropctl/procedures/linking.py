"""Who is who in what was read, one way for every duty: schools named, deciding lists chosen, rows linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from dropctl.ingest.dates import term_number
from dropctl.ledger.children import ChildNumbers
from dropctl.policy.assembly import assemble, deciding_presence
from dropctl.policy.evidence import Evidence
from dropctl.procedures.plans import plan_for
from dropctl.procedures.school_names import collect, name_schools
from dropctl.reconcile.decisions import Decision, PairKey
from dropctl.reconcile.model.link import Model
from dropctl.registers.school_names import School, schools_of, with_full_names
from dropctl.resources import linkage_tables
from dropctl.school_calendar import SchoolCalendar, Term
from dropctl.tables.issues import Issue
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Linked:
    """Who is who. `frames`: the registers with one name per school; `issues`: lists that have no place in it;
    `renamed`: names of schools that were settled.
    """

    evidence: Evidence
    frames: Mapping[str, pl.DataFrame]
    issues: Sequence[Issue]
    renamed: Sequence[str]


def link_registers(
    frames: Mapping[str, pl.DataFrame],
    columns_seen: Mapping[str, set[str]],
    *,
    places: Mapping[str, Path],
    as_of: date,
    workspace: Workspace | None,
    opening: date,
    closing: date | None,
    school: str | None,
    numbers: ChildNumbers | None,
    decisions: Mapping[PairKey, Decision],
) -> Linked:
    """Return who is who in what was read, after `decisions`.

    `places`: where each file lies (its folder may tell the school); `numbers` gives each child its lasting number,
    None where only links are asked for.
    """
    plan = plan_for(workspace)
    calendar = workspace.calendar() if workspace else SchoolCalendar((Term("本学期", opening, closing),))
    own = workspace.config.school if workspace and workspace.config.school.role == "school" else None
    given = school or (own.name if own else None)
    known = schools_of(frames.get("schools"), School(own.name, own.code, own.short_names) if own else None)
    full, renamed = with_full_names(frames, known)
    named, one_school, unnamed = name_schools(full, collect(full, known, given), given, places)
    deciding, passed_over = deciding_presence(named.get("presence"), plan, opening, as_of)
    if deciding is not None:
        named["presence"] = deciding
    evidence = assemble(
        named,
        plan=plan,
        calendar=calendar,
        opening=opening,
        as_of=as_of,
        episode=f"term-{term_number(opening)}",
        school=one_school,
        columns_seen=columns_seen,
        number=numbers.number if numbers else lambda rows: "",
        meet=numbers.meet if numbers else None,
        model=Model.parse(*linkage_tables()),
        decisions=decisions,
    )
    evidence.known_schools = frozenset(line.name for line in known)
    return Linked(evidence, named, [*unnamed, *passed_over], renamed)
