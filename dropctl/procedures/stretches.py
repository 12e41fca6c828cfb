"""Which rows of two large registers are looked at closely, and which of them together.

Rows that are settled as columns are left out. Rows that have to do with each other (linked, one number, one name and
birth date) always come in one stretch, so that what is found does not depend on how long a stretch is.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import polars as pl

from dropctl.reconcile.links import MODEL

_CERTAIN = (pl.col("decision") == "accepted") & (pl.col("tier") != MODEL)


def stretches(
    ours: pl.DataFrame, theirs: pl.DataFrame, links: pl.DataFrame, at_once: int
) -> Iterator[tuple[pl.Series, pl.Series]]:
    """Yield left and right rows (Int64, sorted), about `at_once` of each side together.

    `ours`: as `ColumnList.rows`, `theirs`: as `BesideRoster.rows`, both numbered from 1 without gaps; `links`: as
    `Linkage.links`.
    """
    settled = links.filter(_CERTAIN & pl.col("differences").is_null())["right_row"]
    left_shared = [_shared(_numbers(ours), ("number",)), _shared(ours, ("enrollment_number",))]
    # A child without a number is one with whoever is on no roster either and has its name and birth date.
    located = links.filter(_CERTAIN)["right_row"]
    strays = theirs.filter(~pl.col("row").is_in(located.implode()))
    unnumbered = strays.filter(pl.col("number").is_null()).select("name", "born").drop_nulls()
    right_shared = [
        _shared(_numbers(theirs), ("number",)),
        _shared(strays.join(unnumbered, on=["name", "born"], how="semi"), ("name", "born")),
    ]
    found = pl.col("row").is_in(settled.implode()) & ~pl.col("always")
    nobody = pl.col("outside") & ~pl.col("row").is_in(links["right_row"].implode())
    quiet = pl.col("quiet") & (found | nobody)
    # A number that one list gives twice is looked at; that two lists name one child is what they are for.
    repeated = _shared(theirs, ("list", "number"))["row"]
    open_right = theirs.filter(pl.col("named") & (~quiet | pl.col("row").is_in(repeated.implode())))["row"]
    asked = links.filter(pl.col("right_row").is_in(open_right.implode()))
    more = [asked["left_row"], _first(left_shared)]
    loud = pl.col("named") & ~pl.col("quiet")
    open_left = ours.filter(loud | pl.any_horizontal(pl.col("row").is_in(one.implode()) for one in more))["row"]

    groups = _Groups(ours.height, theirs.height)
    for frame in left_shared:
        groups.join(zip(frame["row"], frame["first"], strict=True))
    for frame in right_shared:
        frame = frame.filter(pl.col("row").is_in(open_right.implode()))
        groups.join((ours.height + one, ours.height + two) for one, two in frame.select("row", "first").iter_rows())
    groups.join((one, ours.height + two) for one, two in asked.select("left_row", "right_row").iter_rows())

    rows = pl.concat(
        [
            pl.DataFrame({"row": open_left, "group": groups.of(open_left)}).with_columns(left=True),
            pl.DataFrame({"row": open_right, "group": groups.of(open_right + ours.height)}).with_columns(left=False),
        ]
    ).sort("group", "left", "row")
    turn = (pl.col("at").min().over("group") // (2 * at_once)).alias("turn")
    for part in rows.with_row_index("at").with_columns(turn).partition_by("turn", maintain_order=True):
        yield tuple(part.filter(pl.col("left") == side)["row"].sort() for side in (True, False))  # type: ignore[misc]  # two sides


def _numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Return row and number, for each number of a row and the one inside its enrollment or certificate number."""
    inside = rows.select("row", pl.col("inside").alias("number"))
    return pl.concat([rows.select("row", "number"), inside]).unique()


def _shared(rows: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return row and first of the rows that share all `keys` with another one; `first` is the first of them."""
    stated = rows.select("row", *keys).drop_nulls().filter(pl.struct(keys).is_duplicated())
    return stated.select("row", pl.col("row").min().over(*keys).alias("first"))


def _first(frames: Iterable[pl.DataFrame]) -> pl.Series:
    return pl.concat([frame["row"] for frame in frames])


class _Groups:
    """Which rows belong together: left ones by their number, right ones behind them."""

    def __init__(self, left: int, right: int) -> None:
        self._parent = array("q", range(left + right + 1))

    def join(self, pairs: Iterable[tuple[int, int]]) -> None:
        for one, two in pairs:
            first, second = sorted((self._root(one), self._root(two)))
            self._parent[second] = first

    def of(self, rows: pl.Series) -> pl.Series:
        """Return the group of each row."""
        return pl.Series([self._root(row) for row in rows.to_list()], dtype=pl.Int64)

    def _root(self, row: int) -> int:
        parent = self._parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row
