"""What can be told about an .xlsx or .ods from its bytes alone, before and beside the real reader.

It refuses what would kill the reader (a cell at XFD1048576, a document type definition, broken parts), and it
sees what the reader hands over as blank: error values, formulas never calculated, hidden rows and columns.
It is a scan for fixed byte patterns, not an XML parser; what it misses, the guarded child survives.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any
from xml.parsers import expat

from dropctl.ingest.package import MAX_CELLS, BadPackage, Part, content, unpack

_MAX_SHEETS = 200
_LETTERS_TRIED = 50
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
DELETE_FAR_CELL = "删除那个单元格所在的行和列（远离名单的空白处），保存后再试"


@dataclass(slots=True)
class SheetScan:
    """What one sheet part shows; rows are 1-based, columns 0-based."""

    part: str = ""
    last_row: int = 0
    last_column: int = 0  # as a count: 1 = only column A
    out_of_order: bool = False
    errors: list[tuple[int, int, str]] = field(default_factory=list)  # row, column, text such as #N/A
    numbers: list[tuple[int, int, int]] = field(default_factory=list)  # row, column, more digits than a float has
    uncalculated: list[str] = field(default_factory=list)  # addresses of formulas without a value
    hidden_rows: int = 0
    hidden_columns: int = 0
    # Only where the reader does not tell them itself: 0-based (row, column) of the first and the last cell.
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PackageScan:
    """The sheets of a workbook by name, and whether it carries macros (which are never run)."""

    sheets: Mapping[str, SheetScan] = field(default_factory=dict)
    macros: bool = False

    def plain(self) -> tuple[object, ...]:
        """Return it in the plain values that one process can send to another."""
        return self.macros, {
            name: tuple(getattr(sheet, one.name) for one in fields(SheetScan)) for name, sheet in self.sheets.items()
        }

    @classmethod
    def of(cls, plain: tuple[Any, ...]) -> PackageScan:
        """Return the scan that `plain` made plain."""
        macros, sheets = plain
        return cls({name: SheetScan(*values) for name, values in sheets.items()}, macros)


@dataclass(frozen=True, slots=True)
class _Patterns:
    row: re.Pattern[bytes]
    row_end: bytes
    cell_start: bytes
    error: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    hidden_row: re.Pattern[bytes]
    hidden_column: re.Pattern[bytes]
    filled_cell: re.Pattern[bytes]
    value_cell: re.Pattern[bytes]
    odd_number: re.Pattern[bytes]
    formula_marks: tuple[bytes, bytes]


@lru_cache(maxsize=4)
def _patterns(prefix: bytes) -> _Patterns:
    p = re.escape(prefix)
    return _Patterns(
        row=re.compile(rb"<%brow\b([^>]*)>" % p),
        row_end=b"</%brow>" % prefix,
        cell_start=b"<%bc " % prefix,
        error=re.compile(rb'<%bc\s([^>]*\bt="e"[^>]*)>(?:<%bf\b[^>]*(?:/>|>[^<]*</%bf>))?<%bv>([^<]*)<' % (p, p, p, p)),
        formula=re.compile(
            rb"<%bc\s([^>]*)>\s*<%bf\b[^>]*(?:/>|>[^<]*</%bf>)\s*(?:<%bv\s*/>|<%bv></%bv>)?\s*</%bc>"
            % (p, p, p, p, p, p, p)
        ),
        hidden_row=re.compile(rb'<%brow\b[^>]*\bhidden="(?:1|true)"' % p),
        hidden_column=re.compile(rb'<%bcol\b([^>]*\bhidden="(?:1|true)"[^>]*)>' % p),
        filled_cell=re.compile(rb"<%bc\s([^>]*[^/])>\s*<%b(?:v|is|f)\b" % (p, p)),
        value_cell=re.compile(
            rb"<%bc\s([^>]*[^/])>\s*(?:<%bf\b[^>]*(?:/>|>[^<]*</%bf>)\s*)?<%b(?:is\b|v>[^<])" % (p, p, p, p)
        ),
        odd_number=re.compile(rb"<%bv>(?:-|([0-9]{16,20})<)" % p),
        formula_marks=(b"</%bf>" % prefix, b"<%bf " % prefix),
    )


_ADDRESS = re.compile(rb'(?:^|\s)r="([A-Z]{1,4})([0-9]{1,10})"')
_ROW_NUMBER = re.compile(rb'\sr="([0-9]{1,10})"')
_ELEMENT = re.compile(rb"<[A-Za-z]")
_SPAN = re.compile(rb'\b(min|max)="([0-9]{1,6})"')


@lru_cache(maxsize=1024)
def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def address(row: int, column: int) -> str:
    """Return the address of a 1-based row and a 1-based column."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def scan_parts(data: bytes, parts: Mapping[str, Part]) -> None:
    """Unpack and check every part of a package that is not an .xlsx (an .ods, say); raises `BadPackage`."""
    for part in parts.values():
        for _ in checked(data, part):
            pass


def scan_workbook(data: bytes, parts: Mapping[str, Part]) -> PackageScan:
    """Return what every sheet of an .xlsx shows, having checked every part; raises `BadPackage`."""
    names = _sheet_parts(data, parts)
    scans: dict[str, SheetScan] = {}
    for part in parts.values():
        name = names.get(part.name)
        if name is None:
            for _ in checked(data, part):
                pass
        else:
            scans[name] = _scan_sheet(data, part, name)
    return PackageScan(scans, any(name.endswith("vbaProject.bin") for name in parts))


def checked(data: bytes, part: Part) -> Iterator[bytes]:
    """Yield the content of `part`; a document type definition, which may stand only before the root, is refused."""
    prolog = part.name.endswith((".xml", ".rels"))
    tail = b""
    for piece in unpack(data, part):
        if prolog:
            window = tail + piece
            if window[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise BadPackage(f"部件“{part.name}”用了少见的编码，读不了")
            # A letter is found much faster than a word, and a sheet has none of these.
            if b"!" in window and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
                raise BadPackage(f"部件“{part.name}”里有文档类型定义，正常的表格没有，可能是恶意文件")
            tail = piece[-16:]
            prolog = _ELEMENT.search(window) is None
        yield piece


def _sheet_parts(data: bytes, parts: Mapping[str, Part]) -> dict[str, str]:
    """Return part name → sheet name, from the workbook part and its relations."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def on_sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), relation))

    def on_relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    for name, handler in (("xl/workbook.xml", on_sheet), ("xl/_rels/workbook.xml.rels", on_relation)):
        if name not in parts:
            raise BadPackage(f"缺少部件“{name}”，文件不完整", "从原来的系统重新导出，或重新拷贝一次")
        parser = expat.ParserCreate()
        parser.StartElementHandler = handler
        try:
            parser.Parse(b"".join(checked(data, parts[name])), True)
        except expat.ExpatError as error:
            raise BadPackage(f"部件“{name}”已损坏", "从原来的系统重新导出，或重新拷贝一次") from error
    if len(sheets) > _MAX_SHEETS:
        raise BadPackage(f"有 {len(sheets)} 张工作表（上限 {_MAX_SHEETS} 张）", "拆成几个文件后再试")
    found: dict[str, str] = {}
    for sheet, relation in sheets:
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if path not in parts:
            raise BadPackage(f"工作表“{sheet}”的部件不在文件里，文件不完整", "从原来的系统重新导出，或重新拷贝一次")
        found[path] = sheet
    return found


def _scan_sheet(data: bytes, part: Part, name: str) -> SheetScan:
    scan = SheetScan(part.name)
    patterns: _Patterns | None = None
    hidden_spans: list[tuple[int, int]] = []
    rest = b""
    for piece in checked(data, part):
        rest += piece
        if patterns is None:
            root = re.search(rb"<([A-Za-z0-9]+:)?worksheet\b", rest)
            if root is None:
                continue
            patterns = _patterns(root.group(1) or b"")
        cut = rest.rfind(patterns.row_end)
        if cut >= 0:
            cut += len(patterns.row_end)
            _scan_rows(rest[:cut], patterns, scan, hidden_spans)
            rest = rest[cut:]
    if patterns is not None:
        _scan_rows(rest, patterns, scan, hidden_spans)
        if scan.out_of_order:
            _refuse_rows_twice(content(data, part), patterns, name)
    if scan.last_row * scan.last_column > MAX_CELLS or scan.last_row > _LAST_ROW or scan.last_column > _LAST_COLUMN:
        _refuse_far_cell(data, part, name, scan, patterns)
    scan.hidden_columns = sum(
        max(0, min(last, scan.last_column) - first + 1) for first, last in hidden_spans if first <= last
    )
    return scan


def _scan_rows(block: bytes, patterns: _Patterns, scan: SheetScan, hidden_spans: list[tuple[int, int]]) -> None:
    """Add what the rows of `block` show; a county's term has a hundred thousand rows, so the loops are kept bare."""
    last_row = scan.last_row
    for attributes in patterns.row.findall(block):
        number = _ROW_NUMBER.search(attributes)
        row = int(number[1]) if number else last_row + 1
        if row > last_row:
            last_row = row
        else:
            scan.out_of_order = True
    row_end, cell_start, search, last_column = patterns.row_end, patterns.cell_start, _ADDRESS.search, scan.last_column
    at, step = 0, len(row_end)
    while (end := block.find(row_end, at)) >= 0:
        # Cells of a row stand in order, so the last one tells its width; a liar is caught by the child's limits.
        last = block.rfind(cell_start, at, end)
        place = search(block, last, min(end, last + 200)) if last >= 0 else None
        if place:
            letters, digits = place.groups()
            column = _column(letters)
            if column > last_column:
                last_column = column
            if (row := int(digits)) > last_row:
                last_row = row
            if block.count(cell_start, at, end) > column:
                last_column = max(last_column, _check_cells(block[at:end], patterns))
        at = end + step
    scan.last_row, scan.last_column = last_row, last_column
    for match in patterns.odd_number.finditer(block):
        _take_odd_number(block, match, patterns, scan)
    if b'="e"' in block:
        for match in patterns.error.finditer(block):
            place = _ADDRESS.search(match.group(1))
            if place:
                text = match.group(2).decode("utf-8", "replace")
                scan.errors.append((int(place.group(2)), _column(place.group(1)) - 1, text))
    if _may_have_formula(block) and any(mark in block for mark in patterns.formula_marks):
        for match in patterns.formula.finditer(block):
            place = _ADDRESS.search(match.group(1))
            # t="str" without a value is a formula whose result is an empty text.
            if place and b't="str"' not in match.group(1):
                scan.uncalculated.append((place.group(1) + place.group(2)).decode())
    if b"hidden" in block:
        scan.hidden_rows += sum(1 for _ in patterns.hidden_row.finditer(block))
        for match in patterns.hidden_column.finditer(block):
            span = {key: int(value) for key, value in _SPAN.findall(match.group(1))}
            hidden_spans.append((span.get(b"min", 1), span.get(b"max", 0)))


def _may_have_formula(block: bytes) -> bool:
    """Say whether an f in the block may belong to a formula's tag; one letter is found much faster than a tag."""
    at = block.find(b"f")
    for _ in range(_LETTERS_TRIED):
        if at < 0:
            return False
        if block[at - 1 : at] in (b"<", b"/", b":"):
            return True
        at = block.find(b"f", at + 1)
    return True


def _take_odd_number(block: bytes, match: re.Match[bytes], patterns: _Patterns, scan: SheetScan) -> None:
    """Note a whole number with more digits than a float has; refuse a text with a negative number."""
    begin = block.rfind(patterns.cell_start, 0, match.start())
    attributes = block[begin : block.find(b">", begin)]
    place = _ADDRESS.search(attributes)
    if match.group(1) is None:
        if b' t="s"' in attributes:
            where = (place.group(1) + place.group(2)).decode() if place else ""
            raise BadPackage(f"单元格 {where} 指向一段文件里没有的文字，文件已损坏")
    elif place and b' t="' not in attributes:
        # Without a type it is a number, and its digits stand here as they were written.
        scan.numbers.append((int(place.group(2)), _column(place.group(1)) - 1, int(match.group(1))))


def _check_cells(row: bytes, patterns: _Patterns) -> int:
    """Return the last column of a row whose cells may stand in any order; refuse one that gives a cell twice.

    Readers take either one of two.
    """
    seen: set[bytes] = set()
    last = 0
    at = 0
    while (at := row.find(patterns.cell_start, at)) >= 0:
        place = _ADDRESS.search(row, at, at + 200)
        if place:
            if place.group(0) in seen:
                where = (place.group(1) + place.group(2)).decode()
                raise BadPackage(f"单元格 {where} 在文件里写了两次，不能确定哪一个是真的")
            seen.add(place.group(0))
            last = max(last, _column(place.group(1)))
        at += 1
    return last


def _refuse_rows_twice(sheet: bytes, patterns: _Patterns, name: str) -> None:
    seen: set[bytes] = set()
    for match in patterns.row.finditer(sheet):
        number = _ROW_NUMBER.search(match.group(1))
        if number and number.group(1) in seen:
            row = number.group(1).decode()
            raise BadPackage(f"工作表“{name}”的第{row}行在文件里写了两次，不能确定哪一个是真的")
        if number:
            seen.add(number.group(1))


def last_filled_row(sheet: bytes) -> int:
    """Return the number of the last row of a sheet part in which a cell holds something, 0 for none."""
    root = re.search(rb"<([A-Za-z0-9]+:)?worksheet\b", sheet)
    last = 0
    for match in _patterns(root.group(1) or b"" if root else b"").value_cell.finditer(sheet):
        place = _ADDRESS.search(match.group(1))
        if place:
            last = max(last, int(place.group(2)))
    return last


def _refuse_far_cell(data: bytes, part: Part, name: str, scan: SheetScan, patterns: _Patterns | None) -> None:
    """Refuse the sheet if cells that hold something span too much; cells that are only formatted do not count."""
    last_row = last_column = 0
    lowest = rightmost = (0, 0)
    for match in (patterns or _patterns(b"")).filled_cell.finditer(content(data, part)):
        place = _ADDRESS.search(match.group(1))
        if place is None:
            continue
        row, column = int(place.group(2)), _column(place.group(1))
        if row > last_row:
            last_row, lowest = row, (row, column)
        if column > last_column:
            last_column, rightmost = column, (row, column)
    if last_row > _LAST_ROW or last_column > _LAST_COLUMN:
        where = address(*(lowest if last_row > _LAST_ROW else rightmost))
        raise BadPackage(f"工作表“{name}”的单元格 {where} 超出了表格的范围，文件已损坏")
    if last_row * last_column > MAX_CELLS:
        where = address(*(rightmost if last_column > 1000 else lowest))
        raise BadPackage(f"工作表“{name}”的单元格 {where} 离名单太远，整张表大到不能读", DELETE_FAR_CELL)
    scan.last_row, scan.last_column = last_row, last_column
