"""The county's lists beside its roster as one: rows numbered on from list to list, each list linked by itself.

So what has to do with each other is found across lists as within one (`stretches`): a child on no roster is one
child however many lists name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from dropctl.policy.plan import Plan
from dropctl.policy.rules.roster_marks import MARK_COLUMNS
from dropctl.procedures.large_lists import ColumnList, born_in
from dropctl.reconcile.model.link import Model, link_frames
from dropctl.school_calendar import add_months, cohort_bounds, school_year
from dropctl.tables.raw import RawSheet

# In this order a child's rows stand. Of those with marks something is to be said although they are linked.
COUNTY_LISTS = (*MARK_COLUMNS, "household")


@dataclass(frozen=True, slots=True)
class BesideRoster:
    """The lists, and how many rows stand before each of them."""

    lists: tuple[ColumnList, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, lists: Mapping[str, ColumnList]) -> BesideRoster:
        """Return those of COUNTY_LISTS that are among `lists`."""
        mine = tuple(lists[kind] for kind in COUNTY_LISTS if kind in lists)
        before = [0]
        for one in mine:
            before.append(before[-1] + one.records)
        return cls(mine, tuple(before[:-1]))

    def rows(self, *, opening: date, as_of: date, plan: Plan) -> pl.DataFrame:
        """Return the rows of all lists as `ColumnList.rows`, with `list` (its place), `outside` (nobody of an age that
        is looked after, by stated birth date and number) and `always` (to be looked at although linked).
        """
        _, youngest = cohort_bounds(school_year(opening))
        # A day more: a birth date of 29 February is for the rule to judge.
        oldest = add_months(as_of, -12 * plan.value("watch_age")) - timedelta(days=1)
        dates = pl.col("born"), born_in(pl.col("number"))
        outside = [(day > youngest) | (day < oldest) for day in dates]
        parts = [
            one.rows().with_columns(
                pl.col("row") + before,
                pl.lit(place, dtype=pl.UInt8).alias("list"),
                (outside[0] & outside[1].fill_null(True)).fill_null(False).alias("outside"),
                pl.lit(one.kind in MARK_COLUMNS).alias("always"),
            )
            for place, (one, before) in enumerate(zip(self.lists, self.before, strict=True))
        ]
        return pl.concat(parts, rechunk=True)

    def links(self, roster: ColumnList, ours: pl.DataFrame, rows: pl.DataFrame, model: Model) -> pl.DataFrame:
        """Return the links of each list with the roster as `Linkage.links`, `right_row` numbered as `rows`.

        `ours`: the roster's rows as `ColumnList.rows`. A list's row that repeats number and name of an earlier one is
        left out, and nobody asks whether a child is somebody who is outside.
        """
        first = first_of_each(roster.compared(), ours)
        found = []
        for place, (one, before) in enumerate(zip(self.lists, self.before, strict=True)):
            mine = rows.filter(pl.col("list") == place).with_columns(pl.col("row") - before)
            links = link_frames(first, first_of_each(one.compared(), mine), model).links
            links = pl.concat([links, _by_number_only(ours, mine, links)], how="diagonal").sort("left_row", "right_row")
            found.append(links.with_columns(pl.col("right_row") + before))
        outside = rows.filter("outside")["row"]
        asked = (pl.col("decision") == "accepted") | ~pl.col("right_row").is_in(outside.implode())
        return pl.concat(found).filter(asked)

    def sheets(self, rows: pl.Series) -> Iterator[RawSheet]:
        """Yield the given rows as sheets with the files' headings, numbered as in each file."""
        for one, mine in self._parted(rows):
            yield from one.sheets(mine)

    def places(self, rows: pl.Series) -> pl.DataFrame:
        """Return `register`, `file` and `row` (in it) for each of the rows, in their order."""
        starts = pl.Series(self.before, dtype=pl.Int64)
        which = starts.search_sorted(rows.cast(pl.Int64), side="left") - 1
        numbered = pl.DataFrame({"place": which, "at": rows.cast(pl.Int64) - starts.gather(which)})
        numbered = numbered.with_row_index("order")
        parts = []
        for place, one in enumerate(self.lists):
            mine = numbered.filter(pl.col("place") == place)
            file, row = one.places(mine["at"])
            parts.append(mine.select("order", pl.lit(one.kind).alias("register"), file.alias("file"), row.alias("row")))
        return pl.concat(parts).sort("order").drop("order")

    def _parted(self, rows: pl.Series) -> Iterator[tuple[ColumnList, pl.Series]]:
        for one, before in zip(self.lists, self.before, strict=True):
            mine = rows.filter((rows > before) & (rows <= before + one.records)) - before
            if len(mine):
                yield one, mine


def _by_number_only(ours: pl.DataFrame, theirs: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return left_row, right_row, decision and reason of the pairs of equal numbers whose list row the matcher left to
    nobody: they are for a person (CONTRACT §1).

    It has better candidates for the pupil; that the row is another child with this number is not said by that.
    """
    left = ours.select(pl.col("row").alias("left_row"), "number").drop_nulls().unique("number", keep="first")
    rest = theirs.filter(~pl.col("row").is_in(links["right_row"].implode()))
    # A second row of the same name is the same child once more (`first_of_each`), not a pair.
    named = theirs.filter(pl.col("row").is_in(links["right_row"].implode())).select("number", "name")
    rest = rest.join(named, on=["number", "name"], how="anti", nulls_equal=True)
    pairs = rest.select(pl.col("row").alias("right_row"), "number").drop_nulls().join(left, on="number")
    return pairs.select(
        "left_row",
        "right_row",
        pl.lit("review").cast(links.schema["decision"]).alias("decision"),
        pl.lit("证件号有效且相同，但姓名、出生日期、性别不止一项不同").alias("reason"),
    )


def first_of_each(compared: pl.LazyFrame, rows: pl.DataFrame) -> pl.LazyFrame:
    """Return the rows but those that repeat number and name of an earlier one: the same child once more."""
    numbered = rows.select("row", "number", "name").drop_nulls().filter(pl.struct("number", "name").is_duplicated())
    again = numbered.filter(pl.col("row") != pl.col("row").min().over("number", "name"))["row"]
    return compared.filter(~pl.col("row").cast(pl.Int64).is_in(again.implode()))
