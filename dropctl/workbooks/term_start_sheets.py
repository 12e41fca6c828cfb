"""What 核对结果.xlsx is made from, and the lines its sheets have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from dropctl.errors import place
from dropctl.policy.plan import Assumption
from dropctl.tables.issues import InputCount
from dropctl.workbooks.list_sheet import SheetColumn


class Banner(Protocol):
    """What the sheets every duty has (findings, readings, issues) need to know of their workbook."""

    @property
    def banner(self) -> str: ...


class Readings(Banner, Protocol):
    """A workbook that shows what was read."""

    @property
    def inputs(self) -> tuple[InputCount, ...]: ...

    @property
    def issues(self) -> pl.DataFrame: ...


@dataclass(frozen=True, slots=True)
class CaseForecast:
    """How many children would get a case, and why none is opened when the list would accuse too many.

    `opened`: the cases this run opened in the workspace's ledger; `gone`: open cases whose finding it did not find.
    """

    candidates: int
    held_back: bool
    reason: str | None = None
    opened: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SinceLast:
    """Findings compared with the last recorded run of this workspace."""

    new: int
    gone: int
    unchanged: int
    day: date | None = None  # the day the last run judged as of


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date the plan sets after opening; `due_date` is the last school day not after `plan_date`."""

    label: str
    clause: str
    plan_date: date
    due_date: date
    certain: bool = True  # False: that year's holidays are not known (待定)


@dataclass(frozen=True, slots=True)
class TermStartSheets:
    """What the workbook shows; names, types and frame columns are those of the term-start outcome.

    `findings` and `overage` are of FINDING_SCHEMA, `issues` of ISSUE_SCHEMA; `roster` has one row per enrolled
    pupil, `reviews` one per undecided pair, `classes` one per class, `graduates` one per pupil of last year's top
    grade, `promotions` one per pupil whose grade does not follow, `letters` one per letter of assistance, `changes`
    one per finding that is new or gone since the last run.
    """

    as_of: date
    opening: date
    opening_note: str | None
    school: str | None
    inputs: tuple[InputCount, ...]
    findings: pl.DataFrame
    issues: pl.DataFrame
    roster: pl.DataFrame
    reviews: pl.DataFrame
    classes: pl.DataFrame
    overage: pl.DataFrame
    graduates: pl.DataFrame
    promotions: pl.DataFrame
    letters: pl.DataFrame
    changes: pl.DataFrame
    cases: CaseForecast
    deadlines: tuple[Deadline, ...]
    assumptions: tuple[Assumption, ...]
    since_last: SinceLast | None
    notes: tuple[str, ...]

    @property
    def banner(self) -> str:
        """The line under every title: whose result, as of when, for which term."""
        school = self.school or "（未给出学校名称）"
        return f"学校：{school}　　核对基准日：{self.as_of:%Y-%m-%d}　　开学日：{self.opening:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class KindLine:
    """One line of the summary's table of findings; `sheet` is None where there are no rows and so no sheet."""

    label: str
    meaning: str
    clause: str
    total: int
    by_certainty: dict[str, int]
    due_date: date | None
    sheet: str | None


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One of the other sheets, with the number of its rows and what it is for."""

    sheet: str
    count: int
    unit: str
    purpose: str


def source_text(file: str | None, sheet: str | None, row: int | None) -> str | None:
    """Return `文件 · 表 · 第n行`, leaving out what is not known; None when nothing is."""
    text = place(file, sheet, None if row is None else f"第{row}行")
    return text or None


def sources(frame: pl.DataFrame, prefix: str = "") -> list[str | None]:
    """Return `source_text` of each row from the columns file, sheet and row with `prefix`."""
    names = (f"{prefix}file", f"{prefix}sheet", f"{prefix}row")
    return [source_text(*row) for row in frame.select(names).iter_rows()]


def by_class(frame: pl.DataFrame, *then: str) -> pl.DataFrame:
    """Return `frame` by school, grade and class, class 10 after class 2, then by the columns `then`; unknown ones last.

    A school named by some rows only (a county's list names none) does not part a single school's rows.
    """
    several = "school" in frame.columns and frame["school"].drop_nulls().n_unique() > 1
    number = pl.col("class_name").str.extract(r"([0-9]+)\D*$").cast(pl.Int64, strict=False)
    first = [pl.col("school")] if several else []
    order: Sequence[pl.Expr] = [*first, pl.col("grade"), number, pl.col("class_name"), *(pl.col(name) for name in then)]
    return frame.sort(order, nulls_last=True, maintain_order=True)


def with_school(columns: list[SheetColumn], frame: pl.DataFrame) -> list[SheetColumn]:
    """Return the columns with 学校 after the first one when the rows are of more than one school."""
    if frame["school"].drop_nulls().n_unique() < 2:
        return columns
    return [columns[0], SheetColumn("学校", frame["school"].to_list(), "long", least=12, most=26), *columns[1:]]
