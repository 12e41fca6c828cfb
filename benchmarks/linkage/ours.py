"""Contestant: dropctl's own matcher.

`python ours.py LISTS PAIRS`
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

import dropctl
from dropctl.reconcile.model.link import Model, link_frames

# Bits of what an equal number decided: it was not weighed.
CERTAIN = 60.0
_DATA = Path(dropctl.__file__).parent / "reconcile" / "data"


def decided_pairs(roster: pl.LazyFrame, register: pl.LazyFrame) -> pl.DataFrame:
    """Return left, right, bits, decision and shown (a field differs beside an equal number: the registrar is told)
    of every pair worth keeping, the best rejected ones among them.
    """
    model = Model.parse(*((_DATA / name).read_text("utf-8") for name in ("weights.toml", "pinyin.txt")))
    links = link_frames(roster, register, model, keep_rejected=True).links
    return links.select(
        pl.col("left_row").alias("left"),
        pl.col("right_row").alias("right"),
        pl.col("bits").fill_null(CERTAIN).alias("bits"),
        pl.col("decision").cast(pl.String).alias("decision"),
        pl.col("differences").is_not_null().alias("shown"),
    )


if __name__ == "__main__":
    decided_pairs(*(pl.scan_parquet(f"{sys.argv[1]}/{side}.parquet") for side in ("roster", "register"))).write_parquet(
        sys.argv[2]
    )
