"""What the other pairs of its two rows say about a pair, in bits: nobody else fits, somebody else fits better.

Three things are told here. A left row that nobody else resembles would be missing on the right, were this row another
child. A left row that somebody else fits better could only be a child given twice. And a right row that bears exactly
the name of another candidate is hardly this child's: a brother's or twin's number in the wrong row is what one sees.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dropctl.reconcile.model.patterns import BORN_SAME_DAY, MISSPELT, READABLE, SAME_NAME, SAME_NUMBER
from dropctl.reconcile.model.scoring import total

# A candidate this many bits behind another is no rival to it.
MARGIN_BITS = 7.0
# What it takes to make of one name, by a slip, just that of another child who fits: one of some 2,000 characters and
# more where the whole given name is another, one of some ten where the two sound the same. What cannot be read may
# stand for that name only where two children of a family are called alike.
_TO_THAT_NAME, _TO_THAT_NAME_MISSPELT = 16.0, 8.0
# Most rows are undecided because their number does not fit; a child given twice is so although it does. Counted on the
# damage model `seen`: by this much more than the sum of the evidence says is a second row with the child's number the
# child.
_NUMBER_KEPT_BITS = 5.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What it says, in bits, how a left row stands with its other candidates.

    `alone`: it has nobody else (else that child would be missing on the right); `alone_number`: the same beside an
    equal number. `again`: how much rarer it is that a left row which somebody else fits better is the child given
    twice.
    """

    alone: float
    alone_number: float
    again: float


NOTHING_SAID = Standing(0.0, 0.0, 0.0)


def with_rivals(scored: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """Return the pairs with what their rivals say, in bits (`namesake_bits`, `standing_bits`) and for rules.

    `alone`, `beaten`: no other right row fits the left one as well, one fits it better. `has_namesake`: either row has
    a candidate of its own name and birth date with another number. `numbered_by_slip`: the right row has a candidate
    with its own number whose name it perhaps only misspells.
    """
    frame = _less_of_namesakes(scored).sort("left", "bits", "right", descending=[False, True, False])
    namesakes = frame.filter(SAME_NAME & BORN_SAME_DAY & ~SAME_NUMBER)
    bits, other = pl.col("bits"), best_other("left")
    frame = frame.with_columns(
        (bits - other >= MARGIN_BITS).fill_null(True).alias("alone"),
        (other - bits >= MARGIN_BITS).fill_null(False).alias("beaten"),
        (_among("left", namesakes) | _among("right", namesakes)).alias("has_namesake"),
        _among("right", frame.filter(SAME_NUMBER & (MISSPELT | READABLE))).alias("numbered_by_slip"),
    )
    again_number = max(standing.again - _NUMBER_KEPT_BITS, 0.0)
    beaten = pl.when(SAME_NUMBER).then(-again_number).otherwise(-standing.again)
    alone = pl.when(SAME_NUMBER).then(standing.alone_number).otherwise(standing.alone)
    said = pl.when("beaten").then(beaten).when("alone").then(alone).otherwise(0.0)
    return frame.with_columns(said.alias("standing_bits")).with_columns(total().alias("bits"))


def _less_of_namesakes(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with `namesake_bits`: less for another name where the right row bears a candidate's exactly.

    If it were this child after all, a slip would have made just that name of this one's, and the other child would fit
    by chance: the less likely of the two is what it takes.
    """
    fit = pl.col("bits") - pl.col("id_bits")
    named = frame.filter(SAME_NAME).group_by("right").agg(fit.max().alias("fit"))
    slip = pl.when(MISSPELT).then(_TO_THAT_NAME_MISSPELT).otherwise(_TO_THAT_NAME)
    less = pl.min_horizontal(pl.col("fit").fill_null(0.0).clip(0), slip)
    return (
        frame.join(named, on="right", how="left", maintain_order="left")
        .with_columns(pl.when(SAME_NAME).then(0.0).otherwise(-less).alias("namesake_bits"))
        .drop("fit")
        .with_columns(total().alias("bits"))
    )


def best_other(side: str) -> pl.Expr:
    """Return the bits of the best other pair of the same row, for a frame sorted by `side` and falling bits."""
    same, bits = pl.col(side), pl.col("bits")
    following = pl.when(same == same.shift(-1)).then(bits.shift(-1))
    return pl.when(same == same.shift(1)).then(of_first(bits, side)).otherwise(following)


def of_first(value: pl.Expr, side: str) -> pl.Expr:
    """Return `value` (never null) of the first pair of the same row, for a frame sorted by `side`."""
    # A window over groups would look for them anew, which takes five times as long.
    begins = (pl.col(side) != pl.col(side).shift(1)).fill_null(True)
    return pl.when(begins).then(value).forward_fill()


def _among(side: str, pairs: pl.DataFrame) -> pl.Expr:
    """Return whether the row of this side stands in one of `pairs`."""
    return pl.col(side).is_in(pairs[side].unique().implode())
