"""`dropctl care end`: a child out of the restricted list."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, WorkspaceOption, day_of, needed_workspace

DESCRIPTION = "把一个孩子移出受限名册，以前的记录仍留在台账里。"
EXAMPLE = "dropctl care end --child P-0012 --note 父亲已回家"


def command(
    as_of: AsOfOption,
    child: Annotated[str, typer.Option("--child", metavar="编号", help="儿童编号，如 P-0012")],
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="哪天起，默认当天")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明")] = None,
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Take it out."""
    from dropctl.procedures.care import end

    number = end(needed_workspace(workspace), as_of, child=child, on=on or as_of, note=note, dry_run=dry_run)
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    console.say(f"{number} {'可以' if dry_run else '已'}移出受限名册")
