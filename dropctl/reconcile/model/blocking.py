"""Blocking rules: which pairs are looked at at all. Each is an equality join, so that no pair is ever enumerated.

A rule is a small object: the columns that must be equal on both sides, and whether an unusable ID number on one
side is its condition. Nulls never meet. The rules together must reach every damaged pair by some way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from dropctl.reconcile.model.traits import one_number

_HEX = 16


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Pairs whose `columns` are equal; `unusable_id`: only where at least one side has no valid number; `once`: only
    what stands once among the rows of either side.
    """

    name: str
    columns: tuple[str, ...]
    unusable_id: bool = False
    once: bool = False


# Two of the three parts of an ID number (area, birth date, tail), from the front and from the back, so that a
# dropped or doubled digit moves only one of them. A county has few area codes, so two of them want the surname, too.
ID_RULES = (
    BlockingRule("证件号前14位、姓", ("first14", "surname"), unusable_id=True),
    BlockingRule("证件号后12位", ("last12",), unusable_id=True),
    BlockingRule("证件号前6位和后4位、姓", ("first6_last4", "surname"), unusable_id=True),
)
# For registers of a county: every key is selective, the number of pairs grows with the rows. Equal names sound equal.
COUNTY_RULES = (
    BlockingRule("同音姓名、出生日期", ("sound", "birth")),
    BlockingRule("同音姓名、监护人", ("sound", "guardian")),
    BlockingRule("同音姓名、村", ("sound", "village")),
    BlockingRule("出生日期、监护人", ("birth", "guardian")),
    BlockingRule("出生日期、村", ("birth", "village")),
    BlockingRule("监护人、村", ("guardian", "village")),
    BlockingRule("一侧各只有一人的姓名", ("name",), once=True),
    *ID_RULES,
)
# For one school's lists, which may state nothing but names: few rows, so wider keys.
SCHOOL_RULES = (
    BlockingRule("同音姓名", ("sound",)),
    BlockingRule("出生日期", ("birth",)),
    BlockingRule("班级", ("class_key",)),
    *ID_RULES,
)

# Wide keys are affordable up to this many possible pairs.
_FEW = 25_000_000


def rules_for(left: pl.DataFrame, right: pl.DataFrame) -> tuple[BlockingRule, ...]:
    """Return the wide rules for rows of one school's lists, the selective ones for a county's."""
    return SCHOOL_RULES if left.height * right.height <= _FEW else COUNTY_RULES


def candidate_pairs(left: pl.DataFrame, right: pl.DataFrame, rules: Sequence[BlockingRule]) -> pl.DataFrame:
    """Return the pairs any rule proposes, each once: left and right (UInt32, positions in the two frames)."""
    ours, theirs = _keyed(left, "left"), _keyed(right, "right")
    found = []
    for rule in rules:
        sides = [(ours, theirs)]
        if rule.unusable_id:
            usable = pl.col("id").is_not_null()
            sides = [(ours, theirs.filter(~usable)), (ours.filter(~usable), theirs.filter(usable))]
        for one, two in sides:
            first = one.select("left", key_of(rule.columns)).drop_nulls()
            second = two.select("right", key_of(rule.columns)).drop_nulls()
            if rule.once:
                first, second = (side.filter(pl.col("key").is_unique()) for side in (first, second))
            found.append(first.join(second, on="key").select("left", "right"))
    return packed_pairs(found)


def key_of(columns: Sequence[str]) -> pl.Expr:
    """Return the columns as one number: joined in half the time of two columns."""
    return one_number(*(pl.col(column) for column in columns)).alias("key")


def packed_pairs(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the pairs of several frames, each once, sorted by left and right."""
    # One integer per pair is unique faster than two columns are.
    pairs = pl.concat(found, rechunk=True)
    packed = pairs.select(pl.col("left").cast(pl.UInt64) * 2**32 + pl.col("right")).to_series().unique().sort()
    return pl.DataFrame({"left": (packed // 2**32).cast(pl.UInt32), "right": (packed % 2**32).cast(pl.UInt32)})


def _keyed(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    head, tail = pl.col("id_head"), pl.col("id_tail")
    return frame.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(side),
        "name", "sound", "birth", "guardian", "village", "class_key", "id",
        pl.col("c0").alias("surname"),
        (head // _HEX**2).alias("first14"),
        (tail % _HEX**12).alias("last12"),
        (head // _HEX**10 * _HEX**4 + tail % _HEX**4).alias("first6_last4"),
    )  # fmt: skip
