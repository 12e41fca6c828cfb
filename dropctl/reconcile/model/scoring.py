"""The score of a pair: its fields' weights and the prior, in bits, kept apart so that they can be shown adding up.

Evidence of name and birth date is read in company: among children of one guardian and village an equal surname or
birth date says little (siblings, twins); so does an equal front of the ID number among children born on one day.
"""

from __future__ import annotations

import math

import polars as pl

from dropctl.reconcile.model.levels import BIRTH, COMPARISONS, GUARDIAN, ID, NAME, OTHER_NAMES, VILLAGE
from dropctl.reconcile.model.weights import Weights, bits_of

_NAME_EQUAL = NAME.index("equal")
_GUARDIAN, _VILLAGE = pl.col("guardian") == GUARDIAN.index("equal"), pl.col("village") == VILLAGE.index("equal")
FAMILY = _GUARDIAN & _VILLAGE
BORN_TOGETHER = pl.col("birth") == BIRTH.index("equal")
# Twins of a household that moved: one guardian and one birth date, whatever the lists say of the village.
RELATED = _GUARDIAN & (_VILLAGE | BORN_TOGETHER)
# Twins whose lists name different guardians, and other children of the village born that day.
NEIGHBOURS = BORN_TOGETHER & _VILLAGE & ~RELATED
# The children of one school are neighbours, too, when nothing is said of their villages.
SCHOOLMATES = BORN_TOGETHER & (pl.col("village") <= VILLAGE.index("equal")) & ~RELATED
_ONE_PLACE = 3_000
_AT_ONCE = 500_000
COMPANIES = ("name", "birth", "id")


def company(field: str, near: pl.Expr = NEIGHBOURS) -> pl.Expr:
    """Return the column of u in which a pair is judged.

    Name: outside, in a family, twins, neighbours born on one day. Birth date: outside, in a family. ID number: outside,
    born on one day, in a family, twins, neighbours born on one day.
    """
    if field == "birth":
        return FAMILY.cast(pl.UInt32)
    family, born = RELATED.cast(pl.UInt32), BORN_TOGETHER.cast(pl.UInt32)
    return (family * (1 + born) if field == "name" else born + 2 * family) + 3 * near.cast(pl.UInt32)


RIVAL_COLUMNS = ("standing_bits", "namesake_bits")
WEIGHT_COLUMNS = tuple(f"{one.field}_bits" for one in COMPARISONS)


def scored(
    pairs: pl.DataFrame, weights: Weights, *, prior: float, left_rows: int, name_count: pl.Series
) -> pl.DataFrame:
    """Return `pairs` with bits per field (`name_bits` …), `prior_bits`, RIVAL_COLUMNS and their sum `bits`.

    RIVAL_COLUMNS are nought: what the other pairs of its rows say of a pair is for `rivals`.

    `prior`: the odds, before any evidence, that a right row's partner is a given left row rather than nobody.
    `left_rows`: rows of the whole left register, among which `name_count` (one per pair) bear the left row's name.
    """
    counted = pairs.with_columns(name_count.alias("name_count"))
    # Columns of a few megabytes stay in the processor's cache from one step to the next.
    parts = [_scored(part, weights, prior, left_rows) for part in counted.iter_slices(_AT_ONCE)]
    return pl.concat(parts, rechunk=True) if parts else _scored(counted, weights, prior, left_rows)


def with_numbers(pairs: pl.DataFrame, weights: Weights, *, prior: float, left_rows: int) -> pl.DataFrame:
    """Return scored `pairs` by other weights of the ID number and another prior; all else stays as it was weighed."""
    near = _near(left_rows)
    columns = (_field_bits("id", weights, near), pl.lit(math.log2(prior)).alias("prior_bits"))
    parts = [part.with_columns(columns).with_columns(total().alias("bits")) for part in pairs.iter_slices(_AT_ONCE)]
    return pl.concat(parts, rechunk=True) if parts else pairs


def _near(left_rows: int) -> pl.Expr:
    return SCHOOLMATES if left_rows <= _ONE_PLACE else NEIGHBOURS


def _scored(pairs: pl.DataFrame, weights: Weights, prior: float, left_rows: int) -> pl.DataFrame:
    near = _near(left_rows)
    columns = [_field_bits(one.field, weights, near) for one in COMPARISONS]
    frame = pairs.with_columns(columns)
    # A common name agrees more often by chance than an average one.
    chance = (pl.col("name_count") - 1 + weights.names * weights.name_chance) / (left_rows + weights.names)
    by_frequency = math.log2(max(weights.fields["name"].m[_NAME_EQUAL], 1e-9)) - chance.log(2)
    name_bits = (
        pl.when((pl.col("name") == _NAME_EQUAL) & ~FAMILY & ~near).then(by_frequency).otherwise(pl.col("name_bits"))
    )
    # Guardian and village agree together for every sibling, far more often than by independent chance.
    guardian, village = weights.fields["guardian"], weights.fields["village"]
    equal = 1
    together = max(weights.siblings / max(left_rows, 1), guardian.u[0][equal] * village.u[0][equal])
    joint = math.log2(guardian.m[equal] * village.m[equal] / together) - village.bits()[equal]
    guardian_bits = pl.when(FAMILY).then(joint).otherwise(pl.col("guardian_bits"))
    # That level says already that name and birth date are another child's: what remains is which other name it is.
    another = pl.col("id") == ID.index("equal_but")
    frame = frame.with_columns(
        pl.when(another)
        .then(pl.col("name_bits") - _renamed_bits(weights, near))
        .otherwise(name_bits)
        .alias("name_bits"),
        pl.when(another).then(0.0).otherwise(pl.col("birth_bits")).alias("birth_bits"),
        guardian_bits.alias("guardian_bits"),
    )
    nothing = (pl.lit(0.0).alias(column) for column in RIVAL_COLUMNS)
    frame = frame.with_columns(pl.lit(math.log2(prior)).alias("prior_bits"), *nothing)
    return frame.drop("name_count").with_columns(total().alias("bits"))


def _renamed_bits(weights: Weights, near: pl.Expr) -> pl.Expr:
    """Return, by company, what it says that two names are neither equal, nor former, nor misspelt."""
    name = weights.fields["name"]
    levels = [NAME.index(level) for level in OTHER_NAMES]
    same = sum(name.m[level] for level in levels)
    table = [bits_of(same, sum(u[level] for level in levels)) for u in name.u]
    return pl.lit(pl.Series(table, dtype=pl.Float64)).gather(company("name", near))


def total() -> pl.Expr:
    """Return the sum of the prior, the rivals' and the fields' bits, added in a fixed order."""
    whole = pl.col("prior_bits")
    for column in RIVAL_COLUMNS:
        whole = whole + pl.col(column)
    for column in WEIGHT_COLUMNS:
        whole = whole + pl.col(column)
    return whole


def probability() -> pl.Expr:
    """Return how likely a pair is one child, the other candidates of its right row and nobody being the alternatives.

    For frames sorted by `right`: each row's alternatives are added in the frame's order.
    """
    odds = pl.lit(2.0).pow(pl.col("bits").clip(-60, 60))
    return odds / (1 + odds.sum().over("right"))


def _field_bits(field: str, weights: Weights, near: pl.Expr) -> pl.Expr:
    one = weights.fields[field]
    table = [bits for company in range(len(one.u)) for bits in one.bits(company)]
    place = pl.col(field).cast(pl.UInt32)
    if len(one.u) > 1:
        place = place + company(field, near) * len(one.m)
    return pl.lit(pl.Series(table, dtype=pl.Float64)).gather(place).alias(f"{field}_bits")
