"""The duty "check": read spreadsheets, say what is wrong with which cell, change nothing (三.2, data quality).

No child is matched and nothing is judged here: that is `term_start`. `write_check` puts the user's own sheets on paper
with the bad cells coloured; `brief` and `document` say the same on a terminal and to a machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from dropctl.errors import Refused, UnreadableFile, place
from dropctl.files import WholeFiles
from dropctl.ingest.headings import Recognised, recognise
from dropctl.ingest.read import read_registers
from dropctl.ingest.reading import Progress, Reading, start_reading
from dropctl.procedures.term_start_brief import BriefTable, TermStartBrief
from dropctl.school_calendar import assumed_opening
from dropctl.tables.issues import ISSUE_SCHEMA, InputCount, Issue
from dropctl.tables.raw import RawSheet
from dropctl.vocabulary import SEVERITIES
from dropctl.workbooks.problem_cells import ProblemSheets, SourceSheet, write_problem_workbook
from dropctl.workspace import Workspace

WORKBOOK = "问题数据.xlsx"
_SHOWN = 20  # kinds of problems on the terminal; --verbose shows them all
_CELLS_NAMED = 5
_ROW = re.compile(r"（第\d+行）")
_COUNTS = ("rows_read", "rows_kept", "rows_set_aside", "rows_blank")


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What was read, and what is wrong with it, the worst first; `sheets` are the user's own, as they stand."""

    as_of: date
    school: str | None
    inputs: tuple[InputCount, ...]
    issues: tuple[Issue, ...]
    sheets: tuple[SourceSheet, ...]
    notes: tuple[str, ...]

    def count(self, severity: str) -> int:
        """Return how many problems of a severity there are."""
        return sum(issue.severity == severity for issue in self.issues)


def check_spreadsheets(
    paths: Sequence[Path],
    *,
    as_of: date,
    workspace: Workspace | None = None,
    assigned: Mapping[str, str] | None = None,
    skip_unreadable: bool = False,
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> CheckOutcome:
    """Return what is wrong with the spreadsheets in `paths`, whose days and grades are judged as of `as_of`.

    `reading` is a reading of `paths` that was begun before this module was loaded. Raises `UnreadableFile` for a file
    that cannot be read, unless `skip_unreadable`; nothing is written or remembered.
    """
    term = workspace.term_at(as_of) if workspace else None
    opening = term.opening if term else assumed_opening(as_of)
    reading = reading or start_reading(paths)
    reading.progress = progress
    notes = list(reading.passed_over)
    by_path = {str(Path(path).resolve()): kind for path, kind in (assigned or {}).items()}
    kinds = {source.name: by_path.get(str(source.path.resolve())) for source in reading.sources}
    given = {name: kind for name, kind in kinds.items() if kind is not None}
    whole_files: list[Issue] = []
    sheets: list[RawSheet] = []

    def read() -> Iterator[RawSheet]:
        for source, result in zip(reading.sources, reading, strict=True):
            if isinstance(result, UnreadableFile):
                if not skip_unreadable:
                    raise result
                whole_files.append(_about(source.name, None, "file_unreadable", "error", result.sentence))
                continue
            notes.extend(result.notes)
            for sheet in result.sheets:
                sheets.append(sheet)
                yield sheet

    with reading:
        # A check says everything it finds: a sheet that reconcile would refuse is one more error here.
        registers = read_registers(read(), opening=opening, as_of=as_of, assigned=given, skip_refused=True)
    if not sheets:
        raise Refused("给出的文件一个也读不了", todo="先按上面的说明改好文件，再检查一次")
    refused = {(issue.file, issue.sheet) for issue in registers.issues if issue.code == "sheet_refused"}
    strange = [
        _about(
            entry.file, entry.sheet, "sheet_unrecognised", "warning",
            f"没有认出是什么名单，没有检查（{entry.note}），请看里面有没有学生，有的改正标题行或用 --as 指定",
        )
        for entry in registers.inputs
        if _is_strange(entry) and (entry.file, entry.sheet) not in refused
    ]  # fmt: skip
    issues = [*whole_files, *strange, *registers.issues]
    if not issues and all(entry.register is None for entry in registers.inputs):
        found = "、".join(dict.fromkeys(entry.file for entry in registers.inputs))
        raise Refused(
            "没有一张表认得出是名单，没有东西可检查", where=found, todo="给出学生名单，或用 --as 指定是什么名单"
        )
    return CheckOutcome(
        as_of=as_of,
        school=workspace.school_name if workspace else None,
        inputs=tuple(registers.inputs),
        issues=_worst_first(issues),
        sheets=tuple(SourceSheet(sheet, _heading_row(sheet, given.get(sheet.file))) for sheet in sheets),
        notes=tuple(notes),
    )


def _is_strange(entry: InputCount) -> bool:
    """Say whether a sheet was not recognised, and somebody may stand on it."""
    return entry.register is None and not entry.is_no_list


def _about(file: str, sheet: str | None, code: str, severity: str, message: str) -> Issue:
    return Issue(None, file, sheet, None, None, None, code, severity, None, message)


def _heading_row(sheet: RawSheet, kind: str | None) -> int | None:
    verdict = recognise(sheet, kind)
    return sheet.row_number(verdict.heading) if isinstance(verdict, Recognised) else None


def _worst_first(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    rank = {severity: number for number, severity in enumerate(SEVERITIES)}

    def order(issue: Issue) -> tuple[object, ...]:
        at = (issue.row or 0, len(issue.cell or ""), issue.cell or "")
        return (rank.get(issue.severity, 9), issue.file, issue.sheet or "", at, issue.code, issue.message)

    return tuple(sorted(issues, key=order))


def write_check(outcome: CheckOutcome, out: Path) -> list[Path]:
    """Write 问题数据.xlsx into `out`, whole or not at all; return its path in a list."""
    target = out / WORKBOOK
    sheets = ProblemSheets(
        as_of=outcome.as_of,
        school=outcome.school,
        inputs=outcome.inputs,
        issues=_frame(outcome.issues),
        problems=outcome.issues,
        sources=outcome.sheets,
        notes=outcome.notes,
    )
    with WholeFiles() as files:
        write_problem_workbook(files.stage(target), sheets)
    return [target]


def _frame(issues: Sequence[Issue]) -> pl.DataFrame:
    """Return the issues as a frame of ISSUE_SCHEMA in the order in which they are given."""
    rows = [tuple(getattr(issue, name) for name in ISSUE_SCHEMA) for issue in issues]
    return pl.DataFrame(rows, schema=ISSUE_SCHEMA, orient="row")


def brief(outcome: CheckOutcome, *, out: Path | None, verbose: bool = False) -> TermStartBrief:
    """Return what to tell a person; `out` is the folder written to, None when nothing was."""
    files = len({entry.file for entry in outcome.inputs})
    counted = "，".join(f"{word}{outcome.count(severity)}处" for severity, word in SEVERITIES.items())
    head = (f"检查了{files}个文件、{len(outcome.inputs)}张表：{counted}", "原来的表格一个字也没有改")
    tables = (_sheets(outcome), _problems(outcome, verbose))
    return TermStartBrief(head, tuple(t for t in tables if t is not None), outcome.notes, tuple(_steps(outcome, out)))


def _sheets(outcome: CheckOutcome) -> BriefTable:
    counts: dict[tuple[str, str | None], dict[str, int]] = {}
    for issue in outcome.issues:
        here = counts.setdefault((issue.file, issue.sheet), dict.fromkeys(SEVERITIES, 0))
        here[issue.severity] = here.get(issue.severity, 0) + 1
    rows = []
    for entry in outcome.inputs:
        found = counts.get((entry.file, entry.sheet), {})
        said = [found.get(severity, 0) for severity in SEVERITIES]
        rows.append((entry.file, entry.sheet or "—", entry.taken_as, entry.rows_kept, *said))
    headings = ("文件", "工作表", "认作", "采用行数", *SEVERITIES.values())
    return BriefTable("查了哪些表", headings, tuple(rows))


def _problems(outcome: CheckOutcome, verbose: bool) -> BriefTable | None:
    """Return one line per problem of a sheet's column, with the cells it stands at, the worst first."""
    groups: dict[tuple[str, str, str | None, str], list[Issue]] = {}
    for issue in outcome.issues:
        # Messages that differ only in the other row they name are one problem.
        said = _ROW.sub("", issue.message)
        groups.setdefault((issue.severity, issue.file, issue.sheet, said), []).append(issue)
    lines = list(groups.items())[: None if verbose else _SHOWN]
    rows = []
    for (severity, file, sheet, message), issues in lines:
        what, advice = parted(issues[0].message if len(issues) == 1 else message)
        rows.append((SEVERITIES[severity], file, sheet or "—", _cells(issues), len(issues), what, advice))
    if not rows:
        return None
    left = len(groups) - len(rows)
    hidden = sum(len(issues) for issues in list(groups.values())[len(rows) :])
    more = f"（最要紧的{len(rows)}种，另有{left}种{hidden}处，加 -v 全部列出）" if left else ""
    headings = ("程度", "文件", "工作表", "单元格", "处数", "问题", "怎么办")
    return BriefTable(f"有问题的单元格{more}", headings, tuple(rows))


def parted(message: str) -> tuple[str, str]:
    """Return what is wrong and what to do, which one message says in this order."""
    for mark in ("，请", "；请", "。请"):
        what, found, todo = message.partition(mark)
        if found:
            return what, f"请{todo}"
    return message, "—"


def _cells(issues: Sequence[Issue]) -> str:
    named = [issue.cell or ("整张表" if issue.row is None else f"第{issue.row}行") for issue in issues[:_CELLS_NAMED]]
    return "、".join(dict.fromkeys(named)) + (f" 等{len(issues)}处" if len(issues) > _CELLS_NAMED else "")


def _steps(outcome: CheckOutcome, out: Path | None) -> list[str]:
    steps = []
    if outcome.issues and out is not None:
        steps.append(f"打开 {out / WORKBOOK}：有颜色的格子有问题，批注里写着怎么办")
    if errors := outcome.count("error"):
        steps.append(f"先改{errors}处错误（红色）：内容读不出来或已经丢失，要对照户口簿等原件")
    if warnings := outcome.count("warning"):
        steps.append(f"再核对{warnings}处警告（黄色）：内容可能不对")
    if outcome.issues:
        steps.append("在原来的表格里（学籍信息在学籍系统里）改，改完再检查一次；不要在问题数据里改")
    strange = [place(entry.file, entry.sheet) for entry in outcome.inputs if _is_strange(entry)]
    if strange:
        named = "、".join(strange[:3]) + (f"等{len(strange)}张" if len(strange) > 3 else "")
        steps.append(f"{named}没有认出是什么名单：里面有学生的话，改正标题行或用 --as 指定")
    return steps or ["没有发现问题，可以核对了：dropctl reconcile"]


def document(outcome: CheckOutcome, outputs: Sequence[Path]) -> dict[str, object]:
    """Return the JSON object of `check` without its leading `schema`; cells are named, their contents are not."""
    return {
        "as_of": outcome.as_of.isoformat(),
        "inputs": [
            {"file": entry.file, "sheet": entry.sheet, "register": entry.register}
            | {name: getattr(entry, name) for name in _COUNTS}
            for entry in outcome.inputs
        ],
        "issues": {severity: outcome.count(severity) for severity in SEVERITIES},
        "problems": [
            {
                "severity": issue.severity, "file": issue.file, "sheet": issue.sheet, "cell": issue.cell,
                "row": issue.row, "register": issue.register, "column": issue.column, "code": issue.code,
                "message": issue.message,
            }
            for issue in outcome.issues
        ],
        "outputs": [str(path) for path in outputs],
        "notes": list(outcome.notes),
    }  # fmt: skip
