"""The tables a person reads beside the findings: annotated roster, classes, review pairs; and what is said first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from dropctl.findings import KIND_BY_ID, Finding
from dropctl.policy.evidence import ClassFacts, ClassKey, Evidence, PupilFacts
from dropctl.policy.rules.disabled_children import ASSESSMENT, PLACEMENT, disabled_children
from dropctl.policy.rules.roster_marks import disability_mark, poverty_mark
from dropctl.policy.rules.whereabouts import passed_over
from dropctl.procedures.outcome import CaseForecast
from dropctl.reconcile.decisions import check_text
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person
from dropctl.reconcile.review import pair_check
from dropctl.tables.frames import frame_of

ROSTER_SCHEMA: dict[str, Any] = dict.fromkeys(
    (
        "school", "grade", "class_name", "name", "sex", "id_number", "enrollment_number", "birth_date", "status",
        "guardian", "phone", "return_state", "return_reason", "return_certainty", "poverty_mark",
        "poverty_source", "disability_mark", "disability_source", "findings", "row", "file", "sheet",
    ),
    pl.String(),
) | {"birth_date": pl.Date(), "row": pl.Int64()}  # fmt: skip
CLASS_SCHEMA: dict[str, Any] = {
    "school": pl.String, "grade": pl.String, "class_name": pl.String, "enrolled": pl.Int64,
    "expected": pl.Int64, "returned": pl.Int64, "not_returned": pl.Int64,
    "lawfully_absent": pl.Int64, "unknown": pl.Int64, "unregistered": pl.Int64,
    "list_date": pl.Date, "reported": pl.Boolean, "return_rate": pl.Float64,
}  # fmt: skip
_SCHOOLS_NAMED = 3
_CHILDREN_NAMED = 8
_SIDE = (
    "register", "file", "sheet", "row", "name", "sex", "id_number", "birth_date", "school", "grade", "class_name",
    "guardian", "enrollment_number",
)  # fmt: skip
REVIEW_SCHEMA: dict[str, Any] = {
    "link_id": pl.String,
    "reason": pl.String,
    **{
        f"{side}_{name}": pl.Int64 if name == "row" else pl.Date if name == "birth_date" else pl.String
        for side in ("left", "right")
        for name in _SIDE
    },
    "earlier": pl.String,  # what a person decided before, in words
    "there": pl.String,  # what a presence list says about the right child being there, in words
    "suggested": pl.Boolean,  # nobody has to answer it
    "check": pl.String,  # which fields a decision about the pair rests on (reconcile.decisions)
}


def class_order(grade: str | None, class_name: str | None) -> tuple[str, int, str]:
    """Return what sorts by grade and class, class 10 after class 2, unknown ones last."""
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


def _reason(line: Finding | None, state: str) -> tuple[str | None, str | None]:
    """Return why a pupil is not counted as returned, and how sure that is.

    The reason is a ground (休学 …), or how the absence is to be handled (a triage).
    """
    if line is None or state not in ("未返校", "有手续"):
        return None, None
    return (line.ground if state == "有手续" else None) or line.triage, line.certainty


def _by_child(findings: Sequence[Finding]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in findings:
        found[line.key[0]].add(line.kind)
    return found


def roster(evidence: Evidence, findings: Sequence[Finding]) -> pl.DataFrame:
    """Return one row per enrolled pupil (ROSTER_SCHEMA), by school, grade, class, name."""
    kinds = _by_child(findings)
    absences = {line.key[0]: line for line in findings if line.kind in ("not_returned", "lawfully_absent")}
    rows = []
    for facts in evidence.pupils:
        lead = facts.lead
        poor, disabled = poverty_mark(facts, evidence), disability_mark(facts)
        own = kinds.get(facts.number, set())
        state = _state(facts, own)
        rows.append((
            lead.school, lead.grade, lead.class_name, lead.name, lead.known_sex, lead.id_number or lead.id_text,
            lead.enrollment_number, lead.known_birth, facts.status, lead.guardian,
            lead.phone or lead.facts.get("phone_raw"), state, *_reason(absences.get(facts.number), state),
            poor.text if poor else None, poor.source if poor else None,
            disabled.text if disabled else None, disabled.source if disabled else None,
            "、".join(kind.label for kind in KIND_BY_ID.values() if kind.id in own) or None,
            lead.row, lead.file, lead.sheet,
        ))  # fmt: skip
    rows.sort(key=lambda row: (row[0] or "", class_order(row[1], row[2]), row[3] or "", row[5] or "", row[19]))
    return frame_of(rows, ROSTER_SCHEMA)


def classes(evidence: Evidence, findings: Sequence[Finding]) -> pl.DataFrame:
    """Return one row per class (CLASS_SCHEMA); `return_rate` is returned ÷ expected, null where not reported."""
    counts: Counter[tuple[str, ClassKey]] = Counter(
        (line.kind, (line.school, line.grade, line.class_name)) for line in findings
    )
    rows = []
    keys: dict[ClassKey, ClassFacts | None] = {_key(evidence, group.key): group for group in evidence.classes.values()}
    for newcomer in evidence.newcomers:
        lead = newcomer.pupil.lead
        keys.setdefault(_key(evidence, (lead.school, lead.grade, lead.class_name)), None)
    days: dict[ClassKey, date] = {}
    for row in evidence.rows["presence"]:
        day, key = row.facts["list_date"], _key(evidence, (row.school, row.grade, row.class_name))
        days[key] = max(day, days.get(key, day))
    for key, group in keys.items():
        members = group.pupils if group else []
        expected = [facts for facts in members if facts.expected]
        returned = sum(facts.presence == "present" and facts.found_at is None for facts in expected)
        reported = group.reported if group else True
        rows.append((
            *key, len(members), len(expected), returned, counts["not_returned", key], counts["lawfully_absent", key],
            sum(facts.presence in ("unknown", "unreported") for facts in expected),
            counts["unregistered", key], days.get(key), reported,
            returned / len(expected) if reported and expected else None,
        ))  # fmt: skip
    rows.sort(key=lambda row: (row[0] or "", class_order(row[1], row[2])))
    return pl.DataFrame(rows, schema=CLASS_SCHEMA, orient="row")


def _key(evidence: Evidence, key: ClassKey) -> ClassKey:
    """Return a class's key as findings name it: rows of a single school may leave the school out."""
    return (key[0] or evidence.school, key[1], key[2])


def _side(person: Person) -> tuple[object, ...]:
    return (
        person.register, person.file, person.sheet, person.row, person.name, person.known_sex,
        person.id_number or person.id_text, person.known_birth, person.school, person.grade, person.class_name,
        person.guardian, person.enrollment_number,
    )  # fmt: skip


def reviews(links: Sequence[Link]) -> pl.DataFrame:
    """Return the pairs that wait for an answer side by side (REVIEW_SCHEMA), in a stable order."""
    return pairs([link for link in links if link.waits])


def pairs(links: Sequence[Link]) -> pl.DataFrame:
    """Return pairs of rows side by side (REVIEW_SCHEMA), in a stable order, whatever was decided about them."""
    rows = []
    for link in links:
        one, other = link.left.lead, link.right.lead
        rows.append((
            link.link_id, link.reason, *_side(one), *_side(other), link.earlier.sentence if link.earlier else None,
            _said_there(link), link.is_suggestion, check_text(pair_check(link)),
        ))  # fmt: skip
    frame = pl.DataFrame(rows, schema=REVIEW_SCHEMA, orient="row")
    return frame.sort("left_register", "right_register", "left_grade", "left_class_name", "left_name", "link_id")


_THERE = {"present": "已到校", "absent": "未到校", "unknown": "不明"}


def _said_there(link: Link) -> str | None:
    """Return what the presence list says, with the reason beside it; None for other registers."""
    if link.right.lead.register != "presence":
        return None
    said = []
    for row in link.right.rows:
        reason = row.facts.get("absence_reason")
        said.append(_THERE[row.facts.get("present") or "present"] + (f"（{reason}）" if reason else ""))
    return "、".join(dict.fromkeys(said))


def notes(evidence: Evidence, cases: CaseForecast) -> list[str]:
    """Return the sentences a principal should read first."""
    said = []
    if cases.held_back and cases.reason:
        said.append(cases.reason)
    if evidence.school is None and len(evidence.schools) > 1:
        names = sorted(evidence.schools)
        named = "、".join(names[:_SCHOOLS_NAMED]) + (f"等{len(names)}所" if len(names) > _SCHOOLS_NAMED else "")
        said.append(
            f"学籍名册上有{len(names)}个学校名称，按{len(names)}所学校分别核对：{named}；"
            "其实是同一所的，请把简称写进 dropctl.toml 的 short_names 或学校名单"
        )
    for school in sorted(evidence.outdated, key=lambda name: name or ""):
        whose = f"{school}的" if school and evidence.school is None else ""
        said.append(f"{whose}学籍名册是上一学年的，没有据它判断谁未返校，请换用本学年的名册再核对")
    if not evidence.given("presence"):
        said.append("没有返校名单，各班是否返校都不知道，请收齐各班名单后再核对")
    for year in sorted(_unknown_years(evidence)):
        said.append(f"没有{year}年的放假日历，这一年的期限按自然日列出，属待定；填写 calendar/{year}.toml 后再核对一次")
    for register, what in (("poverty", "脱贫监测名单"), ("disability", "残疾人名单")):
        if not evidence.given(register):
            said.append(f"这次没有{what}，没有核对有关标注")
    said += _gaps(evidence)
    if passed := passed_over(evidence):
        listed = "、".join(f"{reason}{count}人" for reason, count in sorted(passed.items()))
        said.append(f"名单上有适龄儿童没有列入“未定位”：{listed}（户籍名单注明的变动，或转学登记已办结）")
    if "previous" not in evidence.columns_seen:
        said.append("这次没有上期学籍名册，没有核对上期学生的去向")
    if len(evidence.schools) <= 1:
        said.append("这是一所学校的核对：“名单上未定位”只说明不在本校名册和返校名单上，不等于失学")
    return said


def _gaps(evidence: Evidence) -> list[str]:
    """Return what disabled children lack (三.7), with their names."""
    said, gaps = [], disabled_children(evidence)
    for kind, words in (
        (ASSESSMENT, "不在校而没有评估编号，要提请县残疾人教育专家委员会评估"),
        (PLACEMENT, "的安置方式没有写明（随班就读、特校、送教）"),
    ):
        names = [gap.name or gap.child for gap in gaps if gap.kind == kind]
        if names:
            more = f"等{len(names)}人" if len(names) > _CHILDREN_NAMED else ""
            whose = "、".join(names[:_CHILDREN_NAMED])
            said.append(f"残疾儿童{whose}{more}{words}（三.7），逐人见 dropctl due 和残疾儿童少年台账")
    return said


def _unknown_years(evidence: Evidence) -> set[int]:
    """Return the years in which a deadline of this term lies and whose holidays are not known."""
    days = [evidence.opening, *(due.plan_date for _, due in evidence.deadlines())]
    return {day.year for day in days if not evidence.calendar.knows(day)}
