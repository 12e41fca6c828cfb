"""Odd spreadsheets made from bytes: packages part by part, compound files sector by sector, nothing kept in git."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import xlwt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
SHEET = "xl/worksheets/sheet1.xml"
HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>班级</t></is></c></row>'
)

Make = Callable[[Path], object]


def cell(address: str, text: str) -> str:
    """A cell that holds a text of its own."""
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def row(number: int, *cells: str, more: str = "") -> str:
    """A row with its number."""
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


def package(
    *rows: str,
    around: tuple[str, str] = ("", ""),
    shared: str | None = None,
    states: Sequence[str] = ("",),
    names: Sequence[str] = ("Sheet1",),
    settings: str = "",
    namespace: str = MAIN,
    relations: str = RELATIONS,
    target: str = "worksheets/sheet{}.xml",
    sheet: str | None = None,
) -> dict[str, bytes]:
    """The parts of an .xlsx; every sheet has the same `rows`, between the two texts of `around`."""
    body = sheet if sheet is not None else (
        f'<worksheet xmlns="{namespace}">{around[0]}<sheetData>{"".join(rows)}</sheetData>{around[1]}</worksheet>'
    )  # fmt: skip
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"{state}/>'
        for n, (name, state) in enumerate(zip(names, [*states, *[""] * len(names)], strict=False), 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{relations}/worksheet" Target="{target.format(n)}"/>'
        for n in range(1, len(names) + 1)
    )
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    styles = (
        f'<styleSheet xmlns="{namespace}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
        '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{namespace}" xmlns:r="{relations}">{settings}<sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'{related}<Relationship Id="rIdS" Type="{relations}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rIdT" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
        "xl/styles.xml": styles,
    }
    if shared is not None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{namespace}">{shared}</sst>'
    for number in range(1, len(names) + 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = body
    return {name: (declaration + text).encode() for name, text in parts.items()}


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as one package."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return made.getvalue()


def xlsx(*rows: str, parts: Mapping[str, bytes] | None = None, **how: object) -> Make:
    """A maker of an .xlsx with these rows (`package`), some parts replaced or added by `parts`."""

    def make(path: Path) -> None:
        path.write_bytes(zipped(package(*rows, **how) | dict(parts or {})))  # type: ignore[arg-type]

    return make


def flawed(change: Callable[[bytearray], object], *rows: str, parts: Mapping[str, bytes] | None = None) -> Make:
    """A maker of an .xlsx whose bytes are changed after it was packed."""

    def make(path: Path) -> None:
        data = bytearray(zipped(package(HEAD, *rows) | dict(parts or {})))
        change(data)
        path.write_bytes(data)

    return make


def raw(data: bytes | str, encoding: str = "utf-8") -> Make:
    """A maker of a file with exactly these bytes."""
    return lambda path: path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))


def xls(fill: Callable[[xlwt.Workbook], object], change: Callable[[bytes], bytes] | None = None) -> Make:
    """A maker of an .xls that `fill` writes, its bytes changed by `change`."""

    def make(path: Path) -> None:
        book = xlwt.Workbook(encoding="utf-8")
        fill(book)
        saved = io.BytesIO()
        book.save(saved)
        data = saved.getvalue()
        path.write_bytes(change(data) if change else data)

    return make


_ODS = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)


def ods_parts(tables: str, styles: str = "") -> dict[str, bytes]:
    """The parts of an .ods with these tables."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS} '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content.encode(),
        "META-INF/manifest.xml": (
            b'<?xml version="1.0"?><manifest:manifest '
            b'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        ),
    }


def ods(*rows: str, columns: str = "", parts: Mapping[str, bytes] | None = None) -> Make:
    """A maker of an .ods of one table with these rows."""
    tables = f'<table:table table:name="表1">{columns}{"".join(rows)}</table:table>'
    return lambda path: path.write_bytes(zipped(ods_parts(tables) | dict(parts or {}), zipfile.ZIP_STORED))


def ods_row(*cells: str, more: str = "") -> str:
    """A row of an .ods; a plain text becomes a cell of text."""
    made = (c if c.startswith("<") else ods_cell(c) for c in cells)
    return f"<table:table-row{more}>{''.join(made)}</table:table-row>"


def ods_cell(text: str, more: str = "") -> str:
    """A cell of text of an .ods."""
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def compound(streams: Mapping[str, bytes], *, loop: bool = False) -> bytes:
    """A compound file with these streams at its top; `loop`: their chain of sectors runs in a circle."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    contents = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    chains: list[int] = []
    starts: dict[str, int] = {}
    body = b""
    for name, data in contents.items():
        count = (len(data) + 511) // 512
        starts[name] = len(chains)
        chains += [len(chains) + n + 1 for n in range(count - 1)] + [starts[name] if loop else end]
        body += data.ljust(count * 512, b"\0")
    directory = len(chains)

    def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
        raw_name = (name + "\0").encode("utf-16-le")
        head = raw_name.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw_name), kind, 1, free, right, child)
        return head + b"\0" * 36 + struct.pack("<III", start, size, 0)

    names = list(contents)
    entries = entry("Root Entry", 5, free, 1, end, 0) + b"".join(
        entry(name, 2, n + 2 if n + 1 < len(names) else free, free, starts[name], len(contents[name]))
        for n, name in enumerate(names)
    )
    count = (len(entries) + 511) // 512
    chains += [directory + n + 1 for n in range(count - 1)] + [end]
    table = len(chains)
    chains.append(0xFFFFFFFD)
    fat = struct.pack(f"<{len(chains)}I", *chains).ljust(512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, directory, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", table, *[free] * 108)
    assert len(header) == 512
    assert len(fat) == 512
    return header + body + entries.ljust(count * 512, b"\0") + fat
