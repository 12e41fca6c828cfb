"""The term-start duty (三.1, 三.5): a school's files in, a reconciliation that a registrar can act on out.

Reads, checks, links, applies the rules, and hands back a typed outcome. `write_term_start` puts it on paper:
all files complete, or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from dropctl.errors import Refused
from dropctl.files import WholeFiles
from dropctl.findings import Finding, findings_frame
from dropctl.ingest.reading import Progress, Reading
from dropctl.policy.evidence import Evidence
from dropctl.policy.plan import Plan
from dropctl.policy.rules.attendance import attendance
from dropctl.policy.rules.registration import registration
from dropctl.policy.rules.return_check import return_check
from dropctl.policy.rules.roster_marks import roster_marks
from dropctl.policy.rules.whereabouts import is_over_age, whereabouts
from dropctl.procedures import beside, overview
from dropctl.procedures.brake import forecast
from dropctl.procedures.decided import recorded_decisions, told
from dropctl.procedures.intake import take_in
from dropctl.procedures.linking import link_registers
from dropctl.procedures.memory import remembering
from dropctl.procedures.outcome import NOT_RECORDED, CaseForecast, Deadline, PresenceCount, SinceLast, TermStartOutcome
from dropctl.reconcile.decisions import standing
from dropctl.reconcile.links import Link, links_frame
from dropctl.school_calendar import school_year
from dropctl.tables.issues import InputCount, Issue, issues_frame
from dropctl.workbooks.term_start import TermStartSheets, write_term_start_workbook
from dropctl.workspace import Workspace
from dropctl.workspace.snapshots import Comparison


def reconcile_term_start(
    paths: Sequence[Path],
    *,
    as_of: date,
    workspace: Workspace | None = None,
    opening: date | None = None,
    closing: date | None = None,
    school: str | None = None,
    assigned: Mapping[str, str] | None = None,
    skip_unreadable: bool = False,
    yes: bool = False,
    record: bool = True,
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> TermStartOutcome:
    """Return what the files in `paths` say about the term that opened on `opening`, judged as of `as_of`.

    Inside a workspace the term, the school and what was read before come from it, and `record` keeps what is read
    now. `reading` is a reading of `paths` that was begun before this module was loaded.
    Raises Refused for files that cannot be read or used, before anything is written.
    """
    taken = take_in(
        paths, as_of=as_of, workspace=workspace, opening=opening, closing=closing, assigned=assigned,
        skip_unreadable=skip_unreadable, progress=progress, reading=reading,
    )  # fmt: skip
    registers, reading_notes, store = taken.registers, taken.notes, taken.store
    if "enrollment" not in registers.frames:
        raise Refused(
            "没有找到学籍名册（要有“姓名”，以及“学籍号”或“学生状态”等栏目）",
            todo="把从学籍系统导出的学生花名册放进来，或用 --as enrollment=文件 指定",
        )
    with remembering(workspace, as_of, school_year(taken.opening), record=record) as memory:
        linked = link_registers(
            registers.frames,
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
        evidence.explained = memory.explained(evidence)
        findings = [
            *return_check(evidence),
            *registration(evidence),
            *roster_marks(evidence),
            *whereabouts(evidence),
        ]
        # Only when it is among the inputs of this call: what was scanned last term is no news at the next opening.
        read_now = any(entry.register == "absence" for entry in registers.inputs)
        absences = memory.attendance_of(evidence, linked.frames["absence"]) if read_now else None
        if absences is not None:
            findings += attendance(evidence, absences)
            reading_notes = [*absences.notes, *reading_notes]
        findings = memory.triaged(evidence, findings)
        expected = forecast(evidence, memory.opening(evidence, findings, absences), yes)
        cases = memory.keep(evidence, findings, expected, absences)
    reading_notes += [*linked.renamed, *memory.marks_in_doubt(evidence)]
    links = [link for group in evidence.links.values() for link in group]
    reading_notes += told(links)
    issues = [*registers.issues, *linked.issues, *taken.skipped, *(absences.issues if absences else ())]
    frame = findings_frame(findings)
    compared = None
    this_time = []
    if store is not None:
        compared = store.compare(registers.frames, frame["finding_id"].to_list(), as_of)
        if memory.is_before_last:
            this_time.append(NOT_RECORDED.format(as_of))
        elif record:
            store.record(registers.frames, registers.columns_seen, frame, as_of)
    found = outcome_of(
        evidence, frame, findings, links, issues, registers.inputs, cases, compared, taken.opening_note, reading_notes
    )
    return replace(found, this_time=tuple(this_time))


def outcome_of(
    evidence: Evidence,
    frame: pl.DataFrame,
    findings: Sequence[Finding],
    links: Sequence[Link],
    issues: Sequence[Issue],
    inputs: Sequence[InputCount],
    cases: CaseForecast,
    compared: Comparison | None,
    opening_note: str | None,
    notes: Sequence[str],
) -> TermStartOutcome:
    """Return what was found in the form in which it is told and written."""
    over_age = {line.finding_id for line in findings if is_over_age(line)}
    with_pupils = [group for group in evidence.classes.values() if group.key[2] is not None]
    unknown = sum(facts.presence == "unknown" for facts in evidence.pupils if facts.expected)
    return TermStartOutcome(
        as_of=evidence.as_of,
        opening=evidence.opening,
        opening_note=opening_note,
        school=evidence.school or (f"{len(evidence.schools)}所学校" if evidence.schools else None),
        inputs=tuple(inputs),
        findings=frame,
        links=links_frame(links),
        issues=issues_frame(issues),
        roster=overview.roster(evidence, findings),
        reviews=overview.reviews(links),
        classes=overview.classes(evidence, findings),
        overage=frame.filter(pl.col("finding_id").is_in(over_age)),
        graduates=beside.graduates(evidence),
        promotions=beside.promotions(evidence),
        letters=beside.letters(evidence),
        changes=beside.changes(compared, findings),
        presence=PresenceCount(len(with_pupils), sum(group.reported for group in with_pupils), unknown),
        cases=cases,
        deadlines=_deadlines(evidence),
        assumptions=evidence.plan.assumptions,
        since_last=SinceLast(len(compared.new), compared.gone.height, compared.unchanged, compared.day)
        if compared
        else None,
        notes=tuple(([opening_note] if opening_note else []) + overview.notes(evidence, cases) + list(notes)),
    )


def _deadlines(evidence: Evidence) -> tuple[Deadline, ...]:
    return tuple(
        Deadline(parameter.label, parameter.clause, due.plan_date, due.due_date, due.certain)
        for parameter, due in evidence.deadlines()
    )


def write_term_start(outcome: TermStartOutcome, out: Path, *, tables_only: bool = False) -> list[Path]:
    """Write 核对结果.xlsx and the three Parquet files into `out`, all of them or none; return their paths."""
    tables = {"findings": outcome.findings, "links": outcome.links, "issues": outcome.issues}
    written = []
    with WholeFiles() as files:
        if not tables_only:
            target = out / "核对结果.xlsx"
            written.append(target)
            sheets = TermStartSheets(**{name: getattr(outcome, name) for name in TermStartSheets.__dataclass_fields__})
            write_term_start_workbook(files.stage(target), sheets)
        for name, frame in tables.items():
            target = out / f"{name}.parquet"
            written.append(target)
            frame.write_parquet(files.stage(target))
    return written


__all__ = ["Plan", "reconcile_term_start", "write_term_start"]
