"""What can be told about an .xls from its records alone: error values and what is hidden; the reader shows neither.

Follows only the record structure (MS-XLS); cells themselves come from the guarded child.
"""

from __future__ import annotations

import struct

from dropctl.ingest.compound import Compound
from dropctl.ingest.package import BadPackage
from dropctl.ingest.prescan import PackageScan, SheetScan

_PASSWORD = 0x002F
_BOF, _BOUNDSHEET, _ROW, _COLINFO, _BOOLERR, _FORMULA = 0x0809, 0x0085, 0x0208, 0x007D, 0x0205, 0x0006
_WANTED = frozenset({_BOF, _ROW, _COLINFO, _BOOLERR, _FORMULA})
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_MACROS = "_VBA_PROJECT_CUR"


def scan_xls(data: bytes) -> PackageScan:
    """Return what every sheet of an .xls shows; raises `BadPackage`."""
    file = Compound(data)
    name = next((name for name in ("Workbook", "Book") if name in file.streams), None)
    if name is None:
        raise BadPackage("文件里没有工作簿，可能已损坏", "从原来的系统重新导出，或重新拷贝一次")
    stream = file.content(name)
    sheets: dict[int, SheetScan] = {}
    names: dict[str, SheetScan] = {}
    scan: SheetScan | None = None
    spans: dict[int, list[tuple[int, int]]] = {}
    at, end = 0, len(stream) - 4
    unpack = struct.unpack_from
    while at <= end:
        kind, size = unpack("<HH", stream, at)
        begin = at + 4
        if begin + size > len(stream):
            break
        if kind == _PASSWORD:
            raise BadPackage("表格设了打开密码，读不了", "用 WPS 或 Excel 打开，取消打开密码并保存后再试")
        if kind == _BOUNDSHEET and size >= 8:
            place = unpack("<I", stream, begin)[0]
            sheets[place] = names[_sheet_name(stream[begin + 6 : begin + size], name == "Workbook")] = SheetScan()
        elif kind in _WANTED:
            if kind == _BOF:
                scan = sheets.get(at, scan)
            elif scan is not None:
                _take(kind, stream, begin, size, scan, spans.setdefault(id(scan), []))
        at = begin + size
    for one in names.values():
        one.hidden_columns = sum(
            max(0, min(last, one.last_column - 1) - first + 1) for first, last in spans.get(id(one), ())
        )
    return PackageScan(names, _MACROS in file.storages)


def _sheet_name(raw: bytes, unicode: bool) -> str:
    count = raw[0]
    if not unicode:
        return raw[1 : 1 + count].decode("gb18030", "replace")
    return raw[2 : 2 + 2 * count].decode("utf-16-le", "replace") if raw[1] & 1 else raw[2 : 2 + count].decode("latin-1")


def _take(kind: int, stream: bytes, begin: int, size: int, scan: SheetScan, spans: list[tuple[int, int]]) -> None:
    if kind == _ROW and size >= 16:
        row, _, last = struct.unpack_from("<HHH", stream, begin)
        scan.last_row = max(scan.last_row, row + 1)
        scan.last_column = max(scan.last_column, last)
        scan.hidden_rows += bool(struct.unpack_from("<H", stream, begin + 12)[0] & 0x20)
    elif kind == _COLINFO and size >= 10:
        first, last, _, _, options = struct.unpack_from("<5H", stream, begin)
        if options & 1:
            spans.append((first, last))
    elif kind == _BOOLERR and size >= 8:
        row, column, _, value, is_error = struct.unpack_from("<HHHBB", stream, begin)
        if is_error:
            scan.errors.append((row + 1, column, _ERRORS.get(value, "#N/A")))
    elif kind == _FORMULA and size >= 14 and stream[begin + 12 : begin + 14] == b"\xff\xff" and stream[begin + 6] == 2:
        row, column = struct.unpack_from("<HH", stream, begin)
        scan.errors.append((row + 1, column, _ERRORS.get(stream[begin + 8], "#N/A")))
