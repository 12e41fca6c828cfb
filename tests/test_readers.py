"""Reading: what a file is, its cells at their true addresses, and a sentence for every file that cannot be read."""

from __future__ import annotations

import csv
import io
import os
import re
import struct
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from dropctl.errors import Refused, UnreadableFile
from dropctl.ingest import guard, guard_child, package
from dropctl.ingest.delimited import read_text_table
from dropctl.ingest.guard import GuardedReader, GuardFailure
from dropctl.ingest.reading import Progress, Reading, start_reading
from dropctl.ingest.workbook import FileRead, SourceFile, find_sources
from dropctl.tables.raw import CellError

SHEET = "xl/worksheets/sheet1.xml"


def read_files(sources: Sequence[SourceFile], progress: Progress | None = None) -> list[FileRead | UnreadableFile]:
    with Reading(sources) as reading:
        reading.progress = progress
        return list(reading)


def read(path: Path) -> FileRead:
    (result,) = read_files([SourceFile(path, path.name)])
    assert isinstance(result, FileRead), result
    return result


def refusal(path: Path) -> str:
    (result,) = read_files([SourceFile(path, path.name)])
    assert isinstance(result, UnreadableFile), result
    assert result.exit_code == 3
    assert path.name in result.sentence
    assert "请" in result.sentence
    return result.sentence


def workbook(path: Path, fill: Callable[[Worksheet], object] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"], sheet["B1"] = "姓名", "班级"
    if fill:
        fill(sheet)
    book.save(path)
    return path


def operated(path: Path, changes: dict[str, Callable[[bytes], bytes] | None], **add: bytes) -> Path:
    """Rewrite parts of the zip at `path`; None removes one, `add` brings new ones."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for name, change in changes.items():
        if change is None:
            del parts[name]
        else:
            parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in (parts | add).items():
            target.writestr(name, data)
    return path


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    return change


def far_cell(path: Path, where: str = "XFD1048576") -> Path:
    row = f'<row r="{where.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{where}"><v>1</v></c></row></sheetData>'
    return operated(workbook(path), {SHEET: swap(b"</sheetData>", row.encode())})


# What cells become


def test_cells_keep_their_type_and_their_place(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.delete_rows(1)
        sheet["C4"], sheet["D4"], sheet["E4"] = "张三", 7, True
        sheet["F4"], sheet["G4"] = date(2012, 9, 1), datetime.fromisoformat("2012-09-01T08:30")
        sheet["B6"] = "x"

    (sheet,) = read(workbook(tmp_path / "a.xlsx", fill)).sheets
    assert [list(row) for row in sheet.rows[:3]] == [[None] * 7] * 3
    assert list(sheet.rows[3]) == [
        None,
        None,
        "张三",
        7.0,
        True,
        date(2012, 9, 1),
        datetime.fromisoformat("2012-09-01T08:30"),
    ]
    assert sheet.rows[5][1] == "x"
    assert sheet.row_number(3) == 4
    assert len(sheet.rows) == 6


def test_dates_of_the_1904_system(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904
        sheet.append([date(2012, 9, 1)])

    path = workbook(tmp_path / "a.xlsx", fill)
    with zipfile.ZipFile(path) as source:
        assert b"39691" in source.read(SHEET)  # 1462 days less than in the 1900 system
    assert read(path).sheets[0].rows[1][0] == date(2012, 9, 1)


def test_error_values_are_put_back_where_they_stand(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B3"], sheet["D3"], sheet["A9"] = "#N/A", "x", "#REF!"

    result = read(workbook(tmp_path / "a.xlsx", fill))
    rows = result.sheets[0].rows
    assert rows[2][1] == CellError("#N/A")
    assert rows[8][0] == CellError("#REF!")
    assert any("B3、A9" in note and "#N/A" in note for note in result.notes)


def test_formulas_never_calculated_are_named(tmp_path: Path) -> None:
    result = read(workbook(tmp_path / "a.xlsx", lambda s: s.append(["=1+1", "=B1"])))
    assert any("A2、B2" in note and "公式" in note for note in result.notes)
    calculated = operated(
        workbook(tmp_path / "b.xlsx", lambda s: s.append(["=1+1"])),
        {SHEET: lambda data: re.sub(rb"<v ?/>|<v></v>", b"<v>2</v>", data)},
    )
    result = read(calculated)
    assert result.sheets[0].rows[1][0] == 2.0
    assert not result.notes


def test_merged_cells_are_filled_where_somebody_stands(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "七年级返校名单"
        sheet["B1"] = None
        sheet.merge_cells("A1:C1")
        for row in (["班级", "姓名", "备注"], ["1班", "张三", None], [None, "李四", None], [None, None, None]):
            sheet.append(row)
        sheet.append([None, "王五", "x"])
        sheet.merge_cells("A3:A6")

    result = read(workbook(tmp_path / "a.xlsx", fill))
    rows = [list(row) for row in result.sheets[0].rows]
    assert rows[0] == ["七年级返校名单", None, None]
    assert rows[2:] == [["1班", "张三", None], ["1班", "李四", None], [None, None, None], ["1班", "王五", "x"]]
    assert any("合并" in note and "2个" in note for note in result.notes)


def test_hidden_things_are_read_and_said(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["张三", "1班"])
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True
        other = sheet.parent.create_sheet("旧名单")
        other["A1"] = "李四"
        other.sheet_state = "hidden"
        sheet.parent.create_sheet("空表")

    result = read(workbook(tmp_path / "a.xlsx", fill))
    assert [(sheet.sheet, sheet.hidden) for sheet in result.sheets] == [("Sheet", False), ("旧名单", True)]
    assert any("隐藏的1行、1栏" in note for note in result.notes)
    assert any("“旧名单”是隐藏的工作表" in note for note in result.notes)


def test_control_characters_are_taken_out_and_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda s: s.append(["张\u202e三", "一\n二\u3000"]))
    result = read(path)
    assert list(result.sheets[0].rows[1]) == ["张三", "一\n二\u3000"]
    assert any("A2" in note and "控制字符" in note for note in result.notes)


def test_macros_and_lock_files_are_said(tmp_path: Path) -> None:
    path = operated(workbook(tmp_path / "a.xlsm"), {}, **{"xl/vbaProject.bin": b"x"})
    (tmp_path / "~$a.xlsm").write_bytes(b"")
    notes = read(path).notes
    assert any("宏" in note for note in notes)
    assert any("上次保存的内容" in note for note in notes)


# What is refused, and in which words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "0字节"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"\xff\xd8\xff\xe0", "图片"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "网页"),
        (b"MIME-Version: 1.0\r\n", "网页"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML 表格 2003"),
        (b'<?xml version="1.0"?><data/>', "XML 文件"),
        (b"{\\rtf1}", "RTF"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"PAR1....PAR1", "Parquet"),
        (b"MZ" + b"\0" * 200, "看不出"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage\0".encode("utf-16-le"), "打开密码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument\0".encode("utf-16-le"), "Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook\0".encode("utf-16-le") + b"\0" * 600, "内部目录已损坏"),
        (b"\n \n", "什么内容也没有"),
        (b"PK\x03\x04 and no directory", "不完整"),
    ],
)
def test_each_other_kind_of_file_has_its_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "名单.xls"
    path.write_bytes(data)
    assert words in refusal(path)


@pytest.mark.parametrize(("part", "words"), [("word/document.xml", "Word"), ("ppt/a.xml", "演示"), ("a.txt", "压缩包")])
def test_other_packages(tmp_path: Path, part: str, words: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(part, "x")
    assert words in refusal(path)


def test_damaged_packages(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "不完整" in refusal(path)
    with zipfile.ZipFile(io.BytesIO(whole)) as source:
        entry = source.getinfo(SHEET)
    broken = bytearray(whole)
    broken[entry.header_offset + 30 + len(SHEET) + 20] ^= 0xFF
    path.write_bytes(broken)
    assert f"“{SHEET}”已损坏" in refusal(path)
    at = whole.rindex(b"PK\x01\x02")
    flagged = bytearray(whole)
    struct.pack_into("<H", flagged, at + 8, 1)
    path.write_bytes(flagged)
    assert "加密" in refusal(path)
    operated(workbook(path), {"xl/_rels/workbook.xml.rels": None})
    assert "缺少部件" in refusal(path)


@pytest.mark.parametrize(
    ("add", "words"),
    [
        ({"../evil.xml": b""}, "指向别处"),
        ({"/abs.xml": b""}, "指向别处"),
        ({"XL/workbook.xml": b""}, "出现了两次"),
        ({f"x{n}.xml": b"" for n in range(1001)}, "个部件"),
        ({"xl/zeros.bin": b"\0" * (30 * 2**20)}, "倍"),
    ],
)
def test_packages_no_office_program_writes(tmp_path: Path, add: dict[str, bytes], words: str) -> None:
    assert words in refusal(operated(workbook(tmp_path / "a.xlsx"), {}, **add))


def test_a_part_larger_than_it_says_stops_at_once(tmp_path: Path) -> None:
    path = operated(workbook(tmp_path / "a.xlsx"), {}, **{"xl/zeros.bin": b"\0" * (30 * 2**20)})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 24, 10)
    path.write_bytes(data)
    assert "比它自己声明的大" in refusal(path)


def test_a_document_type_definition_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    for before in (b"", b"<!-- <a -->"):  # what looks like an element in a comment does not end the search
        workbook(path)
        operated(path, {SHEET: lambda data, before=before: before + b'<!DOCTYPE x [<!ENTITY a "b">]>' + data})
        assert "文档类型定义" in refusal(path)


@pytest.mark.parametrize("where", ["XFD1048576", "A1048577", "ZZZZ2", "AAA900000"])
def test_a_far_cell_is_named(tmp_path: Path, where: str) -> None:
    assert f"单元格 {where} " in refusal(far_cell(tmp_path / "a.xlsx", where))


def test_a_far_cell_that_is_only_formatted_does_no_harm(tmp_path: Path) -> None:
    row = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    path = operated(workbook(tmp_path / "a.xlsx"), {SHEET: swap(b"</sheetData>", row)})
    assert len(read(path).sheets[0].rows) == 1


def test_a_too_large_file_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(package.MAX_FILE + 1)
    assert "超过上限" in refusal(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    assert "不是普通的文件" in refusal(tmp_path / "a.xlsx")


def test_small_files_come_before_large_ones_and_each_comes_once(tmp_path: Path) -> None:
    rows = {"a.csv": 400, "b.csv": 3, "c.csv": 900, "d.csv": 1, "e.csv": 30}
    for name, count in rows.items():
        (tmp_path / name).write_text("姓名,班级\n" + "王某,一班\n" * count, encoding="utf-8")
    with start_reading([tmp_path], small_first=True) as reading:
        assert [source.name for source in reading.sources] == ["d.csv", "b.csv", "e.csv", "c.csv", "a.csv"]
        found = list(reading)
    assert all(isinstance(one, FileRead) for one in found)
    read = {one.source.name: len(one.sheets[0].rows) - 1 for one in found if isinstance(one, FileRead)}
    assert read == rows
    with start_reading([tmp_path]) as reading:
        assert [source.name for source in reading.sources] == sorted(rows)


# The guarded child


@pytest.fixture
def unscanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that skips the scan of the bytes: what the scan may miss one day reaches the reader."""
    script = Path(guard_child.__file__).read_text(encoding="utf-8")
    without = script.replace("elif _scan(data, kind, out):", "else:")
    assert without != script
    stub = tmp_path / "unscanned" / "child.py"
    stub.parent.mkdir()
    stub.write_text(without, encoding="utf-8")
    real = guard._where_is
    monkeypatch.setattr(guard, "_where_is", lambda name: stub if name.endswith("guard_child") else real(name))


@pytest.mark.usefixtures("unscanned")
def test_the_parent_survives_what_kills_the_child(tmp_path: Path) -> None:
    deadly = far_cell(tmp_path / "a.xlsx").read_bytes()
    fine = workbook(tmp_path / "b.xlsx").read_bytes()
    with GuardedReader() as reader:
        for _ in range(2):
            with pytest.raises(GuardFailure) as failure:
                reader.read(deadly)
            assert failure.value.kind in ("died", "broken", "memory", "too_wide")
            assert reader.read(fine).sheets[0].rows == [["姓名", "班级"]]


def test_what_the_scan_refuses_never_reaches_the_reader_and_the_child_goes_on(tmp_path: Path) -> None:
    deadly = far_cell(tmp_path / "a.xlsx").read_bytes()
    fine = workbook(tmp_path / "b.xlsx").read_bytes()
    with GuardedReader() as reader:
        reader.read(fine)
        before = reader.process
        with pytest.raises(package.BadPackage, match="XFD1048576"):
            reader.read(deadly)
        assert reader.read(fine).sheets[0].rows == [["姓名", "班级"]]
        assert reader.process == before


def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    big = workbook(tmp_path / "a.xlsx", lambda s: [s.append([f"v{r}"] * 30) for r in range(3000)]).read_bytes()
    with GuardedReader(seconds=0.001, seconds_per_mib=0) as reader:
        began = time.monotonic()
        with pytest.raises(GuardFailure, match="hung"):
            reader.read(big)
        assert time.monotonic() - began < 5


def test_a_sheet_over_the_limit_of_cells_is_refused_by_the_child_too(tmp_path: Path) -> None:
    data = workbook(tmp_path / "a.xlsx", lambda s: s.append(["x"] * 9)).read_bytes()
    with GuardedReader(max_cells=10) as reader, pytest.raises(GuardFailure) as failure:
        reader.read(data)
    assert failure.value.detail == ("Sheet", 2, 9)


@pytest.mark.usefixtures("unscanned")
def test_a_dead_child_is_a_refusal_of_that_file_only(tmp_path: Path) -> None:
    files = [far_cell(tmp_path / f"{n}.xlsx") if n in (1, 4) else workbook(tmp_path / f"{n}.xlsx") for n in range(8)]
    results = read_files([SourceFile(path, path.name) for path in files])
    assert [isinstance(result, UnreadableFile) for result in results] == [n in (1, 4) for n in range(8)]
    bad = results[1]
    assert isinstance(bad, UnreadableFile)
    assert "1.xlsx" in bad.sentence
    assert "不能安全地读取" in bad.sentence or "大到不能读" in bad.sentence


def test_many_files_come_in_order_and_the_same_each_time(tmp_path: Path) -> None:
    for n in range(12):
        workbook(tmp_path / f"{n:02}.xlsx", lambda s, n=n: [s.append([f"{n}-{r}"]) for r in range((12 - n) * 40)])
    sources, _ = find_sources([tmp_path])
    calls: list[tuple[str, int, int]] = []
    first = read_files(sources, lambda *call: calls.append(call))
    assert [result.source for result in first if isinstance(result, FileRead)] == sources
    assert calls == [(source.name, n, 12) for n, source in enumerate(sources)]
    assert first == read_files(sources)


# Text tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，", "；"])
def test_text_in_each_encoding_and_with_each_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [["姓名", "身份证件号", "班级"], ["张𠮷", '="349901201305010010"', "1班"], ["李㛃", "0017", "2班"]]
    text = "\r\n".join(separator.join(line) for line in lines)
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path = tmp_path / "七年级1班.csv"
    path.write_bytes(mark + text.encode(encoding))
    (sheet,) = read(path).sheets
    assert [list(row) for row in sheet.rows] == lines
    assert sheet.sheet is None


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_records_keep_the_line_they_begin_on(end: str) -> None:
    text = end.join(["姓名,地址", '张三,"一村', '二组"', "", "李四,x", ""])
    table = read_text_table(text.encode(), "a.csv")
    assert table.row_numbers == [1, 2, 4, 5]
    assert [row[0] if row else None for row in table.rows] == ["姓名", "张三", None, "李四"]


def test_a_stated_separator_is_obeyed() -> None:
    table = read_text_table("sep=;\n姓名;班级\n张三;1,2\n".encode(), "a.csv")
    assert table.rows == [["姓名", "班级"], ["张三", "1,2"]]
    assert table.row_numbers == [2, 3]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("姓名,班级\n张三,1班\n李\0四,2班\n".encode(), "第3行：文件里有空字符"),
        ("姓名\n张三\n".encode("gb18030") + b"\xff\xff\n", "第3行：文字编码有错"),
        ('姓名,班级\n张三,"1班\n李四,2班\n'.encode(), "第2行：从这一行开始的引号没有收尾"),
        ('姓名,班级\n"张"三,1班\n'.encode(), "第2行：引号用得不对"),
    ],
)
def test_text_that_cannot_be_read_names_its_line(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert words in refusal(path)


def test_shifted_rows_and_control_characters_are_said() -> None:
    table = read_text_table("姓名,地址\n张三,黟县,一村\n李\x07四,x\n王五,y\n".encode(), "a.csv")
    assert table.rows[2] == ["李四", "x"]
    assert any("第2行" in note for note in table.notes)
    assert any("A3" in note for note in table.notes)


_VALUE = st.text(st.sampled_from('张三李四,;\t"\n，= 1x'), max_size=6)


@given(st.lists(st.lists(_VALUE, min_size=2, max_size=4), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_no_record_is_lost_whatever_it_holds(records: list[list[str]], end: str) -> None:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["姓名", "班级", "地址"])
    writer.writerows(records)
    table = read_text_table(made.getvalue().encode(), "a.csv")
    assert [[cell or "" for cell in row] for row in table.rows[1:]] == records
    assert len(table.rows) == len(table.row_numbers)


# Finding the files


def test_a_folder_gives_its_tables_in_order_and_names_the_rest(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.csv", "下级/c.xls", "~$b.xlsx", ".~lock.b.xlsx#", ".hidden.xlsx", "核对结果.xlsx",
                 "findings.parquet", "核对-2025-09-03/x.xlsx", "说明.docx", "照片.jpg"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    sources, passed_over = find_sources([tmp_path])
    assert [source.name for source in sources] == ["a.csv", "b.xlsx", "下级/c.xls"]
    assert sorted(passed_over) == ["“照片.jpg”不是表格文件，没有读取", "“说明.docx”不是表格文件，没有读取"]
    assert [source.name for source in find_sources([tmp_path / "说明.docx"])[0]] == ["说明.docx"]


def test_the_same_file_once_and_two_of_one_name_told_apart(tmp_path: Path) -> None:
    for school in ("甲校", "乙校"):
        (tmp_path / school).mkdir()
        (tmp_path / school / "名册.xlsx").write_bytes(b"x")
    sources, _ = find_sources([tmp_path / "甲校", tmp_path / "乙校", tmp_path / "甲校" / "名册.xlsx"])
    assert [source.name for source in sources] == ["甲校/名册.xlsx", "乙校/名册.xlsx"]


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="没有找到可以读的表格"):
        find_sources([tmp_path])
    with pytest.raises(Refused, match="找不到"):
        find_sources([tmp_path / "missing.xlsx"])
