"""From register frames to Evidence: deciding lists, pupils, certain links, newcomers, and children on no roster."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from dropctl.policy.ages import age_group
from dropctl.policy.evidence import ClassFacts, ClassKey, Evidence, ListedChild, Newcomer, PupilFacts
from dropctl.policy.plan import Plan
from dropctl.reconcile.comparisons import disagreements
from dropctl.reconcile.linkage import Link, link_pupils
from dropctl.reconcile.model.link import Model
from dropctl.reconcile.people import Person, Pupil, by_key, group_pupils, people
from dropctl.school_calendar import SchoolCalendar, school_year
from dropctl.tables.issues import Issue

LISTS = ("poverty", "disability", "previous")
_FEWEST_FOR_OUTDATED = 3


def deciding_presence(
    frame: pl.DataFrame | None, plan: Plan, opening: date, as_of: date
) -> tuple[pl.DataFrame | None, list[Issue]]:
    """Return the presence rows that decide: per class those of its latest list ≤ `as_of`, none from before the term.

    A list that is passed over leaves an issue that says why.
    """
    if frame is None:
        return None, []
    earliest = opening - timedelta(days=plan.value("list_lead"))
    issues = []
    for file, sheet, day in sorted(
        set(frame.select("file", "sheet", "list_date").iter_rows()),
        key=lambda entry: (entry[2], entry[0], entry[1] or ""),
    ):
        if day > as_of:
            message = f"名单日期{day}晚于核对基准日{as_of}，这次没有使用；日期有误请改标题，或用 --as-of 指定"
        elif day < earliest:
            message = f"名单日期{day}早于本学期开学太多，不作为本学期名单使用；请换用开学后的名单"
        else:
            continue
        issues.append(Issue("presence", file, sheet, None, None, None, "list_not_used", "warning", str(day), message))
    usable = frame.filter(pl.col("list_date").is_between(earliest, as_of))
    latest = pl.col("list_date").max().over("school", "grade", "class_name")
    return usable.filter((pl.col("list_date") == latest) | pl.col("class_name").is_null()), issues


def mark_of(pupil: Pupil) -> str:
    """Return present, absent or unknown for one entry of the presence lists; contradicting marks are unknown."""
    marks = {row.facts.get("present") or "present" for row in pupil.rows}
    return marks.pop() if len(marks) == 1 else "unknown"


def assemble(
    frames: Mapping[str, pl.DataFrame],
    *,
    plan: Plan,
    calendar: SchoolCalendar,
    opening: date,
    as_of: date,
    episode: str,
    school: str | None,
    columns_seen: Mapping[str, set[str]],
    number: Callable[[Sequence[Person]], str],
    model: Model,
) -> Evidence:
    """Return the evidence of one term start. `number` gives a child, seen as its rows, its lasting number."""
    rows = {kind: people(frames.get(kind), kind) for kind in ("enrollment", "presence", "approval", *LISTS)}
    pupils = group_pupils(rows["enrollment"])
    there = _listed_together(group_pupils(rows["presence"]), apart=True)
    outdated = _shifted(pupils, there, plan)
    links: dict[tuple[str, str], Sequence[Link]] = {}
    links["enrollment", "presence"] = link_pupils(
        pupils,
        there,
        by_class=True,
        classes_moved=outdated is not None,
        absent=lambda one: mark_of(one) == "absent",
        model=model,
    )
    papers = _listed_together(group_pupils(rows["approval"]), apart=False)
    links["enrollment", "approval"] = link_pupils(pupils, papers, by_class=True, model=model)

    numbers: dict[int, str] = {}
    facts: dict[int, PupilFacts] = {}
    for pupil in sorted(pupils, key=_order):
        facts[id(pupil)] = PupilFacts(pupil, number(pupil.rows))
        numbers.update((id(row), facts[id(pupil)].number) for row in pupil.rows)
    linked_there = _spread(links["enrollment", "presence"], facts, "presence")
    _spread(links["enrollment", "approval"], facts, "approval")
    classes = _classes(facts.values(), rows["presence"])
    _presences(facts.values(), classes)

    newcomers = _newcomers(there, linked_there, links["enrollment", "presence"], number, numbers)
    listed: list[tuple[Pupil, list[Link]]] = []
    for register in LISTS:
        children = group_pupils(rows[register])
        found = _of_age(link_pupils(pupils, children, by_class=False, model=model), register, opening, as_of, plan)
        links["enrollment", register] = found
        taken = _spread(found, facts, register)
        rest = [child for child in children if id(child) not in taken]
        unregistered = [newcomer.pupil for newcomer in newcomers]
        more = _of_age(link_pupils(unregistered, rest, by_class=False, model=model), register, opening, as_of, plan)
        links["presence", register] = more
        located = {id(link.right) for link in more if link.certain}
        reviews = by_key((link for link in [*found, *more] if not link.certain), lambda link: id(link.right))
        listed += [(child, reviews.get(id(child), [])) for child in rest if id(child) not in located]
    for link in (link for group in links.values() for link in group if link.certain):
        numbers.update((id(row), numbers[id(link.left.lead)]) for row in link.right.rows)
    strays = _strays(listed, number, numbers)

    return Evidence(
        plan=plan,
        calendar=calendar,
        opening=opening,
        as_of=as_of,
        episode=episode,
        school=school,
        pupils=[facts[id(pupil)] for pupil in pupils],
        classes=classes,
        newcomers=newcomers,
        strays=strays,
        links=links,
        rows=rows,
        columns_seen=columns_seen,
        graduated_grade=_graduated(rows["previous"], columns_seen, opening),
        outdated=outdated,
        number_of=lambda person: numbers.get(id(person)) or number([person]),
    )


def _of_age(links: Sequence[Link], register: str, opening: date, as_of: date, plan: Plan) -> list[Link]:
    """Return the links without the questions about list members who cannot be children of school age."""
    if register == "previous":
        return list(links)
    return [link for link in links if link.certain or age_group(link.right.lead, opening, as_of, plan) != "outside"]


def _order(pupil: Pupil) -> tuple[str, ...]:
    lead = pupil.lead
    parts = (
        lead.school,
        lead.grade,
        lead.class_name,
        lead.name,
        lead.id_number,
        lead.id_text,
        lead.file,
        lead.sheet or "",
    )
    return (*(part or "" for part in parts), f"{lead.row:09d}")


def _listed_together(pupils: list[Pupil], *, apart: bool) -> list[Pupil]:
    """Return the entries with those of one class and name joined that are one pupil on several lists.

    `apart`: only entries of different sheets (two lists of one class); else also of one sheet (several papers).
    Two entries of the same name on one presence list are two pupils.
    """
    groups: dict[tuple[object, ...], list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        lead = pupil.lead
        alone = lead.name is None or lead.class_name is None
        key = (id(pupil),) if alone else (lead.school, lead.grade, lead.class_name, lead.name)
        groups[key].append(pupil)
    joined = []
    for group in groups.values():
        sheets = Counter((row.file, row.sheet) for pupil in group for row in pupil.rows)
        one_each = not apart or max(sheets.values()) == 1
        agree = not any(disagreements(one.lead, two.lead) for one in group for two in group if one is not two)
        if len(group) > 1 and one_each and agree:
            joined.append(Pupil(tuple(row for pupil in group for row in pupil.rows)))
        else:
            joined.extend(group)
    return joined


def _shifted(pupils: list[Pupil], there: list[Pupil], plan: Plan) -> tuple[int, int] | None:
    """Return (one grade above, all found) when the lists show that the roster is last year's (CONTRACT §3)."""
    present = [one for one in there if mark_of(one) == "present"]

    def name_key(pupil: Pupil) -> object:
        return (pupil.lead.school, pupil.lead.name) if pupil.lead.name else None

    ours, theirs = by_key(pupils, name_key), by_key(present, name_key)
    by_number = by_key(pupils, lambda pupil: pupil.lead.id_number)
    steps = []
    for key, listed in theirs.items():
        for one in listed:
            same = by_number.get(one.lead.id_number, []) if one.lead.id_number else []
            if not same and len(listed) == 1 and len(ours.get(key, ())) == 1:
                same = ours[key]
            if len(same) == 1 and same[0].lead.grade and one.lead.grade:
                steps.append(int(one.lead.grade) - int(same[0].lead.grade))
    above = steps.count(1)
    enough = len(steps) >= _FEWEST_FOR_OUTDATED and above * 100 >= plan.value("outdated_percent") * len(steps)
    return (above, len(steps)) if enough else None


def _spread(links: Sequence[Link], facts: dict[int, PupilFacts], register: str) -> set[int]:
    """Hand each link to its pupil; return the ids of the right entries that are accepted."""
    taken = set()
    for link in links:
        mine = facts[id(link.left)]
        accepted = link.certain
        if accepted:
            taken.add(id(link.right))
        if register == "presence":
            if accepted:
                mine.presence_link = link
            else:
                mine.presence_reviews.append(link)
        elif register == "approval":
            if accepted:
                mine.approvals.extend(link.right.rows)
            else:
                mine.approval_reviews.append(link)
        else:
            target = mine.list_links if accepted else mine.list_reviews
            target.setdefault(register, []).append(link)
    return taken


def _classes(facts: Iterable[PupilFacts], there: Sequence[Person]) -> dict[ClassKey, ClassFacts]:
    classes: dict[ClassKey, ClassFacts] = {}
    for mine in facts:
        classes.setdefault(mine.class_key, ClassFacts(mine.class_key)).pupils.append(mine)
    for row in there:
        group = classes.get((row.school, row.grade, row.class_name))
        if group is not None and group.list_date is None and row.class_name is not None:
            group.list_date, group.list_place = row.facts["list_date"], (row.file, row.sheet)
    return dict(sorted(classes.items(), key=lambda item: tuple(part or "" for part in item[0])))


def _presences(facts: Iterable[PupilFacts], classes: Mapping[ClassKey, ClassFacts]) -> None:
    for mine in facts:
        group = classes[mine.class_key]
        if mine.presence_link is not None:
            mine.presence = mark_of(mine.presence_link.right)
            mine.list_date = mine.presence_link.right.lead.facts["list_date"]
        elif group.reported:
            mine.presence, mine.list_date = "no_row", group.list_date


def _newcomers(
    there: Sequence[Pupil],
    linked: set[int],
    links: Sequence[Link],
    number: Callable[[Sequence[Person]], str],
    numbers: dict[int, str],
) -> list[Newcomer]:
    reviews = by_key((link for link in links if not link.certain), lambda link: id(link.right))
    found = []
    for pupil in sorted((one for one in there if id(one) not in linked), key=_order):
        own = number(pupil.rows)
        numbers.update((id(row), own) for row in pupil.rows)
        found.append(Newcomer(pupil, own, mark_of(pupil), reviews.get(id(pupil), [])))
    return found


def _strays(
    listed: Sequence[tuple[Pupil, list[Link]]],
    number: Callable[[Sequence[Person]], str],
    numbers: dict[int, str],
) -> list[ListedChild]:
    """Return one entry per child however many lists name it: by valid ID, else by name and birth date."""
    groups: dict[object, list[tuple[Pupil, list[Link]]]] = defaultdict(list)
    for child, reviews in listed:
        lead = child.lead
        born = lead.known_birth
        key: object = lead.id_number or ((lead.name, born) if lead.name and born else id(child))
        groups[key].append((child, reviews))
    found = []
    for group in sorted(groups.values(), key=lambda group: _order(group[0][0])):
        rows = tuple(row for child, _ in group for row in child.rows)
        own = number(rows)
        numbers.update((id(row), own) for row in rows)
        found.append(ListedChild(rows, own, [link for _, reviews in group for link in reviews]))
    return found


def _graduated(previous: Sequence[Person], seen: Mapping[str, set[str]], opening: date) -> str | None:
    """Return last year's top grade when the previous register is of the school year before, else None."""
    grades = [row.grade for row in previous if row.grade]
    last_year = opening.month >= 8 and school_year(opening) > 0
    return max(grades) if grades and last_year and "previous" in seen else None
