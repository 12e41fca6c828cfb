"""One number on rows that are perhaps two children (CONTRACT §1): linked, asked about, or plainly somebody else."""

from __future__ import annotations

import pytest
from builders import School, id_number

BROTHER, SISTER = id_number(), id_number("20150612", 22)
ROSTER = ("年级", "班级", "姓名", "性别", "身份证件号", "出生日期", "监护人姓名", "家庭住址", "学生状态")
HOUSEHOLD = ("户主", "姓名", "性别", "公民身份号码", "出生日期", "监护人姓名", "村", "所属派出所")


def school(*listed: tuple[str, str, str | None, str], sister: bool = True) -> School:
    """A roster with 王大山 and his sister 王小溪, and the household list with these rows: name, sex, number, birth."""
    pupils = [("王大山", "男", BROTHER, "2013-05-01"), ("王小溪", "女", SISTER, "2015-06-12")]
    rows = [
        ["七年级", f"{turn}班", name, sex, number, born, "王建国", "青山乡白水村一组", "在读"]
        for turn, (name, sex, number, born) in enumerate(pupils if sister else pupils[:1], 1)
    ]
    made = School().sheet("学籍.xlsx", "学籍名册", ROSTER, rows)
    return made.sheet(
        "户籍.xlsx", "户籍适龄儿童名单", HOUSEHOLD,
        [["王建国", name, sex, number, born, "王建国", "白水村", "青山派出所"] for name, sex, number, born in listed],
    )  # fmt: skip


def decisions(made: School) -> list[tuple[str | None, str | None, str, str | None]]:
    return [(link.left.lead.name, link.right.lead.name, link.decision, link.tier) for link in made.links("household")]


def test_another_name_beside_the_number_links_when_nobody_else_is_like_either_row() -> None:
    made = school(("王大川", "男", BROTHER, "2013-05-01"), sister=False)
    assert decisions(made) == [("王大山", "王大川", "accepted", "exact_id")]
    assert made.told("identity_mismatch") == [("王大山", "certain")]


def test_a_row_that_is_the_sister_but_for_the_number_is_not_asked_about_for_the_brother() -> None:
    made = school(("王小溪", "女", BROTHER, "2015-06-12"))
    assert decisions(made) == [("王小溪", "王小溪", "accepted", "model")]
    assert made.told("identity_mismatch") == []
    # Nothing is cleared by it: the list's row stays to be confirmed.
    assert made.told("not_located") == [("王小溪", "to_confirm")]


def test_without_the_sister_on_the_roster_two_differences_are_for_a_person() -> None:
    made = school(("王小溪", "女", BROTHER, "2015-06-12"), sister=False)
    assert decisions(made) == [("王大山", "王小溪", "review", None)]
    assert made.told("not_located") == [("王小溪", "to_confirm")]


@pytest.mark.parametrize("number", [None, id_number("20130501", 3)])
def test_another_name_beside_the_number_is_no_certainty_when_the_name_stands_in_another_row(number: str | None) -> None:
    twin, own = ("王大川", "男", BROTHER, "2013-05-01"), ("王大山", "男", number, "2013-05-01")
    made = school(twin, own, sister=False)
    assert ("王大山", "王大川", "review", None) in decisions(made)
    assert all(decision != "accepted" or tier == "model" for *_, decision, tier in decisions(made))
    assert made.told("identity_mismatch") == []


def test_a_second_row_with_the_number_is_asked_about() -> None:
    made = school(("王大山", "男", BROTHER, "2013-05-01"), ("王大川", "男", BROTHER, "2013-05-01"), sister=False)
    assert decisions(made) == [
        ("王大山", "王大山", "accepted", "exact_id"),
        ("王大山", "王大川", "review", None),
    ]  # fmt: skip


def test_the_reason_says_who_else_it_could_be() -> None:
    made = school(("王大川", "男", BROTHER, "2013-05-01"), ("王大山", "男", None, "2013-05-01"), sister=False)
    [reason] = [link.reason for link in made.links("household") if link.right.lead.name == "王大川"]
    assert reason.startswith("证件号相同但姓名不同，其中一方又像是另一个人；学籍名册的“王大山”也可能是户籍")
    assert "的“王大山”（第4行），几对要一起判断" in reason


def test_a_misspelt_name_beside_both_numbers_is_one_link() -> None:
    headings = ("年级", "班级", "姓名", "身份证件号", "学籍号", "学生状态")
    made = School().sheet(
        "学籍.xlsx", "学籍名册", headings, [["七年级", "1班", "王大山", BROTHER, "G" + BROTHER, "在读"]]
    )
    listed = ["七年级", "1班", "王大三", BROTHER, "G" + BROTHER, "是"]
    made.sheet("返校.xlsx", "返校名单2025-09-01", (*headings[:-1], "是否返校"), [listed])
    found = [(link.right.lead.name, link.decision, link.tier) for link in made.links("presence")]
    assert found == [("王大三", "accepted", "exact_id")]
    assert made.told("not_returned") == []


def test_a_number_in_the_wrong_row_of_a_return_list_accuses_nobody_for_certain() -> None:
    other = id_number("20130601", 3)
    headings = ("年级", "班级", "姓名", "身份证件号", "学生状态")
    pupils = [("张甲天", BROTHER), ("张乙地", other), ("李丙人", id_number("20130701", 5))]
    made = School().sheet(
        "学籍.xlsx", "学籍名册", headings, [["七年级", "1班", name, number, "在读"] for name, number in pupils]
    )
    rows = [["七年级", "1班", "张乙地", BROTHER], ["七年级", "1班", "李丙人", pupils[2][1]]]
    made.sheet("返校.xlsx", "返校名单2025-09-01", headings[:-1], rows)
    assert set(made.told("not_returned")) == {("张甲天", "to_confirm"), ("张乙地", "to_confirm")}
    assert made.told("identity_mismatch") == []


def test_a_second_damaged_row_of_a_child_is_no_other_child() -> None:
    damaged = BROTHER[:16] + str((int(BROTHER[16]) + 1) % 10) + BROTHER[17:]
    row = ("王大山", "男", BROTHER, "2013-05-01")
    made = school(row, (*row[:2], damaged, row[3]), sister=False)
    assert decisions(made) == [
        ("王大山", "王大山", "accepted", "exact_id"),
        ("王大山", "王大山", "accepted", "model"),
    ]  # fmt: skip
    assert made.told("not_located") == [("王大山", "to_confirm")]


def test_a_namesake_born_on_another_day_is_a_question_and_no_second_row() -> None:
    made = school(("王大山", "男", BROTHER, "2013-05-01"), ("王大山", "男", None, "2011-09-23"), sister=False)
    assert [pair[2:] for pair in decisions(made)] == [("accepted", "exact_id"), ("review", None)]


def test_a_sister_on_the_list_is_no_second_row_of_her_brother() -> None:
    row = ("王大山", "男", BROTHER, "2013-05-01")
    made = school(row, ("王大雨", "女", id_number("20130501", 22), "2013-05-01"), sister=False)
    assert decisions(made) == [("王大山", "王大山", "accepted", "exact_id")]
    assert made.told("not_located") == [("王大雨", "certain")]


def test_two_children_under_one_number_are_both_shown() -> None:
    both = school(("钱大宝", "男", SISTER, "2015-06-12"), ("赵小花", "女", SISTER, "2014-09-09"), sister=False)
    assert both.told("not_located") == [("赵小花", "certain"), ("钱大宝", "certain")]
    # One difference is one child (CONTRACT §1), and no name is lost.
    one = school(("钱大宝", "女", SISTER, "2015-06-12"), ("钱小宝", "女", SISTER, "2015-06-12"), sister=False)
    [(name, reason)] = one.findings("not_located").select("name", "reason").rows()
    assert {name, reason.split("写作“")[1].split("”")[0]} == {"钱大宝", "钱小宝"}


@pytest.mark.parametrize("more", [False, True])
def test_a_homophone_is_met_whoever_else_is_on_the_lists(more: bool) -> None:
    listed = [("王大杉", "男", None, "2013-05-02")]
    made = school(*listed, *([("李安宁", "女", None, "2012-05-01")] if more else []), sister=False)
    assert ("王大山", "王大杉") in [pair[:2] for pair in decisions(made)]


def test_the_head_of_the_household_counts_as_the_guardian() -> None:
    headings = tuple(one for one in HOUSEHOLD if one != "监护人姓名")
    bare = School().sheet("学籍.xlsx", "学籍名册", ROSTER, [
        ["七年级", "1班", "王大山", "男", BROTHER, "2013-05-01", "王建国", "青山乡白水村一组", "在读"]
    ])  # fmt: skip
    bare.sheet(
        "户籍.xlsx",
        "户籍适龄儿童名单",
        headings,
        [["王建国", "王大山", "男", None, "2013-05-01", "白水村", "青山派出所"]],
    )
    [link] = bare.links("household")
    assert ("监护人", "equal") in [(field, level) for field, level, *_ in link.evidence]


def test_the_model_takes_no_adult_for_a_pupil() -> None:
    made = School().sheet("学籍.xlsx", "学籍名册", ROSTER, [
        ["七年级", "1班", "张伟", "男", BROTHER, "2013-05-01", "王建国", "青山乡白水村一组", "在读"]
    ])  # fmt: skip
    made.poverty(["1", "张伟", None, "户主", "脱贫户", "", ""])
    assert made.links("poverty") == []
    assert made.told("poverty_unmarked") == []
