"""Clerical review: what people decided about uncertain pairs, applied to the links that matching found.

A decision holds while both children still state exactly what the person saw. It wins over scores and over tiers below
an exact number; where it meets an exact number, another decision, or fields that changed since, the pair is asked
again and says why. Nothing here reads or keeps decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from dropctl.reconcile import comparisons as compare
from dropctl.reconcile.decisions import (
    DIFFERENT,
    FIELDS,
    SAME,
    UNSURE,
    Check,
    Decision,
    Identity,
    PairKey,
    Registers,
    Seen,
    changes,
    check_of,
    identities,
    key_of,
    of_registers,
    seen,
)
from dropctl.reconcile.links import Link, with_others_named
from dropctl.reconcile.people import Pupil, by_key

EXACT_TIERS = frozenset({"exact_id", "repaired_id", "enrollment_number"})
# Registers that name a child once: a pupil can be one row of them. A pupil may have several approvals, and a county
# list is known to hold a child twice under two numbers. A row on the right is one child in every register.
_NAMES_ONCE = frozenset({"presence", "previous"})
_PLACE = {field: place for place, field in enumerate(FIELDS)}


def one_partner_on_the_left(registers: Registers) -> bool:
    """Say whether a child of the left register can be one row of the right register only."""
    return registers[1] in _NAMES_ONCE


def about(link: Link) -> tuple[Registers, Identity, Identity]:
    """Return the registers and both children of a link as a decision would know them."""
    registers = (link.left.lead.register, link.right.lead.register)
    return link.about or (registers, Identity(seen(link.left)), Identity(seen(link.right)))


def pair_key(link: Link) -> PairKey:
    """Return what a decision about this pair would be about."""
    return key_of(*about(link))


def pair_check(link: Link) -> Check:
    """Return the check that stands hidden beside a pair in a workbook."""
    return check_of(link.link_id, *about(link))


def with_decisions(
    links: Sequence[Link],
    left: Sequence[Pupil],
    right: Sequence[Pupil],
    registers: Registers,
    decisions: Mapping[PairKey, Decision],
) -> list[Link]:
    """Return the links between two registers after what people decided, in the order of `left`, then `right`.

    是: accepted, tier `person`, and both rows leave the other undecided pairs where only one partner is possible.
    否: rejected. 待查: stays in review with the remark. Other pairs are not touched. Every link that people decide
    has its `about`.
    """
    mine = of_registers(decisions, registers)
    if not mine and not any(link.waits for link in links):
        return list(links)
    work = _Review(links, left, right, registers, mine)
    work.apply()
    order = {id(pupil): index for index, pupil in enumerate([*left, *right])}
    named = sorted(work.named(), key=lambda link: (order[id(link.left)], order[id(link.right)]))
    return with_others_named(named)


class _Side:
    """The children of one register whom a decision or an undecided pair may be about, by what they state."""

    def __init__(self, pupils: Sequence[Pupil], wanted: Iterable[Seen], paired: Iterable[Pupil]) -> None:
        names: list[set[str | None]] = [set() for _ in range(3)]
        for values in wanted:
            for known, field in zip(names, ("name", "id_number", "enrollment_number"), strict=True):
                known.update((values[_PLACE[field]] or "").split(" / "))
        for known in names:
            known.discard("")
        names[0].update(row.name for pupil in paired for row in pupil.rows)
        chosen = [
            pupil
            for pupil in pupils
            if any(
                row.name in names[0]
                or (row.id_number or row.id_text) in names[1]
                or row.enrollment_number in names[2]
                or row.name is None
                for row in pupil.rows
            )
        ]
        self.identity = identities(chosen)
        self.by_values: dict[Seen, list[Pupil]] = defaultdict(list)
        for pupil in chosen:
            self.by_values[self.identity[id(pupil)].values].append(pupil)
        self._sharing: dict[tuple[str, str], list[Seen]] = defaultdict(list)
        for values in self.by_values:
            for trait in _traits(values):
                self._sharing[trait].append(values)

    def known(self, pupil: Pupil) -> Identity:
        """Return a child as a decision would know it."""
        return self.identity.get(id(pupil)) or Identity(seen(pupil))

    def holder(self, child: Identity) -> Pupil | None:
        """Return the child a decision was about when it can still be told for certain."""
        group = self.by_values.get(child.values, [])
        if child.place == 0:
            return group[0] if len(group) == 1 else None
        now = self.identity[id(group[0])].twins if group else ()
        if len(now) != len(child.twins) or not (now == child.twins or _interchangeable(group, now)):
            return None
        return next(pupil for pupil in group if self.identity[id(pupil)].place == child.place)

    def now(self, values: Seen) -> list[tuple[Seen, Pupil]]:
        """Return who the child of a decision may be today: the same fields, else whoever shares name or number."""
        if values in self.by_values:
            return [(values, pupil) for pupil in self.by_values[values]]
        alike = dict.fromkeys(other for trait in _traits(values) for other in self._sharing.get(trait, ()))
        return [(other, pupil) for other in alike for pupil in self.by_values[other]]

    def surely(self, before: Seen, now: Seen) -> bool:
        """Say whether the child of a decision is likely who states `now`: nobody else comes into question, or more
        than the name is shared."""
        if before == now or len(self.now(before)) == 1:
            return True

        def shares(field: str) -> bool:
            return before[_PLACE[field]] is not None and before[_PLACE[field]] == now[_PLACE[field]]

        named = shares("name") and (shares("birth_date") or (shares("grade") and shares("class_name")))
        return shares("id_number") or shares("enrollment_number") or named


def _interchangeable(group: Sequence[Pupil], twins: Sequence[str]) -> bool:
    """Say whether it makes no difference which of the children who state the same is which."""
    there = all(row.facts.get("present") == "present" for pupil in group for row in pupil.rows)
    return there or len(set(twins)) == 1


def _traits(values: Seen) -> list[tuple[str, str]]:
    """Return name and numbers as far as they are stated: whoever shares one of them may be the same child."""
    return [(field, value) for field in ("name", "id_number", "enrollment_number") if (value := values[_PLACE[field]])]


class _Review:
    """The links of one pair of registers while decisions are applied; a pair is (id of left, id of right)."""

    def __init__(
        self,
        links: Sequence[Link],
        left: Sequence[Pupil],
        right: Sequence[Pupil],
        registers: Registers,
        decisions: Sequence[Decision],
    ) -> None:
        self.links = {(id(link.left), id(link.right)): link for link in links}
        self._registers = registers
        self._single_left = one_partner_on_the_left(registers)
        self._decisions = decisions
        asked = [link for link in links if link.waits]
        self._left = _Side(left, [line.left.values for line in decisions], [link.left for link in asked])
        self._right = _Side(right, [line.right.values for line in decisions], [link.right for link in asked])
        self._certain: tuple[set[int], set[int]] = (set(), set())
        self._exact_right = {
            id(link.right): link for link in links if link.decision == "accepted" and link.tier in EXACT_TIERS
        }

    def apply(self) -> None:
        """Settle the pairs whose fields are unchanged, then ask again about those that changed."""
        settled: dict[tuple[int, int], tuple[Pupil, Pupil, Decision]] = {}
        changed: list[Decision] = []
        for line in self._decisions:
            one, other = self._left.holder(line.left), self._right.holder(line.right)
            if one is not None and other is not None:
                settled[id(one), id(other)] = (one, other, line)
            elif line.left.values in self._left.by_values and line.right.values in self._right.by_values:
                self._indistinguishable(line)
            else:
                changed.append(line)
        torn = self._contradictions(settled)
        for pair, (one, other, line) in settled.items():
            self._settle(pair, one, other, line, torn)
        self._one_to_one()
        certain = [link for link in self.links.values() if link.decision == "accepted" and not link.waits]
        self._certain = ({id(link.left) for link in certain}, {id(link.right) for link in certain})
        for line in reversed(changed):  # the latest word about a pair is the one to be told
            self._ask_again(line)

    def named(self) -> list[Link]:
        """Return the links, with both children as a decision would know them where people decide."""
        return [
            link
            if link.tier != "person" and not link.waits
            else replace(link, about=(self._registers, self._left.known(link.left), self._right.known(link.right)))
            for link in self.links.values()
        ]

    def _indistinguishable(self, line: Decision) -> None:
        """Ask again about every pair a decision may mean, now that rows saying the same came, went or changed."""
        why = f"{line.sentence}；但几行内容相同，增减或改动以后分不清指的是哪一行，所以再问"
        for one in self._left.by_values[line.left.values]:
            for other in self._right.by_values[line.right.values]:
                link = self.links.get((id(one), id(other)))
                if link is not None and link.waits and link.earlier is None:
                    self._annotate(one, other, line, why)

    def _contradictions(self, settled: Mapping[tuple[int, int], tuple[Pupil, Pupil, Decision]]) -> set[tuple[int, int]]:
        """Return the pairs that people said are the same child although one row would have two partners."""
        claims: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
        for pair, (_, _, line) in settled.items():
            if line.answer == SAME:
                claims["right", pair[1]].append(pair)
                if self._single_left:
                    claims["left", pair[0]].append(pair)
        return {pair for pairs in claims.values() if len(pairs) > 1 for pair in pairs}

    def _settle(
        self, pair: tuple[int, int], one: Pupil, other: Pupil, line: Decision, torn: Collection[tuple[int, int]]
    ) -> None:
        link = self.links.get(pair)
        exact = link is not None and link.decision == "accepted" and link.tier in EXACT_TIERS
        if line.answer == DIFFERENT:
            if link is not None and exact:
                self.links[pair] = replace(
                    link, decision="review", tier=None, probability=None, earlier=line, differences=(),
                    reason=f"{link.reason}；但{line.sentence}，两者矛盾：号码写错的请改名单，是同一人的改判“是”",
                )  # fmt: skip
            else:
                self.links[pair] = Link(one, other, "rejected", "person", line.sentence, earlier=line)
        elif line.answer == UNSURE:
            if link is not None and link.waits:
                self._annotate(one, other, line, line.sentence)
        elif link is not None and link.decision == "accepted" and not link.waits:
            return  # certain without anybody's word
        elif pair in torn:
            self._annotate(one, other, line, f"{line.sentence}，但同一行还被判断为另一名学生，两者只能有一个对")
        elif id(other) in self._exact_right:
            self._annotate(one, other, line, f"{line.sentence}，但乙的号码与名册上另一名学生相同")
        else:
            wrong = tuple(dict.fromkeys((*compare.stated_differences(one.lead, other.lead), *_numbers(one, other))))
            said = f"；但{compare.labels(wrong)}不一致" if wrong else ""
            self.links[pair] = Link(one, other, "accepted", "person", line.sentence + said, wrong, line)

    def _annotate(self, one: Pupil, other: Pupil, line: Decision, why: str) -> None:
        """Put the pair into review with its reason, what was decided before, and why it is (still) asked."""
        link = self.links.get((id(one), id(other))) or Link(one, other, "review", None, "")
        reason = f"{link.reason}；{why}" if link.reason else why
        self.links[id(one), id(other)] = replace(
            link, decision="review", tier=None, probability=None, reason=reason, differences=(), earlier=line
        )

    def _one_to_one(self) -> None:
        """Take the rows of a person's 是 out of the undecided pairs; a weaker link of the same row is doubtful now."""
        if self._single_left:
            self._doubt_beside_own_name(self._said_the_same())
        said = self._said_the_same()
        right = {id(link.right): link for link in said}
        left = {id(link.left) for link in said} if self._single_left else set()
        for pair, link in list(self.links.items()):
            if link.decision == "rejected" or (link.decision == "accepted" and link.tier in (*EXACT_TIERS, "person")):
                continue
            undecided = link.waits
            if undecided and (pair[0] in left or pair[1] in right):
                del self.links[pair]
            elif not undecided and pair[1] in right:
                why = f"{link.reason}；但{right[pair[1]].reason}（乙与另一名学生）"
                self.links[pair] = replace(
                    link, decision="review", tier=None, probability=None, reason=why, differences=()
                )

    def _said_the_same(self) -> list[Link]:
        return [link for link in self.links.values() if link.decision == "accepted" and link.tier == "person"]

    def _doubt_beside_own_name(self, answers: Sequence[Link]) -> None:
        """Ask again about a person's 是 where the same class's list has a row under the pupil's own name, too."""
        listed = [pair for pair, link in self.links.items() if link.tier == "class_list"] if answers else []
        of_pupil = by_key(listed, itemgetter(0))
        for said in answers:
            for pair in of_pupil.get(id(said.left), ()):
                link = self.links[pair]
                if said.earlier is None or link.tier != "class_list" or not _one_class(link.right, said.right):
                    continue  # asked about already, or another class
                why = "该班名单上另有一行与名册姓名相同，一名学生不能是两行，所以再问"
                self._annotate(said.left, said.right, said.earlier, why)
                other = f"{said.earlier.sentence}的是该班名单另一行的“{said.right.lead.name or '无姓名'}”，所以再问"
                self._annotate(link.left, link.right, said.earlier, other)

    def _ask_again(self, line: Decision) -> None:
        """Find the pair of an earlier decision some of whose fields changed, and say in its reason what changed."""
        found = []
        before = (line.left.values, line.right.values)
        for ours, one in self._left.now(before[0]):
            for theirs, other in self._right.now(before[1]):
                link = self.links.get((id(one), id(other)))
                if not self._may_be_asked(link, line, (ours, one), (theirs, other)):
                    continue
                kept = sum(a == b for a, b in zip((*before[0], *before[1]), (*ours, *theirs), strict=True))
                found.append((link is not None, kept, repr((ours, theirs)), (ours, one), (theirs, other)))
        if found:
            *_, (ours, one), (theirs, other) = max(found, key=lambda entry: entry[:3])
            what = "、".join([*changes(before[0], ours, "甲"), *changes(before[1], theirs, "乙")])
            self._annotate(one, other, line, f"{line.sentence}；之后{what}，所以再问")

    def _may_be_asked(
        self, link: Link | None, line: Decision, left: tuple[Seen, Pupil], right: tuple[Seen, Pupil]
    ) -> bool:
        if link is not None:
            if link.earlier is not None:
                return False
            # Fields that changed do not overrule a person by a list of names; an exact number speaks for itself.
            named_alike = link.decision == "accepted" and link.tier == "class_list" and line.answer != SAME
            return link.waits or named_alike
        # Matching no longer proposes the pair. Somebody once said that it is one child: that is not forgotten in
        # silence, unless it is not clear who is meant, or either row has meanwhile found its partner for certain.
        if line.answer != SAME or not (
            self._left.surely(line.left.values, left[0]) and self._right.surely(line.right.values, right[0])
        ):
            return False
        return id(left[1]) not in self._certain[0] and id(right[1]) not in self._certain[1]


def _one_class(one: Pupil, other: Pupil) -> bool:
    return not one.places.isdisjoint(other.places)


def _numbers(one: Pupil, other: Pupil) -> tuple[str, ...]:
    """Return the ID number as a difference when both sides carry one and they are not the same."""
    return ("id_number",) if compare.ids_disagree(one.lead, other.lead) else ()
