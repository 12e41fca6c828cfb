"""Mistakes at known rates: the two lists as somebody typed, exported and saved them, and the truth beside them.

`SEEN` may be looked at while a matcher is built. `UNSEEN` has other rates and kinds that `SEEN` has not. Nothing
is ever tuned on it: no weight, no threshold, no rule may be chosen by a figure it gave. The figures we report
come from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import damage_fields as fields
import damage_ids as ids
import polars as pl
from draws import Draws
from population import children, written_down

LIST_COLUMNS = (
    "row", "name", "former_name", "sex", "id_number", "enrollment_number", "birth_date", "school", "grade",
    "class_name", "guardian", "village", "phone",
)  # fmt: skip
TRUTH_COLUMNS = ("row", "person", "household", "twin", "damage")
HARMLESS = frozenset({"none", "id_other_form", "name_spaced"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mistake in `column`, made in this share of the rows for which it is possible at all.

    `by` says whose mistake it is: of the row, or of the household or village, and then alike in all their rows.
    `where`: a column that must not be null.
    """

    name: str
    column: str
    change: ids.Change
    rate: float
    by: str = "row"
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A damage model: its kinds, of which a row gets at most one per column, and register rows given twice."""

    name: str
    kinds: tuple[Kind, ...]
    duplicate_rows: float


@dataclass(frozen=True, slots=True)
class County:
    """The two lists as typed, with `LIST_COLUMNS`, and for every row of each its truth, with `TRUTH_COLUMNS`."""

    roster: pl.DataFrame
    register: pl.DataFrame
    roster_truth: pl.DataFrame
    register_truth: pl.DataFrame


SEEN = Model(
    "seen",
    (
        Kind("id_twins", "id_number", ids.twins, 0.04, where="twin_id"),
        Kind("id_siblings", "id_number", ids.siblings, 0.006, where="sibling_id"),
        Kind("id_strangers", "id_number", ids.strangers, 0.002),
        Kind("id_missing", "id_number", ids.missing, 0.025),
        Kind("id_wrong_digit", "id_number", ids.wrong_digit, 0.016),
        Kind("id_two_wrong", "id_number", ids.two_wrong_digits, 0.005),
        Kind("id_transposed", "id_number", ids.transposed, 0.010),
        Kind("id_dropped", "id_number", ids.dropped, 0.006),
        Kind("id_doubled", "id_number", ids.doubled, 0.005),
        Kind("id_excel_000", "id_number", ids.excel_000, 0.014),
        Kind("id_float", "id_number", ids.float_rounded, 0.007),
        Kind("id_issued_anew", "id_number", ids.issued_anew, 0.008),
        Kind("id_other_form", "id_number", ids.other_form, 0.030),
        Kind("name_old", "name", fields.old_name, 0.20, where="former_name"),
        Kind("name_rare_lost", "name", fields.rare_lost, 0.35),
        Kind("name_homophone", "name", fields.homophone, 0.020),
        Kind("name_wrong_character", "name", fields.wrong_character, 0.008),
        Kind("name_variant", "name", fields.variant, 0.012),
        Kind("name_spaced", "name", fields.spaced, 0.015),
        Kind("birth_wrong", "birth_date", fields.birth_wrong, 0.012),
        Kind("birth_swapped", "birth_date", fields.birth_swapped, 0.008),
        Kind("birth_missing", "birth_date", fields.birth_missing, 0.020),
        Kind("sex_wrong", "sex", fields.sex_wrong, 0.006),
        Kind("guardian_changed", "guardian", fields.guardian_changed, 0.16),
        Kind("household_moved", "village", fields.moved, 0.05, by="household"),
    ),
    duplicate_rows=0.012,
)

UNSEEN = Model(
    "unseen",
    (
        Kind("id_twins", "id_number", ids.twins, 0.06, where="twin_id"),
        Kind("id_siblings", "id_number", ids.siblings, 0.010, where="sibling_id"),
        Kind("id_strangers", "id_number", ids.strangers, 0.003),
        Kind("id_guardians", "id_number", ids.guardians, 0.006),
        Kind("id_missing", "id_number", ids.missing, 0.040),
        Kind("id_wrong_digit", "id_number", ids.wrong_digit, 0.010),
        Kind("id_two_wrong", "id_number", ids.two_wrong_digits, 0.008),
        Kind("id_transposed", "id_number", ids.transposed, 0.006),
        Kind("id_two_apart", "id_number", ids.two_apart, 0.004),
        Kind("id_dropped", "id_number", ids.dropped, 0.004),
        Kind("id_doubled", "id_number", ids.doubled, 0.003),
        Kind("id_excel_000", "id_number", ids.excel_000, 0.024),
        Kind("id_float", "id_number", ids.float_rounded, 0.004),
        Kind("id_scientific", "id_number", ids.scientific, 0.005),
        Kind("id_masked", "id_number", ids.masked, 0.006),
        Kind("id_issued_anew", "id_number", ids.issued_anew, 0.005),
        Kind("id_other_form", "id_number", ids.other_form, 0.020),
        Kind("name_old", "name", fields.old_name, 0.35, where="former_name"),
        Kind("name_rare_lost", "name", fields.rare_lost, 0.50),
        Kind("name_homophone", "name", fields.homophone, 0.030),
        Kind("name_wrong_character", "name", fields.wrong_character, 0.006),
        Kind("name_variant", "name", fields.variant, 0.020),
        Kind("name_spaced", "name", fields.spaced, 0.030),
        Kind("name_reordered", "name", fields.reordered, 0.004),
        Kind("name_shortened", "name", fields.shortened, 0.004),
        Kind("birth_wrong", "birth_date", fields.birth_wrong, 0.008),
        Kind("birth_swapped", "birth_date", fields.birth_swapped, 0.004),
        Kind("birth_missing", "birth_date", fields.birth_missing, 0.040),
        Kind("birth_year", "birth_date", fields.birth_year, 0.006),
        Kind("birth_lunar", "birth_date", fields.birth_lunar, 0.012),
        Kind("sex_wrong", "sex", fields.sex_wrong, 0.010),
        Kind("guardian_changed", "guardian", fields.guardian_changed, 0.22),
        Kind("guardian_homophone", "guardian", fields.guardian_homophone, 0.02),
        Kind("guardian_missing", "guardian", fields.guardian_missing, 0.05),
        Kind("village_merged", "village", fields.merged_village, 0.05, by="village_number"),
        Kind("household_moved", "village", fields.moved, 0.07, by="household"),
    ),
    duplicate_rows=0.020,
)
MODELS = {model.name: model for model in (SEEN, UNSEEN)}


def county(rows: int, seed: int, model: Model) -> County:
    """Return the two lists of a county of about `rows` children, damaged by `model`, and the truth."""
    people = children(rows, seed)
    roster, roster_truth = one_list(people, "roster", model, seed)
    register, register_truth = one_list(people, "register", model, seed)
    return County(roster, register, roster_truth, register_truth)


def one_list(people: pl.DataFrame, side: str, model: Model, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the roster or the register of these people, damaged by `model`, and the truth of its rows."""
    rows = written_down(people, side, seed)
    return damage(rows if side == "roster" else _given_twice(rows, model, seed), side, model, seed)


def damage(rows: pl.DataFrame, side: str, model: Model, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the list `rows` of one side with the model's mistakes, and each row's truth; `row` counts from 1.

    `damage` in the truth names what happened to the row, joined by +, or none. A mistake that leaves the cell as
    it was (the twin's number of a child without twin) has not happened.
    """
    draws = Draws(seed, "damage", model.name, side)
    rows = rows.with_columns(pl.int_range(1, rows.height + 1, dtype=pl.Int64, eager=True).alias("row"))
    typed, marks = rows.with_columns(former_name="noted_former_name"), []
    for column in dict.fromkeys(kind.column for kind in model.kinds):
        value, mark = _damage_column(rows, column, [kind for kind in model.kinds if kind.column == column], draws)
        typed = typed.with_columns(value.alias(column))
        marks.append(mark.alias(f"{column} mark"))
    if "given_twice" in rows.columns:
        marks.append(rows["given_twice"])
    happened = pl.DataFrame(marks).select(pl.concat_str(pl.all(), separator="+", ignore_nulls=True).replace("", "none"))
    truth = rows.with_columns(happened.to_series().alias("damage"))
    return typed.select(LIST_COLUMNS), truth.select(TRUTH_COLUMNS)


def _damage_column(rows: pl.DataFrame, column: str, kinds: Sequence[Kind], draws: Draws) -> tuple[pl.Series, pl.Series]:
    """Return the column with its mistakes, and the name of the mistake per row; the first kind that comes wins."""
    free = rows[column].is_not_null()
    changes = []
    for kind in kinds:
        hit = draws.chance(kind.name, rows[kind.by], kind.rate) & free
        if kind.where is not None:
            hit = hit & rows[kind.where].is_not_null()
        free = free & ~hit
        chosen = rows.filter(hit)
        if chosen.is_empty():
            continue
        value = kind.change(chosen, draws.of(kind.name), chosen["row"])
        after = pl.DataFrame({"row": chosen["row"], "before": chosen[column], "after": value})
        after = after.filter(pl.col("after").ne_missing(pl.col("before"))).drop("before")
        changes.append(after.with_columns(pl.lit(kind.name).alias("mark")))
    if not changes:
        return rows[column], pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    joined = rows.select("row", column).join(pl.concat(changes), on="row", how="left", maintain_order="left")
    mark = pl.col("mark")
    return joined.select(pl.when(mark.is_null()).then(column).otherwise("after")).to_series(), joined["mark"]


def _given_twice(register: pl.DataFrame, model: Model, seed: int) -> pl.DataFrame:
    """Return the register with some rows standing in it a second time, anywhere; both will be damaged apart."""
    draws = Draws(seed, "given twice", model.name)
    again = register.filter(draws.chance("again", register["person"], model.duplicate_rows))
    mark = pl.lit("given_twice")
    both = pl.concat(
        [
            register.with_columns(pl.lit(None, dtype=pl.String).alias("given_twice")),
            again.with_columns(mark.alias("given_twice")),
        ]
    )
    number = pl.int_range(0, both.height, dtype=pl.Int64, eager=True)
    return both.with_columns(draws.bits("order", number).alias("order")).sort("order").drop("order")


__all__ = [
    "HARMLESS",
    "LIST_COLUMNS",
    "MODELS",
    "SEEN",
    "TRUTH_COLUMNS",
    "UNSEEN",
    "County",
    "Kind",
    "Model",
    "county",
    "one_list",
]
