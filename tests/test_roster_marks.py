"""三.1 and 三.3: marks against the county's lists, and children on those lists who are on no roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from builders import Child, School, id_number

from dropctl.policy.rules.roster_marks import Mark, poverty_mark
from dropctl.reconcile.links import MODEL

MARKED = ("年级", "班级", "姓名", "身份证件号", "学籍号", "学生状态", "是否脱贫户", "残疾类型")


def marked(*rows: tuple[str, int, str, str]) -> School:
    cells = [["七年级", "1班", name, id_number(sequence=n), "", "在读", poor, sick] for name, n, poor, sick in rows]
    return School().sheet("学籍.xlsx", "学籍名册", MARKED, cells)


def test_poverty_marks_both_ways() -> None:
    school = marked(("张三", 1, "否", "无残疾"), ("李四", 3, "是", ""), ("王五", 5, "是", ""), ("赵六", 7, "", ""))
    school.poverty(
        ["1", "张三", id_number(sequence=1), "之子", "脱贫户", "", "小学"],
        ["2", "李四", id_number(sequence=3), "之女", "一般农户", "边缘易致贫户", "小学"],
        ["3", "赵六", id_number(sequence=7), "之子", "一般农户", "", "小学"],
    )
    assert school.told("poverty_unmarked") == [("张三", "certain")]
    assert school.told("poverty_unlisted") == [("王五", "certain")]
    assert school.findings("poverty_unmarked")["due_date"].to_list() == [date(2025, 9, 30)]


def test_disability_marks_both_ways() -> None:
    school = marked(
        ("张三", 1, "", "无残疾"), ("李四", 3, "", "智力残疾"), ("王五", 5, "", "0-无残疾"), ("赵六", 7, "", "肢体残疾")
    )
    school.disability(
        ["张三", id_number(sequence=1) + "13B1", "视力", "三级"], ["李四", id_number(sequence=3) + "52", "智力", "二级"]
    )
    assert school.told("disability_unmarked") == [("张三", "certain")]
    assert school.told("disability_unlisted") == [("赵六", "certain")]


def test_without_the_list_nobody_is_called_unlisted() -> None:
    assert marked(("张三", 1, "是", "智力残疾")).told("poverty_unlisted", "disability_unlisted") == []


def test_a_mark_on_a_pupil_whose_number_cannot_be_compared_is_in_doubt() -> None:
    school = School().sheet("学籍.xlsx", "学籍名册", MARKED, [["七年级", "1班", "张三", "", "", "在读", "是", ""]])
    school.poverty(["9", "别人", id_number(sequence=31), "之子", "脱贫户", "", "小学"])
    assert school.told("poverty_unlisted") == [("张三", "to_confirm")]


@pytest.mark.parametrize(("tier", "source"), [("exact_id", "名单确认"), (MODEL, "待确认")])
def test_a_mark_says_whether_anybody_has_confirmed_the_child_behind_it(tier: str, source: str) -> None:
    school = marked(("张三", 1, "否", ""))
    school.poverty(["1", "张三", id_number(sequence=1), "之子", "脱贫户", "", "小学"])
    evidence = school.evidence()
    (facts,) = evidence.pupils
    facts.list_links["poverty"] = [replace(link, tier=tier) for link in facts.list_links["poverty"]]
    assert poverty_mark(facts, evidence) == Mark("脱贫户", source)


@pytest.mark.parametrize(("born", "certainty"), [
    ("20100831", "to_confirm"),  # one day too old for the nine cohorts of 2025–26
    ("20100901", "certain"),
    ("20190831", "certain"),
    ("20190901", None),  # due only in 2026
    ("20080903", None),  # seventeen on 2025-09-03
    ("20080904", "to_confirm"),  # seventeen tomorrow
])  # fmt: skip
def test_school_age_at_its_limits(born: str, certainty: str | None) -> None:
    school = marked(("张三", 1, "", "")).poverty(["1", "吴十", id_number(born, 9), "之子", "脱贫户", "", ""])
    assert school.told("not_located") == ([("吴十", certainty)] if certainty else [])


@pytest.mark.parametrize(("relation", "state"), [("户主", ""), ("之子", "普通高中"), ("之女", "中职一年级")])
def test_heads_of_household_and_finished_pupils_are_not_sought(relation: str, state: str) -> None:
    born = "20100901" if state else "19801111"
    school = marked(("张三", 1, "", "")).poverty(["1", "吴十", id_number(born, 9), relation, "脱贫户", "", state])
    assert school.told("not_located") == []


def test_a_child_on_two_lists_is_one_finding() -> None:
    number = id_number("20150303", 11)
    school = marked(("张三", 1, "", "")).poverty(["1", "吴十", number, "之子", "脱贫户", "", ""])
    school.disability(["吴十", number + "43", "肢体", "三级"])
    (line,) = school.findings("not_located").iter_rows(named=True)
    assert {line["register"], line["other_register"]} == {"poverty", "disability"}


def test_a_child_present_but_unregistered_with_the_same_name_is_in_doubt() -> None:
    school = marked(("张三", 1, "", "")).those_present("七年级1班", "张三").those_present("一年级1班", "吴十")
    school.poverty(["1", "吴十", id_number("20181010", 9), "之子", "脱贫户", "", ""])
    (line,) = school.findings("not_located").iter_rows(named=True)
    assert (line["certainty"], line["triage"], line["other_register"]) == ("to_confirm", "data_fault", "presence")


def previous(*rows: tuple[str, str, int]) -> School:
    school = School().enrolled(Child("张三", "七年级1班", sequence=1))
    cells = [[grade, "1班", name, id_number(sequence=n), "", "在读"] for grade, name, n in rows]
    headings = ("年级", "班级", "姓名", "身份证件号", "学籍号", "学生状态")
    return school.sheet("上期.xlsx", "某某学校学生名册 2024—2025学年第二学期", headings, cells)


def test_last_terms_pupils_are_sought_and_its_top_grade_is_only_listed() -> None:
    school = previous(("六年级", "张三", 1), ("六年级", "吴十", 3), ("九年级", "毕业生", 5))
    assert school.registers().frames["previous"].height == 3
    assert school.told("not_located") == [("吴十", "certain")]
    assert school.evidence().graduated == {"某某学校": "9"}


def test_identities_across_row_orders_are_the_same() -> None:
    school = marked(("张三", 1, "是", ""), ("李四", 3, "", ""), ("王五", 5, "", ""))
    school.list_of("七年级1班", {"张三": "是", "李四": "否", "外来": "是"})
    before = school.findings()
    for sheet in school.sheets:
        top = 2
        sheet.rows = [*sheet.rows[:top], *reversed(sheet.rows[top:])]
    after = school.findings()
    keep = [name for name in before.columns if name not in ("row", "other_row", "reason")]
    assert before.select(keep).equals(after.select(keep))
    assert before.filter(pl.col("finding_id").is_duplicated()).is_empty()
