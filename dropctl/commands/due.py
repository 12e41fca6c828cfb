"""`dropctl due`: what is due or overdue, for whom, under which clause."""

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
from dropctl.policy.due import KINDS, DueItem

DESCRIPTION = (
    "列出逾期的、到期的和30天内要到期的事：开学各项期限、第一次联系、指定责任人、第五天报告、标注疑似辍学、"
    "转辍学日期（提前10天和3天提醒）、返校证实、确认销案、更改学籍状态、补录学籍、休学延缓期满、送教上门、协查函答复、"
    "交乡镇后的再次联系。用 --who、--clause、--until 只看一个人、一条、到一天的。\n"
    "“定期限”一栏写方案的，是方案写明的期限；写程序的，本县未规定，由本程序取值；写来函的，由来函单位定。\n"
    "加 --check 时，有逾期的退出码为 5。返校摸排报送后，用 --done return_report 登记办结；"
    "班主任报过的第五天未到，用 --done day_five --child 编号。"
)
EXAMPLE = "dropctl due --check"
OVERDUE = 5
_SET_BY = {"plan": "方案", "dropctl": "程序", "letter": "来函"}


def command(
    as_of: AsOfOption,
    everything: Annotated[bool, typer.Option("--all", help="30天以后的也列出")] = False,
    check: Annotated[bool, typer.Option("--check", help="有逾期的事时，退出码为 5")] = False,
    done: Annotated[
        str | None, typer.Option("--done", metavar="事项", help="登记一项已办结：return_report、day_five")
    ] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="哪天办结的，默认当天")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="谁办的")] = None,
    child: Annotated[
        str | None, typer.Option("--child", metavar="编号", help="登记 day_five 时，是哪个孩子，如 P-0012")
    ] = None,
    who: Annotated[str | None, typer.Option("--who", metavar="姓名", help="只看由这个人（或职务）办的")] = None,
    clause: Annotated[str | None, typer.Option("--clause", metavar="条款", help="只看这一条的，如 三.5")] = None,
    until: Annotated[
        date | None, typer.Option("--until", metavar="日期", parser=day_of("--until"), help="只看到这一天为止的")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Show what is due; with --done record something first."""
    from dropctl.procedures.due import agenda, tick

    home = needed_workspace(workspace)
    if done is not None:
        tick(home, as_of, done, on=on or as_of, by=by, child=child, dry_run=dry_run)
        console.note(f"{'可以' if dry_run else '已'}登记办结：{KINDS[done]}（{on or as_of}）")
    found = agenda(home, as_of, everything=everything).narrowed(who=who, clause=clause, until=until)
    overdue = found.overdue(as_of)
    if as_json:
        items = [_document(item, as_of) for item in found.items]
        console.print_json({"as_of": as_of.isoformat(), "items": items, "later": found.later})
    elif found.items:
        headings = ("事项", "个案", "姓名", "谁办", "条款", "期限", "情况", "定期限", "说明")
        rows = [_row(item, as_of) for item in found.items]
        console.table(f"到期和逾期的事（{len(rows)}件，其中逾期{len(overdue)}件，截至{as_of}）", headings, rows)
        if found.later:
            console.say(f"30天以后还有{found.later}件，用 --all 查看。")
    else:
        console.say("没有到期的事。")
    if check and overdue:
        raise typer.Exit(OVERDUE)


def _row(item: DueItem, as_of: date) -> tuple[object, ...]:
    late = item.overdue_days(as_of)
    if item.due_date is None:
        state = "及时办理"
    elif late:
        state = f"逾期{late}天"
    else:
        left = (item.due_date - as_of).days
        state = "今天到期" if left == 0 else f"还有{left}天"
    day = "—" if item.due_date is None else f"{item.due_date}{'' if item.certain else '（待定）'}"
    return (
        KINDS[item.kind], item.case or "—", item.name or item.child or "—", item.who, item.clause, day, state,
        _SET_BY[item.set_by], item.note or "",
    )  # fmt: skip


def _document(item: DueItem, as_of: date) -> dict[str, object]:
    return {
        "case": item.case,
        "child": item.child,
        "name": item.name,
        "kind": item.kind,
        "clause": item.clause,
        "who": item.who,
        "plan_date": item.plan_date.isoformat() if item.plan_date else None,
        "due_date": item.due_date.isoformat() if item.due_date else None,
        "overdue_days": item.overdue_days(as_of),
        "set_by": item.set_by,
        "certain": item.certain,
        "note": item.note,
    }
