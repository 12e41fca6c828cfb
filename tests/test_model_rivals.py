"""What the other candidates of two rows say: twins, children given twice, names that are somebody else's."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from builders import id_number
from model_rows import ZHANG, changed, detailed, frame, linked, model, others

from dropctl.reconcile.model.blocking import COUNTY_RULES, SCHOOL_RULES, candidate_pairs, rules_for
from dropctl.reconcile.model.counting import with_listed_twice
from dropctl.reconcile.model.levels import BIRTH, COMPARISONS, ID, NAME
from dropctl.reconcile.model.link import Linkage, link_frames
from dropctl.reconcile.model.reasons import evidence
from dropctl.reconcile.model.rivals import Standing, with_rivals
from dropctl.reconcile.model.scoring import scored
from dropctl.reconcile.model.weights import parse_weights
from dropctl.resources import linkage_tables

TWIN = changed(name="张明博", id_number=id_number(sequence=3))


def weighed(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> Linkage:
    return link_frames(frame(*left, *others(60)), frame(*right, *others(60)), model(), keep_rejected=True)


def pool(*pairs: dict[str, Any]) -> pl.DataFrame:
    """Return pairs as `scored` gives them; a pair names its rows and the levels that are not `equal`."""
    rows = []
    for pair in pairs:
        levels = {one.field: one.index(pair.get(one.field, "equal")) for one in COMPARISONS}
        rows.append({"left": pair["left"], "right": pair["right"], **levels})
    told = pl.DataFrame(rows).with_columns(pl.exclude("left", "right").cast(pl.UInt8))
    weights = parse_weights(linkage_tables()[0])
    counts = pl.Series([1.0] * len(rows))
    return scored(told, weights, prior=1e-3, left_rows=1000, name_count=counts)


def standing(frame: pl.DataFrame, left: int, right: int) -> dict[str, Any]:
    return frame.filter(left=left, right=right).row(0, named=True)


@pytest.mark.parametrize("village", ["青山村", "白水村", None])
def test_the_twins_number_in_a_row_does_not_make_it_the_twins(village: str | None) -> None:
    """The row bears the name of one twin and the number of the other, who has a row of his own (D-83)."""
    mixed = changed(id_number=TWIN["id_number"], village=village)
    found = weighed([ZHANG, TWIN], [mixed, TWIN])
    best = found.evidence.filter(right_row=0).sort("bits", descending=True)
    assert best["left_row"][0] == 0
    assert best["bits"][0] > 7
    links = found.links.filter(right_row=0).filter(pl.col("decision") != "rejected")
    assert links["left_row"].to_list() == [0]


def test_that_a_name_is_another_childs_is_told_in_words_and_adds_up() -> None:
    pairs = pool({"left": 0, "right": 0, "id": "valid_born_together"}, {"left": 1, "right": 0, "name": "near"})
    found = with_rivals(pairs, Standing(0.0, 0.0, 0.0))
    words = ("他人", "namesake", "这一行写的正是另一名学生的姓名", -16.0)
    mixed, own = evidence(standing(found, 1, 0)), evidence(standing(found, 0, 0))
    assert words in mixed
    assert "他人" not in [label for label, *_ in own]
    assert sum(bits for *_, bits in mixed) == pytest.approx(standing(found, 1, 0)["bits"])


def test_another_name_counts_less_where_the_row_bears_a_candidates_name() -> None:
    found = with_rivals(
        pool(
            {"left": 0, "right": 0, "id": "valid_born_together"},
            {"left": 1, "right": 0, "name": "near"},
            {"left": 2, "right": 0, "name": "sound"},
            {"left": 3, "right": 1, "name": "near"},
        ),
        Standing(0.0, 0.0, 0.0),
    )
    bits = {(row["left"], row["right"]): row["namesake_bits"] for row in found.to_dicts()}
    assert bits == {(0, 0): 0.0, (1, 0): -16.0, (2, 0): -8.0, (3, 1): 0.0}


def test_a_name_that_fits_by_chance_takes_no_more_than_it_fits() -> None:
    """Where nothing but the name agrees with the namesake, that one of many children is called so is no wonder."""
    stranger = {"birth": "different", "sex": "different", "guardian": "different", "village": "different"}
    pairs = pool({"left": 0, "right": 0, "id": "valid_differ", **stranger}, {"left": 1, "right": 0, "name": "near"})
    fit = standing(pairs, 0, 0)["bits"] - standing(pairs, 0, 0)["id_bits"]
    found = standing(with_rivals(pairs, Standing(0.0, 0.0, 0.0)), 1, 0)
    assert found["namesake_bits"] == pytest.approx(-min(max(fit, 0.0), 16.0))
    assert found["namesake_bits"] > -16


def test_a_second_row_is_a_child_given_twice_or_somebody_else() -> None:
    pairs = pool(
        {"left": 0, "right": 0},
        {"left": 0, "right": 1, "name": "near", "id": "null"},
        {"left": 0, "right": 2, "name": "near"},
        {"left": 1, "right": 3, "id": "one_wrong"},
        {"left": 2, "right": 4},
    )
    found = with_rivals(pairs, Standing(alone=2.0, alone_number=4.0, again=10.0))
    told = {(row["left"], row["right"]): row for row in found.to_dicts()}
    assert {key: row["standing_bits"] for key, row in told.items()} == pytest.approx(
        # The best of three, one of them without and one with the child's number; who has nobody else.
        {(0, 0): 4.0, (0, 1): -10.0, (0, 2): -5.0, (1, 3): 2.0, (2, 4): 4.0}
    )
    said = {key: [words for label, _, words, _ in evidence(row) if label == "他人"] for key, row in told.items()}
    assert said[0, 0] == ["没有别的行像这名学生"]
    assert said[0, 1] == ["另有一行更像这名学生，这一行只能是重复登记"]


def test_a_row_with_the_number_of_somebody_who_sounds_alike_is_for_a_person() -> None:
    """Either the number is the brother's, or the name is: both lists would say the same."""
    brother = changed(name="张名轩", id_number=id_number(sequence=3))
    found = linked([ZHANG, brother], changed(id_number=brother["id_number"])).links.filter(right_row=0)
    assert "accepted" not in found["decision"].to_list()
    assert not found.is_empty()


def test_the_share_of_children_given_twice_is_what_equal_numbers_show() -> None:
    shipped = parse_weights(linkage_tables()[0])
    assert with_listed_twice(shipped, 0, 0, 600).listed_twice == pytest.approx(shipped.listed_twice)
    # Of 100,000 children 80,000 have a row without a mistake; a second row is as often without one.
    assert with_listed_twice(shipped, 1_600, 80_000, 100_000).listed_twice == pytest.approx(0.025, rel=0.01)
    none = with_listed_twice(shipped, 0, 80_000, 100_000).listed_twice
    assert none < shipped.listed_twice / 50


def test_second_rows_are_counted_where_their_numbers_are_equal() -> None:
    rows = others(60)
    once = link_frames(frame(*rows), frame(*rows), model()).weights.listed_twice
    twice = link_frames(frame(*rows), frame(*rows, *rows[:30]), model()).weights.listed_twice
    assert twice > once


def test_a_row_that_waits_alone_is_not_thereby_a_child_given_twice() -> None:
    """One row is left over among many linked ones: only what it says can make it one of them."""
    nobody = {"name": "钱多", "sex": "女", "birth_date": date(2012, 6, 6), "id_number": None, "guardian": None}
    rows = others(300)
    found = link_frames(frame(*rows), frame(*rows, {**nobody, "village": rows[0]["village"]}), model())
    assert found.links.filter(right_row=300).is_empty()


def test_a_birth_date_read_from_another_childs_number_does_not_speak_against() -> None:
    sibling = id_number("20110203", 7)
    found = weighed([ZHANG], [changed(id_number=sibling, birth_date=None)]).evidence.filter(right_row=0)
    assert found["birth"].to_list() == [BIRTH.index("null")]
    assert found["id"].to_list() == [ID.index("valid_differ")]
    stated = weighed([ZHANG], [changed(id_number=sibling, birth_date=date(2011, 2, 3))]).evidence.filter(right_row=0)
    assert stated["birth"].to_list() == [BIRTH.index("different")]


@pytest.mark.parametrize("birth_date", [date(2013, 5, 21), date(2014, 5, 1), None])
def test_a_wrong_birth_date_alone_does_not_hide_a_child_who_moved(birth_date: date | None) -> None:
    bare = changed(birth_date=birth_date, guardian="王秀英", village="白水村", id_number=None)
    assert candidate_pairs(detailed(ZHANG), detailed(bare), COUNTY_RULES).rows() == [(0, 0)]


def test_a_name_that_two_bear_needs_something_else() -> None:
    bare = changed(birth_date=None, guardian="王秀英", village="白水村", id_number=None)
    namesake = changed(birth_date=date(2012, 9, 9), guardian="李四", village="黑石村", id_number=None)
    assert candidate_pairs(detailed(ZHANG), detailed(bare, namesake), COUNTY_RULES).is_empty()
    assert candidate_pairs(detailed(ZHANG, namesake), detailed(bare), COUNTY_RULES).is_empty()


def test_wide_keys_are_for_the_lists_of_a_school() -> None:
    small, large = (pl.DataFrame({"row": pl.int_range(rows, eager=True)}) for rows in (5_000, 5_001))
    assert rules_for(small, small) == SCHOOL_RULES
    assert rules_for(small, large) == COUNTY_RULES


def test_twins_of_a_household_that_moved_are_judged_as_twins() -> None:
    near = {"left": 0, "right": 0, "name": "near", "id": "valid_born_together"}
    here, away = pool(near), pool({**near, "village": "different"})
    assert here["name_bits"][0] == away["name_bits"][0]
    assert here["id_bits"][0] == away["id_bits"][0]
    strangers = pool({**near, "village": "different", "guardian": "different"})
    assert strangers["name_bits"][0] > away["name_bits"][0]


def test_a_stand_in_beside_two_valid_numbers_needs_kin_or_place() -> None:
    other = id_number("20110203", 7)
    unread = changed(name="张明□", id_number=other)
    assert linked([ZHANG], unread).links.filter(left_row=0, right_row=0)["decision"].to_list() == ["accepted"]
    alone = {**unread, "guardian": None, "village": None}
    assert linked([ZHANG], alone).links.filter(left_row=0, right_row=0)["decision"].to_list() == ["review"]
    assert (
        linked([ZHANG], changed(name="张明□", id_number=id_number(sequence=3)))
        .links.filter(left_row=0, right_row=0, decision="accepted")
        .is_empty()
    )
    assert NAME.index("read") in linked([ZHANG], unread).evidence["name"].to_list()
