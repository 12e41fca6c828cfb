"""The letters of 三.5 between offices: a school's report to the bureau, the bureau's to township and government.

No ID number stands on them: a birth date and the child's number do. A report asks for nothing (GB/T 9704); only the
letter to the township does. A school's report orders nobody.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from dropctl.documents.context import PaperContext, needed


class ContactLine(PaperContext):
    """One attempt to reach the family."""

    on: date
    how: str
    by: str | None = Field(title="联系人")
    result: str
    note: str | None = Field(title="情况")


class NoticeLine(PaperContext):
    """One notice that was issued."""

    stage: str
    number: str
    issued_on: date
    served_on: date | None = Field(title="送达日期")


class BureauReport(PaperContext):
    """学生劝返情况报告 (三.5): who is away, what was done, how it stands. One child each."""

    number: str | None = Field(title="编号")
    reported_on: date
    addressee: str
    school: str = needed("学校名称")
    name: str = needed("学生姓名")
    sex: str | None = Field(title="性别")
    born: date | None = Field(title="出生日期")
    child: str
    class_name: str | None = Field(title="班级")
    guardian: str | None = Field(title="监护人")
    relation: str | None = Field(title="与学生关系")
    phone: str | None = Field(title="联系电话")
    address: str | None = Field(title="现住址")
    household: str | None = Field(title="户籍地址或村（居）")
    groups: str  # 脱贫户、留守儿童 …; empty when none is known
    absent_since: date
    absent_days: int | None = Field(title="缺课上课日数")
    absent_recorded: bool  # counted from attendance lists, not from the calendar
    mark: str  # 疑似辍学（推算） …; empty without a mark
    causes: str | None = Field(title="原因")
    whereabouts: str
    contacts: tuple[ContactLine, ...]
    notices: tuple[NoticeLine, ...]
    basis: str  # refused, unreachable or danger: why the case is reported
    notice_deadline: date | None = Field(title="通知书期限")
    attempts: int
    danger: bool
    police_report: str | None = Field(title="向公安机关报告的日期和受理单位")
    gentle: str  # the causes that ask for help first; empty without any
    clause: str  # the statute the school reports by
    registrar: str | None = Field(title="填表人")
    principal: str | None = Field(title="校长")
    school_phone: str | None = Field(title="联系电话")


class ReportedChild(PaperContext):
    """One child in a letter of the bureau."""

    case: str
    name: str = needed("学生姓名")
    sex: str | None = Field(title="性别")
    born: date | None = Field(title="出生日期")
    school: str | None = Field(title="学校")
    class_name: str | None = Field(title="班级")
    guardian: str | None = Field(title="监护人")
    phone: str | None = Field(title="联系电话")
    address: str | None = Field(title="住址")
    absent_since: date
    report_number: str | None = Field(title="学校报告编号")
    report_on: date | None = Field(title="报告到达日期")
    situation: str  # 通知书期满仍未返校 …


class TownshipLetter(PaperContext):
    """县教育局致乡镇人民政府 (三.5): facts, what is asked for, and a slip for the answer."""

    number: str | None = Field(title="文号")
    issued_on: date
    kind: str  # 函 or 通报, as the county has it
    bureau: str = needed("发文单位")
    township: str = needed("所在乡镇")
    children: tuple[ReportedChild, ...]
    count: int
    government: str
    government_number: str | None = Field(title="报告县政府的文号")
    basis: str  # 《…》第…条、…
    answer_by: date | None = Field(title="反馈期限")
    contact: str | None = Field(title="联系人")
    phone: str | None = Field(title="联系电话")


class TownshipLine(PaperContext):
    """How many children of one township, and the letter that went there."""

    township: str
    number: str | None = Field(title="文号")
    count: int


class GovernmentReport(PaperContext):
    """县教育局致县人民政府书面报告 (三.5): counts, letters sent, what is being done. It holds no request."""

    number: str | None = Field(title="文号")
    issued_on: date
    bureau: str = needed("发文单位")
    government: str = needed("县人民政府")
    children: tuple[ReportedChild, ...]
    count: int
    schools: int
    townships: tuple[TownshipLine, ...]
    basis: str
    contact: str | None = Field(title="联系人")
    phone: str | None = Field(title="联系电话")
