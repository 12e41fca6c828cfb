"""Why the reader could not make sense of an .xlsx: looked for only after it failed, so that the cell can be named."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dropctl.ingest.package import BadPackage, Part, content
from dropctl.ingest.prescan import PackageScan
from dropctl.tables.raw import cell_address

_TEXTS = "xl/sharedStrings.xml"
_OLD_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"})
_TEXT_CELL = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="s"[^>]*)>\s*<(?:\w+:)?v>\s*([0-9]+)\s*<')
_ADDRESS = re.compile(rb'\br="([A-Z]{1,4}[0-9]{1,10})"')


def why_unreadable(data: bytes, parts: Mapping[str, Part], scan: PackageScan) -> BadPackage | None:
    """Return the refusal that names the cell the reader stumbled over, None when nothing is found."""
    for name, sheet in scan.sheets.items():
        for row, column, text in sheet.errors:
            if text not in _OLD_ERRORS:
                return BadPackage(
                    f"工作表“{name}”的单元格 {cell_address(row, column)} 是新版 Excel 才有的错误值 {text}，读不了",
                    "改正或删去这个单元格，保存后再试",
                )
    texts = content(data, parts[_TEXTS]) if _TEXTS in parts else b""
    count = len(re.findall(rb"<(?:\w+:)?si\b", texts))
    for name, sheet in scan.sheets.items():
        if sheet.part not in parts:
            continue
        for cell in _TEXT_CELL.finditer(content(data, parts[sheet.part])):
            if int(cell[2]) >= count:
                address = _ADDRESS.search(cell[1])
                where = f"单元格 {address[1].decode()}" if address else "一个单元格"
                return BadPackage(f"工作表“{name}”的{where}指向一段文件里没有的文字，文件已损坏")
    return None
