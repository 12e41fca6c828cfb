"""What a person decided about an uncertain pair: when it holds, when it is asked again, and whom it touches."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from builders import AS_OF, Child, School, id_number
from hypothesis import given
from hypothesis import strategies as st

from dropctl.reconcile.decisions import FIELDS, Decision, standing
from dropctl.reconcile.links import Link
from dropctl.reconcile.review import pair_key, with_decisions

CLASS, OTHER = "七年级1班", "七年级2班"
WANG = Child("王红", sequence=3)


def slip(name: str = "李小明", mark: str = "是") -> School:
    """李晓明 of the register is 李小明 on the class list, perhaps."""
    return School().enrolled(Child("李晓明"), WANG).list_of(CLASS, {name: mark, "王红": "是"})


def pairs(school: School, register: str = "presence") -> dict[tuple[str, str], Link]:
    found = {}
    for link in school.links(register):
        found[link.left.lead.name or "", link.right.lead.name or ""] = link
    return found


def state(link: Link) -> tuple[str, str | None]:
    return (link.decision, link.tier)


def the_pair(school: School) -> Link:
    return pairs(school)["李晓明", "李小明"]


def test_yes_links_both_rows_and_clears_what_was_said_about_them() -> None:
    asked = slip()
    assert asked.told("not_returned", "unregistered") == [("李晓明", "to_confirm"), ("李小明", "to_confirm")]
    school = asked.answered("是", the_pair(asked), remark="打过电话")
    link = the_pair(school)
    assert state(link) == ("accepted", "person")
    assert link.reason.startswith(f"王老师 {AS_OF} 判断“是”（打过电话）")
    assert school.told("not_returned", "unregistered") == []
    # The list still spells the name another way, and that is shown.
    assert school.told("identity_mismatch") == [("李晓明", "certain")]


def test_yes_about_a_child_marked_absent_makes_the_absence_certain() -> None:
    asked = slip(mark="否")
    assert asked.told("not_returned") == [("李晓明", "to_confirm")]
    assert asked.answered("是", the_pair(asked)).told("not_returned") == [("李晓明", "certain")]


def test_no_is_shown_as_rejected_and_both_rows_stand_for_themselves() -> None:
    asked = slip()
    school = asked.answered("否", the_pair(asked))
    assert state(the_pair(school)) == ("rejected", "person")
    assert school.told("not_returned", "unregistered") == [("李晓明", "certain"), ("李小明", "certain")]


def test_unsure_stays_in_review_with_the_remark() -> None:
    asked = slip()
    link = the_pair(asked.answered("待查", the_pair(asked), remark="等班主任回电"))
    assert state(link) == ("review", None)
    assert "待查" in link.reason
    assert "等班主任回电" in link.reason
    assert link.reason.startswith(the_pair(asked).reason)


@pytest.mark.parametrize("answer", ["是", "否"])
def test_rows_may_move_and_files_be_renamed(answer: str) -> None:
    asked = slip()
    decided = asked.answered(answer, the_pair(asked))
    moved = School().enrolled(WANG, Child("周亮", OTHER, sequence=7), Child("李晓明"), file="花名册（新）.xlsx")
    moved.list_of(CLASS, {"王红": "是", "李小明": "是"}).list_of(OTHER, {"周亮": "是"})
    moved.sheets[1].file = "一班.xlsx"
    again = decided.with_sheets_of(moved)
    assert the_pair(again).decision == {"是": "accepted", "否": "rejected"}[answer]
    assert the_pair(again).link_id != the_pair(asked).link_id


@pytest.mark.parametrize("answer", ["是", "否"])
def test_a_changed_field_asks_again_and_says_what_changed_and_who_decided_what(answer: str) -> None:
    asked = slip()
    decided = asked.answered(answer, the_pair(asked))
    changed = School().enrolled(Child("李晓明", born="20130502"), WANG).list_of(CLASS, {"李小明": "是", "王红": "是"})
    link = the_pair(decided.with_sheets_of(changed))
    assert state(link) == ("review", None)
    assert f"王老师 {AS_OF} 判断“{answer}”" in link.reason
    assert "甲的出生日期由“2013-05-01”变为“2013-05-02”" in link.reason
    assert "甲的证件号变了" in link.reason
    assert id_number("20130502") not in link.reason


@pytest.mark.parametrize("answer", ["否", "待查"])
def test_a_list_that_says_less_does_not_overrule_a_person(answer: str) -> None:
    """The girl of the same name was another child; a later list without a column for the sex makes them alike."""
    headings = ("姓名", "性别", "是否返校")
    asked = School().enrolled(Child("施文博"), WANG)
    asked.sheet("一.xlsx", f"{CLASS}返校登记 2025-09-01", headings, [["施文博", "女", "是"], ["王红", "", "是"]])
    link = next(link for link in asked.links() if link.left.lead.name == "施文博")
    assert state(link) == ("review", None)
    decided = asked.answered(answer, link)
    later = School().enrolled(Child("施文博"), WANG).list_of(CLASS, {"施文博": "是", "王红": "是"})
    again = decided.with_sheets_of(later)
    [link] = [link for link in again.links() if link.left.lead.name == "施文博"]
    assert state(link) == ("review", None)
    assert f"判断“{answer}”；之后乙的性别由“女”变为空白，所以再问" in link.reason
    assert again.told("not_returned") == [("施文博", "to_confirm")]


def test_a_row_under_the_own_name_that_comes_later_asks_again_about_both() -> None:
    asked = slip()
    decided = asked.answered("是", the_pair(asked))
    assert decided.told("not_returned") == []
    later = School().enrolled(Child("李晓明"), WANG).list_of(CLASS, {"李小明": "是", "李晓明": "否", "王红": "是"})
    both = decided.with_sheets_of(later)
    found = pairs(both)
    assert state(found["李晓明", "李小明"]) == state(found["李晓明", "李晓明"]) == ("review", None)
    assert "另有一行与名册姓名相同" in found["李晓明", "李小明"].reason
    assert "王老师 2025-09-03 判断“是”的是该班名单另一行的“李小明”" in found["李晓明", "李晓明"].reason
    assert both.told("not_returned") == [("李晓明", "to_confirm")]
    # Whichever of the two is answered 否 leaves the other one.
    gone = both.answered("否", found["李晓明", "李小明"])
    assert gone.told("not_returned") == [("李晓明", "certain")]
    there = both.answered("否", found["李晓明", "李晓明"])
    assert there.told("not_returned") == []


def test_a_new_answer_on_the_changed_fields_settles_it() -> None:
    asked = slip()
    decided = asked.answered("否", the_pair(asked))
    changed = School().enrolled(Child("李晓明", sequence=5), WANG).list_of(CLASS, {"李小明": "是", "王红": "是"})
    again = decided.with_sheets_of(changed)
    settled = again.answered("是", the_pair(again))
    assert state(the_pair(settled)) == ("accepted", "person")


def test_of_several_earlier_answers_the_latest_is_told() -> None:
    asked = slip()
    school = asked.answered("否", the_pair(asked))
    for day, sequence in ((4, 5), (5, 7)):
        changed = School().enrolled(Child("李晓明", sequence=sequence), WANG)
        school = school.with_sheets_of(changed.list_of(CLASS, {"李小明": "是", "王红": "是"}))
        if day == 4:
            school = school.answered("待查", the_pair(school), on=date(2025, 9, day), by="李老师")
    assert "李老师 2025-09-04 判断“待查”" in the_pair(school).reason
    assert "王老师" not in the_pair(school).reason


def test_yes_on_rows_that_meanwhile_carry_two_valid_numbers_is_asked_again() -> None:
    poor = ["1", "张三", "", "之子", "脱贫户", "", ""]
    asked = School().enrolled(Child("张三")).poverty(poor)
    decided = asked.answered("是", pairs(asked, "poverty")["张三", "张三"])
    assert state(pairs(decided, "poverty")["张三", "张三"]) == ("accepted", "person")
    poor[2] = id_number(sequence=9)
    link = pairs(decided.with_sheets_of(School().enrolled(Child("张三")).poverty(poor)), "poverty")["张三", "张三"]
    assert state(link) == ("review", None)
    assert "乙的证件号变了" in link.reason


def test_what_a_person_linked_is_not_forgotten_when_matching_no_longer_sees_it() -> None:
    # Once a number says that the other is no child, matching proposes nothing: the earlier 是 still asks.
    poor = ["1", "张三", "", "之子", "脱贫户", "", ""]
    asked = School().enrolled(Child("张三")).poverty(poor)
    decided = asked.answered("是", pairs(asked, "poverty")["张三", "张三"])
    poor[2] = id_number("19800909", sequence=9)
    changed = School().enrolled(Child("张三", born="20130501")).poverty(poor)
    assert pairs(changed, "poverty") == {}
    link = pairs(decided.with_sheets_of(changed), "poverty")["张三", "张三"]
    assert state(link) == ("review", None)
    assert link.reason.endswith("判断“是”；之后乙的证件号变了、乙的性别由空白变为“男”、"
                                "乙的出生日期由空白变为“1980-09-09”，所以再问")  # fmt: skip


def test_an_exact_number_against_an_earlier_no_is_asked_again() -> None:
    shared = id_number()
    asked = School().enrolled(Child("张三", number=shared), Child("李四", number=shared))
    asked.poverty(["1", "张散", shared, "之子", "脱贫户", "", ""])
    decided = asked.answered("否", pairs(asked, "poverty")["张三", "张散"])
    alone = School().enrolled(Child("张三", number=shared)).poverty(["1", "张散", shared, "之子", "脱贫户", "", ""])
    assert state(pairs(alone, "poverty")["张三", "张散"]) == ("accepted", "exact_id")
    link = pairs(decided.with_sheets_of(alone), "poverty")["张三", "张散"]
    assert state(link) == ("review", None)
    assert "判断“否”，两者矛盾" in link.reason
    again = decided.with_sheets_of(alone)
    settled = again.answered("是", link, on=date(2025, 9, 8))
    assert state(pairs(settled, "poverty")["张三", "张散"]) == ("accepted", "exact_id")


def test_a_no_wins_over_a_class_list() -> None:
    twice = School().enrolled(Child("李明"), Child("李明", sequence=5), WANG)
    twice.list_of(CLASS, {"李明": "是", "王红": "是"})
    first = next(link for link in twice.links() if link.left.lead.id_number == id_number())
    decided = twice.answered("否", first)
    left_over = School().enrolled(Child("李明"), WANG).list_of(CLASS, {"李明": "是", "王红": "是"})
    assert state(pairs(left_over)["李明", "李明"]) == ("accepted", "class_list")
    assert state(pairs(decided.with_sheets_of(left_over))["李明", "李明"]) == ("rejected", "person")


def namesakes(*marks: str) -> School:
    rows = [["李明", mark] for mark in marks]
    school = School().enrolled(Child("李明"), Child("李明", sequence=5), WANG)
    return school.sheet("701.xlsx", f"{CLASS}返校登记 2025年9月1日", ("姓名", "是否返校"), [*rows, ["王红", "是"]])


def between(school: School, sequence: int, place: int) -> Link:
    """The pair of the 李明 with this number and the list's first or second 李明."""
    found = [link for link in school.links() if link.left.lead.id_number == id_number(sequence=sequence)]
    return sorted(found, key=lambda link: link.right.lead.row)[place]


def test_namesakes_whose_rows_say_the_same_can_be_told_apart_by_a_person() -> None:
    asked = namesakes("是", "是")
    assert asked.told("not_returned") == [("李明", "to_confirm")] * 2
    half = asked.answered("是", between(asked, 1, 0))
    assert half.told("not_returned") == [("李明", "to_confirm")]
    school = half.answered("是", between(asked, 5, 1))
    assert [state(link) for link in school.links() if link.left.lead.name == "李明"] == [("accepted", "person")] * 2
    assert school.told("not_returned", "unregistered") == []
    # Both there, in either order: it makes no difference which is which.
    later = namesakes("是", "是")
    later.sheets[1].rows = [["新标题 2025年9月2日"], *later.sheets[1].rows[1:]]
    assert school.with_sheets_of(later).told("not_returned", "unregistered") == []


def test_namesakes_whose_marks_change_are_asked_about_again() -> None:
    asked = namesakes("是", "否")
    school = asked.answered("是", between(asked, 1, 0)).answered("是", between(asked, 5, 1))
    assert school.told("not_returned") == [("李明", "certain")]
    swapped = school.with_sheets_of(namesakes("否", "是"))
    assert swapped.told("not_returned") == [("李明", "to_confirm")] * 2
    assert "分不清指的是哪一行" in between(swapped, 1, 0).reason


def test_a_third_row_that_says_the_same_asks_again() -> None:
    asked = slip()
    decided = asked.answered("是", the_pair(asked))
    rows = [["李小明", "是"], ["李小明", "否"], ["王红", "是"]]
    twins = School().enrolled(Child("李晓明"), WANG)
    twins.sheet("701.xlsx", f"{CLASS}返校登记 2025年9月1日", ("姓名", "是否返校"), rows)
    again = decided.with_sheets_of(twins)
    assert again.told("not_returned") == [("李晓明", "to_confirm")]


def own_reason(link: Link) -> str:
    """The reason without whom else the two rows may be: that changes with every answer about another pair."""
    return "；".join(part for part in link.reason.split("；") if "也可能是" not in part)


def test_yes_takes_both_rows_out_of_other_pairs() -> None:
    asked = School().enrolled(Child("李晓明"), Child("李晓鸣", sequence=5), WANG)
    asked.list_of(CLASS, {"李小明": "是", "李晓名": "是", "王红": "是"})
    before = pairs(asked)
    assert {("李晓明", "李小明"), ("李晓明", "李晓名"), ("李晓鸣", "李晓名")} <= set(before)
    after = pairs(asked.answered("是", before["李晓明", "李小明"]))
    assert state(after["李晓明", "李小明"]) == ("accepted", "person")
    assert ("李晓明", "李晓名") not in after
    assert own_reason(after["李晓鸣", "李晓名"]) == own_reason(before["李晓鸣", "李晓名"])
    assert "也可能是学籍名册的“李晓明”（七年级1班）" in before["李晓鸣", "李晓名"].reason
    assert "李晓明" not in after["李晓鸣", "李晓名"].reason


def test_two_yes_for_one_row_contradict_and_neither_counts() -> None:
    asked = School().enrolled(Child("李晓明"), Child("李晓鸣", sequence=5), WANG)
    asked.list_of(CLASS, {"李晓名": "是", "王红": "是"})
    both = asked.answered("是", pairs(asked)["李晓明", "李晓名"]).answered("是", pairs(asked)["李晓鸣", "李晓名"])
    links = [link for link in both.links() if link.right.lead.name == "李晓名"]
    assert [state(link) for link in links] == [("review", None)] * 2
    assert all("只能有一个对" in link.reason for link in links)
    assert {certainty for _, certainty in both.told("not_returned")} == {"to_confirm"}


def test_a_child_found_on_a_second_list_is_there_if_either_list_says_so() -> None:
    asked = School().enrolled(Child("李明"), WANG, Child("周亮", OTHER, sequence=5))
    asked.list_of(CLASS, {"王红": "是", "李明": "否"}).list_of(OTHER, {"周亮": "是", "李明": "是"})
    second = next(link for link in asked.links() if link.decision == "review")
    school = asked.answered("是", second)
    assert school.told("not_returned", "unregistered") == []
    assert asked.told("duplicate_registration") == []
    assert school.told("duplicate_registration") == [("李明", "certain")] * 2


def test_a_later_answer_replaces_an_earlier_one_and_an_earlier_day_does_not_know_it() -> None:
    asked = slip()
    later = date(2025, 9, 10)
    school = asked.answered("是", the_pair(asked)).answered("否", the_pair(asked), on=later)
    assert the_pair(school).decision == "rejected"
    key = pair_key(the_pair(asked))
    assert standing(school.decisions, AS_OF)[key].answer == "same"
    assert standing(school.decisions, date(2025, 9, 2)) == {}


def test_a_decision_survives_being_written_down() -> None:
    asked = namesakes("是", "否")
    (line,) = asked.answered("待查", between(asked, 1, 1), remark="“说明”\n第二行").decisions
    assert Decision.from_json(line.to_json()) == line
    assert set(line.to_json()["left"]["fields"]) == set(FIELDS)


NAMES = ("李晓明", "李小明", "李晓鸣", "李明", "李明", "王红", "王江", "周亮")


@st.composite
def schools(draw: st.DrawFn) -> School:
    """A class and its list, full of names one character apart and of namesakes."""
    registered = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5))
    listed = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from("是否")), min_size=1, max_size=5))
    school = School().enrolled(*(Child(name, sequence=2 * n + 1) for n, name in enumerate(registered)))
    rows = [[name, mark] for name, mark in listed]
    return school.sheet("701.xlsx", f"{CLASS}返校登记 2025年9月1日", ("姓名", "是否返校"), rows)


@st.composite
def answered_schools(draw: st.DrawFn) -> tuple[School, School]:
    """A school, and the same after some of its undecided pairs were answered."""
    asked = draw(schools())
    school = asked
    for link in asked.links():
        answer = draw(st.sampled_from(["", "是", "否", "待查"]))
        if link.decision == "review" and answer:
            school = school.answered(answer, link)
    return asked, school


def told(school: School) -> list[tuple[object, ...]]:
    return [
        (link.left.lead.place, link.right.lead.place, link.decision, link.tier, link.reason) for link in school.links()
    ]


@given(answered_schools(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter_and_twice_is_once(
    both: tuple[School, School], shuffler: random.Random
) -> None:
    _, school = both
    mixed = [*school.decisions, *school.decisions]
    shuffler.shuffle(mixed)
    assert told(replace(school, decisions=mixed)) == told(school)


@given(answered_schools(), st.randoms(use_true_random=False))
def test_the_order_of_registered_rows_does_not_matter(both: tuple[School, School], shuffler: random.Random) -> None:
    _, school = both
    head, rows = school.sheets[0].rows[:2], list(school.sheets[0].rows[2:])
    shuffler.shuffle(rows)
    moved = replace(school, sheets=[replace(school.sheets[0], rows=[*head, *rows]), *school.sheets[1:]])

    def by_children(of: School) -> set[tuple[object, ...]]:
        return {(link.left.lead.id_number, link.right.lead.row, link.decision, link.tier) for link in of.links()}

    assert by_children(moved) == by_children(school)


@given(answered_schools())
def test_a_decision_touches_no_other_pair_except_by_one_to_one(both: tuple[School, School]) -> None:
    asked, school = both
    decided = {line.key for line in school.decisions}
    before = {pair_key(link): link for link in asked.links()}
    after = {pair_key(link): link for link in school.links()}
    taken = {part for link in after.values() if link.tier == "person" and link.decision == "accepted"
             for part in (id_of(link, 0), id_of(link, 1))}  # fmt: skip
    assert set(after) <= set(before)
    for key, link in before.items():
        if key in decided:
            continue
        if key in after and "是该班名单另一行的" in after[key].reason:
            # A pupil has a row under its own name and a person's 是 beside another one of the class: both are asked.
            assert (link.tier, state(after[key])) == ("class_list", ("review", None))
            assert after[key].earlier is not None
        elif key in after:
            assert (state(after[key]), own_reason(after[key])) == (state(link), own_reason(link))
        else:
            assert link.decision == "review"
            assert {id_of(link, 0), id_of(link, 1)} & taken
    people = [link for link in after.values() if link.tier == "person" and link.decision == "accepted"]
    assert len({id_of(link, 0) for link in people}) == len(people) == len({id_of(link, 1) for link in people})


def id_of(link: Link, side: int) -> tuple[object, ...]:
    return (link.left if side == 0 else link.right).lead.place


def test_a_no_about_a_listed_child_or_a_transfer_leaves_the_child_to_itself() -> None:
    lost = float(id_number()[:15] + "000")
    asked = School().enrolled(Child("张三")).poverty(["1", "张三", lost, "之子", "脱贫户", "", ""])
    assert asked.told("poverty_unmarked", "not_located") == [("张三", "to_confirm")] * 2
    school = asked.answered("否", pairs(asked, "poverty")["张三", "张三"])
    assert state(pairs(school, "poverty")["张三", "张三"]) == ("rejected", "person")
    assert school.told("poverty_unmarked") == []
    assert [certainty for _, certainty in school.told("not_located")] == ["certain"]
    moved = School().enrolled(Child("张三"), WANG).list_of(CLASS, {"王红": "是"})
    headings = ("姓名", "出生日期", "转入学校", "办理状态", "申请日期", "转学类型")
    moved.sheet("转学.xlsx", "转学登记表", headings, [["张三", "20130501", "外县学校", "已完成", "2025-08-20", "转出"]])
    (link,) = [link for link in moved.links("transfer") if link.waits]
    assert moved.told("not_returned") == [("张三", "to_confirm")]
    assert moved.answered("是", link).told("not_returned") == []
    assert moved.answered("否", link).told("not_returned") == [("张三", "certain")]


def by_the_model(school: School, answer: str) -> dict[tuple[str, str], Link]:
    """The links of `slip` after an answer, had the model accepted the pair, beside another pair of the same rows."""
    evidence = school.evidence()
    links = [replace(link, decision="accepted", tier="model") if link.decision == "review" else link
             for link in evidence.links["enrollment", "presence"]]  # fmt: skip
    there = {id(link.right): link.right for link in links} | {id(one.pupil): one.pupil for one in evidence.newcomers}
    asked = school.answered(answer, the_pair(school)) if answer else school
    left = [facts.pupil for facts in evidence.pupils]
    registers = ("enrollment", "presence")
    known = standing(asked.decisions, AS_OF)
    found = with_decisions(links, left, list(there.values()), registers, known)
    return {(link.left.lead.name or "", link.right.lead.name or ""): link for link in found}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", ("accepted", "model")),
        ("是", ("accepted", "person")),
        ("否", ("rejected", "person")),
        ("待查", ("review", None)),
    ],
)
def test_a_person_wins_over_the_model(answer: str, expected: tuple[str, str | None]) -> None:
    school = School().enrolled(Child("李晓明"), Child("李晓名", sequence=5), WANG)
    school.list_of(CLASS, {"李小明": "是", "李晓铭": "是", "王红": "是"})
    found = by_the_model(school, answer)
    assert state(found["李晓明", "李小明"]) == expected
    # What only the model accepts is still a question.
    assert found["李晓明", "李小明"].waits == (answer in ("", "待查"))
    # The model's other ideas about the same two rows fall with a person's 是, and stand otherwise.
    assert (("李晓明", "李晓铭") in found) == (answer != "是")
    assert state(found["李晓名", "李晓铭"]) == ("accepted", "model")


def test_a_pupil_may_stand_on_a_county_list_twice() -> None:
    number = id_number()
    slips = [number[:17], number[:16] + number[17:]]
    asked = School().enrolled(Child("张三"))
    asked.poverty(*([str(n), "张三", wrong, "之子", "脱贫户", "", ""] for n, wrong in enumerate(slips)))
    links = [link for link in asked.links("poverty") if link.waits]
    assert len(links) == 2
    both = asked.answered("是", links[0]).answered("是", links[1])
    assert [state(link) for link in both.links("poverty")] == [("accepted", "person")] * 2
