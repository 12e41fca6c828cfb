"""Children's numbers: found again by the strongest trait, corrected by events, taken over from before the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from builders import HEADINGS, Child, id_number
from hypothesis import given
from hypothesis import strategies as st
from ledger_school import CHILDREN, CLASS, DAY, NAMES, reconcile, return_list, roster, school, workbook

from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.children import ChildNumbers, fold_children
from dropctl.reconcile.people import Facts, Person, group_pupils

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


# ---- a roster as a whole: who else stands there decides what a weak trait means

OTHER_ENROLLMENT = "G349901201305010035"
BORN_ALIKE = {"birth": BORN, "sex": "男"}
WRONG = BORN_ALIKE | {"enrollment_number": "G349901201305010010"}  # an ID that is none, and what was made of it
UNNUMBERED = BORN_ALIKE
RIGHT = BORN_ALIKE | {"id_number": id_number(), "enrollment_number": ENROLLMENT}
ANOTHER = BORN_ALIKE | {"id_number": id_number(sequence=3), "enrollment_number": OTHER_ENROLLMENT}


def met(numbers: ChildNumbers, *rows: dict[str, Any]) -> list[str]:
    """Return the numbers of a roster of children of one name, given in the order of its rows."""
    return numbered(numbers, [[person(**row)] for row in rows])


def numbered(numbers: ChildNumbers, pupils: Sequence[Sequence[Person]]) -> list[str]:
    """Return the numbers of a roster of pupils, each seen as its rows."""
    numbers.meet(pupils)
    return [numbers.number(pupil) for pupil in pupils]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # The ID is put right, and with it the enrollment number that was made of it.
        ([WRONG], [RIGHT], ["P-0001"]),
        ([UNNUMBERED], [RIGHT], ["P-0001"]),
        ([WRONG], [RIGHT | {"enrollment_number": None}], ["P-0001"]),
        # Two valid IDs are two children, unless the enrollment number says that it is one.
        ([RIGHT], [ANOTHER], ["P-0002"]),
        ([RIGHT], [ANOTHER | {"enrollment_number": None}], ["P-0002"]),
        ([RIGHT], [ANOTHER | {"enrollment_number": ENROLLMENT}], ["P-0001"]),
        # Namesakes born on one day: the child known by its old number stands there still, in whatever order.
        ([WRONG], [WRONG, RIGHT], ["P-0001", "P-0002"]),
        ([WRONG], [RIGHT, WRONG], ["P-0002", "P-0001"]),
        ([UNNUMBERED], [RIGHT, UNNUMBERED], ["P-0002", "P-0001"]),
        # Which of two it is, nobody can say: neither.
        ([WRONG], [RIGHT, ANOTHER], ["P-0002", "P-0003"]),
        ([UNNUMBERED], [RIGHT, ANOTHER], ["P-0002", "P-0003"]),
        ([WRONG, WRONG | {"enrollment_number": OTHER_ENROLLMENT}], [RIGHT], ["P-0003"]),
        ([WRONG, ANOTHER], [RIGHT], ["P-0003"]),
        ([WRONG, ANOTHER], [RIGHT, ANOTHER], ["P-0003", "P-0002"]),
        # A number that is wrong in another way is not put right by that.
        ([WRONG], [WRONG | {"enrollment_number": OTHER_ENROLLMENT}], ["P-0002"]),
        # Another name, birth date, sex or school.
        ([WRONG], [RIGHT | {"birth": OTHER_DAY}], ["P-0002"]),
        ([WRONG], [RIGHT | {"sex": "女"}], ["P-0002"]),
        ([WRONG], [RIGHT | {"school": "乙校"}], ["P-0002"]),
        # A row with a child's number comes before one that only looks like it, wherever it stands.
        ([RIGHT], [UNNUMBERED, RIGHT], ["P-0002", "P-0001"]),
        ([RIGHT], [ANOTHER | {"enrollment_number": ENROLLMENT}, RIGHT], ["P-0002", "P-0001"]),
    ],
)
def test_a_number_put_right_keeps_the_child_where_no_other_can_be_meant(
    before: list[dict[str, Any]], after: list[dict[str, Any]], expected: list[str]
) -> None:
    numbers = ChildNumbers({}, 2025)
    met(numbers, *before)
    numbers = again(numbers)
    assert met(numbers, *after) == expected
    # Numbers once given stay.
    numbers = again(numbers)
    assert met(numbers, *after) == expected
    assert numbers.drafts(DAY) == []


def test_a_number_put_right_is_one_correction_and_the_old_number_still_leads_to_the_child() -> None:
    numbers = ChildNumbers({}, 2025)
    met(numbers, WRONG)
    numbers = again(numbers)
    met(numbers, RIGHT)
    (draft,) = numbers.drafts(LATER)
    assert draft.facts == {"new": 0, "corrected": 1}
    assert len(draft.personal["P-0001"]["keys"]) == 2
    numbers = again(numbers)
    assert [numbers.find(person(**row)) for row in (WRONG, RIGHT, ANOTHER)] == ["P-0001", "P-0001", None]


def test_twins_whose_numbers_are_put_right_stay_two_children() -> None:
    elder, younger = (person(name, **WRONG | {"enrollment_number": f"G34990120130501{n}"}) for name, n in
                      (("张大双", "0010"), ("张小双", "0036")))  # fmt: skip
    numbers = ChildNumbers({}, 2025)
    assert [numbers.number([elder]), numbers.number([younger])] == ["P-0001", "P-0002"]
    numbers = again(numbers)
    pupils = [[person("张小双", **ANOTHER)], [person("张大双", **RIGHT)]]
    numbers.meet(pupils)
    assert [numbers.number(pupil) for pupil in pupils] == ["P-0002", "P-0001"]


TRAITS = st.fixed_dictionaries({
    "id_number": st.sampled_from([None, None, id_number(), id_number(sequence=3), id_number(sequence=5)]),
    "enrollment_number": st.sampled_from([None, ENROLLMENT, OTHER_ENROLLMENT, "G349901201305010010"]),
    "birth": st.sampled_from([None, BORN, BORN, OTHER_DAY]),
    "sex": st.just("男"),
})  # fmt: skip


# Up to three of one name, school and class. Four and more whose numbers cross may be numbered otherwise when the same
# roster is read again: no order of the rules tells them apart (D-93).
@given(st.lists(st.lists(TRAITS, max_size=3, unique_by=lambda row: tuple(row.values())), min_size=2, max_size=4))
def test_no_roster_gives_a_number_twice_or_one_child_two_valid_ids_without_a_common_number(
    rosters: list[list[dict[str, Any]]],
) -> None:
    numbers = ChildNumbers({}, 2025)
    for rows in rosters:
        numbers = again(numbers)
        known = dict(numbers.children)
        # As a run does it: rows of one name and one number are one pupil before anybody is numbered.
        pupils = [pupil.rows for pupil in group_pupils([person(**row) for row in rows])]
        given_ = numbered(numbers, pupils)
        assert len(set(given_)) == len(pupils)
        for number, pupil in zip(given_, pupils, strict=True):
            ids = [key for key in known[number].keys if key.startswith("id:")] if number in known else []
            theirs = {f"id:{row.id_number}" for row in pupil if row.id_number}
            if ids and theirs and theirs.isdisjoint(ids):
                assert {f"enrollment:{row.enrollment_number}" for row in pupil} & set(known[number].keys)
        assert set(numbered(again(numbers), pupils)) == set(given_)


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


def numbered_roster(home: Any, *, right: bool) -> None:
    """Write the roster with enrollment numbers made of the IDs; the first child's ID is wrong, or right at last."""
    rows = []
    for child in CHILDREN:
        row = child.row()
        if child is CHILDREN[0] and not right:
            row[4] = child.id[:-1] + ("0" if child.id[-1] != "0" else "1")
        row[5] = f"G{row[4]}"
        rows.append(row)
    workbook(home.inbox / "学籍名册.xlsx", [[f"某校学生花名册{CLASS if right else ''}"], HEADINGS, *rows])


def test_an_id_put_right_together_with_the_enrollment_number_leaves_one_child_and_one_case(tmp_path: Path) -> None:
    home = school(tmp_path / "w")
    numbered_roster(home, right=False)
    reconcile(home)
    (before,) = fold_cases(Ledger(home.state).events(kinds=CASE_KINDS)).values()
    numbered_roster(home, right=True)
    outcome = reconcile(home, LATER)
    (after,) = fold_cases(Ledger(home.state).events(kinds=CASE_KINDS)).values()
    assert (after.number, after.child, after.state) == (before.number, before.child, "open")
    assert len(known(home)) == len(NAMES)
    told = [event.facts for event in Ledger(home.state).events(kinds={"children"})]
    assert told[1:] == [{"new": 0, "corrected": 1}]
    assert outcome.findings.filter(pl.col("kind") == "not_returned").height == 1
    reconcile(home, LATER)
    assert len(Ledger(home.state).events(kinds={"children"})) == 2


@pytest.mark.parametrize("listed_first", [False, True])
def test_an_id_that_only_a_county_list_had_right_does_not_make_a_second_case(
    tmp_path: Path, listed_first: bool
) -> None:
    home = school(tmp_path / "w")
    member = ["H1", "甲小一", CHILDREN[0].id, "之子", "脱贫户", "", "初中"]
    headings = ["户编号", "姓名", "证件号码", "与户主关系", "户类型", "监测对象类别", "在校生状况"]
    workbook(home.inbox / "脱贫名单.xlsx", [["脱贫户家庭成员"], headings, member])
    if listed_first:  # the list is known before the child stands on any roster
        roster(home, CHILDREN[1:])
        return_list(home, [], names=NAMES[1:])
        reconcile(home, date(2025, 9, 2))
        return_list(home, NAMES[:1])
    numbered_roster(home, right=False)
    reconcile(home)
    (before,) = fold_cases(Ledger(home.state).events(kinds=CASE_KINDS)).values()
    numbered_roster(home, right=True)
    for day in (LATER, date(2025, 9, 11)):
        reconcile(home, day)
        (after,) = fold_cases(Ledger(home.state).events(kinds=CASE_KINDS)).values()
        assert (after.number, after.child) == (before.number, before.child)


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
