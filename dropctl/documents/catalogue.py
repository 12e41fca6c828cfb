"""Every paper there is: its name, who may issue it, how it is numbered, whether full numbers may stand on it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from dropctl.documents.layouts import LETTER, Layout
from dropctl.documents.monthly_report import MonthlyReport, ZeroReport
from dropctl.documents.term_report import TermReport
from dropctl.policy.numbering import Series


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. `name` is that of its wording under `templates/`; `issuers`: school, county.

    `series`: how it is numbered, None for a paper without a number. `full_numbers`: whether they may stand on it
    under `--reveal` (CONTRACT §9). `charts`: the keys of the charts in its wording.
    `layout`: the measures of its sheet; the usual one is the grid of official letters (GB/T 9704).
    """

    name: str
    label: str
    clause: str
    context: type[BaseModel]
    issuers: tuple[str, ...]
    full_numbers: bool = False
    series: Series | None = None
    charts: tuple[str, ...] = ()
    layout: Layout = LETTER


PAPERS: tuple[Paper, ...] = (
    Paper("term-report", "开学返校情况摸排报告", "三.1", TermReport, ("school",)),
    Paper("monthly-report", "控辍保学工作月报", "一", MonthlyReport, ("school",), charts=("grades",)),
    Paper("zero-report", "控辍保学工作月报（零报告）", "一", ZeroReport, ("school",), charts=("grades",)),
)
PAPER_BY_NAME = {paper.name: paper for paper in PAPERS}
