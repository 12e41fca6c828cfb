"""What a person is told after a scan of the absence lists, and the same as a JSON object: plain values, no terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from dropctl.findings import ABSENCE_KINDS, CERTAINTIES, KINDS
from dropctl.procedures.attendance import WORKBOOK, AttendanceOutcome
from dropctl.procedures.term_start_brief import BriefTable, TermStartBrief, inputs_table, issues_table
from dropctl.vocabulary import grade_label
from dropctl.workbooks.attendance import FLAG_LABELS, days_by_month

_RUNS_SHOWN = 20
_CLASSES_SHOWN = 15


def must_decide(outcome: AttendanceOutcome) -> bool:
    """Return whether people must decide something: a finding to confirm, a silent class, a name in doubt."""
    certain = outcome.findings.filter((pl.col("certainty") == "certain") & (pl.col("kind") != "absence_unreported"))
    return len(certain) < len(outcome.findings) or outcome.unsure > 0


def brief(
    outcome: AttendanceOutcome, *, out: Path | None, workbook: bool = True, verbose: bool = False
) -> TermStartBrief:
    """Return what to tell a person, the worst first; `out` is the folder written to (None: nothing was)."""
    days = len(outcome.term_days)
    missing = int(outcome.classes["unreported"].list.len().sum())
    head = [
        f"{outcome.school or '（名册上没有学校名称）'}　开学 {outcome.opening}　核对基准日 {outcome.as_of}",
        f"本学期到这天{days}个上课日，{len(outcome.classes)}个班"
        + (f"，还有{missing}个班次（班×上课日）没有上报" if missing else "，考勤全部上报"),
    ]
    if outcome.since_last:
        since = outcome.since_last
        head.append(f"与上次核对相比：新增{since.new}条，消失{since.gone}条，不变{since.unchanged}条")
    tables = [
        _runs(outcome, verbose),
        _findings(outcome),
        classes_table(outcome, verbose=verbose),
        issues_table(outcome.issues),
        inputs_table(outcome.inputs),
    ]
    return TermStartBrief(
        tuple(head),
        tuple(table for table in tables if table is not None),
        (*outcome.this_time, *outcome.notes),
        tuple(_steps(outcome, out, workbook)),
    )


def _runs(outcome: AttendanceOutcome, verbose: bool) -> BriefTable | None:
    lines = [line for line in outcome.told if verbose or line.run.kind is not None or not line.run.ended]
    shown = lines if verbose else lines[:_RUNS_SHOWN]
    rows = tuple(
        (
            line.class_name or grade_label(line.grade), line.name or "（无姓名）", line.child,
            line.run.first.isoformat(),
            line.run.certain_days, line.run.possible_days, FLAG_LABELS[line.run.flag],
            line.run.dropout_date.isoformat() if line.run.dropout_date else "—",
            "已到校" if line.run.ended else "仍未到校" if line.run.certain_days else "说不清",
        )
        for line in shown
    )  # fmt: skip
    if not rows:
        return None
    left = f"（另有{len(lines) - len(rows)}段见“缺勤经过”表）" if len(lines) > len(rows) else ""
    headings = ("班级", "姓名", "编号", "从哪天起", "无故未到", "连同不明", "程度", "转辍学日（推算）", "现在")
    return BriefTable(f"谁没到校，最严重的在前{left}", headings, rows)


def _findings(outcome: AttendanceOutcome) -> BriefTable | None:
    rows = []
    for kind in KINDS:
        found = outcome.findings.filter(pl.col("kind") == kind.id)
        if len(found):
            counts = [found.filter(pl.col("certainty") == certainty).height for certainty in CERTAINTIES]
            rows.append((kind.label, found.height, *counts, kind.clause))
    headings = ("发现（同名工作表里有明细）", "合计", *CERTAINTIES.values(), "条款")
    return BriefTable("发现了什么", headings, tuple(rows)) if rows else None


def classes_table(outcome: AttendanceOutcome, *, verbose: bool = False) -> BriefTable | None:
    """Return the classes with unreported days, the most silent first; with `verbose` all classes, in their order."""
    rows = [
        (
            row["class_name"] or grade_label(row["grade"]), row["school_days"], row["reported"], len(row["unreported"]),
            days_by_month(row["unreported"]) or "—",
        )
        for row in outcome.classes.iter_rows(named=True)
        if verbose or row["unreported"]
    ]  # fmt: skip
    if not rows:
        return None
    left = 0
    if not verbose:
        rows.sort(key=lambda row: -row[3])
        left = max(len(rows) - _CLASSES_SHOWN, 0)
        rows = rows[:_CLASSES_SHOWN]
    more = f"（另有{left}个班见“各班上报”表）" if left else ""
    return BriefTable(f"各班考勤上报{more}", ("班级", "上课日", "已报", "未报", "未报的日子"), tuple(rows))


def _steps(outcome: AttendanceOutcome, out: Path | None, workbook: bool) -> list[str]:
    count = {kind: outcome.findings.filter(pl.col("kind") == kind).height for kind in ABSENCE_KINDS}
    steps = []
    if out is not None and workbook:
        steps.append(f"打开 {out / WORKBOOK}，先看“缺勤经过”，有疑问的看“逐日说明”")
    if count["dropout"]:
        steps.append(f"{count['dropout']}名学生按方案推算已转辍学：核对学籍系统的标注，继续劝返，按规定书面报告")
    if count["suspected_dropout"]:
        steps.append(f"当天在学籍系统给{count['suspected_dropout']}名学生标注“疑似辍学”，落实专人联系家长劝返")
    if count["day_five_report"]:
        steps.append(f"{count['day_five_report']}名学生已到第五天：班主任当天报学籍管理员，问清原因和去向")
    if count["absence_unreported"]:
        steps.append(f"请{count['absence_unreported']}个班补报考勤（全班都到校的日子写“无”），再核对一次")
    if count["possible_suspected_dropout"]:
        steps.append(f"{count['possible_suspected_dropout']}名学生若没报的日子也没到就超过五天：先补报，同时联系家长")
    if count["frequent_absence"]:
        steps.append(f"{count['frequent_absence']}名学生零散旷课较多：班主任联系家长问清原因（只提示，不标注）")
    if outcome.unsure:
        steps.append(f"考勤表里有{outcome.unsure}个名字分不清是谁（见“问题单元格”）：补写学籍号或改正姓名")
    return steps or ["没有发现问题，不用做什么"]


def document(outcome: AttendanceOutcome, outputs: Sequence[Path]) -> dict[str, object]:
    """Return the JSON object of `attendance scan` without its leading `schema` (CONTRACT §11)."""
    kinds = outcome.findings["kind"].to_list()
    severities = outcome.issues["severity"].to_list()
    since = outcome.since_last
    return {
        "as_of": outcome.as_of.isoformat(),
        "opening": outcome.opening.isoformat(),
        "school": outcome.school,
        "plan": outcome.plan_digest,
        "inputs": [
            {
                "file": entry.file, "sheet": entry.sheet, "register": entry.register, "rows_read": entry.rows_read,
                "rows_kept": entry.rows_kept, "rows_set_aside": entry.rows_set_aside, "rows_blank": entry.rows_blank,
            }
            for entry in outcome.inputs
        ],
        "runs": [
            {
                "child": line.child,
                "name": line.name,
                "class_name": line.class_name,
                "from": line.run.first.isoformat(),
                "to": line.run.last.isoformat(),
                "ended": line.run.ended,
                "certain_days": line.run.certain_days,
                "possible_days": line.run.possible_days,
                "flag": line.run.flag,
                "flag_date": line.run.flag_date.isoformat() if line.run.flag_date else None,
                "dropout_date": line.run.dropout_date.isoformat() if line.run.dropout_date else None,
            }
            for line in outcome.told
        ],
        "findings": {kind.id: kinds.count(kind.id) for kind in KINDS if kind.id in ABSENCE_KINDS},
        "issues": {severity: severities.count(severity) for severity in ("error", "warning", "note")},
        **status_document(outcome),
        "outputs": [str(path) for path in outputs],
        "since_last": {"new": since.new, "gone": since.gone, "unchanged": since.unchanged} if since else None,
        "notes": [*outcome.this_time, *outcome.notes],
    }  # fmt: skip


def status_document(outcome: AttendanceOutcome) -> dict[str, object]:
    """Return the part of the JSON that says which class has reported which school days."""
    return {
        "school_days": [day.isoformat() for day in outcome.term_days],
        "classes": [
            {
                "school": row["school"], "grade": row["grade"], "class_name": row["class_name"],
                "pupils": row["pupils"], "reported": row["reported"],
                "unreported": [day.isoformat() for day in row["unreported"]],
            }
            for row in outcome.classes.iter_rows(named=True)
        ],
    }  # fmt: skip
