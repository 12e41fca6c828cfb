"""`dropctl attendance status`: which class has not reported which school days. Writes and records nothing."""

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
    JsonOption,
    OpeningOption,
    StrictOption,
    VerboseOption,
    WorkspaceOption,
    assigned_files,
    opened_workspace,
    wanted_paths,
)

DESCRIPTION = (
    "列出哪个班哪些上课日没有上报考勤。有缺勤记录、考勤标记或“无”的日子算已报；只看，不写文件，不留记录。\n"
    "在工作区里看 inbox 里的和以前读入的考勤材料；加 -v 列出全部班级。加 --strict 时，有没报的退出码为 4。"
)
EXAMPLE = "dropctl attendance status 考勤材料 --opening 2025-09-01 --as-of 2025-10-09"


def command(
    as_of: AsOfOption,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[路径]...", help="文件或文件夹，默认是工作区的 inbox")
    ] = None,
    opening: OpeningOption = None,
    closing: ClosingOption = None,
    assigned: AssignedOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Say which class is silent on which days."""
    home = opened_workspace(workspace)
    by_file = assigned_files(assigned or ())
    given = wanted_paths(paths or (), by_file, home, "查看", "dropctl attendance status 开学材料")
    if home is not None and given == [home.inbox] and not any(home.inbox.iterdir()):
        given = []  # what was read before is all there is
    # Late: the files are looked for before polars is loaded.
    from dropctl.procedures.attendance import scan_attendance
    from dropctl.procedures.attendance_brief import classes_table, status_document

    outcome = scan_attendance(
        given,
        as_of=as_of,
        workspace=home,
        opening=opening,
        closing=closing,
        assigned=by_file,
        record=False,
        remember=True,
    )
    missing = int(outcome.classes["unreported"].list.len().sum())
    if as_json:
        console.print_json({"as_of": as_of.isoformat(), "school": outcome.school, **status_document(outcome)})
    else:
        told = classes_table(outcome, verbose=verbose)
        if told is not None:
            console.table(told.title, told.headings, told.rows)
        whole = len(outcome.term_days) * len(outcome.classes)
        console.say(
            f"{len(outcome.classes)}个班，到{as_of}有{len(outcome.term_days)}个上课日，应报{whole}个班次，"
            + (f"未报{missing}个。" if missing else "全部上报。")
        )
        for sentence in outcome.notes:
            console.note(sentence)
    if strict and missing:
        raise typer.Exit(PEOPLE_MUST_DECIDE)
