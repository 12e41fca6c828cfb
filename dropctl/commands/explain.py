"""`dropctl explain`: why two rows are one child (M-), a case stands as it does (C-), where a finding stood (F-),
what a figure of a month counts (2025-10/Z07).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import AsOfOption, JsonOption, WorkspaceOption, opened_workspace
from dropctl.errors import Refused

if TYPE_CHECKING:
    from dropctl.procedures.explain_month import FigureExplanation
    from dropctl.procedures.explaining import LinkExplanation
    from dropctl.reconcile.likely import Evidence

DESCRIPTION = (
    "说明一个结论从何而来。配对编号（M-…）：两行为什么判为同一人，或为什么要人确认，各项依据各占多少分。\n"
    "个案编号（C-…）：为什么立案，进度、期限各依据哪一条，记过哪些事；后面加 /route 说明由谁核实劝返（三.3），"
    "加 /plan 说明各种安置方式的条件（三.4）；前面加 run: 逐日说明缺勤怎样数出来（三.2）。\n"
    "发现编号（F-…）：在哪几次核对中出现，据此立了哪个案。\n"
    "月报的一个数字（2025-10/Z07）：含义、条款、期初期末怎样相连，由哪些学生数出来（不显示证件号）。\n"
    "配对编号在核对结果.xlsx 的“待人工确认”表里，发现编号在 findings.parquet 里。只能在工作区里用。"
)
EXAMPLE = "dropctl explain M-0123456789"
# More would be noise, and eighteen digits in a row are taken for an ID number and masked.
_DIGITS = 6
_HOUSEHOLD = ("监护人", "村")


def command(
    reference: Annotated[
        str, typer.Argument(metavar="编号", help="M-、C-、F- 开头的编号，如 C-2025-001；或 月份/项目，如 2025-10/Z07")
    ],
    as_of: AsOfOption,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why."""
    home = opened_workspace(workspace)
    if home is None:
        here = str(Path.cwd())
        raise Refused("这里不是工作区，没有结论可以解释", where=here, todo="用 -w 指定工作区，或先用 dropctl init 新建")
    wanted = reference.strip().upper()
    if wanted.startswith("M-"):
        from dropctl.procedures.explaining import explain_link

        found = explain_link(home, wanted, as_of)
        if as_json:
            console.print_json(_document(found))
        else:
            _show(found)
    elif wanted.startswith(("C-", "F-", "RUN:")):
        from dropctl.procedures.explain_case import explain_reference

        explained = explain_reference(home, as_of, wanted)
        if as_json:
            console.print_json(asdict(explained))
        else:
            console.table(explained.title, ("什么", "为什么"), explained.lines)
    elif "/" in wanted and wanted[0].isdigit():
        from dropctl.procedures.explain_month import explain_figure, figure_reference

        asked = figure_reference(wanted)
        if asked is None:
            raise Refused(f"“{reference}”不是月报的数字", todo="写成 月份/项目，如 2025-10/Z07")
        figure = explain_figure(home, as_of, *asked)
        if as_json:
            from dropctl.procedures.month_brief import figure_document

            issued = {"number": figure.issued.number, "on": figure.issued.on.isoformat()} if figure.issued else None
            told = {"month": str(figure.month), "issued": issued, "said": dict(figure.lines)}
            console.print_json(told | figure_document(figure.figure))
        else:
            _show_figure(figure)
    else:
        todo = "写配对编号（M-0123456789）、个案编号（C-2025-001）、发现编号（F-0123456789）或月报数字（2025-10/Z07）"
        raise Refused(f"“{reference}”不是能解释的编号", todo=todo)


def _show(found: LinkExplanation) -> None:
    from dropctl.procedures.explaining import DECISIONS, TIERS
    from dropctl.reconcile.links import per_cent

    console.heading(f"{found.link_id}　{DECISIONS.get(found.decision, found.decision)}")
    if found.tier:
        console.say(f"依据：{TIERS[found.tier]}")
    console.say(f"理由：{found.reason}")
    console.table("两行各写着什么", ("", "甲", "乙", "是否相同"), _fields(found))
    if not found.evidence:
        console.say(f"{_decided_by(found.decision, found.tier)}，没有逐项计分。")
        return
    # Rounded first and then added up, so that the column is right for whoever adds it up; --json has the digits.
    scores = [(field, reason, round(bits, 1)) for field, reason, bits in _household_together(found.evidence)]
    scores.append(("合计", "", sum(bits for *_, bits in scores)))
    rows = [(field, reason, f"{bits:+.1f}") for field, reason, bits in scores]
    console.table("各项依据（正分支持是同一人，每多 1 分，可能性的比值翻一倍）", ("项目", "比对结果", "分"), rows)
    if found.probability is not None:
        console.say(f"可能性 {per_cent(found.probability)}（已计入同一行的其他候选）")


def _decided_by(decision: str, tier: str | None) -> str:
    if tier == "person" or decision == "rejected":
        return "这一对由人判定"
    return "这一对由名单上的号码或班级直接判定" if decision == "accepted" else "这一对等人判定，理由如上"


def _show_figure(found: FigureExplanation) -> None:
    figure = found.figure
    console.table(f"{found.month}/{figure.id}　{figure.label}　{figure.value}", ("什么", "为什么"), found.lines)
    rows = [
        (line.who.class_name or "—", line.child or "—", line.who.name or "（无姓名）", line.case or "—", line.on or "—",
         f"{line.amount:+d}", line.why)
        for line in figure.lines
    ]  # fmt: skip
    if rows:
        console.table(f"名单（{len(rows)}条）", ("班级", "编号", "姓名", "个案", "日期", "计数", "说明"), rows)
    else:
        console.say("名单是空的。")


def _fields(found: LinkExplanation) -> list[tuple[object, ...]]:
    """Return what either row states, field by field, and whether it is the same."""
    one, two = found.left, found.right
    stated = (
        ("姓名", one.name, two.name), ("性别", one.sex, two.sex), ("出生日期", one.birth, two.birth),
        ("班级", one.class_name, two.class_name), ("监护人", one.guardian, two.guardian),
        ("住址", one.address, two.address),
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [("出处", one.where, two.where, "")]
    rows += [(label, a or "—", b or "—", _same(None if not (a and b) else a == b)) for label, a, b in stated if a or b]
    for label, a, b, equal in zip(("证件号", "学籍号"), one.numbers, two.numbers, found.numbers, strict=True):
        if a or b:
            rows.append((label, "已填" if a else "—", "已填" if b else "—", _same(equal)))
    return rows


def _same(equal: bool | None) -> str:
    return "—" if equal is None else "相同" if equal else "不同"


def _household_together(evidence: Evidence) -> list[tuple[str, str, float]]:
    """Return field, reason and bits; guardian and village, which tell one thing together, as one line."""
    parts = [(field, reason, bits) for field, _, reason, bits in evidence if field in _HOUSEHOLD]
    rows = [(field, reason, bits) for field, _, reason, bits in evidence]
    if len(parts) < len(_HOUSEHOLD):
        return rows
    whole = ("、".join(field for field, *_ in parts), "，".join(reason for _, reason, _ in parts),
             sum(bits for *_, bits in parts))  # fmt: skip
    at = rows.index(parts[0])
    return [*rows[:at], whole, *(row for row in rows[at:] if row not in parts)]


def _document(found: LinkExplanation) -> dict[str, object]:
    sides = {
        name: asdict(side) | {"birth": side.birth.isoformat() if side.birth else None}
        for name, side in (("left", found.left), ("right", found.right))
    }
    return {
        "link": found.link_id,
        "decision": found.decision,
        "tier": found.tier,
        "probability": None if found.probability is None else round(found.probability, _DIGITS),
        "reason": found.reason,
        **sides,
        "bits": round(found.bits, _DIGITS) if found.evidence else None,
        "evidence": [
            {"field": field, "level": level, "reason": reason, "bits": round(bits, _DIGITS)}
            for field, level, reason, bits in found.evidence
        ],
    }
