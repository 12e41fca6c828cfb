"""Why a pair was decided as it was, in Chinese: the words of its levels, the telling ones first."""

from __future__ import annotations

import polars as pl

from dropctl.reconcile.model.levels import BIRTH, CLASS, COMPARISONS, GUARDIAN, ID, NAME, SEX, VILLAGE
from dropctl.reconcile.model.scoring import RIVAL_COLUMNS

# In this order a reason is read; what is null is not said, except about the ID number.
_ORDER = (NAME, BIRTH, ID, SEX, GUARDIAN, VILLAGE, CLASS)
_FIELDS = [one.field for one in COMPARISONS]


def reason(levels: dict[str, int]) -> str:
    """Return the sentence for one pattern of levels, agreement first, then what differs."""
    said = []
    for one in _ORDER:
        index = levels[one.field]
        if index > 0 or one is ID:
            said.append(one.levels[index].reason)
    return "，".join(said)


def with_reasons(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `pairs` with a column `reason`; there are few patterns, each sentence is made once."""
    patterns = pairs.select(_FIELDS).unique()
    sentences = [reason(row) for row in patterns.iter_rows(named=True)]
    table = patterns.with_columns(pl.Series("reason", sentences, dtype=pl.String))
    return pairs.join(table, on=_FIELDS, how="left", maintain_order="left")


def evidence(pair: dict[str, object]) -> list[tuple[str, str, str, float]]:
    """Return field, level, Chinese reason and bits of one row of `Linkage.evidence`, rivals and prior last.

    The bits add up to the pair's `bits`.
    """
    rows = []
    for one in _ORDER:
        level = one.levels[int(str(pair[one.field]))]
        rows.append((one.label, level.name, level.reason, float(str(pair[f"{one.field}_bits"]))))
    standing, namesake = (float(str(pair[column])) for column in RIVAL_COLUMNS)
    if namesake:
        rows.append(("他人", "namesake", "这一行写的正是另一名学生的姓名", namesake))
    if standing > 0:
        rows.append(("他人", "alone", "没有别的行像这名学生", standing))
    elif standing < 0:
        rows.append(("他人", "beaten", "另有一行更像这名学生，这一行只能是重复登记", standing))
    rows.append(("基数", "prior", "任取两行是同一人的可能性", float(str(pair["prior_bits"]))))
    return rows
