"""`dropctl audit log`: what stands in the ledger, in the order of recording, without anybody's name."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, WorkspaceOption, needed_workspace

DESCRIPTION = (
    "按先后列出台账里的每一条记录：第几条、记了什么、关于哪个个案或儿童、哪天发生、按哪天记入、由哪个命令记入。\n"
    "只列编号，不列姓名；加 --as-of 只看到那一天为止的记录。"
)
EXAMPLE = "dropctl audit log C-2025-001"


def command(
    as_of: AsOfOption,
    about: Annotated[str | None, typer.Argument(metavar="[编号]", help="只看一个个案或儿童，如 C-2025-001")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the events."""
    from dropctl.ledger.events import KINDS
    from dropctl.procedures.audit import recorded

    events = recorded(needed_workspace(workspace), as_of, about)
    if as_json:
        console.print_json(
            {
                "as_of": as_of.isoformat(),
                "events": [
                    {
                        "event": event.seq,
                        "batch": event.batch,
                        "command": event.command,
                        "kind": event.kind,
                        "subject": event.subject or None,
                        "happened_on": event.happened_on.isoformat(),
                        "recorded_as_of": event.recorded_as_of.isoformat(),
                        "facts": event.facts,
                        "hash": event.hash,
                    }
                    for event in events
                ],
            }
        )
        return
    rows = [
        (
            event.seq, KINDS.get(event.kind, event.kind), event.subject or "—", event.happened_on,
            event.recorded_as_of, event.command, event.hash[:8],
        )
        for event in events
    ]  # fmt: skip
    headings = ("第几条", "记录", "编号", "发生日期", "记入基准日", "命令", "校验码")
    console.table(f"台账记录（{len(rows)}条）", headings, rows)
