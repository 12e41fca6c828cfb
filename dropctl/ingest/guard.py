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
from dropctl.ingest import sniff
from dropctl.ingest.package import MAX_CELLS, BadPackage
from dropctl.ingest.prescan import PackageScan
from dropctl.tables.raw import Cell

SECONDS = 9.0  # wall clock per file, and so much more for each MiB: a busy or old computer is no damaged file
SECONDS_PER_MIB = 3.0
MEMORY = 2**30  # address space of the child
_LARGEST_MESSAGE = 2**29


class GuardFailure(Exception):
    """The child gave no rows: `kind` ∈ died, hung, broken, password, memory, too_wide, too_many, nested.

    `detail`: sheet, row and column for too_wide, records and columns for too_many, the column for nested. `scan`: what
    the bytes had shown until then.
    """

    def __init__(self, kind: str, detail: tuple[Any, ...] = (), scan: PackageScan | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
        self.scan = scan or PackageScan()


@dataclass(slots=True)
class GuardedSheet:
    """One sheet as the child read it; `named` are 1-based row and 0-based column of cleaned cells."""

    name: str
    hidden: bool
    rows: list[list[Cell]] = field(default_factory=list)
    filled: int = 0
    cleaned: int = 0
    named: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class GuardedFile:
    """One file as the child read it: its sheets in their order, and what its bytes show beside the cells."""

    sheets: list[GuardedSheet] = field(default_factory=list)
    scan: PackageScan = field(default_factory=PackageScan)


# What the child is told to read, in a letter each.
_LETTERS = {sniff.XLSX: b"X", sniff.ODS: b"O", sniff.XLS: b"L", sniff.PARQUET: b"P"}


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

    def read(self, data: bytes, kind: str = sniff.XLSX) -> GuardedFile:
        """Return what the bytes of one file hold; `kind` is one of `sniff`'s: XLSX, XLS, ODS, PARQUET.

        A parquet file is one sheet, its columns' names being the first row. Raises `BadPackage` for what the scan of
        the bytes refuses, before the reader has seen it, and `GuardFailure` for what the reader cannot read.
        """
        child = self._living()
        self._hung = False
        self._timer = threading.Timer(self._allowed(len(data)), self._kill_hung, args=(child,))
        self._timer.daemon = True
        self._timer.start()
        assert child.stdin is not None
        try:
            with suppress(BrokenPipeError, OSError):  # a child that died is noticed by `_receive`
                child.stdin.write(struct.pack("<cIQ", _LETTERS[kind], int(self._allowed(len(data))) + 5, len(data)))
                child.stdin.write(data)
                child.stdin.flush()
            return self._answer()
        finally:
            self._stop_timer()

    def _answer(self) -> GuardedFile:
        found = GuardedFile()
        while True:
            message = self._receive(found.scan)
            match message[0]:
                case "scan":
                    found.scan = PackageScan.of(message[1])
                case "sheet":
                    found.sheets.append(GuardedSheet(message[1], message[2]))
                case "rows":
                    _make_dates(message[1], message[2])
                    found.sheets[-1].rows += message[1]
                case "sheet_end":
                    sheet = found.sheets[-1]
                    sheet.filled, sheet.cleaned, sheet.named = message[1:4]
                case "end":
                    return found
                case "refused":
                    raise BadPackage(*message[1:3])
                case kind:
                    if kind in ("broken", "memory"):
                        self.close()
                    raise GuardFailure(str(kind), tuple(message[1:]), found.scan)

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
        needed = ("python_calamine", "polars", "dropctl")
        folders = dict.fromkeys(str(_where_is(library).parent.parent) for library in needed)
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

    def _receive(self, scan: PackageScan) -> tuple[Any, ...]:
        if self._child is None or self._child.stdout is None:
            raise GuardFailure("died", scan=scan)
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
        raise GuardFailure("hung" if self._hung else "died", scan=scan)
