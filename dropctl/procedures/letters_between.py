"""三.5: the school's report to the bureau; the bureau's letter to township and report to government, together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.office_letters import (
    BureauReport,
    GovernmentReport,
    ReportedChild,
    TownshipLetter,
    TownshipLine,
)
from dropctl.ledger.papers import next_serial, standing_answer
from dropctl.policy.case_state import Case
from dropctl.policy.deadlines import notice_deadline
from dropctl.policy.office_papers import DANGER, REFUSED, UNREACHABLE, PaperStep, forward_step, report_step
from dropctl.policy.paper_names import BUREAU_REPORT, FIRST_NOTICE, GOVERNMENT_REPORT, TOWNSHIP_LETTER
from dropctl.procedures.issuing import Order
from dropctl.procedures.letters import Judge, LetterDesk, Letters, in_batches, make_letters
from dropctl.procedures.paper_facts import (
    causes_words,
    cited,
    class_words,
    contacts_of,
    groups_words,
    household_words,
    mark_words,
    missed,
    notices_of,
    whereabouts_words,
)
from dropctl.procedures.plans import statutes
from dropctl.school_calendar import SchoolDayUnknown, due_after
from dropctl.vocabulary import CAUSES
from dropctl.workspace import Workspace

# What the school's report rests on, and what the bureau's letters rest on (ids of the reviewed statutes table).
_SCHOOL_BY = ("S-16",)
_TO_TOWNSHIP_BY, _TO_GOVERNMENT_BY = ("S-07", "S-11"), ("S-07",)
_REGISTRAR = ("学籍管理员", "填表人")
_TELEPHONE = ("联系电话", "电话")


def to_bureau(
    workspace: Workspace, as_of: date, named: Sequence[str], out: Path, *, addressee: str | None = None,
    police_report: str | None = None, dry_run: bool = False,
) -> Letters:  # fmt: skip
    """Report every case that is due to the bureau, one paper each; the cases reach the rung 已报县教育局."""

    def orders(desk: LetterDesk, cases: list[Case]) -> list[Order]:
        return [_report(desk, case, addressee, police_report) for case in cases]

    found = make_letters(
        workspace, as_of, "bureau", [BUREAU_REPORT], named, out, judge=_judge_report, orders=orders, dry_run=dry_run
    )
    endangered = [made.order.about for made in found.done.made if _of(made.context).danger]
    if endangered:
        found.notes.append(f"{'、'.join(endangered)}涉及人身安全：先向公安机关强制报告，再送这份报告")
    return found


def _of(context: object) -> BureauReport:
    assert isinstance(context, BureauReport)
    return context


def _judge_report(desk: LetterDesk) -> Judge:
    def judge(case: Case) -> PaperStep:
        return report_step(case, desk.plan, desk.calendar, desk.as_of)

    return judge


def _report(desk: LetterDesk, case: Case, addressee: str | None, police_report: str | None) -> Order:
    child = desk.children.of(case.child)
    step = report_step(case, desk.plan, desk.calendar, desk.as_of)
    days, recorded = missed(case, child, desk.calendar, desk.as_of)
    people = desk.workspace.people

    def make(number: str | None, on: date) -> BureauReport:
        return BureauReport(
            number=number, reported_on=on, addressee=addressee or desk.workspace.config.offices.bureau,
            school=case.school or desk.workspace.school_name, name=child.name or case.name or "", sex=child.sex,
            born=child.born, child=case.child, class_name=class_words(case, child), guardian=child.guardian,
            relation=child.relation, phone=child.phone, address=child.home_address,
            household=household_words(case, child), groups=groups_words(child), absent_since=case.absent_since,
            absent_days=days, absent_recorded=recorded, mark=mark_words(case), causes=causes_words(case),
            whereabouts=whereabouts_words(case), contacts=contacts_of(case), notices=notices_of(case),
            basis=step.basis or REFUSED, notice_deadline=_deadline(desk, case),
            attempts=sum(one.result == "not_reached" for one in case.contacts), danger="danger" in case.causes,
            police_report=police_report,
            gentle="、".join(CAUSES[code] for code in case.needs_gentleness if code != "danger"),
            clause=cited(statutes(), "school", *_SCHOOL_BY), registrar=_first(people, _REGISTRAR),
            principal=people.get("校长"), school_phone=_first(people, _TELEPHONE),
        )  # fmt: skip

    about = f"{case.number} {child.name or case.name or ''}".strip()
    return Order(
        PAPER_BY_NAME[BUREAU_REPORT], desk.key(BUREAU_REPORT, [case]), about, make, (case.number,), (case.child,),
        rung="reported",
    )  # fmt: skip


def _deadline(desk: LetterDesk, case: Case) -> date | None:
    first = case.latest_paper(FIRST_NOTICE)
    if first is None or first.served_on is None:
        return None
    return notice_deadline(desk.plan, desk.calendar, first.served_on).due_date


def _first(people: Mapping[str, str], duties: Sequence[str]) -> str | None:
    return next((people[duty] for duty in duties if people.get(duty)), None)


def to_township_and_government(
    workspace: Workspace, as_of: date, verb: str, named: Sequence[str], out: Path, *, title: str | None = None,
    dry_run: bool = False,
) -> Letters:  # fmt: skip
    """Write to each township and report to the government about the cases whose report has arrived, the same day.

    The two papers name each other's numbers, so they are made together or not at all.
    """

    def orders(desk: LetterDesk, cases: list[Case]) -> list[Order]:
        return _both(desk, cases, title)

    return make_letters(
        workspace, as_of, verb, [TOWNSHIP_LETTER, GOVERNMENT_REPORT], named, out, judge=_judge_forward, orders=orders,
        dry_run=dry_run, together=True,
    )  # fmt: skip


def _judge_forward(desk: LetterDesk) -> Judge:
    def judge(case: Case) -> PaperStep:
        return forward_step(case, desk.plan, desk.calendar, desk.as_of)

    return judge


def _both(desk: LetterDesk, cases: list[Case], title: str | None) -> list[Order]:
    orders: list[Order] = []
    numbers: dict[str, str] = {}  # case → the number of the letter to its township, once it has one
    for answers, batch in in_batches(desk, GOVERNMENT_REPORT, cases):
        expected = _expected(desk, GOVERNMENT_REPORT, answers, sum(_is_new(desk, order) for order in orders))
        own = list(batch)
        for letter, group in in_batches(desk, TOWNSHIP_LETTER, own, lambda case: _township(desk, case) or ""):
            orders.append(_letter(desk, letter, group, expected, title, numbers))
        orders.append(_government(desk, answers, own, numbers))
    return orders


def _is_new(desk: LetterDesk, order: Order) -> bool:
    return order.paper.name == GOVERNMENT_REPORT and standing_answer(desk.papers.values(), order.answers) is None


def _expected(desk: LetterDesk, paper: str, answers: str, ahead: int) -> str:
    """Return the number a paper has or is about to get in this command, behind `ahead` others of its series."""
    known = standing_answer(desk.papers.values(), answers)
    if known is not None:
        return known.number
    series = PAPER_BY_NAME[paper].series
    assert series is not None
    stem = series.stem(desk.workspace.issuer_word(official=series.official), desk.as_of.year)
    return series.number(stem, next_serial(desk.papers.values(), stem) + ahead)


def _township(desk: LetterDesk, case: Case) -> str | None:
    """Return the township's government a child belongs to: as a list says, else the one of the settings."""
    town = desk.children.of(case.child).town
    if not town:
        return desk.workspace.config.offices.township or None
    if town.endswith(("政府", "办事处")):
        return town
    return f"{town}办事处" if town.endswith("街道") else f"{town}人民政府"


def _reported(desk: LetterDesk, case: Case) -> ReportedChild:
    child = desk.children.of(case.child)
    return ReportedChild(
        case=case.number, name=child.name or case.name or "", sex=child.sex, born=child.born,
        school=case.school or child.school, class_name=class_words(case, child), guardian=child.guardian,
        phone=child.phone, address=child.home_address or household_words(case, child),
        absent_since=case.absent_since, report_number=case.report_number, report_on=case.report_on,
        situation=_situation(desk, case),
    )  # fmt: skip


def _situation(desk: LetterDesk, case: Case) -> str:
    step = report_step(case, desk.plan, desk.calendar, desk.as_of)
    words = {UNREACHABLE: "多次联系不上", REFUSED: "通知书期满仍未返校", DANGER: "涉及人身安全，已先行报告"}
    said = [words.get(step.basis, "学校劝返后仍未返校"), whereabouts_words(case)]
    return "；".join(said)


def _letter(
    desk: LetterDesk, answers: str, cases: Sequence[Case], government_number: str, title: str | None,
    numbers: dict[str, str],
) -> Order:  # fmt: skip
    offices, people = desk.workspace.config.offices, desk.workspace.people
    township = _township(desk, cases[0])

    def make(number: str | None, on: date) -> TownshipLetter:
        if number is not None:
            numbers.update((case.number, number) for case in cases)
        return TownshipLetter(
            number=number, issued_on=on, kind=title or offices.township_title, bureau=desk.workspace.school_name,
            township=township or "", children=tuple(_reported(desk, case) for case in cases), count=len(cases),
            government=offices.government, government_number=government_number,
            basis=cited(statutes(), "bureau", *_TO_TOWNSHIP_BY), answer_by=_answer_by(desk, on),
            contact=_first(people, ("联系人",)), phone=_first(people, _TELEPHONE),
        )  # fmt: skip

    about = f"{township or '乡镇待定'} {len(cases)}人"
    return Order(
        PAPER_BY_NAME[TOWNSHIP_LETTER], answers, about, make, tuple(case.number for case in cases),
        tuple(case.child for case in cases), rung="with_township",
    )  # fmt: skip


def _answer_by(desk: LetterDesk, on: date) -> date | None:
    """Return by when the slip is wanted back: as many school days as a family has to answer a notice."""
    try:
        return due_after(desk.calendar, on, school_days=desk.plan.value("township_answer")).due_date
    except SchoolDayUnknown:
        return None


def _government(desk: LetterDesk, answers: str, cases: Sequence[Case], numbers: Mapping[str, str]) -> Order:
    offices, people = desk.workspace.config.offices, desk.workspace.people

    def make(number: str | None, on: date) -> GovernmentReport:
        children = tuple(_reported(desk, case) for case in cases)
        letters = Counter((_township(desk, case) or "", numbers.get(case.number)) for case in cases)
        return GovernmentReport(
            number=number, issued_on=on, bureau=desk.workspace.school_name, government=offices.government,
            children=children, count=len(cases), schools=len({row.school for row in children}),
            townships=tuple(
                TownshipLine(township=township, number=letter, count=count)
                for (township, letter), count in sorted(letters.items(), key=str)
            ),
            basis=cited(statutes(), "bureau", *_TO_GOVERNMENT_BY), contact=_first(people, ("联系人",)),
            phone=_first(people, _TELEPHONE),
        )  # fmt: skip

    return Order(
        PAPER_BY_NAME[GOVERNMENT_REPORT], answers, f"{offices.government} {len(cases)}人", make,
        tuple(case.number for case in cases), tuple(case.child for case in cases),
    )  # fmt: skip
