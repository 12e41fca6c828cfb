"""A link between the pupils of two registers: what was decided, by which tier, and why (CONTRACT §1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from dropctl.reconcile.decisions import Decision, Identity, Registers
from dropctl.reconcile.likely import Evidence
from dropctl.reconcile.people import Person, Pupil
from dropctl.tables.frames import frame_of

MODEL = "model"
LINK_SCHEMA: dict[str, pl.DataType] = {
    "link_id": pl.String(),
    "left_register": pl.String(),
    "left_file": pl.String(),
    "left_sheet": pl.String(),
    "left_row": pl.Int64(),
    "right_register": pl.String(),
    "right_file": pl.String(),
    "right_sheet": pl.String(),
    "right_row": pl.Int64(),
    "decision": pl.String(),
    "tier": pl.String(),
    "probability": pl.Float64(),
    "reason": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Link:
    """Two pupils of two registers, what was decided about them, by which tier, and why in Chinese.

    `differences`: the stated fields that differ although the link is accepted (they become identity_mismatch).
    `earlier`: what a person decided about the two, whether it still holds or not; `about`: the registers and both
    children as a decision would know them, filled in for pairs that people decide (`review`).
    `probability` and `evidence` (field, level, Chinese reason, bits) only where the model weighed the pair.
    """

    left: Pupil
    right: Pupil
    decision: str
    tier: str | None
    reason: str
    differences: tuple[str, ...] = ()
    earlier: Decision | None = None
    about: tuple[Registers, Identity, Identity] | None = None
    probability: float | None = None
    evidence: Evidence = ()

    @property
    def certain(self) -> bool:
        """Whether the two are certainly one child; what the model accepts leaves both to be confirmed (CONTRACT §1)."""
        return self.decision == "accepted" and self.tier != MODEL

    @property
    def link_id(self) -> str:
        """`M-` and ten characters made from where the two rows stand; no identity goes into it."""
        text = f"({_place_text(self.left.lead)}, {_place_text(self.right.lead)})"
        return "M-" + hashlib.sha256(text.encode()).hexdigest()[:10].upper()


def _place_text(person: Person) -> str:
    """Return where a row stands in one text, as `repr(person.place)`."""
    return f"({_sheet_text(*person.place[:3])}, {person.row})"


@lru_cache(maxsize=256)
def _sheet_text(register: str, file: str, sheet: str | None) -> str:
    return repr((register, file, sheet))[1:-1]


def links_frame(links: Sequence[Link]) -> pl.DataFrame:
    """Return the links as a frame of LINK_SCHEMA, sorted by place."""
    rows = (
        (link.link_id, *link.left.lead.place, *link.right.lead.place, link.decision, link.tier, link.probability,
         link.reason)
        for link in links
    )  # fmt: skip
    return frame_of(rows, LINK_SCHEMA).sort(*list(LINK_SCHEMA)[1:9], nulls_last=True, maintain_order=True)


def per_cent(probability: float) -> str:
    """Return a probability in per cent, never rounded up to certainty."""
    return f"{min(int(probability * 10_000) / 100, 99.99):g}%"
