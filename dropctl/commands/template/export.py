"""`dropctl template export`: a wording taken out, to be changed in Notepad or Word."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import DryRunOption, JsonOption, OutOption, WorkspaceOption, opened_workspace

DESCRIPTION = (
    "把一种文书现在用的文字写成模板：.txt 用记事本改，.docx 用 Word、WPS 改（可以加本校的文头、换字体）。\n"
    "不写 -o 就写到工作区的 templates 文件夹，从此用它；改坏了删掉就恢复自带的。用 .docx 的只出 .docx，不出 PDF。\n"
    "花括号里的名称不要改；改完用 dropctl template check 检查。"
)
EXAMPLE = "dropctl template export first-notice --as docx"


def command(
    name: Annotated[str, typer.Argument(metavar="文书", help="如 first-notice，见 dropctl template list")],
    form: Annotated[str, typer.Option("--as", metavar="格式", help="txt（默认）或 docx")] = "txt",
    original: Annotated[bool, typer.Option("--original", help="导出自带的文字，不管本校的模板")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="已有的同名模板换成导出的")] = False,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Write it, and say what it does from now on."""
    home = opened_workspace(workspace)
    from dropctl.procedures.templates import export, paper_named

    path = export(home, name, form, out, original=original, replace=replace, dry_run=dry_run)
    paper = paper_named(name)
    if as_json:
        console.print_json({"paper": paper.name, "form": form, "outputs": [] if dry_run else [str(path)]})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有写文件。")
    console.say(f"{'可以写到' if dry_run else '已写到'} {path}")
    if out is None:
        only = "，这种文书从此只出 .docx，不出 PDF" if form == "docx" else ""
        console.say(f"以后出{paper.label}就用它{only}；改完用 dropctl template check {paper.name} 检查")
