"""`dropctl serve`: a paper was delivered, and what came back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, DryRunOption, JsonOption, WorkspaceOption, day_of, needed_workspace
from dropctl.errors import UsageProblem
from dropctl.vocabulary import RECEIPTS, SERVICES

DESCRIPTION = (
    "登记一份文书送达：哪天、怎样送到的。劝返通知书的返校期限从送达次日起算（天数本县未规定，由本程序取值，见 policy"
    " show）。\n"
    "方式：直接送达 direct、家人代收 agent、留置送达 left、邮寄送达 mail、微信短信送达 message（有回应才算送达）。\n"
    "回执：已签收 signed、回执已收回 reply、拒绝签收 refused（要写见证人）、邮件退回 returned、没有回音 none；"
    "回执晚些收到的，用同样的日期和方式再登记一次。编号里的括号、“第”和前面的零可以不写。"
)
EXAMPLE = "dropctl serve 碧阳初中劝返[2025]001 --on 2025-09-11 --by direct --receipt signed --receiver 王某"


def command(
    as_of: AsOfOption,
    number: Annotated[str, typer.Argument(metavar="编号", help="文书编号，如 某校劝返〔2025〕第001号")],
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=day_of("--on"), help="哪天送达的，默认当天")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="方式", help=f"怎样送达：{'、'.join(SERVICES)}")] = None,
    receipt: Annotated[str | None, typer.Option("--receipt", metavar="回执", help=f"{'、'.join(RECEIPTS)}")] = None,
    server: Annotated[str | None, typer.Option("--server", metavar="姓名", help="送达人")] = None,
    receiver: Annotated[str | None, typer.Option("--receiver", metavar="姓名", help="签收人")] = None,
    witness: Annotated[str | None, typer.Option("--witness", metavar="姓名", help="见证人，拒收、留置时要写")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="情况")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Record, and say until when the family has time."""
    if not by:
        raise UsageProblem("缺少 --by", todo=f"写上怎样送达的：{'、'.join(f'{k} {v}' for k, v in SERVICES.items())}")
    from dropctl.policy.notices import PAPER_OF
    from dropctl.procedures.service import Delivery, serve, word_of_receipt, word_of_service

    made = Delivery(
        on or as_of, word_of_service(by), word_of_receipt(receipt) if receipt else None, server, receiver, witness, note
    )
    served = serve(needed_workspace(workspace), as_of, number, made, dry_run=dry_run)
    paper, deadline = served.paper, served.deadline
    if as_json:
        console.print_json(
            {
                "number": paper.number,
                "paper": paper.paper,
                "cases": list(paper.cases),
                "served_on": made.on.isoformat(),
                "by": made.how,
                "receipt": made.receipt,
                "deadline": deadline.due_date.isoformat() if deadline else None,
                "known": served.known,
            }
        )
        return
    if dry_run:
        console.note("这是演示（--dry-run）：没有登记。")
    done = "以前已登记" if served.known else "可以登记" if dry_run else "已登记"
    console.say(f"{done}：{paper.number} 于{made.on}{SERVICES[made.how]}")
    if made.how == "message":
        console.note("注意：微信、短信截图只能作旁证，能上门的请再当面送达。")
    if paper.paper in PAPER_OF.values() and deadline is None:
        console.note("这样还不算送达（邮件退回，或消息没有回应），返校期限没有起算；改用别的方式送达后再登记。")
    if deadline is not None:
        unsure = "" if deadline.certain else "（待定，校历不全）"
        console.say(f"返校期限：{deadline.due_date}{unsure}；到期仍未返校的，先上门，再发第二次或书面报告县教育局")
