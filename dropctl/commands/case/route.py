"""`dropctl case route`: who acts first, and which office it goes to next."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, JsonOption, WorkspaceOption, needed_workspace
from dropctl.errors import UsageProblem
from dropctl.policy.routes import CLAUSE, WHEREABOUTS

DESCRIPTION = (
    "这个孩子由哪所学校先核实劝返、往哪一级报、用什么文书（方案三.3、三.5）。有学籍的看学籍所在学校；"
    "没有学籍的按户籍所在村，从学区划分表找学校。\n"
    f"核实到去向的，用 --where 登记：{'、'.join(WHEREABOUTS.values())}。还缺什么会逐项指出，不猜。"
)
EXAMPLE = "dropctl case route C-2025-001 --where 省外 --place 某省某市某厂 --unwilling"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    where: Annotated[str | None, typer.Option("--where", metavar="去向", help="核实到的去向")] = None,
    place: Annotated[str | None, typer.Option("--place", metavar="地方", help="具体在哪里")] = None,
    village: Annotated[str | None, typer.Option("--village", metavar="村", help="户籍所在的村或社区")] = None,
    unwilling: Annotated[bool, typer.Option("--unwilling", help="不愿回来就学")] = False,
    willing: Annotated[bool, typer.Option("--willing", help="愿意回来就学")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Record what was verified, and show the route."""
    from dropctl.procedures.case_plans import Found, routed, whereabouts_named

    if unwilling and willing:
        raise UsageProblem("--willing 和 --unwilling 只能写一个", todo="核实后再写")
    will = True if unwilling else False if willing else None
    found = Found(whereabouts_named(where) if where else None, place, village, will)
    case, way = routed(needed_workspace(workspace), as_of, number, found, dry_run=dry_run)
    if as_json:
        steps = [{"who": step.who, "what": step.what, "paper": step.paper, "clause": step.clause} for step in way.steps]
        console.print_json({
            "case": case.number, "child": case.child, "whereabouts": case.whereabouts, "first": way.first,
            "basis": way.basis, "clause": CLAUSE, "steps": steps, "missing": list(way.missing),
        })  # fmt: skip
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记去向。")
    console.say(
        f"{case.number}　{case.name or case.child}　去向：{WHEREABOUTS[case.whereabouts]}{case.place or ''}", "bold"
    )
    console.say(f"先由{way.first or '户籍所在地学校（待定）'}核实劝返：{way.basis}（{CLAUSE}）")
    rows = [(place + 1, step.who, step.what, step.paper or "—", step.clause) for place, step in enumerate(way.steps)]
    console.table("怎样走", ("步骤", "谁办", "办什么", "文书", "条款"), rows)
    if way.missing:
        console.say("还不清楚，先核实：" + "；".join(way.missing))
