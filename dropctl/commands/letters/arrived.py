"""`dropctl letters arrived`: a school's report reached the bureau; letters are due from the next day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    DryRunOption,
    JsonOption,
    WorkspaceOption,
    day_of,
    needed_workspace,
)

DESCRIPTION = (
    "县教育局登记收到学校的劝返情况报告（方案三.5）。从第二天起应通报乡镇、报告县政府：dropctl letters township。\n"
    "登记错了的，用 dropctl case void 作废那一条。只能在县教育局的工作区里用。"
)
EXAMPLE = "dropctl letters arrived C-2025-001 --on 2025-09-22 --number 碧初报〔2025〕1号"


def command(
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    as_of: AsOfOption,
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="哪一天收到，默认是 --as-of 那天")
    ] = None,
    report: Annotated[str | None, typer.Option("--number", metavar="编号", help="学校报告的编号")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Record the day and the number of the report."""
    home = needed_workspace(workspace)
    from dropctl.procedures.letters import report_arrived

    case = report_arrived(home, as_of, number, on=on or as_of, report=report, dry_run=dry_run)
    if as_json:
        day = case.report_on.isoformat() if case.report_on else None
        console.print_json({"case": case.number, "report_on": day, "report_number": case.report_number})
        return
    console.say(f"{'可以登记' if dry_run else '已登记'}：{case.number} 的学校报告{case.report_on}收到")
    console.note("第二天起通报乡镇、报告县政府：dropctl letters township")
