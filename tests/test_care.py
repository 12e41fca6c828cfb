"""The restricted list: a named person for each child, no trace in ordinary lists, every look on record (三.7)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ledger_school import DAY, NAMES, reconciled_school

from dropctl import cli
from dropctl.ledger import Ledger
from dropctl.ledger.care import CARE_KINDS, fold_care
from dropctl.procedures.registers import make_registers
from dropctl.workspace import Workspace

ONE = NAMES[5]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = reconciled_school(tmp_path / "w", NAMES[:1])
    monkeypatch.chdir(made.root)
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-09-10")
    return made


@pytest.fixture
def run(home: Workspace, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def entries(home: Workspace) -> list[tuple[str, str]]:
    found = fold_care(Ledger(home.state).events(kinds=CARE_KINDS))
    return [(care.child, care.person) for care in found.values()]


def test_a_child_is_entered_with_a_person_given_to_another_and_taken_out(home: Workspace, run: Any) -> None:
    code, out, _ = run("care", "add", "--name", ONE, "--to", "李老师")
    number = out.split()[0]
    assert (code, ONE in out) == (0, False)
    assert entries(home) == [(number, "李老师")]
    assert run("care", "add", "--child", number, "--to", "王老师", "--dry-run")[0] == 0
    assert entries(home) == [(number, "李老师")]
    assert run("care", "add", "--child", number, "--to", "王老师")[0] == 0
    assert entries(home) == [(number, "王老师")]
    assert run("care", "end", "--child", number.lower())[0] == 0
    assert entries(home) == []
    assert run("care", "end", "--child", number)[0] == 3


def test_the_list_is_shown_for_a_reason_only_and_the_look_is_recorded(home: Workspace, run: Any) -> None:
    number = run("care", "add", "--name", ONE, "--to", "李老师")[1].split()[0]
    for args in ([], ["--reason", "核对"], ["--restricted"], ["--restricted", "--reason", " "]):
        code, out, _ = run("care", "list", *args)
        assert (code, out) == (3, "")
    assert not Ledger(home.state).events(kinds={"revealed"})
    code, out, _ = run("care", "list", "--restricted", "--reason", "期中走访", "--json")
    (line,) = json.loads(out)["children"]
    assert (code, line["child"], line["name"], line["person"]) == (0, number, ONE, "李老师")
    (look,) = Ledger(home.state).events(kinds={"revealed"})
    assert (look.said("reason"), look.facts["restricted"]) == ("期中走访", True)
    assert ONE in run("care", "list", "--restricted", "--reason", "期中走访")[1]


def test_no_ordinary_list_tells_who_stands_in_it(home: Workspace, run: Any) -> None:
    number = run("care", "add", "--name", ONE, "--to", "李专人")[1].split()[0]
    shown = [["audit", "log"], ["audit", "log", number], ["case", "list", "--all"], ["due", "--all"]]
    for args in shown:
        for form in ([], ["--json"]):
            out = run(*args, *form)[1]
            assert number not in out
            assert "李专人" not in out
    plain = make_registers(home, date(2025, 9, 10))
    assert "of_prisoners" not in [book.key for book in plain.books]
    book = make_registers(home, date(2025, 9, 10), restricted=True).books[-1]
    assert (book.key, book.count, book.children) == ("of_prisoners", 1, [number])
    (helper,) = [column for column in book.columns if column.heading == "帮扶人"]
    assert list(helper.values) == ["李专人"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--to", " ", "--name", ONE], "没有写由谁专人负责"),
        (["--to", "李", "--name", "谁也不是"], "名单上没有"),
        (["--to", "李"], "没有说明是哪个孩子"),
        (["--to", "李", "--name", ONE, "--on", "2025-10-01"], "晚于"),
    ],
)
def test_what_cannot_be_is_refused(run: Any, args: list[str], words: str) -> None:
    code, _, err = run("care", "add", *args)
    assert (code, words in err) == (3, True)


def test_an_earlier_day_knows_only_what_was_recorded_then(home: Workspace, run: Any) -> None:
    run("care", "add", "--name", ONE, "--to", "李老师")
    assert fold_care(Ledger(home.state).events(DAY, CARE_KINDS)) == {}
