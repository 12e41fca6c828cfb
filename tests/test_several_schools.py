"""Several schools in one call: one name for each, every list laid beside its own school, nobody mixed up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from builders import HEADINGS, Child, id_number
from test_term_start import workbook

from dropctl.procedures.outcome import TermStartOutcome
from dropctl.procedures.school_names import Spellings, collect, name_schools
from dropctl.procedures.term_start import reconcile_term_start, write_term_start
from dropctl.workspace import create_workspace

OPENING, AS_OF = date(2025, 9, 1), date(2025, 9, 3)
EAST, WEST = "岚溪县东河中心小学", "岚溪县西河中心小学"
CLASS = "三年级1班"
BORN = "20170301"


def child(name: str, sequence: int, class_name: str = CLASS) -> Child:
    return Child(name, class_name, born=BORN, sequence=sequence)


def register(path: Path, *children: Child, school: str | None = None) -> None:
    rows = [[*one.row(), school or ""] for one in children]
    workbook(path, [["学生花名册"], [*HEADINGS, "学校名称"], *rows])


def came(path: Path, marks: dict[str, str], class_name: str = CLASS, title: str = "返校登记") -> None:
    workbook(path, [[f"{class_name}{title} 2025年9月1日"], ["姓名", "是否返校"], *marks.items()])


def run(folder: Path, **options: object) -> TermStartOutcome:
    return reconcile_term_start([folder], as_of=AS_OF, opening=OPENING, **options)  # type: ignore[arg-type]


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Two schools with a class of the same name, and a boy of the same name in both."""
    folder = tmp_path / "in"
    register(folder / "东/学籍.xlsx", child("王小明", 1), child("张东一", 3), school=EAST)
    register(folder / "西/学籍.xlsx", child("王小明", 5), child("李西一", 7), school=WEST)
    came(folder / "东/返校/301.xlsx", {"王小明": "是", "张东一": "否"})
    came(folder / "西/返校/301.xlsx", {"王小明": "否", "李西一": "是"})
    return folder


def missing(outcome: TermStartOutcome) -> list[tuple[str, str]]:
    found = outcome.findings.filter(pl.col("kind") == "not_returned")
    return sorted(found.select("school", "name").iter_rows())


def test_a_list_belongs_to_the_school_whose_folder_it_lies_in(county: Path) -> None:
    outcome = run(county)
    assert missing(outcome) == [(EAST, "张东一"), (WEST, "王小明")]
    assert outcome.school == "2所学校"
    assert outcome.classes.select("school", "class_name", "returned", "not_returned").rows() == [
        (EAST, CLASS, 1, 1), (WEST, CLASS, 1, 1),
    ]  # fmt: skip
    assert outcome.findings.height == 2


def test_each_school_alone_says_the_same(county: Path) -> None:
    together = run(county).findings.select("kind", "school", "name", "certainty").rows()
    alone = [row for part in ("东", "西") for row in run(county / part).findings.select(
        "kind", "school", "name", "certainty").rows()]  # fmt: skip
    assert sorted(together) == sorted(alone)


def test_a_list_of_nobodys_accuses_nobody_and_is_said(county: Path) -> None:
    (county / "西/返校/301.xlsx").rename(county / "301.xlsx")
    outcome = run(county)
    assert missing(outcome) == [(EAST, "张东一")]
    kinds = outcome.findings.filter(school=WEST)["kind"].to_list()
    assert kinds == ["presence_unreported"]
    (issue,) = outcome.issues.filter(code="school_unknown").iter_rows(named=True)
    assert (issue["file"], issue["severity"]) == ("301.xlsx", "warning")
    unsure = outcome.findings.filter(kind="unregistered")
    assert set(unsure["certainty"]) == {"to_confirm"}


def test_a_school_named_in_the_files_name_is_taken(county: Path) -> None:
    (county / "西/返校/301.xlsx").rename(county / f"{WEST}301.xlsx")
    assert missing(run(county)) == [(EAST, "张东一"), (WEST, "王小明")]


def test_short_names_come_from_the_list_of_schools(county: Path) -> None:
    register(county / "西/学籍.xlsx", child("王小明", 5), child("李西一", 7), school="西河小学")
    workbook(county / "学校名单.xlsx", [
        ["学校名单"], ["学校名称", "学校标识码", "简称"], [EAST, "2134990001", "东河小学"],
        [WEST, "2134990002", "西河小学、西小"],
    ])  # fmt: skip
    assert missing(run(county)) == [(EAST, "张东一"), (WEST, "王小明")]


def test_a_child_registered_in_one_school_and_present_in_the_other(county: Path) -> None:
    rows = [["李西一", id_number(BORN, 7), "是"], ["张东一", id_number(BORN, 3), "是"], ["王小明", "", "否"]]
    workbook(county / "西/返校/301.xlsx", [[f"{CLASS}返校登记 2025年9月1日"], ["姓名", "身份证号", "是否返校"], *rows])
    register(county / "东/学籍.xlsx", child("王小明", 1), child("张东一", 3), child("赵东二", 9), school=EAST)
    came(county / "东/返校/301.xlsx", {"王小明": "是", "赵东二": "是"})
    (line,) = run(county).findings.filter(kind="not_returned", school=EAST).iter_rows(named=True)
    assert (line["name"], line["certainty"], line["triage"]) == ("张东一", "certain", "elsewhere")
    assert WEST in line["reason"]


def test_last_years_register_of_one_school_silences_only_that_school(county: Path) -> None:
    names = [f"学生{chr(0x4E00 + n)}" for n in range(4)]
    register(
        county / "东/学籍.xlsx", *(child(name, 11 + 2 * n, "二年级1班") for n, name in enumerate(names)), school=EAST
    )
    came(county / "东/返校/301.xlsx", dict.fromkeys(names, "是"))
    outcome = run(county)
    assert outcome.findings.filter(kind="register_outdated")["school"].to_list() == [EAST]
    assert missing(outcome) == [(WEST, "王小明")]


def test_the_brake_holds_per_school(county: Path) -> None:
    west = [child(f"学生{chr(0x4E00 + n)}", 101 + 2 * n) for n in range(12)]
    register(county / "西/学籍.xlsx", *west, school=WEST)
    came(county / "西/返校/301.xlsx", {one.name: "否" if n < 3 else "是" for n, one in enumerate(west)})
    east = [child(f"孩子{chr(0x4E00 + n)}", 201 + 2 * n) for n in range(60)]
    register(county / "东/学籍.xlsx", *east, school=EAST)
    came(county / "东/返校/301.xlsx", dict.fromkeys((one.name for one in east), "是"))
    cases = run(county).cases
    assert cases.held_back
    assert WEST in (cases.reason or "")
    assert EAST not in (cases.reason or "")


def test_the_workbook_names_the_school_on_every_list(county: Path, tmp_path: Path) -> None:
    write_term_start(run(county), tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / "核对结果.xlsx")
    for title in ("各班到校情况", "在籍未返校", "标注名册"):
        texts = {value for row in book[title].iter_rows(values_only=True) for value in row}
        assert {"学校", EAST, WEST} <= texts, title


def test_in_a_schools_workspace_its_own_short_name_is_one_school(county: Path, tmp_path: Path) -> None:
    made = create_workspace(
        tmp_path / "w", role="school", name=EAST, code="2134990001", opening=OPENING, closing=date(2026, 1, 30)
    )
    text = (made.root / "dropctl.toml").read_text(encoding="utf-8")
    (made.root / "dropctl.toml").write_text(
        text.replace("short_names = []", 'short_names = ["东小"]'), encoding="utf-8"
    )
    rows = [[*child("王小明", 1).row(), EAST], [*child("张东一", 3).row(), "东小"]]
    workbook(county / "东/学籍.xlsx", [["学生花名册"], [*HEADINGS, "学校名称"], *rows])
    made = type(made)(made.root, made.config.model_validate(made.config.model_dump() | {
        "school": made.config.school.model_dump() | {"short_names": ("东小",)}}))  # fmt: skip
    outcome = reconcile_term_start([county / "东"], as_of=AS_OF, workspace=made, record=False)
    assert outcome.school == EAST
    assert missing(outcome) == [(EAST, "张东一")]


@pytest.mark.parametrize(("written", "school"), [
    (EAST, EAST),
    ("岚溪县 东河中心小学", EAST),
    ("东河中心小学", EAST),
    ("东小", EAST),
    ("西小", WEST),
    ("中心小学", "中心小学"),  # may be anybody's
    ("河小", "河小"),  # declared for both: nobody's
    ("东河小学", "东河小学"),  # alike is not the same
])  # fmt: skip
def test_names_are_resolved_and_never_guessed(written: str, school: str) -> None:
    names = Spellings()
    names.add(EAST, "东小", "河小")
    names.add(WEST, "西小", "河小")
    assert names.of(written) == school


def test_rows_of_one_school_code_are_one_school() -> None:
    written = ["石桥学校", "石桥九年制学校", "石桥学校"]
    frame = pl.DataFrame({"school": written, "school_code": ["3134990017"] * 3, "file": ["a.xlsx"] * 3})
    frames, school, issues = name_schools({"enrollment": frame}, collect({"enrollment": frame}, []), None)
    assert school == "石桥学校"
    assert set(frames["enrollment"]["school"]) == {"石桥学校"}
    assert issues == []
