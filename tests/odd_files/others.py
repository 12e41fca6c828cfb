"""Odd files of the other kinds: .xls, .ods, .parquet, and what only bears the name of a table."""
# One case is read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime

import polars as pl
import xlwt

from dropctl.tables.raw import CellError
from odd_files.case import Case
from odd_files.making import Make, compound, ods, ods_cell, ods_parts, ods_row, raw, xls, zipped

_WHOLE = {"A1": "姓名", "B1": "班级", "A2": "张三", "B2": "1班"}
_ODS_HEAD = ods_row("姓名", "班级")


def _plain(book: xlwt.Workbook, name: str = "表1") -> xlwt.Worksheet:
    sheet = book.add_sheet(name)
    for place, text in enumerate(("姓名", "班级")):
        sheet.write(0, place, text)
    for place, text in enumerate(("张三", "1班")):
        sheet.write(1, place, text)
    return sheet


def _errors(book: xlwt.Workbook) -> None:
    sheet = _plain(book)
    sheet.row(2).set_cell_error(0, 0x2A)
    sheet.row(3).set_cell_error(1, 0x17)


def _typed(book: xlwt.Workbook) -> None:
    sheet = _plain(book)
    sheet.write(2, 0, date(2013, 5, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write(2, 1, 349901201305010010)
    sheet.write(2, 2, True)
    sheet.write(2, 3, "0017")


def _merged(book: xlwt.Workbook) -> None:
    sheet = _plain(book)
    sheet.write(2, 0, "李四")
    sheet.write(3, 0, "王五")
    sheet.write_merge(2, 3, 1, 1, "2班")


def _hidden(book: xlwt.Workbook) -> None:
    sheet = _plain(book)
    sheet.row(1).hidden = True
    sheet.col(1).hidden = True


def _hidden_sheet(book: xlwt.Workbook) -> None:
    _plain(book)
    _plain(book, "旧").visibility = 2


def _old_dates(book: xlwt.Workbook) -> None:
    book.dates_1904 = True
    _plain(book).write(2, 0, 39933, xlwt.easyxf(num_format_str="YYYY-MM-DD"))


def _workbook_stream() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    _plain(book)
    return bytes(book.get_biff_data())


def _with_password(stream: bytes) -> bytes:
    """The record that says the rest is encrypted, after the first record."""
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    return stream[:first] + struct.pack("<HHHHH", 0x2F, 6, 0, 1, 2) + stream[first:]


def _loop_in_table(data: bytes) -> bytes:
    """The first sectors of the workbook point at each other."""
    made = bytearray(data)
    table = struct.unpack_from("<I", made, 76)[0]
    struct.pack_into("<II", made, (table + 1) * 512, 1, 0)
    return bytes(made)


def parquet(**columns: object) -> Make:
    """A maker of a parquet file with these columns."""
    return lambda path: pl.DataFrame(columns).write_parquet(path)


def _parquet_bytes(**columns: object) -> bytes:
    made = io.BytesIO()
    pl.DataFrame(columns).write_parquet(made)
    return made.getvalue()


def _flipped(data: bytes) -> bytes:
    made = bytearray(data)
    for at in range(40, len(made) - 60, 7):
        made[at] ^= 0x5A
    return bytes(made)


def _package(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name in names:
            target.writestr(name, b"x")
    return made.getvalue()


def _sealed(parts: Mapping[str, bytes]) -> bytes:
    manifest = (
        b'<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        b'<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
        b"</manifest:manifest>"
    )
    return zipped(dict(parts) | {"META-INF/manifest.xml": manifest, "content.xml": bytes(range(256)) * 4})


_ID = 349901201305010019

CASES: tuple[Case, ...] = (
    # .xls
    Case("xls", "a.xls", xls(_plain), _WHOLE),
    Case("xls named .xlsx", "a.xlsx", xls(_plain), _WHOLE),
    Case("a WPS table that is an xls inside", "a.et", xls(_plain), _WHOLE),
    Case("xls: kinds of cells", "a.xls", xls(_typed),
         {"A3": date(2013, 5, 1), "B3": 349901201305010010.0, "C3": True, "D3": "0017"}),
    Case("xls: 1904 dates", "a.xls", xls(_old_dates), {"A3": date(2013, 5, 1)}),
    Case("xls: error values", "a.xls", xls(_errors),
         {"A3": CellError("#N/A"), "B4": CellError("#REF!")}, ("A3、B4",)),
    Case("xls: merged class", "a.xls", xls(_merged), {"B3": "2班", "B4": "2班"}, ("合并",)),
    Case("xls: hidden rows and columns", "a.xls", xls(_hidden), _WHOLE, ("1行、1栏",)),
    Case("xls: hidden sheet", "a.xls", xls(_hidden_sheet), _WHOLE, ("“旧”是隐藏的工作表",), sheet=1),
    Case("xls: streams of a bare file", "a.xls", raw(compound({"Workbook": _workbook_stream()})), _WHOLE),
    Case("xls: a circle of sectors", "a.xls", raw(compound({"Workbook": _workbook_stream()}, loop=True)), refused=("圈",)),
    Case("xls: a circle in its table", "a.xls", xls(_plain, _loop_in_table), refused=("圈",)),
    Case("xls: half a file", "a.xls", xls(_plain, lambda data: data[: len(data) // 2]), refused=("不完整",)),
    Case("xls: records cut off", "a.xls", raw(compound({"Workbook": _workbook_stream()[:600]})), refused=("读",)),
    Case("xls: with a password", "a.xls", raw(compound({"Workbook": _with_password(_workbook_stream())})), refused=("打开密码",)),
    Case("xls: older than Excel 5", "a.xls", raw(b"\x09\x04\x06\x00\x00\x00\x10\x00" + b"\0" * 40), refused=("很老的 Excel",)),
    Case("an encrypted workbook", "a.xlsx", raw(compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y"})),
         refused=("打开密码",)),
    Case("a Word document", "a.xls", raw(compound({"WordDocument": b"x", "1Table": b"y"})), refused=("Word",)),
    Case("a Word document with a table inside", "a.wps",
         raw(compound({"WordDocument": b"x" + "Workbook\0".encode("utf-16-le")})), refused=("Word",)),
    Case("slides", "a.xls", raw(compound({"PowerPoint Document": b"x"})), refused=("演示文稿",)),
    Case("some other compound file", "a.et", raw(compound({"WpsStream": b"x"})), refused=("WPS",)),
    # .ods
    Case("ods", "a.ods", ods(_ODS_HEAD, ods_row("张三", "1班")), _WHOLE),
    Case("ods named .xlsx", "a.xlsx", ods(_ODS_HEAD, ods_row("张三", "1班")), _WHOLE),
    Case("ods: repeated rows and cells", "a.ods",
         ods(ods_row('<table:table-cell table:number-columns-repeated="1024"/>', more=' table:number-rows-repeated="3"'),
             ods_row('<table:table-cell table:number-columns-repeated="2"/>',
                     ods_cell("张三", ' table:number-columns-repeated="2"'), more=' table:number-rows-repeated="2"')),
         {"C4": "张三", "D5": "张三", "A1": None}),
    Case("ods: kinds of cells", "a.ods",
         ods(ods_row('<table:table-cell office:value-type="date" office:date-value="2013-05-01"/>',
                     '<table:table-cell office:value-type="float" office:value="7"/>',
                     '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>',
                     '<table:table-cell office:value-type="string"><text:p>甲</text:p><text:p>乙</text:p></table:table-cell>')),
         {"A1": date(2013, 5, 1), "B1": 7.0, "C1": True, "D1": "甲\n乙"}),
    Case("ods: an annotation is no value", "a.ods",
         ods(ods_row('<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p>'
                     "</office:annotation><text:p>张三</text:p></table:table-cell>")), {"A1": "张三"}),
    Case("ods: error values", "a.ods",
         ods(_ODS_HEAD, ods_row("张三", '<table:table-cell table:formula="of:=NA()" office:value-type="string" '
                                        'office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p>'
                                        "</table:table-cell>")), {"B2": CellError("#N/A")}, ("B2",)),
    Case("ods: formula never calculated", "a.ods", ods(_ODS_HEAD, ods_row("张三", '<table:table-cell table:formula="of:=A1"/>')),
         {"A2": "张三", "B2": None}, ("B2",)),
    Case("ods: merged class", "a.ods",
         ods(_ODS_HEAD, ods_row("张三", ods_cell("1班", ' table:number-rows-spanned="2" table:number-columns-spanned="1"')),
             ods_row("李四", "<table:covered-table-cell/>")), {"B2": "1班", "B3": "1班"}, ("合并",)),
    Case("ods: hidden rows and columns", "a.ods",
         ods(_ODS_HEAD, ods_row("张三", "1班", more=' table:visibility="collapse"'),
             columns='<table:table-column/><table:table-column table:visibility="collapse"/>'), _WHOLE, ("1行、1栏",)),
    Case("ods: hidden sheet", "a.ods",
         raw(zipped(ods_parts(f'<table:table table:name="旧" table:style-name="h">{_ODS_HEAD}</table:table>',
                              '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'))),
         {"A1": "姓名"}, ("隐藏的工作表",)),
    Case("ods: a cell a thousand million times", "a.ods",
         ods(_ODS_HEAD, ods_row(ods_cell("x", ' table:number-columns-repeated="1000000000"'))), refused=("表1", "离名单太远")),
    Case("ods: a row a thousand million times", "a.ods",
         ods(_ODS_HEAD, ods_row("x", more=' table:number-rows-repeated="1000000000"')), refused=("表1", "离名单太远")),
    Case("ods: a blank a thousand million times", "a.ods",
         ods(_ODS_HEAD, ods_row("张三", "1班", '<table:table-cell table:number-columns-repeated="1000000000"/>')), _WHOLE),
    Case("ods: deeply nested", "a.ods", ods(_ODS_HEAD, ods_row("<text:span>" * 5000 + "</text:span>" * 5000)),
         refused=("content.xml",)),
    Case("ods: content cut off", "a.ods", ods(parts={"content.xml": b"<?xml version='1.0'?><office:document-content"}),
         refused=("content.xml", "损坏")),
    Case("ods: encrypted", "a.ods", raw(_sealed(ods_parts(""))), refused=("密码",)),
    Case("an OpenDocument text", "a.ods", raw(zipped({"mimetype": b"application/vnd.oasis.opendocument.text"})),
         refused=("OpenDocument",)),
    # .parquet
    Case("parquet", "a.parquet", parquet(姓名=["张三", None], 班级=["1班", "2班"]),
         {"A1": "张三", "B1": "1班", "A2": None, "B2": "2班"}, rows=3),
    Case("parquet: numbers stay exact", "a.parquet", parquet(证=[_ID, 349901201305010048, None], 号=[1, 2, 3]),
         {"A1": str(_ID), "A2": "349901201305010048", "B1": 1.0}),
    Case("parquet: a column once damaged by a spreadsheet", "a.parquet", parquet(证=[349901201305010000, 349901201305010048]),
         {"A1": 349901201305010000.0}),
    Case("parquet: kinds of values", "a.parquet",
         parquet(日=[date(2013, 5, 1)], 时=[datetime(2013, 5, 1, 8, tzinfo=UTC)], 真=[True], 数=[float("nan")]),
         {"A1": date(2013, 5, 1), "B1": datetime.fromisoformat("2013-05-01T08:00"), "C1": True, "D1": None}),
    Case("parquet: control characters", "a.parquet", parquet(姓名=["张三", "李\u202e四"]), {"A2": "李四"}, ("A2",)),
    Case("parquet named .xlsx", "a.xlsx", parquet(姓名=["张三"]), {"A1": "张三"}),
    Case("parquet: lists in a column", "a.parquet", parquet(姓名=["张三"], 家人=[["张大"]]), refused=("家人",)),
    Case("parquet: cut off", "a.parquet", raw(_parquet_bytes(姓名=["张三"])[:-9]), refused=("不完整",)),
    Case("parquet: damaged", "a.parquet", raw(_flipped(_parquet_bytes(姓名=["张三"] * 500))), refused=("已损坏",)),
    Case("parquet: far too many records", "a.parquet", lambda path: pl.select(pl.repeat("x", 20_000_000).alias("姓名"))
         .write_parquet(path), refused=("20000000",), slow=True),
    Case("parquet: millions of cells", "a.parquet", lambda path: pl.DataFrame(
            {f"栏{n}": pl.select(pl.int_range(75_000).cast(pl.String) + f"·{n}").to_series() for n in range(32)}
         ).write_parquet(path), {"A7": "6·0"}, slow=True),
    Case("parquet: encrypted", "a.parquet", raw(b"PARE" + b"\0" * 40 + b"PARE"), refused=("加密",)),
    # What only bears the name of a table
    Case("an empty file", "a.xlsx", raw(b""), refused=("0字节",)),
    Case("pdf", "a.xlsx", raw(b"%PDF-1.7\n"), refused=("PDF",)),
    Case("photograph", "a.xlsx", raw(b"\xff\xd8\xff\xe0\0\x10JFIF"), refused=("图片",)),
    Case("picture", "a.csv", raw(b"\x89PNG\r\n\x1a\n\0\0"), refused=("图片",)),
    Case("rtf", "a.xls", raw(b"{\\rtf1\\ansi}"), refused=("RTF",)),
    Case("docx", "a.xlsx", raw(_package("[Content_Types].xml", "word/document.xml")), refused=("Word",)),
    Case("pptx", "a.xlsx", raw(_package("ppt/presentation.xml")), refused=("演示文稿",)),
    Case("a binary workbook", "a.xlsb", raw(_package("xl/workbook.bin")), refused=("xlsb", "另存")),
    Case("zip", "a.xlsx", raw(_package("名单.xlsx")), refused=("压缩包", "解压")),
    Case("rar", "a.xls", raw(b"Rar!\x1a\x07\x01\0"), refused=("压缩包",)),
    Case("gzip", "a.csv", raw(gzip.compress(b"x")), refused=("压缩包",)),
    Case("a program", "a.xls", raw(b"MZ\x90\0" + b"\0" * 300), refused=("看不出",)),
    Case("a web page", "a.xls", raw("<html><table><tr><td>姓名</td></tr></table></html>"), refused=("网页", "另存")),
    Case("a web page saved whole", "a.xls", raw("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n"), refused=("网页",)),
    Case("a web page without its head", "a.xls", raw("\ufeff\r\n <table border=1><tr><td>姓名"), refused=("网页",)),
    Case("XML 2003", "a.xls", raw('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'),
         refused=("XML 表格 2003",)),
    Case("some xml", "a.xls", raw('<?xml version="1.0"?><data/>'), refused=("XML",)),
)  # fmt: skip
