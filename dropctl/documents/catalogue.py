"""Every paper there is: its name, who may issue it, whether full numbers may stand on it (CONTRACT §9)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from dropctl.documents.term_report import TermReport


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. `name` is that of its wording under `templates/`; `issuers`: school, county."""

    name: str
    label: str
    clause: str
    context: type[BaseModel]
    issuers: tuple[str, ...]
    full_numbers: bool = False


PAPERS: tuple[Paper, ...] = (Paper("term-report", "开学返校情况摸排报告", "三.1", TermReport, ("school",)),)
PAPER_BY_NAME = {paper.name: paper for paper in PAPERS}
