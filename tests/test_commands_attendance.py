"""`dropctl attendance` and `dropctl policy` as a registrar runs them: sheets out, filled in, and read back."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from builders import HEADINGS, Child
from openpyxl import Workbook, load_workbook

from dropctl import cli

CLASS = "七年级1班"
NAMES = ("甲小一", "乙小二", "丙小三", "丁小四")
TERM = ("--opening", "2025-09-01")
INIT = ("--role", "school", "--name", "石桥学校", "--code", "3499000001", *TERM, "--closing", "2026-01-30")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Run each test in a folder with one register and no settings from outside."""
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-10-09")
    monkeypatch.chdir(tmp_path)
    register(tmp_path / "学籍名册.xlsx", [Child(name, sequence=2 * n + 1) for n, name in enumerate(NAMES)])
    return tmp_path


def register(path: Path, children: list[Child]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (["某某学校学生花名册"], list(HEADINGS), *(child.row() for child in children)):
        sheet.append(cells)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def fill(path: Path, absent: dict[str, list[int]], *, mark: str = "旷", silent: tuple[int, ...] = ()) -> None:
    """Fill a month sheet in as a teacher would: who is absent on which days, 无 on the others."""
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    days = {sheet.cell(3, c).value: c for c in range(3, sheet.max_column + 1) if type(sheet.cell(3, c).value) is int}
    rows = {sheet.cell(r, 2).value: r for r in range(5, sheet.max_row + 1)}
    for day, column in days.items():
        gone = [name for name, own in absent.items() if day in own]
        for name in gone:
            sheet.cell(rows[name], column).value = mark
        if not gone and day not in silent:
            sheet.cell(rows["当日无缺勤"], column).value = "无"
    book.save(path)


def sheets(run: Any) -> tuple[Path, Path]:
    for month in ("2025-09", "2025-10"):
        assert (
            run("attendance", "sheet", "学籍名册.xlsx", "--class", "701", "--month", month, *TERM, "-o", "考勤")[0] == 0
        )
    return Path(f"考勤/考勤表-{CLASS}-2025-09.xlsx"), Path(f"考勤/考勤表-{CLASS}-2025-10.xlsx")


def filled(run: Any) -> None:
    september, october = sheets(run)
    fill(september, {"乙小二": [25, 26, 28, 29, 30]}, silent=(10,))
    fill(october, {"乙小二": [9]}, silent=tuple(range(10, 32)))


def test_a_month_sheet_has_the_school_days_only_and_names_the_holiday(run: Any) -> None:
    _, october = sheets(run)
    sheet = load_workbook(october).active
    assert sheet is not None
    days = [cell.value for cell in sheet[3]][2:]
    assert days[0] == "1至8"
    assert days[1:] == [9, 10, 11, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 27, 28, 29, 30, 31]
    assert "".join(str(sheet.cell(row, 3).value or "") for row in range(5, 10)) == "国庆节、中秋"
    assert [sheet.cell(row, 2).value for row in range(5, 10)] == [*NAMES, "当日无缺勤"]
    assert stat.S_IMODE(october.stat().st_mode) == 0o600
    text = json.dumps([[cell.value for cell in row] for row in sheet.iter_rows()], ensure_ascii=False)
    assert "349901" not in text  # no number of a child stands on what teachers hand round


def test_a_month_sheet_offers_the_marks_and_the_nil_return(run: Any) -> None:
    sheet = load_workbook(sheets(run)[0]).active
    assert sheet is not None
    offered = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered == {'"√,旷,病,事,公,迟,退,半"', '"无"'}


def test_what_a_sheet_writes_is_read_back_without_an_issue(run: Any) -> None:
    filled(run)
    code, out, _ = run("attendance", "scan", "学籍名册.xlsx", "考勤", *TERM, "-o", "结果", "--json")
    told = json.loads(out)
    assert code == 0
    assert next(iter(told)) == "schema"
    assert told["issues"] == {"error": 0, "warning": 0, "note": 0}
    assert not any("合并单元格" in note for note in told["notes"])
    (line,) = told["runs"]
    assert line["child"].startswith("P-")
    assert {key: line[key] for key in line if key != "child"} == {
        "name": "乙小二", "class_name": CLASS, "from": "2025-09-25", "to": "2025-10-09", "ended": False,
        "certain_days": 6, "possible_days": 6, "flag": "suspected", "flag_date": "2025-10-09",
        "dropout_date": "2025-11-10",
    }  # fmt: skip
    assert told["findings"]["suspected_dropout"] == 1
    assert told["classes"][0]["unreported"] == ["2025-09-10"]


@pytest.mark.parametrize("mark", ["√", "旷", "病", "事", "公", "迟", "退", "半"])
def test_every_mark_a_sheet_offers_is_read_as_its_legend_says(run: Any, mark: str) -> None:
    september, _ = sheets(run)
    fill(september, {name: [1] for name in NAMES}, mark=mark)
    code, out, _ = run("attendance", "scan", "学籍名册.xlsx", str(september), *TERM, "--json", "--dry-run",
                       "--as-of", "2025-09-01")  # fmt: skip
    told = json.loads(out)
    assert code == 0
    assert len(told["runs"]) == (4 if mark == "旷" else 0)


def test_a_scan_writes_the_workbook_and_the_tables_whole(run: Any) -> None:
    filled(run)
    code, out, _ = run("attendance", "scan", "学籍名册.xlsx", "考勤", *TERM, "-o", "结果")
    assert code == 0
    assert "乙小二" in out
    assert "疑似辍学" in out
    names = {path.name for path in Path("结果").iterdir()}
    assert names == {"考勤核对.xlsx", "findings.parquet", "runs.parquet", "run_days.parquet", "issues.parquet"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in Path("结果").iterdir())
    days = pl.read_parquet("结果/run_days.parquet")
    assert days["day"].len() == 15
    assert days.filter(pl.col("state") == "unexcused").height == 6
    assert set(days.filter(pl.col("state") == "skipped")["why"]) == {"周末", "法定节假日"}
    book = load_workbook("结果/考勤核对.xlsx")
    assert book.sheetnames[:2] == ["汇总", "缺勤经过"]
    assert {"疑似辍学", "考勤未报", "逐日说明", "各班上报", "读入情况", "问题单元格", "说明"} <= set(book.sheetnames)


def test_the_same_scan_gives_the_same_bytes(run: Any) -> None:
    filled(run)
    for folder in ("一", "二"):
        assert run("attendance", "scan", "学籍名册.xlsx", "考勤", *TERM, "-o", folder)[0] == 0
    for path in Path("一").iterdir():
        assert path.read_bytes() == Path("二", path.name).read_bytes(), path.name


def test_a_scan_never_shows_a_full_number(run: Any) -> None:
    filled(run)
    for more in ((), ("--json",), ("-v",)):
        _, out, err = run("attendance", "scan", "学籍名册.xlsx", "考勤", *TERM, "-o", "结果", *more)
        assert Child(NAMES[1], sequence=3).id not in out + err


def test_a_dry_run_writes_nothing(run: Any) -> None:
    filled(run)
    code, _, err = run("attendance", "scan", "学籍名册.xlsx", "考勤", *TERM, "-o", "结果", "--dry-run")
    assert (code, Path("结果").exists()) == (0, False)
    assert "演示" in err
    assert run("attendance", "sheet", "学籍名册.xlsx", "--term-start", *TERM, "-o", "登记", "--dry-run")[0] == 0
    assert not Path("登记").exists()


def test_strict_asks_for_people_when_something_is_in_doubt(run: Any) -> None:
    filled(run)
    assert run("attendance", "scan", "学籍名册.xlsx", "考勤", *TERM, "--dry-run", "--strict")[0] == 4
    september = Path(f"考勤/考勤表-{CLASS}-2025-09.xlsx")
    sheets_again = Path("全")
    sheets_again.mkdir()
    shutil.copy(september, sheets_again)
    fill(sheets_again / september.name, {})
    whole = ("学籍名册.xlsx", "全", *TERM, "--as-of", "2025-09-30", "--dry-run", "--strict")
    assert run("attendance", "scan", *whole)[0] == 0
    assert run("attendance", "status", *whole[:5], "2025-09-30", "--strict")[0] == 0


def test_status_names_the_days_a_class_has_not_reported(run: Any) -> None:
    filled(run)
    code, out, _ = run("attendance", "status", "学籍名册.xlsx", "考勤", *TERM)
    assert code == 0
    assert "9月10日" in out
    assert run("attendance", "status", "学籍名册.xlsx", "考勤", *TERM, "--strict")[0] == 4
    told = json.loads(run("attendance", "status", "学籍名册.xlsx", "考勤", *TERM, "--json")[1])
    assert told["classes"][0]["unreported"] == ["2025-09-10"]
    assert len(told["school_days"]) == 24


def test_the_return_check_list_is_read_back_by_reconcile(run: Any) -> None:
    assert run("attendance", "sheet", "学籍名册.xlsx", "--term-start", *TERM, "-o", "登记")[0] == 0
    path = Path(f"登记/返校登记-{CLASS}.xlsx")
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == ['"是,否"']
    for row in range(4, 8):
        sheet.cell(row, 4).value = "否" if sheet.cell(row, 2).value == "丙小三" else "是"
    book.save(path)
    told = json.loads(
        run("reconcile", "学籍名册.xlsx", "登记", *TERM, "--json", "--dry-run", "--as-of", "2025-09-03")[1]
    )
    assert told["findings"]["not_returned"] == 1
    assert told["presence"] == {"classes": 1, "reported": 1, "unknown_pupils": 0}


def test_reconcile_gives_the_absence_kinds_when_an_absence_list_is_among_its_inputs(run: Any) -> None:
    filled(run)
    told = json.loads(run("reconcile", "学籍名册.xlsx", "考勤", *TERM, "-o", "核对", "--json")[1])
    assert told["findings"]["suspected_dropout"] == 1
    assert told["findings"]["absence_unreported"] == 1
    assert "疑似辍学" in load_workbook("核对/核对结果.xlsx").sheetnames


def test_a_filled_in_sheet_is_never_overwritten(run: Any) -> None:
    september, _ = sheets(run)
    again = ("attendance", "sheet", "学籍名册.xlsx", "--class", "701", "--month", "2025-09", *TERM, "-o", "考勤")
    assert run(*again)[0] == 0  # the same empty sheet: nothing is lost
    fill(september, {"乙小二": [1]})
    before = september.read_bytes()
    code, _, err = run(*again)
    assert code == 3
    assert "可能已经填过" in err
    assert september.read_bytes() == before


@pytest.mark.parametrize(("args", "code", "said"), [
    (("学籍名册.xlsx", "--month", "2025-09", "--class", "九年级9班"), 3, "没有“九年级9班”这个班"),
    (("学籍名册.xlsx", "--month", "2025-13"), 2, "不是月份"),
    (("学籍名册.xlsx",), 2, "--month 和 --term-start 要写一个"),
    (("学籍名册.xlsx", "--month", "2025-09", "--term-start"), 2, "要写一个"),
    (("学籍名册.xlsx", "--month", "2025-07"), 3, "没有上课日"),
    (("学籍名册.xlsx", "--month", "2031-03"), 3, "没有2031年的放假调休安排"),
    (("没有.xlsx", "--month", "2025-09"), 3, "找不到"),
    (("--month", "2025-09"), 3, "没有学籍名册"),
])  # fmt: skip
def test_what_a_sheet_is_refused_for(run: Any, args: tuple[str, ...], code: int, said: str) -> None:
    found, _, err = run("attendance", "sheet", *args, *TERM)
    assert (found, said in err) == (code, True), err


def test_what_a_scan_is_refused_for(run: Any) -> None:
    code, _, err = run("attendance", "scan", "学籍名册.xlsx", *TERM)
    assert code == 3
    assert "没有找到缺勤登记或考勤表" in err
    filled(run)
    code, _, err = run("attendance", "scan", "考勤", *TERM)
    assert code == 3
    assert "没有学籍名册" in err


def test_namesakes_are_told_when_the_sheet_is_made(run: Any) -> None:
    register(Path("两个.xlsx"), [Child("甲小一"), Child("甲小一", sequence=3)])
    _, _, err = run("attendance", "sheet", "两个.xlsx", "--month", "2025-09", *TERM)
    assert "有同名学生（甲小一）" in err


@pytest.fixture
def home(run: Any, here: Path) -> Path:
    assert run("init", "w", *INIT)[0] == 0
    shutil.copy("学籍名册.xlsx", "w/inbox")
    assert run("reconcile", "-w", "w", "--as-of", "2025-09-03")[0] == 0
    return Path("w")


def test_in_a_workspace_the_register_is_remembered_and_so_is_the_absence(run: Any, home: Path) -> None:
    assert run("attendance", "sheet", "-w", "w", "--month", "2025-09")[0] == 0
    path = Path(f"w/out/考勤表-2025-09/考勤表-{CLASS}-2025-09.xlsx")
    fill(path, {"乙小二": [25, 26, 28, 29, 30]})
    told = json.loads(run("attendance", "scan", str(path), "-w", "w", "--json", "--as-of", "2025-09-30")[1])
    assert told["findings"]["day_five_report"] == 1
    assert told["since_last"] is None
    number = told["runs"][0]["child"]
    october = Path("十月.xlsx")
    run("attendance", "sheet", "-w", "w", "--month", "2025-10", "-o", "十月")
    shutil.move(f"十月/考勤表-{CLASS}-2025-10.xlsx", october)
    fill(october, {"乙小二": [9]}, silent=tuple(range(10, 32)))
    told = json.loads(run("attendance", "scan", str(october), "-w", "w", "--json")[1])
    assert told["findings"]["suspected_dropout"] == 1
    assert told["runs"][0]["child"] == number
    assert told["since_last"] == {"new": 1, "gone": 1, "unchanged": 0}
    status = json.loads(run("attendance", "status", "-w", "w", "--json")[1])
    assert status["classes"][0]["unreported"] == []


def test_a_later_list_of_a_day_stands_for_the_earlier_one(run: Any, home: Path) -> None:
    run("attendance", "sheet", "-w", "w", "--month", "2025-09", "-o", "表")
    path = Path(f"表/考勤表-{CLASS}-2025-09.xlsx")
    clean = path.read_bytes()
    fill(path, {"乙小二": [22, 23, 24, 25, 26, 28]})
    told = json.loads(run("attendance", "scan", str(path), "-w", "w", "--json", "--as-of", "2025-09-30")[1])
    assert told["findings"]["suspected_dropout"] == 1
    path.write_bytes(clean)
    fill(path, {})
    told = json.loads(run("attendance", "scan", str(path), "-w", "w", "--json", "--as-of", "2025-09-30")[1])
    assert told["runs"] == []
    assert told["issues"] == {"error": 0, "warning": 0, "note": 0}


def test_the_same_scan_again_records_nothing(run: Any, home: Path) -> None:
    run("attendance", "sheet", "-w", "w", "--month", "2025-09", "-o", "表")
    path = Path(f"表/考勤表-{CLASS}-2025-09.xlsx")
    fill(path, {"乙小二": [1]})
    for _ in range(2):
        assert run("attendance", "scan", str(path), "-w", "w")[0] == 0
    assert len(list(Path("w/.dropctl/runs").iterdir())) == 2  # the reconciliation and one scan
    compared = json.loads(run("reconcile", "-w", "w", "--json")[1])["since_last"]
    assert compared is None or compared["gone"] == 0  # findings of a scan are not missed by a reconciliation


def test_policy_show_tells_clauses_numbers_readings_and_laws(run: Any) -> None:
    out = run("policy", "show")[1]
    assert "三.2" in out
    assert "本县未规定" in out
    one = json.loads(run("policy", "show", "三.2", "--json")[1])
    assert [clause["id"] for clause in one["clauses"]] == ["三.2"]
    assert {parameter["clause"] for parameter in one["parameters"]} == {"三.2"}
    assert "A-12" in run("policy", "show", "--assumptions")[1]
    laws = json.loads(run("policy", "show", "--statutes", "--json")[1])
    assert all(not law["confirmed"] or law["checked_on"] for law in laws["statutes"])
    assert "未核对官方文本" in run("policy", "show", "--statutes")[1]


def test_policy_show_refuses_an_unknown_clause_and_two_wishes_at_once(run: Any) -> None:
    code, _, err = run("policy", "show", "三.9")
    assert (code, "没有“三.9”这一条" in err) == (3, True)
    assert run("policy", "show", "三.2", "--statutes")[0] == 2


def test_policy_check_names_faults_or_changes(run: Any) -> None:
    assert run("policy", "check")[0] == 0
    county = Path("本县.toml")
    county.write_text("[parameters.suspect_after]\nvalue = 3\n", encoding="utf-8")
    told = json.loads(run("policy", "check", "本县.toml", "--json")[1])
    assert told["changed"] == [{"key": "suspect_after", "packaged": 5, "here": 3}]
    assert "suspect_after" in run("policy", "check", "本县.toml")[1]
    county.write_text("[parameters.suspect_after]\nvalue = 99\nunit = 'month'\n", encoding="utf-8")
    code, out, err = run("policy", "check", "本县.toml")
    assert code == 3
    assert "超出了允许的范围" in out
    assert "单位应当是" in out
    assert "有2处问题" in err
    assert json.loads(run("policy", "check", "本县.toml", "--json")[1])["ok"] is False


def test_another_county_s_number_changes_what_a_scan_says(run: Any, home: Path) -> None:
    Path("w/本县.toml").write_text("[parameters.suspect_after]\nvalue = 3\n", encoding="utf-8")
    settings = Path("w/dropctl.toml")
    settings.write_text(settings.read_text(encoding="utf-8") + '\n[plan]\nfile = "本县.toml"\n', encoding="utf-8")
    run("attendance", "sheet", "-w", "w", "--month", "2025-09", "-o", "表")
    path = Path(f"表/考勤表-{CLASS}-2025-09.xlsx")
    fill(path, {"乙小二": [25, 26, 28, 29]})
    told = json.loads(run("attendance", "scan", str(path), "-w", "w", "--json", "--as-of", "2025-09-30")[1])
    assert told["findings"]["suspected_dropout"] == 1
    assert told["plan"] == json.loads(run("policy", "show", "-w", "w", "--json")[1])["digest"]
