"""The attendance duty (三.2): absence lists in; runs, reports and marks that are due, and silent classes out.

The term start's own evidence says who is on the roster, who has an approval and who came back; the lists of absence
are read on top of it. `write_attendance` puts the outcome on paper: all files complete, or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from dropctl.errors import Refused
from dropctl.files import WholeFiles
from dropctl.findings import findings_frame
from dropctl.ingest.read import Registers
from dropctl.ingest.reading import Progress, Reading
from dropctl.policy.absence_runs import AbsenceRun, DayState, told_by_day
from dropctl.policy.attendance import Attendance
from dropctl.policy.evidence import Evidence
from dropctl.policy.plan import Assumption
from dropctl.policy.rules.attendance import attendance
from dropctl.procedures.brake import forecast
from dropctl.procedures.decided import recorded_decisions
from dropctl.procedures.intake import take_in
from dropctl.procedures.linking import link_registers
from dropctl.procedures.memory import remembering
from dropctl.procedures.outcome import NOT_RECORDED, SinceLast
from dropctl.reconcile.decisions import standing
from dropctl.school_calendar import school_year
from dropctl.tables.issues import InputCount, Issue, issues_frame
from dropctl.workbooks.attendance import AttendanceSheets, write_attendance_workbook
from dropctl.workspace import Workspace
from dropctl.workspace.snapshots import ATTENDANCE

WORKBOOK = "考勤核对.xlsx"
_ROSTER_SIDE = ("enrollment", "presence", "approval")
RUN_SCHEMA: dict[str, Any] = {
    "child": pl.String, "name": pl.String, "school": pl.String, "grade": pl.String, "class_name": pl.String,
    "from": pl.Date, "to": pl.Date, "ended": pl.Boolean, "certain_days": pl.Int64, "possible_days": pl.Int64,
    "flag": pl.String, "finding": pl.String, "day_five": pl.Date, "flag_date": pl.Date, "mark_date": pl.Date,
    "mark_by": pl.String, "dropout_date": pl.Date, "returned_on": pl.Date, "attended_since": pl.Int64,
    "confirmed_on": pl.Date,
}  # fmt: skip
DAY_SCHEMA: dict[str, Any] = {
    "child": pl.String, "name": pl.String, "class_name": pl.String, "from": pl.Date, "day": pl.Date,
    "state": pl.String, "why": pl.String,
}  # fmt: skip
CLASS_SCHEMA: dict[str, Any] = {
    "school": pl.String, "grade": pl.String, "class_name": pl.String, "pupils": pl.Int64, "school_days": pl.Int64,
    "reported": pl.Int64, "unreported": pl.List(pl.Date),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToldRun:
    """One run with its child and every calendar day of it."""

    child: str
    name: str | None
    school: str | None
    grade: str | None
    class_name: str | None
    run: AbsenceRun
    days: tuple[DayState, ...]


@dataclass(frozen=True, slots=True)
class AttendanceOutcome:
    """Everything a scan found. Frames: `findings`, `issues`, `runs`, `run_days`, `classes` (schemas above)."""

    as_of: date
    opening: date
    school: str | None
    plan_digest: str
    inputs: tuple[InputCount, ...]
    findings: pl.DataFrame
    runs: pl.DataFrame
    run_days: pl.DataFrame
    classes: pl.DataFrame
    issues: pl.DataFrame
    told: tuple[ToldRun, ...]  # the worst first
    term_days: tuple[date, ...]
    assumptions: tuple[Assumption, ...]
    since_last: SinceLast | None
    unsure: int  # names that may be one pupil or another
    notes: tuple[str, ...]
    this_time: tuple[str, ...] = ()  # what is true of this call only and stands in no file


def scan_attendance(
    paths: Sequence[Path],
    *,
    as_of: date,
    workspace: Workspace | None = None,
    opening: date | None = None,
    closing: date | None = None,
    school: str | None = None,
    assigned: Mapping[str, str] | None = None,
    skip_unreadable: bool = False,
    record: bool = True,
    remember: bool = False,
    yes: bool = False,
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> AttendanceOutcome:
    """Return what the absence lists in `paths` say as of `as_of`; in a workspace on top of what was read before.

    The inbox as a whole stands for itself (decision D-9), unless `remember` says to add what was read before; then
    `paths` may be empty. Raises Refused for files that cannot be read or used, without a register, or without any
    absence list.
    """
    taken = take_in(
        paths, as_of=as_of, workspace=workspace, opening=opening, closing=closing, assigned=assigned,
        skip_unreadable=skip_unreadable, progress=progress, reading=reading, remember=remember,
    )  # fmt: skip
    registers, notes, store = taken.registers, taken.notes, taken.store
    _needed(registers)
    command = "attendance scan"
    with remembering(workspace, as_of, school_year(taken.opening), record=record, command=command) as memory:
        linked = link_registers(
            {kind: frame for kind, frame in registers.frames.items() if kind in _ROSTER_SIDE or kind == "absence"},
            registers.columns_seen,
            places=taken.places,
            as_of=as_of,
            workspace=workspace,
            opening=taken.opening,
            closing=taken.closing,
            school=school,
            numbers=memory.numbers,
            decisions=standing(recorded_decisions(workspace), as_of) if workspace else {},
        )
        evidence = linked.evidence
        found = memory.attendance_of(evidence, linked.frames["absence"])
        lines = memory.triaged(evidence, attendance(evidence, found))
        expected = forecast(evidence, memory.opening(evidence, lines, found), yes)
        cases = memory.keep(evidence, lines, expected, found, term_start=False)
    notes += linked.renamed
    if cases.held_back and cases.reason:
        notes.insert(0, cases.reason)
    this_time = []
    if cases.opened:
        this_time.append(f"新立个案{len(cases.opened)}件（{'、'.join(cases.opened)}），用 dropctl case list 查看")
    since = None
    frame = findings_frame(lines)
    ids = frame["finding_id"].to_list()
    if store is not None:
        compared = store.compare(registers.frames, ids, as_of, ATTENDANCE)
        if compared is not None:
            since = SinceLast(len(compared.new), compared.gone.height, compared.unchanged, compared.day)
        if memory.is_before_last:
            this_time.append(NOT_RECORDED.format(as_of))
        elif record:
            store.record(registers.frames, registers.columns_seen, frame, as_of, ATTENDANCE)
    said = [*([taken.opening_note] if taken.opening_note else []), *found.notes, *notes]
    told = [*registers.issues, *linked.issues, *taken.skipped, *found.issues]
    return replace(_outcome(evidence, found, frame, registers, told, since, said), this_time=tuple(this_time))


def _needed(registers: Registers) -> None:
    if "enrollment" not in registers.frames:
        raise Refused(
            "没有学籍名册，不知道各班有哪些学生",
            todo="把学籍名册和考勤材料一起给出，或在工作区里先做一次 dropctl reconcile",
        )
    if "absence" not in registers.frames:
        raise Refused(
            "没有找到缺勤登记或考勤表（缺勤登记要有“姓名”“日期”等栏目，考勤表要有“姓名”和一列一天的日期）",
            todo="用 dropctl attendance sheet 生成考勤表给班主任填，或用 --as absence=文件 指定",
        )


def _outcome(
    evidence: Evidence,
    found: Attendance,
    findings: pl.DataFrame,
    registers: Registers,
    issues: Sequence[Issue],
    since: SinceLast | None,
    notes: Sequence[str],
) -> AttendanceOutcome:
    told = _told(evidence, found)
    runs = [_run_row(line) for line in told]
    days = [
        (line.child, line.name, line.class_name, line.run.first, day.day, day.state, day.why)
        for line in told
        for day in line.days
    ]
    classes = [
        (*report.key, report.pupils, len(report.reported) + len(report.unreported), len(report.reported),
         list(report.unreported))
        for report in found.classes
    ]  # fmt: skip
    return AttendanceOutcome(
        as_of=evidence.as_of,
        opening=evidence.opening,
        school=evidence.school,
        plan_digest=evidence.plan.digest,
        inputs=tuple(registers.inputs),
        findings=findings,
        runs=pl.DataFrame(runs, schema=RUN_SCHEMA, orient="row"),
        run_days=pl.DataFrame(days, schema=DAY_SCHEMA, orient="row"),
        classes=pl.DataFrame(classes, schema=CLASS_SCHEMA, orient="row"),
        issues=issues_frame(issues),
        told=told,
        term_days=found.term_days,
        assumptions=evidence.plan.assumptions,
        since_last=since,
        unsure=sum(issue.code == "name_unsure" for issue in found.issues),
        notes=tuple(notes),
    )


_WORST = ("dropout", "suspected", "day_five", "possible_suspected", "none")


def _told(evidence: Evidence, found: Attendance) -> tuple[ToldRun, ...]:
    lines = []
    for pupil in found.pupils:
        states = {day.day: day for day in pupil.days}
        lead = pupil.facts.lead
        for run in pupil.runs:
            days = tuple(told_by_day(run, states, evidence.calendar))
            school = lead.school or evidence.school
            lines.append(ToldRun(pupil.facts.number, lead.name, school, lead.grade, lead.class_name, run, days))
    # Open runs before ended ones, then the strongest, then the longest.
    lines.sort(
        key=lambda line: (
            line.run.kind is None,
            _WORST.index(line.run.flag),
            line.run.ended,
            -line.run.certain_days,
            line.grade or "~",
            line.class_name or "",
            line.child,
            line.run.first,
        )
    )
    return tuple(lines)


def _run_row(line: ToldRun) -> tuple[object, ...]:
    run = line.run
    by = None if run.mark_date is None else "registry" if run.mark_is_registry else "plan"
    return (
        line.child, line.name, line.school, line.grade, line.class_name, run.first, run.last, run.ended,
        run.certain_days, run.possible_days, run.flag, run.kind, run.day_five, run.flag_date, run.mark_date, by,
        run.dropout_date, run.returned_on, run.attended_since, run.confirmed_on,
    )  # fmt: skip


def write_attendance(outcome: AttendanceOutcome, out: Path, *, tables_only: bool = False) -> list[Path]:
    """Write 考勤核对.xlsx and the Parquet files into `out`, all of them or none; return their paths."""
    tables = {name: getattr(outcome, name) for name in ("findings", "runs", "run_days", "issues")}
    written = []
    with WholeFiles() as files:
        if not tables_only:
            target = out / WORKBOOK
            written.append(target)
            sheets = AttendanceSheets(
                **{name: getattr(outcome, name) for name in AttendanceSheets.__dataclass_fields__}
            )
            write_attendance_workbook(files.stage(target), sheets)
        for name, frame in tables.items():
            target = out / f"{name}.parquet"
            written.append(target)
            frame.write_parquet(files.stage(target))
    return written
