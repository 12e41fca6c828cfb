"""`dropctl registers`: every 台账 as one formatted workbook."""

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
    ReasonOption,
    RevealOption,
    WorkspaceOption,
    needed_workspace,
)
from dropctl.errors import UsageProblem

DESCRIPTION = (
    "全部台账，一个工作簿：适龄儿童少年、疑似辍学、辍学、失学（未定位）、无学籍在校、有籍不在校、脱贫户监测户、残疾、"
    "送教上门、留守、随迁、重病、协查函（收、发）、通知书发放、个案总台账。\n"
    "内容取自最近一次核对、考勤核对和个案记录，不重新读表格。没有读到名单的，台账里写明没有来源；程序没有来源的栏"
    "留空，“说明”表逐栏写明原因。\n"
    "证件号一律不写，以学生编号代替；确需完整号码的用 --reveal --reason，会记入台账。服刑人员未成年子女台账只在写明"
    " --restricted --reason 时给出。"
)
EXAMPLE = "dropctl registers --as-of 2025-09-30"


def command(
    as_of: AsOfOption,
    audience: Annotated[
        str, typer.Option("--audience", metavar="给谁", help="internal 学校内部（默认），superior 报上级：不带内部说明")
    ] = "internal",
    reveal: RevealOption = False,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="加上服刑人员未成年子女台账（限指定的人掌握）")
    ] = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make the lists, record what is shown, write the workbook, and say how many children stand in each."""
    home = needed_workspace(workspace)
    from dropctl.procedures.registers import AUDIENCES, make_registers, record_showing, write_registers

    if audience not in AUDIENCES:
        raise UsageProblem(f"--audience 不认识“{audience}”", todo="写 internal（学校内部）或 superior（报上级）")
    made = make_registers(home, as_of, audience=audience, reveal=reveal, restricted=restricted)
    target = out or home.out / f"台账-{as_of}"
    record_showing(home, as_of, made, reason or "", dry_run=dry_run)
    written = [] if dry_run else write_registers(made, target)
    if as_json:
        console.print_json(
            {
                "as_of": as_of.isoformat(),
                "audience": audience,
                "registers": [
                    {
                        "register": book.key,
                        "title": book.title,
                        "clause": book.clause,
                        "rows": book.count,
                        "without_rows": None if book.count else book.empty_line,
                    }
                    for book in made.books
                ],
                "notes": list(made.notes),
                "outputs": [str(path) for path in written],
            }
        )
        return
    console.say(f"{home.school_name}　台账　截至 {as_of}", "bold")
    if not quiet:
        rows = [(book.title, book.count, book.clause, "" if book.count else book.empty_line) for book in made.books]
        console.table("各台账", ("台账", "条数", "依据", "本期情况"), rows)
        for note in made.notes:
            console.say(f"  · {note}")
    if written:
        console.heading("写出的文件")
    for path in written:
        console.say(f"  {path}")
