"""The papers inside a child's file (三.3, 三.4): record of persuasion, home visit, return plan, sheets to carry along.

What is recorded is filled in; the rest is room to write. No ID number stands on them.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from dropctl.documents.context import PaperContext, needed
from dropctl.documents.office_letters import ContactLine, NoticeLine


class _ChildFile(PaperContext):
    """Who the child is, and since when it is away."""

    school: str = needed("学校名称")
    case: str
    name: str = needed("学生姓名")
    sex: str | None = Field(title="性别")
    born: date | None = Field(title="出生日期")
    child: str
    class_name: str | None = Field(title="班级")
    guardian: str | None = Field(title="监护人")
    relation: str | None = Field(title="与学生关系")
    phone: str | None = Field(title="联系电话")
    address: str | None = Field(title="现住址")
    absent_since: date
    responsible: str | None = Field(title="责任人")


class OutreachRecord(_ChildFile):
    """劝返记录: every attempt so far, and lines for the next ones. `empty_lines`: one entry per empty line."""

    household: str | None = Field(title="户籍地址或村（居）")
    causes: str
    contacts: tuple[ContactLine, ...]
    notices: tuple[NoticeLine, ...]
    empty_lines: tuple[str, ...]


class HomeVisit(_ChildFile):
    """家访记录: a form to take along; `visit` is which visit of the school's it would be."""

    visit: int
    gentle: str  # causes that ask for help first; empty without any


class ReturnPlan(_ChildFile):
    """一人一案 (三.4): how a child who is back goes on learning; what is not decided stays open."""

    return_on: date | None = Field(title="返校日期")
    causes: str
    groups: str
    whereabouts: str
    placement: str | None = Field(title="安置方式")
    placed_on: date | None = Field(title="确认日期")
    ways: tuple[str, ...]  # what the plan leaves open, in words
    watch_until: date | None = Field(title="跟踪截止日期")
    weeks: tuple[str, ...]  # one entry per line of the follow-up


class VisitLine(PaperContext):
    """One child on the sheet of a visitor."""

    case: str
    name: str = needed("学生姓名")
    class_name: str | None = Field(title="班级")
    guardian: str | None = Field(title="监护人")
    phone: str | None = Field(title="联系电话")
    address: str | None = Field(title="住址")
    absent_since: date
    last: str  # the last contact and its result


class VisitSheet(PaperContext):
    """走访单: the children of one class whose homes are to be visited, to be filled in on the way."""

    school: str = needed("学校名称")
    group: str
    made_on: date
    visitor: str | None = Field(title="走访人")
    children: tuple[VisitLine, ...]
