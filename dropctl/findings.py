"""The sentence every rule speaks: who, which clause, on what evidence, as of when (CONTRACT §11).

A finding never repairs and never decides; it shows. This room knows no rule and no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

FINDING_SCHEMA: dict[str, pl.DataType] = {
    "finding_id": pl.String(),
    "kind": pl.String(),
    "clause": pl.String(),
    "school": pl.String(),
    "grade": pl.String(),
    "class_name": pl.String(),
    "name": pl.String(),
    "id_number": pl.String(),
    "enrollment_number": pl.String(),
    "sex": pl.String(),
    "birth_date": pl.Date(),
    "register": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int64(),
    "other_register": pl.String(),
    "other_file": pl.String(),
    "other_sheet": pl.String(),
    "other_row": pl.Int64(),
    "certainty": pl.String(),
    "reason": pl.String(),
    "next_step": pl.String(),
    "triage": pl.String(),
    "as_of": pl.Date(),
    "due_date": pl.Date(),
}


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One kind of finding: its id, the word a registrar reads, its clause and what it is about."""

    id: str
    label: str
    clause: str
    meaning: str


KINDS: tuple[FindingKind, ...] = (
    FindingKind("not_returned", "在籍未返校", "三.5", "学籍名册上应到校，返校名单上没有到校的学生"),
    FindingKind("presence_unreported", "返校名单未报", "三.5", "没有交返校名单的班级，或名单上到校情况未填的学生"),
    FindingKind(
        "lawfully_absent",
        "有手续未到校",
        "三.5",
        "有休学、延缓入学、送教上门、请假等手续（或声称有）而未到校",
    ),
    FindingKind("unregistered", "在校无学籍", "三.2", "人在学校，学籍名册上没有"),
    FindingKind(
        "identity_mismatch",
        "身份信息不一致",
        "三.2",
        "同一学生的姓名、证件号、性别或出生日期在两份名单上不同",
    ),
    FindingKind("identity_invalid", "证件号有误", "三.2", "校验位、日期、性别、位数不对，或被表格软件损坏的证件号"),
    FindingKind("duplicate_registration", "重复登记", "三.2", "一人登记两次，或两人同用一个证件号"),
    FindingKind("not_located", "名单上未定位", "三.3", "在县里名单或上期名册上、适龄，而本校名册和返校名单上都没有"),
    FindingKind("poverty_unmarked", "脱贫监测未标注", "三.1", "在脱贫户、监测对象名单上，学籍名册未标注"),
    FindingKind("poverty_unlisted", "标注脱贫但不在名单", "三.1", "学籍名册标注了，名单上没有"),
    FindingKind("disability_unmarked", "残疾未标注", "三.1", "在残疾人名单上，学籍名册未标注"),
    FindingKind("disability_unlisted", "标注残疾但不在名单", "三.1", "学籍名册标注了，残疾人名单上没有"),
    FindingKind("contact_missing", "联系方式缺失", "三.2", "监护人电话不可用，或没有住址"),
    FindingKind("transfer_pending", "转学未办结", "三.2", "转学超过10个工作日既未办结也未撤回"),
    FindingKind("register_outdated", "名册已过期", "三.1", "学籍名册是上一学年的"),
    FindingKind("status_conflict", "学籍状态矛盾", "三.2", "学籍状态不应有，或与到校情况矛盾"),
    FindingKind("dropout", "推算已转辍学", "三.2", "标注疑似辍学后超过规定时间没有复学，按方案推算已转为辍学"),
    FindingKind("suspected_dropout", "疑似辍学", "三.2", "无正当原因未到校超过规定的上课日数，应标注疑似辍学"),
    FindingKind("day_five_report", "第五天未到报告", "三.2", "无正当原因连续未到校，到了班主任须报学籍管理员的那一天"),
    FindingKind(
        "possible_suspected_dropout", "可能疑似辍学", "三.2", "把没有上报的日子算作未到，就会超过规定的上课日数"
    ),
    FindingKind("absence_unreported", "考勤未报", "三.2", "有上课日没有上报考勤的班级"),
    FindingKind("frequent_absence", "零散旷课较多", "三.2", "一学期零散旷课较多，没有连到标注的程度"),
)
# The kinds that come from absence lists: where none was read, nothing is known about them.
ABSENCE_KINDS = (
    "dropout", "suspected_dropout", "day_five_report", "possible_suspected_dropout", "absence_unreported",
    "frequent_absence",
)  # fmt: skip
KIND_BY_ID = {kind.id: kind for kind in KINDS}
CERTAINTIES = {"certain": "确定", "to_confirm": "待确认", "claimed": "有说法缺材料"}
TRIAGES = {
    "data_fault": "先核对数据",
    "elsewhere": "可能在别处就读",
    "lawful_absence": "可能有合法事由",
    "unreachable": "联系不上",
    "to_contact": "立即联系",
    "none": "—",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of `findings.parquet`; `key` is what makes it the same finding in the next run (CONTRACT §7)."""

    kind: str
    key: tuple[str, ...]
    as_of: date
    reason: str
    next_step: str
    certainty: str = "certain"
    triage: str = "none"
    school: str | None = None
    grade: str | None = None
    class_name: str | None = None
    name: str | None = None
    id_number: str | None = None
    enrollment_number: str | None = None
    sex: str | None = None
    birth_date: date | None = None
    register: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    other_register: str | None = None
    other_file: str | None = None
    other_sheet: str | None = None
    other_row: int | None = None
    due_date: date | None = None
    ground: str | None = None  # of lawfully_absent: 休学, 请假 …; beside the columns of the frame

    @property
    def clause(self) -> str:
        """The clause of the plan this kind of finding answers to."""
        return KIND_BY_ID[self.kind].clause

    @property
    def finding_id(self) -> str:
        """`F-` and ten letters or digits made from the key, the same in every run that finds it again."""
        return "F-" + short_digest((self.kind, *self.key))


def short_digest(parts: Iterable[object]) -> str:
    """Return ten characters that stand for `parts`; no part may be a full ID number (it could be guessed back)."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:10].upper()


def findings_frame(findings: Sequence[Finding]) -> pl.DataFrame:
    """Return the findings as a frame of `FINDING_SCHEMA`, sorted by kind, school, grade, class, name, ID."""
    rows = [tuple(getattr(finding, name) for name in FINDING_SCHEMA) for finding in findings]
    frame = pl.DataFrame(rows, schema=FINDING_SCHEMA, orient="row")
    order = ("kind", "school", "grade", "class_name", "name", "id_number")
    return frame.sort(*order, "file", "sheet", "row", "finding_id", nulls_last=True, maintain_order=True)
