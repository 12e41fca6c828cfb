"""The monthly figures hold for any history: balances, one place per child, late entries in their true place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropctl.errors import Refused
from dropctl.figures import Month, MonthFacts, MonthFigures, count_month
from dropctl.figures.catalogue import FIGURES, definitions
from dropctl.figures.comparing import compare_months
from dropctl.figures.facts import Deed, Deeds, Opening, Registered, Who
from dropctl.figures.marks import DROPOUT, SUSPECTED, RosterDay, cases_on, mark_changes, marks_on
from dropctl.figures.places import PLACES, place_of
from dropctl.ledger.cases import fold_cases
from dropctl.ledger.events import Event

FIRST = date(2025, 9, 3)
OCTOBER = Month(2025, 10)
MOVES = ("Z20", "Z21", "Z22", "Z23", "Z24", "Z25", "Z30", "Z31", "Z32", "Z34", "Z35")
CHILDREN = tuple(f"P-{n:04d}" for n in range(1, 5))


def event(
    seq: int, kind: str, case: str, on: date, child: str = "", recorded: date | None = None, /, **facts: Any
) -> Event:
    if kind == "case_opened":
        facts = {
            "child": child, "by": "scan", "kind": "suspected_dropout", "clause": "三.2", "absent_since": on.isoformat(),
            "plan": "x", "finding": f"F-{case}", "school": None, "grade": None, "class_name": None, **facts,
        }  # fmt: skip
    return Event(seq, seq, "test", kind, case, on, recorded or on, facts, {child: {"name": child}}, "")


def opened(child: str, on: date, seq: int = 1, /, **facts: Any) -> Event:
    return event(seq, "case_opened", f"C-{child}", on, child, None, **facts)


def facts_of(
    events: Sequence[Event],
    rosters: Sequence[RosterDay],
    month: Month,
    opening: Opening | None = None,
    **more: Any,
) -> MonthFacts:
    """What a month is counted from, when nothing but cases and rosters is known."""
    last = [roster for roster in rosters if roster.day <= month.last]
    registered = tuple(
        Registered(child, Who(child, "7", "七年级1班"), status) for child, status in sorted(last[-1].status.items())
    )
    changes = tuple(mark_changes(events, last))
    if opening is None:
        then = marks_on(mark_changes(events, last), month.before.last)
        suspected, dropout = (
            tuple(sorted(child for child, change in then.items() if change.after == mark))
            for mark in (SUSPECTED, DROPOUT)
        )
        opening = Opening(month.before, None, suspected, dropout, len(suspected), len(dropout))
    people = {child: Who(child, "7", "七年级1班") for child in CHILDREN}
    return MonthFacts(
        month, month.last, registered, (), changes, opening, cases_on(events, month.last), people, **more
    )  # fmt: skip


def value(figures: MonthFigures, *ids: str) -> tuple[int, ...]:
    return tuple(figures[one].value for one in ids)


ROSTER = [RosterDay(FIRST, dict.fromkeys(CHILDREN, "在读"))]


# ---- what one thing does


def test_a_mark_counts_in_the_month_it_fell_due_whenever_it_was_found() -> None:
    found = [opened(CHILDREN[0], date(2025, 11, 3), marked_on="2025-10-31")]
    october = count_month(facts_of(found, ROSTER, OCTOBER))
    assert value(october, "Z03", "Z21", "Z09") == (1, 1, 3)
    later = [opened(CHILDREN[0], date(2025, 11, 3), marked_on="2025-11-01")]
    assert value(count_month(facts_of(later, ROSTER, OCTOBER)), "Z03", "Z21", "Z08") == (0, 0, 0)


def test_a_month_s_path_of_one_child_is_told_step_by_step() -> None:
    child = CHILDREN[0]
    events = [
        opened(child, date(2025, 9, 9)),
        event(2, "finding_joined", f"C-{child}", date(2025, 10, 10), child, finding="F-2", kind="dropout"),
        event(3, "return_confirmed", f"C-{child}", date(2025, 11, 7), child, first="2025-11-03"),
    ]
    months = [count_month(facts_of(events, ROSTER, Month(2025, number))) for number in (9, 10, 11)]
    assert [value(month, "Z03", "Z21", "Z23") for month in months] == [(1, 1, 0), (0, 0, 1), (0, 0, 0)]
    assert [value(month, "Z02", "Z30", "Z31", "Z32") for month in months] == [(0, 0, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1)]
    assert all(month.is_balanced for month in months)


@pytest.mark.parametrize(
    ("ending", "figure"),
    [
        (("return_confirmed", {"first": "2025-10-09"}), "Z22"),
        (("closed", {"outcome": "transferred"}), "Z24"),
    ],
)
def test_only_a_return_shown_by_attendance_is_a_return(ending: tuple[str, dict[str, Any]], figure: str) -> None:
    kind, told = ending
    events = [
        opened(CHILDREN[0], date(2025, 9, 9)),
        event(2, kind, f"C-{CHILDREN[0]}", date(2025, 10, 20), CHILDREN[0], **told),
    ]
    counted = count_month(facts_of(events, ROSTER, OCTOBER))
    assert value(counted, "Z20", "Z03", figure) == (1, 0, 1)
    assert value(counted, "Z22" if figure == "Z24" else "Z24") == (0,)


def test_a_return_that_is_only_reported_stays_where_it_was_and_is_shown_beside() -> None:
    events = [
        opened(CHILDREN[0], date(2025, 9, 9)),
        event(2, "return_reported", f"C-{CHILDREN[0]}", date(2025, 10, 20), CHILDREN[0]),
    ]
    counted = count_month(facts_of(events, ROSTER, OCTOBER))
    assert value(counted, "Z03", "Z22", "Z26") == (1, 0, 1)


def test_who_leaves_the_register_with_an_open_case_leaves_the_balance_by_another_ending() -> None:
    rosters = [*ROSTER, RosterDay(date(2025, 10, 15), dict.fromkeys(CHILDREN[1:], "在读"))]
    counted = count_month(facts_of([opened(CHILDREN[0], date(2025, 9, 9))], rosters, OCTOBER))
    assert value(counted, "Z01", "Z20", "Z24", "Z03") == (3, 1, 1, 0)
    assert "离册" in counted["Z24"].lines[0].why
    assert counted.is_balanced


def test_the_registry_s_mark_goes_before_the_forecast() -> None:
    said = dict.fromkeys(CHILDREN, "在读")
    rosters = [*ROSTER, RosterDay(date(2025, 10, 8), said | {CHILDREN[0]: "疑似辍学", CHILDREN[1]: "辍学"})]
    events = [
        opened(CHILDREN[0], date(2025, 9, 9)),
        event(2, "finding_joined", f"C-{CHILDREN[0]}", date(2025, 10, 10), CHILDREN[0], finding="F", kind="dropout"),
    ]
    counted = count_month(facts_of(events, rosters, OCTOBER))
    # The forecast of the first child is overruled; the second, whom nobody had a case for, is counted all the same.
    assert value(counted, "Z20", "Z03", "Z23", "Z31", "Z02") == (1, 1, 0, 1, 1)
    assert counted.is_balanced
    back = [*rosters, RosterDay(date(2025, 10, 20), said)]
    after = count_month(facts_of([], back, OCTOBER))
    assert value(after, "Z21", "Z24", "Z31", "Z34", "Z02", "Z03") == (1, 1, 1, 1, 0, 0)


def test_a_registry_that_still_says_so_after_a_closing_marks_nobody_again() -> None:
    marked = dict.fromkeys(CHILDREN, "在读") | {CHILDREN[0]: "疑似辍学"}
    events = [
        opened(CHILDREN[0], date(2025, 9, 9)),
        event(2, "return_confirmed", f"C-{CHILDREN[0]}", date(2025, 10, 9), CHILDREN[0], first="2025-09-28"),
    ]
    rosters = [RosterDay(FIRST, marked), RosterDay(date(2025, 10, 15), marked)]
    assert value(count_month(facts_of(events, rosters, OCTOBER)), "Z22", "Z21", "Z03") == (1, 0, 0)


# ---- where a child stands


TRAITS: dict[str, dict[str, Any]] = {
    "Z04": {"approved": ("休学",)},
    "Z05": {"approved": ("送教上门",)},
    "Z06": {"elsewhere": "学籍状态为转出"},
    "Z07": {"on_leave": "请假"},
    "Z08": {"unknown": "没有考勤"},
    "Z09": {},
}


@pytest.mark.parametrize("figure", TRAITS)
def test_the_first_place_that_fits(figure: str) -> None:
    later = [one for one in TRAITS if one >= figure]
    everything = {key: said for one in reversed(later) for key, said in TRAITS[one].items()}
    child = Registered("P-1", Who("甲", "7", None), **everything)
    assert place_of(child, {}, {}).figure == figure


def test_a_pupil_the_class_marked_as_there_is_not_away_by_paper() -> None:
    child = Registered("P-1", Who("甲", "7", None), approved=("休学",), claimed="说是病假", seen=True)
    assert place_of(child, {}, {}).figure == "Z09"


def test_an_open_case_is_to_be_looked_at_until_attendance_confirms_the_return() -> None:
    child = Registered(CHILDREN[0], Who("甲", "7", None))
    events = [opened(CHILDREN[0], date(2025, 9, 3), kind="not_returned")]
    states = []
    for more in (
        [],
        [event(2, "return_reported", f"C-{CHILDREN[0]}", date(2025, 9, 8), CHILDREN[0])],
        [event(2, "return_confirmed", f"C-{CHILDREN[0]}", date(2025, 9, 15), CHILDREN[0], first="2025-09-08")],
    ):
        cases = cases_on([*events, *more], OCTOBER.last)
        states.append(place_of(child, {}, {case.child: case for case in cases.values()}).figure)
    assert states == ["Z08", "Z08", "Z09"]


def test_a_run_past_the_limit_without_a_case_is_not_called_in_school() -> None:
    assert place_of(Registered("P-1", Who("甲", "7", None), run="超过期限"), {}, {}).figure == "Z08"
    assert place_of(Registered("P-1", Who("甲", "7", None), missed=4), {}, {}).why.startswith("月末无故未到4")


# ---- any history


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Event], list[RosterDay]]:
    """Cases of four children and the rosters of a term, each event recorded on its day or later."""
    drafts: list[tuple[date, str, str, dict[str, Any], date]] = []
    for child in draw(st.lists(st.sampled_from(CHILDREN), unique=True)):
        on = FIRST + timedelta(days=draw(st.integers(0, 90)))
        kind = draw(st.sampled_from(["suspected_dropout", "not_returned", "dropout"]))
        steps: list[tuple[str, dict[str, Any]]] = [("case_opened", {"kind": kind})]
        steps += draw(
            st.lists(
                st.sampled_from([
                    ("finding_joined", {"finding": "F-2", "kind": "suspected_dropout"}),
                    ("finding_joined", {"finding": "F-3", "kind": "dropout"}),
                    ("return_reported", {}),
                    ("return_confirmed", {"first": None}),
                    ("return_broken", {}),
                    ("closed", {"outcome": "transferred"}),
                    ("reopened", {}),
                    ("marked", {"mark": "suspected", "source": "registry"}),
                    ("marked", {"mark": "none", "source": "registry"}),
                ]),
                max_size=5,
            )
        )  # fmt: skip
        for name, told in steps:
            late = timedelta(days=draw(st.integers(0, 40)))
            drafts.append((on + late, name, child, told, on))
            on += timedelta(days=draw(st.integers(0, 25)))
    # Recorded in the order of the days on which somebody wrote it down.
    drafts.sort(key=lambda draft: (draft[0], draft[1] != "case_opened"))
    events = [
        event(seq, name, f"C-{child}", on, child, recorded, **told)
        for seq, (recorded, name, child, told, on) in enumerate(drafts, start=1)
    ]
    statuses = st.sampled_from(["在读", "在读", "疑似辍学", "辍学", None])
    days = sorted(draw(st.sets(st.integers(1, 100), max_size=3)))
    rosters = [ROSTER[0]]
    for offset in days:
        there = draw(st.lists(st.sampled_from(CHILDREN), unique=True))
        rosters.append(RosterDay(FIRST + timedelta(days=offset), {child: draw(statuses) for child in sorted(there)}))
    return events, rosters


def counted_one_after_the_other(events: Sequence[Event], rosters: Sequence[RosterDay]) -> list[MonthFigures]:
    """Count September to January, each month reported three days after its end, each beginning where the last ended."""
    found: list[MonthFigures] = []
    for month in (Month(2025, 9), Month(2025, 10), Month(2025, 11), Month(2025, 12), Month(2026, 1)):
        known = month.last + timedelta(days=3)
        then = [one for one in events if one.recorded_as_of <= known]
        opening = None
        if found:
            before = found[-1]
            lists = [tuple(line.child or "" for line in before[figure].lines) for figure in ("Z03", "Z02")]
            opening = Opening(
                before.month, known, lists[0], lists[1], before["Z03"].value, before["Z02"].value
            )  # fmt: skip
        found.append(count_month(facts_of(then, rosters, month, opening)))
    return found


@given(histories())
def test_the_balances_hold_whatever_happened_and_whenever_it_was_written_down(
    history: tuple[list[Event], list[RosterDay]],
) -> None:
    for figures in counted_one_after_the_other(*history):
        assert figures.is_balanced, [balance for balance in figures.balances if balance.difference]
        for figure in figures.figures:
            assert figure.value == sum(line.amount for line in figure.lines)


@given(histories())
def test_every_registered_child_stands_in_exactly_one_place(history: tuple[list[Event], list[RosterDay]]) -> None:
    events, rosters = history
    for figures in counted_one_after_the_other(events, rosters):
        placed = [line.child for figure in PLACES for line in figures[figure].lines]
        assert sorted(placed, key=str) == sorted((line.child for line in figures["Z01"].lines), key=str)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_between_events_of_different_cases_does_not_matter(
    history: tuple[list[Event], list[RosterDay]], random: Any
) -> None:
    events, rosters = history
    lanes = {one.subject: [other for other in events if other.subject == one.subject] for one in events}
    mixed = []
    while any(lanes.values()):
        lane = random.choice(sorted(key for key, left in lanes.items() if left))
        mixed.append(lanes[lane].pop(0))
    shuffled = [replace(one, seq=seq) for seq, one in enumerate(mixed, start=1)]
    for month in (OCTOBER, Month(2025, 11)):
        one, other = (count_month(facts_of(given_, rosters, month)) for given_ in (events, shuffled))
        assert [(figure.id, figure.value) for figure in one.figures] == [(f.id, f.value) for f in other.figures]


@given(histories())
def test_marks_in_order_of_recording_agree_with_the_ledger_s_own_fold(
    history: tuple[list[Event], list[RosterDay]],
) -> None:
    events = [replace(one, recorded_as_of=one.happened_on) for one in history[0]]
    events.sort(key=lambda one: (one.happened_on, one.kind != "case_opened", one.seq))
    events = [replace(one, seq=seq) for seq, one in enumerate(events, start=1)]
    marked = marks_on(mark_changes(events, ROSTER), date(2027, 1, 1))
    folded = {case.child: case.mark for case in fold_cases(events).values() if case.is_open and case.mark != "none"}
    assert {child: change.after for child, change in marked.items()} == folded


@given(st.sampled_from(["suspected_dropout", "dropout"]), st.integers(0, 20))
def test_a_correction_of_what_was_reported_changes_nothing_but_the_correction(kind: str, late: int) -> None:
    """Below, at and above the day of the report: what is corrected after it stands in 更正, and only there."""
    september, issued_on = Month(2025, 9), date(2025, 10, 3)
    child = CHILDREN[0]
    events = [opened(child, date(2025, 9, 9), kind=kind), opened(CHILDREN[1], date(2025, 9, 20), 2)]
    before = count_month(facts_of(events, ROSTER, september))
    lists = [tuple(line.child or "" for line in before[figure].lines) for figure in ("Z03", "Z02")]
    opening = Opening(september, issued_on, lists[0], lists[1], len(lists[0]), len(lists[1]))
    wrong = event(
        3, "corrected", f"C-{child}", date(2025, 9, 9), child, issued_on + timedelta(days=late), event=1,
        facts={"kind": "not_returned"},
    )  # fmt: skip
    plain = count_month(facts_of(events, ROSTER, OCTOBER, opening))
    corrected = count_month(facts_of([*events, wrong], ROSTER, OCTOBER, opening))
    closing, correction = ("Z03", "Z25") if kind == "suspected_dropout" else ("Z02", "Z35")
    differs = {one for one in MOVES if plain[one].value != corrected[one].value}
    assert differs == {correction}
    assert corrected[correction].value == -1
    assert corrected[closing].value == plain[closing].value - 1
    assert corrected.is_balanced


# ---- when it does not balance, and what is said about it


def test_an_opening_figure_that_its_own_list_denies_is_an_imbalance() -> None:
    opening = Opening(OCTOBER.before, date(2025, 10, 3), (), (), 2, 0)
    figures = count_month(facts_of([], ROSTER, OCTOBER, opening))
    (wrong,) = [balance for balance in figures.balances if balance.difference]
    assert (wrong.id, wrong.left, wrong.right) == ("B2", 0, 2)
    assert not figures.is_balanced


def test_an_imbalance_names_the_children_who_make_it() -> None:
    facts = facts_of([opened(CHILDREN[2], date(2025, 10, 9))], ROSTER, OCTOBER)
    broken = replace(facts, changes=(*facts.changes, *facts.changes))  # the same change told twice
    balance = next(one for one in count_month(broken).balances if one.id == "B2")
    assert [line.child for line in balance.wrong] == [CHILDREN[2]]
    assert "Z21" in balance.wrong[0].why


def test_every_figure_says_what_it_means_and_its_digest_follows_the_words() -> None:
    assert len({figure.id for figure in FIGURES}) == len(FIGURES)
    assert all(figure.definition and figure.clause for figure in FIGURES)
    reworded = replace(FIGURES[0], definition=FIGURES[0].definition + "。")
    assert reworded.digest != FIGURES[0].digest == definitions()["Z01"]


def test_deeds_are_counted_one_by_one() -> None:
    deed = Deed(CHILDREN[0], Who("甲", "7", None), date(2025, 10, 9), "送教上门")
    counted = count_month(facts_of([], ROSTER, OCTOBER, deeds=Deeds(home_lessons=(deed, deed), visits=(deed,))))
    assert value(counted, "Z45", "Z52", "Z50") == (2, 1, 0)


@pytest.mark.parametrize("text", ["2025-13", "2025-00", "202510", "2025年10月", "10-2025", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="2025-10 的样子"):
        Month.parse(text)


def test_months_know_their_neighbours() -> None:
    assert (str(Month.parse("2026-1").before), Month.parse("2024-02").last) == ("2025-12", date(2024, 2, 29))


# ---- two months


def test_corrected_data_a_changed_definition_and_real_change_are_told_apart() -> None:
    september = Month(2025, 9)
    first = [opened(CHILDREN[0], date(2025, 9, 9))]
    late = opened(CHILDREN[1], date(2025, 10, 8), 2, marked_on="2025-09-30")
    real = opened(CHILDREN[2], date(2025, 10, 20), 3)
    then = count_month(facts_of(first, ROSTER, september))
    then_now = count_month(facts_of([*first, late], ROSTER, september))
    facts = facts_of([*first, late, real], ROSTER, OCTOBER)
    said = {figure.id: figure.value for figure in then.figures} | {"Z01": 9}
    told = compare_months(
        then, then_now, count_month(facts), facts.changes, said=said, said_by=definitions() | {"Z07": "older"},
        plan_changed=False,
    )  # fmt: skip
    by_id = {one.id: one for one in told.figures}
    marked, registered = by_id["Z03"], by_id["Z01"]
    assert (marked.before, marked.redefined, marked.corrected, marked.changed, marked.after) == (1, 0, 1, 1, 3)
    assert (registered.before, registered.redefined, registered.changed, registered.after) == (9, -5, 0, 4)
    assert told.redefined == ("Z07",)
    assert [(one.child, one.kind, one.before, one.after) for one in told.children] == [
        (CHILDREN[1], "corrected", "Z09", "Z03"), (CHILDREN[2], "new", "Z09", "Z03"),
    ]  # fmt: skip


@given(histories())
def test_the_steps_between_two_months_always_add_up(history: tuple[list[Event], list[RosterDay]]) -> None:
    events, rosters = history
    september = Month(2025, 9)
    known = [one for one in events if one.recorded_as_of <= date(2025, 10, 3)]
    facts = facts_of(events, rosters, OCTOBER)
    told = compare_months(
        count_month(facts_of(known, rosters, september)), count_month(facts_of(events, rosters, september)),
        count_month(facts), facts.changes, said=None, said_by=None, plan_changed=False,
    )  # fmt: skip
    for one in told.figures:
        assert one.before + one.redefined + one.corrected + one.changed == one.after


def test_who_was_marked_and_came_back_between_two_months_is_not_forgotten() -> None:
    child = CHILDREN[0]
    events = [
        opened(child, date(2025, 10, 9)),
        event(2, "return_confirmed", f"C-{child}", date(2025, 10, 20), child, first="2025-10-14"),
    ]
    now = facts_of(events, ROSTER, OCTOBER)
    then = count_month(facts_of(events, ROSTER, Month(2025, 9)))
    told = compare_months(then, then, count_month(now), now.changes, said=None, said_by=None, plan_changed=False)
    assert [(one.child, one.kind) for one in told.children] == [(child, "returned")]


def test_a_new_class_is_a_move() -> None:
    facts = facts_of([], ROSTER, OCTOBER)
    other = replace(facts.registered[0], who=Who(CHILDREN[0], "7", "七年级2班"))
    moved = replace(facts, registered=(other, *facts.registered[1:]))
    then = count_month(facts_of([], ROSTER, Month(2025, 9)))
    told = compare_months(then, then, count_month(moved), (), said=None, said_by=None, plan_changed=False)
    assert [(one.kind, one.why) for one in told.children] == [("moved", "七年级1班转到七年级2班")]


def test_a_new_school_year_puts_nobody_on_the_list_for_being_a_class_higher() -> None:
    facts = facts_of([], ROSTER, Month(2026, 9))
    higher = tuple(replace(one, who=Who(one.who.name, "8", "八年级1班")) for one in facts.registered)
    then = count_month(facts_of([], ROSTER, Month(2026, 8)))
    now = count_month(replace(facts, registered=higher))
    assert compare_months(then, then, now, (), said=None, said_by=None, plan_changed=False).children == ()


def test_a_dropout_date_that_falls_due_after_the_return_marks_nobody() -> None:
    """The scan came late: what it found joins a case whose child had been back for weeks (CONTRACT §4)."""
    child = CHILDREN[0]
    case = f"C-{child}"
    told = [
        event(1, "case_opened", case, date(2025, 9, 8), child, kind="suspected_dropout", absent_since="2025-09-01"),
        event(2, "finding_joined", case, date(2025, 10, 31), child, kind="dropout", marked_on="2025-10-09",
              finding="F-2", absent_since="2025-09-01"),
        event(3, "return_reported", case, date(2025, 9, 9), child),
        event(4, "return_confirmed", case, date(2025, 9, 15), child, first="2025-09-09"),
    ]  # fmt: skip
    assert cases_on(told, date(2025, 10, 31))[case].mark == "none"
    again = [*told, event(5, "finding_joined", case, date(2025, 11, 20), child, kind="suspected_dropout",
                          marked_on="2025-11-18", finding="F-5", absent_since="2025-11-11")]  # fmt: skip
    assert cases_on(again, date(2025, 11, 20))[case].mark == "suspected"


@pytest.mark.parametrize("back", [date(2025, 9, 9), date(2025, 9, 10), date(2025, 9, 11)])
def test_a_return_before_the_scan_that_opened_the_case_ends_the_wait(back: date) -> None:
    child = CHILDREN[0]
    told = [opened(child, date(2025, 9, 10)), event(2, "return_reported", f"C-{child}", back, child)]
    (since, until), *more = fold_cases(told)[f"C-{child}"].sought
    assert (since <= until, until, more) == (True, back, [])
