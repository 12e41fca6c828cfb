"""Workbooks and parquet files: what the guarded child read and what it saw in the bytes, put together into sheets.

Here every note about a sheet is worded: what was hidden, filled, left out, or could not be told by the reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dropctl.errors import UnreadableFile
from dropctl.ingest import sniff
from dropctl.ingest.diagnosis import why_unreadable
from dropctl.ingest.guard import GuardedReader, GuardedSheet, GuardFailure
from dropctl.ingest.guard_child import fill_merged
from dropctl.ingest.package import BadPackage, Part, content
from dropctl.ingest.prescan import SheetScan, address, last_filled_row
from dropctl.tables.raw import CellError, RawSheet, cell_address

_NAMED = 5
NOT_CALCULATED = "没有算出结果的公式"


def read_parquet(data: bytes, name: str, reader: GuardedReader, notes: list[str]) -> list[RawSheet]:
    """Return the one table of a parquet file: its columns' names as row 0, its records from 1."""
    try:
        (sheet,) = reader.read(data, sniff.PARQUET).sheets
    except GuardFailure as failure:
        if failure.kind in ("broken", "memory", "died"):
            todo = "从原来的系统重新导出，或改交原来的表格文件（.xlsx、.xls 或 .csv）"
            raise UnreadableFile("Parquet 数据文件已损坏，读不出来", where=name, todo=todo) from failure
        raise
    if sheet.cleaned:
        places = [cell_address(row - 1, column) for row, column in sheet.named]
        notes.append(f"“{name}”的 {_some(places, sheet.cleaned)} 里有看不见的控制字符，已去掉")
    return [RawSheet(name, None, sheet.rows, range(len(sheet.rows)))]


def read_workbook(
    data: bytes,
    kind: str,
    parts: dict[str, Part],
    name: str,
    reader: GuardedReader,
    notes: list[str],
) -> list[RawSheet]:
    try:
        read = reader.read(data, kind)
    except GuardFailure as failure:
        if failure.kind == "broken" and (known := why_unreadable(data, parts, failure.scan)):
            raise known from failure
        raise
    scan = read.scan
    if scan.macros:
        notes.append(f"“{name}”带有宏，没有运行，只读了单元格")
    sheets = []
    for sheet in read.sheets:
        seen = scan.sheets.get(sheet.name, SheetScan())
        _refuse_lost_rows(data, parts, sheet, seen)
        _put_back(sheet, seen)
        if seen.merged:
            sheet.filled = fill_merged(sheet.rows, seen.merged, None)
        if sheet.rows:
            notes += _sheet_notes(name, sheet, seen)
        sheets.append(RawSheet(name, sheet.name, sheet.rows, hidden=sheet.hidden))
    return sheets


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
        notes.append(f"{where}的 {_some(seen.uncalculated)} 是{NOT_CALCULATED}，按空白处理；{todo}")
    if seen.errors:
        places = [cell_address(row, column) for row, column, _ in seen.errors]
        notes.append(f"{where}的 {_some(places)} 是错误值（如 {seen.errors[0][2]}），请改正")
    if sheet.cleaned:
        places = [cell_address(row, column) for row, column in sheet.named]
        notes.append(f"{where}的 {_some(places, sheet.cleaned)} 里有看不见的控制字符，已去掉")
    return notes


def refusal_of(failure: GuardFailure, name: str) -> UnreadableFile:
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
            todo = (
                "按学校拆开，或只留名单用的栏目，重新导出后再试；全县的学籍名册与户籍名单可用 reconcile --tables-only"
            )
            return UnreadableFile(what, where=name, todo=todo)
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
