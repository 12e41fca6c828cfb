"""An invented county with its truth: households, guardians, villages, children, and the two lists they stand on.

Nothing is damaged here. `children` gives every child a `person` number; `roster` and `register` say how the school
and the county write the same children down when nobody makes a mistake. What happens then is `damage`'s affair.
Everything is columns at a time: a million children take seconds.
"""

from __future__ import annotations

from datetime import date

import polars as pl
from draws import Draws
from invented_names import (
    FASHION,
    MINORITY_FAMILY,
    MINORITY_GIVEN,
    RARE,
    SOUNDS,
    SURNAMES,
    TOWNSHIPS,
    VILLAGE_FIRST,
    VILLAGE_SECOND,
)

FIRST_BIRTH, LAST_BIRTH = date(2010, 9, 1), date(2019, 8, 31)  # grades 9 to 1 in the school year 2025/26
SCHOOL_DAYS = (LAST_BIRTH - FIRST_BIRTH).days + 1
TOO_YOUNG_DAYS = 3 * 365
CHILDREN_PER_VILLAGE, CHILDREN_PER_AREA = 120, 100_000
PUPILS_PER_SCHOOL, PUPILS_PER_CLASS = 700, 45
# Every area code is invented. Births are registered up to 349989; the last ten are for numbers issued anew.
HOME_AREA, AREAS, FIRST_AREA_ISSUED_ANEW, AREAS_ISSUED_ANEW = 349901, 89, 349990, 10

SHARE_CHILDREN = (0.46, 0.39, 0.12, 0.03)  # households with one, two, three, four children
SHARE_GUARDIAN = (0.58, 0.24, 0.13, 0.05)  # father, mother, grandfather, grandmother
TWINS, TOO_YOUNG, ROSTER_ONLY, REGISTER_ONLY = 0.024, 0.03, 0.05, 0.05
ELSEWHERE, CLAN, GENERATION_NAME, FORMER_NAME = 0.06, 0.35, 0.30, 0.03
ENROLLMENT_NUMBERED, FORMER_NAME_NOTED = 0.15, 0.30

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = pl.Series(list("10X98765432"))


def children(rows: int, seed: int) -> pl.DataFrame:
    """Return about `rows` children, one row each, sorted by `person` (1 …): the truth, before any damage.

    Columns: person household twin village_number village father mother grandfather grandmother guardian phone
    surname name former_name sex birth_date area sequence id_number sibling_id twin_id stranger_id roster register
    school grade class_name.
    """
    draws = Draws(seed, "population")
    frame = _add_names(_add_births(_households(rows, draws), draws), draws)
    frame = _add_numbers(frame, draws)
    frame = _add_relatives(frame, draws)
    return _add_schools(_add_lists(frame, draws), draws)


def written_down(people: pl.DataFrame, side: str, seed: int) -> pl.DataFrame:
    """Return one list of them, `side` roster or register, as it would be without a mistake, in an order of its own.

    Columns: what the people's frame has, with the enrollment number G + ID for some of the roster (schools often
    leave the column out), and without school, grade and class on the county's side.
    """
    here = people.filter(pl.col(side))
    draws = Draws(seed, "written down", side)
    shuffled = here.with_columns(draws.bits("order", here["person"]).alias("order")).sort("order").drop("order")
    nothing = pl.lit(None, dtype=pl.String)
    if side == "register":
        return shuffled.with_columns(
            enrollment_number=nothing,
            school=nothing,
            grade=nothing,
            class_name=nothing,
            noted_former_name="former_name",
        )
    numbered = draws.chance("numbered", shuffled["person"], ENROLLMENT_NUMBERED)
    noted = draws.chance("noted", shuffled["person"], FORMER_NAME_NOTED)
    return shuffled.with_columns(
        pl.when(numbered).then(pl.lit("G") + pl.col("id_number")).alias("enrollment_number"),
        pl.when(noted).then("former_name").alias("noted_former_name"),
    )


def id_numbers(area: pl.Series, birth: pl.Series, sequence: pl.Series) -> pl.Series:
    """Return valid 18-character ID numbers (GB 11643) of area code, birth date and sequence number."""
    eight = birth.dt.year().cast(pl.Int64) * 10000 + birth.dt.month().cast(pl.Int64) * 100 + birth.dt.day()
    first17 = area.cast(pl.Int64) * 10**11 + eight * 1000 + sequence
    total = first17 * 0
    for place, weight in enumerate(_ID_WEIGHTS):
        total = total + (first17 // 10 ** (16 - place)) % 10 * weight
    check = _CHECK.gather(total % 11)
    return pl.select(first17.cast(pl.String) + check).to_series().alias("id_number")


def _households(rows: int, draws: Draws) -> pl.DataFrame:
    mean = sum((index + 1) * share for index, share in enumerate(SHARE_CHILDREN))
    count = max(2, round(rows / mean))
    number = pl.int_range(0, count, dtype=pl.Int64, eager=True).alias("household")
    villages = max(3, rows // CHILDREN_PER_VILLAGE)
    village = draws.below("village", number, villages)
    weights = [share for _, share in SURNAMES]
    clan = draws.pick("clan of the village", village, weights)
    surname = draws.pick("surname", number, weights).zip_with(~draws.chance("clan", number, CLAN), clan)
    names = pl.Series([name for name, _ in SURNAMES])
    frame = pl.DataFrame(
        {
            "household": number,
            "size": draws.pick("size", number, SHARE_CHILDREN) + 1,
            "village_number": village,
            "village": _villages(villages).gather(village),
            "surname": names.gather(surname),
            "father": _adult(names.gather(surname), "father", number, draws),
            "mother": _adult(names.gather(draws.pick("mother's", number, weights)), "mother", number, draws),
            "grandfather": _adult(names.gather(surname), "grandfather", number, draws),
            "grandmother": _adult(names.gather(draws.pick("grandmother's", number, weights)), "elder", number, draws),
            "who": draws.pick("guardian", number, SHARE_GUARDIAN),
            "phone_number": draws.below("phone", number, 10_000),
        }
    )
    who = pl.col("who")
    return frame.with_columns(
        pl.when(who == 0)
        .then("father")
        .when(who == 1)
        .then("mother")
        .when(who == 2)
        .then("grandfather")
        .otherwise("grandmother")
        .alias("guardian"),
        (pl.lit("1990000") + pl.col("phone_number").cast(pl.String).str.zfill(4)).alias("phone"),
    ).drop("who", "phone_number")


def _add_births(households: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return one row per child: order in the household, twin of the one before or not, sex, birth date."""
    frame = households.with_columns(pl.int_ranges(0, "size", dtype=pl.Int64).alias("order")).explode("order")
    frame = frame.with_columns((frame["household"] * 8 + frame["order"]).alias("child"))
    child, household = frame["child"], frame["household"]
    twin = (frame["order"] == 1) & draws.chance("twins", household, TWINS / (1 - SHARE_CHILDREN[0]))
    first = draws.below("first birth", household, SCHOOL_DAYS)
    gap = draws.below("gap", child, 1300) + 320
    steps = pl.DataFrame({"household": household, "gap": gap * ((frame["order"] > 0) & ~twin)})
    after = first + steps.select(pl.col("gap").cum_sum().over("household")).to_series()
    young = draws.chance("too young", child, TOO_YOUNG) & ~twin & (frame["order"] > 1)
    late = SCHOOL_DAYS + draws.below("young birth", child, TOO_YOUNG_DAYS)
    days = (after % SCHOOL_DAYS).zip_with(~young, late)
    boy = draws.chance("sex", child, 0.525)
    same_sex = draws.chance("twins of one sex", household, 0.66)
    frame = frame.with_columns(twin.alias("second"), boy.alias("boy"), days.alias("days"), same_sex.alias("same_sex"))
    elder = pl.col("boy").shift(1)
    return frame.with_columns(
        pl.when("second").then(pl.when("same_sex").then(elder).otherwise(~elder)).otherwise("boy").alias("boy"),
        (pl.lit(FIRST_BIRTH) + pl.duration(days="days")).alias("birth_date"),
        pl.col("second").any().over("household").and_(pl.col("order") < 2).alias("twin"),
    ).with_columns(pl.when("boy").then(pl.lit("男")).otherwise(pl.lit("女")).alias("sex"))


def _add_names(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return the frame with `name` and `former_name`: fashions, generation names, twins one character apart."""
    child, household = frame["child"], frame["household"]
    table, weights = _characters()
    first = table.gather(draws.pick("first character", child, weights))
    shared = table.gather(draws.pick("generation character", household, weights))
    handed = draws.chance("generation name", household, GENERATION_NAME) | frame["twin"]
    first = shared.zip_with(handed, first)
    second = table.gather(draws.pick("second character", child, weights))
    rare = pl.Series(list(RARE)).gather(draws.below("rare character", child, len(RARE)))
    second = rare.zip_with(draws.chance("rare", child, 0.012), second)
    kind = draws.pick("kind of name", child, (0.73, 0.17, 0.10))  # two characters, one, a fashion
    fashion = pl.Series(FASHION).gather(draws.pick("fashion", child, [1 / (rank + 15) for rank in range(len(FASHION))]))
    given = pl.DataFrame({"kind": kind, "one": first, "two": second, "fashion": fashion, "handed": handed}).select(
        pl.when("handed")
        .then(pl.col("one") + pl.col("two"))
        .when(pl.col("kind") == 0)
        .then(pl.col("one") + pl.col("two"))
        .when(pl.col("kind") == 1)
        .then("two")
        .otherwise("fashion")
    )
    earlier = table.gather(draws.pick("earlier first", child, weights)) + table.gather(
        draws.pick("earlier second", child, weights)
    )
    family = pl.Series(MINORITY_FAMILY).gather(draws.below("minority family", household, len(MINORITY_FAMILY)))
    own = pl.Series(MINORITY_GIVEN).gather(draws.below("minority given", child, len(MINORITY_GIVEN)))
    minority = draws.chance("minority", household, 0.015)
    name = (own + "·" + family).zip_with(minority, frame["surname"] + given.to_series())
    former = (frame["surname"] + earlier).zip_with(
        draws.chance("former name", child, FORMER_NAME), pl.Series([None], dtype=pl.String)
    )
    frame = frame.with_columns(name.alias("name"), former.alias("former_name"), first.alias("first"))
    return frame.with_columns(_no_name_twice(frame, draws).alias("name")).drop("first")


def _no_name_twice(frame: pl.DataFrame, draws: Draws) -> pl.Series:
    """Return the names; a child that would be called like an elder one of the household gets a last character of
    its own.
    """
    table, _ = _characters()
    turn = (draws.below("another character", frame["household"], len(table)) + frame["order"]) % len(table)
    other = frame["surname"] + frame["first"] + table.gather(turn)
    first = frame.select(pl.struct("household", "name").is_first_distinct()).to_series()
    return frame["name"].zip_with(first, other)


def _add_numbers(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return the frame with valid `id_number`s, no two alike; twins' numbers stand side by side."""
    areas = min(AREAS, max(1, round(frame.height / CHILDREN_PER_AREA)))
    home = HOME_AREA + frame["village_number"] % areas
    away = HOME_AREA + draws.below("other area", frame["household"], AREAS)
    area = away.zip_with(draws.chance("elsewhere", frame["household"], ELSEWHERE), home)
    group = ["area", "birth_date", "boy"]
    frame = frame.with_columns(area.alias("area"))
    turn = draws.below("turn", frame["area"] * 100_000 + frame["birth_date"].to_physical(), 500)
    frame = frame.with_columns(
        turn.alias("turn"),
        (pl.col("household").rank("dense").over(group).cast(pl.Int64) - 1).alias("rank"),
        pl.col("household").n_unique().over(group).cast(pl.Int64).alias("families"),
        (pl.col("child").cum_count().over([*group, "household"]).cast(pl.Int64) - 1).alias("member"),
    )
    place = (pl.col("rank") * 500 // pl.col("families") + pl.col("member") + pl.col("turn")) % 500
    frame = frame.with_columns((place * 2 + pl.col("boy").cast(pl.Int64)).alias("sequence"))
    number = id_numbers(frame["area"], frame["birth_date"], frame["sequence"])
    return frame.with_columns(number).drop("turn", "rank", "families", "member")


def _add_relatives(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return the frame with the numbers that get mixed up: a sibling's, the twin's, a stranger's."""
    stranger = draws.below("stranger", frame["child"], frame.height)
    following = pl.col("id_number").shift(-1).over("household")
    preceding = pl.col("id_number").shift(1).over("household")
    return frame.with_columns(
        following.fill_null(preceding).alias("sibling_id"),
        pl.when("twin").then(pl.when(pl.col("order") == 0).then(following).otherwise(preceding)).alias("twin_id"),
        frame["id_number"].gather(stranger).alias("stranger_id"),
    )


def _add_lists(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return the frame with `person`, and on which of the two lists the child stands."""
    child = frame["child"]
    side = draws.pick("side", child, (ROSTER_ONLY, REGISTER_ONLY, 1 - ROSTER_ONLY - REGISTER_ONLY))
    young = frame["days"] >= SCHOOL_DAYS
    return frame.with_columns(
        pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True).alias("person"),
        ((side != 1) & ~young).alias("roster"),
        ((side != 0) | young).alias("register"),
    ).drop("second", "same_sex", "days", "size")


def _add_schools(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return the frame with school (by village), grade (by cohort) and class."""
    schools = max(1, round(frame.height / PUPILS_PER_SCHOOL))
    villages = int(frame["village_number"].max()) + 1  # type: ignore[arg-type]
    school = frame["village_number"] * schools // villages
    classes = max(1, -(-frame.height // (schools * 9 * PUPILS_PER_CLASS)))
    # A cohort ends on 31 August: whoever is born in 2019 before September is in grade 1.
    year = frame["birth_date"].dt.year().cast(pl.Int64) + (frame["birth_date"].dt.month() >= 9).cast(pl.Int64)
    names = pl.Series(
        [f"{TOWNSHIPS[number % len(TOWNSHIPS)]}第{number // len(TOWNSHIPS) + 1}学校" for number in range(schools)]
    )
    return frame.with_columns(
        names.gather(school).alias("school"),
        (2020 - year).cast(pl.String).alias("grade"),
        (draws.below("class", frame["child"], classes) + 1).cast(pl.String).alias("class_name"),
    ).drop("order", "child", "boy")


def _characters() -> tuple[pl.Series, list[float]]:
    """Return the characters of given names and how often each is given."""
    seen: dict[str, float] = {}
    for group_rank, group in enumerate(SOUNDS):
        for rank, character in enumerate(group):
            seen.setdefault(character, 1 / (group_rank + 12) / (rank + 1) ** 0.8)
    return pl.Series(list(seen)), list(seen.values())


def _adult(surname: pl.Series, who: str, rows: pl.Series, draws: Draws) -> pl.Series:
    table, weights = _characters()
    flat = [weight**0.6 for weight in weights]
    two = draws.chance(f"{who} two", rows, 0.72)
    first = table.gather(draws.pick(f"{who} first", rows, flat))
    second = table.gather(draws.pick(f"{who} second", rows, flat)).zip_with(two, pl.Series([""]))
    return surname + first + second


def _villages(count: int) -> pl.Series:
    """Return the names of `count` villages: township, then a name that is unique within it."""
    first, second, towns = len(VILLAGE_FIRST), len(VILLAGE_SECOND), len(TOWNSHIPS)
    names = []
    for number in range(count):
        town, local = number % towns, number // towns
        again = local // (first * second)
        tail = f"{again + 1}村" if again else "村"
        one = VILLAGE_FIRST[local * 7 % first] + VILLAGE_SECOND[(local + local // first) % second]
        names.append(f"{TOWNSHIPS[town]}{one}{tail}")
    return pl.Series(names)


__all__ = ["FIRST_BIRTH", "LAST_BIRTH", "children", "id_numbers", "written_down"]
