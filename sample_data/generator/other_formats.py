"""The same sheets as .xls, by xlwt, and as .ods, part by part; like the office programs of other desks save them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from .cells import Value
from .sheets import Sheet

_NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def write_xls(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets to `path` as BIFF8; dates are date cells, text is text."""
    import xlwt  # only who makes the sample anew needs it

    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    text = xlwt.easyxf(num_format_str="@")
    heading = xlwt.easyxf("font: bold on; align: horiz centre; borders: bottom thin")
    title = xlwt.easyxf("font: bold on, height 320; align: horiz centre")
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        page.visibility = 1 if sheet.hidden else 0
        last = max(len(sheet.headings) - 1, 0)
        for number, line in enumerate(sheet.above):
            if number == 0 and last:
                page.write_merge(0, 0, 0, last, line, title)
            else:
                page.write(number, 0, line)
        for column, words in enumerate(sheet.headings):
            page.write(sheet.first_row - 2, column, words, heading)
            page.col(column).width = int((sheet.widths[column] if column < len(sheet.widths) else 10) * 256)
        start = sheet.first_row - 1 if sheet.headings else len(sheet.above)
        for number, row in enumerate([*sheet.rows, *sheet.below], start=start):
            for column, value in enumerate(row):
                if value not in (None, ""):
                    page.write(number, column, value, day if isinstance(value, date) else text)
    book.save(str(path))


def write_ods(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets to `path` as an OpenDocument spreadsheet; the same input gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = "".join(_table(sheet) for sheet in sheets)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {_NAMESPACES} office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        'manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as package:
        for name, text, method in (
            ("mimetype", _ODS, zipfile.ZIP_STORED),
            ("content.xml", content, zipfile.ZIP_DEFLATED),
            ("META-INF/manifest.xml", manifest, zipfile.ZIP_DEFLATED),
        ):
            info = zipfile.ZipInfo(name, (2025, 9, 1, 8, 0, 0))
            info.compress_type = method
            package.writestr(info, text.encode())


def _table(sheet: Sheet) -> str:
    lines: list[Sequence[Value]] = [[line] for line in sheet.above]
    if sheet.headings:
        lines.append(list(sheet.headings))
    rows = "".join(_row(row) for row in [*lines, *sheet.rows, *sheet.below])
    width = max(len(sheet.headings), 1)
    return (
        f"<table:table table:name={quoteattr(sheet.name)}>"
        f'<table:table-column table:number-columns-repeated="{width}"/>{rows}</table:table>'
    )


def _row(row: Sequence[Value]) -> str:
    return f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>"


def _cell(value: Value) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}">'
            f"<text:p>{value.isoformat()}</text:p></table:table-cell>"
        )
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{value!r}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )
