"""`dropctl backup`: a checked copy of the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import DryRunOption, JsonOption, WorkspaceOption, needed_workspace

DESCRIPTION = (
    "把台账备份成一个文件：先写到临时文件，逐条检查完好，再放到位；原有的同名备份到这时才被替换。\n"
    "台账里有学生的个人信息，备份要放在只有你能打开的地方。"
)
EXAMPLE = "dropctl backup U盘/台账备份.sqlite3"


def command(
    file: Annotated[Path, typer.Argument(metavar="文件", help="备份写到哪个文件")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Copy, check, replace."""
    from dropctl.procedures.audit import back_up

    found = back_up(needed_workspace(workspace), file, dry_run=dry_run)
    if as_json:
        written = [] if dry_run else [str(file)]
        console.print_json({"ok": found.ok, "events": found.events, "head": found.head, "outputs": written})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有写备份。")
    console.say(f"{'可以备份' if dry_run else '已备份'}{found.events}条：{file}")
    console.say(f"最后一条的校验码：{found.head}")
