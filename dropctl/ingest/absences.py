"""Absence lists of both forms brought to one frame: a row per pupil and day, and one per class and day without any.

Rows of a log may name several days; cells of a grid are `month_grid`. No row is lost: one without a usable day keeps
its place with an empty day and an issue.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dropctl.ingest.dates import day_named
from dropctl.ingest.headings import Recognised
from dropctl.ingest.legends import begins_as_legend, legend_lines, read_legend
from dropctl.ingest.marks import Marks
from dropctl.ingest.month_grid import MonthGrid, month_named, read_grid, year_of_month
from dropctl.ingest.rows import RowFates
from dropctl.registers.absence import DAY_PART, MARKS, NIL_WORDS, REASON_UNKNOWN
from dropctl.registers.absence_words import (
    ABSENT,
    CONTRADICTORY,
    LEAVE,
    SICK,
    Meaning,
    meaning_of_title,
    meaning_of_words,
    plain_mark,
)
from dropctl.registers.cells import PLACEHOLDERS
from dropctl.registers.steps import DATE
from dropctl.tables.issues import Issue
from dropctl.tables.raw import Cell, RawSheet, cell_address, column_letters, raw_text
from dropctl.tables.spec import Columns, Problem

_COUNT_ROW = re.compile(
    r"^(本[班月日]|全[班校])?(应到|实到|缺勤|出勤|缺课|到校|请假|病假|事假|旷课|迟到|早退)(总?人?数|率|合计|天数)?$"
)
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_LONGEST_RANGE = 200


def absence_rows(
    sheet: RawSheet, recognised: Recognised, fates: RowFates, grid: MonthGrid | None
) -> tuple[RowFates, frozenset[int], list[str]]:
    """Return what becomes of each row, which kept ones are nil returns (无), and the legend lines of the sheet."""
    name_place = next(source.places[0] for source in recognised.sources if source.column.key == "name")
    telling = {
        place
        for source in recognised.sources
        if source.column.key in ("reason", "mark", "note", "part")
        for place in source.places
    }
    first = max(recognised.heading, grid.last_heading if grid else 0) + 1
    nil: set[int] = set()
    aside: set[int] = set()
    legends = []
    kept = set(fates.kept)
    for index, row in enumerate(sheet.rows):
        opening = row[0] if row else None
        if type(opening) is float and index >= first and _plain_name(row, name_place):
            continue  # a numbered row with an ordinary name: most rows, decided at once
        if opening is None:
            opening = next((cell for cell in row if cell is not None), None)
        lines = legend_lines(row)
        legends += lines
        if index < first or begins_as_legend(row):
            aside.add(index)
            continue
        name = plain_mark(row[name_place]) if name_place < len(row) else ""
        said_beside = not name and any(plain_mark(row[at]) in NIL_WORDS for at in telling if at < len(row))
        if lines and plain_mark("".join(lines)).startswith(name):
            aside.add(index)  # the explanation stands where the name would
        elif name in NIL_WORDS or said_beside:
            nil.add(index)
        elif _COUNT_ROW.match(name):
            aside.add(index)
    whole = tuple(sorted((kept | nil) - aside))
    said = {sheet.row_number(index) for index in nil | aside}
    issues = tuple(issue for issue in fates.issues if not (issue.code == "row_without_name" and issue.row in said))
    aside_now = len(sheet.rows) - len(whole) - fates.blank  # a blank row names nobody and is no legend
    return RowFates(whole, aside_now, fates.blank, issues), frozenset(nil), legends


def _plain_name(row: Sequence[Cell], place: int) -> bool:
    name = row[place] if place < len(row) else None
    if type(name) is not str or not _PLAIN_NAME.fullmatch(name) or name in NIL_WORDS:
        return False
    return not _COUNT_ROW.match(name)


def read_marks(
    sheet: RawSheet,
    recognised: Recognised,
    grid: MonthGrid | None,
    fates: RowFates,
    nil: frozenset[int],
    legends: Sequence[str],
    data: Columns,
    as_of: date,
    marks: Marks,
) -> list[Issue]:
    """Add the rows and marks of one sheet to `marks`; return the cells that say nothing known or contradict others.

    In `data`, the sheet's rows by column, nil rows lose their name.
    """
    for place, index in enumerate(fates.kept):
        if index in nil:
            data["name"][place] = None
    marks.begin(data, "grid" if grid is not None else "log")
    if grid is not None:
        return read_grid(sheet, grid, fates.kept, nil, read_legend(legends), marks)
    return _read_log(sheet, recognised, fates.kept, nil, data, as_of, marks)


def _read_log(
    sheet: RawSheet,
    recognised: Recognised,
    indices: Sequence[int],
    nil: frozenset[int],
    data: Columns,
    as_of: date,
    marks: Marks,
) -> list[Issue]:
    issues: list[Issue] = []
    places = {source.column.key: source.places[0] for source in recognised.sources}
    headline = f"{recognised.title} {sheet.sheet or ''}"
    default, guessed = day_named(f"{headline} {sheet.file}", as_of)
    usual = meaning_of_title(headline)
    year, number = month_named(headline, as_of)
    month = (year, number) if year and number else None
    letters = column_letters(places["name"])

    def issue(row: int, key: str, code: str, severity: str, raw: Cell, message: str) -> None:
        cell = cell_address(row, places[key]) if key in places else None
        issues.append(Issue("absence", sheet.file, sheet.sheet, cell, row, key, code, severity, raw_text(raw), message))

    for place, index in enumerate(indices):
        row = sheet.row_number(index)
        written, until = data["day"][place], data["last_day"][place]
        written, since = _without_end(written, until)
        days, fault = read_days(written, until, as_of, month)
        if not days and fault is None and default is not None:
            days = [default]
            if guessed:
                fault = f"没有写日期，按标题里的 {default} 处理"
        if fault is not None:
            issue(
                row,
                "day",
                "day_unreadable" if not days else "day_guessed",
                "warning" if days else "error",
                written,
                fault,
            )
        if not days and fault is None:
            issue(row, "day", "day_missing", "error", written, "没有日期，这一行没有计入考勤，请补上日期")
        if index in nil:
            state, part, label = "nil", "whole", "无缺勤"
        else:
            ill = data["symptom"][place]
            reason = data["reason"][place]
            if not (reason or data["mark"][place] or ill) and meaning_of_words(data["note"][place] or "") is not None:
                reason = data["note"][place]  # 病假 under 备注; 已联系家长 says nothing about the absence
            meaning, wrong = log_meaning(data["mark"][place], reason, data["leave"][place], symptom=ill, usual=usual)
            state, label = meaning.state, meaning.label
            part = "whole" if state == "attended" else _part_of(data["part"][place], data["mark"][place], reason)
            if wrong:
                key = "leave" if wrong is _CONTRADICTED else "reason" if "reason" in places else "mark"
                issue(row, key, wrong.code, wrong.severity, reason or data["mark"][place], wrong.message)
        said = "、".join(str(text) for text in (data["mark"][place], data["reason"][place]) if text) or label
        code = marks.code(state, label, said)
        for day in (*days,) or (None,):
            marks.add([place], [code], day, part=part, column=letters, in_range=len(days) > 1)
        if since and len(days) == 1 and days[0] < as_of:
            # Until when is not said: the first day counts, each day after it is open.
            later, _ = _range(days[0] + timedelta(days=1), as_of, None)
            open_code = marks.code("unknown", "只写了从哪天起，没有写到哪天", said)
            for day in later:
                marks.add([place], [open_code], day, column=letters, in_range=True)
            message = f"只写了从{days[0]}起，没有写到哪天：第一天照记，以后到{as_of}的日子按“不明”处理，请补上结束日期"
            issue(row, "day", "day_without_end", "warning", data["day"][place], message)
    return issues


_SINCE = re.compile(r"\s*(?:起至今|起到现在|开始至今|至今|到现在|以来|开始|起)\s*$")


def _without_end(written: Cell, until: Cell) -> tuple[Cell, bool]:
    """Return the day a row begins with and whether it says only since when: 9月15日起至今."""
    if until is not None:
        return written, False
    text = unicodedata.normalize("NFKC", raw_text(written) or "").strip()
    begun = _SINCE.sub("", text)
    return (begun, True) if begun != text and begun else (written, False)


def log_meaning(
    mark: str | None, reason: str | None, leave: str | None, *, symptom: str | None = None, usual: Meaning | None = None
) -> tuple[Meaning, Problem | None]:
    """Return what a row of a log says about its pupil, and what is wrong with it.

    A row is an absence; without leave, and without a reason at all, it is unexcused. A reason that says nothing known,
    or two things, leaves the day unknown. `usual`: what the list's title says of its rows.
    """
    kind = MARKS.get(plain_mark(mark)) if mark else None
    words = "，".join(text for text in ((None if kind else mark), reason) if text and text not in PLACEHOLDERS)
    said = meaning_of_words(words) if words else None
    if kind is not None:
        # A sign only says the kind; a reason beside it that says another one makes the row unclear.
        said = kind if said is None or said.state == kind.state or said == ABSENT else CONTRADICTORY
    if symptom and (said is None or said == ABSENT):
        said = SICK
    # The title speaks for a row that says nothing; in a list of latecomers for any that says no more.
    if said in (None, ABSENT) and usual is not None and (usual.state == "attended" or not words):
        said = usual
    if leave == "unclear":
        return Meaning("unknown", "是否请假看不懂"), None
    if leave == "是":
        if said is not None and said.state == "unexcused" and said != ABSENT:
            return Meaning("unknown", "请假与旷课矛盾"), _CONTRADICTED
        return (said if said is not None and said.state in ("attended", "excused") else LEAVE), None
    if leave == "否":
        if said is not None and (said.state == "attended" or said.label in _WITHOUT_LEAVE):
            return said, None
        return Meaning("unexcused", said.label if said is not None else "未请假"), None
    if said is None and words:
        return Meaning("unknown", "原因看不出有没有请假"), REASON_UNKNOWN
    if said == CONTRADICTORY:
        return CONTRADICTORY, REASON_UNKNOWN
    return said or ABSENT, None


_CONTRADICTED = Problem("leave_contradicted", "warning", "写了已请假，又写了旷课或无故，当天按“不明”处理，请核实后改正")
_WITHOUT_LEAVE = ("公假", "停课、灾害")  # nobody has to ask for leave
_WHOLE_DAY = re.compile("未到校|没到校|全天|整天|一天|全日")
_SAYS_PART = re.compile(r"上午|下午|第?\d{1,2}(?:[-—–~～至到]第?\d{1,2})?节|晨读|早读|早操|课间操|午休|晚自习")


def _part_of(part: str | None, mark: str | None, reason: str | None) -> str:
    """Return how much of the day an absence covers: as its own column says, else as the words beside it do."""
    text = f"{mark or ''}{reason or ''}"
    if part in (None, "whole") and _SAYS_PART.search(text) and not _WHOLE_DAY.search(text):
        return str(DAY_PART.apply(text)[0])
    return part or "whole"


_SEPARATOR = re.compile(r"\s*(?:至|到|—+|–|~|～|--)\s*")
_PIECE = re.compile(r"(?:(20\d\d)\s*[年\-./])?\s*(?:(\d{1,2})\s*[月\-./])?\s*(\d{1,2})\s*[日号]?")


def read_days(
    written: Cell, until: Cell, as_of: date, within: tuple[int, int] | None = None
) -> tuple[list[date], str | None]:
    """Return the days a log row names (one, several, a range), and what could not be read or was supplied.

    `within`: year and month of the list's title, for days that name none.
    """
    if written is None and until is None:
        return [], None
    begin, fault = _one_or_more(written, as_of, within)
    if until is None or not begin:
        return begin, fault
    end, end_fault = _one_or_more(until, as_of, within)
    if len(end) != 1:
        return begin, end_fault or "结束日期读不懂，只按开始日期计"
    return _range(begin[0], end[0], fault or end_fault)


def _one_or_more(cell: Cell, as_of: date, within: tuple[int, int] | None) -> tuple[list[date], str | None]:
    if isinstance(cell, datetime):
        return [cell.date()], None
    if isinstance(cell, date):
        return [cell], None
    text = unicodedata.normalize("NFKC", raw_text(cell) or "").strip()
    if not text:
        return [], None
    value, _ = DATE.apply(cell)
    if isinstance(value, date):
        return [value], None
    pieces = [piece for piece in re.split(r"[、,，;；]", text) if piece.strip()]
    if len(pieces) > 1:
        days: list[date] = []
        month = within
        for piece in pieces:
            some = _some_days(piece, as_of, month)
            if not some:
                return [], f"读不出日期“{text}”，这一行没有计入考勤，请写成 2025-09-01 的样子"
            month = (some[-1].year, some[-1].month)
            days += some
        return sorted(set(days)), _year_supplied(text, days[0])
    if within and (some := _some_days(text, as_of, within)) and len(some) > 1:
        return some, _year_supplied(text, some[0])
    ends = [part for part in _SEPARATOR.split(text) if part]
    if len(ends) == 1 and (found := re.fullmatch(r"(.+?\d[日号]?)\s*-\s*(\d{1,2}[月./]?\d{0,2}[日号]?)", text)):
        ends = [found[1], found[2]]
    first = _piece(ends[0], as_of) or (_piece(ends[0], as_of, within) if within and len(ends) > 1 else None)
    if first is None or len(ends) > 2:
        return [], f"读不出日期“{text}”，这一行没有计入考勤，请写成 2025-09-01，一段日子写成 2025-09-01至2025-09-05"
    guessed = _year_supplied(text, first)
    if len(ends) == 1:
        return [first], guessed
    last = _piece(ends[1], as_of, (first.year, first.month))
    if last is None:
        return [], f"读不出日期“{text}”，这一行没有计入考勤，请写成 2025-09-01至2025-09-05"
    return _range(first, last, guessed)


_FROM_TO = re.compile(r"\s*(\d{1,2})[日号]?\s*[-至到~～—–]\s*(\d{1,2})[日号]?\s*")


def _some_days(piece: str, as_of: date, month: tuple[int, int] | None) -> list[date]:
    """Return the days of one piece of a list of days: 9月8日, 8; in a known month 10-12 is three days."""
    ends = _FROM_TO.fullmatch(piece)
    if ends and month and int(ends[1]) != month[1]:
        first, last = (_piece(end, as_of, month) for end in ends.groups())
        if first and last and first < last:
            return _range(first, last, None)[0]
    day = _piece(piece, as_of) or (_piece(piece, as_of, month) if month else None)
    return [day] if day else []


def _year_supplied(text: str, first: date) -> str | None:
    return None if re.search(r"20\d\d", text) else f"日期“{text}”没有年份，按 {first} 处理，请写全"


def _range(first: date, last: date, fault: str | None) -> tuple[list[date], str | None]:
    if last < first:
        return [], f"结束日期{last}早于开始日期{first}，这一行没有计入考勤，请改正"
    if (last - first).days > _LONGEST_RANGE:
        return [], f"{first}到{last}超过{_LONGEST_RANGE}天，可能写错了年份，这一行没有计入考勤，请核对"
    return [first + timedelta(days=n) for n in range((last - first).days + 1)], fault


def _piece(text: str, as_of: date, within: tuple[int, int] | None = None) -> date | None:
    """Return the day a piece names; year and month may come from the piece before it (`within`)."""
    found = _PIECE.fullmatch(text.strip())
    if not found or (found[2] is None and within is None):
        return None
    month = int(found[2]) if found[2] else (within or (0, 0))[1]
    if not 1 <= month <= 12:
        return None
    if found[1]:
        year = int(found[1])
    elif within:
        year = within[0] + (1 if month < within[1] else 0)
    else:
        year = year_of_month(month, as_of)
    try:
        return date(year, month, int(found[3]))
    except ValueError:
        return None
