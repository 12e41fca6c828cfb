"""`dropctl case list`: who has a case, how far it is, who answers for it, what is due next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, WorkspaceOption, needed_workspace
from dropctl.vocabulary import CASE_STATES, MARKS, RUNGS

if TYPE_CHECKING:
    from dropctl.procedures.cases import CaseLine

DESCRIPTION = "列出办理中的个案：进度、标注、责任人、下一个期限。脱贫监测家庭的孩子排在前面，标★。"
EXAMPLE = "dropctl case list --all"


def command(
    as_of: AsOfOption,
    everything: Annotated[bool, typer.Option("--all", help="已销案的也列出")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the cases."""
    from dropctl.procedures.cases import listed

    lines = listed(needed_workspace(workspace), as_of, closed=everything)
    if as_json:
        console.print_json(
            {
                "as_of": as_of.isoformat(),
                "cases": [
                    {
                        "case": line.case.number,
                        "child": line.case.child,
                        "name": line.case.name,
                        "school": line.case.school,
                        "grade": line.case.grade,
                        "class_name": line.case.class_name,
                        "opened_on": line.case.opened_on.isoformat(),
                        "rung": line.case.rung,
                        "mark": line.case.mark,
                        "state": line.case.state,
                        "responsible": line.case.responsible,
                        "next_due": line.next_due.isoformat() if line.next_due else None,
                        "poor": line.case.poor,
                    }
                    for line in lines
                ],
            }
        )
        return
    rows = [_row(line, as_of) for line in lines]
    if not rows:
        console.say("没有办理中的个案。" if not everything else "没有个案。")
        return
    headings = ("个案", "重点", "姓名", "班级", "立案", "进度", "标注", "状态", "责任人", "下一期限")
    console.table(f"个案（{len(rows)}件，截至{as_of}）", headings, rows)
    console.say("★ 脱贫监测家庭。看一个个案：dropctl case show 编号；看期限是什么事：dropctl due")


def _row(line: CaseLine, as_of: date) -> tuple[object, ...]:
    case, due = line.case, line.next_due
    late = " 已逾期" if due and due < as_of else ""
    return (
        case.number, "★" if case.poor else "", case.name or "（姓名不明）", case.class_name or "—", case.opened_on,
        RUNGS[case.rung], MARKS[case.mark], CASE_STATES[case.state], case.responsible or "未指定",
        f"{due}{late}" if due else "—",
    )  # fmt: skip
