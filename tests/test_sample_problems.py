"""The problems of real lists (reference 5.1, by their numbers) really stand in the sample's papers."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from test_sample_data import SAMPLE, sheets

Sheets = dict[tuple[str, str | None], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def papers() -> Sheets:
    found: Sheets = {}
    for part in ("school", "county"):
        found |= {(f"{part}/{file}", sheet): rows for (file, sheet), rows in sheets(SAMPLE / part).items()}
    return found


@pytest.fixture(scope="module")
def values(papers: Sheets) -> list[object]:
    return [value for rows in papers.values() for row in rows for value in row]


@pytest.fixture(scope="module")
def texts(values: list[object]) -> set[str]:
    return {value for value in values if isinstance(value, str)}


def inside(part: str) -> str:
    """All sheets of the .xlsx files whose name holds `part`, as XML."""
    found = []
    for path in SAMPLE.rglob("*.xlsx"):
        if part in path.name:
            with zipfile.ZipFile(path) as package:
                found += [package.read(name).decode() for name in package.namelist() if "worksheets/" in name]
    return "\n".join(found)


def data(name: str) -> bytes:
    return next(SAMPLE.rglob(name)).read_bytes()


def some(texts: set[str], *patterns: str) -> bool:
    return all(any(re.search(pattern, text) for text in texts) for pattern in patterns)


def undecodable(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False


IN_TEXTS: dict[int, tuple[str, ...]] = {
    2: (r"^[\u4e00-\u9fa5] +[\u4e00-\u9fa5]$", r"^[\u4e00-\u9fa5]{3} $", r"^ 3499\d\d \d{8} "),
    4: (r"^20\d{6}$", r"^20\d\d-\d\d-\d\d$", r"^20\d\d-\d-\d+$", r"^20\d\d年\d", r"^20\d\d\.\d", r"^20\d\d/\d\d/"),
    5: (r"^3499\d{13}$",),
    8: (r"^合计$", r"^小计$", r"^填表人", r"^班主任签字", r"^注："),
    10: (r"^\d{17}x$", r"^３４９９", r"^\d{17}×$", r"^'3499"),
    12: (r"^[\u4e00-\u9fa5]+•", r"^[\u4e00-\u9fa5]+·"),
    13: ("䶮",),
    18: (r"^3499\d{11}$",),
    21: ("^岚溪县城关小学$", "^城关小学$"),
    22: (r"^八（1）班$", r"^八年级\(2\)班$", r"^五（2）班$", r"^1班$"),
    23: ("^是$", "^√$", "^有$", "^Y$", "^N$"),
    24: (r"^1990000\d{4}/1990000\d{4}$", r"^1990000\d{3}$"),
    25: (r"^34992[23]\d{11}[\dX]$",),
    27: (r"^H0199\d{4}$", r"^J3499", "^6-香港"),
}


@pytest.mark.parametrize("problem", IN_TEXTS)
def test_a_problem_of_cells_is_there(texts: set[str], problem: int) -> None:
    assert some(texts, *IN_TEXTS[problem])


OTHERS: dict[int, Callable[[Sheets, list[object]], bool]] = {
    1: lambda papers, _: any("花名册" in str(rows[0][0]) and "姓名" in rows[2] for rows in papers.values()),
    3: lambda _, values: any(isinstance(value, float) and value > 1e17 for value in values),
    6: lambda papers, _: inside("2025年秋季学生信息表").count("<mergeCell ") > 20,
    7: lambda papers, _: any("监护人" in rows[1] and "电话" in rows[2] for rows in papers.values() if len(rows) > 2),
    9: lambda papers, _: {"填报说明", "字典", "六（1）班", "五年级1班", "4.1"} <= {sheet for _, sheet in papers},
    11: lambda papers, _: any(
        {str, float} <= {type(value) for value in column if value not in ("", None)}
        for (file, _), rows in papers.items()
        if "学籍名册2025秋" in file
        for column in zip(*rows[2:], strict=True)
    ),
    16: lambda papers, _: data("学籍名册2025秋.xls").startswith(b"\xd0\xcf\x11\xe0"),
    17: lambda _, values: (
        data("八年级2班返校.csv").decode("gb18030") != ""
        and undecodable(data("八年级2班返校.csv"), "utf-8")
        and data("五年级2班返校.csv").startswith(b"\xef\xbb\xbf")
        and any(isinstance(value, str) and value.startswith(('="3499', '"=""3499')) for value in values)
    ),
    20: lambda papers, _: 'hidden="1"' in inside("小学部返校名单") and "#N/A" in inside("转学登记"),
}


@pytest.mark.parametrize("problem", OTHERS)
def test_a_problem_of_layouts_and_files_is_there(papers: Sheets, values: list[object], problem: int) -> None:
    assert OTHERS[problem](papers, values)


def test_dates_stand_as_dates_too(values: list[object]) -> None:
    assert any(isinstance(value, date | datetime) and value.year in range(2010, 2020) for value in values)


# Planted on children, told by the truth: former names, one child twice, twins, a wrong number in a system's export.
ON_CHILDREN = {14: "former_name", 15: "two_rows", 26: "twins", 28: "check_digit"}


def test_the_problems_of_children_are_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SAMPLE))
    from generator import build_county

    planted = {event.what for truth in build_county(2025).truths for event in truth.events}
    assert set(ON_CHILDREN.values()) <= planted


def test_at_least_twenty_five_of_the_twenty_eight() -> None:
    problems = {*IN_TEXTS, *OTHERS, *ON_CHILDREN}
    assert problems < set(range(1, 29))
    assert len(problems) >= 25


def test_it_all_lies_beside_the_schools_own_folder() -> None:
    assert Path(SAMPLE / "school").is_dir()
    assert {path.name for path in (SAMPLE / "county").iterdir()} == {"县级名单", "岚溪县城关小学", "岚溪县河口初级中学"}
