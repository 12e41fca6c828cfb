"""三.3 and 三.1: children who went elsewhere handed over by way of the city, letters of assistance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.handing_over import (
    AssistanceDraft,
    AssistanceReply,
    AssistanceRequest,
    HandoverList,
    MovedChild,
)
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.ledger.letters import LETTER_KINDS, fold_letters
from dropctl.policy.assistance import RESULTS, Letter
from dropctl.policy.case_state import Case, Contact
from dropctl.policy.office_papers import HANDOVERS, PaperStep, handover_step
from dropctl.procedures.issuing import Order, Reveal, issue, write
from dropctl.procedures.letters import Judge, LetterDesk, Letters, in_batches, make_letters, may_issue
from dropctl.procedures.paper_facts import class_words, household_words, numbers_of
from dropctl.vocabulary import CONTACT_KINDS, CONTACT_RESULTS, MARKS
from dropctl.workspace import Workspace

_DRAFT, _REPLY = "assistance-letter", "assistance-reply"
_REQUEST = HANDOVERS["other_province"]


def to_city(
    workspace: Workspace, as_of: date, named: Sequence[str], out: Path, *, reveal: Reveal | None = None,
    dry_run: bool = False,
) -> Letters:  # fmt: skip
    """Write the hand-over lists and the request for letters that have cases: one paper per way of going (三.3)."""

    def judge(desk: LetterDesk) -> Judge:
        def judged(case: Case) -> PaperStep:
            return handover_step(case, HANDOVERS.get(case.whereabouts, ""))

        return judged

    def orders(desk: LetterDesk, cases: list[Case]) -> list[Order]:
        made = []
        for kind in HANDOVERS.values():
            own = [case for case in cases if HANDOVERS.get(case.whereabouts) == kind]
            made += [_list(desk, kind, answers, batch) for answers, batch in in_batches(desk, kind, own)]
        return made

    return make_letters(
        workspace, as_of, "city", list(HANDOVERS.values()), named, out, judge=judge, orders=orders, reveal=reveal,
        dry_run=dry_run,
    )  # fmt: skip


def drafts(
    workspace: Workspace, as_of: date, named: Sequence[str], out: Path, *, reveal: Reveal | None = None,
    dry_run: bool = False,
) -> Letters:  # fmt: skip
    """Write the draft of a letter of assistance for each case in another province whose family does not come back."""

    def judge(desk: LetterDesk) -> Judge:
        def judged(case: Case) -> PaperStep:
            return handover_step(case, _REQUEST)

        return judged

    def orders(desk: LetterDesk, cases: list[Case]) -> list[Order]:
        return [_draft(desk, case) for case in cases]

    return make_letters(
        workspace, as_of, "assistance", [_DRAFT], named, out, judge=judge, orders=orders, reveal=reveal,
        dry_run=dry_run,
    )  # fmt: skip


def reply_to(workspace: Workspace, as_of: date, number: str, out: Path, *, dry_run: bool = False) -> Letters:
    """Write the answer to an incoming letter of assistance; Refused before its result is recorded."""
    paper = PAPER_BY_NAME[_REPLY]
    may_issue(workspace, paper)
    found = Letters()
    with Ledger(workspace.state).writing(as_of, "letters assistance", keep=not dry_run) as transaction:
        letters = fold_letters(transaction.events(LETTER_KINDS))
        letter = letters.get(number.strip().upper())
        if letter is None:
            raise Refused(
                f"没有 {number} 这封协查函", todo="用 dropctl assistance list --all 查看编号，形如 X-2025-001"
            )
        if letter.result is None:
            todo = f"先登记：dropctl assistance reply {letter.number} --result 结果"
            raise Refused("还没有登记核查结果，不能出复函", where=letter.number, todo=todo)
        found.done = issue(transaction, workspace, [_reply(workspace, letter)])
    if not dry_run:
        found.written = write(found.done, out)
    return found


def _list(desk: LetterDesk, kind: str, answers: str, cases: Sequence[Case]) -> Order:
    context: type[HandoverList] = AssistanceRequest if kind == _REQUEST else HandoverList
    people = desk.workspace.people

    def make(number: str | None, on: date) -> HandoverList:
        facts = {case.child: desk.children.of(case.child) for case in cases}
        return context(
            number=number, issued_on=on, bureau=desk.workspace.school_name,
            city=desk.workspace.config.offices.city_bureau, children=tuple(_moved(desk, case) for case in cases),
            count=len(cases), contact=people.get("联系人"), phone=people.get("联系电话"),
            numbers=numbers_of(facts, {case.child: case.name for case in cases}) if desk.reveal else (),
        )  # fmt: skip

    return Order(
        PAPER_BY_NAME[kind], answers, f"{len(cases)}人", make, tuple(case.number for case in cases),
        tuple(case.child for case in cases),
    )  # fmt: skip


def _moved(desk: LetterDesk, case: Case) -> MovedChild:
    child = desk.children.of(case.child)
    return MovedChild(
        case=case.number, name=child.name or case.name or "", sex=child.sex, born=child.born,
        category=_category(case), school=case.school or child.school, class_name=class_words(case, child),
        household=household_words(case, child), place=case.place or "", guardian=child.guardian, phone=child.phone,
        verified=_verified(case),
        wish={True: "不愿返回就学", False: "愿意返回就学", None: "是否愿意返回未说明"}[case.unwilling],
    )  # fmt: skip


def _category(case: Case) -> str:
    if case.mark != "none":
        return MARKS[case.mark]
    return "未返校" if case.registered else "失学"


def _verified(case: Case) -> str | None:
    """Return how and when the whereabouts were verified: the last contact in which anybody was reached."""
    reached = [one for one in case.contacts if one.result != "not_reached"]
    return _told(max(reached, key=lambda one: (one.happened_on, one.event))) if reached else None


def _told(one: Contact) -> str:
    return f"{one.happened_on}{CONTACT_KINDS[one.how]}（{CONTACT_RESULTS[one.result]}）"


def _draft(desk: LetterDesk, case: Case) -> Order:
    people, offices = desk.workspace.people, desk.workspace.config.offices
    child = desk.children.of(case.child)

    def make(_: str | None, on: date) -> AssistanceDraft:
        return AssistanceDraft(
            drafted_on=on, bureau=desk.workspace.school_name, city=offices.city_bureau,
            addressee=f"{case.place}教育行政部门" if case.place else "", child=_moved(desk, case),
            absent_since=case.absent_since, done=_done(case), contact=people.get("联系人"),
            phone=people.get("联系电话"),
            numbers=numbers_of({case.child: child}, {case.child: case.name}) if desk.reveal else (),
        )  # fmt: skip

    about = f"{case.number} {child.name or case.name or ''}".strip()
    return Order(PAPER_BY_NAME[_DRAFT], desk.key(_DRAFT, [case]), about, make, (case.number,), (case.child,))


def _done(case: Case) -> str:
    if not case.contacts:
        return ""
    visits = sum(one.how == "visit" for one in case.contacts)
    walked = f"，其中上门{visits}次" if visits else ""
    return f"我县学校和有关单位已联系{len(case.contacts)}次{walked}，劝其返回就学。"


def _reply(workspace: Workspace, letter: Letter) -> Order:
    people = workspace.people
    result: Callable[[str], str] = RESULTS.__getitem__

    def make(number: str | None, on: date) -> AssistanceReply:
        return AssistanceReply(
            number=number, issued_on=on, bureau=workspace.school_name, sender=letter.sender,
            letter_number=letter.letter_number, received_on=letter.received_on, name=letter.name, sex=letter.sex,
            born=letter.born, result=result(letter.result) if letter.result else "",
            found_school=letter.found_school, here=letter.result == "here", note=letter.reply_note or "",
            contact=people.get("联系人"), phone=people.get("联系电话"),
        )  # fmt: skip

    answers = f"{_REPLY}:{letter.number}:{letter.result}:{letter.replied_on}"
    children = (letter.child or letter.number,)
    return Order(
        PAPER_BY_NAME[_REPLY], answers, f"{letter.number} {letter.name}", make, (), children, given=letter.reply_number
    )  # fmt: skip
