"""From scores to decisions: the best candidate of each row, accepted only with a margin and never against a rule.

Two valid numbers that differ never link by themselves; whatever could be a twin goes to a person. The rules here
can only take an acceptance back, never give one.
"""

from __future__ import annotations

import math

import polars as pl

from dropctl.reconcile.model.levels import BIRTH, GUARDIAN, ID, NAME, SEX, VILLAGE, Comparison
from dropctl.reconcile.model.scoring import probability, total

# The model accepts from this probability on, when the next candidate of the same row is this many bits behind; a
# name that sounds the same with an equal birth date lets it be a little less sure.
ACCEPT, ACCEPT_NAMESAKE = 0.999, 0.99
MARGIN_BITS = 7.0
# Below this a pair is not worth a person's question.
REVIEW = 0.2
# Below this a pair is not even kept as rejected.
KEEP_BITS = -7.0
# Five candidates that are equally good are each too unlikely to be asked about.
_LATER_RANKS = range(2, 5)


def _at(comparison: Comparison, *names: str) -> pl.Expr:
    return pl.col(comparison.field).is_in([comparison.index(name) for name in names])


_SAME_NAME = _at(NAME, "equal", "former")
# What a pen or a keyboard makes of one name. Parents do not call two children so.
_MISSPELT = _at(NAME, "sound", "exchanged", "longer")
_READABLE = _at(NAME, "read")
_BORN_SAME_DAY = _at(BIRTH, "equal")
_SAME_NUMBER = _at(ID, "equal", "equal_but")
_ONE_SLIP = _at(ID, "same_text", "one_wrong", "one_left_out", "swapped")
_BOTH_VALID_DIFFER = _at(ID, "valid_near", "valid_born_together", "valid_differ")
_KIN_OR_PLACE = _at(GUARDIAN, "equal") | _at(VILLAGE, "equal")
# CONTRACT §1: an equal number links with one of name, birth date, sex different. A name that only resembles or
# differs altogether needs a birth date that agrees: else it is perhaps the number of a brother or sister.
_DIFFERENCES = (
    (~_SAME_NAME).cast(pl.UInt8) + _at(BIRTH, "part", "different").cast(pl.UInt8) + _at(SEX, "different").cast(pl.UInt8)
)
BY_NUMBER = _SAME_NUMBER & (_DIFFERENCES <= 1) & (_SAME_NAME | _MISSPELT | _BORN_SAME_DAY)
# What CONTRACT §1 calls an identity mismatch: fields that differ beside an equal number.
_DIFFERING = tuple(
    (one.label, _SAME_NUMBER & differs)
    for one, differs in (
        (NAME, ~_SAME_NAME & (pl.col(NAME.field) > 0)),
        (BIRTH, _at(BIRTH, "part", "different")),
        (SEX, _at(SEX, "different")),
    )
)
# Where valid numbers differ, birth date and family or village must agree; a number with a mistake in it speaks less.
# Beside a misspelt name that one needs the same, and two valid numbers of one area and birth date are two twins'.
_NOT_AGAINST = ~_BOTH_VALID_DIFFER | (_BORN_SAME_DAY & _KIN_OR_PLACE)
_NO_WORD_AGAINST = (
    _NOT_AGAINST & ~_at(ID, "valid_born_together") & (~_at(ID, "different") | (_BORN_SAME_DAY & _KIN_OR_PLACE))
)
# Digits a spreadsheet has lost prove no more than the front of the number: something else must agree.
_LOST_ALONE = _at(ID, "lost_15", "lost_14") & ~_BORN_SAME_DAY & ~_KIN_OR_PLACE
# Born on one day in one place, other names, each with a number of its own: twins, never a question.
TWINS = _at(NAME, "near", "surname", "different") & _at(ID, "valid_born_together")
# A twin or sibling never has an equal name, hardly ever one of the same sound; a name that only resembles needs a
# number that is the same but for one slip.
BY_MODEL = (
    ~_SAME_NUMBER
    & ~_LOST_ALONE
    & (
        (_SAME_NAME & (_NOT_AGAINST | _at(GUARDIAN, "equal")))
        | (_MISSPELT & _BORN_SAME_DAY & _NO_WORD_AGAINST)
        | (_MISSPELT & ~_at(BIRTH, "different") & _ONE_SLIP)
        | (_READABLE & _BORN_SAME_DAY & ~_BOTH_VALID_DIFFER & ~_at(ID, "different"))
        | (_at(NAME, "near") & _BORN_SAME_DAY & _ONE_SLIP)
    )
)


def chosen(
    scored: pl.DataFrame, *, alone_bits: float = 0.0, alone_number_bits: float = 0.0, again_bits: float = 0.0
) -> pl.DataFrame:
    """Return the pairs worth keeping with `decision` (accepted, review, rejected), `probability` and `rank`.

    `rank` is 1 for the best candidate of a right row. `scored` needs `left`, `right`, the levels, the bits of each
    field and `bits`; ties are broken by position. Sorted by right, rank. `alone_bits`: what it says for a pair that
    its left row has nobody else (else that child would be missing on the right); `alone_number_bits`: the same beside
    an equal number. `again_bits`: how much rarer it is that a left row which somebody else fits better is the child
    given twice.
    """
    namesake = _SAME_NAME & _BORN_SAME_DAY
    rival = namesake & ~_SAME_NUMBER
    # An equal number is always worth a look, however little else agrees (CONTRACT §1: two differences, review).
    frame = scored.filter((pl.col("bits") > KEEP_BITS) | _SAME_NUMBER).sort(
        "left", "bits", "right", descending=[False, True, False]
    )
    rivals = frame.filter(rival)
    frame = frame.with_columns(
        _best_other("left").alias("left_other"),
        (_among("left", rivals) | _among("right", rivals)).alias("has_namesake"),
    )
    # Somebody else of the right register fits the left row as well: this one is perhaps the sibling. Two rows with
    # the child's own name and birth date are the child given twice.
    alone = (pl.col("bits") - pl.col("left_other") >= MARGIN_BITS).fill_null(True)
    beaten = (pl.col("left_other") - pl.col("bits") >= MARGIN_BITS).fill_null(False)
    frame = frame.with_columns(alone.alias("alone"), beaten.alias("beaten"))
    lonely = pl.when(~pl.col("alone")).then(0.0).when(_SAME_NUMBER).then(alone_number_bits).otherwise(alone_bits)
    frame = frame.with_columns(pl.col("prior_bits") + lonely)
    frame = frame.with_columns(total().alias("bits"))
    frame = frame.sort("right", "bits", "left", descending=[False, True, False])
    place = pl.int_range(pl.len())
    frame = frame.with_columns(
        (place - _of_first(place, "right") + 1).cast(pl.UInt32).alias("rank"),
        _best_other("right").alias("right_other"),
        probability().alias("probability"),
    )
    best = pl.col("rank") == 1
    clear = (pl.col("bits") - pl.col("right_other") >= MARGIN_BITS).fill_null(True)
    likely = pl.col("probability")
    enough = (likely >= ACCEPT) | ((_SAME_NAME | _MISSPELT | _READABLE) & _BORN_SAME_DAY & (likely >= ACCEPT_NAMESAKE))
    given_twice = _SAME_NAME & (pl.col("bits") - again_bits >= math.log2(ACCEPT / (1 - ACCEPT)))
    alone, beaten = pl.col("alone"), pl.col("beaten")
    unbeaten = namesake | alone | (BY_NUMBER & ~beaten) | given_twice
    # Where one of the two rows has a candidate of its own name and birth date, another name is a twin's.
    unbeaten = unbeaten & (_SAME_NAME | ~pl.col("has_namesake"))
    # A name that only resembles may be the twin's beside a number written into the wrong row: if the model doubts it,
    # so do we.
    by_number = BY_NUMBER & (_SAME_NAME | _MISSPELT | (likely >= ACCEPT_NAMESAKE))
    accepted = best & clear & unbeaten & (by_number | (BY_MODEL & enough))
    near_best = pl.any_horizontal(_as_good(rank) for rank in _LATER_RANKS)
    review = (best | near_best) & ~TWINS & (likely >= REVIEW) & ~(beaten & (likely < 0.9))
    review = review | (best & _SAME_NUMBER & ~beaten)
    return frame.select(
        pl.exclude("left_other", "right_other", "has_namesake", "alone", "beaten"),
        pl.when(accepted)
        .then(pl.lit("accepted"))
        .when(review)
        .then(pl.lit("review"))
        .otherwise(pl.lit("rejected"))
        .alias("decision"),
    )


def differences() -> pl.Expr:
    """Return the fields that differ beside an equal number, joined by 、; null where none does or numbers differ."""
    said = [pl.when(differs).then(pl.lit(label)) for label, differs in _DIFFERING]
    return pl.concat_str(said, separator="、", ignore_nulls=True).replace("", None).alias("differences")


def _as_good(rank: int) -> pl.Expr:
    """Return whether a pair has this rank and is about as good as the first of its right row.

    From the third on only what equals the second: which of two equal rows is asked about must not hang on their order.
    """
    bits = pl.col("bits")
    equal = [bits == bits.shift(back) for back in range(1, rank - 1)]
    return pl.all_horizontal(pl.col("rank") == rank, bits.shift(rank - 1) - bits < MARGIN_BITS, *equal)


def _best_other(side: str) -> pl.Expr:
    """Return the bits of the best other pair of the same row, for a frame sorted by `side` and falling bits."""
    same, bits = pl.col(side), pl.col("bits")
    following = pl.when(same == same.shift(-1)).then(bits.shift(-1))
    return pl.when(same == same.shift(1)).then(_of_first(bits, side)).otherwise(following)


def _of_first(value: pl.Expr, side: str) -> pl.Expr:
    """Return `value` (never null) of the first pair of the same row, for a frame sorted by `side`."""
    # A window over groups would look for them anew, which takes five times as long.
    begins = (pl.col(side) != pl.col(side).shift(1)).fill_null(True)
    return pl.when(begins).then(value).forward_fill()


def _among(side: str, pairs: pl.DataFrame) -> pl.Expr:
    """Return whether the row of this side stands in one of `pairs`."""
    return pl.col(side).is_in(pairs[side].unique().implode())
