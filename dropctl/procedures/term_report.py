"""The report of two weeks after opening (三.1): what a school tells the county bureau about who came back.

Counted from the annotated roster of one term-start reconciliation, so that every figure is the length of a list in
核对结果.xlsx. Nothing is matched or judged here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.render import render
from dropctl.documents.term_report import REASONS, GradeLine, PupilLine, TermReport
from dropctl.errors import Refused
from dropctl.files import WholeFiles
from dropctl.procedures.outcome import TermStartOutcome
from dropctl.vocabulary import grade_label
from dropctl.workspace import term_name

ADDRESSEE = "县教育局教育股"  # named by 三.1
_FEWEST_FOR_RATE = 50  # a percentage of fewer children says more than is known
_CLASSES_NAMED = 6
# What stands in the roster's return_reason → a column of the report.
_COLUMNS = {
    "休学": "suspended",
    "延缓入学": "deferred",
    "送教上门": "home_taught",
    "请假": "on_leave",
    "不具备学习能力": "unable",
    "elsewhere": "elsewhere",
    "to_contact": "to_contact",
    "unreachable": "to_contact",
}
_WORDS = {
    "elsewhere": ("据反映在别处就读，尚未见到就读证明", "核实就读学校，催办学籍转接"),
    "doubtful": ("名单与学籍信息有出入，或手续是否有效待核，尚不能确定未返校", "核对信息，再确定是否联系家长"),
    "to_contact": ("名单上未到校，没有请假或其他手续", "专人联系监护人，问清原因，劝其返校"),
    "unknown": ("返校名单上到校情况未填", "向班主任核实"),
}
_DUTIES = {
    "registrar": ("学籍管理员", "填表人"),
    "reviewer": ("审核人", "分管副校长", "教务主任"),
    "principal": ("校长",),
    "phone": ("联系电话", "电话"),
}


@dataclass(frozen=True, slots=True)
class TermReportOutcome:
    """The report, by when it is due, and the sentences a person should read before sending it."""

    report: TermReport
    due_date: date
    notes: tuple[str, ...]


def make_term_report(
    outcome: TermStartOutcome, *, people: Mapping[str, str], reported_on: date, addressee: str = ADDRESSEE
) -> TermReportOutcome:
    """Return the report of one school; `people` is duty → person. Raises Refused where it cannot be counted."""
    if outcome.school is None:
        todo = "在各校自己的工作区里分别运行，或用 --school 指定学校"
        raise Refused("材料里有几所学校，返校摸排报告由各校分别上报", todo=todo)
    if outcome.findings.filter(pl.col("kind") == "register_outdated").height:
        todo = "从学籍系统重新导出本学年的名册，核对后再出报告"
        raise Refused("学籍名册是上一学年的，返校情况数不出来，没有出报告", todo=todo)
    pupils = outcome.roster.filter(pl.col("return_state") != "不在应到范围").with_columns(_column().alias("column"))
    reported = set(outcome.classes.filter(pl.col("reported")).select("grade", "class_name").iter_rows())
    newcomers = outcome.findings.filter((pl.col("kind") == "unregistered") & (pl.col("triage") != "to_contact"))
    grades = sorted({*pupils["grade"], *newcomers["grade"]}, key=lambda grade: grade or "~")
    lines = [
        _line(
            grade_label(grade) or "年级不明",
            pupils.filter(pl.col("grade").eq_missing(pl.lit(grade, dtype=pl.String))),
            newcomers.filter(pl.col("grade").eq_missing(pl.lit(grade, dtype=pl.String))),
            reported,
        )
        for grade in grades
    ]
    total = _line("合计", pupils, newcomers, reported)
    silent = [name for _, name in sorted(_silent(outcome), key=lambda key: (key[0] or "", key[1]))]
    report = TermReport(
        school=outcome.school, addressee=addressee, term=term_name(outcome.opening), opening=outcome.opening,
        as_of=outcome.as_of, reported_on=reported_on, total=total, grades=tuple(lines),
        pupils=tuple(_pupils(pupils, silent)),
        reasons="、".join(
            f"{label}{count}人{_without_papers(pupils, key)}"
            for key, label in REASONS.items()
            if (count := getattr(total, key))
        ),
        unreported=_some(silent), in_unreported=pupils.filter(pl.col("class_name").is_in(silent)).height,
        to_contact=total.to_contact,
        entrants=newcomers.filter(pl.col("due_date").is_not_null()).height,
        identity_faults=_children(outcome, "identity_invalid", "identity_mismatch"),
        duplicates=outcome.findings.filter(pl.col("kind") == "duplicate_registration").height,
        status_faults=_children(outcome, "status_conflict"),
        special_checked={"poverty", "disability"} <= {entry.register for entry in outcome.inputs},
        poverty_unmarked=_children(outcome, "poverty_unmarked"),
        disability_unmarked=_children(outcome, "disability_unmarked"),
        marked_unlisted=_children(outcome, "poverty_unlisted", "disability_unlisted"),
        not_located=_children(outcome, "not_located"),
        **{field: _first(people, duties) for field, duties in _DUTIES.items()},
    )  # fmt: skip
    due = next(line for line in outcome.deadlines if line.label.startswith("返校情况摸排"))
    notes = []
    if silent:
        notes.append(f"{_some(silent)}没有交返校名单，报告照实写明；收齐后请重新核对、重新出报告")
    if total.doubtful:
        notes.append(f"有{total.doubtful}名学生信息待核对，先在核对结果里确认再上报更好")
    if reported_on > due.due_date:
        notes.append(f"上报期限是{due.due_date}，已经过了")
    return TermReportOutcome(report, due.due_date, tuple(notes))


@dataclass(frozen=True, slots=True)
class TermReportFiles:
    """The files written, and what to know about them; `is_partial`: one that was wanted could not be made."""

    paths: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    is_partial: bool = False


def write_term_report(outcome: TermReportOutcome, out: Path, own: Path | None = None) -> TermReportFiles:
    """Write the report as .docx and .pdf into `out`, all of it or nothing, in the school's wording from `own`."""
    paper = PAPER_BY_NAME["term-report"]
    made = render(paper, outcome.report, day=outcome.report.reported_on, own=own)
    data, stale = made.files(out, paper.label)
    notes = [*([made.note] if made.note else []), *stale]
    with WholeFiles() as files:
        for path, content in data.items():
            files.stage(path).write_bytes(content)
    return TermReportFiles(tuple(data), tuple(notes), made.refusal is not None)


def _column() -> pl.Expr:
    """The report's column for a pupil: returned, unknown, or by the reason; what fits none is to be checked."""
    state, reason = pl.col("return_state"), pl.col("return_reason")
    by_reason = reason.replace_strict(_COLUMNS, default="doubtful", return_dtype=pl.String)
    return (
        pl.when(state == "已返校").then(pl.lit("returned")).when(state == "未报").then(pl.lit("unknown"))
        .otherwise(by_reason)
    )  # fmt: skip


def _line(
    label: str, pupils: pl.DataFrame, newcomers: pl.DataFrame, reported: set[tuple[str | None, str | None]]
) -> GradeLine:
    counts = dict(pupils["column"].value_counts().iter_rows())
    there = [key in reported for key in pupils.select("grade", "class_name").iter_rows()]
    asked = pupils.filter(pl.Series(there, dtype=pl.Boolean))
    back = asked.filter(pl.col("column") == "returned").height
    returned = counts.get("returned", 0)
    return GradeLine(
        label=label, expected=pupils.height, returned=returned, missing=pupils.height - returned,
        rate=_rate(back, asked.height), unregistered=newcomers.height,
        **{key: counts.get(key, 0) for key in REASONS},
    )  # fmt: skip


def _rate(returned: int, expected: int) -> str:
    if not expected:
        return "—"
    return f"{100 * returned / expected:.1f}%" if expected >= _FEWEST_FOR_RATE else f"{returned}/{expected}"


def _first(people: Mapping[str, str], duties: Sequence[str]) -> str | None:
    return next((people[duty] for duty in duties if people.get(duty)), None)


def _silent(outcome: TermStartOutcome) -> list[tuple[str | None, str]]:
    classes = outcome.classes.filter(
        ~pl.col("reported") & (pl.col("expected") > 0) & pl.col("class_name").is_not_null()
    )
    return list(classes.select("grade", "class_name").iter_rows())


def _some(names: Sequence[str]) -> str:
    more = f"等{len(names)}个班" if len(names) > _CLASSES_NAMED else ""
    return "、".join(names[:_CLASSES_NAMED]) + more


def _pupils(pupils: pl.DataFrame, silent: Sequence[str]) -> list[PupilLine]:
    """Return every pupil who is not back; those of a class without any list are named by their class only."""
    lines = []
    for row in pupils.filter(pl.col("column") != "returned").iter_rows(named=True):
        if row["column"] == "unknown" and row["class_name"] in silent:
            continue
        explained, step = _WORDS.get(row["column"]) or _ground(row)
        lines.append(
            PupilLine(
                class_name=row["class_name"], name=row["name"], sex=row["sex"], category=REASONS[row["column"]],
                explanation=explained, next_step=step,
            )
        )  # fmt: skip
    return lines


def _ground(row: Mapping[str, object]) -> tuple[str, str]:
    if row["return_certainty"] == "certain":
        return "手续齐全，在批准的期限内", "期满前联系家长，安排按时返校"
    return "有说法，手续不全", "补齐审批材料；补不齐的按未返校联系劝返"


def _without_papers(pupils: pl.DataFrame, column: str) -> str:
    """Return how many of those counted under a ground only claim it: `（其中1人手续不全）`."""
    claimed = pupils.filter((pl.col("column") == column) & (pl.col("return_certainty") == "claimed")).height
    return f"（其中{claimed}人手续不全）" if claimed else ""


def _children(outcome: TermStartOutcome, *kinds: str) -> int:
    found = outcome.findings.filter(pl.col("kind").is_in(kinds))
    return found.select("grade", "class_name", "name", "id_number").unique().height
