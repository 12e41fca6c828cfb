"""`dropctl home-teaching check`: who is taught at home, and which weeks fell short of the visits owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    PEOPLE_MUST_DECIDE,
    AsOfOption,
    JsonOption,
    StrictOption,
    WorkspaceOption,
    needed_workspace,
)

if TYPE_CHECKING:
    from dropctl.ledger.home_visits import HomeVisit
    from dropctl.procedures.home_teaching import HomeTeaching, TaughtAtHome
    from dropctl.workspace import Workspace

DESCRIPTION = (
    "送教上门的学生和本学期每周的次数（方案三.7：原则上每周不少于1次）。谁是送教学生，看审批登记、个案的安置和"
    "名册状态；缺手续的也列出，并写明缺什么。\n"
    "只看孩子应当送教、且上课满3天的周，假期不算；本周没有过完，不算不足。加 --child 看一个孩子的每一次送教。"
)
EXAMPLE = "dropctl home-teaching check"


def command(
    as_of: AsOfOption,
    child: Annotated[str | None, typer.Option("--child", metavar="编号", help="只看这个孩子，如 P-0012")] = None,
    workspace: WorkspaceOption = None,
    strict: StrictOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show the weeks, or one child's visits."""
    from dropctl.procedures.home_teaching import checked

    home = needed_workspace(workspace)
    if child is not None:
        _one(home, as_of, child.strip().upper(), as_json=as_json)
        return
    found = checked(home, as_of)
    if as_json:
        console.print_json(_document(found, as_of))
    elif not found.children:
        console.say("没有送教上门的学生（审批登记、个案、名册状态里都没有）。")
    else:
        _show(found, as_of)
    if strict and any(one.short for one in found.children):
        raise typer.Exit(PEOPLE_MUST_DECIDE)


def _show(found: HomeTeaching, as_of: date) -> None:
    rows = [_row(one) for one in found.children]
    headings = ("编号", "姓名", "班级", "依据", "应送教的周", "不足的周", "哪几周（周一日期）", "最近一次")
    console.table(f"送教上门（{len(rows)}人，截至{as_of}）", headings, rows)
    for year in found.undetermined:
        console.say(f"没有{year}年的放假日历，这一年的周没有算；填写 calendar/{year}.toml 后再看。")
    if short := [one for one in found.children if one.short]:
        names = "、".join(f"{one.name or one.child}（{len(one.short)}周）" for one in short)
        console.say(f"{len(short)}人有不足的周：{names}。已送过没登记的，用 dropctl home-teaching log 补登记。")


def _row(one: TaughtAtHome) -> tuple[object, ...]:
    past = sum(week.over for week in one.weeks)
    weeks = "、".join(f"{week.monday:%m-%d}" for week in one.short)
    return (
        one.child or "（没有编号）", one.name or "（无姓名）", one.class_name or "—", one.basis, past, len(one.short),
        weeks or "—", one.last_visit or "还没有",
    )  # fmt: skip


def _one(home: Workspace, as_of: date, child: str, *, as_json: bool) -> None:
    from dropctl.procedures.home_visits import visits_of

    visits: Sequence[HomeVisit] = visits_of(home, as_of, child)
    if as_json:
        lines = [
            {"event": one.event, "on": one.on.isoformat(), "teacher": one.said("teacher"),
             "lessons": one.said("lessons"), "content": one.said("content")}
            for one in visits
        ]  # fmt: skip
        console.print_json({"as_of": as_of.isoformat(), "child": child, "visits": lines})
    elif visits:
        said = ("teacher", "hours", "lessons", "place", "content", "feedback")
        rows = [(one.event, one.on, *(one.said(key) or "" for key in said)) for one in visits]
        headings = ("第几条", "日期", "教师", "时间", "课时", "地点", "内容", "家长反馈")
        console.table(f"{child} 的送教（{len(rows)}次，截至{as_of}）", headings, rows)
    else:
        console.say(f"{child} 没有登记过送教。")


def _document(found: HomeTeaching, as_of: date) -> dict[str, object]:
    def day(value: date | None) -> str | None:
        return value.isoformat() if value else None

    return {
        "as_of": as_of.isoformat(),
        "children": [
            {
                "child": one.child,
                "name": one.name,
                "school": one.school,
                "class_name": one.class_name,
                "basis": one.basis,
                "periods": [{"from": day(span.first), "to": day(span.last)} for span in one.spans],
                "last_visit": day(one.last_visit),
                "weeks": [
                    {
                        "from": day(week.monday), "to": day(week.sunday), "owed": week.owed, "visits": week.visits,
                        "over": week.over, "short": week.is_short,
                    }
                    for week in one.weeks
                ],
            }
            for one in found.children
        ],
        "undetermined": list(found.undetermined),
    }  # fmt: skip
