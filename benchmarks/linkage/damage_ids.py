"""What happens to ID numbers on their way into a list, one function per kind.

Each takes the list (columns as in `population.written_down`), the draws and the numbers of its rows, and returns
the column anew for every row; `damage` decides which rows get it.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from draws import Draws
from population import AREAS_ISSUED_ANEW, FIRST_AREA_ISSUED_ANEW, id_numbers

Change = Callable[[pl.DataFrame, Draws, pl.Series], pl.Series]
LENGTH = 18


def wrong_digit(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """One character replaced by a digit."""
    place = draws.below("place", numbers, LENGTH)
    return _replace(rows["id_number"], place, draws.below("digit", numbers, 9) + 1)


def two_wrong_digits(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Two characters replaced; one time in eleven the check digit does not notice."""
    first = draws.below("place", numbers, LENGTH)
    second = (first + 1 + draws.below("second place", numbers, LENGTH - 1)) % LENGTH
    once = _replace(rows["id_number"], first, draws.below("digit", numbers, 9) + 1)
    return _replace(once, second, draws.below("second digit", numbers, 9) + 1)


def transposed(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Two neighbouring characters exchanged."""
    return _swap(rows["id_number"], draws.below("place", numbers, LENGTH - 1), 1)


def two_apart(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Two characters exchanged that stand two apart."""
    return _swap(rows["id_number"], draws.below("place", numbers, LENGTH - 2), 2)


def dropped(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """One character left out."""
    head, _, tail = _cut(rows["id_number"], draws.below("place", numbers, LENGTH), 1)
    return head + tail


def doubled(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """One character typed twice."""
    head, middle, tail = _cut(rows["id_number"], draws.below("place", numbers, LENGTH), 1)
    return head + middle + middle + tail


def excel_000(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Typed into Excel as a number: 15 digits survive. A number with X stays text and whole."""
    text = rows["id_number"]
    return (text.str.slice(0, 15) + "000").zip_with(~text.str.ends_with("X"), text)


def float_rounded(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Written by a program as a 64-bit float: rounded to a multiple of 64."""
    text = rows["id_number"]
    rounded = text.str.to_integer(strict=False).cast(pl.Float64).cast(pl.Int64).cast(pl.String)
    return rounded.fill_null(text)


def scientific(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Saved as csv from a narrow column: 3.49901E+17."""
    text = rows["id_number"]
    short = text.str.slice(0, 1) + "." + text.str.slice(1, 5) + "E+17"
    return short.zip_with(~text.str.ends_with("X"), text)


def masked(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Birth date starred out for privacy: 349901********1234."""
    text = rows["id_number"]
    return text.str.slice(0, 6) + "********" + text.str.slice(14)


def missing(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Nothing typed."""
    return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)


def siblings(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """A sibling's number; an only child keeps its own."""
    return rows["sibling_id"].fill_null(rows["id_number"])


def twins(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The twin's number; who has no twin keeps the own."""
    return rows["twin_id"].fill_null(rows["id_number"])


def strangers(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Any other child's number (the line above or below in some list)."""
    return rows["stranger_id"]


def guardians(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The number of the parent who filled in the form."""
    days = draws.below("guardian's birth", rows["household"], 20 * 365)
    birth = pl.DataFrame({"days": days}).select(pl.date(1972, 1, 1) + pl.duration(days="days")).to_series()
    return id_numbers(rows["area"], birth, draws.below("guardian's sequence", rows["household"], 999))


def issued_anew(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Registered again elsewhere: another area code and, for half, another sequence number; valid."""
    area = FIRST_AREA_ISSUED_ANEW + draws.below("new area", rows["person"], AREAS_ISSUED_ANEW)
    fresh = draws.below("new sequence", rows["person"], 500) * 2 + rows["sequence"] % 2
    sequence = rows["sequence"].zip_with(draws.chance("keeps its sequence", rows["person"], 0.5), fresh)
    return id_numbers(area, rows["birth_date"], sequence)


def other_form(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The whole number in another dress: lower case, full width, spaces, an apostrophe. Nothing is lost."""
    text = rows["id_number"]
    wide = text.str.replace_many(list("0123456789X"), list("０１２３４５６７８９Ｘ"))
    spaced = text.str.slice(0, 6) + " " + text.str.slice(6, 8) + " " + text.str.slice(14)
    form = draws.below("form", numbers, 4)
    kinds = pl.DataFrame({"form": form, "wide": wide, "spaced": spaced, "quoted": "'" + text, "text": text})
    return kinds.select(
        pl.when(pl.col("text").str.ends_with("X") & (pl.col("form") < 2))
        .then(pl.col("text").str.to_lowercase())
        .when(pl.col("form") == 0)
        .then("wide")
        .when(pl.col("form") == 1)
        .then(pl.col("text") + " ")
        .when(pl.col("form") == 2)
        .then("spaced")
        .otherwise("quoted")
    ).to_series()


def _cut(text: pl.Series, place: pl.Series, length: int) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Return what stands before `place`, the `length` characters there, and what follows."""
    frame = pl.DataFrame({"text": text, "place": place})
    whole = pl.col("text").str
    cut = frame.select(
        whole.slice(0, pl.col("place")).alias("head"),
        whole.slice(pl.col("place"), length).alias("middle"),
        whole.slice(pl.col("place") + length).alias("tail"),
    )
    return cut["head"], cut["middle"], cut["tail"]


def _replace(text: pl.Series, place: pl.Series, by: pl.Series) -> pl.Series:
    """Return `text` with the character at `place` moved on by 1 to 9, in tens; X counts as 10."""
    head, middle, tail = _cut(text, place, 1)
    digit = middle.str.to_integer(strict=False).fill_null(10)
    return head + ((digit + by) % 10).cast(pl.String) + tail


def _swap(text: pl.Series, place: pl.Series, apart: int) -> pl.Series:
    head, middle, tail = _cut(text, place, apart + 1)
    return head + middle.str.slice(apart, 1) + middle.str.slice(1, apart - 1) + middle.str.slice(0, 1) + tail


__all__ = [
    "Change",
    "doubled",
    "dropped",
    "excel_000",
    "float_rounded",
    "guardians",
    "issued_anew",
    "masked",
    "missing",
    "other_form",
    "scientific",
    "siblings",
    "strangers",
    "transposed",
    "twins",
    "two_apart",
    "two_wrong_digits",
    "wrong_digit",
]
