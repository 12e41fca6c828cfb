"""Rows and registers for tests of the matcher: one boy, children nothing like him, and what becomes of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from builders import id_number

from dropctl.reconcile.model.link import Linkage, Model, link_frames
from dropctl.reconcile.model.traits import COLUMNS, compact, details, with_columns
from dropctl.resources import linkage_tables

BORN = date(2013, 5, 1)
ZHANG: dict[str, Any] = {
    "name": "张明轩", "sex": "男", "birth_date": BORN, "id_number": id_number(),
    "guardian": "张建国", "village": "青山村",
}  # fmt: skip

DAMAGED = id_number(sequence=151)[:15] + "000"


def model() -> Model:
    return Model.parse(*linkage_tables())


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COLUMNS)


def detailed(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return all these rows with what comparisons look at."""
    lazy = with_columns(frame(*rows))
    return details(lazy, compact(lazy), pl.int_range(len(rows), dtype=pl.UInt32, eager=True), model().sounds)


def others(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Children nothing like 张明轩, each with a village and a guardian of their own."""
    surnames, given = "李王赵周吴", "安宁欣然"
    return [
        {
            "name": surnames[number % 5] + given[number // 5 % 4] + "博文子涵"[number // 20 % 4],
            "sex": "女", "birth_date": date(2012, 1 + number % 12, 1 + number % 28),
            "id_number": id_number(f"2012{1 + number % 12:02d}{1 + number % 28:02d}", 2 * number + 2),
            "guardian": f"家长{number}", "village": f"{number}村",
        }
        for number in range(start, start + count)
    ]  # fmt: skip


def linked(left: list[dict[str, Any]], right: dict[str, Any]) -> Linkage:
    """Link one row with a register of 60 others beside it."""
    return link_frames(frame(*left, *others(60)), frame(right, *others(60)), model())


def changed(**fields: Any) -> dict[str, Any]:
    return {**ZHANG, **fields}
