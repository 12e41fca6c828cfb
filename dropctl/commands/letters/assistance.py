"""`dropctl letters assistance`: a draft letter of assistance, or the answer to one that came in (三.1, 三.3)."""

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
    ReasonOption,
    RevealOption,
    WorkspaceOption,
    needed_workspace,
)
from dropctl.errors import UsageProblem

DESCRIPTION = (
    "协查函。不写 --reply：流入省外、不愿返回就学的学生，每人起草一份协查函，交市教育局编号发出（方案三.3）。\n"
    "写 --reply 加登记编号：给来函单位的复函（方案三.1），先用 dropctl assistance reply 登记核查结果。\n"
    "只能在县教育局的工作区里用。"
    "证件号码平时不写；--reveal --reason 另附一页完整号码，会记入台账。"
)
EXAMPLE = "dropctl letters assistance --reply X-2025-001"


def command(
    as_of: AsOfOption,
    case: CasesOption = None,
    reply: Annotated[str | None, typer.Option("--reply", metavar="编号", help="答复哪一封来函，如 X-2025-001")] = None,
    reveal: RevealOption = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Draft the letters that are due, or write the answer to one that came in."""
    if reply is not None and (case or reveal):
        raise UsageProblem("--reply 不能和 --case、--reveal 一起用", todo="复函和起草分开运行")
    home = needed_workspace(workspace)
    from dropctl.procedures.issuing import Reveal
    from dropctl.procedures.letters_away import drafts, reply_to

    target = out or home.out / f"发文-{as_of}"
    if reply is not None:
        found = reply_to(home, as_of, reply, target, dry_run=dry_run)
    else:
        shown = Reveal(reason or "") if reveal else None
        found = drafts(home, as_of, case or (), target, reveal=shown, dry_run=dry_run)
    if code := console.show_letters(found, as_json=as_json, dry_run=dry_run):
        raise typer.Exit(code)
