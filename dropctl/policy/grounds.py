"""Whether a recorded approval makes an absence lawful on a given day (CONTRACT §3, clauses 三.2, 三.4, 三.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropctl.reconcile.people import Person
from dropctl.vocabulary import GROUND_WORDS

_OUTSIDE_APPROVAL = ("休学", "延缓入学")
_AUTHORITIES = (
    "教育局", "教体局", "教育体育局", "教育和体育局", "教科局", "教育科技局", "教委", "教育委员会",
    "人民政府", "乡政府", "镇政府", "县政府", "区政府", "街道办",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """One approval seen from the day of the deciding list."""

    label: str
    person: Person
    starts: date | None
    ends: date | None
    missing: tuple[str, ...]  # what the paper lacks, in Chinese; empty when it stands

    def covers(self, day: date) -> bool:
        """Whether the day lies between the dates of the paper; a missing date does not limit it."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


def ground_of(approval: Person) -> Ground:
    """Return what an approval row stands for and what it lacks."""
    facts = approval.facts
    written = facts.get("ground") or ""
    label = next((ground for word, ground in GROUND_WORDS if word in written), None)
    missing = []
    if label is None:
        missing.append("审批类别")
    for key, word in (
        ("number", "审批文号"),
        ("approver", "审批单位"),
        ("starts", "开始日期"),
        ("ends", "结束日期"),
    ):
        if facts.get(key) is None:
            missing.append(word)
    approver = facts.get("approver")
    if label in _OUTSIDE_APPROVAL and approver and not any(word in approver for word in _AUTHORITIES):
        missing.append("乡镇人民政府或县教育局的批准")
    if label == "不具备学习能力":
        for key, word in (
            ("assessment_number", "专家委员会评估编号"),
            ("health_opinion", "卫健部门意见"),
            ("federation_opinion", "残联意见"),
        ):
            if facts.get(key) is None:
                missing.append(word)
    return Ground(label or written or "未写明类别", approval, facts.get("starts"), facts.get("ends"), tuple(missing))
