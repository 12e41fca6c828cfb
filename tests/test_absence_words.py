"""What teachers write beside an absence: whom it excuses, whom it leaves absent, and what has to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropctl.ingest.read import Registers, read_registers
from dropctl.registers.absence_words import WORDS, meaning_of_title, meaning_of_words
from dropctl.tables.raw import Cell, RawSheet


def state(text: str) -> str | None:
    meaning = meaning_of_words(text)
    return meaning.state if meaning else None


@pytest.mark.parametrize("text", [
    "因病缺课", "因病缺勤", "住院缺课", "生病未到校", "病假未到", "请假未到校", "事假未到", "发烧未到", "水痘",
    "骨折", "流感", "奔丧", "运动会", "大雪封路", "未痊愈，请病假", "缺勤（病假）", "肚子疼没来", "家长说病了",
    "不能上课请假", "病 假",
])  # fmt: skip
def test_a_reason_excuses_whatever_else_says_that_the_child_was_away(text: str) -> None:
    assert state(text) == "excused"


@pytest.mark.parametrize("text", [
    "未请病假", "没请事假", "无病假条", "无请假条", "谎称生病", "请假未批准", "请假被拒", "未办请假手续",
    "不请假", "没生病", "没病装病", "假满未归", "病假期满未到校", "旷课", "无故未到", "缺课", "不在校",
    "未正常到校", "没有返校", "尚未到校", "不能上学", "在家带弟弟", "外出打工", "联系不上", "不想上学", "厌学",
    "不假不到", "病假已过期未到", "请假不准仍未到", "家长说出勤不了",
])  # fmt: skip
def test_what_gives_no_leave_leaves_the_child_absent(text: str) -> None:
    assert state(text) == "unexcused"


@pytest.mark.parametrize("text", [
    "上午请假下午旷课", "未请假，住院", "病假条未交", "假条后补，没交假条，生病", "病假，已返校", "旷课，迟到",
    "休学", "转学",
])  # fmt: skip
def test_what_says_two_things_or_needs_a_paper_is_unknown(text: str) -> None:
    assert state(text) == "unknown"


@pytest.mark.parametrize("text", ["迟到20分钟", "早退", "已返校", "已返校上课", "旷课半天", "病假半天", "到校"])
def test_a_child_that_was_there_is_there(text: str) -> None:
    assert state(text) == "attended"


@pytest.mark.parametrize("text", ["搬家", "走亲戚", "事由不明", "见备注", "其他", "家庭原因", "病", ""])
def test_what_nobody_understands_says_nothing(text: str) -> None:
    assert meaning_of_words(text) is None


@given(st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=3), st.text("，。、 未没无不到校", max_size=3))
def test_a_denied_leave_never_excuses(words: list[str], between: str) -> None:
    assert state("未请假" + between + between.join(words)) != "excused"


LOG = ("日期", "班级", "姓名", "原因", "是否请假")


def read(title: str, head: Sequence[Cell], *rows: Sequence[Cell]) -> Registers:
    sheet = RawSheet("缺勤.xlsx", "Sheet1", [[title], list(head), *map(list, rows)])
    return read_registers([sheet], opening=date(2025, 9, 1), as_of=date(2025, 10, 9))


def told(found: Registers) -> list[tuple[str, str]]:
    frame = found.frames["absence"].filter(pl.col("day").is_not_null())
    return list(frame.select("name", "state").iter_rows())


def row(reason: str | None, leave: str | None = None, name: str = "张三") -> list[Cell]:
    return ["2025-09-01", "701", name, reason, leave]


def test_a_reason_nobody_understands_is_asked_about_at_its_cell() -> None:
    found = read("缺勤登记", LOG, row("走亲戚"), row("上午请假下午旷课", name="李四"), row(None, name="王五"))
    assert told(found) == [("张三", "unknown"), ("李四", "unknown"), ("王五", "unexcused")]
    assert [(one.code, one.cell, one.raw) for one in found.issues] == [
        ("reason_unclear", "D3", "走亲戚"), ("reason_unclear", "D4", "上午请假下午旷课"),
    ]  # fmt: skip


@pytest.mark.parametrize(("reason", "part"), [
    ("下午缺课", "afternoon"), ("上午旷课", "morning"), ("第1节未到", "part"), ("早操缺勤", "part"), ("缺课", "whole"),
    ("上午下午都缺课", "whole"), ("第1-6节缺课", "whole"), ("未到校，早读也没来", "whole"),
])  # fmt: skip
def test_how_much_of_the_day_the_words_say(reason: str, part: str) -> None:
    found = read("缺勤登记", LOG, row(reason))
    assert found.frames["absence"]["part"].to_list() == [part]


@pytest.mark.parametrize(("title", "states"), [
    ("因病缺课登记表", "excused"), ("请假登记表", "excused"), ("迟到登记表", "attended"), ("缺勤登记", "unexcused"),
    ("缺勤、请假登记", "unexcused"), ("旷课请假登记", "unexcused"), ("晨午检异常登记", "unknown"),
    ("迟到早退旷课登记", "unexcused"),
])  # fmt: skip
def test_what_the_title_says_of_rows_that_say_nothing(title: str, states: str) -> None:
    assert told(read(title, LOG, row(None))) == [("张三", states)]


def test_a_title_overrules_no_row() -> None:
    found = read("因病缺课登记表", LOG, row("无故旷课"), row(None, "否", name="李四"))
    assert told(found) == [("张三", "unexcused"), ("李四", "unexcused")]
    assert meaning_of_title("七年级1班返校登记") is None


def test_a_list_of_latecomers_is_one_whatever_the_reason_and_the_leave() -> None:
    assert told(read("迟到登记表", LOG, row("起床晚", "否"), row("无故旷课", name="李四"))) == [
        ("张三", "attended"), ("李四", "unexcused"),
    ]  # fmt: skip


def test_a_symptom_is_an_illness_and_a_remark_is_read_where_nothing_else_is_said() -> None:
    ill = read("因病缺课登记", ("日期", "班级", "姓名", "症状"), ["2025-09-01", "701", "张三", "腹泻"])
    assert told(ill) == [("张三", "excused")]
    head = ("日期", "班级", "姓名", "原因", "备注")
    noted = read(
        "缺勤登记", head, ["2025-09-01", "701", "张三", None, "病假"], ["2025-09-01", "701", "李四", None, "已联系家长"]
    )
    assert told(noted) == [("张三", "excused"), ("李四", "unexcused")]
    assert noted.issues == []


@pytest.mark.parametrize(
    ("said", "state"), [("迟到20分钟", "attended"), ("已返校上课", "attended"), ("因病缺课", "excused")]
)
def test_a_column_called_only_what_happened_is_read(said: str, state: str) -> None:
    found = read("考勤登记", ("日期", "班级", "姓名", "情况"), ["2025-09-01", "701", "张三", said])
    assert told(found) == [("张三", state)]
