"""`dropctl assistance add`: an incoming letter of assistance, or a register full of them."""

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

DESCRIPTION = (
    "登记别处发来的控辍保学协查函，单独成册（方案三.1），编号形如 X-2025-001。同一封函登记过的不会重复。\n"
    "一封：写 --sender、--name；一批：用 --from 给出协查函登记册（标题行有 涉及学生姓名、收函日期、来函单位），"
    "册上已写复函日期的一并登记答复；发出的协查函不登记在这里。"
)
EXAMPLE = "dropctl assistance add --sender 某某县教育局 --letter 某教函〔2025〕8号 --name 张小三 --asked 是否在你县就读"


def command(
    as_of: AsOfOption,
    sender: Annotated[str | None, typer.Option("--sender", metavar="单位", help="来函单位")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="涉及的孩子")] = None,
    letter: Annotated[str | None, typer.Option("--letter", metavar="文号", help="来函文号")] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="收函日期，默认当天")
    ] = None,
    id_number: Annotated[str | None, typer.Option("--id", metavar="证件号", help="孩子的身份证号")] = None,
    enrollment: Annotated[str | None, typer.Option("--enrollment", metavar="学籍号", help="孩子的学籍号")] = None,
    sex: Annotated[str | None, typer.Option("--sex", metavar="性别", help="男、女")] = None,
    born: Annotated[
        date | None, typer.Option("--born", metavar="日期", parser=day_of("--born"), help="出生日期")
    ] = None,
    school: Annotated[str | None, typer.Option("--school", metavar="校名", help="原籍学校")] = None,
    asked: Annotated[str | None, typer.Option("--asked", metavar="文字", help="来函要问什么")] = None,
    handler: Annotated[str | None, typer.Option("--to", metavar="姓名", help="由谁承办")] = None,
    answer_by: Annotated[
        date | None, typer.Option("--by-day", metavar="日期", parser=day_of("--by-day"), help="来函要求的答复日期")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="备注")] = None,
    table: Annotated[Path | None, typer.Option("--from", metavar="表格", help="从这个登记册登记一批")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Enter, and say whether the child is on our roster."""
    from dropctl.procedures.assistance import add, add_table, entry

    home = needed_workspace(workspace)
    if table is not None:
        if sender or name:
            raise UsageProblem("--from 登记一批时不写 --sender、--name", todo="两种登记分开做")
        done = add_table(home, as_of, table, dry_run=dry_run)
        console.show_logged(done, "封协查函", as_json=as_json, dry_run=dry_run)
        if done.problems:
            raise typer.Exit(PARTLY_DONE)
        return
    if missing := [option for option, value in (("--sender", sender), ("--name", name)) if not value]:
        raise UsageProblem(f"缺少 {'、'.join(missing)}", todo="用法见 dropctl assistance add --help")
    cells = {
        "sender": sender, "name": name, "letter_number": letter, "id_number": id_number,
        "enrollment_number": enrollment, "sex": sex, "birth_date": born.isoformat() if born else None,
        "received_on": (on or as_of).isoformat(), "origin_school": school, "purpose": asked, "handler": handler,
        "note": note,
    }  # fmt: skip
    entered, is_new = add(home, as_of, cells, answer_by=answer_by, dry_run=dry_run)
    if as_json:
        console.print_json({"number": entered.number, "new": is_new, "child": entered.child})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    if not is_new:
        console.say(f"这封函已经登记过：{entered.number}")
        return
    console.say(f"{'可以登记' if dry_run else '已登记'}：{entered.number} {entered.sender}，{entered.name}")
    if not dry_run:
        console.say(entry(home, as_of, entered.number).match.words)
