"""`dropctl case void`: an entry that was wrong, taken back and kept readable."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, WorkspaceOption, needed_workspace

DESCRIPTION = (
    "作废登记错的一条（联系、责任人、原因、返校），再登记正确的。作废的记录原样保留，只是不再算数。\n"
    "是第几条，看 dropctl case show。立案和销案不能作废：销错了用 case reopen。"
)
EXAMPLE = "dropctl case void C-2025-001 17 --reason 记到别人的个案上了"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    event: Annotated[int, typer.Argument(metavar="第几条", help="case show 里的第几条")],
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="为什么作废")],
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Take it back."""
    from dropctl.ledger.events import KINDS
    from dropctl.procedures.cases import void

    found = void(needed_workspace(workspace), as_of, number, event, reason=reason, dry_run=dry_run)
    if dry_run:
        console.note("这是演示（--dry-run）：没有作废。")
    console.say(f"第{found.seq}条（{found.happened_on}，{KINDS[found.kind]}）{'可以' if dry_run else '已'}作废")
