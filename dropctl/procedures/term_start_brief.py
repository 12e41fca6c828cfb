"""What a person is told after a term-start reconciliation, and the same as a JSON object: plain values, no terminal.

`reconcile` and `demo` print it. No ID number is in it: names stand in the workbook, not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from dropctl.errors import place
from dropctl.findings import CERTAINTIES, KINDS
from dropctl.procedures.outcome import InputCount, TermStartOutcome
from dropctl.vocabulary import QUESTION_SHEET, SEVERITIES, grade_label

_ISSUES_SHOWN = 8
# Of equal severity, what leaves a child in doubt goes before what is only untidy, however often that occurs.
_TOLD_FIRST = frozenset(
    {
        "name_unsure", "not_on_register", "presence_contradicted", "list_miscounted", "list_incomplete",
        "list_of_absentees", "name_note", "name_unreadable",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BriefTable:
    """A small table: title, headings, one value per heading in each row."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class TermStartBrief:
    """The outcome in the order in which it is read: head lines, tables, notes, what to do next."""

    head: tuple[str, ...]
    tables: tuple[BriefTable, ...]
    notes: tuple[str, ...]
    steps: tuple[str, ...]


def must_decide(outcome: TermStartOutcome) -> bool:
    """Return whether people must decide something: pairs to review, findings to confirm, cases held back."""
    unsure = not outcome.findings.filter(pl.col("certainty") != "certain").is_empty()
    return unsure or _questions(outcome) > 0 or outcome.cases.held_back


def _questions(outcome: TermStartOutcome) -> int:
    """Return how many pairs a person has to answer."""
    return outcome.reviews.filter(~pl.col("suggested")).height


def brief(
    outcome: TermStartOutcome, *, out: Path | None, workbook: bool = True, verbose: bool = False
) -> TermStartBrief:
    """Return what to tell a person.

    `out` is the folder written to (None: nothing was), `workbook` whether 核对结果.xlsx is in it.
    """
    presence = outcome.presence
    head = [
        f"{outcome.school or '（名册上没有学校名称）'}　开学 {outcome.opening}　核对基准日 {outcome.as_of}",
        f"返校名单：{presence.classes}个班中交了{presence.reported}个"
        + (f"，{presence.unknown_pupils}名学生到校情况不明" if presence.unknown_pupils else ""),
    ]
    if outcome.since_last:
        since = outcome.since_last
        head.append(f"与上次核对相比：新增{since.new}条，消失{since.gone}条，不变{since.unchanged}条")
    tables = [
        inputs_table(outcome.inputs),
        _findings(outcome),
        _classes(outcome, verbose),
        issues_table(outcome.issues),
    ]
    return TermStartBrief(
        tuple(head),
        tuple(table for table in tables if table is not None),
        (*outcome.this_time, *outcome.notes),
        tuple(_steps(outcome, out, workbook)),
    )


def inputs_table(inputs: Sequence[InputCount]) -> BriefTable:
    """Return where the rows of each sheet went, with a sum line."""
    rows: list[tuple[object, ...]] = [
        (
            entry.file, entry.sheet or "—",
            entry.taken_as, entry.rows_read, entry.rows_kept,
            entry.rows_set_aside, entry.rows_blank,
        )
        for entry in inputs
    ]  # fmt: skip
    sums = [sum(getattr(entry, name) for entry in inputs) for name in _COUNTS]
    rows.append(("合计", "", "", *sums))
    headings = ("文件", "工作表", "认作", "读到行数", "= 采用", "+ 不指人的行", "+ 空行")
    return BriefTable("读了哪些表", headings, tuple(rows))


_COUNTS = ("rows_read", "rows_kept", "rows_set_aside", "rows_blank")


def _findings(outcome: TermStartOutcome) -> BriefTable | None:
    rows = []
    for kind in KINDS:
        found = outcome.findings.filter(pl.col("kind") == kind.id)
        if found.is_empty():
            continue
        counts = [found.filter(pl.col("certainty") == certainty).height for certainty in CERTAINTIES]
        due = _earliest(found["due_date"].to_list())
        rows.append((kind.label, found.height, *counts, due.isoformat() if due else "—", kind.clause))
    headings = ("发现（同名工作表里有明细）", "合计", *CERTAINTIES.values(), "办理期限", "条款")
    return BriefTable("发现了什么", headings, tuple(rows)) if rows else None


def _classes(outcome: TermStartOutcome, verbose: bool) -> BriefTable | None:
    rows = []
    several = outcome.classes["school"].drop_nulls().n_unique() > 1
    for row in outcome.classes.iter_rows(named=True):
        wrong = not row["reported"] or any(row[key] for key in ("not_returned", "unknown", "unregistered"))
        if verbose or wrong:
            name = row["class_name"] or f"{grade_label(row['grade'])}（班级不明）"
            name = f"{row['school'] or '学校不明'} {name}" if several else name
            returned = row["returned"] if row["reported"] else "未报"
            rest = (row["not_returned"], row["lawfully_absent"], row["unknown"], row["unregistered"])
            rows.append((name, row["expected"], returned, *rest))
    title = "各班情况" if verbose else f"要关注的班级（共{outcome.classes.height}个班，其余正常）"
    headings = ("班级", "应到", "已返校", "未返校", "有手续", "不明", "在校无学籍")
    return BriefTable(title, headings, tuple(rows)) if rows else None


def issues_table(issues: pl.DataFrame) -> BriefTable | None:
    """Return the kinds of issues, the worst first, each with its first place; None without any."""
    if issues.is_empty():
        return None
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    grouped = (
        issues.group_by("severity", "code", "message", maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("file").first(), pl.col("sheet").first(), pl.col("cell").first())
        .rows(named=True)
    )
    grouped.sort(
        key=lambda row: (order.get(row["severity"], 9), row["code"] not in _TOLD_FIRST, -row["count"], row["message"])
    )
    rows = tuple(
        (
            SEVERITIES.get(row["severity"], row["severity"]), row["count"], row["message"],
            " · ".join(str(part) for part in (row["file"], row["sheet"], row["cell"]) if part),
        )
        for row in grouped[:_ISSUES_SHOWN]
    )  # fmt: skip
    left = len(grouped) - len(rows)
    title = "表格里的问题" + (f"（最要紧的{len(rows)}种，另有{left}种见 issues.parquet）" if left else "")
    return BriefTable(title, ("程度", "处数", "问题", "第一处"), rows)


def _earliest(days: Sequence[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _steps(outcome: TermStartOutcome, out: Path | None, workbook: bool) -> list[str]:
    """Return what to do, the most urgent first."""
    count = {kind.id: outcome.findings.filter(pl.col("kind") == kind.id).height for kind in KINDS}
    claimed = outcome.findings.filter(pl.col("certainty") == "claimed").height
    deadline = next((line for line in outcome.deadlines if line.clause == "三.5"), None)
    by = f"，{deadline.due_date}前办完" if deadline else ""
    steps = []
    if out is not None and workbook:
        steps.append(f"打开 {out / '核对结果.xlsx'}，先看第一张汇总表，再看各张明细")
    if outcome.cases.held_back:
        steps.append("先查名单是否给错、交全：涉及人数过多，这次没有立案；核实无误后加 --yes 再核对一次")
    if outcome.cases.opened:
        steps.append(f"新立案{len(outcome.cases.opened)}件：用 dropctl case list 查看，今天就联系并逐次登记{by}")
    if outcome.cases.gone:
        steps.append(f"{len(outcome.cases.gone)}件个案的情况变了（不再是“未返校”）：核实后确认是否销案，见 dropctl due")
    if count["register_outdated"]:
        steps.append("学籍名册是上一学年的：从学籍系统导出本学年的名册，替换后再核对一次")
    if count["presence_unreported"]:
        steps.append(f"向班主任催要返校名单（“返校名单未报”表，{count['presence_unreported']}项），收齐后再核对一次")
    if count["not_returned"]:
        first = outcome.findings.filter(pl.col("kind") == "not_returned")["triage"].to_list().count("data_fault")
        check = f"，其中{first}名先核对数据" if first else ""
        steps.append(f"联系“在籍未返校”表中{count['not_returned']}名学生的监护人{check}，问清去向并记下{by}")
    if claimed:
        steps.append(f"补齐{claimed}名学生的休学、请假等审批材料（确定程度为“{CERTAINTIES['claimed']}”的行）")
    if questions := _questions(outcome):
        pairs = f"在“{QUESTION_SHEET}”表里逐对判断是不是同一个孩子（{questions}对）"
        steps.append(f"{pairs}，填好后用 dropctl review apply 读回")
    if count["transfer_pending"]:
        steps.append(f"催办“转学未办结”的{count['transfer_pending']}件转学")
    open_letters = outcome.letters.filter((pl.col("direction") == "来函") & pl.col("answered").is_null()).height
    if open_letters:
        steps.append(f"按“协查函核对”表回复{open_letters}件协查函")
    if count["not_located"]:
        doubtful = outcome.findings.filter(
            (pl.col("kind") == "not_located") & (pl.col("triage") == "data_fault")
        ).height
        perhaps = f"（其中{doubtful}个可能就是名册上的学生，先看配对的两张表）" if doubtful else ""
        steps.append(f"查找“名单上未定位”的{count['not_located']}个孩子{perhaps}：问村（社区）和其他学校")
    data = ("identity_mismatch", "identity_invalid", "duplicate_registration", "status_conflict", "contact_missing")
    if wrong := sum(count[kind] for kind in data):
        steps.append(f"对照户口本改正学籍信息{wrong}处（证件号、姓名、重复登记、联系方式等表）")
    if count["unregistered"]:
        steps.append(f"为“在校无学籍”的{count['unregistered']}名学生补建学籍或办转入（一年级、七年级新生按期限办）")
    marks = ("poverty_unmarked", "poverty_unlisted", "disability_unmarked", "disability_unlisted")
    if wrong := sum(count[kind] for kind in marks):
        steps.append(f"核对脱贫监测、残疾标注{wrong}处")
    if strange := [
        place(entry.file, entry.sheet) for entry in outcome.inputs if entry.register is None and not entry.is_no_list
    ]:
        named = "、".join(strange[:3]) + (f"等{len(strange)}张" if len(strange) > 3 else "")
        steps.append(f"{named}没有认出是什么名单（或有两栏分不清），没有采用：里面有学生的话，改正标题行或用 --as 指定")
    return steps or ["没有发现问题，不用做什么"]


def document(outcome: TermStartOutcome, outputs: Sequence[Path]) -> dict[str, object]:
    """Return the JSON object of `reconcile` without its leading `schema` (INTERFACE, CONTRACT §11)."""
    kinds = outcome.findings["kind"].to_list()
    decisions = outcome.links["decision"].to_list()
    severities = outcome.issues["severity"].to_list()
    since = outcome.since_last
    return {
        "as_of": outcome.as_of.isoformat(),
        "opening": outcome.opening.isoformat(),
        "school": outcome.school,
        "inputs": [
            {"file": entry.file, "sheet": entry.sheet, "register": entry.register}
            | {name: getattr(entry, name) for name in _COUNTS}
            for entry in outcome.inputs
        ],
        "findings": {kind.id: kinds.count(kind.id) for kind in KINDS},
        "links": {decision: decisions.count(decision) for decision in ("accepted", "review", "rejected")},
        "issues": {severity: severities.count(severity) for severity in SEVERITIES},
        "outputs": [str(path) for path in outputs],
        "presence": {
            "classes": outcome.presence.classes,
            "reported": outcome.presence.reported,
            "unknown_pupils": outcome.presence.unknown_pupils,
        },
        "since_last": {"new": since.new, "gone": since.gone, "unchanged": since.unchanged} if since else None,
        "cases": {
            "candidates": outcome.cases.candidates,
            "held_back": outcome.cases.held_back,
            "reason": outcome.cases.reason,
            "opened": list(outcome.cases.opened),
            "gone": list(outcome.cases.gone),
        },
        "notes": [*outcome.this_time, *outcome.notes],
    }
