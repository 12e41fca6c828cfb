"""`dropctl assistance close`: a letter that was answered is done."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    DryRunOption,
    JsonOption,
    WorkspaceOption,
    day_of,
    needed_workspace,
)

DESCRIPTION = "协查函办结。先要登记过答复；办结不删除任何记录。"
EXAMPLE = "dropctl assistance close X-2025-001 --note 对方已电话确认收到"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="编号", help="如 X-2025-001")],
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="办结日期，默认当天")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Record that it is done."""
    from dropctl.procedures.assistance import close

    done = close(needed_workspace(workspace), as_of, number, on=on or as_of, note=note, dry_run=dry_run)
    if as_json:
        console.print_json({"number": done.number, "state": done.state, "closed_on": (on or as_of).isoformat()})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    console.say(f"{done.number} {'可以' if dry_run else '已'}办结（{done.closed_on}）")
