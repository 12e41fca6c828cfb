"""The file of one child: read as of a day, opened by hand, given to somebody, closed on evidence, opened again.

What is said about a child goes into the ledger and nowhere else. Contacts with the family are `outreach`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from dropctl.errors import Refused
from dropctl.ledger import Draft, Event, Ledger, Transaction
from dropctl.ledger.cases import CASE_KINDS, VOIDABLE, about, fold_cases, open_case_of
from dropctl.ledger.children import Child, fold_children
from dropctl.ledger.events import KINDS
from dropctl.policy.case_state import Case, in_reading_order
from dropctl.policy.closing import Closing, evidence_named, judged, outcome_named
from dropctl.procedures.case_opening import next_case_number
from dropctl.procedures.due import next_due
from dropctl.procedures.plans import plan_for
from dropctl.vocabulary import CASE_STATES, CAUSES
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as lists show it, with the earliest day something is due in it."""

    case: Case
    next_due: date | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case whole: its fields, what is due next, and every event about it, voided ones included."""

    case: Case
    next_due: date | None
    history: tuple[Event, ...]
    void: frozenset[int]


def listed(workspace: Workspace, as_of: date, *, closed: bool = False) -> list[CaseLine]:
    """Return the open cases as of a day, with `closed` all of them; children of poor households first."""
    cases = fold_cases(Ledger(workspace.state).events(as_of, CASE_KINDS))
    shown = in_reading_order([case for case in cases.values() if closed or case.is_open])
    due = next_due(shown, workspace, as_of)
    return [CaseLine(case, due.get(case.number)) for case in shown]


def file_of(workspace: Workspace, as_of: date, number: str) -> CaseFile:
    """Return one case as it stood on a day; Refused for a number nobody has."""
    events = Ledger(workspace.state).events(as_of, CASE_KINDS)
    case = known(fold_cases(events), number)
    history = tuple(event for event in events if case.number in about(event) or event.subject == case.number)
    void = frozenset(event.facts["event"] for event in history if event.kind == "voided")
    return CaseFile(case, next_due([case], workspace, as_of).get(case.number), history, void)


def known(cases: Mapping[str, Case], number: str) -> Case:
    """Return the case of that number, however it is written; Refused when there is none."""
    wanted = number.strip().upper()
    if wanted not in cases:
        raise Refused(f"没有 {number} 这个个案", todo="用 dropctl case list --all 查看个案编号，形如 C-2025-001")
    return cases[wanted]


@contextmanager
def changing(
    workspace: Workspace, as_of: date, number: str, command: str, *, dry_run: bool = False
) -> Iterator[tuple[Transaction, Case]]:
    """Give a transaction and the case it is about; Refused for an unknown number, before anything is recorded."""
    ledger = Ledger(workspace.state)
    known(fold_cases(ledger.events(kinds=CASE_KINDS)), number)
    with ledger.writing(as_of, command, keep=not dry_run) as transaction:
        yield transaction, known(fold_cases(transaction.events(CASE_KINDS)), number)


def check_day(case: Case, on: date, as_of: date, what: str) -> None:
    """Refuse a day after `as_of` or before the child was absent at all."""
    if on > as_of:
        raise Refused(f"{what}日期{on}晚于{as_of}", where=case.number, todo="核对 --on，或用 --as-of 指定今天的日期")
    if on < case.absent_since:
        raise Refused(
            f"{what}日期{on}早于缺课开始的{case.absent_since}", where=case.number, todo="核对 --on 的年、月、日"
        )


def must_be_open(case: Case) -> None:
    """Refuse a closed case."""
    if not case.is_open:
        todo = f"情况有变的先用 dropctl case reopen {case.number} --reason 原因"
        raise Refused(f"这个个案已于{case.closed_on}销案", where=case.number, todo=todo)


@dataclass(frozen=True, slots=True)
class ByHand:
    """Whom a case opened by hand is about: a child's number, or a name (and class) the ledger knows.

    `unlisted`: a child on no list; then a new number is given. `since`: the first day absent.
    """

    reason: str
    since: date
    child: str | None = None
    name: str | None = None
    class_name: str | None = None
    unlisted: bool = False
    responsible: str | None = None


def open_by_hand(workspace: Workspace, as_of: date, wanted: ByHand, *, dry_run: bool = False) -> str:
    """Open a case and return its number; Refused when the child is not clear or has an open case."""
    if wanted.since > as_of:
        raise Refused(f"缺课开始日期{wanted.since}晚于{as_of}", todo="核对 --since")
    with Ledger(workspace.state).writing(as_of, "case open", keep=not dry_run) as transaction:
        children = fold_children(transaction.events({"children"}))
        child = _whom(children, wanted)
        if child.number not in children:
            stranger = {child.number: {"name": child.name, "class_name": child.class_name}}
            transaction.append(Draft("children", "", as_of, {"new": 1, "corrected": 0}, stranger))
        cases = fold_cases(transaction.events(CASE_KINDS))
        if (other := open_case_of(list(cases.values()), child.number)) is not None:
            todo = f"在原个案上登记：dropctl case show {other.number}"
            raise Refused("这个孩子已有办理中的个案，一个孩子同时只有一个个案", where=other.number, todo=todo)
        number = next_case_number(cases, as_of)
        facts = {
            "child": child.number, "by": "hand", "kind": "hand", "clause": "三.5", "absent_since": wanted.since,
            "plan": plan_for(workspace).digest, "school": child.school or workspace.school_name, "grade": child.grade,
            "class_name": child.class_name, "finding": None,
            "registered": any(key.startswith("enrollment:") for key in child.keys),
        }  # fmt: skip
        told = {"name": child.name, "reason": wanted.reason}
        transaction.append(Draft("case_opened", number, as_of, facts, {child.number: told}))
        if wanted.responsible:
            _assign(transaction, number, child.number, wanted.responsible, None)
    return number


def _whom(children: Mapping[str, Child], wanted: ByHand) -> Child:
    if wanted.unlisted and wanted.name and not wanted.child:
        last = max((int(number[2:]) for number in children), default=0)
        return Child(f"P-{last + 1:04d}", (), wanted.name, class_name=wanted.class_name)
    unknown = "核对姓名和班级；确实不在任何名单上的孩子，加 --unlisted 立案"
    return child_meant(children, wanted.child, wanted.name, wanted.class_name, unknown=unknown)


def child_meant(
    children: Mapping[str, Child], number: str | None, name: str | None, class_name: str | None, *,
    unknown: str = "核对姓名和班级",
) -> Child:  # fmt: skip
    """Return the child of a number, else the only one of that name (and class); Refused when nobody is clear.

    `unknown`: what to do about a name on no list.
    """
    if number:
        found = children.get(number.strip().upper())
        if found is None:
            raise Refused(f"没有 {number} 这个儿童编号", todo="改用 --name 姓名 查找")
        return found
    if not name:
        raise Refused("没有说明是哪个孩子", todo="用 --child P-0001，或 --name 姓名（同名时加 --class 班级）")
    alike = [child for child in children.values() if child.name == name and class_name in (None, child.class_name)]
    if len(alike) == 1:
        return alike[0]
    if not alike:
        raise Refused(f"核对过的名单上没有“{name}”" + (f"（{class_name}）" if class_name else ""), todo=unknown)
    several = "、".join(f"{child.number}（{child.class_name or '班级不明'}）" for child in alike[:5])
    raise Refused(f"名单上有{len(alike)}个“{name}”：{several}", todo="用 --child 写明是哪一个")


def _assign(transaction: Transaction, number: str, child: str, name: str, duty: str | None) -> None:
    personal = {child: {"name": name.strip(), "duty": duty}}
    transaction.append(Draft("assigned", number, transaction.as_of, personal=personal))


def assign(
    workspace: Workspace, as_of: date, number: str, *, name: str, duty: str | None, dry_run: bool = False
) -> Case:
    """Name who answers for the child from now on (三.5); return the case as it was before."""
    with changing(workspace, as_of, number, "case assign", dry_run=dry_run) as (transaction, case):
        must_be_open(case)
        if not name.strip():
            raise Refused("责任人的姓名是空的", where=case.number, todo="用 --to 写上姓名")
        _assign(transaction, case.number, case.child, name, duty)
    return case


def name_causes(
    workspace: Workspace, as_of: date, number: str, words: Sequence[str], *, dry_run: bool = False
) -> tuple[str, ...]:
    """Record why the child is away, by code or Chinese word, one or several; return the codes."""
    codes = tuple(dict.fromkeys(cause_named(word) for word in words))
    if "unknown" in codes and len(codes) > 1:
        raise Refused("“尚不清楚”不能与别的原因同时写", where=number, todo="知道一个原因就只写知道的")
    with changing(workspace, as_of, number, "case cause", dry_run=dry_run) as (transaction, case):
        must_be_open(case)
        if codes != case.causes:
            transaction.append(Draft("causes", case.number, as_of, {}, {case.child: {"causes": list(codes)}}))
    return codes


def cause_named(word: str) -> str:
    """Return the code of a cause given as code or Chinese word; Refused, naming them all, for another word."""
    found = next((code for code, label in CAUSES.items() if word.strip() in (code, label)), None)
    if found is None:
        raise Refused(f"没有“{word}”这种原因", todo=f"从这些里选：{'、'.join(CAUSES.values())}")
    return found


def report_return(
    workspace: Workspace, as_of: date, number: str, *, on: date, by: str | None, note: str | None,
    dry_run: bool = False,
) -> Case:  # fmt: skip
    """Record that the child is said to be back since `on`; attendance has still to confirm it. Return the case before.

    Refused for a day before the absence began, after `as_of`, or when a return is already recorded.
    """
    with changing(workspace, as_of, number, "case return", dry_run=dry_run) as (transaction, case):
        must_be_open(case)
        check_day(case, on, as_of, "返校")
        if case.state != "open":
            todo = "登记错了的，用 dropctl case void 作废那一条再登记"
            raise Refused(
                f"已经登记过返校（{case.return_on}，{CASE_STATES[case.state]}）", where=case.number, todo=todo
            )
        transaction.append(Draft("return_reported", case.number, on, {}, {case.child: {"by": by, "note": note}}))
    return case


def close(
    workspace: Workspace, as_of: date, number: str, *, outcome: str, evidence: Mapping[str, str], on: date,
    by: str | None, note: str | None, dry_run: bool = False,
) -> Closing:  # fmt: skip
    """Close a case with an outcome and its evidence and return what stands; Refused, naming what is missing."""
    given = {evidence_named(word).key: value for word, value in evidence.items()}
    wanted = outcome_named(outcome)
    plan, calendar = plan_for(workspace), workspace.calendar()
    with changing(workspace, as_of, number, "case close", dry_run=dry_run) as (transaction, case):
        must_be_open(case)
        check_day(case, on, as_of, "销案")
        closing = judged(case, wanted, given, on=on, plan=plan, calendar=calendar)
        if wanted.code == "returned" and case.state != "returned" and closing.attended:
            first, last = closing.attended
            if case.state == "open":
                transaction.append(Draft("return_reported", case.number, first, {}, {case.child: {"by": by}}))
            facts = {"first": first, "days": plan.value("return_confirmed"), "source": "hand"}
            transaction.append(Draft("return_confirmed", case.number, last, facts))
        facts = {"outcome": wanted.code, "review_on": closing.review_on}
        told = {"evidence": dict(closing.evidence), "by": by, "note": note}
        transaction.append(Draft("closed", case.number, on, facts, {case.child: told}))
    return closing


def reopen(workspace: Workspace, as_of: date, number: str, *, reason: str, dry_run: bool = False) -> Case:
    """Open a closed case again under its number; return the case before. Refused when another one is open."""
    with changing(workspace, as_of, number, "case reopen", dry_run=dry_run) as (transaction, case):
        if case.is_open:
            raise Refused("这个个案没有销案，不用重新立案", where=case.number, todo="直接登记即可")
        if not reason.strip():
            raise Refused("没有写重新立案的原因", where=case.number, todo="用 --reason 写明")
        cases = fold_cases(transaction.events(CASE_KINDS))
        if (other := open_case_of(list(cases.values()), case.child)) is not None:
            raise Refused("这个孩子另有办理中的个案", where=other.number, todo=f"在 {other.number} 上登记")
        transaction.append(Draft("reopened", case.number, as_of, {}, {case.child: {"reason": reason.strip()}}))
    return case


def void(workspace: Workspace, as_of: date, number: str, event: int, *, reason: str, dry_run: bool = False) -> Event:
    """Take back one recorded event of a case, which stays readable as voided; return that event."""
    with changing(workspace, as_of, number, "case void", dry_run=dry_run) as (transaction, case):
        events = transaction.events(CASE_KINDS)
        found = next((line for line in events if line.seq == event and case.number in about(line)), None)
        if found is None:
            todo = f"用 dropctl case show {case.number} 查看是第几条"
            raise Refused(f"{case.number} 没有第{event}条记录", where=case.number, todo=todo)
        if any(line.kind == "voided" and line.facts["event"] == event for line in events):
            raise Refused(f"第{event}条已经作废过", where=case.number)
        if found.kind not in VOIDABLE:
            todo = "销错了的用 case reopen，情况变了的照实登记新的一条"
            raise Refused(f"第{event}条（{KINDS[found.kind]}）不能作废", where=case.number, todo=todo)
        if not reason.strip():
            raise Refused("没有写作废的原因", where=case.number, todo="用 --reason 写明")
        told = {case.child: {"reason": reason.strip()}}
        transaction.append(Draft("voided", case.number, as_of, {"event": event}, told))
    return found
