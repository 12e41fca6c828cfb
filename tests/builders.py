"""Small schools for tests, written the way a registrar would write them: rows of cells under real headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from dropctl.findings import Finding, findings_frame
from dropctl.identity import check_digit
from dropctl.ingest.read import Registers, read_registers
from dropctl.ledger.children import ChildNumbers
from dropctl.policy.assembly import assemble, deciding_presence
from dropctl.policy.evidence import Evidence
from dropctl.policy.plan import Plan, parse_plan
from dropctl.policy.rules.registration import registration
from dropctl.policy.rules.return_check import return_check
from dropctl.policy.rules.roster_marks import roster_marks
from dropctl.policy.rules.whereabouts import whereabouts
from dropctl.procedures.school_names import collect, name_schools
from dropctl.reconcile.decisions import ANSWERS, Decision, standing
from dropctl.reconcile.links import Link
from dropctl.reconcile.model.link import Model
from dropctl.reconcile.review import about
from dropctl.resources import linkage_tables, load_plan
from dropctl.school_calendar import SchoolCalendar, Term
from dropctl.tables.raw import Cell, RawSheet

OPENING = date(2025, 9, 1)
AS_OF = date(2025, 9, 3)
HEADINGS = ("年级", "班级", "姓名", "性别", "身份证件号", "学籍号", "出生日期", "学生状态")


def id_number(born: str = "20130501", sequence: int = 1, area: int = 349901) -> str:
    """A valid number of a never-assigned area; an odd sequence is a boy."""
    first = f"{area}{born}{sequence:03d}"
    return first + check_digit(first)


@dataclass
class Child:
    """One row of the enrollment register; `number` defaults to a valid one made from birth and sequence."""

    name: str
    class_name: str = "七年级1班"
    sex: str = "男"
    born: str = "20130501"
    sequence: int = 1
    status: str = "在读"
    number: str | None = None

    @property
    def id(self) -> str:
        return self.number if self.number is not None else id_number(self.born, self.sequence)

    def row(self) -> list[Cell]:
        grade, room = self.class_name[:3], self.class_name[3:]
        return [grade, room, self.name, self.sex, self.id, "", self.born, self.status]


@dataclass
class School:
    """Sheets of one small school, and what the rules say about it."""

    sheets: list[RawSheet] = field(default_factory=list)
    opening: date = OPENING
    as_of: date = AS_OF
    decisions: list[Decision] = field(default_factory=list)
    name: str | None = "某某学校"

    def sheet(self, file: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> School:
        head: list[Sequence[Cell]] = [[title]] if title else []
        self.sheets.append(RawSheet(file, "Sheet1", [*head, list(headings), *rows]))
        return self

    def enrolled(self, *children: Child, file: str = "学籍名册.xlsx") -> School:
        return self.sheet(file, "某某学校学生花名册", HEADINGS, [child.row() for child in children])

    def list_of(self, class_name: str, marks: Mapping[str, str | None], day: str = "2025年9月1日") -> School:
        rows = [[name, mark] for name, mark in marks.items()]
        title = f"{class_name}返校登记表 {day}"
        return self.sheet(f"{class_name}-{day}.xlsx", title, ("姓名", "是否返校"), rows)

    def those_present(self, class_name: str, *names: str, day: str = "2025年9月1日") -> School:
        title = f"{class_name}在校学生名单 {day}"
        return self.sheet(f"{class_name}-{day}.xlsx", title, ("姓名",), [[name] for name in names])

    def approvals(self, *rows: Sequence[Cell]) -> School:
        headings = ("姓名", "身份证号", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期")
        return self.sheet("审批登记.xlsx", "审批登记", headings, rows)

    def poverty(self, *rows: Sequence[Cell]) -> School:
        headings = ("户编号", "姓名", "证件号码", "与户主关系", "户类型", "监测对象类别", "在校生状况")
        return self.sheet("脱贫名单.xlsx", "脱贫户家庭成员", headings, rows)

    def disability(self, *rows: Sequence[Cell]) -> School:
        return self.sheet("残疾人名单.xlsx", "残疾人名单", ("姓名", "残疾人证号", "残疾类别", "残疾等级"), rows)

    def household(self, *rows: Sequence[Cell]) -> School:
        headings = ("户号", "姓名", "与户主关系", "性别", "公民身份号码", "出生日期", "派出所", "变动情况", "就读学校")
        return self.sheet("户籍名单.xlsx", "户籍适龄儿童名单", headings, rows)

    def transfers(self, *rows: Sequence[Cell]) -> School:
        headings = ("姓名", "身份证号", "转学类型", "转出学校", "转入学校", "申请日期", "办结日期", "办理状态")
        return self.sheet("转学登记.xlsx", "转学登记", headings, rows)

    def letters(self, *rows: Sequence[Cell]) -> School:
        headings = ("收函日期", "来函单位", "来函文号", "涉及学生姓名", "身份证号", "来函事由", "核查结果")
        return self.sheet("协查函.xlsx", "协查函登记册", headings, rows)

    def before(self, *rows: tuple[str, str, str, int], title: str = "2024—2025学年第二学期") -> School:
        """Last term's register: grade, class, name, sequence of the ID."""
        cells = [[grade, room, name, id_number(sequence=n), "", "在读"] for grade, room, name, n in rows]
        headings = ("年级", "班级", "姓名", "身份证件号", "学籍号", "学生状态")
        return self.sheet("上期.xlsx", f"某某学校学生名册 {title}", headings, cells)

    def registers(self) -> Registers:
        return read_registers(self.sheets, opening=self.opening, as_of=self.as_of)

    def absences(self) -> pl.DataFrame:
        return self.registers().frames["absence"].with_columns(pl.lit("某某学校").alias("school"))

    def evidence(self, plan: Plan | None = None) -> Evidence:
        read = self.registers()
        plan = plan or parse_plan(load_plan("yixian-2025"))
        frames, school, _ = name_schools(read.frames, collect(read.frames, [], self.name), self.name)
        deciding, _ = deciding_presence(frames.get("presence"), plan, self.opening, self.as_of)
        if deciding is not None:
            frames["presence"] = deciding
        return assemble(
            frames,
            plan=plan,
            calendar=SchoolCalendar((Term("本学期", self.opening, None),)),
            opening=self.opening,
            as_of=self.as_of,
            episode="term",
            school=school,
            columns_seen=read.columns_seen,
            number=ChildNumbers({}, 2025).number,
            decisions=standing(self.decisions, date.max),
            model=Model.parse(*linkage_tables()),
        )

    def findings(self, *kinds: str) -> pl.DataFrame:
        evidence = self.evidence()
        found: list[Finding] = [
            *return_check(evidence),
            *registration(evidence),
            *roster_marks(evidence),
            *whereabouts(evidence),
        ]
        frame = findings_frame(found)
        return frame.filter(pl.col("kind").is_in(kinds)) if kinds else frame

    def told(self, *kinds: str) -> list[tuple[str | None, str]]:
        """Name and certainty of the findings of these kinds."""
        return list(self.findings(*kinds).select("name", "certainty").iter_rows())

    def links(self, register: str = "presence") -> list[Link]:
        return list(self.evidence().links["enrollment", register])

    def answered(self, answer: str, link: Link, *, on: date = AS_OF, by: str = "王老师", remark: str = "") -> School:
        """The school after a person's 是, 否 or 待查 about a pair."""
        line = Decision(*about(link), ANSWERS[answer], by, on, remark or None, on)
        return replace(self, decisions=[*self.decisions, line])

    def with_sheets_of(self, other: School) -> School:
        """The same decisions on other lists."""
        return replace(self, sheets=other.sheets)
