"""The child process in which foreign workbooks are opened; a script of its own, which of ours imports only the scan.

Started by `guard.py` as `python -I -S guard_child.py FOLDERS MEMORY CELLS`, FOLDERS being where python_calamine, polars
and dropctl lie. Reads requests (kind, seconds, length, bytes of one file) from standard input and answers each with
messages (length, marshal): first what the bytes show, then what the reader gives. Every kind of failure is either an
answer or the death of this process, never more.
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
_HEAD = struct.Struct("<cIQ")
_ORDINARY = frozenset({str, float, bool, type(None)})
_EXACT_LIMIT = 10**15  # from here on a whole number may have gone through a spreadsheet and lost digits
# C0 except tab and line ends, DEL and C1, surrogates, direction marks, non-characters.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def _limit(memory: int) -> None:
    if sys.platform == "win32":
        return  # no `resource` there: the pre-scan runs first, and the parent's clock ends what hangs
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, 2 * memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_reservations() -> None:
    """Double the address space: polars reserves far more than it uses (0.8 GB of addresses, 60 MB of memory)."""
    if sys.platform == "win32":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _allow_seconds(seconds: int) -> None:
    """Allow this much processor time more than was used so far: ends an orphan whose parent was killed."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _send(out: BinaryIO, message: Any) -> None:
    # Version 2 keeps no table of what was sent before, which costs more than it saves.
    data = marshal.dumps(message, 2)
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


def fill_merged(rows: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]], blank: Any = "") -> int:
    """Write the value of each merged range into its other cells; return how many cells were filled.

    `blank` is what an empty cell holds. Not filled: rows that hold nothing of their own (nobody stands there), and a
    wide range that is all its row holds (a title or remark, said once). Never more cells than the sheet has.
    """
    alive = [row.count(blank) != len(row) for row in rows]
    jobs = []
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or rows[top][left] == blank:
            continue
        width = len(rows[top])
        if right > left and width - rows[top].count(blank) == 1:
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
                if row[column] == blank:
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
        dated: set[int] = set()
        for index in range(start, min(start + per_message, len(rows))):
            row = rows[index]
            if _ORDINARY.issuperset(map(type, row)):
                kept = [(c or None) if type(c) is str else c for c in row]
            else:
                kept = [(c or None) if (kind := type(c)) is str else c if kind in _ORDINARY else _plain(c) for c in row]
                dated.update(column for column, cell in enumerate(kept) if type(cell) is tuple)
            if not "".join([c for c in row if type(c) is str]).isprintable():
                for column, cell in enumerate(kept):
                    if type(cell) is str and _CONTROL.search(cell):
                        kept[column] = _CONTROL.sub("", cell) or None
                        cleaned += 1
                        if len(named) < _NAMED_CELLS:
                            named.append((index + 1, column))
            block.append(kept)
            rows[index] = []  # the memory of what was sent is wanted for the rest
        _send(out, ("rows", block, sorted(dated)))
    return cleaned, named


def _read_workbook(data: bytes, out: BinaryIO, max_cells: int) -> None:
    """Send what every sheet of a workbook holds."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        for place, sheet_info in enumerate(workbook.sheets_metadata):
            if sheet_info.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_index(place)
            end = sheet.end
            if end is not None and (end[0] + 1) * (end[1] + 1) > max_cells:
                _send(out, ("too_wide", sheet_info.name, end[0] + 1, end[1] + 1))
                return
            rows: list[list[Any]] = [] if end is None else list(sheet.to_python(skip_empty_area=False))
            merged = sheet.merged_cell_ranges or []
            del sheet
            filled = fill_merged(rows, merged) if merged else 0
            _send(out, ("sheet", sheet_info.name, sheet_info.visible != SheetVisibleEnum.Visible))
            cleaned, named = _send_sheet(out, rows)
            _send(out, ("sheet_end", filled, cleaned, named))
    _send(out, ("end",))


def _read_parquet(data: bytes, out: BinaryIO, max_cells: int) -> None:
    """Send the columns' names as the first row and then every record.

    Whole numbers stay exact: in a column that no spreadsheet can have written they are sent as text.
    """
    os.environ["POLARS_MAX_THREADS"] = "1"
    _allow_reservations()
    import polars as pl

    lazy = pl.scan_parquet(io.BytesIO(data))
    schema = lazy.collect_schema()
    records = lazy.select(pl.len()).collect().item()
    if (records + 1) * max(1, len(schema)) > max_cells:
        _send(out, ("too_many", records, len(schema)))
        return
    for name, kind in schema.items():
        if kind.is_nested() or kind in (pl.Binary, pl.Object):
            _send(out, ("nested", name))
            return
    frame = pl.read_parquet(io.BytesIO(data))
    frame = frame.fill_nan(None).with_columns(
        pl.col(name).cast(pl.String)
        for name, kind in schema.items()
        if kind.is_decimal() or (kind.is_integer() and _never_in_a_spreadsheet(frame[name]))
    )
    _send(out, ("sheet", "", False))
    rows: list[list[Any]] = [list(schema), *map(list, frame.iter_rows())]
    del frame
    cleaned, named = _send_sheet(out, rows)
    _send(out, ("sheet_end", 0, cleaned, named))
    _send(out, ("end",))


def _never_in_a_spreadsheet(column: Any) -> bool:
    """Say whether some number of a polars column cannot come from a spreadsheet: no float, and not cut to 15 digits."""
    return any(
        value is not None and abs(value) >= _EXACT_LIMIT and value % 1000 and int(float(value)) != value
        for value in column.to_list()
    )


def _scan(data: bytes, kind: bytes, out: BinaryIO) -> bool:
    """Send what the bytes of a workbook show beside its cells; return whether the reader may open it at all."""
    from dropctl.ingest.byte_scan import scan_bytes
    from dropctl.ingest.package import BadPackage

    try:
        scan = scan_bytes(data, kind)
    except BadPackage as refusal:
        _send(out, ("refused", refusal.what, refusal.todo))
        return False
    _send(out, ("scan", scan.plain()))
    return True


def _answer(kind: bytes, data: bytes, out: BinaryIO, max_cells: int) -> bool:
    """Read one file and send what it holds; return whether this process may go on to another."""
    from python_calamine import PasswordError

    try:
        if kind == b"P":
            _read_parquet(data, out, max_cells)
        elif _scan(data, kind, out):
            _read_workbook(data, out, max_cells)
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
    folders, memory, max_cells = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sys.path += folders.split(os.pathsep)
    requests = sys.stdin.buffer
    out = os.fdopen(os.dup(1), "wb", buffering=0 if sys.platform == "win32" else -1)
    os.dup2(2, 1)  # whatever the library prints must not look like an answer
    _limit(memory)
    gc.disable()  # nothing here makes cycles; looking for them among a million cells costs a third of the time
    while len(head := requests.read(_HEAD.size)) == _HEAD.size:
        kind, seconds, size = _HEAD.unpack(head)
        _allow_seconds(seconds)
        if not _answer(kind, requests.read(size), out, max_cells):
            return


if __name__ == "__main__":
    main()
