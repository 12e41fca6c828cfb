"""Why: a case and a finding explained from what is recorded, line by line, each with its clause or its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dropctl.errors import Refused
from dropctl.findings import KIND_BY_ID
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.events import KINDS
from dropctl.policy.case_state import Contact
from dropctl.policy.due import KINDS as DUE_KINDS
from dropctl.policy.due_marks import duties_of
from dropctl.procedures.cases import file_of
from dropctl.procedures.plans import plan_for
from dropctl.vocabulary import CASE_STATES, MARKS, RUNGS
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reference stands for: a title and lines of (what, why)."""

    reference: str
    title: str
    lines: tuple[tuple[str, str], ...]


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
    """Return in which runs a finding stood and which case answers it; Refused for an id no run ever gave."""
    wanted = finding.strip().upper()
    runs = [run for run in workspace.snapshots().runs if run.as_of <= as_of]
    seen = [run for run in runs if wanted in run.findings]
    cases = fold_cases(Ledger(workspace.state).events(as_of, CASE_KINDS)).values()
    answered = [case for case in cases if wanted in case.findings]
    if not seen and not answered:
        raise Refused(
            f"没有 {wanted} 这条发现", todo="到 findings.parquet 里查编号，形如 F-0123456789；没有核对过的先核对一次"
        )
    lines = []
    if seen:
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


def _visits(contacts: Sequence[Contact]) -> int:
    return sum(contact.how == "visit" for contact in contacts)
