"""`dropctl template list`: every paper and where its wording comes from; of one paper, the names it may use."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import JsonOption, WorkspaceOption, opened_workspace

DESCRIPTION = (
    "列出每种文书，用的是自带的文字还是本校自己的模板（工作区 templates 文件夹里的 .txt 或 .docx）。\n"
    "写上一种文书的名称，就列出它的模板里可以用的名称；带“必填”的，缺了就不出这份文书，其余缺的在纸上显示〔待填〕。"
)
EXAMPLE = "dropctl template list first-notice"


def command(
    name: Annotated[str | None, typer.Argument(metavar="[文书]", help="如 first-notice")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the papers, or the names of one."""
    home = opened_workspace(workspace)
    from dropctl.procedures.templates import fields, paper_named, strays, templates

    if name is not None:
        paper = paper_named(name)
        known = fields(paper)
        if as_json:
            listed = [{"name": key, "meaning": meaning, "needed": needed} for key, meaning, needed in known]
            console.print_json({"paper": paper.name, "label": paper.label, "fields": listed})
            return
        rows = [(key, meaning, "必填" if needed else "") for key, meaning, needed in known]
        console.table(f"{paper.label}（{paper.name}）可以用的名称", ("写作 {{ 名称 }}", "内容", ""), rows)
        return
    lines = templates(home)
    if as_json:
        papers = [
            {
                "paper": line.paper.name,
                "label": line.paper.label,
                "own": str(line.own) if line.own else None,
                "ok": not line.faults,
            }
            for line in lines
        ]
        console.print_json({"papers": papers, "unused": [str(file.path) for file in strays(home)]})
        return
    shown = [
        (line.paper.name, line.paper.label, line.own.name if line.own else "自带", "有问题" if line.faults else "可用")
        for line in lines
    ]
    console.table(f"文书{len(shown)}种", ("名称", "文书", "模板", "状态"), shown)
    for file in strays(home):
        console.note(f"{file.path} 的名称不是任何文书的名称，不会用到；改成上表中的名称")
