"""`dropctl --help` against `python -c "import typer"`: what the front door costs before any work is done."""

from __future__ import annotations

import sys
from pathlib import Path

from measure import Comparison, compare, dropctl_command, table

GOAL = 3.0


def measure(turns: int = 15) -> Comparison:
    """Return the comparison of whole processes."""
    return compare(
        "dropctl --help · import typer",
        [dropctl_command(), "--help"],
        [sys.executable, "-c", "import typer"],
        goal=GOAL,
        turns=turns,
        folder=Path.cwd(),
    )


if __name__ == "__main__":
    print(table([measure()]))
