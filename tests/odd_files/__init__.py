"""Odd files and what must come of each: the right values, a due word about them, or a refusal that names the place.

Each is made when it is needed (`making.py`); none is kept. `ALL` is what tests/test_odd_files.py reads.
"""

from __future__ import annotations

from odd_files import others, packages, texts
from odd_files.case import Case

ALL: tuple[Case, ...] = (*packages.CASES, *others.CASES, *texts.CASES)

__all__ = ["ALL", "Case"]
