"""考勤表 and 缺勤登记 as schools write them: which cell is which day of whom, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropctl.ingest.absences import log_meaning, read_days
from dropctl.ingest.legends import read_legend
from dropctl.ingest.month_grid import find_month_grid
from dropctl.ingest.read import Registers, read_registers
from dropctl.registers.absence import meaning_of_mark
from dropctl.tables.raw import Cell, CellError, RawSheet

OPENING, AS_OF = date(2025, 9, 1), date(2025, 10, 9)
DAYS = [float(day) for day in range(1, 11)]


def read(*rows: Sequence[Cell], sheet: str | None = "9月", file: str = "考勤.xlsx") -> Registers:
    return read_registers([RawSheet(file, sheet, list(rows))], opening=OPENING, as_of=AS_OF)


def grid(*pupils: Sequence[Cell], title: str = "七年级1班2025年9月考勤表") -> Registers:
    return read([title], ["序号", "姓名", *DAYS], *([None, *pupil] for pupil in pupils))


def cells(read: Registers, *keys: str) -> list[tuple[Any, ...]]:
    frame = read.frames["absence"].filter(pl.col("day").is_not_null())
    return list(frame.select(*(keys or ("name", "day", "state"))).iter_rows())


def codes(read: Registers) -> list[str]:
    return [issue.code for issue in read.issues]


def test_each_mark_stands_for_its_pupil_and_day() -> None:
    found = grid(["张三", "√", "×"], ["李四", "病", "迟"])
    assert cells(found, "name", "day", "state", "column", "row", "class_name", "form") == [
        ("张三", date(2025, 9, 1), "attended", "C", 3, "七年级1班", "grid"),
        ("张三", date(2025, 9, 2), "unexcused", "D", 3, "七年级1班", "grid"),
        ("李四", date(2025, 9, 1), "excused", "C", 4, "七年级1班", "grid"),
        ("李四", date(2025, 9, 2), "attended", "D", 4, "七年级1班", "grid"),
    ]
    assert codes(found) == []


@pytest.mark.parametrize(("mark", "state"), [
    ("√", "attended"), ("✓", "attended"), ("×", "unexcused"), ("x", "unexcused"), ("Ｘ", "unexcused"),
    ("旷", "unexcused"), ("旷课", "unexcused"), ("○", "excused"), ("〇", "excused"), ("△", "excused"),
    ("病", "excused"), ("事假", "excused"), ("公", "excused"), ("◎", "attended"), ("#", "attended"), ("＃", "attended"),
    ("迟", "attended"), ("早退", "attended"), ("半", "attended"), (" √ ", "attended"), (1.0, "attended"),
    ("√/×", "attended"), ("×√", "attended"), ("××", "unexcused"), ("病、旷", "unknown"), ("休", "unknown"),
    ("?", "unknown"), ("0", "unknown"), ("请家长联系", "unknown"),
])  # fmt: skip
def test_what_a_mark_means_without_a_legend(mark: Cell, state: str) -> None:
    found = grid(["张三", mark])
    assert cells(found, "state") == [(state,)]
    assert codes(found) == (["mark_unknown"] if state == "unknown" else [])


def test_an_unknown_mark_is_named_at_its_cell_and_the_rest_is_read() -> None:
    found = grid(["张三", "√", "?"], ["李四", "√", "√"])
    (issue,) = found.issues
    assert (issue.cell, issue.raw, issue.severity) == ("D3", "?", "warning")
    assert len(cells(found)) == 4


@pytest.mark.parametrize("legend", [
    "图例：√病假 ×出勤", "图例：病假√ 出勤×", "说明：√=病假，×=出勤", "符号：√：病假；×：出勤", "备注：病假=√、出勤=×",
])  # fmt: skip
def test_the_legend_of_the_sheet_goes_before_the_usual_meaning(legend: str) -> None:
    found = read(["七年级1班2025年9月考勤表"], ["姓名", *DAYS], ["张三", "√", "×"], [legend])
    assert cells(found, "state") == [("excused",), ("attended",)]


def test_a_legend_may_bring_letters_of_its_own() -> None:
    legend = read_legend(["图例：A=旷课 B=病假"])
    assert {sign: meaning.state for sign, meaning in legend.items()} == {"a": "unexcused", "b": "excused"}
    assert meaning_of_mark("a", legend) is not None
    assert meaning_of_mark("c", legend) is None


def test_a_blank_beside_presence_marks_is_unknown_and_elsewhere_no_mark() -> None:
    found = grid(["张三", "√", "×", None], ["李四", None, None, None])
    assert cells(found) == [
        ("张三", date(2025, 9, 1), "attended"),
        ("张三", date(2025, 9, 2), "unexcused"),
        ("李四", date(2025, 9, 1), "unknown"),
    ]


def test_a_late_mark_is_no_presence_mark() -> None:
    assert len(cells(grid(["张三", "迟"], ["李四", None]))) == 1


@pytest.mark.parametrize("label", ["无", "当日无缺勤", "全班", "无缺勤"])
def test_a_row_of_the_grid_may_say_that_nobody_was_absent(label: str) -> None:
    found = grid(["张三", None, "×"], [label, "无", None, "√"])
    assert cells(found, "name", "day", "state") == [
        ("张三", date(2025, 9, 2), "unexcused"),
        (None, date(2025, 9, 1), "nil"),
        (None, date(2025, 9, 3), "nil"),
    ]


def test_a_pupil_without_any_mark_keeps_a_row_and_every_row_is_accounted_for() -> None:
    found = read(
        ["七年级1班2025年9月考勤表"], ["序号", "姓名", *DAYS], [1.0, "张三", "×"], [2.0, "李四"], [],
        [None, "缺勤人数", 1.0], ["图例：√出勤 ×旷课"], ["班主任：王老师"],
    )  # fmt: skip
    assert found.frames["absence"]["name"].to_list() == ["张三", "李四"]
    (count,) = found.inputs
    assert count.rows_read == count.rows_kept + count.rows_set_aside + count.rows_blank == 8
    assert (count.rows_kept, count.rows_blank) == (2, 1)


@pytest.mark.parametrize(("heading", "day"), [
    ("1", date(2025, 9, 1)), ("01", date(2025, 9, 1)), ("1日", date(2025, 9, 1)), ("1号", date(2025, 9, 1)),
    ("9月1日", date(2025, 9, 1)), ("9/1", date(2025, 9, 1)), ("9.1", date(2025, 9, 1)),
    ("2025-09-01", date(2025, 9, 1)), (date(2025, 9, 1), date(2025, 9, 1)),
])  # fmt: skip
def test_how_a_day_column_may_be_headed(heading: Cell, day: date) -> None:
    found = read(["七年级1班2025年9月考勤表"], ["姓名", heading], ["张三", "×"])
    assert cells(found, "day", "state") == [(day, "unexcused")]


@pytest.mark.parametrize(("title", "sheet", "day"), [
    ("七年级1班2025年9月考勤表", "Sheet1", date(2025, 9, 1)),
    ("七年级1班考勤表", "2025-09", date(2025, 9, 1)),
    ("七年级1班9月份考勤表", "Sheet1", date(2025, 9, 1)),
    ("2025—2026学年第一学期七年级1班9月考勤表", "Sheet1", date(2025, 9, 1)),
    ("七年级1班12月考勤表", "Sheet1", date(2024, 12, 1)),  # the last December that has begun
])  # fmt: skip
def test_where_the_month_is_found(title: str, sheet: str, day: date) -> None:
    found = read([title], ["姓名", *DAYS], ["张三", "×"], sheet=sheet)
    assert cells(found, "day") == [(day,)]


def test_a_grid_of_no_month_keeps_its_rows_and_says_so_once() -> None:
    found = read(["七年级1班考勤表"], ["姓名", *DAYS], ["张三", "×", "×"], ["李四", "√"], sheet="Sheet1")
    assert cells(found) == []
    assert found.frames["absence"]["name"].n_unique() == 2
    assert set(codes(found)) == {"month_unknown"}


def test_days_in_the_row_below_or_above_the_names_heading() -> None:
    title, pupil = ["七年级1班2025年9月考勤表"], [1.0, "张三", "×", "√"]
    below = read(title, ["序号", "姓名", "一", "二"], [None, None, 1.0, 2.0], pupil)
    above = read(title, [None, None, 1.0, 2.0], ["序号", "姓名", "一", "二"], pupil)
    assert (
        cells(below)
        == cells(above)
        == [
            ("张三", date(2025, 9, 1), "unexcused"),
            ("张三", date(2025, 9, 2), "attended"),
        ]
    )


def test_two_columns_of_one_day_are_its_halves() -> None:
    found = read(
        ["七年级1班2025年9月考勤表"], ["姓名", 1.0, None, 2.0, None], [None, "上午", "下午", "上午", "下午"],
        ["张三", "×", "√", "×", "×"],
    )  # fmt: skip
    assert cells(found, "day", "part", "state") == [
        (date(2025, 9, 1), "morning", "unexcused"),
        (date(2025, 9, 1), "afternoon", "attended"),
        (date(2025, 9, 2), "morning", "unexcused"),
        (date(2025, 9, 2), "afternoon", "unexcused"),
    ]


def test_a_day_that_does_not_exist_is_named_and_an_empty_column_of_it_is_not() -> None:
    days = [float(day) for day in range(1, 32)]
    full = read(["七年级1班2025年9月考勤表"], ["姓名", *days], ["张三", *(["√"] * 31)])
    assert codes(full) == ["day_impossible"]
    empty = read(["七年级1班2025年9月考勤表"], ["姓名", *days], ["张三", *(["√"] * 30)])
    assert codes(empty) == []


@pytest.mark.parametrize("rows", [
    [["七年级1班返校登记表"], ["姓名", "是否返校"], ["张三", "是"]],
    [["缺勤登记"], ["日期", "班级", "姓名", "原因"], [date(2025, 9, 1), "701", "张三", "病假"]],
    [["花名册"], ["序号", "姓名", "学籍号"], [1.0, "张三", ""], [2.0, "李四", ""]],
])  # fmt: skip
def test_what_is_no_grid(rows: list[list[Cell]]) -> None:
    assert find_month_grid(RawSheet("考勤.xlsx", "Sheet1", rows), AS_OF) is None


LOG = ("日期", "班级", "姓名", "节次", "缺勤原因", "是否请假")


def log(*rows: Sequence[Cell]) -> Registers:
    return read(["缺勤登记"], LOG, *rows, sheet="Sheet1")


def test_a_log_has_a_row_per_pupil_and_day() -> None:
    found = log(["2025-09-01", "七年级1班", "张三", "", "", "否"], ["2025-09-02", "701", "李四", "", "病假", "是"])
    assert cells(found, "name", "day", "state", "class_name", "form") == [
        ("张三", date(2025, 9, 1), "unexcused", "七年级1班", "log"),
        ("李四", date(2025, 9, 2), "excused", "七年级1班", "log"),
    ]


@pytest.mark.parametrize("row", [
    ["2025-09-01", "701", "无", "", "", ""], ["2025-09-01", "701", "无缺勤", "", "", ""],
    ["2025-09-01", "701", None, "", "无", ""],
])  # fmt: skip
def test_a_row_that_says_nobody_was_absent(row: list[Cell]) -> None:
    found = log(row)
    assert cells(found, "name", "day", "state", "class_name") == [(None, date(2025, 9, 1), "nil", "七年级1班")]
    assert codes(found) == []


def test_a_row_may_name_several_days() -> None:
    found = log(["2025-09-01至2025-09-03", "701", "张三", "", "", "否"], ["9月4日、5日", "701", "张三", "", "", "否"])
    assert [day for (day,) in cells(found, "day")] == [date(2025, 9, day) for day in range(1, 6)]
    assert codes(found) == ["day_guessed"]


@pytest.mark.parametrize(("written", "days"), [
    ("2025-09-01", [1]), ("2025年9月1日", [1]), ("20250901", [1]), ("2025.9.1-9.3", [1, 2, 3]),
    ("2025年9月1日—9月3日", [1, 2, 3]), ("9月1日到3日", [1, 2, 3]), ("9.1-9.3", [1, 2, 3]), ("9/1", [1]),
    ("9月1日、9月3日", [1, 3]), (date(2025, 9, 1), [1]),
])  # fmt: skip
def test_how_days_are_written(written: Cell, days: list[int]) -> None:
    assert read_days(written, None, AS_OF)[0] == [date(2025, 9, day) for day in days]


@pytest.mark.parametrize("written", ["上周", "2025-09-05至2025-09-01", "9月31日", "2024-09-01至2025-09-05", "1日"])
def test_a_day_that_cannot_be_read_is_named_and_the_row_is_kept(written: str) -> None:
    found = log([written, "701", "张三", "", "", "否"])
    assert cells(found) == []
    assert found.frames["absence"]["name"].to_list() == ["张三"]
    assert codes(found) == ["day_unreadable"]


def test_without_a_date_column_the_title_gives_the_day() -> None:
    found = read(["七年级1班2025年9月5日缺勤登记"], ("姓名", "是否请假", "原因"), ["张三", "否", ""], sheet="Sheet1")
    assert cells(found) == [("张三", date(2025, 9, 5), "unexcused")]


@pytest.mark.parametrize(("part", "read_as"), [
    ("", "whole"), ("全天", "whole"), ("上午", "morning"), ("下午", "afternoon"), ("上午、下午", "whole"),
    ("第1-4节", "morning"), ("5-7节", "afternoon"), ("1—8节", "whole"), ("第3节", "part"), ("晚自习", "part"),
])  # fmt: skip
def test_how_much_of_a_day(part: str, read_as: str) -> None:
    assert cells(log(["2025-09-01", "701", "张三", part, "", "否"]), "part") == [(read_as,)]


@pytest.mark.parametrize(("mark", "reason", "leave", "state"), [
    (None, None, None, "unexcused"), (None, "联系不上", None, "unexcused"), (None, "外出打工", None, "unexcused"),
    (None, "病假", None, "excused"), (None, "发烧在家", None, "excused"), (None, "旷课", None, "unexcused"),
    (None, "无故未到", "否", "unexcused"), (None, "病假", "否", "unexcused"), (None, "参加比赛", "否", "excused"),
    (None, "迟到", "否", "attended"), (None, None, "是", "excused"), (None, "旷课", "是", "unknown"),
    (None, "没有请假", None, "unexcused"), (None, "转学", None, "unknown"), (None, "休学", None, "unknown"),
    ("旷课", "病假", None, "unknown"), ("缺勤", "病假", None, "excused"), ("×", "病假", None, "unknown"),
    ("×", "走亲戚", None, "unexcused"), (None, "走亲戚", None, "unknown"), (None, "走亲戚", "是", "excused"),
    (None, "走亲戚", "否", "unexcused"), (None, "无", None, "unexcused"), (None, "原因不明", None, "unexcused"),
    (None, "不详", None, "unexcused"), (None, "未接电话", None, "unexcused"),
    ("迟到", None, None, "attended"), (None, "病假", "unclear", "unknown"),
])  # fmt: skip
def test_what_a_row_of_a_log_says(mark: str | None, reason: str | None, leave: str | None, state: str) -> None:
    assert log_meaning(mark, reason, leave)[0].state == state


@pytest.mark.parametrize("written", ["2025-09-29起至今", "9月29日起", "2025年9月29日开始至今", "9.29至今"])
def test_an_absence_without_an_end_counts_once_and_leaves_the_days_after_it_open(written: str) -> None:
    found = log([written, "701", "张三", "", "旷课", ""])
    states = dict(cells(found, "day", "state"))
    assert states.pop(date(2025, 9, 29)) == "unexcused"
    assert set(states.values()) == {"unknown"}
    assert max(states) == AS_OF
    assert "day_without_end" in codes(found)


def test_a_row_that_contradicts_itself_is_unknown_and_named() -> None:
    found = log(["2025-09-01", "701", "张三", "", "旷课", "是"])
    assert cells(found, "state") == [("unknown",)]
    assert codes(found) == ["leave_contradicted"]


CELL = st.one_of(
    st.none(), st.sampled_from(["√", "×", "旷", "病", "无", "", " ", "休", "?", "图例：√出勤", "合计", "注："]),
    st.sampled_from(["张三", "李四", "当日无缺勤", "2025年9月", "9月1日", "七年级1班"]), st.integers(0, 40).map(float),
    st.booleans(), st.just(CellError("#N/A")), st.dates(date(2025, 8, 1), date(2025, 10, 31)), st.text(max_size=4),
)  # fmt: skip


@given(st.lists(st.lists(CELL, max_size=8), max_size=12), st.booleans())
def test_whatever_stands_below_the_headings_every_row_is_accounted_for(rows: list[list[Cell]], as_grid: bool) -> None:
    head: list[list[Cell]] = [["七年级1班2025年9月考勤表"]]
    head.append(["序号", "姓名", *DAYS] if as_grid else list(LOG))
    found = read(*head, *rows, sheet="Sheet1")
    (count,) = found.inputs
    assert count.register == "absence"
    assert count.rows_read == count.rows_kept + count.rows_set_aside + count.rows_blank == len(rows) + 2
    frame = found.frames["absence"]
    assert frame.select("file", "sheet", "row").unique().height == count.rows_kept
    assert set(frame["state"]) <= {"attended", "unexcused", "excused", "unknown", "nil"}


def test_a_list_without_a_single_row_is_a_register_without_marks() -> None:
    assert log().frames["absence"].is_empty()
    assert grid().frames["absence"].is_empty()


@pytest.mark.parametrize("mark", ["—", "-", "/", "休", "周六"])
def test_a_column_that_says_one_unknown_thing_of_everybody_is_told_once(mark: str) -> None:
    found = grid(["张三", "√", mark], ["李四", "×", mark], ["王五", "√", mark])
    [issue] = found.issues
    assert (issue.code, issue.severity, issue.cell, issue.raw) == ("column_crossed_out", "note", "D3", mark)
    assert "周末或放假的不用改" in issue.message
    assert {state for _, day, state in cells(found) if day == date(2025, 9, 2)} == {"unknown"}
    one = grid(["张三", "√", mark], ["李四", "×", "√"])
    assert codes(one) == ["mark_unknown"]


@pytest.mark.parametrize("line", [
    "√到校 ×病假 ○旷课", "（√：到校，×：病假，○：旷课）", "到校√ 病假× 旷课○", "注：√=到校；×=病假；○=旷课",
])  # fmt: skip
@pytest.mark.parametrize("where", ["title", "below", "beside"])
def test_a_legend_is_read_wherever_it_stands(line: str, where: str) -> None:
    title = "七年级1班2025年9月考勤表"
    head: list[list[Cell]] = [[f"{title}　{line}"]] if where == "title" else [[title]]
    tail: list[list[Cell]] = [[line]] if where == "below" else [[None, line]] if where == "beside" else []
    found = read(*head, ["序号", "姓名", *DAYS], [1.0, "张三", "√", "×", "○"], *tail)
    assert cells(found, "name", "state") == [("张三", "attended"), ("张三", "excused"), ("张三", "unexcused")]
    assert found.frames["absence"]["name"].n_unique() == 1


@pytest.mark.parametrize("title", ["七年级1班9月考勤表（缺勤的打√）", "七年级1班2025年9月考勤表 缺勤者请打“√”"])
def test_a_tick_may_stand_for_who_is_away(title: str) -> None:
    found = read([title], ["序号", "姓名", *DAYS], [1.0, "张三", "√", None], [2.0, "李四", None, None])
    assert ("张三", date(2025, 9, 1), "unexcused") in cells(found)
    assert not [state for name, _, state in cells(found) if name == "李四" and state == "attended"]


def test_a_pupil_s_own_words_beside_a_mark_are_no_legend() -> None:
    found = grid(["王A", "×病假", "√迟到", "○"], ["张三", "√", "√", "√"])
    assert set(found.frames["absence"]["name"]) == {"王A", "张三"}


@pytest.mark.parametrize("written", ["8、9、10、11、12、15", "8日-12日、15日", "9.8、9、10-12、15", "8-12，15"])
def test_days_without_a_month_are_of_the_month_of_the_title(written: str) -> None:
    found = read(
        ["七年级1班2025年9月缺勤情况统计表"],
        ["姓名", "缺勤天数", "缺勤日期", "缺勤原因"],
        ["张三", 6.0, written, "旷课"],
    )
    days = sorted(day.day for (day,) in cells(found, "day"))
    assert days == [8, 9, 10, 11, 12, 15]
