"""`dropctl restore`: the ledger as a backup holds it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, JsonOption, WorkspaceOption, needed_workspace

DESCRIPTION = (
    "把台账恢复成备份时的样子。备份先逐条检查；现在的台账另存在 .dropctl 文件夹里，不会丢。\n"
    "备份之后还记过东西的，要加 --yes 才恢复；恢复本身也记一条。"
)
EXAMPLE = "dropctl restore U盘/台账备份.sqlite3"


def command(
    as_of: AsOfOption,
    file: Annotated[Path, typer.Argument(metavar="文件", help="备份文件")],
    workspace: WorkspaceOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="知道备份之后记的会从台账中消失，仍然恢复")] = False,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Check, put aside, put back, record."""
    from dropctl.procedures.audit import restore

    done = restore(needed_workspace(workspace), file, as_of, yes=yes, dry_run=dry_run)
    if as_json:
        aside = str(done.aside) if done.aside else None
        console.print_json({"events": done.events, "lost": done.lost, "aside": aside})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：台账没有改动。")
    console.say(f"{'可以恢复' if dry_run else '已恢复'}到备份时的{done.events}条。")
    if done.aside:
        console.say(f"原来的台账另存在 {done.aside}")
