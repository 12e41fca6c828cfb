"""Text tables (.csv, .tsv): decoded strictly, the separator told from the content, every record with its line.

Nothing is guessed over: text that no encoding fits, a NUL, an unclosed quotation mark are refused with their
line. Values stay text exactly as written, `="3499…"` included; what they mean is decided later.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from dropctl.errors import UnreadableFile, place
from dropctl.ingest.package import MAX_CELLS
from dropctl.tables.raw import Cell, CellError, cell_address

_SEPARATORS = (",", "\t", ";", "，", "；", "|")
_SNIFFED_LINES = 60
_NAMED = 5
_HANZI = re.compile("[\u3400-\u9fff]")
_ENOUGH_HANZI = 4  # so many do not come out of a text in another encoding by chance
_ERROR = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_RESAVE = "用 WPS 或 Excel 打开它，另存为 .xlsx 后再试"


@dataclass(frozen=True, slots=True)
class TextTable:
    """The records of a text table, the line each begins on, and what a person should know (without the file)."""

    rows: list[list[Cell]]
    row_numbers: list[int]
    notes: list[str]


def _refuse(name: str, line: int, what: str, todo: str = _RESAVE) -> UnreadableFile:
    return UnreadableFile(what, where=place(name, None, f"第{line}行"), todo=todo)


def decode(data: bytes, name: str) -> str:
    """Return the text: by its byte order mark, else strict UTF-8, else strict GB18030; raises `UnreadableFile`."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                unit = 2 if encoding == "utf-16" else 1
                line = len(re.findall(rb"\n\0|\0\n" if unit == 2 else rb"\n", data[: error.start])) + 1
                raise _refuse(name, line, "文字编码有错，这一行读不出来") from error
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise _refuse(name, line, "文件里有空字符（NUL），不是正常的文本表格")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        reached = error.start
        if len(_HANZI.findall(data[:reached].decode("utf-8"))) >= _ENOUGH_HANZI:
            # It is UTF-8 and damaged; read as GB18030 it could come out as other characters without a word.
            line = len(re.findall(rb"\r\n|\r|\n", data[:reached])) + 1
            raise _refuse(name, line, "文字编码有错（UTF-8 文本中断或损坏）") from error
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        reached = max(reached, error.start)
        line = len(re.findall(rb"\r\n|\r|\n", data[:reached])) + 1
        raise _refuse(name, line, "文字编码有错，既不是 UTF-8 也不是 GB18030（GBK）") from error


def sniff_separator(text: str) -> str:
    """Return the separator that most of the first lines have equally often, outside quotation marks."""
    start = "\n".join(io.StringIO(text[:200_000], newline=None).read().split("\n")[:_SNIFFED_LINES])
    bare = re.sub(r'"[^"]*"', "", start)
    lines = [line for line in bare.split("\n") if line.strip()]
    best, best_score = ",", (0, 0)
    for separator in _SEPARATORS:
        counts = Counter(n for line in lines if (n := line.count(separator)))
        if counts:
            # The number of lines that agree, then how many columns they give; the list's order breaks ties.
            columns, agreeing = max(counts.items(), key=lambda item: (item[1], item[0]))
            if (agreeing, columns) > best_score:
                best, best_score = separator, (agreeing, columns)
    return best


def read_text_table(data: bytes, name: str) -> TextTable:
    """Return the records of a text table; `name` is for messages. Raises `UnreadableFile`, naming the line."""
    text = decode(data, name)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _refuse(name, line, "文件里有空字符（NUL），不是正常的文本表格")
    stated = re.match(r"sep=(.)(?:\r\n|\r|\n)", text)
    separator = stated.group(1) if stated else sniff_separator(text)
    if separator in '"\r\n':
        separator = ","
    if text.count(separator) > MAX_CELLS:
        raise UnreadableFile(
            f"文件里有 {text.count(separator)} 个以上单元格（上限 {MAX_CELLS}），不像名单", where=name,
            todo="只留名单用的行和栏目，或按学校拆开后再试",
        )  # fmt: skip
    source = io.StringIO(text, newline="")
    if stated:
        source.readline()
    shift = 1 if stated else 0
    reader = csv.reader(source, delimiter=separator, strict=True)
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    cleaned: list[str] = []
    errors: list[str] = []
    line = 1 + shift
    try:
        for record in reader:
            row: list[Cell] = []
            for column, value in enumerate(record):
                if not value.isprintable() and _CONTROL.search(value):
                    value = _CONTROL.sub("", value)
                    cleaned.append(cell_address(line, column))
                if value[:1] == "#" and _ERROR.fullmatch(value):
                    errors.append(cell_address(line, column))
                    row.append(CellError(value))
                else:
                    row.append(value or None)
            rows.append(row)
            numbers.append(line)
            line = reader.line_num + 1 + shift
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise _refuse(name, line, "从这一行开始的引号没有收尾", "补上或删去多余的引号后再试") from error
        if "field larger" in str(error):
            raise _refuse(name, line, "一个单元格的内容长得不正常，可能是引号没有收尾", "检查这一行的引号") from error
        todo = "删去这一行里多余的引号，或另存为 .xlsx 后再试"
        raise _refuse(name, line, "引号用得不对，分不清各栏", todo) from error
    return TextTable(rows, numbers, _notes(rows, numbers, cleaned, errors))


def _notes(rows: list[list[Cell]], numbers: list[int], cleaned: list[str], errors: list[str]) -> list[str]:
    notes = []
    if errors:
        more = f"等{len(errors)}处" if len(errors) > _NAMED else ""
        notes.append(f"{'、'.join(errors[:_NAMED])}{more}是公式错误值（如 #N/A），请改正")
    if cleaned:
        more = "等" if len(cleaned) > _NAMED else ""
        notes.append(f"{'、'.join(cleaned[:_NAMED])}{more}{len(cleaned)}个单元格里有看不见的控制字符，已去掉")
    widths = Counter(len(row) for row in rows if any(row))
    if widths:
        usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
        longer = [
            number for row, number in zip(rows, numbers, strict=True) if len(row) > usual > 1 and any(row[usual:])
        ]
        if longer:
            lines = "、".join(map(str, longer[:_NAMED])) + ("等" if len(longer) > _NAMED else "")
            notes.append(f"第{lines}行比别的行多出几栏，内容可能错位（例如地址里有分隔符），请核对这些行")
    return notes
