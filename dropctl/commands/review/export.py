"""`dropctl review export`: the undecided pairs into a workbook to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    DryRunOption,
    JsonOption,
    QuietOption,
    WorkspaceOption,
    needed_workspace,
)
from dropctl.vocabulary import SUGGESTION_SHEET

DESCRIPTION = (
    "把最近一次核对里拿不准的配对写成一张表：两行并排，不同的内容标出，判断一栏有下拉框（是 / 否 / 待查）。\n"
    "用 WPS 填好判断、判断人、判断日期，再用 dropctl review apply 读回。没有变化的配对判断过一次就不再出现；"
    "有一项内容变了的会再问，并写明变了什么、先前是谁怎么判断的。\n"
    "与县里名单比对判为同一人的另列一张“比对判为同一人”表，只用于标注和提示，看出不对的填 否，不看也可以。\n"
    "表里有完整的身份证件号，只供学籍管理人员使用。\n"
    "--json 输出 {schema, file, pairs（对数）, suggested（其中可不判断的）}。"
)
EXAMPLE = "dropctl review export out/待确认.xlsx"


def command(
    file: Annotated[Path, typer.Argument(metavar="文件", help="写到哪个 .xlsx 文件；已有的同名表，判断都读回了才替换")],
    as_of: AsOfOption,
    decided: Annotated[
        bool, typer.Option("--all", help="已经判断为是、否的也写出来，用来更正（再填一次即可，以后填的为准）")
    ] = False,
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the workbook and say how many pairs are in it."""
    from dropctl.procedures.review import review_state
    from dropctl.procedures.review_export import export_pairs

    home = needed_workspace(workspace)
    found = export_pairs(review_state(home, as_of), file, home, decided=decided, dry_run=dry_run)
    count = found.asked + found.suggested
    if as_json:
        console.print_json({"file": None if dry_run else str(file), "pairs": count, "suggested": found.suggested})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有写文件。")
    console.say(f"{found.asked}对要判断" + ("" if dry_run else f"，已写入 {file}"))
    if found.suggested:
        console.say(f"另有{found.suggested}对已判为同一人，在“{SUGGESTION_SHEET}”表里，不必逐对判断")
    if not quiet and count and not dry_run:
        console.steps(
            [
                f"用 WPS 打开 {file}，逐对选 是、否 或 待查，填判断人和判断日期，保存",
                f"运行 dropctl review apply {file}",
            ]
        )
