"""All measurements in one table; ends with 1 when a goal is missed."""

from __future__ import annotations

import sys

import attendance_term
import notices
import read_table
import reconcile_school
import startup
from measure import table


def main() -> int:
    """Print the table; return 0 when every goal is reached."""
    comparisons = [
        startup.measure(),
        *read_table.measure(),
        reconcile_school.measure(),
        attendance_term.measure(),
        *notices.measure(),
    ]
    print(table(comparisons))
    return 0 if all(one.reached for one in comparisons) else 1


if __name__ == "__main__":
    sys.exit(main())
