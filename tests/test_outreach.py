"""A workbook of contacts: good rows recorded together, each bad one named by its cell, nothing recorded twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from ledger_school import DAY, NAMES, reconciled_school, workbook

from dropctl.errors import Refused, UnreadableFile
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.policy.case_state import Contact
from dropctl.procedures import cases
from dropctl.procedures.outreach import log_workbook, word_of
from dropctl.workspace import Workspace

HEADINGS = ("个案编号", "姓名", "方式", "日期", "联系人", "结果", "情况")
GOOD = ("C-2025-001", NAMES[0], "电话", "2025-09-03", "王老师", "未联系上", "无人接听")
ALSO_GOOD = ("c-2025-002", "", "家访", date(2025, 9, 2), "王老师", "答应返校", None)


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return reconciled_school(tmp_path / "w", NAMES[:2])


def table(
    home: Workspace, *rows: Sequence[object], headings: Sequence[str] = HEADINGS, name: str = "联系.xlsx"
) -> Path:
    return workbook(home.root / name, [["九月劝返联系记录"], headings, *rows])


def contacts(home: Workspace) -> list[Contact]:
    found = fold_cases(Ledger(home.state).events(kinds=CASE_KINDS))
    return [contact for case in found.values() for contact in case.contacts]


def test_rows_are_recorded_in_one_command(home: Workspace) -> None:
    done = log_workbook(home, DAY, table(home, GOOD, (), ALSO_GOOD))
    assert (done.recorded, done.known, done.problems) == (2, 0, ())
    one, two = contacts(home)
    assert (one.how, one.result, one.happened_on, one.by, one.note) == (
        "phone", "not_reached", date(2025, 9, 3), "王老师", "无人接听",
    )  # fmt: skip
    assert (two.how, two.result, two.happened_on, two.office) == ("visit", "promised", date(2025, 9, 2), "school")
    batches = {event.batch for event in Ledger(home.state).events() if event.kind == "contacted"}
    assert len(batches) == 1


def test_the_same_content_again_adds_nothing_whatever_the_file_is_called(home: Workspace) -> None:
    log_workbook(home, DAY, table(home, GOOD, GOOD, ALSO_GOOD))
    assert len(contacts(home)) == 2
    more = (*GOOD[:3], "2025-09-02", *GOOD[4:])
    done = log_workbook(home, DAY, table(home, ALSO_GOOD, GOOD, more, name="再来.xlsx"))
    assert (done.recorded, done.known) == (1, 2)
    assert len(contacts(home)) == 3


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (0, None, "没有写个案编号"),
        (0, "C-2025-009", "没有 C-2025-009 这个个案"),
        (1, NAMES[1], "对不上"),
        (2, None, "没有写方式"),
        (2, "飞鸽传书", "不认识"),
        (3, "九月三日", "2025-09-01 这样的形式"),
        (3, "2025-09", "补全到日"),
        (3, "2025-08-31", "早于缺课开始的2025-09-01"),
        (3, "2025-09-04", "晚于2025-09-03"),
        (4, " ", "没有写联系人"),
        (5, "还行", "不认识"),
    ],
)
def test_a_bad_row_is_named_by_its_cell_and_the_good_ones_stay(
    home: Workspace, column: int, value: object, words: str
) -> None:
    bad = [*GOOD[:column], value, *GOOD[column + 1 :]]
    done = log_workbook(home, DAY, table(home, ALSO_GOOD, bad))
    assert done.recorded == 1
    (problem,) = done.problems
    assert problem.where == f"联系.xlsx · Sheet · {'ABCDEFG'[column]}4"
    assert words in problem.message
    assert len(contacts(home)) == 1


def test_a_closed_case_takes_no_row(home: Workspace) -> None:
    cases.close(home, DAY, "C-2025-001", outcome="death", evidence={"death_proof": "1"}, on=DAY, by=None, note=None)
    (problem,) = log_workbook(home, DAY, table(home, GOOD, ALSO_GOOD)).problems
    assert problem.where.endswith("A3")
    assert "已于2025-09-03销案" in problem.message


def test_a_table_of_which_nothing_can_be_used_is_refused(home: Workspace) -> None:
    with pytest.raises(Refused, match=r"A3：没有一行能用.*另有1行"):
        log_workbook(home, DAY, table(home, ("C-1", *GOOD[1:]), ("C-2", *GOOD[1:])))
    with pytest.raises(Refused, match="没有找到联系记录"):
        log_workbook(home, DAY, table(home, ("x", "y"), headings=("甲", "乙")))
    with pytest.raises(Refused, match="标题行缺少结果"):
        log_workbook(home, DAY, table(home, GOOD[:5], headings=HEADINGS[:5]))
    spoiled = home.root / "坏.xlsx"
    spoiled.write_bytes(b"\x00\x01 not a table" * 50)
    with pytest.raises(UnreadableFile, match=r"坏\.xlsx"):
        log_workbook(home, DAY, spoiled)
    assert contacts(home) == []


def test_a_csv_and_the_townships_words_are_understood(home: Workspace) -> None:
    path = home.root / "乡镇.csv"
    path.write_text(
        "案号,劝返方式,时间,走访人,劝返结果,单位\nC-2025-001,入户,2025年9月3日,李干部,家中无人,乡镇\n",
        encoding="gb18030",
    )
    assert log_workbook(home, DAY, path).recorded == 1
    (made,) = contacts(home)
    assert (made.how, made.result, made.office, made.by) == ("visit", "not_reached", "township", "李干部")


def test_a_rehearsal_records_nothing(home: Workspace) -> None:
    assert log_workbook(home, DAY, table(home, GOOD), dry_run=True).recorded == 1
    assert contacts(home) == []


def test_codes_and_words_mean_the_same() -> None:
    assert word_of("how", "visit") == word_of("how", "家访") == word_of("how", "上门") == "visit"
    with pytest.raises(Refused, match=r"结果写成了“嗯”.*联系上"):
        word_of("result", "嗯")
