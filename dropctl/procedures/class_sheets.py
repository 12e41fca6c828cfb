"""The sheets a class fills in, made from the register: the month's attendance, or the return check of a term start."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from dropctl.errors import Refused, place
from dropctl.files import WholeFiles, safe_file_name
from dropctl.ingest.reading import start_reading
from dropctl.procedures.intake import read_files, term_given
from dropctl.registers.grades import read_placement
from dropctl.school_calendar import CalendarYearUnknown, SchoolCalendar, Term, add_months, holiday_label, school_year
from dropctl.vocabulary import STATUS_BY_LABEL
from dropctl.workbooks.class_sheets import (
    ClassMonth,
    ClassReturn,
    SheetDay,
    month_workbook,
    return_workbook,
)
from dropctl.workspace import Workspace

_CLASSES_NAMED = 12


@dataclass(frozen=True, slots=True)
class ClassSheets:
    """What was asked for: one file name and content per class, and what to say about it."""

    files: tuple[tuple[str, ClassMonth | ClassReturn], ...]
    notes: tuple[str, ...]


def class_sheets(
    paths: Sequence[Path],
    *,
    as_of: date,
    classes: Sequence[str] = (),
    month: date | None = None,
    workspace: Workspace | None = None,
    opening: date | None = None,
    closing: date | None = None,
    school: str | None = None,
) -> ClassSheets:
    """Return the sheets of `classes` (all when empty): of `month`, or without it the return check of the term.

    Names are those of the register in `paths`, else of the latest one recorded in the workspace, else of its inbox.
    Raises Refused without a register, for a class nobody is in, and for a month without a school day.
    """
    opening, closing, opening_note = term_given(as_of, workspace, opening, closing)
    calendar = workspace.calendar() if workspace else SchoolCalendar((Term("本学期", opening, closing),))
    frame, notes = _register(paths, workspace, opening, as_of)
    named = school or (workspace.school_name if workspace else None) or _only_school(frame)
    groups = _by_class(frame)
    wanted = _wanted(classes, groups, school_year(opening)) if classes else sorted(groups, key=_order)
    if opening_note:
        notes.insert(0, opening_note)
    days = _days(calendar, month) if month else []
    files: list[tuple[str, ClassMonth | ClassReturn]] = []
    for name in wanted:
        pupils = groups[name]
        twice = sorted(one for one, count in Counter(pupil for pupil, _ in pupils).items() if count > 1)
        if twice:
            notes.append(f"{name}有同名学生（{'、'.join(twice)}），请在表上姓名右边的空白处注明，收回时由人区分")
        if month:
            content: ClassMonth | ClassReturn = ClassMonth(named, name, month, [pupil for pupil, _ in pupils], days)
            file = f"考勤表-{name}-{month:%Y-%m}.xlsx"
        else:
            content, file = ClassReturn(named, name, opening, pupils), f"返校登记-{name}.xlsx"
        files.append((safe_file_name(file), content))
    return ClassSheets(tuple(files), tuple(notes))


def _only_school(register: pl.DataFrame) -> str | None:
    """Return the school of a register, None when it names several or none: then a sheet is headed by its class."""
    names = register["school"].drop_nulls().unique().to_list()
    return str(names[0]) if len(names) == 1 else None


def write_class_sheets(sheets: ClassSheets, out: Path) -> list[Path]:
    """Write the files into `out`, all or none; Refused when one is there already and holds something else."""
    written = []
    with WholeFiles() as files:
        for name, content in sheets.files:
            target = out / name
            staged = files.stage(target)
            if isinstance(content, ClassMonth):
                month_workbook(staged, content)
            else:
                return_workbook(staged, content)
            if target.is_file() and target.read_bytes() != staged.read_bytes():
                raise Refused(
                    "这里已经有同名的表，里面可能已经填过，没有覆盖",
                    where=str(target),
                    todo="先把它移走，或用 -o 指定另一个文件夹",
                )
            written.append(target)
    return written


def _register(
    paths: Sequence[Path], workspace: Workspace | None, opening: date, as_of: date
) -> tuple[pl.DataFrame, list[str]]:
    notes: list[str] = []
    frames: dict[str, pl.DataFrame] = {}
    if not paths and workspace is not None:
        carried = workspace.snapshots().complete(frames, {}, as_of)
        notes += [f"名单用的是{day}读入的学籍名册" for kind, day in carried if kind == "enrollment"]
        if "enrollment" not in frames:
            paths = [workspace.inbox]
    if paths:
        registers, _, _ = read_files(start_reading(paths), opening, as_of, None, False, None)
        frames = registers.frames
        notes = [f"{place(issue.file, issue.sheet, issue.cell)}：{issue.message}" for issue in registers.issues
                 if issue.register == "enrollment" and issue.code == "class_unknown"]  # fmt: skip
    if "enrollment" not in frames:
        raise Refused(
            "没有学籍名册，不知道各班有哪些学生",
            todo="写上学籍名册文件，或在工作区里先做一次 dropctl reconcile",
        )
    return frames["enrollment"], notes


def _by_class(register: pl.DataFrame) -> dict[str, list[tuple[str, str | None]]]:
    """Return class → (name, sex) of those expected, in the order of the register, each row once."""
    groups: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    seen = set()
    for name, sex, class_name, status, number in register.select(
        "name", "sex", "class_name", "status", "id_number"
    ).iter_rows():
        known = STATUS_BY_LABEL.get(status or "")
        if name is None or class_name is None or (known is not None and not known.expected):
            continue
        if number is not None and (number, name) in seen:
            continue  # one child registered twice is one child on the sheet
        seen.add((number, name))
        groups[class_name].append((name, sex))
    return dict(groups)


def _order(class_name: str) -> tuple[int, int, str]:
    numerals = "一二三四五六七八九"
    digits = "".join(char for char in class_name[3:] if char.isdigit())
    return (numerals.find(class_name[0]), int(digits or 0), class_name)


def _wanted(asked: Sequence[str], groups: dict[str, list[tuple[str, str | None]]], year: int) -> list[str]:
    found = []
    for text in asked:
        name = text if text in groups else read_placement(None, text, year).class_name
        if name not in groups:
            known = sorted(groups, key=_order)
            more = f"等{len(known)}个班" if len(known) > _CLASSES_NAMED else ""
            raise Refused(
                f"学籍名册上没有“{text}”这个班",
                todo=f"从这些里选：{'、'.join(known[:_CLASSES_NAMED])}{more}",
            )
        found.append(name)
    return list(dict.fromkeys(found))


def _days(calendar: SchoolCalendar, month: date) -> list[SheetDay]:
    """Return the school days of the month, and each stretch of weekdays off between them with its name."""
    days: list[SheetDay] = []
    off: list[date] = []
    last = add_months(month, 1) - timedelta(days=1)
    for offset in range((last - month).days + 1):
        day = month + timedelta(days=offset)
        if calendar.term_of(day) is None:
            continue
        try:
            school = calendar.is_school_day(day)
        except CalendarYearUnknown as error:
            raise Refused(error.what, todo=error.todo) from error
        if school:
            _close(days, off, calendar)
            days.append(SheetDay(day, day))
        else:
            off.append(day)
    _close(days, off, calendar)
    if all(day.closed for day in days):
        raise Refused(
            f"{month.year}年{month.month}月没有上课日",
            todo="核对 --month；学期日期有误请改 dropctl.toml，或用 --opening、--closing 指定",
        )
    return days


def _close(days: list[SheetDay], off: list[date], calendar: SchoolCalendar) -> None:
    """Add the stretch `off` when a holiday or closure is in it; a plain weekend needs no column."""
    names = list(dict.fromkeys(holiday_label(calendar, day) for day in off))
    named = [name for name in names if name != "周末"]
    if named:
        inside = [day for day in off if holiday_label(calendar, day) != "周末"]
        days.append(SheetDay(inside[0], inside[-1], "、".join(named)))
    off.clear()
