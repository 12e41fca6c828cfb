"""Both READMEs tell the truth: every command in them is run, in order, in a fresh copy of the checkout.

Blocks fenced as `console` hold commands on lines starting with `$ ` (a line ending in `\\` goes on) and what
they print; a block fenced as `sh` is either the same or commands only. Nothing is skipped except blocks
fenced as `text`, and files shown as `toml` or `json`. A `make` target that runs tests or remakes the
environment is asked with `make -n`, since the suite cannot run itself; `make demo` is run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
RUN, SHOWN = {"console", "sh"}, {"text", "toml", "json"}
# These would start this suite again, or build and measure for minutes.
ASKED_ONLY = re.compile(r"^make (test|test-all|check|lock|bench|clean|docs)\b")
COPIED_NOT = shutil.ignore_patterns(".git", ".venv", ".uv", "__pycache__", ".*_cache", ".hypothesis", "demo", "核对-*")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the line of its fence (1-based) and its lines."""

    language: str
    line: int
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a Markdown text in order; a fence left open ends with the file."""
    found: list[Block] = []
    fence: str | None = None
    language, start, inside = "", 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        opening = re.match(r"\s*(`{3,}|~{3,})\s*([\w-]*)", line)
        if fence is None and opening:
            fence, language, start, inside = opening[1], opening[2], number, []
        elif fence is not None and line.strip() == fence:
            found.append(Block(language, start, tuple(inside)))
            fence = None
        elif fence is not None:
            inside.append(line)
    if fence is not None:
        found.append(Block(language, start, tuple(inside)))
    return found


def commands(block: Block) -> list[tuple[int, str]]:
    """Return the commands of a block, each with its line in the file."""
    prompted = any(line.lstrip().startswith("$ ") for line in block.lines)
    result: list[tuple[int, str]] = []
    going_on = False
    for number, line in enumerate(block.lines, start=block.line + 1):
        text = line.strip()
        if going_on:
            result[-1] = (result[-1][0], result[-1][1] + "\n" + text.removeprefix("> "))
        elif text.startswith("$ "):
            result.append((number, text[2:]))
        elif block.language == "sh" and not prompted and text and not text.startswith("#"):
            result.append((number, text))
        else:
            continue
        going_on = text.endswith("\\")
    return result


def script(steps: list[tuple[int, str]]) -> str:
    """Return a bash script that stops at the first command that fails and has said its line before."""
    parts = ["set -eo pipefail"]
    for line, command in steps:
        asked = ASKED_ONLY.sub(lambda found: found[0].replace("make", "make -n", 1), command)
        parts += [f"echo '== line {line}' >&2", asked]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("name", READMES)
def test_every_command_in_the_readme_works(name: str, tmp_path: Path) -> None:
    found = blocks((CHECKOUT / name).read_text(encoding="utf-8"))
    assert {block.language for block in found} <= RUN | SHOWN, "fence it as console, sh, text, toml or json"
    steps = [step for block in found if block.language in RUN for step in commands(block)]
    assert steps, f"{name} shows no command"
    copy = tmp_path / "dropctl"
    shutil.copytree(CHECKOUT, copy, ignore=COPIED_NOT)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("DROPCTL_", "MAKE", "MFLAGS"))
    }
    ours = Path(sys.prefix)
    environment |= {
        "PATH": f"{ours / 'bin'}{os.pathsep}{environment['PATH']}",
        "DROPCTL_VENV": str(ours),  # `make demo` uses the environment under test instead of making its own
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", script(steps)],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, f"{name}\n{done.stderr[-3000:]}\n{done.stdout[-3000:]}"


EXAMPLE = """
```console
$ dropctl reconcile a.xlsx \\
    --opening 2026-09-01
已写出 3 个文件
$ make test
```
~~~sh
# a remark
echo one
~~~
```text
$ rm -rf /
```
"""


def test_commands_are_found_and_output_is_not() -> None:
    found = blocks(EXAMPLE)
    assert [block.language for block in found] == ["console", "sh", "text"]
    assert commands(found[0]) == [(3, "dropctl reconcile a.xlsx \\\n--opening 2026-09-01"), (6, "make test")]
    assert commands(found[1]) == [(10, "echo one")]


def test_the_suite_is_not_started_from_inside_itself() -> None:
    text = script([(1, "make test"), (2, "make demo"), (3, "make test-all -j2")])
    assert "make -n test\n" in text
    assert "\nmake demo\n" in text
    assert "make -n test-all -j2" in text


def test_a_failing_command_stops_the_script_and_names_its_line() -> None:
    done = subprocess.run(
        ["bash", "-c", script([(7, "false"), (9, "echo reached")])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "line 7" in done.stderr
    assert "reached" not in done.stdout
