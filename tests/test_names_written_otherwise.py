"""Names of a class sheet written in another way than on the roster: asked about, never an accusation, never a link."""

from __future__ import annotations

import pytest
from builders import Child, School

from dropctl.reconcile.model.link import Model
from dropctl.reconcile.written_otherwise import name_written_otherwise
from dropctl.resources import linkage_tables

CLASS = "七年级1班"
OTHERS = [Child(name, sequence=20 + 2 * place) for place, name in enumerate(("孙一川", "周二丰", "吴三立", "郑四海"))]
MARKS = {child.name: "是" for child in OTHERS}
SOUNDS = Model.parse(*linkage_tables()).sounds


@pytest.mark.parametrize(
    ("registered", "written"),
    [
        *[("阿依古丽·买买提", other) for other in (
            "阿依古丽买买提", "阿依古丽 买买提", "阿依古丽-买买提", "阿依古丽—买买提", "阿依古丽*买买提", "阿依古丽",
            "阿依古丽·买买", "买买提·阿依古丽",
        )],
        *[("龚琳娜", other) for other in (
            "琳娜", "1.龚琳娜", "1龚琳娜", "★龚琳娜", "龚琳娜同学", "Gong琳娜", "gonglinna", "GONG LINNA",
            "gōng lín nà",
        )],
        ("王䶮明", "王yan明"),
        ("吕思远", "lv思远"),
    ],
)  # fmt: skip
def test_a_name_written_otherwise_is_a_question(registered: str, written: str) -> None:
    school = School().enrolled(Child(registered), *OTHERS).list_of(CLASS, {**MARKS, written: "是"})
    told = school.told("not_returned", "unregistered")
    assert [certainty for _, certainty in told] == ["to_confirm", "to_confirm"]
    [link] = [link for link in school.links() if link.left.lead.name == registered]
    assert (link.decision, link.tier, link.probability) == ("review", None, None)
    assert link.reason.startswith("同班，姓名")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("龚琳娜", "龚晓燕"),
        ("阿依古丽·买买提", "古丽娜尔·买买提"),
        ("王芳", "芳"),
        ("李明", "王明"),
        ("*", "?"),
        ("", "龚琳娜"),
    ],
)
def test_other_names_are_other_names(one: str, other: str) -> None:
    assert name_written_otherwise(one, other, SOUNDS) is None
    assert name_written_otherwise(other, one, SOUNDS) is None


def test_a_surname_tells_something_where_a_handful_is_left_over_on_both_sides() -> None:
    school = School().enrolled(Child("王晶晶"), Child("李大山", sequence=3), *OTHERS)
    school.list_of(CLASS, {**MARKS, "王品品": "是", "赵小川": "是"})
    assert school.told("not_returned") == [("李大山", "certain"), ("王晶晶", "to_confirm")]
    assert school.told("unregistered") == [("王品品", "to_confirm"), ("赵小川", "certain")]
    [link] = [link for link in school.links() if link.decision == "review"]
    assert "同班同姓" in link.reason


def test_a_foreign_name_and_its_hanzi_are_asked_about_where_nobody_else_is_left() -> None:
    school = School().enrolled(Child("NGUYEN THI MAI", number=""), *OTHERS).list_of(CLASS, {**MARKS, "阮氏梅": "是"})
    assert [certainty for _, certainty in school.told("not_returned", "unregistered")] == ["to_confirm", "to_confirm"]
    two = School().enrolled(Child("NGUYEN THI MAI", number=""), Child("李大山", sequence=3), *OTHERS)
    two.list_of(CLASS, {**MARKS, "阮氏梅": "是"})
    assert dict(two.told("not_returned"))["李大山"] == "certain"


def test_two_of_one_surname_or_another_sex_are_no_question() -> None:
    two = (
        School()
        .enrolled(Child("王晶晶"), Child("王大山", sequence=3), *OTHERS)
        .list_of(CLASS, {**MARKS, "王品品": "是"})
    )
    assert [certainty for _, certainty in two.told("not_returned")] == ["certain", "certain"]
    rows = [["王品品", "女", "是"], *([child.name, "", "是"] for child in OTHERS)]
    sexes = School().enrolled(Child("王晶晶"), *OTHERS)
    sexes.sheet("一.xlsx", f"{CLASS}返校登记 2025-09-01", ("姓名", "性别", "是否返校"), rows)
    assert sexes.told("not_returned") == [("王晶晶", "certain")]


def test_a_child_who_is_there_under_the_own_name_is_asked_about_with_nobody() -> None:
    school = School().enrolled(Child("龚琳娜"), Child("龚琳", sequence=3), *OTHERS)
    school.list_of(CLASS, {**MARKS, "龚琳娜": "是", "龚琳": "是"})
    assert [link.decision for link in school.links()] == ["accepted"] * 6
