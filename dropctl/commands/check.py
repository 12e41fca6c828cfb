"""`dropctl check`: spreadsheets in, every problem with its cell and what to do out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
    AsOfOption,
    AssignedOption,
    DryRunOption,
    JsonOption,
    OutOption,
    QuietOption,
    SkipUnreadableOption,
    VerboseOption,
    WorkspaceOption,
    assigned_files,
    opened_workspace,
    wanted_paths,
)
from dropctl.ingest.reading import start_reading

DESCRIPTION = (
    "检查表格：逐格读学籍名册、返校名单、脱贫监测名单等，列出每一处问题在哪一格、该怎么改。\n"
    "写出 问题数据.xlsx：与原表行列完全一样，有问题的格子涂上颜色、加上批注。原来的表格不改动，也不留记录。"
)
EXAMPLE = "dropctl check 开学材料"
ERRORS_LEFT = 4


def command(
    as_of: AsOfOption,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[路径]...", help="表格文件或文件夹，可以写多个；在工作区里不写就是 inbox"),
    ] = None,
    assigned: AssignedOption = None,
    skip_unreadable: SkipUnreadableOption = False,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    strict: Annotated[bool, typer.Option("--strict", help="有错误时，退出码为 4")] = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Read, say what is wrong, and write the user's sheets with the bad cells coloured."""
    home = opened_workspace(workspace)
    by_file = assigned_files(assigned or ())
    given = wanted_paths(paths or (), by_file, home, "检查", EXAMPLE)
    target = out or (home.out if home else Path()) / f"检查-{as_of}"
    with start_reading(given) as reading, console.reading_progress(quiet=quiet or as_json) as progress:
        # Late: the first files are read while polars and the rest are still being loaded.
        from dropctl.procedures.spreadsheet_check import brief, check_spreadsheets, document, write_check

        outcome = check_spreadsheets(
            given,
            as_of=as_of,
            workspace=home,
            assigned=by_file,
            skip_unreadable=skip_unreadable,
            progress=progress,
            reading=reading,
        )
    written = [] if dry_run else write_check(outcome, target)
    if as_json:
        console.print_json(document(outcome, written))
    else:
        told = brief(outcome, out=None if dry_run else target, verbose=verbose)
        console.show_brief(told, written, quiet=quiet)
        if dry_run:
            console.note("这是演示（--dry-run）：没有写文件。")
    if strict and outcome.count("error"):
        raise typer.Exit(ERRORS_LEFT)
