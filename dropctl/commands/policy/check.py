"""`dropctl policy check`: can a county's own numbers be used in place of the packaged ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import JsonOption, WorkspaceOption, opened_workspace
from dropctl.errors import Refused

DESCRIPTION = (
    "检查本县的数字文件：不认识的项、单位不对、超出范围的数字逐条指出；没有问题就列出与自带方案不同的数字。\n"
    "不写文件时检查 dropctl.toml 里 [plan] file 指定的那一个。"
)
EXAMPLE = "dropctl policy check 本县数字.toml"


def command(
    file: Annotated[Path | None, typer.Argument(metavar="[文件]", help="本县的数字文件（TOML）")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name every fault, or every number that is replaced."""
    home = opened_workspace(workspace)
    path = file or (home.plan_file if home else None)
    from dropctl.procedures.plans import faults_of, plan_for

    packaged = plan_for(None)
    if path is None:
        if as_json:
            console.print_json({"file": None, "ok": True, "faults": [], "changed": [], "digest": packaged.digest})
        else:
            console.say(f"用的是自带方案：{packaged.name}（{packaged.number}），内容摘要 {packaged.digest}，没有问题。")
        return
    faults = faults_of(path)
    if faults:
        if as_json:
            document = {"file": str(path), "ok": False, "faults": faults, "changed": [], "digest": None}
            console.print_json(document)
        else:
            console.table(f"{path} 里的问题", ("问题",), [(fault,) for fault in faults])
        raise Refused(f"有{len(faults)}处问题，这个文件不能用", where=str(path), todo="改正后再检查一次")
    plan = plan_for(None, path)
    changed = [
        (one.key, one.label, packaged.parameters[one.key].shown, one.shown)
        for one in plan.parameters.values()
        if one.value != packaged.parameters[one.key].value
    ]
    if as_json:
        listed = [{"key": key, "packaged": packaged.value(key), "here": plan.value(key)} for key, _, _, _ in changed]
        console.print_json({"file": str(path), "ok": True, "faults": [], "changed": listed, "digest": plan.digest})
        return
    if changed:
        console.table("与自带方案不同的数字", ("名字", "数字", "自带方案", "本县"), changed)
    console.say(f"{path} 没有问题，改了{len(changed)}个数字，内容摘要 {plan.digest}。")
