"""`dropctl review apply`: the answers in a filled-in workbook, recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    DryRunOption,
    JsonOption,
    QuietOption,
    WorkspaceOption,
    needed_workspace,
)
from dropctl.errors import PartlyDone, Refused

DESCRIPTION = (
    "读回填好的判断：review export 写出的表，或 核对结果.xlsx 里的“待人工确认”表。\n"
    "能用的判断记下来，不能用的按单元格列出（不影响其余）；栏可以移动，行可以删去（删去的仍算未判断），"
    "同一份文件读两次不会重复。下一次 reconcile 就会用上：判断为“是”的当作同一人，“否”的不再问，"
    "“待查”的留着。判断错了，用 review export --all 导出，重新判断后再读回，以后来的为准。\n"
    "退出码：全部记下为 0，有几处没有采用为 7，一处也不能用为 3。\n"
    "--json 输出 {schema, as_of, recorded（是、否、待查各几条）, already（早已记下的）, left_open（还没有定的对数）, "
    "blank（表里留空的）, missing（表里没有的）, refused: [{where, what, todo}], remarks}。"
)
EXAMPLE = "dropctl review apply out/待确认.xlsx --by 王老师"


def command(
    file: Annotated[Path, typer.Argument(metavar="文件", help="填好的表")],
    as_of: AsOfOption,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="“判断人”空着时，算谁的判断")] = None,
    workspace: WorkspaceOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Record the good answers, name the others by their cell, and end with what that comes to."""
    from dropctl.procedures.review import review_state
    from dropctl.procedures.review_answers import apply_answers

    home = needed_workspace(workspace)
    found = apply_answers(review_state(home, as_of), file, by=by, dry_run=dry_run)
    recorded = found.counted()
    if as_json:
        console.print_json(
            {
                "as_of": as_of.isoformat(),
                "recorded": recorded,
                "already": len(found.again),
                "left_open": found.left_open,
                "blank": found.blank,
                "missing": found.missing,
                "refused": [{"where": line.where, "what": line.what, "todo": line.todo} for line in found.refused],
                "remarks": found.remarks,
            }
        )
    else:
        counts = "、".join(f"“{word}”{count}对" for word, count in recorded.items())
        known = f"；另有{len(found.again)}对早已记下" if found.again else ""
        console.say(f"{'会记下' if dry_run else '记下'}{len(found.new)}对：{counts}{known}")
        console.say(f"还有{found.left_open}对没有定（其中{found.missing}对不在这张表里）")
        if found.refused:
            rows = [(line.where, line.what, line.todo) for line in found.refused]
            console.table(f"没有采用的判断（{len(rows)}处）", ("在哪里", "为什么", "请这样做"), rows)
        for remark in found.remarks:
            console.note(remark)
        if found.new and not quiet and not dry_run:
            console.steps(["再运行一次 dropctl reconcile，结果就会用上这些判断"])
    if dry_run:
        console.note("这是演示（--dry-run）：没有留记录。")
    if found.refused:
        todo = "按列出的单元格改正后，再读一次这个文件（已记下的不会重复）"
        if found.new or found.again:
            raise PartlyDone(f"{len(found.refused)}处判断没有采用，其余已记下", todo=todo)
        raise Refused(f"{len(found.refused)}处判断都不能用，没有记下任何判断", todo=todo)
