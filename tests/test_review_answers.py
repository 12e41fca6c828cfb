"""A review workbook filled in and read back: the good answers are kept, every mistake is named by its cell."""

from __future__ import annotations

import json
import random
import stat
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from builders import Child, id_number
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from review_desk import (
    DAY,
    ENROLLED,
    FOURTH,
    GOOD,
    LISTED,
    PAIR,
    SCHOOL,
    SECOND,
    THIRD,
    TODAY,
    TOMORROW,
    Run,
    address,
    cells,
    fill,
    home,
    lists,
    recorded,
    refusals,
    row_of,
    run,
)

from dropctl.ingest.answers import AnswerRow, read_answers
from dropctl.procedures.review import ReviewState, review_state
from dropctl.procedures.review_answers import judge
from dropctl.reconcile.decisions import check_text
from dropctl.reconcile.review import pair_check
from dropctl.workspace import find_workspace

__all__ = ["home", "run"]  # fixtures


def test_the_workbook_asks_for_an_answer_and_locks_everything_else(home: Path, run: Run) -> None:
    path = home / "表.xlsx"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sheet = openpyxl.load_workbook(path)["待人工确认"]
    top, columns = cells(sheet)
    assert sheet.max_row == top + 4
    assert sheet.protection.sheet
    open_cells = {name for name, column in columns.items() if not sheet.cell(top + 1, column).protection.locked}
    assert open_cells == {"判断", "判断人", "判断日期", "备注"}
    hidden = [name for name, column in columns.items() if sheet.column_dimensions[chr(64 + column)].hidden]
    assert hidden == ["校验"]
    assert sheet.cell(row_of(sheet, PAIR), columns["身份证件号"]).value == f"甲 {id_number()}\n乙 —"
    assert "学籍名册.xlsx" in sheet.cell(row_of(sheet, PAIR), columns["名单和来源"]).value
    assert sheet.print_title_rows == f"${top}:${top}"
    assert sheet.freeze_panes is not None
    before = path.read_bytes()
    assert run("review", "export", "表.xlsx")[0] == 0
    assert path.read_bytes() == before


def test_nothing_filled_in_changes_nothing(home: Path, run: Run) -> None:
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    shown = json.loads(out)
    assert (code, shown["recorded"], shown["refused"]) == (0, {"是": 0, "否": 0, "待查": 0}, [])
    assert (shown["left_open"], shown["blank"], shown["missing"]) == (4, 4, 0)
    assert not (home / ".dropctl" / "decisions.jsonl").exists()


def test_answers_are_kept_once_and_used_by_the_next_reconcile(home: Path, run: Run) -> None:
    fill(home / "表.xlsx", {PAIR: GOOD, SECOND: ("否", "王老师", DAY), THIRD: ("待查", "王老师", DAY, "再问")})
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    shown = json.loads(out)
    assert (code, shown["recorded"], shown["left_open"]) == (0, {"是": 1, "否": 1, "待查": 1}, 2)
    path = home / ".dropctl" / "decisions.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    once = path.read_bytes()
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    assert (code, json.loads(out)["already"], path.read_bytes()) == (0, 3, once)
    (yes,) = [line for line in recorded(home) if line["answer"] == "same"]
    assert (yes["by"], yes["on"], yes["remark"]) == ("王老师", "2025-09-04", "问过班主任")
    code, out, _ = run("reconcile", "--out", "新")
    assert code == 0
    assert "用上了先前的人工判断：“是”1对、“否”1对；另有1对待查" in out
    found = pl.read_parquet(home / "新" / "findings.parquet")
    missing = found.filter(pl.col("kind") == "not_returned").select("name", "certainty").rows()
    assert sorted(missing) == [("王子江", "certain"), ("赵一", "to_confirm"), ("赵二", "to_confirm")]
    links = pl.read_parquet(home / "新" / "links.parquet").filter(pl.col("tier") == "person")
    assert sorted(links["decision"]) == ["accepted", "rejected"]
    assert run("review", "export", "剩下.xlsx")[0] == 0
    sheet = openpyxl.load_workbook(home / "剩下.xlsx")["待人工确认"]
    top, columns = cells(sheet)
    assert sheet.max_row == top + 2
    assert "待查" in sheet.cell(row_of(sheet, THIRD), columns["先前的判断"]).value


def test_the_sheet_in_the_result_workbook_works_as_well(home: Path, run: Run) -> None:
    path = home / "out" / "核对-2025-09-05" / "核对结果.xlsx"
    fill(path, {PAIR: GOOD})
    assert run("review", "apply", str(path))[0] == 0
    assert len(recorded(home)) == 1


def test_columns_may_be_moved_and_lines_deleted(home: Path, run: Run) -> None:
    path = home / "表.xlsx"
    fill(path, {PAIR: GOOD, SECOND: GOOD})
    book = openpyxl.load_workbook(path)
    old = book["待人工确认"]
    top, _ = cells(old)
    new = openpyxl.Workbook()
    for row in old.iter_rows(min_row=top):
        new.active.append([cell.value for cell in reversed(row)])
    new.active.delete_rows(row_of(new.active, THIRD))
    new.save(path)
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    shown = json.loads(out)
    assert (code, shown["recorded"]["是"], shown["left_open"], shown["missing"]) == (0, 2, 2, 1)


BAD: dict[str, tuple[Sequence[Any], str, str]] = {
    "another word": (("可能是", "王老师", DAY), "判断", "“可能是”不是判断"),
    "no person": (("是", None, DAY), "判断人", "没有写判断人"),
    "no date": (("是", "王老师", None), "判断日期", "没有写判断日期"),
    "a date that is none": (("是", "王老师", "上周五"), "判断日期", "“上周五”不是日期"),
    "a date to come": (("是", "王老师", date(2025, 9, 6)), "判断日期", "晚于今天"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_an_answer_is_named_by_its_cell(home: Path, run: Run, name: str) -> None:
    answer, heading, said = BAD[name]
    path = home / "表.xlsx"
    fill(path, {PAIR: answer})
    code, out, err = run("review", "apply", "表.xlsx", "--json")
    ((where, what),) = refusals(out)
    assert (code, where) == (3, f"表.xlsx · 待人工确认 · {address(path, PAIR, heading)}")
    assert said in what
    assert "没有记下任何判断" in err
    assert recorded(home) == []
    fill(path, {SECOND: GOOD})
    code, out, err = run("review", "apply", "表.xlsx", "--json")
    assert (code, len(refusals(out)), len(recorded(home))) == (7, 1, 1)
    assert "其余已记下" in err


def test_dates_and_answers_are_read_the_way_people_write_them(home: Path, run: Run) -> None:
    fill(
        home / "表.xlsx",
        {PAIR: (" 是 ", " 王 老师 ", "2025年9月4日"), SECOND: ("“否”", "王老师", datetime.combine(DAY, time(8, 30)))},
    )
    assert run("review", "apply", "表.xlsx")[0] == 0
    assert {(line["answer"], line["on"]) for line in recorded(home)} == {
        ("same", "2025-09-04"),
        ("different", "2025-09-04"),
    }


def test_the_person_may_be_given_on_the_command_line(home: Path, run: Run) -> None:
    fill(home / "表.xlsx", {PAIR: ("是", None, DAY), SECOND: ("否", "李老师", DAY)})
    assert run("review", "apply", "表.xlsx", "--by", "王老师")[0] == 0
    assert sorted(line["by"] for line in recorded(home)) == ["李老师", "王老师"]


def test_a_person_without_an_answer_is_remarked(home: Path, run: Run) -> None:
    fill(home / "表.xlsx", {PAIR: (None, "王老师", DAY)})
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    assert code == 0
    assert address(home / "表.xlsx", PAIR, "判断") in json.loads(out)["remarks"][0]


def test_a_line_that_was_added_is_refused(home: Path, run: Run) -> None:
    def add(sheet: Worksheet) -> None:
        _, columns = cells(sheet)
        last = sheet.max_row + 1
        for heading, value in (("姓名", "孙七"), ("判断", "是"), ("判断人", "王老师"), ("判断日期", DAY)):
            sheet.cell(last, columns[heading]).value = value

    fill(home / "表.xlsx", {PAIR: GOOD}, add)
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    ((where, what),) = refusals(out)
    assert (code, len(recorded(home))) == (7, 1)
    assert where.endswith(" · B8")
    assert "没有配对编号" in what


def test_columns_sorted_apart_are_noticed(home: Path, run: Run) -> None:
    def swap(heading: str) -> Callable[[Worksheet], None]:
        def change(sheet: Worksheet) -> None:
            column = cells(sheet)[1][heading]
            one, two = sheet.cell(row_of(sheet, PAIR), column), sheet.cell(row_of(sheet, SECOND), column)
            one.value, two.value = two.value, one.value

        return change

    path = home / "表.xlsx"
    whole = path.read_bytes()
    for heading, said in (("校验", "对不上"), ("配对编号", "对不上"), ("姓名", "姓名不同")):
        path.write_bytes(whole)
        fill(path, {PAIR: GOOD, SECOND: GOOD}, swap(heading))
        code, out, _ = run("review", "apply", "表.xlsx", "--json")
        found = refusals(out)
        assert (code, len(found)) == (3, 2), heading
        assert all(said in what for _, what in found)


def test_an_answer_about_a_pair_that_changed_since_is_not_used(home: Path, run: Run) -> None:
    path = home / "表.xlsx"
    fill(path, {PAIR: GOOD, SECOND: GOOD})
    changed = [Child("李晓明", born="20130502"), *ENROLLED[1:]]
    lists(home / "inbox", changed, LISTED)
    assert run("reconcile", on=TOMORROW)[0] == 0
    code, out, _ = run("review", "apply", "表.xlsx", "--json", on=TOMORROW)
    ((where, what),) = refusals(out)
    assert (code, len(recorded(home))) == (7, 1)
    assert where.endswith(address(path, PAIR, "判断"))
    assert "甲的证件号、甲的出生日期" in what
    lists(home / "inbox", changed, [name for name in LISTED if name != "李小明"])
    assert run("reconcile", on=TOMORROW)[0] == 0
    assert "已经没有这一对" in refusals(run("review", "apply", "表.xlsx", "--json", on=TOMORROW)[1])[0][1]


def test_an_answer_about_a_pair_on_a_new_file_says_what_changed_and_its_new_number(home: Path, run: Run) -> None:
    """The list came again under another name, with another class: other pairs, other numbers, the same question."""
    fill(home / "表.xlsx", {PAIR: GOOD})
    (home / "inbox" / "701.xlsx").unlink()
    book = openpyxl.Workbook()
    for row in (
        ["七年级1班返校登记 2025年9月3日"],
        ["姓名", "性别", "是否返校"],
        *([name, "男", "是"] for name in LISTED),
    ):
        book.active.append(row)
    book.save(home / "inbox" / "七1.xlsx")
    assert run("reconcile", on=TOMORROW)[0] == 0
    code, out, _ = run("review", "apply", "表.xlsx", "--json", on=TOMORROW)
    ((where, what),) = refusals(out)
    assert (code, where.endswith(address(home / "表.xlsx", PAIR, "判断"))) == (3, True)
    assert "导出以后这一对变了（乙的性别），现在的编号是 M-" in what


def test_an_answer_about_a_pair_that_is_certain_now_is_not_used(home: Path, run: Run) -> None:
    fill(home / "表.xlsx", {THIRD: GOOD})
    state = the_state(home)
    link = next(link for link in state.links if link.left.lead.name == "周亮")
    assert (link.decision, link.tier) == ("accepted", "class_list")
    line = {
        "配对编号": link.link_id,
        "校验": check_text(pair_check(link)),
        "判断": "否",
        "判断人": "王",
        "判断日期": DAY,
    }
    found = judge(state, [AnswerRow("表.xlsx", None, 5, line, {name: n for n, name in enumerate(line)})], by=None)
    assert "已经确定是同一人" in found.refused[0].what
    assert found.new == []


def test_two_yes_for_one_row_are_a_contradiction(home: Path, run: Run) -> None:
    path = home / "表.xlsx"
    whole = path.read_bytes()
    fill(path, {PAIR: GOOD, THIRD: GOOD, FOURTH: GOOD})
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    one, two = (address(path, names, "判断") for names in (THIRD, FOURTH))
    (first, why_first), (second, why_second) = sorted(refusals(out))
    assert (code, len(recorded(home))) == (7, 1)
    assert [first.split(" · ")[-1], second.split(" · ")[-1]] == [one, two]
    assert two in why_first
    assert one in why_second
    # Against an answer of an earlier file, too.
    path.write_bytes(whole)
    fill(path, {THIRD: GOOD})
    assert run("review", "apply", "表.xlsx")[0] == 0
    path.write_bytes(whole)
    fill(path, {FOURTH: ("是", "李老师", DAY)})
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    assert code == 3
    assert "先前的判断（王老师 2025-09-04 判断“是”" in refusals(out)[0][1]


def test_one_pair_answered_in_two_ways_is_refused_in_both_cells(home: Path, run: Run) -> None:
    def copy(sheet: Worksheet) -> None:
        row, last = row_of(sheet, PAIR), sheet.max_row + 1
        for cell in sheet[row]:
            sheet.cell(last, cell.column).value = cell.value
        sheet.cell(last, cells(sheet)[1]["判断"]).value = "否"

    fill(home / "表.xlsx", {PAIR: GOOD}, copy)
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    assert (code, len(refusals(out))) == (3, 2)
    assert recorded(home) == []


def test_two_people_who_say_the_same_are_no_question(home: Path, run: Run) -> None:
    path = home / "表.xlsx"
    whole = path.read_bytes()
    fill(path, {PAIR: GOOD})
    assert run("review", "apply", "表.xlsx")[0] == 0
    (home / "另一人.xlsx").write_bytes(whole)
    fill(home / "另一人.xlsx", {PAIR: ("是", "李老师", date(2025, 9, 5), "")})
    assert run("review", "apply", "另一人.xlsx")[0] == 0
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    assert (code, refusals(out), json.loads(out)["already"]) == (0, [], 1)
    assert [line["by"] for line in recorded(home)] == ["王老师", "李老师"]


def test_two_lines_that_say_the_same_of_one_pair_are_one_answer(home: Path, run: Run) -> None:
    def copy(sheet: Worksheet) -> None:
        row, last = row_of(sheet, PAIR), sheet.max_row + 1
        for cell in sheet[row]:
            sheet.cell(last, cell.column).value = cell.value
        sheet.cell(last, cells(sheet)[1]["判断人"]).value = "李老师"
        sheet.cell(last, cells(sheet)[1]["判断日期"]).value = date(2025, 9, 5)

    fill(home / "表.xlsx", {PAIR: GOOD}, copy)
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    assert (code, refusals(out)) == (0, [])
    assert [line["by"] for line in recorded(home)] == ["李老师"]


def test_an_answer_with_characters_that_nobody_sees_is_read(home: Path, run: Run) -> None:
    fill(home / "表.xlsx", {PAIR: ("\u200b是\ufeff", "王\u200b老师", "２０２５－０９－０４", "")})
    assert run("review", "apply", "表.xlsx")[0] == 0
    assert [(line["answer"], line["by"], line["on"]) for line in recorded(home)] == [("same", "王老师", "2025-09-04")]


def test_a_formula_that_was_never_calculated_is_named(home: Path, run: Run) -> None:
    path = home / "表.xlsx"
    fill(path, {PAIR: ('="是"', "王老师", DAY, "")})
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    assert (code, recorded(home)) == (0, [])
    assert any(address(path, PAIR, "判断") in line and "公式" in line for line in json.loads(out)["remarks"])


def test_a_wrong_answer_is_corrected_by_a_later_one_and_never_by_an_old_sheet(home: Path, run: Run) -> None:
    path = home / "表.xlsx"
    fill(path, {PAIR: GOOD})
    assert run("review", "apply", "表.xlsx")[0] == 0
    assert run("review", "export", "全部.xlsx", "--all")[0] == 0
    fill(home / "全部.xlsx", {PAIR: ("否", "李老师", date(2025, 9, 5), "弄错了")})
    code, out, _ = run("review", "apply", "全部.xlsx", "--json")
    [remark] = [line for line in json.loads(out)["remarks"] if "改判" in line]
    assert (code, address(home / "全部.xlsx", PAIR, "判断") in remark) == (0, True)
    assert "先前是 王老师 2025-09-04 判断“是”（问过班主任）" in remark
    code, out, _ = run("review", "list", "--all", "--json")
    assert (code, json.loads(out)["counts"]["different"]) == (0, 1)
    code, out, _ = run("review", "apply", "表.xlsx", "--json")
    assert code == 3
    assert "已被后来的代替：李老师 2025-09-05 判断“否”" in refusals(out)[0][1]
    assert [line["answer"] for line in recorded(home)] == ["same", "different"]


def test_an_answer_that_no_longer_holds_binds_nobody(run: Run, tmp_path: Path) -> None:
    """Two namesakes, one there and one not; the next day it is the other way round, and both are answered anew."""
    assert run("init", ".", *SCHOOL)[0] == 0
    first, second = Child("李明"), Child("李明", sequence=5)
    for day, marks in ((TODAY, "是否"), (TOMORROW, "否是")):
        lists(tmp_path / "inbox", [first, second, Child("周亮", sequence=9)], [])
        book = openpyxl.load_workbook(tmp_path / "inbox" / "701.xlsx")
        for name, mark in zip(("李明", "李明", "周亮"), (*marks, "是"), strict=True):
            book.active.append([name, mark])
        book.save(tmp_path / "inbox" / "701.xlsx")
        assert run("reconcile", on=day)[0] == 0
        assert run("review", "export", f"{day}.xlsx", on=day)[0] == 0
        there, absent = (3, 4) if day == TODAY else (4, 3)

        def answer(sheet: Worksheet, rows: tuple[int, int] = (there, absent)) -> None:
            _, columns = cells(sheet)
            for row in range(4, sheet.max_row + 1):
                source, number = (sheet.cell(row, columns[name]).value for name in ("名单和来源", "身份证件号"))
                place = rows[0] if first.id in number else rows[1]
                if source.endswith(f"第{place}行"):
                    for heading, value in zip(("判断", "判断人", "判断日期"), GOOD, strict=False):
                        sheet.cell(row, columns[heading]).value = value

        fill(tmp_path / f"{day}.xlsx", {}, answer)
        code, out, _ = run("review", "apply", f"{day}.xlsx", "--json", on=day)
        assert (code, json.loads(out)["recorded"]["是"], json.loads(out)["left_open"]) == (0, 2, 0)


def the_state(home: Path) -> ReviewState:
    workspace = find_workspace(home)
    assert workspace is not None
    return review_state(workspace, date.fromisoformat(TODAY))


def test_the_order_of_lines_does_not_matter_and_twice_is_once(home: Path) -> None:
    state = the_state(home)
    rows = read_answers(home / "表.xlsx").lines

    @given(
        st.lists(st.sampled_from(["", "是", "否", "待查", "不知道"]), min_size=len(rows), max_size=len(rows)),
        st.randoms(use_true_random=False),
    )
    def holds(answers: list[str], shuffler: random.Random) -> None:
        lines = [
            AnswerRow(
                row.file, row.sheet, row.row, {**row.cells, "判断": word, "判断人": "王", "判断日期": DAY}, row.columns
            )
            for row, word in zip(rows, answers, strict=True)
        ]
        once = judge(state, lines, by=None)
        assert len(once.new) + len(once.refused) + answers.count("") == len(rows)
        mixed = [*lines, *lines]
        shuffler.shuffle(mixed)
        again = judge(state, mixed, by=None)
        assert [line.said for line in again.new] == [line.said for line in once.new]
        assert {line.where for line in again.refused} == {line.where for line in once.refused}
        assert (again.left_open, again.missing) == (once.left_open, once.missing)

    holds()
