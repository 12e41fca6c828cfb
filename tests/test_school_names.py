"""Short, former and full names of one school, and two schools that only look alike."""

from __future__ import annotations

from datetime import date

import polars as pl

from dropctl.ingest.read import read_registers
from dropctl.registers.school_names import School, SchoolNames, schools_of, with_full_names
from dropctl.tables.raw import RawSheet

FULL = "某县碧阳初级中学"
HEADINGS = ("学校名称", "学校标识码", "简称")
ROWS = (
    (FULL, "2134990001", "碧阳中学、碧阳初中"),
    ("某县碧山中学", "2134990002", "碧山 中学；碧中"),
    ("某县城关小学", "2134990003", "碧中"),
    (None, "2134990004", "无名"),
)


def register() -> pl.DataFrame:
    sheet = RawSheet("学校名单.xlsx", "Sheet1", [HEADINGS, *ROWS])
    read = read_registers([sheet], opening=date(2025, 9, 1), as_of=date(2025, 9, 3))
    return read.frames["schools"]


def test_every_name_somebody_wrote_down_is_the_school() -> None:
    names = SchoolNames(schools_of(register()))
    assert {names.full_name(name) for name in (FULL, "碧阳中学", "碧阳初中", " 碧阳 初中 ")} == {FULL}
    assert names.full_name("碧山中学") == "某县碧山中学"


def test_a_name_of_two_schools_or_of_none_stays_as_it_is() -> None:
    names = SchoolNames(schools_of(register()))
    assert names.full_name("碧中") == "碧中"  # 碧山中学 and 城关小学 both claim it
    assert names.full_name("碧阳初级") == "碧阳初级"
    assert names.full_name(None) is None


def test_the_code_decides_before_the_name() -> None:
    names = SchoolNames(schools_of(register()))
    assert names.full_name("碧山中学", "2134990001") == FULL
    assert names.full_name("碧山中学", "2134999999") == "某县碧山中学"
    assert names.full_name(None, "2134990001") == FULL


def test_a_full_name_is_its_own_school_even_where_another_once_bore_it() -> None:
    names = SchoolNames([School("甲小学"), School("乙小学", None, ("甲小学",))])
    assert names.full_name("甲小学") == "甲小学"


def test_all_registers_are_brought_to_full_names_and_each_change_is_said() -> None:
    frames = {
        "enrollment": pl.DataFrame(
            {"school": ["碧阳中学", "碧阳中学", None], "school_code": [None, None, "2134990002"]}
        ),
        "poverty": pl.DataFrame({"other_school": ["碧阳初中", "外县小学", None]}),
        "schools": register(),
    }
    named, said = with_full_names(frames, schools_of(frames["schools"]))
    assert named["enrollment"]["school"].to_list() == [FULL, FULL, "某县碧山中学"]
    assert named["poverty"]["other_school"].to_list() == [FULL, "外县小学", None]
    assert named["schools"].equals(frames["schools"])
    assert said == [
        f"“碧阳中学”按登记的学校名称读作“{FULL}”（2处），原表未改动",
        f"“碧阳初中”按登记的学校名称读作“{FULL}”（1处），原表未改动",
    ]


def test_without_any_school_nothing_is_touched() -> None:
    frames = {"enrollment": pl.DataFrame({"school": ["碧阳中学"]})}
    named, said = with_full_names(frames, schools_of(None))
    assert named["enrollment"].equals(frames["enrollment"])
    assert said == []
