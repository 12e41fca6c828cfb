"""How good the scored pairs of one contestant are, measured against the truth.

Both lists may leave children out and the register may hold a child twice, so every register row is judged by
itself: its best-scored candidate is the link, and the link is right when both rows are the same person.

`python score.py TRUTH PAIRS` prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

FIXED_BITS = 3.0


@dataclass(frozen=True, slots=True)
class Quality:
    """The links of one threshold: right ones, false ones, and how many there are to find."""

    bits: float
    right: int
    false: int
    to_find: int

    @property
    def precision(self) -> float:
        """Right links of all links."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """Right links of all that are to be found."""
        return self.right / self.to_find if self.to_find else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.right / (self.right + self.false + self.to_find) if self.to_find else 1.0


@dataclass(frozen=True, slots=True)
class KindQuality:
    """Register rows with one kind of damage on either side of the true pair, at the fixed threshold."""

    to_find: int
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Decided:
    """What a contestant that decides did: accepted without asking, and questions left to a person.

    `false_shown`: false links within a family that the registrar is told of, because a field differs beside an equal
    number (one of the lists is wrong, whoever the child is).
    """

    accepted: int
    precision: float
    recall: float
    false_twins: int
    false_siblings: int
    false_shown: int
    reviewed: int
    questions_per_100_rows: float


@dataclass(frozen=True, slots=True)
class Score:
    """All figures of one contestant; `kinds` by the name of the damage, `decided` None when it only scores."""

    fixed: Quality
    best: Quality
    false_twins: int
    false_siblings: int
    kinds: dict[str, KindQuality]
    decided: Decided | None


def score(pairs: pl.DataFrame, roster_truth: pl.DataFrame, register_truth: pl.DataFrame) -> Score:
    """Return the figures for `pairs` (left, right, bits, perhaps decision: rows of roster and register)."""
    judged = _judged(pairs, roster_truth, register_truth)
    rows = _rows(roster_truth, register_truth)
    to_find = int(rows["to_find"].sum())
    best = judged.sort("right", "bits", "left", descending=[False, True, False]).unique(
        "right", keep="first", maintain_order=True
    )
    linked = best.filter(pl.col("bits") >= FIXED_BITS)
    false = linked.filter(~pl.col("same"))
    return Score(
        fixed=_quality(linked, FIXED_BITS, to_find),
        best=_best_threshold(best, to_find),
        false_twins=_twins(false),
        false_siblings=_siblings(false),
        kinds=_kinds(linked, rows),
        decided=_decided(judged, rows, to_find) if "decision" in pairs.columns else None,
    )


def _judged(pairs: pl.DataFrame, roster_truth: pl.DataFrame, register_truth: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with `same` (the same person) and `family`, `twins` (of one household, both twins)."""
    left, right = (
        truth.select(pl.col("row").alias(side), "person", "household", "twin")
        for truth, side in ((roster_truth, "left"), (register_truth, "right"))
    )
    both = pairs.join(left, on="left", how="left").join(right, on="right", how="left", suffix=" right")
    if both.filter(pl.col("person").is_null() | pl.col("person right").is_null()).height:
        raise ValueError("a pair names a row that neither list has")
    family = pl.col("household") == pl.col("household right")
    return both.select(
        *pairs.columns,
        (pl.col("person") == pl.col("person right")).alias("same"),
        family.alias("family"),
        (family & pl.col("twin") & pl.col("twin right")).alias("twins"),
    )


def _rows(roster_truth: pl.DataFrame, register_truth: pl.DataFrame) -> pl.DataFrame:
    """Return each register row with `to_find` (its child is on the roster) and the damage on both sides."""
    there = roster_truth.select("person", pl.col("damage").alias("roster damage"))
    rows = register_truth.select(pl.col("row").alias("right"), "person", "damage").join(there, on="person", how="left")
    both = pl.concat_list(pl.col("damage").str.split("+"), pl.col("roster damage").fill_null("none").str.split("+"))
    return rows.select("right", pl.col("roster damage").is_not_null().alias("to_find"), both.alias("kinds"))


def _quality(links: pl.DataFrame, bits: float, to_find: int) -> Quality:
    right = int(links["same"].sum())
    return Quality(bits, right, links.height - right, to_find)


def _best_threshold(best: pl.DataFrame, to_find: int) -> Quality:
    """Return the figures at the threshold with the highest F1; ties go to the higher threshold."""
    steps = best.group_by("bits").agg(pl.col("same").sum().alias("right"), pl.len().alias("links"))
    steps = steps.sort("bits", descending=True).with_columns(pl.col("right", "links").cum_sum())
    f1 = 2 * pl.col("right") / (pl.col("links") + to_find)
    steps = steps.with_columns(f1.alias("f1")).sort("f1", "bits", descending=True)
    if steps.is_empty():
        return Quality(FIXED_BITS, 0, 0, to_find)
    bits, right, links, _ = steps.row(0)
    return Quality(bits, right, links - right, to_find)


def _kinds(linked: pl.DataFrame, rows: pl.DataFrame) -> dict[str, KindQuality]:
    """Return recall and precision per kind; `none` are the rows with no damage on either side."""
    joined = rows.join(linked.select("right", "same"), on="right", how="left")
    clean = pl.col("kinds").list.unique().list.len() == 1
    joined = joined.with_columns(
        pl.when(clean).then("kinds").otherwise(pl.col("kinds").list.set_difference(["none"])).list.unique()
    )
    figures = (
        joined.explode("kinds")
        .group_by("kinds")
        .agg(
            pl.col("to_find").sum(),
            (pl.col("to_find") & pl.col("same").fill_null(False)).sum().alias("found"),
            pl.col("same").sum().alias("right"),
            pl.col("same").is_not_null().sum().alias("links"),
        )
        .sort("kinds")
    )
    return {
        kind: KindQuality(to_find, found / to_find if to_find else 1.0, right / links if links else 1.0)
        for kind, to_find, found, right, links in figures.iter_rows()
    }


def _decided(judged: pl.DataFrame, rows: pl.DataFrame, to_find: int) -> Decided:
    accepted = judged.filter(pl.col("decision") == "accepted")
    review = judged.filter(pl.col("decision") == "review")
    quality, false = _quality(accepted, FIXED_BITS, to_find), accepted.filter(~pl.col("same"))
    return Decided(
        accepted=accepted.height,
        precision=quality.precision,
        recall=accepted.filter("same")["right"].n_unique() / to_find if to_find else 1.0,
        false_twins=_twins(false),
        false_siblings=_siblings(false),
        false_shown=false.filter(pl.col("family") & pl.col("shown")).height if "shown" in false.columns else 0,
        reviewed=review.height,
        questions_per_100_rows=100 * review.height / rows.height if rows.height else 0.0,
    )


def _twins(false: pl.DataFrame) -> int:
    return int(false["twins"].sum())


def _siblings(false: pl.DataFrame) -> int:
    return int(false["family"].sum()) - _twins(false)


def as_json(found: Score) -> dict[str, object]:
    """Return the score as plain values, with precision, recall and F1 beside the counts they come from."""
    plain = asdict(found)
    for name, quality in (("fixed", found.fixed), ("best", found.best)):
        plain[name] |= {"precision": quality.precision, "recall": quality.recall, "f1": quality.f1}
    return plain


def main(truth: Path, pairs: Path) -> None:
    """Print the score of the pairs file as JSON."""
    sides = (pl.read_parquet(truth / f"{side}.parquet") for side in ("roster", "register"))
    print(json.dumps(as_json(score(pl.read_parquet(pairs), *sides))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
