"""`dropctl demo`: a workspace from the invented sample school, its term start and its first month worked through."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dropctl.commands import console
from dropctl.commands.options import JsonOption, QuietOption, VerboseOption
from dropctl.errors import Refused
from dropctl.files import cannot_write, write_whole
from dropctl.procedures.demo import MONTH, absence_registers, enter_month
from dropctl.procedures.month_brief import document as month_document
from dropctl.procedures.term_start import reconcile_term_start, write_term_start
from dropctl.procedures.term_start_brief import brief, document
from dropctl.resources import sample_school
from dropctl.workspace import CONFIG_NAME, INBOX, STATE, Workspace, create_workspace

DESCRIPTION = (
    "用虚构的样例学校建一个工作区，做一次开学核对，再把九月走一遍：联系、劝返通知书、送达、返校、考勤核对、月报，"
    "告诉您每一步用的命令和结果在哪里。学生、家长、证件号全部是编造的。\n"
    "再运行一次，样例从头再来，在样例里试着登记的内容会清除；不是样例的文件夹不会动。"
)
EXAMPLE = "dropctl demo 样例"
OPENING, CLOSING, AS_OF = date(2025, 9, 1), date(2026, 1, 30), date(2025, 9, 3)
_PEOPLE = {"校长": "周校长", "学籍管理员": "陈老师", "分管副校长": "吴主任", "联系电话": "19900001234"}
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
    month = enter_month(made, AS_OF)
    if as_json:
        told = document(outcome, [*written, *month.outputs])
        steps = [{"day": step.day.isoformat(), "command": step.typed, "result": step.said} for step in month.steps]
        console.print_json({**told, "month": {"steps": steps, "report": month_document(month.report)}})
        return
    console.say(f"样例工作区：{made.root}（学生、家长、证件号都是编造的）")
    console.say(f"要核对的表格在 {made.inbox}，结果在 {target}")
    console.say()
    console.show_brief(brief(outcome, out=target, verbose=verbose), written, quiet=quiet)
    if not quiet:
        rows = [(step.day, step.typed, step.said) for step in month.steps]
        console.table("接下来的九月：照样例登记了什么（几条相同的只写第一条的命令）", ("日期", "命令", "结果"), rows)
        console.steps(
            [
                f"进入 {made.root}，看每个孩子走到哪一步：dropctl case list --as-of {MONTH.last}",
                f"还有什么没有办：dropctl due --as-of {MONTH.last}；有四个个案特意没有登记联系，您可以接着办",
                f"月报里的数字从哪里来：dropctl explain {MONTH}/Z03 --as-of {MONTH.last}",
            ]
        )
    for path in month.outputs:
        console.say(f"  {path}")


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
    again = mark.is_file()
    if again:
        _clear(root)
    made = create_workspace(
        root, role="school", name="岚溪县石桥九年一贯制学校", code="3499000001", opening=OPENING, closing=CLOSING,
        people=_PEOPLE, replace=again or not (root / CONFIG_NAME).exists(),
    )  # fmt: skip
    write_whole(mark, "这是 dropctl demo 建的样例\n".encode())
    for file in sorted(source.rglob("*")):
        if file.is_file():
            write_whole(made.inbox / file.relative_to(source), file.read_bytes())
    return made


def _clear(root: Path) -> None:
    """Take away what an earlier demo remembers, so that its days can be lived through once more."""
    try:
        shutil.rmtree(root / STATE)
        for name in absence_registers():
            (root / INBOX / name).unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(root, error) from error
