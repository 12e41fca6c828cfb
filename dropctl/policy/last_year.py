"""What lies between last term's register and this one: who moved up, who finished, whose register is last year's.

CONTRACT §3. Each school is judged by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dropctl.policy.plan import Plan
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person, Pupil, by_key

_FEWEST_FOR_OUTDATED = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One pupil who did not move up as expected: `grades` is this term's grade less last term's."""

    before: Person
    now: Person
    grades: int
    expected: int

    @property
    def words(self) -> str:
        """What it looks like, in the words of the enrollment system."""
        if self.grades == self.expected:
            return "按期升级"
        if self.grades > self.expected:
            return "跳级" if self.expected else "学期中升了年级"
        return "留级" if self.grades == 0 else "年级降低"


def year_passed(opening: date) -> bool:
    """Say whether a register of the term before this opening is of the school year before."""
    return opening.month >= 8


def outdated_schools(
    pupils: Sequence[Pupil], there: Sequence[Pupil], plan: Plan, present: Callable[[Pupil], bool]
) -> dict[str | None, tuple[int, int]]:
    """Return school → (one grade above, all found) where the lists show that its roster is last year's."""

    def name_key(pupil: Pupil) -> object:
        return (pupil.lead.school, pupil.lead.name) if pupil.lead.name else None

    came = [one for one in there if present(one)]
    ours, theirs = by_key(pupils, name_key), by_key(came, name_key)
    by_number = by_key(pupils, lambda pupil: pupil.lead.id_number)
    steps: dict[str | None, list[int]] = defaultdict(list)
    for key, listed in theirs.items():
        for one in listed:
            same = by_number.get(one.lead.id_number, []) if one.lead.id_number else []
            if not same and len(listed) == 1 and len(ours.get(key, ())) == 1:
                same = ours[key]
            if len(same) == 1 and same[0].lead.grade and one.lead.grade and same[0].lead.school == one.lead.school:
                steps[one.lead.school].append(int(one.lead.grade) - int(same[0].lead.grade))
    found = {}
    for school, taken in steps.items():
        above = taken.count(1)
        if len(taken) >= _FEWEST_FOR_OUTDATED and above * 100 >= plan.value("outdated_percent") * len(taken):
            found[school] = (above, len(taken))
    return found


def graduated_grades(previous: Iterable[Person], current: Iterable[Person], opening: date) -> dict[str | None, str]:
    """Return school → last year's top grade; empty in spring, when the previous register is of the same year.

    A grade is a school's top one only where this year's papers of the school show none above it: an old register
    that was handed in for some classes only ends nobody's schooling.
    """
    if not year_passed(opening):
        return {}
    now = _top(current)
    return {school: grade for school, grade in _top(previous).items() if school not in now or now[school] <= grade}


def _top(rows: Iterable[Person]) -> dict[str | None, str]:
    found: dict[str | None, str] = {}
    for row in rows:
        if row.grade:
            found[row.school] = max(row.grade, found.get(row.school, row.grade))
    return found


def is_graduate(row: Person, graduated: Mapping[str | None, str]) -> bool:
    """Say whether a row of the previous register stood in its school's top grade."""
    return row.register == "previous" and row.grade is not None and graduated.get(row.school) == row.grade


def steps_taken(links: Iterable[Link], opening: date) -> list[Step]:
    """Return the pupils certainly in both registers whose grade is not the expected one.

    Expected is one grade more in autumn, the same grade in spring.
    """
    expected = 1 if year_passed(opening) else 0
    found = []
    for link in links:
        before, now = link.right.lead, link.left.lead
        if link.decision == "accepted" and link.tier != "model" and before.grade and now.grade:
            step = Step(before, now, int(now.grade) - int(before.grade), expected)
            if step.grades != expected:
                found.append(step)
    return found
