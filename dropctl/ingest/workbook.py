"""From paths to raw sheets: which files there are, what each really is, and its cells at their true addresses.

What a file is, its content decides. Workbooks are opened only in a guarded child (`guard.py`), text tables here
(`delimited.py`). This room gives cells as they stand; what they mean is decided after it (`headings`, `read`).
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dropctl.errors import Refused, UnreadableFile
from dropctl.files import lock_file_beside
from dropctl.ingest import sniff
from dropctl.ingest.delimited import read_text_table
from dropctl.ingest.guard import GuardedReader, GuardFailure
from dropctl.ingest.guarded_sheets import read_parquet, read_workbook, refusal_of
from dropctl.ingest.package import MAX_FILE, BadPackage, Part, content, read_directory
from dropctl.tables.raw import RawSheet

# .xlsb is here to be refused in its own words, not passed over.
TABLE_ENDINGS = frozenset(
    {".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".xlt", ".et", ".ett", ".ods", ".csv", ".tsv", ".parquet"}
)
_OWN_OUTPUTS = frozenset(
    {
        "核对结果.xlsx",
        "问题数据.xlsx",
        "考勤核对.xlsx",
        "findings.parquet",
        "links.parquet",
        "issues.parquet",
        "runs.parquet",
        "run_days.parquet",
        "dropctl.toml",
    }
)
_OWN_FOLDER = "核对-"
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One input file; `name` is relative to the folder given, with `/`, and unique among the inputs."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file as read: its sheets that hold anything, the SHA-256 of its bytes, and sentences for the person."""

    source: SourceFile
    sheets: tuple[RawSheet, ...]
    digest: str
    notes: tuple[str, ...]


def find_sources(paths: Sequence[Path]) -> tuple[list[SourceFile], list[str]]:
    """Return the files to read, folders walked in a fixed order, and a sentence for each file passed over.

    A file given by name is always returned; inside folders only table files, not our own results, lock files
    or hidden files. Raises `Refused` for a missing path, and when nothing is found.
    """
    found: list[SourceFile] = []
    passed_over: list[str] = []
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            for file in _walk(path):
                name = _readable(file.relative_to(path).as_posix())
                if file.suffix.lower() not in TABLE_ENDINGS:
                    passed_over.append(f"“{name}”不是表格文件，没有读取")
                elif (real := file.resolve()) not in seen:
                    seen.add(real)
                    found.append(SourceFile(file, name))
        elif path.exists():
            if (real := path.resolve()) not in seen:
                seen.add(real)
                found.append(SourceFile(path, _readable(path.name)))
        else:
            raise Refused("找不到这个文件或文件夹", where=_readable(str(path)), todo="检查路径是否写对")
    if not found:
        where = "、".join(_readable(str(path)) for path in paths) or None
        todo = "把学籍名册、返校名单等表格（.xlsx、.xls、.ods、.csv、.parquet）放进去后再试"
        raise Refused("没有找到可以读的表格", where=where, todo=todo)
    return _with_unique_names(found), passed_over


def _walk(folder: Path) -> Iterator[Path]:
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__MACOSX", _OWN_FOLDER)))
        for name in sorted(names):
            if name.startswith((".", "~$")) or name in _OWN_OUTPUTS or name.lower() in _SYSTEM_FILES:
                continue
            yield Path(current, name)


def _readable(name: str) -> str:
    """Return a file name that can be printed: names in GBK on a UTF-8 system are decoded, odd characters replaced."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            name = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    return "".join("?" if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in name)


def _with_unique_names(sources: list[SourceFile]) -> list[SourceFile]:
    """Put the folder's name before names that occur twice (two folders were given)."""
    for depth in (2, 3, 0):
        counts: dict[str, int] = {}
        for source in sources:
            counts[source.name] = counts.get(source.name, 0) + 1
        if len(counts) == len(sources):
            break
        sources = [
            source
            if counts[source.name] == 1
            else SourceFile(source.path, _readable("/".join(source.path.resolve().parts[-depth:])))
            for source in sources
        ]
    return sources


def read_or_refuse(source: SourceFile, reader: GuardedReader) -> FileRead | UnreadableFile:
    """Return what one file holds, or why it cannot be read."""
    try:
        return read_one(source, reader)
    except UnreadableFile as refusal:
        return refusal
    except BadPackage as refusal:
        return UnreadableFile(refusal.what, where=source.name, todo=refusal.todo)
    except GuardFailure as failure:
        return refusal_of(failure, source.name)


def read_one(source: SourceFile, reader: GuardedReader) -> FileRead:
    """Return what one file holds; raises `UnreadableFile`, `BadPackage` or `GuardFailure`."""
    data = _load(source)
    notes: list[str] = []
    if lock_file_beside(source.path) is not None:
        notes.append(f"“{source.name}”可能正在别处编辑，读到的是上次保存的内容")
    parts: dict[str, Part] = {}
    if sniff.is_package(data):
        parts = read_directory(data)
        mimetype = content(data, parts["mimetype"]) if "mimetype" in parts else b""
        kind = sniff.kind_of_package(frozenset(parts), mimetype)
    else:
        kind = sniff.kind_of_bytes(data)
    if kind == sniff.TEXT:
        sheets = _read_text(data, source, notes)
    elif kind in (sniff.XLSX, sniff.XLS, sniff.ODS):
        sheets = read_workbook(data, kind, parts, source.name, reader, notes)
    elif kind == sniff.PARQUET:
        sheets = read_parquet(data, source.name, reader, notes)
    else:
        raise sniff.refusal(kind, source.name)
    kept = tuple(sheet for sheet in sheets if _holds_anything(sheet))
    if not kept:
        todo = "检查交来的是不是这份文件"
        raise UnreadableFile("表格里什么内容也没有", where=source.name, todo=todo)
    return FileRead(source, kept, hashlib.sha256(data).hexdigest(), tuple(notes))


def _holds_anything(sheet: RawSheet) -> bool:
    cells = (cell for row in sheet.rows for cell in row)
    return any(cell is not None and not (isinstance(cell, str) and not cell.strip()) for cell in cells)


def _load(source: SourceFile) -> bytes:
    try:
        found = source.path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableFile("这不是普通的文件，不能读取", where=source.name, todo="改交表格文件")
        if found.st_size > MAX_FILE:
            what = f"文件有 {found.st_size // 2**20} MB，超过上限 {MAX_FILE // 2**20} MB"
            todo = "删去其中的图片和无关的工作表，或按学校拆开后再试"
            raise UnreadableFile(what, where=source.name, todo=todo)
        return source.path.read_bytes()
    except PermissionError as error:
        todo = "关闭正在使用它的程序，或请管理员开放读取权限"
        raise UnreadableFile("文件打不开：正在别处独占打开，或没有读取权限", where=source.name, todo=todo) from error
    except OSError as error:
        todo = "检查文件是否还在、U盘或网络盘是否接好"
        raise UnreadableFile("文件读不出来", where=source.name, todo=todo) from error


def _read_text(data: bytes, source: SourceFile, notes: list[str]) -> list[RawSheet]:
    table = read_text_table(data, source.name)
    notes += [f"“{source.name}”：{note}" for note in table.notes]
    return [RawSheet(source.name, None, table.rows, table.row_numbers)]


__all__ = ["FileRead", "SourceFile", "find_sources", "read_one", "read_or_refuse"]
