"""`dropctl reconcile --json` on a school of 5,000 against a bare read of the same files."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Comparison, compare, dropctl_command, table

GOAL = 5.0
PUPILS = 5000
HERE = Path(__file__).resolve().parent
OPENING, AS_OF = "2025-09-01", "2025-09-03"


def make_school(folder: Path, pupils: int) -> Path:
    """Return the folder with the input files of an invented school of `pupils`, made under `folder`."""
    script = HERE.parent / "sample_data" / "make.py"
    subprocess.run([sys.executable, str(script), "--pupils", str(pupils), "--out", str(folder)], check=True)
    school = folder / "school"
    return school if school.is_dir() else folder


def measure(turns: int = 9, pupils: int = PUPILS) -> Comparison:
    """Return the comparison of whole processes, workbook and Parquet files written by ours."""
    with tempfile.TemporaryDirectory() as temporary:
        school = make_school(Path(temporary) / "made", pupils)
        out = Path(temporary) / "out"
        ours = [dropctl_command(), "reconcile", str(school), "--json", "--opening", OPENING, "--as-of", AS_OF]
        return compare(
            f"reconcile, {pupils} pupils · bare python-calamine read",
            [*ours, "--out", str(out)],
            [sys.executable, str(HERE / "bare_read.py"), str(school)],
            goal=GOAL,
            turns=turns,
            folder=Path(temporary),
        )


if __name__ == "__main__":
    print(table([measure()]))
