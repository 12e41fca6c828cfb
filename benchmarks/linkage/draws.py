"""Random draws that are plain functions of (seed, what is drawn, which row): no state, no order, no library's
generator that changes with its version. The same seed gives the same county on any number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import polars as pl

_STEP = 0x9E3779B97F4A7C15
_MIX = ((2**30, 0xBF58476D1CE4E5B9), (2**27, 0x94D049BB133111EB), (2**31, None))


class Draws:
    """Draws for one seed. `rows` are the numbers (Int64 or UInt64 Series) of the rows that draw."""

    def __init__(self, seed: int | str, *purpose: str) -> None:
        self._seed = "/".join((str(seed), *purpose))

    def of(self, purpose: str) -> Draws:
        """Return draws that have nothing to do with these."""
        return Draws(self._seed, purpose)

    def bits(self, what: str, rows: pl.Series) -> pl.Series:
        """Return 64 random bits per row (SplitMix64 of the row number, keyed by seed and `what`)."""
        key = int.from_bytes(blake2b(f"{self._seed}/{what}".encode(), digest_size=8).digest())
        state = rows.cast(pl.UInt64) * _word(_STEP) + _word(key)
        for divisor, factor in _MIX:
            state = pl.select(state ^ (state // _word(divisor))).to_series()
            if factor is not None:
                state = state * _word(factor)
        return state

    def uniform(self, what: str, rows: pl.Series) -> pl.Series:
        """Return a number in [0, 1) per row."""
        return (self.bits(what, rows) // _word(2**11)).cast(pl.Float64) * 2.0**-53

    def below(self, what: str, rows: pl.Series, limit: int) -> pl.Series:
        """Return a whole number from 0 to `limit` - 1 per row, as Int64."""
        return (self.bits(what, rows) % _word(limit)).cast(pl.Int64)

    def chance(self, what: str, rows: pl.Series, probability: float) -> pl.Series:
        """Return True for about this share of the rows."""
        return self.uniform(what, rows) < probability

    def pick(self, what: str, rows: pl.Series, weights: Sequence[float]) -> pl.Series:
        """Return an index into `weights` per row, each as often as its weight says."""
        return place(self.uniform(what, rows), weights)


def place(uniform: pl.Series, weights: Sequence[float]) -> pl.Series:
    """Return for each number in [0, 1) the index of the weight whose share of the whole it falls in."""
    whole = sum(weights)
    shares = pl.Series(weights, dtype=pl.Float64).cum_sum() / whole
    found = shares.search_sorted(uniform, side="right").cast(pl.Int64)
    return found.clip(0, len(weights) - 1)


def _word(value: int) -> pl.Series:
    return pl.Series([value], dtype=pl.UInt64)


__all__ = ["Draws", "place"]
