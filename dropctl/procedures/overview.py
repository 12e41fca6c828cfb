"""The tables a person reads beside the findings: annotated roster, classes, review pairs, who should be further on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from dropctl.findings import KIND_BY_ID, Finding
from dropctl.policy.evidence import ClassFacts, Evidence, PupilFacts
from dropctl.policy.rules.roster_marks import disability_mark, poverty_mark
from dropctl.procedures.outcome import CaseForecast
from dropctl.reconcile.linkage import Link
from dropctl.reconcile.people import Person

ROSTER_SCHEMA: dict[str, Any] = {
    "grade": pl.String, "class_name": pl.String, "name": pl.String, "sex": pl.String, "id_number": pl.String,
    "enrollment_number": pl.String, "birth_date": pl.Date, "status": pl.String, "guardian": pl.String,
    "phone": pl.String, "return_state": pl.String, "poverty_mark": pl.String, "poverty_source": pl.String,
    "disability_mark": pl.String, "disability_source": pl.String, "findings": pl.String, "row": pl.Int64,
    "file": pl.String, "sheet": pl.String,
}  # fmt: skip
CLASS_SCHEMA: dict[str, Any] = {
    "grade": pl.String, "class_name": pl.String, "enrolled": pl.Int64, "expected": pl.Int64, "returned": pl.Int64,
    "not_returned": pl.Int64, "lawfully_absent": pl.Int64, "unknown": pl.Int64, "unregistered": pl.Int64,
    "list_date": pl.Date, "reported": pl.Boolean, "return_rate": pl.Float64,
}  # fmt: skip
_SIDE = ("register", "file", "sheet", "row", "name", "sex", "id_number", "birth_date", "grade", "class_name")
REVIEW_SCHEMA: dict[str, Any] = {
    "link_id": pl.String,
    "reason": pl.String,
    **{
        f"{side}_{name}": pl.Int64 if name == "row" else pl.Date if name == "birth_date" else pl.String
        for side in ("left", "right")
        for name in _SIDE
    },
}
GRADUATE_SCHEMA: dict[str, Any] = {
    "name": pl.String, "sex": pl.String, "id_number": pl.String, "enrollment_number": pl.String, "grade": pl.String,
    "class_name": pl.String, "file": pl.String, "sheet": pl.String, "row": pl.Int64,
}  # fmt: skip


def _class_order(grade: str | None, class_name: str | None) -> tuple[str, int, str]:
    digits = "".join(char for char in (class_name or "")[3:] if char.isdigit())
    return (grade or "~", int(digits or 0), class_name or "")


def _state(facts: PupilFacts, kinds: set[str]) -> str:
    if not facts.expected:
        return "不在应到范围"
    if "not_returned" in kinds:
        return "未返校"
    if "lawfully_absent" in kinds:
        return "有手续"
    return {"present": "已返校", "unknown": "未报"}.get(facts.presence, "未报")


def _by_child(findings: Sequence[Finding]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in findings:
        found[line.key[0]].add(line.kind)
    return found


def roster(evidence: Evidence, findings: Sequence[Finding]) -> pl.DataFrame:
    """Return one row per enrolled pupil (ROSTER_SCHEMA), by grade, class, name."""
    kinds = _by_child(findings)
    rows = []
    for facts in evidence.pupils:
        lead = facts.lead
        poor, disabled = poverty_mark(facts, evidence), disability_mark(facts)
        own = kinds.get(facts.number, set())
        rows.append((
            lead.grade, lead.class_name, lead.name, lead.known_sex, lead.id_number or lead.id_text,
            lead.enrollment_number, lead.known_birth, facts.status, lead.guardian,
            lead.phone or lead.facts.get("phone_raw"), _state(facts, own),
            poor.text if poor else None, poor.source if poor else None,
            disabled.text if disabled else None, disabled.source if disabled else None,
            "、".join(kind.label for kind in KIND_BY_ID.values() if kind.id in own) or None,
            lead.row, lead.file, lead.sheet,
        ))  # fmt: skip
    rows.sort(key=lambda row: (_class_order(row[0], row[1]), row[2] or "", row[4] or "", row[16]))
    return pl.DataFrame(rows, schema=ROSTER_SCHEMA, orient="row")


def classes(evidence: Evidence, findings: Sequence[Finding]) -> pl.DataFrame:
    """Return one row per class (CLASS_SCHEMA); `return_rate` is returned ÷ expected, null where not reported."""
    counts: Counter[tuple[str, str | None, str | None]] = Counter(
        (line.kind, line.grade, line.class_name) for line in findings
    )
    rows = []
    keys: dict[tuple[str | None, str | None], ClassFacts | None] = {
        group.key[1:]: group for group in evidence.classes.values()
    }
    for newcomer in evidence.newcomers:
        keys.setdefault((newcomer.pupil.lead.grade, newcomer.pupil.lead.class_name), None)
    days: dict[tuple[str | None, str | None], date] = {}
    for row in evidence.rows["presence"]:
        day = row.facts["list_date"]
        days[row.grade, row.class_name] = max(day, days.get((row.grade, row.class_name), day))
    for (grade, name), group in keys.items():
        members = group.pupils if group else []
        expected = [facts for facts in members if facts.expected]
        returned = sum(facts.presence == "present" for facts in expected)
        reported = group.reported if group else True
        rows.append((
            grade, name, len(members), len(expected), returned, counts["not_returned", grade, name],
            counts["lawfully_absent", grade, name],
            sum(facts.presence in ("unknown", "unreported") for facts in expected),
            counts["unregistered", grade, name], days.get((grade, name)), reported,
            returned / len(expected) if reported and expected else None,
        ))  # fmt: skip
    rows.sort(key=lambda row: _class_order(row[0], row[1]))
    return pl.DataFrame(rows, schema=CLASS_SCHEMA, orient="row")


def _side(person: Person) -> tuple[object, ...]:
    return (
        person.register, person.file, person.sheet, person.row, person.name, person.known_sex,
        person.id_number or person.id_text, person.known_birth, person.grade, person.class_name,
    )  # fmt: skip


def reviews(links: Sequence[Link]) -> pl.DataFrame:
    """Return the pairs a person is to look at side by side (REVIEW_SCHEMA), those the model accepts among them."""
    rows = [
        (link.link_id, link.reason, *_side(link.left.lead), *_side(link.right.lead))
        for link in links
        if not link.certain
    ]
    frame = pl.DataFrame(rows, schema=REVIEW_SCHEMA, orient="row")
    return frame.sort("left_register", "right_register", "left_grade", "left_class_name", "left_name", "link_id")


def graduates(evidence: Evidence) -> pl.DataFrame:
    """Return last year's top grade (待升学核对, GRADUATE_SCHEMA) who are on no roster at hand: listed, not flagged."""
    rows = []
    for child in evidence.strays:
        for row in child.rows:
            if row.register == "previous" and row.grade is not None and row.grade == evidence.graduated_grade:
                rows.append((
                    row.name, row.known_sex, row.id_number or row.id_text, row.enrollment_number, row.grade,
                    row.class_name, row.file, row.sheet, row.row,
                ))  # fmt: skip
    rows.sort(key=lambda row: (_class_order(row[4], row[5]), row[0] or "", row[8]))
    return pl.DataFrame(rows, schema=GRADUATE_SCHEMA, orient="row")


def notes(evidence: Evidence, cases: CaseForecast) -> list[str]:
    """Return the sentences a principal should read first."""
    said = []
    if cases.held_back and cases.reason:
        said.append(cases.reason)
    if evidence.outdated:
        said.append("学籍名册是上一学年的，没有据它判断谁未返校，请换用本学年的名册再核对")
    if not evidence.given("presence"):
        said.append("没有返校名单，各班是否返校都不知道，请收齐各班名单后再核对")
    for year in sorted(_unknown_years(evidence)):
        said.append(f"没有{year}年的放假日历，这一年的期限按自然日列出，属待定；填写 calendar/{year}.toml 后再核对一次")
    for register, what in (("poverty", "脱贫监测名单"), ("disability", "残疾人名单")):
        if not evidence.given(register):
            said.append(f"这次没有{what}，没有核对有关标注")
    if "previous" not in evidence.columns_seen:
        said.append("这次没有上期学籍名册，没有核对上期学生的去向")
    if len({facts.lead.school for facts in evidence.pupils}) <= 1:
        said.append("这是一所学校的核对：“名单上未定位”只说明不在本校名册和返校名单上，不等于失学")
    return said


def _unknown_years(evidence: Evidence) -> set[int]:
    """Return the years in which a deadline of this term lies and whose holidays are not known."""
    days = [evidence.opening, *(due.plan_date for _, due in evidence.deadlines())]
    return {day.year for day in days if not evidence.calendar.knows(day)}
