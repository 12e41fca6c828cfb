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
# Read and not yet asked for: enough to keep both children busy, few enough to fit in memory.
_AHEAD = 3

Progress = Callable[[str, int, int], None]


class Reading:
    """What each of `sources` holds, in their order, read once; a context manager that ends the reading.

    `passed_over`: a sentence for each file that is no table. Iterating yields a `FileRead` or the file's refusal;
    `progress` is called with a file's name, how many files are done before it, and how many there are.
    """

    def __init__(self, sources: Sequence[SourceFile], passed_over: Sequence[str] = ()) -> None:
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
        self._waiting = iter(self.sources)
        self._ahead: deque[Future[FileRead | UnreadableFile]] = deque()
        for _ in range(_AHEAD):
            self._submit_next()

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
            result = self._ahead.popleft().result()
            self._submit_next()
            yield result

    def _submit_next(self) -> None:
        following = next(self._waiting, None)
        if following is not None:
            self._ahead.append(self._pool.submit(self._job, following))

    def _job(self, source: SourceFile) -> FileRead | UnreadableFile:
        reader = self._readers.get()
        try:
            return read_or_refuse(source, reader)
        finally:
            self._readers.put(reader)


def start_reading(paths: Sequence[Path]) -> Reading:
    """Return the reading, already begun, of the table files in `paths`; `Refused` as `find_sources` says."""
    return Reading(*find_sources(paths))


def _worth_two_children(sources: Sequence[SourceFile]) -> bool:
    if len(sources) < 2 or (os.cpu_count() or 1) < 2:
        return False
    size = 0
    for source in sources:
        try:
            size += source.path.stat().st_size
        except OSError:
            continue  # said when the file's turn comes
    return size > _TWO_CHILDREN_BYTES or len(sources) >= _TWO_CHILDREN_FILES
