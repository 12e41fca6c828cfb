"""`dropctl term-report`: the report of two weeks after opening (三.1), as .docx and PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    PARTLY_DONE,
    AsOfOption,
    ClosingOption,
    DryRunOption,
    JsonOption,
    OpeningOption,
    OutOption,
    QuietOption,
    SchoolOption,
    WorkspaceOption,
    opened_workspace,
)
from dropctl.errors import Refused
from dropctl.ingest.reading import start_reading

DESCRIPTION = (
    "开学返校情况摸排报告（方案三.1，开学后两周内报县教育局教育股）：按手头的材料重新核对一遍，写出可以修改的 .docx 和"
    "可以打印的 .pdf，附分年级统计表和未返校学生情况表。\n"
    "填表人、审核人、校长、联系电话取自 dropctl.toml 的 [people]；没有写的在纸上留“〔待填〕”。"
)
EXAMPLE = "dropctl term-report --as-of 2025-09-12"


def command(
    as_of: AsOfOption,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[路径]...", help="表格文件或文件夹，可以写多个；在工作区里不写就是 inbox"),
    ] = None,
    opening: OpeningOption = None,
    closing: ClosingOption = None,
    school: SchoolOption = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
) -> None:
    """Reconcile, count, write the paper, and say what to look at before it is sent."""
    home = opened_workspace(workspace)
    given = list(paths or ()) or ([home.inbox] if home else [])
    if not given:
        todo = "写上文件夹，如 dropctl term-report 开学材料；或先用 dropctl init 建一个工作区"
        raise Refused("没有说明用哪些材料，这里也不是工作区", todo=todo)
    target = out or (home.out if home else Path()) / f"摸排报告-{as_of}"
    with (
        start_reading(given, small_first=True) as reading,
        console.reading_progress(quiet=quiet or as_json) as progress,
    ):
        from dropctl.procedures.term_report import TermReportFiles, make_term_report, write_term_report
        from dropctl.procedures.term_start import reconcile_term_start

        outcome = reconcile_term_start(
            given, as_of=as_of, workspace=home, opening=opening, closing=closing, school=school, record=False,
            progress=progress, reading=reading,
        )  # fmt: skip
    made = make_term_report(outcome, people=home.people if home else {}, reported_on=as_of)
    own = home.templates if home else None
    written = TermReportFiles() if dry_run else write_term_report(made, target, own)
    code = PARTLY_DONE if written.is_partial else 0
    report = made.report
    if as_json:
        counted = [report.total, *report.grades]
        console.print_json(
            {
                "as_of": as_of.isoformat(),
                "due_date": made.due_date.isoformat(),
                "school": report.school,
                "counts": [line.model_dump() for line in counted],
                "notes": [*made.notes, *written.notes],
                "outputs": [str(path) for path in written.paths],
            }
        )
        raise typer.Exit(code)
    total = report.total
    console.say(f"{report.school}　{report.term}　截至 {as_of}　上报期限 {made.due_date}", "bold")
    console.say(
        f"应返校{total.expected}人，已返校{total.returned}人，未返校或情况未明{total.missing}人，返校率{total.rate}"
    )
    if report.reasons:
        console.say(f"其中：{report.reasons}")
    for note in (*made.notes, *written.notes):
        console.say(f"注意：{note}")
    if dry_run:
        console.note("这是演示（--dry-run）：没有写文件。")
    if not quiet and written.paths:
        steps = [f"打开 {written.paths[0]} 核对文字，补上“〔待填〕”的地方", "校长签字、盖章后报县教育局教育股"]
        console.steps(steps)
    for path in written.paths:
        console.say(f"  {path}")
    if code:
        raise typer.Exit(code)
