"""`dropctl assistance list`: the register of incoming letters, and what our roster says about each child."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, WorkspaceOption, needed_workspace
from dropctl.policy.assistance import RESULTS, STATES

if TYPE_CHECKING:
    from dropctl.procedures.assistance import Entry

DESCRIPTION = (
    "列出没有办结的协查函：谁来函、问哪个孩子、哪天前答复、孩子在不在本校学籍名册上。\n"
    "证件号或学籍号与姓名都对得上的，才写“在我校”；只是像的写“待核”，由人核实后再答复。"
)
EXAMPLE = "dropctl assistance list --all"


def command(
    as_of: AsOfOption,
    everything: Annotated[bool, typer.Option("--all", help="已办结的也列出")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the register."""
    from dropctl.procedures.assistance import listed

    entries = listed(needed_workspace(workspace), as_of, everything=everything)
    if as_json:
        console.print_json({"as_of": as_of.isoformat(), "letters": [_document(one, as_of) for one in entries]})
    elif not entries:
        console.say("没有登记过协查函。" if everything else "没有未办结的协查函。")
    else:
        headings = ("编号", "收函", "来函单位", "文号", "姓名", "要问什么", "进度", "答复期限", "本校核对")
        console.table(f"协查函（{len(entries)}封，截至{as_of}）", headings, [_row(one, as_of) for one in entries])


def _row(one: Entry, as_of: date) -> tuple[object, ...]:
    letter = one.letter
    state = STATES[letter.state] + (f"：{RESULTS[letter.result]}" if letter.result else "")
    day = "—"
    if one.due is not None:
        late = (as_of - one.due.due_date).days
        by = "来函" if one.set_by == "letter" else "方案" if one.set_by == "plan" else "程序"
        day = f"{one.due.due_date}（{by}定）" + (f" 逾期{late}天" if late > 0 else "")
    return (
        letter.number, letter.received_on, letter.sender, letter.letter_number or "—", letter.name,
        letter.asked or "—", state, day, one.match.words,
    )  # fmt: skip


def _document(one: Entry, as_of: date) -> dict[str, object]:
    letter = one.letter

    def day(value: date | None) -> str | None:
        return value.isoformat() if value else None

    return {
        "number": letter.number,
        "received_on": day(letter.received_on),
        "sender": letter.sender,
        "letter_number": letter.letter_number,
        "name": letter.name,
        "child": letter.child,
        "origin_school": letter.origin_school,
        "asked": letter.asked,
        "handler": letter.handler,
        "state": letter.state,
        "due_date": day(one.due.due_date) if one.due else None,
        "overdue_days": max(0, (as_of - one.due.due_date).days) if one.due else 0,
        "set_by": one.set_by,
        "match": one.match.state,
        "match_words": one.match.words,
        "result": letter.result,
        "found_school": letter.found_school,
        "reply_number": letter.reply_number,
        "replied_on": day(letter.replied_on),
        "closed_on": day(letter.closed_on),
    }
