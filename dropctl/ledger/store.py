"""The ledger of one workspace: reading its events as of a day, and appending to it, one command at a time."""

from __future__ import annotations

import json
import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from dropctl.errors import Damaged, Refused
from dropctl.ledger.connection import opened, said_plainly
from dropctl.ledger.events import KINDS, START, Draft, Event, canonical, chained, sealed

LEDGER = "ledger.sqlite3"
COLUMNS = (
    "seq", "batch", "command", "kind", "subject", "happened_on", "recorded_as_of", "recorded_at", "facts", "parts",
    "once",
)  # fmt: skip
_ROW = ", ".join(COLUMNS)
_INSERT = f"INSERT INTO events ({_ROW}, previous, hash) VALUES ({', '.join('?' * (len(COLUMNS) + 2))})"  # noqa: S608
_READ = "seq, batch, command, kind, subject, happened_on, recorded_as_of, facts, hash"
_VERIFY = "用 dropctl audit verify 查看是哪一条，再用 dropctl restore 从备份恢复"


class Ledger:
    """The file `ledger.sqlite3` in a workspace's own folder; it need not be there to be read."""

    def __init__(self, state: Path) -> None:
        self.path = state / LEDGER

    @property
    def exists(self) -> bool:
        """Whether anything was ever recorded."""
        return self.path.exists()

    def events(self, until: date | None = None, kinds: Collection[str] = ()) -> list[Event]:
        """Return the events recorded as of `until` or before, all or of some kinds, the oldest first (CONTRACT §6)."""
        if not self.exists:
            return []
        with opened(self.path, write=False) as connection:
            return _events(connection, self.path, until, kinds)

    def last_day(self) -> date | None:
        """Return the latest day anything was recorded as of, None for an empty ledger."""
        if not self.exists:
            return None
        with opened(self.path, write=False) as connection:
            return _last_day(connection, self.path)

    @contextmanager
    def writing(self, as_of: date, command: str, *, keep: bool = True) -> Iterator[Transaction]:
        """Give the one transaction of a command: all of it is recorded when the block ends, nothing after an error.

        With `keep` false it is a rehearsal: everything is checked and nothing recorded.
        Raises Refused when `as_of` lies before the last recorded one, Damaged when the end of the ledger is not
        what was written, CannotWrite.
        """
        if not keep and not self.exists:
            with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder)).writing(as_of, command) as rehearsal:
                yield rehearsal
            return
        with opened(self.path, write=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                last = _last_day(connection, self.path)
                if last is not None and as_of < last:
                    todo = f"用 --as-of {last} 或更晚的日期；事情发生在以前的，用 --on 写明发生的日期"
                    raise Refused(f"台账已经记到{last}，不能再按{as_of}记入（只能查看）", todo=todo)
                yield Transaction(connection, self.path, as_of, command)
                connection.execute("COMMIT" if keep else "ROLLBACK")
            except BaseException:
                # A full disk has already rolled back; rolling back twice is an error of its own.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


class Transaction:
    """What one command records. Nothing of it is seen by anyone else, or kept, before the command is done."""

    def __init__(self, connection: sqlite3.Connection, path: Path, as_of: date, command: str) -> None:
        self.as_of = as_of
        self.recorded = 0
        self._connection = connection
        self._path = path
        self._command = command
        # The database's clock, not ours: no fold and no output reads it (decision D-49).
        self._moment: str = connection.execute("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')").fetchone()[0]
        self._seq, self._head = _end(connection, path)
        self._batch = self._seq + 1

    def events(self, kinds: Collection[str] = ()) -> list[Event]:
        """Return what is recorded so far, this command included."""
        return _events(self._connection, self._path, self.as_of, kinds)

    def append(self, draft: Draft) -> int | None:
        """Record an event and return its number; None when one with the same `once` is there already."""
        if draft.kind not in KINDS:
            raise ValueError(f"unknown kind of event: {draft.kind}")
        if draft.once is not None and self._known(draft.once):
            return None
        sealed_parts = [
            (secrets.token_hex(16), part, secrets.token_hex(16), canonical(values))
            for part, values in sorted(draft.personal.items())
        ]
        parts = [[part, identifier, sealed(salt, body)] for identifier, part, salt, body in sealed_parts]
        row = (
            self._seq + 1, self._batch, self._command, draft.kind, draft.subject, draft.happened_on.isoformat(),
            self.as_of.isoformat(), self._moment, canonical(draft.facts), canonical(parts), draft.once,
        )  # fmt: skip
        hash_ = chained(self._head, row)
        self._connection.execute(_INSERT, (*row, self._head, hash_))
        self._connection.executemany(
            "INSERT INTO personal (id, seq, part, salt, body) VALUES (?, ?, ?, ?, ?)",
            [(identifier, row[0], part, salt, body) for identifier, part, salt, body in sealed_parts],
        )
        self._seq, self._head = self._seq + 1, hash_
        self.recorded += 1
        return self._seq

    def _known(self, once: str) -> bool:
        return self._connection.execute("SELECT 1 FROM events WHERE once = ?", (once,)).fetchone() is not None


def _end(connection: sqlite3.Connection, path: Path) -> tuple[int, str]:
    """Return number and hash of the last event; Damaged when it does not carry its own hash."""
    found = connection.execute(
        f"SELECT {_ROW}, previous, hash FROM events ORDER BY seq DESC LIMIT 1"  # noqa: S608 - our own column names
    ).fetchone()
    if found is None:
        return 0, START
    *row, previous, hash_ = found
    if chained(previous, tuple(row)) != hash_:
        raise Damaged(f"台账的最后一条（第{row[0]}条）被改动过，没有再往下记", where=str(path), todo=_VERIFY)
    return row[0], hash_


def _last_day(connection: sqlite3.Connection, path: Path) -> date | None:
    text = connection.execute("SELECT max(recorded_as_of) FROM events").fetchone()[0]
    return None if text is None else _understood(path, lambda: date.fromisoformat(text))


def _understood(path: Path, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged("台账中有一条记录看不懂", where=str(path), todo=_VERIFY) from error


def _events(connection: sqlite3.Connection, path: Path, until: date | None, kinds: Collection[str]) -> list[Event]:
    wanted = sorted(kinds)
    where = f"recorded_as_of <= ? AND kind IN ({', '.join('?' * len(wanted))})" if wanted else "recorded_as_of <= ?"
    values = ((until or date.max).isoformat(), *wanted)
    with said_plainly(path):
        parts: dict[int, dict[str, Any]] = {}
        for seq, part, body in connection.execute(
            f"SELECT seq, part, body FROM personal WHERE seq IN (SELECT seq FROM events WHERE {where})",  # noqa: S608
            values,
        ):
            parts.setdefault(seq, {})[part] = body
        rows = connection.execute(
            f"SELECT {_READ} FROM events WHERE {where} ORDER BY seq",  # noqa: S608
            values,
        ).fetchall()

    def read() -> list[Event]:
        return [
            Event(
                seq, batch, command, kind, subject, date.fromisoformat(happened), date.fromisoformat(recorded),
                json.loads(facts), {part: json.loads(body) for part, body in parts.get(seq, {}).items()}, hash_,
            )
            for seq, batch, command, kind, subject, happened, recorded, facts, hash_ in rows
        ]  # fmt: skip

    found: list[Event] = _understood(path, read)
    return found
