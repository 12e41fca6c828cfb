"""Who on a list may be a child of school age: the nine cohorts, those watched beyond them, the rest (CONTRACT §3)."""

from __future__ import annotations

from datetime import date

from dropctl.policy.plan import Plan
from dropctl.reconcile.people import Person
from dropctl.school_calendar import add_months, cohort_bounds, school_year

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
    states = [facts.get(key) or "" for key in ("school_state", "education", "study_state")]
    if any(word in state for state in states for word in _FINISHED):
        return True
    return "初中毕业" in states[2] or states[1] in ("初中", "初中毕业")


def is_elder(person: Person) -> bool:
    """Say whether the relation to the head of household rules a school-age child out."""
    relation = person.facts.get("relation") or ""
    return relation in _ADULT_RELATIONS or any(word in relation for word in _ELDER_GENERATIONS)


def age_group(person: Person, opening: date, as_of: date, plan: Plan) -> str:
    """Return `school_age`, `over_age` (watched), `outside`, or `unknown` for a person on a list (CONTRACT §3)."""
    born = apparent_birth(person)
    if born is None:
        return "outside" if is_elder(person) else "unknown"
    first, last = cohort_bounds(school_year(opening))
    if first <= born <= last:
        return "school_age"
    if born < first and as_of < add_months(born, 12 * plan.value("watch_age")):
        return "over_age"
    return "outside"
