"""What is due: below, at and above each limit; done is what was seen done; the oldest first, poor households before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import Child
from ledger_school import CHILDREN, DAY, NAMES, reconcile, return_list, roster, school, workbook

from dropctl.errors import Refused
from dropctl.ledger import Draft, Ledger
from dropctl.ledger.children import fold_children
from dropctl.policy import due
from dropctl.policy.case_state import Case, Contact, PaperOfCase
from dropctl.policy.due import DueItem, Expiry, RunSeen
from dropctl.policy.due_marks import dropout_date, duties_of
from dropctl.policy.plan import parse_plan
from dropctl.procedures.attendance import scan_attendance
from dropctl.procedures.due import agenda, tick
from dropctl.resources import load_plan
from dropctl.school_calendar import SchoolCalendar, Term
from dropctl.workspace import Workspace

PLAN = parse_plan(load_plan("yixian-2025"))
TERM = Term("上", date(2025, 9, 1), date(2026, 1, 30))
CALENDAR = SchoolCalendar((TERM,))
FRIDAY = date(2025, 9, 5)


def a_case(**fields: Any) -> Case:
    values: dict[str, Any] = {
        "responsible": "王老师",
        "contacts": [Contact(1, DAY, "phone", "reached", "school", "王", None)],
    }
    return Case("C-2025-001", "P-0001", DAY, DAY, "reconcile", "not_returned", "三.5", date(2025, 9, 1), "x",
                **(values | fields))  # fmt: skip


def items(case: Case, as_of: date = DAY) -> dict[str, DueItem]:
    return {item.kind: item for item in duties_of(case, PLAN, CALENDAR, as_of)}


def test_a_case_looked_after_asks_for_nothing_but_its_first_notice() -> None:
    assert set(items(a_case())) == {"first_notice"}


def test_a_new_case_wants_somebody_and_a_call_the_same_day() -> None:
    found = items(a_case(responsible=None, contacts=[]))
    assert set(found) == {"responsible", "first_contact"}
    for item in found.values():
        assert (item.due_date, item.clause, item.set_by) == (DAY, "三.5", "dropctl")
        assert (item.overdue_days(DAY), item.overdue_days(date(2025, 9, 4))) == (0, 1)
    assert (found["responsible"].who, found["first_contact"].who) == ("校长", "班主任")
    assert items(a_case(contacts=[]))["first_contact"].who == "王老师"


@pytest.mark.parametrize(
    ("returned", "day"),
    [
        (date(2025, 9, 3), date(2025, 9, 9)),
        (date(2025, 9, 6), date(2025, 9, 12)),  # a Saturday: the first day at school is Monday
        (date(2025, 9, 26), date(2025, 10, 9)),  # a make-up Sunday counts, the holiday week does not
    ],
)
def test_a_return_is_due_to_be_confirmed_on_the_fifth_school_day(returned: date, day: date) -> None:
    item = items(a_case(state="return_reported", return_on=returned))["confirm_return"]
    assert (item.due_date, item.clause) == (day, "三.2")
    assert item.certain


def test_a_year_without_a_calendar_is_said() -> None:
    calendar = SchoolCalendar((Term("远", date(2031, 9, 1), None),))
    case = a_case(state="return_reported", return_on=date(2031, 9, 3), placement="class")
    (item,) = due.case_items(case, PLAN, calendar, DAY)
    assert not item.certain


def test_a_confirmed_return_wants_the_closing_and_the_registry_put_right() -> None:
    back = {"state": "returned", "return_on": DAY, "returned_on": FRIDAY, "placement": "class"}
    found = items(a_case(**back, status="辍学"))
    assert set(found) == {"confirm_closing", "change_status"}
    assert found["confirm_closing"].due_date == date(2025, 9, 9)
    assert "辍学" in (found["change_status"].note or "")
    assert set(items(a_case(**back, status="在读"))) == {"confirm_closing"}


def test_a_return_wants_a_plan_for_this_one_child() -> None:
    item = items(a_case(state="return_reported", return_on=DAY))["return_plan"]
    assert (item.clause, item.due_date) == ("三.4", date(2025, 9, 10))


def test_a_finding_that_is_gone_asks_for_the_closing_until_a_return_is_reported() -> None:
    found = items(a_case(gone_on=FRIDAY, gone_now="名单上已到校"))
    assert found["confirm_closing"].note == "名单上已到校"
    reported = a_case(gone_on=FRIDAY, state="return_reported", return_on=DAY, placement="class")
    assert set(items(reported)) == {"confirm_return"}


@pytest.mark.parametrize(("as_of", "shown"), [(date(2025, 10, 1), False), (date(2025, 10, 2), True)])
def test_a_closing_that_is_not_final_comes_back_thirty_days_before(as_of: date, shown: bool) -> None:
    case = a_case(state="closed", closed_on=DAY, review_on=date(2025, 11, 1))
    found = items(case, as_of)
    assert ("review" in found) is shown
    if shown:
        assert (found["review"].plan_date, found["review"].due_date) == (date(2025, 11, 1), date(2025, 10, 31))
    assert items(a_case(state="closed", closed_on=DAY), as_of) == {}


# ---- the term


ALL = frozenset({"enrollment", "presence", "poverty", "disability"})


def term(*runs: RunSeen, ticked: tuple[str, ...] = ()) -> dict[str, DueItem]:
    return {item.kind: item for item in due.term_items(TERM, runs, ticked, PLAN, CALENDAR)}


def test_the_duties_of_the_opening_have_the_plans_dates() -> None:
    found = term()
    assert {kind: (item.plan_date, item.due_date) for kind, item in found.items()} == {
        "return_check": (date(2025, 9, 3), date(2025, 9, 3)),
        "roster_check": (date(2025, 9, 8), date(2025, 9, 8)),
        "return_report": (date(2025, 9, 15), date(2025, 9, 15)),
        "special_match": (date(2025, 10, 1), date(2025, 9, 30)),
    }
    assert {item.set_by for item in found.values()} == {"plan"}
    assert found["return_check"].note == "还没有核对过"


@pytest.mark.parametrize(
    ("run", "left"),
    [
        (RunSeen(TERM.opening, ALL, 16, 16, 0), {"return_report"}),
        (RunSeen(TERM.opening, ALL, 16, 15, 0), {"return_report", "return_check", "roster_check"}),
        (RunSeen(TERM.opening, ALL, 16, 16, 1), {"return_report", "return_check", "roster_check"}),
        (RunSeen(TERM.opening, ALL - {"poverty"}, 16, 16, 0), {"return_report", "special_match"}),
        (RunSeen(TERM.opening, ALL, 0, 0, 0), {"return_report", "return_check", "roster_check"}),
        # What was done last term says nothing about this one.
        (RunSeen(date(2025, 3, 1), ALL, 16, 16, 0), set(term())),
    ],
)
def test_done_is_what_a_reconciliation_shows(run: RunSeen, left: set[str]) -> None:
    assert set(term(run)) == left
    assert set(term(run, ticked=("return_report",))) == left - {"return_report"}


def test_what_is_missing_is_said() -> None:
    assert term(RunSeen(TERM.opening, ALL, 16, 15, 3))["return_check"].note == "16个班中报了15个，3人不明"


# ---- papers that end, things left to the registry


@pytest.mark.parametrize(
    ("ends", "as_of", "shown"),
    [
        (date(2025, 10, 31), date(2025, 9, 30), False),
        (date(2025, 10, 31), date(2025, 10, 1), True),
        (date(2025, 10, 31), date(2025, 11, 30), True),
        (date(2025, 10, 31), date(2025, 12, 1), False),
    ],
)
def test_a_paper_that_ends_is_shown_thirty_days_around(ends: date, as_of: date, shown: bool) -> None:
    paper = Expiry("甲", "P-0001", "休学", ends, "休学")
    assert bool(due.expiry_items([paper], PLAN, CALENDAR, as_of)) is shown


@pytest.mark.parametrize(("ground", "status"), [("请假", "在读"), ("休学", "复学"), ("送教上门", None)])
def test_what_needs_no_renewal_is_not_shown(ground: str, status: str | None) -> None:
    assert due.expiry_items([Expiry("甲", None, ground, DAY, status)], PLAN, CALENDAR, DAY) == []


def test_a_thing_without_a_day_is_never_overdue() -> None:
    (item,) = due.task_items([("unregistered", "P-1", None)], {"P-1": "甲"})
    assert (item.kind, item.name, item.due_date, item.overdue_days(date(2099, 1, 1))) == ("register", "甲", None, 0)


def test_poor_households_first_then_the_oldest_deadline() -> None:
    def item(case: str | None, day: date | None) -> DueItem:
        return DueItem("review", "三.5", "王", day, day, "plan", case)

    mixed = [item("C-1", FRIDAY), item(None, None), item("C-2", FRIDAY), item(None, DAY), item("C-1", DAY)]
    shown = [(line.case, line.due_date) for line in due.in_order(mixed, {"C-2"})]
    assert shown == [("C-2", FRIDAY), (None, DAY), ("C-1", DAY), ("C-1", FRIDAY), (None, None)]


# ---- in a workspace


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return school(tmp_path / "w", NAMES[:1])


def kinds(home: Workspace, as_of: date = DAY, **options: Any) -> list[str]:
    return sorted(item.kind for item in agenda(home, as_of, **options).items)


def test_before_anything_was_reconciled_the_term_itself_is_due(home: Workspace) -> None:
    assert kinds(home) == ["return_check", "return_report", "roster_check", "special_match"]
    assert agenda(home, date(2025, 8, 1)).items == ()


def test_after_a_reconciliation_the_cases_are_due(home: Workspace) -> None:
    reconcile(home)
    assert kinds(home) == ["first_contact", "responsible", "return_report", "special_match"]
    found = agenda(home, date(2025, 9, 4))
    assert {item.kind for item in found.overdue(date(2025, 9, 4))} == {"first_contact", "responsible"}


def test_the_report_is_ticked_off_once(home: Workspace) -> None:
    with pytest.raises(Refused, match="不能这样登记办结"):
        tick(home, DAY, "return_check", on=DAY, by=None, dry_run=False)
    for on in (date(2025, 8, 31), date(2025, 9, 4)):
        with pytest.raises(Refused, match="办结日期"):
            tick(home, DAY, "return_report", on=on, by=None, dry_run=False)
    tick(home, DAY, "return_report", on=DAY, by="校长", dry_run=True)
    assert "return_report" in kinds(home)
    tick(home, DAY, "return_report", on=DAY, by="校长", dry_run=False)
    assert "return_report" not in kinds(home)
    with pytest.raises(Refused, match="已经登记办结"):
        tick(home, DAY, "return_report", on=DAY, by=None, dry_run=False)


def test_the_unregistered_are_due_and_leave_when_they_are_registered(home: Workspace) -> None:
    stranger = Child("外来生", sequence=999)
    return_list(home, NAMES[:1], names=(*NAMES, "外来生"))
    reconcile(home)
    # Seventh grade: two months after the opening.
    found = [item for item in agenda(home, DAY, everything=True).items if item.kind == "register"]
    assert [(item.name, item.due_date) for item in found] == [("外来生", date(2025, 10, 31))]
    assert agenda(home, DAY).later > 0
    roster(home, [*CHILDREN, stranger])
    reconcile(home, date(2025, 9, 10))
    assert "register" not in kinds(home, date(2025, 9, 10), everything=True)
    assert "register" in kinds(home, DAY, everything=True)


def test_a_claimed_ground_and_a_transfer_that_takes_too_long_are_due(home: Workspace) -> None:
    roster(home, [replace(child, status="休学") if child.name == NAMES[0] else child for child in CHILDREN])
    headings = ["姓名", "身份证号", "转学类型", "转出学校", "转入学校", "申请日期", "办结日期", "办理状态"]
    moving = [NAMES[1], CHILDREN[1].id, "转出", "某校", "外县学校", "2025-08-01", "", "办理中"]
    workbook(home.inbox / "转学登记.xlsx", [["转学登记"], headings, moving])
    reconcile(home)
    found = {item.kind: item for item in agenda(home, DAY, everything=True).items}
    papers, transfer = found["ground_papers"], found["transfer"]
    assert (papers.name, papers.clause, papers.due_date) == (NAMES[0], "三.5", date(2025, 9, 3))
    assert (transfer.name, transfer.clause, transfer.due_date) == (NAMES[1], "三.2", None)
    headings = ["姓名", "身份证号", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期"]
    paper = [NAMES[0], CHILDREN[0].id, "休学", "休1号", "某县教育局", "2025-09-01", "2026-08-31"]
    workbook(home.inbox / "审批登记.xlsx", [["审批登记"], headings, paper])
    reconcile(home, date(2025, 9, 4))
    assert "ground_papers" not in kinds(home, date(2025, 9, 4), everything=True)


def test_a_suspension_of_the_approval_register_is_followed(home: Workspace) -> None:
    headings = ["姓名", "身份证号", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期"]
    paper = [NAMES[1], CHILDREN[1].id, "休学", "休1号", "某县教育局", "2024-09-20", "2025-09-19"]
    workbook(home.inbox / "审批登记.xlsx", [["审批登记"], headings, paper])
    reconcile(home)
    (item,) = [item for item in agenda(home, DAY).items if item.kind == "expiry"]
    assert (item.name, item.due_date) == (NAMES[1], date(2025, 9, 19))
    children = fold_children(Ledger(home.state).events(kinds={"children"}))
    assert children[item.child or ""].name == NAMES[1]


def test_a_gone_finding_is_due_for_a_person(home: Workspace) -> None:
    reconcile(home)
    return_list(home, [], date(2025, 9, 4))
    reconcile(home, date(2025, 9, 4))
    item = next(item for item in agenda(home, date(2025, 9, 4)).items if item.kind == "confirm_closing")
    assert (item.due_date, item.note) == (date(2025, 9, 8), "2025-09-04的名单上已到校")
    with Ledger(home.state).writing(date(2025, 9, 9), "x") as transaction:
        transaction.append(Draft("return_reported", "C-2025-001", date(2025, 9, 4)))
    assert "confirm_closing" not in kinds(home, date(2025, 9, 9))


# ---- marks and the ladder's end

MARKED = {"mark": "suspected", "mark_on": date(2025, 10, 9), "mark_source": "forecast"}


def test_our_mark_is_to_be_set_in_the_registry_until_the_registry_bears_it() -> None:
    item = items(a_case(**MARKED))["mark_registry"]
    assert (item.who, item.clause, item.due_date, item.set_by) == ("学籍管理员", "三.2", date(2025, 10, 9), "plan")
    for source in ("registry", "export"):
        assert "mark_registry" not in items(a_case(**MARKED | {"mark_source": source}))
    assert "mark_registry" not in items(a_case(**MARKED, state="returned"))


@pytest.mark.parametrize(
    ("as_of", "kind", "words"),
    [
        (date(2025, 10, 30), None, ""),
        (date(2025, 10, 31), "dropout_near", "还有10天，2025-11-10起"),
        (date(2025, 11, 6), "dropout_near", "还有4天"),
        (date(2025, 11, 7), "dropout_near", "最后提醒：还有3天"),
        (date(2025, 11, 9), "dropout_near", "最后提醒：还有1天"),
        (date(2025, 11, 10), "check_dropout", "自2025-11-10起转为辍学"),
        (date(2025, 12, 1), "check_dropout", "核对学籍系统"),
    ],
)
def test_the_dropout_date_is_announced_and_then_checked(as_of: date, kind: str | None, words: str) -> None:
    found = items(a_case(**MARKED), as_of)
    told = [item for item in found.values() if item.kind in ("dropout_near", "check_dropout")]
    assert [item.kind for item in told] == ([] if kind is None else [kind])
    for item in told:
        assert item.due_date == date(2025, 11, 10)
        assert words in (item.note or "")
        assert "方案推算" in (item.note or "") or kind == "dropout_near"


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({}, date(2025, 11, 10)),
        ({"mark_on": date(2026, 1, 31)}, date(2026, 3, 1)),
        ({"mark": "dropout"}, None),
        ({"state": "return_reported", "return_on": date(2025, 11, 7)}, None),
        ({"state": "return_reported", "return_on": date(2025, 11, 10)}, date(2025, 11, 10)),
    ],
)
def test_the_dropout_date_of_a_case(fields: dict[str, Any], day: date | None) -> None:
    assert dropout_date(a_case(**MARKED | fields), PLAN) == day


def test_with_the_township_the_attempts_go_on() -> None:
    case = a_case(rung="with_township", rung_on=date(2025, 9, 3))
    assert items(case)["try_again"].due_date == date(2025, 9, 17)
    later = Contact(2, date(2025, 9, 16), "visit", "refused", "township", "张", None)
    item = items(a_case(rung="with_township", rung_on=date(2025, 9, 3), contacts=[later]))["try_again"]
    assert (item.due_date, item.who, item.clause) == (date(2025, 9, 29), "乡镇人民政府", "三.5")
    assert "try_again" not in items(a_case(rung="reported"))
    assert "try_again" not in items(a_case(rung="with_township", rung_on=DAY, state="returned"))


def test_a_report_of_the_fifth_day_is_due_until_it_is_made(tmp_path: Path) -> None:
    home = school(tmp_path / "w", [])
    reconcile(home)
    days = home.calendar().school_days(date(2025, 9, 8), date(2025, 9, 12))
    rows = [[day.isoformat(), "七年级1班", NAMES[0], "否"] for day in days]
    path = workbook(home.root / "缺勤.xlsx", [["缺勤登记"], ("日期", "班级", "姓名", "是否请假"), *rows])
    scan_attendance([path], as_of=days[-1], workspace=home)
    scan_attendance([path], as_of=days[-1], workspace=home)
    assert len(Ledger(home.state).events(kinds={"scanned"})) == 1

    def waiting(as_of: date = days[-1]) -> list[DueItem]:
        return [item for item in agenda(home, as_of).items if item.kind == "day_five"]

    (item,) = waiting()
    assert (item.who, item.clause, item.due_date, item.name) == ("班主任", "三.2", days[-1], NAMES[0])
    with pytest.raises(Refused, match="没有写是哪个孩子"):
        tick(home, days[-1], "day_five", on=days[-1], by="王", dry_run=False)
    with pytest.raises(Refused, match="没有要报的"):
        tick(home, days[-1], "day_five", on=days[-1], by="王", child="P-9999", dry_run=False)
    tick(home, days[-1], "day_five", on=days[-1], by="王", child=item.child, dry_run=False)
    assert waiting() == []
    with pytest.raises(Refused, match="已经登记办结"):
        tick(home, days[-1], "day_five", on=days[-1], by="王", child=item.child, dry_run=False)


def test_the_agenda_is_narrowed_to_a_person_a_clause_or_a_day(tmp_path: Path) -> None:
    home = school(tmp_path / "w", NAMES[:2])
    reconcile(home)
    whole = agenda(home, DAY)
    assert {item.who for item in whole.narrowed(who="校长").items} == {"校长"}
    assert {item.clause for item in whole.narrowed(clause="三.1").items} == {"三.1"}
    near = whole.narrowed(until=DAY).items
    assert near
    assert all(item.due_date is None or item.due_date <= DAY for item in near)
    assert whole.narrowed(who="无此人").items == ()


# ---- papers between offices


def test_a_report_to_the_bureau_is_due_until_it_is_out() -> None:
    paper = PaperOfCase("1号", "first-notice", DAY, 9, served_on=date(2025, 9, 8))
    assert "report_bureau" not in items(a_case(papers=[paper]), date(2025, 9, 15))
    item = items(a_case(papers=[paper]), date(2025, 9, 16))["report_bureau"]
    assert (item.who, item.clause, item.due_date) == ("校长", "三.5", date(2025, 9, 16))
    assert "report_bureau" not in items(a_case(papers=[paper], rung="reported"), date(2025, 9, 16))
    again = a_case(papers=[paper], rung="reported", reopened_on=date(2025, 9, 4))
    assert "report_bureau" not in items(again, date(2025, 9, 16))  # the notice is of before the reopening
    anew = PaperOfCase("2号", "first-notice", date(2025, 9, 5), 10, served_on=date(2025, 9, 8))
    again.papers.append(anew)
    assert "report_bureau" in items(again, date(2025, 9, 16))
    again.papers.append(PaperOfCase("3号", "bureau-report", date(2025, 9, 16), 11))
    assert "report_bureau" not in items(again, date(2025, 9, 16))
    failed = [Contact(n, date(2025, 9, 7 + n), "phone", "not_reached", "school", "王", None) for n in (1, 2, 3)]
    assert items(a_case(contacts=failed), date(2025, 9, 10))["report_bureau"].due_date == date(2025, 9, 10)


def test_what_the_bureau_sends_on_is_due_in_its_own_workspace_only() -> None:
    case = a_case(rung="reported", report_on=date(2025, 9, 8))
    found = {item.kind: item for item in duties_of(case, PLAN, CALENDAR, date(2025, 9, 9), county=True)}
    assert (found["forward"].who, found["forward"].due_date) == ("县教育局教育股", date(2025, 9, 9))
    assert "forward" not in items(case, date(2025, 9, 9))
    later = a_case(rung="with_township", rung_on=date(2025, 9, 9), report_on=date(2025, 9, 8))
    assert "forward" not in {item.kind for item in duties_of(later, PLAN, CALENDAR, date(2025, 9, 9), county=True)}


def test_notices_are_due_to_be_issued_and_to_be_delivered() -> None:
    item = items(a_case())["first_notice"]
    assert (item.who, item.clause, item.due_date, item.set_by) == ("王老师", "三.5", date(2025, 9, 8), "dropctl")
    waiting = PaperOfCase("1号", "first-notice", date(2025, 9, 5), 9)
    found = items(a_case(papers=[waiting]), date(2025, 9, 5))
    assert "first_notice" not in found
    assert (found["serve"].due_date, "等待送达" in (found["serve"].note or "")) == (None, True)
    served = PaperOfCase("1号", "first-notice", date(2025, 9, 5), 9, served_on=date(2025, 9, 8))
    visit = Contact(2, date(2025, 9, 9), "visit", "refused", "school", "王", None)
    assert "second_notice" not in items(a_case(papers=[served], contacts=[visit]), date(2025, 9, 15))
    late = items(a_case(papers=[served], contacts=[visit]), date(2025, 9, 16))
    assert late["second_notice"].due_date == date(2025, 9, 16)
    assert "second_notice" not in items(
        a_case(papers=[served], contacts=[visit], causes=("illness",)), date(2025, 9, 16)
    )
