"""Whole-file writing: a result is complete in its place or not there at all, mode 0600, never through a link.

Every output is first written to a temporary file in the target's own folder, synced, and moved over the
target. Nothing here knows what the files hold.
"""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from dropctl.errors import CannotWrite

_LONGEST_NAME = 60  # characters; 85 Chinese characters already fill the 255 bytes of one name
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_CLOSE_IT = "在 WPS、Excel 等程序中关闭这个文件后重新运行"


def lock_file_beside(path: Path) -> Path | None:
    """Return the lock file an office program keeps beside `path` while it is open there, or None.

    Excel and WPS write `~$name`, LibreOffice `.~lock.name#`.
    """
    for name in (f"~${path.name}", f".~lock.{path.name}#"):
        candidate = path.with_name(name)
        if os.path.lexists(candidate):
            return candidate
    return None


def cannot_write(path: Path, error: OSError) -> CannotWrite:
    """Return what a registrar can do about `error`, met while writing `path`."""
    code = error.errno
    where = str(path)
    if code in (errno.ENOSPC, errno.EDQUOT):
        return CannotWrite("磁盘空间不足，结果没有写出，原有文件没有改动", where=where, todo="清理磁盘后重新运行")
    if code == errno.EROFS:
        todo = "用 -o 指定另一个可以写入的文件夹"
        return CannotWrite("这个位置是只读的（例如光盘或写保护的U盘），不能写入", where=where, todo=todo)
    if code in (errno.ENOTDIR, errno.EEXIST):
        todo = "用 -o 指定另一个文件夹，或给那个文件改名"
        return CannotWrite("输出路径中有一段是文件，不是文件夹", where=where, todo=todo)
    if code == errno.ENOENT:
        todo = "用 -o 指定另一个可以写入的文件夹"
        return CannotWrite("这个位置建不了文件夹或文件", where=where, todo=todo)
    if code == errno.ENAMETOOLONG:
        return CannotWrite("文件名或路径太长", where=where, todo="用 -o 指定一个路径较短的文件夹")
    if code in (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY):
        if path.is_file() and os.access(path.parent, os.W_OK):
            return CannotWrite("文件正在别处打开，或被设为只读，不能写入", where=where, todo=_CLOSE_IT)
        todo = "用 -o 指定另一个文件夹，或请管理员开放写入权限"
        return CannotWrite("没有权限写入这个文件夹", where=where, todo=todo)
    reason = f"（{os.strerror(code)}）" if code else ""
    return CannotWrite(f"文件写不进去{reason}", where=where, todo="检查磁盘和文件夹后重新运行")


def _refuse_links(path: Path) -> None:
    if path.is_symlink():
        todo = "删除这个链接，或用 -o 指定另一个文件夹"
        raise CannotWrite("这是一个指向别处的链接，为免改动别的文件，没有写入", where=str(path), todo=todo)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows cannot open a folder for syncing
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network drives cannot sync a folder
            raise
    finally:
        os.close(handle)


def _disk_fault(error: BaseException | None) -> OSError | None:
    """Return the `OSError` that `error` is or was made from: writers wrap theirs in classes of their own."""
    if error is None or isinstance(error, OSError):
        return error
    wrapped = (error.__cause__, error.__context__, *error.args)
    return next((candidate for candidate in wrapped if isinstance(candidate, OSError)), None)


class WholeFiles:
    """Several outputs that appear together at the end of the `with` block, or not at all.

    `stage` gives the temporary file to write to. An error inside the block removes every temporary file and
    every folder made for it; the files that stood there before are not touched. Raises `CannotWrite`.
    """

    def __init__(self) -> None:
        self._staged: list[tuple[Path, Path]] = []
        self._folders: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def stage(self, path: Path) -> Path:
        """Return an empty file, mode 0600, in the folder of `path`, that will become `path`."""
        try:
            self._check_target(path)
            self._make_folder(path.parent)
            temporary = path.with_name(f".{secrets.token_hex(6)}{path.suffix}")
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
            os.close(os.open(temporary, flags, 0o600))
        except OSError as error:
            raise cannot_write(path, error) from error
        self._staged.append((temporary, path))
        return temporary

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        path = self._staged[-1][1] if self._staged else Path()
        done = False
        try:
            if error is None:
                for temporary, path in self._staged:  # the except clause names the one that failed
                    self._seal(temporary)
                    self._check_target(path)
                for temporary, path in self._staged:
                    os.replace(temporary, path)
                for folder in sorted({path.parent for _, path in self._staged}):
                    _sync_folder(folder)
                done = True
        except OSError as fault:
            raise cannot_write(path, fault) from fault
        finally:
            if not done:
                self._clear()
        cause = _disk_fault(error)
        if cause is not None and self._is_ours(cause):
            raise cannot_write(path, cause) from error

    def _is_ours(self, error: OSError) -> bool:
        """Say whether an error inside the block came from writing a staged file rather than from reading."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            return True
        return error.filename is not None and os.fspath(error.filename) in {str(t) for t, _ in self._staged}

    @staticmethod
    def _seal(temporary: Path) -> None:
        handle = os.open(temporary, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EPERM, os.strerror(errno.EPERM), str(temporary))
            if os.name != "nt":
                os.fchmod(handle, 0o600)  # a writer may have replaced the file with one of its own mode
            os.fsync(handle)
        finally:
            os.close(handle)

    @staticmethod
    def _check_target(path: Path) -> None:
        _refuse_links(path.parent)
        _refuse_links(path)
        if path.is_dir():
            todo = "给那个文件夹改名，或用 -o 指定另一个文件夹"
            raise CannotWrite("这里已经有一个同名的文件夹，文件写不进去", where=str(path), todo=todo)
        if lock_file_beside(path) is not None:
            raise CannotWrite("文件正在别处打开，不能写入", where=str(path), todo=_CLOSE_IT)

    def _make_folder(self, folder: Path) -> None:
        missing: list[Path] = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(mode=0o700)
            self._folders.append(new)

    def _clear(self) -> None:
        for temporary, _ in self._staged:
            temporary.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            try:
                folder.rmdir()
            except OSError:
                break  # somebody else put a file there meanwhile: theirs stays


def make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, mode 0700; raises `CannotWrite`."""
    try:
        _refuse_links(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, mode 0600, completely or not at all; raises `CannotWrite`."""
    with WholeFiles() as files:
        files.stage(path).write_bytes(data)


def _office_order(names: Iterable[str]) -> list[str]:
    # Readers expect the content types first, and an ODF mimetype before everything.
    first = ("mimetype", "[Content_Types].xml", "_rels/.rels")
    ranks = {name: rank for rank, name in enumerate(first)}
    return sorted(names, key=lambda name: ranks.get(name, len(first)))


def normalise_zip(package: Path | bytes) -> bytes:
    """Return the zip (a .docx or .xlsx) with 1980 dates and fixed attributes: same parts in, same bytes out."""
    data = package.read_bytes() if isinstance(package, Path) else package
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return zip_of({name: source.read(name) for name in source.namelist()})


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip of named parts (a .docx or .xlsx), dated 1980: same parts in, same bytes out."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for name in _office_order(parts):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.create_system = 0
            entry.external_attr = 0
            target.writestr(entry, parts[name], compresslevel=6)
    return result.getvalue()


def safe_file_name(text: str) -> str:
    """Return `text` as a name every system takes: no separators, control or direction characters, ≤ 60 characters.

    Never empty, never a Windows device name; the ending after the last dot is kept when the name is cut.
    """
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    plain = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", plain)).strip(" .")
    if len(plain) > _LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        if dot and 0 < len(ending) <= 5:
            plain = stem[: _LONGEST_NAME - len(ending) - 1].rstrip(" .") + dot + ending
        else:
            plain = plain[:_LONGEST_NAME].rstrip(" .")
    if not plain:
        return "未命名"
    return f"_{plain}" if _DEVICES.fullmatch(plain) else plain
