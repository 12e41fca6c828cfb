"""Who is certainly the same child (CONTRACT §1): each tier, and the pairs that must never be joined."""

from __future__ import annotations

import pytest
from builders import Child, School, id_number

CLASS = "七年级1班"


def decisions(school: School, register: str = "presence") -> list[tuple[str, str, str, str | None]]:
    return [
        (link.left.lead.name or "", link.right.lead.name or "", link.decision, link.tier)
        for link in school.links(register)
    ]


def test_equal_valid_id_and_name_is_exact() -> None:
    school = School().enrolled(Child("张三")).poverty(["1", "张三", id_number(), "之子", "脱贫户", "", ""])
    assert decisions(school, "poverty") == [("张三", "张三", "accepted", "exact_id")]


def test_a_number_written_full_width_or_inside_a_certificate_is_repaired() -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in id_number())
    school = School().enrolled(Child("张三")).poverty(["1", "张三", wide, "之子", "脱贫户", "", ""])
    assert decisions(school, "poverty") == [("张三", "张三", "accepted", "repaired_id")]
    school = School().enrolled(Child("张三")).disability(["张三", id_number() + "54", "智力", "四级"])
    assert decisions(school, "disability") == [("张三", "张三", "accepted", "repaired_id")]


def test_one_stated_difference_is_linked_and_shown_two_are_for_a_person() -> None:
    school = School().enrolled(Child("张三丰")).poverty(["1", "张三峰", id_number(), "之子", "脱贫户", "", ""])
    assert decisions(school, "poverty") == [("张三丰", "张三峰", "accepted", "exact_id")]
    assert school.told("identity_mismatch") == [("张三丰", "certain")]

    school = School().enrolled(Child("张三丰"))
    school.sheet(
        "脱贫名单.xlsx", "脱贫户家庭成员", ("户类型", "监测对象类别", "姓名", "性别", "证件号码"),
        [["脱贫户", "", "李小红", "女", id_number()]],
    )  # fmt: skip
    assert decisions(school, "poverty") == [("张三丰", "李小红", "review", None)]
    assert school.told("identity_mismatch") == []


def test_a_former_name_counts_as_the_name() -> None:
    headings = ("年级", "班级", "姓名", "曾用名", "身份证件号", "学籍号", "学生状态")
    school = School().sheet(
        "学籍.xlsx", "学籍名册", headings, [["七年级", "1班", "张新", "张旧", id_number(), "", "在读"]]
    )
    school.poverty(["1", "张旧", id_number(), "之子", "脱贫户", "", ""])
    assert decisions(school, "poverty") == [("张新", "张旧", "accepted", "exact_id")]
    assert school.told("identity_mismatch") == []


def test_digits_lost_in_the_spreadsheet_go_to_review() -> None:
    lost = float(id_number()[:15] + "000")
    school = School().enrolled(Child("张三")).poverty(["1", "张三", lost, "之子", "脱贫户", "", ""])
    assert decisions(school, "poverty") == [("张三", "张三", "review", None)]
    assert school.told("poverty_unmarked") == [("张三", "to_confirm")]
    assert school.told("not_located") == [("张三", "to_confirm")]


def test_class_list_needs_the_name_once_on_each_side_of_the_class() -> None:
    twice = [Child("李明"), Child("李明", sequence=3)]
    school = School().enrolled(*twice).list_of(CLASS, {"李明": "是"})
    assert {decision for *_, decision, _ in decisions(school)} == {"review"}
    assert {link.reason for link in school.links()} == {"该班有同名学生（名册2人，名单1人），分不清谁是谁"}
    assert school.told("not_returned") == [("李明", "to_confirm")] * 2


def test_namesakes_in_two_classes_of_a_grade_are_two_pupils() -> None:
    school = School().enrolled(Child("李明"), Child("李明", "七年级2班", sequence=3))
    school.list_of(CLASS, {"李明": "是"}).list_of("七年级2班", {"李明": "是"})
    assert [decision for *_, decision, _ in decisions(school)] == ["accepted", "accepted"]
    assert school.told("not_returned", "unregistered") == []


def test_a_pupil_in_another_class_of_the_grade_is_found_and_the_reason_says_so() -> None:
    school = School().enrolled(Child("李明"), Child("王红", sequence=3), Child("周亮", "七年级2班", sequence=5))
    school.list_of(CLASS, {"王红": "是"}).list_of("七年级2班", {"周亮": "是", "李明": "是"})
    (link,) = [link for link in school.links() if link.left.lead.name == "李明"]
    assert (link.decision, link.tier) == ("accepted", "class_list")
    assert "班级不同" in link.reason
    assert school.told("not_returned", "unregistered") == []


def test_a_name_unique_only_in_the_school_is_for_a_person() -> None:
    school = School().enrolled(Child("李明"), Child("王红", sequence=3), Child("周亮", "九年级1班", sequence=5))
    school.list_of(CLASS, {"王红": "是"}).list_of("九年级1班", {"周亮": "是", "李明": "是"})
    assert school.told("not_returned") == [("李明", "to_confirm")]
    (line,) = school.findings("unregistered").iter_rows(named=True)
    assert (line["certainty"], line["triage"], line["other_register"]) == ("to_confirm", "data_fault", "enrollment")


def test_a_disagreeing_sex_on_the_class_list_is_for_a_person() -> None:
    school = School().enrolled(Child("李明", sex="男"), Child("王红", sequence=3))
    school.sheet(
        "701.xlsx",
        f"{CLASS}返校登记 2025年9月1日",
        ("姓名", "性别", "是否返校"),
        [["李明", "女", "是"], ["王红", "", "是"]],
    )
    assert school.told("not_returned") == [("李明", "to_confirm")]


def test_an_id_damaged_by_excel_agrees_by_its_first_fourteen_digits() -> None:
    lost = float(id_number()[:15] + "000")
    school = School().enrolled(Child("李明")).list_of(CLASS, {})
    school.sheets.pop()
    school.sheet("701.xlsx", f"{CLASS}返校登记 2025年9月1日", ("姓名", "身份证号", "是否返校"), [["李明", lost, "是"]])
    assert decisions(school) == [("李明", "李明", "accepted", "class_list")]


def test_of_twins_one_missing_the_other_is_never_taken_for_them() -> None:
    twins = [Child("张子涵", sequence=1), Child("张子轩", sequence=3)]
    school = School().enrolled(*twins, Child("王红", sequence=5)).list_of(CLASS, {"张子涵": "是", "王红": "是"})
    assert school.told("not_returned") == [("张子轩", "certain")]
    school = School().enrolled(twins[0]).poverty(["1", "张子轩", id_number(sequence=3), "之子", "脱贫户", "", ""])
    assert decisions(school, "poverty") == []
    assert school.told("not_located") == [("张子轩", "certain")]


def test_a_typing_slip_in_a_name_accuses_nobody() -> None:
    school = (
        School().enrolled(Child("李晓明"), Child("王红", sequence=3)).list_of(CLASS, {"李小明": "是", "王红": "是"})
    )
    assert school.told("not_returned", "unregistered") == [("李晓明", "to_confirm"), ("李小明", "to_confirm")]


@pytest.mark.parametrize("written", ["王芳芳（大）", "王芳芳(未到)", "【女】王芳芳", "王芳芳 （ 借 读 ）"])
def test_a_note_in_the_name_accuses_nobody_and_takes_nobody_for_present(written: str) -> None:
    school = School().enrolled(Child("王芳芳"), Child("李明", sequence=3)).list_of(CLASS, {"李明": "是", written: "是"})
    assert [certainty for _, certainty in school.told("not_returned", "unregistered")] == ["to_confirm"] * 2
    (link,) = [link for link in school.links() if link.left.lead.name == "王芳芳"]
    assert (link.decision, link.tier) == ("review", None)
    assert "附注" in link.reason
    assert link.right.lead.name in link.reason


def test_of_two_children_told_apart_by_a_note_each_is_in_doubt_where_a_list_leaves_it_out() -> None:
    school = School().enrolled(Child("王芳芳（大）"), Child("王芳芳（小）", sequence=3), Child("李明", sequence=5))
    school.list_of(CLASS, {"李明": "是", "王芳芳": "是"})
    assert [certainty for _, certainty in school.told("not_returned")] == ["to_confirm", "to_confirm"]
    both = School().enrolled(Child("王芳芳（大）"), Child("王芳芳（小）", sequence=3), Child("李明", sequence=5))
    both.list_of(CLASS, {"李明": "是", "王芳芳(大)": "是"})
    assert both.told("not_returned") == [("王芳芳(小)", "certain")]


def test_a_pupil_marked_absent_in_one_class_and_present_in_another_is_in_doubt() -> None:
    school = School().enrolled(Child("李明"), Child("王红", sequence=3), Child("周亮", "七年级2班", sequence=5))
    school.list_of(CLASS, {"王红": "是", "李明": "否"}).list_of("七年级2班", {"周亮": "是", "李明": "是"})
    assert school.told("not_returned") == [("李明", "to_confirm")]


def test_one_number_on_two_children_never_links_by_the_number_alone() -> None:
    shared = id_number()
    school = School().enrolled(Child("张三", number=shared), Child("李四", number=shared))
    school.poverty(["1", "王五", shared, "之子", "脱贫户", "", ""])
    assert {decision for *_, decision, _ in decisions(school, "poverty")} == {"review"}
    assert school.told("duplicate_registration") == [("张三", "certain"), ("李四", "certain")] or school.told(
        "duplicate_registration"
    ) == [("李四", "certain"), ("张三", "certain")]


def test_a_child_enrolled_twice_is_one_child_and_two_findings() -> None:
    school = School().enrolled(Child("张三"), Child("张三", "七年级2班"), Child("王红", sequence=3))
    school.list_of(CLASS, {"王红": "是"}).list_of("七年级2班", {"张三": "是"})
    assert school.told("not_returned") == []
    assert school.findings("duplicate_registration")["class_name"].to_list() == [CLASS, "七年级2班"]


def test_a_child_on_two_presence_lists_is_a_finding_and_still_there() -> None:
    school = School().enrolled(Child("张三"), Child("王红", sequence=3), Child("李明", sequence=5))
    school.list_of(CLASS, {"张三": "是", "王红": "是"})
    school.sheet(
        "补充.xlsx", f"{CLASS}返校登记补充 2025年9月1日", ("姓名", "是否返校"), [["张三", "是"], ["李明", "是"]]
    )
    assert school.told("not_returned") == []
    assert school.findings("duplicate_registration")["register"].to_list() == ["presence", "presence"]


def test_what_the_model_accepts_sets_a_mark_and_clears_nothing() -> None:
    headings = ("户编号", "姓名", "性别", "出生日期", "户类型", "监测对象类别")
    school = School().enrolled(Child("张三丰"), Child("王红", sequence=3, born="20130712"))
    school.sheet("脱贫名单.xlsx", "脱贫户家庭成员", headings, [["1", "张三丰", "男", "20130501", "脱贫户", ""]])
    (link,) = school.links("poverty")
    assert (link.decision, link.tier, link.certain) == ("accepted", "model", False)
    assert link.probability is not None
    assert 0.99 < link.probability < 1
    assert link.reason.startswith("比对判为同一人（可能性99.")
    assert school.told("poverty_unmarked") == [("张三丰", "to_confirm")]
    (line,) = school.findings("not_located").iter_rows(named=True)
    assert (line["certainty"], line["other_register"]) == ("to_confirm", "enrollment")


def test_a_likely_pair_shows_how_its_weights_add_up() -> None:
    school = (
        School().enrolled(Child("李晓明"), Child("王红", sequence=3)).list_of(CLASS, {"李小明": "是", "王红": "是"})
    )
    (link,) = [link for link in school.links() if link.decision == "review"]
    fields = {field: (level, bits) for field, level, _, bits in link.evidence}
    assert fields["姓名"][0] == "sound"
    assert fields["班级"] == ("equal", fields["班级"][1])
    assert fields["班级"][1] > 0 > fields["基数"][1]
    assert all(bits == 0 for level, bits in fields.values() if level == "null")


def test_two_valid_numbers_that_differ_are_for_a_person() -> None:
    school = (
        School().enrolled(Child("张三丰")).poverty(["1", "张三丰", id_number(sequence=7), "之子", "脱贫户", "", ""])
    )
    assert decisions(school, "poverty") == [("张三丰", "张三丰", "review", None)]


@pytest.mark.parametrize(("name", "asked"), [("何睿松", True), ("金勇俊", False)])
def test_a_birth_date_and_a_village_alone_are_no_question(name: str, asked: bool) -> None:
    headings = ("年级", "班级", "姓名", "性别", "出生日期", "身份证件号", "家庭地址", "监护人姓名")
    ours = [
        [
            "七年级",
            "1班",
            f"王小{n}",
            "女",
            f"201{n % 3}-0{n % 9 + 1}-1{n % 7}",
            id_number(sequence=n),
            f"{n}村",
            f"父{n}",
        ]
        for n in range(10, 70)
    ]
    ours.append(["七年级", "1班", "何睿博", "男", "2012-05-07", "", "石桥镇枫林村四组", "何大山"])
    school = School().sheet("学籍名册.xlsx", "某某学校学生花名册", headings, ours)
    listed = ("乡(镇)", "行政村", "户编号", "户主姓名", "姓名", "性别", "出生日期", "证件号码", "与户主关系", "户类型")
    theirs = ["石桥镇", "枫林村", "1", "金大海", name, "男", "20120507", "", "之子", "脱贫户"]
    school.sheet("脱贫名单.xlsx", "脱贫户家庭成员", listed, [theirs])
    assert decisions(school, "poverty") == ([("何睿博", name, "review", None)] if asked else [])
    assert school.told("not_located") == [(name, "to_confirm" if asked else "certain")]


def test_of_namesakes_that_fit_equally_well_all_are_asked_about() -> None:
    numbers = [id_number(sequence=n) for n in (1, 5, 7)]
    for order in (numbers, numbers[::-1]):
        school = School().enrolled(*(Child("李晓明", sequence=int(number[14:17])) for number in order))
        school.list_of(CLASS, {"李小明": "是"})
        asked = {(link.left.lead.id_number, link.decision) for link in school.links("presence")}
        assert asked == {(number, "review") for number in numbers}


@pytest.mark.parametrize("copies", [2, 4, 5, 8, 12])
def test_a_row_entered_many_times_on_the_roster_does_not_make_a_listed_child_nobodys(copies: int) -> None:
    headings = ("年级", "班级", "姓名", "性别", "出生日期", "身份证件号", "现住址", "监护人姓名", "学生状态")
    row = ["七年级", "1班", "李一", "男", "2013-05-01", "", "白沙村1号", "李大", "在读"]
    school = School().sheet("学籍.xlsx", "学籍名册", headings, [row] * copies)
    listed = ("姓名", "性别", "出生日期", "公民身份号码", "村（居）", "户主姓名", "户类型")
    school.sheet("脱贫.xlsx", "脱贫户家庭成员", listed, [["李一", "男", "2013-05-01", "", "白沙村", "李大", "脱贫户"]])
    assert [link.decision for link in school.links("poverty")] == ["review"] * copies
    assert school.told("not_located") == [("李一", "to_confirm")]


def test_a_candidate_who_is_absent_as_well_explains_nothing() -> None:
    school = (
        School().enrolled(Child("李晓明"), Child("王红", sequence=3)).list_of(CLASS, {"李小明": "否", "王红": "是"})
    )
    [line] = school.findings("not_returned").to_dicts()
    assert (line["certainty"], line["triage"]) == ("to_confirm", "to_contact")
    assert "“李小明”（也记为未返校）可能是本人" in line["reason"]
    both = School().enrolled(Child("李晓明"), Child("王红", sequence=3))
    both.list_of(CLASS, {"李小明": "否", "李晓鸣": "是", "王红": "是"})
    [line] = both.findings("not_returned").to_dicts()
    assert (line["certainty"], line["triage"]) == ("to_confirm", "data_fault")
    assert "“李晓鸣”可能是本人" in line["reason"]
