"""A school's own folder: `dropctl.toml` (school, terms, closures, responsible people) and the folders beside it.

It is read strictly: a key nobody knows is named, never passed over. A message names file and key, never the
value, which may be personal data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from dropctl.errors import Refused
from dropctl.school_calendar import Closure, SchoolCalendar, Term, YearOverride, parse_override

if TYPE_CHECKING:
    from dropctl.workspace.snapshots import Snapshots

CONFIG_NAME = "dropctl.toml"
INBOX, OUT, STATE, CALENDAR = "inbox", "out", ".dropctl", "calendar"


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            value = None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("不是日期，写成 2025-09-01 的样子，不加引号")


def _words(value: object) -> object:
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(value, str):
        raise ValueError("应当是文字，写在英文引号里")
    return value.strip()


def _named(value: object) -> object:
    if not (text := _words(value)):
        raise ValueError("不能为空")
    return text


Day = Annotated[date, BeforeValidator(_day)]
Words = Annotated[str, BeforeValidator(_words)]
Name = Annotated[str, BeforeValidator(_named)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SchoolSection(_Section):
    """`[school]`: whose workspace this is; `code` is the 10-digit 学校标识码 or whatever stands for it."""

    role: Literal["school", "county"]
    name: Name
    code: Words = ""
    short_names: tuple[Name, ...] = ()


class TermSection(_Section):
    """One `[[terms]]`: first and last day of a term."""

    name: Name
    opening: Day
    closing: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opening >= self.closing:
            raise ValueError("的 opening（开学日）不早于 closing（最后一天）")
        return self


class ClosureSection(_Section):
    """One `[[closures]]`: days on which this school does not teach, both ends included."""

    first: Day
    last: Day
    reason: Name

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("的 last 早于 first")
        return self


class CalendarSection(_Section):
    """`[calendar]`: the folder that holds `<year>.toml` for years the program does not know, or knows wrongly."""

    folder: Name = CALENDAR


class Config(_Section):
    """Everything `dropctl.toml` may hold; `people` is duty → person, both in the school's own words."""

    school: SchoolSection
    terms: tuple[TermSection, ...] = ()
    closures: tuple[ClosureSection, ...] = ()
    people: dict[str, Words] = {}
    calendar: CalendarSection = CalendarSection()

    @model_validator(mode="after")
    def _terms_apart(self) -> Self:
        ordered = sorted(self.terms, key=lambda term: term.opening)
        for before, after in pairwise(ordered):
            if after.opening <= before.closing:
                raise ValueError(f"terms 中“{before.name}”和“{after.name}”的日期重叠")
        names = [term.name for term in ordered]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"terms 中有两个学期都叫“{twice[0]}”")
        return self


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace: its folder and what its `dropctl.toml` says."""

    root: Path
    config: Config

    @property
    def school_name(self) -> str:
        """The name of the school (or county office) in full."""
        return self.config.school.name

    @property
    def inbox(self) -> Path:
        """Where the registrar puts the files."""
        return self.root / INBOX

    @property
    def out(self) -> Path:
        """Where results go."""
        return self.root / OUT

    @property
    def state(self) -> Path:
        """Where the program keeps what it remembers, mode 0700."""
        return self.root / STATE

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms, by opening day."""
        found = (Term(term.name, term.opening, term.closing) for term in self.config.terms)
        return tuple(sorted(found, key=lambda term: term.opening))

    def term_at(self, day: date) -> Term | None:
        """Return the term `day` lies in, in vacation the one that ended last; None before the first."""
        return next((term for term in reversed(self.terms) if term.opening <= day), None)

    @property
    def calendar_folder(self) -> Path:
        """Where `<year>.toml` files stand for years the program does not know, or knows wrongly."""
        return self.root / self.config.calendar.folder

    def overrides(self) -> dict[int, YearOverride]:
        """Return the years that `calendar/<year>.toml` fills; Refused, naming the file, when one cannot be used."""
        found = {}
        for path in sorted(self.calendar_folder.glob("*.toml")):
            if not re.fullmatch(r"[0-9]{4}", path.stem):
                where = f"{self.config.calendar.folder}/{path.name}"
                raise Refused("校历文件的名字不是年份", where=where, todo="改成 2027.toml 的样子")
            found[int(path.stem)] = parse_override(int(path.stem), _document(path))
        return found

    def snapshots(self) -> Snapshots:
        """Return what was read and found in earlier runs; Refused when a record is damaged."""
        from dropctl.workspace.snapshots import Snapshots  # late: polars is not needed to read the settings

        return Snapshots(self.state)

    def calendar(self) -> SchoolCalendar:
        """Return the school's calendar: terms, closures and override files; Refused when a file is wrong."""
        closures = tuple(Closure(line.first, line.last, line.reason) for line in self.config.closures)
        return SchoolCalendar(self.terms, closures, self.overrides())


def find_workspace(start: Path, given: Path | None = None) -> Workspace | None:
    """Return the workspace in `given`, else the nearest from `start` upwards, else None; Refused for a bad one."""
    if given is not None:
        if not (given / CONFIG_NAME).is_file():
            todo = f"检查 -w 指定的文件夹，或先用 dropctl init {given} 新建"
            raise Refused(f"这里没有 {CONFIG_NAME}，不是工作区", where=str(given), todo=todo)
        return open_workspace(given.resolve())
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG_NAME).is_file():
            return open_workspace(folder)
    return None


def open_workspace(root: Path) -> Workspace:
    """Return the workspace in `root`; Refused, naming file and key, when its `dropctl.toml` is wrong."""
    path = root / CONFIG_NAME
    return Workspace(root, checked(_document(path), str(path)))


def _document(path: Path) -> dict[str, Any]:
    """Return the parsed TOML of `path`; Refused, naming the line, when it is not TOML."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        todo = "用记事本打开，“另存为”时把编码选成 UTF-8"
        raise Refused("文件的编码不是 UTF-8，读不出来", where=str(path), todo=todo) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        at = f"第{found[1]}行第{found[2]}个字符附近" if found else "文件结尾处"
        todo = "检查引号、方括号和等号是否都是英文的、是否成对，中文的项名是否加了引号"
        raise Refused(f"{at}写法有误，读不出来", where=str(path), todo=todo) from error
    except OSError as error:
        raise Refused("文件打不开", where=str(path), todo="检查它是否存在、是否有权读取") from error


_FAULTS = {
    "missing": "没有写",
    "extra_forbidden": "不是认识的项",
    "literal_error": '只能是 "school" 或 "county"',
    "tuple_type": "应当是一组，写在方括号里",
    "dict_type": "应当是一节",
    "model_type": "应当是一节",
    "model_attributes_type": "应当是一节",
}


def checked(document: Mapping[str, Any], where: str) -> Config:
    """Return the settings in `document`; Refused with up to three faults, by key, never by value."""
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        said = []
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            parts = [f"第{part + 1}项" if isinstance(part, int) else str(part) for part in fault["loc"]]
            sentence = fault["msg"].removeprefix("Value error, ")
            # A sentence of pydantic's own is English; only those of this room are passed on.
            sentence = sentence if fault["type"] == "value_error" else _FAULTS.get(fault["type"], "的写法不对")
            said.append(f"{' '.join(parts)} {sentence}".strip())
        more = f"；另有{len(said) - 3}处" if len(said) > 3 else ""
        raise Refused("；".join(said[:3]) + more, where=where, todo="用记事本改正后再试") from None
