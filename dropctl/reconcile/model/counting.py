"""Weights adapted to the registers at hand, and the pool of pairs weighed with them.

Counting needs no truth: pairs that equal valid numbers decided show how often a field agrees on one child, the
groups of a register how often by chance. Only the ID levels are estimated, and how many rows have a partner at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from dropctl.reconcile.model.levels import BIRTH, ID, NAME, SEX, compared
from dropctl.reconcile.model.rivals import Standing
from dropctl.reconcile.model.scoring import company, scored, with_numbers
from dropctl.reconcile.model.weights import (
    PRIOR_PAIRS,
    Weights,
    blended_m,
    estimated_id,
    with_chance_of_equality,
    with_same_area,
)

# Decided pairs beyond this place are not counted: more would change no weight by a tenth of a bit.
COUNTED = 200_000
# Estimation of the ID levels needs a pool, not a handful.
_LEAST_POOL = 2_000
_EQUAL = 1
# The shipped share of rows with a partner weighs as much as this many rows.
_PRIOR_ROWS = 50
_MOST_MATCHED = 0.95


@dataclass(frozen=True, slots=True)
class Weighed:
    """The pool with bits per field, the weights that gave them, and what other candidates say."""

    pairs: pl.DataFrame
    weights: Weights
    standing: Standing


def adapted(
    weights: Weights, ours: pl.DataFrame, theirs: pl.DataFrame, sure: pl.DataFrame, doubtful: pl.DataFrame
) -> Weights:
    """Return the weights with m counted on the pairs that equal numbers decided and u on the groups of both sides.

    `sure`: place and place_right in the compact frames; `doubtful`: levels of pairs with equal numbers that disagree
    in something.
    """
    sample = sure.filter(pl.col("place") < COUNTED)
    share = 1.0 if ours.height <= COUNTED else COUNTED / ours.height
    # Two disagreements are no label: perhaps somebody else's number.
    single = doubtful.filter(
        pl.col("id").is_in([ID.index("equal"), ID.index("equal_but")])
        & ((pl.col("name") != NAME.index("equal")).cast(pl.UInt8)
           + (pl.col("birth") > _EQUAL).cast(pl.UInt8) + (pl.col("sex") > _EQUAL).cast(pl.UInt8) <= 1)
    )  # fmt: skip
    for one, column in ((NAME, "name"), (BIRTH, "birth"), (SEX, "sex")):
        seen = _per_level(single[column], len(one.levels))
        counts = [count * share for count in seen]
        stated = sample if column == "name" else _both_state(sample, ours, theirs, column)
        counts[_EQUAL] += stated.height
        weights = weights.with_field(column, blended_m(weights.fields[column], counts))
    for column in ("guardian", "village"):
        equal, different = _agreement(sample, ours, theirs, column)
        weights = weights.with_field(column, blended_m(weights.fields[column], [0, equal, different]))
    for column in ("birth", "guardian", "village"):
        chance = _chance(ours[column], theirs[column], sure.height, weights.fields[column].m[_EQUAL])
        old = weights.fields[column].u[0][_EQUAL]
        pairs = float(ours.height) * theirs.height
        trust = pairs / (pairs + PRIOR_PAIRS / max(old, 1e-9))
        mixed = trust * max(chance, old / 100) + (1 - trust) * old
        weights = weights.with_field(column, with_chance_of_equality(weights.fields[column], mixed))
    area = _same_area(ours["id"]) or weights.same_area
    return with_same_area(weights, area)


def with_listed_twice(weights: Weights, seen: int, decided: int, left_rows: int) -> Weights:
    """Return the weights with the share of children given twice as equal numbers show it.

    `seen`: second rows without a mistake beside `decided` pairs; a second row is as often without one as the first.
    """
    whole = decided * decided / max(left_rows, 1)
    return replace(weights, listed_twice=(seen + PRIOR_PAIRS * weights.listed_twice) / (whole + PRIOR_PAIRS))


def with_classes(weights: Weights, left: pl.DataFrame, right: pl.DataFrame) -> Weights:
    """Return the weights with the chance of one class as the classes of the undecided rows make it."""
    chance = _chance(left["class_key"], right["class_key"], 0, 0.0)
    return (
        weights
        if chance == 0
        else weights.with_field("class_key", with_chance_of_equality(weights.fields["class_key"], min(chance, 0.5)))
    )


def weighed(
    pool: pl.DataFrame, weights: Weights, *, left_rows: int, open_left: int, open_right: int, names: pl.Series
) -> Weighed:
    """Return the pool (levels per field) with bits: first with the shipped ID levels, then with estimated ones.

    `open_left`, `open_right`: rows that numbers left undecided; `names`: how often each pair's left name occurs.
    """
    matched = weights.matched
    first = scored(pool, weights, prior=_prior(matched, open_left), left_rows=left_rows, name_count=names)
    # Counted, not summed: a sum's last bit would depend on the order.
    partners = first.filter(pl.col("bits") > 0)["right"].n_unique() + _PRIOR_ROWS * matched
    matched = min(_MOST_MATCHED, partners / (open_right + _PRIOR_ROWS))
    if pool.height >= _LEAST_POOL:
        patterns = _patterns(first)
        weights = weights.with_field("id", estimated_id(weights.fields["id"], patterns))
    weights = replace(weights, matched=matched)
    prior = _prior(matched, open_left)
    pairs = with_numbers(first, weights, prior=prior, left_rows=left_rows)
    settled = min(_MOST_MATCHED, matched * open_right / max(open_left, 1))
    missing = 1 - settled
    # A number that stands on two right rows leaves its left row undecided whoever the two are: beside an equal number
    # it is the share of all left rows without a partner that counts, not that of the undecided ones.
    missing_of_all = max(missing * open_left, 0.5) / max(left_rows, open_left, 1)
    # The rows of children given twice are all among the undecided ones: two rows with one number decide nothing.
    twice = weights.listed_twice * max(left_rows, 1) / max(open_right, 1) / max(open_left, 1)
    again = math.log2(prior / min(twice, prior))
    return Weighed(pairs, weights, Standing(-math.log2(missing), -math.log2(missing_of_all), again))


def bearers(ours: pl.DataFrame) -> pl.DataFrame:
    """Return `name` (hash) and `count`: how many rows of the whole register bear each name."""
    return ours.group_by("name").len("count")


def name_counts(counts: pl.DataFrame, left: pl.DataFrame) -> pl.Series:
    """Return for each row of `left` (details) how many rows bear its name, by what `bearers` counted; at least 1."""
    joined = left.select("name").join(counts, on="name", how="left", maintain_order="left")
    return joined["count"].fill_null(1).cast(pl.Float64)


def levels_of(left: pl.DataFrame, right: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `pairs` (positions in both details) with levels per field."""
    return compared(left, right, pairs)


def _prior(matched: float, open_left: int) -> float:
    """Return the odds that a right row's partner is this left row rather than nobody."""
    return matched / (1 - matched) / max(open_left, 1)


def _patterns(pairs: pl.DataFrame) -> Sequence[tuple[int, int, float, int]]:
    rest = (pl.col("bits") - pl.col("id_bits")).round().clip(-40, 60)
    stated = pairs.filter(pl.col("id") > 0)
    groups = stated.group_by("id", company("id").alias("company"), rest.alias("rest")).len("count")
    return list(groups.sort("id", "company", "rest").iter_rows())


def _per_level(levels: pl.Series, count: int) -> list[float]:
    seen = levels.value_counts()
    found = dict(zip(seen[levels.name].to_list(), seen["count"].to_list(), strict=True))
    return [float(found.get(index, 0)) for index in range(count)]


def _same_area(numbers: pl.Series) -> float | None:
    """Return how often two of these numbers begin with the same area code; None with too few to say."""
    known = numbers.drop_nulls()
    if len(known) < _LEAST_POOL:
        return None
    counts = (known // 10**11).rename("area").value_counts(name="times")["times"].cast(pl.Float64).sort()
    return float((counts * counts).sum()) / float(len(known)) ** 2


def _both_state(sample: pl.DataFrame, ours: pl.DataFrame, theirs: pl.DataFrame, column: str) -> pl.DataFrame:
    known = ours[column].is_not_null().gather(sample["place"]) & theirs[column].is_not_null().gather(
        sample["place_right"]
    )
    return sample.filter(known)


def _agreement(sample: pl.DataFrame, ours: pl.DataFrame, theirs: pl.DataFrame, column: str) -> tuple[int, int]:
    same = ours[column].gather(sample["place"]) == theirs[column].gather(sample["place_right"])
    stated = same.drop_nulls()
    equal = int(stated.sum())
    return equal, len(stated) - equal


def _chance(left: pl.Series, right: pl.Series, linked: int, agreeing: float) -> float:
    """Return how often two rows that are not one child agree, by group counts of both sides."""
    ours, theirs = left.drop_nulls(), right.drop_nulls()
    if ours.is_empty() or theirs.is_empty():
        return 0.0
    one = ours.rename("value").value_counts(name="count").lazy()
    two = theirs.rename("value").value_counts(name="count").lazy()
    product = (pl.col("count").cast(pl.Int64) * pl.col("count_right").cast(pl.Int64)).sum()
    together = one.join(two, on="value").select(product).collect().item() or 0
    pairs = float(len(ours)) * len(theirs)
    return float(max(together - linked * agreeing, 0.0)) / pairs
