"""三.2: transfers counted in working days, and what a transfer or a letter says about who is missing or new."""

from __future__ import annotations

from datetime import date

import pytest
from builders import Child, School, id_number

from dropctl.procedures.beside import letters
from dropctl.school_calendar import SchoolCalendar

CLASS = "七年级1班"
ZHANG, LI = id_number(sequence=1), id_number(sequence=3)


def moving(applied: str, as_of: date, finished: str = "", state: str = "办理中", mark: str = "否") -> School:
    school = School(as_of=as_of).enrolled(Child("张三", sequence=1), Child("李四", sequence=3))
    school.list_of(CLASS, {"张三": mark, "李四": "是"})
    return school.transfers(["张三", ZHANG, "转出", "", "外县中学", applied, finished, state])


@pytest.mark.parametrize(
    ("applied", "last_day"),
    [
        ("2025-09-01", date(2025, 9, 15)),
        # Across 28 September (worked), the holiday of 1–8 October and 11 October (worked).
        ("2025-09-22", date(2025, 10, 11)),
        ("2025-09-27", date(2025, 10, 16)),  # a Saturday: the day of application itself never counts
    ],
)
def test_a_transfer_takes_too_long_from_the_day_after_the_tenth_working_day(applied: str, last_day: date) -> None:
    assert SchoolCalendar(()).add_working_days(date.fromisoformat(applied), 10).due_date == last_day
    kinds = "transfer_pending"
    assert moving(applied, last_day).told(kinds) == []
    late = moving(applied, date.fromordinal(last_day.toordinal() + 1))
    assert late.told(kinds) == [("张三", "certain")]
    (line,) = late.findings(kinds).iter_rows(named=True)
    assert (line["clause"], line["due_date"], line["other_register"]) == ("三.2", None, "transfer")
    assert str(last_day) in line["reason"]


@pytest.mark.parametrize(
    ("state", "finished", "pending"),
    [
        ("已撤回", "", False),
        ("不同意", "", False),
        ("已办结", "", False),
        ("", "2025-09-20", False),
        ("", "", True),
        ("办理中", "2025-09-20", True),  # the word wins: lists fill the day that is planned
        ("已办结", "2025-12-01", True),  # not finished yet on the day judged
        ("看不懂", "", True),
    ],
)
def test_finished_and_withdrawn_transfers_are_not_pending(state: str, finished: str, pending: bool) -> None:
    school = moving("2025-08-01", date(2025, 10, 20), finished, state)
    assert school.told("transfer_pending") == ([("张三", "certain")] if pending else [])


def test_without_a_day_of_application_or_a_calendar_it_is_in_doubt() -> None:
    assert moving("", date(2025, 9, 3)).told("transfer_pending") == [("张三", "to_confirm")]
    far = School(opening=date(2031, 9, 1), as_of=date(2031, 9, 30)).enrolled(Child("张三"))
    far.transfers(["张三", ZHANG, "转出", "", "外县中学", "2031-09-01", "", "办理中"])
    (line,) = far.findings("transfer_pending").iter_rows(named=True)
    assert line["certainty"] == "to_confirm"
    assert "推算" in line["reason"]


@pytest.mark.parametrize(
    ("state", "finished", "triage"),
    [("办理中", "", "elsewhere"), ("已撤回", "", "to_contact"), ("已办结", "2025-09-02", None)],
)
def test_what_a_transfer_out_says_about_an_absence(state: str, finished: str, triage: str | None) -> None:
    school = moving("2025-08-25", date(2025, 9, 3), finished, state)
    found = school.findings("not_returned")
    assert found["triage"].to_list() == ([triage] if triage else [])
    assert found.height == 0 or found["certainty"].to_list() == ["certain"]


def test_the_latest_application_counts() -> None:
    school = moving("2025-06-01", date(2025, 9, 3), "2025-06-10", "已办结")
    school.sheets[-1].rows.append(["张三", ZHANG, "转入", "外县中学", "", "2025-08-01", "2025-08-10", "已办结"])
    assert school.told("not_returned") == [("张三", "certain")]


def test_a_transfer_dated_after_the_day_judged_has_not_happened() -> None:
    school = moving("2025-09-10", date(2025, 9, 3), "2025-09-11", "已办结")
    assert school.findings("not_returned")["triage"].to_list() == ["to_contact"]


def test_a_child_that_moved_away_and_sits_in_class_is_a_conflict() -> None:
    school = moving("2025-08-01", date(2025, 9, 3), "2025-08-10", "已办结", mark="是")
    assert school.told("not_returned") == []
    assert school.told("status_conflict") == [("张三", "certain")]


def test_a_name_alone_in_the_list_of_transfers_is_only_a_question() -> None:
    school = School().enrolled(Child("张三")).list_of(CLASS, {"张三": "否"})
    school.transfers(["张三", "", "转出", "", "外县中学", "2025-08-01", "2025-08-10", "已办结"])
    (line,) = school.findings("not_returned").iter_rows(named=True)
    assert (line["certainty"], line["triage"]) == ("to_confirm", "elsewhere")


def test_a_newcomer_with_a_transfer_in_is_told_with_it() -> None:
    school = School().enrolled(Child("张三", "八年级1班"))
    school.sheet("801.xlsx", "八年级1班返校登记 2025年9月1日", ("姓名", "身份证号", "是否返校"), [
        ["张三", ZHANG, "是"], ["李四", LI, "是"],
    ])  # fmt: skip
    school.transfers(["李四", LI, "转入", "外县中学", "", "2025-09-01", "", "办理中"])
    (line,) = school.findings("unregistered").iter_rows(named=True)
    assert line["certainty"] == "certain"
    assert "转入申请（来自：外县中学，2025-09-01提出），尚未办结" in line["reason"]
    assert line["other_register"] == "transfer"
    assert "催" in line["next_step"]


def test_a_child_of_last_term_whose_transfer_is_finished_is_not_sought_and_counted() -> None:
    school = School().enrolled(Child("张三", "七年级1班")).before(("五年级", "1班", "李四", 3))
    assert school.told("not_located") == [("李四", "certain")]
    school.transfers(["李四", LI, "转出", "", "外县中学", "2025-07-01", "2025-07-08", "已办结"])
    assert school.told("not_located") == []
    pending = School().enrolled(Child("张三", "七年级1班")).before(("五年级", "1班", "李四", 3))
    pending.transfers(["李四", LI, "转出", "", "外县中学", "2025-07-01", "", "办理中"])
    assert pending.findings("not_located")["triage"].to_list() == ["elsewhere"]


def asked_about(mark: str) -> School:
    school = School().enrolled(Child("张三", sequence=1), Child("李四", sequence=3))
    school.list_of(CLASS, {"张三": mark, "李四": "是"})
    return school.letters(
        ["2025-08-30", "外县教育局", "外教函〔2025〕8号", "张三", ZHANG, "协查是否就读", ""],
        ["2025-08-30", "外县教育局", "外教函〔2025〕9号", "查无人", id_number(sequence=99), "协查是否就读", ""],
    )


def test_a_letter_explains_an_absence_and_stands_in_the_reason() -> None:
    (line,) = asked_about("否").findings("not_returned").iter_rows(named=True)
    assert (line["triage"], line["other_register"]) == ("elsewhere", "assistance")
    assert "外县教育局来函（外教函〔2025〕8号）协查本人" in line["reason"]


def test_each_letter_is_listed_with_what_is_known_here() -> None:
    assert letters(asked_about("是").evidence())["here"].to_list() == ["有学籍，在校", "没有查到"]
    assert letters(asked_about("否").evidence())["here"].to_list() == ["有学籍，未返校", "没有查到"]


def test_a_letter_about_an_unregistered_child_in_class_is_told_there() -> None:
    school = School().enrolled(Child("张三", "八年级1班"))
    school.sheet("801.xlsx", "八年级1班返校登记 2025年9月1日", ("姓名", "身份证号", "是否返校"), [["李四", LI, "是"]])
    school.letters(["2025-08-30", "外县教育局", "", "李四", LI, "协查", ""])
    (line,) = school.findings("unregistered").iter_rows(named=True)
    assert "外县教育局来函协查本人" in line["reason"]
    assert letters(school.evidence())["here"].to_list() == ["在校，没有学籍"]


def test_a_letter_that_came_after_the_day_judged_is_not_known_yet() -> None:
    school = School().enrolled(Child("张三")).list_of(CLASS, {"张三": "否"})
    school.letters(["2025-09-04", "外县教育局", "", "张三", ZHANG, "协查", ""])
    assert school.findings("not_returned")["triage"].to_list() == ["to_contact"]
    assert letters(school.evidence()).is_empty()
