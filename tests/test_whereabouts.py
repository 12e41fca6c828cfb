"""三.3: children of the household list and of last term's register; promotion, leavers, spring terms."""

from __future__ import annotations

from datetime import date

import pytest
from builders import Child, School, id_number

from dropctl.policy.rules.whereabouts import passed_over
from dropctl.procedures.beside import graduates, promotions

HERE = Child("张三", "七年级1班")


def listed(born: str = "20150303", change: str = "", school: str = "", relation: str = "之子") -> School:
    made = School().enrolled(HERE)
    return made.household(["1", "吴十", relation, "男", id_number(born, 9), born, "某派出所", change, school])


@pytest.mark.parametrize(("born", "certainty"), [
    ("20100831", "to_confirm"), ("20100901", "certain"), ("20190831", "certain"), ("20190901", None),
    ("20080903", None), ("20080904", "to_confirm"),
])  # fmt: skip
def test_household_children_at_the_limits_of_school_age(born: str, certainty: str | None) -> None:
    assert listed(born).told("not_located") == ([("吴十", certainty)] if certainty else [])


def test_an_adult_on_the_household_list_is_not_sought() -> None:
    assert listed("19850101", relation="户主").told("not_located") == []


@pytest.mark.parametrize(("change", "reason"), [("死亡", "死亡"), ("2025年3月迁出", "迁出"), ("户口注销", "迁出")])
def test_who_moved_away_or_died_is_counted_and_not_sought(change: str, reason: str) -> None:
    school = listed(change=change)
    assert school.told("not_located") == []
    assert passed_over(school.evidence()) == {reason: 1}


@pytest.mark.parametrize("change", ["", "无", "迁入", "人户分离", "未迁出", "户口没有注销"])
def test_other_changes_do_not_hide_a_child(change: str) -> None:
    assert listed(change=change).told("not_located") == [("吴十", "certain")]


@pytest.mark.parametrize(("remark", "certainty"), [
    ("2023年死亡注销", "to_confirm"), ("户口已迁出", "to_confirm"), ("父亲病故", "to_confirm"),
    ("未迁出", "certain"), ("低保户", "certain"),
])  # fmt: skip
def test_a_remark_about_leaving_makes_it_doubtful_and_hides_nobody(remark: str, certainty: str) -> None:
    headings = ("户号", "姓名", "性别", "公民身份号码", "出生日期", "派出所", "备注")
    row = ["1", "吴十", "男", id_number("20150303", 9), "20150303", "某派出所", remark]
    school = School().enrolled(HERE).sheet("户籍.xlsx", "户籍适龄儿童名单", headings, [row])
    assert school.told("not_located") == [("吴十", certainty)]
    [line] = school.findings("not_located").iter_rows(named=True)
    assert (remark in line["reason"]) == (certainty == "to_confirm")


def test_a_child_that_another_list_still_names_is_in_doubt() -> None:
    school = listed(change="迁出").poverty(["1", "吴十", id_number("20150303", 9), "之子", "脱贫户", "", ""])
    (line,) = school.findings("not_located").iter_rows(named=True)
    assert line["certainty"] == "to_confirm"
    assert "户籍名单注明迁出" in line["reason"]


def test_a_school_elsewhere_explains_and_this_school_does_not() -> None:
    (line,) = listed(school="杭州某小学").findings("not_located").iter_rows(named=True)
    assert line["triage"] == "elsewhere"
    (line,) = listed(school="某某学校").findings("not_located").iter_rows(named=True)
    assert line["triage"] == "to_contact"
    assert "名册上却没有" in line["reason"]


def test_three_lists_and_one_of_them_without_a_number_are_one_finding() -> None:
    number = id_number("20150303", 9)
    school = (
        listed().poverty(["1", "吴十", number, "之子", "脱贫户", "", ""]).disability(["吴十", number + "43", "", ""])
    )
    school.sheet("村.xlsx", "户籍适龄儿童名单", ("户号", "姓名", "性别", "出生日期", "派出所"), [
        ["1", "吴十", "男", "20150303", "某派出所"],
        ["2", "吴十", "男", "20150304", "某派出所"],  # another day: another child
    ])  # fmt: skip
    found = school.findings("not_located")
    assert found.height == 2
    assert "脱贫监测名单、残疾人名单、户籍适龄儿童名单" in "".join(found["reason"].to_list())


def test_a_child_on_the_roster_is_located_whatever_the_list_says() -> None:
    school = School().enrolled(HERE).household(
        ["1", "张三", "之子", "男", HERE.id, "20130501", "某派出所", "迁出", ""]
    )  # fmt: skip
    assert school.told("not_located") == []
    assert passed_over(school.evidence()) == {}


def promoted(now: str, before: str, opening: date = date(2025, 9, 1), title: str = "2024—2025学年第二学期") -> School:
    school = School(opening=opening, as_of=opening).enrolled(Child("张三", now))
    return school.before((before, "1班", "张三", 1), title=title)


@pytest.mark.parametrize(
    ("before", "what"), [("六年级", []), ("七年级", ["留级"]), ("五年级", ["跳级"]), ("八年级", ["年级降低"])]
)
def test_in_autumn_one_grade_more_is_expected(before: str, what: list[str]) -> None:
    assert promotions(promoted("七年级1班", before).evidence())["what"].to_list() == what


@pytest.mark.parametrize(("before", "what"), [("七年级", []), ("六年级", ["学期中升了年级"]), ("八年级", ["年级降低"])])
def test_in_spring_the_same_grade_is_expected(before: str, what: list[str]) -> None:
    school = promoted("七年级1班", before, date(2026, 3, 2), "2025—2026学年第一学期")
    assert promotions(school.evidence())["what"].to_list() == what


def leavers(opening: date, title: str) -> School:
    school = School(opening=opening, as_of=opening).enrolled(Child("张三", "九年级1班"))
    return school.before(
        ("八年级", "1班", "张三", 1), ("八年级", "1班", "吴十", 3), ("九年级", "1班", "毕业生", 5), title=title
    )


def test_in_autumn_the_top_grade_is_listed_and_the_others_are_sought() -> None:
    school = leavers(date(2025, 9, 1), "2024—2025学年第二学期")
    assert school.told("not_located") == [("吴十", "certain")]
    assert graduates(school.evidence())["name"].to_list() == ["毕业生"]


def test_in_spring_nobody_has_finished() -> None:
    school = leavers(date(2026, 3, 2), "2025—2026学年第一学期")
    assert sorted(school.told("not_located")) == [("吴十", "certain"), ("毕业生", "certain")]
    assert graduates(school.evidence()).is_empty()


def test_a_register_of_some_classes_only_ends_nobodys_schooling() -> None:
    school = School().enrolled(Child("张三", "九年级1班")).before(("三年级", "1班", "吴十", 3))
    assert school.told("not_located") == [("吴十", "certain")]
    assert graduates(school.evidence()).is_empty()


def test_a_finished_pupil_on_the_household_list_is_no_over_age_child() -> None:
    number = id_number("20100101", 5)
    school = School().enrolled(Child("张三", "九年级1班"))
    school.household(["1", "毕业生", "之子", "男", number, "20100101", "某派出所", "", ""])
    assert school.told("not_located") == [("毕业生", "to_confirm")]
    headings = ("年级", "班级", "姓名", "身份证件号", "学籍号", "学生状态")
    title = "某某学校学生名册 2024—2025学年第二学期"
    school.sheet("上期.xlsx", title, headings, [["九年级", "1班", "毕业生", number, "", "在读"]])
    assert school.told("not_located") == []
    assert graduates(school.evidence())["hint"].to_list() == ["也在户籍适龄儿童名单上"]
