"""A copy of the ledger put aside, and put back: checked first, complete or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropctl.errors import Damaged, Refused
from dropctl.files import WholeFiles, cannot_write
from dropctl.ledger.connection import connect, copy_to, said_plainly
from dropctl.ledger.store import Ledger
from dropctl.ledger.verify import Verification, verify


@dataclass(frozen=True, slots=True)
class Comparison:
    """A backup beside the ledger it would replace: how many events would be lost (None: the present one is damaged)."""

    backup: Verification
    present: Verification | None
    lost: int | None
    same_history: bool


def back_up(ledger: Ledger, target: Path) -> Verification:
    """Write a checked copy of the ledger to `target` and return what was checked; Damaged when it is not whole."""
    if not ledger.exists:
        raise Refused("还没有台账，没有可备份的", where=str(ledger.path), todo="先做一次核对或登记")
    if target.exists() and target.resolve() == ledger.path.resolve():
        raise Refused("备份不能写到台账自己身上", where=str(target), todo="换一个文件名")
    with WholeFiles() as files:
        staged = files.stage(target)
        with said_plainly(ledger.path):
            connection = connect(ledger.path)
            try:
                connection.execute("VACUUM INTO ?", (str(staged),))
            finally:
                connection.close()
        found = verify(staged)
        if not found.ok:
            todo = "用 dropctl audit verify 查看；原有的备份没有改动"
            raise Damaged(f"台账已损坏，没有备份（{found.reason}）", where=str(ledger.path), todo=todo)
    return found


def compare(ledger: Ledger, source: Path) -> Comparison:
    """Return what restoring `source` would mean; Refused when there is no such file, Damaged when it is not whole."""
    if not source.is_file() or source.is_symlink():
        raise Refused("找不到这个备份文件", where=str(source), todo="检查路径是否写对")
    backup = verify(source)
    if not backup.ok:
        raise Damaged(f"备份已损坏，没有恢复（{backup.reason}）", where=str(source), todo="换一份备份")
    if not ledger.exists:
        return Comparison(backup, None, 0, True)
    present = verify(ledger.path)
    if not present.ok:
        return Comparison(backup, present, None, False)
    shared = _has(ledger.path, backup)
    return Comparison(backup, present, present.events - backup.events if shared else present.events, shared)


def _has(path: Path, backup: Verification) -> bool:
    """Say whether the ledger in `path` is the backup with more events after it."""
    if backup.events == 0:
        return True
    with said_plainly(path):
        connection = connect(path)
        try:
            found = connection.execute("SELECT hash FROM events WHERE seq = ?", (backup.events,)).fetchone()
        finally:
            connection.close()
    return found is not None and found[0] == backup.head


def last_day_of(source: Path) -> date | None:
    """Return the latest day the backup was recorded as of, None for an empty one."""
    with said_plainly(source):
        connection = connect(source)
        try:
            text = connection.execute("SELECT max(recorded_as_of) FROM events").fetchone()[0]
        finally:
            connection.close()
    return None if text is None else date.fromisoformat(text)


def put_back(ledger: Ledger, source: Path) -> Path | None:
    """Make the ledger what `source` holds and return where the ledger it replaced lies now (None: there was none).

    A ledger that can still be opened is overwritten in place, in one transaction, so that a command waiting for it
    goes on with the restored one.
    """
    if not ledger.exists:
        copy_to(source, ledger.path)
        return None
    present = verify(ledger.path)
    aside = ledger.path.with_name(f"{ledger.path.stem}.before-{present.head[:8]}{ledger.path.suffix}")
    if present.ok:
        copy_to(ledger.path, aside)
        with said_plainly(ledger.path):
            old, new = connect(ledger.path), connect(source)
            try:
                new.backup(old)
            finally:
                new.close()
                old.close()
        return aside
    try:
        with WholeFiles() as files:
            files.stage(aside).write_bytes(ledger.path.read_bytes())
    except OSError as error:
        raise cannot_write(aside, error) from error
    ledger.path.with_name(f"{ledger.path.name}-journal").unlink(missing_ok=True)
    copy_to(source, ledger.path)
    return aside
