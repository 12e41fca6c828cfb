"""Odd text tables: encodings, separators, line ends, quotation marks."""
# One case is read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import codecs

from dropctl.tables.raw import CellError
from odd_files.case import Case
from odd_files.making import raw

_TEXT = "姓名,班级\r\n张三,1班\r\n"
_WHOLE = {"A1": "姓名", "B1": "班级", "A2": "张三", "B2": "1班"}


def _separated(mark: str) -> str:
    return _TEXT.replace(",", mark)


CASES: tuple[Case, ...] = (
    Case("text in utf-8", "a.csv", raw(_TEXT), _WHOLE),
    Case("text with a mark", "a.csv", raw(_TEXT, "utf-8-sig"), _WHOLE),
    Case("text in gb18030", "a.csv", raw(_TEXT.replace("张三", "张𠮷㛃"), "gb18030"), {"A2": "张𠮷㛃"}),
    Case("text in utf-16, low end first", "a.csv", raw(codecs.BOM_UTF16_LE + _TEXT.encode("utf-16-le")), _WHOLE),
    Case("text in utf-16, high end first", "a.csv", raw(codecs.BOM_UTF16_BE + _TEXT.encode("utf-16-be")), _WHOLE),
    Case("text in utf-16 without a mark", "a.csv", raw(_TEXT, "utf-16-le"), refused=("看不出",)),
    Case("text named .xlsx", "a.xlsx", raw(_TEXT), _WHOLE),
    Case("text named .xls, with tabs", "a.xls", raw(_separated("\t"), "gb18030"), _WHOLE),
    Case("semicolons", "a.csv", raw(_separated(";")), _WHOLE),
    Case("wide commas", "a.csv", raw(_separated("，")), _WHOLE),
    Case("wide semicolons", "a.csv", raw(_separated("；")), _WHOLE),
    Case("a stated separator", "a.csv", raw("sep=;\r\n" + _separated(";")), {"A2": "姓名", "A3": "张三"}),
    Case("carriage returns only", "a.csv", raw(_TEXT.replace("\r\n", "\r")), _WHOLE),
    Case("one column", "a.csv", raw("姓名\n张三\n李四\n"), {"A1": "姓名", "A3": "李四"}),
    Case("a cell of several lines", "a.csv", raw('姓名,地址\n张三,"一村\n二组"\n李四,x\n'), {"B2": "一村\n二组", "A4": "李四"}),
    Case("leading blank lines", "a.csv", raw("\n\n" + _TEXT), {"A3": "姓名", "A4": "张三"}),
    Case("numbers written as formulas", "a.csv", raw('姓名,证件号\n张三,="349901201305010019"\n'), {"B2": '="349901201305010019"'}),
    Case("zeros in front", "a.csv", raw("姓名,学号\n张三,0017\n"), {"B2": "0017"}),
    Case("error values in text", "a.csv", raw("姓名,班级\n张三,#N/A\n"), {"B2": CellError("#N/A")}, ("B2",)),
    Case("too many cells in a line", "a.csv", raw("姓名,地址\n张三,黟县,一村\n李四,x\n王五,y\n"), {"C2": "一村"}, ("第2行",)),
    Case("control characters in text", "a.csv", raw("姓名,班级\n张\x07三,1班\n"), {"A2": "张三"}, ("A2",)),
    Case("a null in text", "a.csv", raw("姓名,班级\n张\0三,1班\n" + "x,y\n" * 20), refused=("第2行", "空字符")),
    Case("bytes of no encoding", "a.csv", raw(_TEXT.encode("gb18030") + b"\xff\xff\n"), refused=("第3行", "编码")),
    Case("utf-8 cut in the middle of a character", "a.csv", raw(_TEXT.encode() + "李".encode()[:2]), refused=("第3行", "UTF-8")),
    Case("utf-8 with a byte lost", "a.csv", raw(_TEXT.encode() + b"\xe6\x9d" + "四,2班王五\n".encode()), refused=("第3行", "UTF-8")),
    Case("a quotation mark never closed", "a.csv", raw('姓名,班级\n张三,"1班\n李四,2班\n'), refused=("第2行", "引号")),
    Case("a quotation mark in the middle", "a.csv", raw('姓名,班级\n"张"三,1班\n'), refused=("第2行", "引号")),
    Case("only line ends", "a.csv", raw("\n \n\n"), refused=("什么内容也没有",)),
    Case("only a mark", "a.csv", raw(codecs.BOM_UTF8), refused=("什么内容也没有",)),
    Case("nothing but separators", "a.csv", raw("," * 30_000_000), refused=("单元格",), slow=True),
    Case("one endless word", "a.csv", raw("姓" * 400_000), refused=("第1行",)),
)  # fmt: skip
