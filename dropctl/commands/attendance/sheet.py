"""`dropctl attendance sheet`: the sheets a class teacher fills in."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import (
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
from dropctl.errors import UsageProblem

DESCRIPTION = (
    "生成给班主任填的表，姓名已经填好：一个班一个月的考勤表（只有上课日，放假的日子写明），"
    "或开学时的返校登记表（--term-start）。填好的表用 dropctl attendance scan 或 dropctl reconcile 读回。\n"
    "姓名取自给出的学籍名册；不给文件时用工作区里最近读入的那一份。不写 --class 就每个班一份。"
)
EXAMPLE = "dropctl attendance sheet 学籍名册.xlsx --class 七年级1班 --month 2025-10 --opening 2025-09-01"


def command(
    as_of: AsOfOption,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[学籍名册]...", help="学籍名册文件或文件夹")] = None,
    classes: Annotated[
        list[str] | None, typer.Option("--class", metavar="班级", help="哪个班，如 七年级1班 或 701，可以写多次")
    ] = None,
    month: Annotated[str | None, typer.Option("--month", metavar="年-月", help="哪个月的考勤表，写成 2025-10")] = None,
    term_start: Annotated[bool, typer.Option("--term-start", help="生成开学的返校登记表")] = False,
    opening: OpeningOption = None,
    closing: ClosingOption = None,
    school: SchoolOption = None,
    workspace: WorkspaceOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write one workbook per class."""
    if bool(month) == term_start:
        raise UsageProblem("--month 和 --term-start 要写一个，也只能写一个", todo="考勤表写 --month 2025-10")
    wanted = month_of(month) if month else None
    home = opened_workspace(workspace)
    # Late: the settings are checked before polars is loaded.
    from dropctl.procedures.class_sheets import class_sheets, write_class_sheets

    sheets = class_sheets(
        paths or (),
        as_of=as_of,
        classes=classes or (),
        month=wanted,
        workspace=home,
        opening=opening,
        closing=closing,
        school=school,
    )
    target = out or (home.out if home else Path()) / ("返校登记" if term_start else f"考勤表-{wanted:%Y-%m}")
    written = [] if dry_run else write_class_sheets(sheets, target)
    if as_json:
        files = [str(path) for path in written]
        console.print_json({"files": files, "classes": [content.class_name for _, content in sheets.files]})
        return
    for sentence in sheets.notes:
        console.note(sentence)
    for path in written:
        console.say(f"  {path}")
    if dry_run:
        console.note(f"这是演示（--dry-run）：会写{len(sheets.files)}份表，现在什么都没有写。")
    elif not quiet:
        steps = ["发给班主任，按表下的说明填写", "收齐后放进工作区的 inbox（或任何文件夹）"]
        follow = "dropctl reconcile" if term_start else "dropctl attendance scan"
        console.steps([*steps, f"运行 {follow} 读回"])


def month_of(text: str) -> date:
    """Return the first day of the month named `2025-10`; UsageProblem otherwise."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})", text.strip())
    if not found or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[1]) <= 9998:
        raise UsageProblem(f"--month 的值“{text}”不是月份", todo="写成 2025-10 的样子")
    return date(int(found[1]), int(found[2]), 1)
