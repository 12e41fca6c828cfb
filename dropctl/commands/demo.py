"""`dropctl demo`: a workspace from the invented sample school, with its term start worked through."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import JsonOption, QuietOption, VerboseOption
from dropctl.errors import Refused
from dropctl.files import cannot_write, write_whole
from dropctl.procedures.term_start import reconcile_term_start, write_term_start
from dropctl.procedures.term_start_brief import brief, document
from dropctl.resources import sample_school
from dropctl.workspace import CONFIG_NAME, STATE, Workspace, create_workspace

DESCRIPTION = (
    "用虚构的样例学校建一个工作区，做一次开学核对，告诉您结果在哪里。学生、家长、证件号全部是编造的。\n"
    "再运行一次会刷新同一个样例；不是样例的文件夹不会动。"
)
EXAMPLE = "dropctl demo 样例"
OPENING, CLOSING, AS_OF = date(2025, 9, 1), date(2026, 1, 30), date(2025, 9, 3)
_MARK = "demo"  # a file under .dropctl that says: this folder is ours to refresh


def command(
    folder: Annotated[Path | None, typer.Argument(metavar="[目录]", help="建在哪里，默认 ./demo")] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Make or refresh the demo and reconcile it."""
    made = build_demo(folder or Path("demo"))
    with console.reading_progress(quiet=quiet or as_json) as progress:
        outcome = reconcile_term_start([made.inbox], as_of=AS_OF, workspace=made, progress=progress)
    target = made.out / f"核对-{AS_OF}"
    written = write_term_start(outcome, target, tables_only=False)
    if as_json:
        console.print_json(document(outcome, written))
        return
    console.say(f"样例工作区：{made.root}（学生、家长、证件号都是编造的）")
    console.say(f"要核对的表格在 {made.inbox}，结果在 {target}")
    console.say()
    console.show_brief(brief(outcome, out=target, verbose=verbose), written, quiet=quiet)


def build_demo(root: Path) -> Workspace:
    """Return the demo workspace in `root`, its inbox as packaged; Refused for a folder that holds something else."""
    mark = root / STATE / _MARK
    try:
        if root.exists() and not mark.is_file() and (not root.is_dir() or any(root.iterdir())):
            todo = "换一个新文件夹，例如 dropctl demo 样例"
            raise Refused("这里已经有别的内容，为免覆盖，没有写入", where=str(root), todo=todo)
    except OSError as error:
        raise cannot_write(root, error) from error
    source = sample_school()
    made = create_workspace(
        root, role="school", name="岚溪县石桥九年一贯制学校", code="3499000001", opening=OPENING, closing=CLOSING,
        replace=mark.is_file() or not (root / CONFIG_NAME).exists(),
    )  # fmt: skip
    write_whole(mark, "这是 dropctl demo 建的样例\n".encode())
    for file in sorted(source.rglob("*")):
        if file.is_file():
            write_whole(made.inbox / file.relative_to(source), file.read_bytes())
    return made
