"""Children's numbers: found again by the strongest trait, corrected by events, taken over from before the ledger."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import Child, id_number
from ledger_school import CHILDREN, DAY, NAMES, reconcile, return_list, roster, school

from dropctl.ledger import Ledger
from dropctl.ledger.children import ChildNumbers, fold_children
from dropctl.reconcile.people import Facts, Person

LATER = date(2025, 9, 10)
ENROLLMENT = "G349901201305010019"


def person(name: str = "张小三", **traits: Any) -> Person:
    values: dict[str, Any] = dict.fromkeys(Person._fields)
    values |= {"register": "enrollment", "file": "名册.xlsx", "row": 3, "name": name, "school": "某校",
               "class_name": "七年级1班", "grade": "7", "facts": Facts({}, 0), **traits}  # fmt: skip
    return Person(**values)


def again(numbers: ChildNumbers) -> ChildNumbers:
    """Return the numbers as the next run finds them."""
    return ChildNumbers(numbers.children, 2025)


BORN, OTHER_DAY = date(2013, 5, 1), date(2013, 5, 2)
FULL = {"id_number": id_number(), "enrollment_number": ENROLLMENT, "birth": BORN, "sex": "男"}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (FULL, FULL, True),
        (FULL, {"id_number": id_number()}, True),
        # A corrected ID: the enrollment number says who it is.
        (FULL, FULL | {"id_number": id_number(sequence=3)}, True),
        # An ID damaged in a later export, no enrollment number on the list: name, birth date, sex and school.
        (FULL, {"birth": BORN, "sex": "男"}, True),
        ({"birth": BORN, "sex": "男"}, FULL, True),
        (FULL, {"birth": OTHER_DAY, "sex": "男"}, False),
        (FULL, {"birth": BORN, "sex": "女"}, False),
        (FULL, {"birth": BORN, "sex": "男", "school": "乙校"}, False),
        # The same name and birthday with another valid number is another child.
        (FULL, {"id_number": id_number(sequence=3), "birth": BORN, "sex": "男"}, False),
        ({}, {}, True),
        ({}, {"class_name": "七年级2班"}, False),
        # A name in a class is too little for a child who has a number of its own.
        (FULL, {}, False),
        ({}, FULL, False),
    ],
)
def test_a_child_is_found_again(first: dict[str, Any], second: dict[str, Any], same: bool) -> None:
    numbers = ChildNumbers({}, 2025)
    one = numbers.number([person(**first)])
    assert one == "P-0001"
    assert again(numbers).find(person(**second)) == (one if same else None)
    assert again(numbers).number([person(**second)]) == (one if same else "P-0002")


def test_a_name_in_a_class_holds_for_one_school_year_only() -> None:
    numbers = ChildNumbers({}, 2025)
    numbers.number([person()])
    assert ChildNumbers(numbers.children, 2026).number([person()]) == "P-0002"


def test_two_children_alike_keep_their_two_numbers_run_after_run() -> None:
    numbers = ChildNumbers({}, 2025)
    assert [numbers.number([person()]), numbers.number([person()])] == ["P-0001", "P-0002"]
    for _ in range(3):
        numbers = again(numbers)
        assert [numbers.number([person()]), numbers.number([person()])] == ["P-0001", "P-0002"]
        assert numbers.drafts(DAY) == []


def test_only_what_is_new_or_corrected_is_recorded() -> None:
    numbers = ChildNumbers({}, 2025)
    numbers.number([person(**FULL)])
    (draft,) = numbers.drafts(DAY)
    assert draft.facts == {"new": 1, "corrected": 0}
    assert "349901" not in json.dumps(draft.facts)
    numbers = again(numbers)
    numbers.number([person("张晓三", **FULL)])
    (draft,) = numbers.drafts(DAY)
    assert draft.facts == {"new": 0, "corrected": 1}
    assert draft.personal["P-0001"]["name"] == "张晓三"
    numbers = again(numbers)
    numbers.number([person("张晓三", **FULL)._replace(grade=None)])
    assert numbers.drafts(DAY) == []


def test_what_goes_to_and_fro_within_a_run_is_no_news_in_the_next() -> None:
    def run(numbers: ChildNumbers) -> ChildNumbers:
        # The roster's row first, later the row of another list that spells the school otherwise.
        number = numbers.number([person(**FULL)])
        numbers._learn(number, [], [person(**FULL, school="某校东校区")])
        return numbers

    first = run(ChildNumbers({}, 2025))
    assert len(first.drafts(DAY)) == 1
    assert run(again(first)).drafts(DAY) == []


# ---- in a workspace


def known(home: Any) -> dict[str, Any]:
    return fold_children(Ledger(home.state).events(kinds={"children"}))


def test_the_ledger_keeps_the_numbers_and_a_correction_keeps_the_child(tmp_path: Path) -> None:
    home = school(tmp_path / "w")
    reconcile(home)
    before = known(home)
    assert len(before) == len(NAMES)
    assert not (home.state / "children.json").exists()
    # The registrar repairs the first child's ID in the roster: the same child, the same case.
    children = [Child("甲小一", number="", born="20130501"), *CHILDREN[1:]]
    roster(home, children)
    reconcile(home, LATER)
    roster(home, CHILDREN)
    reconcile(home, LATER)
    after = known(home)
    assert set(after) == set(before)
    assert sum(event.kind == "case_opened" for event in Ledger(home.state).events()) == 1


def test_numbers_from_before_the_ledger_are_taken_over_once(tmp_path: Path) -> None:
    home = school(tmp_path / "w")
    old = {f"id:{child.id}": f"P-{number:04d}" for number, child in enumerate(CHILDREN, start=101)}
    (home.state / "children.json").write_text(json.dumps(old), encoding="utf-8")
    looked = reconcile(home, record=False)
    assert not Ledger(home.state).exists
    outcome = reconcile(home)
    assert looked.findings["finding_id"].to_list() == outcome.findings["finding_id"].to_list()
    children = known(home)
    assert set(children) == set(old.values())
    assert children["P-0101"].name == "甲小一"
    # From now on the ledger speaks, whatever the old file says.
    (home.state / "children.json").write_text("{}", encoding="utf-8")
    assert reconcile(home, LATER).findings["finding_id"].to_list() == outcome.findings["finding_id"].to_list()
    assert set(known(home)) == set(old.values())


def test_a_look_at_an_earlier_day_records_nothing_and_gives_no_number_twice(tmp_path: Path) -> None:
    home = school(tmp_path / "w")
    reconcile(home, LATER)
    events = Ledger(home.state).events()
    outcome = reconcile(home, DAY)
    assert any("只看不记" in note for note in outcome.this_time)
    assert Ledger(home.state).events() == events
    assert outcome.findings.height == 1


def test_a_rehearsal_records_nothing(tmp_path: Path) -> None:
    home = school(tmp_path / "w")
    reconcile(home, record=False)
    assert not Ledger(home.state).exists


def test_the_same_run_again_adds_nothing(tmp_path: Path) -> None:
    home = school(tmp_path / "w")
    reconcile(home)
    events = Ledger(home.state).events()
    reconcile(home)
    (home.inbox / "701.xlsx").rename(home.inbox / "另一个名字.xlsx")
    reconcile(home)
    assert Ledger(home.state).events() == events
    (home.inbox / "另一个名字.xlsx").unlink()
    return_list(home, NAMES[:2])
    reconcile(home)
    more = [event.kind for event in Ledger(home.state).events()[len(events) :]]
    assert more == ["reconciled", "case_opened"]
