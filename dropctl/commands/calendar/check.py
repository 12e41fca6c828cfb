"""`dropctl calendar check`: is everything known that deadlines and absence runs are counted by."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    PEOPLE_MUST_DECIDE,
    JsonOption,
    StrictOption,
    WorkspaceOption,
    opened_workspace,
)
from dropctl.errors import Refused
from dropctl.school_calendar import SchoolCalendar, year_coverage
from dropctl.workspace import CONFIG_NAME

DESCRIPTION = (
    "检查学期里的每一天是否都知道放假还是上课、停课日是否在学期里、calendar 文件夹里的校历文件是否写对。\n"
    "有一年的放假安排不知道时，那一年的日期按“待定”处理；加 --strict 时退出码为 4。"
)
EXAMPLE = "dropctl calendar check --strict"


def command(workspace: WorkspaceOption = None, strict: StrictOption = False, as_json: JsonOption = False) -> None:
    """Say what is known and what is missing."""
    home = opened_workspace(workspace)
    if home is None:
        here = str(Path.cwd())
        raise Refused("这里不是工作区，没有校历可查", where=here, todo="用 -w 指定工作区，或先用 dropctl init 新建")
    calendar = home.calendar()
    unknown, remarks = unknown_years(calendar), _remarks(calendar)
    first, last = year_coverage()
    if as_json:
        console.print_json(
            {
                "terms": len(calendar.terms),
                "known_years": [first, last],
                "override_years": sorted(calendar.overrides),
                "unknown_years": unknown,
                "remarks": remarks,
            }
        )
    else:
        rows = [_row(calendar, number) for number in range(len(calendar.terms))]
        console.table("学期", ("学期", "开学", "最后一天", "上课日"), rows)
        own = "、".join(map(str, sorted(calendar.overrides))) or "无"
        console.say(f"程序自带 {first}—{last} 年的放假调休安排；校历文件夹里另有：{own}")
        for remark in remarks:
            console.say(f"注意：{remark}")
        if not remarks and not unknown:
            console.say("没有发现问题。")
        if unknown:
            console.steps([f"按国务院办公厅的通知填写 {home.calendar_folder / f'{year}.toml'}" for year in unknown])
    if strict and unknown:
        raise typer.Exit(PEOPLE_MUST_DECIDE)


def unknown_years(calendar: SchoolCalendar) -> list[int]:
    """Return the years inside terms whose holidays are not known."""
    years = {
        term.opening.replace(year=year, month=1, day=1)
        for term in calendar.terms
        for year in range(term.opening.year, (term.closing or term.opening).year + 1)
    }
    return sorted(day.year for day in years if not calendar.knows(day))


def _row(calendar: SchoolCalendar, number: int) -> tuple[object, ...]:
    term = calendar.terms[number]
    closing = term.closing or term.opening
    known = not unknown_years(SchoolCalendar((term,), (), calendar.overrides))
    days = len(calendar.school_days(term.opening, closing)) if known else "待定"
    return term.name, term.opening, closing, days


def _remarks(calendar: SchoolCalendar) -> list[str]:
    said = [] if calendar.terms else [f"{CONFIG_NAME} 里还没有学期，用 dropctl calendar add-term 登记"]
    for year in unknown_years(calendar):
        said.append(f"没有{year}年的放假调休安排，这一年的期限和缺勤天数只能写“待定”")
    for closure in calendar.closures:
        days = [closure.first + timedelta(days=n) for n in range((closure.last - closure.first).days + 1)]
        if not all(calendar.term_of(day) for day in days):
            said.append(f"停课“{closure.reason}”（{closure.first} 至 {closure.last}）有的日子不在任何学期里")
    for term in calendar.terms:
        if calendar.knows(term.opening) and not calendar.is_school_day(term.opening):
            said.append(f"“{term.name}”的开学日 {term.opening} 不是上课日")
    return said
