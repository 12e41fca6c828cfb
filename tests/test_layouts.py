"""How lists are laid out on paper: two-row headings, explanations, several lists in a sheet, two columns for one."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from builders import AS_OF, OPENING, id_number
from hypothesis import given
from hypothesis import strategies as st

from dropctl import cli
from dropctl.errors import Refused
from dropctl.ingest.headings import NotRecognised, Recognised, recognise
from dropctl.ingest.read import Registers, read_registers
from dropctl.tables.issues import NO_LIST
from dropctl.tables.raw import Cell, RawSheet

Rows = list[list[Cell]]


def registers(rows: Rows, *, file: str = "名册.xlsx", sheet: str = "Sheet1", skip: bool = False) -> Registers:
    return read_registers([RawSheet(file, sheet, rows)], opening=OPENING, as_of=AS_OF, skip_refused=skip)


def child(name: str, sequence: int = 1, **cells: Cell) -> list[Cell]:
    return [name, id_number(sequence=sequence), "", "七年级", "1班", "在读", *cells.values()]


ROSTER = ["姓名", "身份证件号", "学籍号", "年级", "班级", "学生状态"]


# Headings in two rows


def test_a_group_over_two_headings_is_joined_with_them() -> None:
    for group in (["监护人", None], ["监护人", "监护人"], ["监护人信息", None]):  # as typed, as filled from a merge
        rows: Rows = [
            ["七年级花名册"],
            [*ROSTER, *group, "备注"],
            [None] * 6 + ["姓名", "联系电话", None],
            [*child("张三"), "张大", "19900000001", "x"],
        ]
        read = registers(rows)
        frame = read.frames["enrollment"]
        assert frame.select("name", "guardian", "phone", "note", "row").rows() == [
            ("张三", "张大", "19900000001", "x", 4)
        ]
        assert read.inputs[0].rows_set_aside == 3


def test_the_lower_heading_alone_is_tried_unless_it_is_somebody_elses() -> None:
    rows: Rows = [
        ["学生基本情况", None, None, None, None, None, "班主任", None],
        [*ROSTER, "姓名", "电话"],
        [*child("张三"), "王老师", "19900000009"],
    ]
    frame = registers(rows).frames["enrollment"]
    assert frame["name"].to_list() == ["张三"]
    assert frame["phone"].to_list() == [None], "the teacher's phone is not the family's"


@pytest.mark.parametrize(
    "above",
    [["填报单位：某校"], ["班主任：王老师"], ["七年级1班", None, "班主任：王老师", None], ["家长联系表"],
     ["七年级1班", "班主任 王老师"], ["填报人：李四", None, "联系人：李四", None, "2025年9月1日"]],
)  # fmt: skip
def test_a_line_above_the_headings_is_no_group(above: list[Cell]) -> None:
    frame = registers([above, ROSTER, child("张三")]).frames["enrollment"]
    assert frame.select("name", "id_number").rows() == [("张三", id_number())]


def test_a_bracket_that_names_somebody_else_is_no_heading_of_the_child() -> None:
    rows: Rows = [[*ROSTER, "身份证号（监护人）"], [*child("张三"), id_number("19800101")]]
    read = registers(rows)
    assert read.frames["enrollment"]["id_number"].to_list() == [id_number()]
    assert not [issue for issue in read.issues if issue.code == "double_heading"]


def test_both_rows_of_a_heading_printed_again_are_no_children() -> None:
    upper: list[Cell] = [*ROSTER, "监护人", "监护人"]
    lower: list[Cell] = [*ROSTER, "姓名", "电话"]
    rows: Rows = [
        upper, lower, [*child("张三"), "张大", ""], upper, lower, [*child("李四", 3), "李大", "19900000002"]
    ]  # fmt: skip
    read = registers(rows)
    assert read.frames["enrollment"]["name"].to_list() == ["张三", "李四"]
    assert read.inputs[0].rows_set_aside == 4
    # A row of the list that happens to say what the group says is no heading.
    rows.append([*child("王五", 5)[:5], None, "监护人", None])
    assert registers(rows).frames["enrollment"].height == 3


# Rows that explain


@pytest.mark.parametrize(
    "row",
    [
        ["必填", "18位", "G+18位", "下拉选择", "下拉选择", "必填"],
        ["（必填）", "（文本格式）", "", "", "", ""],
        ["与户口簿一致", "", "", "如：七年级", "", ""],
        ["", "（18位）", "", "（如：七年级）", "（如：1班）", ""],
        ["文本", "文本", "文本", "文本", "文本", "文本"],
    ],
)
def test_a_row_that_explains_the_headings_is_nobody(row: list[Cell]) -> None:
    read = registers([ROSTER, row, child("张三")])
    assert read.frames["enrollment"]["name"].to_list() == ["张三"]
    assert not [issue for issue in read.issues if issue.code == "row_without_name"]


@pytest.mark.parametrize("name", ["张小（转）", "文忠", "格桑", "王小计", "必胜", "一班长"])
def test_a_child_under_the_headings_is_kept(name: str) -> None:
    read = registers([ROSTER, [name, "", "", "七年级", "1班", "在读"]])
    assert read.frames["enrollment"].height == 1


@pytest.mark.parametrize("example", [["示例", *child("张三")], ["1", *child("张三（示例）")], ["例：", *child("张三")]])
def test_an_example_is_set_aside_and_pointed_out(example: list[Cell]) -> None:
    read = registers([["序号", *ROSTER], example, ["1", *child("李四", 3)]])
    assert read.frames["enrollment"]["name"].to_list() == ["李四"]
    assert [(issue.cell, issue.severity) for issue in read.issues if issue.code == "example_row"] == [("B2", "warning")]


@pytest.mark.parametrize(
    "row",
    [["七年级小计", "45人"], ["男生合计：23人"], ["班主任签名"], ["校长签字："], ["以下空白"], ["共45人"], ["应到45人"],
     ["图例：√到校 ×未到"], ["注1：本表一式两份"], ["填表说明：如实填写"], ["第1页 共2页"], ["2025年七年级学生名册"]],
)  # fmt: skip
def test_lines_of_the_paper_are_nobody(row: list[Cell]) -> None:
    read = registers([["2025年七年级学生名册"], ROSTER, child("张三"), row, child("李四", 3)])
    assert read.frames["enrollment"]["name"].to_list() == ["张三", "李四"]


# Sheets that are no list


@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        ("填报说明", [["填报说明"], ["一、姓名与户口簿一致"], ["二、证件号为18位"]]),
        ("字典", [["性别", "民族", "就读方式"], ["男", "汉族", "走读"], ["女", "白族", "住校"]]),
        ("Sheet3", [["在读"], ["休学"], ["毕业"], ["高中"], ["安徽省"]]),
        ("Sheet2", [["姓名", "性别", "备注"], [None, None, None]]),
        ("代码表", [["代码", "名称"], ["01", "在读"], ["02", "休学"]]),
    ],
)
def test_instructions_and_dictionaries_are_quietly_no_list(sheet: str, rows: Rows) -> None:
    (count,) = registers(rows, sheet=sheet).inputs
    assert count.is_no_list
    assert count.note == NO_LIST
    assert count.rows_read == len(rows) == count.rows_set_aside + count.rows_blank


@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        ("Sheet3", [["张三", "1班"], ["李四", "1班"]]),
        ("填报说明", [["补充名单"], ["张三"], ["李四"], ["王五"]]),
        ("说明", [["转走的", id_number()]]),
        ("Sheet1", [["姓名", "性别"], ["张三", "男"]]),
    ],
)
def test_a_sheet_on_which_somebody_stands_is_not_hushed(sheet: str, rows: Rows) -> None:
    verdict = recognise(RawSheet("表.xlsx", sheet, rows))
    assert isinstance(verdict, NotRecognised)
    assert not verdict.no_list


# Several lists in one sheet


def stacked(*lists: tuple[str | None, Rows], headings: list[Cell] | None = None) -> Rows:
    rows: Rows = []
    for title, people in lists:
        rows += ([[title]] if title else []) + [headings or ["序号", "姓名", "是否返校"], *people, []]
    return rows


def test_each_list_of_a_sheet_has_the_class_of_its_own_title() -> None:
    rows = stacked(
        ("七年级1班返校登记表 2025年9月1日", [["1", "张三", "是"], ["2", "李四", "否"], ["合计", "2人"]]),
        ("七年级2班返校登记表 2025年9月2日", [["1", "王五", "是"]]),
        ("八年级1班", [["1", "赵六", "否"]]),
    )
    read = registers(rows, file="返校登记表.xlsx")
    frame = read.frames["presence"].select("name", "class_name", "row", "list_date")
    assert frame.rows() == [
        ("张三", "七年级1班", 3, date(2025, 9, 1)),
        ("李四", "七年级1班", 4, date(2025, 9, 1)),
        ("王五", "七年级2班", 9, date(2025, 9, 2)),
        ("赵六", "八年级1班", 13, AS_OF),
    ]
    (count,) = read.inputs
    assert (count.rows_read, count.rows_kept, count.rows_blank) == (len(rows), 4, 3)
    assert count.rows_read == count.rows_kept + count.rows_set_aside + count.rows_blank
    assert [issue.code for issue in read.issues if issue.code == "several_lists"] == ["several_lists"]


def test_headings_printed_on_each_page_are_one_list() -> None:
    title = "七年级1班返校登记表"
    for again in (title, "（续表）", "第2页", None):
        rows = stacked((title, [["1", "张三", "是"]]), (again, [["2", "李四", "是"]]))
        read = registers(rows)
        assert read.frames["presence"].select("name", "class_name").rows() == [
            ("张三", "七年级1班"), ("李四", "七年级1班")
        ], again  # fmt: skip
        assert not [issue for issue in read.issues if issue.code == "several_lists"]


@pytest.mark.parametrize("group", ["监护人", "监护人信息", "家长"])
def test_two_lists_with_headings_of_two_rows(group: str) -> None:
    upper: list[Cell] = [None, None, None, group]
    lower: list[Cell] = ["姓名", "是否返校", "备注", "联系电话"]
    rows: Rows = []
    for title, name in (("七年级1班返校登记表", "张三"), ("七年级2班返校登记表", "李四"), (None, "王五")):
        rows += [*([[title]] if title else []), upper, lower, [name, "是", None, "19900000001"]]
    read = registers(rows)
    assert read.frames["presence"].select("name", "class_name").rows() == [
        ("张三", "七年级1班"), ("李四", "七年级2班"), ("王五", "七年级2班")
    ]  # fmt: skip
    assert read.inputs[0].rows_read == len(rows)


_ROW_KINDS: Rows = [
    ["七年级1班返校登记表"], ["七年级2班名单", None, "2025年9月1日"], ["第2页"], ["一班"], [],
    ["序号", "姓名", "是否返校"], ["姓名", "身份证号"], [*ROSTER], ["监护人", None], [None, "备注"], ["必填", "18位"],
    ["1", "张三", "是"], ["张三", id_number()], ["2", "李 四", None], child("王小明"),
    ["合计", "2人"], ["填表人：王五"], ["说明：如实填写"],
]  # fmt: skip
_ROWS = st.lists(st.sampled_from(_ROW_KINDS), max_size=24)


@given(_ROWS)
def test_every_row_is_accounted_for_however_lists_are_stacked(rows: Rows) -> None:
    read = registers(rows, skip=True)
    counts = read.inputs
    assert sum(count.rows_read for count in counts) == len(rows)
    assert all(count.rows_read == count.rows_kept + count.rows_set_aside + count.rows_blank for count in counts)
    assert sum(frame.height for frame in read.frames.values()) == sum(count.rows_kept for count in counts)
    kept = {row for frame in read.frames.values() for row in frame["row"]}
    assert len(kept) == sum(count.rows_kept for count in counts), "no row is read twice"
    refused = any(issue.code == "sheet_refused" for issue in read.issues)
    first = next((n for n, row in enumerate(rows) if row == ROSTER), None)
    if first is not None and not refused:
        for number in range(first + 1, len(rows)):
            if rows[number] == child("王小明") and rows[number - 1] in (ROSTER, child("王小明")):
                assert number + 1 in kept, "a child right below its headings is kept"


def test_a_lone_word_in_a_list_begins_no_other_list() -> None:
    rows: Rows = [[*ROSTER], child("张三"), [], ["姓名"], child("李四", 3)]
    read = registers(rows)
    assert read.frames["enrollment"].select("name", "id_number").rows() == [
        ("张三", id_number()), ("李四", id_number(sequence=3))
    ]  # fmt: skip


def test_a_heading_on_each_of_many_pages_costs_little() -> None:
    rows: Rows = [["花名册"]]
    for page in range(1500):
        rows += [[*ROSTER], child("张三", page % 400 + 1)]
    began = time.process_time()
    assert registers(rows).frames["enrollment"].height == 1500
    assert time.process_time() - began < 5


def test_two_kinds_of_list_in_one_sheet_are_counted_apart() -> None:
    rows: Rows = [
        [*ROSTER], child("张三"), [],
        ["脱贫户学生名单"], ["户编号", "姓名", "证件号码", "与户主关系", "户类型"],
        ["3401", "李四", id_number(sequence=3), "之子", "脱贫户"],
    ]  # fmt: skip
    read = registers(rows)
    assert [(count.register, count.rows_read) for count in read.inputs] == [("enrollment", 3), ("poverty", 3)]
    assert read.frames["poverty"]["row"].to_list() == [6]


def test_a_last_row_with_a_name_is_never_taken_for_a_title() -> None:
    rows = stacked(
        ("七年级1班返校登记表", [["张三", "否", "外地打工，9月5日返校"]]),
        ("七年级2班返校登记表", [["李四", "是", ""]]),
        headings=["姓名", "是否返校", "未返校原因"],
    )
    del rows[3]  # no blank row between the two lists
    assert registers(rows).frames["presence"].select("name", "class_name").rows() == [
        ("张三", "七年级1班"), ("李四", "七年级2班")
    ]  # fmt: skip


# Two columns for one key


def two(first: str, second: str, *pairs: tuple[Cell, Cell]) -> Rows:
    head = ["姓名", first, second, "学籍号", "学生状态", "年级", "班级"]
    names = ("张三", "李四", "王五")
    return [head, *([name, a, b, "", "在读", "七年级", "1班"] for name, (a, b) in zip(names, pairs, strict=False))]


A, B = id_number(), id_number(sequence=3)


def test_two_columns_that_differ_are_asked_about_by_name() -> None:
    with pytest.raises(Refused) as refusal:
        registers(two("身份证号", "证件号码", (A, A), (B, A)))
    sentence = refusal.value.sentence
    for part in ("名册.xlsx", "Sheet1", "B1“身份证号”", "C1“证件号码”", "第3行", "请"):
        assert part in sentence
    assert refusal.value.exit_code == 3
    assert A not in sentence


def test_a_refused_sheet_can_be_skipped_and_is_then_an_error() -> None:
    read = registers(two("身份证号", "证件号码", (A, B)), skip=True)
    assert not read.frames
    assert [(issue.code, issue.severity) for issue in read.issues] == [("sheet_refused", "error")]
    assert read.inputs[0].register is None
    assert not read.inputs[0].is_no_list


@pytest.mark.parametrize(
    "pairs",
    [((A, A), (B, B)), ((A, f" {A[:6]} {A[6:]}"), (B, B)), ((A, None), (B, "")), ((None, A), (None, B))],
)
def test_two_columns_that_do_not_disagree_are_read(pairs: tuple[tuple[Cell, Cell], ...]) -> None:
    read = registers(two("身份证号", "证件号码", *pairs))
    assert read.frames["enrollment"]["id_number"].to_list() == [A, B]
    (issue,) = [issue for issue in read.issues if issue.code == "double_heading"]
    assert issue.severity == "note"
    assert issue.cell in ("B1", "C1")


def test_the_first_spelling_decides_and_a_difference_is_said() -> None:
    read = registers(two("证件号码", "身份证件号", (B, A)))
    assert read.frames["enrollment"]["id_number"].to_list() == [A]
    (issue,) = [issue for issue in read.issues if issue.code == "double_heading"]
    assert (issue.cell, issue.severity) == ("B1", "warning")
    assert "C1" in issue.message


def test_a_value_in_the_second_column_alone_is_not_lost() -> None:
    with pytest.raises(Refused, match="第3行"):
        registers(two("身份证号", "证件号码", (A, A), (None, B)))


def test_what_decides_nothing_is_not_asked_about() -> None:
    read = registers(two("父亲姓名", "监护人姓名", ("张大", "李二")))
    assert read.frames["enrollment"]["guardian"].to_list() == ["李二"]
    assert [issue.severity for issue in read.issues if issue.code == "double_heading"] == ["warning"]


def test_two_lists_side_by_side_are_refused_in_their_own_words() -> None:
    rows: Rows = [["序号", "姓名", "是否返校", "序号", "姓名", "是否返校"], ["1", "张三", "是", "2", "李四", "否"]]
    with pytest.raises(Refused, match="左右并排") as refusal:
        registers(rows)
    assert "B1 和 E1" in refusal.value.sentence


@pytest.mark.parametrize(
    ("headings", "kind", "key"),
    [
        (("姓名", "残疾人证号", "类别", "等级"), "disability", "disability_type"),
        (("姓名", "残疾人证号", "类别", "等级"), "disability", "disability_grade"),
        (("姓名", "证件号码", "户类型", "监测对象类别"), "poverty", "id_number"),
        (("编号", "姓名", "学籍号", "学生状态", "联系电话"), "enrollment", "phone"),
    ],
)
def test_what_a_heading_means_is_decided_by_the_kind_of_list(headings: tuple[str, ...], kind: str, key: str) -> None:
    verdict = recognise(RawSheet("表.xlsx", "S", [list(headings), ["张三"]]))
    assert isinstance(verdict, Recognised)
    assert verdict.spec.kind == kind
    assert key in {source.column.key for source in verdict.sources}


def test_the_command_stops_at_what_must_be_asked_and_can_go_on_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    inbox = tmp_path / "in"
    inbox.mkdir()
    for name, rows in (("学籍名册", [ROSTER, child("张三")]), ("新生学籍", two("身份证号", "证件号码", (A, B)))):
        lines = "\n".join(",".join(str(cell or "") for cell in row) for row in rows)
        (inbox / f"{name}.csv").write_text(lines, encoding="utf-8")
    call = ["reconcile", "in", "--opening", "2025-09-01", "--as-of", "2025-09-03"]
    assert cli.run(call) == 3
    said = capsys.readouterr()
    assert "新生学籍.csv · B1、C1" in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "核对-2025-09-03").exists()
    assert cli.run([*call, "--skip-unreadable"]) == 0
    assert "没有采用" in capsys.readouterr().out


def test_a_certificate_in_the_number_column_gives_its_id() -> None:
    rows: Rows = [["姓名", "证件号码", "户类型", "监测对象类别"], ["张三", A + "11", "脱贫户", ""]]
    assert registers(rows).frames["poverty"]["id_number"].to_list() == [A]
