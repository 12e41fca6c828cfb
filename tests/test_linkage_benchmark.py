"""The invented county of the linkage benchmark, and the scorer that judges who links its lists best."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dropctl.identity import id_birth_date, id_sex, is_valid_id

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks" / "linkage"))

import cleaning
import damage
import population
import score
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


def test_no_family_calls_two_children_alike() -> None:
    people = population.children(60_000, 2)
    assert people.select("household", "name").is_unique().all()


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


def _truth(rows: list[tuple[int, int, int, bool, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["row", "person", "household", "twin", "damage"], orient="row")


# Persons 1 and 2 are twins of household 10, 3 their brother; 4 lives alone; 5 is on the register only.
ROSTER = _truth(
    [(1, 1, 10, True, "none"), (2, 2, 10, True, "name_old"), (3, 3, 10, False, "none"), (4, 4, 11, False, "none")]
)
REGISTER = _truth(
    [
        (1, 1, 10, True, "none"),
        (2, 2, 10, True, "id_missing+sex_wrong"),
        (3, 3, 10, False, "id_missing"),
        (4, 4, 11, False, "none"),
        (5, 5, 12, False, "none"),
        (6, 4, 11, False, "given_twice"),
    ]
)


def _pairs(*rows: tuple[int, int, float, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["left", "right", "bits", "decision"], orient="row")


def test_the_scorer_counts_a_hand_made_example() -> None:
    found = score.score(
        _pairs(
            (1, 1, 20.0, "accepted"),  # right
            (1, 2, 9.0, "accepted"),  # the twin: false
            (2, 2, 8.0, "review"),  # right, but only second best of its row
            (1, 3, 4.0, "review"),  # the brother: false
            (4, 4, 12.0, "accepted"),  # right
            (3, 5, 3.5, "review"),  # a child that is not on the roster: false
            (4, 6, 2.0, "rejected"),  # right, below three bits
        ),
        ROSTER,
        REGISTER,
    )
    assert (found.fixed.right, found.fixed.false, found.fixed.to_find) == (2, 3, 5)
    assert (found.fixed.precision, found.fixed.recall) == (2 / 5, 2 / 5)
    assert (found.false_twins, found.false_siblings) == (1, 1)
    # Best is 12 bits: two right links, none false, F1 = 2·2 / (2 + 5).
    assert (found.best.bits, found.best.right, found.best.false) == (12.0, 2, 0)
    assert found.best.f1 == pytest.approx(4 / 7)
    kinds = {kind: (one.to_find, one.recall, one.precision) for kind, one in found.kinds.items()}
    assert kinds == {
        "given_twice": (1, 0.0, 1.0),
        "id_missing": (2, 0.0, 0.0),
        "name_old": (1, 0.0, 0.0),
        "none": (2, 1.0, 2 / 3),
        "sex_wrong": (1, 0.0, 0.0),
    }
    decided = found.decided
    assert decided is not None
    assert (decided.accepted, decided.precision, decided.recall) == (3, 2 / 3, 2 / 5)
    assert (decided.false_twins, decided.false_siblings) == (1, 0)
    assert (decided.reviewed, decided.questions_per_100_rows) == (3, 50.0)


def test_the_scorer_lets_a_lower_threshold_win_when_it_finds_more() -> None:
    pairs = _pairs((1, 1, 9.0, ""), (2, 2, -1.0, ""), (3, 3, -2.0, ""), (4, 5, -3.0, "")).drop("decision")
    found = score.score(pairs, ROSTER, REGISTER)
    assert (found.best.bits, found.best.right, found.best.false) == (-2.0, 3, 0)
    assert (found.fixed.right, found.decided) == (1, None)


def test_the_scorer_refuses_rows_that_no_list_has() -> None:
    with pytest.raises(ValueError, match="neither list"):
        score.score(_pairs((99, 1, 5.0, "accepted")), ROSTER, REGISTER)


def test_no_pair_at_all_finds_nothing_and_is_never_wrong() -> None:
    nothing = pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64, "bits": pl.Float64})
    found = score.score(nothing, ROSTER, REGISTER)
    assert (found.fixed.recall, found.fixed.precision, found.best.f1) == (0.0, 1.0, 0.0)


def test_cleaning_repairs_what_is_lossless_and_nothing_else(tmp_path: Path) -> None:
    county = damage.county(4000, 3, SEEN)
    county.roster.write_parquet(tmp_path / "roster.parquet")
    clean = cleaning.cleaned(tmp_path, "roster").join(county.roster_truth, on="row")
    truth = population.children(4000, 3).select("person", pl.col("id_number").alias("own"))
    clean = clean.join(truth, on="person").join(county.roster.select("row", "enrollment_number"), on="row")
    other = clean.filter(pl.col("damage").str.contains("id_other_form"))
    assert other.height > 50
    assert other["id_number"].to_list() == other["own"].to_list()
    lost = clean.filter(pl.col("damage").str.contains("id_missing|id_wrong_digit"))
    numbered = pl.col("enrollment_number").is_not_null()
    assert (lost.filter(numbered)["id_number"] == lost.filter(numbered)["own"]).all()
    assert (lost.filter(~numbered)["id_number"].ne_missing(lost.filter(~numbered)["own"])).all()


def test_one_command_prints_one_page(tmp_path: Path) -> None:
    run = str(Path(score.__file__).with_name("run.py"))
    command = [sys.executable, run, "--rows", "1500", "--contestants", "floor,vlookup", "--keep", str(tmp_path)]
    first, second = (subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(2))
    assert first.startswith("# 1,500 children, seed 1, damage model `unseen`")
    rows = {cells[1].strip(): cells for line in first.splitlines() if (cells := line.split("|"))[1:]}
    assert {"floor", "vlookup", "id_masked", "none"} <= rows.keys()
    floor, vlookup = (float(rows[name][9]) for name in ("floor", "vlookup"))
    assert 0.7 < floor < vlookup < 1
    # What a folder keeps is not measured again, and says so.
    assert "†" not in first
    assert second.count("†") == 3
    assert not list(tmp_path.glob("lists/truth*"))


def test_an_unknown_contestant_is_named() -> None:
    run = str(Path(score.__file__).with_name("run.py"))
    said = subprocess.run([sys.executable, run, "--contestants", "floor,excel"], capture_output=True, text=True)
    assert said.returncode == 2
    assert "unknown: excel" in said.stderr
