"""`dropctl letters township`: the county bureau writes to the township (三.5), with the report to the government."""

from __future__ import annotations

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    CasesOption,
    DryRunOption,
    JsonOption,
    LetterTitleOption,
    OutOption,
    WorkspaceOption,
    needed_workspace,
)

DESCRIPTION = (
    "县教育局收到学校报告后（方案三.5）：向所在乡镇人民政府发函（附反馈单），同时书面报告县级人民政府。两份公文互相写明"
    "文号，所以一起出：letters township 和 letters government 是同一件事。\n"
    "学校报告到达的第二天起出，用 dropctl letters arrived 登记到达日期。同一乡镇的孩子写在一份函里。只能在县教育局的"
    "工作区里用。"
)
EXAMPLE = "dropctl letters township --as-of 2025-09-23"


def command(
    as_of: AsOfOption,
    case: CasesOption = None,
    title: LetterTitleOption = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Issue both papers for the cases whose report has arrived."""
    home = needed_workspace(workspace)
    from dropctl.procedures.letters_between import to_township_and_government

    target = out or home.out / f"发文-{as_of}"
    found = to_township_and_government(home, as_of, "township", case or (), target, title=title, dry_run=dry_run)
    if code := console.show_letters(found, as_json=as_json, dry_run=dry_run):
        raise typer.Exit(code)
