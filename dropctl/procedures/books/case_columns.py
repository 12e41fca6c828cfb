"""Columns that several 台账 about cases share: the case, the absence, contacts, papers, the return, the closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from dropctl.ledger.cases import standing
from dropctl.policy.case_state import Contact, PaperOfCase
from dropctl.policy.closing import EVIDENCE, OUTCOMES
from dropctl.policy.paper_names import BUREAU_REPORT, GOVERNMENT_REPORT, NOTICES, TOWNSHIP_LETTER
from dropctl.policy.routes import WHEREABOUTS
from dropctl.policy.rules.placements import PLACEMENTS
from dropctl.procedures.books.desk import Desk, Line, column, disability_words, poverty_words
from dropctl.procedures.child_facts import Absence
from dropctl.school_calendar import add_months
from dropctl.vocabulary import CAUSES, CONTACT_KINDS, CONTACT_RESULTS, RUNGS
from dropctl.workbooks.list_sheet import Value
from dropctl.workbooks.registers import RegisterColumn

BY_CASE = "个案登记"


def of_case(name: str) -> Callable[[Line], Value]:
    """Return what a column takes from the case: its field `name`, nothing where there is no case."""

    def value(line: Line) -> Value:
        found: Value = getattr(line.case, name) if line.case is not None else None
        return found

    return value


def paper_value(name: str) -> Callable[[Line], Value]:
    """Return a column of the approval that counts: the one that ends last."""

    def value(line: Line) -> Value:
        papers = sorted(line.child.approvals, key=lambda paper: paper.ends or date.max)
        found: Value = getattr(papers[-1], name) if papers else None
        return found

    return value


def lacking_of(line: Line) -> str | None:
    """Return what the approval that counts lacks."""
    papers = sorted(line.child.approvals, key=lambda paper: paper.ends or date.max)
    return "、".join(papers[-1].missing) or None if papers else None


def approvals_of(line: Line) -> str | None:
    """Return every approval of a child with its days."""
    said = [
        f"{paper.ground}（{paper.starts or '起日未写'}至{paper.ends or '止日未写'}）" for paper in line.child.approvals
    ]
    return "、".join(said) or None


def run_of(line: Line) -> Absence | None:
    """Return the run of absence the case is about, else the child's latest one."""
    since = line.case.absent_since if line.case is not None else None
    own = [run for run in line.child.absences if run.since == since]
    return own[-1] if own else line.child.absence


def unclear_days(line: Line) -> int | None:
    """Return the school days of the run of which nobody knows whether the child was there."""
    run = run_of(line)
    return None if run is None else run.possible_days - run.certain_days


def registry_mark(line: Line) -> date | None:
    """Return the day on which the registry marked the child as suspected, where it said so."""
    run, case = run_of(line), line.case
    if run is not None and run.mark_is_registry:
        return run.mark_date
    return case.mark_on if case is not None and case.mark_source == "registry" and case.mark == "suspected" else None


def registry_dropout(line: Line) -> date | None:
    """Return the day on which the registry marked the child as dropped out, where it said so."""
    case = line.case
    return case.mark_on if case is not None and case.mark_source == "registry" and case.mark == "dropout" else None


def forecast_mark(line: Line) -> date | None:
    """Return the day on which the plan asks for the mark, by attendance."""
    run = run_of(line)
    return run.flag_date if run is not None else None


def dropout_day(desk: Desk, line: Line) -> date | None:
    """Return from when the plan counts the child as dropped out, by attendance, else by the registry's mark."""
    run = run_of(line)
    if run is not None:
        return run.dropout_date
    marked = registry_mark(line)
    return None if marked is None else add_months(marked, desk.plan.value("dropout_after")) + timedelta(days=1)


def grade_then(line: Line) -> str | None:
    """Return the grade the case was opened in."""
    return line.case.grade if line.case is not None else line.child.grade


def case_columns(desk: Desk, lines: list[Line]) -> list[RegisterColumn]:
    """Return the number of the case."""
    return [column("个案编号", lines, of_case("number"), "center", BY_CASE)]


def absent_since(lines: list[Line]) -> RegisterColumn:
    """Return the first day absent."""
    return column("未到校起始日", lines, of_case("absent_since"), "date", "考勤材料；开学未返校的为返校名单的日期")


def causes_column(lines: list[Line]) -> RegisterColumn:
    """Return the causes named, in words."""
    return column(
        "原因", lines, lambda line: "、".join(CAUSES[code] for code in line.case.causes) or None if line.case else None,
        "text", "个案登记的原因，可以有几个",
    )  # fmt: skip


def whereabouts_column(lines: list[Line]) -> RegisterColumn:
    """Return where the child went, as verified."""

    def value(line: Line) -> str | None:
        if line.case is None:
            return None
        place = f"：{line.case.place}" if line.case.place else ""
        return f"{WHEREABOUTS[line.case.whereabouts]}{place}"

    return column("去向", lines, value, "text", "核实去向（方案三.3）")


def contact_columns(lines: list[Line]) -> list[RegisterColumn]:
    """Return how often the family was tried, when last and with what result."""

    def last(line: Line) -> Contact | None:
        return max(line.case.contacts, key=lambda one: one.happened_on) if line.case and line.case.contacts else None

    def result(line: Line) -> str | None:
        one = last(line)
        return f"{CONTACT_KINDS[one.how]}：{CONTACT_RESULTS[one.result]}" if one else None

    return [
        column("劝返次数", lines, lambda line: len(line.case.contacts) if line.case else None, "number", BY_CASE),
        column("最近劝返日", lines, lambda line: one.happened_on if (one := last(line)) else None, "date", BY_CASE),
        column("联系结果", lines, result, "text", BY_CASE),
    ]


def paper_columns(lines: list[Line]) -> list[RegisterColumn]:
    """Return the notices to the family and the report to the bureau, as issued."""
    source = "文书编号和送达登记"
    return [
        column("通知书编号", lines, lambda line: _numbers(line, *NOTICES), "long", source),
        column("送达日期", lines, lambda line: _served(line), "text", source),
        column("书面报告日期", lines, lambda line: _issued(line, BUREAU_REPORT), "date", source),
        column("书面报告编号", lines, lambda line: _numbers(line, BUREAU_REPORT), "long", source),
    ]


def office_columns(lines: list[Line]) -> list[RegisterColumn]:
    """Return what the bureau sent on, where this workspace is the bureau's."""
    source = "县教育局工作区里的文书编号；学校的一份由县教育局发文后填写"
    return [
        column("通报乡镇日期", lines, lambda line: _issued(line, TOWNSHIP_LETTER), "date", source),
        column("通报乡镇文号", lines, lambda line: _numbers(line, TOWNSHIP_LETTER), "long", source),
        column("报告县政府日期", lines, lambda line: _issued(line, GOVERNMENT_REPORT), "date", source),
        column("报告县政府文号", lines, lambda line: _numbers(line, GOVERNMENT_REPORT), "long", source),
    ]


def _papers(line: Line, *names: str) -> list[PaperOfCase]:
    return [paper for paper in line.case.papers if paper.paper in names] if line.case is not None else []


def _numbers(line: Line, *names: str) -> str | None:
    return "\n".join(paper.number for paper in _papers(line, *names)) or None


def _served(line: Line) -> str | None:
    days = [paper.served_on.isoformat() if paper.served_on else "未登记送达" for paper in _papers(line, *NOTICES)]
    return "\n".join(days) or None


def _issued(line: Line, name: str) -> date | None:
    papers = _papers(line, name)
    return papers[-1].issued_on if papers else None


def closing_columns(desk: Desk, lines: list[Line]) -> list[RegisterColumn]:
    """Return when, how and on what evidence a case was closed."""
    proofs = {
        event.subject: [EVIDENCE[key].label for key in next(iter(event.personal.values()), {}).get("evidence", {})]
        for event in standing(event for event in desk.events if event.kind in ("closed", "voided", "corrected"))
    }

    def proof(line: Line) -> str | None:
        closed = line.case is not None and line.case.closed_on is not None
        return "、".join(proofs.get(line.case.number, [])) or None if closed and line.case else None

    def outcome(line: Line) -> str | None:
        return OUTCOMES[line.case.outcome].label if line.case is not None and line.case.outcome else None

    return [
        column("销号日期", lines, of_case("closed_on"), "date", BY_CASE),
        column("销号类别", lines, outcome, "center", BY_CASE),
        column("销号依据", lines, proof, "long", "销案时登记的佐证"),
    ]


def back_on(line: Line) -> date | None:
    """Return since when the child is, or is said to be, back."""
    if line.case is None or line.case.state not in ("return_reported", "returned", "closed"):
        return None
    return line.case.return_on


def placement_of(line: Line) -> str | None:
    """Return the confirmed way of going on learning (三.4)."""
    return PLACEMENTS[line.case.placement] if line.case is not None and line.case.placement else None


def progress_of(line: Line) -> str | None:
    """Return the highest step of the ladder reached."""
    return RUNGS[line.case.rung] if line.case is not None else None


def special_groups(line: Line) -> str | None:
    """Return the groups of 三.7 a child belongs to, as far as the lists say."""
    child = line.child
    said = [
        poverty_words(child), disability_words(child), child.left_behind if child.is_left_behind else None,
        "随迁子女" if child.is_migrant else None, "孤儿" if child.is_orphan else None,
        "随班就读" if child.is_inclusive else None,
    ]  # fmt: skip
    return "、".join(word for word in said if word) or None
