"""A case from the finding that opens it to the evidence that closes it: folds, refusals, and what no run may do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from builders import Child
from hypothesis import given
from hypothesis import strategies as st
from ledger_school import CHILDREN, DAY, NAMES, reconcile, reconciled_school, return_list, roster, school, workbook

from dropctl.errors import Refused
from dropctl.ledger import Draft, Event, Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.policy.case_state import Case, in_reading_order
from dropctl.policy.office_papers import unreachable_since
from dropctl.procedures import cases as procedures
from dropctl.procedures.case_returns import Attended, record_returns
from dropctl.procedures.cases import ByHand, file_of, listed
from dropctl.procedures.outreach import ContactMade, log_contact
from dropctl.procedures.plans import plan_for
from dropctl.workspace import Workspace

MISSING, SECOND = NAMES[0], NAMES[1]
LATER, MUCH_LATER = date(2025, 9, 10), date(2025, 10, 20)
CASE = "C-2025-001"


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return reconciled_school(tmp_path / "w", [MISSING])


def folded(home: Workspace, as_of: date = date.max) -> dict[str, Case]:
    return fold_cases(Ledger(home.state).events(as_of, CASE_KINDS))


def one(home: Workspace) -> Case:
    (case,) = folded(home).values()
    return case


def contact(home: Workspace, day: date = DAY, how: str = "phone", result: str = "reached", number: str = CASE) -> Case:
    return log_contact(home, day, number, ContactMade(how, day, "王老师", result))


def kinds(home: Workspace) -> list[str]:
    return [event.kind for event in Ledger(home.state).events()]


# ---- opened by a reconciliation


def test_a_certain_finding_opens_a_case_that_knows_what_it_was_judged_by(home: Workspace) -> None:
    case = one(home)
    assert (case.number, case.name, case.opened_by, case.kind, case.clause) == (
        CASE, MISSING, "reconcile", "not_returned", "三.5",
    )  # fmt: skip
    assert (case.opened_on, case.absent_since) == (DAY, date(2025, 9, 1))
    assert (case.rung, case.mark, case.state, case.responsible) == ("opened", "none", "open", None)
    assert case.plan == plan_for(home).digest
    assert len(case.findings) == 1


def test_the_outcome_names_the_cases(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [MISSING, SECOND])
    assert reconcile(made).cases.opened == ("C-2025-001", "C-2025-002")
    assert reconcile(made, LATER).cases.opened == ()


def test_a_ground_that_is_claimed_opens_no_case(tmp_path: Path) -> None:
    made = school(tmp_path / "w", NAMES[-2:])
    suspended = Child(NAMES[-1], sequence=CHILDREN[-1].sequence, status="休学")
    roster(made, [*CHILDREN[:-1], suspended])
    outcome = reconcile(made)
    assert sorted(outcome.findings["certainty"].to_list()) == ["certain", "claimed"]
    assert [case.name for case in folded(made).values()] == [NAMES[-2]]


def test_a_list_that_accuses_too_many_opens_none_until_somebody_says_yes(tmp_path: Path) -> None:
    made = school(tmp_path / "w", NAMES[:20])
    outcome = reconcile(made)
    assert (outcome.cases.held_back, outcome.cases.opened) == (True, ())
    assert folded(made) == {}
    assert len(reconcile(made, yes=True).cases.opened) == 20


def test_the_same_child_is_never_given_two_open_cases(home: Workspace) -> None:
    reconcile(home, LATER)
    return_list(home, [MISSING], LATER)
    reconcile(home, LATER)
    assert len(folded(home)) == 1


def test_what_a_closed_case_answered_does_not_open_another(home: Workspace) -> None:
    close(home, "信息错误", {"改正后的信息": "甲", "真实学籍": "乙"})
    reconcile(home, LATER)
    assert one(home).state == "closed"
    # Next term's finding is another one.
    made = home.root / "dropctl.toml"
    more = '\n[[terms]]\nname = "下"\nopening = 2026-03-02\nclosing = 2026-07-03\n'
    made.write_text(made.read_text(encoding="utf-8") + more, encoding="utf-8")
    from dropctl.workspace import find_workspace

    again = find_workspace(home.root, home.root)
    assert again is not None
    return_list(again, [MISSING], date(2026, 3, 2))
    assert reconcile(again, date(2026, 3, 4)).cases.opened == ("C-2026-001",)


def test_a_finding_that_is_gone_closes_nothing_and_asks_a_person(home: Workspace) -> None:
    return_list(home, [], LATER)
    outcome = reconcile(home, LATER)
    assert outcome.cases.gone == (CASE,)
    case = one(home)
    assert (case.state, case.gone_on, case.gone_now) == ("open", LATER, "2025-09-10的名单上已到校")
    reconcile(home, LATER)
    reconcile(home, date(2025, 9, 11))
    assert kinds(home).count("finding_gone") == 1
    # And found again: the same case goes on.
    return_list(home, [MISSING], date(2025, 9, 12))
    reconcile(home, date(2025, 9, 12))
    assert one(home).gone_on is None
    assert len(folded(home)) == 1


def test_a_class_that_has_not_reported_is_said_as_such(home: Workspace) -> None:
    (home.inbox / "701.xlsx").unlink()
    reconcile(home, LATER)
    assert one(home).gone_now == "所在班级没有新的返校情况"


def test_a_child_that_left_the_roster_is_said_as_such(home: Workspace) -> None:
    roster(home, CHILDREN[1:])
    return_list(home, [], names=NAMES[1:])
    reconcile(home, LATER)
    assert one(home).gone_now == "学籍名册上没有了"


def test_a_roster_of_last_year_says_nothing_about_a_case(home: Workspace) -> None:
    return_list(home, [], LATER)
    listed_above = workbook(
        home.inbox / "701.xlsx",
        [["八年级1班返校登记 2025年9月10日"], ["姓名", "是否返校"], *((name, "是") for name in NAMES)],
    )
    assert listed_above.is_file()
    outcome = reconcile(home, LATER)
    assert "register_outdated" in outcome.findings["kind"].to_list()
    assert outcome.cases.gone == ()
    assert one(home).gone_on is None


def test_the_roster_brings_the_case_up_to_date(home: Workspace) -> None:
    first = CHILDREN[0]
    roster(home, [Child("甲晓一", sequence=first.sequence, status="疑似辍学"), *CHILDREN[1:]])
    return_list(home, ["甲晓一"], names=("甲晓一", *NAMES[1:]))
    reconcile(home, LATER)
    assert (one(home).name, one(home).status) == ("甲晓一", "疑似辍学")
    assert folded(home, DAY)[CASE].name == MISSING


def test_the_class_teacher_named_in_the_settings_answers_for_the_child(tmp_path: Path) -> None:
    made = school(tmp_path / "w", [MISSING])
    path = made.root / "dropctl.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[people]\n"七年级1班班主任" = "李老师"\n', encoding="utf-8")
    from dropctl.workspace import find_workspace

    again = find_workspace(made.root, made.root)
    assert again is not None
    reconcile(again)
    assert (one(again).responsible, one(again).duty) == ("李老师", "班主任")


# ---- by hand


def test_a_case_by_hand_for_a_child_the_lists_know(home: Workspace) -> None:
    wanted = ByHand("村干部反映", DAY, name=SECOND, responsible="张老师")
    assert procedures.open_by_hand(home, DAY, wanted) == "C-2025-002"
    case = folded(home)["C-2025-002"]
    assert (case.name, case.class_name, case.opened_by, case.responsible) == (SECOND, "七年级1班", "hand", "张老师")
    assert case.child != one_of(home, CASE).child


def one_of(home: Workspace, number: str) -> Case:
    return folded(home)[number]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (ByHand("x", DAY), "没有说明是哪个孩子"),
        (ByHand("x", DAY, child="P-9999"), "没有 P-9999"),
        (ByHand("x", DAY, name="没有的人"), r"没有“没有的人”.*--unlisted"),
        (ByHand("x", DAY, name=SECOND, class_name="八年级1班"), "八年级1班"),
        (ByHand("x", DAY, name=MISSING), r"C-2025-001：这个孩子已有办理中的个案"),
        (ByHand("x", LATER, name=SECOND), "晚于2025-09-03"),
    ],
)
def test_a_case_by_hand_that_is_not_clear_is_refused(home: Workspace, wanted: ByHand, words: str) -> None:
    before = kinds(home)
    with pytest.raises(Refused, match=words):
        procedures.open_by_hand(home, DAY, wanted)
    assert kinds(home) == before


def test_two_of_one_name_are_told_apart_by_number(tmp_path: Path) -> None:
    twins = [Child("同名人", sequence=901), Child("同名人", "八年级1班", sequence=903)]
    made = school(tmp_path / "w", [])
    roster(made, [*CHILDREN, *twins])
    reconcile(made)
    with pytest.raises(Refused, match=r"有2个“同名人”：P-\d+（七年级1班）、P-\d+（八年级1班）"):
        procedures.open_by_hand(made, DAY, ByHand("x", DAY, name="同名人"))
    assert procedures.open_by_hand(made, DAY, ByHand("x", DAY, name="同名人", class_name="八年级1班"))


def test_a_child_on_no_list_gets_a_number_of_its_own(home: Workspace) -> None:
    known = {case.child for case in folded(home).values()}
    procedures.open_by_hand(home, DAY, ByHand("x", DAY, name="外来的", unlisted=True))
    case = one_of(home, "C-2025-002")
    assert case.child not in known
    assert case.child == f"P-{len(NAMES) + 1:04d}"


def test_a_rehearsal_changes_nothing_even_where_there_is_no_ledger(tmp_path: Path) -> None:
    made = school(tmp_path / "w")
    assert procedures.open_by_hand(made, DAY, ByHand("x", DAY, name="甲", unlisted=True), dry_run=True) == CASE
    assert not Ledger(made.state).exists


# ---- the ladder


def test_the_rung_is_the_highest_reached(home: Workspace) -> None:
    assert contact(home, result="not_reached").rung == "contacted"
    assert contact(home, how="visit").rung == "visited"
    assert contact(home).rung == "visited"
    assert [line.result for line in one(home).contacts] == ["not_reached", "reached", "reached"]


def test_a_contact_told_twice_counts_once(home: Workspace) -> None:
    assert len(contact(home).contacts) == len(contact(home).contacts) == 1
    assert len(contact(home, how="visit").contacts) == 2


@pytest.mark.parametrize(
    ("results", "unreachable"),
    [
        ([], False),
        ([(3, "not_reached"), (3, "not_reached"), (4, "not_reached")], False),
        ([(3, "not_reached"), (4, "not_reached"), (5, "not_reached")], True),
        ([(4, "not_reached"), (5, "not_reached"), (6, "not_reached")], False),  # the sixth is a Saturday
        ([(3, "not_reached"), (4, "refused"), (5, "not_reached"), (8, "not_reached")], False),
    ],
)
def test_a_family_is_unreachable_after_enough_attempts_on_enough_school_days(
    home: Workspace, results: Sequence[tuple[int, str]], unreachable: bool
) -> None:
    for day, result in results:
        contact(home, date(2025, 9, day), result=result)
    assert (unreachable_since(one(home), plan_for(home), home.calendar()) is not None) == unreachable
    (line,) = reconcile(home, LATER).findings.filter(pl.col("kind") == "not_returned").iter_rows(named=True)
    assert line["triage"] == ("unreachable" if unreachable else "to_contact")


@pytest.mark.parametrize(
    ("day", "words"), [(date(2025, 8, 31), "早于缺课开始的2025-09-01"), (date(2025, 9, 4), "晚于2025-09-03")]
)
def test_a_day_that_cannot_be_is_refused(home: Workspace, day: date, words: str) -> None:
    with pytest.raises(Refused, match=words):
        log_contact(home, DAY, CASE, ContactMade("phone", day, "王", "reached"))
    with pytest.raises(Refused, match=words):
        procedures.report_return(home, DAY, CASE, on=day, by=None, note=None)
    assert one(home).state == "open"


def test_a_case_nobody_has_is_refused(home: Workspace) -> None:
    for act in (lambda: contact(home, number="C-2025-009"), lambda: file_of(home, DAY, "C-1")):
        with pytest.raises(Refused, match="没有 C-"):
            act()
    assert contact(home, number="c-2025-001").number == CASE


# ---- return and closing


def close(home: Workspace, outcome: str, evidence: dict[str, str], day: date = LATER) -> Any:
    return procedures.close(home, day, CASE, outcome=outcome, evidence=evidence, on=day, by=None, note=None)


def test_a_return_is_reported_once_and_confirmed_by_days_at_school(home: Workspace) -> None:
    procedures.report_return(home, DAY, CASE, on=DAY, by="王老师", note=None)
    assert (one(home).state, one(home).return_on) == ("return_reported", DAY)
    with pytest.raises(Refused, match=r"已经登记过返校.*2025-09-03"):
        procedures.report_return(home, DAY, CASE, on=DAY, by=None, note=None)
    rest = {"学籍状态在读": "名册", "一人一案": "第3号"}
    for days, words in (
        ("2025-09-03/2025-09-08", "只有4个上课日"),
        ("2025-08-25/2025-09-05", "早于缺课开始"),
        ("2025-09-08/2025-09-12", "晚于销案日期2025-09-10"),
        ("2025-09-05", "要写起止两天"),
        ("九月/十月", "不是日期"),
    ):
        with pytest.raises(Refused, match=words):
            close(home, "复学", {"连续到校": days, **rest})
    closing = close(home, "复学", {"连续到校": "2025-09-03/2025-09-09", **rest})
    assert closing.review_on == date(2025, 10, 9)
    case = one(home)
    assert (case.state, case.outcome, case.returned_on, case.mark) == (
        "closed", "returned", date(2025, 9, 9), "none",
    )  # fmt: skip


def test_a_return_confirmed_by_attendance_needs_no_days_by_hand(home: Workspace) -> None:
    procedures.report_return(home, DAY, CASE, on=DAY, by=None, note=None)
    with Ledger(home.state).writing(LATER, "attendance scan") as transaction:
        facts = {"first": DAY, "days": 5, "source": "attendance"}
        transaction.append(Draft("return_confirmed", CASE, date(2025, 9, 9), facts))
    assert one(home).state == "returned"
    assert close(home, "returned", {"status": "名册", "plan": "第3号"}).outcome.label == "复学"


@pytest.mark.parametrize(
    ("outcome", "evidence", "missing"),
    [
        ("复学", {}, "连续到校、学籍状态在读、一人一案"),
        ("转入他校", {"就读证明": "有"}, "转学学籍已转接；或者缺就读学校联系方式"),
        ("休学", {"审批文号": "1", "医疗证明": "2"}, "期满日期"),
        ("不具备学习能力", {"专家委员会评估编号": "1"}, "卫健部门意见、残联意见"),
        ("失踪", {"公安立案编号": " "}, "公安立案编号"),
    ],
)
def test_without_its_evidence_nothing_is_closed_and_what_is_missing_is_named(
    home: Workspace, outcome: str, evidence: dict[str, str], missing: str
) -> None:
    with pytest.raises(Refused) as refusal:
        close(home, outcome, evidence)
    assert missing in refusal.value.sentence
    assert refusal.value.exit_code == 3
    assert one(home).state == "open"


@pytest.mark.parametrize(
    ("outcome", "evidence", "review"),
    [
        ("转入他校", {"转学学籍已转接": "17"}, None),
        ("转入他校", {"就读证明": "1", "就读学校联系方式": "2"}, date(2026, 3, 10)),
        ("休学", {"审批文号": "1", "医疗证明": "2", "期满日期": "2026-08-31"}, date(2026, 8, 31)),
        ("不具备学习能力", {"assessment": "1", "health_opinion": "2", "federation_opinion": "3"}, date(2026, 9, 10)),
        ("户籍问题", {"派出所或村委会证明": "1"}, None),
    ],
)
def test_an_ending_is_final_or_looked_at_again(
    home: Workspace, outcome: str, evidence: dict[str, str], review: date | None
) -> None:
    assert close(home, outcome, evidence).review_on == review
    assert one(home).review_on == review
    assert one(home).state == "closed"


@pytest.mark.parametrize(("born", "allowed"), [("2009-09-10", True), ("2009-09-11", False)])
def test_remote_teaching_only_from_sixteen_on(home: Workspace, born: str, allowed: bool) -> None:
    evidence = {"在外务工证明": "1", "出生日期证明": born, "学籍状态在读": "2", "实地劝导记录": "3", "送教决定": "4",
                "送教计划": "5"}  # fmt: skip
    if allowed:
        close(home, "远程视频送教", evidence)
    else:
        with pytest.raises(Refused, match="不满16周岁"):
            close(home, "远程视频送教", evidence)
    assert one(home).is_open is not allowed


def test_an_approval_that_has_ended_does_not_close(home: Workspace) -> None:
    with pytest.raises(Refused, match="不晚于销案日期"):
        close(home, "休学", {"审批文号": "1", "医疗证明": "2", "期满日期": "2025-09-10"})


def test_words_nobody_knows_are_refused_with_those_that_are(home: Workspace) -> None:
    with pytest.raises(Refused, match=r"没有“不知道”这种销案结果.*转入他校"):
        close(home, "不知道", {})
    with pytest.raises(Refused, match="没有“某某”这种佐证"):
        close(home, "复学", {"某某": "1"})
    with pytest.raises(Refused, match=r"没有“懒”这种原因.*厌学"):
        procedures.name_causes(home, DAY, CASE, ["懒"])


def test_a_closed_case_takes_nothing_until_it_is_opened_again(home: Workspace) -> None:
    close(home, "户籍问题", {"派出所或村委会证明": "1"})
    for act in (
        lambda: contact(home, LATER),
        lambda: procedures.report_return(home, LATER, CASE, on=LATER, by=None, note=None),
        lambda: procedures.assign(home, LATER, CASE, name="王", duty=None),
        lambda: close(home, "死亡", {"death_proof": "1"}),
    ):
        with pytest.raises(Refused, match=r"已于2025-09-10销案.*case reopen C-2025-001"):
            act()
    with pytest.raises(Refused, match="没有写重新立案的原因"):
        procedures.reopen(home, LATER, CASE, reason=" ")
    procedures.reopen(home, LATER, CASE, reason="证明有误")
    assert (one(home).state, one(home).outcome, one(home).review_on) == ("open", None, None)
    with pytest.raises(Refused, match="没有销案"):
        procedures.reopen(home, LATER, CASE, reason="x")
    contact(home, LATER)


def test_a_case_is_not_opened_again_beside_another(home: Workspace) -> None:
    close(home, "户籍问题", {"派出所或村委会证明": "1"})
    procedures.open_by_hand(home, LATER, ByHand("x", LATER, name=MISSING))
    with pytest.raises(Refused, match=r"C-2025-002：这个孩子另有办理中的个案"):
        procedures.reopen(home, LATER, CASE, reason="x")


# ---- taking back, causes, replay


def test_an_entry_taken_back_no_longer_counts_and_stays_readable(home: Workspace) -> None:
    event = contact(home, how="visit").contacts[0].event
    procedures.void(home, DAY, CASE, event, reason="记错了人")
    assert (one(home).rung, one(home).contacts) == ("opened", [])
    found = file_of(home, DAY, CASE)
    assert found.void == {event}
    assert [line.kind for line in found.history] == ["case_opened", "contacted", "voided"]
    for number, words in ((event, "已经作废过"), (99, "没有第99条"), (found.history[0].seq, "不能作废")):
        with pytest.raises(Refused, match=words):
            procedures.void(home, DAY, CASE, number, reason="x")
    with pytest.raises(Refused, match="原因"):
        procedures.void(home, DAY, CASE, contact(home).contacts[0].event, reason="")


def test_a_correction_is_an_event(home: Workspace) -> None:
    event = contact(home, result="not_reached").contacts[0].event
    with Ledger(home.state).writing(LATER, "x") as transaction:
        facts = {"event": event, "facts": {"result": "refused"}}
        transaction.append(Draft("corrected", CASE, date(2025, 9, 2), facts, {one(home).child: {"note": "父亲接的"}}))
    (line,) = one(home).contacts
    assert (line.result, line.happened_on, line.note, line.by) == ("refused", date(2025, 9, 2), "父亲接的", "王老师")
    assert folded(home, DAY)[CASE].contacts[0].result == "not_reached"


def test_causes_are_several_or_not_known_yet(home: Workspace) -> None:
    procedures.name_causes(home, DAY, CASE, ["尚不清楚"])
    assert one(home).causes == ("unknown",)
    procedures.name_causes(home, DAY, CASE, ["因病", "poverty", "因病"])
    assert one(home).causes == ("illness", "poverty")
    assert one(home).needs_gentleness == ("illness",)
    procedures.name_causes(home, DAY, CASE, ["因病", "因贫"])
    assert kinds(home).count("causes") == 2
    with pytest.raises(Refused, match="尚不清楚"):
        procedures.name_causes(home, DAY, CASE, ["尚不清楚", "厌学"])


def test_any_earlier_day_can_be_read_as_it_was(home: Workspace) -> None:
    contact(home)
    close(home, "户籍问题", {"派出所或村委会证明": "1"}, MUCH_LATER)
    assert [line.case.state for line in listed(home, date(2025, 9, 2), closed=True)] == []
    assert [line.case.rung for line in listed(home, DAY)] == ["contacted"]
    assert [line.case.number for line in listed(home, LATER)] == [CASE]
    assert listed(home, MUCH_LATER) == []
    assert [line.case.state for line in listed(home, MUCH_LATER, closed=True)] == ["closed"]


def test_children_of_poor_households_come_first() -> None:
    def case(number: str, poor: bool) -> Case:
        return Case(number, "P-1", DAY, DAY, "hand", "hand", "三.5", DAY, "x", poor=poor)

    cases = [case("C-2025-002", False), case("C-2025-1001", True), case("C-2025-999", True), case("C-2025-001", False)]
    shown = [line.number for line in in_reading_order(cases)]
    assert shown == ["C-2025-999", "C-2025-1001", "C-2025-001", "C-2025-002"]


def event(seq: int, kind: str, day: date, **facts: Any) -> Event:
    opened = {"child": "P-1", "by": "hand", "kind": "hand", "clause": "三.5", "absent_since": "2025-09-01", "plan": "x"}
    return Event(seq, seq, "x", kind, CASE, day, day, opened if kind == "case_opened" else facts, {}, "")


MOVES: dict[str, dict[str, Any]] = {
    "contacted": {"how": "phone", "result": "reached", "office": "school"},
    "return_reported": {},
    "return_confirmed": {"first": "2025-09-03"},
    "return_broken": {},
    "marked": {"mark": "suspected", "source": "registry"},
    "closed": {"outcome": "returned"},
    "reopened": {},
    "rung_reached": {"rung": "first_notice"},
}


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=12))
def test_however_events_follow_each_other_the_case_is_of_one_piece(moves: list[str]) -> None:
    events = [event(1, "case_opened", DAY)]
    rungs = []
    for seq, kind in enumerate(moves, start=2):
        events.append(event(seq, kind, DAY, **MOVES[kind]))
        (case,) = fold_cases(events).values()
        rungs.append(case.rung)
        assert (case.state == "closed") == (case.closed_on is not None)
        assert not (kind == "return_confirmed" and case.is_open and case.mark != "none")
        assert (case.returned_on is None) or case.state in ("returned", "closed")
    order = ["opened", "contacted", "first_notice"]
    assert [order.index(rung) for rung in rungs] == sorted(order.index(rung) for rung in rungs)


# ---- what attendance says about a return


def attended(home: Workspace, day: date, **more: Any) -> list[str]:
    with Ledger(home.state).writing(day, "attendance scan") as transaction:
        return record_returns(transaction, [Attended(one(home).child, **more)])


def test_days_at_school_confirm_a_return_once_and_clear_the_mark(home: Workspace) -> None:
    with Ledger(home.state).writing(DAY, "x") as transaction:
        transaction.append(Draft("marked", CASE, DAY, {"mark": "suspected", "source": "registry"}))
    assert one(home).mark == "suspected"
    back = {"first": date(2025, 9, 4), "days": 5, "confirmed_on": LATER}
    assert attended(home, LATER, **back) == [CASE]
    case = one(home)
    assert (case.state, case.return_on, case.returned_on, case.mark) == ("returned", date(2025, 9, 4), LATER, "none")
    before = kinds(home)
    assert attended(home, LATER, **back) == []
    assert kinds(home) == before


def test_an_absence_between_breaks_a_reported_return(home: Workspace) -> None:
    broken = {"first": date(2025, 9, 4), "days": 2, "broken_on": date(2025, 9, 8)}
    assert attended(home, LATER, **broken) == []
    assert kinds(home).count("return_broken") == 0
    procedures.report_return(home, LATER, CASE, on=date(2025, 9, 4), by=None, note=None)
    attended(home, LATER, **broken)
    attended(home, LATER, **broken)
    assert kinds(home).count("return_broken") == 1
    assert (one(home).state, one(home).return_on) == ("open", None)


def test_days_from_before_the_absence_confirm_nothing(home: Workspace) -> None:
    assert attended(home, LATER, first=date(2025, 8, 28), days=5, confirmed_on=DAY) == []
    assert one(home).state == "open"


def test_cases_opened_before_no_longer_pull_the_brake(tmp_path: Path) -> None:
    made = school(tmp_path / "w", NAMES[:6])
    assert reconcile(made).cases.held_back
    assert len(reconcile(made, yes=True).cases.opened) == 6
    again = reconcile(made, LATER)
    assert (again.cases.held_back, again.cases.candidates) == (False, 6)
    assert not reconcile(made, LATER, record=False).cases.held_back
    return_list(made, NAMES[:7], LATER)
    assert len(reconcile(made, LATER).cases.opened) == 1
