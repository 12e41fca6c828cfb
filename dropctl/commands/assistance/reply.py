"""`dropctl assistance reply`: what was found out about the child of a letter, and when it was answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    DryRunOption,
    JsonOption,
    WorkspaceOption,
    day_of,
    needed_workspace,
)
from dropctl.policy.assistance import RESULTS

DESCRIPTION = (
    f"登记对一封协查函的答复。结果：{'、'.join(RESULTS.values())}；写“在我县就读”的要写明学校。\n"
    "答复有误的，没有办结前再登记一次，以后一次为准，两次都留在台账里。复函另行制作。"
)
EXAMPLE = "dropctl assistance reply X-2025-001 --result 查无此人 --number 某教复〔2025〕3号 --by 李老师"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="编号", help="如 X-2025-001")],
    result: Annotated[str, typer.Option("--result", metavar="结果", help="核查结果")],
    school: Annotated[str | None, typer.Option("--school", metavar="校名", help="查明的就读学校和年级")] = None,
    letter: Annotated[str | None, typer.Option("--number", metavar="文号", help="复函文号")] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="复函日期，默认当天")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="谁核实的")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Record the answer."""
    from dropctl.procedures.assistance import reply

    answered = reply(
        needed_workspace(workspace), as_of, number, result=result, school=school, letter_number=letter,
        on=on or as_of, by=by, note=note, dry_run=dry_run,
    )  # fmt: skip
    if as_json:
        console.print_json({"number": answered.number, "result": answered.result, "state": answered.state})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    console.say(
        f"{answered.number} {'可以' if dry_run else '已'}登记答复：{RESULTS[answered.result or 'other']}"
        f"（{answered.replied_on}）"
    )
    console.steps([f"对方收到、没有别的要办的，登记办结：dropctl assistance close {answered.number}"])
