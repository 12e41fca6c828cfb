"""Results are complete or absent: staging, links, folders, locks, full disks, names, normalised packages."""

from __future__ import annotations

import errno
import io
import os
import stat
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropctl import files
from dropctl.errors import CannotWrite
from dropctl.files import WholeFiles, normalise_zip, safe_file_name, write_whole


def left_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def write_two_and_fail(one: Path, other: Path, error: Exception) -> None:
    with WholeFiles() as out:
        out.stage(one).write_text("new")
        out.stage(other).write_text("new")
        raise error


def test_a_written_file_is_whole_private_and_alone(tmp_path: Path) -> None:
    target = tmp_path / "out" / "核对结果.xlsx"
    write_whole(target, b"abc")
    assert target.read_bytes() == b"abc"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert left_in(target.parent) == ["核对结果.xlsx"]


def test_an_error_leaves_the_old_files_and_no_trace_of_the_new(tmp_path: Path) -> None:
    old = tmp_path / "a.txt"
    old.write_text("old")
    with pytest.raises(ValueError, match="midway"):
        write_two_and_fail(old, tmp_path / "new" / "deep" / "b.txt", ValueError("midway"))
    assert old.read_text() == "old"
    assert left_in(tmp_path) == ["a.txt"]


def test_nothing_appears_before_the_end(tmp_path: Path) -> None:
    with WholeFiles() as out:
        out.stage(tmp_path / "a.txt").write_text("a")
        out.stage(tmp_path / "b.txt").write_text("b")
        assert not [name for name in left_in(tmp_path) if not name.startswith(".")]
    assert left_in(tmp_path) == ["a.txt", "b.txt"]


def test_a_staged_file_replaced_by_its_writer_is_still_private(tmp_path: Path) -> None:
    with WholeFiles() as out:
        staged = out.stage(tmp_path / "a.txt")
        staged.unlink()
        staged.write_text("by another way")
        staged.chmod(0o644)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o600


@pytest.mark.parametrize("which", ["file", "folder"])
def test_never_through_a_link(tmp_path: Path, which: str) -> None:
    victim = tmp_path / "victim"
    if which == "file":
        victim.write_text("precious")
        target = tmp_path / "a.txt"
        target.symlink_to(victim)
    else:
        victim.mkdir()
        (tmp_path / "out").symlink_to(victim, target_is_directory=True)
        target = tmp_path / "out" / "a.txt"
    with pytest.raises(CannotWrite, match="链接"):
        write_whole(target, b"new")
    assert victim.read_text() == "precious" if which == "file" else left_in(victim) == []


@pytest.mark.parametrize("lock", ["~$结果.xlsx", ".~lock.结果.xlsx#"])
def test_a_file_open_in_an_office_program_is_not_replaced(tmp_path: Path, lock: str) -> None:
    target = tmp_path / "结果.xlsx"
    target.write_bytes(b"old")
    (tmp_path / lock).write_bytes(b"")
    with pytest.raises(CannotWrite, match="正在别处打开") as refusal:
        write_whole(target, b"new")
    assert refusal.value.exit_code == 74
    assert target.read_bytes() == b"old"
    assert left_in(tmp_path) == sorted([lock, "结果.xlsx"])


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(CannotWrite, match="是文件，不是文件夹"):
        write_whole(tmp_path / "out" / "a.txt", b"")
    with pytest.raises(CannotWrite, match="是文件，不是文件夹"):
        write_whole(tmp_path / "out" / "deep" / "a.txt", b"")
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(CannotWrite, match="同名的文件夹"):
        write_whole(tmp_path / "a.txt", b"")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "磁盘空间不足"),
        (errno.EROFS, "只读"),
        (errno.EACCES, "没有权限"),
        (errno.EIO, "写不进去"),
        (errno.ENAMETOOLONG, "太长"),
    ],
)
def test_each_fault_of_the_disk_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(CannotWrite, match=words) as refusal:
        write_whole(tmp_path / "new" / "a.txt", b"data")
    assert "请" in refusal.value.sentence
    assert left_in(tmp_path) == []


class WriterError(Exception):
    """A workbook writer's own class around the operating system's error, as xlsxwriter has one."""


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), WriterError(OSError(errno.ENOSPC, "full"))])
def test_a_disk_that_fills_inside_the_block(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(CannotWrite, match="磁盘空间不足"):
        write_two_and_fail(tmp_path / "a.txt", tmp_path / "b.txt", error)
    assert left_in(tmp_path) == []


def test_an_error_that_is_not_of_our_files_passes_unchanged(tmp_path: Path) -> None:
    error = FileNotFoundError(errno.ENOENT, "gone", str(tmp_path / "elsewhere"))
    with pytest.raises(FileNotFoundError):
        write_two_and_fail(tmp_path / "a.txt", tmp_path / "b.txt", error)
    assert left_in(tmp_path) == []


@given(st.text(max_size=200))
def test_a_safe_name_is_one_any_system_takes(text: str) -> None:
    name = safe_file_name(text)
    assert 0 < len(name) <= 61
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\:*?"<>|\x00\n\u202e')
    assert name == name.strip(" ")
    assert not name.endswith(".")
    assert safe_file_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("C-2025-001 张三/通知书.docx", "C-2025-001 张三_通知书.docx"),
        ("CON", "_CON"),
        ("com1.txt", "_com1.txt"),
        ("..", "未命名"),
        ("\u202etxt.exe", "txt.exe"),
        ("长" * 80 + ".docx", "长" * 55 + ".docx"),
    ],
)
def test_safe_names(text: str, name: str) -> None:
    assert safe_file_name(text) == name


def package(parts: list[tuple[str, bytes]], moment: tuple[int, int, int, int, int, int]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name, data in parts:
            target.writestr(zipfile.ZipInfo(name, moment), data)
    return made.getvalue()


def test_a_normalised_package_depends_only_on_its_parts(tmp_path: Path) -> None:
    parts = [("xl/workbook.xml", b"<a/>"), ("_rels/.rels", b"<b/>"), ("[Content_Types].xml", b"<c/>")]
    one = package(parts, (2025, 9, 1, 8, 0, 0))
    other = package(parts, time.gmtime(1_700_000_000)[:6])  # type: ignore[arg-type]  # six numbers of a struct_time
    assert one != other
    (tmp_path / "one").write_bytes(one)
    assert normalise_zip(tmp_path / "one") == normalise_zip(other)
    with zipfile.ZipFile(io.BytesIO(normalise_zip(one))) as read:
        assert read.namelist()[0] == "[Content_Types].xml"
        assert {name: read.read(name) for name in read.namelist()} == dict(parts)
        assert {info.date_time for info in read.infolist()} == {(1980, 1, 1, 0, 0, 0)}
