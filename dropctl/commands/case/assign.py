"""`dropctl case assign`: who answers for a child."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, WorkspaceOption, needed_workspace

DESCRIPTION = "指定由谁专人负责一个个案（方案三.5）。没有指定的，立案次日起在 dropctl due 里算逾期。"
EXAMPLE = "dropctl case assign C-2025-001 --to 王老师 --duty 班主任"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    name: Annotated[str, typer.Option("--to", metavar="姓名", help="由谁负责")],
    duty: Annotated[str | None, typer.Option("--duty", metavar="职务", help="如 班主任")] = None,
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Record it and say who was responsible before."""
    from dropctl.procedures.cases import assign

    before = assign(needed_workspace(workspace), as_of, number, name=name, duty=duty, dry_run=dry_run)
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    was = f"（原来是{before.responsible}）" if before.responsible else ""
    console.say(f"{before.number} {'可以' if dry_run else '已'}由{name}负责{was}")
