"""`dropctl calendar show`: which days are school days, a month or a range at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    ClosingOption,
    JsonOption,
    OpeningOption,
    WorkspaceOption,
    day_of,
    opened_workspace,
    refuse_reversed_term,
)
from dropctl.errors import UsageProblem
from dropctl.school_calendar import (
    CalendarYearUnknown,
    SchoolCalendar,
    Term,
    add_months,
    assumed_opening,
    describe_day,
    weekday_label,
)
from dropctl.workspace import Workspace

DESCRIPTION = (
    "列出每天是上课日、周末、法定节假日、调休上课还是本校停课，上课日标出是本学期第几个。\n"
    "在工作区里按 dropctl.toml 的学期；在别处用 --opening、--closing，不给就按最近的 9 月 1 日或 3 月 1 日开学。"
)
EXAMPLE = "dropctl calendar show --month 2025-10 --opening 2025-09-01"
_LONGEST = 366


def command(
    as_of: AsOfOption,
    month: Annotated[str | None, typer.Option("--month", metavar="年-月", help="哪个月，写成 2025-10")] = None,
    first: Annotated[
        date | None, typer.Option("--from", metavar="日期", parser=day_of("--from"), help="从哪天起")
    ] = None,
    last: Annotated[
        date | None, typer.Option("--to", metavar="日期", parser=day_of("--to"), help="到哪天止（含）")
    ] = None,
    opening: OpeningOption = None,
    closing: ClosingOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the days asked for, by default the month of `as_of`."""
    start, end = wanted_days(month, first, last, as_of)
    calendar, said = _calendar(opened_workspace(workspace), opening, closing, end)
    days = list(describe(calendar, start, end))
    taught = [day for day in days if day[2] is not None]
    if as_json:
        listed = [{"date": day.isoformat(), "what": what, "school_day": number} for day, what, number in days]
        console.print_json({"from": start.isoformat(), "to": end.isoformat(), "days": listed})
        return
    if said:
        console.note(said)
    rows = [(day.isoformat(), weekday_label(day), what, number) for day, what, number in days]
    headings = ("日期", "星期", "是什么日子", "本学期第几个上课日")
    console.table(f"{start} 至 {end}：上课日{len(taught)}天", headings, rows)


def wanted_days(month: str | None, first: date | None, last: date | None, as_of: date) -> tuple[date, date]:
    """Return the first and the last day to show; UsageProblem for what does not go together."""
    if month and (first or last):
        raise UsageProblem("--month 和 --from、--to 不能一起用", todo="只用一种")
    if first or last:
        if first is None or last is None:
            raise UsageProblem("--from 和 --to 要一起用", todo="两个都写上")
        if last < first:
            raise UsageProblem(f"--to（{last}）早于 --from（{first}）", todo="调换两个日期")
        if (last - first).days > _LONGEST:
            raise UsageProblem(f"{first}到{last}超过一年", todo="分几次看")
        return first, last
    begin = as_of.replace(day=1)
    if month:
        found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})", month.strip())
        if not found or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[1]) <= 9998:
            raise UsageProblem(f"--month 的值“{month}”不是月份", todo="写成 2025-10 的样子")
        begin = date(int(found[1]), int(found[2]), 1)
    return begin, add_months(begin, 1) - timedelta(days=1)


def describe(calendar: SchoolCalendar, first: date, last: date) -> Iterator[tuple[date, str, int | None]]:
    """Yield each day with what it is and, for a school day, its number in the term (None: not one, or unknown)."""
    counted: dict[date, int | None] = {}  # the term's opening → the last number given, None once it is not known
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        what = describe_day(calendar, day)
        term = calendar.term_of(day)
        number = None
        if term is not None:
            try:
                if term.opening not in counted:
                    counted[term.opening] = len(calendar.school_days(term.opening, day - timedelta(days=1)))
                before = counted[term.opening]
                if calendar.is_school_day(day) and before is not None:
                    number = counted[term.opening] = before + 1
            except CalendarYearUnknown:
                counted[term.opening] = None
        yield day, what, number


def _calendar(
    home: Workspace | None, opening: date | None, closing: date | None, shown_to: date
) -> tuple[SchoolCalendar, str | None]:
    refuse_reversed_term(opening, closing)
    if home is not None and opening is None:
        known = home.calendar()
        return known, None if known.terms else "dropctl.toml 里还没有学期，用 dropctl calendar add-term 登记"
    given = opening or assumed_opening(shown_to)
    said = None if opening else f"没有给出开学日，按 {given} 开学处理；不对请用 --opening 指定"
    if home is None:
        return SchoolCalendar((Term("本学期", given, closing),)), said
    known = home.calendar()
    return SchoolCalendar((Term("本学期", given, closing),), known.closures, known.overrides), said
