"""Write the two lists of an invented county as Parquet files, and the truth where no contestant looks.

`python lists.py --rows 100000 --seed 1 --model unseen --out DIR`
"""

from __future__ import annotations

import argparse
from pathlib import Path

from damage import MODELS, one_list
from population import children


def main() -> None:
    """Write `lists/roster.parquet` and `lists/register.parquet`, `truth/…` likewise, under the folder given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--model", choices=sorted(MODELS), required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    people = children(options.rows, options.seed)
    for side in ("roster", "register"):  # one after the other: ten million rows of both take twice the memory
        rows, truth = one_list(people, side, MODELS[options.model], options.seed)
        for folder, frame in (("lists", rows), ("truth", truth)):
            (options.out / folder).mkdir(parents=True, exist_ok=True)
            frame.write_parquet(options.out / folder / f"{side}.parquet")


if __name__ == "__main__":
    main()
