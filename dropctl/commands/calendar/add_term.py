"""`dropctl calendar add-term`: one more term in `dropctl.toml`, everything else left as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    ClosingOption,
    DryRunOption,
    OpeningOption,
    WorkspaceOption,
    opened_workspace,
)
from dropctl.errors import Refused, UsageProblem
from dropctl.workspace import CONFIG_NAME, add_term, with_term

DESCRIPTION = "在 dropctl.toml 里登记一个新学期，原有的内容和说明不变；与已有学期重叠的不登记。"
EXAMPLE = "dropctl calendar add-term 2025-2026学年第二学期 --opening 2026-03-02 --closing 2026-07-03"


def command(
    name: Annotated[str, typer.Argument(metavar="学期名称", help="如 2025-2026学年第二学期")],
    opening: OpeningOption = None,
    closing: ClosingOption = None,
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Add the term, or refuse it whole."""
    if opening is None or closing is None:
        raise UsageProblem("缺少 --opening 或 --closing", todo="写上开学日和学期最后一天")
    home = opened_workspace(workspace)
    if home is None:
        here = str(Path.cwd())
        raise Refused(
            "这里不是工作区，没有可以登记学期的地方", where=here, todo="用 -w 指定工作区，或先用 dropctl init"
        )
    if opening >= closing:
        raise Refused(f"开学日{opening}不早于学期最后一天{closing}", todo="核对两个日期")
    for term in home.terms:
        if term.closing is not None and opening <= term.closing and term.opening <= closing:
            said = f"与已登记的“{term.name}”（{term.opening} 至 {term.closing}）重叠，没有登记"
            raise Refused(said, where=str(home.root / CONFIG_NAME), todo="核对日期，或先改 dropctl.toml")
    if dry_run:
        with_term(home, name, opening, closing)
        console.note(f"这是演示（--dry-run）：可以登记“{name}”，现在什么都没有写。")
        return
    add_term(home, name, opening, closing)
    console.say(f"登记了“{name}”：{opening} 至 {closing}（{home.root / CONFIG_NAME}）")
