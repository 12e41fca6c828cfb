"""Contestant: what is done in Excel. VLOOKUP the number as typed; where that finds nothing, VLOOKUP the name.

A VLOOKUP gives the first row that fits and does not say that there are others.

`python vlookup.py LISTS PAIRS`
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

CERTAIN = 30.0


def main(lists: Path, pairs: Path) -> None:
    """Write at most one pair for each row of the register."""
    roster = pl.read_parquet(lists / "roster.parquet", columns=["row", "id_number", "name"])
    register = pl.read_parquet(lists / "register.parquet", columns=["row", "id_number", "name"])
    found = register.rename({"row": "right"})
    for column in ("id_number", "name"):
        first = roster.unique(column, keep="first", maintain_order=True).select(
            column, pl.col("row").alias(column + " at")
        )
        found = found.join(first, on=column, how="left")
    left = pl.coalesce("id_number at", "name at").alias("left")
    found.select(left, "right", pl.lit(CERTAIN).alias("bits")).drop_nulls("left").write_parquet(pairs)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
