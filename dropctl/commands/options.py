"""The options several commands share, with their Chinese help, and the only place that asks for today.

Order of settings: option, `DROPCTL_*`, dropctl.toml, default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from dropctl.errors import Refused, UsageProblem
from dropctl.workspace import Workspace, find_workspace


def today() -> date:
    """Return the day of the machine's clock, in its own time zone."""
    return datetime.now().astimezone().date()


def day_of(option: str) -> Callable[[str | date], date]:
    """Return a parser for the value of `option`; it raises UsageProblem for what is not YYYY-MM-DD."""

    def parse(value: str | date) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            todo = "写成 2025-09-01 的样子（年-月-日）"
            raise UsageProblem(f"{option} 的值“{value}”不是日期", todo=todo) from None

    return parse


def letter_title(value: str) -> str:
    """Return what a paper to a township is called; it raises UsageProblem for any other word."""
    if value not in ("函", "通报"):
        raise UsageProblem(f"--title 写成了“{value}”", todo="写 函 或 通报")
    return value


def opened_workspace(given: Path | None) -> Workspace | None:
    """Return the workspace given with -w, else the nearest one upwards of the current folder, else None."""
    return find_workspace(Path.cwd(), given)


def needed_workspace(given: Path | None) -> Workspace:
    """Return the workspace as `opened_workspace` finds it; Refused where there is none."""
    found = opened_workspace(given)
    if found is None:
        todo = "进入工作区的文件夹再运行，或用 -w 指定；还没有的，先用 dropctl init 新建"
        raise Refused("这里不是工作区，没有记录", where=str(Path.cwd()), todo=todo)
    return found


# The exit code of `--strict` (INTERFACE, "Everywhere").
PEOPLE_MUST_DECIDE = 4
# Of a command that left some of the named items out and did the rest.
PARTLY_DONE = 7

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", metavar="目录", envvar="DROPCTL_WORKSPACE",
        help="工作区，默认是当前文件夹往上最近的、有 dropctl.toml 的文件夹（也可用环境变量 DROPCTL_WORKSPACE）",
    ),
]  # fmt: skip
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="目录", envvar="DROPCTL_OUT",
        help="结果写到哪个文件夹（也可用环境变量 DROPCTL_OUT）",
    ),
]  # fmt: skip
AsOfOption = Annotated[
    date,
    typer.Option(
        "--as-of", metavar="日期", envvar="DROPCTL_AS_OF", parser=day_of("--as-of"), default_factory=today,
        help="按哪一天判断，写成 2025-09-03，默认今天（也可用环境变量 DROPCTL_AS_OF）",
    ),
]  # fmt: skip
OpeningOption = Annotated[
    date | None,
    typer.Option("--opening", metavar="日期", parser=day_of("--opening"), help="开学日，写成 2025-09-01"),
]
ClosingOption = Annotated[
    date | None,
    typer.Option("--closing", metavar="日期", parser=day_of("--closing"), help="学期最后一天，写成 2026-01-30"),
]
SchoolOption = Annotated[str | None, typer.Option("--school", metavar="校名", help="学校名称，名册上没有时用")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="只演示会做什么，不写任何文件，不留记录")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="只给出结果，不显示说明")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="显示得更详细")]
NoInputOption = Annotated[bool, typer.Option("--no-input", help="不提问；缺什么就直接报错")]
StrictOption = Annotated[bool, typer.Option("--strict", help="还有要人决定的事时，退出码为 4")]
YesOption = Annotated[bool, typer.Option("--yes", help="已经核实名单无误：涉及人数过多时也照常处理")]
JsonOption = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象，供其他程序使用")]
RevealOption = Annotated[
    bool, typer.Option("--reveal", help="在允许的文书上写完整证件号，要用 --reason 写明原因，会记入台账")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="文字", help="为什么要显示完整证件号")]
CasesOption = Annotated[
    list[str] | None,
    typer.Option("--case", metavar="个案", help="只出这个个案的，可以写多次；不写就是到期的全部"),
]
LetterTitleOption = Annotated[
    str | None,
    typer.Option(
        "--title", metavar="函|通报", parser=letter_title, help="致乡镇的用“函”还是“通报”，默认按 dropctl.toml"
    ),
]
AssignedOption = Annotated[
    list[str] | None,
    typer.Option("--as", metavar="名单=文件", help="指定某个文件是什么名单，如 presence=701.xlsx，可以写多次"),
]
SkipUnreadableOption = Annotated[bool, typer.Option("--skip-unreadable", help="读不了的文件列出来跳过")]


def refuse_reversed_term(opening: date | None, closing: date | None) -> None:
    """Raise Refused when both days are given and the term would end before it begins."""
    if opening and closing and opening >= closing:
        raise Refused(f"开学日{opening}不早于学期最后一天{closing}", todo="核对 --opening 和 --closing")


def assigned_files(given: Sequence[str]) -> dict[str, str]:
    """Return file path → register for the values of `--as`; UsageProblem or Refused, naming the value."""
    if not given:
        return {}
    from dropctl.registers import BY_KIND

    found: dict[str, str] = {}
    for value in given:
        register, equals, file = value.partition("=")
        if not equals or not file:
            raise UsageProblem(f"--as 的值“{value}”写法不对", todo="写成 名单=文件，例如 presence=701.xlsx")
        if register not in BY_KIND:
            known = "、".join(f"{spec.kind}（{spec.label}）" for spec in BY_KIND.values())
            raise UsageProblem(f"--as 不认识名单“{register}”", todo=f"从这些里选：{known}")
        if not Path(file).is_file():
            raise Refused("找不到 --as 指定的文件", where=file, todo="检查路径是否写对")
        if found.setdefault(str(Path(file)), register) != register:
            raise UsageProblem(f"--as 给同一个文件指定了两种名单：{file}", todo="只留一种")
    return found


def wanted_paths(
    paths: Sequence[Path], by_file: Mapping[str, str], home: Workspace | None, doing: str, example: str
) -> list[Path]:
    """Return what to read: the paths given, files of `--as` they do not hold, else the inbox; Refused without any.

    `doing` and `example` say in the refusal what the command does and how it is called.
    """
    chosen = list(paths)
    if not chosen and home is not None:
        chosen = [home.inbox]
    held = [path.resolve() for path in chosen]
    for file in by_file:
        real = Path(file).resolve()
        if not any(real == path or path in real.parents for path in held):
            chosen.append(Path(file))
    if not chosen:
        raise Refused(
            f"没有说明要{doing}哪些文件，这里也不是工作区",
            todo=f"写上文件夹，如 {example}；或先用 dropctl init 建一个工作区",
        )
    return chosen
