"""What the program needs in order to work on this computer, and whether it is there: the duty "doctor".

Looks and reports; repairs nothing. It must run where something is broken, so what may be broken is taken late.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path

from dropctl import __version__, resources
from dropctl.errors import DropctlError, Refused
from dropctl.procedures.fonts import USES, font_folders, installed_fonts
from dropctl.workspace import CONFIG_NAME, Workspace

GOOD, CARE, BAD = "正常", "注意", "有问题"
_LEAST_SPACE = 200 * 2**20
_LEAST_WIDTH = 80
_MARKS = "√×○△◎"
_RARE = "䶮㼆"  # in names of people, in GB18030, not in GBK
_REINSTALL = "重新安装 dropctl；还不行的，把这一页发给维护人员"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: its topic, how it is (正常, 注意, 有问题), what was found, what to do.

    `stops`: work is impossible until it is put right.
    """

    topic: str
    state: str
    found: str
    todo: str = ""
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """The terminal the answer goes to: its encoding, its width in columns, and whether a person looks at it."""

    encoding: str
    width: int
    is_terminal: bool


def self_check(
    home: Workspace | Refused | None, *, here: Path, as_of: date, screen: Screen, environment: Mapping[str, str]
) -> list[Line]:
    """Return one line or more per thing looked at; `home` is the workspace, None, or why it cannot be opened.

    `here` is the folder results go to where there is no workspace.
    """
    looks: tuple[Callable[[], Iterator[Line]], ...] = (
        _program,
        _libraries,
        _packaged_data,
        _reading,
        lambda: _folders(home, here),
        lambda: _records(home),
        lambda: _calendar(home, as_of),
        lambda: _templates(home),
        lambda: _screen(screen),
        lambda: _fonts(environment),
    )
    return [line for look in looks for line in look()]


def is_usable(lines: list[Line]) -> bool:
    """Return whether work is possible."""
    return not any(line.stops for line in lines)


def document(lines: list[Line]) -> dict[str, object]:
    """Return the JSON object of `doctor` without its leading `schema`."""
    told = [{"topic": line.topic, "state": line.state, "found": line.found, "todo": line.todo} for line in lines]
    return {"usable": is_usable(lines), "lines": told}


def _program() -> Iterator[Line]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Line("程序", GOOD, f"dropctl {__version__}，Python {version}")


def needed_libraries() -> list[str]:
    """Return the libraries that this installation says it needs, in its own order; none where it says nothing."""
    try:
        wanted = metadata.requires("dropctl") or []
    except metadata.PackageNotFoundError:
        return []
    return [re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0] for line in wanted if "extra ==" not in line]


def _libraries() -> Iterator[Line]:
    known, missing = [], []
    for name in needed_libraries():
        try:
            known.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Line("程序库", BAD, f"缺少 {'、'.join(missing)}", _REINSTALL, stops=True)
        return
    try:
        import polars as pl

        works = pl.DataFrame({"n": [1, 2]})["n"].sum() == 3
    except Exception:  # whatever a library does on a computer it was not made for
        works = False
    if works:
        yield Line("程序库", GOOD, "，".join(known))
    else:
        yield Line("程序库", BAD, "polars 在这台电脑上不能运行（多半是处理器太旧）", "换一台电脑再装", stops=True)


def _packaged_data() -> Iterator[Line]:
    from dropctl.policy.plan import parse_plan

    plans = resources.plan_names()
    try:
        for name in plans:
            parse_plan(resources.load_plan(name))
    except (DropctlError, ValueError, KeyError, TypeError):
        plans = ()
    if not plans:
        yield Line("自带数据", BAD, "自带的工作方案缺失或读不出来", _REINSTALL, stops=True)
    lacking = [
        label
        for label, folder in (
            ("样例学校", resources.sample_school),
            ("文书模板", resources.templates_folder),
            ("PDF 字体", resources.fonts_folder),
        )
        if not _holds_files(folder)
    ]
    if lacking:
        yield Line("自带数据", CARE, f"缺少{'、'.join(lacking)}", "要用演示或出文书时，重新安装 dropctl")
    elif plans:
        yield Line("自带数据", GOOD, f"工作方案{len(plans)}份（{'、'.join(plans)}），样例学校、文书模板、PDF 字体齐全")


def _holds_files(folder: Callable[[], Path]) -> bool:
    try:
        return any(folder().iterdir())
    except (DropctlError, OSError):
        return False


def _reading() -> Iterator[Line]:
    """Read a workbook of the sample school as every other: in a child process, which a guard program may forbid."""
    from dropctl.errors import UnreadableFile
    from dropctl.ingest.reading import Reading
    from dropctl.ingest.workbook import SourceFile

    try:
        path = min(resources.sample_school().glob("*.xlsx"), key=lambda file: file.stat().st_size)
    except (DropctlError, OSError, ValueError):
        return
    with Reading([SourceFile(path, path.name)]) as reading:
        (result,) = list(reading)
    if isinstance(result, UnreadableFile):
        todo = "在杀毒软件里把 dropctl 和 Python 设为信任，再试一次"
        yield Line("读表格", BAD, "自带的样例表格读不出来，读表用的子进程可能被拦下了", todo, stops=True)
    else:
        yield Line("读表格", GOOD, "试读了一份样例表格")


def _folders(home: Workspace | Refused | None, here: Path) -> Iterator[Line]:
    if isinstance(home, Refused):
        yield Line("工作区", BAD, f"{home.where or ''}：{home.what}".lstrip("："), home.todo or "", stops=True)
        return
    if home is None:
        yield Line("工作区", CARE, "这里不是工作区，核对只出结果、不留记录", "用 dropctl init 新建，或用 -w 指定")
        yield from _writable("当前文件夹", here, stops=False)
        return
    yield Line("工作区", GOOD, f"{home.root}（{home.school_name}）")
    if not home.inbox.is_dir():
        yield Line("收表文件夹", CARE, f"没有 {home.inbox}", "新建这个文件夹，把表格放进去")
    yield from _writable("结果文件夹", home.out, stops=False)
    yield from _writable("记录文件夹", home.state, stops=True)


def _writable(topic: str, folder: Path, *, stops: bool) -> Iterator[Line]:
    """Try it in `folder`, or in what is there above it: only an attempt tells, whatever the permissions say."""
    there = next((place for place in (folder, *folder.parents) if place.is_dir()), folder)
    todo = "请管理员开放写入权限，或把工作区放到别处" if stops else "用 -o 指定另一个文件夹，或请管理员开放写入权限"
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"dropctl")
        free = shutil.disk_usage(there).free
    except OSError:
        yield Line(topic, BAD, f"不能写入 {there}", todo, stops=stops)
        return
    if free < _LEAST_SPACE:
        yield Line(topic, CARE, f"可以写入 {there}，但磁盘只剩 {free // 2**20} MB", "清理磁盘")
    else:
        yield Line(topic, GOOD, f"可以写入 {there}")


def _records(home: Workspace | Refused | None) -> Iterator[Line]:
    if not isinstance(home, Workspace):
        return
    try:
        runs = home.snapshots().runs
        for run in runs[-1:]:
            for kind in run.registers:
                run.frame(kind)
    except Refused as refusal:
        yield Line("核对记录", BAD, f"{refusal.where or ''}：{refusal.what}", refusal.todo or "", stops=True)
        return
    except OSError:
        yield Line("核对记录", BAD, f"{home.state} 打不开", "检查有没有权限读取这个文件夹", stops=True)
        return
    if os.name != "nt" and home.state.is_dir() and stat.S_IMODE(home.state.stat().st_mode) & 0o077:
        todo = f"运行 chmod 700 {home.state}"
        yield Line("核对记录", CARE, "记录里有学生的证件号，而这台电脑的其他用户也能打开", todo)
        return
    yield Line("核对记录", GOOD, f"有{len(runs)}次核对，最近一次到 {runs[-1].as_of}" if runs else "还没有核对过")


def _calendar(home: Workspace | Refused | None, as_of: date) -> Iterator[Line]:
    from dropctl.school_calendar import year_coverage

    first, last = year_coverage()
    span = f"自带 {first}—{last} 年的放假调休安排"
    if not isinstance(home, Workspace):
        if first <= as_of.year <= last:
            yield Line("校历", GOOD, span)
        else:
            yield Line(
                "校历", CARE, f"{span}，没有{as_of.year}年的", "升级 dropctl，或在工作区的 calendar 文件夹里填写"
            )
        return
    try:
        calendar = home.calendar()
    except Refused as refusal:
        yield Line("校历", BAD, f"{refusal.where or ''}：{refusal.what}", refusal.todo or "", stops=True)
        return
    if not calendar.terms:
        yield Line("校历", CARE, f"{span}；{CONFIG_NAME} 里还没有学期", "用 dropctl calendar add-term 登记")
        return
    years = {
        year for term in calendar.terms for year in range(term.opening.year, (term.closing or term.opening).year + 1)
    }
    unknown = sorted(year for year in years if not calendar.knows(date(year, 1, 1)))
    if unknown:
        named = "、".join(map(str, unknown))
        todo = f"按国务院办公厅的通知填写 {home.calendar_folder / f'{unknown[0]}.toml'}"
        yield Line("校历", CARE, f"{span}，学期里的{named}年不知道，这些日期写作“待定”", todo)
        return
    term = home.term_at(as_of)
    if term is None or (term.closing is not None and as_of > term.closing):
        yield Line("校历", CARE, f"{span}；{as_of} 不在登记的学期里", "新学期开始前用 dropctl calendar add-term 登记")
    else:
        yield Line("校历", GOOD, f"{span}，登记的{len(calendar.terms)}个学期都在其中")


def _templates(home: Workspace | Refused | None) -> Iterator[Line]:
    """Look at the school's own wordings only: the packaged ones are looked at when dropctl is made."""
    if not isinstance(home, Workspace) or not home.templates.is_dir():
        return
    from dropctl.procedures.templates import strays, templates

    lines = [line for line in templates(home) if line.own is not None or line.faults]
    broken = [line.paper.label for line in lines if line.faults]
    unused = [file.path.name for file in strays(home)]
    if broken:
        yield Line(
            "文书模板", CARE, f"本校的模板有问题，不会使用：{'、'.join(broken)}", "用 dropctl template check 查看"
        )
    elif unused:
        todo = "改成 dropctl template list 里的名称"
        yield Line("文书模板", CARE, f"{'、'.join(unused)}的名称不是任何文书的名称，不会用到", todo)
    elif lines:
        yield Line("文书模板", GOOD, f"本校自己的模板{len(lines)}份，没有问题")


def _screen(screen: Screen) -> Iterator[Line]:
    if not screen.is_terminal:
        yield Line("屏幕", GOOD, f"输出到文件或管道，编码 {screen.encoding}")
        return
    if not _can_show(screen.encoding, _MARKS + "学籍"):
        todo = "Windows 上先运行 chcp 65001，再设环境变量 PYTHONUTF8=1"
        yield Line("屏幕", CARE, f"编码 {screen.encoding} 显示不了汉字和√×，会显示成问号；写出的文件不受影响", todo)
    elif not _can_show(screen.encoding, _RARE):
        todo = "要看清时设环境变量 PYTHONUTF8=1；写出的文件不受影响"
        yield Line("屏幕", CARE, f"编码 {screen.encoding} 显示不了生僻字（如 䶮），会显示成问号", todo)
    elif screen.width < _LEAST_WIDTH:
        yield Line("屏幕", CARE, f"窗口宽{screen.width}列，表格会折行", f"把窗口拉宽到{_LEAST_WIDTH}列以上")
    else:
        yield Line("屏幕", GOOD, f"编码 {screen.encoding}，宽{screen.width}列")


def _can_show(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _fonts(environment: Mapping[str, str]) -> Iterator[Line]:
    installed = installed_fonts(font_folders(environment))
    for use in USES:
        topic = f"字体（{use.use}）"
        right, found = use.right[0][0], use.found(installed)
        if found is not None:
            yield Line(topic, GOOD, found)
            continue
        stand_in = use.stand_in(installed)
        instead = f"会用{stand_in}代替" if stand_in else "会显示成别的字体"
        todo = f"安装{'或'.join(names[0] for names in use.right[:2])}"
        yield Line(topic, CARE, f"没有{right}，Word、Excel 里{instead}；PDF 不受影响", todo)
