"""`dropctl papers NAME`: every paper of the catalogue that no command of its own makes."""

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

DESCRIPTION = (
    "按名称出其他文书，登记过的内容已经填好，其余留空手写；.docx 可以修改，.pdf 可以打印：\n"
    "outreach-record 劝返记录，home-visit 家访记录，visit-sheets 走访单（一班一张），return-plan 一人一案，"
    "home-teaching-record 送教上门记录，school-plan 一校一案，police 致公安机关的函（身份信息有误），"
    "delivery-record 送达回证（写上文书编号，或用 --case）。\n"
    "不写 --case 就出办理中的全部个案。致公安机关的函平时不写证件号，--reveal --reason 另附一页，会记入台账。"
)
EXAMPLE = "dropctl papers home-visit --case C-2025-001"


def command(
    name: Annotated[str, typer.Argument(metavar="文书", help="文书的名称，如 home-visit")],
    as_of: AsOfOption,
    number: Annotated[str | None, typer.Argument(metavar="[编号]", help="送达回证：哪一份文书的编号")] = None,
    case: CasesOption = None,
    class_name: Annotated[
        str | None, typer.Option("--class", metavar="班级", help="走访单：只出这个班，如 七年级1班")
    ] = None,
    reveal: RevealOption = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Make the papers and say where they are."""
    home = needed_workspace(workspace)
    from dropctl.procedures.issuing import Reveal
    from dropctl.procedures.paper_builders import make_papers
    from dropctl.procedures.paper_desk import Asked

    shown = Reveal(reason or "") if reveal else None
    asked = Asked(tuple(case or ()), number, class_name, shown)
    target = out or home.out / f"文书-{as_of}"
    done, written = make_papers(home, as_of, name, asked, target, dry_run=dry_run)
    if as_json:
        refused = [line.reason for line in (*done.refused, *written.refused)]
        console.print_json({"papers": console.paper_lines(done, written), "refused": refused})
    else:
        console.show_papers(done, written, dry_run=dry_run)
    if code := console.exit_of_papers(done, written):
        raise typer.Exit(code)
