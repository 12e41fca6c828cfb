"""The cell an issue names is the cell a person finds there, however the list is laid out and in whatever format."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlwt
from builders import AS_OF, OPENING, id_number
from odd_files.making import cell, ods_cell, ods_parts, ods_row, package, row, zipped
from openpyxl.worksheet.worksheet import Worksheet

from dropctl.ingest.read import read_registers
from dropctl.ingest.reading import start_reading
from dropctl.ingest.workbook import FileRead
from dropctl.tables.raw import cell_address

Grid = list[list[str | None]]

# The check digit of one child is wrong: that cell must be named.
BAD = id_number()[:17] + ("0" if id_number()[17] != "0" else "1")
HEAD: list[str | None] = ["序号", "姓名", "身份证件号", "学籍号", "年级", "班级", "学生状态"]


def child(number: int, bad: bool = False) -> list[str | None]:
    name = f"张{'一二三四五六七八九十'[number % 10]}"
    return [
        str(number + 1),
        name,
        BAD if bad else id_number(f"2013{number // 400 + 1:02}01", 2 * (number % 400) + 1),
        None,
        "七年级",
        "1班",
        "在读",
    ]


def people(count: int = 4, bad: int = 2) -> Grid:
    return [child(number, number == bad) for number in range(count)]


def _two_rows(upper: list[str | None], lower: list[str | None]) -> Grid:
    return [[*HEAD, *upper], [*[None] * len(HEAD), *lower], *([*line, "张大", "19900000001"] for line in people())]


GRIDS: dict[str, Grid] = {
    "plain": [HEAD, *people()],
    "leading blank rows": [[], [], [], HEAD, *people()],
    "leading blank columns": [[None, None, *line] for line in [HEAD, *people()]],
    "leading blank rows and columns": [[], [], *([None, *line] for line in [HEAD, *people()])],
    "title": [["某某学校七年级学生花名册"], HEAD, *people()],
    "title, unit and date": [["某某学校学生花名册"], ["填报单位：某校", None, "2025年9月1日"], [], HEAD, *people()],
    "two-row heading": _two_rows(["监护人", None], ["姓名", "联系电话"]),
    "blank rows between": [HEAD, child(0), [], [], child(1), child(2, bad=True)],
    "blank column between": [[*line[:2], None, None, *line[2:]] for line in [HEAD, *people()]],
    "explanation row": [HEAD, [None, "必填", "18位", None, "下拉选择", None, None], *people()],
    "total and signature": [HEAD, *people(2, 1), ["合计", "2人"], ["填表人：王老师", None, "审核："], []],
    "subtotals between": [HEAD, child(0), ["小计", None, None, "1人"], *people(3, 2)[1:], ["小计", None, None, "2人"]],
    "heading on each page": [["学生花名册"], HEAD, *people(2, 9), ["学生花名册"], HEAD, *people(4)[2:]],
    "a second list below": [["七年级1班花名册"], HEAD, *people(2, 9), [], ["七年级2班花名册"], HEAD, *people(4)[2:]],
    "far to the right": [[*([None] * 25), *line] for line in [HEAD, *people()]],
    "far down": [HEAD, *people(1200, 1111)],
}  # fmt: skip


def expected(grid: Grid) -> str:
    (found,) = [(r, c) for r, line in enumerate(grid) for c, text in enumerate(line) if text == BAD]
    return cell_address(found[0] + 1, found[1])


def named(path: Path) -> list[str | None]:
    """The cells that the issues about the wrong check digit name."""
    with start_reading([path]) as reading:
        (read,) = reading
    assert isinstance(read, FileRead), read
    registers = read_registers(read.sheets, opening=OPENING, as_of=AS_OF)
    assert registers.frames["enrollment"].filter(pl.col("id_number_fault") == "check_digit")["row"].len() == 1
    return [issue.cell for issue in registers.issues if issue.code == "id_check_digit"]


def as_xlsx(grid: Grid, path: Path, change: Callable[[Worksheet], object] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for r, line in enumerate(grid, 1):
        for c, text in enumerate(line, 1):
            if text is not None:
                sheet.cell(r, c, text)
    if change:
        change(sheet)
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def as_xls(grid: Grid, path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    for r, line in enumerate(grid):
        for c, text in enumerate(line):
            if text is not None:
                sheet.write(r, c, text)
    book.save(str(path.with_suffix(".xls")))
    return path.with_suffix(".xls")


def as_ods(grid: Grid, path: Path) -> Path:
    rows = "".join(ods_row(*("<table:table-cell/>" if t is None else ods_cell(t) for t in line)) for line in grid)
    path.with_suffix(".ods").write_bytes(zipped(ods_parts(f'<table:table table:name="名册">{rows}</table:table>')))
    return path.with_suffix(".ods")


def as_csv(grid: Grid, path: Path) -> Path:
    made = io.StringIO()
    csv.writer(made).writerows(grid)
    path.with_suffix(".csv").write_bytes(made.getvalue().encode("gb18030"))
    return path.with_suffix(".csv")


@pytest.mark.parametrize("write", [as_xlsx, as_xls, as_ods, as_csv])
@pytest.mark.parametrize("layout", GRIDS)
def test_the_right_cell_in_each_layout_and_format(
    layout: str, write: Callable[[Grid, Path], Path], tmp_path: Path
) -> None:
    assert named(write(GRIDS[layout], tmp_path / "名册")) == [expected(GRIDS[layout])]


def _hide(sheet: Worksheet) -> None:
    for number in (1, 3):
        sheet.row_dimensions[number].hidden = True
    for letter in "AB":
        sheet.column_dimensions[letter].hidden = True


def _merge(sheet: Worksheet) -> None:
    for cells in ("E3:E6", "F3:F6"):
        sheet.merge_cells(cells)
    sheet.merge_cells("A1:G1")


def _merge_heading(sheet: Worksheet) -> None:
    for column in "ABCDEFG":
        sheet.merge_cells(f"{column}1:{column}2")
    sheet.merge_cells("H1:I1")


def _filter(sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A2:G6"
    sheet.freeze_panes = "C3"
    for number in range(10, 60):
        sheet.cell(number, 9).number_format = "@"


def _formats_far(sheet: Worksheet) -> None:
    sheet.cell(200_000, 5).number_format = "@"


@pytest.mark.parametrize(
    ("change", "layout"),
    [
        (_hide, "title"),
        (_merge, "title"),
        (_merge_heading, "two-row heading"),
        (_filter, "title"),
        (_formats_far, "plain"),
    ],
)
def test_what_is_hidden_merged_or_formatted_moves_no_cell(
    change: Callable[[Worksheet], None], layout: str, tmp_path: Path
) -> None:
    assert named(as_xlsx(GRIDS[layout], tmp_path / "名册", change)) == [expected(GRIDS[layout])]


def test_a_sheet_behind_others(tmp_path: Path) -> None:
    def move(sheet: Worksheet) -> None:
        other = sheet.parent.create_sheet("填报说明", 0)
        other["A1"] = "填报说明：如实填写"
        sheet.sheet_state = "hidden"

    assert named(as_xlsx(GRIDS["title"], tmp_path / "名册", move)) == [expected(GRIDS["title"])]


def _xml_rows(grid: Grid, addresses: bool) -> list[str]:
    def one(r: int, c: int, text: str) -> str:
        return cell(cell_address(r, c), text) if addresses else f'<c t="inlineStr"><is><t>{text}</t></is></c>'

    return [
        row(r, *(one(r, c, text or "") for c, text in enumerate(line)))
        if addresses
        else f"<row>{''.join(one(r, c, text or '') for c, text in enumerate(line))}</row>"
        for r, line in enumerate(grid, 1)
    ]


def test_rows_out_of_order_and_a_wrong_dimension(tmp_path: Path) -> None:
    grid = GRIDS["title"]
    path = tmp_path / "名册.xlsx"
    rows = _xml_rows(grid, addresses=True)
    path.write_bytes(zipped(package(*rows[:2], *reversed(rows[2:]), around=('<dimension ref="A1:B2"/>', ""))))
    assert named(path) == [expected(grid)]


def test_rows_and_cells_without_addresses(tmp_path: Path) -> None:
    grid = GRIDS["title"]
    path = tmp_path / "名册.xlsx"
    path.write_bytes(zipped(package(*_xml_rows(grid, addresses=False))))
    assert named(path) == [expected(grid)]


def test_repeated_rows_and_cells_of_an_ods_count(tmp_path: Path) -> None:
    blank = '<table:table-cell table:number-columns-repeated="3"/>'
    rows = ods_row(blank, more=' table:number-rows-repeated="7"')
    rows += "".join(ods_row(blank, *(t or "<table:table-cell/>" for t in line)) for line in GRIDS["plain"])
    path = tmp_path / "名册.ods"
    path.write_bytes(zipped(ods_parts(f'<table:table table:name="名册">{rows}</table:table>')))
    assert named(path) == ["F11"]


@pytest.mark.parametrize(("end", "before"), [("\n", ""), ("\r\n", ""), ("\r", ""), ("\n", "sep=,\n"), ("\n", "\ufeff")])
def test_a_record_of_a_text_table_stands_on_the_line_it_begins_on(end: str, before: str, tmp_path: Path) -> None:
    lines = [
        "姓名,身份证件号,学生状态,现住址",
        f'张三,{id_number()},在读,"一村{end}二组{end}三号"',
        "",
        f"李四,{BAD},在读,x",
        "",
    ]
    path = tmp_path / "学籍.csv"
    path.write_bytes((before + end.join(lines)).encode())
    assert named(path) == [f"B{6 + before.count('sep')}"]


def test_a_record_of_a_parquet_file_is_numbered_from_one(tmp_path: Path) -> None:
    lines = people()
    columns = {heading: [line[place] for line in lines] for place, heading in enumerate(HEAD)}
    path = tmp_path / "学籍.parquet"
    pl.DataFrame(columns).write_parquet(path)
    assert named(path) == ["C3"]
    with start_reading([path]) as reading:
        (read,) = reading
    assert isinstance(read, FileRead)
    registers = read_registers(read.sheets, opening=OPENING, as_of=AS_OF)
    assert registers.frames["enrollment"]["row"].to_list() == [1, 2, 3, 4]
    (count,) = registers.inputs
    assert (count.sheet, count.rows_read, count.rows_kept, count.rows_set_aside) == (None, 4, 4, 0)


def test_the_second_of_several_columns_that_fill_one_is_named(tmp_path: Path) -> None:
    grid: Grid = [
        ["姓名", "学籍号", "学生状态", "监护人电话", "联系电话"],
        ["张三", None, "在读", None, "12"],
        ["李四", None, "在读", "19900000001", "x"],
    ]
    with start_reading([as_xlsx(grid, tmp_path / "名册")]) as reading:
        (read,) = reading
    assert isinstance(read, FileRead)
    issues = read_registers(read.sheets, opening=OPENING, as_of=AS_OF).issues
    # Each of the columns is read by itself.
    assert [issue.cell for issue in issues if issue.code == "phone_unusable"] == ["E2", "E3"]
