"""Parquet lists too large to be read cell by cell: recognised by their headings, compared by columns, never whole.

A county's register of a million rows goes through here as lazy columns; single rows are handed out as a sheet, so
that whatever needs a closer look is read exactly as any other list. Only a register's own columns are looked at.
Unlike small files these are opened by polars in this process: a guarded child could not hold them (decision D-81).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from dropctl.errors import Refused, UnreadableFile
from dropctl.ingest.headings import NotRecognised, Recognised, recognise
from dropctl.ingest.package import MAX_CELLS
from dropctl.ingest.workbook import SourceFile, find_sources
from dropctl.policy.rules.roster_marks import MARK_COLUMNS, said_mark
from dropctl.reconcile.model import numbers
from dropctl.reconcile.model.traits import COLUMNS, tidied_names
from dropctl.registers import steps
from dropctl.registers.cells import PLACEHOLDERS
from dropctl.tables.raw import Cell, RawSheet
from dropctl.tables.spec import Step

# Columns that hold nearly as many values as rows, and whose step says nothing about any text.
_FREE_TEXT = frozenset({steps.TEXT, steps.OPTIONAL_TEXT, steps.NAME, steps.CLASS_TEXT})
_PLAIN_NAME = "^[\u4e00-\u9fa5]{2,4}$"
_PLAIN_MOBILE = "^1[3-9][0-9]{8}[1-9]$"
_G_NUMBER = "^G[0-9]{17}[0-9X]$"
_QUIET_STATUS = ("在读", "复学")
_SPREADSHEET_DIGITS = 10**15
# Columns that stand for another one that a list does not have, as in `people`.
_ALSO = {"guardian": ("household_head",)}


@dataclass(frozen=True, slots=True)
class ColumnFile:
    """One Parquet file of a register; its rows are numbers `before` + 1 … of the register."""

    source: SourceFile
    recognised: Recognised
    columns: tuple[str, ...]
    records: int
    before: int

    def scan(self) -> pl.LazyFrame:
        """Return the file with `row`, the number of the row in the register."""
        return pl.scan_parquet(self.source.path).with_row_index("row", offset=self.before + 1)

    def column(self, key: str) -> str | None:
        """Return the file's own name of a register column, None when it has none."""
        place = next((one.places[0] for one in self.recognised.sources if one.column.key == key), None)
        return None if place is None else self.columns[place]


@dataclass(frozen=True, slots=True)
class ColumnList:
    """One register as the files that make it up."""

    kind: str
    files: tuple[ColumnFile, ...]

    @property
    def keys(self) -> set[str]:
        """Return the register columns that any of the files has."""
        return {source.column.key for file in self.files for source in file.recognised.sources}

    def values(self, key: str) -> set[str]:
        """Return the distinct values of a column, as texts."""
        found: set[str] = set()
        for file in self.files:
            if (name := file.column(key)) is not None:
                found.update(_distinct(file, name).cast(pl.String).to_list())
        return found

    @property
    def records(self) -> int:
        """How many rows its files have."""
        return sum(file.records for file in self.files)

    def compared(self) -> pl.LazyFrame:
        """Return the columns the matcher compares (`traits.COLUMNS` but classes) and `row`; who is nobody is left out.

        Names and numbers as they stand (the matcher tidies what is not plain), everything else conformed.
        """
        wanted = [key for key in COLUMNS if key != "class_key"]
        parts = [file.scan().select("row", *(_value(file, key).alias(key) for key in wanted)) for file in self.files]
        return pl.concat(parts).filter(pl.col("name").is_not_null() | pl.col("id_number").is_not_null())

    def rows(self, against: Collection[str] = ()) -> pl.DataFrame:
        """Return for every row: row (Int64), number (first 17 digits, repaired without loss), enrollment_number, inside
        (the digits of the number in it), name, born (Date, stated or in a number), `named`, `blank`, `quiet`.

        Quiet: nothing is to be said about it by itself. It has a plain name, a valid number that agrees with birth date
        and sex, an ordinary status, no cell that gives a problem, and no mark that is compared with one of the lists
        `against`.
        """
        parts = []
        for file in self.files:
            name, number = _value(file, "name"), _value(file, "id_number")
            shown = file.scan().select(
                pl.col("row").cast(pl.Int64),
                number.alias("text"),
                _value(file, "enrollment_number").alias("enrollment_number"),
                numbers.key17(_value(file, "enrollment_number").str.slice(1)).alias("inside"),
                name.alias("name"),
                _value(file, "birth_date").alias("born"),
                (name.is_not_null() | number.is_not_null()).alias("named"),
                pl.all_horizontal(_blank(pl.col(one).cast(pl.String)) for one in file.columns).alias("blank"),
                _says_nothing(file, self.kind, against).alias("quiet"),
            )
            frame = shown.collect(engine="streaming")
            text = numbers.settled(frame["text"])
            day = pl.lit(text).str.slice(6, 8).cast(pl.Int64, strict=False)
            readable = pl.when(numbers.is_real_day(day).fill_null(False)).then(day * 1000)
            frame = frame.drop("text").with_columns(
                tidied_names(frame["name"]).alias("name"),
                pl.coalesce(numbers.key17(pl.lit(text)), numbers.from_fifteen(pl.lit(text))).alias("number"),
                pl.coalesce("born", born_in(readable)).alias("born"),
            )
            parts.append(
                frame.with_columns(
                    pl.coalesce("born", *(born_in(pl.col(one)) for one in ("number", "inside"))).alias("born")
                )
            )
        return pl.concat(parts, rechunk=True)

    def sheets(self, rows: pl.Series) -> Iterator[RawSheet]:
        """Yield the given rows as sheets with the files' headings, numbered as in each file."""
        wanted = pl.LazyFrame({"row": rows.cast(pl.get_index_type())})
        for file in self.files:
            frame = file.scan().join(wanted, on="row", how="semi").collect(engine="streaming").sort("row")
            if frame.is_empty():
                continue
            at = [0, *(number - file.before for number in frame["row"].to_list())]
            cells = frame.drop("row").fill_nan(None)
            cells = cells.with_columns(pl.col(name).cast(pl.String) for name in _beyond_spreadsheets(cells))
            yield RawSheet(file.source.name, None, [list(file.columns), *map(list, cells.iter_rows())], at)

    def places(self, rows: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Return for rows of the register the file's name and the row in it."""
        starts = pl.Series([file.before for file in self.files], dtype=pl.Int64)
        which = starts.search_sorted(rows.cast(pl.Int64), side="left") - 1
        names = pl.Series([file.source.name for file in self.files], dtype=pl.String)
        return names.gather(which), rows.cast(pl.Int64) - starts.gather(which)


def large_lists(paths: Sequence[Path], assigned: Mapping[str, str] | None) -> dict[str, ColumnList] | None:
    """Return the registers of Parquet files that together are too large to be read cell by cell; None when not.

    Refused for a file that is not known for a register, and when other files lie beside them.
    """
    sources, _ = find_sources(paths)
    named = [source for source in sources if source.path.suffix.lower() == ".parquet"]
    if not named:
        return None
    sizes = [_size(source) for source in named]
    if sum(records * len(columns) for records, columns in sizes) <= MAX_CELLS:
        return None
    if others := [source.name for source in sources if source not in named]:
        raise Refused(
            f"名单很大，只能按列核对 .parquet 文件，旁边还有“{others[0]}”等{len(others)}个别的文件",
            todo="把县级的学籍名册和户籍适龄儿童、脱贫监测、残疾人名单单独放一个文件夹核对，其余名单按学校分开核对",
        )
    kinds = {str(Path(path).resolve()): kind for path, kind in (assigned or {}).items()}
    found: dict[str, list[ColumnFile]] = {}
    for source, (records, columns) in zip(named, sizes, strict=True):
        sheet = RawSheet(source.name, None, [list(columns), *_first_rows(source)], None)
        verdict = recognise(sheet, kinds.get(str(source.path.resolve())))
        if isinstance(verdict, NotRecognised):
            raise Refused(verdict.reason, where=source.name, todo="检查栏目名称，或用 --as 指定是什么名单")
        files = found.setdefault(verdict.spec.kind, [])
        before = files[-1].before + files[-1].records if files else 0
        files.append(ColumnFile(source, verdict, columns, records, before))
    return {kind: ColumnList(kind, tuple(files)) for kind, files in found.items()}


@contextmanager
def refusing_broken(name: str) -> Iterator[None]:
    """Turn what polars cannot read, its panics included, into an UnreadableFile."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise UnreadableFile("文件内容已损坏，读不出来", where=name, todo="请来源部门重新导出这份文件后再试") from error


def _size(source: SourceFile) -> tuple[int, tuple[str, ...]]:
    with refusing_broken(source.name):
        lazy = pl.scan_parquet(source.path)
        schema = lazy.collect_schema()
        records = int(lazy.select(pl.len()).collect(engine="streaming").item())
    for name, kind in schema.items():
        if kind.is_nested() or kind in (pl.Binary, pl.Object):
            what = f"“{name}”一栏里不是单个的值（是列表、结构或二进制数据），不是名单的样子"
            raise UnreadableFile(what, where=source.name, todo="去掉这一栏，或把它展开成几栏，重新导出后再试")
    return records, tuple(schema)


def _first_rows(source: SourceFile) -> list[list[Cell]]:
    with refusing_broken(source.name):
        return [list(row) for row in pl.scan_parquet(source.path).head(20).collect().iter_rows()]


def _distinct(file: ColumnFile, name: str) -> pl.Series:
    return file.scan().select(pl.col(name).unique()).collect(engine="streaming")[name].drop_nulls().sort()


def _blank(text: pl.Expr) -> pl.Expr:
    return text.is_null() | (text.str.strip_chars() == "")


def _text(file: ColumnFile, name: str) -> pl.Expr:
    """Return a column as text, null where it is blank; a number without its decimal point."""
    kind = file.scan().collect_schema()[name]
    column = pl.col(name)
    if kind.is_float():
        column = column.fill_nan(None).cast(pl.Int64, strict=False)
    text = column.cast(pl.String)
    return pl.when(~_blank(text)).then(text)


def _value(file: ColumnFile, key: str) -> pl.Expr:
    """Return a column of `traits.COLUMNS` as the matcher wants it; nulls when the file has none."""
    name = file.column(key) or next((one for other in _ALSO.get(key, ()) if (one := file.column(other))), None)
    if name is None and key == "enrollment_number" and (certificate := file.column("certificate")) is not None:
        # A disability certificate's number begins with the ID number, as what follows the G of an enrollment number.
        return pl.lit("G") + _text(file, certificate).str.replace_all(r"\s", "").str.slice(0, 18)
    if name is None:
        return pl.lit(None, dtype=COLUMNS.get(key, pl.String()))
    if key == "birth_date":
        kind = file.scan().collect_schema()[name]
        if kind == pl.Date or isinstance(kind, pl.Datetime):
            return pl.col(name).cast(pl.Date)
        return _conformed(file, name, steps.DATE, pl.Date())
    if key in ("sex", "village"):
        return _conformed(file, name, steps.SEX if key == "sex" else steps.TEXT, pl.String())
    text = _text(file, name)
    if key in ("id_number", "enrollment_number"):
        return text
    text = text.str.strip_chars()
    return pl.when(~text.str.to_lowercase().is_in(list(PLACEHOLDERS))).then(text)


def _conformed(file: ColumnFile, name: str, step: Step, kind: pl.DataType) -> pl.Expr:
    """Return a column of few distinct values after its step, each value read once."""
    values = _distinct(file, name)
    read = [step.apply(value)[0] for value in values.to_list()]
    if kind == pl.Date:
        read = [value if isinstance(value, date) else None for value in read]
    return pl.col(name).replace_strict(values, pl.Series(read, dtype=kind), default=None, return_dtype=kind)


def _says_nothing(file: ColumnFile, kind: str, against: Collection[str]) -> pl.Expr:
    number = numbers.key17(_value(file, "id_number"))
    born, sex = _value(file, "birth_date"), _value(file, "sex")
    known = {"id_number", "birth_date", "sex", "name", "village", "guardian"}
    good = [
        number.is_not_null(),
        _value(file, "name").str.contains(_PLAIN_NAME).fill_null(False),
        (born == born_in(number)).fill_null(True),
        ((sex == "男") == (number % 2 == 1)).fill_null(True),
    ]
    marks = {key for listed in against for key in MARK_COLUMNS.get(listed, ())}
    for source in file.recognised.sources:
        key, name = source.column.key, file.columns[source.places[0]]
        if key == "enrollment_number":
            text = _value(file, key)
            inside = numbers.key17(text.str.slice(1))
            good.append(text.is_null() | (text.str.contains(_G_NUMBER) & inside.is_not_null()))
        elif key == "status":
            usual = _conformed(file, name, steps.STATUS, pl.String())
            good.append(usual.is_in(list(_QUIET_STATUS)) | _blank(pl.col(name).cast(pl.String)))
        elif key == "phone":
            good.append(_text(file, name).str.contains(_PLAIN_MOBILE).fill_null(kind != "enrollment"))
        elif key == "address" and kind == "enrollment":
            good.append(_value(file, key).is_not_null())
        elif key not in known and source.column.step not in _FREE_TEXT:
            values = _distinct(file, name)
            read = [(value, *source.column.step.apply(value)) for value in values.to_list()]
            telling = [
                value for value, said, problem in read if problem is not None or (key in marks and said_mark(key, said))
            ]
            good.append(~pl.col(name).is_in(pl.Series(telling, dtype=values.dtype).implode()).fill_null(False))
    return pl.all_horizontal(good)


def born_in(number: pl.Expr) -> pl.Expr:
    """Return the date in 17 digits."""
    return pl.date(number // 10**7 % 10_000, number // 10**5 % 100, number // 1000 % 100)


def _beyond_spreadsheets(cells: pl.DataFrame) -> list[str]:
    """Return the columns of whole numbers that no spreadsheet can have written, as `guard_child` tells them."""
    return [
        name
        for name, kind in cells.schema.items()
        if kind.is_decimal()
        or (
            kind.is_integer()
            and any(
                abs(value) >= _SPREADSHEET_DIGITS and value % 1000 and int(float(value)) != value
                for value in cells[name].drop_nulls().to_list()
            )
        )
    ]
