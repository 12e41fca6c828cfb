"""`dropctl care list`: the restricted list, for those entrusted with it, each look on record."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, WorkspaceOption, needed_workspace
from dropctl.errors import Refused

DESCRIPTION = (
    "受限名册：服刑人员未成年子女和各由谁专人负责。限学校指定的人查看：要写 --restricted 和 --reason，"
    "每次查看都记入台账。"
)
EXAMPLE = "dropctl care list --restricted --reason 期中走访前核对"


def command(
    as_of: AsOfOption,
    restricted: Annotated[bool, typer.Option("--restricted", help="确认自己是学校指定的人")] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="文字", help="为什么查看，会记入台账")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show it, after the look is recorded."""
    from dropctl.procedures.care import shown

    if not restricted:
        raise Refused("这份名册限学校指定的人查看，没有显示", todo="确有需要的加 --restricted --reason 原因")
    lines = shown(needed_workspace(workspace), as_of, reason or "")
    if as_json:
        told = [
            {
                "child": line.child.number, "name": line.child.name, "class_name": line.child.class_name,
                "since": line.care.since.isoformat(), "person": line.care.person, "note": line.care.note,
            }
            for line in lines
        ]  # fmt: skip
        console.print_json({"as_of": as_of.isoformat(), "children": told})
    elif lines:
        rows = [
            (line.child.number, line.child.name or "—", line.child.class_name or "—", line.care.since,
             line.care.person, line.care.note or "")
            for line in lines
        ]  # fmt: skip
        headings = ("编号", "姓名", "班级", "从哪天起", "专人", "说明")
        console.table(f"受限名册（{len(rows)}人，截至{as_of}，不得转发）", headings, rows)
    else:
        console.say("受限名册里没有人。")
