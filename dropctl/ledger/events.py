"""What one event of the ledger is, which kinds there are, and how it is written down and chained.

An event has two halves. `facts` are codes, numbers and dates. What tells about a person stands apart, in named
parts, each under a random id; the chain holds only a salted digest of each part, so that a part can one day be
erased without breaking the chain (decision D-50).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# Every kind of event → what a registrar calls it.
KINDS: dict[str, str] = {
    "children": "登记儿童",
    "reconciled": "开学核对",
    "scanned": "考勤核对",
    "duty_done": "办结事项",
    "case_opened": "立案",
    "finding_joined": "又有发现",
    "finding_gone": "发现已消失",
    "case_facts": "更新基本情况",
    "assigned": "指定责任人",
    "contacted": "联系、走访",
    "causes": "原因",
    "whereabouts": "核实去向",
    "rung_reached": "文书与报告",
    "number_issued": "文书编号",
    "served": "文书送达",
    "report_arrived": "收到学校报告",
    "revealed": "显示完整证件号",
    "marked": "学籍标注",
    "return_reported": "报告返校",
    "return_confirmed": "返校属实",
    "return_broken": "返校后又缺课",
    "plan_confirmed": "一人一案",
    "closed": "销案",
    "reopened": "重新立案",
    "month_reported": "月报报出",
    "voided": "作废一条记录",
    "corrected": "更正一条记录",
    "home_visit": "送教上门",
    "letter_received": "收到协查函",
    "letter_replied": "协查复函",
    "letter_closed": "协查办结",
    "care_entrusted": "登记受限名册",
    "care_ended": "移出受限名册",
    "restored": "从备份恢复",
}
START = "0" * 64  # what the first event has for the hash of the one before it


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to be recorded. `subject` is the case or child it is about, "" for the workspace as a whole.

    `personal`: part name → values that tell about a person. `once`: a key under which nothing is recorded twice.
    """

    kind: str
    subject: str
    happened_on: date
    facts: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded event. A part that was erased is missing from `personal`."""

    seq: int
    batch: int  # the seq of the first event of the same command
    command: str
    kind: str
    subject: str
    happened_on: date
    recorded_as_of: date
    facts: Mapping[str, Any]
    personal: Mapping[str, Mapping[str, Any]]
    hash: str

    def said(self, key: str, part: str = "") -> Any:
        """Return a personal value of the event; None where it was not given or has been erased."""
        return self.personal.get(part, {}).get(key)


def canonical(value: object) -> str:
    """Return `value` as JSON text that is the same for equal values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be recorded")


def chained(previous: str, row: tuple[object, ...]) -> str:
    """Return the hash of an event: SHA-256 over the hash before it and the row as it is stored."""
    text = f"{previous}\n{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}"
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def sealed(salt: str, body: str) -> str:
    """Return the salted digest of a personal part, which is all that the chain knows of it."""
    return hashlib.sha256(f"{salt}\n{body}".encode(errors="surrogateescape")).hexdigest()
