"""What every parse step begins with: a cell as plain text, words that mean nothing, and error values."""

from __future__ import annotations

import re
import unicodedata

from dropctl.tables.raw import Cell, CellError, raw_text
from dropctl.tables.spec import Problem

PLACEHOLDERS = frozenset({"无", "暂无", "不详", "未知", "—", "-", "--", "/", "\\", "null", "none", "n/a"})
ERROR = Problem("error_cell", "error", "这一格是公式错误值，读不出内容，请打开原表改成实际内容")

Read = tuple[object, Problem | None]
# What takes no room but travels with copied text: zero width, byte order mark, direction marks, soft hyphen.
_NO_WIDTH = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def plain_text(cell: Cell) -> str:
    """Return the cell's text in normal width, trimmed; empty for an empty or error cell."""
    if cell is None or isinstance(cell, CellError):
        return ""
    if type(cell) is str and cell.isascii():
        return cell.strip()  # NFKC leaves it as it is
    text = unicodedata.normalize("NFKC", raw_text(cell) or "")
    return (text if text.isprintable() else _NO_WIDTH.sub("", text)).strip()


def blank_or_error(cell: Cell) -> Read:
    """Return no value, and the problem when it is an error value that left none."""
    return None, ERROR if isinstance(cell, CellError) else None
