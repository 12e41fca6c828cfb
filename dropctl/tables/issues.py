"""What a person should know about a cell, a row or a sheet, and where the rows of each sheet went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dropctl.vocabulary import register_label

ISSUE_SCHEMA: dict[str, pl.DataType] = {
    "register": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "row": pl.Int64(),
    "column": pl.String(),
    "code": pl.String(),
    "severity": pl.String(),
    "raw": pl.String(),
    "message": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing about one cell, row or sheet that a person should know; the row itself is kept.

    `severity`: `error` (a value was lost), `warning` (a value was changed or looks wrong), `note`.
    """

    register: str | None
    file: str
    sheet: str | None
    cell: str | None
    row: int | None
    column: str | None
    code: str
    severity: str
    raw: str | None
    message: str


def issues_frame(issues: Sequence[Issue]) -> pl.DataFrame:
    """Return the issues as a frame of `ISSUE_SCHEMA`, sorted by place."""
    rows = [tuple(getattr(issue, name) for name in ISSUE_SCHEMA) for issue in issues]
    frame = pl.DataFrame(rows, schema=ISSUE_SCHEMA, orient="row")
    return frame.sort("file", "sheet", "row", "cell", "code", "message", nulls_last=True, maintain_order=True)


# The note of a sheet on which nobody stands: instructions, a dictionary of values, an empty form.
NO_LIST_LABEL = "不是名单"
NO_LIST = "不是名单（填写说明、字典或空表样），没有学生的姓名和证件号，不用处理"


@dataclass(frozen=True, slots=True)
class InputCount:
    """Where the rows of one sheet went: rows_read = rows_kept + rows_set_aside + rows_blank."""

    file: str
    sheet: str | None
    register: str | None  # None: not recognised
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    rows_blank: int
    list_date: date | None = None
    note: str | None = None

    @property
    def is_no_list(self) -> bool:
        """Say whether nobody stands on the sheet, so that nothing is lost by not reading it."""
        return self.register is None and self.note == NO_LIST

    @property
    def taken_as(self) -> str:
        """Return the Chinese name of what the sheet was taken for."""
        return NO_LIST_LABEL if self.is_no_list else register_label(self.register)
