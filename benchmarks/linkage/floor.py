"""Contestant: rows whose valid numbers are equal, nothing else. No linking can be cheaper, so it is the yardstick.

`python floor.py LISTS PAIRS`
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from cleaning import cleaned

CERTAIN = 30.0


def main(lists: Path, pairs: Path) -> None:
    """Write a pair for each equal valid number."""
    roster, register = (cleaned(lists, side, ("row", "valid_id")) for side in ("roster", "register"))
    joined = roster.rename({"row": "left"}).join(register.rename({"row": "right"}), on="valid_id")
    joined.select("left", "right", pl.lit(CERTAIN).alias("bits")).write_parquet(pairs)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
