"""`audit`, `backup`, `restore` as a registrar runs them: sentences, exit codes, JSON, and nobody's name or number."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ledger_school import NAMES, reconcile, school

from dropctl import cli
from dropctl.workspace import Workspace


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-09-04")
    made = school(tmp_path / "w", NAMES[:2])
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_log_lists_events_without_names(home: Workspace, run: Any) -> None:
    reconcile(home)
    code, out, _ = run("audit", "log")
    assert code == 0
    assert "台账记录（4条）" in out
    assert "立案" in out
    shown = json.loads(run("audit", "log", "--json")[1])
    assert next(iter(shown)) == "schema"
    assert [event["kind"] for event in shown["events"]] == ["children", "reconciled", "case_opened", "case_opened"]
    one = json.loads(run("audit", "log", "C-2025-002", "--json")[1])["events"]
    assert [event["event"] for event in one] == [4]
    assert json.loads(run("audit", "log", "--json", "--as-of", "2025-09-02")[1])["events"] == []
    for text in (out, json.dumps(shown, ensure_ascii=False)):
        assert not any(name in text for name in NAMES)
        assert "349901" not in text


def test_verify_says_what_it_found(home: Workspace, run: Any) -> None:
    code, out, _ = run("audit", "verify", "--json")
    assert (code, json.loads(out)["events"]) == (0, 0)
    reconcile(home)
    code, out, _ = run("audit", "verify", "--json")
    shown = json.loads(out)
    assert (code, shown["ok"], shown["events"], shown["first_bad"]) == (0, True, 4, None)
    assert len(shown["head"]) == 64
    assert "台账完好：4条" in run("audit", "verify")[1]
    with closing(sqlite3.connect(home.state / "ledger.sqlite3")) as raw:
        raw.execute("DROP TRIGGER events_stay")
        raw.execute("UPDATE events SET happened_on = '2025-08-31' WHERE seq = 3")
        raw.commit()
    code, out, _ = run("audit", "verify", "--json")
    assert (code, json.loads(out)["ok"], json.loads(out)["first_bad"]) == (6, False, 3)
    code, out, _ = run("audit", "verify")
    assert code == 6
    assert "第3条与记入时不一样" in out
    assert "dropctl restore" in out


def test_backup_and_restore(home: Workspace, run: Any) -> None:
    assert run("backup", "b.sqlite3")[0] == 3
    reconcile(home)
    assert run("backup", "b.sqlite3", "--dry-run")[0] == 0
    assert not (home.root / "b.sqlite3").exists()
    code, out, _ = run("backup", "b.sqlite3", "--json")
    assert (code, json.loads(out)["events"], json.loads(out)["outputs"]) == (0, 4, ["b.sqlite3"])
    assert run("restore", "b.sqlite3", "--as-of", "2025-09-02")[0] == 3
    assert run("restore", "b.sqlite3", "--dry-run")[0] == 0
    assert json.loads(run("audit", "verify", "--json")[1])["events"] == 4
    assert run("restore", "b.sqlite3")[0] == 0
    # The restoration itself was recorded after the backup: going back once more would lose that.
    code, _, err = run("restore", "b.sqlite3")
    assert code == 3
    assert "1条会从台账中消失" in err
    assert "--yes" in err
    code, out, _ = run("restore", "b.sqlite3", "--yes", "--json")
    shown = json.loads(out)
    assert (code, shown["events"], shown["lost"]) == (0, 4, 1)
    assert Path(shown["aside"]).is_file()
    kinds = [event["kind"] for event in json.loads(run("audit", "log", "--json")[1])["events"]]
    assert kinds[-1] == "restored"
    assert len(kinds) == 5


def test_a_damaged_ledger_ends_each_command_with_its_code(home: Workspace, run: Any) -> None:
    reconcile(home)
    run("backup", "b.sqlite3")
    (home.state / "ledger.sqlite3").write_bytes(b"rubbish" * 1000)
    for command in (["audit", "log"], ["backup", "c.sqlite3"], ["reconcile"]):
        code, out, err = run(*command)
        assert (code, out) == (6, ""), command
        assert "台账" in err
    assert not (home.root / "out").exists() or not list((home.root / "out").iterdir())
    assert run("audit", "verify")[0] == 6
    assert run("restore", "b.sqlite3")[0] == 0
    assert run("audit", "verify")[0] == 0


def test_outside_a_workspace_there_is_no_ledger(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["audit", "log"], ["audit", "verify"], ["backup", "b"], ["restore", "b"]):
        code, _, err = run(*command)
        assert code == 3
        assert "不是工作区" in err
