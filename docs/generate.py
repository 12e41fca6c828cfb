"""Write the pages that the code itself knows, or with `--check` say whether they are fresh.

`docs/registers.md` from the register declarations, `docs/commands.md` from the commands' own help.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
NOTICE = "<!-- Written by docs/generate.py (`make docs`). Do not edit. -->\n"
# The help is drawn for a terminal; these make it the same terminal everywhere.
TERMINAL = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}


def cell(words: Sequence[str]) -> str:
    """Return words joined for a Markdown table cell."""
    return "、".join(words).replace("|", "\\|").replace("\n", " ")


def registers_page() -> str:
    """Return the page of headings: per register its columns and every spelling that is recognised."""
    from dropctl.registers import ALL

    lines = [NOTICE, "# 名册与表头", ""]
    lines += ["每种名册的列，按下列任何一种表头写法都认得。表里有别的写法时，在该列的声明里加上即可。", ""]
    for spec in ALL:
        lines += [f"## {spec.label}（`{spec.kind}`）", ""]
        lines += ["| 列 | 名称 | 认得的表头写法 | 读入方式 |", "|---|---|---|---|"]
        for column in spec.columns:
            needed = "（必有）" if column.key in spec.required else ""
            spellings = cell(column.headings)
            lines.append(f"| `{column.key}` | {column.label}{needed} | {spellings} | {cell([column.step.name])} |")
        lines.append("")
    return "\n".join(lines)


def command_lines() -> list[tuple[str, ...]]:
    """Return every command as its words after `dropctl`, the front door (no words) first."""
    import typer
    from typer.main import get_command

    from dropctl import cli

    def walk(command: Any, words: tuple[str, ...], parent: Any) -> Iterator[tuple[str, ...]]:
        yield words
        if not hasattr(command, "list_commands"):
            return
        # Resilient parsing: no command is called and no option is asked for.
        context = command.make_context(command.name or "dropctl", [], parent=parent, resilient_parsing=True)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from walk(child, (*words, name), context)

    door = get_command(cli.app) if isinstance(cli.app, typer.Typer) else cli.app
    return list(walk(door, (), None))


def help_text(words: Sequence[str]) -> str:
    """Return what `dropctl WORDS --help` prints, trailing spaces cut; raises when it fails."""
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "dropctl", *words, "--help"],
        env={**os.environ, **TERMINAL},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    # `python -m` shows its own name where the installed command shows `dropctl`.
    shown = done.stdout.replace("python -m dropctl", "dropctl")
    return "\n".join(line.rstrip() for line in shown.strip("\n").splitlines())


def commands_page() -> str:
    """Return the page of commands: the help of each, as a terminal shows it."""
    lines = [NOTICE, "# 命令", ""]
    for words in command_lines():
        lines += [f"## `{' '.join(('dropctl', *words))}`", "", "```text", help_text(words), "```", ""]
    return "\n".join(lines)


PAGES = {"registers.md": registers_page, "commands.md": commands_page}


def main() -> int:
    """Write the pages; with `--check` write nothing and return 1 when one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a page is stale")
    check = parser.parse_args().check
    stale = []
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8", newline="\n")
    for name in stale:
        print(f"docs/{name}: " + ("stale, run `make docs`" if check else "written"))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
