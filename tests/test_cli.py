"""The front door: help without imports, every ending a sentence and an exit code, nothing of a child on the screen."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import typer

from dropctl import cli
from dropctl.commands import console, options
from dropctl.errors import CannotWrite, DropctlError, PartlyDone, Refused, UsageProblem

PERSON = "349901201309010017"
HEAVY = ("polars", "pydantic_core", "rich", "openpyxl", "xlsxwriter", "python_calamine", "tomlkit", "chinese_calendar")


@pytest.fixture(autouse=True)
def _settings_from_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DROPCTL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[BaseException], int]]:
    """Give a function that runs a command which ends with the given exception."""

    def run(error: BaseException) -> int:
        def command() -> None:
            raise error

        module = types.SimpleNamespace(command=command, DESCRIPTION="试", EXAMPLE="dropctl init")
        monkeypatch.setitem(sys.modules, "dropctl.commands.init", module)  # type: ignore[arg-type]
        return cli.run(["init"])

    return run


def process(*args: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("DROPCTL_")}
    command = [sys.executable, "-m", "dropctl", *args]
    return subprocess.run(command, capture_output=True, check=False, env=surroundings | settings)


def test_help_and_the_list_of_commands_import_no_command() -> None:
    code = (
        "import sys; from dropctl import cli; assert cli.run(['--help']) == 0; assert cli.run(['calendar', '-h']) == 0;"
        f"print([name for name in {HEAVY} if name in sys.modules], [n for n in sys.modules if 'dropctl.commands' in n])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[] []"


def test_the_help_groups_the_commands_by_when_they_are_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    said = capsys.readouterr().out
    assert said.index("开学核对：") < said.index("init") < said.index("reconcile") < said.index("\n工具：")
    assert "校历" in said
    assert "Usage" not in said


@pytest.mark.parametrize("row", cli.ROWS, ids=lambda row: row.words)
def test_each_command_has_a_chinese_page_with_one_example(row: cli.Row, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*row.words.split(), "--help"]) == 0
    said = capsys.readouterr().out
    assert f"用法：dropctl {row.words} " in said
    assert said.count("例：\n") == 1
    assert f"dropctl {row.words}" in said.split("例：\n")[1]
    for english in ("Usage", "Options", "Show this", "default", "required", "TEXT", "PATH", "env var"):
        assert english not in said


def test_the_help_fits_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    cli.run(["reconcile", "--help"])
    page = capsys.readouterr().out.split("例：")[0]
    assert max(cli._width(line) for line in page.splitlines()) <= 60


def test_without_a_command_the_help_is_said_as_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 2
    assert "开学核对：" in capsys.readouterr().err


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("dropctl ")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["reconsile"], ("没有“reconsile”这个命令", "是不是“reconcile”")),
        (["calendar", "xyz"], ("没有“xyz”这个命令", "dropctl calendar --help")),
        (["--foo"], ("没有 --foo 这个选项",)),
        (["reconcile", "--opning", "x"], ("没有 --opning 这个选项", "--opening")),
        (["reconcile", "--opening"], ("选项 --opening 后面缺少值",)),
        (["reconcile", "--dry-run=x"], ("选项 --dry-run 不带值",)),
        (["reconcile", "--opening", "昨天"], ("--opening 的值“昨天”不是日期", "2025-09-01")),
        (["reconcile", "--as-of", f"{PERSON}"], ("--as-of 的值“349901…”不是日期",)),
        (["calendar", "add-term"], ("缺少 学期名称", "dropctl calendar add-term --help")),
        (["calendar", "check", f"{PERSON}"], ("多出了不认识的内容：349901…",)),
    ],
)
def test_a_wrong_command_line_is_explained_in_chinese(
    args: list[str], words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(args) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    for word in words:
        assert word in said.err


@pytest.mark.parametrize("name", ["DROPCTL_AS_OF", "--as-of"])
def test_the_day_comes_from_option_or_environment(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-10-05")
    extra = [] if name == "DROPCTL_AS_OF" else [name, "2025-11-05"]
    assert cli.run(["calendar", "show", "--opening", "2025-09-01", "--json", *extra]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["from"] == ("2025-10-01" if not extra else "2025-11-01")


def test_without_either_the_day_is_today(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["calendar", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["from"] == options.today().replace(day=1).isoformat()
    assert isinstance(options.today(), date)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageProblem("写错了"), 2),
        (Refused("不行", where="甲.xlsx · 一班 · D17", todo="改正"), 3),
        (PartlyDone("有两项没办"), 7),
        (CannotWrite("写不了"), 74),
        (typer.Exit(4), 4),
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), 74),
        (PermissionError(errno.EACCES, "denied", "/x/y"), 74),
        (OSError(errno.ENOENT, "gone", "/x/y"), 1),
        (KeyboardInterrupt(), 130),
        (typer.Abort(), 130),
        (EOFError(), 130),
        (RuntimeError(f"row {PERSON}"), 1),
        (MemoryError(), 1),
    ],
)
def test_every_ending_has_its_code_and_one_clean_sentence(
    error: BaseException, code: int, ending: Callable[[BaseException], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending(error) == code
    said = capsys.readouterr()
    assert said.out == ""
    for word in ("Traceback", "Error", "Refused", PERSON, "denied", "row"):
        assert word not in said.err
    if isinstance(error, typer.Exit):
        assert said.err == ""
    else:
        assert len(said.err.strip().splitlines()) == 1
        assert said.err.strip().endswith("。")


def test_a_refusal_says_where_and_what_to_do(
    ending: Callable[[BaseException], int], capsys: pytest.CaptureFixture[str]
) -> None:
    ending(Refused("证件号读不出\x1b[31m", where=f"{PERSON}.xlsx · 一班 · D17", todo="改正"))
    said = capsys.readouterr().err
    assert "349901….xlsx · 一班 · D17：证件号读不出" in said
    assert "请改正" in said
    assert "\x1b" not in said


def test_details_of_a_fault_are_shown_only_on_request_and_without_numbers(
    ending: Callable[[BaseException], int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROPCTL_DEBUG", "1")
    assert ending(RuntimeError(f"row {PERSON}")) == 1
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "349901…" in said
    assert PERSON not in said


def test_a_reader_who_leaves_early_hears_nothing() -> None:
    command = f"{sys.executable} -m dropctl calendar show --from 2025-01-01 --to 2025-12-31 --opening 2025-01-01"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.stderr == b""
    assert done.stdout.strip() == b"0"


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_any_console_shows_what_it_can(encoding: str) -> None:
    done = process("calendar", "show", "--month", "2025-10", "--opening", "2025-09-01", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    text = done.stdout.decode(encoding)
    assert "2025-10-11" in text
    assert ("调休上课" in text) == (encoding != "ascii")
    shown = process("calendar", "show", "--month", "2025-10", "--json", PYTHONIOENCODING=encoding)
    assert any(day["what"] == "法定节假日" for day in json.loads(shown.stdout.decode(encoding))["days"])


def test_a_pipe_gets_no_colour() -> None:
    done = process("calendar", "show", "--month", "2025-10", "--opening", "2025-09-01", NO_COLOR="1", TERM="dumb")
    assert b"\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("[/nope]", "[/nope]"),
        ("[link=http://x]甲[/link]", "[link=http://x]甲[/link]"),
        (":smile:", ":smile:"),
        ("甲\x1b[31m乙\x9b1m\u202e丙\u200b", "甲[31m乙1m丙"),
        ("甲\r\n乙\t丙", "甲 乙 丙"),
        ("\udcff甲", "甲"),
        (PERSON, "349901…"),
        (None, ""),
        (3, "3"),
    ],
)
def test_text_from_a_sheet_stays_text(given: object, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert console.safe_text(given).plain == shown
    console.table(str(given), ("列",), ((given,),))
    console.say(given)
    said = capsys.readouterr().out
    assert said.count(shown) >= 2
    assert not set(said) & set("\x1b\x9b\u202e\r")


def test_columns_of_chinese_stand_in_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.table("表", ("班级", "人数"), (("七年级1班", 3), ("7.2", 12), ("㐂x", None)))
    drawn = [line for line in capsys.readouterr().out.splitlines() if line[:1] in ("┃", "│")]
    assert len({cli._width(line.replace("┃", "|").replace("│", "|")) for line in drawn}) == 1


def test_json_is_one_object_with_its_schema_first_and_no_full_number(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_json({"file": f"{PERSON}.xlsx", "long": "长" * 300})
    said = capsys.readouterr().out
    assert list(json.loads(said)) == ["schema", "file", "long"]
    assert PERSON not in said
    assert json.loads(said)["long"] == "长" * 300


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with console.reading_progress(quiet=False) as progress:
        progress("甲.xlsx", 0, 2)
    assert capsys.readouterr() == ("", "")


def test_an_unexpected_fault_is_not_a_refusal() -> None:
    assert DropctlError("x").exit_code == 1


def test_a_digest_is_shown_whole_whatever_digits_stand_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    digest = "060403332932640040604221" + "ab" * 20
    console.print_json({"head": digest, "said": f"{digest}{PERSON}"})
    said = json.loads(capsys.readouterr().out)
    assert said["head"] == digest
    assert PERSON not in said["said"]
