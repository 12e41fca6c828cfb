"""Writes `dropctl.toml`: anew with remarks a registrar can read in Notepad, or with one more term in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dropctl.errors import Refused
from dropctl.files import make_folder, write_whole
from dropctl.school_calendar import school_year
from dropctl.workspace.config import CONFIG_NAME, INBOX, OUT, STATE, Workspace, open_workspace

_TEMPLATE = """\
# dropctl 的设置，可以用记事本修改。# 后面是说明，不起作用。
# 日期写成 2025-09-01，不加引号；文字写在英文引号里。

[school]
role = {role}  # school 学校，county 县教育局
name = {name}  # 全称
code = {code}  # 10 位学校标识码
short_names = []  # 名单上出现的简称，例如 ["碧阳初中", "碧阳中学"]

# 每个学期一节。新学期用 dropctl calendar add-term 登记，或照样子添一节。
[[terms]]
name = {term}
opening = {opening}  # 开学日
closing = {closing}  # 最后一天

# 本校自己停课的日子（国家的放假和调休不用写）。要用时去掉行首的 # ：
# [[closures]]
# first = 2025-11-13
# last = 2025-11-14
# reason = "运动会"

# 责任人，可以不写（职务也要加引号）：
{people}

# 文书编号里的单位，可以不写（不写就用简称，没有简称的用全称）：
# [numbering]
# prefix = "碧阳初中"  # 通知书等：碧阳初中劝返〔2025〕第001号
# letters = "碧初"  # 报告、函等公文的发文机关代字：碧初〔2025〕12号

# 公文里怎样称呼有关机关，写全称，可以不写（不写就用“县教育局”“县人民政府”“市教育局”）：
# [offices]
# county = "黟县"
# bureau = "黟县教育局"
# government = "黟县人民政府"
# city_bureau = "黄山市教育局"
# township = "碧阳镇人民政府"  # 学校所在乡镇，名单上没有写乡镇的孩子用它
"""

_NOBODY = """\
# [people]
# "校长" = "姓名"
# "学籍管理员" = "姓名\""""


def term_name(opening: date) -> str:
    """Return the usual name of the term opening on that day, such as `2025-2026学年第一学期`."""
    year = school_year(opening)
    first = opening.month in (7, 8, 9, 10, 11, 12)
    if first:
        year = opening.year  # an opening in July or August already belongs to the new school year
    return f"{year}-{year + 1}学年第{'一' if first else '二'}学期"


def config_text(
    *, role: str, name: str, code: str, opening: date, closing: date, people: Mapping[str, str] | None = None
) -> str:
    """Return the text of a new `dropctl.toml`, `people` by duty; Refused for values it cannot hold."""
    import tomlkit  # late: only init and add-term write

    from dropctl.workspace.settings import checked

    quoted = {
        key: tomlkit.item(value.strip()).as_string() for key, value in (("role", role), ("name", name), ("code", code))
    }
    named = tomlkit.dumps({"people": dict(people)}).rstrip() if people else _NOBODY
    text = _TEMPLATE.format(
        **quoted, term=tomlkit.item(term_name(opening)).as_string(), opening=opening, closing=closing, people=named
    )
    checked(tomllib.loads(text), CONFIG_NAME)
    return text


def create_workspace(
    root: Path, *, role: str, name: str, code: str, opening: date, closing: date,
    people: Mapping[str, str] | None = None, replace: bool = False,
) -> Workspace:  # fmt: skip
    """Make a workspace in `root` and return it; Refused when one is there already or a value cannot be."""
    if (root / CONFIG_NAME).exists() and not replace:
        todo = f"换一个文件夹，或直接修改其中的 {CONFIG_NAME}"
        raise Refused("这里已经是一个工作区，没有改动", where=str(root), todo=todo)
    text = config_text(role=role, name=name, code=code, opening=opening, closing=closing, people=people)
    for folder in (root / INBOX, root / OUT, root / STATE):
        make_folder(folder)
    write_whole(root / CONFIG_NAME, text.encode())
    return open_workspace(root.resolve())


def with_term(workspace: Workspace, name: str, opening: date, closing: date) -> str:
    """Return the text of `dropctl.toml` with one more term, everything else as it was; Refused when it cannot be."""
    import tomlkit

    from dropctl.workspace.settings import checked

    path = workspace.root / CONFIG_NAME
    text = path.read_bytes().decode("utf-8-sig")
    document = tomlkit.parse(text)
    table = tomlkit.table()
    table.trivia.indent = "\n"
    table.update({"name": name.strip(), "opening": opening, "closing": closing})
    if not document.get("terms"):
        document["terms"] = tomlkit.aot()
    document["terms"].append(table)
    result = tomlkit.dumps(document)
    checked(tomllib.loads(result), str(path))
    return result.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in text else result


def add_term(workspace: Workspace, name: str, opening: date, closing: date) -> None:
    """Add a term to `dropctl.toml`, keeping the registrar's remarks; Refused when it overlaps another."""
    write_whole(workspace.root / CONFIG_NAME, with_term(workspace, name, opening, closing).encode())
