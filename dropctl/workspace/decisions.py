"""The answers people gave in a workspace, until there is a ledger: `.dropctl/decisions.jsonl`, one object per line.

Append-only; the file is written whole, mode 0600. It holds names and full numbers, as the snapshots beside it do
(CONTRACT §9). What a line means is known in `reconcile`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dropctl.errors import Refused
from dropctl.files import make_folder, write_whole

DECISIONS = "decisions.jsonl"


class DecisionFile:
    """The lines of one workspace's file, as it was when this was made; Refused when a line is damaged."""

    def __init__(self, state: Path) -> None:
        self.path = state / DECISIONS
        self._state = state
        self._data = self._read()
        self.lines: Sequence[dict[str, Any]] = tuple(self._parsed())

    def _read(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            todo = "检查 .dropctl 文件夹能不能读取"
            raise Refused("判断记录打不开", where=str(self.path), todo=todo) from error

    def _parsed(self) -> Iterable[dict[str, Any]]:
        if self._data and not self._data.endswith(b"\n"):
            raise self.damaged(self._data.count(b"\n") + 1)
        for number, line in enumerate(self._data.splitlines(), start=1):
            try:
                document = json.loads(line.decode("utf-8", "surrogatepass"))
            except ValueError as error:
                raise self.damaged(number) from error
            if not isinstance(document, dict):
                raise self.damaged(number)
            yield document

    def damaged(self, line: int) -> Refused:
        """Return the refusal that names a line which cannot be used."""
        todo = "从备份中恢复这个文件；没有备份的，把这一行删去，再把那一对重新判断一次"
        return Refused(f"判断记录第{line}行已损坏", where=str(self.path), todo=todo)

    def append(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Add lines at the end, all of them or none; nothing is written for no lines."""
        if not documents:
            return
        if self._read() != self._data:
            todo = "等另一个窗口里的命令结束，再运行一次"
            raise Refused("判断记录刚被别的命令改过，这次没有写入", where=str(self.path), todo=todo)
        added = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
        make_folder(self._state)
        self._data += added.encode("utf-8", "surrogatepass")
        write_whole(self.path, self._data)
        self.lines = (*self.lines, *(dict(document) for document in documents))
