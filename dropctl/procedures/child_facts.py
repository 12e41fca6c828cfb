"""What is known of each child on a day: the registers read last, put together under the ledger's child numbers.

For papers and lists. Nothing is judged here: links are the recorded ones, made again from the same snapshots with the
decisions that stand (decision D-43); what no register says is None. ID numbers are whole in here (CONTRACT §9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from dropctl.identity import id_birth_date, id_sex
from dropctl.ledger import Ledger
from dropctl.ledger.children import Child, fold_children
from dropctl.policy.absence_runs import UNEXCUSED
from dropctl.policy.attendance import Attendance, PupilAttendance
from dropctl.policy.evidence import Evidence, ListedChild, Newcomer, PupilFacts
from dropctl.policy.grounds import ground_of
from dropctl.policy.rules.roster_marks import Mark, disability_mark, disability_words, poverty_mark, poverty_words
from dropctl.procedures.decided import recorded_decisions
from dropctl.procedures.intake import term_given
from dropctl.procedures.linking import link_registers
from dropctl.procedures.memory import remembering
from dropctl.reconcile.decisions import standing
from dropctl.reconcile.people import Person
from dropctl.school_calendar import school_year
from dropctl.workspace import Workspace

Anybody = PupilFacts | Newcomer | ListedChild
ENROLLED, UNREGISTERED, LISTED, LEDGER_ONLY = "enrolled", "unregistered", "listed", "ledger"


@dataclass(frozen=True, slots=True)
class SpecialMark:
    """A poverty or disability mark: the words to print, and 名单确认, 待确认 or 仅名册标注.

    `stated` is what the list's own row says by column key; empty where the mark rests on no certain row.
    """

    words: str
    source: str
    stated: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_certain(self) -> bool:
        """Whether it may be printed as a fact: a certain row of the list says so, or the school's own roster does."""
        return bool(self.stated) or self.source == "仅名册标注"


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """One paper of the approval register; `missing` names what it lacks to stand."""

    ground: str
    number: str | None
    approver: str | None
    starts: date | None
    ends: date | None
    assessment_number: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """One run of absence in plain values (CONTRACT §4): since when, and how many school days up to the day asked."""

    since: date
    until: date  # its last school day known
    ended: bool
    certain_days: int
    possible_days: int
    unexcused: tuple[date, ...]
    day_five: date | None
    flag_date: date | None
    mark_date: date | None
    mark_is_registry: bool
    dropout_date: date | None
    returned_on: date | None
    confirmed_on: date | None
    reached: str | None  # the finding kind it came to


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """One child. `place`: enrolled, unregistered (present only), listed (on outside lists only), ledger (in no list).

    Words are the registers' canonical ones (非留守儿童, 是 …); None where nobody says anything.
    """

    number: str
    place: str
    name: str | None = None
    former_name: str | None = None
    sex: str | None = None
    born: date | None = None
    ethnic_group: str | None = None
    id_number: str | None = field(default=None, repr=False)  # a valid one only
    id_text: str | None = field(default=None, repr=False)  # what is written where it is not valid
    enrollment_number: str | None = field(default=None, repr=False)
    school: str | None = None
    grade: str | None = None
    class_name: str | None = None
    status: str | None = None
    entry: str | None = None
    boarding: str | None = None
    guardian: str | None = None
    relation: str | None = None
    second_guardian: str | None = None
    second_relation: str | None = None
    phone: str | None = None
    home_address: str | None = None
    household_address: str | None = None
    town: str | None = None
    village: str | None = None
    household_head: str | None = None
    household_number: str | None = None
    poverty: SpecialMark | None = None
    disability: SpecialMark | None = None
    left_behind: str | None = None
    migrant: str | None = None
    orphan: str | None = None
    health: str | None = None
    inclusive: str | None = None  # 随班就读
    approvals: tuple[ApprovalFacts, ...] = ()
    presence: str | None = None  # PupilFacts.presence
    list_date: date | None = None  # of the class list that says so
    absences: tuple[Absence, ...] = ()
    # register → what its first certain row about the child states, by column key
    stated: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    @property
    def is_left_behind(self) -> bool | None:
        """Whether the roster calls the child 留守; None where it says nothing."""
        return None if self.left_behind is None else not self.left_behind.startswith("非")

    @property
    def is_migrant(self) -> bool | None:
        """Whether the roster calls the child 随迁; None where it says nothing."""
        return None if self.migrant is None else self.migrant == "是"

    @property
    def is_inclusive(self) -> bool | None:
        """Whether the child learns in an ordinary class as a disabled one (随班就读); None where nothing is said."""
        return None if self.inclusive is None else not self.inclusive.startswith("非")

    @property
    def is_orphan(self) -> bool | None:
        """Whether the roster calls the child an orphan; None where it says nothing."""
        return None if self.orphan is None else self.orphan not in ("否", "非孤儿")

    @property
    def absence(self) -> Absence | None:
        """The run that goes on, else the latest one; None where no absence list shows any."""
        runs = [run for run in self.absences if not run.ended] or list(self.absences)
        return runs[-1] if runs else None


@dataclass(frozen=True, slots=True)
class KnownChildren:
    """Every child known on `as_of`. `evidence` and `attendance`: what the facts were taken from, None without it."""

    as_of: date
    school: str | None
    children: Mapping[str, ChildFacts]
    evidence: Evidence | None
    attendance: Attendance | None

    def of(self, number: str) -> ChildFacts:
        """Return the facts of a child; for a number nobody knows, facts that say nothing."""
        return self.children.get(number) or ChildFacts(number, LEDGER_ONLY)


def known_children(workspace: Workspace, as_of: date) -> KnownChildren:
    """Return every child known on a day, from the snapshots of that day or before and the ledger.

    Children in no snapshot have what the ledger keeps of them. Raises Refused or Damaged for a damaged record.
    """
    evidence, attendance = _recorded(workspace, as_of)
    found: dict[str, ChildFacts] = {}
    ledger = fold_children(Ledger(workspace.state).events(as_of, {"children"}))
    for child in ledger.values():
        found[child.number] = _remembered(child)
    if evidence is not None:
        runs = {pupil.facts.number: pupil for pupil in attendance.pupils} if attendance else {}
        beside = _beside_newcomers(evidence)
        for one in _everybody(evidence):
            rows = _rows(one, beside)
            found[one.number] = _facts(one, rows, evidence, runs.get(one.number), ledger.get(one.number))
    school = evidence.school if evidence is not None else None
    return KnownChildren(as_of, school, found, evidence, attendance)


def _recorded(workspace: Workspace, as_of: date) -> tuple[Evidence | None, Attendance | None]:
    """Return what the snapshots up to `as_of` say, linked as they were when they were read."""
    frames: dict[str, pl.DataFrame] = {}
    columns: dict[str, set[str]] = {}
    workspace.snapshots().complete(frames, columns, as_of)
    if "enrollment" not in frames:
        return None, None
    opening, closing, _ = term_given(as_of, workspace, None, None)
    files = {file for frame in frames.values() for file in frame["file"].unique().to_list()}
    with remembering(workspace, as_of, school_year(opening), record=False) as memory:
        linked = link_registers(
            frames, columns, places={file: workspace.inbox / file for file in files}, as_of=as_of,
            workspace=workspace, opening=opening, closing=closing, school=None, numbers=memory.numbers,
            decisions=standing(recorded_decisions(workspace), as_of),
        )  # fmt: skip
        absences = linked.frames.get("absence")
        attendance = None if absences is None else memory.attendance_of(linked.evidence, absences)
    return linked.evidence, attendance


def _everybody(evidence: Evidence) -> Iterator[Anybody]:
    yield from evidence.strays
    yield from evidence.newcomers
    yield from evidence.pupils  # last: the roster knows more of a child who stands in two of them


def _remembered(child: Child) -> ChildFacts:
    """Return the facts of a child in no list at hand: as the ledger last heard of it."""
    traits = dict(key.split(":", 1) for key in child.keys if key.startswith(("id:", "enrollment:")))
    born = date.fromisoformat(child.born) if child.born else None
    return ChildFacts(
        child.number, LEDGER_ONLY, child.name, sex=child.sex, born=born, id_number=traits.get("id"),
        enrollment_number=traits.get("enrollment"), school=child.school, grade=child.grade,
        class_name=child.class_name,
    )  # fmt: skip


def _beside_newcomers(evidence: Evidence) -> dict[int, list[Person]]:
    """Return id(pupil) → the rows of the outside lists that are certainly about an unregistered pupil."""
    found: dict[int, list[Person]] = defaultdict(list)
    for (side, _), links in evidence.links.items():
        if side == "presence":
            for link in links:
                if link.certain:
                    found[id(link.left)] += link.right.rows
    return found


def _rows(one: Anybody, beside: Mapping[int, list[Person]]) -> list[Person]:
    """Return every row that is certainly about the child, the most telling register first."""
    if isinstance(one, ListedChild):
        rows = list(one.rows)
    elif isinstance(one, Newcomer):
        rows = [*one.pupil.rows, *beside.get(id(one.pupil), ())]
    else:
        rows = list(one.pupil.rows)
        links = [link for group in one.list_links.values() for link in group]
        links += [one.presence_link] if one.presence_link is not None else []
        rows += [row for link in links if link.certain for row in link.right.rows]
    return sorted((row for row in rows if row.register in _TELLING), key=lambda row: _TELLING.index(row.register))


_TELLING = ("enrollment", "household", "poverty", "disability", "presence", "previous")


def _facts(
    one: Anybody, rows: Sequence[Person], evidence: Evidence, absent: PupilAttendance | None, known: Child | None
) -> ChildFacts:
    first = {row.register: row for row in reversed(rows)}
    get = _Getter(rows)
    enrolled = one if isinstance(one, PupilFacts) else None
    lead = enrolled.lead if enrolled else rows[0]
    placed = lead if not isinstance(one, ListedChild) else None
    number = get.trait(lambda row: row.id_number)
    born = lead.known_birth or get.trait(lambda row: row.known_birth) or (id_birth_date(number) if number else None)
    sex = lead.known_sex or get.trait(lambda row: row.known_sex) or (id_sex(number) if number else None)
    return ChildFacts(
        one.number,
        ENROLLED if enrolled else UNREGISTERED if isinstance(one, Newcomer) else LISTED,
        name=lead.name, former_name=get.trait(lambda row: row.former_name), sex=sex, born=born,
        ethnic_group=get("ethnic_group"), id_number=number,
        id_text=None if number else get.trait(lambda row: row.id_text),
        enrollment_number=lead.enrollment_number or get.trait(lambda row: row.enrollment_number),
        school=(lead.school or evidence.school) if placed else (known.school if known else None),
        grade=placed.grade if placed else None, class_name=placed.class_name if placed else None,
        status=enrolled.status if enrolled else None, entry=get("entry"),
        boarding=get("boarding") or {"是": "住校", "否": "走读"}.get(get("boards") or ""),
        guardian=get("guardian"), relation=get("guardian_relation"), second_guardian=get("second_guardian"),
        second_relation=get("second_relation"), phone=get.trait(lambda row: row.phone) or get("phone_raw"),
        home_address=get("address"), household_address=get.trait(_household_address), town=get("town"),
        village=get("village"), household_head=get("household_head"), household_number=get("household_number"),
        poverty=_poverty(one, evidence, first), disability=_disability(one, first),
        left_behind=get("left_behind"), migrant=get("migrant"), orphan=get("orphan"), health=get("health"),
        inclusive=get("inclusive_placement"),
        approvals=tuple(_approval(row) for row in enrolled.approvals) if enrolled else (),
        presence=None if isinstance(one, ListedChild) else one.presence,
        list_date=enrolled.list_date if enrolled else None,
        absences=tuple(_absences(absent)) if absent else (),
        stated={register: dict(row.facts.stated()) for register, row in first.items()},
    )  # fmt: skip


class _Getter:
    """The first thing said about a child, going through its rows in the order of how telling they are."""

    def __init__(self, rows: Sequence[Person]) -> None:
        self._rows = rows

    def __call__(self, key: str) -> Any:
        return next((value for row in self._rows if (value := row.facts.get(key)) is not None), None)

    def trait(self, of: Callable[[Person], Any]) -> Any:
        return next((value for row in self._rows if (value := of(row)) is not None), None)


def _household_address(row: Person) -> str | None:
    """Return the address of the household; the enrollment system often gives its area code only, which is none."""
    text = row.facts.get("household_registration")
    return None if not text or text.isdigit() else str(text)


def _poverty(one: Anybody, evidence: Evidence, first: Mapping[str, Person]) -> SpecialMark | None:
    if isinstance(one, PupilFacts):
        return _special(poverty_mark(one, evidence), first.get("poverty"))
    return _listed(first.get("poverty"), lambda row: poverty_words(row, evidence))


def _disability(one: Anybody, first: Mapping[str, Person]) -> SpecialMark | None:
    if isinstance(one, PupilFacts):
        return _special(disability_mark(one), first.get("disability"))
    return _listed(first.get("disability"), disability_words)


def _special(mark: Mark | None, row: Person | None) -> SpecialMark | None:
    return None if mark is None else SpecialMark(mark.text, mark.source, dict(row.facts.stated()) if row else {})


def _listed(row: Person | None, words: Callable[[Person], str | None]) -> SpecialMark | None:
    text = words(row) if row is not None else None
    return SpecialMark(text, "名单确认", dict(row.facts.stated())) if row is not None and text else None


def _approval(row: Person) -> ApprovalFacts:
    ground = ground_of(row)
    return ApprovalFacts(
        ground.label, row.facts.get("number"), row.facts.get("approver"), ground.starts, ground.ends,
        row.facts.get("assessment_number"), ground.missing,
    )  # fmt: skip


def _absences(pupil: PupilAttendance) -> Iterable[Absence]:
    for run in pupil.runs:
        inside = [day.day for day in pupil.days if run.first <= day.day <= run.last and day.state == UNEXCUSED]
        yield Absence(
            run.first, run.last, run.ended, run.certain_days, run.possible_days, tuple(inside), run.day_five,
            run.flag_date, run.mark_date, run.mark_is_registry, run.dropout_date, run.returned_on, run.confirmed_on,
            run.reached,
        )  # fmt: skip
