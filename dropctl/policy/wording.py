"""How a rule turns a pupil, a newcomer or a listed child into a finding with its places filled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dropctl.errors import place
from dropctl.findings import Finding
from dropctl.policy.evidence import Evidence
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person
from dropctl.vocabulary import QUESTION_SHEET, SUGGESTION_SHEET, register_label


def where(person: Person) -> str:
    """Return `《返校名单》 文件 · 工作表 第n行` for a row."""
    return f"{register_label(person.register)}（{place(person.file, person.sheet)} 第{person.row}行）"


def sheet_of(link: Link) -> str:
    """Return the name of the sheet, in quotes, on which a pair in doubt stands."""
    return f"“{SUGGESTION_SHEET if link.is_suggestion else QUESTION_SHEET}”表"


def other_places(person: Person | None) -> dict[str, Any]:
    """Return the `other_*` fields that point at a row."""
    if person is None:
        return {}
    return {
        "other_register": person.register,
        "other_file": person.file,
        "other_sheet": person.sheet,
        "other_row": person.row,
    }


def letter_words(letters: Sequence[Person]) -> str:
    """Return `某县教育局来函（某教函〔2025〕8号）协查本人` for the letters about one child, or of ours to others."""
    said = []
    for letter in letters:
        facts = letter.facts
        number = facts.get("letter_number")
        named = f"（{number}）" if number else ""
        if facts.get("recipient") and not facts.get("sender"):
            said.append(f"已向{facts.get('recipient')}发函{named}协查")
        else:
            said.append(f"{facts.get('sender') or '外地'}来函{named}协查本人")
        result, school = facts.get("result"), facts.get("found_school")
        if result or school:
            said[-1] += f"，结果：{'，'.join(text for text in (result, school) if text)}"
    return "；".join(dict.fromkeys(said))


def other_side(link: Link, person: Person) -> Person:
    """Return the row of the link that is not `person`'s."""
    return link.left.lead if link.right.lead is person else link.right.lead


def person_fields(evidence: Evidence, person: Person) -> dict[str, Any]:
    """Return the fields of a finding that say who a row is about and where it stands, and as of when."""
    return {
        "as_of": evidence.as_of,
        "school": person.school or evidence.school,
        "grade": person.grade,
        "class_name": person.class_name,
        "name": person.name,
        "id_number": person.id_number or person.id_text,
        "enrollment_number": person.enrollment_number,
        "sex": person.known_sex,
        "birth_date": person.known_birth,
        "register": person.register,
        "file": person.file,
        "sheet": person.sheet,
        "row": person.row,
    }


def finding(
    evidence: Evidence,
    kind: str,
    person: Person,
    number: str,
    *,
    reason: str,
    next_step: str,
    certainty: str = "certain",
    triage: str = "none",
    other: Person | None = None,
    due_date: date | None = None,
    key_tail: tuple[str, ...] = (),
    ground: str | None = None,
) -> Finding:
    """Return a finding about one row; its key is the child's number, the term and `key_tail`."""
    return Finding(
        kind=kind,
        key=(number, evidence.episode, *key_tail),
        reason=reason,
        next_step=next_step,
        certainty=certainty,
        triage=triage,
        due_date=due_date,
        ground=ground,
        **person_fields(evidence, person),
        **other_places(other),
    )
