"""`dropctl home-teaching log`: a visit to a child taught at home, or a workbook of them."""

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
    "登记送教上门。一次：用 --child 写儿童编号，或用 --name（送教学生里只有一个叫这个名字时）。\n"
    "一批：用 --from 给出送教记录表（标题行至少有 姓名、送教日期），登记过的不会重复；看不出是谁的行逐行指出，"
    "其余照常登记（退出码 7）。\n"
    "登记错了的，用 --void 写明第几条（home-teaching check --child 里能看到）和 --reason 作废，原样保留备查。"
)
EXAMPLE = "dropctl home-teaching log --child P-0012 --on 2025-10-15 --teacher 王老师 --lessons 2 --content 生活自理"


def command(
    as_of: AsOfOption,
    child: Annotated[str | None, typer.Option("--child", metavar="编号", help="儿童编号，如 P-0012")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="送教学生的姓名")] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="哪天送教的，默认当天")
    ] = None,
    teacher: Annotated[str | None, typer.Option("--teacher", metavar="姓名", help="送教教师")] = None,
    hours: Annotated[str | None, typer.Option("--hours", metavar="时间", help="起止时间，如 9:00-11:00")] = None,
    lessons: Annotated[str | None, typer.Option("--lessons", metavar="课时", help="几课时")] = None,
    place: Annotated[str | None, typer.Option("--place", metavar="地点", help="在哪里")] = None,
    content: Annotated[str | None, typer.Option("--content", metavar="文字", help="教了什么")] = None,
    feedback: Annotated[str | None, typer.Option("--feedback", metavar="文字", help="家长反馈")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="备注")] = None,
    table: Annotated[Path | None, typer.Option("--from", metavar="表格", help="从这个表格登记一批")] = None,
    void: Annotated[int | None, typer.Option("--void", metavar="第几条", help="作废登记错的一条")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="文字", help="作废的原因")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Record, or take back."""
    from dropctl.procedures.home_visits import VisitMade, log_visit, log_visits, void_visit

    home = needed_workspace(workspace)
    if sum((table is not None, void is not None, bool(child or name))) != 1:
        todo = "写 --child 或 --name 登记一次，--from 登记一批，--void 作废一条"
        raise UsageProblem("要登记哪一次送教没有写清楚", todo=todo)
    if table is not None:
        done = log_visits(home, as_of, table, dry_run=dry_run)
        console.show_logged(done, "次送教", as_json=as_json, dry_run=dry_run)
        if done.problems:
            raise typer.Exit(PARTLY_DONE)
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    if void is not None:
        taken = void_visit(home, as_of, void, reason=reason or "", dry_run=dry_run)
        if as_json:
            console.print_json({"void": taken.event, "child": taken.child, "on": taken.on.isoformat()})
        else:
            console.say(f"{'可以' if dry_run else '已'}作废第{taken.event}条：{taken.child} {taken.on}的送教")
        return
    told = {
        "teacher": teacher, "hours": hours, "lessons": lessons, "place": place, "content": content,
        "feedback": feedback, "note": note,
    }  # fmt: skip
    found, is_new = log_visit(home, as_of, VisitMade(on or as_of, child, name, told), dry_run=dry_run)
    if as_json:
        console.print_json({"child": found.number, "on": (on or as_of).isoformat(), "new": is_new})
    elif is_new:
        console.say(
            f"{'可以' if dry_run else '已'}登记送教：{found.name or '（无姓名）'}（{found.number}）{on or as_of}"
        )
    else:
        console.say(f"{found.number} {on or as_of}的这次送教已经登记过。")
