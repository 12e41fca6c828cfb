"""What the workspace read of one register, as of a day: the rows of its latest snapshot, and since when they say so."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import TYPE_CHECKING

from dropctl.workspace import Workspace

if TYPE_CHECKING:
    from dropctl.reconcile.people import Person
    from dropctl.workspace.snapshots import Run

# polars and what stands on it are loaded late: many workspaces never read the register that is asked for.


def _runs(workspace: Workspace, kind: str, as_of: date) -> list[Run]:
    return [run for run in workspace.snapshots().runs if run.as_of <= as_of and kind in run.registers]


def last_read(workspace: Workspace, kind: str, as_of: date) -> tuple[list[Person], date | None]:
    """Return the rows of register `kind` as last read up to `as_of`, and as of which day; none and None without any."""
    runs = _runs(workspace, kind, as_of)
    if not runs:
        return [], None
    from dropctl.reconcile.people import people

    return people(runs[-1].frame(kind), kind), runs[-1].as_of


def rosters_saying(workspace: Workspace, statuses: Collection[str], as_of: date) -> Iterator[tuple[date, list[Person]]]:
    """Yield (as of which day, its rows with one of `statuses`) for every roster read up to `as_of`, the latest first.

    Each is read only when it is asked for. A roster carried on from an earlier run says what it said then.
    """
    import polars as pl

    from dropctl.reconcile.people import people

    for run in reversed(_runs(workspace, "enrollment", as_of)):
        frame = run.frame("enrollment")
        if "status" in frame.columns:
            yield run.as_of, people(frame.filter(pl.col("status").is_in(list(statuses))), "enrollment")
