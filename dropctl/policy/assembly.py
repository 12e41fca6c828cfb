"""From register frames to Evidence: deciding lists, pupils, certain links, newcomers, and children on no roster."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import polars as pl

from dropctl.policy.correspondence import Correspondence
from dropctl.policy.evidence import ClassFacts, ClassKey, Evidence, Newcomer, PupilFacts, mark_of
from dropctl.policy.last_year import graduated_grades, outdated_schools, year_passed
from dropctl.policy.listed import LISTS, is_doubtful, one_per_child, place_lists
from dropctl.policy.plan import Plan
from dropctl.policy.presence_lists import is_whole, latest_lists, names_few
from dropctl.reconcile.comparisons import disagreements
from dropctl.reconcile.decisions import Decision, PairKey
from dropctl.reconcile.linkage import link_pupils
from dropctl.reconcile.links import Link
from dropctl.reconcile.model.link import Model
from dropctl.reconcile.people import Person, Pupil, by_key, group_pupils, people
from dropctl.reconcile.review import with_decisions
from dropctl.school_calendar import SchoolCalendar
from dropctl.tables.issues import Issue

_THREADS = 2
_OF_SCHOOLS = ("enrollment", "presence", "approval", "transfer", "assistance")


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
    deciding, added = latest_lists(frame.filter(pl.col("list_date").is_between(earliest, as_of)))
    return deciding, issues + added


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
    decisions: Mapping[PairKey, Decision] | None = None,
    meet: Callable[[Iterable[Sequence[Person]]], None] | None = None,
) -> Evidence:
    """Return the evidence of one term start. `number` gives a child, seen as its rows, its lasting number; `meet` is
    shown everyone of the roster before.

    `school` is the one school these papers are of; None: several, each row naming its own. `decisions`: what people
    decided about uncertain pairs, as it stands on `as_of`.
    """
    decided = partial(with_decisions, decisions=decisions or {})
    linking = partial(link_pupils, model=model)
    rows = {kind: people(frames.get(kind), kind) for kind in (*_OF_SCHOOLS, *LISTS)}
    pupils = group_pupils(rows["enrollment"])
    there = _listed_together(group_pupils(rows["presence"]), apart=True)
    outdated = outdated_schools(pupils, there, plan, lambda one: mark_of(one) == "present")
    graduated = graduated_grades(rows["previous"], [*rows["enrollment"], *rows["presence"]], opening)
    papers = _listed_together(group_pupils(rows["approval"]), apart=False)
    listed = {register: group_pupils(rows[register]) for register in LISTS}
    links: dict[tuple[str, str], Sequence[Link]] = {}
    # Who of the roster is on a list hangs on no other list; polars works while Python goes on with the next one.
    with ThreadPoolExecutor(_THREADS) as pool:
        came = pool.submit(_who_came, pupils, there, outdated, linking)
        excused = pool.submit(linking, pupils, papers, by_class=True)
        ours = {kind: pool.submit(linking, pupils, children, by_class=False) for kind, children in listed.items()}
        links["enrollment", "presence"] = decided(came.result(), pupils, there, ("enrollment", "presence"))
        links["enrollment", "approval"] = decided(excused.result(), pupils, papers, ("enrollment", "approval"))
        on_lists = {kind: (listed[kind], found.result()) for kind, found in ours.items()}

    numbers: dict[int, str] = {}
    facts: dict[int, PupilFacts] = {}
    if meet is not None:
        meet(pupil.rows for pupil in pupils)
    for pupil in sorted(pupils, key=_order):
        facts[id(pupil)] = PupilFacts(pupil, number(pupil.rows))
        numbers.update((id(row), facts[id(pupil)].number) for row in pupil.rows)
    linked_there = _spread(links["enrollment", "presence"], facts, "presence")
    _spread(links["enrollment", "approval"], facts, "approval")
    classes = _classes(facts.values(), rows["presence"])
    _presences(facts.values(), classes)

    newcomers = _newcomers(there, linked_there, links["enrollment", "presence"], number, numbers)
    unplaced = place_lists(
        on_lists, pupils, newcomers, facts, links, opening=opening, as_of=as_of, plan=plan, graduated=graduated,
        linking=linking, decided=decided,
    )  # fmt: skip
    for link in (link for group in links.values() for link in group if link.certain):
        numbers.update((id(row), numbers[id(link.left.lead)]) for row in link.right.rows)
    strays = one_per_child(unplaced, _order, number, numbers)
    schools = frozenset(row.school for row in rows["enrollment"] if row.school is not None)
    office = Correspondence(pupils, facts, newcomers, strays, school, schools, linking, decided)
    transfers = office.transfers(rows["transfer"], links, plan, calendar, as_of)
    letters = office.letters(rows["assistance"], links, as_of)

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
        graduated=graduated,
        outdated=outdated,
        schools=schools,
        transfers=transfers,
        letters=letters,
        letter_reviews=office.letter_reviews,
        year_passed=year_passed(opening),
        link=linking,
        number_of=lambda person: numbers.get(id(person)) or number([person]),
    )


def _who_came(
    pupils: Sequence[Pupil],
    there: Sequence[Pupil],
    outdated: Mapping[str | None, tuple[int, int]],
    linking: Callable[..., list[Link]],
) -> list[Link]:
    """Return the links to the presence lists; where the register is last year's, classes are not compared."""

    def linked(left: Sequence[Pupil], right: Sequence[Pupil], moved: bool) -> list[Link]:
        return linking(left, right, by_class=True, classes_moved=moved, absent=lambda one: mark_of(one) == "absent")

    if not outdated or all(pupil.lead.school in outdated for pupil in pupils):
        return linked(pupils, there, bool(outdated))
    sides = [
        linked(
            [one for one in pupils if (one.lead.school in outdated) == moved],
            [one for one in there if (one.lead.school in outdated) == moved],
            moved,
        )
        for moved in (False, True)
    ]
    return [one for side in sides for one in side]


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
        # A list of absentees may stand below the list itself, in the same sheet.
        sheets = Counter((row.file, row.sheet, names_few(row)) for pupil in group for row in pupil.rows)
        one_each = not apart or max(sheets.values()) == 1
        agree = not any(disagreements(one.lead, two.lead) for one in group for two in group if one is not two)
        if len(group) > 1 and one_each and agree:
            joined.append(Pupil(tuple(row for pupil in group for row in pupil.rows)))
        else:
            joined.extend(group)
    return joined


def _spread(links: Sequence[Link], facts: dict[int, PupilFacts], register: str) -> set[int]:
    """Hand each link to its pupil; return the ids of the right entries that are certainly somebody."""
    taken = set()
    for link in links:
        mine = facts[id(link.left)]
        certain = link.certain
        if certain:
            taken.add(id(link.right))
        elif link.decision == "rejected":
            continue
        if register == "presence":
            if certain:
                mine.presence_link = _rather_there(mine.presence_link, link)
            else:
                mine.presence_reviews.append(link)
        elif certain:
            mine.approvals.extend(link.right.rows)
        else:
            mine.approval_reviews.append(link)
    return taken


def _rather_there(known: Link | None, more: Link) -> Link:
    """Return which of two entries speaks for a child whom a person found on two lists: the one that shows it there."""
    rank = ("absent", "unknown", "present")
    return known if known and rank.index(mark_of(known.right)) >= rank.index(mark_of(more.right)) else more


def _classes(facts: Iterable[PupilFacts], there: Sequence[Person]) -> dict[ClassKey, ClassFacts]:
    classes: dict[ClassKey, ClassFacts] = {}
    for mine in facts:
        classes.setdefault(mine.class_key, ClassFacts(mine.class_key)).pupils.append(mine)
    scopes: dict[ClassKey, set[str | None]] = defaultdict(set)
    for row in there:
        group = classes.get((row.school, row.grade, row.class_name))
        if group is None or row.class_name is None:
            continue
        if names_few(row):
            group.others_told = True
        elif group.list_date is None:
            group.list_date, group.list_place = row.facts["list_date"], (row.file, row.sheet)
        scopes[group.key].add(row.facts.get("list_scope"))
    for key, group in classes.items():
        group.is_whole = is_whole(scopes[key])
    return dict(sorted(classes.items(), key=lambda item: tuple(part or "" for part in item[0])))


def _presences(facts: Iterable[PupilFacts], classes: Mapping[ClassKey, ClassFacts]) -> None:
    for mine in facts:
        group = classes[mine.class_key]
        if mine.presence_link is not None:
            mine.presence = mark_of(mine.presence_link.right)
            mine.list_date = mine.presence_link.right.lead.facts["list_date"]
        elif group.reported:
            # A list that cannot be whole says nothing certain about whom it leaves out.
            mine.presence, mine.list_date = "no_row" if group.is_whole else "unknown", group.list_date


def _newcomers(
    there: Sequence[Pupil],
    linked: set[int],
    links: Sequence[Link],
    number: Callable[[Sequence[Person]], str],
    numbers: dict[int, str],
) -> list[Newcomer]:
    reviews = by_key((link for link in links if is_doubtful(link)), lambda link: id(link.right))
    found = []
    for pupil in sorted((one for one in there if id(one) not in linked), key=_order):
        own = number(pupil.rows)
        numbers.update((id(row), own) for row in pupil.rows)
        found.append(Newcomer(pupil, own, mark_of(pupil), reviews.get(id(pupil), [])))
    return found
