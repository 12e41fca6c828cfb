"""What can be told about an .ods from its content part: far cells, merged ranges, error values, what is hidden.

The reader gives neither of these; it also repeats a cell as often as the file says, which may be a thousand million.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from dropctl.ingest.package import MAX_CELLS, BadPackage, Part, content
from dropctl.ingest.prescan import DELETE_FAR_CELL, PackageScan, SheetScan, address, checked, scan_parts

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_DEEPEST = 200
_RECOPY = "从原来的系统重新导出，或重新拷贝一次"


@dataclass(slots=True)
class _Place:
    sheet: str = ""
    scan: SheetScan = field(default_factory=SheetScan)
    row: int = 0  # 1-based, of the row being read
    rows: int = 1  # how often it is repeated
    column: int = 0  # 0-based, of the next cell
    columns: int = 0  # columns declared so far
    hidden_row: bool = False
    error: tuple[int, int] | None = None
    text: str = ""
    depth: int = 0
    hidden: list[tuple[int, int]] = field(default_factory=list)


def scan_ods(data: bytes, parts: Mapping[str, Part]) -> PackageScan:
    """Return what every sheet of an .ods shows, having checked every part; raises `BadPackage`."""
    if _CONTENT not in parts:
        raise BadPackage(f"缺少部件“{_CONTENT}”，文件不完整", _RECOPY)
    if _MANIFEST in parts and b"encryption-data" in content(data, parts[_MANIFEST]):
        raise BadPackage("表格设了打开密码，读不了", "用 WPS 或 LibreOffice 打开，取消打开密码并保存后再试")
    scan_parts(data, {name: part for name, part in parts.items() if name != _CONTENT})
    sheets: dict[str, SheetScan] = {}
    at = _Place()

    def start(tag: str, attributes: dict[str, str]) -> None:
        at.depth += 1
        if at.depth > _DEEPEST:
            raise BadPackage(f"部件“{_CONTENT}”里的标记套了 {_DEEPEST} 层以上，不是正常的表格")
        match tag:
            case "table:table-cell" | "table:covered-table-cell":
                _cell(at, attributes)
            case "table:table-row":
                at.row += at.rows
                at.rows = _number(attributes, "table:number-rows-repeated")
                at.column = 0
                at.hidden_row = attributes.get("table:visibility") in ("collapse", "filter")
            case "table:table-column":
                count = _number(attributes, "table:number-columns-repeated")
                if attributes.get("table:visibility") in ("collapse", "filter"):
                    at.hidden.append((at.columns, at.columns + count))
                at.columns += count
            case "table:table":
                at.sheet = attributes.get("table:name", "")
                at.scan = sheets[at.sheet] = SheetScan()
                at.row, at.rows, at.columns, at.hidden = 0, 1, 0, []

    def end(tag: str) -> None:
        at.depth -= 1
        if tag == "table:table-cell" and at.error is not None:
            at.scan.errors.append((*at.error, at.text.strip() or "#N/A"))
            at.error = None
        elif tag == "table:table":
            at.scan.hidden_columns = sum(max(0, min(last, at.scan.last_column) - first) for first, last in at.hidden)

    def text(piece: str) -> None:
        if at.error is not None:
            at.text += piece

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        for piece in checked(data, parts[_CONTENT]):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise BadPackage(f"部件“{_CONTENT}”第{error.lineno}行已损坏", _RECOPY) from error
    return PackageScan(sheets, any(name.startswith("Basic/") for name in parts))


def _number(attributes: Mapping[str, str], key: str) -> int:
    text = attributes.get(key)
    if text is None:
        return 1
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 12 else 10**12


def _cell(at: _Place, attributes: Mapping[str, str]) -> None:
    repeated = _number(attributes, "table:number-columns-repeated")
    first = at.column
    at.column += repeated
    formula = "table:formula" in attributes
    kind = attributes.get("office:value-type")
    if kind is None and not formula:
        return
    scan = at.scan
    last_row, last_column = at.row + at.rows - 1, first + repeated
    if last_row > scan.last_row:
        scan.hidden_rows += at.rows if at.hidden_row else 0
        scan.last_row = last_row
    scan.last_column = max(scan.last_column, last_column)
    if scan.last_row * scan.last_column > MAX_CELLS:
        where = address(at.row if at.rows == 1 else last_row, last_column)
        raise BadPackage(f"工作表“{at.sheet}”的单元格 {where} 离名单太远，整张表大到不能读", DELETE_FAR_CELL)
    if attributes.get("calcext:value-type") == "error":
        at.error, at.text = (at.row, first), ""
    elif formula and kind is None:
        scan.uncalculated.append(address(at.row, first + 1))
    across, down = (_number(attributes, f"table:number-{way}-spanned") for way in ("columns", "rows"))
    if across > 1 or down > 1:
        scan.merged.append(((at.row - 1, first), (at.row - 2 + down, first + across - 1)))
