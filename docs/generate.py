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
    """Return the page of headings: per register what tells it apart, its columns and every spelling recognised."""
    from dropctl.registers import ALL
    from dropctl.registers.columns import NOT_READ

    lines = [NOTICE, "# 名册与表头", ""]
    lines += ["一张表是哪一种名册，由标题行的栏目认出，标题、工作表名和文件名里的词是帮衬；栏目排在第几列都可以。", ""]
    lines += ["表头先去掉空格、换行、星号和冒号再逐字比较，括号里的说明（如“（必填）”）可有可无。", ""]
    lines += ["认不出或像两种的，会报告，不会猜；可以用 `--as 名单=文件` 指定，如 `--as transfer=转学.xlsx`。", ""]
    lines += ["| 名册 | `--as` 里写 |", "|---|---|"]
    lines += [f"| [{spec.label}](#{spec.kind}) | `{spec.kind}` |" for spec in ALL]
    lines.append("")
    for spec in ALL:
        lines += [f'<a id="{spec.kind}"></a>', "", f"## {spec.label}（`{spec.kind}`）", "", *recognition(spec), ""]
        lines += ["| 列 | 名称 | 认得的表头写法 | 怎么读 |", "|---|---|---|---|"]
        for column in spec.columns:
            if spec.evidence.get(column.key, 0) < 0:
                continue  # a guard, no column of this list
            needed = "（必有）" if column.key in spec.required else ""
            spellings = cell(column.headings)
            how = cell([column.step.says or column.step.name])
            lines.append(f"| `{column.key}` | {column.label}{needed} | {spellings} | {how} |")
        lines.append("")
    lines += ["## 认得而不读的栏目", "", "这些栏目核对用不到，读到也不保留：", ""]
    lines += [f"- {label}：{cell(headings)}" for label, headings in NOT_READ.items()]
    lines.append("")
    return "\n".join(lines)


def recognition(spec: Any) -> Iterator[str]:
    """Yield the sentences that say by what a list is told to be this one."""
    labels = {column.key: column.label for column in spec.columns}
    if spec.kind == "previous":
        yield "- 表头与学籍名册一样，靠标题、工作表名或文件名里的学期认出（如 2025年春季、上学期），也可以指定。"
        return
    required = "、".join(labels[key] for key in spec.required)
    for_it = [f"{labels[key]}（{points}）" for key, points in spec.evidence.items() if points > 0]
    against = [labels[key] for key, points in spec.evidence.items() if points < 0]
    words = [f"{word}（{points}）" for word, points in spec.title_words.items() if points > 0]
    others = [word for word, points in spec.title_words.items() if points < 0]
    yield f"- 必须有：{required}。"
    yield f"- 合计至少 {spec.needed} 分才认：栏目 {'、'.join(for_it)}；标题、工作表名或文件名里有 {'、'.join(words)}。"
    if against or others:
        said = [f"有“{label}”一栏" for label in against]
        said += [f"标题里有{''.join(f'“{word}”' for word in others)}"] if others else []
        yield f"- {'，或'.join(said)}的，多半是别的名册，要减分。"


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
