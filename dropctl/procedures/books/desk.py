"""What every 台账 looks at, the columns all of them share, and how much of a number they show (CONTRACT §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dropctl.errors import without_full_numbers
from dropctl.findings import Finding
from dropctl.ledger import Event
from dropctl.policy.case_state import Case
from dropctl.policy.plan import Plan
from dropctl.policy.routes import District
from dropctl.procedures.child_facts import ENROLLED, LISTED, UNREGISTERED, ChildFacts, KnownChildren, SpecialMark
from dropctl.school_calendar import SchoolCalendar, school_year
from dropctl.vocabulary import CASE_STATES, MARKS, grade_label, register_label
from dropctl.workbooks.list_sheet import Value
from dropctl.workbooks.registers import RegisterBook, RegisterColumn

NOTHING = "本期无"
_TO_CONFIRM = "待确认"


@dataclass(frozen=True, slots=True)
class Showing:
    """What may stand in the workbook: whole numbers, notes of the office, the restricted list."""

    whole_numbers: bool = False
    internal: bool = True
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the lists are made from. `read_on`: register → the day it was last read; findings are of today."""

    as_of: date
    opening: date
    school: str
    county: str | None
    known: KnownChildren
    cases: Sequence[Case]
    events: Sequence[Event]
    findings: Mapping[str, Sequence[Finding]]
    districts: Sequence[District]
    people: Mapping[str, str]
    plan: Plan
    calendar: SchoolCalendar
    read_on: Mapping[str, date]
    showing: Showing
    touched: Mapping[str, date] = field(default_factory=dict)  # case → the day of its last event

    def case_of(self, child: str) -> Case | None:
        """Return the open case of a child, else its latest one; None without any."""
        own = [case for case in self.cases if case.child == child]
        return next((case for case in own if case.is_open), own[-1] if own else None)

    def line(self, child: str | ChildFacts, case: Case | None = None, note: str | None = None) -> Line:
        """Return a row about a child, with its case where it has one."""
        facts = self.known.of(child) if isinstance(child, str) else child
        return Line(facts, case or self.case_of(facts.number), note)

    def teacher_of(self, line: Line) -> str | None:
        """Return who answers for a child: as its case says, else the class teacher named in the settings."""
        if line.case is not None and line.case.responsible:
            return line.case.responsible
        return self.people.get(f"{line.child.class_name}班主任") if line.child.class_name else None

    def missing_lists(self, *registers: str) -> str:
        """Return the sentence for a list without rows: nothing this term, or which register was never read."""
        unread = [register_label(kind) for kind in registers if kind not in self.read_on]
        return f"没有读到{'、'.join(unread)}，本表没有来源，不等于没有这样的孩子" if unread else NOTHING


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a 台账: the child, its case, and what is remarked."""

    child: ChildFacts
    case: Case | None = None
    note: str | None = None


Of = Callable[[Line], Value]


def column(heading: str, lines: Iterable[Line], of: Of, look: str = "text", source: str = "") -> RegisterColumn:
    """Return a column that `of` fills line by line; a sentence somebody typed shows no full number (CONTRACT §9)."""
    values = [of(line) for line in lines]
    if look == "long":
        values = [without_full_numbers(value) if isinstance(value, str) else value for value in values]
    return RegisterColumn(heading, look, values, source)


def unfilled(heading: str, why: str, look: str = "text") -> RegisterColumn:
    """Return a column that is left to a person, with the reason."""
    return RegisterColumn(heading, look, (), "", why)


def book(
    desk: Desk, key: str, title: str, clause: str, what: str, lines: Sequence[Line],
    own: Sequence[RegisterColumn], *registers: str,
) -> RegisterBook:  # fmt: skip
    """Return a 台账 with the shared columns around its own; `registers`: without them it has no source."""
    return RegisterBook(
        key, title, clause, what, [*_head(desk, lines), *own, *_tail(desk, lines)], len(lines),
        desk.missing_lists(*registers), [line.child.number for line in lines if line.child.number],
    )  # fmt: skip


def _head(desk: Desk, lines: Sequence[Line]) -> list[RegisterColumn]:
    county = (
        column("县区", lines, lambda line: desk.county, "center", "dropctl.toml 的 [offices] county")
        if desk.county
        else unfilled("县区", "写在 dropctl.toml 的 [offices] county，程序就会填")
    )
    return [
        column("姓名", lines, lambda line: line.child.name or (line.case.name if line.case else None)),
        _identity(desk, lines),
        column("性别", lines, lambda line: line.child.sex, "center"),
        column("出生日期", lines, lambda line: line.child.born, "date"),
        column("学校", lines, lambda line: line.child.school, "text"),
        column("年级", lines, lambda line: grade_label(line.child.grade) or None, "center"),
        column("班级", lines, lambda line: line.child.class_name, "center"),
        _enrollment(desk, lines),
        column("民族", lines, lambda line: line.child.ethnic_group, "center", "学籍名册"),
        county,
        column("乡镇", lines, lambda line: line.child.town, "center", "户籍适龄儿童、脱贫监测、残疾人名单"),
        column("村（居）", lines, _village, "center", "户籍适龄儿童、脱贫监测、残疾人名单，核实去向时登记的村"),
        column(
            "户籍地址", lines, lambda line: line.child.household_address, "long",
            "户籍适龄儿童名单；学籍名册上只有行政区划代码的不填",
        ),
        column("现住址", lines, lambda line: line.child.home_address, "long", "学籍名册、户籍适龄儿童名单"),
        column("监护人", lines, lambda line: line.child.guardian, "text", "学籍名册"),
        column("与学生关系", lines, lambda line: line.child.relation, "center", "学籍名册"),
        column("联系电话", lines, _phones, "text", "学籍名册和各名单"),
    ]  # fmt: skip


def _phones(line: Line) -> str | None:
    """Return a telephone number per line: in a narrow column two in a row would break in the middle."""
    return line.child.phone.replace("、", "\n") if line.child.phone else None


def _village(line: Line) -> str | None:
    return (line.case.village if line.case else None) or line.child.village


def _identity(desk: Desk, lines: Sequence[Line]) -> RegisterColumn:
    """Return the ID number; where numbers are not shown the child's own number stands for it (CONTRACT §9)."""
    if desk.showing.whole_numbers:
        return column(
            "身份证号", lines, lambda line: line.child.id_number or line.child.id_text, "text", "学籍名册和各名单"
        )
    why = "代替身份证号的本校编号；确需完整号码的用 --reveal --reason 另出一份"
    return column("学生编号", lines, lambda line: line.child.number or None, "center", why)


def _enrollment(desk: Desk, lines: Sequence[Line]) -> RegisterColumn:
    if desk.showing.whole_numbers:
        return column("学籍号", lines, lambda line: line.child.enrollment_number, "text", "学籍名册")
    # A birth date stands beside it: of a G number nothing more than the letter may be shown.
    why = "只写有没有、是哪一种（G 正式，L 临时，J 无证件），不写号码"
    return column("学籍号", lines, lambda line: _kind_of_number(line.child), "center", why)


def _kind_of_number(child: ChildFacts) -> str | None:
    if not child.enrollment_number:
        return {ENROLLED: "未填", UNREGISTERED: "无学籍", LISTED: "未找到"}.get(child.place)
    letter = child.enrollment_number[:1].upper()
    return f"有（{letter}）" if letter in "GLJ" else "有"


def _tail(desk: Desk, lines: Sequence[Line]) -> list[RegisterColumn]:
    tail = [
        column("责任人", lines, desk.teacher_of, "text", "个案的责任人，没有个案的为 dropctl.toml 里写的班主任"),
        column("更新日期", lines, lambda line: _updated(desk, line), "date", "个案最近一次登记，或名册读入的日期"),
    ]
    if desk.showing.internal:
        return [*tail, column("备注", lines, lambda line: line.note, "long")]
    return [*tail, unfilled("备注", "报上级的一份不带内部说明")]


def _updated(desk: Desk, line: Line) -> date | None:
    if line.case is not None and line.case.number in desk.touched:
        return desk.touched[line.case.number]
    return desk.read_on.get("enrollment" if line.child.place == ENROLLED else "household")


def case_state(line: Line) -> str | None:
    """Return where the case of a child stands, in words; None without a case."""
    if line.case is None:
        return None
    mark = "" if line.case.mark == "none" else f"，{MARKS[line.case.mark]}{_by(line.case)}"
    return f"{CASE_STATES[line.case.state]}{mark}"


def _by(case: Case) -> str:
    return "（推算）" if case.mark_source in ("forecast", "export") else ""


def study_state(desk: Desk, line: Line) -> str:
    """Return where a child learns, as far as the lists say; what they do not say is said to be unknown."""
    child = line.child
    if child.place == UNREGISTERED:
        return "本校就读（无学籍）"
    if child.place == LISTED:
        said = child.stated.get("household", {})
        where = said.get("other_school") or said.get("study_place")
        return f"名单上写明在{where}就读，待核实" if where else "不在本校名册上，去向待核实"
    if child.place != ENROLLED:
        return "已不在名册上"
    ground = next(
        (paper for paper in child.approvals if not paper.missing and _covers(paper.starts, paper.ends, desk)), None
    )
    if ground is not None:
        return ground.ground
    if child.status not in (None, "在读", "复学", "疑似辍学", "辍学"):
        return f"学籍状态：{child.status}"
    if line.case is not None and line.case.is_open and line.case.state == "open":
        return MARKS[line.case.mark] + _by(line.case) if line.case.mark != "none" else "在籍未到校"
    words = {"present": "本校就读", "absent": "在籍未返校", "no_row": "在籍未返校"}
    return words.get(child.presence or "", "返校情况未报")


def _covers(starts: date | None, ends: date | None, desk: Desk) -> bool:
    return (starts is None or starts <= desk.as_of) and (ends is None or desk.as_of <= ends)


def stage(grade: str | None) -> str | None:
    """Return 小学 or 初中 for a grade; None for anything else."""
    if grade is None or not grade.isdigit():
        return None
    return "小学" if int(grade) <= 6 else "初中"


def entry_year(born: date | None) -> int | None:
    """Return in which year a child should enter school: six full years by 31 August (reference §8.1)."""
    return None if born is None else school_year(born) + 7


def poverty_words(child: ChildFacts) -> str | None:
    """Return the poverty mark as a list shows it; a doubtful one says so."""
    return _special_words(child.poverty)


def disability_words(child: ChildFacts) -> str | None:
    """Return the disability mark as a list shows it; a doubtful one says so."""
    return _special_words(child.disability)


def _special_words(mark: SpecialMark | None) -> str | None:
    if mark is None:
        return None
    return mark.words if mark.is_certain else f"{mark.words}（{_TO_CONFIRM}）"
