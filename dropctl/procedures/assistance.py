"""The register of incoming letters of assistance (三.1): entered, looked up on our roster, answered, done.

A child of a letter is 在我校 only by certain identity (CONTRACT §1); a name that merely resembles one of ours is a
question. The paper of the answer is written by `documents` from a `Letter`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dropctl.errors import Refused
from dropctl.ledger import Draft, Ledger, Transaction
from dropctl.ledger.children import ChildNumbers, fold_children
from dropctl.ledger.letters import LETTER_KINDS, fold_letters, next_letter_number, received_draft, same_letter
from dropctl.policy.assistance import RESULTS, Letter, answer_due
from dropctl.procedures.plans import plan_for
from dropctl.procedures.remembered import last_read
from dropctl.procedures.rows_given import Given, Logged, RowProblem, row_of_cells, row_place, rows_of_table
from dropctl.reconcile.linkage import link_pupils
from dropctl.reconcile.links import Link
from dropctl.reconcile.model.link import Model
from dropctl.reconcile.people import Facts, Person, Pupil, group_pupils
from dropctl.resources import linkage_tables
from dropctl.school_calendar import DueDate, school_year
from dropctl.workspace import Workspace

KINDS = frozenset({*LETTER_KINDS, "children"})


@dataclass(frozen=True, slots=True)
class Match:
    """What our roster says about the child of a letter: `certain`, `to_check` or `none`, and the words for it."""

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter as the register shows it: what our roster says, and by when it is to be answered (None: it was)."""

    letter: Letter
    match: Match
    due: DueDate | None
    set_by: str | None


def listed(workspace: Workspace, as_of: date, *, everything: bool = False) -> list[Entry]:
    """Return the open letters as of a day, with `everything` those done as well, in the order of the register."""
    letters = fold_letters(Ledger(workspace.state).events(as_of, LETTER_KINDS))
    shown = [letter for letter in letters.values() if everything or letter.is_open]
    return _entries(workspace, as_of, shown)


def entry(workspace: Workspace, as_of: date, number: str) -> Entry:
    """Return one letter with everything known of it as of a day; Refused for a number nobody has."""
    letters = fold_letters(Ledger(workspace.state).events(as_of, LETTER_KINDS))
    return _entries(workspace, as_of, [_known(letters, number)])[0]


def _entries(workspace: Workspace, as_of: date, letters: list[Letter]) -> list[Entry]:
    plan, calendar = plan_for(workspace), workspace.calendar()
    found = []
    for letter, match in zip(letters, _matches(workspace, as_of, letters), strict=True):
        due, set_by = answer_due(letter, plan, calendar) if letter.state == "received" else (None, None)
        found.append(Entry(letter, match, due, set_by))
    return found


def add(workspace: Workspace, as_of: date, cells: Mapping[str, str | None], *, answer_by: date | None,
        dry_run: bool = False) -> tuple[Letter, bool]:  # fmt: skip
    """Enter one letter, given by column key of the register `assistance`; return it and whether it is new.

    Refused without sender or child, for a day after `as_of`, or for a value that cannot be read.
    """
    cells = {"received_on": as_of.isoformat(), **cells}
    row = row_of_cells("assistance", cells, as_of, as_written=("id_number", "enrollment_number"))
    problem = _fault(row, as_of)
    if problem:
        raise Refused(problem, todo="写上 --sender 来函单位、--name 姓名，核对 --on 收函日期")
    with Ledger(workspace.state).writing(as_of, "assistance add", keep=not dry_run) as transaction:
        return _Register(workspace, transaction).enter(replace(_letter(row), answer_by=answer_by), row)


def add_table(workspace: Workspace, as_of: date, path: Path, *, dry_run: bool = False) -> Logged:
    """Enter the incoming letters of a workbook, with their answers where it has them; Refused without a usable row."""
    given = rows_of_table(path, "assistance", as_of)
    problems: list[RowProblem] = []
    recorded = known = 0
    with Ledger(workspace.state).writing(as_of, "assistance add", keep=not dry_run) as transaction:
        register = _Register(workspace, transaction)
        for row in given.rows:
            problem = _fault(row, as_of)
            if problem:
                problems.append(_told(given, row, problem))
                continue
            letter, is_new = register.enter(_letter(row), row)
            recorded, known = recorded + is_new, known + (not is_new)
            register.answer_on_paper(letter, row, as_of)
        if not recorded + known:
            raise Refused(f"没有一行能用：{problems[0].message}", where=problems[0].where, todo="改正后再登记")
    return Logged(recorded, known, tuple(problems))


def reply(
    workspace: Workspace, as_of: date, number: str, *, result: str, school: str | None, letter_number: str | None,
    on: date, by: str | None, note: str | None, dry_run: bool = False,
) -> Letter:  # fmt: skip
    """Record the answer to a letter and return the letter with it; answered again, the later answer stands.

    Refused for a letter that is done, an unknown result, a day before the letter came, or 在我县就读 without a school.
    """
    code = result_named(result)
    with Ledger(workspace.state).writing(as_of, "assistance reply", keep=not dry_run) as transaction:
        letter = _known(fold_letters(transaction.events(LETTER_KINDS)), number)
        if not letter.is_open:
            raise Refused(f"这封函已于{letter.closed_on}办结", where=letter.number, todo="情况有变的另行登记来函")
        if code == "here" and not (school or "").strip():
            raise Refused("写“在我县就读”要写明就读学校", where=letter.number, todo="用 --school 写上学校和年级")
        _check_day(letter, on, as_of, "复函")
        told = {"school": school, "number": letter_number, "by": by, "note": note}
        transaction.append(_reply_draft(letter, code, on, told))
        return fold_letters(transaction.events(LETTER_KINDS))[letter.number]


def close(
    workspace: Workspace, as_of: date, number: str, *, on: date, note: str | None, dry_run: bool = False
) -> Letter:
    """Record that a letter is done and return it; Refused before it was answered, or twice."""
    with Ledger(workspace.state).writing(as_of, "assistance close", keep=not dry_run) as transaction:
        letter = _known(fold_letters(transaction.events(LETTER_KINDS)), number)
        if letter.state == "received":
            todo = f"先登记答复：dropctl assistance reply {letter.number} --result 结果"
            raise Refused("还没有复函，不能办结", where=letter.number, todo=todo)
        if letter.state == "closed":
            raise Refused(f"这封函已于{letter.closed_on}办结", where=letter.number)
        assert letter.replied_on is not None
        if on < letter.replied_on:
            raise Refused(f"办结日期{on}早于复函日期{letter.replied_on}", where=letter.number, todo="核对 --on")
        _check_day(letter, on, as_of, "办结")
        transaction.append(Draft("letter_closed", letter.number, on, {}, {_part(letter): {"note": note}}))
        return fold_letters(transaction.events(LETTER_KINDS))[letter.number]


def result_named(text: str) -> str:
    """Return the code of a result given as code or Chinese words; Refused, naming them all, for others."""
    plain = text.strip()
    found = next((code for code, label in RESULTS.items() if plain in (code, label)), None)
    if found is None:
        raise Refused(f"核查结果写成了“{text}”，不认识", todo=f"从这些里选：{'、'.join(RESULTS.values())}")
    return found


def _known(letters: Mapping[str, Letter], number: str) -> Letter:
    wanted = number.strip().upper()
    if wanted not in letters:
        raise Refused(f"没有 {number} 这封协查函", todo="用 dropctl assistance list --all 查看编号，形如 X-2025-001")
    return letters[wanted]


def _check_day(letter: Letter, on: date, as_of: date, what: str) -> None:
    if on > as_of:
        raise Refused(f"{what}日期{on}晚于{as_of}", where=letter.number, todo="核对 --on")
    if on < letter.received_on:
        raise Refused(f"{what}日期{on}早于收函日期{letter.received_on}", where=letter.number, todo="核对 --on")


def _part(letter: Letter) -> str:
    return letter.child or letter.number


def _reply_draft(letter: Letter, result: str, on: date, told: Mapping[str, str | None]) -> Draft:
    return Draft("letter_replied", letter.number, on, {"result": result}, {_part(letter): told})


def _fault(row: Person, as_of: date) -> str | None:
    """Return why a row is no incoming letter that can be entered, None when it is."""
    facts = row.facts
    day = facts.get("received_on")
    if not facts.get("sender"):
        return "没有来函单位：这里只登记收到的协查函，发出的不登记" if facts.get("recipient") else "没有写来函单位"
    if day is None:
        return "没有写收函日期"
    return f"收函日期{day}晚于{as_of}" if day > as_of else None


def _told(given: Given, row: Person, problem: str) -> RowProblem:
    if row.facts.get("sender") and row.facts.get("received_on") is None:
        return given.problem(row, "received_on", problem)
    return RowProblem(row_place(row), problem)


def _letter(row: Person) -> Letter:
    facts = row.facts
    return Letter(
        "", facts["received_on"], facts["sender"], row.name or "（无姓名）", facts.get("letter_number"), row.sex,
        row.birth, row.id_number, None if row.id_number else row.id_text, row.enrollment_number,
        facts.get("origin_school"), facts.get("purpose"), facts.get("handler"), note=facts.get("note"),
    )  # fmt: skip


class _Register:
    """The open transaction, the letters entered so far, and the children of ours they may be about."""

    def __init__(self, workspace: Workspace, transaction: Transaction) -> None:
        self._transaction = transaction
        self._letters = fold_letters(transaction.events(LETTER_KINDS))
        self._seen = {same_letter(letter): letter for letter in self._letters.values()}
        children = fold_children(transaction.events({"children"}))
        self._numbers = ChildNumbers(children, school_year(transaction.as_of))
        self._children = children

    def enter(self, letter: Letter, row: Person) -> tuple[Letter, bool]:
        """Return the letter under its number, and whether it was not in the register yet."""
        known = self._seen.get(same_letter(letter))
        if known is not None:
            return known, False
        number = next_letter_number(self._letters, letter.received_on)
        entered = replace(letter, number=number, child=self._ours(row))
        self._transaction.append(received_draft(entered))
        self._letters[number] = self._seen[same_letter(letter)] = entered
        return entered, True

    def answer_on_paper(self, letter: Letter, row: Person, as_of: date) -> None:
        """Record the answer that the sheet itself holds, once; a day that cannot be is left for a person."""
        on, written = row.facts.get("replied_on"), row.facts.get("result")
        if letter.state != "received" or on is None or not letter.received_on <= on <= as_of:
            return
        code = next((code for code, label in RESULTS.items() if written and label in written), "other")
        facts = {"school": row.facts.get("found_school"), "number": row.facts.get("reply_number"), "note": written}
        self._transaction.append(_reply_draft(letter, code, on, {**facts, "by": None}))
        letter.state = "replied"
        if row.facts.get("closed") == "是":
            self._transaction.append(Draft("letter_closed", letter.number, on, {}, {_part(letter): {"note": None}}))
            letter.state = "closed"

    def _ours(self, row: Person) -> str | None:
        """Return the number of the child with that ID or enrollment number and that name, None for anybody else."""
        if not row.id_number and not row.enrollment_number:
            return None
        number = self._numbers.find(row)
        child = self._children.get(number or "")
        return child.number if child is not None and child.name == row.name else None


def _matches(workspace: Workspace, as_of: date, letters: list[Letter]) -> list[Match]:
    """Return for each letter what the latest roster says about its child."""
    if not letters:
        return []
    rows, day = last_read(workspace, "enrollment", as_of)
    if not rows:
        return [Match("none", "还没有学籍名册，无从核对")] * len(letters)
    pupils = group_pupils(rows)
    asked = [Pupil((_person(letter, place),)) for place, letter in enumerate(letters, start=1)]
    model = Model.parse(*linkage_tables())
    # Each letter by itself: a pupil whom one letter names for certain may be whom another one means.
    return [
        _match(link_pupils(pupils, [one], by_class=False, model=model), day, misspelled=bool(letter.id_text))
        for one, letter in zip(asked, letters, strict=True)
    ]


def _match(links: list[Link], day: date | None, *, misspelled: bool) -> Match:
    note = "；来函所写的证件号有误，只能按其他项核对" if misspelled else ""
    certain = next((link for link in links if link.certain), None)
    if certain is not None:
        lead = certain.left.lead
        status = lead.facts.get("status") or "没有写"
        where = " ".join(part for part in (lead.school, lead.class_name) if part) or "班级没有写"
        return Match("certain", f"在我校学籍名册上（{day}）：{where}，状态{status}（{certain.reason}）{note}")
    doubtful = [link for link in links if link.decision != "rejected"]
    if doubtful:
        lead = doubtful[0].left.lead
        more = f"等{len(doubtful)}人" if len(doubtful) > 1 else ""
        return Match(
            "to_check", f"待核：可能是{lead.class_name or ''}{lead.name or ''}{more}（{doubtful[0].reason}）{note}"
        )
    return Match("none", f"{day}的学籍名册上没有对得上的{note}")


def _person(letter: Letter, place: int) -> Person:
    """Return the child of a letter as matching sees a row."""
    return Person(
        register="assistance", file="协查函登记", sheet=None, row=place, name=letter.name, former_name=None,
        id_number=letter.id_number, id_source="valid" if letter.id_number else None, id_text=letter.id_text,
        id_state="valid" if letter.id_number else None, id_fault=None, id_prefix=None,
        enrollment_number=letter.enrollment_number, sex=letter.sex, birth=letter.born, school=None, grade=None,
        class_name=None, phone=None, guardian=None, facts=Facts({}, 0),
    )  # fmt: skip
