"""Every row of a sheet is kept, set aside because it names nobody, or blank; nothing else about a sheet matters."""

from __future__ import annotations

import random

import pytest
from builders import AS_OF, OPENING, id_number
from hypothesis import example, given
from hypothesis import strategies as st

from dropctl.ingest.headings import NotRecognised, Recognised, recognise
from dropctl.ingest.read import read_registers
from dropctl.tables.raw import Cell, CellError, RawSheet

HEADINGS = ("姓名", "性别", "身份证件号", "学籍号", "出生日期", "年级", "班级", "学生状态", "备注")
NAMES = ("张三", "李 四", "欧阳小红", "王·五", "  ", None, "合计", "填表人：张三", "无", "姓名", "注：以下空白", 3.0)

cells = st.one_of(
    st.none(),
    st.sampled_from(NAMES),
    st.sampled_from((id_number(), "3.49901E+17", 349901201305010000.0, "G" + id_number(), "七年级", "1班", "在读")),
    st.text(max_size=6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.just(CellError("#N/A")),
)
rows = st.lists(st.lists(cells, max_size=len(HEADINGS) + 2), max_size=25)


@given(
    above=st.lists(st.lists(st.sampled_from((None, "某某学校学生名册", "填报单位：某校")), max_size=3), max_size=4),
    below=rows,
)
@example(above=[], below=[["七年级"], ["姓名"]])
def test_rows_read_are_kept_set_aside_or_blank(above: list[list[Cell]], below: list[list[Cell]]) -> None:
    sheet = RawSheet("学籍.xlsx", "Sheet1", [*above, list(HEADINGS), *below])
    read = read_registers([sheet], opening=OPENING, as_of=AS_OF)
    # A lone 七年级 above a lone 姓名 is the title and the heading of another list.
    assert sum(count.rows_read for count in read.inputs) == len(above) + 1 + len(below)
    for count in read.inputs:
        assert count.rows_read == count.rows_kept + count.rows_set_aside + count.rows_blank
    assert sum(frame.height for frame in read.frames.values()) == sum(count.rows_kept for count in read.inputs)
    kept = {row for frame in read.frames.values() for row in frame["row"]}
    for offset, row in enumerate(below):
        number = row[2] if len(row) > 2 else None
        if isinstance(number, str) and sum(char.isdigit() for char in number) >= 15:
            assert len(above) + 2 + offset in kept, "a row with an ID number is always somebody"


CHILDREN = [
    [
        f"学生{mark}",
        "男" if n % 2 == 0 else "女",
        id_number(sequence=n + 1),
        None,
        "2013-05-01",
        "七年级",
        "1班",
        "在读",
        None,
    ]
    for n, mark in enumerate("甲乙丙丁戊己庚辛")
]


@given(seed=st.integers(0, 10_000))
def test_column_order_blank_rows_and_row_order_change_nothing(seed: int) -> None:
    shuffle = random.Random(seed)
    order = list(range(len(HEADINGS)))
    shuffle.shuffle(order)
    body = [list(row) for row in CHILDREN]
    shuffle.shuffle(body)
    for _ in range(shuffle.randint(0, 4)):
        body.insert(shuffle.randint(0, len(body)), [])
    lead = [None] * shuffle.randint(0, 2)
    sheet = RawSheet(
        "学籍.xlsx",
        "Sheet1",
        [
            *([[]] * shuffle.randint(0, 3)),
            [*lead, *(HEADINGS[i] for i in order)],
            *([*lead, *(row[i] for i in order)] if row else [] for row in body),
        ],
    )
    plain = RawSheet("学籍.xlsx", "Sheet1", [list(HEADINGS), *CHILDREN])
    frames = [
        read_registers([one], opening=OPENING, as_of=AS_OF).frames["enrollment"].drop("row").sort("name")
        for one in (sheet, plain)
    ]
    assert frames[0].equals(frames[1])


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "", "", "", "", "", "", "60人"],
        ["填表人：张三", "", "审核：李四"],
        ["填表人（签字）：", "张三"],
        ["无"],
        ["", "男", "", "", "", "七年级", "1班"],
        ["注：本表一式两份"],
        list(HEADINGS),
        ["示例", "男", "", "", "", "七年级", "1班"],
    ],
)
def test_rows_that_name_nobody(row: list[Cell]) -> None:
    sheet = RawSheet("学籍.xlsx", "Sheet1", [list(HEADINGS), *CHILDREN, row])
    read = read_registers([sheet], opening=OPENING, as_of=AS_OF)
    assert read.inputs[0].rows_kept == len(CHILDREN)
    assert read.inputs[0].rows_set_aside == 2


@pytest.mark.parametrize("name", ["何计", "无忌", "注小明", "说明", "总红", "班主"])
def test_odd_names_are_kept(name: str) -> None:
    sheet = RawSheet("学籍.xlsx", "Sheet1", [list(HEADINGS), [name, "男"]])
    assert read_registers([sheet], opening=OPENING, as_of=AS_OF).inputs[0].rows_kept == 1


def test_a_row_with_a_class_but_no_name_is_pointed_out() -> None:
    sheet = RawSheet("学籍.xlsx", "Sheet1", [list(HEADINGS), ["", "男", "", "", "", "七年级", "1班", "在读"]])
    (issue,) = [i for i in read_registers([sheet], opening=OPENING, as_of=AS_OF).issues if i.code == "row_without_name"]
    assert issue.cell == "A2"


def kind(headings: tuple[str, ...], *, title: str = "", file: str = "表.xlsx", sheet: str = "Sheet1") -> str | None:
    verdict = recognise(RawSheet(file, sheet, [[title], list(headings), ["张三"]]))
    return verdict.spec.kind if isinstance(verdict, Recognised) else None


@pytest.mark.parametrize(
    ("headings", "title", "expected"),
    [
        (("姓名", "性别", "身份证件号", "学籍号", "年级", "班级", "学生状态"), "", "enrollment"),
        (("学生姓名", "全国学籍号", "就读方式", "入学年月"), "", "enrollment"),
        (("序号", "姓名", "是否返校"), "", "presence"),
        (("序号", "姓名", "性别"), "七年级1班在校学生名单", "presence"),
        (("姓名", "身份证号", "学籍号", "班级", "是否返校"), "", "presence"),
        (("户编号", "姓名", "证件号码", "与户主关系", "户类型"), "", "poverty"),
        (("姓名", "残疾人证号"), "", "disability"),
        (("姓名", "身份证号", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期"), "", "approval"),
        (("姓名", "性别"), "七年级1班", None),
        (("名称", "说明"), "填报说明", None),
        (("＊姓 名", "学籍号\n（必填）", "学生 状态", "班 级"), "", "enrollment"),
    ],
)
def test_kinds_are_told_from_headings(headings: tuple[str, ...], title: str, expected: str | None) -> None:
    assert kind(headings, title=title) == expected


def test_what_is_not_recognised_says_why() -> None:
    verdict = recognise(RawSheet("表.xlsx", "说明", [["填报说明"], ["一、请按要求填写"]]))
    assert isinstance(verdict, NotRecognised)
    assert "姓名" in verdict.reason


def test_two_columns_for_one_key_take_the_canonical_one_and_say_so() -> None:
    sheet = RawSheet("学籍.xlsx", "S", [["学生姓名", "姓名", "学籍号", "学生状态"], ["甲", "张三", "", "在读"]])
    read = read_registers([sheet], opening=OPENING, as_of=AS_OF)
    assert read.frames["enrollment"]["name"].to_list() == ["张三"]
    assert [issue.cell for issue in read.issues if issue.code == "double_heading"] == ["A1"]
