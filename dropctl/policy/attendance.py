"""From absence lists and the evidence of a term to each pupil's days and runs, and each class's reported days (三.2).

Whose a mark is, is decided as for every class list (CONTRACT §1); a name that fits two pupils makes their days
unknown, never absent. Only pupils with an unexcused mark are told day by day: without one there is no run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter

import polars as pl

from dropctl.policy.absence_runs import AbsenceRun, DayState, RunLimits, find_runs, is_frequent, run_limits
from dropctl.policy.evidence import ClassKey, Evidence, PupilFacts
from dropctl.policy.mark_issues import (
    conflicting,
    given_twice,
    is_certain,
    nil_contradicted,
    not_counted,
    not_on_grid,
    unlisted,
)
from dropctl.policy.pupil_states import CaseSeen, Told, states_of
from dropctl.reconcile.comparisons import disagreements
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person, Pupil, people
from dropctl.school_calendar import CalendarYearUnknown, SchoolCalendar
from dropctl.tables.issues import Issue

_MARK_COLUMNS = ("spot", "day", "state", "part", "raw", "reason", "form", "column", "in_range")
_IDENTITY = ("id_number", "id_text", "enrollment_number", "sex", "birth")


@dataclass(frozen=True, slots=True)
class PupilAttendance:
    """One pupil with an unexcused day: the school days, the runs in them, and where the first mark of each stands."""

    facts: PupilFacts
    days: tuple[DayState, ...]
    runs: tuple[AbsenceRun, ...]
    frequent: tuple[date, ...]  # the unexcused days of the term, when they are many and no run reached the mark
    places: Mapping[date, Person]


@dataclass(frozen=True, slots=True)
class ClassReport:
    """One class of the roster: how many pupils, and which school days of the term it reported and which not."""

    key: ClassKey
    pupils: int
    reported: tuple[date, ...]
    unreported: tuple[date, ...]


@dataclass(slots=True)
class Attendance:
    """What the absence lists say about one school, or several, up to `as_of`."""

    limits: RunLimits
    first: date
    as_of: date
    term_days: tuple[date, ...]  # the school days of the current term up to as_of
    undetermined: tuple[int, ...]  # years whose holidays are not known: their days are not counted
    pupils: list[PupilAttendance] = field(default_factory=list)
    # child's number → the school days of everyone with a run or an open case
    days: dict[str, tuple[DayState, ...]] = field(default_factory=dict)
    classes: list[ClassReport] = field(default_factory=list)
    strangers: int = 0  # names on no register that were absent without leave
    links: list[Link] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    told: Told | None = field(default=None, repr=False)  # whose each mark is; None before the marks were judged

    @property
    def notes(self) -> list[str]:
        """What a person must know before believing the counts, in whole sentences."""
        said = [
            f"没有{year}年的放假日历，这一年的上课日待定，没有计入考勤；填写 calendar/{year}.toml 后再核对一次"
            for year in self.undetermined
        ]
        silent = sum(1 for report in self.classes if not report.reported and report.unreported)
        if silent:
            said.append(f"{silent}个班本学期一天考勤也没有上报，这些班谁没到校都不知道")
        if self.strangers:
            said.append(
                f"有{self.strangers}个无故未到的名字不在学籍名册上，没有计入：可能是无学籍学生或写错了名字，请逐个核实"
            )
        return said


def attendance_of(
    evidence: Evidence,
    absences: pl.DataFrame,
    *,
    cases: Mapping[str, CaseSeen] | None = None,
    registry_marks: Mapping[str, date] | None = None,
) -> Attendance:
    """Return the attendance of the pupils in `evidence` by the frame of the register `absence`.

    `cases`: child's number → what the cases of the child say.
    `registry_marks`: child's number → the day the registry marked the child.
    """
    calendar, as_of = evidence.calendar, evidence.as_of
    first = _first_day(calendar, absences, evidence.opening)
    days, undetermined = _school_days(calendar, first, as_of)
    known = set(days)
    result = Attendance(
        run_limits(evidence.plan), first, as_of, tuple(day for day in days if day >= evidence.opening), undetermined
    )
    whole = absences.with_columns(pl.struct("file", "sheet", "row").rle_id().alias("spot"))
    base = whole.unique("spot", keep="first", maintain_order=True)
    rows = people(base, "absence")
    spots = dict(zip(map(id, rows), base["spot"].to_list(), strict=True))
    # What stands once per row of a sheet stays in `base`; the marks are many and carry only their own.
    frame = whole.select(*_MARK_COLUMNS)
    result.issues += not_counted(frame, base, known, calendar, as_of)
    marks = frame.filter(pl.col("day").is_in(days))
    absentees = _absentees([row for row in rows if row.name is not None])
    links = evidence.link([facts.pupil for facts in evidence.pupils], absentees, by_class=True)
    result.links = links
    owner, doubtful = _owners(links, spots, evidence.pupils)
    linked = {id(link.right) for link in links}
    truant = _truant_days(marks, spots)
    unknown = [(one, sum(truant.get(id(row), 0) for row in one.rows)) for one in absentees if id(one) not in linked]
    result.issues += unlisted(unknown, links)
    result.strangers = sum(days > 0 for _, days in unknown)
    reported = _reported(marks, base)
    result.issues += nil_contradicted(marks, base)
    marks = marks.filter(pl.col("state") != "nil")
    person_at = {spots[id(row)]: row for row in rows}
    _judge(result, evidence, marks, owner, doubtful, reported, days, person_at, cases or {}, registry_marks or {})
    groups = evidence.classes.values()
    for group in groups:
        if group.key[2] is None or not any(facts.expected for facts in group.pupils):
            continue
        told = reported.get(group.key, set())
        result.classes.append(
            ClassReport(
                group.key,
                len(group.pupils),
                tuple(day for day in result.term_days if day in told),
                tuple(day for day in result.term_days if day not in told),
            )
        )
    return result


def _first_day(calendar: SchoolCalendar, absences: pl.DataFrame, opening: date) -> date:
    """Return the opening of the earliest known term the lists speak about; runs may reach over a vacation."""
    earliest = absences["day"].min()
    if not isinstance(earliest, date) or earliest >= opening:
        return opening
    return min(
        (term.opening for term in calendar.terms if term.closing is None or term.closing >= earliest), default=opening
    )


def _school_days(calendar: SchoolCalendar, first: date, last: date) -> tuple[list[date], tuple[int, ...]]:
    days, unknown = [], set()
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        try:
            if calendar.is_school_day(day):
                days.append(day)
        except CalendarYearUnknown:
            unknown.add(day.year)
    return days, tuple(sorted(unknown))


def _absentees(rows: Sequence[Person]) -> list[Pupil]:
    """Return the pupils the rows name: names count pupils, not rows, but two rows of one grid are two pupils."""
    groups: dict[tuple[object, ...], list[Person]] = defaultdict(list)
    # Most lists hold names only; then nothing can disagree.
    said = attrgetter(*_IDENTITY)
    identified = any(map(any, map(said, rows)))
    for row in rows:
        groups[row.school, row.grade, row.class_name, row.name].append(row)
    found = []
    for group in groups.values():
        sheets = [(row.file, row.sheet) for row in group if row.facts["form"] == "grid"]
        agree = not identified or _agree(group)
        if len(set(sheets)) == len(sheets) and agree:
            found.append(Pupil(tuple(group)))
        else:
            found += _apart(group)
    return found


def _agree(group: Sequence[Person]) -> bool:
    """Return whether no two rows of a group say different things about who they are."""
    kinds = list({tuple(getattr(row, name) for name in _IDENTITY): row for row in group}.values())
    return not any(disagreements(one, two) for one in kinds for two in kinds if one is not two)


def _apart(group: Sequence[Person]) -> list[Pupil]:
    """Return namesakes of one class: one pupil per number written beside the name, each row without one alone."""
    numbered: dict[str, list[Person]] = defaultdict(list)
    for row in group:
        numbered[row.id_number or row.enrollment_number or f"{row.file}/{row.sheet}/{row.row}"].append(row)
    return [Pupil(tuple(rows)) for rows in numbered.values()]


def _owners(
    links: Sequence[Link], spots: Mapping[int, int], pupils: Sequence[PupilFacts]
) -> tuple[dict[int, int], dict[int, list[tuple[int, Link]]]]:
    """Return spot → place of its pupil, and the place of each pupil in doubt → (spot, the link that doubts)."""
    places = {id(facts.pupil): place for place, facts in enumerate(pupils)}
    owner: dict[int, int] = {}
    doubtful: dict[int, list[tuple[int, Link]]] = defaultdict(list)
    for link in links:
        pupil = places[id(link.left)]
        for row in link.right.rows:
            if is_certain(link):
                owner[spots[id(row)]] = pupil
            else:
                doubtful[pupil].append((spots[id(row)], link))
    return owner, doubtful


def _reported(marks: pl.DataFrame, base: pl.DataFrame) -> dict[ClassKey, set[date]]:
    """Return the days on which each class has an absence row, a nil row or a mark in the grid's column."""
    place = ["school", "grade", "class_name"]
    keys = base.select(place).filter(pl.col("class_name").is_not_null()).unique(maintain_order=True)
    # Spots count the rows of `base`, so that a mark finds its class by position.
    class_at = base.select(place).join(
        keys.with_row_index("class"), on=place, how="left", nulls_equal=True, maintain_order="left"
    )["class"]
    told = marks.filter(pl.col("raw").is_not_null() | (pl.col("form") == "log")).select("spot", "day")
    pairs = told.select(class_at.gather(told["spot"]), "day").drop_nulls().unique()
    found: dict[ClassKey, set[date]] = defaultdict(set)
    classes = keys.rows()
    for number, day in pairs.iter_rows():
        school, grade, class_name = classes[number]
        found[school, grade, class_name].add(day)
    return found


def _judge(
    result: Attendance,
    evidence: Evidence,
    marks: pl.DataFrame,
    owner: Mapping[int, int],
    doubtful: Mapping[int, list[tuple[int, Link]]],
    reported: Mapping[ClassKey, set[date]],
    days: Sequence[date],
    person_at: Mapping[int, Person],
    cases: Mapping[str, CaseSeen],
    registry_marks: Mapping[str, date],
) -> None:
    table = pl.DataFrame(
        {"spot": list(owner), "pupil": list(owner.values())}, schema={"spot": pl.UInt32, "pupil": pl.UInt32}
    )
    owned = marks.join(table, on="spot", how="inner", maintain_order="left")
    twice = given_twice(owned)
    result.issues += conflicting(twice, person_at)
    waiting = {number for number, seen in cases.items() if seen.waits}
    watched = {place for place, facts in enumerate(evidence.pupils) if facts.number in waiting}
    told = result.told = Told(owned, marks, doubtful, reported, person_at, cases)
    doubted = _doubted_days(marks, doubtful)
    for pupil, own in _unclear_days(owned, twice, result.limits.suspect_after).items():
        doubted[pupil] = doubted.get(pupil, set()) | own
    result.issues += not_on_grid(marks, owner, evidence.pupils, person_at)
    told_of = watched | set(doubted) | set(owned.filter(pl.col("state") == "unexcused")["pupil"].unique())
    term = (evidence.opening, evidence.as_of)
    for pupil, states, spots in states_of(sorted(told_of), told, evidence, days):
        facts = evidence.pupils[pupil]
        runs = find_runs(
            states,
            result.limits,
            evidence.as_of,
            left_on=None if facts.expected else evidence.as_of,
            registry_mark=registry_marks.get(facts.number),
            doubted=doubted.get(pupil, ()),
        )
        often = facts.expected and is_frequent(states, runs, result.limits, term)
        unexcused = tuple(day.day for day in states if day.state == "unexcused" and term[0] <= day.day <= term[1])
        if runs or pupil in watched:
            result.days[facts.number] = states
        if runs:
            result.pupils.append(
                PupilAttendance(
                    facts,
                    states,
                    tuple(runs),
                    unexcused if often else (),
                    {day: person_at[spot] for day, spot in spots.items()},
                )
            )


def _doubted_days(marks: pl.DataFrame, doubtful: Mapping[int, Sequence[tuple[int, Link]]]) -> dict[int, set[date]]:
    """Return the place of each pupil in doubt → the days on which an absence is marked that may be the pupil's."""
    days: dict[int, list[date]] = defaultdict(list)
    for spot, day in marks.filter(pl.col("state") == "unexcused").select("spot", "day").iter_rows():
        days[spot].append(day)
    found = {pupil: {day for spot, _ in rows for day in days.get(spot, ())} for pupil, rows in doubtful.items()}
    return {pupil: known for pupil, known in found.items() if known}


def _unclear_days(owned: pl.DataFrame, twice: pl.DataFrame, more_than: int) -> dict[int, set[date]]:
    """Return the place of each pupil → the days its own marks leave open: a blank among ticks, two that contradict.

    `twice`: the marks of days that have several. Only of pupils with more than `more_than` such days: fewer make no run
    by themselves.
    """
    torn = twice.group_by("pupil", "day").agg(pl.col("state").n_unique().alias("states")).filter(pl.col("states") > 1)
    days = pl.concat(
        [one.select("pupil", "day") for one in (owned.filter(pl.col("state") == "unknown"), torn)]
    ).unique()
    many = days.group_by("pupil").len().filter(pl.col("len") > more_than)["pupil"]
    found: dict[int, set[date]] = defaultdict(set)
    for pupil, day in days.filter(pl.col("pupil").is_in(many.implode())).select("pupil", "day").iter_rows():
        found[pupil].add(day)
    return found


def _truant_days(marks: pl.DataFrame, spots: Mapping[int, int]) -> dict[int, int]:
    """Return row (by id) → how many unexcused marks stand in it."""
    counts = dict(marks.filter(pl.col("state") == "unexcused").group_by("spot").len().iter_rows())
    return {row: counts[spot] for row, spot in spots.items() if spot in counts}
