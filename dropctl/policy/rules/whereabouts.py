"""三.3: school-age children on the county's lists or last term's register who are on no roster at hand."""

from __future__ import annotations

from dataclasses import replace

from dropctl.findings import Finding
from dropctl.policy.ages import age_group, apparent_birth, has_finished
from dropctl.policy.evidence import Evidence, ListedChild
from dropctl.policy.wording import finding
from dropctl.reconcile.people import Person
from dropctl.vocabulary import STATUS_BY_LABEL, register_label


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
    groups = {age_group(row, evidence.opening, evidence.as_of, evidence.plan) for row in child.rows}
    certainty, prefix = "certain", ""
    if previous is not None:
        status = STATUS_BY_LABEL.get(previous.facts.get("status") or "")
        if status is not None and not status.expected:
            return None
        if evidence.graduated_grade is not None and previous.grade == evidence.graduated_grade:
            return None
        # Last term's class is not this term's: it stands in the reason, not in grade and class.
        lead = replace(previous, grade=None, class_name=None)
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
        other=next((row for row in child.rows if row.place != lead.place), None),
    )  # fmt: skip


def _other_school(person: Person, evidence: Evidence) -> str | None:
    named = person.facts.get("other_school")
    if not named or (evidence.school and (named in evidence.school or evidence.school in named)):
        return None
    return str(named)
