"""`dropctl case open`: a case for a child the lists do not accuse by themselves."""

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

DESCRIPTION = (
    "手工立案。开学核对会自动为确定的“在籍未返校”立案；别处得知的孩子在这里立案。\n"
    "用 --child 写儿童编号，或用 --name（同名时加 --class）从核对过的名单里找；哪张名单上都没有的加 --unlisted。"
)
EXAMPLE = "dropctl case open --name 张小三 --class 七年级1班 --since 2025-10-09 --reason 村干部反映在外务工"


def command(
    as_of: AsOfOption,
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="为什么立案")],
    child: Annotated[str | None, typer.Option("--child", metavar="编号", help="儿童编号，如 P-0001")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="孩子的姓名")] = None,
    class_name: Annotated[str | None, typer.Option("--class", metavar="班级", help="班级，如 七年级1班")] = None,
    since: Annotated[
        date | None,
        typer.Option("--since", metavar="日期", parser=day_of("--since"), help="从哪天起没有上学，默认立案当天"),
    ] = None,
    responsible: Annotated[str | None, typer.Option("--to", metavar="姓名", help="由谁专人负责")] = None,
    unlisted: Annotated[bool, typer.Option("--unlisted", help="哪张名单上都没有这个孩子")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Open it and say its number."""
    from dropctl.procedures.cases import ByHand, open_by_hand

    wanted = ByHand(reason, since or as_of, child, name, class_name, unlisted, responsible)
    number = open_by_hand(needed_workspace(workspace), as_of, wanted, dry_run=dry_run)
    if as_json:
        console.print_json({"case": number})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有立案。")
    console.say(f"{'可以立案' if dry_run else '已立案'}：{number}")
    steps = [f"今天就联系，并登记：dropctl case log {number} --kind phone --by 姓名 --result reached --note 情况"]
    if not responsible:
        steps.insert(0, f"指定专人负责：dropctl case assign {number} --to 姓名")
    console.steps(steps)
