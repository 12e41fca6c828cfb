"""`dropctl case return`: a child is said to be back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, WorkspaceOption, day_of, needed_workspace

DESCRIPTION = (
    "登记孩子返校。从这天起连续到校满5个上课日，才算复学属实；在那以前个案不销。\n返校日期不能早于缺课开始的那天。"
)
EXAMPLE = "dropctl case return C-2025-001 --on 2025-10-09 --by 王老师"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="哪天返校的，默认当天")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="谁确认的")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="情况")] = None,
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Record it and say what is needed next."""
    from dropctl.procedures.cases import report_return

    case = report_return(needed_workspace(workspace), as_of, number, on=on or as_of, by=by, note=note, dry_run=dry_run)
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    console.say(f"{case.number} {'可以' if dry_run else '已'}登记：{on or as_of}返校")
    console.steps(
        [
            "班主任照常记考勤；哪天满5个上课日见 dropctl due",
            f"满了以后：dropctl case close {case.number} --outcome 复学 --evidence 连续到校=起/止 "
            "--evidence 学籍状态在读=… --evidence 一人一案=…",
        ]
    )
