"""A ledger whose writers are killed at random moments, or are four at once: nothing acknowledged is lost or halved."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from ledger_school import NAMES, absence_log, reconciled_school, school
from ledger_worker import EVENTS_EACH
from test_issuing import workspace_with_slip

from dropctl.ledger import Ledger
from dropctl.ledger.verify import verify

TESTS = Path(__file__).parent
MANY = pytest.mark.slow


def start(mode: str, root: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(TESTS / "ledger_worker.py"), mode, str(root), *more]
    surroundings = {**os.environ, "PYTHONPATH": str(TESTS)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings, encoding="utf-8"
    )


def killed(mode: str, root: Path, seconds: float, name: str = "") -> list[str]:
    """Return what a worker said was recorded before it was killed so long after its start."""
    worker = start(mode, root, *(("1000000", name) if name else ()))
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    # Not `communicate`: it passes over what was read ahead together with "ready".
    out = worker.stdout.read()
    assert worker.stderr is not None
    assert worker.stderr.read() == ""
    worker.wait()
    worker.stdout.close()
    worker.stderr.close()
    # The kill may have cut the last line: what was not said in full was not acknowledged.
    return out.split("\n")[:-1]


def batches(root: Path) -> Counter[int]:
    return Counter(event.batch for event in Ledger(root / ".dropctl").events())


@pytest.mark.parametrize("kills", [34, pytest.param(300, marks=MANY)])
def test_no_entry_is_lost_or_halved_by_a_kill(tmp_path: Path, kills: int) -> None:
    rng = random.Random(kills)
    acknowledged = 0
    for _ in range(kills):
        acknowledged += len(killed("log", tmp_path, rng.random() * 0.05))
    found = batches(tmp_path)
    assert set(found.values()) == {EVENTS_EACH}
    # At most one entry per kill was recorded without its author hearing of it.
    assert acknowledged <= len(found) <= acknowledged + kills
    assert verify(Ledger(tmp_path / ".dropctl").path).ok


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=MANY)])
def test_no_scan_is_lost_or_halved_by_a_kill(tmp_path: Path, kills: int) -> None:
    rng = random.Random(kills)
    for kill in range(kills):
        home = reconciled_school(tmp_path / str(kill), [])
        absence_log(home, NAMES[:2], home.calendar().school_days(date(2025, 9, 8), date(2025, 9, 15)))
        said = killed("scan", home.root, 0.2 + rng.random() * 0.8)
        events = [event for event in Ledger(home.state).events() if event.command == "attendance scan"]
        days = [event.recorded_as_of for event in events if event.kind == "scanned"]
        assert set(map(date.fromisoformat, said)) <= set(days)
        # The first scan is what it asked for and both cases, or nothing.
        kinds = [event.kind for event in events if event.recorded_as_of == date(2025, 9, 15)]
        assert kinds in ([], ["scanned", "case_opened", "case_opened"])
        assert len({event.subject for event in events if event.kind == "case_opened"}) in (0, 2)
        assert verify(Ledger(home.state).path).ok


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=MANY)])
def test_no_reconciliation_is_lost_or_halved_by_a_kill(tmp_path: Path, kills: int) -> None:
    rng = random.Random(kills)
    for kill in range(kills):
        root = tmp_path / str(kill)
        home = school(root, NAMES[:2])
        said = killed("import", root, 0.2 + rng.random() * 0.8)
        events = Ledger(home.state).events()
        days = [event.recorded_as_of for event in events if event.kind == "reconciled"]
        assert set(map(date.fromisoformat, said)) <= set(days)
        # The first reconciliation is children, run and both cases, or nothing.
        first = [event.kind for event in events if event.batch == 1]
        assert first in ([], ["children", "reconciled", "case_opened", "case_opened"])
        assert len({event.subject for event in events if event.kind == "case_opened"}) in (0, 2)
        assert len(home.snapshots().runs) in (len(days), len(days) - 1)
        if events:
            assert verify(Ledger(home.state).path).ok


@pytest.mark.parametrize("kills", [6, pytest.param(50, marks=MANY)])
def test_no_backup_is_halved_by_a_kill(tmp_path: Path, kills: int) -> None:
    rng = random.Random(kills)
    known = 0
    for _ in range(kills):
        said = killed("backup", tmp_path, rng.random() * 0.1)
        known = int(said[-1]) if said else known
        if (tmp_path / "copy.sqlite3").exists():
            found = verify(tmp_path / "copy.sqlite3")
            assert found.ok
            assert found.events >= known
        else:
            assert known == 0
    assert verify(Ledger(tmp_path / ".dropctl").path).ok


def serials(root: Path) -> list[int]:
    return [event.facts["serial"] for event in Ledger(root / ".dropctl").events(kinds={"number_issued"})]


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=MANY)])
def test_no_number_of_a_paper_is_given_twice_or_lost_by_a_kill(tmp_path: Path, kills: int) -> None:
    rng = random.Random(kills)
    workspace_with_slip(tmp_path)
    said: list[str] = []
    for kill in range(kills):
        said += killed("number", tmp_path, 0.05 + rng.random() * 0.4, f"甲{kill}")
    # Every number acknowledged is recorded, none was used twice, and none was skipped.
    numbers = [event.facts["number"] for event in Ledger(tmp_path / ".dropctl").events(kinds={"number_issued"})]
    assert set(said) <= set(numbers)
    assert serials(tmp_path) == list(range(1, len(numbers) + 1))
    assert len(said) <= len(numbers) <= len(said) + kills
    assert verify(Ledger(tmp_path / ".dropctl").path).ok


def test_four_at_once_number_papers_one_after_the_other(tmp_path: Path) -> None:
    workspace_with_slip(tmp_path)
    workers = [start("number", tmp_path, "10", name) for name in "甲乙丙丁"]
    given: list[str] = []
    for worker in workers:
        out, err = worker.communicate(timeout=120)
        assert (worker.returncode, err) == (0, "")
        given += out.split()[1:]
    assert sorted(given) == [f"某校劝返〔2025〕第{n:03d}号" for n in range(1, 41)]
    assert serials(tmp_path) == list(range(1, 41))


def test_four_at_once_lose_nothing_and_show_no_lock(tmp_path: Path) -> None:
    workers = [start("log", tmp_path, "40", name) for name in "甲乙丙丁"]
    for worker in workers:
        out, err = worker.communicate(timeout=120)
        assert (worker.returncode, err) == (0, "")
        assert out.split() == ["ready", *map(str, range(40))]
    assert len(batches(tmp_path)) == 4 * 40
    assert set(batches(tmp_path).values()) == {EVENTS_EACH}
    assert verify(Ledger(tmp_path / ".dropctl").path).ok
