"""`dropctl reconcile`: a school's files in, who is missing and why out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from dropctl.procedures.outcome import TermStartOutcome
    from dropctl.workspace import Workspace

DESCRIPTION = (
    "开学核对：把学籍名册与返校名单、上期名册、脱贫监测名单、残疾人名单、审批登记逐人比对，"
    "列出谁没返校、谁没学籍、哪些信息有误，每一条都写明理由、出处和下一步。\n"
    "是什么名单由标题行认出，不用改文件名。在工作区里核对会记录读到的内容，在别处只出结果、不留记录。"
)
EXAMPLE = "dropctl reconcile 开学材料 --opening 2025-09-01 --as-of 2025-09-03"


def command(
    as_of: AsOfOption,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[路径]...", help="表格文件或文件夹，可以写多个；在工作区里不写就是 inbox"),
    ] = None,
    opening: OpeningOption = None,
    closing: ClosingOption = None,
    school: SchoolOption = None,
    assigned: AssignedOption = None,
    skip_unreadable: SkipUnreadableOption = False,
    tables_only: Annotated[
        bool,
        typer.Option(
            "--tables-only", help="只写 .parquet 数据表，不写核对结果.xlsx；全县几十万人的 .parquet 名单必须用它"
        ),
    ] = False,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Read, reconcile, write, and say what was found and what to do."""
    home = opened_workspace(workspace)
    by_file = assigned_files(assigned or ())
    given = wanted_paths(paths or (), by_file, home, "核对", "dropctl reconcile 开学材料")
    target = out or (home.out if home else Path()) / f"核对-{as_of}"
    refuse_reversed_term(opening, closing)
    outcome = _by_columns(given, by_file, as_of, home, opening, closing) if tables_only else None
    if outcome is None:
        with (
            start_reading(given, small_first=True) as reading,
            console.reading_progress(quiet=quiet or as_json) as progress,
        ):
            # Late: the first files are read while polars and the rest are still being loaded.
            from dropctl.procedures.term_start import reconcile_term_start

            outcome = reconcile_term_start(
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
    from dropctl.procedures.term_start import write_term_start
    from dropctl.procedures.term_start_brief import brief, document, must_decide

    written = [] if dry_run else write_term_start(outcome, target, tables_only=tables_only)
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


def _by_columns(
    paths: Sequence[Path],
    assigned: Mapping[str, str],
    as_of: date,
    home: Workspace | None,
    opening: date | None,
    closing: date | None,
) -> TermStartOutcome | None:
    """Return the outcome for Parquet lists too large to be read cell by cell, None for all others."""
    from dropctl.procedures.large_lists import large_lists

    lists = large_lists(paths, assigned)
    if lists is None:
        return None
    from dropctl.procedures.county_tables import reconcile_by_columns

    return reconcile_by_columns(lists, as_of=as_of, workspace=home, opening=opening, closing=closing)
