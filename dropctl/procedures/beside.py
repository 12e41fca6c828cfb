"""The lists that accuse nobody: leavers of the top grade, grades that do not follow, letters asked, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from dropctl.findings import Finding
from dropctl.policy.correspondence import is_incoming
from dropctl.policy.evidence import Evidence, ListedChild, Newcomer, PupilFacts
from dropctl.policy.last_year import is_graduate, steps_taken
from dropctl.procedures.overview import class_order
from dropctl.reconcile.people import Person
from dropctl.vocabulary import register_label
from dropctl.workspace.snapshots import KEPT_OF_FINDINGS, Comparison

GRADUATE_SCHEMA: dict[str, Any] = {
    "school": pl.String, "name": pl.String, "sex": pl.String, "id_number": pl.String, "enrollment_number": pl.String,
    "grade": pl.String, "class_name": pl.String, "hint": pl.String, "file": pl.String, "sheet": pl.String,
    "row": pl.Int64,
}  # fmt: skip
PROMOTION_SCHEMA: dict[str, Any] = {
    "school": pl.String, "grade": pl.String, "class_name": pl.String, "name": pl.String, "sex": pl.String,
    "id_number": pl.String, "grade_before": pl.String, "class_before": pl.String, "what": pl.String,
    "file": pl.String, "sheet": pl.String, "row": pl.Int64, "other_file": pl.String, "other_sheet": pl.String,
    "other_row": pl.Int64,
}  # fmt: skip
LETTER_SCHEMA: dict[str, Any] = {
    "name": pl.String, "sex": pl.String, "id_number": pl.String, "direction": pl.String, "office": pl.String,
    "letter_number": pl.String, "day": pl.Date, "purpose": pl.String, "origin_school": pl.String, "here": pl.String,
    "school": pl.String, "class_name": pl.String, "answered": pl.String, "file": pl.String, "sheet": pl.String,
    "row": pl.Int64,
}  # fmt: skip
CHANGE_SCHEMA: dict[str, Any] = {"change": pl.String, **KEPT_OF_FINDINGS}


def graduates(evidence: Evidence) -> pl.DataFrame:
    """Return last year's top grades (待升学核对, GRADUATE_SCHEMA) who are on no roster at hand: listed, not flagged."""
    rows = []
    for child in evidence.strays:
        for row in child.rows:
            if is_graduate(row, evidence.graduated):
                rows.append((
                    row.school, row.name, row.known_sex, row.id_number or row.id_text, row.enrollment_number,
                    row.grade, row.class_name, _hint(child), row.file, row.sheet, row.row,
                ))  # fmt: skip
    rows.sort(key=lambda row: (row[0] or "", class_order(row[5], row[6]), row[1] or "", row[10]))
    return pl.DataFrame(rows, schema=GRADUATE_SCHEMA, orient="row")


def _hint(child: ListedChild) -> str | None:
    """Return what may tell where a leaver is now: a namesake in an entry class, a transfer, other lists."""
    parts = []
    for link in child.hints[:2]:
        there = link.left.lead
        parts.append(f"{there.school or ''}{there.class_name or ''}返校名单上有同名学生")
    if child.transfer is not None:
        state = "已办结" if child.transfer.state == "finished" else "未办结"
        parts.append(f"{child.transfer.words}{state}")
    others = {register_label(row.register) for row in child.rows if row.register != "previous"}
    if others:
        parts.append(f"也在{'、'.join(sorted(others))}上")
    return "；".join(parts) or None


def promotions(evidence: Evidence) -> pl.DataFrame:
    """Return the pupils whose grade does not follow from last term's register (PROMOTION_SCHEMA).

    They are to be looked at and no finding: a class may be repeated lawfully. Of a school whose
    register is last year's nothing follows.
    """
    left = {id(facts.pupil) for facts in evidence.pupils if not facts.expected}
    links = [link for link in evidence.links.get(("enrollment", "previous"), ()) if id(link.left) not in left]
    steps = steps_taken(links, evidence.opening)
    rows = [
        (
            step.now.school, step.now.grade, step.now.class_name, step.now.name, step.now.known_sex,
            step.now.id_number or step.now.id_text, step.before.grade, step.before.class_name, step.words,
            step.now.file, step.now.sheet, step.now.row, step.before.file, step.before.sheet, step.before.row,
        )
        for step in steps
        if step.now.school not in evidence.outdated
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[0] or "", class_order(row[1], row[2]), row[3] or "", row[11]))
    return pl.DataFrame(rows, schema=PROMOTION_SCHEMA, orient="row")


def letters(evidence: Evidence) -> pl.DataFrame:
    """Return every letter of assistance with what this reconciliation knows about the child (LETTER_SCHEMA)."""
    rows = []
    for letter, child in evidence.letters:
        facts = letter.facts
        incoming = is_incoming(letter)
        here, person = _known_here(evidence, letter, child)
        answered = facts.get("reply_number") or facts.get("replied_on") or facts.get("closed")
        rows.append((
            letter.name, letter.known_sex, letter.id_number or letter.id_text, "来函" if incoming else "去函",
            facts.get("sender") if incoming else facts.get("recipient"), facts.get("letter_number"),
            facts.get("received_on") or facts.get("sent_on"), facts.get("purpose"), facts.get("origin_school"), here,
            person.school if person else None, person.class_name if person else None,
            str(answered) if answered and answered != "否" else None, letter.file, letter.sheet, letter.row,
        ))  # fmt: skip
    return pl.DataFrame(rows, schema=LETTER_SCHEMA, orient="row")


def _known_here(
    evidence: Evidence, letter: Person, child: PupilFacts | Newcomer | ListedChild | None
) -> tuple[str, Person | None]:
    match child:
        case PupilFacts():
            seen = {"present": "在校", "unknown": "到校情况未填", "unreported": "该班名单未交"}
            state = seen.get(child.presence, "未返校") if child.expected else f"状态为{child.status or '转出'}"
            return f"有学籍，{state}", child.lead
        case Newcomer():
            return (
                "在校，没有学籍" if child.presence == "present" else "在返校名单上，没有到校，也没有学籍",
                child.pupil.lead,
            )
        case ListedChild():
            lists = "、".join(dict.fromkeys(register_label(row.register) for row in child.rows))
            return f"只在{lists}上，不在名册和返校名单上", None
        case None:
            maybe = evidence.letter_reviews.get(id(letter), ())
            if maybe:
                lead = maybe[0].left.lead
                return f"可能是“{lead.name}”：{maybe[0].reason}，请核对", lead
            return "没有查到", None


def changes(compared: Comparison | None, findings: Sequence[Finding]) -> pl.DataFrame:
    """Return the findings that are new and those that are gone since the last run (CHANGE_SCHEMA), new ones first."""
    if compared is None:
        return pl.DataFrame(schema=CHANGE_SCHEMA)
    columns = list(KEPT_OF_FINDINGS)
    rows = [
        ("新增", *(getattr(line, name) for name in columns)) for line in findings if line.finding_id in compared.new
    ]
    rows += [("消失", *row) for row in compared.gone.select(columns).iter_rows()]
    frame = pl.DataFrame(rows, schema=CHANGE_SCHEMA, orient="row")
    order = pl.col("change").replace_strict({"新增": 0, "消失": 1}, return_dtype=pl.Int64)
    return frame.sort(order, "kind", "school", "grade", "class_name", "name", "finding_id", nulls_last=True)
