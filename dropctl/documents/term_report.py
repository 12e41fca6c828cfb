"""开学返校情况摸排报告 (三.1, due two weeks after opening): a school to the county bureau, counts and the list.

No ID number stands on it (CONTRACT §9). Every total is the sum of its grades, and 未返校 is the sum of its reasons;
a context for which that does not hold cannot be made.
"""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

REASONS = {
    "suspended": "休学",
    "deferred": "延缓入学",
    "home_taught": "送教上门",
    "on_leave": "请假",
    "unable": "不具备学习能力",
    "elsewhere": "在别处就读待核实",
    "doubtful": "信息待核对",
    "to_contact": "待联系劝返",
    "unknown": "情况未报",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class GradeLine(_Part):
    """One grade, or the whole school: pupils by what is known of them."""

    label: str
    expected: int
    returned: int
    missing: int
    suspended: int
    deferred: int
    home_taught: int
    on_leave: int
    unable: int
    elsewhere: int
    doubtful: int
    to_contact: int
    unknown: int
    rate: str
    unregistered: int

    @model_validator(mode="after")
    def _balances(self) -> Self:
        if self.missing != self.expected - self.returned or self.missing != sum(getattr(self, key) for key in REASONS):
            raise ValueError(f"{self.label}：应返校与已返校之差，不等于各类原因之和")
        return self


class PupilLine(_Part):
    """One pupil who did not return, or of whom nothing is known."""

    class_name: str | None = Field(title="班级")
    name: str | None = Field(title="姓名")
    sex: str | None = Field(title="性别")
    category: str
    explanation: str
    next_step: str


class TermReport(_Part):
    """Everything the wording of the report may ask for."""

    school: str | None = Field(title="学校名称")
    addressee: str
    term: str
    opening: date
    as_of: date
    reported_on: date
    total: GradeLine
    grades: tuple[GradeLine, ...]
    pupils: tuple[PupilLine, ...]
    reasons: str  # 休学3人、请假1人 …; empty when nobody is missing
    unreported: str  # the classes without a list; empty when all handed one in
    in_unreported: int  # pupils of those classes
    to_contact: int
    entrants: int
    identity_faults: int
    duplicates: int
    status_faults: int
    special_checked: bool
    poverty_unmarked: int
    disability_unmarked: int
    marked_unlisted: int
    not_located: int
    registrar: str | None = Field(title="填表人")
    reviewer: str | None = Field(title="审核人")
    principal: str | None = Field(title="校长")
    phone: str | None = Field(title="联系电话")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        for key in ("expected", "returned", "missing", "unregistered", *REASONS):
            if getattr(self.total, key) != sum(getattr(grade, key) for grade in self.grades):
                raise ValueError(f"合计的 {key} 不等于各年级之和")
        return self
