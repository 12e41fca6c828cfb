"""Papers of the school as a whole: plan (一校一案), letter about identities, record of teaching at home."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from dropctl.documents.context import PaperContext, needed
from dropctl.documents.handing_over import NumberLine, numbers


class IdentityLine(PaperContext):
    """One child whose identity cannot be right as it stands: what the lists say, what is asked."""

    child: str
    name: str = needed("学生姓名")
    sex: str | None = Field(title="性别")
    born: date | None = Field(title="出生日期")
    class_name: str | None = Field(title="班级")
    source: str
    problem: str


class PoliceLetter(PaperContext):
    """通报身份信息有误 to the police of the same level (三.2). Whole numbers only on a page of their own."""

    number: str | None = Field(title="文号")
    issued_on: date
    issuer: str = needed("发文单位")
    police: str | None = Field(title="主送公安机关")
    children: tuple[IdentityLine, ...]
    count: int
    contact: str | None = Field(title="联系人")
    phone: str | None = Field(title="联系电话")
    numbers: tuple[NumberLine, ...] = numbers()


class LoggedVisit(PaperContext):
    """One visit of a teacher, as logged."""

    on: date
    teacher: str
    hours: str
    lessons: str
    content: str
    response: str


class HomeTeachingRecord(PaperContext):
    """送教上门记录 of one child and term: the plan, the visits logged, room for the next ones."""

    school: str = needed("学校名称")
    term: str
    name: str = needed("学生姓名")
    child: str | None = Field(title="学生编号")
    class_name: str | None = Field(title="班级")
    guardian: str | None = Field(title="监护人")
    phone: str | None = Field(title="联系电话")
    address: str | None = Field(title="现住址")
    disability: str | None = Field(title="残疾类别和等级")
    basis: str
    weekly: int
    teacher: str | None = Field(title="送教教师")
    visits: tuple[LoggedVisit, ...]
    short_weeks: int
    empty_lines: tuple[str, ...]


class DutyLine(PaperContext):
    """One duty of the plan after the opening: what, by when, who."""

    what: str
    clause: str
    due: date
    who: str


class SchoolPlan(PaperContext):
    """一校一案 (三.3): a skeleton with the school's own figures, days and people, to be worked out."""

    school: str = needed("学校名称")
    term: str
    as_of: date
    enrolled: int
    unregistered: int
    open_cases: int
    poor: int
    disabled: int
    left_behind: int
    migrant: int
    home_taught: int
    checked: bool  # whether a reconciliation gave these figures
    duties: tuple[DutyLine, ...]
    report_day: int
    report_after: int  # unexcused school days after which a teacher reports
    suspect_after: int
    visits_weekly: int
    principal: str | None = Field(title="校长")
    deputy: str | None = Field(title="分管副校长")
    registrar: str | None = Field(title="学籍管理员")
    phone: str | None = Field(title="联系电话")
