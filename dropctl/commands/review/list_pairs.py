"""`dropctl review list`: which pairs wait for a person, and what became of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, WorkspaceOption, needed_workspace
from dropctl.errors import place

DESCRIPTION = (
    "列出最近一次核对里要人判断的配对：未判断的、待查的、因内容变了再问的；加 --all 也列出已判断为是、否的，"
    "和与县里名单比对判为同一人、不必逐对判断的。\n"
    "这里不显示完整的证件号；要对照号码，用 dropctl review export。\n"
    "--json 输出 {schema, as_of, run_as_of, counts: {open, suggested, unsure, again, same, different}, pairs: [{"
    "link_id, state（counts 的键）, reason, left, right, earlier}]}；left、right 为 {register, name, "
    "id_number（只有前六位）, school, grade, class_name, file, sheet, row}，"
    "earlier 为 {answer: same|different|unsure, by, on, remark} 或 null。"
)
EXAMPLE = "dropctl review list --all"
_ASKED = ("open", "unsure", "again")


def command(
    as_of: AsOfOption,
    decided: Annotated[bool, typer.Option("--all", help="已经判断为是、否的也列出来")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the pairs of the last recorded run."""
    from dropctl.procedures.review import STATES, listed, review_state, side_text

    state = review_state(needed_workspace(workspace), as_of)
    everything = listed(state)
    counts = {key: sum(pair["state"] == key for pair in everything) for key in STATES}
    if as_json:
        pairs = [pair for pair in everything if decided or pair["state"] in (*_ASKED, "suggested")]
        run = state.run.as_of.isoformat()
        console.print_json({"as_of": as_of.isoformat(), "run_as_of": run, "counts": counts, "pairs": pairs})
        return
    console.say("、".join(f"{label}{counts[key]}对" for key, label in STATES.items()), "bold")
    pairs = [pair for pair in everything if decided or pair["state"] in _ASKED]
    if not pairs:
        console.say("没有需要人工确认的配对")
        return
    rows = [
        (
            pair["link_id"], STATES[pair["state"]],
            f"{side_text(pair['left'])}（{_where(pair['left'])}）",
            f"{side_text(pair['right'])}（{_where(pair['right'])}）",
            pair["reason"],
        )
        for pair in pairs
    ]  # fmt: skip
    console.table(f"{state.run.as_of} 核对的配对", ("配对编号", "状态", "甲", "乙", "为什么"), rows)
    if any(counts[key] for key in _ASKED):
        console.steps(["用 dropctl review export 文件.xlsx 导出，填好后用 dropctl review apply 读回"])


def _where(side: Mapping[str, Any]) -> str:
    return place(side["file"], side["sheet"], f"第{side['row']}行")
