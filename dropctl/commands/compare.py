"""`dropctl compare A B`: what changed between two months, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, VerboseOption, WorkspaceOption, needed_workspace

DESCRIPTION = (
    "两个月相比：哪些数字变了，是情况真的变了（实际变化）、报告以后改正了数据（数据更正），还是方案的数字、项目的定义变了"
    "（口径变化）；哪些学生新增、复学、销案、离册、换了地方。报出过月报的月份以报出的为准。只看不记。"
)
EXAMPLE = "dropctl compare 2025-09 2025-10"


def command(
    before: Annotated[str, typer.Argument(metavar="早的月份", help="如 2025-09")],
    after: Annotated[str, typer.Argument(metavar="晚的月份", help="如 2025-10")],
    as_of: AsOfOption,
    workbook: Annotated[
        Path | None, typer.Option("--workbook", metavar="文件", help="另写成工作簿，如 九月十月相比.xlsx")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Compare and show."""
    home = needed_workspace(workspace)
    from dropctl.figures import Month
    from dropctl.procedures.explain_month import compare_two, write_comparison
    from dropctl.procedures.month_brief import children_table, comparison_document, figure_table
    from dropctl.procedures.month_paper import said_of

    told = compare_two(home, Month.parse(before), Month.parse(after), as_of)
    if workbook is not None:
        write_comparison(told, workbook, as_of)
    if as_json:
        outputs = [str(workbook)] if workbook else []
        head = {"before": str(told.before), "after": str(told.after), "sources": list(told.sources)}
        console.print_json(head | comparison_document(told.comparison) | {"outputs": outputs})
        return
    console.say(f"{told.school}　{told.before.label}与{told.after.label}相比", "bold")
    for source in told.sources:
        console.say(source)
    console.say(said_of(told.comparison))
    figures = figure_table(told.comparison, "有变化的数字", str(told.before), str(told.after))
    console.table(figures.title, figures.headings, figures.rows)
    children = children_table(told.comparison, verbose=verbose)
    if children is not None:
        console.table(children.title, children.headings, children.rows)
    if workbook is not None:
        console.say(f"  {workbook}")
