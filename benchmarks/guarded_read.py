"""Read one spreadsheet as dropctl does, to sheets with true addresses in a guarded child, and nothing more."""

from __future__ import annotations

import sys
from pathlib import Path

from dropctl.errors import UnreadableFile
from dropctl.ingest.reading import start_reading


def read(path: Path) -> int:
    """Return the number of rows read; raises `UnreadableFile`."""
    rows = 0
    with start_reading([path]) as reading:
        for result in reading:
            if isinstance(result, UnreadableFile):
                raise result
            rows += sum(len(sheet.rows) for sheet in result.sheets)
    return rows


if __name__ == "__main__":
    print(read(Path(sys.argv[1])))
