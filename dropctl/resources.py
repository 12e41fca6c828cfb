"""Where packaged data lies, in a wheel and in a checkout alike, and the one place that knows it.

A wheel carries the sample school and the templates under `dropctl/_data/`; an editable install has no such
folder and reads the checkout's own. Data is handed out parsed or as a folder; nothing here interprets it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from dropctl.errors import Refused

_PACKAGE = Path(__file__).resolve().parent
_PLANS = _PACKAGE / "policy" / "plans"
_STATUTES = _PACKAGE / "policy" / "statutes.toml"
_LINKAGE = _PACKAGE / "reconcile" / "data"
_PLAN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def _data_folder(relative: str) -> Path:
    for home in (_PACKAGE / "_data", _PACKAGE.parent):
        folder = home / relative
        if folder.is_dir():
            return folder
    raise Refused(f"安装不完整，缺少自带的数据“{relative}”", todo="重新安装 dropctl 后再试")


def sample_school() -> Path:
    """Return the folder holding the input files of the invented sample school.

    Raises `Refused` when the installation lacks it.
    """
    return _data_folder("sample_data/school")


def sample_month() -> dict[str, bytes]:
    """Return the sample school's first month by file name: its absence register, and what was done about it (TOML).

    Raises `Refused` when the installation lacks it.
    """
    from zipfile import ZipFile  # late: most commands unpack nothing

    with ZipFile(_data_folder("sample_data") / "september.zip") as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def templates_folder() -> Path:
    """Return the folder of document templates; raises `Refused` when the installation lacks it."""
    return _data_folder("templates")


def template_text(name: str) -> str:
    """Return the packaged wording of a paper such as `term-report`; raises `Refused` when there is none."""
    path = templates_folder() / f"{name}.txt"
    if not path.is_file():
        raise Refused(f"安装不完整，缺少文书模板“{name}”", todo="重新安装 dropctl 后再试")
    return path.read_text(encoding="utf-8")


def fonts_folder() -> Path:
    """Return the folder of the bundled fonts (open licence, cut down; see its OFL.txt)."""
    return _PACKAGE / "documents" / "fonts"


def layout_path(name: str) -> Path:
    """Return the file that lays out a paper for print, beside the code that hands it the blocks."""
    return _PACKAGE / "documents" / name


def plan_names() -> tuple[str, ...]:
    """Return the names of the packaged plans, sorted, as `load_plan` takes them."""
    return tuple(sorted(path.stem for path in _PLANS.glob("*.toml")))


def plan_text(name: str) -> str:
    """Return the TOML text of a packaged plan such as `yixian-2025`.

    Raises `Refused`, naming the plans there are, when there is none of that name.
    """
    if not _PLAN_NAME.fullmatch(name) or name not in plan_names():
        known = "、".join(plan_names()) or "无"
        raise Refused(f"没有名为“{name}”的方案（现有：{known}）", todo="改正 dropctl.toml 里方案的名称")
    return (_PLANS / f"{name}.toml").read_text(encoding="utf-8")


def load_plan(name: str) -> dict[str, Any]:
    """Return a packaged plan parsed from TOML, unchecked: the policy room says what it must hold.

    Raises `Refused` when there is no such plan or its text is not TOML.
    """
    text = plan_text(name)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"方案“{name}”的内容无法读取（{error}）", todo="重新安装 dropctl 后再试") from error


def load_statutes() -> dict[str, Any]:
    """Return the table of citable laws parsed from TOML, unchecked; raises `Refused` when it cannot be read."""
    try:
        return tomllib.loads(_STATUTES.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Refused("自带的法律条文表无法读取", todo="重新安装 dropctl 后再试") from error


def linkage_tables() -> tuple[str, str]:
    """Return the texts of the two tables the matcher is handed: shipped weights (TOML) and sounds of characters.

    Raises `Refused` when the installation lacks them.
    """
    try:
        weights = (_LINKAGE / "weights.toml").read_text(encoding="utf-8")
        return weights, (_LINKAGE / "pinyin.txt").read_text(encoding="utf-8")
    except OSError as error:
        raise Refused("安装不完整，缺少比对用的数据表", todo="重新安装 dropctl 后再试") from error
