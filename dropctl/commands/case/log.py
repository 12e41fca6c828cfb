"""`dropctl case log`: a contact with the family, or a workbook of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    PARTLY_DONE,
    AsOfOption,
    DryRunOption,
    JsonOption,
    WorkspaceOption,
    day_of,
    needed_workspace,
)
from dropctl.errors import UsageProblem
from dropctl.vocabulary import RUNGS
from dropctl.workspace import Workspace

DESCRIPTION = (
    "登记一次联系：电话 phone、家访 visit、微信短信 message（也可以直接写中文）。没联系上的也要登记。\n"
    "结果：联系上 reached、未联系上 not_reached、拒绝返校 refused、答应返校 promised、称在别处就读 elsewhere。\n"
    "用 --from 从表格登记一批，标题行写：个案编号、姓名、方式、日期、联系人、结果、情况；有错的行按单元格指出，"
    "其余照常登记（退出码 7）。同一次联系登记过的不会重复。"
)
EXAMPLE = "dropctl case log C-2025-001 --kind phone --on 2025-09-03 --by 王老师 --result not_reached --note 无人接听"


def command(
    as_of: AsOfOption,
    number: Annotated[str | None, typer.Argument(metavar="[个案编号]", help="如 C-2025-001")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="方式", help="phone、visit、message")] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="哪天联系的，默认当天")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="谁联系的")] = None,
    result: Annotated[
        str | None,
        typer.Option("--result", metavar="结果", help="reached、not_reached、refused、promised、elsewhere"),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="情况")] = None,
    office: Annotated[
        str,
        typer.Option("--office", metavar="单位", help="由谁联系：school 学校（默认）、township 乡镇、county 县教育局"),
    ] = "school",
    table: Annotated[Path | None, typer.Option("--from", metavar="表格", help="从这个表格登记一批")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Record, and say where the case stands."""
    home = needed_workspace(workspace)
    if table is not None:
        if number or kind or result:
            raise UsageProblem("--from 登记一批时不写个案编号和其他内容", todo="两种登记分开做")
        _many(home, as_of, table, as_json=as_json, dry_run=dry_run)
        return
    given = {"个案编号": number, "--kind": kind, "--by": by, "--result": result}
    if missing := [name for name, value in given.items() if not value]:
        raise UsageProblem(f"缺少 {'、'.join(missing)}", todo="用法见 dropctl case log --help；一批登记用 --from 表格")
    from dropctl.procedures.outreach import ContactMade, log_contact, word_of

    made = ContactMade(
        word_of("how", str(kind)), on or as_of, str(by), word_of("result", str(result)), word_of("office", office), note
    )
    case = log_contact(home, as_of, str(number), made, dry_run=dry_run)
    if as_json:
        console.print_json({"case": case.number, "rung": case.rung, "contacts": len(case.contacts)})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    console.say(
        f"{case.number} {'可以' if dry_run else '已'}登记第{len(case.contacts)}次联系，进度：{RUNGS[case.rung]}"
    )


def _many(home: Workspace, as_of: date, table: Path, *, as_json: bool, dry_run: bool) -> None:
    from dropctl.procedures.outreach import log_workbook

    done = log_workbook(home, as_of, table, dry_run=dry_run)
    console.show_logged(done, "次联系", as_json=as_json, dry_run=dry_run)
    if done.problems:
        raise typer.Exit(PARTLY_DONE)
