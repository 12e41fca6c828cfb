"""What happens to names, dates, guardians and villages on their way into a list, one function per kind.

As in `damage_ids`: a function returns its column anew for every row; `damage` decides which rows get it.
"""

from __future__ import annotations

import polars as pl
from draws import Draws
from invented_names import RARE, SOUNDS, STAND_INS, VARIANTS

CHARACTERS = pl.Series(list(dict.fromkeys("".join(SOUNDS))))


def homophone(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """One character of the given name typed as another of the same sound."""
    return _name_character(rows["name"], draws, numbers, _sounds_alike())


def guardian_homophone(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The guardian's name with a character of the same sound."""
    return _name_character(rows["guardian"], draws, numbers, _sounds_alike())


def wrong_character(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """One character of the given name typed as any other."""
    head, _, tail = _given(rows["name"], draws, numbers)
    return head + CHARACTERS.gather(draws.below("other", numbers, len(CHARACTERS))) + tail


def variant(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Every character that has a variant form in that form."""
    return rows["name"].str.replace_many(list(VARIANTS), list(VARIANTS.values()))


def spaced(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Spaces set between the characters, or the separator of a longer name typed as another sign."""
    name = rows["name"]
    wide = name.str.slice(0, 1) + draws_choice(draws, numbers, "gap", (" ", "　", "  ")) + name.str.slice(1)
    sign = draws_choice(draws, numbers, "sign", (".", "•", "．", "‧"))
    other = pl.DataFrame({"name": name, "sign": sign}).select(
        pl.col("name").str.split("·").list.first() + pl.col("sign") + pl.col("name").str.split("·").list.last()
    )
    return other.to_series().zip_with(name.str.contains("·", literal=True), wide)


def old_name(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The former name left in place; who never had one keeps the name."""
    return rows["former_name"].fill_null(rows["name"])


def rare_lost(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """A rare character that the machine could not write: a stand-in in its place; other names stay."""
    stand_in = draws_choice(draws, numbers, "stand-in", STAND_INS)
    frame = pl.DataFrame({"name": rows["name"], "sign": stand_in})
    return frame.select(
        pl.col("name").str.replace(f"[{RARE}]", "\ue000").str.replace("\ue000", pl.col("sign"))
    ).to_series()


def reordered(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The two characters of the given name exchanged."""
    name = rows["name"]
    swapped = name.str.slice(0, 1) + name.str.slice(2, 1) + name.str.slice(1, 1)
    return swapped.zip_with(name.str.len_chars() == 3, name)


def shortened(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """One character of a given name of two left out."""
    name = rows["name"]
    head, _, tail = _given(name, draws, numbers)
    return (head + tail).zip_with(name.str.len_chars() == 3, name)


def birth_wrong(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """A wrong day of the same month, one time in four a wrong month as well."""
    birth = rows["birth_date"]
    return _date(
        birth.dt.year(),
        birth.dt.month().zip_with(~draws.chance("month too", numbers, 0.25), draws.below("month", numbers, 12) + 1),
        draws.below("day", numbers, 28) + 1,
        birth,
    )


def birth_swapped(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Day and month exchanged, where that is a date."""
    birth = rows["birth_date"]
    return _date(birth.dt.year(), birth.dt.day(), birth.dt.month(), birth)


def birth_year(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """One year too early or too late, to be let into school or to stay in it."""
    birth = rows["birth_date"]
    year = birth.dt.year() + draws.below("earlier or later", numbers, 2) * 2 - 1
    return _date(year, birth.dt.month(), birth.dt.day(), birth)


def birth_lunar(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The date of the lunar calendar, 20 to 50 days before the one of the papers."""
    days = draws.below("lunar", numbers, 31) + 20
    frame = pl.DataFrame({"birth": rows["birth_date"], "days": days})
    return frame.select(pl.col("birth") - pl.duration(days="days")).to_series()


def birth_missing(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Nothing typed."""
    return pl.Series([None], dtype=pl.Date).new_from_index(0, rows.height)


def sex_wrong(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The other one."""
    return rows["sex"].replace({"男": "女", "女": "男"})


def guardian_changed(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Another adult of the household: mother for father, a grandparent for either."""
    who = draws.pick("who", numbers, (0.3, 0.45, 0.15, 0.10))
    adults = rows.select("father", "mother", "grandfather", "grandmother").with_columns(who.alias("who"))
    chosen = pl.coalesce(pl.when(pl.col("who") == place).then(name) for place, name in enumerate(adults.columns[:4]))
    return adults.select(chosen).to_series()


def guardian_missing(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """Nothing typed."""
    return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)


def moved(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The whole household is written down in another village."""
    return rows["village"].gather(draws.below("new village", rows["household"], rows.height))


def merged_village(rows: pl.DataFrame, draws: Draws, numbers: pl.Series) -> pl.Series:
    """The village under the name it got when villages were merged: alike for everyone who lives there."""
    return rows["village"].str.replace(r"村$", "新社区")


def draws_choice(draws: Draws, numbers: pl.Series, what: str, choices: tuple[str, ...]) -> pl.Series:
    """Return one of the texts per row."""
    return pl.Series(choices).gather(draws.below(what, numbers, len(choices)))


def _sounds_alike() -> dict[str, str]:
    """Return for each character the others of its sound, as one text."""
    alike: dict[str, str] = {}
    for group in SOUNDS:
        for character in group:
            others = alike.get(character, "") + "".join(other for other in group if other != character)
            alike[character] = others
    return {character: others for character, others in alike.items() if others}


def _name_character(name: pl.Series, draws: Draws, numbers: pl.Series, alike: dict[str, str]) -> pl.Series:
    head, middle, tail = _given(name, draws, numbers)
    others = middle.replace_strict(list(alike), list(alike.values()), default=None, return_dtype=pl.String)
    frame = pl.DataFrame({"others": others, "middle": middle, "turn": draws.below("sound", numbers, 60)})
    chosen = frame.select(
        pl.col("others")
        .str.slice(pl.col("turn") % pl.col("others").str.len_chars().clip(1), 1)
        .fill_null(pl.col("middle"))
    )
    return head + chosen.to_series() + tail


def _given(name: pl.Series, draws: Draws, numbers: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Return the name cut at a character of the given name: before, the character, after."""
    frame = pl.DataFrame({"name": name, "turn": draws.below("character", numbers, 12)})
    length = pl.col("name").str.len_chars().cast(pl.Int64)
    place = 1 + pl.col("turn") % (length - 1).clip(1)
    text = pl.col("name").str
    cut = frame.select(
        text.slice(0, place).alias("head"), text.slice(place, 1).alias("middle"), text.slice(place + 1).alias("tail")
    )
    return cut["head"], cut["middle"], cut["tail"]


def _date(year: pl.Series, month: pl.Series, day: pl.Series, otherwise: pl.Series) -> pl.Series:
    """Return the dates, `otherwise` where there is no such month or the day is not in every month."""
    parts = pl.DataFrame({"year": year, "month": month, "day": day, "otherwise": otherwise})
    exists = (pl.col("month") <= 12) & (pl.col("day") <= 28)
    made = pl.date("year", pl.when(exists).then("month").otherwise(1), pl.when(exists).then("day").otherwise(1))
    return parts.select(pl.when(exists).then(made).otherwise("otherwise")).to_series()


__all__ = [
    "birth_lunar", "birth_missing", "birth_swapped", "birth_wrong", "birth_year", "draws_choice",
    "guardian_changed", "guardian_homophone", "guardian_missing", "homophone", "merged_village", "moved", "old_name",
    "rare_lost", "reordered", "sex_wrong", "shortened", "spaced", "variant", "wrong_character",
]  # fmt: skip
