"""`dropctl letters government`: the county bureau reports to the government (三.5), with the letter to the township."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    DryRunOption,
    JsonOption,
    OutOption,
    WorkspaceOption,
    needed_workspace,
)
from dropctl.errors import UsageProblem

DESCRIPTION = (
    "县教育局收到学校报告后（方案三.5）：向所在乡镇人民政府发函（附反馈单），同时书面报告县级人民政府。两份公文互相写明"
    "文号，所以一起出：letters township 和 letters government 是同一件事。\n"
    "学校报告到达的第二天起出，用 dropctl letters arrived 登记到达日期。同一乡镇的孩子写在一份函里。只能在县教育局的"
    "工作区里用。"
)
EXAMPLE = "dropctl letters government --as-of 2025-09-23"


def command(
    as_of: AsOfOption,
    case: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="个案", help="只出这几个个案的，可以写多次；不写就是到期的全部"),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="函|通报", help="致乡镇的用“函”还是“通报”，默认按 dropctl.toml")
    ] = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Issue both papers for the cases whose report has arrived."""
    if title not in (None, "函", "通报"):
        raise UsageProblem(f"--title 写成了“{title}”", todo="写 函 或 通报")
    home = needed_workspace(workspace)
    from dropctl.procedures.letters_between import to_township_and_government

    target = out or home.out / f"发文-{as_of}"
    found = to_township_and_government(home, as_of, "government", case or (), target, title=title, dry_run=dry_run)
    if code := console.show_letters(found, as_json=as_json, dry_run=dry_run):
        raise typer.Exit(code)
