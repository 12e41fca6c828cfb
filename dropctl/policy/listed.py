"""The children of the county's lists and of last term's register who are on no roster at hand (CONTRACT §3).

Only certain identity locates a child. One entry per child however many lists name it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from dropctl.policy.ages import age_group
from dropctl.policy.evidence import ListedChild, Newcomer, PupilFacts
from dropctl.policy.last_year import is_graduate
from dropctl.policy.plan import Plan
from dropctl.reconcile.comparisons import stated_differences
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person, Pupil, by_key

LISTS = ("poverty", "disability", "household", "previous")
Numbering = Callable[[Sequence[Person]], str]
# Links, their left and right children and the two registers → the links after what people decided.
Decided = Callable[[Sequence[Link], Sequence[Pupil], Sequence[Pupil], tuple[str, str]], list[Link]]
_Stray = tuple[Pupil, list[Link], list[Link]]  # the child on one list, pairs to review, hints


def is_doubtful(link: Link) -> bool:
    """Say whether a link is a question still: undecided, or accepted by the model only."""
    return not link.certain and link.decision != "rejected"


def place_lists(
    on_lists: Mapping[str, tuple[Sequence[Pupil], Sequence[Link]]],
    pupils: Sequence[Pupil],
    newcomers: Sequence[Newcomer],
    facts: Mapping[int, PupilFacts],
    links: dict[tuple[str, str], Sequence[Link]],
    *,
    opening: date,
    as_of: date,
    plan: Plan,
    graduated: Mapping[str | None, str],
    linking: Callable[..., list[Link]],
    decided: Decided,
) -> list[_Stray]:
    """Return the children of LISTS who are nobody at hand for certain; fill `links` and the pupils' own lists.

    `on_lists`: each list's children, and the links between `pupils` and them.
    """
    unregistered = [newcomer.pupil for newcomer in newcomers]
    found: list[_Stray] = []
    for register, (children, matched) in on_lists.items():
        ours = of_age(matched, register, opening, as_of, plan)
        ours = decided(ours, pupils, children, ("enrollment", register))
        taken = note_links(ours, register, facts)
        rest = [child for child in children if id(child) not in taken]
        more = of_age(linking(unregistered, rest, by_class=False), register, opening, as_of, plan)
        more = decided(more, unregistered, rest, ("presence", register))
        # A child who left the top grade and a name on an entry class's list are a hint, not a question: a whole
        # grade of them would bury the pairs that somebody has to decide.
        hints = [link for link in more if is_doubtful(link) and is_graduate(link.right.lead, graduated)]
        aside = {id(link) for link in hints}
        more = [link for link in more if id(link) not in aside]
        links["enrollment", register], links["presence", register] = ours, more
        located = {id(link.right) for link in more if link.certain}
        reviews = by_key((link for link in [*ours, *more] if is_doubtful(link)), lambda link: id(link.right))
        hinted = by_key(hints, lambda link: id(link.right))
        found += [
            (child, reviews.get(id(child), []), hinted.get(id(child), [])) for child in rest if id(child) not in located
        ]
    return found


def note_links(links: Sequence[Link], register: str, facts: Mapping[int, PupilFacts]) -> set[int]:
    """Put the links of a list to the pupils they are about, and return (by id) whom of the list they locate."""
    taken = set()
    for link in (link for link in links if link.decision != "rejected"):
        mine = facts[id(link.left)]
        target = mine.list_links if link.decision == "accepted" else mine.list_reviews
        target.setdefault(register, []).append(link)
        if link.certain:
            taken.add(id(link.right))
    return taken


def of_age(links: Sequence[Link], register: str, opening: date, as_of: date, plan: Plan) -> list[Link]:
    """Return the links without those that nothing certain made with members who cannot be children of school age."""
    if register == "previous":
        return list(links)
    return [link for link in links if link.certain or age_group(link.right.lead, opening, as_of, plan) != "outside"]


def one_per_child(
    strays: Sequence[_Stray], order: Callable[[Pupil], tuple[str, ...]], number: Numbering, numbers: dict[int, str]
) -> list[ListedChild]:
    """Return one entry per child: the rows of equal valid ID, and those without one of equal name, birth and sex.

    Rows of one number that differ in two of name, birth date and sex are two children (CONTRACT §1): one of them bears
    the other's number. A row without an ID joins a child only where a single child has that name and birth date.
    """
    groups: dict[object, list[_Stray]] = defaultdict(list)
    named: dict[object, set[object]] = defaultdict(set)
    for stray in strays:
        lead = stray[0].lead
        if lead.id_number:
            key = _Numbered(lead.id_number, 0)
            while key in groups and len(stated_differences(groups[key][0][0].lead, lead)) > 1:
                key = _Numbered(lead.id_number, key.turn + 1)
            groups[key].append(stray)
            if lead.name and lead.known_birth:
                named[lead.name, lead.known_birth].add(key)
    for stray in strays:
        lead = stray[0].lead
        if lead.id_number:
            continue
        trait = (lead.name, lead.known_birth) if lead.name and lead.known_birth else None
        holders = named.get(trait, set()) if trait else set()
        holder = next(iter(holders)) if len(holders) == 1 else None
        if holder is not None and not _other_sex(lead, groups[holder][0][0].lead):
            groups[holder].append(stray)
        else:
            groups[(*trait, lead.known_sex) if trait else id(stray[0])].append(stray)
    found = []
    for known_by, group in sorted(groups.items(), key=lambda item: order(item[1][0][0])):
        rows = tuple(row for child, _, _ in group for row in child.rows)
        # By a number that is another child's this one would be that child again.
        borrowed = isinstance(known_by, _Numbered) and known_by.turn > 0
        own = number(tuple(row._replace(id_number=None) for row in rows) if borrowed else rows)
        numbers.update((id(row), own) for row in rows)
        reviews = [link for _, links, _ in group for link in links]
        found.append(ListedChild(rows, own, reviews, [link for _, _, links in group for link in links]))
    return found


class _Numbered(NamedTuple):
    """A child known by its number: the first that the number names, or a later one that cannot be the same child."""

    number: str
    turn: int


def _other_sex(one: Person, other: Person) -> bool:
    return bool(one.known_sex and other.known_sex and one.known_sex != other.known_sex)
