"""`dropctl attendance scan`: absence lists in, runs of absence and silent classes out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    PEOPLE_MUST_DECIDE,
    AsOfOption,
    AssignedOption,
    ClosingOption,
    DryRunOption,
    JsonOption,
    OpeningOption,
    OutOption,
    QuietOption,
    SchoolOption,
    SkipUnreadableOption,
    StrictOption,
    VerboseOption,
    WorkspaceOption,
    YesOption,
    assigned_files,
    opened_workspace,
    refuse_reversed_term,
    wanted_paths,
)
from dropctl.ingest.reading import start_reading

DESCRIPTION = (
    "读缺勤登记和考勤表，按上课日数每个学生连续无故未到了几天：第五天要报告，超过五天应标注疑似辍学，"
    "再过一个月推算转为辍学；哪个班哪天没有上报也列出来。每一天算不算、为什么，都写在“逐日说明”里。\n"
    "要有学籍名册：在工作区里用最近读入的那一份，在别处和考勤材料一起给出。"
)
EXAMPLE = "dropctl attendance scan 考勤材料 --opening 2025-09-01 --as-of 2025-10-09"


def command(
    as_of: AsOfOption,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[路径]...", help="文件或文件夹，默认是工作区的 inbox")
    ] = None,
    opening: OpeningOption = None,
    closing: ClosingOption = None,
    school: SchoolOption = None,
    assigned: AssignedOption = None,
    skip_unreadable: SkipUnreadableOption = False,
    tables_only: Annotated[bool, typer.Option("--tables-only", help="只写 .parquet 数据表，不写考勤核对.xlsx")] = False,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Read, count, write, and say who is missing since when."""
    home = opened_workspace(workspace)
    by_file = assigned_files(assigned or ())
    given = wanted_paths(paths or (), by_file, home, "核对", "dropctl attendance scan 考勤材料")
    target = out or (home.out if home else Path()) / f"核对-考勤-{as_of}"
    refuse_reversed_term(opening, closing)
    with (
        start_reading(given, small_first=True) as reading,
        console.reading_progress(quiet=quiet or as_json) as progress,
    ):
        # Late: the first files are read while polars and the rest are still being loaded.
        from dropctl.procedures.attendance import scan_attendance, write_attendance
        from dropctl.procedures.attendance_brief import brief, document, must_decide

        outcome = scan_attendance(
            given,
            as_of=as_of,
            workspace=home,
            opening=opening,
            closing=closing,
            school=school,
            assigned=by_file,
            skip_unreadable=skip_unreadable,
            yes=yes,
            record=not dry_run,
            progress=progress,
            reading=reading,
        )
    written = [] if dry_run else write_attendance(outcome, target, tables_only=tables_only)
    if as_json:
        console.print_json(document(outcome, written))
    else:
        folder = None if dry_run else target
        told = brief(outcome, out=folder, workbook=not tables_only, verbose=verbose)
        console.show_brief(told, written, quiet=quiet)
        if dry_run:
            console.note("这是演示（--dry-run）：没有写文件，也没有留记录。")
    if strict and must_decide(outcome):
        raise typer.Exit(PEOPLE_MUST_DECIDE)
