"""`dropctl audit verify`: does the ledger still hold what was written into it."""

from __future__ import annotations

import typer

from dropctl.commands import console
from dropctl.commands.options import JsonOption, WorkspaceOption, needed_workspace

DESCRIPTION = (
    "逐条检查台账：每一条都带着前一条的校验码，改动、删去或插入任何一条都会被发现。只看不改。\n"
    "有问题时退出码为 6。末尾被整段截去的情况，要靠把条数和校验码与备份或上次抄下的对照。"
)
EXAMPLE = "dropctl audit verify --json"
DAMAGED = 6


def command(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Check every event and say what was found."""
    from dropctl.procedures.audit import verified

    found = verified(needed_workspace(workspace))
    if as_json:
        console.print_json({
            "ok": found.ok, "events": found.events, "head": found.head, "first_bad": found.first_bad,
            "reason": found.reason,
        })  # fmt: skip
    elif found.ok:
        console.say(f"台账完好：{found.events}条，没有一条被改动过。")
        console.say(f"最后一条的校验码：{found.head}（可以抄下来，下次对照）")
    else:
        console.say(f"台账有问题：{found.reason}。前面的{found.events}条是好的。", "bold")
        console.steps(
            [
                "先不要继续登记",
                "把 .dropctl 文件夹整个复制一份留作证据",
                "用 dropctl restore 从最近一份完好的备份恢复，再补记备份之后的事",
            ]
        )
    if not found.ok:
        raise typer.Exit(DAMAGED)
