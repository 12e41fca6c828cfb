"""`dropctl case mark`: what the registry itself has marked a child as, and since when."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, WorkspaceOption, day_of, needed_workspace

DESCRIPTION = (
    "登记学籍系统里的标注：疑似辍学、辍学、已取消标注，和系统上的标注日期。转为辍学的日期从这一天推算。\n"
    "名册导出时已带“疑似辍学”“辍学”状态的，核对时自动记下，日期取首次见到的那份名册（推算）；这里登记的日期优先。"
)
EXAMPLE = "dropctl case mark C-2025-001 --mark 疑似辍学 --on 2025-10-09"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    mark: Annotated[str, typer.Option("--mark", metavar="标注", help="疑似辍学、辍学、已取消标注")],
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="系统上的标注日期，默认当天")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="谁在系统里查看的")] = None,
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Record it."""
    from dropctl.procedures.case_marks import LABELS, mark_by_hand

    case, code = mark_by_hand(needed_workspace(workspace), as_of, number, mark, on=on or as_of, by=by, dry_run=dry_run)
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    console.say(f"{case.number} {'可以' if dry_run else '已'}登记学籍系统标注：{LABELS[code]}（{on or as_of}）")
