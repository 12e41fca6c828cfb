"""三.3: school-age children on the county's lists or last term's register who are on no roster at hand."""

from __future__ import annotations

from datetime import date

from dropctl.findings import Finding
from dropctl.policy.evidence import Evidence, ListedChild
from dropctl.policy.wording import finding
from dropctl.reconcile.people import Person
from dropctl.school_calendar import add_months, cohort_bounds, school_year
from dropctl.vocabulary import STATUS_BY_LABEL, register_label

_FINISHED = ("高中", "中职", "中专", "职高", "技校", "技工", "大专", "本科", "大学", "研究生")
_ADULT_RELATIONS = ("户主", "配偶", "父", "母", "岳", "公公", "婆婆", "儿媳", "女婿", "祖")
_ELDER_GENERATIONS = ("之父", "之母", "之岳", "之公公", "之婆婆", "之祖", "之外祖", "之儿媳", "之女婿")


def apparent_birth(person: Person) -> date | None:
    """Return the birth date stated, in the ID, or readable inside a damaged ID text."""
    if person.known_birth is not None:
        return person.known_birth
    digits = (person.id_text or "")[6:14]
    if len(digits) == 8 and digits.isdigit():
        try:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return None
    return None


def has_finished(person: Person) -> bool:
    """Say whether the list itself shows that grade 9 is behind the child."""
    facts = person.facts
    state = f"{facts.get('school_state') or ''}{facts.get('education') or ''}"
    return any(word in state for word in _FINISHED) or (facts.get("education") or "") in ("初中", "初中毕业")


def is_elder(person: Person) -> bool:
    """Say whether the relation to the head of household rules a school-age child out."""
    relation = person.facts.get("relation") or ""
    return relation in _ADULT_RELATIONS or any(word in relation for word in _ELDER_GENERATIONS)


def age_group(person: Person, evidence: Evidence) -> str:
    """Return `school_age`, `over_age` (watched), `outside`, or `unknown` for a person on a list (CONTRACT §3)."""
    born = apparent_birth(person)
    if born is None:
        return "outside" if is_elder(person) else "unknown"
    first, last = cohort_bounds(school_year(evidence.opening))
    if first <= born <= last:
        return "school_age"
    if born < first and evidence.as_of < add_months(born, 12 * evidence.plan.value("watch_age")):
        return "over_age"
    return "outside"


def whereabouts(evidence: Evidence) -> list[Finding]:
    """Return `not_located`, one per child: certain for the nine cohorts and last term's pupils, else to confirm."""
    return [line for child in evidence.strays if (line := _stray(evidence, child)) is not None]


def is_over_age(line: Finding) -> bool:
    """Say whether a finding belongs on the sheet 超龄待核."""
    return line.kind == "not_located" and line.reason.startswith("超龄")


def _stray(evidence: Evidence, child: ListedChild) -> Finding | None:
    previous = next((row for row in child.rows if row.register == "previous"), None)
    lists = "、".join(dict.fromkeys(register_label(row.register) for row in child.rows))
    lead = child.rows[0]
    groups = {age_group(row, evidence) for row in child.rows}
    certainty, prefix = "certain", ""
    if previous is not None:
        status = STATUS_BY_LABEL.get(previous.facts.get("status") or "")
        if status is not None and not status.expected:
            return None
        if evidence.graduated_grade is not None and previous.grade == evidence.graduated_grade:
            return None
        lead = previous
        prefix = f"上期在{previous.class_name or '本校'}就读，"
    elif any(has_finished(row) for row in child.rows):
        return None
    elif "school_age" in groups:
        pass
    elif "over_age" in groups:
        certainty, prefix = "to_confirm", f"超龄（{apparent_birth(lead)}出生）且无初中毕业证明，"
    elif "unknown" in groups:
        certainty, prefix = "to_confirm", "名单上看不出年龄，"
    else:
        return None
    elsewhere = next((school for row in child.rows if (school := _other_school(row, evidence))), None)
    note = f"；名单上写明在{elsewhere}就读" if elsewhere else ""
    if child.reviews:
        link = child.reviews[0]
        other = link.left.lead
        return finding(
            evidence, "not_located", lead, child.number, certainty="to_confirm", triage="data_fault",
            reason=f"{prefix}在{lists}上，本校名册和返校名单上都没有能确定是本人的；"
            f"“{other.name}”可能是本人：{link.reason}{note}",
            next_step="对照“待人工确认”表核实是不是同一人", other=other,
        )  # fmt: skip
    return finding(
        evidence, "not_located", lead, child.number, certainty=certainty,
        triage="elsewhere" if elsewhere else "to_contact",
        reason=f"{prefix}在{lists}上，不在本校名册和返校名单上{note}",
        next_step="由户籍所在地学校核实在何处就读（外校、外地、休学等），取得证明；确未就读的启动劝返入学",
        other=next((row for row in child.rows if row is not lead), None),
    )  # fmt: skip


def _other_school(person: Person, evidence: Evidence) -> str | None:
    named = person.facts.get("other_school")
    if not named or (evidence.school and (named in evidence.school or evidence.school in named)):
        return None
    return str(named)
