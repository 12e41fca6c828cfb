"""`dropctl case reopen`: a closed case that is not over."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, WorkspaceOption, needed_workspace

DESCRIPTION = "已销案的个案情况有变，重新立案；编号不变，以前的记录都在。"
EXAMPLE = "dropctl case reopen C-2025-001 --reason 返校后又离开"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="为什么重新立案")],
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Open it again."""
    from dropctl.procedures.cases import reopen

    case = reopen(needed_workspace(workspace), as_of, number, reason=reason, dry_run=dry_run)
    if dry_run:
        console.note("这是演示（--dry-run）：没有重新立案。")
    console.say(f"{case.number} {'可以' if dry_run else '已'}重新立案（原于{case.closed_on}销案）")
