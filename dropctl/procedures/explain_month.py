"""Why a figure of a month is what it is, and what changed between two months: read only, as known on a day.

A month that was issued is told as its report told it; one that was not, as it is known now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropctl.errors import Refused, UsageProblem
from dropctl.figures import CountedFigure, Month
from dropctl.figures.catalogue import FIGURES
from dropctl.figures.comparing import Comparison
from dropctl.files import WholeFiles
from dropctl.ledger import Event, Ledger
from dropctl.procedures.month_end import CountedMonth, compare_with, count
from dropctl.procedures.month_issued import Issued, last_issued
from dropctl.workbooks.monthly_report import write_comparison_workbook
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FigureExplanation:
    """One figure of one month: `lines` of (what, why), and its whole list."""

    month: Month
    figure: CountedFigure
    issued: Issued | None
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TwoMonths:
    """Two months side by side; `sources` says for each what it was counted from."""

    school: str
    before: Month
    after: Month
    sources: tuple[str, str]
    comparison: Comparison


def figure_reference(text: str) -> tuple[Month, str] | None:
    """Return month and figure of a reference such as 2025-10/Z07; None for another kind of reference."""
    head, slash, figure = text.strip().partition("/")
    if not slash or not figure or figure[0].upper() != "Z":
        return None
    wanted = figure[0].upper() + figure[1:].lower()
    known = {one.id for one in FIGURES}
    if wanted not in known:
        raise Refused(f"没有“{figure}”这个项目", todo=f"从这些里选：{'、'.join(sorted(known))}")
    return Month.parse(head), wanted


def explain_figure(workspace: Workspace, as_of: date, month: Month, figure: str) -> FigureExplanation:
    """Return what a figure means and whom it counts; Refused for a month that cannot be counted or is not over."""
    events = Ledger(workspace.state).events(as_of)
    counted, issued = _as_told(workspace, month, as_of, events)
    one = counted.figures[figure]
    said = f"{issued.on}报出的第{issued.number}次报告" if issued else f"还没有报出月报；按{as_of}所知数出"
    lines = [
        ("含义", one.definition),
        ("依据", one.clause),
        ("数值", str(one.value)),
        ("出自", f"{said}；截止{month.last}"),
    ]
    for balance in counted.figures.balances:
        if figure in balance.formula.replace("=", " ").split():
            values = " ".join(
                str(counted.figures[part].value) if part.startswith("Z") else part for part in balance.formula.split()
            )
            lines.append((balance.id, f"{balance.formula}，即 {values}"))
    if figure in ("Z20", "Z30"):
        opening = counted.gathered.facts.opening
        source = "报告的期末数" if opening.issued_on else "末的台账（那个月没有报出月报）"
        lines.append(("期初", f"{opening.month.label}{source}"))
    return FigureExplanation(month, one, issued, tuple(lines))


def compare_two(workspace: Workspace, before: Month, after: Month, as_of: date) -> TwoMonths:
    """Return what changed from one month to a later one, and why; UsageProblem when the second is not later."""
    if before >= after:
        raise UsageProblem(f"{before}不早于{after}", todo="先写早的月份，如 dropctl compare 2025-09 2025-10")
    events = Ledger(workspace.state).events(as_of)
    now, issued = _as_told(workspace, after, as_of, events)
    earlier = last_issued(events, before)
    comparison = compare_with(workspace, before, now, events)
    sources = tuple(
        f"{month.label}：" + (f"{one.on}报出的第{one.number}次报告" if one else f"没有报出月报，按{as_of}所知数出")
        for month, one in ((before, earlier), (after, issued))
    )
    return TwoMonths(now.gathered.school, before, after, (sources[0], sources[1]), comparison)


def write_comparison(told: TwoMonths, path: Path, as_of: date) -> None:
    """Write the comparison as a workbook to `path`."""
    banner = f"{told.school}　　{'；'.join(told.sources)}"
    with WholeFiles() as files:
        write_comparison_workbook(
            files.stage(path), told.comparison, banner, told.before.label, told.after.label, as_of
        )  # fmt: skip


def _as_told(
    workspace: Workspace, month: Month, as_of: date, events: Sequence[Event]
) -> tuple[CountedMonth, Issued | None]:
    if as_of < month.last:
        raise Refused(f"{month.label}还没有过完（今天按{as_of}算）", todo=f"等到{month.last}，或写以前的月份")
    issued = last_issued(events, month)
    return count(workspace, month, issued.on if issued else as_of), issued
