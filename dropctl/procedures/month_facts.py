"""Gathers what the figures of one month are counted from: the registers as of its end, the ledger as it is known now.

Two days matter. `month.last` is the cut-off: the roster is the last one read by then, and nothing that happened later
counts. `known_on` is the day up to which the workspace's records are believed: what was read or logged in the first
days of the next month about this one belongs in its report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dropctl.errors import Refused
from dropctl.figures.facts import ClassDays, Deed, Month, MonthFacts, Opening, Registered, Who
from dropctl.figures.marks import DROPOUT, SUSPECTED, RosterDay, cases_on, mark_changes, marks_on
from dropctl.ledger import Event, Ledger
from dropctl.ledger.children import ChildNumbers, fold_children
from dropctl.policy.absence_runs import ATTENDED, EXCUSED, UNEXCUSED, UNKNOWN
from dropctl.policy.attendance import Attendance
from dropctl.policy.case_state import Case
from dropctl.policy.evidence import Evidence, PupilFacts
from dropctl.policy.grounds import Ground, ground_of
from dropctl.policy.plan import Plan
from dropctl.policy.pupil_states import OneDay, states_on
from dropctl.policy.rules.attendance import due_date
from dropctl.policy.rules.return_check import return_check
from dropctl.policy.rules.roster_marks import disability_mark, poverty_mark
from dropctl.procedures.decided import recorded_decisions
from dropctl.procedures.intake import term_given
from dropctl.procedures.linking import link_registers
from dropctl.procedures.memory import remembering
from dropctl.procedures.month_deeds import deeds_of, registry_word
from dropctl.procedures.month_issued import Issued, last_issued
from dropctl.procedures.plans import plan_for
from dropctl.reconcile.decisions import standing
from dropctl.reconcile.people import people
from dropctl.school_calendar import SchoolCalendar, SchoolDayUnknown, school_year
from dropctl.vocabulary import STATUS_BY_LABEL
from dropctl.workspace import Workspace
from dropctl.workspace.snapshots import Run

_GONE = ("毕业", "结业", "死亡", "出国")
_GRADES = (None, *"123456789")  # a pupil whose grade nobody wrote down is still a pupil
_MARKED = ("suspected_dropout", "dropout")


@dataclass(frozen=True, slots=True)
class GatheredMonth:
    """The facts of a month, and what a reader must know beside them.

    `school_days` None: the calendar of that year is not known.
    """

    facts: MonthFacts
    school: str
    plan: Plan
    known_on: date
    roster_day: date
    school_days: tuple[date, ...] | None
    classes: tuple[ClassDays, ...]
    doubtful_newcomers: int
    issued: Issued | None  # the last report of this month, up to `known_on`

    @property
    def is_vacation(self) -> bool:
        """Whether nothing was taught in the month."""
        return self.school_days == ()

    @property
    def unreported(self) -> tuple[ClassDays, ...]:
        """The classes with days nobody reported."""
        return tuple(group for group in self.classes if group.unreported)


def gather_month(workspace: Workspace, month: Month, known_on: date) -> GatheredMonth:
    """Return the facts of a month as known on a day; Refused without a roster, for several schools, for last year's."""
    cutoff = month.last
    runs = [run for run in workspace.snapshots().runs if run.as_of <= known_on]
    rosters = [run for run in runs if run.as_of <= cutoff and "enrollment" in run.registers]
    if not rosters:
        todo = f"先做一次 dropctl reconcile --as-of（{month.label}内的日期）；月份写错了的改正"
        raise Refused(f"到{cutoff}为止没有读入过学籍名册，数不出{month.label}的数字", todo=todo)
    frames, columns = _registers(workspace, rosters[-1], known_on)
    opening, closing, _ = term_given(cutoff, workspace, None, None)
    plan, calendar = plan_for(workspace), workspace.calendar()
    files = {file for frame in frames.values() for file in frame["file"].unique().to_list()}
    with remembering(workspace, known_on, school_year(cutoff), record=False) as memory:
        linked = link_registers(
            frames, columns, places={file: workspace.inbox / file for file in files}, as_of=cutoff,
            workspace=workspace, opening=opening, closing=closing, school=None, numbers=memory.numbers,
            decisions=standing(recorded_decisions(workspace), known_on),
        )  # fmt: skip
        absences = linked.frames.get("absence")
        attendance = None if absences is None else memory.attendance_of(linked.evidence, absences)
    evidence = linked.evidence
    school = _one_school(evidence, month)
    events = Ledger(workspace.state).events(known_on)
    pupils = [facts for facts in evidence.pupils if _counts(facts.status, facts.lead.grade)]
    days = _school_days(calendar, month)
    last_day = _last_school_day(calendar, cutoff)
    cases = cases_on(events, cutoff)
    numbers = memory.numbers
    roster_days = [*_roster_days(rosters[:-1], numbers, school)]
    roster_days.append(RosterDay(rosters[-1].as_of, {facts.number: facts.status for facts in pupils}))
    registered = _registered(evidence, attendance, pupils, cases, last_day)
    named = {child.child: child.who for child in registered}
    named |= {number: who for number, who in _named(events, cases).items() if number not in named}
    changes = mark_changes(events, roster_days)
    facts = MonthFacts(
        month=month,
        last_school_day=last_day,
        registered=tuple(registered),
        unregistered=tuple(_unregistered(evidence)),
        changes=tuple(changes),
        opening=_opening(events, roster_days, month.before),
        cases=cases,
        people=named,
        deeds=deeds_of(events, frames, numbers, named, month),
    )
    doubtful = sum(one.presence == "present" and bool(one.reviews) for one in evidence.newcomers)
    return GatheredMonth(
        facts, school, plan, known_on, _read_on(rosters), days, tuple(_classes(evidence, attendance, days)), doubtful,
        last_issued(events, month),
    )  # fmt: skip


def _registers(
    workspace: Workspace, roster: Run, known_on: date
) -> tuple[dict[str, pl.DataFrame], dict[str, set[str]]]:
    """Return the registers as last read up to `known_on`; the roster is that of the cut-off."""
    frames = {"enrollment": roster.frame("enrollment")}
    columns = {"enrollment": set(roster.registers["enrollment"])}
    workspace.snapshots().complete(frames, columns, known_on)
    return frames, columns


def _one_school(evidence: Evidence, month: Month) -> str:
    if evidence.school is None:
        raise Refused("材料里有几所学校，月报由各校分别上报", todo="在各校自己的工作区里分别运行")
    if evidence.outdated:
        todo = "从学籍系统重新导出本学年的名册，核对后再出月报"
        raise Refused(f"学籍名册是上一学年的，{month.label}的数字数不出来，没有出月报", todo=todo)
    return evidence.school


def _counts(status: str | None, grade: str | None) -> bool:
    return status not in _GONE and grade in _GRADES


def _school_days(calendar: SchoolCalendar, month: Month) -> tuple[date, ...] | None:
    try:
        return tuple(calendar.school_days(month.first, month.last))
    except SchoolDayUnknown:
        return None


def _last_school_day(calendar: SchoolCalendar, cutoff: date) -> date | None:
    try:
        return calendar.last_school_day_not_after(cutoff)
    except SchoolDayUnknown:
        return None


def _roster_days(runs: Sequence[Run], numbers: ChildNumbers, school: str) -> Iterator[RosterDay]:
    """Yield the rosters before the last, each content once, with the children's lasting numbers."""
    before: pl.DataFrame | None = None
    for run in runs:
        frame = run.frame("enrollment")
        if before is not None and frame.equals(before):
            continue
        before = frame
        status: dict[str, str | None] = {}
        for row in people(frame, "enrollment"):
            word = registry_word(row)
            if _counts(word, row.grade) and (number := numbers.find(row._replace(school=school))):
                status[number] = word
        yield RosterDay(run.as_of, status)


def _read_on(rosters: Sequence[Run]) -> date:
    """Return the day the last roster was read: a run that brought no new one carries on the one before."""
    last, day = rosters[-1].frame("enrollment"), rosters[-1].as_of
    for run in reversed(rosters[:-1]):
        if not run.frame("enrollment").equals(last):
            break
        day = run.as_of
    return day


def _registered(
    evidence: Evidence, attendance: Attendance | None, pupils: Sequence[PupilFacts], cases: Mapping[str, Case],
    day: date | None,
) -> list[Registered]:  # fmt: skip
    states = _states(evidence, attendance, day)
    claims = {line.key[0]: line.reason for line in return_check(evidence) if line.certainty == "claimed"}
    in_case = {case.child for case in cases.values() if case.is_open}
    runs = {one.facts.number: one.runs for one in attendance.pupils} if attendance else {}
    found = []
    for facts in pupils:
        one = states[id(facts)]
        state = one.state.state if one else None
        seen = (one is not None and one.is_marked_there) or (facts.list_date == day and facts.presence == "present")
        grounds = [ground for approval in facts.approvals if not (ground := ground_of(approval)).missing]
        approved = tuple(ground.label for ground in grounds if ground.covers(evidence.as_of))
        marked = next((run for run in runs.get(facts.number, ()) if run.kind in _MARKED), None)
        goes_on = next((run for run in runs.get(facts.number, ()) if not run.ended), None)
        poor, disabled = poverty_mark(facts, evidence), disability_mark(facts)
        row = facts.lead.facts
        found.append(
            Registered(
                facts.number,
                Who(facts.lead.name, facts.lead.grade, facts.lead.class_name),
                facts.status,
                approved=approved,
                elsewhere=_elsewhere(facts, evidence.as_of, there=seen or state == ATTENDED),
                on_leave=_leave(grounds, one, day),
                claimed=_claim(facts, approved, claims.get(facts.number) if state != ATTENDED else None),
                unknown=None if seen else _unknown(one, day),
                silent=attendance is None or attendance.told is None or not attendance.told.has_reported(facts, day),
                seen=seen,
                run=f"{due_date(marked)}起缺勤超过期限，还没有立案" if marked and facts.number not in in_case else None,
                missed=goes_on.certain_days if goes_on and state == UNEXCUSED else 0,
                perhaps_marked=goes_on is not None and goes_on.kind == "possible_suspected_dropout",
                poor=poor is not None and poor.source != "待确认",
                disabled=disabled is not None and disabled.source != "待确认",
                left_behind=_yes(row.get("left_behind")),
                migrant=_yes(row.get("migrant")),
                inclusive=_yes(row.get("inclusive_placement")),
            )
        )
    return sorted(
        found, key=lambda one: (one.who.grade or "~", one.who.class_name or "", one.who.name or "", one.child)
    )


def _states(evidence: Evidence, attendance: Attendance | None, day: date | None) -> dict[int, OneDay | None]:
    if attendance is None or attendance.told is None or day is None:
        return {id(facts): None for facts in evidence.pupils}
    days = [one for one in attendance.term_days if one <= day]
    if day not in days:  # the last school day lies before this term
        return {id(facts): None for facts in evidence.pupils}
    found = states_on(day, attendance.told, evidence, days)
    return {id(facts): one for facts, one in zip(evidence.pupils, found, strict=True)}


def _yes(written: object) -> bool:
    """Say whether a column of the roster says yes; 非留守儿童 and 否 say no."""
    return isinstance(written, str) and not written.startswith(("非", "否", "无"))


def _elsewhere(facts: PupilFacts, cutoff: date, *, there: bool) -> str | None:
    if facts.status == "转出":
        return "学籍状态为转出"
    if facts.found_at is not None:
        return f"{facts.found_at}的名单上记为在校"
    transfer = facts.transfer
    if transfer is None or not transfer.leaves:
        return None
    if transfer.state == "finished":
        return f"{transfer.words}，已办结"
    if there:
        return None
    late = "，已超过办理期限" if transfer.takes_too_long(cutoff) else ""
    return f"{transfer.words}，人不在校，尚未办结{late}"


def _leave(grounds: Sequence[Ground], one: OneDay | None, day: date | None) -> str | None:
    if day is None:
        return None
    ground = next((ground for ground in grounds if ground.label == "请假" and ground.covers(day)), None)
    if ground is not None:
        return f"请假，审批{ground.starts}至{ground.ends}"
    if one is not None and one.state.state == EXCUSED and not one.is_activity:
        return f"{day}考勤记{'、'.join(one.leave)}" if one.leave else f"{day}：{one.state.why}"
    return None


def _claim(facts: PupilFacts, approved: Sequence[str], said: str | None) -> str | None:
    if said is not None:
        return said
    status = STATUS_BY_LABEL.get(facts.status or "")
    if status is not None and status.ground and status.label not in approved:
        return f"学籍状态为{status.label}，没有在期内的审批登记"
    return None


def _unknown(one: OneDay | None, day: date | None) -> str | None:
    if day is None:
        return "没有当年的放假日历，月末最后一个上课日不能确定"
    if one is None:
        return f"没有{day}（月末最后一个上课日）的考勤"
    return f"{day}：{one.state.why}" if one.state.state == UNKNOWN else None


def _unregistered(evidence: Evidence) -> Iterator[Deed]:
    """Yield who is certainly in school and certainly on no roster."""
    for one in evidence.newcomers:
        if one.presence == "present" and not one.reviews:
            lead = one.pupil.lead
            day = lead.facts["list_date"]
            yield Deed(one.number, Who(lead.name, lead.grade, lead.class_name), day, f"{day}名单上在校，学籍名册上没有")


def _classes(evidence: Evidence, attendance: Attendance | None, days: Sequence[date] | None) -> Iterator[ClassDays]:
    reported = {report.key: set(report.reported) for report in attendance.classes} if attendance else {}
    for group in evidence.classes.values():
        _, grade, name = group.key
        if name is None or not any(facts.expected for facts in group.pupils):
            continue
        missing = tuple(day for day in days or () if day not in reported.get(group.key, set()))
        yield ClassDays(grade, name, len(group.pupils), len(days or ()), missing)


def _named(events: Sequence[Event], cases: Mapping[str, Case]) -> dict[str, Who]:
    """Return the names of children who are on no roster now, as last heard of."""
    found = {number: Who(child.name, child.grade, child.class_name) for number, child in fold_children(events).items()}
    return found | {
        case.child: Who(case.name, case.grade, case.class_name) for case in cases.values() if case.name is not None
    }


def _opening(events: Sequence[Event], rosters: Sequence[RosterDay], before: Month) -> Opening:
    """Return the closing figures of the month before, as issued, else as the ledger told them at its end."""
    issued = last_issued(events, before)
    if issued is not None:
        return Opening(
            before, issued.on, issued.lists["Z03"], issued.lists["Z02"], issued.figures["Z03"], issued.figures["Z02"]
        )
    then = [event for event in events if event.recorded_as_of <= before.last]
    read = [roster for roster in rosters if roster.day <= before.last]
    marks = marks_on(mark_changes(then, read), before.last)
    suspected, dropout = (
        tuple(sorted(child for child, change in marks.items() if change.after == mark)) for mark in (SUSPECTED, DROPOUT)
    )
    return Opening(before, None, suspected, dropout, len(suspected), len(dropout))
