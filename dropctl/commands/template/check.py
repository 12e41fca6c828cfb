"""`dropctl template check`: everything wrong with a school's own wordings, by line."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import JsonOption, WorkspaceOption, opened_workspace
from dropctl.errors import Refused

DESCRIPTION = (
    "检查模板：写错的名称、不成对的花括号、不允许的写法，逐条指出在第几行（.docx 是第几段）。\n"
    "不写名称就检查全部，自带的也检查。有问题的模板不会用来出文书，别的文书照常出。"
)
EXAMPLE = "dropctl template check first-notice"


def command(
    names: Annotated[list[str] | None, typer.Argument(metavar="[文书]...", help="如 first-notice，可以写多个")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name every fault; end with 3 when there is any."""
    home = opened_workspace(workspace)
    from dropctl.procedures.templates import strays, templates

    lines = templates(home, names or ())
    faults = [(line.paper.name, fault) for line in lines for fault in line.faults]
    hints = [(line.paper.name, hint) for line in lines if line.own for hint in line.hints]
    if as_json:
        console.print_json(
            {
                "ok": not faults,
                "checked": len(lines),
                "faults": [{"paper": paper, "message": message} for paper, message in faults],
                "hints": [{"paper": paper, "message": message} for paper, message in hints],
                "unused": [str(file.path) for file in strays(home)],
            }
        )
    else:
        for _, hint in hints:
            console.note(f"注意：{hint}")
        for file in strays(home):
            console.note(f"注意：{file.path} 的名称不是任何文书的名称，不会用到")
        if faults:
            console.table(f"模板里的问题（{len(faults)}处）", ("文书", "问题"), faults)
        else:
            console.say(f"检查了{len(lines)}种文书的模板，没有问题。")
    if faults:
        raise Refused(f"有{len(faults)}处问题，这些模板不能用", todo="改正后再检查一次")
