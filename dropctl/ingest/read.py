"""From raw sheets to register tables: recognise, sort rows, conform cells, place in classes, date the lists.

Promise: rows read = rows kept + rows set aside + blank rows, for every sheet; each is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain
from pathlib import PurePosixPath

import polars as pl

from dropctl.ingest.absences import absence_rows, read_marks
from dropctl.ingest.answers import is_answer_sheet
from dropctl.ingest.collisions import Undecided, settle
from dropctl.ingest.dates import day_named, first_day_of, says_last_term, term_named, term_number
from dropctl.ingest.headings import NotRecognised, Recognised, recognise
from dropctl.ingest.marks import Marks
from dropctl.ingest.month_grid import MonthGrid, find_month_grid
from dropctl.ingest.presence_lines import Line, list_lines
from dropctl.ingest.presence_marks import mark_rows
from dropctl.ingest.repeated import repeated_rows
from dropctl.ingest.rows import RowFates, is_blank, sort_rows
from dropctl.ingest.stacked import lists_in
from dropctl.registers import BY_KIND
from dropctl.registers.grades import hinted_placement, make_placement, placement_in_stage, says_junior
from dropctl.registers.row_checks import row_checks
from dropctl.registers.steps import dates_in
from dropctl.school_calendar import school_year
from dropctl.tables.issues import InputCount, Issue
from dropctl.tables.raw import RawSheet, cell_address
from dropctl.tables.spec import Columns, StepMemory, TableSpec, conform
from dropctl.vocabulary import register_label

_OUR_OWN = "这是待人工确认的判断表，不是名单；用 dropctl review apply 读回"
_STALE_AFTER = timedelta(days=60)


@dataclass(slots=True)
class Registers:
    """Everything read in one call: a frame per register kind, what each sheet gave, and the issues.

    Frames have the columns of their `TableSpec` (grade and class in canonical form) plus `list_date` for presence.
    """

    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    inputs: list[InputCount] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    columns_seen: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Sheet:
    raw: RawSheet
    recognised: Recognised
    spec: TableSpec
    hints: str  # title, sheet name and file name, in this order
    stem: str
    fates: RowFates
    data: Columns
    issues: list[Issue]
    grid: MonthGrid | None = None
    nil: frozenset[int] = frozenset()  # rows of an absence list that say nobody was absent
    legends: Sequence[str] = ()
    lines: Sequence[Line] = ()  # around a presence list
    alone: bool = True  # no other list stands in the sheet


def read_registers(
    sheets: Iterable[RawSheet],
    *,
    opening: date,
    as_of: date,
    assigned: Mapping[str, str] | None = None,
    skip_refused: bool = False,
) -> Registers:
    """Return the registers found in `sheets`; `assigned` maps a file name to the register it is (`--as`).

    Raises `Undecided` for a sheet with two columns for one thing that say different things; with `skip_refused` such a
    sheet is not read, and an issue of severity `error` says so.
    """
    result = Registers()
    parts: dict[str, list[Columns]] = {}
    absences = Marks()
    later: list[_Sheet] = []
    memory = StepMemory()
    for whole in sheets:
        kind = (assigned or {}).get(whole.file)
        grid = find_month_grid(whole, as_of) if kind in (None, "absence") else None
        if grid is None and is_answer_sheet(whole):
            # A filled-in review sheet lying among the lists has names on both sides of a pair, and is no list.
            _not_read(result, whole, _OUR_OWN)
            continue
        parts_of_sheet = [whole] if grid is not None else lists_in(whole)
        if len(parts_of_sheet) > 1:
            result.issues.append(_several_lists(parts_of_sheet))
        before: str | None = None  # what the list above it in the same sheet is
        for raw in parts_of_sheet:
            if grid is not None:
                # The marks below the headings are no headings; there are thirty in each row.
                verdict = recognise(replace(raw, rows=raw.rows[: grid.last_heading + 1]), "absence")
            else:
                verdict = recognise(raw, kind)
            if isinstance(verdict, NotRecognised) and before is not None and not verdict.no_list:
                verdict = recognise(raw, before)
            if isinstance(verdict, NotRecognised):
                _not_read(result, raw, verdict.reason)
                continue
            before = verdict.spec.kind
            try:
                verdict, doubled = settle(raw, verdict)
            except Undecided as refusal:
                if not skip_refused:
                    raise
                result.issues.append(refusal.issue)
                _not_read(result, raw, f"没有采用：{refusal.what}")
                continue
            # Done while the next files are on their way; which roster is last term's is known at the end.
            stem = PurePosixPath(raw.file).stem
            hints = f"{verdict.title} {raw.sheet or stem} {stem}"
            fates = sort_rows(raw, verdict)
            nil, legends, lines = frozenset[int](), list[str](), tuple[Line, ...]()
            if verdict.spec.kind == "absence":
                fates, nil, legends = absence_rows(raw, verdict, fates, grid)
            if verdict.spec.kind == "presence":
                fates, lines = list_lines(raw, verdict, fates)
            data, issues = conform(verdict.spec, raw, verdict.sources, fates.kept, memory)
            issues = [*fates.issues, *issues, *doubled]
            alone = len(parts_of_sheet) == 1
            sheet = _Sheet(
                raw, verdict, verdict.spec, hints, stem, fates, data, issues, grid, nil, legends, lines, alone
            )
            if verdict.spec.kind == "enrollment" or len(parts_of_sheet) > 1:
                later.append(sheet)
            else:
                _take(sheet, result, parts, absences, opening, as_of)
    for sheet in _tell_previous(later, opening, assigned or {}):
        _take(sheet, result, parts, absences, opening, as_of)
    result.frames = {
        kind: absences.frame() if kind == "absence" else _frame(kind, columns) for kind, columns in parts.items()
    }
    result.inputs = _one_per_register(result.inputs)
    return result


def _several_lists(lists: Sequence[RawSheet]) -> Issue:
    first = lists[0]
    rows = "、".join(f"第{part.row_number(0)}行" for part in lists[1:])
    return Issue(
        None, first.file, first.sheet, None, None, None, "several_lists", "note", None,
        f"这张表里上下放了{len(lists)}份名单（后面的从{rows}开始），已分开读入",
    )  # fmt: skip


def _not_read(result: Registers, raw: RawSheet, reason: str) -> None:
    blank = sum(is_blank(row) for row in raw.rows)
    total = raw.records
    result.inputs.append(InputCount(raw.file, raw.sheet, None, total, 0, total - blank, blank, None, reason))


def _one_per_register(inputs: Sequence[InputCount]) -> list[InputCount]:
    """Return the counts in the order of files and sheets, lists of one register in one sheet added up."""
    merged: dict[tuple[str, str | None, str | None, bool], InputCount] = {}
    for entry in inputs:
        key = (entry.file, entry.sheet, entry.register, entry.is_no_list)
        before = merged.get(key)
        if before is None:
            merged[key] = entry
            continue
        days = [day for day in (before.list_date, entry.list_date) if day is not None]
        notes = dict.fromkeys(note for note in (before.note, entry.note) if note)
        merged[key] = InputCount(
            entry.file,
            entry.sheet,
            entry.register,
            before.rows_read + entry.rows_read,
            before.rows_kept + entry.rows_kept,
            before.rows_set_aside + entry.rows_set_aside,
            before.rows_blank + entry.rows_blank,
            max(days, default=None),
            "；".join(notes) or None,
        )
    return sorted(merged.values(), key=lambda entry: (entry.file, entry.sheet or ""))


def _tell_previous(sheets: list[_Sheet], opening: date, assigned: Mapping[str, str]) -> list[_Sheet]:
    """Return the sheets with every enrollment register of an earlier term turned into `previous`."""
    registers = [s for s in sheets if s.spec.kind == "enrollment" and s.raw.file not in assigned]
    newest = max((day for s in registers for day in dates_in(s.hints)), default=None)
    for sheet in registers:
        term = term_named(sheet.hints)
        days = dates_in(sheet.hints)
        if term is not None:
            old = term < term_number(opening)
        elif says_last_term(sheet.hints):
            old = True
        else:
            # Only a list clearly older than another one at hand is called old; a lone old export stays the
            # enrollment register, and `register_outdated` then speaks about it.
            old = bool(days) and newest is not None and len(registers) > 1 and max(days) < newest - _STALE_AFTER
        if old:
            sheet.spec = BY_KIND["previous"]
    if not any(s.spec.kind == "enrollment" for s in sheets) and len(registers) == 1:
        registers[0].spec = BY_KIND["enrollment"]
    return sheets


def _take(
    sheet: _Sheet,
    result: Registers,
    parts: dict[str, list[Columns]],
    absences: Marks,
    opening: date,
    as_of: date,
) -> None:
    raw, spec, data, fates = sheet.raw, sheet.spec, sheet.data, sheet.fates
    issues = [issue if issue.register == spec.kind else replace(issue, register=spec.kind) for issue in sheet.issues]
    year = school_year(opening) - (1 if spec.kind == "previous" and _a_year_back(sheet, opening) else 0)
    if spec.placed_in_class:
        issues += _place(data, sheet, year)
    issues += row_checks(spec, raw, sheet.recognised.sources, data, fates.kept, as_of=as_of, school_year=year)
    if spec.kind == "enrollment":
        issues += _without_number(data, sheet)
    names = {row: _at(sheet, row, "name") for row in data["row"]}
    issues += repeated_rows(spec.kind, raw.file, raw.sheet, data, names)
    list_date: date | None = None
    note: str | None = None
    if spec.kind == "presence":
        issues += mark_rows(
            data, raw, sheet.recognised, fates.kept, sheet.lines, stem=sheet.stem, as_of=as_of, alone=sheet.alone
        )
        list_date, note = _dated(data, sheet, as_of, opening)
        if note:
            issues.append(
                Issue("presence", raw.file, raw.sheet, None, None, None, "list_undated", "warning", None, note)
            )
    if spec.kind == "absence":
        issues += read_marks(raw, sheet.recognised, sheet.grid, fates, sheet.nil, sheet.legends, data, as_of, absences)
    result.issues += issues
    fate = (raw.records, len(fates.kept), raw.records - len(fates.kept) - fates.blank, fates.blank)
    result.inputs.append(InputCount(raw.file, raw.sheet, spec.kind, *fate, list_date, note))
    seen = result.columns_seen.setdefault(spec.kind, set())
    seen.update(source.column.key for source in sheet.recognised.sources)
    parts.setdefault(spec.kind, []).append(data)


def _frame(kind: str, parts: list[Columns]) -> pl.DataFrame:
    """Return the sheets of one register as one frame, sorted by place."""
    schema = BY_KIND[kind].schema()
    whole = {key: list(chain.from_iterable(part[key] for part in parts)) for key in schema}
    return pl.DataFrame(whole, schema=schema).sort("file", "sheet", "row", maintain_order=True)


def _without_number(data: Columns, sheet: _Sheet) -> list[Issue]:
    """Return an issue for each registered child without any number: such a child is matched by name only."""
    if all(source.column.key != "id_number" for source in sheet.recognised.sources):
        return []
    return [
        Issue(
            "enrollment", sheet.raw.file, sheet.raw.sheet, _at(sheet, row, "id_number"), row, "id_number",
            "id_missing", "warning", None,
            "没有证件号，只能凭姓名和班级比对，请补录",
        )
        for row, state in zip(data["row"], data["id_number_state"], strict=True)
        if state in (None, "missing")
    ]  # fmt: skip


def _at(sheet: _Sheet, row: int, key: str) -> str | None:
    """Return the address of a register column in a physical row, None when the sheet has no such column."""
    place = next((source.places[0] for source in sheet.recognised.sources if source.column.key == key), None)
    return None if place is None else cell_address(row, place)


def _a_year_back(sheet: _Sheet, opening: date) -> bool:
    term = term_named(sheet.hints)
    if term is None:
        return opening.month >= 8  # the term before an autumn opening lies in the school year before
    return term // 2 < school_year(opening)


def _place(data: Columns, sheet: _Sheet, year: int) -> list[Issue]:
    """Bring grade and class to the canonical form, filled from title, sheet or file name; return what is unclear."""
    junior = says_junior(sheet.hints) or False
    texts = (sheet.recognised.title, sheet.raw.sheet or "", sheet.stem)
    hint = hinted_placement(texts, year, junior=junior)
    memo: dict[tuple[object, ...], tuple[str | None, str | None]] = {}
    issues: list[Issue] = []
    grades: list[str | None] = []
    classes: list[str | None] = []
    nothing = [None] * len(data["row"])
    stages, schools = data.get("stage", nothing), data.get("school", nothing)
    columns = (data["grade"], data["class_name"], data["grade_and_class"], stages, schools, data["row"])
    for grade_text, class_text, both_text, stage, school, row in zip(*columns, strict=True):
        key = (grade_text, class_text, both_text, stage, school)
        if key not in memo:
            room = class_text if class_text is not None else both_text
            place = placement_in_stage(grade_text, room, year, stage=stage, school=school, junior=junior)
            grade, name = place.grade, place.class_name
            if name is None and (grade is None or grade == hint.grade):
                grade, name = hint.grade, hint.class_name
            elif grade is None and hint.grade is not None and name is not None:
                grade, name = hint.grade, make_placement(hint.grade, name.removesuffix("班")).class_name
            memo[key] = (grade, name)
        grade, name = memo[key]
        grades.append(grade)
        classes.append(name)
        if name is None or grade is None:
            issues.append(
                Issue(
                    sheet.spec.kind, sheet.raw.file, sheet.raw.sheet, _at(sheet, row, "class_name"), row, "class_name",
                    "class_unknown", "warning",
                    " ".join(str(part) for part in key[:3] if part is not None) or None,
                    "看不出年级和班级，请在“年级”“班级”两栏写成 七年级、1班 这样的形式",
                )
            )  # fmt: skip
    data["grade"], data["class_name"] = grades, classes
    return _one_per_sheet(issues) if len(issues) == len(grades) else issues


def _one_per_sheet(issues: list[Issue]) -> list[Issue]:
    """Return one issue for a sheet none of whose rows tell their class, instead of one per row."""
    if len(issues) < 2:
        return issues
    return [replace(issues[0], row=None, cell=None, message=f"整张表（{len(issues)}行）{issues[0].message}")]


def _dated(data: Columns, sheet: _Sheet, as_of: date, opening: date) -> tuple[date | None, str | None]:
    """Fill `list_date` in the order of CONTRACT §2; return the date of the list and a warning.

    A list without a date whose title names an earlier term is of that term's first day, so that it decides nothing now.
    """
    rows = len(data["row"])
    day, guessed = day_named(sheet.recognised.title, as_of)
    if day is not None:
        data["list_date"] = [day] * rows
        return day, f"标题日期没有年份，按 {day:%Y-%m-%d} 处理" if guessed else None
    stated: list[date] = [found for found in data["list_date"] if found is not None]
    if stated:
        last = max(stated)
        children = list(zip(data["class_name"], data["name"], strict=True))
        if len(set(children)) < len(children) and len(set(stated)) > 1:
            # The same pupils under several dates: several lists in one sheet, each row keeps its own date.
            data["list_date"] = [found or last for found in data["list_date"]]
        else:
            # Otherwise the column says when each pupil came; the list is as old as its latest entry.
            data["list_date"] = [last] * rows
        return last, None
    days = dates_in(sheet.raw.sheet or sheet.stem)
    if len(days) == 1:
        data["list_date"] = days * rows
        return days[0], None
    term = term_named(sheet.hints)
    if term is not None and term < term_number(opening):
        begun = first_day_of(term)
        data["list_date"] = [begun] * rows
        return begun, f"标题写的是以前的学期，没有写日期，按 {begun:%Y-%m-%d} 处理，本学期不用"
    data["list_date"] = [as_of] * rows
    return as_of, (f"{register_label('presence')}没有日期，按核对基准日 {as_of:%Y-%m-%d} 处理，请在标题中写明日期")
