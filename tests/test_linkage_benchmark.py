"""The invented county of the linkage benchmark, and the scorer that judges who links its lists best."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dropctl.identity import id_birth_date, id_sex, is_valid_id

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks" / "linkage"))

import damage
import population
from damage import SEEN, UNSEEN, Model

ROWS = 6000


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    return population.children(ROWS, 7)


@pytest.fixture(scope="module", params=[SEEN, UNSEEN], ids=lambda model: model.name)
def model(request: pytest.FixtureRequest) -> Model:
    return request.param  # type: ignore[no-any-return]


def test_the_same_seed_gives_the_same_county_and_another_seed_another() -> None:
    one, again, other = (damage.county(800, seed, SEEN) for seed in (3, 3, 4))
    for part in ("roster", "register", "roster_truth", "register_truth"):
        assert_frame_equal(getattr(one, part), getattr(again, part))
    assert not one.roster["name"].equals(other.roster["name"])


def test_every_number_is_valid_and_given_once_before_damage(people: pl.DataFrame) -> None:
    assert people["id_number"].n_unique() == people.height
    for number, birth, sex in people.select("id_number", "birth_date", "sex").iter_rows():
        assert is_valid_id(number)
        assert id_birth_date(number) == birth
        assert id_sex(number) == sex


def test_no_area_code_or_phone_is_a_real_one(people: pl.DataFrame, model: Model) -> None:
    assert people["id_number"].str.starts_with("3499").all()
    assert people["phone"].str.contains(r"^1990000\d{4}$").all()
    county = damage.county(ROWS, 7, model)
    for rows in (county.roster, county.register):
        valid = [number for number in rows["id_number"].drop_nulls() if is_valid_id(number)]
        # A slip can turn 34 into 43, and by chance the check digit agrees: nobody was ever given such a number here.
        assert sum(not number.startswith("3499") for number in valid) < ROWS / 500


def test_twins_are_born_on_one_day_and_mostly_one_character_apart(people: pl.DataFrame) -> None:
    twins = people.filter("twin").group_by("household").agg("birth_date", "name", "id_number")
    assert 0.01 < 2 * twins.height / people.height < 0.04
    assert all(len(days) == 2 and days[0] == days[1] for days in twins["birth_date"])
    apart = [
        sum(a != b for a, b in zip(*names, strict=True)) for names in twins["name"] if len(set(map(len, names))) == 1
    ]
    assert apart.count(1) > 0.8 * twins.height


def test_there_are_namesakes_but_few(people: pl.DataFrame) -> None:
    most = people["name"].value_counts(sort=True)["count"][0]
    assert 3 <= most < ROWS / 400


def test_truth_is_written_before_the_damage(people: pl.DataFrame, model: Model) -> None:
    county = damage.county(ROWS, 7, model)
    for side, rows, truth in (
        ("roster", county.roster, county.roster_truth),
        ("register", county.register, county.register_truth),
    ):
        assert rows["row"].to_list() == truth["row"].to_list() == list(range(1, rows.height + 1))
        assert set(truth["person"]) == set(people.filter(side)["person"])
        both = rows.join(truth, on="row").join(people, on="person", suffix=" before")
        for column in ("name", "sex", "id_number", "birth_date", "guardian", "village"):
            kinds = [kind.name for kind in model.kinds if kind.column == column]
            said = pl.any_horizontal(pl.col("damage").str.split("+").list.contains(kind) for kind in kinds)
            changed = pl.col(column).ne_missing(pl.col(f"{column} before"))
            assert both.filter(said != changed).is_empty()


def test_every_kind_of_damage_occurs_about_as_often_as_the_model_says(people: pl.DataFrame, model: Model) -> None:
    county = damage.county(40_000, 11, model)
    happened = county.register_truth["damage"].str.split("+").explode().value_counts()
    counts = dict(happened.iter_rows())
    assert {kind.name for kind in model.kinds} <= counts.keys()
    assert counts["given_twice"] == pytest.approx(model.duplicate_rows * 0.95 * 40_000, rel=0.25)
    for kind in model.kinds:
        if kind.name in {"id_missing", "id_wrong_digit", "birth_missing", "sex_wrong", "household_moved"}:
            assert counts[kind.name] == pytest.approx(kind.rate * county.register.height, rel=0.25)


def test_the_unseen_model_has_kinds_that_the_seen_one_has_not() -> None:
    seen, unseen = ({kind.name for kind in model.kinds} for model in (SEEN, UNSEEN))
    assert len(unseen - seen) >= 3
    assert seen < unseen
    rates = {kind.name: kind.rate for kind in SEEN.kinds}
    assert all(rates[kind.name] != kind.rate for kind in UNSEEN.kinds if kind.name in rates)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("id_excel_000", r"^\d{15}000$"),
        ("id_dropped", r"^[0-9X]{17}$"),
        ("id_doubled", r"^[0-9X]{19}$"),
        ("id_issued_anew", r"^34999\d{12}[0-9X]$"),
        ("id_masked", r"^3499\d\d\*{8}\d{3}[0-9X]$"),
        ("id_scientific", r"^3\.499\d\dE\+17$"),
    ],
)
def test_a_damaged_number_looks_as_it_does_in_lists(kind: str, number: str) -> None:
    county = damage.county(20_000, 5, UNSEEN)
    rows = county.roster.join(county.roster_truth.filter(pl.col("damage").str.contains(kind)), on="row")
    assert rows.height > 20
    assert rows["id_number"].str.contains(number).all()


def test_a_rounded_number_is_a_multiple_of_64() -> None:
    county = damage.county(20_000, 5, SEEN)
    rows = county.roster.join(county.roster_truth.filter(pl.col("damage").str.contains("id_float")), on="row")
    assert rows.height > 20
    assert (rows["id_number"].cast(pl.Int64) % 64 == 0).all()
