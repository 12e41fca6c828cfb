"""三.2 from absence lists to findings: whose mark it is, which days a class reported, and what is only unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import Child, School, id_number

from dropctl.findings import Finding
from dropctl.policy.absence_days import Leave, Mark, Sighting, merge_marks, pupil_days
from dropctl.policy.attendance import Attendance, CaseSeen, attendance_of
from dropctl.policy.rules.attendance import attendance
from dropctl.reconcile.links import Link
from dropctl.school_calendar import SchoolCalendar, Term
from dropctl.tables.raw import Cell

CLASS = "七年级1班"
PUPILS = [Child("张三"), Child("李四", sequence=3), Child("王五", sequence=5)]
CALENDAR = SchoolCalendar((Term("本学期", date(2025, 9, 1), None),))
SIX = CALENDAR.school_days(date(2025, 9, 1), date(2025, 9, 8))
LOG = ("日期", "班级", "姓名", "节次", "缺勤原因", "是否请假")


def school(*more: Child, as_of: date = SIX[-1]) -> School:
    return School(as_of=as_of).enrolled(*PUPILS, *more)


def logged(home: School, *rows: Sequence[Cell], file: str = "缺勤.xlsx") -> School:
    return home.sheet(file, "缺勤登记", LOG, rows)


def row(day: date, name: str | None, leave: str = "否", part: str = "", room: str = "701") -> list[Cell]:
    return [day.isoformat(), room, name, part, "", leave]


def gridded(home: School, marks: Mapping[str, str], month: int = 9, room: str = CLASS) -> School:
    days = [day.day for day in CALENDAR.school_days(date(2025, month, 1), date(2025, month, 30))]
    length = max(map(len, marks.values()))
    rows = [[name, *(mark.strip() or None for mark in text)] for name, text in marks.items()]
    return home.sheet(
        f"{room}{month}月.xlsx", f"{room}2025年{month}月考勤表", ("姓名", *map(float, days[:length])), rows
    )  # type: ignore[arg-type]


def judged(home: School) -> tuple[Attendance, list[Finding]]:
    evidence = home.evidence()
    found = attendance_of(evidence, home.absences())
    return found, attendance(evidence, found)


def told(home: School, *kinds: str) -> list[tuple[str, str | None, str]]:
    return sorted((line.kind, line.name, line.certainty) for line in judged(home)[1] if not kinds or line.kind in kinds)


def codes(home: School) -> list[str]:
    return sorted(issue.code for issue in judged(home)[0].issues)


def test_six_unexcused_days_are_a_suspected_dropout_with_the_place_of_the_first() -> None:
    home = logged(school(), *(row(day, "李四") for day in SIX))
    (line,) = judged(home)[1]
    assert (line.kind, line.name, line.due_date) == ("suspected_dropout", "李四", SIX[-1])
    assert (line.clause, line.triage, line.certainty) == ("三.2", "to_contact", "certain")
    assert (line.register, line.other_register, line.other_file, line.other_row) == (
        "enrollment", "absence", "缺勤.xlsx", 3,
    )  # fmt: skip
    assert line.key[1] == "2025-09-01"


def test_the_same_by_a_grid() -> None:
    assert told(gridded(school(), {"张三": "√√√√√√", "李四": "××××××", "王五": "√√√√√√"})) == [
        ("suspected_dropout", "李四", "certain")
    ]


def test_a_class_without_any_list_is_silent_and_accuses_nobody() -> None:
    other = Child("孙七", "八年级1班", sequence=9)
    home = logged(school(other), *(row(day, "无") for day in SIX))
    (line,) = judged(home)[1]
    assert (line.kind, line.class_name, line.due_date) == ("absence_unreported", "八年级1班", None)
    assert "一天也没有上报" in line.reason


def test_the_days_nobody_reported_are_named() -> None:
    home = logged(school(), *(row(day, "无") for day in SIX if day != date(2025, 9, 3)))
    (line,) = judged(home)[1]
    assert line.kind == "absence_unreported"
    assert "2025-09-03" in line.reason
    assert "2025-09-04" not in line.reason


def test_unreported_days_inside_a_run_make_it_only_possible() -> None:
    home = logged(school(), row(SIX[0], "李四"), row(SIX[5], "李四"))
    kinds = {kind: certainty for kind, _, certainty in told(home)}
    assert kinds["possible_suspected_dropout"] == "to_confirm"
    assert "suspected_dropout" not in kinds


def test_on_a_reported_day_a_pupil_without_a_row_attended() -> None:
    home = logged(school(), *(row(day, "李四" if day != SIX[2] else "张三") for day in SIX))
    found, lines = judged(home)
    assert [line.kind for line in lines] == []
    assert [run.certain_days for pupil in found.pupils for run in pupil.runs] == [1, 2, 3]


def test_an_approval_that_covers_the_day_excuses_it_even_where_the_list_says_truant() -> None:
    home = logged(school(as_of=SIX[-1]), *(row(day, "李四") for day in SIX))
    home.approvals(["李四", id_number(sequence=3), "请假", "假1号", "某某学校", SIX[1].isoformat(), SIX[1].isoformat()])
    found, lines = judged(home)
    (run,) = found.pupils[0].runs
    assert (run.certain_days, [line.kind for line in lines]) == (5, ["day_five_report"])


def test_an_approval_that_lacks_a_paper_excuses_nothing() -> None:
    home = logged(school(), *(row(day, "李四") for day in SIX))
    home.approvals(["李四", id_number(sequence=3), "休学", "", "某某学校", "2025-09-01", "2026-08-31"])
    assert told(home) == [("suspected_dropout", "李四", "certain")]


def test_a_child_the_presence_list_calls_absent_is_unknown_until_a_mark_shows_it() -> None:
    home = school()
    home.list_of(CLASS, {"张三": "是", "李四": "否", "王五": "是"})
    logged(home, row(SIX[0], "李四"), *(row(day, "无") for day in SIX[1:]))
    found, _ = judged(home)
    (run,) = found.pupils[0].runs
    assert (run.certain_days, run.possible_days, run.ended) == (1, 6, False)
    assert told(home) == [("possible_suspected_dropout", "李四", "to_confirm")]
    shown = school()
    shown.list_of(CLASS, {"张三": "是", "李四": "否", "王五": "是"})
    logged(shown, row(SIX[0], "李四"), row(SIX[1], "李四", part="上午"), *(row(day, "无") for day in SIX[2:]))
    assert told(shown) == []


def test_blanks_beside_ticks_for_more_than_five_days_are_shown_and_accuse_nobody() -> None:
    home = gridded(school(), {"张三": "√√√√√√", "李四": "      ", "王五": "√√√√√√"})
    assert told(home) == [("possible_suspected_dropout", "李四", "to_confirm")]
    [line] = judged(home)[1]
    assert "看不出这名学生是否到校" in line.reason
    five = gridded(school(), {"张三": "√√√√√√", "李四": "     √", "王五": "√√√√√√"})
    assert told(five) == []
    all_blank = gridded(school(), {"张三": "      ", "李四": "      ", "王五": "√     "})
    assert told(all_blank, "possible_suspected_dropout") == []


def test_marks_that_contradict_each_other_for_more_than_five_days_are_shown() -> None:
    home = gridded(school(), {"张三": "√√√√√√", "李四": "√√√√√√", "王五": "√√√√√√"})
    logged(home, *(row(day, "李四") for day in SIX))
    assert told(home) == [("possible_suspected_dropout", "李四", "to_confirm")]


def test_a_pupil_left_off_the_grid_of_the_class_is_named() -> None:
    home = gridded(school(), {"张三": "√√√√√√", "王五": "√√×√√√"})
    [issue] = [one for one in judged(home)[0].issues if one.code == "pupil_not_on_grid"]
    assert "李四" in issue.message
    assert told(home) == []
    listed = gridded(school(), {"张三": "√√√√√√", "李四": "√√√√√√", "王五": "√√√√√√"})
    assert "pupil_not_on_grid" not in codes(listed)
    absentees = gridded(school(), {"王五": "××    "})
    assert "pupil_not_on_grid" not in codes(absentees)


def test_a_blank_beside_ticks_is_unknown() -> None:
    home = gridded(school(), {"张三": "√√√√√√", "李四": "×     ", "王五": "√√√√√√"})
    assert told(home) == [("possible_suspected_dropout", "李四", "to_confirm")]


def test_a_name_that_fits_two_pupils_is_unknown_and_named() -> None:
    namesake = Child("李四", sequence=7)
    home = logged(school(namesake), *(row(day, "李四") for day in SIX))
    found, lines = judged(home)
    # Either may be the one who is missing: both are shown, neither is marked.
    assert [(line.kind, line.certainty) for line in lines] == [("possible_suspected_dropout", "to_confirm")] * 2
    assert "可能是这名学生，也可能是别人" in lines[0].reason
    (issue,) = found.issues
    assert (issue.code, issue.raw) == ("name_unsure", "李四")
    assert "李四" in issue.message
    home = logged(school(namesake, as_of=SIX[4]), *(row(day, "李四") for day in SIX[:5]))
    assert told(home) == []


def test_a_name_written_otherwise_is_the_doubt_of_the_pupil_it_may_be() -> None:
    home = logged(school(Child("阿依古丽·买买提", sequence=7)), *(row(day, "阿依古丽买买提") for day in SIX))
    assert told(home) == [("possible_suspected_dropout", "阿依古丽·买买提", "to_confirm")]
    assert "name_unsure" in codes(home)


def test_two_rows_of_one_grid_are_two_pupils() -> None:
    home = gridded(school(), {"张三": "√√√√√√", "李四": "××××××"})
    home.sheets[-1].rows.append(["李四", *["√"] * 6])  # type: ignore[attr-defined]
    assert told(home, "suspected_dropout") == []
    assert "name_unsure" in codes(home)


def test_a_name_on_no_register_is_named_and_accuses_nobody() -> None:
    home = logged(school(), *(row(day, "陌生人") for day in SIX))
    found, lines = judged(home)
    assert lines == []
    (issue,) = found.issues
    assert (issue.code, "无故未到6次" in issue.message) == ("not_on_register", True)
    assert any("1个无故未到的名字不在学籍名册上" in note for note in found.notes)


def test_a_link_of_the_model_is_a_doubt_and_not_an_owner() -> None:
    home = logged(school(), *(row(day, "李四") for day in SIX))
    evidence = home.evidence()
    certain = evidence.link

    def by_model(*given: Any, **more: Any) -> list[Link]:
        return [replace(link, tier="model") for link in certain(*given, **more)]

    evidence.link = by_model
    found = attendance_of(evidence, home.absences())
    (run,) = found.pupils[0].runs
    assert (run.certain_days, run.possible_days, run.flag_date) == (0, 6, None)
    assert [issue.code for issue in found.issues] == ["name_unsure"]


def test_a_day_given_twice_counts_once_when_it_agrees_and_is_unknown_when_not() -> None:
    rows = [row(day, "李四") for day in SIX]
    again = logged(logged(school(), *rows), *rows, file="又一份.xlsx")
    assert told(again) == [("suspected_dropout", "李四", "certain")]
    differs = logged(logged(school(), *rows), row(SIX[2], "李四", "是"), file="又一份.xlsx")
    assert told(differs) == [("day_five_report", "李四", "certain")]
    assert codes(differs) == ["day_given_twice"]


def test_half_a_day_absent_is_a_day_attended_and_two_halves_are_a_day() -> None:
    mornings = logged(school(), *(row(day, "李四", part="上午") for day in SIX))
    assert told(mornings) == []
    both = logged(school(), *(row(day, "李四", part=part) for day in SIX for part in ("上午", "下午")))
    assert told(both) == [("suspected_dropout", "李四", "certain")]


def test_a_nil_return_beside_an_absence_is_named_and_the_absence_counts() -> None:
    home = logged(school(), *(row(day, "李四") for day in SIX), row(SIX[0], "无"))
    assert told(home) == [("suspected_dropout", "李四", "certain")]
    assert codes(home) == ["nil_contradicted"]


@pytest.mark.parametrize(("day", "code"), [
    (date(2025, 9, 6), "day_without_school"), (date(2025, 8, 25), "day_outside_term"),
    (date(2025, 9, 20), "day_in_future"),
])  # fmt: skip
def test_a_day_that_cannot_count_is_named_at_its_cell(day: date, code: str) -> None:
    home = logged(school(), *(row(one, "无") for one in SIX), row(day, "李四"))
    (issue,) = judged(home)[0].issues
    assert (issue.code, issue.cell) == (code, "C9")
    assert day.isoformat() in issue.message
    assert told(home) == []


def test_a_year_without_a_calendar_is_undetermined_and_the_rest_goes_on() -> None:
    home = school(as_of=date(2031, 3, 4))
    home.opening = date(2031, 3, 3)
    logged(home, row(date(2031, 3, 4), "李四"))
    found, lines = judged(home)
    assert found.undetermined == (2031,)
    assert any("2031年" in note for note in found.notes)
    assert [issue.code for issue in found.issues] == ["day_undetermined"]
    assert lines == []


def test_a_weekend_inside_a_range_of_days_is_no_mistake() -> None:
    home = logged(school(), ["2025-09-01至2025-09-08", "701", "李四", "", "", "否"])
    assert codes(home) == []
    assert told(home) == [("suspected_dropout", "李四", "certain")]


def test_a_pupil_who_left_lawfully_is_not_accused() -> None:
    gone = Child("钱八", sequence=11, status="转出")
    home = logged(school(gone), *(row(day, "钱八") for day in SIX))
    found, lines = judged(home)
    assert lines == []
    assert [(run.left, run.ended) for pupil in found.pupils for run in pupil.runs] == [(True, True)]


def test_scattered_days_are_shown_and_never_marked() -> None:
    days = CALENDAR.school_days(date(2025, 9, 1), date(2025, 9, 16))
    home = logged(school(as_of=days[-1]), *(row(day, "李四" if n % 2 == 0 else "无") for n, day in enumerate(days)))
    (line,) = judged(home)[1]
    assert (line.kind, line.triage) == ("frequent_absence", "none")


def test_a_child_absent_over_a_vacation_has_one_run() -> None:
    calendar = SchoolCalendar(
        (Term("秋", date(2025, 9, 1), date(2026, 1, 30)), Term("春", date(2026, 3, 2), date(2026, 7, 3)))
    )
    home = school(as_of=date(2026, 3, 3))
    home.opening = date(2026, 3, 2)
    days = calendar.school_days(date(2026, 1, 27), date(2026, 3, 3))
    logged(home, *(row(day, "李四") for day in days))
    evidence = home.evidence()
    evidence.calendar = calendar
    found = attendance_of(evidence, home.absences())
    (run,) = found.pupils[0].runs
    assert (run.first, run.certain_days, run.flag_date) == (date(2026, 1, 27), 6, date(2026, 3, 3))
    assert all(report.reported == (date(2026, 3, 2), date(2026, 3, 3)) for report in found.classes)


def test_an_open_case_makes_the_days_unknown_and_the_registry_s_mark_goes_first() -> None:
    home = logged(school(), row(SIX[0], "李四"), *(row(day, "无") for day in SIX[1:]))
    evidence = home.evidence()
    number = next(facts.number for facts in evidence.pupils if facts.lead.name == "李四")
    found = attendance_of(evidence, home.absences(), cases={number: CaseSeen(((SIX[0], None),))})
    assert [run.possible_days for run in found.pupils[0].runs] == [6]
    six = logged(school(), *(row(day, "李四") for day in SIX))
    marked = attendance_of(six.evidence(), six.absences(), registry_marks={number: date(2025, 9, 8)})
    assert marked.pupils[0].runs[0].mark_is_registry


@pytest.mark.parametrize(("silent", "certainty"), [(4, "certain"), (5, "to_confirm")])
def test_a_class_that_names_the_child_no_more_makes_its_dropout_a_doubt(silent: int, certainty: str) -> None:
    as_of = date(2025, 10, 31)
    later = CALENDAR.school_days(date(2025, 9, 9), as_of)
    home = logged(school(as_of=as_of), *(row(day, "李四") for day in SIX), *(row(day, "无") for day in later[:silent]))
    evidence = home.evidence()
    number = next(facts.number for facts in evidence.pupils if facts.lead.name == "李四")
    found = attendance_of(evidence, home.absences(), cases={number: CaseSeen(((date(2025, 9, 9), None),))})
    [line] = [line for line in attendance(evidence, found) if line.kind == "dropout"]
    assert line.certainty == certainty
    assert ("可能已到校而没有登记返校" in line.reason) == (certainty == "to_confirm")


def test_the_order_of_files_and_rows_changes_nothing() -> None:
    home = gridded(school(), {"张三": "√√√√√√", "李四": "××××××", "王五": "病√√√√√"})
    logged(home, row(SIX[3], "王五"), row(SIX[4], "张三", part="上午"))
    first = [(line.kind, line.name, line.reason) for line in judged(home)[1]]
    home.sheets.reverse()
    assert first == [(line.kind, line.name, line.reason) for line in judged(home)[1]]


def _mark(state: str, part: str = "whole") -> Mark:
    return Mark(state, part, state, "表")


@pytest.mark.parametrize(("marks", "state", "conflict"), [
    (["unexcused"], "unexcused", False),
    (["unexcused", "unexcused"], "unexcused", False),
    (["unexcused", "excused"], "unknown", True),
    (["unexcused/morning"], "attended", False),
    (["unexcused/morning", "unexcused/afternoon"], "unexcused", False),
    (["unexcused/morning", "attended/afternoon"], "attended", False),
    (["unexcused/morning", "excused/afternoon"], "unknown", True),
    (["unexcused/morning", "excused/morning"], "unknown", True),
    (["unexcused", "unexcused/morning"], "unexcused", False),
    (["unexcused", "attended/morning"], "unknown", True),
    (["attended", "unexcused/morning"], "attended", False),
    (["unexcused/part"], "attended", False),
    (["unknown/morning"], "unknown", False),
])  # fmt: skip
def test_marks_of_one_day_together(marks: list[str], state: str, conflict: bool) -> None:
    merged = merge_marks([_mark(*mark.split("/")) for mark in marks])
    assert (merged.state, merged.conflict) == (state, conflict)


def test_a_day_nobody_reported_is_unknown_whatever_else_is_known() -> None:
    leave = Leave(SIX[0], SIX[-1], "请假")
    (unreported, reported) = pupil_days(SIX[:2], reported={SIX[1]}, marks={}, leaves=[leave])
    assert (unreported.state, reported.state) == ("unknown", "excused")
    seen = pupil_days(SIX[:2], reported=set(SIX), marks={}, sightings=[Sighting(SIX[1], True, "")])
    assert [day.state for day in seen] == ["attended", "attended"]
