"""A ledger file opened with the settings that keep it whole, and SQLite's faults said as sentences.

Settings (measured: kill −9, full disk, four writers at once): rollback journal, `synchronous=EXTRA`, deleted
content overwritten, triggers also on REPLACE, nothing in the schema trusted, mode 0600 for the file and, because
SQLite gives it the file's own mode, for the journal.
"""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dropctl.errors import CannotWrite, Damaged, DropctlError, Refused
from dropctl.files import WholeFiles, cannot_write, make_folder
from dropctl.ledger import schema
from dropctl.ledger.network_drive import network_kind

WAIT_SECONDS = 10.0
_SETTINGS = (
    "PRAGMA journal_mode=DELETE",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA secure_delete=1",
    "PRAGMA recursive_triggers=1",
    "PRAGMA trusted_schema=0",
    "PRAGMA foreign_keys=1",
)
_RESTORE = "先不要继续登记，用 dropctl audit verify 查看，再用 dropctl restore 从备份恢复"


def fault(path: Path, error: sqlite3.Error) -> DropctlError:
    """Return what a registrar can do about an error of SQLite met in the file `path`."""
    said = str(error)
    if "locked" in said or "busy" in said:
        todo = "等另一个 dropctl 做完，或关闭占用它的程序后再试"
        return CannotWrite(f"台账正被另一个程序使用，等了{WAIT_SECONDS:.0f}秒仍不能写入", where=str(path), todo=todo)
    if "disk is full" in said:
        return cannot_write(path, OSError(errno.ENOSPC, said))
    if "disk I/O" in said or "unable to open" in said:
        return CannotWrite("磁盘出错，这次没有记入台账", where=str(path), todo="检查磁盘和剩余空间后再试")
    if "readonly" in said:
        return CannotWrite("台账是只读的，这次没有记入", where=str(path), todo="检查文件和文件夹的写入权限")
    return Damaged("台账文件已损坏，读不出来", where=str(path), todo=_RESTORE)


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Turn an error of SQLite inside the block into its sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise fault(path, error) from error


@contextmanager
def opened(path: Path, *, write: bool) -> Iterator[sqlite3.Connection]:
    """Give a connection to the ledger in `path`, brought up to the present version; made first with `write`.

    Raises Refused for a file of a newer program, on a network drive or through a link; Damaged; CannotWrite.
    """
    if path.is_symlink():
        raise Refused("台账是一个指向别处的链接，没有使用", where=str(path), todo="换回真正的文件")
    if write:
        _prepare(path)
    with said_plainly(path):
        connection = connect(path)
        try:
            _check(connection, path)
            yield connection
        finally:
            connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to a file that is there, in autocommit; text that is not UTF-8 is kept, not refused."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS, isolation_level=None
    )
    connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _prepare(path: Path) -> None:
    kind = network_kind(path.parent if path.parent.exists() else path.parent.parent)
    if kind is not None:
        todo = "把整个工作区文件夹复制到本机硬盘上再用，网络盘上只放备份"
        raise Refused(f"工作区在网络盘（{kind}）上，两个人同时登记会损坏台账，没有写入", where=str(path), todo=todo)
    make_folder(path.parent)
    if not path.exists():
        _make(path)


def _make(path: Path) -> None:
    """Make an empty ledger in its place at once, so that a file without content is never taken for a new one."""
    fresh = path.with_name(f".{secrets.token_hex(6)}{path.suffix}")
    try:
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with said_plainly(path):
                connection = connect(fresh)
                try:
                    _bring_up_to_date(connection, fresh)
                finally:
                    connection.close()
            _put(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def _put(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError:
        return  # another process was first: its ledger stands
    except OSError:  # a drive without hard links (FAT)
        if not path.exists():
            os.replace(fresh, path)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is not our ledger or of a newer program; bring an older one up to date."""
    if version_of(connection, path) < schema.version():
        _bring_up_to_date(connection, path)


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the file; Refused for a newer one, Damaged when it is not a ledger."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if owner != schema.APPLICATION_ID:
        raise Damaged("这个文件不是 dropctl 的台账", where=str(path), todo=_RESTORE)
    if version > schema.version():
        raise Refused("台账是更新版本的 dropctl 写的，这个版本不能使用", where=str(path), todo="升级 dropctl 后再试")
    return version


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Run the missing migrations in one transaction, after a copy of an older file was put beside it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have been first.
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if 0 < version < schema.version():
            copy_to(path, path.with_name(f"{path.stem}.v{version}{path.suffix}"))
        for number, statements in enumerate(schema.MIGRATIONS[version:], start=version + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={number}")
        connection.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def copy_to(source: Path, target: Path) -> None:
    """Write a compact copy of the ledger to `target`, mode 0600, completely or not at all; CannotWrite."""
    with WholeFiles() as files:
        staged = files.stage(target)
        with said_plainly(source):
            connection = connect(source)
            try:
                connection.execute("VACUUM INTO ?", (str(staged),))
            finally:
                connection.close()
