"""Who links the two lists of an invented county best, and at what cost: one command, one page of tables.

`python benchmarks/linkage/run.py --rows 100000 --seed 1 --model unseen`

Every contestant is a process of its own that reads the same two Parquet files and writes scored pairs. This process
stays small on purpose: Linux counts the peak memory of the process that starts another one into the other's, so
the lists are made, and the pairs judged, in processes of their own as well.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(HERE.parent))

from measure import Run, run_once  # noqa: E402
from tables import page  # noqa: E402

# Kept apart from the project's own environment: see the extra `linkage` and `make bench-linkage`.
OPPONENTS_PYTHON = ROOT / ".venv-linkage" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A script that takes the folder of the lists and the file to write, then `arguments`.

    `needs`: a package of the extra; `most_rows`: above this it is left out, because it would take hours.
    """

    script: str
    arguments: tuple[str, ...] = ()
    needs: str | None = None
    most_rows: int | None = None


CONTESTANTS = {
    "floor": Contestant("floor.py"),
    "vlookup": Contestant("vlookup.py"),
    "ours": Contestant("ours.py"),
    "splink-levenshtein": Contestant("opponent_splink.py", ("levenshtein",), needs="splink"),
    "splink-damerau": Contestant("opponent_splink.py", ("damerau",), needs="splink"),
    "recordlinkage": Contestant("opponent_recordlinkage.py", needs="recordlinkage", most_rows=200_000),
}


def main() -> int:
    """Make the lists, run the contestants, print the tables; return 0."""
    options = _options()
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
        print(measured(options, options.keep))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        print(measured(options, Path(temporary)))
    return 0


def measured(options: argparse.Namespace, folder: Path) -> str:
    """Return the page of tables; lists, pairs and results lie in `folder` and are used again when they are there."""
    wanted = [str(options.rows), str(options.seed), options.model]
    marker = folder / "lists.json"
    if not marker.exists() or json.loads(marker.read_text()) != wanted:
        for stale in folder.glob("*.json"):
            stale.unlink()
        make = [sys.executable, str(HERE / "lists.py"), "--out", str(folder)]
        for name, value in zip(("rows", "seed", "model"), wanted, strict=True):
            make += [f"--{name}", value]
        subprocess.run(make, check=True)
        marker.write_text(json.dumps(wanted))
    results = {}
    for name in options.contestants:
        kept = folder / f"{name}.json"
        if kept.exists() and name not in options.again:
            results[name] = json.loads(kept.read_text()) | {"kept": True}
            continue
        result = contest(name, CONTESTANTS[name], folder, options)
        if isinstance(result, str):
            print(f"{name}: {result}", file=sys.stderr)
            continue
        kept.write_text(json.dumps(result))
        results[name] = result
    return page(results, rows=options.rows, seed=options.seed, model=options.model)


def contest(name: str, contestant: Contestant, folder: Path, options: argparse.Namespace) -> dict[str, Any] | str:
    """Return seconds, megabytes and score of one contestant, or in words why it did not take part."""
    if contestant.most_rows is not None and options.rows > contestant.most_rows:
        return f"left out above {contestant.most_rows} rows"
    python = sys.executable
    if contestant.needs is not None:
        python = str(options.opponents_python)
        if not _has(python, contestant.needs):
            return f"left out, {contestant.needs} is not installed (make bench-linkage installs it)"
    pairs = folder / f"{name}.parquet"
    command = [python, str(HERE / contestant.script), str(folder / "lists"), str(pairs), *contestant.arguments]
    runs: list[Run] = [run_once(command, HERE) for _ in range(options.turns)]
    judge = [sys.executable, str(HERE / "score.py"), str(folder / "truth"), str(pairs)]
    judged = subprocess.run(judge, check=True, capture_output=True, text=True)
    return {
        "seconds": statistics.median(run.seconds for run in runs),
        "processor": statistics.median(run.processor for run in runs),
        "megabytes": max(run.megabytes for run in runs),
        "score": json.loads(judged.stdout),
    }


def _has(python: str, package: str) -> bool:
    if not Path(python).exists():
        return False
    look = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
    return subprocess.run([python, "-c", look], check=False).returncode == 0


def _names(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in CONTESTANTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {', '.join(CONTESTANTS)}")
    return names


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="children of the county, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", choices=("seen", "unseen"), default="unseen", help="damage model")
    parser.add_argument("--contestants", type=_names, default=list(CONTESTANTS), help="comma-separated")
    parser.add_argument("--turns", type=int, default=1, help="runs of each contestant; seconds are their median")
    parser.add_argument("--keep", type=Path, help="folder for lists, pairs and results, used again when it has them")
    parser.add_argument("--again", type=_names, default=[], help="contestants to run anew although --keep has them")
    parser.add_argument(
        "--opponents-python",
        type=Path,
        default=OPPONENTS_PYTHON if OPPONENTS_PYTHON.exists() else Path(sys.executable),
        help="interpreter that has the extra `linkage`",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
