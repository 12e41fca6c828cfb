"""`dropctl case plan`: how a child who comes back goes on learning; a person confirms."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, JsonOption, WorkspaceOption, needed_workspace
from dropctl.policy.rules.placements import CLAUSE

DESCRIPTION = (
    "一人一案怎样安排（方案三.4）：编班、先辅导、中职、送教上门、远程视频送教，各要什么条件、还缺什么。\n"
    "只是建议，由人决定：用 --confirm 写明选定的安排和确认人。远程视频送教四个条件缺一不可。"
)
EXAMPLE = "dropctl case plan C-2025-001 --confirm 编入相应年级和班级 --by 张校长"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="个案编号", help="如 C-2025-001")],
    severe: Annotated[bool, typer.Option("--severe", help="重度残疾等，不能到校")] = False,
    works_away: Annotated[bool, typer.Option("--works-away", help="在外务工")] = False,
    refused: Annotated[bool, typer.Option("--refused-on-site", help="经实地劝导不愿返回户籍所在地")] = False,
    vocational: Annotated[bool, typer.Option("--wishes-vocational", help="本人愿意到中职学校")] = False,
    way: Annotated[str | None, typer.Option("--confirm", metavar="安排", help="选定的安排")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="谁确认的")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="具体安排，如编入哪个班、谁帮扶")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Show the ways, or record the one that was chosen."""
    from dropctl.procedures.case_plans import Stated, confirm, proposed

    home = needed_workspace(workspace)
    stated = Stated(severe or None, works_away or None, refused or None, vocational or None)
    if way is not None:
        chosen = confirm(home, as_of, number, way, stated, by=by or "", note=note, dry_run=dry_run)
        if as_json:
            console.print_json({"case": number.strip().upper(), "placement": chosen.code})
            return
        if dry_run:
            console.note("这是演示（--dry-run）：没有登记。")
        console.say(
            f"{number.strip().upper()} {'可以' if dry_run else '已'}确认：{chosen.label}（{CLAUSE}），由{by}确认"
        )
        console.say("学习有困难的，列入帮扶（三.6）。")
        return
    case, ways = proposed(home, as_of, number, stated)
    if as_json:
        console.print_json({
            "case": case.number, "child": case.child, "clause": CLAUSE, "confirmed": case.placement,
            "proposals": [
                {
                    "placement": line.code, "label": line.label, "reason": line.reason, "lacks": list(line.lacks),
                    "suggested": line.suggested,
                }
                for line in ways
            ],
        })  # fmt: skip
        return
    console.say(f"{case.number}　{case.name or case.child}", "bold")
    rows = [
        (
            "建议" if line.suggested else "可以" if line.allowed else "缺条件",
            line.label,
            line.reason,
            "、".join(line.lacks),
        )
        for line in ways
    ]
    console.table(f"怎样安排（{CLAUSE}）", ("", "安排", "理由", "还缺"), rows)
    console.say(f"由人决定：dropctl case plan {case.number} --confirm 安排 --by 姓名")
