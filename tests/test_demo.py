"""`demo`: the sample school from its lists to the report of September, and once more from the start."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from dropctl import cli
from dropctl.figures import Month
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.procedures.month_end import count
from dropctl.workspace import Workspace
from dropctl.workspace.config import open_workspace

LAST = date(2025, 9, 30)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "样例"
    assert cli.run(["demo", str(folder), "-q"]) == 0
    return folder


@pytest.fixture
def home(demo: Path) -> Workspace:
    return open_workspace(demo)


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted((folder / "out").rglob("*.*"))}


def test_the_whole_way_is_gone_from_the_lists_to_the_monthly_report(demo: Path) -> None:
    made = {Path(name).name for name in written(demo)}
    assert {"核对结果.xlsx", "考勤核对.xlsx", "控辍保学月报.xlsx", "控辍保学月报.docx", "控辍保学月报.pdf"} <= made
    for stage in ("一", "二"):
        assert any(name.startswith(f"劝返通知书（第{stage}次）（合订") and name.endswith(".pdf") for name in made)


def test_each_child_stands_where_its_story_leads(home: Workspace) -> None:
    cases = {case.name: case for case in fold_cases(Ledger(home.state).events(LAST, CASE_KINDS)).values()}
    back = cases["王怀楠"]
    assert (back.rung, back.state, back.return_on) == ("first_notice", "returned", date(2025, 9, 11))
    gone = cases["梁天梅"]
    assert (gone.rung, gone.state, gone.mark, gone.mark_on) == ("second_notice", "open", "suspected", date(2025, 9, 8))
    # Found by the scan: the sixth school day is the Sunday that was taught.
    assert cases["周帆"].mark_on == date(2025, 9, 28)
    assert "沈辰杰" not in cases  # five days are reported, not marked


def test_the_figures_of_the_month_are_those_of_the_story(home: Workspace) -> None:
    figures = count(home, Month(2025, 9), LAST).figures
    assert figures.is_balanced
    values = {one.id: one.value for one in figures.figures}
    assert {key: values[key] for key in ("Z03", "Z21", "Z22", "Z50", "Z52")} == {
        "Z03": 3, "Z21": 7, "Z22": 4, "Z50": 6, "Z52": 2,
    }  # fmt: skip


def test_again_it_starts_from_the_beginning_and_comes_to_the_same(demo: Path) -> None:
    before = written(demo)
    (demo / "inbox" / "残疾人名单.xlsx").write_bytes(b"spoiled")
    assert cli.run(["case", "log", "C-2025-005", "--kind", "phone", "--by", "某老师", "--result", "reached",
                    "--as-of", "2025-10-09", "-w", str(demo)]) == 0  # fmt: skip
    assert cli.run(["demo", str(demo), "-q"]) == 0
    assert written(demo) == before


def test_it_is_never_put_over_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "信.txt").write_text("x", encoding="utf-8")
    school = ("--role", "school", "--name", "某校", "--code", "3499000009")
    term = ("--opening", "2025-09-01", "--closing", "2026-01-30")
    assert cli.run(["init", str(tmp_path / "a"), *school, *term]) == 0
    for other in ("mine", "a", "mine/信.txt"):
        capsys.readouterr()
        assert cli.run(["demo", str(tmp_path / other)]) == 3
        told = capsys.readouterr()
        assert told.out == ""
        assert "已经有别的内容" in told.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["信.txt"]


def test_it_can_be_told_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.run(["demo", str(tmp_path / "d"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == 1
    commands = [step["command"].split()[1] for step in told["month"]["steps"]]
    assert list(dict.fromkeys(commands)) == ["case", "notices", "serve", "attendance", "monthly-report"]
    assert all(Path(path).is_file() for path in told["outputs"])


def test_a_second_scan_gives_the_same_workbook_though_the_first_one_opened_a_case(demo: Path, tmp_path: Path) -> None:
    before = written(demo)["out/核对-考勤-2025-09-30/考勤核对.xlsx"]
    again = ["attendance", "scan", "-w", str(demo), "--as-of", LAST.isoformat(), "-o", str(tmp_path), "-q"]
    assert cli.run(again) == 0
    assert (tmp_path / "考勤核对.xlsx").read_bytes() == before
