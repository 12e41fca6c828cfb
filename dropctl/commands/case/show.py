"""`dropctl case show`: everything about one case, as it stood on a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, WorkspaceOption, needed_workspace
from dropctl.vocabulary import CASE_STATES, CAUSES, CONTACT_KINDS, CONTACT_RESULTS, MARKS, OFFICES, RUNGS

DESCRIPTION = "一个孩子的个案：基本情况、原因、责任人、每一次联系、全部记录。加 --as-of 看以前某一天的样子。"
EXAMPLE = "dropctl case show C-2025-001"
_ORIGINS = {"registry": "学籍系统", "export": "学籍系统已标注，日期按首次见于名册推算", "forecast": "推算"}


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the file."""
    from dropctl.ledger.events import KINDS
    from dropctl.procedures.cases import file_of

    found = file_of(needed_workspace(workspace), as_of, number)
    case = found.case
    if as_json:
        console.print_json({"as_of": as_of.isoformat(), **_document(found)})
        return
    console.say(f"{case.number}　{case.name or '（姓名不明）'}（{case.child}）", "bold")
    opened = {"reconcile": "开学核对", "scan": "考勤", "hand": "手工"}.get(case.opened_by, case.opened_by)
    mark = MARKS[case.mark]
    if case.mark_on:
        mark += f"（{case.mark_on}，{_ORIGINS[case.mark_source or 'forecast']}）"
    facts = [
        ("班级", " ".join(part for part in (case.school, case.class_name) if part)),
        ("重点", "、".join(word for word, is_so in (("脱贫监测", case.poor), ("残疾", case.disabled)) if is_so)),
        ("立案", f"{case.opened_on}，由{opened}，依据{case.clause}"),
        ("缺课开始", case.absent_since),
        ("理由", case.reason),
        ("原因", "、".join(CAUSES[code] for code in case.causes)),
        ("责任人", f"{case.responsible}（{case.duty}）" if case.responsible and case.duty else case.responsible),
        ("进度", RUNGS[case.rung]),
        ("标注", mark),
        ("状态", CASE_STATES[case.state]),
        ("返校", case.return_on),
        ("发现消失", f"{case.gone_on}，{case.gone_now}" if case.gone_on else None),
        ("复核", case.review_on),
        ("下一期限", found.next_due),
    ]
    console.table("基本情况", ("项目", "内容"), [(label, value) for label, value in facts if value])
    if case.contacts:
        rows = [
            (
                contact.event, contact.happened_on, CONTACT_KINDS[contact.how], OFFICES[contact.office],
                contact.by or "", CONTACT_RESULTS[contact.result], contact.note or "",
            )
            for contact in case.contacts
        ]  # fmt: skip
        console.table(f"联系走访（{len(rows)}次）", ("第几条", "日期", "方式", "单位", "联系人", "结果", "情况"), rows)
    if case.papers:
        from dropctl.documents.catalogue import PAPER_BY_NAME

        papers = [
            (paper.event, paper.number, PAPER_BY_NAME[paper.paper].label, paper.issued_on, paper.served_on or "")
            for paper in case.papers
        ]
        console.table(f"文书（{len(papers)}份）", ("第几条", "编号", "文书", "发出日期", "送达日期"), papers)
    events = [
        (
            event.seq, event.happened_on, event.recorded_as_of,
            KINDS[event.kind] + ("（已作废）" if event.seq in found.void else ""),
        )
        for event in found.history
    ]  # fmt: skip
    console.table(f"全部记录（{len(events)}条）", ("第几条", "发生日期", "记入基准日", "记录"), events)


def _document(found: Any) -> Mapping[str, object]:
    case = found.case

    def day(value: Any) -> str | None:
        return value.isoformat() if value else None

    return {
        "case": case.number,
        "child": case.child,
        "name": case.name,
        "school": case.school,
        "grade": case.grade,
        "class_name": case.class_name,
        "poor": case.poor,
        "disabled": case.disabled,
        "opened_on": day(case.opened_on),
        "opened_by": case.opened_by,
        "kind": case.kind,
        "clause": case.clause,
        "plan": case.plan,
        "absent_since": day(case.absent_since),
        "reason": case.reason,
        "findings": case.findings,
        "causes": list(case.causes),
        "rung": case.rung,
        "mark": case.mark,
        "mark_on": day(case.mark_on),
        "mark_source": case.mark_source,
        "state": case.state,
        "responsible": case.responsible,
        "return_on": day(case.return_on),
        "returned_on": day(case.returned_on),
        "gone_on": day(case.gone_on),
        "outcome": case.outcome,
        "closed_on": day(case.closed_on),
        "review_on": day(case.review_on),
        "next_due": day(found.next_due),
        "papers": [
            {
                "event": paper.event,
                "number": paper.number,
                "paper": paper.paper,
                "issued_on": day(paper.issued_on),
                "served_on": day(paper.served_on),
            }
            for paper in case.papers
        ],
        "contacts": [
            {
                "event": contact.event,
                "on": day(contact.happened_on),
                "kind": contact.how,
                "result": contact.result,
                "office": contact.office,
                "by": contact.by,
                "note": contact.note,
            }
            for contact in case.contacts
        ],
        "events": [
            {
                "event": event.seq,
                "kind": event.kind,
                "happened_on": day(event.happened_on),
                "recorded_as_of": day(event.recorded_as_of),
                "void": event.seq in found.void,
            }
            for event in found.history
        ],
    }
