"""Visits to children taught at home (三.7): one from the command line, a workbook of them, one taken back.

Whose a visit is must be certain: a number of the child, or a name that only one child taught at home bears.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from dropctl.errors import Refused
from dropctl.ledger import Draft, Ledger, Transaction
from dropctl.ledger.children import Child, ChildNumbers, fold_children
from dropctl.ledger.home_visits import TOLD, VISIT_KINDS, HomeVisit, fold_visits, visit_draft
from dropctl.procedures.home_teaching import KINDS, claims_of, is_other
from dropctl.procedures.rows_given import Logged, RowProblem, row_of_cells, row_place, rows_of_table
from dropctl.reconcile.people import Person
from dropctl.school_calendar import school_year
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class VisitMade:
    """A visit as a person states it: whom by number or name, when, and what is told about it (keys of TOLD)."""

    on: date
    child: str | None = None
    name: str | None = None
    told: Mapping[str, str | None] = field(default_factory=dict)


def log_visit(workspace: Workspace, as_of: date, made: VisitMade, *, dry_run: bool = False) -> tuple[Child, bool]:
    """Record one visit and return the child and whether it is new; Refused when child or day cannot be."""
    cells = {"name": made.name or made.child, "visited_on": made.on.isoformat(), **dict(made.told)}
    row = row_of_cells("home_teaching", cells, as_of)
    with Ledger(workspace.state).writing(as_of, "home-teaching log", keep=not dry_run) as transaction:
        desk = _Desk(workspace, transaction)
        child = desk.numbered(made.child) if made.child else desk.whose(row)
        if isinstance(child, str):
            raise Refused(child, todo="用 --child 写明儿童编号，如 P-0001；编号见 dropctl home-teaching check")
        problem = _wrong_day(made.on, as_of)
        if problem:
            raise Refused(problem, todo="核对 --on 的年、月、日")
        return child, desk.record(child, row)


def log_visits(workspace: Workspace, as_of: date, path: Path, *, dry_run: bool = False) -> Logged:
    """Record the visits in a workbook (register `home_teaching`); Refused when not one row can be used."""
    given = rows_of_table(path, "home_teaching", as_of)
    problems: list[RowProblem] = []
    recorded = known = 0
    with Ledger(workspace.state).writing(as_of, "home-teaching log", keep=not dry_run) as transaction:
        desk = _Desk(workspace, transaction)
        for row in given.rows:
            day = row.facts.get("visited_on")
            child = desk.whose(row)
            if wrong := _wrong_day(day, as_of):
                problems.append(
                    given.problem(row, "visited_on", wrong) if day is None else RowProblem(row_place(row), wrong)
                )
            elif isinstance(child, str):
                problems.append(RowProblem(row_place(row), child))
            elif desk.record(child, row):
                recorded += 1
            else:
                known += 1
        if not recorded + known:
            first = problems[0]
            raise Refused(f"没有一行能用：{first.message}", where=first.where, todo="改正后再登记")
    return Logged(recorded, known, tuple(problems))


def void_visit(workspace: Workspace, as_of: date, event: int, *, reason: str, dry_run: bool = False) -> HomeVisit:
    """Take back one recorded visit, which stays readable as voided; return it. Refused for anything else."""
    if not reason.strip():
        raise Refused("没有写作废的原因", todo="用 --reason 写明")
    with Ledger(workspace.state).writing(as_of, "home-teaching log", keep=not dry_run) as transaction:
        found = next((one for one in fold_visits(transaction.events(VISIT_KINDS)) if one.event == event), None)
        if found is None:
            raise Refused(f"第{event}条不是送教记录，或已经作废", todo="用 dropctl home-teaching check 查看是第几条")
        told = {found.child: {"reason": reason.strip()}}
        transaction.append(Draft("voided", found.child, as_of, {"event": event}, told))
    return found


def visits_of(workspace: Workspace, as_of: date, child: str) -> list[HomeVisit]:
    """Return the recorded visits of one child as of a day, the earliest first."""
    found = fold_visits(Ledger(workspace.state).events(as_of, VISIT_KINDS))
    return sorted((one for one in found if one.child == child), key=lambda one: (one.on, one.event))


def _wrong_day(day: date | None, as_of: date) -> str | None:
    if day is None:
        return "没有写送教日期"
    return f"送教日期{day}晚于{as_of}" if day > as_of else None


class _Desk:
    """The open transaction, and whom its visits may be about."""

    def __init__(self, workspace: Workspace, transaction: Transaction) -> None:
        events = transaction.events(KINDS)
        self._transaction = transaction
        self._children = fold_children(events)
        self._numbers = ChildNumbers(self._children, school_year(transaction.as_of))
        self._taught: Collection[str] = claims_of(workspace, events, self._children, transaction.as_of)
        self._seen = {(one.child, one.on, one.told) for one in fold_visits(events)}

    def numbered(self, number: str) -> Child | str:
        """Return the child of a number, or the sentence why not."""
        return self._children.get(number.strip().upper()) or f"没有 {number} 这个儿童编号"

    def whose(self, row: Person) -> Child | str:
        """Return the child a row is certainly about, or the sentence why nobody can be told.

        By number; without one by a name that only one child taught at home bears.
        """
        if row.id_number or row.enrollment_number:
            number = self._numbers.find(row)
            child = self._children.get(number or "")
            if child is None:
                return f"证件号或学籍号不是名册上的任何学生（{row.name or '无姓名'}）"
            if row.name and child.name and row.name != child.name:
                return f"号码是{child.name}的，姓名写的是{row.name}，不能确定是谁"
            return child
        alike = [
            self._children[key]
            for key in self._taught
            if key in self._children and self._children[key].name == row.name and not is_other(self._children[key], row)
        ]
        if len(alike) == 1:
            return alike[0]
        if alike:
            return f"送教学生中有{len(alike)}个“{row.name}”，分不清是谁，请写上证件号或学籍号"
        return f"“{row.name}”不在送教学生中（审批、个案、名册状态都没有），请写上证件号或学籍号，或先补审批登记"

    def record(self, child: Child, row: Person) -> bool:
        """Record the visit of a row unless it is there already; say whether it is new."""
        told: tuple[Any, ...] = tuple(row.facts.get(key) for key in TOLD)
        day = row.facts.get("visited_on")
        if (child.number, day, told) in self._seen:
            return False
        self._seen.add((child.number, day, told))
        self._transaction.append(visit_draft(child.number, day, told))
        return True
