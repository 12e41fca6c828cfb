"""From paths to raw sheets: which files there are, what each really is, and its cells at their true addresses.

What a file is, its content decides. Workbooks are opened only in a guarded child (`guard.py`), text tables here
(`delimited.py`). This room gives cells as they stand; what they mean is decided after it (`headings`, `read`).
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dropctl.errors import Refused, UnreadableFile
from dropctl.files import lock_file_beside
from dropctl.ingest import sniff
from dropctl.ingest.delimited import read_text_table
from dropctl.ingest.diagnosis import why_unreadable
from dropctl.ingest.guard import GuardedReader, GuardedSheet, GuardFailure
from dropctl.ingest.guard_child import fill_merged
from dropctl.ingest.ods_scan import scan_ods
from dropctl.ingest.package import MAX_FILE, BadPackage, Part, content, read_directory
from dropctl.ingest.prescan import PackageScan, SheetScan, address, last_filled_row, scan_parts, scan_workbook
from dropctl.ingest.xls_scan import scan_xls
from dropctl.tables.raw import CellError, RawSheet, cell_address

TABLE_ENDINGS = frozenset(
    {".xlsx", ".xlsm", ".xltx", ".xls", ".xlt", ".et", ".ett", ".ods", ".csv", ".tsv", ".parquet"}
)
_TEXT_ENDINGS = frozenset({".csv", ".tsv"})
_OWN_OUTPUTS = frozenset(
    {"核对结果.xlsx", "问题数据.xlsx", "findings.parquet", "links.parquet", "issues.parquet", "dropctl.toml"}
)
_OWN_FOLDER = "核对-"
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})
_NAMED = 5


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
        return _refusal_of(failure, source.name)


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
    elif kind in (sniff.XLSX, sniff.XLSB, sniff.XLS, sniff.ODS):
        sheets = _read_workbook(data, kind, parts, source, reader, notes)
    elif kind == sniff.PARQUET:
        sheets = _read_parquet(data, source, reader, notes)
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


def _read_parquet(data: bytes, source: SourceFile, reader: GuardedReader, notes: list[str]) -> list[RawSheet]:
    """Return the one table of a parquet file: its columns' names as row 0, its records from 1."""
    try:
        (sheet,) = reader.read(data, parquet=True)
    except GuardFailure as failure:
        if failure.kind in ("broken", "memory", "died"):
            todo = "从原来的系统重新导出，或改交原来的表格文件（.xlsx、.xls 或 .csv）"
            raise UnreadableFile("Parquet 数据文件已损坏，读不出来", where=source.name, todo=todo) from failure
        raise
    if sheet.cleaned:
        places = [cell_address(row - 1, column) for row, column in sheet.named]
        notes.append(f"“{source.name}”的 {_some(places, sheet.cleaned)} 里有看不见的控制字符，已去掉")
    return [RawSheet(source.name, None, sheet.rows, range(len(sheet.rows)))]


def _read_workbook(
    data: bytes,
    kind: str,
    parts: dict[str, Part],
    source: SourceFile,
    reader: GuardedReader,
    notes: list[str],
) -> list[RawSheet]:
    # Where the child has no memory limit of its own (Windows), nothing reaches it before the scan is through;
    # elsewhere both work at the same time, and a refusal of the scan wins over whatever the child did.
    together = sys.platform != "win32"
    if together:
        reader.start(data)
    try:
        scan = _scan(data, kind, parts)
    except BaseException:
        reader.abandon()
        raise
    if not together:
        reader.start(data)
    try:
        read = reader.finish()
    except GuardFailure as failure:
        if failure.kind == "broken" and (known := why_unreadable(data, parts, scan)):
            raise known from failure
        raise
    if scan.macros:
        notes.append(f"“{source.name}”带有宏，没有运行，只读了单元格")
    sheets = []
    for sheet in read:
        seen = scan.sheets.get(sheet.name, SheetScan())
        _refuse_lost_rows(data, parts, sheet, seen)
        _put_back(sheet, seen)
        if seen.merged:
            sheet.filled = fill_merged(sheet.rows, seen.merged, None)
        if sheet.rows:
            notes += _sheet_notes(source.name, sheet, seen)
        sheets.append(RawSheet(source.name, sheet.name, sheet.rows, hidden=sheet.hidden))
    return sheets


def _scan(data: bytes, kind: str, parts: Mapping[str, Part]) -> PackageScan:
    """Return what the bytes of a workbook show beside its cells; raises `BadPackage`."""
    match kind:
        case sniff.XLSX:
            return scan_workbook(data, parts)
        case sniff.ODS:
            return scan_ods(data, parts)
        case sniff.XLS:
            return scan_xls(data)
        case _:
            scan_parts(data, parts)
            return PackageScan({}, any(name.endswith("vbaProject.bin") for name in parts))


def _refuse_lost_rows(data: bytes, parts: Mapping[str, Part], sheet: GuardedSheet, seen: SheetScan) -> None:
    """Refuse a sheet of which the reader gave less than stands in its part (it passes over what it does not know)."""
    if seen.part and seen.last_row > len(sheet.rows):
        last = last_filled_row(content(data, parts[seen.part]))
        if last > len(sheet.rows):
            raise BadPackage(f"工作表“{sheet.name}”（部件“{seen.part}”）第{last}行有内容却读不出来，文件不合规范")


def _put_back(sheet: GuardedSheet, seen: SheetScan) -> None:
    """Write into their cells what the reader cannot give: error values, and whole numbers too long for a float."""
    for row, column, text in seen.errors:
        if not 1 <= row <= len(sheet.rows):
            continue
        cells = sheet.rows[row - 1]
        if column >= len(cells):
            cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = CellError(text)
    for row, column, number in seen.numbers:
        if row <= len(sheet.rows) and column < len(sheet.rows[row - 1]) and type(sheet.rows[row - 1][column]) is float:
            sheet.rows[row - 1][column] = number


def _some(addresses: Sequence[str], total: int | None = None) -> str:
    number = len(addresses) if total is None else total
    return "、".join(addresses[:_NAMED]) + (f"等{number}处" if number > min(_NAMED, len(addresses)) else "")


def _sheet_notes(name: str, sheet: GuardedSheet, seen: SheetScan) -> list[str]:
    where = f"“{name}”工作表“{sheet.name}”"
    notes = []
    if sheet.hidden:
        notes.append(f"{where}是隐藏的工作表，也读了")
    if seen.hidden_rows or seen.hidden_columns:
        parts = [f"{seen.hidden_rows}行"] * bool(seen.hidden_rows) + [f"{seen.hidden_columns}栏"] * bool(
            seen.hidden_columns
        )
        notes.append(f"{where}有隐藏的{'、'.join(parts)}（可能用过筛选），也读了")
    if sheet.filled:
        notes.append(f"{where}有合并单元格，已按合并范围填到{sheet.filled}个单元格")
    if seen.uncalculated:
        todo = "请用 WPS 或 Excel 打开并保存一次后再试"
        notes.append(f"{where}的 {_some(seen.uncalculated)} 是没有算出结果的公式，按空白处理；{todo}")
    if seen.errors:
        places = [cell_address(row, column) for row, column, _ in seen.errors]
        notes.append(f"{where}的 {_some(places)} 是错误值（如 {seen.errors[0][2]}），请改正")
    if sheet.cleaned:
        places = [cell_address(row, column) for row, column in sheet.named]
        notes.append(f"{where}的 {_some(places, sheet.cleaned)} 里有看不见的控制字符，已去掉")
    return notes


def _refusal_of(failure: GuardFailure, name: str) -> UnreadableFile:
    resave = "用 WPS 或 Excel 打开它，另存为新的 .xlsx 后再试"
    match failure.kind:
        case "password":
            return sniff.refusal("encrypted", name)
        case "too_wide":
            sheet, row, column = failure.detail
            what = f"工作表“{sheet}”一直用到单元格 {address(row, column)}，整张表大到不能读"
            return UnreadableFile(what, where=name, todo="删除名单以外的空行和空列，保存后再试")
        case "too_many":
            records, columns = failure.detail
            what = f"有 {records} 条记录、{columns} 栏，大到不能读"
            return UnreadableFile(what, where=name, todo="按学校拆开，或只留名单用的栏目，重新导出后再试")
        case "nested":
            what = f"“{failure.detail[0]}”一栏里不是单个的值（是列表、结构或二进制数据），不是名单的样子"
            return UnreadableFile(what, where=name, todo="去掉这一栏，或把它展开成几栏，重新导出后再试")
        case "broken":
            return UnreadableFile("文件内容已损坏，读不出来", where=name, todo=resave)
        case "hung":
            return UnreadableFile("不能安全地读取这个文件（读了太久没有结果）", where=name, todo=resave)
        case _:
            what = "不能安全地读取这个文件（内容异常，读取时出错或占用内存过多）"
            return UnreadableFile(what, where=name, todo=resave)


__all__ = ["FileRead", "SourceFile", "find_sources", "read_one", "read_or_refuse"]
