"""Builders of the papers inside a child's file: persuasion, home visit, return plan, sheets to carry along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dropctl.documents.case_records import HomeVisit, OutreachRecord, ReturnPlan, VisitLine, VisitSheet
from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.errors import Refused
from dropctl.ledger.cases import fold_cases
from dropctl.policy.case_state import Case, in_reading_order
from dropctl.policy.deadlines import watch_ends
from dropctl.policy.rules.placements import PLACEMENTS, PlacementFacts, placements
from dropctl.procedures.cases import known
from dropctl.procedures.child_facts import KnownChildren, known_children
from dropctl.procedures.issuing import Order
from dropctl.procedures.paper_desk import Asked, Desk
from dropctl.procedures.paper_facts import (
    causes_words,
    class_words,
    contacts_of,
    groups_words,
    household_words,
    notices_of,
    whereabouts_words,
)
from dropctl.procedures.plans import plan_for
from dropctl.vocabulary import CAUSES, CONTACT_KINDS, CONTACT_RESULTS

_EMPTY_LINES, _WEEKS = 6, 4
_NO_CLASS = "班级不明"


def outreach_records(desk: Desk, asked: Asked) -> Sequence[Order]:
    """Return the record of persuasion of the open cases, or of those named."""
    children = known_children(desk.workspace, desk.as_of)

    def context(case: Case) -> OutreachRecord:
        child = children.of(case.child)
        return OutreachRecord(
            **_file(desk, case, children), household=household_words(case, child), causes=causes_words(case),
            contacts=contacts_of(case), notices=notices_of(case), empty_lines=("　",) * _EMPTY_LINES,
        )  # fmt: skip

    return [_order("outreach-record", case, context(case)) for case in _chosen(desk, asked)]


def home_visits(desk: Desk, asked: Asked) -> Sequence[Order]:
    """Return the form of a home visit for the open cases, or for those named."""
    children = known_children(desk.workspace, desk.as_of)

    def context(case: Case) -> HomeVisit:
        visits = sum(one.how == "visit" and one.office == "school" for one in case.contacts)
        return HomeVisit(
            **_file(desk, case, children), visit=visits + 1,
            gentle="、".join(CAUSES[code] for code in case.needs_gentleness),
        )  # fmt: skip

    return [_order("home-visit", case, context(case)) for case in _chosen(desk, asked)]


def return_plans(desk: Desk, asked: Asked) -> Sequence[Order]:
    """Return the plan of every child who is back or whose way is decided, or of the cases named."""
    children = known_children(desk.workspace, desk.as_of)
    chosen = [case for case in _chosen(desk, asked) if asked.cases or case.return_on or case.placement]
    if not chosen and not asked.cases:
        raise Refused("没有已返校或已确定安置方式的个案", todo="要给某个个案出一人一案的，用 --case 写明")
    return [_order("return-plan", case, _plan(desk, case, children)) for case in chosen]


def _plan(desk: Desk, case: Case, children: KnownChildren) -> ReturnPlan:
    child = children.of(case.child)
    plan = plan_for(desk.workspace)
    facts = PlacementFacts(
        on=case.return_on or desk.as_of, out_since=case.absent_since, born=child.born, registered=case.registered,
        disabled=case.disabled,
    )  # fmt: skip
    ways = [
        f"{way.label}{'（还缺：' + '、'.join(way.lacks) + '）' if way.lacks else ''}" for way in placements(facts, plan)
    ]
    since = case.returned_on or case.return_on
    return ReturnPlan(
        **_file(desk, case, children), return_on=case.return_on, causes=causes_words(case),
        groups=groups_words(child), whereabouts=whereabouts_words(case),
        placement=PLACEMENTS[case.placement] if case.placement else None, placed_on=case.placed_on,
        ways=tuple(ways) if case.placement is None else (),
        watch_until=watch_ends(plan, since) if since is not None else None,
        weeks=tuple(f"第{week}周" for week in range(1, _WEEKS + 1)),
    )  # fmt: skip


def visit_sheets(desk: Desk, asked: Asked) -> Sequence[Order]:
    """Return one sheet per class with the children to be visited; `class_name` chooses one class."""
    children = known_children(desk.workspace, desk.as_of)
    groups: dict[str, list[Case]] = {}
    # A child whose return attendance has confirmed is in class; whoever wants its sheet names the case.
    chosen = [case for case in _chosen(desk, asked) if asked.cases or case.state != "returned"]
    for case in chosen:
        group = class_words(case, children.of(case.child)) or _NO_CLASS
        if asked.class_name in (None, group):
            groups.setdefault(group, []).append(case)
    if not groups:
        raise Refused("没有要走访的个案", todo="核对 --class 的班级名称，或用 dropctl case list 查看")
    people = desk.workspace.people
    orders = []
    for group, cases in sorted(groups.items()):
        sheet = VisitSheet(
            school=desk.workspace.school_name, group=group, made_on=desk.as_of, visitor=people.get(f"{group}班主任"),
            children=tuple(_line(case, children) for case in cases),
        )  # fmt: skip
        orders.append(_sheet(sheet, cases))
    return orders


def _sheet(sheet: VisitSheet, cases: Sequence[Case]) -> Order:
    def make(_: str | None, __: date) -> VisitSheet:
        return sheet

    numbers, children = tuple(case.number for case in cases), tuple(case.child for case in cases)
    about = f"{sheet.group} {len(cases)}人"
    return Order(PAPER_BY_NAME["visit-sheets"], f"visit-sheets:{sheet.group}", about, make, numbers, children)


def _line(case: Case, children: KnownChildren) -> VisitLine:
    child = children.of(case.child)
    last = max(case.contacts, key=lambda one: (one.happened_on, one.event), default=None)
    said = f"{last.happened_on}{CONTACT_KINDS[last.how]}：{CONTACT_RESULTS[last.result]}" if last else "还没有联系过"
    return VisitLine(
        case=case.number, name=child.name or case.name or "", class_name=class_words(case, child),
        guardian=child.guardian, phone=child.phone, address=child.home_address or household_words(case, child),
        absent_since=case.absent_since, last=said,
    )  # fmt: skip


def _chosen(desk: Desk, asked: Asked) -> list[Case]:
    """Return the cases named, else the open ones; Refused when there is none."""
    cases = fold_cases(desk.events)
    if asked.cases:
        return [known(cases, number) for number in dict.fromkeys(asked.cases)]
    found = in_reading_order([case for case in cases.values() if case.is_open])
    if not found:
        raise Refused("没有办理中的个案", todo="已销案的用 --case 写明个案编号")
    return found


def _file(desk: Desk, case: Case, children: KnownChildren) -> dict[str, Any]:
    child = children.of(case.child)
    return {
        "school": case.school or child.school or desk.workspace.school_name, "case": case.number,
        "name": child.name or case.name or "", "sex": child.sex, "born": child.born, "child": case.child,
        "class_name": class_words(case, child), "guardian": child.guardian, "relation": child.relation,
        "phone": child.phone, "address": child.home_address, "absent_since": case.absent_since,
        "responsible": case.responsible or desk.workspace.people.get(f"{child.class_name}班主任"),
    }  # fmt: skip


def _order(name: str, case: Case, context: OutreachRecord | HomeVisit | ReturnPlan) -> Order:
    def make(_: str | None, __: date) -> OutreachRecord | HomeVisit | ReturnPlan:
        return context

    about = f"{case.number} {context.name}".strip()
    return Order(PAPER_BY_NAME[name], f"{name}:{case.number}", about, make, (case.number,), (case.child,))
