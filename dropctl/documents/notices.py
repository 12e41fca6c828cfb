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
    issued_on: date
    school: str = needed("学校名称")
    child: str = needed("学生姓名")
    class_name: str | None = Field(title="班级")
    addressee: str
    guardian: str | None = Field(title="监护人")
    absent_from: date
    absent_until: date
    absent_days: int | None = Field(title="缺课天数")
    absent_dates: str  # 9月25日至30日、10月9日 where there are several stretches
    deadline: date
    weekday: str
    place: str
    contact: str | None = Field(title="联系人")
    phone: str | None = Field(title="联系电话")
    approver: str | None = Field(title="签发人")


class FirstNotice(_Notice):
    """The plain one: what happened, one request, one person to turn to, help on offer."""


class Basis(PaperContext):
    """One article the paper rests on, and what it says in our words."""

    cited: str
    paraphrase: str


class SecondNotice(_Notice):
    """The formal one, after a visit: what was done so far, what the law asks, what the school does next."""

    outreach: str
    first_number: str
    first_served_on: date
    first_deadline: date
    basis: tuple[Basis, ...]
    report_basis: str
