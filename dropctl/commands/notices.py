"""`dropctl notices`: the letters to guardians (三.5), all that are due or those of the cases named."""

from __future__ import annotations

from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    DryRunOption,
    JsonOption,
    OutOption,
    QuietOption,
    WorkspaceOption,
    needed_workspace,
)
from dropctl.errors import UsageProblem

DESCRIPTION = (
    "劝返通知书（方案三.5）：登记过联系、孩子仍未返校的发第一次；第一次送达后期限已过、上过门的发第二次。一张 A4 纸上有"
    "存根、正文和回执，沿虚线裁开；写出可以修改的 .docx 和可以打印的 .pdf，合订一份、每人一份。\n"
    "编号先记入台账再出文书；同一个孩子再出一次，编号和内容不变。写错的用 case void 作废，再出就是新的编号。\n"
    "孩子患病、残疾、怀孕、有危险的不发第二次，会说明先做什么。送达以后用 dropctl serve 登记，期限从送达之日算起。"
)
EXAMPLE = "dropctl notices --as-of 2025-09-10"
NOT_DUE_SHOWN = 30


def command(
    as_of: AsOfOption,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="次别", help="只出第一次 first，或只出第二次 second")
    ] = None,
    cases: Annotated[
        list[str] | None, typer.Option("--case", metavar="个案编号", help="只出这个个案的，可以写多次")
    ] = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make the notices, then say for whom none is due and what to do with the papers."""
    if stage not in (None, "first", "second"):
        raise UsageProblem(f"--stage 的值“{stage}”不认识", todo="写 first（第一次）或 second（第二次）")
    home = needed_workspace(workspace)
    from dropctl.policy.notices import PAPER_OF
    from dropctl.procedures.notices import make_notices

    target = out or home.out / f"劝返通知书-{as_of}"
    made = make_notices(home, as_of, target, stage=stage, numbers=cases or (), dry_run=dry_run)
    done, written = made.done, made.written
    code = made.exit_code
    if cases and made.not_due:
        code = 7 if done.made else 3
    if as_json:
        stages = {paper: name for name, paper in PAPER_OF.items()}
        papers = []
        for index, one in enumerate(done.made):
            case = made.cases[one.order.cases[0]]
            papers.append(
                {
                    "number": one.number,
                    "case": case.number,
                    "child": case.child,
                    "name": case.name,
                    "stage": stages[one.order.paper.name],
                    "issued_on": one.day.isoformat(),
                    "again": one.again,
                    "files": [str(path) for path in written.files.get(index, ())],
                }
            )
        refused = [{"case": line.order.cases[0], "reason": line.reason} for line in (*done.refused, *written.refused)]
        console.print_json(
            {
                "as_of": as_of.isoformat(),
                "papers": papers,
                "not_due": [{"case": line.case.number, "reason": line.reason} for line in made.not_due],
                "refused": refused,
                "notes": [*made.notes, *written.notes],
                "outputs": [str(path) for path in written.merged],
            }
        )
        raise typer.Exit(code)
    console.show_papers(done, written, dry_run=dry_run)
    if not done.made and not done.refused and not cases:
        console.say("今天没有该发的劝返通知书")
    if made.not_due and not quiet:
        rows = [(line.case.number, line.case.name or "", line.reason) for line in made.not_due[:NOT_DUE_SHOWN]]
        console.table(f"不发的{len(made.not_due)}个个案", ("个案", "姓名", "原因"), rows)
        if len(made.not_due) > NOT_DUE_SHOWN:
            console.note(f"另有{len(made.not_due) - NOT_DUE_SHOWN}个，用 --json 看全部")
    for sentence in made.notes:
        console.note(f"注意：{sentence}")
    if done.made and not dry_run and not quiet:
        console.steps(
            [
                "打印，核对姓名、日期和天数，校长签发、盖章（骑缝处也盖），沿虚线裁开，存根留校",
                f"送达后登记：dropctl serve {done.made[0].number} --on 送达日期 --by direct --receipt signed",
            ]
        )
    if code:
        raise typer.Exit(code)
