"""三.2: absence day by day: the report of the fifth day, the mark after it, the dropout a month later, silent classes.

A mark is our forecast; the enrollment system's own mark goes before it (CONTRACT §4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from dropctl.findings import Finding
from dropctl.policy.absence_runs import UNEXCUSED, UNKNOWN, AbsenceRun
from dropctl.policy.attendance import Attendance, ClassReport, PupilAttendance
from dropctl.policy.evidence import Evidence
from dropctl.policy.wording import finding, other_places, person_fields
from dropctl.vocabulary import grade_label

_DAYS_NAMED = 8


def attendance(evidence: Evidence, found: Attendance) -> list[Finding]:
    """Return the findings of the absence lists: one per child and kind, one per class with unreported days (三.2)."""
    lines: list[Finding] = []
    for pupil in found.pupils:
        lines += _pupil(evidence, found, pupil)
    return lines + [line for report in found.classes for line in _class(evidence, report)]


def _pupil(evidence: Evidence, found: Attendance, pupil: PupilAttendance) -> Iterator[Finding]:
    told: set[str] = set()
    for run in pupil.runs:
        # One row per child and kind: an earlier run whose return is not confirmed speaks for the later one too.
        if run.kind is None or run.kind in told:
            continue
        told.add(run.kind)
        yield _of_run(evidence, found, pupil, run)
    if pupil.frequent:
        yield finding(
            evidence, "frequent_absence", pupil.facts.lead, pupil.facts.number,
            reason=f"本学期零散旷课{len(pupil.frequent)}天（{named(pupil.frequent)}），没有连到标注的程度",
            next_step="班主任联系家长问清原因，记入家访记录；只提示，不标注",
            other=pupil.places.get(pupil.frequent[0]),
        )  # fmt: skip


def past_marks(evidence: Evidence, found: Attendance) -> list[tuple[Finding, AbsenceRun]]:
    """Return the runs that reached the mark and whose return was confirmed, as the finding nobody saw in time.

    They accuse nobody any more; a workspace keeps them as cases so that the month counts mark and return (CONTRACT §4).
    """
    return [
        (_of_run(evidence, found, pupil, replace(run, kind=run.reached)), run)
        for pupil in found.pupils
        for run in pupil.runs
        if run.flag_date is not None and run.confirmed_on is not None and not run.left
    ]


def _of_run(evidence: Evidence, found: Attendance, pupil: PupilAttendance, run: AbsenceRun) -> Finding:
    unnamed = _unnamed_since(found, pupil, run)
    perhaps_back = run.kind == "dropout" and unnamed >= found.limits.confirm_days
    reason, next_step = _reason(found, pupil, run), _next_step(run)
    if perhaps_back:
        reason += f"；但末次记缺勤以后，该班上报的{unnamed}个上课日都没有记这名学生，可能已到校而没有登记返校"
        next_step = "先看学生是否在校：在校的登记返校（case return），不在校的请班主任照实记缺勤，再核对一次"
    return Finding(
        kind=run.kind or "",
        # The episode of a run is its first absent day, whichever term it began in (CONTRACT §7).
        key=(pupil.facts.number, run.first.isoformat()),
        reason=reason,
        next_step=next_step,
        certainty="to_confirm" if run.kind == "possible_suspected_dropout" or perhaps_back else "certain",
        triage="to_contact",
        due_date=due_date(run),
        **person_fields(evidence, pupil.facts.lead),
        **other_places(pupil.places.get(run.first)),
    )


def _unnamed_since(found: Attendance, pupil: PupilAttendance, run: AbsenceRun) -> int:
    """Return how many school days the class reported after the last absence of an open run without naming the child.

    Whoever has an open case is not taken for present by that (CONTRACT §4), nor can it be said that the child is away.
    """
    if run.ended or found.told is None:
        return 0
    last = max((day.day for day in pupil.days if day.state == UNEXCUSED), default=run.first)
    # A blank beside the ticks of others is a mark of the child and no silence.
    later = (day for day in pupil.days if day.day > last and day.state == UNKNOWN and day.day not in pupil.places)
    return sum(found.told.has_reported(pupil.facts, day.day) for day in later)


def due_date(run: AbsenceRun) -> date | None:
    """Return the date of the finding a run gives: fifth day, day of the mark, or dropout date; never moved (§5)."""
    return {
        "day_five_report": run.day_five,
        "suspected_dropout": run.flag_date,
        "dropout": run.dropout_date,
    }.get(run.kind or "")


def named(days: Sequence[date]) -> str:
    """Return the days as a person reads them, the last of many."""
    if len(days) <= _DAYS_NAMED:
        return "、".join(day.isoformat() for day in days)
    return f"最近的是{'、'.join(day.isoformat() for day in days[-_DAYS_NAMED:])}"


def _reason(found: Attendance, pupil: PupilAttendance, run: AbsenceRun) -> str:
    limits = found.limits
    if not run.certain_days and run.first in pupil.places:
        why = next(day.why for day in pupil.days if day.day == run.first)
        return (
            f"自{run.first}起的{run.possible_days}个上课日看不出这名学生是否到校（{run.first}：{why}），"
            f"都算未到会超过{limits.suspect_after}个上课日"
        )
    if not run.certain_days:
        return (
            f"自{run.first}起的{run.possible_days}个上课日里记有缺勤，写的名字可能是这名学生，也可能是别人（写错或同名），"
            f"都算是会超过{limits.suspect_after}个上课日"
        )
    unsure = run.possible_days - run.certain_days
    said = [f"自{run.first}起无正当原因未到校{run.certain_days}个上课日"]
    if unsure:
        said.append(f"另有{unsure}个上课日没有上报或说不清，都算未到是{run.possible_days}天")
    if run.kind == "day_five_report":
        said.append(f"第{limits.report_day}个是{run.day_five}")
    elif run.kind == "possible_suspected_dropout":
        said.append(f"会超过{limits.suspect_after}个上课日")
    else:
        said.append(f"第{limits.suspect_after + 1}个是{run.flag_date}，超过{limits.suspect_after}个")
    if run.mark_date is not None:
        origin = "学籍系统的标注" if run.mark_is_registry else "推算"
        said.append(f"标注日期{run.mark_date}（{origin}）")
    if run.kind == "dropout":
        said.append(f"超过{limits.dropout_months}个月没有复学，按方案推算自{run.dropout_date}起转为辍学")
    elif run.kind == "suspected_dropout" and run.dropout_date is not None:
        said.append(f"不复学将在{run.dropout_date}转为辍学")
    if run.ended and run.kind in ("dropout", "suspected_dropout"):
        back = f"{run.returned_on}起已到校{run.attended_since}个上课日" if run.returned_on else "返校后又没有到校"
        proof = f"{run.confirmed_on}复学证实" if run.confirmed_on else f"满{limits.confirm_days}个才算复学证实"
        said.append(f"{back}，{proof}")
    return "，".join(said)


def _next_step(run: AbsenceRun) -> str:
    if run.kind == "day_five_report":
        return "班主任当天报学籍管理员，联系监护人问清原因和去向并记录"
    if run.kind == "possible_suspected_dropout" and not run.certain_days:
        return "先看这名学生是否在校，再请班主任改正、补填考勤；记的可能是别人的，在“待人工确认”表里判断"
    if run.kind == "possible_suspected_dropout":
        return "先请班主任补报没有上报的日子，再核对一次；同时联系监护人"
    if run.ended:
        return "核实是否已稳定到校，继续记考勤；复学证实后在学籍系统更改状态"
    if run.kind == "dropout":
        return "核对学籍系统是否已标注“辍学”，继续劝返；拒不复学或联系不上的书面报告县教育局"
    return "学籍管理员当天在学籍系统标注“疑似辍学”，落实专人联系家长劝返"


def _class(evidence: Evidence, report: ClassReport) -> Iterator[Finding]:
    if not report.unreported:
        return
    school, grade, name = report.key
    label = name if name and grade and name.startswith(grade_label(grade)) else f"{grade_label(grade)}{name or ''}"
    whole = "一天也没有上报" if not report.reported else f"{len(report.unreported)}天没有上报"
    days = len(report.reported) + len(report.unreported)
    yield Finding(
        kind="absence_unreported",
        key=(f"{school or ''}/{grade or ''}/{name}", evidence.episode),
        as_of=evidence.as_of,
        reason=f"{label}本学期{days}个上课日中{whole}考勤（{named(report.unreported)}），这些天谁没到校都不知道",
        next_step="请班主任补报；全班都到校的日子写“无”，再核对一次",
        school=school or evidence.school,
        grade=grade,
        class_name=name,
        register="absence",
    )
