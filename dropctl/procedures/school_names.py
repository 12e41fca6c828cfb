"""One name for each school of a call, however the papers write it, and the school of each list that names none.

By code, by the names somebody declared (`registers.school_names`), by leaving out county and township. Names are
never guessed from likeness: 石桥小学 and 石桥中心小学 may be two schools. Where a list names no school, the folder it
lies in may: the nearest one above it whose enrollment register is of a single school.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath
from types import MappingProxyType

import polars as pl

from dropctl.registers.school_names import School
from dropctl.tables.issues import Issue
from dropctl.vocabulary import register_label

_LIKE_A_SCHOOL = re.compile(r"(小学|中学|学校|初中|教学点)$")
_ABOVE = re.compile(r"^.{1,6}?(省|市|县|区|旗|镇|乡)")
# What is left when county and township are taken away may be any township's school: 中心小学, 第二中学.
_ANYBODY = re.compile(r"^(中心|实验|初级|完全|希望|民族|第?[一二三四五六七八九十]+)*(小学|小|中学|中|学校|初中)$")
_OF_CLASSES = ("presence", "absence", "approval")


def plain(name: str) -> str:
    """Return a school's name in normal width without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


@dataclass(slots=True)
class Spellings:
    """Spelling → the name a school goes by. What two schools share names neither."""

    _names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, name: str, *spellings: str) -> None:
        """Let `spellings` (and the name without its county and township) stand for `name`."""
        full = plain(name)
        for spelling in (full, *map(plain, spellings)):
            if spelling:
                self._names[spelling].add(full)
        short = full
        while found := _ABOVE.match(short):
            short = short[found.end() :]
            if len(short) < 4 or _ANYBODY.match(short):
                break
            self._names[short].add(full)

    def in_path(self, path: PurePath) -> str | None:
        """Return the school that the innermost folder with a school's name names, None when no folder does."""
        for part in reversed(path.parts[:-1]):
            found = self._names.get(plain(part), set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def of(self, written: str | None) -> str | None:
        """Return the school's name for what is written; the writing itself when it is nobody's, or several schools'."""
        if written is None:
            return None
        spelling = plain(written)
        found = self._names.get(spelling, set())
        return next(iter(found)) if len(found) == 1 else spelling


def collect(frames: Mapping[str, pl.DataFrame], known: Sequence[School], given: str | None = None) -> Spellings:
    """Return the names known from the list of schools, the workspace, and equal codes in the enrollment register."""
    names = Spellings()
    by_code: dict[str, str] = {}
    for school in known:
        names.add(school.name, *school.short_names)
        if school.code:
            by_code[school.code] = school.name
    if given is not None:
        names.add(names.of(given) or given, given)
    enrollment = frames.get("enrollment")
    if enrollment is not None:
        coded: dict[str, Counter[str]] = defaultdict(Counter)
        for written, code in enrollment.select("school", "school_code").iter_rows():
            if written is not None:
                (coded[code] if code else coded[f"/{plain(written)}"])[written] += 1
        for code, spellings in coded.items():
            often = min(spellings.items(), key=lambda item: (-item[1], item[0]))[0]
            named = by_code.get(code) or next((name for name in spellings if names.of(name) != plain(name)), often)
            names.add(names.of(named) or named, *spellings)
    return names


def name_schools(
    frames: Mapping[str, pl.DataFrame],
    names: Spellings,
    given: str | None,
    paths: Mapping[str, PurePath] = MappingProxyType({}),
) -> tuple[dict[str, pl.DataFrame], str | None, list[Issue]]:
    """Return the frames with one name per school, the school if it is a single one, and what could not be told.

    One school: every list of classes is its own, whatever it says. Several: each row keeps its own school, and a
    list that names none takes that of its folder; where that fails too the rows have none, and an issue says so.
    `paths`: where the files really lie, for names that are relative to several folders.
    """
    named = {kind: _spelled_alike(frame, names) for kind, frame in frames.items()}
    registers, issues = _name_registers(named["enrollment"], names, given, paths)
    named["enrollment"] = registers
    there = registers["school"].drop_nulls().unique().to_list()
    if len(there) <= 1:
        school = given or (there[0] if there else None)
        fill = pl.lit(school, dtype=pl.String).alias("school")
        of_pupils = ("enrollment", "previous", *_OF_CLASSES)
        frames = {kind: frame.with_columns(fill) if kind in of_pupils else frame for kind, frame in named.items()}
        return frames, school, []
    folders = _Folders(registers, names, paths)
    for kind in ("previous", *_OF_CLASSES):
        if kind in named:
            named[kind], unknown = _by_folder(named[kind], folders, set(there))
            issues += [_unknown(kind, *place) for place in unknown]
    return named, None, issues


def _spelled_alike(frame: pl.DataFrame, names: Spellings) -> pl.DataFrame:
    found = [name for name in ("school", "other_school", "from_school", "to_school") if name in frame.columns]
    spelled = []
    for column in found:
        written = frame[column].unique().to_list()
        mapped = {text: names.of(text) for text in written if text is not None}
        spelled.append(pl.col(column).replace(mapped).alias(column))
    return frame.with_columns(spelled) if spelled else frame


def _name_registers(
    enrollment: pl.DataFrame, names: Spellings, given: str | None, paths: Mapping[str, PurePath]
) -> tuple[pl.DataFrame, list[Issue]]:
    """Return the register with a school in every row where some register names one, and a note on each guess.

    A register without a school's name lies in a folder that a school is called by, or beside one that names it; else
    its folder stands for a school of its own, because two schools taken for one hide children.
    """
    schools = enrollment["school"].drop_nulls().unique().to_list()
    bare = enrollment.filter(pl.col("school").is_null())["file"].unique().sort().to_list()
    if not bare or not (schools or given):
        return enrollment, []
    beside: dict[PurePath, set[str]] = defaultdict(set)
    for file, school in set(enrollment.select("file", "school").drop_nulls().iter_rows()):
        beside[_path(file, paths).parent].add(school)
    taken: dict[str, str] = {}
    issues = []

    def rooms(file: str | None, school: str | None) -> set[tuple[str | None, str | None]]:
        of = pl.col("file") == file if file is not None else pl.col("school") == school
        return set(enrollment.filter(of & pl.col("class_name").is_not_null()).select("grade", "class_name").iter_rows())

    for file in bare:
        path = _path(file, paths)
        found = names.in_path(path) or next(
            (next(iter(beside[folder])) for folder in path.parents if len(beside.get(folder, ())) == 1), None
        )
        if found is None:
            called = next((part for part in reversed(path.parts[:-1]) if _LIKE_A_SCHOOL.search(part)), None)
            # The only school named may be this one's, too, unless it has the same classes already.
            only = schools[0] if len(schools) == 1 and not rooms(file, None) & rooms(None, schools[0]) else None
            found = called or given or only or path.parent.name or path.stem
            if found not in (given, *schools):
                issues.append(_guessed(file, found))
        taken[file] = found
    rows = enrollment.select("file", "school").iter_rows()
    filled = [school if school is not None else taken[file] for file, school in rows]
    return enrollment.with_columns(pl.Series("school", filled, dtype=pl.String)), issues


def _path(file: str, paths: Mapping[str, PurePath]) -> PurePath:
    return paths.get(file, PurePosixPath(file))


class _Folders:
    """Which school a folder belongs to: whose register lies in it, or the only one whose register is below it."""

    def __init__(self, enrollment: pl.DataFrame, names: Spellings, paths: Mapping[str, PurePath]) -> None:
        self._names, self._paths = names, paths
        self._inside: dict[PurePath, set[str]] = defaultdict(set)
        self._below: dict[PurePath, set[str]] = defaultdict(set)
        for file, school in set(enrollment.select("file", "school").drop_nulls().iter_rows()):
            path = _path(file, paths)
            self._inside[path.parent].add(school)
            for folder in path.parents:
                self._below[folder].add(school)

    def school_of(self, file: str, schools: set[str]) -> str | None:
        """Return the school of a file from its name, its folders' names, or the registers around it."""
        path = _path(file, self._paths)
        said = {school for school in schools if school in plain(file)}
        if len(said) == 1:
            return said.pop()
        called = self._names.in_path(path)
        if called in schools:
            return called
        for folder in path.parents:
            for around in (self._inside, self._below):
                if len(around.get(folder, ())) == 1:
                    return next(iter(around[folder]))
            if folder in self._below:
                return None
        return None


def _by_folder(
    frame: pl.DataFrame, folders: _Folders, schools: set[str]
) -> tuple[pl.DataFrame, list[tuple[str, str | None]]]:
    """Return the frame with the school of its folder where a row names none of ours, and the sheets left without."""
    if "school" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("school"))
    of_file = {file: folders.school_of(file, schools) for file in frame["file"].unique().to_list()}
    filled = [
        school if school in schools else of_file[file] or school
        for file, school in frame.select("file", "school").iter_rows()
    ]
    frame = frame.with_columns(pl.Series("school", filled, dtype=pl.String))
    left = frame.filter(pl.col("school").is_null()).select("file", "sheet").unique().sort("file", "sheet").rows()
    return frame, left


def _guessed(file: str, school: str) -> Issue:
    message = (
        f"学籍名册没有写学校名称，按文件夹当作一所学校“{school}”单独核对；请加“学校名称”一栏，或把文件夹改成学校的全称"
    )
    return Issue("enrollment", file, None, None, None, "school", "school_guessed", "warning", None, message)


def _unknown(kind: str, file: str, sheet: str | None) -> Issue:
    message = (
        f"这次核对了几所学校，看不出这份{register_label(kind)}是哪一所的，没有据它判断谁返校；"
        "请加“学校名称”一栏，或把它放进那所学校学籍名册所在的文件夹"
    )
    return Issue(kind, file, sheet, None, None, "school", "school_unknown", "warning", None, message)
