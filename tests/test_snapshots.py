"""What a workspace remembers from run to run (CONTRACT §2, §6, §7): superseding, comparing, never twice."""

from __future__ import annotations

import json
import stat
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from builders import HEADINGS, Child
from test_term_start import CLASS, OPENING, presence, register, workbook

from dropctl.errors import Refused
from dropctl.procedures.outcome import TermStartOutcome
from dropctl.procedures.term_start import reconcile_term_start, write_term_start
from dropctl.workspace import Workspace, create_workspace
from dropctl.workspace.snapshots import Snapshots

DAY_2, DAY_3 = date(2025, 9, 2), date(2025, 9, 3)
NAMES = ("甲小一", "乙小二", "丙小三", "丁小四")
CHILDREN = [Child(name, sequence=2 * n + 1) for n, name in enumerate(NAMES)]
assert "姓名" in HEADINGS


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    made = create_workspace(
        tmp_path / "w", role="school", name="某校", code="3499000001", opening=OPENING, closing=date(2026, 1, 30)
    )
    register(made.inbox, CHILDREN)
    presence(made.inbox, dict.fromkeys(NAMES[:2], "是") | dict.fromkeys(NAMES[2:], "否"))
    return made


def run(home: Workspace, day: date = DAY_2, *paths: Path, record: bool = True) -> TermStartOutcome:
    return reconcile_term_start(list(paths) or [home.inbox], as_of=day, workspace=home, record=record)


def missing(outcome: TermStartOutcome) -> list[str]:
    return sorted(outcome.findings.filter(pl.col("kind") == "not_returned")["name"].to_list())


def test_a_first_run_has_nothing_to_compare_with_and_a_second_says_what_changed(home: Workspace) -> None:
    assert run(home).since_last is None
    presence(home.inbox, dict.fromkeys(NAMES[:3], "是") | {NAMES[3]: "否"}, title=f"{CLASS}返校登记 2025年9月3日")
    since = run(home, DAY_3).since_last
    assert since is not None
    assert (since.new, since.gone, since.unchanged, since.day) == (0, 1, 1, DAY_2)


def test_what_is_new_and_what_is_gone_is_listed_with_what_it_was(home: Workspace, tmp_path: Path) -> None:
    run(home)
    marks = dict.fromkeys(NAMES[1:3], "是") | {NAMES[0]: "否", NAMES[3]: "否"}
    presence(home.inbox, marks, title=f"{CLASS}返校登记 2025年9月3日")
    outcome = run(home, DAY_3)
    told = outcome.changes.select("change", "kind", "name", "class_name", "certainty").rows()
    assert told == [
        ("新增", "not_returned", NAMES[0], CLASS, "certain"),
        ("消失", "not_returned", NAMES[2], CLASS, "certain"),
    ]
    assert "2025-09-01" in outcome.changes["reason"][1]  # what was said then, of the list of that day
    write_term_start(outcome, tmp_path / "out")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "核对结果.xlsx")["与上次相比"]
    texts = [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None]
    assert {"新增", "消失", NAMES[0], NAMES[2], "在籍未返校"} <= set(texts)


def test_namesakes_of_one_class_are_the_same_findings_in_the_next_run(home: Workspace) -> None:
    title = f"{CLASS}返校登记 2025年9月1日"
    workbook(home.inbox / "701.xlsx", [[title], ["姓名", "是否返校"], *[["同名人", "是"]] * 3, [NAMES[0], "是"]])
    first = run(home).findings.filter(kind="unregistered")["finding_id"].to_list()
    assert len(set(first)) == 3
    presence(home.inbox, dict.fromkeys(NAMES, "是"), name="别班.xlsx", title="八年级1班返校登记 2025年9月1日")
    second = run(home, DAY_3).findings.filter(kind="unregistered", name="同名人")["finding_id"].to_list()
    assert second == first


def test_a_record_that_kept_ids_only_still_counts_what_is_gone(home: Workspace) -> None:
    run(home)
    next(home.state.rglob("findings.parquet")).unlink()
    presence(home.inbox, dict.fromkeys(NAMES, "是"), title=f"{CLASS}返校登记 2025年9月3日")
    outcome = run(home, DAY_3)
    assert outcome.changes.select("change", "name").rows() == [("消失", None), ("消失", None)]


def test_the_same_run_again_adds_nothing_and_gives_the_same_bytes(home: Workspace, tmp_path: Path) -> None:
    write_term_start(run(home), tmp_path / "one")
    records = sorted(home.state.rglob("*"))
    write_term_start(run(home), tmp_path / "two")
    assert sorted(home.state.rglob("*")) == records
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_a_renamed_file_is_the_same_content(home: Workspace) -> None:
    run(home)
    (home.inbox / "701.xlsx").rename(home.inbox / "返校.xlsx")
    run(home)
    assert len(home.snapshots().runs) == 1


def test_a_child_keeps_its_finding_id_when_rows_move(home: Workspace) -> None:
    before = run(home).findings.filter(name=NAMES[3])["finding_id"].to_list()
    register(home.inbox, CHILDREN[::-1])
    after = run(home, DAY_3).findings.filter(name=NAMES[3])["finding_id"].to_list()
    assert before == after


def test_one_new_list_stands_on_what_was_read_before(home: Workspace, tmp_path: Path) -> None:
    run(home)
    late = presence(tmp_path / "late", dict.fromkeys(NAMES, "是"), title=f"{CLASS}返校登记 2025年9月3日")
    outcome = run(home, DAY_3, late)
    assert missing(outcome) == []
    assert any("学籍名册沿用2025-09-02" in note for note in outcome.notes)


def test_a_list_of_absentees_supersedes_no_list_of_the_class(home: Workspace, tmp_path: Path) -> None:
    run(home)
    title = f"{CLASS}未返校学生名单 2025年9月1日"
    absent = workbook(tmp_path / "late" / "未返校.xlsx", [[title], ["姓名"], [NAMES[2]]])
    outcome = run(home, DAY_3, absent)
    assert missing(outcome) == sorted(NAMES[2:])
    assert "presence_unreported" not in outcome.findings["kind"].to_list()
    whole = presence(tmp_path / "later", dict.fromkeys(NAMES, "是"))
    assert missing(run(home, DAY_3, whole)) == []


def test_a_list_of_another_class_leaves_the_first_classes_list_standing(home: Workspace, tmp_path: Path) -> None:
    run(home)
    other = presence(tmp_path / "late", {"戊小五": "是"}, title="七年级2班返校登记 2025年9月3日")
    assert missing(run(home, DAY_3, other)) == sorted(NAMES[2:])


def test_the_inbox_as_a_whole_stands_for_itself(home: Workspace) -> None:
    run(home)
    (home.inbox / "701.xlsx").unlink()
    outcome = run(home, DAY_3)
    assert missing(outcome) == []
    assert outcome.findings["kind"].to_list() == ["presence_unreported"]


def test_a_day_before_the_last_one_may_be_looked_at_not_written(home: Workspace) -> None:
    run(home, DAY_3)
    outcome = run(home, DAY_2)
    assert len(home.snapshots().runs) == 1
    assert any("只看不记" in note for note in outcome.this_time)
    assert missing(outcome) == sorted(NAMES[2:])


def test_a_rehearsal_records_nothing(home: Workspace) -> None:
    run(home, record=False)
    assert home.snapshots().runs == ()


def test_records_are_private(home: Workspace) -> None:
    run(home)
    files = [path for path in home.state.rglob("*") if path.is_file()]
    assert files
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in home.state.rglob("*") if path.is_dir())


def test_a_run_that_was_cut_off_never_happened(home: Workspace) -> None:
    run(home)
    (home.state / "runs" / "000001" / "run.json").unlink()
    assert home.snapshots().runs == ()
    run(home)
    assert [run.folder.name for run in home.snapshots().runs] == ["000002"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"as_of": 3}', "\x00"])
def test_a_damaged_record_is_named(home: Workspace, text: str) -> None:
    run(home)
    path = home.state / "runs" / "000001" / "run.json"
    path.write_text(text)
    with pytest.raises(Refused) as refusal:
        home.snapshots()
    assert "run.json" in refusal.value.sentence
    assert "已损坏" in refusal.value.sentence


def test_a_damaged_register_is_named(home: Workspace, tmp_path: Path) -> None:
    run(home)
    (home.state / "runs" / "000001" / "enrollment.parquet").write_bytes(b"PAR1")
    late = presence(tmp_path / "late", dict.fromkeys(NAMES, "是"), title=f"{CLASS}返校登记 2025年9月3日")
    with pytest.raises(Refused, match=r"enrollment\.parquet"):
        run(home, DAY_3, late)


def test_no_part_of_a_finding_id_is_an_id_number(home: Workspace) -> None:
    run(home)
    document = json.loads((home.state / "runs" / "000001" / "run.json").read_text(encoding="utf-8"))
    assert all(len(identifier) == 12 for identifier in document["findings"])
    assert Snapshots(home.state).runs[0].as_of == DAY_2
