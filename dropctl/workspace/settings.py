"""What `dropctl.toml` may hold, checked key by key; a message names file and key, never the value.

The only module that needs pydantic, loaded when there is a `dropctl.toml` to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from dropctl.errors import Refused

DEFAULT_CALENDAR = "calendar"


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            value = None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("不是日期，写成 2025-09-01 的样子，不加引号")


def _words(value: object) -> object:
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(value, str):
        raise ValueError("应当是文字，写在英文引号里")
    return value.strip()


def _named(value: object) -> object:
    if not (text := _words(value)):
        raise ValueError("不能为空")
    return text


Day = Annotated[date, BeforeValidator(_day)]
Words = Annotated[str, BeforeValidator(_words)]
Name = Annotated[str, BeforeValidator(_named)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SchoolSection(_Section):
    """`[school]`: whose workspace this is; `code` is the 10-digit 学校标识码 or whatever stands for it."""

    role: Literal["school", "county"]
    name: Name
    code: Words = ""
    short_names: tuple[Name, ...] = ()


class TermSection(_Section):
    """One `[[terms]]`: first and last day of a term."""

    name: Name
    opening: Day
    closing: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opening >= self.closing:
            raise ValueError("的 opening（开学日）不早于 closing（最后一天）")
        return self


class ClosureSection(_Section):
    """One `[[closures]]`: days on which this school does not teach, both ends included."""

    first: Day
    last: Day
    reason: Name

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("的 last 早于 first")
        return self


class CalendarSection(_Section):
    """`[calendar]`: the folder that holds `<year>.toml` for years the program does not know, or knows wrongly."""

    folder: Name = DEFAULT_CALENDAR


class PlanSection(_Section):
    """`[plan]`: a file with this county's own numbers, in place of those of the packaged plan."""

    file: Words = ""


class NumberingSection(_Section):
    """`[numbering]`: the issuer's word in the numbers of forms (`prefix`) and of official letters (`letters`)."""

    prefix: Words = ""
    letters: Words = ""


class OfficesSection(_Section):
    """`[offices]`: how papers call the offices around this one, in full; what is not given has a general name."""

    county: Words = ""  # 岚溪县
    bureau: Words = "县教育局"
    government: Words = "县人民政府"
    city_bureau: Words = "市教育局"
    township: Words = ""  # the township the school lies in
    township_title: Literal["函", "通报"] = "函"  # how the county calls its letter to a township


class Config(_Section):
    """Everything `dropctl.toml` may hold; `people` is duty → person, both in the school's own words."""

    school: SchoolSection
    terms: tuple[TermSection, ...] = ()
    closures: tuple[ClosureSection, ...] = ()
    people: dict[str, Words] = {}
    calendar: CalendarSection = CalendarSection()
    plan: PlanSection = PlanSection()
    numbering: NumberingSection = NumberingSection()
    offices: OfficesSection = OfficesSection()

    @model_validator(mode="after")
    def _terms_apart(self) -> Self:
        ordered = sorted(self.terms, key=lambda term: term.opening)
        for before, after in pairwise(ordered):
            if after.opening <= before.closing:
                raise ValueError(f"terms 中“{before.name}”和“{after.name}”的日期重叠")
        names = [term.name for term in ordered]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"terms 中有两个学期都叫“{twice[0]}”")
        return self


_FAULTS = {
    "missing": "没有写",
    "extra_forbidden": "不是认识的项",
    "literal_error": '只能是 "school" 或 "county"',
    "tuple_type": "应当是一组，写在方括号里",
    "dict_type": "应当是一节",
    "model_type": "应当是一节",
    "model_attributes_type": "应当是一节",
}


def checked(document: Mapping[str, Any], where: str) -> Config:
    """Return the settings in `document`; Refused with up to three faults, by key, never by value."""
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        said = []
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            parts = [f"第{part + 1}项" if isinstance(part, int) else str(part) for part in fault["loc"]]
            sentence = fault["msg"].removeprefix("Value error, ")
            # A sentence of pydantic's own is English; only those of this room are passed on.
            sentence = sentence if fault["type"] == "value_error" else _FAULTS.get(fault["type"], "的写法不对")
            said.append(f"{' '.join(parts)} {sentence}".strip())
        more = f"；另有{len(said) - 3}处" if len(said) > 3 else ""
        raise Refused("；".join(said[:3]) + more, where=where, todo="用记事本改正后再试") from None
