"""Contestant: recordlinkage (pandas), set up as its documentation advises: block indexes, string similarities, an
unsupervised expectation-maximisation classifier on the agreements.

`python opponent_recordlinkage.py LISTS PAIRS`
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import recordlinkage
from cleaning import cleaned

BLOCKING = (
    ["id_number"],
    ["name", "birth_date"],
    ["name", "guardian"],
    ["name", "village"],
    ["birth_date", "guardian"],
    ["birth_date", "village"],
)
SIMILAR = 0.8


def main(lists: Path, pairs: Path) -> None:
    """Write every blocked pair with its weight in bits."""
    roster, register = (cleaned(lists, side).to_pandas().set_index("row") for side in ("roster", "register"))
    index = recordlinkage.Index()
    for columns in BLOCKING:
        index.block(left_on=columns, right_on=columns)
    candidates = index.index(roster, register)
    candidates = candidates[~candidates.duplicated()]
    compare = recordlinkage.Compare()
    compare.string("name", "name", method="levenshtein", threshold=0.6, label="name")
    compare.string("id_number", "id_number", method="damerau_levenshtein", threshold=SIMILAR, label="id_number")
    for column in ("birth_date", "sex", "guardian", "village"):
        compare.exact(column, column, label=column)
    agreements = compare.compute(candidates, roster, register)
    classifier = recordlinkage.ECMClassifier(binarize=None)
    classifier.fit(agreements)
    chance = classifier.prob(agreements).clip(1e-15, 1 - 1e-15)
    bits = pd.Series(np.log2(chance / (1 - chance)), index=agreements.index)
    left, right = (agreements.index.get_level_values(level) for level in (0, 1))
    written = {"left": left.to_numpy(), "right": right.to_numpy(), "bits": bits.to_numpy()}
    pl.DataFrame(written).write_parquet(pairs)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
