"""ID numbers as columns: whole frames of texts read at once, on integers, by the same rules as `identity`.

A valid number becomes its first 17 digits as an integer (the check digit adds nothing once verified). Any other
number of 15 to 19 characters becomes two integers with one hexadecimal digit per character, from the front and
from the back, on which slips are seen without touching text again. Nothing here compares two people.
"""

from __future__ import annotations

from calendar import monthrange
from functools import cache

import polars as pl

FIRST_YEAR, LAST_YEAR = 1900, 2100
SHORTEST, LONGEST = 15, 19
_LEAST, _MOST = 10**16, 10**17 - 1

_SPACES = r"[\s\x00-\x1f\x7f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+"
_QUOTES = "'\"`´‘’‚‛“”„′″「」="
_TIMES_AT_END = r"^([GLJ]?[0-9]{17})[×✕✖╳*Хх]"


def first17(text: pl.Expr) -> pl.Expr:
    """Return the first 17 characters as Int64, null where they are no digits."""
    return text.str.slice(0, 17).cast(pl.Int64, strict=False)


def key17(text: pl.Expr, digits: pl.Expr | None = None) -> pl.Expr:
    """Return the first 17 digits as Int64 where `text` is a valid 18-character number, else null.

    `digits`: `first17` as a column of its own; else it is read anew each time it is looked at, which takes twice as
    long.
    """
    digits = first17(text) if digits is None else digits
    last = pl.when(text.str.ends_with("X")).then(10).otherwise(text.str.slice(17).cast(pl.Int64, strict=False))
    fits = (text.str.len_bytes() == 18) & digits.is_between(_LEAST, _MOST) & (last == check_value(digits))
    return pl.when(fits & has_real_date(digits)).then(digits)


def keys17(texts: pl.Series) -> pl.Series:
    """Return `key17` of a whole column."""
    frame = texts.to_frame("text").with_columns(first17(pl.col("text")).alias("digits"))
    return frame.select(key17(pl.col("text"), pl.col("digits"))).to_series()


@cache
def _four_digits() -> pl.Series:
    """Return the weighted sums of the digits of 0000 to 9999 (UInt32).

    Weights of GB 11643 are powers of two: one table serves each group of four digits, times a power of two.
    """
    four = pl.int_range(10_000, dtype=pl.UInt32, eager=True)
    return sum((four // 10**place % 10 * 2**place for place in range(1, 4)), start=four % 10)


@cache
def _days() -> pl.Series:
    """Return for each MMDD from 0000 to 9999 whether it is a day (UInt8): 0 never, 1 always, 2 in leap years."""
    kinds = [0] * 10_000
    for month in range(1, 13):
        for day in range(1, monthrange(2000, month)[1] + 1):
            kinds[month * 100 + day] = 1
    kinds[229] = 2
    return pl.Series(kinds, dtype=pl.UInt8)


def check_value(digits: pl.Expr) -> pl.Expr:
    """Return the value of the check digit (10 stands for X) of 17 digits held in an Int64."""
    table = pl.lit(_four_digits())
    # Halves of 32 bits are divided three times as fast.
    front = (digits // 10**9).cast(pl.UInt32, strict=False)
    back = (digits % 10**9).cast(pl.UInt32, strict=False)
    groups = (
        (front // 10_000, 2**14), (front % 10_000, 2**10), (back // 100_000, 2**6), (back // 10 % 10_000, 2**2),
    )  # fmt: skip
    total = back % 10 * 2
    for four, weight in groups:
        total = total + table.gather(four) * weight
    return (12 - (total % 11).cast(pl.Int64)) % 11


def has_real_date(digits: pl.Expr) -> pl.Expr:
    """Return whether digits 7 to 14 of 17 are a day of the calendar between FIRST_YEAR and LAST_YEAR."""
    day = digits // 1000 % 100_000_000
    return is_real_day(day)


def is_real_day(day: pl.Expr) -> pl.Expr:
    """Return whether an integer YYYYMMDD is a day of the calendar."""
    year = (day // 10_000).cast(pl.UInt32, strict=False)
    kind = pl.lit(_days()).gather((day % 10_000).cast(pl.UInt32, strict=False))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return year.is_between(FIRST_YEAR, LAST_YEAR) & ((kind == 1) | ((kind == 2) & leap))


def tidied(texts: pl.Series) -> pl.Series:
    """Return the texts after the lossless repairs of `identity`: spaces, width, quotes, case, × for X, certificate,
    G number, 15 to 18 digits.
    """
    text = texts.str.replace_all(_SPACES, "").str.normalize("NFKC").str.strip_chars(_QUOTES).str.to_uppercase()
    text = text.str.replace(_TIMES_AT_END, "${1}X").str.replace(r"^([0-9]{15,})\.0+$", "${1}")
    bare = text.str.replace(r"^([0-9]{17}[0-9X])[1-7][1-4](?:B[0-9]+|[0-9])?$", "${1}")
    bare = bare.str.replace(r"^G([0-9]{17}[0-9X])$", "${1}")
    # A spreadsheet never leaves zeros inside a longer text: there they are a slip of the pen, not lost digits.
    zeros = (bare != text) & bare.str.ends_with("000")
    if not zeros.any():
        return bare
    slip = zeros & keys17(bare).is_null()
    return text.zip_with(slip, bare)


def settled(texts: pl.Series) -> pl.Series:
    """Return a whole column `tidied`; only the texts that are not plain already go through it."""
    places = (~texts.str.contains("^[0-9]{17}[0-9X]$")).fill_null(False).arg_true()
    if places.is_empty():
        return texts
    return texts.scatter(places, tidied(texts.gather(places)))


def from_fifteen(text: pl.Expr) -> pl.Expr:
    """Return the 17 digits (Int64) that a 15-digit number of the old kind stands for, null for anything else.

    A newer number cut short begins its date with 19 or 20 and stays unrepaired, as in `identity`.
    """
    old = text.str.contains(r"^[0-9]{15}$")
    digits = pl.when(old).then(text).cast(pl.Int64, strict=False)
    cut_short = (digits // 10**7 % 100).is_in([19, 20]) & is_real_day(digits // 10 % 10**8)
    longer = digits // 10**9 * 10**11 + 19 * 10**9 + digits % 10**9
    return pl.when(old & ~cut_short & has_real_date(longer)).then(longer)


def lost_digits(text: pl.Expr, key: pl.Expr) -> pl.Expr:
    """Return whether an 18-digit text without a valid number ends in 000, as a spreadsheet leaves it."""
    ending = key.is_null() & (text.str.len_bytes() == 18) & text.str.ends_with("000")
    cut = ending & pl.when(ending).then(text).str.contains(r"^[0-9]{18}$")
    return cut & is_real_day(pl.when(cut).then(text.str.slice(6, 8)).cast(pl.Int64)).fill_null(False)


def hexadecimal(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the first and the last 16 characters as UInt64, one hexadecimal digit per character (X is A).

    Null where the text is no number of 15 to 19 characters; a shorter one than 16 is filled with F on the far side.
    """
    plain = pl.when(text.str.contains(r"^[0-9]{14,18}[0-9X]$")).then(text.str.replace("X", "A", literal=True))
    return (
        plain.str.slice(0, 16).str.pad_end(16, "F").str.to_integer(base=16, dtype=pl.UInt64, strict=False),
        plain.str.slice(-16).str.pad_start(16, "F").str.to_integer(base=16, dtype=pl.UInt64, strict=False),
    )
