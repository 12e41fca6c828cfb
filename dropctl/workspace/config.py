"""A school's own folder: what its `dropctl.toml` says, and the folders beside it.

What the file may hold is declared in `settings`, which is loaded only where there is a workspace.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dropctl.errors import Refused
from dropctl.school_calendar import Closure, SchoolCalendar, Term, YearOverride, parse_override

if TYPE_CHECKING:
    from dropctl.workspace.settings import Config
    from dropctl.workspace.snapshots import Snapshots

CONFIG_NAME = "dropctl.toml"
INBOX, OUT, STATE, TEMPLATES = "inbox", "out", ".dropctl", "templates"


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
    def people(self) -> dict[str, str]:
        """Who answers for what: duty → person, in the school's own words."""
        return dict(self.config.people)

    @property
    def templates(self) -> Path:
        """Where the school keeps wordings of its own, in place of the packaged ones."""
        return self.root / TEMPLATES

    def issuer_word(self, *, official: bool) -> str:
        """Return what numbers of papers begin with: as `[numbering]` says, else the short name, else the name."""
        short = next(iter(self.config.school.short_names), self.school_name)
        forms = self.config.numbering.prefix or short
        return (self.config.numbering.letters or forms) if official else forms

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

    @property
    def plan_file(self) -> Path | None:
        """The county's own numbers, None where the packaged plan is used as it is."""
        return self.root / self.config.plan.file if self.config.plan.file else None

    def overrides(self) -> dict[int, YearOverride]:
        """Return the years that `calendar/<year>.toml` fills; Refused, naming the file, when one cannot be used."""
        found = {}
        for path in sorted(self.calendar_folder.glob("*.toml")):
            if not re.fullmatch(r"[0-9]{4}", path.stem):
                where = f"{self.config.calendar.folder}/{path.name}"
                raise Refused("校历文件的名字不是年份", where=where, todo="改成 2027.toml 的样子")
            found[int(path.stem)] = parse_override(int(path.stem), toml_document(path))
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
    from dropctl.workspace.settings import checked  # late: pydantic takes longer to load than all else here

    path = root / CONFIG_NAME
    return Workspace(root, checked(toml_document(path), str(path)))


def toml_document(path: Path) -> dict[str, Any]:
    """Return the parsed TOML of a file a person wrote; Refused, naming the line, when it is not TOML."""
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
