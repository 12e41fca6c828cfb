"""The house stands as planned: rooms, arrows, file sizes, who may ask the clock, no way to the network."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "dropctl"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 400
NAMES_THAT_SAY_NOTHING = {"utils.py", "helpers.py", "common.py", "misc.py", "strings.py"}
NETWORK = {
    "aiohttp",
    "ftplib",
    "http",
    "httpx",
    "imaplib",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "webbrowser",
    "xmlrpc",
}
CLOCK = {
    ("date", "today"),
    ("datetime", "today"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("time", "time"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("time", "strftime"),
    ("time", "ctime"),
}


def place(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Yield every dotted name a module imports: `from urllib import request` is `urllib.request`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reaches_network(name: str) -> bool:
    return any(name == module or name.startswith(module + ".") for module in NETWORK)


def clock_questions(tree: ast.AST) -> Iterator[int]:
    """Yield the lines on which a module asks for now: `date.today`, `datetime.datetime.now`, `time.time`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if (name, node.attr) in CLOCK:
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node.lineno for alias in node.names if ("time", alias.name) in CLOCK)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    script = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(script), "--no-logo", "--no-cache", "--config", str(CHECKOUT / "pyproject.toml")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_import_contracts_hold() -> None:
    result = lint_imports(CHECKOUT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_room_is_drawn_in_the_plan() -> None:
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract for contract in contracts["contracts"] if contract["id"] == "layers")
    drawn = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for line in layers["layers"]:
        for room in line.split("|"):
            name = room.strip().strip("()")
            assert f"`{name}`" in drawn, f"docs/architecture.md does not name the room {name}"


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_a_file_can_be_read_in_one_sitting(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{place(module)} has {lines} lines; split it by what it does"


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_a_file_is_named_after_what_it_holds(module: Path) -> None:
    assert module.name not in NAMES_THAT_SAY_NOTHING


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_nothing_reaches_the_network(module: Path) -> None:
    assert [name for name in imported_names(parsed(module)) if reaches_network(name)] == []


@pytest.mark.parametrize("module", [m for m in MODULES if place(m) != "commands/options.py"], ids=place)
def test_only_the_shared_options_ask_for_today(module: Path) -> None:
    assert list(clock_questions(parsed(module))) == []


@pytest.mark.parametrize("module", [m for m in MODULES if place(m) != "resources.py"], ids=place)
def test_only_resources_knows_where_packaged_data_lies(module: Path) -> None:
    tree = parsed(module)
    asks = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "__file__"]
    assert asks == []
    assert [name for name in imported_names(tree) if name.startswith(("importlib.resources", "pkgutil"))] == []


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ("from datetime import date\ndate.today()", True),
        ("import datetime\ndatetime.datetime.now()", True),
        ("import datetime\nask = datetime.date.today", True),
        ("from time import time", True),
        ("import time\ntime.monotonic()", False),
        ("from datetime import date\ndate(2026, 9, 1)", False),
    ],
)
def test_the_clock_check_sees_the_clock(source: str, caught: bool) -> None:
    assert bool(list(clock_questions(ast.parse(source)))) is caught


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ("from urllib import request", True),
        ("import urllib.request as r", True),
        ("import http.client", True),
        ("from socket import socket", True),
        ("from urllib.parse import quote", False),
        ("from dropctl.findings import Finding", False),
    ],
)
def test_the_network_check_sees_the_network(source: str, caught: bool) -> None:
    assert any(reaches_network(name) for name in imported_names(ast.parse(source))) is caught


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("errors.py", "import dropctl.tables", "A room imports only rooms below it"),
        ("utils.py", "", "A room imports only rooms below it"),
        ("findings.py", "import sqlite3", "The rooms that think open no file"),
        ("tables.py", "import rich", "The rooms that think open no file"),
        ("policy/__init__.py", "import dropctl.resources", "The rooms that think are handed their data"),
        ("procedures/__init__.py", "import typer", "Only the front door and the commands know typer"),
        ("commands/options.py", "import rich.table", "Only the console knows rich"),
        ("procedures/__init__.py", "import xlsxwriter", "Only the workbooks know xlsxwriter"),
        ("registers/__init__.py", "import python_calamine", "Only ingest knows the spreadsheet reader"),
    ],
)
def test_a_contract_breaks_when_the_house_does(tmp_path: Path, room: str, line: str, contract: str) -> None:
    for module in MODULES:
        copy = tmp_path / "dropctl" / place(module)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(module.read_text(encoding="utf-8"), encoding="utf-8")
    with (tmp_path / "dropctl" / room).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(tmp_path)
    broken = [text for text in result.stdout.splitlines() if " BROKEN" in text]
    assert result.returncode == 1
    assert any(contract in text for text in broken), result.stdout + result.stderr
