"""The small language in which the wording of a paper is written, and the blocks it makes; knows no file format.

A wording is a text file that a school can read in Notepad: one line is one paragraph, its first characters say
what it is, and Jinja fills in the values. Layout is not in it: `docx` and `pdf` each have their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dropctl.errors import Refused

# The longer mark first, so that `>>` is not read as `>`.
_MARKS = (
    ("## ", "heading"),
    ("# ", "title"),
    (">> ", "right"),
    ("--- ", "cut"),
    ("> ", "flush"),
    ("^ ", "center"),
)
# Where a title that is too long for one line is to be broken, so that no word is torn.
TITLE_BREAK = " // "
_BREAKS = {"---": "cut", "===": "page", "=== 横向": "landscape", "=== 纵向": "portrait"}
_CONTROL = re.compile(r"\{%-?\s*(for|endfor|if|elif|else|endif)\b.*?-?%\}")
_COMMENT = re.compile(r"\{#.*?#\}")
_WIDTHS = re.compile(r"\|([~.])((?:\s+\d+)+)(?:\s+@\s*(\d+))?\s*")
_CHART = re.compile(r"\|=\s+([a-z]+)\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a wording: `kind` as in `Line`, or control, row, chart, widths, plain (widths of a
    table without headings), `text` of either the height of its rows; `number` is its line in the file."""

    number: int
    kind: str
    text: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph. `kind`: title, heading, paragraph, flush (no indent), right, center, cut (a dashed line, its text
    across it); or a break without text: page, landscape, portrait (a new page of that direction).
    """

    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: relative widths of its columns, rows of cells, the first of them the headings where it has any."""

    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    headed: bool = True
    height: int = 0  # of a row at least, in millimetres: room to write by hand


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart: the first row names the parts of a bar, each other row is a bar: its label and whole numbers."""

    key: str  # what its place in a .docx template is called
    title: str
    rows: tuple[tuple[str, ...], ...]


Block = Line | Table | Chart


class WordingFault(Refused):
    """A wording that cannot be used; the sentence names file and line."""


def source_lines(text: str, name: str) -> Iterator[SourceLine]:
    """Yield the lines of a wording that hold something; WordingFault for a line that mixes text and control."""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _COMMENT.sub("", raw).strip()
        if not line:
            continue
        if line in _BREAKS:
            yield SourceLine(number, _BREAKS[line], "")
        elif _CONTROL.fullmatch(line):
            yield SourceLine(number, "control", line)
        elif found := _WIDTHS.fullmatch(line):
            kind = "widths" if found[1] == "~" else "plain"
            yield SourceLine(number, kind, found[3] or "", tuple(found[2].split()))
        elif found := _CHART.fullmatch(line):
            yield SourceLine(number, "chart", found[2], (found[1],))
        elif line.startswith("|"):
            if not line.endswith("|") or len(line) < 3:
                raise WordingFault("表格的一行没有以 | 结尾", where=f"{name} 第{number}行", todo="补上行尾的 |")
            yield SourceLine(number, "row", line, tuple(cell.strip() for cell in line[1:-1].split("|")))
        else:
            mark, kind = next(((m, k) for m, k in _MARKS if line.startswith(m)), ("", "paragraph"))
            yield SourceLine(number, kind, line.removeprefix(mark).strip())


def blocks(lines: Sequence[SourceLine], name: str) -> list[Block]:
    """Return what rendered lines make: neighbouring rows are one table; WordingFault where a table does not fit."""
    found: list[Block] = []
    widths: tuple[int, ...] = ()
    chart: SourceLine | None = None
    headed, height = True, 0
    rows: list[SourceLine] = []

    def close() -> None:
        nonlocal widths, chart, headed, height
        if rows:
            columns = len(rows[0].cells)
            for row in rows:
                if len(row.cells) != columns:
                    said = f"表格这一行有{len(row.cells)}栏，标题行有{columns}栏"
                    raise WordingFault(said, where=f"{name} 第{row.number}行", todo="使各行的栏数一致")
            if widths and len(widths) != columns:
                said = f"栏宽写了{len(widths)}个，表格有{columns}栏"
                raise WordingFault(said, where=f"{name} 第{rows[0].number - 1}行", todo="使栏宽的个数与栏数一致")
            cells = tuple(row.cells for row in rows)
            table = Table(widths or (1,) * columns, cells, headed, height)
            found.append(Chart(chart.cells[0], chart.text, cells) if chart else table)
        rows.clear()
        widths, chart, headed, height = (), None, True, 0

    for line in lines:
        if line.kind == "row":
            rows.append(line)
        elif line.kind in ("widths", "plain"):
            close()
            widths, headed, height = tuple(map(int, line.cells)), line.kind == "widths", int(line.text or 0)
        elif line.kind == "chart":
            close()
            chart = line
        else:
            close()
            found.append(Line(line.kind, line.text))
    close()
    return found
