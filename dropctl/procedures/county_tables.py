"""A county's registers of a million rows (`reconcile --tables-only`): linked by columns, judged by the usual rules.

Rows about which nothing is to be said (a plain name, a valid number, linked by it without a difference) are settled
as columns and never become objects. The rest is read by the usual reader and judged by the usual rules, some thousand
rows at a time, so that memory does not grow with the county. Enrollment against the household, poverty and disability
lists; nothing is recorded and no case is opened.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from dropctl.errors import Refused
from dropctl.findings import Finding, findings_frame
from dropctl.ingest.dates import term_number
from dropctl.ingest.read import Registers, read_registers
from dropctl.policy.evidence import Evidence, ListedChild, PupilFacts
from dropctl.policy.listed import is_doubtful, note_links, of_age, one_per_child
from dropctl.policy.plan import Plan
from dropctl.policy.rules.registration import registration
from dropctl.policy.rules.roster_marks import roster_marks
from dropctl.policy.rules.whereabouts import whereabouts
from dropctl.procedures.beside_roster import COUNTY_LISTS, BesideRoster
from dropctl.procedures.intake import term_given
from dropctl.procedures.large_lists import ColumnList, refusing_broken
from dropctl.procedures.outcome import CaseForecast, TermStartOutcome
from dropctl.procedures.plans import plan_for
from dropctl.procedures.stretches import stretches
from dropctl.procedures.term_start import outcome_of
from dropctl.reconcile.links import LINK_SCHEMA, MODEL, Link
from dropctl.reconcile.model.link import Model
from dropctl.reconcile.people import Person, Pupil, by_key, group_pupils, people
from dropctl.registers import BY_KIND
from dropctl.resources import linkage_tables
from dropctl.school_calendar import SchoolCalendar, Term
from dropctl.tables.issues import InputCount, issues_frame
from dropctl.vocabulary import register_label
from dropctl.workspace import Workspace

LEFT = "enrollment"
# Rows of each side that are objects at one time.
AT_ONCE = 20_000
_Place = tuple[str, int]  # file, row
_FIELDS = {"姓名": "name", "出生日期": "birth", "性别": "sex"}
_NOT_DONE = (
    "名单很大，按列核对：只比对学籍名册与户籍适龄儿童、脱贫监测、残疾人名单，不留记录、不立案；返校、考勤等由各校分别核对",
    "表格里的问题只列出逐行细看过的行（没有对上、对上但有不同、证件号或状态有疑问的）",
)


def reconcile_by_columns(
    lists: Mapping[str, ColumnList],
    *,
    as_of: date,
    workspace: Workspace | None = None,
    opening: date | None = None,
    closing: date | None = None,
) -> TermStartOutcome:
    """Return what the enrollment register and the county's lists say about each other, judged as of `as_of`.

    Raises Refused when `lists` are not the roster and one or more of COUNTY_LISTS.
    """
    beside = set(lists) - {LEFT}
    if LEFT not in lists or not beside or not beside <= set(COUNTY_LISTS):
        found = "、".join(register_label(kind) for kind in sorted(lists))
        raise Refused(
            f"名单很大，只能按列核对学籍名册与户籍适龄儿童、脱贫监测、残疾人名单，这里有的是{found}",
            todo="只给学籍名册和这几种名单中的一种或几种，其余名单按学校分开核对",
        )
    opening, closing, opening_note = term_given(as_of, workspace, opening, closing)
    calendar = workspace.calendar() if workspace else SchoolCalendar((Term("本学期", opening, closing),))
    run = _Run(lists[LEFT], BesideRoster.of(lists), plan_for(workspace), calendar, opening, as_of)
    with refusing_broken("、".join(file.source.name for one in lists.values() for file in one.files)):
        return run.outcome(opening_note)


class _Run:
    def __init__(
        self,
        left: ColumnList,
        right: BesideRoster,
        plan: Plan,
        calendar: SchoolCalendar,
        opening: date,
        as_of: date,
    ) -> None:
        self._left, self._right = left, right
        self._opening, self._as_of = opening, as_of
        schools = frozenset(name for name in left.values("school") if name.strip())
        self._empty = Evidence(
            plan=plan, calendar=calendar, opening=opening, as_of=as_of, episode=f"term-{term_number(opening)}",
            school=next(iter(schools)) if len(schools) == 1 else None, pupils=[], classes={}, newcomers=[], strays=[],
            links={}, rows=dict.fromkeys(BY_KIND, ()), graduated={}, outdated={},
            columns_seen={one.kind: one.keys for one in (left, *right.lists)},
            schools=schools, number_of=_number,
        )  # fmt: skip

    def outcome(self, opening_note: str | None) -> TermStartOutcome:
        """Link, judge, and return everything found."""
        ours = self._left.rows(against=[one.kind for one in self._right.lists])
        theirs = self._right.rows(opening=self._opening, as_of=self._as_of, plan=self._empty.plan)
        links = self._right.links(self._left, ours, theirs, Model.parse(*linkage_tables()))
        links = links.with_columns(_said().alias("reason"))
        findings, issues = [], []
        aside: Counter[str] = Counter()
        for left, right in stretches(ours, theirs, links, AT_ONCE):
            found, registers = self._judged(left, right, links)
            findings.append(findings_frame(found))
            # What is said of a sheet as a whole would be said of each stretch.
            issues.append(issues_frame([issue for issue in registers.issues if issue.row is not None]))
            for entry in registers.inputs:
                aside[entry.file] += entry.rows_set_aside
        inputs = [*_counted(self._left, ours, aside)]
        for place, one in enumerate(self._right.lists):
            inputs += _counted(one, theirs.filter(pl.col("list") == place), aside)
        nothing = findings_frame([])
        outcome = outcome_of(
            self._empty, nothing, [], [], [], inputs, CaseForecast(0, False), None, opening_note, _NOT_DONE
        )
        return replace(
            outcome,
            findings=pl.concat([nothing, *findings]).sort(*_FINDINGS_BY, nulls_last=True, maintain_order=True),
            issues=pl.concat([outcome.issues, *issues])
            .unique(maintain_order=True)
            .sort(*_ISSUES_BY, nulls_last=True, maintain_order=True),
            links=self._placed(links),
        )

    def _judged(self, left: pl.Series, right: pl.Series, links: pl.DataFrame) -> tuple[list[Finding], Registers]:
        """Return the findings about some rows of each side, and what the reader said of them."""
        sheets = [*self._left.sheets(left), *self._right.sheets(right)]
        assigned = {file.source.name: one.kind for one in (self._left, *self._right.lists) for file in one.files}
        registers = read_registers(sheets, opening=self._opening, as_of=self._as_of, assigned=assigned)
        kinds = [one.kind for one in self._right.lists]
        everyone = {kind: people(registers.frames.get(kind), kind) for kind in (LEFT, *kinds)}
        pupils = group_pupils(everyone[LEFT])
        facts = {id(pupil): PupilFacts(pupil, _number(pupil.lead)) for pupil in pupils}
        children = {kind: group_pupils(everyone[kind]) for kind in kinds}
        linked = self._links(links, right, _by_place(pupils), {kind: _by_place(children[kind]) for kind in kinds})
        plan = self._empty.plan
        found = {kind: of_age(some, kind, self._opening, self._as_of, plan) for kind, some in linked.items()}
        strays: list[tuple[Pupil, list[Link], list[Link]]] = []
        for kind in kinds:
            located = note_links(found[kind], kind, facts)
            reviews = by_key((link for link in found[kind] if is_doubtful(link)), lambda link: id(link.right))
            strays += [(child, reviews.get(id(child), []), []) for child in children[kind] if id(child) not in located]
        numbers: dict[int, str] = {}
        listed: list[ListedChild] = one_per_child(strays, _order, lambda rows: _number(rows[0]), numbers)
        evidence = replace(
            self._empty,
            pupils=list(facts.values()),
            strays=listed,
            links={(LEFT, kind): found[kind] for kind in kinds},
            rows={**self._empty.rows, **everyone},
            number_of=lambda person: numbers.get(id(person)) or _number(person),
        )
        return [*registration(evidence), *roster_marks(evidence), *whereabouts(evidence)], registers

    def _links(
        self,
        links: pl.DataFrame,
        right_rows: pl.Series,
        pupils: Mapping[_Place, Pupil],
        children: Mapping[str, Mapping[_Place, Pupil]],
    ) -> dict[str, list[Link]]:
        """Return the links of these right rows, list by list."""
        mine = links.filter(pl.col("right_row").is_in(right_rows.implode()))
        ours = zip(*(one.to_list() for one in self._left.places(mine["left_row"])), strict=True)
        theirs = self._right.places(mine["right_row"]).iter_rows()
        found: dict[str, list[Link]] = {kind: [] for kind in children}
        for one, (kind, *two), row in zip(ours, theirs, mine.iter_rows(named=True), strict=True):
            pupil, child = pupils.get(one), children[kind].get(tuple(two))
            if pupil is not None and child is not None:  # the reader may have taken a row for a total
                differing = tuple(_FIELDS[label] for label in (row["differences"] or "").split("、") if label)
                found[kind].append(Link(
                    pupil, child, row["decision"], row["tier"], row["reason"],
                    differing if row["decision"] == "accepted" else (), probability=_shown(row),
                ))  # fmt: skip
        return found

    def _placed(self, links: pl.DataFrame) -> pl.DataFrame:
        """Return the links as a frame of LINK_SCHEMA, sorted by place."""
        left_file, left_row = self._left.places(links["left_row"])
        register, right_file, right_row = self._right.places(links["right_row"])
        places = zip(left_file, left_row, register, right_file, right_row, strict=True)
        frame = links.select(
            pl.Series("link_id", [_link_id(*place) for place in places], dtype=pl.String),
            pl.lit(LEFT).alias("left_register"),
            left_file.alias("left_file"),
            pl.lit(None, dtype=pl.String).alias("left_sheet"),
            left_row.alias("left_row"),
            register.alias("right_register"),
            right_file.alias("right_file"),
            pl.lit(None, dtype=pl.String).alias("right_sheet"),
            right_row.alias("right_row"),
            pl.col("decision", "tier").cast(pl.String),
            pl.when(pl.col("tier") == MODEL).then("probability").alias("probability"),
            "reason",
        )
        return frame.select(list(LINK_SCHEMA)).sort(
            "left_file", "left_row", "right_register", "right_file", "right_row"
        )


_FINDINGS_BY = ("kind", "school", "grade", "class_name", "name", "id_number", "file", "sheet", "row", "finding_id")
_ISSUES_BY = ("file", "sheet", "row", "cell", "code", "message")


def _by_place(pupils: Sequence[Pupil]) -> dict[_Place, Pupil]:
    return {(row.file, row.row): pupil for pupil in pupils for row in pupil.rows}


def _said() -> pl.Expr:
    """Return a link's reason as the usual run words it."""
    percent = pl.min_horizontal((pl.col("probability") * 10_000).floor() / 100, pl.lit(99.99))
    likely = percent.cast(pl.String).str.strip_suffix(".0")
    return (
        pl.when((pl.col("decision") == "accepted") & (pl.col("tier") == MODEL))
        .then(pl.format("比对判为同一人（可能性{}%）：{}", likely, "reason"))
        .when((pl.col("decision") == "accepted") & pl.col("differences").is_not_null())
        .then(pl.format("{}；但{}不一致", "reason", "differences"))
        .otherwise("reason")
    )


def _shown(row: Mapping[str, Any]) -> float | None:
    return row["probability"] if row["tier"] == MODEL else None


def _counted(register: ColumnList, rows: pl.DataFrame, aside: Mapping[str, int]) -> Iterator[InputCount]:
    """Yield how many rows of each file are kept and set aside; `rows`: those of this register."""
    for file in register.files:
        mine = rows.slice(file.before, file.records)
        kept, blank = int(mine["named"].sum()) - aside[file.source.name], int(mine["blank"].sum())
        rest = file.records - kept - blank
        yield InputCount(file.source.name, None, register.kind, file.records, kept, rest, blank)


def _number(person: Person) -> str:
    """Return what stands for a child where there is no ledger: its place."""
    return f"{person.file}#{person.row}"


def _order(pupil: Pupil) -> tuple[str, ...]:
    lead = pupil.lead
    return (lead.name or "", lead.id_number or lead.id_text or "", lead.file, f"{lead.row:09d}")


def _link_id(left_file: str, left_row: int, register: str, right_file: str, right_row: int) -> str:
    """Return the id a `Link` between the two places has."""
    text = repr(((LEFT, left_file, None, left_row), (register, right_file, None, right_row)))
    return "M-" + hashlib.sha256(text.encode()).hexdigest()[:10].upper()
