"""One name for each school, however the papers write it: by code, by the list of schools, by declared short names.

Names are never guessed from likeness: 石桥小学 and 石桥中心小学 may be two schools. Where a list names no school,
the folder it lies in may: the nearest one above it whose enrollment register is of a single school.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import polars as pl

from dropctl.tables.issues import Issue
from dropctl.vocabulary import register_label

_BETWEEN = re.compile(r"[、,，;；/\s]+")
_ABOVE = re.compile(r"^.{1,6}?(省|市|县|区|旗|镇|乡)")
# What is left when county and township are taken away may be any township's school: 中心小学, 第二中学.
_ANYBODY = re.compile(r"^(中心|实验|初级|完全|希望|民族|第?[一二三四五六七八九十]+)*(小学|小|中学|中|学校|初中)$")
_OF_CLASSES = ("presence", "approval")


def plain(name: str) -> str:
    """Return a school's name in normal width without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


@dataclass(slots=True)
class SchoolNames:
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

    def of(self, written: str | None) -> str | None:
        """Return the school's name for what is written; the writing itself when it is nobody's, or several schools'."""
        if written is None:
            return None
        spelling = plain(written)
        found = self._names.get(spelling, set())
        return next(iter(found)) if len(found) == 1 else spelling


def collect(
    frames: Mapping[str, pl.DataFrame], given: str | None = None, short_names: Sequence[str] = ()
) -> SchoolNames:
    """Return the names known from `dropctl.toml`, the list of schools, and equal codes in the enrollment register."""
    names = SchoolNames()
    schools = frames.get("schools")
    by_code: dict[str, str] = {}
    if schools is not None:
        columns = [name for name in ("school_name", "code", "short_names") if name in schools.columns]
        for row in schools.select(columns).iter_rows(named=True):
            if row.get("school_name"):
                names.add(row["school_name"], *_BETWEEN.split(row.get("short_names") or ""))
                if row.get("code"):
                    by_code[row["code"]] = row["school_name"]
    if given is not None:
        known = names.of(given) or given
        names.add(known, given, *short_names)
    enrollment = frames.get("enrollment")
    if enrollment is not None:
        coded: dict[str, Counter[str]] = defaultdict(Counter)
        for school, code in enrollment.select("school", "school_code").iter_rows():
            if school is not None:
                (coded[code] if code else coded[f"/{plain(school)}"])[school] += 1
        for code, spellings in coded.items():
            often = min(spellings.items(), key=lambda item: (-item[1], item[0]))[0]
            named = by_code.get(code) or next((name for name in spellings if names.of(name) != plain(name)), often)
            names.add(names.of(named) or named, *spellings)
    return names


def name_schools(
    frames: Mapping[str, pl.DataFrame], names: SchoolNames, given: str | None
) -> tuple[dict[str, pl.DataFrame], str | None, list[Issue]]:
    """Return the frames with one name per school, the school if it is a single one, and what could not be told.

    One school: every list of classes is its own, whatever it says. Several: each row keeps its own school, and a
    list that names none takes that of its folder; where that fails too the rows have none, and an issue says so.
    """
    named = {kind: _spelled_alike(frame, names) for kind, frame in frames.items()}
    there = named["enrollment"]["school"].drop_nulls().unique().to_list()
    if len(there) <= 1:
        school = given or (there[0] if there else None)
        fill = pl.lit(school, dtype=pl.String).alias("school")
        of_pupils = ("enrollment", "previous", *_OF_CLASSES)
        return (
            {kind: frame.with_columns(fill) if kind in of_pupils else frame for kind, frame in named.items()},
            school,
            [],
        )
    homes = _homes(named["enrollment"])
    issues: list[Issue] = []
    for kind in ("enrollment", "previous", *_OF_CLASSES):
        if kind in named:
            named[kind], unknown = _by_folder(named[kind], homes, set(there))
            issues += [_unknown(kind, *place) for place in unknown]
    return named, None, issues


def _spelled_alike(frame: pl.DataFrame, names: SchoolNames) -> pl.DataFrame:
    found = [name for name in ("school", "other_school", "from_school", "to_school") if name in frame.columns]
    spelled = []
    for column in found:
        written = frame[column].unique().to_list()
        mapped = {text: names.of(text) for text in written if text is not None}
        spelled.append(pl.col(column).replace(mapped).alias(column))
    return frame.with_columns(spelled) if spelled else frame


def _homes(enrollment: pl.DataFrame) -> dict[PurePosixPath, str | None]:
    """Return folder → its school; None where registers of several schools lie in it or below it."""
    homes: dict[PurePosixPath, set[str]] = defaultdict(set)
    for file, school in set(enrollment.select("file", "school").drop_nulls().iter_rows()):
        for folder in PurePosixPath(file).parents:
            homes[folder].add(school)
    return {folder: next(iter(found)) if len(found) == 1 else None for folder, found in homes.items()}


def _by_folder(
    frame: pl.DataFrame, homes: Mapping[PurePosixPath, str | None], schools: set[str]
) -> tuple[pl.DataFrame, list[tuple[str, str | None]]]:
    """Return the frame with the school of its folder where a row names none of ours, and the sheets left without."""
    if "school" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("school"))
    of_file = {file: _school_of(file, homes, schools) for file in frame["file"].unique().to_list()}
    filled = [
        school if school in schools else of_file[file] or school
        for file, school in frame.select("file", "school").iter_rows()
    ]
    frame = frame.with_columns(pl.Series("school", filled, dtype=pl.String))
    left = frame.filter(pl.col("school").is_null()).select("file", "sheet").unique().sort("file", "sheet").rows()
    return frame, left


def _school_of(file: str, homes: Mapping[PurePosixPath, str | None], schools: set[str]) -> str | None:
    path = PurePosixPath(file)
    said = {school for school in schools if school in plain(str(path))}
    if len(said) == 1:
        return said.pop()
    return next((homes[folder] for folder in path.parents if folder in homes), None)


def _unknown(kind: str, file: str, sheet: str | None) -> Issue:
    message = (
        f"这次核对了几所学校，看不出这份{register_label(kind)}是哪一所的，没有据它判断谁返校；"
        "请加“学校名称”一栏，或把它放进那所学校学籍名册所在的文件夹"
    )
    return Issue(kind, file, sheet, None, None, "school", "school_unknown", "warning", None, message)
