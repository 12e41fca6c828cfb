"""`dropctl monthly-report`: the report of a month (方案一), zero report included, as workbook, .docx and PDF."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    DryRunOption,
    JsonOption,
    OutOption,
    QuietOption,
    WorkspaceOption,
    needed_workspace,
)
from dropctl.errors import PartlyDone

DESCRIPTION = (
    "控辍保学月报（方案一，每月报县教育局教育股）：截止到当月最后一天，按年级和小学、初中、合计列出各项人数，"
    "写出工作簿、可以修改的 .docx 和可以打印的 .pdf。每个数字后面都有名单；本月没有疑似辍学、辍学学生的，写成零报告。\n"
    "同一个月、内容没有变的再运行一次，还是原来那一份；内容变了的是更正报告，写明更正了什么。"
    "数字不平衡的不出报告，只写出不平衡学生名单（退出码 6）。"
)
EXAMPLE = "dropctl monthly-report 2025-10 --as-of 2025-11-03"


def command(
    month: Annotated[str, typer.Argument(metavar="月份", help="哪个月，写成 2025-10")],
    as_of: AsOfOption,
    remarks: Annotated[
        str | None, typer.Option("--remarks", metavar="文字", help="“存在的问题和下月打算”写什么；不写的在纸上留待填")
    ] = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
) -> None:
    """Issue it and tell its figures."""
    home = needed_workspace(workspace)
    from dropctl.figures import Month
    from dropctl.procedures.month_brief import brief, document
    from dropctl.procedures.month_end import monthly_report

    wanted = Month.parse(month)
    target = out or home.out / f"月报-{wanted}"
    report = monthly_report(home, wanted, as_of, out=target, remarks=remarks, dry_run=dry_run)
    if as_json:
        console.print_json(document(report))
    else:
        if dry_run:
            console.note("这是演示（--dry-run）：没有记录，没有写文件。")
        console.show_brief(brief(report), report.outputs, quiet=quiet)
    if report.refusal is not None:
        raise PartlyDone(f"{report.refusal.what}；工作簿和 .docx 已经写好", where=report.refusal.where,
                         todo=report.refusal.todo)  # fmt: skip
