"""`init` and `calendar` as a registrar runs them: files, exit codes, sentences, JSON."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dropctl import cli

AS_OF = date(2025, 9, 3)
DATES = ["--opening", "2025-09-01", "--closing", "2026-01-30"]
SCHOOL = ["--role", "school", "--name", "石桥学校", "--code", "3499000001", *DATES]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Run each test in an empty folder without settings from outside."""
    for name in [name for name in os.environ if name.startswith("DROPCTL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DROPCTL_AS_OF", AS_OF.isoformat())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Give a function that runs one command line and returns exit code, stdout and stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


# ---- init


def test_init_makes_a_workspace_and_says_what_comes_next(run: Any, here: Path) -> None:
    code, out, err = run("init", "a", *SCHOOL)
    assert (code, err) == (0, "")
    assert "下一步" in out
    assert sorted(path.name for path in (here / "a").iterdir()) == [".dropctl", "dropctl.toml", "inbox", "out"]


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["init", "b", "--role", "school"], 2, "缺少 --name、--code、--opening、--closing"),
        (["init", "b", "--no-input"], 2, "缺少 --role"),
        (["init", "b", *SCHOOL, "--role", "boss"], 2, "--role 的值“boss”不对"),
        (["init", "b", *SCHOOL, "--name", " "], 3, "school name 不能为空"),
        (["init", "b", *SCHOOL, "--opening", "2026-01-30"], 3, "不早于"),
        (["init", "a", *SCHOOL], 3, "已经是一个工作区"),
        (["init", "file", *SCHOOL], 74, "file"),
        (["init", "b", *SCHOOL, "--closing", "一月"], 2, "--closing 的值“一月”不是日期"),
    ],
)
def test_init_refuses_and_leaves_nothing(run: Any, here: Path, args: list[str], code: int, words: str) -> None:
    assert run("init", "a", *SCHOOL)[0] == 0
    (here / "file").write_text("x", encoding="utf-8")
    before = (here / "a" / "dropctl.toml").read_bytes()
    given, out, err = run(*args)
    assert (given, out) == (code, "")
    assert words in err
    assert not (here / "b").exists()
    assert (here / "a" / "dropctl.toml").read_bytes() == before


def test_init_as_a_rehearsal_writes_nothing(run: Any, here: Path) -> None:
    code, out, err = run("init", "a", *SCHOOL, "--dry-run")
    assert code == 0
    assert 'name = "石桥学校"' in out
    assert "--dry-run" in err
    assert list(here.iterdir()) == []


def test_init_asks_a_person_for_what_is_missing(run: Any, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["school", "石桥学校", "3499000001", "2025-09-01", "2026-01-30"])
    monkeypatch.setattr("dropctl.commands.console.can_ask", lambda no_input: not no_input)
    monkeypatch.setattr("builtins.input", lambda: next(answers))
    assert run("init", "a")[0] == 0
    assert "石桥学校" in (here / "a" / "dropctl.toml").read_text(encoding="utf-8")


# ---- calendar


def test_a_month_shows_holidays_make_up_days_and_numbers(run: Any) -> None:
    run("init", "a", *SCHOOL)
    code, out, _ = run("calendar", "show", "-w", "a", "--month", "2025-10", "--json")
    shown = {day["date"]: (day["what"], day["school_day"]) for day in json.loads(out)["days"]}
    assert code == 0
    assert len(shown) == 31
    assert shown["2025-10-01"] == ("法定节假日", None)
    assert shown["2025-10-11"][0] == "调休上课"
    assert shown["2025-10-12"] == ("周末", None)
    # September has 22 weekdays and the make-up Sunday of the 28th.
    assert shown["2025-10-09"] == ("上课日", 24)
    assert "2025-10-31" in run("calendar", "show", "-w", "a", "--month", "2025-10")[1]


def test_a_closure_is_named_and_not_counted(run: Any, here: Path) -> None:
    run("init", "a", *SCHOOL)
    with (here / "a" / "dropctl.toml").open("a", encoding="utf-8") as file:
        file.write('[[closures]]\nfirst = 2025-09-04\nlast = 2025-09-04\nreason = "[b]运动会"\n')
    _, out, _ = run("calendar", "show", "-w", "a", "--from", "2025-09-03", "--to", "2025-09-05", "--json")
    days = json.loads(out)["days"]
    assert [day["school_day"] for day in days] == [3, None, 4]
    assert days[1]["what"] == "本校停课：[b]运动会"


def test_outside_a_workspace_the_opening_is_assumed_and_said(run: Any) -> None:
    code, out, err = run("calendar", "show", "--month", "2025-09")
    assert code == 0
    assert "2025-09-01" in err
    assert "22" in out


def test_days_of_an_unknown_year_are_open(run: Any) -> None:
    _, out, _ = run("calendar", "show", "--from", "2090-09-01", "--to", "2090-09-02", "--json")
    assert [(day["what"], day["school_day"]) for day in json.loads(out)["days"]] == [("待定（缺2090年日历）", None)] * 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--month", "2025-13"], "不是月份"),
        (["--month", "十月"], "不是月份"),
        (["--from", "2025-09-01"], "要一起用"),
        (["--from", "2025-09-02", "--to", "2025-09-01"], "早于"),
        (["--from", "2025-09-02", "--to", "2027-09-01"], "超过一年"),
        (["--month", "2025-10", "--from", "2025-09-02"], "不能一起用"),
    ],
)
def test_days_that_cannot_be_shown_are_a_usage_error(run: Any, args: list[str], words: str) -> None:
    code, out, err = run("calendar", "show", *args)
    assert (code, out) == (2, "")
    assert words in err


def test_a_complete_calendar_has_nothing_to_decide(run: Any) -> None:
    run("init", "a", *SCHOOL)
    code, out, _ = run("calendar", "check", "-w", "a", "--strict")
    assert code == 0
    assert "没有发现问题" in out


def test_an_unknown_year_is_a_decision_for_people(run: Any, here: Path) -> None:
    run("init", "a", *SCHOOL)
    run("calendar", "add-term", "下", "-w", "a", "--opening", "2090-03-01", "--closing", "2091-01-10")
    assert run("calendar", "check", "-w", "a")[0] == 0
    code, out, _ = run("calendar", "check", "-w", "a", "--strict")
    assert code == 4
    assert "2090.toml" in out
    assert "2091.toml" in out
    (here / "a" / "calendar").mkdir()
    for year in (2090, 2091):
        (here / "a" / "calendar" / f"{year}.toml").write_text(f"off = [{year}-01-01]\n", encoding="utf-8")
    assert run("calendar", "check", "-w", "a", "--strict")[0] == 0


def test_a_closure_outside_the_terms_is_remarked(run: Any, here: Path) -> None:
    run("init", "a", *SCHOOL)
    with (here / "a" / "dropctl.toml").open("a", encoding="utf-8") as file:
        file.write('[[closures]]\nfirst = 2052-09-04\nlast = 2052-09-04\nreason = "会"\n')
    remarks = json.loads(run("calendar", "check", "-w", "a", "--json")[1])["remarks"]
    assert any("“会”" in remark and "不在任何学期里" in remark for remark in remarks)


def test_a_term_is_registered_once(run: Any, here: Path) -> None:
    run("init", "a", *SCHOOL)
    path = here / "a" / "dropctl.toml"
    new = ["calendar", "add-term", "下", "-w", "a", "--opening", "2026-03-02", "--closing", "2026-07-03"]
    before = path.read_bytes()
    assert run(*new, "--dry-run")[0] == 0
    assert path.read_bytes() == before
    assert run(*new)[0] == 0
    after = path.read_bytes()
    code, _, err = run(*new)
    assert code == 3
    assert "“下”" in err
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["calendar", "add-term", "下", *DATES], 3, "不是工作区"),
        (["calendar", "add-term", "下"], 2, "--opening"),
        (["calendar", "add-term", "下", "-w", "a", "--opening", "2026-07-03", "--closing", "2026-03-02"], 3, "不早于"),
        (["calendar", "check"], 3, "不是工作区"),
        (["calendar", "check", "-w", "nowhere"], 3, "不是工作区"),
        (["calendar", "show", "-w", "nowhere"], 3, "不是工作区"),
    ],
)
def test_calendar_refusals(run: Any, args: list[str], code: int, words: str) -> None:
    run("init", "a", *SCHOOL)
    given, out, err = run(*args)
    assert (given, out) == (code, "")
    assert words in err
