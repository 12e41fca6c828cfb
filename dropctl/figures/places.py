"""Where each registered child stands at the cut-off: in one of Z02 … Z09, the first that fits (CONTRACT §10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dropctl.figures.facts import Registered
from dropctl.figures.marks import DROPOUT, MarkChange
from dropctl.policy.case_state import Case
from dropctl.vocabulary import CASE_STATES

PLACES = ("Z02", "Z03", "Z04", "Z05", "Z06", "Z07", "Z08", "Z09")
_SUSPENDED = ("休学", "延缓入学", "不具备学习能力")
_HOME = "送教上门"
_WAITING = ("open", "return_reported")


@dataclass(frozen=True, slots=True)
class Place:
    """The figure a child is counted in, and why in words."""

    figure: str
    why: str
    case: str | None = None


def place_of(child: Registered, marks: Mapping[str, MarkChange], open_cases: Mapping[str, Case]) -> Place:
    """Return where a child stands; `marks` by child at the cut-off, `open_cases` by child."""
    case = open_cases.get(child.child)
    number = case.number if case else None
    mark = marks.get(child.child)
    if mark is not None:
        kind, word = ("Z02", "辍学") if mark.after == DROPOUT else ("Z03", "疑似辍学")
        source = "学籍系统标注" if mark.cause == "registry" else "按方案推算"
        back = "，已报返校，待考勤证实" if case and case.state == "return_reported" else ""
        if case is None and mark.cause == "registry" and attends(child):
            back = "；考勤、名单显示在校，请核对后在学籍系统更正标注"
        return Place(kind, f"{mark.day}起{word}（{source}）{back}", mark.case or number)
    # A pupil whom the class marked as there on the very day is not away, whatever papers say.
    away = not child.seen
    ground = next((kind for kind in child.approved if kind in _SUSPENDED), None)
    if ground and away:
        return Place("Z04", f"{ground}，审批在期内", number)
    if _HOME in child.approved and away:
        return Place("Z05", "送教上门，审批在期内", number)
    if child.elsewhere:
        return Place("Z06", child.elsewhere, number)
    if child.on_leave and away:
        return Place("Z07", child.on_leave, number)
    if case is not None and case.state in _WAITING:
        return Place("Z08", f"个案{CASE_STATES[case.state]}", number)
    if child.run:
        return Place("Z08", child.run, number)
    if child.claimed and away:
        return Place("Z08", child.claimed, number)
    if child.unknown:
        return Place("Z08", child.unknown, number)
    if not child.missed:
        return Place("Z09", "在校", number)
    reached = "连同没有上报的日子可能已到标注程度" if child.perhaps_marked else "未到标注程度"
    return Place("Z09", f"月末无故未到{child.missed}个上课日，{reached}", number)


def attends(child: Registered) -> bool:
    """Say whether nothing but a mark says of a registered child that it is away: its class counts it as there."""
    away = child.approved or child.elsewhere or child.on_leave or child.claimed or child.unknown
    return child.seen or not (away or child.silent or child.run or child.missed)
