"""Builders of the papers of the school as a whole: 一校一案, letter about identities, records of teaching at home."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.school_papers import (
    DutyLine,
    HomeTeachingRecord,
    IdentityLine,
    LoggedVisit,
    PoliceLetter,
    SchoolPlan,
)
from dropctl.errors import Refused, without_full_numbers
from dropctl.findings import Finding
from dropctl.ledger.cases import fold_cases
from dropctl.ledger.home_visits import HomeVisit, fold_visits
from dropctl.policy.evidence import Evidence
from dropctl.policy.rules.registration import registration
from dropctl.procedures.child_facts import ENROLLED, UNREGISTERED, ChildFacts, known_children
from dropctl.procedures.home_teaching import TaughtAtHome, checked
from dropctl.procedures.issuing import Order
from dropctl.procedures.paper_desk import Asked, Desk
from dropctl.procedures.paper_facts import numbers_of
from dropctl.procedures.plans import plan_for
from dropctl.vocabulary import register_label

_OUTSIDE = ("household", "poverty", "disability")
_PLACE = re.compile(r"（[^（）]*第\d+行[^（）]*）")  # where a row stands is no matter of another office
_EMPTY_LINES = 8
_LEFT = ("毕业", "结业", "死亡", "出国", "转出")
_WHO = {"return_check": "班主任、学籍管理员", "return_report": "校长"}
_CONTACT, _TELEPHONE = ("联系人", "学籍管理员"), ("联系电话", "电话")


def police_letters(desk: Desk, asked: Asked) -> Sequence[Order]:
    """Return the letter about every child whose identity is certainly wrong or contradicts itself (三.2).

    With cases named only about their children. Refused when there is none.
    """
    known = known_children(desk.workspace, desk.as_of)
    wanted = {case.child for case in fold_cases(desk.events).values() if case.number in asked.cases}
    found: dict[str, list[Finding]] = {}
    for line in _doubtful_identities(known.evidence):
        if not asked.cases or line.key[0] in wanted:
            found.setdefault(line.key[0], []).append(line)
    if not found:
        said = "没有要请公安机关核实的身份信息（被表格软件弄坏的证件号、本校名单之间的出入由学校自己改正）"
        raise Refused(said, todo="看核对结果.xlsx 的“证件号有误”“身份信息不一致”；没有核对过的先核对")
    children = {number: known.of(number) for number in found}
    people = desk.workspace.people

    def make(number: str | None, on: date) -> PoliceLetter:
        return PoliceLetter(
            number=number, issued_on=on, issuer=desk.workspace.school_name, police=_police(list(children.values())),
            children=tuple(_identity(children[child], lines) for child, lines in found.items()), count=len(found),
            contact=_first(people, _CONTACT), phone=_first(people, _TELEPHONE),
            numbers=numbers_of(children, {}) if asked.reveal is not None else (),
        )  # fmt: skip

    answers = f"police:{'+'.join(sorted(found))}"
    return [Order(PAPER_BY_NAME["police"], answers, f"{len(found)}人", make, (), tuple(found))]


def _doubtful_identities(evidence: Evidence | None) -> Iterator[Finding]:
    """Yield what only the police can settle: numbers that cannot be right, and what the county's lists say otherwise.

    Digits that a spreadsheet lost, and a class list that differs, are for the school to put right.
    """
    if evidence is None:
        return
    lost = {facts.number for facts in evidence.pupils if facts.lead.id_state == "digits_lost"}
    for line in registration(evidence):
        wrong = line.kind == "identity_invalid" and line.register == "enrollment" and line.key[0] not in lost
        differs = line.kind == "identity_mismatch" and line.other_register in _OUTSIDE
        if line.certainty == "certain" and (wrong or differs):
            yield line


def _police(children: Sequence[ChildFacts]) -> str | None:
    """Return the police station of the household list, where all children have the same."""
    stations = {
        str(row["police_station"]) for one in children for row in one.stated.values() if row.get("police_station")
    }
    return stations.pop() if len(stations) == 1 else None


def _identity(child: ChildFacts, lines: Sequence[Finding]) -> IdentityLine:
    registers = [kind for line in lines for kind in (line.register, line.other_register) if kind]
    sources = dict.fromkeys(map(register_label, registers))
    problem = "；".join(_PLACE.sub("", line.reason) for line in lines)
    return IdentityLine(
        child=child.number, name=child.name or "", sex=child.sex, born=child.born, class_name=child.class_name,
        source="、".join(sources), problem=without_full_numbers(problem),
    )  # fmt: skip


def home_teaching_records(desk: Desk, asked: Asked) -> Sequence[Order]:
    """Return the record of the present term for every child taught at home, or for those of the cases named."""
    found = checked(desk.workspace, desk.as_of).children
    if asked.cases:
        wanted = {case.child for case in fold_cases(desk.events).values() if case.number in asked.cases}
        found = tuple(one for one in found if one.child in wanted)
    if not found:
        raise Refused("没有送教上门的学生", todo="送教审批写进审批登记后再核对；或用 dropctl case plan 确认送教上门")
    known = known_children(desk.workspace, desk.as_of)
    visits: dict[str, list[HomeVisit]] = {}
    for visit in fold_visits(desk.events):
        visits.setdefault(visit.child, []).append(visit)
    return [
        _taught(desk, one, known.of(one.child or ""), visits.get(one.child or "", [])) for one in found
    ]  # fmt: skip


def _taught(desk: Desk, one: TaughtAtHome, child: ChildFacts, visits: Sequence[HomeVisit]) -> Order:
    term = desk.workspace.term_at(desk.as_of)
    own = sorted((visit for visit in visits if term is None or visit.on >= term.opening), key=lambda visit: visit.on)
    teachers = dict.fromkeys(name for visit in own if (name := visit.said("teacher")))
    context = HomeTeachingRecord(
        school=one.school or desk.workspace.school_name, term=term.name if term else "", name=one.name or "",
        child=one.child, class_name=one.class_name, guardian=child.guardian, phone=child.phone,
        address=child.home_address,
        disability=child.disability.words if child.disability is not None and child.disability.is_certain else None,
        basis=one.basis, weekly=plan_for(desk.workspace).value("home_teaching_visits"),
        teacher="、".join(teachers) or None, visits=tuple(map(_visit, own)), short_weeks=len(one.short),
        empty_lines=("　",) * _EMPTY_LINES,
    )  # fmt: skip
    about = f"{one.child or ''} {one.name or ''}".strip()
    children = (one.child,) if one.child else ()

    def make(_: str | None, __: date) -> HomeTeachingRecord:
        return context

    return Order(
        PAPER_BY_NAME["home-teaching-record"], f"home-teaching-record:{about}", about, make, (), children
    )  # fmt: skip


def _visit(visit: HomeVisit) -> LoggedVisit:
    said = [visit.said("response"), visit.said("feedback")]
    return LoggedVisit(
        on=visit.on, teacher=visit.said("teacher") or "", hours=visit.said("hours") or "",
        lessons=visit.said("lessons") or "", content=visit.said("content") or "",
        response="；".join(text for text in said if text),
    )  # fmt: skip


def school_plans(desk: Desk, asked: Asked) -> Sequence[Order]:
    """Return the one plan of the school, filled with what is recorded."""
    known = known_children(desk.workspace, desk.as_of)
    plan, people = plan_for(desk.workspace), desk.workspace.people
    term = desk.workspace.term_at(desk.as_of)
    here = [child for child in known.children.values() if child.place == ENROLLED and child.status not in _LEFT]
    context = SchoolPlan(
        school=desk.workspace.school_name, term=term.name if term else "学期未登记", as_of=desk.as_of,
        enrolled=len(here),
        unregistered=sum(one.place == UNREGISTERED for one in known.children.values()),
        open_cases=sum(case.is_open for case in fold_cases(desk.events).values()),
        poor=sum(one.poverty is not None and one.poverty.is_certain for one in here),
        disabled=sum(one.disability is not None and one.disability.is_certain for one in here),
        left_behind=sum(bool(one.is_left_behind) for one in here),
        migrant=sum(bool(one.is_migrant) for one in here),
        home_taught=len(checked(desk.workspace, desk.as_of).children), checked=known.evidence is not None,
        duties=_duties(known.evidence), report_day=plan.value("report_day"),
        report_after=plan.value("teacher_report"), suspect_after=plan.value("suspect_after"),
        visits_weekly=plan.value("home_teaching_visits"), principal=people.get("校长"),
        deputy=_first(people, ("分管副校长", "教务主任")), registrar=people.get("学籍管理员"),
        phone=_first(people, _TELEPHONE),
    )  # fmt: skip

    def make(_: str | None, __: date) -> SchoolPlan:
        return context

    return [Order(PAPER_BY_NAME["school-plan"], "school-plan", desk.workspace.school_name, make)]


def _duties(evidence: Evidence | None) -> tuple[DutyLine, ...]:
    if evidence is None:
        return ()
    return tuple(
        DutyLine(what=rule.label, clause=f"方案{rule.clause}", due=due.due_date, who=_WHO.get(rule.key, "学籍管理员"))
        for rule, due in evidence.deadlines()
    )


def _first(people: dict[str, str], duties: Sequence[str]) -> str | None:
    return next((people[duty] for duty in duties if people.get(duty)), None)
