"""控辍保学工作月报 and 零报告 (方案一, once a month): a school to the county bureau, figures and the lists behind them.

No ID number stands on it (CONTRACT §9). A context whose figures do not balance, or whose grades do not add up to the
total, cannot be made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PLACED = tuple(f"Z0{n}" for n in range(2, 10))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class GradeRow(_Part):
    """One grade, 小学, 初中 or 合计: figure id → value."""

    label: str
    z: Mapping[str, int]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.z["Z01"] != sum(self.z[figure] for figure in PLACED):
            raise ValueError(f"{self.label}：在册不等于各栏之和")
        return self


class Bar(_Part):
    """One bar of the chart: who is not in school, or in doubt."""

    label: str
    dropout: int
    suspected: int
    waiting: int
    grounds: int
    gone: int


class CaseRow(_Part):
    """One case that is open, or changed in the month."""

    number: str
    name: str | None = Field(title="姓名")
    class_name: str | None = Field(title="班级")
    since: date
    mark: str
    state: str
    responsible: str | None = Field(title="责任人")
    month: str  # what happened in it this month


class PupilRow(_Part):
    """One pupil to be looked at who has no case."""

    class_name: str | None = Field(title="班级")
    name: str | None = Field(title="姓名")
    place: str
    why: str


class SilentRow(_Part):
    """One class with days nobody reported."""

    class_name: str
    pupils: int
    school_days: int
    missing: int
    days: str


class Difference(_Part):
    """One figure beside last month's, and why it differs."""

    label: str
    before: int
    redefined: int
    corrected: int
    changed: int
    after: int

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.before + self.redefined + self.corrected + self.changed != self.after:
            raise ValueError(f"{self.label}：上月数加各项变化不等于本月数")
        return self


class Reading(_Part):
    """One reading of ours where the plan is silent."""

    id: str
    clause: str
    text: str


class ZeroReport(_Part):
    """Everything the wording of a report without marked children may ask for."""

    school: str
    addressee: str
    month: str
    cutoff: date
    reported_on: date
    roster_day: date
    last_school_day: date | None = Field(title="月末最后一个上课日")
    correction: str  # empty for the first report of the month
    vacation: bool
    z: Mapping[str, int]
    primary: Mapping[str, int]
    junior: Mapping[str, int]
    grades: tuple[GradeRow, ...]
    chart: tuple[Bar, ...]
    absent_lately: int
    named_waiting: int
    silent_pupils: int
    unreported: str  # the classes with unreported days; empty when there are none
    cases: tuple[CaseRow, ...]
    waiting: tuple[PupilRow, ...]
    silent: tuple[SilentRow, ...]
    readings: tuple[Reading, ...]
    compared: bool
    before_month: str
    comparison: str
    remarks: str | None = Field(title="请学校填写，没有的写“无”")
    registrar: str | None = Field(title="填表人")
    reviewer: str | None = Field(title="审核人")
    principal: str | None = Field(title="校长")
    phone: str | None = Field(title="联系电话")

    @model_validator(mode="after")
    def _balances(self) -> Self:
        z = self.z
        if z["Z03"] != z["Z20"] + z["Z21"] - z["Z22"] - z["Z23"] - z["Z24"] + z["Z25"]:
            raise ValueError("疑似辍学的期末数不等于期初加减各项")
        if z["Z02"] != z["Z30"] + z["Z31"] - z["Z32"] - z["Z34"] + z["Z35"]:
            raise ValueError("辍学的期末数不等于期初加减各项")
        single = [row for row in self.grades if row.label not in ("小学", "初中", "合计")]
        for figure in ("Z01", *PLACED, "Z10", "Z11"):
            if z[figure] != sum(row.z[figure] for row in single):
                raise ValueError(f"合计的 {figure} 不等于各年级之和")
        if self.named_waiting + self.silent_pupils != z["Z08"]:
            raise ValueError("待核实的两部分相加不等于待核实人数")
        return self


class MonthlyReport(ZeroReport):
    """Everything the wording of a report may ask for."""

    opening: str  # where the opening figures come from
    overdue_marks: int
    differences: tuple[Difference, ...]
