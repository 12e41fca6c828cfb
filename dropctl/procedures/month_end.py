"""The duty of every month (方案一): count it, compare it with the month before, issue and write its report.

A report is issued once for its content: the same month counted to the same figures and lists is the same report, with
its first date and bytes. Changed content is a corrected report that says what it corrects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.monthly_report import ZeroReport
from dropctl.documents.pdf import CharacterMissing
from dropctl.documents.render import Rendered, render
from dropctl.errors import Damaged, Refused
from dropctl.figures import Month, MonthFigures, count_month
from dropctl.figures.comparing import Comparison, compare_months
from dropctl.figures.facts import CaseLine
from dropctl.files import WholeFiles
from dropctl.ledger import Event, Ledger
from dropctl.policy.deadlines import monthly_report as report_due
from dropctl.procedures.month_facts import GatheredMonth, gather_month
from dropctl.procedures.month_issued import Issued, content_of, last_issued, report_draft
from dropctl.procedures.month_paper import (
    by_grade,
    case_lines,
    marked_in_school,
    overdue_marks,
    report_context,
    silent_row,
)
from dropctl.school_calendar import DueDate
from dropctl.workbooks.monthly_report import MonthSheets, write_imbalance_workbook, write_monthly_workbook
from dropctl.workspace import Workspace

ADDRESSEE = "县教育局教育股"
NAME = "控辍保学月报"
IMBALANCE = "不平衡学生名单.xlsx"


@dataclass(frozen=True, slots=True)
class CountedMonth:
    """One month, gathered and counted."""

    gathered: GatheredMonth
    figures: MonthFigures


@dataclass(frozen=True, slots=True)
class MonthReport:
    """One month's report as it is issued. `number` 1, or more for a corrected one; `is_new`: not issued before."""

    counted: CountedMonth
    comparison: Comparison | None  # with the month before; None where nothing was read by its end
    number: int
    reported_on: date
    correction: str
    is_new: bool
    due: DueDate
    context: ZeroReport
    cases: tuple[CaseLine, ...]
    notes: tuple[str, ...]
    outputs: tuple[Path, ...] = ()
    refusal: CharacterMissing | None = None  # why there is no PDF, where the font lacks a character


def count(workspace: Workspace, month: Month, known_on: date) -> CountedMonth:
    """Return a month counted as known on a day; Refused when it cannot be counted."""
    gathered = gather_month(workspace, month, known_on)
    return CountedMonth(gathered, count_month(gathered.facts))


def monthly_report(
    workspace: Workspace, month: Month, as_of: date, *, out: Path, remarks: str | None = None, dry_run: bool = False
) -> MonthReport:
    """Issue the report of a month into `out` and return it; with `dry_run` nothing is recorded or written.

    Raises Refused for a month that is not over or cannot be counted, Damaged when the figures do not balance: then
    the list of the children who break them is written instead of the report.
    """
    if as_of < month.last:
        todo = f"月报截止到{month.last}，那天或以后再报；只想看现在的数字，用 dropctl case list 和 dropctl due"
        raise Refused(f"{month.label}还没有过完（今天按{as_of}算）", todo=todo)
    counted = count(workspace, month, as_of)
    if not counted.figures.is_balanced:
        raise _imbalance(counted, out, dry_run=dry_run)
    events = Ledger(workspace.state).events(as_of)
    before = last_issued(events, month)
    content = _content(counted)
    is_new = before is None or before.content != content
    if before is not None and not is_new:
        # The same report: told as it was known when it was issued, so that its bytes are the same for ever.
        counted = count(workspace, month, before.on)
        events = [event for event in events if event.recorded_as_of <= before.on]
        earlier = [event for event in events if not _is_report(event, before)]
        corrected = last_issued(earlier, month)
    else:
        corrected = before
    reported_on = as_of if before is None or is_new else before.on
    number = (before.number + 1 if before else 1) if is_new else before.number if before else 1
    correction = _correction(corrected, counted.figures) if corrected else ""
    comparison = compared(workspace, counted, events)
    cases = tuple(case_lines(counted.gathered.facts, events))
    context = report_context(
        counted.gathered, counted.figures, comparison, cases, addressee=ADDRESSEE, people=workspace.people,
        reported_on=reported_on, correction=correction, remarks=remarks,
    )  # fmt: skip
    due = report_due(counted.gathered.plan, workspace.calendar(), month.first)
    notes = tuple(_notes(counted, due, reported_on, context))
    report = MonthReport(
        counted, comparison, number, reported_on, correction, is_new, due, context, cases, notes
    )  # fmt: skip
    # In the school's own wording where there is one; what is wrong with it is said before anything is recorded.
    paper = PAPER_BY_NAME["zero-report" if counted.figures.is_zero else "monthly-report"]
    printed = render(paper, context, day=reported_on, own=workspace.templates)
    if dry_run:
        return report
    if is_new:
        draft = report_draft(counted.figures, content, number, counted.gathered.plan.digest, as_of)
        with Ledger(workspace.state).writing(as_of, "monthly-report") as transaction:
            transaction.append(draft)
            return _written(report, printed, out)
    return _written(report, printed, out)


def _content(counted: CountedMonth) -> str:
    return content_of(counted.figures, counted.gathered.unreported, counted.gathered.plan.digest)


def _is_report(event: Event, issued: Issued) -> bool:
    return event.kind == "month_reported" and event.facts["content"] == issued.content


def compared(workspace: Workspace, now: CountedMonth, events: Sequence[Event]) -> Comparison | None:
    """Return the month beside the one before; None where nothing was read by the end of that."""
    month = now.gathered.facts.month.before
    try:
        return compare_with(workspace, month, now, events)
    except Refused:
        return None  # no roster by then: there is nothing to compare with


def compare_with(workspace: Workspace, month: Month, now: CountedMonth, events: Sequence[Event]) -> Comparison:
    """Return what changed from an earlier month to `now`: the earlier one as issued, if it was, and as known now."""
    issued = last_issued(events, month)
    then_now = count(workspace, month, now.gathered.known_on)
    # Of a month that nobody reported nothing was said, so nothing of it can have been corrected.
    then = count(workspace, month, issued.on) if issued else then_now
    return compare_months(
        then.figures,
        then_now.figures,
        now.figures,
        now.gathered.facts.changes,
        said=issued.figures if issued else None,
        said_by=issued.definitions if issued else None,
        plan_changed=issued is not None and issued.plan != now.gathered.plan.digest,
    )


def _correction(before: Issued, figures: MonthFigures) -> str:
    """Return what a corrected report corrects: the figures that differ, or that only lists differ."""
    said = [
        f"{one.label}由{before.figures[one.id]}改为{one.value}"
        for one in figures.figures
        if one.id in before.figures and before.figures[one.id] != one.value
    ]
    what = "；".join(said) if said else "各项人数不变，名单或上报情况有更正"
    return f"本报告是更正报告，代替{before.on}报出的第{before.number}次报告：{what}。"


def _imbalance(counted: CountedMonth, out: Path, *, dry_run: bool) -> Damaged:
    """Write who breaks a balance and return the error that says so."""
    wrong = [balance for balance in counted.figures.balances if balance.difference or balance.wrong]
    said = "；".join(f"{one.id}（{one.formula}）左边{one.left}、右边{one.right}" for one in wrong)
    path = out / IMBALANCE
    if not dry_run:
        with WholeFiles() as files:
            write_imbalance_workbook(files.stage(path), counted.gathered.facts.month, counted.gathered.school, wrong)
    todo = f"逐个核对{path}里的学生，用 dropctl audit verify 检查台账" if not dry_run else "去掉 --dry-run 查看名单"
    return Damaged(f"月报的数字不平衡，没有出报告：{said}", todo=todo)


def _notes(counted: CountedMonth, due: DueDate, reported_on: date, context: ZeroReport) -> list[str]:
    """Return what a person must know before sending the report, in whole sentences."""
    gathered, facts = counted.gathered, counted.gathered.facts
    notes = []
    if context.unreported:
        notes.append(f"{context.unreported}本月有上课日没有上报考勤，报告照实写明；收齐后请扫描考勤，重新出报告")
    if context.silent_pupils:
        day = facts.last_school_day or "月末最后一个上课日"
        notes.append(f"{context.silent_pupils}名学生所在的班{day}没有上报考勤，计入“待核实”，没有计入在校")
    if marks := overdue_marks(facts, gathered.plan):
        notes.append(f"{len(marks)}名疑似辍学学生按方案推算已超过期限：先用 dropctl attendance scan 核对，再出报告")
    if there := marked_in_school(facts):
        notes.append(f"{len(there)}名学生学籍系统仍有标注而人在校：核对后在学籍系统更正，名单见附表2")
    if perhaps := sum(child.perhaps_marked for child in facts.registered):
        notes.append(f"{perhaps}名学生连同没有上报的日子可能已到标注程度：收齐考勤、扫描以后再出报告")
    if gathered.doubtful_newcomers:
        notes.append(
            f"{gathered.doubtful_newcomers}名在校学生可能就是名册上的人，没有计入无学籍：用 dropctl review 判断"
        )
    if gathered.school_days is None:
        notes.append(
            f"没有{facts.month.year}年的放假日历，哪些班没有上报数不出来；填写 calendar/{facts.month.year}.toml"
        )
    if reported_on > due.due_date:
        notes.append(f"上报期限是{due.due_date}，已经过了")
    return notes


def _written(report: MonthReport, printed: Rendered, out: Path) -> MonthReport:
    """Write workbook, .docx and PDF, all of them or none, and return the report with what was written."""
    workbook = out / f"{NAME}.xlsx"
    data, stale = printed.files(out, NAME)
    own = [printed.note] if printed.own_docx and printed.note else []
    with WholeFiles() as files:
        write_monthly_workbook(files.stage(workbook), sheets_of(report))
        for path, content in data.items():
            files.stage(path).write_bytes(content)
    notes, outputs = (*report.notes, *own, *stale), (workbook, *data)
    return replace(report, notes=notes, outputs=outputs, refusal=printed.refusal)


def sheets_of(report: MonthReport) -> MonthSheets:
    """Return what the workbook shows."""
    gathered = report.counted.gathered
    return MonthSheets(
        school=gathered.school, reported_on=report.reported_on, roster_day=gathered.roster_day,
        correction=report.correction, vacation=gathered.is_vacation, figures=report.counted.figures,
        grades=tuple(by_grade(report.counted.figures)), cases=report.cases, classes=gathered.classes,
        unreported={group.class_name: silent_row(group).days for group in gathered.unreported},
        calendar_known=gathered.school_days is not None, comparison=report.comparison,
        assumptions=gathered.plan.assumptions, number=report.number, plan_name=gathered.plan.name,
        plan_digest=gathered.plan.digest, signers={
            "填表人": report.context.registrar, "审核人": report.context.reviewer, "校长": report.context.principal,
            "联系电话": report.context.phone,
        },
    )  # fmt: skip
