"""`dropctl review` at its edges: no workspace, nothing recorded, files that would be lost, what the screen may show."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from builders import id_number
from review_desk import (
    DAY,
    ENROLLED,
    GOOD,
    LISTED,
    PAIR,
    SCHOOL,
    TODAY,
    TOMORROW,
    Run,
    cells,
    fill,
    home,
    lists,
    recorded,
    run,
)

from dropctl.workspace.decisions import DecisionFile

__all__ = ["home", "run"]  # fixtures


@pytest.mark.parametrize("words", [("export", "表.xlsx"), ("apply", "表.xlsx"), ("list",)])
def test_without_a_workspace_or_a_recorded_run_it_says_what_to_do(run: Run, tmp_path: Path, words: list[str]) -> None:
    code, _, err = run("review", *words)
    assert code == 3
    assert "不是工作区" in err
    assert run("init", ".", *SCHOOL)[0] == 0
    code, _, err = run("review", *words)
    assert (code, "还没有核对过" in err, "dropctl reconcile" in err) == (3, True, True)
    lists(tmp_path / "inbox", ENROLLED, LISTED)
    assert run("reconcile")[0] == 0
    assert "到2025-09-01为止还没有核对过" in run("review", *words, on="2025-09-01")[2]


def test_an_export_never_goes_where_it_would_be_lost_or_read_as_a_list(home: Path, run: Run) -> None:
    assert "inbox 只放名单" in run("review", "export", "inbox/a/表.xlsx")[2]
    assert "只能写成 .xlsx" in run("review", "export", "表.csv")[2]
    foreign = home / "别的.xlsx"
    openpyxl.Workbook().save(foreign)
    assert "一个别的文件" in run("review", "export", "别的.xlsx")[2]
    fill(home / "表.xlsx", {PAIR: GOOD})
    before = (home / "表.xlsx").read_bytes()
    code, _, err = run("review", "export", "表.xlsx")
    assert (code, "没有记下的判断，没有覆盖" in err, (home / "表.xlsx").read_bytes() == before) == (3, True, True)
    assert run("review", "apply", "表.xlsx")[0] == 0
    assert run("review", "export", "表.xlsx")[0] == 0
    assert (home / "表.xlsx").read_bytes() != before


def test_a_dry_run_writes_nothing(home: Path, run: Run) -> None:
    code, out, err = run("review", "export", "新.xlsx", "--dry-run")
    assert (code, "4对要判断" in out, (home / "新.xlsx").exists()) == (0, True, False)
    fill(home / "表.xlsx", {PAIR: GOOD})
    code, out, err = run("review", "apply", "表.xlsx", "--dry-run")
    assert (code, "会记下1对" in out, "--dry-run" in err, recorded(home)) == (0, True, True, [])


def test_a_filled_sheet_among_the_lists_is_no_list(home: Path, run: Run) -> None:
    (home / "表.xlsx").rename(home / "inbox" / "表.xlsx")
    code, out, _ = run("reconcile", "--json")
    (entry,) = [line for line in json.loads(out)["inputs"] if line["file"] == "表.xlsx"]
    assert (code, entry["register"], entry["rows_kept"]) == (0, None, 0)


def test_files_that_are_no_answer_sheet_are_refused(home: Path, run: Run) -> None:
    assert "没有找到“待人工确认”表" in run("review", "apply", "inbox/701.xlsx")[2]
    assert "找不到这个文件" in run("review", "apply", "没有.xlsx")[2]
    (home / "坏.xlsx").write_bytes(b"%PDF-1.7")
    assert run("review", "apply", "坏.xlsx")[0] == 3
    book = openpyxl.load_workbook(home / "表.xlsx")
    sheet = book["待人工确认"]
    places = {cell.value: cell for cell in sheet[3]}
    sheet.cell(3, sheet.max_column + 1).value = "判断"
    book.save(home / "两栏.xlsx")
    code, _, err = run("review", "apply", "两栏.xlsx")
    assert (code, "“判断”这一栏有两个" in err, f"{places['判断'].coordinate}、" in err) == (3, True, True)
    sheet.delete_cols(sheet.max_column)
    sheet.delete_cols(places["校验"].column)
    book.save(home / "缺栏.xlsx")
    code, _, err = run("review", "apply", "缺栏.xlsx")
    assert (code, "缺“校验”" in err) == (3, True)


def test_the_list_shows_no_full_number_and_says_where_each_row_stands(home: Path, run: Run) -> None:
    code, out, _ = run("review", "list")
    assert code == 0
    assert id_number() not in out
    assert "349901************" in out
    code, out, _ = run("review", "list", "--json")
    shown = json.loads(out)
    assert (code, shown["run_as_of"], shown["counts"]["open"], len(shown["pairs"])) == (0, "2025-09-05", 4, 4)
    first = next(pair for pair in shown["pairs"] if pair["left"]["name"] == "李晓明")
    assert (first["right"]["file"], first["right"]["row"], first["earlier"]) == ("701.xlsx", 3, None)
    assert id_number() not in out
    fill(home / "表.xlsx", {PAIR: ("待查", "王老师", GOOD[2], "等电话")})
    assert run("review", "apply", "表.xlsx")[0] == 0
    shown = json.loads(run("review", "list", "--json")[1])
    assert shown["counts"] == {"open": 3, "suggested": 0, "unsure": 1, "again": 0, "same": 0, "different": 0}
    assert shown["pairs"][-1]["earlier"] == {
        "answer": "unsure",
        "by": "王老师",
        "on": "2025-09-04",
        "remark": "等电话",
    }


def test_a_changed_pair_is_listed_as_asked_again(home: Path, run: Run) -> None:
    fill(home / "表.xlsx", {PAIR: ("否", *GOOD[1:])})
    assert run("review", "apply", "表.xlsx")[0] == 0
    child = ENROLLED[0]
    lists(home / "inbox", [type(child)(child.name, sequence=11), *ENROLLED[1:]], LISTED)
    assert run("reconcile", on=TOMORROW)[0] == 0
    shown = json.loads(run("review", "list", "--json", on=TOMORROW)[1])
    assert (shown["counts"]["again"], shown["pairs"][0]["state"]) == (1, "again")
    assert "甲的证件号变了" in shown["pairs"][0]["reason"]


def test_an_earlier_day_may_look_and_not_record(home: Path, run: Run) -> None:
    assert run("reconcile", on=TOMORROW)[0] == 0
    fill(home / "表.xlsx", {PAIR: GOOD})
    code, _, err = run("review", "apply", "表.xlsx")
    assert (code, "已有2025-09-06的记录" in err, recorded(home)) == (3, True, [])
    assert run("review", "list")[0] == 0


@pytest.mark.parametrize("damage", ["{", "[]\n", '{"answer": "perhaps"}\n', '{"schema": 1}'])
def test_a_damaged_record_is_named_by_its_line(home: Path, run: Run, damage: str) -> None:
    fill(home / "表.xlsx", {PAIR: GOOD})
    assert run("review", "apply", "表.xlsx")[0] == 0
    path = home / ".dropctl" / "decisions.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write(damage)
    for words in (("review", "list"), ("reconcile",)):
        code, _, err = run(*words)
        assert (code, "判断记录第2行已损坏" in err) == (3, True)


def test_two_commands_at_once_do_not_lose_answers(tmp_path: Path) -> None:
    one, two = DecisionFile(tmp_path), DecisionFile(tmp_path)
    one.append([{"a": 1}])
    with pytest.raises(Exception, match="刚被别的命令改过"):
        two.append([{"b": 2}])
    assert DecisionFile(tmp_path).lines == ({"a": 1},)


def test_an_export_without_pairs_says_so_and_can_be_read_back(run: Run, tmp_path: Path) -> None:
    assert run("init", ".", *SCHOOL)[0] == 0
    lists(tmp_path / "inbox", ENROLLED, [child.name for child in ENROLLED])
    assert run("reconcile")[0] == 0
    code, out, _ = run("review", "export", "空.xlsx")
    assert (code, out.strip()) == (0, "0对要判断，已写入 空.xlsx")
    code, out, _ = run("review", "apply", "空.xlsx", "--json")
    shown = json.loads(out)
    assert (code, shown["refused"], shown["left_open"]) == (0, [], 0)
    assert "没有需要人工确认的配对" in run("review", "list")[1]


def test_what_the_model_accepts_on_a_county_list_is_a_sheet_of_its_own(home: Path, run: Run) -> None:
    """A child of the poverty list without a number: set beside the pupil, no question, and an answer all the same."""
    book = openpyxl.Workbook()
    rows = [["户类型", "监测对象类别", "姓名", "性别", "出生日期", "证件号码", "与户主关系"]]
    rows += [["脱贫户", "", child.name, "男", "2013-05-01", "", "之子"] for child in ENROLLED[4:]]
    book.active.title = "脱贫户家庭成员"
    for row in rows:
        book.active.append(row)
    book.save(home / "inbox" / "脱贫.xlsx")
    assert run("reconcile")[0] == 0
    shown = json.loads(run("review", "list", "--json")[1])
    assert (shown["counts"]["open"], shown["counts"]["suggested"]) == (4, 1)
    [hint] = [pair for pair in shown["pairs"] if pair["state"] == "suggested"]
    assert hint["link_id"] not in run("review", "list")[1]
    assert hint["link_id"] in run("review", "list", "--all")[1]
    assert (hint["left"]["name"], hint["reason"][:7]) == ("周亮", "比对判为同一人")
    code, out, _ = run("review", "export", "两张.xlsx")
    assert (code, "4对要判断" in out, "另有1对已判为同一人" in out) == (0, True, True)
    written = openpyxl.load_workbook(home / "两张.xlsx")
    assert written.sheetnames == ["待人工确认", "比对判为同一人"]
    result = openpyxl.load_workbook(home / "out" / f"核对-{TODAY}" / "核对结果.xlsx")
    assert {"待人工确认", "比对判为同一人"} <= set(result.sheetnames)
    sheet = written["比对判为同一人"]
    top, columns = cells(sheet)
    for heading, value in zip(("判断", "判断人", "判断日期"), ("否", "王老师", DAY), strict=True):
        sheet.cell(top + 1, columns[heading]).value = value
    written.save(home / "两张.xlsx")
    code, out, _ = run("review", "apply", "两张.xlsx", "--json")
    answered = json.loads(out)
    assert (code, answered["recorded"]["否"], answered["left_open"], answered["missing"]) == (0, 1, 4, 0)
    assert json.loads(run("review", "list", "--json")[1])["counts"]["suggested"] == 0


def test_a_run_of_an_earlier_day_writes_what_it_wrote_then(home: Path, run: Run) -> None:
    before = (home / "out" / f"核对-{TODAY}" / "核对结果.xlsx").read_bytes()
    assert run("reconcile", on=TOMORROW)[0] == 0
    code, out, _ = run("reconcile", "-o", "再看")
    assert (code, "只看不记" in out) == (0, True)
    assert (home / "再看" / "核对结果.xlsx").read_bytes() == before
