"""What two rows are compared by: rows of a register as integers, dates and hashes, text only where people read it.

`compact` is thin and made for every row; `details` is wide and made for the few rows that equal numbers leave open.
A hash of nothing is nothing: nulls are masked, so that two empty cells never meet. Hashes live inside one run only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from dropctl.identity import normalise_name
from dropctl.identity.names import PLAIN_NAME
from dropctl.reconcile.model import numbers

# What a frame may bring; a column it lacks is taken as empty. `row` numbers the rows and may be left out, too.
COLUMNS: dict[str, pl.DataType] = {
    "name": pl.String(),
    "former_name": pl.String(),
    "sex": pl.String(),
    "birth_date": pl.Date(),
    "id_number": pl.String(),
    "enrollment_number": pl.String(),
    "guardian": pl.String(),
    "village": pl.String(),
    "class_key": pl.String(),
}
_PLAIN_NAME = f"^(?:{PLAIN_NAME})$"
_BLANKS = "[ \t\u00a0\u3000]+"
CHARACTERS = 4
_SPREAD = pl.lit(0x9E37_79B9_7F4A_7C15, pl.UInt64)
# What stands in a name for a character that could not be written.
_STAND_INS = "?？*＊□■�▯〓"
# How a usable number was had: as it stands, repaired without loss, or from the enrollment number against the text.
WRITTEN, REPAIRED, GUESSED = range(3)


class Sounds:
    """Readings of characters without tones; the first character of a name is read as a surname."""

    def __init__(self, spoken: Mapping[str, str], surnames: Mapping[str, str]) -> None:
        self._spoken, self._surnames = dict(spoken), dict(surnames)

    @classmethod
    def parse(cls, text: str) -> Sounds:
        """Return the table in `text`: lines `syllable TAB characters`, surnames after a line `[surnames]`."""
        common, _, surnames = text.partition("[surnames]\n")
        return cls(_readings(common), _readings(surnames))

    def key(self, names: pl.Series) -> pl.Series:
        """Return one number per name (UInt64, null for null) that names of the same sound share."""
        surname, given = _each(names.str.slice(0, 1), self._surname), _each(names.str.slice(1), self._given)
        return pl.select(one_number(pl.lit(surname), pl.lit(given))).to_series()

    def said(self, name: str | None) -> str | None:
        """Return how one name is read, the same for names of the same sound; for few names cheaper than `key`."""
        if not name:
            return None
        return " ".join([self._family(name[0]), *(self._spoken.get(character, character) for character in name[1:])])

    def _family(self, first: str) -> str:
        return self._surnames.get(first, self._spoken.get(first, first))

    def _surname(self, characters: pl.Series) -> pl.Series:
        said = {one: self._family(one) for one in characters.drop_nulls()}
        return characters.replace_strict(said, return_dtype=pl.String)

    def _given(self, names: pl.Series) -> pl.Series:
        # A table of the characters that occur is a hundred times smaller than the whole one.
        seen = names.drop_nulls().str.split("").list.explode().unique()
        spoken = {one: self._spoken[one] + " " for one in seen if one in self._spoken}
        return names.str.replace_many(spoken) if spoken else names


def one_number(first: pl.Expr, *more: pl.Expr) -> pl.Expr:
    """Return several columns of numbers as one (UInt64, null where one of them is).

    Two values in a million million share a number by chance.
    """
    number = first.cast(pl.UInt64)
    for column in more:
        number = number * _SPREAD + column.cast(pl.UInt64)
    return number


def _each(texts: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return a hash (UInt64) of what `read` makes of each text; a text that comes often is read once."""
    once = texts.unique()
    return texts.replace_strict(once, pl.select(_hash(pl.lit(read(once)))).to_series(), return_dtype=pl.UInt64)


def _readings(text: str) -> dict[str, str]:
    pairs = (line.split("\t") for line in text.splitlines() if line)
    return {character: syllable for syllable, characters in pairs for character in characters}


def _hash(values: pl.Expr) -> pl.Expr:
    return pl.when(values.is_not_null()).then(values.hash())


def with_columns(raw: pl.DataFrame | pl.LazyFrame) -> pl.LazyFrame:
    """Return the columns of COLUMNS and `row` (Int64; the position from 0 when there is none)."""
    lazy = raw.lazy()
    has = lazy.collect_schema()
    empty = [pl.lit(None, dtype=kind).alias(name) for name, kind in COLUMNS.items() if name not in has]
    lazy = lazy.with_columns(*empty) if empty else lazy
    if "row" not in has:
        lazy = lazy.with_row_index("row")
    return lazy.select(pl.col("row").cast(pl.Int64), *(pl.col(name).cast(kind) for name, kind in COLUMNS.items()))


_READ_AGAIN = ("row", "name", "former_name", "id_number", "enrollment_number", "class_key")


def compact(rows: pl.LazyFrame) -> pl.DataFrame:
    """Return every row as: place (UInt32, its position), id (first 17 digits of a valid number), name (hash), birth,
    sex, guardian, village (hashes).
    """
    return (
        rows.with_columns(numbers.first17(pl.col("id_number")).alias("digits"))
        .select(
            numbers.key17(pl.col("id_number"), pl.col("digits")).alias("id"),
            _hash(pl.col("name")).alias("name"),
            pl.col("birth_date").to_physical().alias("birth"),
            (pl.col("sex") == "男").alias("sex"),
            _hash(pl.col("guardian")).alias("guardian"),
            _hash(pl.col("village")).alias("village"),
        )
        .collect(engine="streaming")
        .with_row_index("place")
    )


def details(rows: pl.LazyFrame, thin: pl.DataFrame, places: pl.Series, sounds: Sounds) -> pl.DataFrame:
    """Return the rows at `places` (sorted, UInt32) with everything comparisons and blocking rules look at.

    `thin`: all rows as `compact` returns them.
    """
    wanted = pl.col("place").is_in(places.implode())
    # What `compact` has read already is not read again.
    frame = rows.select(_READ_AGAIN).with_row_index("place").filter(wanted).collect(engine="streaming")
    known = thin.select("birth", "sex", "guardian", "village")[places]
    frame = frame.with_columns(tidied_names(frame["name"]), tidied_names(frame["former_name"]), *known)
    # A number that stands as it was written has been read already; of the others, some can be repaired.
    as_written = thin["id"].gather(places)
    odd = as_written.is_null().arg_true()
    texts = frame["id_number"].scatter(odd, numbers.settled(frame["id_number"].gather(odd)))
    frame = frame.with_columns(
        texts.alias("text"),
        as_written.alias("as_written"),
        as_written.scatter(odd, numbers.keys17(texts.gather(odd))).alias("tidied"),
        _where(texts.str.len_bytes() == 15, texts, numbers.from_fifteen, pl.Int64()).alias("fifteen"),
        _inside(frame["enrollment_number"]),
    )
    text = pl.col("text")
    frame = frame.with_columns(
        text.str.len_bytes().cast(pl.UInt8).alias("id_length"),
        *(part.alias(name) for name, part in zip(("id_head", "id_tail"), numbers.hexadecimal(text), strict=True)),
    )
    frame = frame.with_columns(pl.coalesce("tidied", "fifteen").alias("repaired"))
    cut = texts.str.ends_with("000") & frame["repaired"].is_null()
    lost = _where(cut, texts, lambda text: numbers.lost_digits(text, pl.lit(None)), pl.Boolean())
    # Digits are only called lost where the birth date inside is a day.
    lost_birth = _where(lost, texts, lambda text: text.str.slice(6, 8).cast(pl.Int32), pl.Int32())
    frame = frame.with_columns(
        pl.coalesce("repaired", "inside").alias("id"),
        lost.fill_null(False).alias("id_lost"),
        lost_birth.alias("lost_birth"),
    )
    # The number in the enrollment number repairs a missing or cut one; against a wrong one it is evidence only.
    spoken_against = pl.col("repaired").is_null() & (text != "") & ~pl.col("id_lost")
    source = pl.when(pl.col("as_written").is_not_null()).then(WRITTEN).when(spoken_against).then(GUESSED)
    frame = frame.with_columns(source.otherwise(REPAIRED).cast(pl.UInt8).alias("id_source"))
    name = pl.col("name")
    stated = pl.col("birth").cast(pl.Date)
    frame = frame.with_columns(
        (stated.dt.year() * 10_000 + stated.dt.month().cast(pl.Int32) * 100 + stated.dt.day()).alias("stated")
    )
    inside = (pl.col("id") // 1000 % 10**8).cast(pl.Int32)
    return frame.select(
        "place",
        "row",
        name.alias("name_text"),
        _hash(name).alias("name"),
        _hash(pl.col("former_name")).alias("former"),
        sounds.key(frame["name"]).alias("sound"),
        name.str.len_chars().cast(pl.UInt8).alias("length"),
        *(name.str.slice(index, 1).hash().alias(f"c{index}") for index in range(CHARACTERS)),
        pl.col("birth").alias("days"),
        _where(frame["name"].str.contains(f"[{_STAND_INS}]"), frame["name"], _unread, pl.UInt8())
        .fill_null(0)
        .alias("unread"),
        pl.coalesce(
            "stated",
            inside,
            "lost_birth",
        ).alias("birth"),
        names_another_date(pl.col("stated"), inside).fill_null(False).alias("id_foreign"),
        pl.coalesce(pl.col("sex"), pl.col("id") % 2 == 1).alias("sex"),
        "guardian",
        "village",
        _hash(pl.col("class_key")).alias("class_key"),
        "id",
        "id_source",
        "id_length",
        "id_head",
        "id_tail",
        "id_lost",
    )


def exchanged(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Return whether two dates (yyyymmdd) have one year, and each the other's day as its month."""
    month, day = one // 100 % 100, one % 100
    return (one // 10_000 == other // 10_000) & (month == other % 100) & (day == other // 100 % 100)


def equal_parts(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Return how many of year, month and day two dates (yyyymmdd) share (UInt8)."""
    year, month, day = (
        (one // scale % size == other // scale % size).cast(pl.UInt8)
        for scale, size in ((10_000, 10_000), (100, 100), (1, 100))
    )
    return year + month + day


def names_another_date(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Return whether two dates (yyyymmdd) differ by more than a slip of the pen."""
    return (equal_parts(one, other) < 2) & ~exchanged(one, other)


def _unread(name: pl.Expr) -> pl.Expr:
    """Return one bit for each of the first characters that is a stand-in."""
    return pl.sum_horizontal(
        name.str.slice(index, 1).is_in(list(_STAND_INS)).cast(pl.UInt8) * 2**index for index in range(CHARACTERS)
    )


def _inside(enrollment_numbers: pl.Series) -> pl.Series:
    """Return the first 17 digits of the ID numbers inside enrollment numbers."""
    given = enrollment_numbers.is_not_null()
    nothing = pl.Series("inside", [None], dtype=pl.Int64).new_from_index(0, len(enrollment_numbers))
    # Nearly all begin with G; without it they are plain already, and nothing has to be repaired.
    bare = enrollment_numbers.filter(given).str.strip_prefix("G")
    plain = numbers.settled(bare).str.strip_prefix("G")
    if plain.is_empty():
        return nothing
    return nothing.scatter(given.arg_true(), numbers.keys17(plain))


def _where(mask: pl.Series, texts: pl.Series, read: Callable[[pl.Expr], pl.Expr], kind: pl.DataType) -> pl.Series:
    """Return what `read` makes of the texts at `mask`, null elsewhere: what few rows need is asked of few."""
    places = mask.fill_null(False).arg_true()
    nothing = pl.Series([None], dtype=kind).new_from_index(0, len(texts))
    if places.is_empty():
        return nothing
    return nothing.scatter(places, texts.gather(places).to_frame("text").select(read(pl.col("text"))).to_series())


def tidied_names(names: pl.Series) -> pl.Series:
    """Return the names as `normalise_name` writes them; only those that are not plain hanzi are handed to it."""
    odd = names.filter(~names.str.contains(_PLAIN_NAME).fill_null(True)).unique()
    if odd.is_empty():
        return names
    # Most are plain but for spaces between the hanzi.
    bare = odd.str.replace_all(_BLANKS, "")
    spaced = bare.str.contains(_PLAIN_NAME)
    rest = odd.filter(~spaced)
    said = pl.Series([normalise_name(name) or None for name in rest], dtype=pl.String)
    return names.replace(odd.filter(spaced).append(rest), bare.filter(spaced).append(said))
