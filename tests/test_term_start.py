"""The duty from files to outcome, and every way a folder can be bad: a sentence, an exit code, nothing half-written."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from builders import HEADINGS, Child

from dropctl.errors import CannotWrite, DropctlError, Refused
from dropctl.findings import FINDING_SCHEMA
from dropctl.procedures.outcome import TermStartOutcome
from dropctl.procedures.term_start import reconcile_term_start, write_term_start
from dropctl.reconcile.links import LINK_SCHEMA
from dropctl.tables.issues import ISSUE_SCHEMA

OPENING, AS_OF = date(2025, 9, 1), date(2025, 9, 3)
CLASS = "七年级1班"


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def register(folder: Path, children: Sequence[Child], name: str = "学籍名册.xlsx") -> Path:
    return workbook(folder / name, [["某校学生花名册"], HEADINGS, *(child.row() for child in children)])


def presence(
    folder: Path, marks: dict[str, str], name: str = "701.xlsx", title: str = f"{CLASS}返校登记 2025年9月1日"
) -> Path:
    return workbook(folder / name, [[title], ["姓名", "是否返校"], *marks.items()])


def run(*paths: Path, **options: object) -> TermStartOutcome:
    return reconcile_term_start(list(paths), as_of=AS_OF, opening=OPENING, **options)  # type: ignore[arg-type]


def children(count: int, class_name: str = CLASS) -> list[Child]:
    return [Child(f"学生{chr(0x4E00 + n)}", class_name, sequence=2 * n + 1) for n in range(count)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    register(tmp_path / "in", children(12))
    presence(tmp_path / "in", {child.name: "是" for child in children(12)[:-1]} | {children(12)[-1].name: "否"})
    return tmp_path / "in"


def test_the_files_written_have_the_promised_columns_and_are_private(folder: Path, tmp_path: Path) -> None:
    outcome = run(folder)
    written = write_term_start(outcome, tmp_path / "out")
    assert [path.name for path in written] == ["核对结果.xlsx", "findings.parquet", "links.parquet", "issues.parquet"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in written)
    schemas = {"findings": FINDING_SCHEMA, "links": LINK_SCHEMA, "issues": ISSUE_SCHEMA}
    for name, schema in schemas.items():
        frame = pl.read_parquet(tmp_path / "out" / f"{name}.parquet")
        assert dict(frame.schema) == schema
        assert not any((frame[column] == "").any() for column, kind in schema.items() if kind == pl.String)
    found = pl.read_parquet(tmp_path / "out" / "findings.parquet")
    assert found["kind"].to_list() == ["not_returned"]
    assert found["file"].to_list() == ["学籍名册.xlsx"]
    assert found["row"].to_list() == [14]


def test_the_same_input_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_term_start(run(folder), tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_tables_only_writes_no_workbook(folder: Path, tmp_path: Path) -> None:
    written = write_term_start(run(folder), tmp_path / "out", tables_only=True)
    assert not (tmp_path / "out" / "核对结果.xlsx").exists()
    assert len(written) == 3


def test_without_an_opening_day_one_is_assumed_and_said(folder: Path) -> None:
    outcome = reconcile_term_start([folder], as_of=AS_OF)
    assert outcome.opening == OPENING
    assert outcome.opening_note is not None
    assert "--opening" in outcome.opening_note


def test_a_year_without_calendar_is_said_and_does_not_stop(folder: Path) -> None:
    outcome = reconcile_term_start([folder], as_of=date(2031, 9, 3), opening=date(2031, 9, 1))
    assert not any(deadline.certain for deadline in outcome.deadlines)
    assert any("2031" in note and "日历" in note for note in outcome.notes)


def encrypted() -> bytes:
    # The signature of an OLE file and the stream name that holds an encrypted workbook.
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504
    return head + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000


BAD = {
    "网页.xls": (b"<html><body><table><tr><td>x</td></tr></table></body></html>", "网页"),
    "文档.xlsx": (b"%PDF-1.7 not a sheet", "PDF"),
    "空.xlsx": (b"", "空"),
    "加密.xlsx": (encrypted(), "密码"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_table_stops_the_run_with_its_name(folder: Path, name: str) -> None:
    content, word = BAD[name]
    (folder / name).write_bytes(content)
    with pytest.raises(Refused) as refusal:
        run(folder)
    assert name in refusal.value.sentence
    assert word in refusal.value.sentence
    assert refusal.value.todo


def test_a_truncated_workbook_stops_the_run(folder: Path) -> None:
    whole = register(folder, children(50), "大名册.xlsx")
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(Refused, match=r"大名册\.xlsx"):
        run(folder)


def test_a_workbook_whose_content_was_changed_stops_the_run(folder: Path) -> None:
    path = register(folder, children(3), "改过.xlsx")
    with zipfile.ZipFile(path) as package:
        info = package.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    data[info.header_offset + 60] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(Refused, match=r"改过\.xlsx"):
        run(folder)


def test_unreadable_files_can_be_passed_over_and_are_listed(folder: Path) -> None:
    (folder / "坏.xlsx").write_bytes(b"not a workbook at all, only text, with 1,2,3")
    (folder / "空.xlsx").write_bytes(b"")
    outcome = run(folder, skip_unreadable=True)
    assert outcome.issues.filter(code="file_unreadable")["file"].to_list() == ["空.xlsx"] or "坏.xlsx" in "".join(
        outcome.issues["file"]
    )
    assert any("跳过" in note for note in outcome.notes)


def test_no_recognisable_heading_is_refused_and_says_what_was_seen(tmp_path: Path) -> None:
    workbook(tmp_path / "x" / "杂.xlsx", [["甲", "乙"], [1, 2]])
    with pytest.raises(Refused, match=r"杂\.xlsx"):
        run(tmp_path / "x")


def test_a_folder_without_an_enrollment_register_is_refused(tmp_path: Path) -> None:
    presence(tmp_path / "x", {"张三": "是"})
    with pytest.raises(Refused, match="学籍名册"):
        run(tmp_path / "x")


@pytest.mark.parametrize("empty", [True, False])
def test_an_empty_or_missing_folder_is_refused(tmp_path: Path, empty: bool) -> None:
    if empty:
        (tmp_path / "x").mkdir()
    with pytest.raises(Refused):
        run(tmp_path / "x")


def test_the_same_classes_given_twice_are_refused(folder: Path) -> None:
    presence(folder, {child.name: "是" for child in children(12)}, "701副本.xlsx")
    with pytest.raises(Refused, match="给了两次"):
        run(folder)


def test_a_byte_for_byte_copy_is_used_once_and_said(folder: Path) -> None:
    (folder / "副本.xlsx").write_bytes((folder / "701.xlsx").read_bytes())
    assert any("完全相同" in note for note in run(folder).notes)


def test_a_sheet_assigned_by_hand(folder: Path) -> None:
    odd = workbook(folder / "名单.xlsx", [["七年级2班 2025年9月1日"], ["姓名"], ["外来"]])
    assert run(folder).findings.filter(kind="unregistered").is_empty()
    outcome = run(folder, assigned={str(odd): "presence"})
    assert outcome.findings.filter(kind="unregistered")["name"].to_list() == ["外来"]


@pytest.mark.parametrize(
    ("pupils", "missing", "held"),
    [
        (30, 3, False),  # exactly ten percent
        (29, 3, True),
        (20, 2, False),  # ten percent, and fewer than three
        (19, 2, False),  # more than ten percent, but only two
        (9, 4, True),
    ],
)
def test_a_list_that_would_accuse_too_many_opens_no_case(tmp_path: Path, pupils: int, missing: int, held: bool) -> None:
    everyone = children(pupils)
    register(tmp_path / "in", everyone)
    presence(tmp_path / "in", {child.name: "否" if n < missing else "是" for n, child in enumerate(everyone)})
    outcome = run(tmp_path / "in")
    assert outcome.findings.filter(kind="not_returned").height == missing
    assert outcome.cases.candidates == missing
    assert outcome.cases.held_back is held
    assert bool(outcome.cases.reason) is held
    assert not run(tmp_path / "in", yes=True).cases.held_back


def test_more_than_a_third_of_a_class_of_ten_opens_no_case(tmp_path: Path) -> None:
    small, rest = children(10), [Child(f"别班{chr(0x5000 + n)}", "八年级1班", sequence=2 * n + 1) for n in range(60)]
    for missing, held in ((3, False), (4, True)):
        where = tmp_path / str(missing)
        register(where, [*small, *rest])
        presence(where, {child.name: "否" if n < missing else "是" for n, child in enumerate(small)})
        presence(where, {c.name: "是" for c in rest}, "801.xlsx", "八年级1班返校登记 2025年9月1日")
        assert run(where).cases.held_back is held


def test_output_into_a_file_or_an_open_workbook_is_refused_and_nothing_is_left(folder: Path, tmp_path: Path) -> None:
    outcome = run(folder)
    blocked = tmp_path / "文件"
    blocked.write_text("x")
    with pytest.raises(CannotWrite) as refusal:
        write_term_start(outcome, blocked / "out")
    assert refusal.value.exit_code == 74
    out = tmp_path / "out"
    write_term_start(outcome, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "~$核对结果.xlsx").write_bytes(b"")
    with pytest.raises(CannotWrite, match="打开"):
        write_term_start(outcome, out)
    (out / "~$核对结果.xlsx").unlink()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_disk_that_fills_up_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run(folder)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("dropctl.procedures.term_start.write_term_start_workbook", full)
    with pytest.raises(DropctlError) as refusal:
        write_term_start(outcome, tmp_path / "out")
    assert refusal.value.exit_code == 74
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []
