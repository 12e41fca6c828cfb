"""The marks of all absence lists of one call, kept lean while they are read: a county's term has half a million.

What many marks share is kept once: the stretch (a column of a grid, a day of a log row) and what is said in a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from dropctl.registers.absence import ABSENCE
from dropctl.tables.spec import Columns

_DERIVED = ("day", "part", "state", "raw", "reason", "form", "column", "in_range")
_EPOCH = date(1970, 1, 1)


class Marks:
    """Collects the rows of the sheets and the marks in them; `frame` makes them one frame of `ABSENCE.schema()`."""

    def __init__(self) -> None:
        self._sheets: list[Columns] = []
        self._rows = 0
        self._form = ""
        self._offset = 0
        self._base: list[int] = []
        self._code: list[int] = []
        self._codes: dict[tuple[str, str | None, str | None], int] = {}
        self._stretches: list[tuple[int, int | None, str, str | None, str, bool]] = []

    def begin(self, data: Columns, form: str) -> None:
        """Take the rows of the next sheet (`log` or `grid`); the marks added from now on stand in them."""
        self._offset, self._form = self._rows, form
        self._sheets.append(data)
        self._rows += len(data["row"])

    def code(self, state: str, reason: str | None, raw: str | None) -> int:
        """Return the number that stands for what a cell says."""
        return self._codes.setdefault((state, reason, raw), len(self._codes))

    def add(
        self,
        rows: Sequence[int],
        codes: Sequence[int],
        day: date | None,
        *,
        part: str = "whole",
        column: str | None = None,
        in_range: bool = False,
    ) -> None:
        """Add one mark for each of `rows` (places in the sheet's data), all of one day and column."""
        if not rows:
            return
        offset = self._offset
        self._base += [offset + row for row in rows]
        self._code += codes
        number = None if day is None else (day - _EPOCH).days
        self._stretches.append((len(rows), number, part, column, self._form, in_range))

    def frame(self) -> pl.DataFrame:
        """Return one row per mark, in the order of the sheets, their rows, and the days."""
        schema = ABSENCE.schema()
        own = {key: kind for key, kind in schema.items() if key not in _DERIVED and key != "last_day"}
        base = pl.DataFrame({key: [value for part in self._sheets for value in part[key]] for key in own}, schema=own)
        said = pl.DataFrame(
            list(self._codes), schema={"state": pl.String, "reason": pl.String, "raw": pl.String}, orient="row"
        )
        stretches = pl.DataFrame(
            self._stretches,
            schema={
                "count": pl.UInt32, "day": pl.Int32, "part": pl.String, "column": pl.String, "form": pl.String,
                "in_range": pl.Boolean,
            },
            orient="row",
        )  # fmt: skip
        stretch = pl.int_range(stretches.height, dtype=pl.UInt32, eager=True).repeat_by(stretches["count"])
        order = pl.DataFrame(
            {
                "base": pl.Series(self._base, dtype=pl.UInt32),
                "code": pl.Series(self._code, dtype=pl.UInt32),
                "stretch": stretch.explode() if stretches.height else pl.Series([], dtype=pl.UInt32),
            }
        )
        days = stretches["day"].fill_null(0)[order["stretch"]]
        # One whole number is sorted faster than two columns.
        order = order.select(pl.all().sort_by(order["base"].cast(pl.Int64) * 100_000 + days, maintain_order=True))
        # A column nobody filled is not gathered row by row: absence lists have few of the identity columns.
        filled = [name for name in base.columns if base[name].null_count() < base.height]
        joined = pl.concat(
            [
                base.select(filled)[order["base"]],
                said[order["code"]],
                stretches.drop("count").with_columns(pl.col("day").cast(pl.Date))[order["stretch"]],
            ],
            how="horizontal",
        )
        missing = [pl.lit(None, dtype=kind).alias(key) for key, kind in schema.items() if key not in joined.columns]
        return joined.with_columns(missing).select(*schema)
