"""The pupils that nothing certain has linked, weighed by the model: from pupils to frames and back to pairs.

A school's lists state little, so classes and the villages inside addresses are made comparable here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from dropctl.identity import name_and_note
from dropctl.reconcile.model.levels import GUARDIAN, ID, NAME
from dropctl.reconcile.model.link import Model, Population, link_frames
from dropctl.reconcile.model.reasons import evidence as evidence_of
from dropctl.reconcile.model.traits import COLUMNS, Sounds
from dropctl.reconcile.people import Pupil

# Field, level, Chinese reason, bits; the bits of all add up to the score.
Evidence = tuple[tuple[str, str, str, float], ...]
# What is left over in a school is mostly children who are really on one list only; one pupil left on either side
# are not one child because nobody else is left.
_MATCHED, _FEWEST = 0.3, 10
_ADDRESSES = ("address", "household_registration")


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Positions in the two sequences of pupils, whether the model accepts the pair, and why."""

    left: int
    right: int
    accepted: bool
    probability: float
    reason: str
    evidence: Evidence


def likely_pairs(
    left: Sequence[Pupil], right: Sequence[Pupil], model: Model, *, by_class: bool, left_rows: int
) -> Iterator[LikelyPair]:
    """Yield the pairs worth saying, accepted or for a person, in the order of `left`, then `right`.

    `by_class`: classes are compared as well. `left_rows`: pupils of the whole left register.
    """
    if not left or not right:
        return
    villages = sorted({village for pupil in right if (village := pupil.lead.facts.get("village"))}, key=_longest_first)
    ours, theirs = _meeting(left, right, by_class, model.sounds)
    if not ours or not theirs:
        return
    whole = Population(left_rows, max(len(left), _FEWEST), len(right))
    model = replace(model, weights=replace(model.weights, matched=_MATCHED))
    found = link_frames(
        _frame(left, ours, by_class, villages), _frame(right, theirs, by_class, ()), model, whole=whole
    ).evidence
    for row in found.iter_rows(named=True):
        evidence = tuple(evidence_of(row))
        if _coincidence(evidence):
            continue
        notes = [
            f"“{name}”" for name in (left[row["left_row"]].lead.name, right[row["right_row"]].lead.name) if _noted(name)
        ]
        yield LikelyPair(
            row["left_row"],
            row["right_row"],
            row["decision"] == "accepted" and not notes,
            row["probability"],
            row["reason"] + (f"；姓名带附注（{'、'.join(notes)}），附注说明什么要请人看" if notes else ""),
            evidence,
        )


def _bare(name: str | None) -> str | None:
    """Return the name without a note in brackets: 王芳(大), 王芳(转走)."""
    return None if name is None else name_and_note(name)[0]


def _noted(name: str | None) -> bool:
    """Say whether a note stands beside the name; it may say which of two, or that the child is gone."""
    return name is not None and name_and_note(name)[1] is not None


def _coincidence(evidence: Evidence) -> bool:
    """Say whether a birth date, a sex and a village are all that two children share.

    In one village a few are always born on one day. Nobody is lost: whoever is on no roster is listed as such.
    """
    levels = {label: level for label, level, _, _ in evidence}
    return (levels[NAME.label], levels[GUARDIAN.label], levels[ID.label]) == ("different", "different", "null")


def _meeting(
    left: Sequence[Pupil], right: Sequence[Pupil], by_class: bool, sounds: Sounds
) -> tuple[list[int], list[int]]:
    """Return the positions of the pupils that share any key with somebody on the other side, in order.

    Most have nobody there who resembles them, and a frame costs more than this does.
    """
    ours, theirs = ([_keys(pupil, sounds, by_class) for pupil in side] for side in (left, right))
    common = set().union(*ours) & set().union(*theirs)
    return tuple([at for at, keys in enumerate(side) if keys & common] for side in (ours, theirs))  # type: ignore[return-value]  # two sides


def _keys(pupil: Pupil, sounds: Sounds, by_class: bool) -> set[tuple[object, ...]]:
    """Return what a pupil can be met by: sound of the name, birth date, parts of the number, the class."""
    lead = pupil.lead
    number = lead.id_number or lead.id_text or ""
    parts = (("front", number[:14]), ("back", number[-12:]), ("ends", number[:6] + number[-4:]))
    found: list[tuple[object, ...]] = [
        ("sound", sounds.said(_bare(lead.name))), ("birth", lead.known_birth), *parts,
    ]  # fmt: skip
    if by_class:
        found.append(("class", lead.class_name and (lead.school, lead.grade, lead.class_name)))
    return {key for key in found if key[1]}


def _frame(pupils: Sequence[Pupil], places: Sequence[int], by_class: bool, villages: Sequence[str]) -> pl.DataFrame:
    rows = []
    for index in places:
        lead = pupils[index].lead
        village = lead.facts.get("village")
        if village is None and villages:
            written = "".join(str(lead.facts.get(key) or "") for key in _ADDRESSES)
            village = next((name for name in villages if name in written), None)
        place = "|".join((lead.school or "", lead.grade or "", lead.class_name)) if lead.class_name else None
        rows.append((
            index, _bare(lead.name), lead.former_name, lead.sex, lead.birth, lead.id_number or lead.id_text or None,
            lead.enrollment_number, lead.guardian, village, place if by_class else None,
        ))  # fmt: skip
    return pl.DataFrame(rows, schema={"row": pl.Int64(), **COLUMNS}, orient="row")


def _longest_first(name: str) -> tuple[int, str]:
    return -len(name), name
