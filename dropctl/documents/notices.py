"""劝返通知书 (三.5): the plain first notice and the formal second one, each with its stub and its reply on one sheet.

Neither knows an ID number, a mark of poverty or disability, or why the child stays away.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from dropctl.documents.context import PaperContext, needed


class _Notice(PaperContext):
    """What both notices say."""

    number: str | None = Field(title="编号")
    issued_on: date = Field(title="发出日期")
    school: str = needed("学校名称")
    child: str = needed("学生姓名")
    class_name: str | None = Field(title="班级")
    addressee: str = Field(title="称呼，如 王某某（张三的母亲）")
    guardian: str | None = Field(title="监护人")
    absent_from: date = Field(title="缺课第一天")
    absent_until: date = Field(title="缺课最后一天")
    absent_days: int | None = Field(title="缺课天数")
    absent_dates: str = Field(title="哪几段日子缺课，只有一段的是空的")
    deadline: date = Field(title="请返校的日期")
    weekday: str = Field(title="那天星期几")
    place: str = Field(title="报到地点")
    contact: str | None = Field(title="联系人")
    phone: str | None = Field(title="联系电话")
    approver: str | None = Field(title="签发人")


class FirstNotice(_Notice):
    """The plain one: what happened, one request, one person to turn to, help on offer."""


class Basis(PaperContext):
    """One article the paper rests on, and what it says in our words."""

    cited: str = Field(title="哪部法律第几条")
    paraphrase: str = Field(title="这一条说什么")


class SecondNotice(_Notice):
    """The formal one, after a visit: what was done so far, what the law asks, what the school does next."""

    outreach: str = Field(title="做过的联系、家访")
    first_number: str = Field(title="第一次通知书的编号")
    first_served_on: date = Field(title="第一次送达的日期")
    first_deadline: date = Field(title="第一次的期限")
    basis: tuple[Basis, ...] = Field(title="法律依据，逐条")
    report_basis: str = Field(title="书面报告的依据")
