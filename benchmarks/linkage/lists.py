"""Write the two lists of an invented county as Parquet files, and the truth where no contestant looks.

`python lists.py --rows 100000 --seed 1 --model unseen --out DIR`
"""

from __future__ import annotations

import argparse
from pathlib import Path

from damage import MODELS, county


def main() -> None:
    """Write `lists/roster.parquet` and `lists/register.parquet`, `truth/…` likewise, under the folder given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--model", choices=sorted(MODELS), required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    made = county(options.rows, options.seed, MODELS[options.model])
    for folder, roster, register in (
        ("lists", made.roster, made.register),
        ("truth", made.roster_truth, made.register_truth),
    ):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
        roster.write_parquet(options.out / folder / "roster.parquet")
        register.write_parquet(options.out / folder / "register.parquet")


if __name__ == "__main__":
    main()
