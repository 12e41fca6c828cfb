"""The papers of 三.3 for children who went elsewhere: lists to the city, requests and letters of assistance, answers.

Whole ID numbers stand on a page of their own, under `--reveal` only, and are never recorded.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from dropctl.documents.context import PaperContext, needed


class NumberLine(PaperContext):
    """The whole numbers of one child."""

    name: str
    id_number: str | None = Field(title="身份证号")
    enrollment_number: str | None = Field(title="学籍号")


def numbers() -> tuple[NumberLine, ...]:
    """Return a field for the page of whole numbers: printed under `--reveal`, never recorded."""
    field: tuple[NumberLine, ...] = Field(default=(), title="完整号码", json_schema_extra={"unrecorded": True})
    return field


class MovedChild(PaperContext):
    """One child who went elsewhere, as verified."""

    case: str
    name: str = needed("学生姓名")
    sex: str | None = Field(title="性别")
    born: date | None = Field(title="出生日期")
    category: str  # 辍学, 疑似辍学, 未返校, 失学
    school: str | None = Field(title="原学校")
    class_name: str | None = Field(title="原班级")
    household: str | None = Field(title="户籍地")
    place: str = needed("流入地")
    guardian: str | None = Field(title="监护人")
    phone: str | None = Field(title="联系电话")
    verified: str | None = Field(title="核实方式和日期")
    wish: str  # 不愿返回 …


class HandoverList(PaperContext):
    """流动学生台账划转 to the city bureau: children found in other counties of the city, or other cities."""

    number: str | None = Field(title="文号")
    issued_on: date
    bureau: str = needed("发文单位")
    city: str
    children: tuple[MovedChild, ...]
    count: int
    contact: str | None = Field(title="联系人")
    phone: str | None = Field(title="联系电话")
    numbers: tuple[NumberLine, ...] = numbers()


class AssistanceRequest(HandoverList):
    """请市教育局去函省外: children in other provinces whose families do not come back."""


class AssistanceDraft(PaperContext):
    """协查函 as a draft for the city bureau to send: one child, what is asked, a slip for the answer."""

    drafted_on: date
    bureau: str = needed("起草单位")
    city: str
    addressee: str = needed("流入地教育行政部门")
    child: MovedChild
    absent_since: date
    done: str  # what the school and the bureau have done to find and persuade the family
    contact: str | None = Field(title="联系人")
    phone: str | None = Field(title="联系电话")
    numbers: tuple[NumberLine, ...] = numbers()


class AssistanceReply(PaperContext):
    """复函 to another place that asked about a child (三.1)."""

    number: str | None = Field(title="文号")
    issued_on: date
    bureau: str = needed("发文单位")
    sender: str
    letter_number: str | None = Field(title="来函文号")
    received_on: date
    name: str
    sex: str | None = Field(title="性别")
    born: date | None = Field(title="出生日期")
    result: str = needed("核查结果")
    found_school: str | None = Field(title="就读学校")
    here: bool
    note: str | None = Field(title="说明")
    contact: str | None = Field(title="联系人")
    phone: str | None = Field(title="联系电话")
