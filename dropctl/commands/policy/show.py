"""`dropctl policy show`: the plan as the program holds it: clauses, numbers, readings, statutes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import JsonOption, WorkspaceOption, opened_workspace
from dropctl.errors import Refused, UsageProblem

if TYPE_CHECKING:
    from dropctl.policy.plan import Clause, Parameter, Plan

DESCRIPTION = (
    "列出方案的条款、数字、程序怎么读没有写明的地方。写上条款号（如 三.2）只看这一条。\n"
    "数字后面写着“方案写明”还是“本县未规定”；未规定的由程序取值，可在本县的数字文件里改。"
)
EXAMPLE = "dropctl policy show 三.2"


def command(
    clause: Annotated[str | None, typer.Argument(metavar="[条款]", help="条款号，如 三.2")] = None,
    statutes: Annotated[bool, typer.Option("--statutes", help="文书可以引用的法律条文")] = False,
    assumptions: Annotated[bool, typer.Option("--assumptions", help="方案没有写明时的读法（A-1……）")] = False,
    file: Annotated[Path | None, typer.Option("--file", metavar="文件", help="按这个县的数字文件显示")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was asked for."""
    if sum((clause is not None, statutes, assumptions)) > 1:
        raise UsageProblem("条款号、--statutes、--assumptions 一次只能看一样", todo="分几次看")
    from dropctl.procedures.plans import plan_for

    if statutes:
        _statutes(as_json)
        return
    plan = plan_for(opened_workspace(workspace), file)
    if as_json:
        console.print_json(document(plan, clause, only_assumptions=assumptions))
    elif assumptions:
        _assumptions(plan, None)
    elif clause is not None:
        _clause(plan, _found(plan, clause))
    else:
        _whole(plan)


def _found(plan: Plan, asked: str) -> Clause:
    wanted = asked.strip().replace("．", ".").replace("。", ".")
    found = next((clause for clause in plan.clauses if clause.id == wanted), None)
    if found is None:
        known = "、".join(clause.id for clause in plan.clauses)
        raise Refused(f"方案里没有“{asked}”这一条", todo=f"从这些里选：{known}")
    return found


def _row(parameter: Parameter) -> tuple[object, ...]:
    from dropctl.policy.plan import SET_BY

    origin = SET_BY[parameter.set_by]
    return parameter.clause, parameter.label, parameter.shown, origin, parameter.effective, parameter.key


_HEADINGS = ("条款", "数字", "取值", "来历", "自何时起", "文件里的名字")


def _whole(plan: Plan) -> None:
    console.say(f"{plan.name}（{plan.number}）　内容摘要 {plan.digest}", "bold")
    rows = [
        (clause.id, clause.summary, "、".join(clause.rule) or "不由程序承担", clause.not_automated or "")
        for clause in plan.clauses
    ]
    console.table("条款（一句转述，原文以文件为准）", ("条款", "内容", "规则", "为什么不由程序承担"), rows)
    order = [clause.id for clause in plan.clauses]
    parameters = sorted(plan.parameters.values(), key=lambda one: order.index(one.clause))
    console.table("数字", _HEADINGS, [_row(parameter) for parameter in parameters])
    _assumptions(plan, None)


def _clause(plan: Plan, clause: Clause) -> None:
    console.say(f"{clause.id}　{clause.summary}", "bold")
    if clause.rule:
        console.say(f"规则：{'、'.join(clause.rule)}")
    else:
        console.say(f"不由程序承担：{clause.not_automated}")
    rows = [_row(parameter) for parameter in plan.parameters.values() if parameter.clause == clause.id]
    if rows:
        console.table("数字", _HEADINGS, rows)
    _assumptions(plan, clause.id)


def _assumptions(plan: Plan, clause: str | None) -> None:
    rows = [(one.id, one.clause or "", one.text) for one in plan.assumptions if clause in (None, one.clause)]
    if rows:
        console.table("方案没有写明时的读法", ("编号", "条款", "读法"), rows)


def document(plan: Plan, clause: str | None, *, only_assumptions: bool) -> dict[str, object]:
    """Return the plan, one clause of it, or only the readings, as a JSON object without its leading `schema`."""
    chosen = _found(plan, clause).id if clause is not None else None
    readings = [
        {"id": one.id, "clause": one.clause, "text": one.text}
        for one in plan.assumptions
        if chosen in (None, one.clause)
    ]
    head: dict[str, object] = {"name": plan.name, "number": plan.number, "digest": plan.digest}
    if only_assumptions:
        return {**head, "assumptions": readings}
    return {
        **head,
        "clauses": [
            {"id": one.id, "summary": one.summary, "rule": list(one.rule), "not_automated": one.not_automated}
            for one in plan.clauses
            if chosen in (None, one.id)
        ],
        "parameters": [
            {
                "key": one.key, "clause": one.clause, "label": one.label, "value": one.value, "unit": one.unit,
                "effective": one.effective.isoformat(), "set_by": one.set_by,
            }
            for one in plan.parameters.values()
            if chosen in (None, one.clause)
        ],
        "assumptions": readings,
    }  # fmt: skip


def _statutes(as_json: bool) -> None:
    from dropctl.policy.statutes import CITED_BY, USES
    from dropctl.procedures.plans import statutes

    table = statutes()
    if as_json:
        console.print_json(
            {
                "statutes": [
                    {
                        "id": one.id, "law": one.law, "version": one.version, "article": one.article,
                        "paraphrase": one.paraphrase, "cited_by": list(one.cited_by), "use": one.use,
                        "source": one.source, "checked_on": one.checked_on.isoformat() if one.checked_on else None,
                        "confirmed": one.confirmed,
                    }
                    for one in table.citable
                ],
                "uncitable": [
                    {"what": one.what, "reason": one.reason, "instead": one.instead} for one in table.uncitable
                ],
            }
        )  # fmt: skip
        return
    rows = [
        (
            one.id, one.cited, one.paraphrase, "、".join(CITED_BY[who] for who in one.cited_by), USES[one.use],
            "已核对" if one.confirmed else "未核对官方文本",
        )
        for one in table.citable
    ]  # fmt: skip
    console.table("可以引用的法律和文件（转述，不是原文）", ("编号", "条文", "内容", "谁可引用", "用于", "核对"), rows)
    bad = [(one.what, one.reason, one.instead) for one in table.uncitable]
    console.table("不要引用", ("内容", "为什么", "改用"), bad)
