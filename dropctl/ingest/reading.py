"""The files of one run, being read from the moment they are asked for, one or two at a time.

Loads nothing heavy itself: whoever starts a reading early has the rest of the program loaded beside it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from dropctl.errors import UnreadableFile
from dropctl.ingest.guard import GuardedReader
from dropctl.ingest.workbook import FileRead, SourceFile, find_sources, read_or_refuse

_TWO_CHILDREN_BYTES = 1_000_000
_TWO_CHILDREN_FILES = 6
# Read and not yet asked for: enough to keep both children busy, few enough to fit in memory. The bytes are those on
# disk; forty class lists are as nothing.
_AHEAD = 3
_AHEAD_BYTES = 4_000_000

Progress = Callable[[str, int, int], None]


class Reading:
    """What each of `sources` holds, in their order, read once; a context manager that ends the reading.

    `passed_over`: a sentence for each file that is no table. Iterating yields a `FileRead` or the file's refusal;
    `progress` is called with a file's name, how many files are done before it, and how many there are. `begin_with`:
    the place of the file that is read first, whenever its turn comes.
    """

    def __init__(self, sources: Sequence[SourceFile], passed_over: Sequence[str] = (), *, begin_with: int = 0) -> None:
        self.sources = tuple(sources)
        self.passed_over = tuple(passed_over)
        self.progress: Progress | None = None
        self._ends = ExitStack()
        self._readers: SimpleQueue[GuardedReader] = SimpleQueue()
        children = 2 if _worth_two_children(self.sources) else 1
        for _ in range(children):
            self._readers.put(self._ends.enter_context(GuardedReader()))
        pool = ThreadPoolExecutor(children, thread_name_prefix="dropctl-read")
        self._ends.callback(pool.shutdown, wait=True, cancel_futures=True)
        self._pool = pool
        self._waiting = deque(sorted(range(len(self.sources)), key=lambda place: place != begin_with))
        self._ahead: dict[int, Future[FileRead | UnreadableFile]] = {}
        self._read_ahead()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    def __iter__(self) -> Iterator[FileRead | UnreadableFile]:
        total = len(self.sources)
        for done, source in enumerate(self.sources):
            if self.progress:
                self.progress(source.name, done, total)
            result = self._ahead.pop(done).result()
            self._read_ahead()
            yield result

    def _read_ahead(self) -> None:
        size = sum(_size(self.sources[place]) for place in self._ahead)
        while self._waiting:
            source = self.sources[self._waiting[0]]
            size += _size(source)
            if len(self._ahead) >= _AHEAD and size > _AHEAD_BYTES:
                return
            self._ahead[self._waiting.popleft()] = self._pool.submit(self._job, source)

    def _job(self, source: SourceFile) -> FileRead | UnreadableFile:
        reader = self._readers.get()
        try:
            return read_or_refuse(source, reader)
        finally:
            self._readers.put(reader)


def start_reading(paths: Sequence[Path], *, small_first: bool = False) -> Reading:
    """Return the reading, already begun, of the table files in `paths`; `Refused` as `find_sources` says.

    `small_first`: small files come before large ones, so that there is something to do with their rows while the
    large ones are still being read; the largest is begun at once. The order hangs on the files alone.
    """
    sources, passed_over = find_sources(paths)
    if not small_first or len(sources) <= _AHEAD:
        return Reading(sources, passed_over)
    *others, last = sorted(sources, key=_size)
    ordered = [*others[:-1], last, others[-1]]
    return Reading(ordered, passed_over, begin_with=len(ordered) - 2)


def _size(source: SourceFile) -> int:
    try:
        return source.path.stat().st_size
    except OSError:
        return 0  # said when the file's turn comes


def _worth_two_children(sources: Sequence[SourceFile]) -> bool:
    if len(sources) < 2 or (os.cpu_count() or 1) < 2:
        return False
    return sum(map(_size, sources)) > _TWO_CHILDREN_BYTES or len(sources) >= _TWO_CHILDREN_FILES
