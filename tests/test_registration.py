"""三.2: registration and identity, one kind after the other."""

from __future__ import annotations

import pytest
from builders import Child, School, id_number

CLASS = "七年级1班"
GOOD = id_number()


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "校验位"),
        (GOOD[:-1], "位数"),
        ("349901201302300011", "日期"),
        (GOOD[:10] + "A" + GOOD[11:], "字符"),
        (float(GOOD[:15] + "000"), "丢失"),
        (float(GOOD[:17] + "0"), "丢失"),
        ("3.49901E+17", "丢失"),
    ],
)
def test_a_number_that_cannot_be_right(number: object, word: str) -> None:
    school = School().enrolled(Child("张三", number=number))  # type: ignore[arg-type]
    (line,) = school.findings("identity_invalid").iter_rows(named=True)
    assert line["certainty"] == "certain"
    assert word in line["reason"]
    assert GOOD not in line["reason"]


@pytest.mark.parametrize("number", [GOOD, GOOD.lower(), f" {GOOD} ", f"'{GOOD}", "H12345678", ""])
def test_numbers_that_are_no_fault(number: str) -> None:
    assert School().enrolled(Child("张三", number=number)).told("identity_invalid") == []


def test_a_valid_number_against_the_stated_sex_or_birth_is_in_doubt() -> None:
    school = School().enrolled(
        Child("张三", sex="女"), Child("李四", sequence=3, born="20130502", number=id_number(sequence=3))
    )
    assert school.told("identity_invalid") == [("张三", "to_confirm"), ("李四", "to_confirm")]


def test_adults_on_the_poverty_list_are_not_asked_about() -> None:
    bad_adult = id_number("19800101", 1)[:-1] + "A"
    bad_child = id_number("20150101", 1)[:-2] + "00"
    school = School().enrolled(Child("张三"))
    school.poverty(
        ["1", "张父", bad_adult, "户主", "脱贫户", "", ""], ["1", "张小", bad_child, "之子", "脱贫户", "", ""]
    )
    assert [name for name, _ in school.told("identity_invalid")] == ["张小"]


def test_one_finding_per_child_even_when_two_lists_carry_bad_numbers() -> None:
    bad = GOOD[:-1]
    school = School().enrolled(Child("张三", number=bad))
    school.sheet("701.xlsx", f"{CLASS}返校登记 2025年9月1日", ("姓名", "身份证号", "是否返校"), [["张三", bad, "是"]])
    assert school.findings("identity_invalid")["register"].to_list() == ["enrollment"]


def test_mismatch_says_both_values_and_points_at_both_rows() -> None:
    headings = ("户类型", "监测对象类别", "姓名", "证件号码", "出生日期")
    school = School().enrolled(Child("张三"))
    school.sheet("脱贫.xlsx", "脱贫户家庭成员", headings, [["脱贫户", "", "张三", GOOD, "2013-05-11"]])
    (line,) = school.findings("identity_mismatch").iter_rows(named=True)
    assert "2013-05-01" in line["reason"]
    assert "2013-05-11" in line["reason"]
    assert (line["register"], line["row"], line["other_register"], line["other_row"]) == ("enrollment", 3, "poverty", 3)


CONTACT = ("年级", "班级", "姓名", "身份证件号", "学生状态", "现住址", "成员1联系电话")


@pytest.mark.parametrize(
    ("address", "phone", "missing"),
    [
        ("某村1号", "19900000001", False),
        ("某村1号", "19900000001、0559-5551234", False),
        ("", "19900000001", True),
        ("某村1号", "", True),
        ("某村1号", "1990000", True),
        ("无", "19900000001", True),
    ],
)
def test_contact_missing(address: str, phone: str, missing: bool) -> None:
    school = School().sheet("学籍.xlsx", "学籍", CONTACT, [["七年级", "1班", "张三", GOOD, "在读", address, phone]])
    assert bool(school.told("contact_missing")) is missing


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("", "19900000002", None),
        ("1990000", "19900000002", None),  # a wrong number of one guardian does not hide the right one of the other
        ("19900000001", "1990000", None),
        ("1990000", "", "监护人电话不可用"),
        ("", "1990000", "监护人电话不可用"),
        ("", "", "没有监护人电话"),
    ],
)
def test_the_phones_of_both_guardians_count(first: str, second: str, reason: str | None) -> None:
    row = ["七年级", "1班", "张三", GOOD, "在读", "某村1号", first, second]
    school = School().sheet("学籍.xlsx", "学籍", (*CONTACT, "成员2联系电话"), [row])
    assert school.findings("contact_missing")["reason"].to_list() == ([reason] if reason else [])


def test_a_register_without_the_columns_says_nothing_about_contacts() -> None:
    assert School().enrolled(Child("张三")).told("contact_missing") == []


def test_a_child_the_class_knows_but_nobody_registered_is_shown_even_when_absent() -> None:
    school = School().enrolled(Child("张三")).list_of(CLASS, {"张三": "是", "陈九": "否", "陈十": None})
    assert dict(school.told("unregistered")) == {"陈九": "to_confirm", "陈十": "to_confirm"}


def test_finding_ids_are_unique_and_hold_no_number() -> None:
    school = School().enrolled(Child("李明", number=""), Child("李明", number=""), Child("张三"))
    school.list_of(CLASS, {"李明": "否", "张三": "否"}).those_present("八年级1班", "李明", "李明")
    found = school.findings()
    assert found["finding_id"].n_unique() == found.height
    assert not any(GOOD in text for text in found["finding_id"])
