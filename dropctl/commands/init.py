"""`dropctl init`: makes a workspace, a folder with `dropctl.toml`, inbox and out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    ClosingOption,
    DryRunOption,
    NoInputOption,
    OpeningOption,
    QuietOption,
    day_of,
)
from dropctl.errors import Refused, UsageProblem
from dropctl.workspace import CONFIG_NAME, config_text, create_workspace

DESCRIPTION = (
    "新建一个工作区：dropctl.toml（学校、学期，可以用记事本改）、inbox（放要核对的表格）、out（出结果）。\n"
    "在终端上缺什么会问什么；已经是工作区的文件夹不会改动。"
)
EXAMPLE = (
    "dropctl init 石桥学校 --role school --name 岚溪县石桥学校 --code 3499000001"
    " --opening 2025-09-01 --closing 2026-01-30"
)


def command(
    folder: Annotated[Path | None, typer.Argument(metavar="[目录]", help="建在哪里，默认当前文件夹")] = None,
    role: Annotated[str | None, typer.Option("--role", metavar="角色", help="school 学校，county 县教育局")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="名称", help="学校（或县教育局）全称")] = None,
    code: Annotated[str | None, typer.Option("--code", metavar="标识码", help="10 位学校标识码")] = None,
    opening: OpeningOption = None,
    closing: ClosingOption = None,
    no_input: NoInputOption = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask for what is missing, check, and make the workspace."""
    root = folder or Path()
    if (root / CONFIG_NAME).exists():
        todo = f"换一个文件夹，或直接修改其中的 {CONFIG_NAME}"
        raise Refused("这里已经是一个工作区，没有改动", where=str(root), todo=todo)
    texts: dict[str, str | None] = {"--role": role, "--name": name, "--code": code}
    days: dict[str, date | None] = {"--opening": opening, "--closing": closing}
    _fill(texts, days, no_input)
    chosen_role = texts["--role"]
    if chosen_role not in ("school", "county"):
        raise UsageProblem(f"--role 的值“{chosen_role}”不对", todo="写 school（学校）或 county（县教育局）")
    first, last = days["--opening"], days["--closing"]
    assert first is not None
    assert last is not None
    if first >= last:
        raise Refused(f"开学日{first}不早于学期最后一天{last}，没有建工作区", todo="核对两个日期")
    said, number = str(texts["--name"]), str(texts["--code"])
    if dry_run:
        console.say(config_text(role=chosen_role, name=said, code=number, opening=first, closing=last), keep_lines=True)
        console.note(f"这是演示（--dry-run）：会在 {root.resolve()} 写上面的 {CONFIG_NAME}，现在什么都没有写。")
        return
    made = create_workspace(root, role=chosen_role, name=said, code=number, opening=first, closing=last)
    console.say(f"建好了工作区：{made.root}")
    if quiet:
        return
    console.steps(
        [
            f"看一下 {made.root / CONFIG_NAME}（可以用记事本打开），补上学校简称、停课日和责任人",
            f"把学籍名册、返校名单、脱贫监测名单、残疾人名单等表格放进 {made.inbox}",
            f"运行 dropctl reconcile -w {made.root}，结果在 {made.out}",
        ]
    )


_QUESTIONS = {
    "--role": "角色（school 学校 / county 县教育局）",
    "--name": "学校（或县教育局）全称",
    "--code": "10 位学校标识码",
    "--opening": "开学日，如 2025-09-01",
    "--closing": "学期最后一天，如 2026-01-30",
}


def _fill(texts: dict[str, str | None], days: dict[str, date | None], no_input: bool) -> None:
    """Ask a person for what is missing; UsageProblem, naming all of it, where there is nobody to ask."""
    missing = [option for option in _QUESTIONS if not (texts.get(option) or days.get(option))]
    if missing and not console.can_ask(no_input):
        raise UsageProblem(f"缺少 {'、'.join(missing)}", todo="在命令里写上，或在终端里不带 --no-input 运行")
    for option in missing:
        answer = console.ask(_QUESTIONS[option])
        if not answer:
            raise UsageProblem(f"没有回答 {option}", todo="重新运行并填写")
        if option in texts:
            texts[option] = answer
        else:
            days[option] = day_of(option)(answer)
