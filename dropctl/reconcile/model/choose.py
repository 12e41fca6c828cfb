"""From scores to decisions: the best candidate of each row, accepted only with a margin and never against a rule.

Two valid numbers that differ never link by themselves; whatever could be a twin goes to a person. Which patterns may
link at all stands in `patterns`.
"""

from __future__ import annotations

import math

import polars as pl

from dropctl.reconcile.model.patterns import (
    BORN_SAME_DAY,
    BY_MODEL,
    BY_NUMBER,
    MISSPELT,
    READABLE,
    SAME_NAME,
    SAME_NUMBER,
    SLIP_NO_TWIN_MAKES,
    TWINS,
)
from dropctl.reconcile.model.rivals import MARGIN_BITS, NOTHING_SAID, Standing, best_other, of_first, with_rivals
from dropctl.reconcile.model.scoring import probability

# The model accepts from this probability on, when the next candidate of the same row is MARGIN_BITS behind; a
# name that sounds the same with an equal birth date lets it be a little less sure.
ACCEPT, ACCEPT_NAMESAKE = 0.999, 0.99
# Below this a pair is not worth a person's question.
REVIEW = 0.2
# Below this a pair is not even kept as rejected.
KEEP_BITS = -7.0
# From five equally good candidates on each is too unlikely to be asked about by itself; together they may be likely,
# and then all of them are asked about, up to so many.
_LATER_RANKS = range(2, 5)
_CROWD = 5
_LARGEST_CROWD = 12
_WORDS = ("right_other", "has_namesake", "numbered_by_slip", "alone", "beaten")


def chosen(scored: pl.DataFrame, standing: Standing = NOTHING_SAID) -> pl.DataFrame:
    """Return the pairs worth keeping with `decision` (accepted, review, rejected), `probability` and `rank`.

    `rank` is 1 for the best candidate of a right row. `scored` needs `left`, `right`, the levels, the bits of each
    field and `bits`; ties are broken by position. Sorted by right, rank. `standing`: what the other candidates of a
    left row say.
    """
    # An equal number is always worth a look, however little else agrees (CONTRACT §1: two differences, review).
    frame = with_rivals(scored.filter((pl.col("bits") > KEEP_BITS) | SAME_NUMBER), standing)
    frame = frame.sort("right", "bits", "left", descending=[False, True, False])
    place = pl.int_range(pl.len())
    frame = frame.with_columns(
        (place - of_first(place, "right") + 1).cast(pl.UInt32).alias("rank"),
        best_other("right").alias("right_other"),
        probability().alias("probability"),
    )
    asked = _asked() | _in_crowd(frame)
    decision = pl.when(_accepted()).then(pl.lit("accepted")).when(asked).then(pl.lit("review"))
    return frame.select(pl.exclude(_WORDS), decision.otherwise(pl.lit("rejected")).alias("decision"))


def _accepted() -> pl.Expr:
    likely, bits = pl.col("probability"), pl.col("bits")
    clear = (bits - pl.col("right_other") >= MARGIN_BITS).fill_null(True)
    # Somebody else of the right register fits the left row as well: this one is perhaps the sibling. Two rows with
    # the child's own name and birth date are the child given twice.
    given_twice = SAME_NAME & (bits >= math.log2(ACCEPT / (1 - ACCEPT)))
    unbeaten = (SAME_NAME & BORN_SAME_DAY) | pl.col("alone") | (BY_NUMBER & ~pl.col("beaten")) | given_twice
    # Where one of the two rows has a candidate of its own name and birth date, another name is a twin's.
    unbeaten = unbeaten & (SAME_NAME | ~pl.col("has_namesake"))
    known = SAME_NAME | MISSPELT | READABLE
    # A name that only resembles may be the twin's beside a number written into the wrong row: if the model doubts it,
    # so do we.
    by_number = BY_NUMBER & (known | (likely >= ACCEPT_NAMESAKE))
    enough = (likely >= ACCEPT) | ((known | SLIP_NO_TWIN_MAKES) & BORN_SAME_DAY & (likely >= ACCEPT_NAMESAKE))
    by_model = BY_MODEL & enough & ~pl.col("numbered_by_slip")
    return (pl.col("rank") == 1) & clear & unbeaten & (by_number | by_model)


def _asked() -> pl.Expr:
    likely, best, beaten = pl.col("probability"), pl.col("rank") == 1, pl.col("beaten")
    near_best = pl.any_horizontal(_as_good(rank) for rank in _LATER_RANKS)
    worth_it = (best | near_best) & ~TWINS & (likely >= REVIEW) & ~(beaten & (likely < 0.9))
    return worth_it | (best & SAME_NUMBER & ~beaten)


def _in_crowd(frame: pl.DataFrame) -> pl.Expr:
    """Return whether a pair is one of many equally good ones of its right row that are likely only together."""
    best = pl.col("bits") == of_first(pl.col("bits"), "right")
    crowded = frame.filter(_as_good(_CROWD) & best)["right"]
    if crowded.is_empty():
        return pl.lit(False)
    crowds = (
        frame.filter(best & pl.col("right").is_in(crowded.implode()))
        .group_by("right")
        .agg(pl.len().alias("many"), pl.col("probability").sum().alias("together"))
        .filter((pl.col("many") <= _LARGEST_CROWD) & (pl.col("together") >= REVIEW))
    )
    return pl.col("right").is_in(crowds["right"].implode()) & best & ~TWINS


def _as_good(rank: int) -> pl.Expr:
    """Return whether a pair has this rank and is about as good as the first of its right row.

    From the third on only what equals the second: which of two equal rows is asked about must not hang on their order.
    """
    bits = pl.col("bits")
    equal = [bits == bits.shift(back) for back in range(1, rank - 1)]
    return pl.all_horizontal(pl.col("rank") == rank, bits.shift(rank - 1) - bits < MARGIN_BITS, *equal)
