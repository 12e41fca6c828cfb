"""Teaching at home (三.7): who is taught there, the visits recorded, the weeks that fell short.

Who is taught at home comes from the approvals, from the plan or the closing of a case, and from the roster's own
status; a child claimed by one of them without a complete paper is listed all the same, because it owes its visits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dropctl.ledger import Event, Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.children import Child, ChildNumbers, fold_children
from dropctl.ledger.home_visits import VISIT_KINDS, HomeVisit, fold_visits
from dropctl.policy.grounds import ground_of
from dropctl.policy.rules.home_teaching import Span, Week, home_teaching, undetermined
from dropctl.procedures.plans import plan_for
from dropctl.procedures.remembered import last_read, rosters_saying
from dropctl.reconcile.people import Person
from dropctl.school_calendar import school_year
from dropctl.workspace import Workspace

GROUND = "送教上门"
KINDS = frozenset({*CASE_KINDS, *VISIT_KINDS, "children"})


@dataclass(frozen=True, slots=True)
class TaughtAtHome:
    """One child taught at home: since when, on what paper, the weeks of the term and the visits in them.

    `child` None: a name on an approval that no register knows. `basis`: what says so, in words.
    """

    child: str | None
    name: str | None
    school: str | None
    class_name: str | None
    basis: str
    spans: tuple[Span, ...]
    weeks: tuple[Week, ...]
    last_visit: date | None

    @property
    def short(self) -> tuple[Week, ...]:
        """The weeks that have passed with too few visits."""
        return tuple(week for week in self.weeks if week.is_short)


@dataclass(frozen=True, slots=True)
class HomeTeaching:
    """Every child taught at home; `undetermined`: years whose weeks are not judged."""

    children: tuple[TaughtAtHome, ...]
    undetermined: tuple[int, ...]


def checked(workspace: Workspace, as_of: date, events: Sequence[Event] | None = None) -> HomeTeaching:
    """Return who is taught at home as of a day, and how the weeks of the present term stand.

    `events`: those of KINDS, when they were read already.
    """
    term = workspace.term_at(as_of)
    if term is None:
        return HomeTeaching((), ())
    if events is None:
        events = Ledger(workspace.state).events(as_of, KINDS)
    plan, calendar = plan_for(workspace), workspace.calendar()
    children = fold_children(events)
    visits: dict[str, list[HomeVisit]] = defaultdict(list)
    for visit in fold_visits(events):
        visits[visit.child].append(visit)
    found = []
    for key, claims in claims_of(workspace, events, children, as_of).items():
        spans = tuple(claim.span for claim in claims)
        if all(span.last is not None and span.last < term.opening for span in spans):
            continue
        known = children.get(key)
        days = [visit.on for visit in visits.get(key, ()) if visit.on <= as_of]
        lead = claims[0]
        found.append(
            TaughtAtHome(
                key if known else None,
                (known.name if known else None) or lead.name,
                (known.school if known else None) or lead.school,
                (known.class_name if known else None) or lead.class_name,
                "；".join(dict.fromkeys(claim.basis for claim in claims)),
                spans,
                tuple(home_teaching(spans, days, plan, calendar, term.opening, as_of)),
                max(days, default=None),
            )
        )
    found.sort(key=lambda one: (one.school or "", one.class_name or "", one.name or "", one.child or ""))
    return HomeTeaching(tuple(found), undetermined(calendar, term.opening, as_of))


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that says a child is taught at home: when, what says it, and who the child is there."""

    span: Span
    basis: str
    name: str | None
    school: str | None
    class_name: str | None


def claims_of(
    workspace: Workspace, events: Sequence[Event], children: Mapping[str, Child], as_of: date
) -> dict[str, list[Claim]]:
    """Return what says of each child that it is taught at home: by its number, a stranger by its name."""
    numbers = ChildNumbers(children, school_year(as_of))
    found: dict[str, list[Claim]] = defaultdict(list)
    for paper in last_read(workspace, "approval", as_of)[0]:
        ground = ground_of(paper)
        if ground.label != GROUND:
            continue
        number = paper.facts.get("number")
        basis = f"审批缺{'、'.join(ground.missing)}" if ground.missing else f"审批（{number}）"
        key = numbers.find(paper) or _alone(children, paper) or f"？{paper.name or ''}"
        found[key].append(
            Claim(Span(ground.starts, ground.ends), basis, paper.name, paper.school, paper.class_name)
        )  # fmt: skip
    for case in fold_cases(events).values():
        if case.placement == "home_teaching" and case.placed_on is not None:
            until = case.closed_on if not case.is_open and case.outcome != "home_teaching" else None
            span, basis = Span(case.placed_on, until), f"{case.number}的一人一案"
        elif case.outcome == "home_teaching" and case.closed_on is not None:
            span, basis = Span(case.closed_on, None), f"{case.number}按送教上门销案"
        else:
            continue
        found[case.child].append(Claim(span, basis, case.name, case.school, case.class_name))
    for key, since, row in _by_status(workspace, numbers, as_of):
        if key not in found:
            basis = f"名册状态为“{GROUND}”，没有审批登记"
            found[key].append(Claim(Span(since, None), basis, row.name, row.school, row.class_name))
    return found


def _by_status(workspace: Workspace, numbers: ChildNumbers, as_of: date) -> Iterator[tuple[str, date, Person]]:
    """Yield the children whose status in the latest roster is 送教上门, since the first roster that said so."""
    latest: dict[str, Person] | None = None
    since: dict[str, date] = {}
    waiting: set[str] = set()
    for day, rows in rosters_saying(workspace, (GROUND,), as_of):
        shown = {number: row for row in rows if (number := numbers.find(row))}
        if latest is None:
            latest, waiting = shown, set(shown)
        waiting &= set(shown)
        since.update(dict.fromkeys(waiting, day))
        if not waiting:
            break
    for number, row in (latest or {}).items():
        yield number, since[number], row


def _alone(children: Mapping[str, Child], row: Person) -> str | None:
    """Return the one child of that name in that class, None when there is none or another one too."""
    alike = [
        child.number
        for child in children.values()
        if child.name == row.name and row.class_name in (None, child.class_name) and not is_other(child, row)
    ]
    return alike[0] if row.name and len(alike) == 1 else None


def is_other(child: Child, row: Person) -> bool:
    """Return whether sex or birth date show that the row is not that child."""
    born = row.known_birth.isoformat() if row.known_birth else None
    return any(one and other and one != other for one, other in ((child.sex, row.known_sex), (child.born, born)))
