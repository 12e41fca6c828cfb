"""The lists made ready for the contestants that do not clean for themselves; the time it takes is theirs.

What a careful analyst does in Polars before linking: names without spaces and with one separator, numbers in plain
digits, a number that fails its check digit replaced by the one inside the enrollment number if there is one, and
nothing in place of what is no number at all (3.49901E+17, starred out).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

COLUMNS = ("row", "name", "former_name", "sex", "id_number", "birth_date", "guardian", "village")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WIDE = {chr(ord(sign) + 0xFEE0): sign for sign in "0123456789X"}


def cleaned(lists: Path, side: str, columns: tuple[str, ...] = COLUMNS) -> pl.DataFrame:
    """Return one list with `columns`: texts tidied, `id_number` null when it is no number of 15 to 19 characters.

    `valid_id` is the number where its check digit is right.
    """
    frame = pl.scan_parquet(lists / f"{side}.parquet")
    number = _number("id_number")
    inside = _number("enrollment_number").str.strip_prefix("G")
    return (
        frame.with_columns(_name("name"), _name("former_name"), number.alias("id_number"), inside.alias("inside"))
        .with_columns(
            pl.when(~_valid("id_number") & _valid("inside")).then("inside").otherwise("id_number").alias("id")
        )
        .with_columns(pl.col("id").fill_null(pl.col("inside")).alias("id_number"))
        .with_columns(pl.when(_valid("id_number")).then("id_number").alias("valid_id"))
        .select(columns)
        .collect()
    )


def _name(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(r"\s", "").str.replace_all("[.•．‧]", "·")


def _number(column: str) -> pl.Expr:
    plain = pl.col(column).str.replace_many(_WIDE).str.replace_all(r"[\s']", "").str.to_uppercase()
    return pl.when(plain.str.contains("^G?[0-9]{14,18}[0-9X]$")).then(plain)


def _valid(column: str) -> pl.Expr:
    """Return whether the text is 17 digits and the right check digit."""
    text = pl.col(column)
    first = text.str.slice(0, 17).cast(pl.Int64, strict=False)
    total = sum((first // 10 ** (16 - place) % 10 * weight for place, weight in enumerate(_WEIGHTS)), pl.lit(0))
    check = (total % 11).replace_strict(dict(enumerate("10X98765432")), return_dtype=pl.String)
    return (text.str.contains("^[0-9]{17}[0-9X]$") & (text.str.slice(17) == check)).fill_null(False)


__all__ = ["COLUMNS", "cleaned"]
