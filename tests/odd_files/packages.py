"""Odd .xlsx files: what programs other than Excel write, what damage leaves, what is built on purpose."""
# One case is read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

from dropctl.tables.raw import CellError
from odd_files.case import Case
from odd_files.making import (
    HEAD,
    MAIN,
    SHEET,
    STRICT,
    STRICT_RELATIONS,
    cell,
    flawed,
    package,
    row,
    xlsx,
    zipped,
)

_PLAIN = {"A1": "姓名", "B1": "班级", "A2": "张三", "B2": "1班"}
_ONE = row(2, cell("A2", "张三"), cell("B2", "1班"))
_MANY = "".join(f'<mergeCell ref="A{n * 2 + 3}:A{n * 2 + 4}"/>' for n in range(20_000))


def _directory_entry(data: bytearray, part: str) -> int:
    return data.rindex(part.encode(), data.index(b"PK\x01\x02")) - 46


def _larger_than_it_says(data: bytearray) -> None:
    struct.pack_into("<I", data, _directory_entry(data, "xl/zeros.bin") + 24, 10)


def _flip_checksum(data: bytearray) -> None:
    at = _directory_entry(data, SHEET)
    data[at + 16] ^= 0xFF


def _encrypt(data: bytearray) -> None:
    at = _directory_entry(data, SHEET)
    data[at + 8] |= 1


def _strange_method(data: bytearray) -> None:
    struct.pack_into("<H", data, _directory_entry(data, SHEET) + 10, 99)


def _duplicate_part(path: Path) -> None:
    path.write_bytes(zipped(package(HEAD, _ONE)))
    with zipfile.ZipFile(path, "a") as target:
        target.writestr("xl/Worksheets/sheet1.xml", b"<worksheet/>")


def _stored(path: Path) -> None:
    path.write_bytes(zipped(package(HEAD, _ONE), zipfile.ZIP_STORED))


def _backslashes(path: Path) -> None:
    path.write_bytes(zipped({name.replace("/", "\\"): data for name, data in package(HEAD, _ONE).items()}))


def _as_a_stream(path: Path) -> None:
    """The sizes of the parts stand behind them, as in a file that was written without going back."""

    class Onward(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: object) -> int:
            self.data += bytes(piece)  # type: ignore[call-overload]
            return len(bytes(piece))  # type: ignore[call-overload]

    made = Onward()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:  # type: ignore[arg-type]
        for name, data in package(HEAD, _ONE).items():
            target.writestr(name, data)
    path.write_bytes(made.data)


def _cut(data: bytearray) -> None:
    del data[len(data) // 2 :]


def _two_million_texts(path: Path) -> None:
    shared = "".join(f"<si><t>{n}</t></si>" for n in range(2_000_000))
    path.write_bytes(zipped(package(HEAD, row(2, '<c r="A2" t="s"><v>7</v></c>'), shared=shared)))


def _tall(path: Path) -> None:
    path.write_bytes(zipped(package(HEAD, row(1_048_576, cell("A1048576", "张三")))))


def _rels_without_sheet(path: Path) -> None:
    parts = package(HEAD, _ONE)
    del parts[SHEET]
    path.write_bytes(zipped(parts))


CASES: tuple[Case, ...] = (
    # What other programs write, and is right
    Case("own texts", "a.xlsx", xlsx(HEAD, _ONE), _PLAIN),
    Case("stored, not compressed", "a.xlsx", _stored, _PLAIN),
    Case("written as a stream", "a.xlsx", _as_a_stream, _PLAIN),
    Case("named .xls", "名单.xls", xlsx(HEAD, _ONE), _PLAIN),
    Case("named .csv", "名单.csv", xlsx(HEAD, _ONE), _PLAIN),
    Case(
        "rich text with phonetics", "a.xlsx",
        xlsx(HEAD, row(2, '<c r="A2" t="s"><v>0</v></c>'),
             shared="<si><r><t>张</t></r><r><rPr><b/></rPr><t>三</t></r><rPh sb='0' eb='1'><t>zhang</t></rPh></si>"),
        {"A2": "张三"},
    ),
    Case(
        "escaped line break", "a.xlsx",
        xlsx(HEAD, row(2, '<c r="A2" t="s"><v>0</v></c>'), shared="<si><t>张_x000A_三</t></si>"),
        {"A2": "张\n三"},
    ),
    Case("spaces are kept", "a.xlsx", xlsx(HEAD, row(2, cell("A2", "  张 三  "))), {"A2": "  张 三  "}),
    Case("strict ooxml", "a.xlsx", xlsx(HEAD, _ONE, namespace=STRICT, relations=STRICT_RELATIONS), _PLAIN),
    Case(
        "prefixed tags", "a.xlsx",
        xlsx(sheet=f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>姓名'
                   '</x:t></x:is></x:c><x:c r="B1" t="e"><x:v>#N/A</x:v></x:c></x:row></x:sheetData></x:worksheet>'),
        {"A1": "姓名", "B1": CellError("#N/A")}, ("B1",),
    ),
    Case("absolute target", "a.xlsx", xlsx(HEAD, _ONE, target="/xl/worksheets/sheet{}.xml"), _PLAIN),
    Case("part names with backslashes", "a.xlsx", _backslashes, _PLAIN),
    Case(
        "no addresses at all", "a.xlsx",
        xlsx(sheet=f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="inlineStr"><is><t>姓名</t></is></c><c/><c><v>7</v>'
                   "</c></row><row><c t='inlineStr'><is><t>张三</t></is></c></row></sheetData></worksheet>"),
        {"A1": "姓名", "C1": 7.0, "A2": "张三"},
    ),
    Case("wrong dimension", "a.xlsx", xlsx(HEAD, _ONE, around=('<dimension ref="A1"/>', "")), _PLAIN),
    Case("leading blanks", "a.xlsx", xlsx(row(4, cell("C4", "姓名")), row(9, cell("D9", "x"))),
         {"C4": "姓名", "D9": "x", "A1": None}, rows=9),
    Case("rows out of order", "a.xlsx", xlsx(row(3, cell("A3", "李四")), HEAD, _ONE), {**_PLAIN, "A3": "李四"}),
    Case("an empty sheet beside", "a.xlsx",
         xlsx(HEAD, _ONE, names=("表1", "表2"), parts={"xl/worksheets/sheet2.xml": b"<worksheet><sheetData/></worksheet>"}),
         _PLAIN),
    Case("sheet name in rare characters", "a.xlsx", xlsx(HEAD, _ONE, names=("𠮷&amp;1班",)), _PLAIN),
    Case("truth values", "a.xlsx", xlsx(row(1, '<c r="A1" t="b"><v>1</v></c>', '<c r="B1" t="b"><v>0</v></c>')),
         {"A1": True, "B1": False}),
    Case("date cell", "a.xlsx", xlsx(row(1, '<c r="A1" s="1"><v>41395</v></c>')), {"A1": date(2013, 5, 1)}),
    Case("date with a time", "a.xlsx", xlsx(row(1, '<c r="A1" s="1"><v>41395.5</v></c>')),
         {"A1": datetime.fromisoformat("2013-05-01T12:00")}),
    Case("iso date cell", "a.xlsx", xlsx(row(1, '<c r="A1" t="d" s="1"><v>2013-05-01</v></c>')), {"A1": date(2013, 5, 1)}),
    Case("1904 dates", "a.xlsx",
         xlsx(row(1, '<c r="A1" s="1"><v>39933</v></c>'), settings='<workbookPr date1904="1"/>'), {"A1": date(2013, 5, 1)}),
    Case("a whole day typed into a date cell", "a.xlsx", xlsx(row(1, '<c r="A1" s="1"><v>20130501</v></c>')),
         {"A1": 20130501.0}),
    Case("time cell", "a.xlsx", xlsx(row(1, '<c r="A1" s="2"><v>0.5</v></c>')), {"A1": "12:00:00"}),
    Case("formula with a text", "a.xlsx", xlsx(row(1, '<c r="A1" t="str"><f>A2&amp;A3</f><v>张三</v></c>')), {"A1": "张三"}),
    Case("formula into another file", "a.xlsx", xlsx(row(1, '<c r="A1"><f>[1]Sheet1!A1</f><v>5</v></c>')), {"A1": 5.0}),
    Case("hyperlinks, comments and filters", "a.xlsx",
         xlsx(HEAD, _ONE, around=("", '<autoFilter ref="A1:B2"/><hyperlinks><hyperlink ref="A2" location="x"/></hyperlinks>'
                                      '<legacyDrawing id="x"/>'), parts={"xl/comments1.xml": b"<comments/>"}), _PLAIN),
    Case("rare characters", "a.xlsx", xlsx(row(1, cell("A1", "张𠮷㛃䶮"))), {"A1": "张𠮷㛃䶮"}),
    Case("private characters", "a.xlsx", xlsx(row(1, cell("A1", "张\ue863"))), {"A1": "张\ue863"}),
    Case("the longest text", "a.xlsx", xlsx(row(1, cell("A1", "字" * 32_767))), {"A1": "字" * 32_767}),
    Case("a number with all 18 digits", "a.xlsx",
         xlsx(row(1, '<c r="A1"><v>349901201305010019</v></c>', '<c r="B1"><v>3.4990120130501E+17</v></c>')),
         {"A1": 349901201305010019, "B1": 349901201305010000.0}),
    # What needs a word
    Case("error values", "a.xlsx", xlsx(HEAD, row(2, '<c r="A2" t="e"><v>#N/A</v></c>', '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')),
         {"A2": CellError("#N/A"), "B2": CellError("#DIV/0!")}, ("A2、B2",)),
    Case("a new error value", "a.xlsx", xlsx(HEAD, row(2, '<c r="A2" t="e"><f>X()</f><v>#SPILL!</v></c>')),
         refused=("Sheet1", "A2", "#SPILL!")),
    Case("formula never calculated", "a.xlsx", xlsx(HEAD, row(2, '<c r="A2"><f>B2</f></c>')), {"A2": None}, ("A2", )),
    Case("hidden sheet", "a.xlsx", xlsx(HEAD, _ONE, states=(' state="hidden"',)), _PLAIN, ("隐藏的工作表",)),
    Case("very hidden sheet", "a.xlsx", xlsx(HEAD, _ONE, states=(' state="veryHidden"',)), _PLAIN, ("隐藏的工作表",)),
    Case("hidden rows and columns", "a.xlsx",
         xlsx(HEAD, row(2, cell("A2", "张三"), cell("B2", "1班"), more=' hidden="1"'),
              around=('<cols><col min="2" max="2" hidden="1"/></cols>', "")), _PLAIN, ("1行、1栏",)),
    Case("merged class", "a.xlsx",
         xlsx(HEAD, _ONE, row(3, cell("A3", "李四")), around=("", '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>')),
         {**_PLAIN, "B3": "1班"}, ("合并",)),
    Case("a merged title is said once", "a.xlsx",
         xlsx(row(1, cell("A1", "七年级花名册")), row(2, cell("A2", "姓名"), cell("B2", "班级")),
              around=("", '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>')), {"A1": "七年级花名册", "B1": None}),
    Case("control and direction characters", "a.xlsx", xlsx(HEAD, row(2, cell("A2", "张\u202e三"), cell("B2", "1_x0007_班"))),
         {"A2": "张三", "B2": "1班"}, ("A2、B2",)),
    Case("macros", "a.xlsm", xlsx(HEAD, _ONE, parts={"xl/vbaProject.bin": b"x"}), _PLAIN, ("宏",)),
    Case("a cell given twice", "a.xlsx", xlsx(HEAD, row(2, cell("A2", "张三"), cell("A2", "李四"))), refused=("A2", "两次")),
    Case("a row given twice", "a.xlsx", xlsx(HEAD, _ONE, row(2, cell("A2", "李四"))), refused=("第2行", "两次")),
    Case("formatted far away", "a.xlsx", xlsx(HEAD, _ONE, row(1_048_576, '<c r="XFD1048576" s="0"/>')), _PLAIN, rows=2),
    # What is refused
    Case("a far cell", "a.xlsx", xlsx(HEAD, row(1_048_576, '<c r="XFD1048576"><v>1</v></c>')), refused=("Sheet1", "XFD1048576")),
    Case("a row that cannot be", "a.xlsx", xlsx(HEAD, row(1_048_577, cell("A1048577", "x"))), refused=("A1048577",)),
    Case("a column that cannot be", "a.xlsx", xlsx(HEAD, row(2, cell("ZZZZ2", "x"))), refused=("ZZZZ2",)),
    Case("nothing in it", "a.xlsx", xlsx(), refused=("什么内容也没有",)),
    Case("only spaces in it", "a.xlsx", xlsx(row(1, cell("A1", "  "), cell("B1", "　"))), refused=("什么内容也没有",)),
    Case("a part in utf-16", "a.xlsx",
         xlsx(parts={SHEET: f'<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="{MAIN}"/>'.encode("utf-16")}),
         refused=(SHEET, "编码")),
    Case("a document type", "a.xlsx", xlsx(sheet=f'<!DOCTYPE w SYSTEM "file:///etc/passwd"><worksheet xmlns="{MAIN}"/>'),
         refused=(SHEET, "文档类型")),
    Case("entities in entities", "a.xlsx",
         xlsx(HEAD, shared="<si><t>x</t></si>",
              parts={"xl/sharedStrings.xml": b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'}),
         refused=("xl/sharedStrings.xml", "文档类型")),
    Case("a text that is not there", "a.xlsx",
         xlsx(HEAD, row(2, '<c r="A2" t="s"><v>9</v></c>'), shared="<si><t>x</t></si>"), refused=("A2",)),
    Case("a negative text", "a.xlsx",
         xlsx(HEAD, row(2, '<c r="A2" t="s"><v>-1</v></c>'), shared="<si><t>x</t></si>"), refused=("A2",)),
    Case("cut off inside a part", "a.xlsx", xlsx(sheet=f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}<row r="2"><c r="A2"'),
         refused=("损坏",)),
    Case("the sheet part is missing", "a.xlsx", _rels_without_sheet, refused=("Sheet1",)),
    Case("201 sheets", "a.xlsx", xlsx(HEAD, names=[f"表{n}" for n in range(201)]), refused=("201",)),
    Case("1001 parts", "a.xlsx", xlsx(HEAD, parts={f"x/{n}.xml": b"" for n in range(1001)}), refused=("个部件",)),
    Case("a part outside", "a.xlsx", xlsx(HEAD, parts={"../../evil.xml": b""}), refused=("evil.xml", "指向别处")),
    Case("a part given twice", "a.xlsx", _duplicate_part, refused=("heet1.xml", "出现了两次")),
    Case("a bomb of zeros", "a.xlsx", xlsx(HEAD, parts={"xl/zeros.bin": b"\0" * 40 * 2**20}), refused=("倍",)),
    Case("a bomb of spaces", "a.xlsx", xlsx(HEAD, around=(" " * 200 * 2**20, "")), refused=("倍",), slow=True),
    Case("a bomb that lies", "a.xlsx", flawed(_larger_than_it_says, parts={"xl/zeros.bin": b"\0" * 20 * 2**20}),
         refused=("xl/zeros.bin", "比它自己声明的大")),
    Case("a wrong checksum", "a.xlsx", flawed(_flip_checksum, _ONE), refused=(SHEET, "已损坏")),
    Case("encrypted parts", "a.xlsx", flawed(_encrypt, _ONE), refused=("密",)),
    Case("a strange compression", "a.xlsx", flawed(_strange_method, _ONE), refused=("压缩",)),
    Case("half a file", "a.xlsx", flawed(_cut, _ONE), refused=("不完整",)),
    # Large ones
    Case("deeply nested tags", "a.xlsx",
         xlsx(sheet=f'<worksheet xmlns="{MAIN}">' + "<q>" * 100_000 + "<sheetData>" + HEAD + "</sheetData>" + "</q>" * 100_000
                    + "</worksheet>"), {"A1": "姓名"}),
    Case("two million texts", "a.xlsx", _two_million_texts, {"A2": "7"}, slow=True),
    Case("twenty thousand merges", "a.xlsx",
         xlsx(HEAD, *(row(n, cell(f"B{n}", "x"), *([cell(f"A{n}", "班")] if n % 2 else [])) for n in range(3, 40_003)),
              around=("", f"<mergeCells>{_MANY}</mergeCells>")), {"A3": "班", "A4": "班"}, ("合并",), slow=True),
    Case("the last row there is", "a.xlsx", _tall, {"A1048576": "张三"}, slow=True),
)  # fmt: skip
