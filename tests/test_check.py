"""`dropctl check`: every problem with its cell, the user's own sheets on paper, and nothing of the user's changed."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from builders import id_number
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from dropctl import cli
from dropctl.procedures.spreadsheet_check import check_spreadsheets, parted
from dropctl.tables.raw import Cell, RawSheet
from dropctl.workbooks.problem_cells import sheet_names

Run = Callable[..., tuple[int, str, str]]
HEADINGS = ("姓名", "性别", "身份证件号", "学籍号", "出生日期", "年级", "班级", "学生状态", "备注")
GOOD: tuple[Cell, ...] = ("张三", "男", id_number(), None, "2013-05-01", "七年级", "1班", "在读", None)
WRONG = id_number()[:17] + ("0" if id_number()[17] != "0" else "1")
BAD: tuple[tuple[Cell, ...], ...] = (
    ("李 四", "男", WRONG, None, "2013.5", "七年级", "1班", "在读", "=1+1"),
    ("王五", "女", None, None, date(2013, 5, 1), "七年级", "1班", "在读", "@SUM(A1)"),
    ("赵六", "男", 349901201305010090, None, 20130501, "七年级", 7.1, "在读", "http://a.b"),
)
RED, YELLOW, BLUE = "FFF4A7A0", "FFFFE699", "FFDDEBF7"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Run each test in an empty folder, as of 3 September 2025."""
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-09-03")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs one command line and returns exit code, stdout and stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def roster(path: Path, *rows: tuple[Cell, ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "七年级1班"
    for row in (("某某学校学生花名册",), (), HEADINGS, *rows):
        sheet.append(row)
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path


def written(sheet: str, folder: str = "检查-2025-09-03") -> Worksheet:
    book = openpyxl.load_workbook(Path(folder, "问题数据.xlsx"))
    found = book[sheet]
    assert isinstance(found, Worksheet)
    return found


def test_each_problem_is_told_with_its_cell_the_worst_first(run: Run, here: Path) -> None:
    roster(here / "in" / "名册.xlsx", GOOD, *BAD)
    code, out, err = run("check", "in")
    assert (code, err) == (0, "")
    assert "检查了1个文件、1张表：错误2处" in out
    table = out[out.index("有问题的单元格") : out.index("下一步")]
    for cell in ("C5", "C7", "E5", "C6", "A5"):
        assert re.search(rf"(?<![A-Z]){cell}(?!\d)", table), cell
    assert table.index("C5") < table.index("E5") < table.index("A5")  # error, warning, note
    assert "校验位" in table
    assert "请按户口簿核对" in re.sub(r"[\s│]", "", table)
    assert not re.search(r"\d{15}", out)


def test_the_users_sheet_stands_in_the_workbook_cell_for_cell(run: Run, here: Path) -> None:
    source = roster(here / "in" / "名册.xlsx", GOOD, *BAD)
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    assert run("check", "in")[0] == 0
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before
    assert [path.name for path in (here / "in").iterdir()] == ["名册.xlsx"]

    sheet = written("七年级1班")
    original = openpyxl.load_workbook(source).active
    assert isinstance(original, Worksheet)
    for row in original.iter_rows():
        for cell in row:
            copy = sheet[cell.coordinate]
            if cell.value is None:
                assert copy.value is None
                continue
            assert copy.data_type == "s"
            assert copy.number_format == "@"
            if isinstance(cell.value, str):
                assert copy.value == cell.value
    assert sheet["E6"].value == "2013-05-01"
    assert sheet["E7"].value == "20130501"
    assert sheet["G7"].value == "7.1"
    assert sheet["C7"].value == "349901201305010000"  # what a spreadsheet shows of the number it holds
    assert [sheet[f"I{row}"].value for row in (5, 6, 7)] == ["=1+1", "@SUM(A1)", "http://a.b"]
    assert sheet["I7"].hyperlink is None


def test_bad_cells_are_coloured_by_severity_and_say_what_to_do(run: Run, here: Path) -> None:
    roster(here / "in" / "名册.xlsx", GOOD, *BAD)
    run("check", "in")
    sheet = written("七年级1班")
    colours = {cell: sheet[cell].fill.start_color.rgb for cell in ("C5", "C7", "E5", "C6", "A5", "B6")}
    assert colours == {"C5": RED, "C7": RED, "E5": YELLOW, "C6": YELLOW, "A5": BLUE, "B6": "00000000"}
    for cell, word in (("C5", "【错误】"), ("C6", "【警告】"), ("A5", "【提示】")):
        comment = sheet[cell].comment
        assert comment is not None
        assert word in comment.text
        assert "请" in comment.text
    assert sheet["A4"].comment is None
    assert sheet["A4"].fill.start_color.rgb == "00000000"


def test_the_guide_says_which_sheet_is_which_and_the_list_has_every_problem(run: Run, here: Path) -> None:
    roster(here / "in" / "名册.xlsx", GOOD, *BAD)
    (here / "in" / "八年级2班.csv").write_text("姓名,是否返校\n张三,是\n李四,哦\n", encoding="utf-8")
    assert run("check", "in")[0] == 0
    guide = written("说明")
    lines = [[cell.value for cell in row] for row in guide.iter_rows()]
    assert next(r[:6] for r in lines if r[1] == "名册.xlsx") == [
        "七年级1班",
        "名册.xlsx",
        "七年级1班",
        "学籍名册",
        4,
        2,
    ]
    assert next(r[:7] for r in lines if r[1] == "八年级2班.csv") == [
        "八年级2班",
        "八年级2班.csv",
        "—",
        "返校名单",
        2,
        0,
        2,
    ]
    problems = written("问题单元格")
    cells = [row[3].value for row in problems.iter_rows(min_row=4)]
    assert {"C5", "C6", "C7", "E5", "A5", "B3"} <= set(cells)
    link = next(row[3].hyperlink for row in problems.iter_rows(min_row=4) if row[3].value == "B3")
    assert link is not None
    assert link.location == "'八年级2班'!B3"


def test_a_csv_record_stands_on_its_own_line(run: Run, here: Path) -> None:
    (here / "七年级1班返校.csv").write_text('姓名,是否返校,备注\n张三,是,"两\n行"\n李四,哦,\n', encoding="utf-8")
    assert run("check", "七年级1班返校.csv")[0] == 0
    sheet = written("七年级1班返校")
    assert (sheet["A2"].value, sheet["C2"].value) == ("张三", "两\n行")
    assert (sheet["A4"].value, sheet["B4"].value) == ("李四", "哦")
    assert sheet["B4"].comment is not None


def test_the_same_input_gives_the_same_bytes_for_the_owner_only(run: Run, here: Path) -> None:
    roster(here / "in" / "名册.xlsx", GOOD, *BAD)
    assert run("check", "in", "-o", "a")[0] == 0
    assert run("check", "in", "-o", "b")[0] == 0
    first, second = (here / folder / "问题数据.xlsx" for folder in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_one_json_object_names_cells_and_no_contents(run: Run, here: Path) -> None:
    roster(here / "in" / "名册.xlsx", GOOD, *BAD)
    code, out, err = run("check", "in", "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert next(iter(document)) == "schema"
    assert document["schema"] == 1
    assert document["inputs"] == [
        {
            "file": "名册.xlsx", "sheet": "七年级1班", "register": "enrollment",
            "rows_read": 7, "rows_kept": 4, "rows_set_aside": 2, "rows_blank": 1,
        }
    ]  # fmt: skip
    assert sum(document["issues"].values()) == len(document["problems"])
    assert document["issues"]["error"] == 2
    assert {p["cell"] for p in document["problems"] if p["severity"] == "error"} == {"C5", "C7"}
    assert document["outputs"] == ["检查-2025-09-03/问题数据.xlsx"]
    assert WRONG not in out
    assert "李 四" not in out


def test_strict_ends_with_four_only_where_there_are_errors(run: Run, here: Path) -> None:
    roster(here / "good" / "名册.xlsx", GOOD, BAD[1])
    assert run("check", "good", "--strict")[0] == 0  # a warning is no error
    roster(here / "bad" / "名册.xlsx", GOOD, BAD[0])
    assert run("check", "bad", "--strict")[0] == 4
    assert run("check", "bad")[0] == 0


def test_a_dry_run_writes_nothing(run: Run, here: Path) -> None:
    roster(here / "in" / "名册.xlsx", GOOD, *BAD)
    code, out, err = run("check", "in", "--dry-run")
    assert code == 0
    assert "问题数据.xlsx" not in out
    assert "没有写文件" in err
    assert [path.name for path in here.iterdir()] == ["in"]


def test_nothing_wrong_is_said_as_well(run: Run, here: Path) -> None:
    roster(here / "in" / "名册.xlsx", GOOD)
    code, out, _ = run("check", "in")
    assert code == 0
    assert "错误0处，警告0处，提示0处" in out
    assert "没有发现问题" in out


def test_a_file_that_cannot_be_read_stops_unless_it_may_be_skipped(run: Run, here: Path) -> None:
    roster(here / "in" / "名册.xlsx", GOOD)
    (here / "in" / "坏.xlsx").write_bytes(b"PK\x03\x04 no zip")
    code, out, err = run("check", "in")
    assert (code, out) == (3, "")
    assert "坏.xlsx" in err
    assert not (here / "检查-2025-09-03").exists()

    code, out, _ = run("check", "in", "--skip-unreadable", "--strict")
    assert code == 4  # what could not be read is an error that is left
    assert "坏.xlsx" in out
    assert "坏.xlsx" in str([[cell.value for cell in row] for row in written("说明").iter_rows()])
    assert written("七年级1班")["A4"].value == "张三"

    (here / "in" / "名册.xlsx").unlink()
    assert run("check", "in", "--skip-unreadable")[0] == 3


def test_a_sheet_nobody_recognises_is_reported_and_shown(run: Run, here: Path) -> None:
    (here / "成绩.csv").write_text("姓名,语文,数学\n张三,90,95\n", encoding="utf-8")
    code, out, _ = run("check", "成绩.csv")
    assert code == 0
    assert "未识别" in out
    assert "没有认出是什么名单" in out
    assert written("成绩")["B2"].value == "90"

    code, out, _ = run("check", "成绩.csv", "--as", "presence=成绩.csv", "-o", "two")
    assert code == 0
    assert "返校名单" in out


def test_what_holds_no_pupil_at_all_is_not_called_fine(run: Run, here: Path) -> None:
    (here / "领用.csv").write_text("物品,数量\n粉笔,3\n", encoding="utf-8")
    code, out, err = run("check", "领用.csv")
    assert (code, out) == (3, "")
    assert "没有一张表认得出是名单" in err


def test_in_a_workspace_the_inbox_is_checked_and_nothing_is_remembered(run: Run, here: Path) -> None:
    made = run(
        "init", "校", "--role", "school", "--name", "某某学校", "--code", "3499000001",
        "--opening", "2025-09-01", "--closing", "2026-01-30",
    )  # fmt: skip
    assert made[0] == 0
    roster(here / "校" / "inbox" / "名册.xlsx", GOOD, *BAD)
    code, _, _ = run("check", "-w", "校")
    assert code == 0
    assert (here / "校" / "out" / "检查-2025-09-03" / "问题数据.xlsx").is_file()
    assert not list((here / "校").glob(".dropctl/runs/*"))
    assert "某某学校" in str(written("说明", "校/out/检查-2025-09-03")["A2"].value)


def test_without_a_path_and_a_workspace_it_asks_for_one(run: Run, here: Path) -> None:
    code, out, err = run("check")
    assert (code, out) == (3, "")
    assert "dropctl check 开学材料" in err


def test_what_does_not_fit_the_screen_is_counted(run: Run, here: Path) -> None:
    (here / "in").mkdir()
    for number in range(25):
        roster(here / "in" / f"名册{number:02}.xlsx", BAD[0])
    _, out, _ = run("check", "in")
    assert re.search(r"最要紧的20种，另有\d+种\d+处", out)
    assert "名册00" in out
    _, out, _ = run("check", "in", "-v")
    assert "另有" not in out[out.index("有问题的单元格") :].splitlines()[0]
    code, out, _ = run("check", "in", "-q")
    assert code == 0
    assert "名册00" not in out


def test_what_is_wrong_and_what_to_do_are_told_apart() -> None:
    assert parted("位数不对，请按户口簿核对") == ("位数不对", "请按户口簿核对")
    assert parted("整张表没有日期；请在标题中写明，请快") == ("整张表没有日期；请在标题中写明", "请快")
    assert parted("只是一句话") == ("只是一句话", "—")


NAMES = st.one_of(st.none(), st.sampled_from(["Sheet1", "sheet1", "说明", "history", "a'b", "'x'", "", " "]), st.text())


@given(st.lists(st.tuples(st.sampled_from(["a.xlsx", "夹/a.xlsx", "b.csv", "很长" * 30 + ".xls"]), NAMES), max_size=12))
def test_every_sheet_has_a_name_of_its_own_that_a_workbook_takes(given: list[tuple[str, str | None]]) -> None:
    names = sheet_names([RawSheet(file, sheet, []) for file, sheet in given])
    assert len({name.lower() for name in names}) == len(names) == len(given)
    for name in names:
        assert 0 < len(name) <= 31
        assert len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name)
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.lower() not in ("history", "说明", "问题单元格")


def test_outcome_has_all_sheets_even_two_files_with_the_same_content(here: Path) -> None:
    roster(here / "in" / "a.xlsx", GOOD)
    (here / "in" / "b.xlsx").write_bytes((here / "in" / "a.xlsx").read_bytes())
    outcome = check_spreadsheets([here / "in"], as_of=date(2025, 9, 3))
    assert [source.raw.file for source in outcome.sheets] == ["a.xlsx", "b.xlsx"]
    assert [source.heading for source in outcome.sheets] == [3, 3]


def test_two_columns_that_contradict_each_other_are_an_error_of_that_sheet_only(run: Run, here: Path) -> None:
    headings = "姓名,学籍号,学生状态,身份证号,证件号码"
    (here / "in").mkdir()
    (here / "in" / "甲.csv").write_text(f"{headings}\n张三,,在读,{id_number()},{WRONG}\n", encoding="utf-8")
    roster(here / "in" / "乙.xlsx", GOOD, BAD[1])
    code, out, _ = run("check", "in", "--json")
    assert code == 0
    found = {(p["file"], p["code"], p["severity"]) for p in json.loads(out)["problems"]}
    assert ("甲.csv", "sheet_refused", "error") in found
    assert ("乙.xlsx", "id_missing", "warning") in found
    assert ("甲.csv", "sheet_unrecognised", "warning") not in found  # told once


def test_a_sheet_of_instructions_is_no_problem(run: Run, here: Path) -> None:
    book = openpyxl.load_workbook(roster(here / "名册.xlsx", GOOD))
    book.create_sheet("填报说明").append(["一、本表由班主任填写，开学一周内交教务处"])
    book.save(here / "名册.xlsx")
    code, out, _ = run("check", "名册.xlsx")
    assert code == 0
    assert "错误0处，警告0处，提示0处" in out
    assert "--as" not in out
    assert written("填报说明")["A1"].value == "一、本表由班主任填写，开学一周内交教务处"


def test_one_problem_at_several_cells_is_one_line(run: Run, here: Path) -> None:
    again = [(f"学生{n}", *GOOD[1:]) for n in "甲乙丙丁戊己"]
    roster(here / "名册.xlsx", GOOD, *again)
    code, out, _ = run("check", "名册.xlsx")
    assert code == 0
    table = out[out.index("有问题的单元格") : out.index("下一步")]
    assert table.count("│ 警告") == 1
    assert "等6处" in re.sub(r"\s", "", table)
    assert "（第4行）" not in table
    problems = [row[8].value for row in written("问题单元格").iter_rows(min_row=4)]
    assert sum("（第4行）" in str(text) for text in problems) == 6
