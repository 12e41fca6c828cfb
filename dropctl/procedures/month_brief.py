"""What a person is told about a month, two months or one figure, and the same as JSON: plain values, no terminal."""

from __future__ import annotations

from typing import Any

from dropctl.figures import CountedFigure, Line
from dropctl.figures.comparing import CHANGES, Comparison
from dropctl.procedures.month_end import MonthReport
from dropctl.procedures.month_paper import by_grade
from dropctl.procedures.term_start_brief import BriefTable, TermStartBrief

_STOCK = ("Z01", "Z02", "Z03", "Z04", "Z05", "Z06", "Z07", "Z08", "Z09", "Z10", "Z11")
_CHILDREN_SHOWN = 20


def brief(report: MonthReport) -> TermStartBrief:
    """Return what to tell a person: what kind of report it is, the figures, what is to be done before it is sent."""
    figures, gathered = report.counted.figures, report.counted.gathered
    kind = "零报告" if figures.is_zero else "月报"
    issue = f"第{report.number}次（更正）" if report.number > 1 else "第1次"
    head = [
        f"{gathered.school}　{figures.month.label}{kind}　截止 {figures.month.last}",
        f"{issue}，{report.reported_on}报出" + ("" if report.is_new else "（内容没有变，还是那一份）")
        + f"；上报期限 {report.due.due_date}（本县未规定）",
    ]  # fmt: skip
    if report.correction:
        head.append(report.correction)
    z = {one.id: one.value for one in figures.figures}
    labels = [figures[one].label for one in _STOCK]
    rows = [(label, *(values[one] for one in _STOCK)) for label, values in by_grade(figures)]
    moves = [
        ("疑似辍学", *(z[one] for one in ("Z20", "Z21", "Z22", "Z23", "Z24", "Z25", "Z03"))),
        ("辍学", z["Z30"], z["Z31"], z["Z32"], "—", z["Z34"], z["Z35"], z["Z02"]),
    ]
    tables = [
        BriefTable("各年级（人）", ("年级", *labels), tuple(rows)),
        BriefTable("变动（人次）", ("项目", "期初", "新增", "复学（考勤证实）", "转辍学", "其他销案", "更正", "期末"),
                   tuple(moves)),
    ]  # fmt: skip
    if report.comparison is not None:
        tables.append(figure_table(report.comparison, "与上月相比（有变化的）", "上月", "本月"))
    steps = ["核对名单，补上“〔待填〕”的地方，校长签字、盖章后报县教育局教育股"]
    if report.outputs:
        steps.insert(0, f"打开 {report.outputs[0]}，先看“不在校和待核实”")
    return TermStartBrief(tuple(head), tuple(tables), report.notes, tuple(steps))


def document(report: MonthReport) -> dict[str, Any]:
    """Return the JSON object of `monthly-report` without its leading `schema` (CONTRACT §11)."""
    figures, gathered = report.counted.figures, report.counted.gathered
    return {
        "month": str(figures.month),
        "cutoff": figures.month.last.isoformat(),
        "school": gathered.school,
        "reported_on": report.reported_on.isoformat(),
        "number": report.number,
        "new": report.is_new,
        "correction": report.correction or None,
        "due_date": report.due.due_date.isoformat(),
        "figures": [figure_document(one) for one in figures.figures],
        "balances": [
            {"id": one.id, "formula": one.formula, "left": one.left, "right": one.right, "difference": one.difference}
            for one in figures.balances
        ],
        "zero_report": figures.is_zero,
        "vacation": gathered.is_vacation,
        "unreported_classes": [
            {
                "grade": group.grade, "class_name": group.class_name, "pupils": group.pupils,
                "school_days": group.school_days, "unreported": [day.isoformat() for day in group.unreported],
            }
            for group in gathered.unreported
        ],
        "compared": comparison_document(report.comparison) if report.comparison else None,
        "notes": list(report.notes),
        "outputs": [str(path) for path in report.outputs],
    }  # fmt: skip


def figure_document(figure: CountedFigure) -> dict[str, Any]:
    """Return one figure with its list; no ID number stands in it."""
    return {
        "id": figure.id, "label": figure.label, "value": figure.value, "definition": figure.definition,
        "clause": figure.clause, "list": [_line(line) for line in figure.lines],
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {
        "child": line.child, "name": line.who.name, "grade": line.who.grade, "class_name": line.who.class_name,
        "case": line.case, "on": line.on.isoformat() if line.on else None, "amount": line.amount, "why": line.why,
    }  # fmt: skip


def figure_table(comparison: Comparison, title: str, before: str, after: str) -> BriefTable:
    """Return the figures that differ, each with why."""
    rows = [
        (one.id, one.label, one.before, one.redefined, one.corrected, one.changed, one.after)
        for one in comparison.figures
        if one.differs
    ]
    headings = ("项目", "名称", before, "口径变化", "数据更正", "实际变化", after)
    return BriefTable(title, headings, tuple(rows) or (("—", "没有变化", 0, 0, 0, 0, 0),))


def children_table(comparison: Comparison, *, verbose: bool = False) -> BriefTable | None:
    """Return the children who stand elsewhere; None where there are none."""
    people = comparison.children if verbose else comparison.children[:_CHILDREN_SHOWN]
    if not people:
        return None
    labels = {one.id: one.label for one in comparison.figures}
    rows = [
        (CHANGES[one.kind], one.who.class_name or "—", one.child, one.who.name or "（无姓名）",
         labels.get(one.before or "", "不在册"), labels.get(one.after or "", "不在册"), one.why)
        for one in people
    ]  # fmt: skip
    left = len(comparison.children) - len(people)
    more = f"（另有{left}人，用 -v 或 --workbook 看全）" if left else ""
    return BriefTable(f"变化的学生{more}", ("变化", "班级", "编号", "姓名", "之前", "之后", "为什么"), tuple(rows))


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return two months compared, figure by figure and child by child."""
    return {
        "figures": [
            {
                "id": one.id, "label": one.label, "before": one.before, "redefined": one.redefined,
                "corrected": one.corrected, "changed": one.changed, "after": one.after,
            }
            for one in comparison.figures
        ],
        "children": [
            {
                "child": one.child, "name": one.who.name, "class_name": one.who.class_name, "kind": one.kind,
                "before": one.before, "after": one.after, "why": one.why,
            }
            for one in comparison.children
        ],
        "definitions_changed": list(comparison.redefined),
        "plan_changed": comparison.plan_changed,
    }  # fmt: skip
