"""`dropctl care add`: a child into the restricted list, with the person entrusted with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, WorkspaceOption, day_of, needed_workspace

DESCRIPTION = (
    "把服刑人员未成年子女记入受限名册，并写明由谁专人帮助指导（方案三.7）。再登记一次就换人。\n"
    "这份名册不出现在任何普通清单、个案、报告和台账记录里；查看要用 care list --restricted --reason，并记入台账。"
)
EXAMPLE = "dropctl care add --child P-0012 --to 李老师"


def command(
    as_of: AsOfOption,
    person: Annotated[str, typer.Option("--to", metavar="姓名", help="由谁专人负责")],
    child: Annotated[str | None, typer.Option("--child", metavar="编号", help="儿童编号，如 P-0012")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="孩子的姓名")] = None,
    class_name: Annotated[str | None, typer.Option("--class", metavar="班级", help="班级，如 七年级1班")] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="从哪天起，默认当天")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="说明")] = None,
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Enter the child; the screen shows its number only."""
    from dropctl.procedures.care import entrust

    meant = entrust(
        needed_workspace(workspace), as_of, child=child, name=name, class_name=class_name, person=person,
        on=on or as_of, note=note, dry_run=dry_run,
    )  # fmt: skip
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    console.say(f"{meant.number} {'可以' if dry_run else '已'}记入受限名册，由{person.strip()}专人负责")
