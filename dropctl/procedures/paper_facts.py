"""What several papers say alike of a case: its child, the absence, contacts, notices, the groups it belongs to.

Values only, from case and child facts; each paper's own procedure puts them into its context.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dropctl.documents.handing_over import NumberLine
from dropctl.documents.office_letters import ContactLine, NoticeLine
from dropctl.policy.case_state import Case, PaperOfCase
from dropctl.policy.paper_names import FIRST_NOTICE, NOTICES
from dropctl.policy.routes import WHEREABOUTS
from dropctl.policy.statutes import Statutes
from dropctl.procedures.child_facts import ChildFacts
from dropctl.school_calendar import SchoolCalendar, SchoolDayUnknown
from dropctl.vocabulary import CAUSES, CONTACT_KINDS, CONTACT_RESULTS, MARKS, OFFICES, grade_label

UNKNOWN_CAUSE = "尚不清楚"


def class_words(case: Case, child: ChildFacts) -> str | None:
    """Return grade and class in words; the grade alone where no class is known."""
    return child.class_name or case.class_name or grade_label(child.grade or case.grade) or None


def contacts_of(case: Case) -> tuple[ContactLine, ...]:
    """Return every attempt to reach the family, the earliest first."""
    ordered = sorted(case.contacts, key=lambda one: (one.happened_on, one.event))
    return tuple(
        ContactLine(
            on=one.happened_on, how=_how(one.office, one.how), by=one.by, result=CONTACT_RESULTS[one.result],
            note=one.note or "—",
        )
        for one in ordered
    )  # fmt: skip


def _how(office: str, how: str) -> str:
    return CONTACT_KINDS[how] if office == "school" else f"{OFFICES[office]}{CONTACT_KINDS[how]}"


def notices_of(case: Case) -> tuple[NoticeLine, ...]:
    """Return the notices issued about a case, the earliest first."""
    return tuple(_notice(paper) for paper in case.papers if paper.paper in NOTICES)


def _notice(paper: PaperOfCase) -> NoticeLine:
    stage = "第一次" if paper.paper == FIRST_NOTICE else "第二次"
    return NoticeLine(stage=stage, number=paper.number, issued_on=paper.issued_on, served_on=paper.served_on)


def missed(case: Case, child: ChildFacts, calendar: SchoolCalendar, as_of: date) -> tuple[int | None, bool]:
    """Return the school days missed up to `as_of`, and whether attendance lists show them (else the calendar does).

    None where the calendar does not reach.
    """
    own = [run for run in child.absences if run.since == case.absent_since] or (
        [child.absence] if child.absence is not None and not child.absence.ended else []
    )
    if own and own[-1] is not None and own[-1].certain_days:
        return own[-1].certain_days, True
    try:
        return len(calendar.school_days(case.absent_since, as_of)), False
    except SchoolDayUnknown:
        return None, False


def causes_words(case: Case) -> str:
    """Return the causes named in words; that none is known is said."""
    return "、".join(CAUSES[code] for code in case.causes) or UNKNOWN_CAUSE


def whereabouts_words(case: Case) -> str:
    """Return where the child went, as verified, with the place."""
    return WHEREABOUTS[case.whereabouts] + (f"（{case.place}）" if case.place else "")


def mark_words(case: Case) -> str:
    """Return the mark of the case; what is not the registry's own is called 按方案推算."""
    if case.mark == "none":
        return ""
    return (
        f"{MARKS[case.mark]}（按方案推算，以学籍系统标注为准）" if case.mark_source == "forecast" else MARKS[case.mark]
    )


def groups_words(child: ChildFacts) -> str:
    """Return the groups of 三.7 that certainly apply; a mark that waits for a person is not printed as a fact."""
    said = [
        child.poverty.words if child.poverty is not None and child.poverty.is_certain else None,
        child.disability.words if child.disability is not None and child.disability.is_certain else None,
        child.left_behind if child.is_left_behind else None,
        "随迁子女" if child.is_migrant else None,
        "孤儿" if child.is_orphan else None,
    ]
    return "、".join(word for word in said if word)


def household_words(case: Case, child: ChildFacts) -> str | None:
    """Return where the household is registered, as far as a list says."""
    if child.household_address:
        return child.household_address
    place = f"{child.town or ''}{case.village or child.village or ''}"
    return place or None


def cited(statutes: Statutes, office: str, *ids: str) -> str:
    """Return the laws of those ids as a paper names them, the law once before its articles.

    ValueError for one that `office` (CITED_BY) may not cite.
    """
    by_law: dict[str, list[str]] = {}
    for statute in statutes.citable:
        if statute.id in ids:
            if office not in statute.cited_by:
                raise ValueError(f"{statute.id}: not for {office}")
            by_law.setdefault(statute.law, []).append(statute.article)
    return "、".join(f"《{law}》{'、'.join(articles)}" for law, articles in by_law.items())


def numbers_of(children: Mapping[str, ChildFacts], names: Mapping[str, str | None]) -> tuple[NumberLine, ...]:
    """Return the whole numbers of children, by their number, for the page that is printed under `--reveal`."""
    return tuple(
        NumberLine(
            name=child.name or names.get(number) or number, id_number=child.id_number or child.id_text,
            enrollment_number=child.enrollment_number,
        )
        for number, child in children.items()
    )  # fmt: skip
