"""`dropctl case cause`: why a child is not at school."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, WorkspaceOption, needed_workspace
from dropctl.policy.case_state import GENTLE_CAUSES
from dropctl.vocabulary import CAUSES

DESCRIPTION = (
    "登记孩子没有上学的原因，可以写几个；还不知道的写“尚不清楚”。再登记一次就以新的为准。\n"
    f"可写的有：{'、'.join(CAUSES.values())}。"
)
EXAMPLE = "dropctl case cause C-2025-001 因贫 厌学"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    words: Annotated[list[str], typer.Argument(metavar="原因...", help="一个或几个原因")],
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Record them; what the law asks for at once is said first."""
    from dropctl.procedures.cases import name_causes

    codes = name_causes(needed_workspace(workspace), as_of, number, words, dry_run=dry_run)
    if "danger" in codes:
        console.say(
            "先报告：发现未成年人可能受到侵害或面临危险的，应当立即向公安机关报告，同时报告教育行政部门"
            "（未成年人保护法第十一条的强制报告义务）。", "bold",
        )  # fmt: skip
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    console.say(
        f"{number.strip().upper()} 原因{'可以' if dry_run else '已'}登记：{'、'.join(CAUSES[c] for c in codes)}"
    )
    if gentle := [CAUSES[code] for code in codes if code in GENTLE_CAUSES]:
        console.say(f"原因有{'、'.join(gentle)}：先帮助，不发措辞严厉的文书。")
    if "poverty" in codes:
        console.say("原因有因贫：请告知校长，先落实资助（方案三.7、三.8：不因贫失学）。")
