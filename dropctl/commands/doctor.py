"""`dropctl doctor`: is everything there that the program needs on this computer."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, WorkspaceOption, opened_workspace
from dropctl.errors import Refused
from dropctl.workspace import Workspace

DESCRIPTION = (
    "自查：程序库、自带数据、工作区能否写入、核对记录、校历年份、屏幕编码、公文字体，逐项写明正常、注意还是有问题。\n"
    "只看不改。有一项使工作无法进行时，退出码为 3。"
)
EXAMPLE = "dropctl doctor"
CANNOT_WORK = 3


def command(as_of: AsOfOption, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Look at everything and say how it is."""
    from dropctl.procedures.self_check import Screen, document, is_usable, self_check

    home: Workspace | Refused | None
    try:
        home = opened_workspace(workspace)
    except Refused as refusal:
        home = refusal
    width = shutil.get_terminal_size((100, 24)).columns
    screen = Screen(sys.stdout.encoding or "utf-8", width, sys.stdout.isatty())
    lines = self_check(home, here=Path.cwd(), as_of=as_of, screen=screen, environment=os.environ)
    if as_json:
        console.print_json(document(lines))
    else:
        rows = [(line.topic, line.state, line.found, line.todo or "—") for line in lines]
        console.table("自查", ("项目", "情况", "说明", "怎么办"), rows)
        wrong = sum(line.state == "有问题" for line in lines)
        care = sum(line.state == "注意" for line in lines)
        console.say()
        console.say(f"有问题{wrong}项，注意{care}项" + ("" if wrong or care else "，一切正常"), "bold")
    if not is_usable(lines):
        raise typer.Exit(CANNOT_WORK)
