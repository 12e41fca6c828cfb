"""A link between the pupils of two registers: what was decided, by which tier, and why (CONTRACT §1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from dropctl.reconcile.decisions import Decision, Identity, Registers
from dropctl.reconcile.likely import Evidence
from dropctl.reconcile.people import Person, Pupil, by_key
from dropctl.tables.frames import frame_of
from dropctl.vocabulary import register_label

MODEL = "model"
# Lists of the county: a link of the model to them sets marks and hints, nobody has to answer it. On lists that say who
# is there it is a question, because a child waits for the answer.
_HINTING = frozenset({"poverty", "disability", "household", "previous"})
_NAMED = 3
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
    def waits(self) -> bool:
        """Whether a person's answer would settle it: undecided, or accepted by the model, which settles nothing."""
        return self.decision == "review" or (self.decision == "accepted" and self.tier == MODEL)

    @property
    def is_suggestion(self) -> bool:
        """Whether a person may look at it and need not: accepted by the model, on a list of the county."""
        return self.waits and self.decision == "accepted" and self.right.lead.register in _HINTING

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


def with_others_named(links: Sequence[Link]) -> list[Link]:
    """Return the links; where a row of an undecided pair may be somebody else as well, the reason says who."""
    of_left, of_right = (by_key((one for one in links if one.waits), key) for key in (_left, _right))
    return [
        replace(link, reason="；".join([link.reason, *said]))
        if link.waits and (said := [*_others(link.right, link, of_right), *_others(link.left, link, of_left)])
        else link
        for link in links
    ]


def _left(link: Link) -> int:
    return id(link.left)


def _right(link: Link) -> int:
    return id(link.right)


def _others(pupil: Pupil, link: Link, undecided: Mapping[int, Sequence[Link]]) -> Iterator[str]:
    """Yield, in one sentence if any, whom else than in `link` the undecided pairs take `pupil` for."""
    rivals = [one.left if pupil is one.right else one.right for one in undecided[id(pupil)] if one is not link]
    # Of namesakes nobody has weighed, the reason says already that there are several.
    alike = {one.lead.name for one in (*rivals, link.left, link.right)}
    if not rivals or (len(alike) == 1 and not link.evidence):
        return
    names = [
        f"“{other.lead.name or '无姓名'}”（{other.lead.class_name or f'第{other.lead.row}行'}）" for other in rivals
    ]
    more = f"等{len(names)}人" if len(names) > _NAMED else ""
    ours, theirs = (register_label(one.lead.register) for one in (pupil, rivals[0]))
    yield f"{ours}的“{pupil.lead.name or '无姓名'}”也可能是{theirs}的{'、'.join(names[:_NAMED])}{more}，几对要一起判断"


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
