"""`dropctl letters city`: the county bureau hands children who moved on over to the city (三.3)."""

from __future__ import annotations

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

DESCRIPTION = (
    "核实后流动出去的学生（方案三.3）：市内其他区县的、省内其他市的各出一份台账，流入省外、不愿返回就学的出一份名单请"
    "市教育局去函。只列去向已经核实、登记到地方的个案（dropctl case route）。只能在县教育局的工作区里用。\n"
    "证件号码平时不写；--reveal --reason 另附一页完整号码，会记入台账。"
)
EXAMPLE = "dropctl letters city --as-of 2025-10-15"


def command(
    as_of: AsOfOption,
    case: CasesOption = None,
    reveal: RevealOption = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Issue the lists that have children on them."""
    home = needed_workspace(workspace)
    from dropctl.procedures.issuing import Reveal
    from dropctl.procedures.letters_away import to_city

    target = out or home.out / f"发文-{as_of}"
    shown = Reveal(reason or "") if reveal else None
    found = to_city(home, as_of, case or (), target, reveal=shown, dry_run=dry_run)
    if code := console.show_letters(found, as_json=as_json, dry_run=dry_run):
        raise typer.Exit(code)
