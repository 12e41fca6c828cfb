"""The child process in which foreign workbooks are opened; a script of its own that imports nothing of ours.

Started by `guard.py` as `python -I -S guard_child.py FOLDER MEMORY SECONDS CELLS`, FOLDER being where
python_calamine lies. Reads requests (length, bytes of one file) from standard input and answers each with
messages (length, marshal). Every kind of failure is either an answer or the death of this process, never more.
"""

from __future__ import annotations

import gc
import io
import marshal
import os
import re
import struct
import sys
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

_CELLS_PER_MESSAGE = 40_000
_NAMED_CELLS = 5
# C0 except tab and line ends, DEL and C1, surrogates, direction marks, non-characters.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def _limit(memory: int) -> None:
    if sys.platform == "win32":
        return  # no `resource` there: the pre-scan runs first, and the parent's clock ends what hangs
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_seconds(seconds: int) -> None:
    """Allow this much processor time more than was used so far: ends an orphan whose parent was killed."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _send(out: BinaryIO, message: Any) -> None:
    data = marshal.dumps(message)
    out.write(struct.pack("<Q", len(data)))
    out.write(data)
    out.flush()


def _plain(cell: object) -> object:
    """Return a cell that is neither text, number nor yes/no as something marshal can carry."""
    if isinstance(cell, datetime):
        return (cell.year, cell.month, cell.day, cell.hour, cell.minute, cell.second)
    if isinstance(cell, date):
        return (cell.year, cell.month, cell.day)
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return None if cell is None else str(cell)  # a time of day


def _fill_merged(rows: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> int:
    """Write the value of each merged range into its other cells; return how many cells were filled.

    Not filled: rows that hold nothing of their own (nobody stands there), and a wide range that is all its row
    holds (a title or remark, said once). Never more cells than the sheet has.
    """
    alive = [row.count("") != len(row) for row in rows]
    jobs = []
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or rows[top][left] == "":
            continue
        width = len(rows[top])
        if right > left and width - rows[top].count("") == 1:
            continue
        jobs.append((top, left, min(bottom, len(rows) - 1), min(right, width - 1), rows[top][left]))
    budget = sum(map(len, rows))
    filled = 0
    for top, left, bottom, right, value in jobs:
        for index in range(top, bottom + 1):
            if budget <= 0:
                return filled
            budget -= right - left + 1
            if not alive[index]:
                continue
            row = rows[index]
            for column in range(left, right + 1):
                if row[column] == "":
                    row[column] = value
                    filled += 1
    return filled


def _send_sheet(out: BinaryIO, rows: list[list[Any]]) -> tuple[int, list[tuple[int, int]]]:
    """Send the rows in blocks; return how many cells held control characters, and where the first ones are."""
    cleaned = 0
    named: list[tuple[int, int]] = []
    per_message = max(1, _CELLS_PER_MESSAGE // max(1, len(rows[0]) if rows else 1))
    for start in range(0, len(rows), per_message):
        block = []
        for index in range(start, min(start + per_message, len(rows))):
            row = rows[index]
            kept = [
                (c or None) if (kind := type(c)) is str else c if kind is float or kind is bool else _plain(c)
                for c in row
            ]
            if not "".join([c for c in row if type(c) is str]).isprintable():
                for column, cell in enumerate(kept):
                    if type(cell) is str and _CONTROL.search(cell):
                        kept[column] = _CONTROL.sub("", cell) or None
                        cleaned += 1
                        if len(named) < _NAMED_CELLS:
                            named.append((index + 1, column))
            block.append(kept)
            rows[index] = []  # the memory of what was sent is wanted for the rest
        _send(out, ("rows", block))
    return cleaned, named


def _answer(data: bytes, out: BinaryIO, max_cells: int) -> bool:
    """Read one workbook and send what it holds; return whether this process may go on to another."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            for place, sheet_info in enumerate(workbook.sheets_metadata):
                if sheet_info.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_index(place)
                end = sheet.end
                if end is not None and (end[0] + 1) * (end[1] + 1) > max_cells:
                    _send(out, ("too_wide", sheet_info.name, end[0] + 1, end[1] + 1))
                    return True
                rows: list[list[Any]] = [] if end is None else list(sheet.to_python(skip_empty_area=False))
                merged = sheet.merged_cell_ranges or []
                del sheet
                filled = _fill_merged(rows, merged) if merged else 0
                _send(out, ("sheet", sheet_info.name, sheet_info.visible != SheetVisibleEnum.Visible))
                cleaned, named = _send_sheet(out, rows)
                _send(out, ("sheet_end", filled, cleaned, named))
        _send(out, ("end",))
        return True
    except PasswordError:
        _send(out, ("password",))
        return True
    except (KeyboardInterrupt, SystemExit, BrokenPipeError):
        raise
    except MemoryError:
        _send(out, ("memory",))
        return False
    except BaseException:  # a Rust panic is no Exception, and nothing may leave this process but an answer
        _send(out, ("broken",))
        return False


def main() -> None:
    """Serve until standard input ends."""
    folder, memory, seconds, max_cells = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    sys.path.append(folder)
    requests = sys.stdin.buffer
    out = os.fdopen(os.dup(1), "wb", buffering=0 if sys.platform == "win32" else -1)
    os.dup2(2, 1)  # whatever the library prints must not look like an answer
    _limit(memory)
    gc.disable()  # nothing here makes cycles; looking for them among a million cells costs a third of the time
    while len(head := requests.read(8)) == 8:
        _allow_seconds(seconds)
        data = requests.read(struct.unpack("<Q", head)[0])
        if not _answer(data, out, max_cells):
            return


if __name__ == "__main__":
    main()
