"""`dropctl case close`: an ending, and the proof it asks for."""

from __future__ import annotations

from collections.abc import Sequence
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
from dropctl.errors import UsageProblem
from dropctl.policy.closing import EVIDENCE, OUTCOMES

DESCRIPTION = (
    "销案。每种结果要什么佐证，用 --outcomes 查看；缺了的会逐项指出，不销案（退出码 3）。\n"
    "有的结果是暂时的（如休学、就读证明），到时会在 dropctl due 里提醒复核。销案不删除任何记录。"
)
EXAMPLE = "dropctl case close C-2025-001 --outcome 转入他校 --evidence 转学学籍已转接=转学编号2025-17"


def command(
    as_of: AsOfOption,
    number: Annotated[str | None, typer.Argument(metavar="[个案编号]", help="如 C-2025-001")] = None,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="结果", help="销案结果，如 复学、转入他校")
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", metavar="佐证=内容", help="一项佐证，可以写多次，如 就读证明=某校2025-10-15开具"),
    ] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="哪天销案，默认当天")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="谁确认的")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明")] = None,
    outcomes: Annotated[bool, typer.Option("--outcomes", help="列出每种结果要什么佐证")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Close it, or say what is missing."""
    if outcomes:
        console.table("销案结果和佐证", ("结果", "佐证", "以后"), _table())
        return
    if not number or not outcome:
        raise UsageProblem("缺少 个案编号 或 --outcome", todo="用 dropctl case close --outcomes 查看有哪些结果")
    given = _pairs(evidence or ())
    from dropctl.procedures.cases import close

    done = close(
        needed_workspace(workspace), as_of, number, outcome=outcome, evidence=given, on=on or as_of, by=by, note=note,
        dry_run=dry_run,
    )  # fmt: skip
    review = done.review_on.isoformat() if done.review_on else None
    if as_json:
        console.print_json({"case": number.strip().upper(), "outcome": done.outcome.code, "review_on": review})
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有销案。")
    after = f"，{review}复核" if review else ""
    console.say(f"{number.strip().upper()} {'可以' if dry_run else '已'}按“{done.outcome.label}”销案{after}")


def _pairs(values: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        word, equals, content = value.partition("=")
        if not equals or not content.strip():
            raise UsageProblem(f"--evidence 的值“{value}”写法不对", todo="写成 佐证=内容，例如 就读证明=某校开具")
        found[word.strip()] = content
    return found


def _table() -> list[tuple[str, str, str]]:
    after = {None: "最终", "watch": "观察30天", "expiry": "期满复核"}
    return [
        (
            line.label,
            "、".join(EVIDENCE[key].label for key in needed),
            f"{review}个月后复核" if isinstance(review, int) else after[review],
        )
        for line in OUTCOMES.values()
        for needed, review in line.ways
    ]
