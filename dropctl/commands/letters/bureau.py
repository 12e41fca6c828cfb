"""`dropctl letters bureau`: a school reports to the county bureau what its persuasion came to (三.5)."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    CasesOption,
    DryRunOption,
    JsonOption,
    OutOption,
    WorkspaceOption,
    needed_workspace,
)

DESCRIPTION = (
    "学生劝返情况报告（方案三.5）：学校书面报告县教育局，一名学生一份，.docx 和 .pdf。\n"
    "第一次通知书送达后期满仍未返校的，或多次联系不上的，到期应报；再发一次通知书不推迟报告。涉及人身安全的不等"
    "期限，先强制报告，再出这一份，用 --police 写明报案情况。\n"
    "不写 --case 就出到期的全部；没有到期的列出原因。同一个个案再出一次，编号和内容不变。"
)
EXAMPLE = "dropctl letters bureau --as-of 2025-09-22"


def command(
    as_of: AsOfOption,
    case: CasesOption = None,
    addressee: Annotated[
        str | None, typer.Option("--to", metavar="单位", help="报告给谁，默认是 [offices] 的 bureau")
    ] = None,
    police: Annotated[
        str | None, typer.Option("--police", metavar="文字", help="涉及人身安全的：何时向哪个公安机关作了强制报告")
    ] = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Issue the reports that are due, and say which are not."""
    home = needed_workspace(workspace)
    from dropctl.procedures.letters_between import to_bureau

    target = out or home.out / f"报告-{as_of}"
    found = to_bureau(home, as_of, case or (), target, addressee=addressee, police_report=police, dry_run=dry_run)
    if code := console.show_letters(found, as_json=as_json, dry_run=dry_run):
        raise typer.Exit(code)
