"""Why: a case and a finding explained from what is recorded, line by line, each with its clause or its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dropctl.errors import Refused, place
from dropctl.findings import CERTAINTIES, KIND_BY_ID
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.events import KINDS
from dropctl.policy.absence_days import STATE_LABELS
from dropctl.policy.absence_runs import AbsenceRun, told_by_day
from dropctl.policy.case_state import Contact
from dropctl.policy.due import KINDS as DUE_KINDS
from dropctl.policy.due_marks import duties_of
from dropctl.policy.routes import WHEREABOUTS
from dropctl.policy.rules.placements import PLACEMENTS
from dropctl.procedures.case_plans import Found, Stated, proposed, routed
from dropctl.procedures.cases import file_of
from dropctl.procedures.child_facts import known_children
from dropctl.procedures.plans import plan_for
from dropctl.vocabulary import CASE_STATES, MARKS, RUNGS
from dropctl.workspace import Workspace
from dropctl.workspace.snapshots import Run


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reference stands for: a title and lines of (what, why)."""

    reference: str
    title: str
    lines: tuple[tuple[str, str], ...]


def explain_reference(workspace: Workspace, as_of: date, reference: str) -> Explanation:
    """Return what `C-…`, `C-…/route`, `C-…/plan`, `RUN:C-…` or `F-…` stands for; Refused for what nobody knows."""
    if reference.startswith("F-"):
        return explain_finding(workspace, as_of, reference)
    if reference.startswith("RUN:"):
        return explain_runs(workspace, as_of, reference.removeprefix("RUN:"))
    number, _, part = reference.partition("/")
    explained = {"": explain_case, "ROUTE": explain_route, "PLAN": explain_plan}.get(part)
    if explained is None:
        raise Refused(f"“{part.lower()}”不能解释", where=number, todo=f"写成 {number}/route 或 {number}/plan")
    return explained(workspace, as_of, number)


def explain_route(workspace: Workspace, as_of: date, number: str) -> Explanation:
    """Return who acts first in a case and why, step by step with its clause (三.3)."""
    case, way = routed(workspace, as_of, number, Found())
    where = WHEREABOUTS[case.whereabouts] + (f"，{case.place}" if case.place else "")
    lines = [
        ("学籍", f"在{case.school or workspace.school_name}有学籍" if case.registered else "没有学籍"),
        ("户籍所在的村", case.village or "还没有核实"),
        ("核实后的去向", where),
        ("先由谁核实劝返", f"{way.first or '户籍所在地学校（待定）'}：{way.basis}"),
    ]
    for nth, step in enumerate(way.steps, start=1):
        paper = f"，用{step.paper}" if step.paper else ""
        lines.append((f"第{nth}步", f"{step.who}：{step.what}{paper}（{step.clause}）"))
    lines += [("还不清楚", missing) for missing in way.missing]
    return Explanation(f"{case.number}/route", f"{case.number} {case.name or case.child} 由谁核实劝返", tuple(lines))


def explain_plan(workspace: Workspace, as_of: date, number: str) -> Explanation:
    """Return which ways of learning are open to the child of a case, and what each lacks (三.4)."""
    case, ways = proposed(workspace, as_of, number, Stated())
    lines = [("已确认", PLACEMENTS[case.placement] if case.placement else "还没有")]
    for way in ways:
        state = "建议" if way.suggested else "可以" if way.allowed else f"还缺{'、'.join(way.lacks)}"
        lines.append((way.label, f"{state}：{way.reason}"))
    return Explanation(f"{case.number}/plan", f"{case.number} {case.name or case.child} 怎样安排", tuple(lines))


def explain_runs(workspace: Workspace, as_of: date, number: str) -> Explanation:
    """Return how the absences of a case's child are counted, run by run and day by day (三.2).

    Refused where no absence list was ever read, or none speaks of the child.
    """
    case = file_of(workspace, as_of, number).case
    attendance = known_children(workspace, as_of).attendance
    if attendance is None:
        raise Refused("还没有读过考勤", where=case.number, todo="先用 dropctl attendance scan 读考勤表或缺勤登记")
    pupil = next((one for one in attendance.pupils if one.facts.number == case.child), None)
    if pupil is None:
        raise Refused("读过的考勤里没有这个孩子的无故未到", where=case.number, todo="用 attendance status 看班级报没报")
    limits, calendar = attendance.limits, workspace.calendar()
    lines = [
        (
            "怎样数",
            f"第{limits.report_day}个上课日报告，超过{limits.suspect_after}个标注疑似辍学；请假不计，也不中断（三.2）",
        )
    ]
    states = {day.day: day for day in pupil.days}
    for run in pupil.runs:
        lines.append((f"{run.first}至{run.last}", _told(run)))
        days = list(told_by_day(run, states, calendar))
        lines += [(f"　{day.day}", f"{STATE_LABELS[day.state]}：{day.why}") for day in days]
    return Explanation(f"run:{case.number}", f"{case.number} {case.name or case.child} 的缺勤", tuple(lines))


def _told(run: AbsenceRun) -> str:
    said = [f"无故未到{run.certain_days}个上课日，连同不明{run.possible_days}个"]
    if run.flag_date is not None:
        said.append(f"{run.flag_date}超过规定")
    if run.mark_date is not None:
        said.append(f"标注日期{run.mark_date}（{'学籍系统' if run.mark_is_registry else '推算'}）")
    if run.dropout_date is not None:
        said.append(f"转辍学日期{run.dropout_date}（推算）")
    if run.returned_on is not None:
        proof = f"，{run.confirmed_on}证实" if run.confirmed_on else f"，已到校{run.attended_since}个上课日"
        said.append(f"{run.returned_on}返校{proof}")
    said.append("已结束" if run.ended else "还没有结束")
    return "；".join(said)


def explain_case(workspace: Workspace, as_of: date, number: str) -> Explanation:
    """Return why a case exists and stands where it stands on `as_of`; Refused for a number nobody has."""
    found = file_of(workspace, as_of, number)
    case = found.case
    lines = [
        ("为什么立案", case.reason or "（没有写）"),
        ("依据", f"{case.clause}；立案时的方案校验码 {case.plan}"),
        ("来自的发现", "、".join(case.findings) or "没有，手工立案"),
        ("缺课开始", case.absent_since.isoformat()),
        ("进度", f"{RUNGS[case.rung]}：{len(case.contacts)}次联系，其中{_visits(case.contacts)}次家访"),
        ("标注", MARKS[case.mark] + (f"，自{case.mark_on}" if case.mark_on else "")),
        ("状态", CASE_STATES[case.state]),
    ]
    if case.gone_on:
        lines.append(("发现消失", f"{case.gone_on}起：{case.gone_now}；是否销案由人确认"))
    for item in duties_of(case, plan_for(workspace), workspace.calendar(), as_of):
        by = "方案" if item.set_by == "plan" else "本县未规定，由程序取值"
        due = item.due_date.isoformat() if item.due_date else "及时"
        lines.append((DUE_KINDS[item.kind], f"{due}，{item.who}（{item.clause}，{by}）"))
    for event in found.history:
        void = "，已作废" if event.seq in found.void else ""
        lines.append((f"第{event.seq}条", f"{event.happened_on} {KINDS[event.kind]}{void}"))
    return Explanation(case.number, f"{case.number} {case.name or case.child}", tuple(lines))


def explain_finding(workspace: Workspace, as_of: date, finding: str) -> Explanation:
    """Return what a finding says, in which runs it stood and which case answers it; Refused for an id nobody gave."""
    wanted = finding.strip().upper()
    runs = [run for run in workspace.snapshots().runs if run.as_of <= as_of]
    seen = [run for run in runs if wanted in run.findings]
    # A scan of absences says nothing of what a term start finds, and the other way round.
    runs = [run for run in runs if run.duty in {one.duty for one in seen}]
    cases = fold_cases(Ledger(workspace.state).events(as_of, CASE_KINDS)).values()
    answered = [case for case in cases if wanted in case.findings]
    if not seen and not answered:
        raise Refused(
            f"没有 {wanted} 这条发现", todo="到 findings.parquet 里查编号，形如 F-0123456789；没有核对过的先核对一次"
        )
    lines = []
    if seen:
        lines += _said(seen[-1], wanted)
        last = "最近一次核对仍有" if seen[-1] is runs[-1] else f"最近一次核对（{runs[-1].as_of}）已没有"
        lines.append(
            ("核对", f"{len(runs)}次核对中出现{len(seen)}次，首次{seen[0].as_of}，末次{seen[-1].as_of}；{last}")
        )
    for case in answered:
        kind = KIND_BY_ID.get(case.kind)
        what = f"{kind.label if kind else '手工立案'}（{case.clause}）"
        lines.append((case.number, f"{what}：{case.reason or '（没有写理由）'}；{CASE_STATES[case.state]}"))
    if not answered:
        lines.append(("个案", "没有据此立案"))
    return Explanation(wanted, wanted, tuple(lines))


def _said(run: Run, finding: str) -> list[tuple[str, str]]:
    """Return what a finding said in a run: about whom, why, from which rows, and what is to be done."""
    found = run.told().filter(pl.col("finding_id") == finding)
    if found.is_empty() or found.item(0, "kind") is None:
        return []
    line = found.row(0, named=True)
    kind = KIND_BY_ID.get(line["kind"])
    clause = f"（{line['clause']}）" if line["clause"] else ""
    who = " ".join(part for part in (line["class_name"], line["name"]) if part)
    certainty = CERTAINTIES.get(line["certainty"], line["certainty"])
    lines = [
        ("是什么", f"{kind.label if kind else line['kind']}{clause}：{who or '—'}，{certainty}"),
        ("理由", line["reason"]),
    ]
    for word, side in (("出处", ""), ("另一处", "other_")):
        if line[f"{side}file"]:
            where = place(line[f"{side}file"], line[f"{side}sheet"])
            lines.append((word, where + (f" · 第{line[f'{side}row']}行" if line[f"{side}row"] else "")))
    if line["next_step"]:
        due = f"，{line['due_date']}前" if line["due_date"] else ""
        lines.append(("要做什么", f"{line['next_step']}{due}"))
    return lines


def _visits(contacts: Sequence[Contact]) -> int:
    return sum(contact.how == "visit" for contact in contacts)
