"""The parent's side of the guarded child: start it, hand it a file, take the rows, bury it when it dies.

A workbook of 1.7 KB can abort the process that opens it, so none is opened here. One child reads many files;
after a death or a hang the next file gets a new one.
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dropctl.errors import Refused
from dropctl.ingest.package import MAX_CELLS
from dropctl.tables.raw import Cell

SECONDS = 9.0  # wall clock per file, and so much more for each MiB: a busy or old computer is no damaged file
SECONDS_PER_MIB = 3.0
MEMORY = 2**30  # address space of the child
_LARGEST_MESSAGE = 2**29


class GuardFailure(Exception):
    """The child gave no rows: `kind` ∈ died, hung, broken, password, memory, too_wide, too_many, nested.

    `detail`: sheet, row and column for too_wide, records and columns for too_many, the column for nested.
    """

    def __init__(self, kind: str, detail: tuple[Any, ...] = ()) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


@dataclass(slots=True)
class GuardedSheet:
    """One sheet as the child read it; `named` are 1-based row and 0-based column of cleaned cells."""

    name: str
    hidden: bool
    rows: list[list[Cell]] = field(default_factory=list)
    filled: int = 0
    cleaned: int = 0
    named: list[tuple[int, int]] = field(default_factory=list)


def _where_is(module: str) -> Path:
    """Return the file of a module that is found but not imported here; raises `Refused` when it is missing."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise Refused("安装不完整，缺少读取表格的组件", todo="重新安装 dropctl 后再试")
    return Path(spec.origin)


def _make_dates(rows: list[list[Any]], columns: Sequence[int]) -> None:
    """Turn the tuples that stand for dates, all of them in `columns`, into dates."""
    for row in rows:
        for column in columns:
            value = row[column]
            if type(value) is tuple:
                try:
                    # Cells have no time zone.
                    row[column] = date(*value) if len(value) == 3 else datetime(*value)  # noqa: DTZ001
                except (ValueError, TypeError):
                    row[column] = None


class GuardedReader:
    """A child process that reads workbooks one after another; a context manager that ends it."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        seconds_per_mib: float = SECONDS_PER_MIB,
        memory: int = MEMORY,
        max_cells: int = MAX_CELLS,
    ) -> None:
        self._seconds = seconds
        self._seconds_per_mib = seconds_per_mib
        self._memory = memory
        self._max_cells = max_cells
        self._child: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None
        self._hung = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process(self) -> int | None:
        """The number of the living child process, None when there is none."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def warm_up(self) -> None:
        """Start the child now, so that it is ready when the first file has been read from disk."""
        self._living()

    def start(self, data: bytes, *, parquet: bool = False) -> None:
        """Hand the bytes of one file to the child, which begins to read; `finish` or `abandon` must follow."""
        child = self._living()
        self._hung = False
        self._timer = threading.Timer(self._allowed(len(data)), self._kill_hung, args=(child,))
        self._timer.daemon = True
        self._timer.start()
        assert child.stdin is not None
        with suppress(BrokenPipeError, OSError):  # a child that died is noticed by `finish`
            child.stdin.write(
                struct.pack("<cIQ", b"P" if parquet else b"W", int(self._allowed(len(data))) + 5, len(data))
            )
            child.stdin.write(data)
            child.stdin.flush()

    def finish(self) -> list[GuardedSheet]:
        """Return the sheets of the workbook handed over by `start`; raises `GuardFailure`."""
        sheets: list[GuardedSheet] = []
        try:
            while True:
                message = self._receive()
                match message[0]:
                    case "sheet":
                        sheets.append(GuardedSheet(message[1], message[2]))
                    case "rows":
                        _make_dates(message[1], message[2])
                        sheets[-1].rows += message[1]
                    case "sheet_end":
                        sheets[-1].filled, sheets[-1].cleaned, sheets[-1].named = message[1:4]
                    case "end":
                        return sheets
                    case kind:
                        if kind in ("broken", "memory"):
                            self.close()
                        raise GuardFailure(str(kind), tuple(message[1:]))
        finally:
            self._stop_timer()

    def read(self, data: bytes, *, parquet: bool = False) -> list[GuardedSheet]:
        """Return the sheets of one file; a parquet file is one sheet, its columns' names being the first row.

        Raises `GuardFailure`.
        """
        self.start(data, parquet=parquet)
        return self.finish()

    def abandon(self) -> None:
        """End the reading begun by `start`: its result is not wanted."""
        self._stop_timer()
        self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        self._stop_timer()
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        child.wait()

    def _living(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        script = _where_is("dropctl.ingest.guard_child")
        folders = dict.fromkeys(str(_where_is(library).parent.parent) for library in ("python_calamine", "polars"))
        numbers = (self._memory, self._max_cells)
        self._child = subprocess.Popen(  # noqa: S603  # our own interpreter and script, nothing from outside
            [sys.executable, "-I", "-S", str(script), os.pathsep.join(folders), *map(str, numbers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=2**20,
            pipesize=2**20,  # fewer turns between the two processes
        )
        return self._child

    def _allowed(self, size: int) -> float:
        return self._seconds + self._seconds_per_mib * size / 2**20

    def _kill_hung(self, child: subprocess.Popen[bytes]) -> None:
        self._hung = True
        child.kill()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _receive(self) -> tuple[Any, ...]:
        if self._child is None or self._child.stdout is None:
            raise GuardFailure("died")
        head = self._child.stdout.read(8)
        if len(head) == 8:
            size = struct.unpack("<Q", head)[0]
            if size <= _LARGEST_MESSAGE:
                data = self._child.stdout.read(size)
                if len(data) == size:
                    try:
                        message = marshal.loads(data)  # noqa: S302  # from our own child; marshal runs no code
                    except (ValueError, EOFError, TypeError):
                        message = None
                    if isinstance(message, tuple) and message:
                        return message
        self.close()
        raise GuardFailure("hung" if self._hung else "died")
