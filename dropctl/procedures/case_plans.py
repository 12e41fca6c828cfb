"""What the plan says about one case: who acts under 三.3, and how the child can go on learning under 三.4.

The rules are in `policy`; here their facts are gathered from ledger and registers, and what a person states or
confirms is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from dropctl.errors import Refused
from dropctl.ledger import Draft, Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.children import fold_children
from dropctl.policy.case_state import Case
from dropctl.policy.routes import STAGES, WHEREABOUTS, District, Route, RouteFacts, route, stage_of
from dropctl.policy.rules.placements import PLACEMENTS, PlacementFacts, Proposal, placements
from dropctl.procedures.cases import changing, known, must_be_open
from dropctl.procedures.plans import plan_for
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Found:
    """Where the child went, as a person states it; None leaves what was stated before."""

    whereabouts: str | None = None
    place: str | None = None
    village: str | None = None
    unwilling: bool | None = None

    @property
    def says_something(self) -> bool:
        """Whether anything is stated at all."""
        return any(value is not None for value in (self.whereabouts, self.place, self.village, self.unwilling))


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person states about how the child can learn; None: nothing."""

    severe: bool | None = None
    works_away: bool | None = None
    refused_on_site: bool | None = None
    wishes_vocational: bool | None = None


def whereabouts_named(text: str) -> str:
    """Return the code of a whereabouts given as code or Chinese words; Refused, naming them all, for others."""
    found = next((code for code, label in WHEREABOUTS.items() if text.strip() in (code, label)), None)
    if found is None:
        raise Refused(f"去向写成了“{text}”，不认识", todo=f"从这些里选：{'、'.join(WHEREABOUTS.values())}")
    return found


def routed(
    workspace: Workspace, as_of: date, number: str, found: Found, *, dry_run: bool = False
) -> tuple[Case, Route]:
    """Return the case and its route (三.3) as of a day; what `found` states is recorded first."""
    if found.says_something:
        with changing(workspace, as_of, number, "case route", dry_run=dry_run) as (transaction, case):
            must_be_open(case)
            case = _with(case, found)
            facts = {"whereabouts": case.whereabouts, "unwilling": case.unwilling}
            told = {case.child: {"place": case.place, "village": case.village}}
            transaction.append(Draft("whereabouts", case.number, as_of, facts, told))
    else:
        case = _case(workspace, as_of, number)
    registered = (case.school or workspace.school_name) if case.registered else None
    known_of = RouteFacts(registered, case.village, stage_of(case.grade), case.whereabouts, case.place, case.unwilling)
    return case, route(known_of, districts(workspace, as_of))


def _with(case: Case, found: Found) -> Case:
    return replace(
        case,
        whereabouts=case.whereabouts if found.whereabouts is None else found.whereabouts,
        place=case.place if found.place is None else found.place,
        village=case.village if found.village is None else found.village,
        unwilling=case.unwilling if found.unwilling is None else found.unwilling,
    )


def _case(workspace: Workspace, as_of: date, number: str) -> Case:
    return known(fold_cases(Ledger(workspace.state).events(as_of, CASE_KINDS)), number)


def districts(workspace: Workspace, as_of: date) -> list[District]:
    """Return the lines of the districts register that was read last, none where there is none.

    Columns: village, and either stage and school_name, or one school for each stage.
    """
    runs = [run for run in workspace.snapshots().runs if run.as_of <= as_of and "districts" in run.registers]
    return (
        [] if not runs else [line for row in runs[-1].frame("districts").iter_rows(named=True) for line in _lines(row)]
    )


def _lines(row: dict[str, object]) -> Iterator[District]:
    village = row.get("village")
    if not isinstance(village, str):
        return
    stage = row.get("stage")
    for key, of in (("school_name", stage), ("primary_school", STAGES["primary"]), ("junior_school", STAGES["junior"])):
        school = row.get(key)
        if isinstance(school, str):
            yield District(village, of if isinstance(of, str) else None, school)


def proposed(workspace: Workspace, as_of: date, number: str, stated: Stated) -> tuple[Case, list[Proposal]]:
    """Return the case and the ways the plan knows (三.4), the suggested one first."""
    case = _case(workspace, as_of, number)
    return case, placements(_facts(workspace, as_of, case, stated), plan_for(workspace))


def _facts(workspace: Workspace, as_of: date, case: Case, stated: Stated) -> PlacementFacts:
    children = fold_children(Ledger(workspace.state).events(as_of, {"children"}))
    child = children.get(case.child)
    born = date.fromisoformat(child.born) if child is not None and child.born else None
    return PlacementFacts(
        on=case.return_on or as_of,
        out_since=case.absent_since,
        born=born,
        registered=case.registered,
        severe=stated.severe,
        disabled=case.disabled,
        works_away=stated.works_away,
        refused_on_site=stated.refused_on_site,
        wishes_vocational=stated.wishes_vocational,
    )


def confirm(
    workspace: Workspace, as_of: date, number: str, way: str, stated: Stated, *, by: str, note: str | None,
    dry_run: bool = False,
) -> Proposal:  # fmt: skip
    """Record the way a person has decided on and return it; Refused, naming what is lacking, when it is not open."""
    code = next((code for code, label in PLACEMENTS.items() if way.strip() in (code, label)), None)
    if code is None:
        raise Refused(f"没有“{way}”这种安排", todo=f"从这些里选：{'、'.join(PLACEMENTS.values())}")
    if not by.strip():
        raise Refused("没有写由谁确认", where=number, todo="用 --by 写上姓名")
    with changing(workspace, as_of, number, "case plan", dry_run=dry_run) as (transaction, case):
        must_be_open(case)
        ways = placements(_facts(workspace, as_of, case, stated), plan_for(workspace))
        chosen = next(line for line in ways if line.code == code)
        if not chosen.allowed:
            todo = "具备了再确认，或改选别的安排（dropctl case plan 查看）"
            raise Refused(f"“{chosen.label}”还缺条件：{'、'.join(chosen.lacks)}", where=case.number, todo=todo)
        facts = {"placement": code, "clause": "三.4", **{
            key: getattr(stated, key) for key in ("severe", "works_away", "refused_on_site", "wishes_vocational")
        }}  # fmt: skip
        told = {case.child: {"by": by.strip(), "note": note}}
        transaction.append(Draft("plan_confirmed", case.number, as_of, facts, told))
    return chosen
