"""The matcher on two frames: what links, what goes to a person, what never does; and that it can explain itself."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from builders import id_number
from model_rows import BORN, DAMAGED, ZHANG, changed, detailed, frame, linked, model, others

from dropctl.reconcile.model.blocking import COUNTY_RULES, SCHOOL_RULES, candidate_pairs
from dropctl.reconcile.model.choose import chosen
from dropctl.reconcile.model.levels import COMPARISONS, ID, NAME, compared
from dropctl.reconcile.model.link import link_frames
from dropctl.reconcile.model.reasons import evidence
from dropctl.reconcile.model.rivals import Standing
from dropctl.reconcile.model.scoring import scored
from dropctl.reconcile.model.traits import Sounds
from dropctl.reconcile.model.weights import blended_m, estimated_id, parse_weights
from dropctl.resources import linkage_tables

CHECKOUT = Path(__file__).resolve().parents[1]


NUMBER = id_number()
SLIP = NUMBER[:5] + "7" + NUMBER[6:]
# Another county's number for the same birth date and sex; and two wrong digits that the check digit does not notice.
ELSEWHERE, NEAR = id_number(area=349977), id_number(area=349928)


def verdict(right: dict[str, Any], left: dict[str, Any] = ZHANG) -> tuple[str, str | None] | None:
    found = linked([left], right).links.filter((pl.col("left_row") == 0) & (pl.col("right_row") == 0))
    return None if found.is_empty() else (found["decision"][0], found["tier"][0])


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        (changed(), ("accepted", "exact_id")),
        (changed(id_number=" " + id_number()), ("accepted", "repaired_id")),
        (changed(id_number=None, enrollment_number="G" + id_number()), ("accepted", "repaired_id")),
        (changed(name="张明宣"), ("accepted", "exact_id")),  # one field differs: linked, to be shown
        (changed(name="张明宣", birth_date=None), ("accepted", "exact_id")),
        (changed(name="张轩明", birth_date=None), ("accepted", "exact_id")),  # no sister is called so
        (changed(name="张明博", birth_date=None), ("review", None)),  # perhaps the number of a brother
        (changed(name="张明□", birth_date=None), ("accepted", "exact_id")),  # what can be read agrees
        (changed(name="张明宣", sex="女"), ("review", None)),  # two differ
        (changed(id_number=None), ("accepted", "model")),
        (changed(id_number=id_number()[:16] + "7" + id_number()[17]), ("accepted", "model")),
        (changed(id_number=id_number()[:8] + id_number()[9:]), ("accepted", "model")),  # one digit left out
        (changed(id_number=DAMAGED), ("accepted", "model")),  # digits lost, everything else agrees
        (changed(id_number=None, name="张名轩"), ("accepted", "model")),  # 明 and 名 sound alike
        (changed(id_number=ELSEWHERE, guardian=None, village=None), ("review", None)),  # two valid numbers
        (changed(id_number=ELSEWHERE, guardian=None), ("accepted", "model")),
        (changed(id_number=NEAR, guardian=None, village=None), ("accepted", "model")),  # all but two digits agree
        # The row's own birth date says that the number is somebody else's.
        (changed(id_number=id_number("20110203", 7), guardian=None, village=None), ("accepted", "model")),
        (changed(id_number=id_number("20110203", 7), name="张名轩", guardian=None, village=None), ("review", None)),
        (changed(id_number=id_number("20110203", 7), birth_date=date(2013, 5, 2), village=None), ("accepted", "model")),
        (changed(id_number=id_number("20110203", 7), birth_date=date(2013, 5, 2), guardian=None), ("review", None)),
        (changed(id_number=id_number("20110203", 7), birth_date=date(2011, 2, 3)), ("review", None)),  # the brother
        (changed(id_number=SLIP, name="张明博"), ("accepted", "model")),  # no twin's number is one slip away
        (changed(id_number=SLIP, name="张大鹏"), ("accepted", "model")),
        (changed(id_number=SLIP, name="张明博", sex="女"), ("review", None)),
        (changed(id_number=SLIP, name="张明博", birth_date=date(2013, 5, 2)), ("review", None)),
        (changed(id_number=NUMBER[:2] + "77" + NUMBER[4:], name="张明博"), ("accepted", "model")),
        (changed(id_number=NUMBER[:16] + "70", name="张明博"), ("review", None)),  # where twins differ
        (changed(id_number=id_number(sequence=3), name="张明博"), None),  # the twin
        (changed(id_number=id_number(sequence=3), name="张名轩"), ("review", None)),  # each with a number of its own
    ],
)  # fmt: skip
def test_what_links_and_what_a_person_is_asked(right: dict[str, Any], expected: tuple[str, str | None] | None) -> None:
    assert verdict(right) == expected


def test_lost_digits_with_nothing_but_a_name_are_for_a_person() -> None:
    bare = {"name": ZHANG["name"], "id_number": DAMAGED}
    assert verdict(bare) == ("review", None)


def test_a_twin_goes_to_a_person_and_never_through() -> None:
    twin = changed(name="张明博", id_number=None)
    assert verdict(twin) in (None, ("review", None))
    # The twin's number in the child's row: the number points at the twin, who must not get the link.
    both = [ZHANG, changed(name="张明博", id_number=id_number(sequence=3))]
    found = linked(both, changed(id_number=id_number(sequence=3))).links.filter(pl.col("right_row") == 0)
    assert found.filter(pl.col("decision") == "accepted")["left_row"].to_list() in ([], [0])
    assert not found.is_empty()


def test_a_child_given_twice_is_linked_twice() -> None:
    again = changed(id_number=None)
    found = link_frames(frame(ZHANG, *others(60)), frame(ZHANG, again, *others(60)), model()).links
    pairs = found.filter((pl.col("left_row") == 0) & (pl.col("decision") == "accepted"))["right_row"].to_list()
    assert pairs == [0, 1]


def test_a_child_given_twice_is_linked_twice_even_where_the_second_row_says_less() -> None:
    again = changed(id_number=" " + id_number(), birth_date=None)
    left, right = frame(changed(id_number=None), *others(60)), frame(changed(), again, *others(60))
    found = link_frames(left, right, model()).links
    mine = found.filter(pl.col("left_row") == 0)
    assert mine.select("right_row", "decision").rows() == [(0, "accepted"), (1, "accepted")]


def test_whoever_has_nobody_else_is_likelier() -> None:
    """Two rows that fit a little each leave it open which of them is the child; one alone hardly does."""
    right = changed(name="张明博", id_number=None)
    rival = changed(name="张明浩", id_number=None)
    one, two = (
        link_frames(frame(ZHANG, *others(60)), frame(*rows, *others(60)), model(), keep_rejected=True).evidence
        for rows in ([right], [right, rival])
    )
    bits = [found.filter(left_row=0, right_row=0)["bits"][0] for found in (one, two)]
    assert bits[0] > bits[1] + 1


def test_what_differs_beside_an_equal_number_is_said() -> None:
    def said(**fields: Any) -> str | None:
        found = linked([ZHANG], changed(**fields)).links.filter(left_row=0, right_row=0)
        return found["differences"][0]  # type: ignore[no-any-return]

    assert said() is None
    assert said(name="张明宣") == "姓名"
    assert said(name="张明宣", sex="女") == "姓名、性别"
    assert said(birth_date=date(2013, 5, 2)) == "出生日期"
    assert said(name="张名轩", id_number=None) is None  # no equal number: the reason says it


def test_a_brother_is_nobody() -> None:
    brother = changed(name="张明博", birth_date=date(2016, 2, 3), id_number=id_number("20160203", 5))
    assert verdict(brother) is None


def test_empty_cells_never_meet() -> None:
    nothing: dict[str, Any] = {"name": "张明轩"}
    left, right = frame(nothing, {"name": "李安博"}), frame({"name": "赵欣文"}, {"name": "周然子"})
    assert link_frames(left, right, model()).links.is_empty()
    assert link_frames(frame(), frame(), model()).links.is_empty()
    assert link_frames(frame(ZHANG), frame(), model()).links.is_empty()


def test_the_evidence_adds_up_and_every_pair_has_its_words() -> None:
    right = [
        changed(id_number=None),
        *(row | {"id_number": None} for row in others(40)),
        changed(name="张名轩", id_number="x"),
    ]
    found = link_frames(frame(ZHANG, *others(60)), frame(*right), model(), keep_rejected=True)
    assert found.evidence.height > 10
    for row in found.evidence.iter_rows(named=True):
        assert sum(bits for *_, bits in evidence(row)) == pytest.approx(row["bits"])
        assert row["reason"]
        assert all(bits == 0 for _, level, _, bits in evidence(row) if level == "null")


def test_rows_keep_the_numbers_they_came_with() -> None:
    left = frame(ZHANG, *others(5)).with_columns(row=pl.Series([70, 3, 4, 5, 6, 7]))
    right = frame(*others(5), ZHANG).with_columns(row=pl.Series([9, 8, 7, 6, 5, 400]))
    found = link_frames(left, right, model()).links
    assert (70, 400) in set(found.select("left_row", "right_row").iter_rows())
    assert found["left_row"].is_sorted()


def test_every_level_is_named_once_and_explains_itself() -> None:
    for one in COMPARISONS:
        names = [level.name for level in one.levels]
        assert names[0] == "null"
        assert len(set(names)) == len(names)
        assert all(level.reason for level in one.levels)


def levels(left: dict[str, Any], right: dict[str, Any]) -> dict[str, str]:
    pairs = pl.DataFrame({"left": [0], "right": [0]}, schema={"left": pl.UInt32, "right": pl.UInt32})
    row = compared(detailed(left), detailed(right), pairs).row(0, named=True)
    return {one.field: one.levels[row[one.field]].name for one in COMPARISONS}


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        (NUMBER, None, "null"),
        (NUMBER, NUMBER, "equal"),
        (NUMBER, NUMBER[:5] + "7" + NUMBER[6:], "one_wrong"),
        (NUMBER, NUMBER[:8] + NUMBER[9:], "one_left_out"),
        (NUMBER, NUMBER[:3] + NUMBER[3] + NUMBER[3:], "one_left_out"),
        (NUMBER, NUMBER[:12] + NUMBER[13] + NUMBER[12] + NUMBER[14:], "swapped"),
        (id_number(sequence=151), id_number(sequence=151)[:15] + "000", "lost_15"),
        (id_number(sequence=351), id_number(sequence=151)[:15] + "000", "lost_14"),
        (NUMBER, NUMBER[:2] + "77" + NUMBER[4:], "two_wrong"),
        (NUMBER, id_number(sequence=3), "valid_born_together"),
        (NUMBER, ELSEWHERE, "valid_differ"),
        (NUMBER, NEAR, "valid_near"),
        (NUMBER, id_number("20110102", 9), "valid_foreign"),
        (NUMBER, id_number("20130601", 9), "valid_differ"),  # a slip in the birth date, and it is this row's after all
        (NUMBER, id_number("20130105", 9), "valid_differ"),
        (id_number("20110102", 9), id_number("20120304", 9), "valid_differ"),  # neither row vouches for its number
        (NUMBER, "349950201701019999", "different"),
    ],
)
def test_levels_of_the_number(one: str | None, two: str | None, level: str) -> None:
    assert levels(changed(id_number=one), changed(id_number=two))["id"] == level


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        ("张明轩", "张 明轩", "equal"),
        ("张明轩", "张名轩", "sound"),
        ("单小雨", "山小雨", "sound"),  # as a surname 单 is read shan
        ("张明轩", "张明□", "read"),
        ("张明轩", "张□□", "surname"),
        ("张明轩", "张明博", "near"),
        ("张明轩", "张轩明", "exchanged"),
        ("张明轩", "张轩", "longer"),
        ("张明轩", "张子墨", "surname"),
        ("张明轩", "李子墨", "different"),
        ("张明轩", None, "null"),
    ],
)
def test_levels_of_the_name(one: str, two: str | None, level: str) -> None:
    assert levels(changed(name=one), changed(name=two))["name"] == level


def test_a_former_name_is_a_level_of_its_own() -> None:
    assert levels(changed(former_name="张旧"), changed(name="张旧"))["name"] == "former"


@pytest.mark.parametrize(
    ("day", "level"),
    [(BORN, "equal"), (date(2013, 1, 5), "exchanged"), (date(2013, 5, 2), "part"), (date(2012, 4, 1), "different")],
)
def test_levels_of_the_birth_date(day: date, level: str) -> None:
    other = changed(birth_date=day, id_number=None)
    assert levels(ZHANG, other)["birth"] == level


def test_a_birth_date_read_from_the_number_is_no_second_witness() -> None:
    assert levels(ZHANG, changed(birth_date=None))["birth"] == "null"


def test_blocking_reaches_each_kind_of_damage_and_no_pair_twice() -> None:
    damaged = [
        changed(name="张名轩"), changed(birth_date=None, id_number=None), changed(name="李旧", id_number=None),
        changed(name="张某", birth_date=None, guardian=None, village=None, id_number=NUMBER[:17] + "0"),
        changed(name="张某", birth_date=None, guardian=None, village=None, id_number=NUMBER[1:]),
    ]  # fmt: skip
    left, right = detailed(ZHANG), detailed(*damaged)
    pairs = candidate_pairs(left, right, COUNTY_RULES)
    assert pairs["right"].to_list() == [0, 1, 2, 3, 4]
    assert candidate_pairs(left, right, SCHOOL_RULES)["right"].to_list() == [0, 1, 2, 3, 4]


def test_weights_that_lack_a_level_are_refused() -> None:
    text = linkage_tables()[0]
    with pytest.raises(ValueError, match="two_wrong"):
        parse_weights(text.replace("two_wrong = ", "two_rong = "))


def test_counting_moves_m_by_as_much_as_it_has_seen() -> None:
    name = parse_weights(linkage_tables()[0]).fields["name"]
    equal = NAME.index("equal")
    nothing = blended_m(name, [0.0] * len(name.m))
    assert nothing.m == pytest.approx(name.m)
    few = blended_m(name, [0, 10] + [0] * (len(name.m) - 2))
    many = blended_m(name, [0, 100_000] + [0] * (len(name.m) - 2))
    assert name.m[equal] < few.m[equal] < many.m[equal] < 1
    assert sum(many.m) == pytest.approx(1)


def test_estimation_follows_the_pool_only_when_it_is_one() -> None:
    weights = parse_weights(linkage_tables()[0]).fields["id"]
    level = ID.index("swapped")
    certain = 40.0
    assert estimated_id(weights, [(level, 0, certain, 5)]).m[level] == pytest.approx(weights.m[level], abs=0.02)
    assert estimated_id(weights, [(level, 0, certain, 500_000)]).m[level] > 0.9
    assert estimated_id(weights, [(level, 0, -2 * certain, 500_000)]).m[level] < weights.m[level] + 0.01


def test_two_mistakes_beside_one_number_are_shipped_not_estimated() -> None:
    weights = parse_weights(linkage_tables()[0]).fields["id"]
    another = ID.index("equal_but")
    for rest in (-40.0, 40.0):
        found = estimated_id(weights, [(another, 2, rest, 500_000), (ID.index("swapped"), 0, 40.0, 500)])
        assert found.m[another] == weights.m[another]
        assert sum(found.m) == pytest.approx(1)


def test_what_the_number_level_says_already_is_not_said_twice() -> None:
    """`equal_but` means another name and another birth date: only *which* other name is left to be weighed."""
    misspelt = changed(name="张明宇", birth_date=date(2012, 1, 2))
    sibling = changed(name="张思源", birth_date=date(2012, 1, 2))
    found = (linked([ZHANG], row).evidence.filter(left_row=0, right_row=0) for row in (misspelt, sibling))
    (one,), (two,) = (pairs.to_dicts() for pairs in found)
    assert one["id"] == two["id"] == ID.index("equal_but")
    assert one["birth_bits"] == two["birth_bits"] == 0
    assert one["name_bits"] > 0 > two["name_bits"]
    assert one["decision"] == "review"


def test_beside_an_equal_number_it_says_more_that_nobody_else_fits() -> None:
    """The left row of a number that stands twice is undecided whoever its two rows are (D-82)."""
    pairs = {"left": [0, 1], "right": [0, 1]}
    levels = {one.field: [1, 1] for one in COMPARISONS} | {"name": [NAME.index("near")] * 2}
    levels["id"] = [ID.index("equal"), ID.index("one_wrong")]
    weights = parse_weights(linkage_tables()[0])
    frame = pl.DataFrame(pairs | levels).with_columns(pl.exclude("left", "right").cast(pl.UInt8))
    counts = pl.Series([1.0, 1.0])
    told = scored(frame, weights, prior=1e-3, left_rows=1000, name_count=counts)
    found = chosen(told, Standing(alone=2.0, alone_number=4.0, again=0.0)).sort("left")
    assert found["standing_bits"].to_list() == [4.0, 2.0]


def test_sounds_without_a_table_are_the_characters_themselves() -> None:
    keys = Sounds({}, {}).key(pl.Series(["张明", "张名", "张明", None]))
    assert keys[0] == keys[2] != keys[1]
    assert keys[3] is None


_DIGEST = """
import hashlib, sys
import polars as pl
sys.path[:0] = [sys.argv[1]]
from damage import SEEN, county
from dropctl.reconcile.model.link import Model, link_frames
from dropctl.resources import linkage_tables
lists = county(4000, 7, SEEN)
found = link_frames(lists.roster, lists.register, Model.parse(*linkage_tables()), keep_rejected=True)
digest = hashlib.sha256()
for frame in (found.links, found.evidence):
    digest.update(frame.write_csv(float_precision=17).encode())
print(found.links.height, digest.hexdigest())
"""


def test_same_bytes_on_one_two_and_many_threads() -> None:
    folder = str(CHECKOUT / "benchmarks" / "linkage")
    said = set()
    for threads in ("1", "2", "8"):
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST, folder],
            env={**os.environ, "POLARS_MAX_THREADS": threads},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said.add(done.stdout)
    assert len(said) == 1
    assert int(said.pop().split()[0]) > 3_000
