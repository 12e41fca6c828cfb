"""Links between the pupils of two registers: the certain tiers first, the rest weighed by the model (CONTRACT §1).

Words as record linkage uses them: link, tier, clerical review. A link without a reason cannot be made. The
result does not depend on the order of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dropctl.reconcile import comparisons as compare
from dropctl.reconcile.likely import Evidence, LikelyPair, likely_pairs
from dropctl.reconcile.links import MODEL, Link, per_cent
from dropctl.reconcile.model.levels import BIRTH
from dropctl.reconcile.model.link import Model
from dropctl.reconcile.people import Pupil, by_key
from dropctl.reconcile.written_otherwise import pairs_written_otherwise

Absent = Callable[[Pupil], bool]


class _Work:
    """The links of one pair of registers while they are made: who is taken, which pairs were already judged.

    `conflicts` are judged last of all: no other tier says anything of them.
    """

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.conflicts: dict[tuple[int, int], _Conflict] = {}
        self.left_taken: set[int] = set()
        self.right_taken: set[int] = set()
        self._judged: set[tuple[int, int]] = set()

    def accept(self, left: Pupil, right: Pupil, tier: str, reason: str, differences: tuple[str, ...] = ()) -> None:
        if differences:
            reason = f"{reason}；但{compare.labels(differences)}不一致"
        self._judged.add((id(left), id(right)))
        self.links.append(Link(left, right, "accepted", tier, reason, differences))
        self.left_taken.add(id(left))
        self.right_taken.add(id(right))

    def put_off(self, conflict: _Conflict) -> None:
        """Leave a pair for `_settle`; until then the model only says what it thinks of it."""
        pair = (id(conflict.left), id(conflict.right))
        self.conflicts[pair] = conflict
        self._judged.add(pair)

    def review(self, left: Pupil, right: Pupil, reason: str, evidence: Evidence = ()) -> None:
        if (id(left), id(right)) not in self._judged:
            self.ask(left, right, reason, evidence)

    def ask(self, left: Pupil, right: Pupil, reason: str, evidence: Evidence = ()) -> None:
        """Leave the pair to a person, whatever was said of it before."""
        self._judged.add((id(left), id(right)))
        self.links.append(Link(left, right, "review", None, reason, evidence=evidence))

    def suggest(self, left: Pupil, right: Pupil, pair: LikelyPair) -> None:
        """Accept by the model: neither pupil is taken by it."""
        if (id(left), id(right)) not in self._judged:
            self._judged.add((id(left), id(right)))
            reason = f"比对判为同一人（可能性{per_cent(pair.probability)}）：{pair.reason}"
            self.links.append(
                Link(left, right, "accepted", MODEL, reason, probability=pair.probability, evidence=pair.evidence)
            )


def link_pupils(
    left: Sequence[Pupil],
    right: Sequence[Pupil],
    *,
    by_class: bool,
    classes_moved: bool = False,
    absent: Absent = lambda right: False,
    model: Model,
) -> list[Link]:
    """Return the accepted and review links between two registers, in the order of `left`, then `right`.

    `by_class`: the right list is kept by class and may lack IDs. `classes_moved`: the left register is last
    year's, so class names cannot be compared. `absent`: the right entry says the child is *not* there. `model` weighs
    what is not certain.
    """
    work = _Work()
    _by_id(left, right, work)
    _by_enrollment_number(left, right, work)
    if by_class:
        if not classes_moved:
            _by_class(left, right, work)
        _by_name_elsewhere(left, right, work, classes_moved, absent)
    _settle(_weaker(left, right, work, by_class, absent, model), work)
    if by_class:
        _written_otherwise(left, right, work, model)
    else:
        _given_twice(left, right, work, model)
    order = {id(pupil): index for index, pupil in enumerate([*left, *right])}
    work.links.sort(key=lambda link: (order[id(link.left)], order[id(link.right)]))
    return work.links


@dataclass(frozen=True, slots=True)
class _Suggested:
    """What the model says of two rows."""

    left: Pupil
    right: Pupil
    accepted: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Conflict:
    """Two rows with one number and another name, or two differences; `alone`: nobody else has the number."""

    left: Pupil
    right: Pupil
    differences: tuple[str, ...]
    alone: bool


def _by_id(left: Sequence[Pupil], right: Sequence[Pupil], work: _Work) -> None:
    """Accept equal numbers with equal names; put off those that say two things until all else is known."""
    holders = by_key(left, lambda pupil: pupil.lead.id_number)
    sharers = by_key(right, lambda pupil: pupil.lead.id_number)
    for pupil in right:
        number = pupil.lead.id_number
        if number is None or number not in holders:
            continue
        candidates = holders[number]
        same_name = [other for other in candidates if compare.names_equal(other.lead, pupil.lead)]
        alone = len(candidates) == 1 and len(sharers[number]) == 1
        for other in same_name or candidates:
            differences = compare.stated_differences(other.lead, pupil.lead)
            if len(differences) >= 2 or "name" in differences:
                work.put_off(_Conflict(other, pupil, differences, alone))
            elif other.lead.name is None or pupil.lead.name is None:
                work.review(other, pupil, "证件号相同，但一方没有姓名")
            else:
                _accept_number(other, pupil, differences, work)


def _accept_number(left: Pupil, right: Pupil, differences: tuple[str, ...], work: _Work) -> None:
    valid = left.lead.id_source == right.lead.id_source == "valid"
    reason = "证件号有效且相同" if valid else "证件号经无损整理后相同"
    if not differences:
        reason += "，姓名一致"
    work.accept(left, right, "exact_id" if valid else "repaired_id", reason, differences)


def _settle(suggested: Sequence[_Suggested], work: _Work) -> None:
    """Link, ask about or drop the pairs whose number agrees and whose name does not, or two things (CONTRACT §1).

    A row that certainly or very likely is another child bears a number that is not its own: nothing to ask. Where
    either row is perhaps another one as well, another name beside the number is no certainty.
    """
    own = {(id(one.left), id(one.right)): one for one in suggested}
    of_left, of_right = by_key(suggested, lambda one: id(one.left)), by_key(suggested, lambda one: id(one.right))
    for pair, conflict in work.conflicts.items():
        left, right = conflict.left, conflict.right
        found = [*of_left.get(id(left), ()), *of_right.get(id(right), ())]
        others = [one for one in found if (id(one.left), id(one.right)) != pair]
        if id(right) in work.right_taken or any(one.right is right and one.accepted for one in others):
            continue
        said = compare.labels(conflict.differences)
        if len(conflict.differences) >= 2:
            reason = f"证件号相同，但{said}都不一致"
        elif not conflict.alone:
            reason = "证件号相同但姓名不同，且不止一人使用这个证件号"
        elif others or id(left) in work.left_taken:
            reason = "证件号相同但姓名不同，其中一方又像是另一个人"
        else:
            _accept_number(left, right, conflict.differences, work)
            continue
        work.ask(left, right, reason, own[pair].evidence if pair in own else ())


def _by_enrollment_number(left: Sequence[Pupil], right: Sequence[Pupil], work: _Work) -> None:
    holders = by_key(left, lambda pupil: pupil.lead.enrollment_number)
    for pupil in right:
        if id(pupil) in work.right_taken:
            continue
        for other in holders.get(pupil.lead.enrollment_number, ()) if pupil.lead.enrollment_number else ():
            if id(other) in work.left_taken:
                continue
            differences = compare.stated_differences(other.lead, pupil.lead)
            if compare.ids_disagree(other.lead, pupil.lead):
                differences = (*differences, "id_number")
            if "name" in differences or len(differences) >= 2 or not compare.names_equal(other.lead, pupil.lead):
                work.review(other, pupil, f"学籍号相同，但{compare.labels(differences) or '姓名'}不一致")
            else:
                work.accept(other, pupil, "enrollment_number", "学籍号相同，姓名一致", differences)


def _in_class(pupils: Sequence[Pupil]) -> dict[tuple[object, ...], list[Pupil]]:
    """Pupils under every (school, grade, class, name) they are listed with."""
    found: dict[tuple[object, ...], list[Pupil]] = {}
    for pupil in pupils:
        keys = {
            (row.school, row.grade, row.class_name, row.name)
            for row in pupil.rows
            if row.name is not None and row.class_name is not None
        }
        for key in keys:
            found.setdefault(key, []).append(pupil)
    return found


def _by_class(left: Sequence[Pupil], right: Sequence[Pupil], work: _Work) -> None:
    ours, theirs = _in_class(left), _in_class(right)
    for key, listed in theirs.items():
        registered = ours.get(key, [])
        pairs = [(other, pupil) for pupil in listed for other in registered]
        if len(listed) == 1 and len(registered) == 1:
            other, pupil = pairs[0]
            if id(pupil) in work.right_taken or id(other) in work.left_taken:
                continue
            wrong = compare.disagreements(other.lead, pupil.lead)
            if wrong:
                work.review(other, pupil, f"同校同班同名，但{compare.labels(wrong)}不一致")
            else:
                work.accept(other, pupil, "class_list", "同校同年级同班，姓名在双方该班各只出现一次")
            continue
        for other, pupil in pairs:
            if id(pupil) not in work.right_taken and id(other) not in work.left_taken:
                work.review(
                    other,
                    pupil,
                    f"该班有同名学生（名册{len(registered)}人，名单{len(listed)}人），分不清谁是谁",
                )


def _by_name_elsewhere(
    left: Sequence[Pupil],
    right: Sequence[Pupil],
    work: _Work,
    classes_moved: bool,
    absent: Absent,
) -> None:
    def grade_key(pupil: Pupil) -> tuple[object, ...] | None:
        lead = pupil.lead
        return (lead.school, lead.grade, lead.name) if lead.grade and lead.name else None

    def school_key(pupil: Pupil) -> tuple[object, ...] | None:
        return (pupil.lead.school, pupil.lead.name) if pupil.lead.name else None

    ours, theirs = by_key(left, grade_key), by_key(right, grade_key)
    present_for = {id(link.left): not absent(link.right) for link in work.links if link.decision == "accepted"}
    for key, listed in theirs.items():
        registered = ours.get(key, [])
        if len(listed) == 1 and len(registered) == 1 and not classes_moved:
            other, pupil = registered[0], listed[0]
            if id(pupil) in work.right_taken or id(other) in work.left_taken:
                continue
            wrong = compare.disagreements(other.lead, pupil.lead)
            if wrong:
                work.review(other, pupil, f"同年级同名（班级不同），但{compare.labels(wrong)}不一致")
            else:
                there, here = other.lead.class_name or "班级未填", pupil.lead.class_name or "班级未填"
                work.accept(
                    other,
                    pupil,
                    "class_list",
                    f"班级不同（名册{there}，名单{here}），姓名在双方该年级都只有一人",
                )
                present_for[id(other)] = not absent(pupil)
    counts_left = Counter(school_key(pupil) for pupil in left)
    counts_right = Counter(school_key(pupil) for pupil in right)
    namesakes = by_key(left, school_key)
    for pupil in right:
        own_key = school_key(pupil)
        if id(pupil) in work.right_taken or own_key is None:
            continue
        for other in namesakes.get(own_key, ()):
            linked = id(other) in work.left_taken
            unique = counts_left[own_key] == 1 and counts_right[own_key] == 1
            same_grade = other.lead.grade == pupil.lead.grade
            there = other.lead.class_name or "班级未填"
            if not linked and unique:
                work.review(other, pupil, f"姓名全校只有一人，但名册在{there}，年级不同")
            elif not linked:
                work.review(other, pupil, f"与名册{there}的学生同名，名单或名册上不止一人叫这个名字")
            elif (same_grade or not present_for.get(id(other), True)) and not compare.disagreements(
                other.lead, pupil.lead
            ):
                work.review(other, pupil, f"与名册{there}的学生同名，可能同一人登记了两次，也可能是同名的另一人")


def _weaker(
    left: Sequence[Pupil],
    right: Sequence[Pupil],
    work: _Work,
    by_class: bool,
    absent: Absent,
    model: Model,
) -> list[_Suggested]:
    """Add what the model says of the pupils that nothing certain has linked, and return all of it."""
    said_absent = {id(link.left) for link in work.links if link.decision == "accepted" and absent(link.right)}
    open_left = [pupil for pupil in left if id(pupil) not in work.left_taken or id(pupil) in said_absent]
    open_right = [pupil for pupil in right if id(pupil) not in work.right_taken]
    suggested = []
    for pair in likely_pairs(open_left, open_right, model, by_class=by_class, left_rows=len(left)):
        one, two = open_left[pair.left], open_right[pair.right]
        accepted = pair.accepted and id(one) not in said_absent
        suggested.append(_Suggested(one, two, accepted, pair.evidence))
        if accepted:
            work.suggest(one, two, pair)
        else:
            work.review(one, two, pair.reason, pair.evidence)
    return suggested


def _written_otherwise(left: Sequence[Pupil], right: Sequence[Pupil], work: _Work, model: Model) -> None:
    """Ask about names of one class that may be one name written in two ways, where a row is nobody's yet."""
    met = {id(side) for link in work.links for side in (link.left, link.right)}
    open_left = [pupil for pupil in left if id(pupil) not in work.left_taken]
    open_right = [pupil for pupil in right if id(pupil) not in work.right_taken]
    if open_left and open_right:
        for one, two, reason in pairs_written_otherwise(open_left, open_right, met, model.sounds):
            work.review(one, two, reason)


def _given_twice(left: Sequence[Pupil], right: Sequence[Pupil], work: _Work, model: Model) -> None:
    """Add what the model says of a county list's rows that are nobody's and of pupils who have a row already.

    A list holds a child twice, the second time under a damaged number. A row of another name is a brother's or sister's
    sooner than that, unless the model would accept it. The model cannot know that the pupil is not missing on the list:
    with another birth date it is a question.
    """
    met = {id(link.right) for link in work.links}
    rest = [pupil for pupil in right if id(pupil) not in met]
    if not rest:
        return
    names = {pupil.lead.name for pupil in rest} - {None}
    births = {pupil.lead.birth for pupil in rest} - {None}
    served = [
        pupil
        for pupil in left
        if id(pupil) in work.left_taken and (pupil.lead.name in names or pupil.lead.birth in births)
    ]
    for pair in likely_pairs(served, rest, model, by_class=False, left_rows=len(left)):
        one, two = served[pair.left], rest[pair.right]
        again = replace(pair, reason=f"{pair.reason}；这名学生已与名单的另一行对上，可能重复登记")
        born_that_day = any(field == BIRTH.label and level == "equal" for field, level, *_ in pair.evidence)
        if pair.accepted and born_that_day:
            work.suggest(one, two, again)
        elif compare.names_equal(one.lead, two.lead):
            work.review(one, two, again.reason, again.evidence)
