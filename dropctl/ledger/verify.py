"""Whether a ledger still holds exactly what was written into it: every event, every personal part, every guard."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dropctl.errors import Damaged
from dropctl.ledger import schema
from dropctl.ledger.connection import connect, version_of
from dropctl.ledger.events import START, chained, sealed
from dropctl.ledger.store import COLUMNS

_NAME = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"


@dataclass(frozen=True, slots=True)
class Verification:
    """The result: `head` is the hash of the last good event, `first_bad` the number of the first that is not.

    `reason` is a Chinese sentence, None when all is well. What a chain cannot show is that events were cut off at
    its end: compare `head` and `events` with a backup or with what was written down earlier.
    """

    ok: bool
    events: int
    head: str
    first_bad: int | None
    reason: str | None


def verify(path: Path) -> Verification:
    """Return whether the ledger in `path` is whole; reads only. Refused for a ledger of a newer program."""
    try:
        connection = connect(path)
    except sqlite3.Error:
        return Verification(False, 0, START, None, "文件已损坏，打不开")
    try:
        version_of(connection, path)
        return _verified(connection)
    except Damaged as error:
        return Verification(False, 0, START, None, error.what)
    except sqlite3.Error:
        return Verification(False, 0, START, None, "文件已损坏，读不出来")
    finally:
        connection.close()


def _verified(connection: sqlite3.Connection) -> Verification:
    good, head, bad, reason = _chain(connection)
    if bad is None:
        reason = _guards(connection) or _pages(connection)
    return Verification(reason is None, good, head, bad, reason)


def _chain(connection: sqlite3.Connection) -> tuple[int, str, int | None, str | None]:
    """Return how many events are good from the first on, the last one's hash, and number and fault of the next."""
    good, head, day = 0, START, ""
    try:
        parts = _parts(connection)
        for found in connection.execute(f"SELECT {', '.join(COLUMNS)}, previous, hash FROM events ORDER BY seq"):  # noqa: S608
            *row, previous, hash_ = found
            values = dict(zip(COLUMNS, row, strict=True))
            if values["seq"] != good + 1:
                return good, head, good + 1, f"第{good + 1}条不见了"
            if previous != head or chained(previous, tuple(row)) != hash_ or values["recorded_as_of"] < day:
                return good, head, good + 1, f"第{good + 1}条与记入时不一样"
            if not _sealed(values, parts):
                return good, head, good + 1, f"第{good + 1}条的个人信息与记入时不一样"
            good, head, day = good + 1, hash_, values["recorded_as_of"]
    except (sqlite3.Error, ValueError, TypeError, KeyError):
        return good, head, good + 1, f"第{good + 1}条读不出来"
    if parts:
        return good, head, min(row[0] for row in parts.values()), "有不属于任何一条记录的个人信息"
    return good, head, None, None


def _parts(connection: sqlite3.Connection) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in connection.execute("SELECT id, seq, part, salt, body FROM personal")}


def _sealed(values: dict[str, Any], parts: dict[str, tuple[Any, ...]]) -> bool:
    """Say whether each personal part of an event is there and is what was sealed; takes them out of `parts`."""
    for part, identifier, digest in json.loads(values["parts"]):
        found = parts.pop(identifier, None)
        if found is None:
            return False
        seq, name, salt, body = found
        if (seq, name) != (values["seq"], part) or sealed(salt, body) != digest:
            return False
    return True


def _guards(connection: sqlite3.Connection) -> str | None:
    """Return what is wrong with the tables and triggers that keep the ledger append-only."""
    expected = sqlite3.connect(":memory:")
    try:
        for statement in (line for version in schema.MIGRATIONS for line in version):
            expected.execute(statement)
        same = expected.execute(_NAME).fetchall() == connection.execute(_NAME).fetchall()
    finally:
        expected.close()
    return None if same else "防止改动的保护被拆掉了"


def _pages(connection: sqlite3.Connection) -> str | None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    return None if found == "ok" else "文件内部有损坏"
