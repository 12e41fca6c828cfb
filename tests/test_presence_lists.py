"""Presence lists that themselves say that somebody is not there: doubt, and neither silence nor an accusation.

Each way of saying it stands beside the ordinary list that looks like it and must be read as before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from builders import Child, School

from dropctl.reconcile.given_twice import refuse_lists_given_twice
from dropctl.tables.raw import Cell

CLASS = "七年级1班"
NAMES = ("张三", "李四", "王五", "赵六", "孙七", "周八")
ALL = [Child(name, sequence=2 * at + 1) for at, name in enumerate(NAMES)]
DAY = "（2025年9月1日）"
REGISTER = f"{CLASS}学生返校登记表{DAY}"


def of_list(
    headings: Sequence[str], rows: Sequence[Sequence[Cell]], title: str = REGISTER, *, file: str = "表.xlsx"
) -> School:
    return School().enrolled(*ALL).sheet(file, title, headings, rows)


def plain_list(*below: Sequence[Cell], names: Sequence[str] = NAMES, title: str = REGISTER) -> School:
    rows: list[Sequence[Cell]] = [[float(at + 1), name, "男"] for at, name in enumerate(names)]
    return of_list(("序号", "姓名", "性别"), [*rows, *below], title)


def column(heading: str, said: Mapping[str, Cell], others: Cell = None, title: str = REGISTER) -> School:
    return of_list(("姓名", heading), [[name, said.get(name, others)] for name in NAMES], title)


def missing(school: School) -> list[str | None]:
    return [name for name, certainty in school.told("not_returned") if certainty == "certain"]


def in_doubt(school: School) -> set[str]:
    """Who is named by the finding of the class."""
    reasons = "".join(school.findings("presence_unreported")["reason"])
    return {name for name in NAMES if name in reasons}


def issues(school: School) -> list[tuple[str, str | None]]:
    return [(issue.code, issue.cell) for issue in school.registers().issues]


def is_plain(school: School) -> bool:
    """Nobody is missing, nobody in doubt, nothing to be said."""
    return not missing(school) and not school.findings("presence_unreported").height and not issues(school)


# Lists of absentees


@pytest.mark.parametrize(
    "what",
    [
        "未返校学生名单",
        "未到校学生登记表",
        "未报到学生情况统计表",
        "未返校学生名单（2人）",
        "没来报到的学生",
        "应到未到学生名单",
    ],
)
def test_a_list_of_those_who_did_not_come_is_evidence_against_them_and_nobody_else(what: str) -> None:
    school = plain_list(names=("李四", "王五"), title=f"{CLASS}{what}{DAY}")
    assert missing(school) == ["李四", "王五"]
    (reason,) = school.findings("presence_unreported")["reason"]
    assert "其余4人" in reason
    assert ("list_of_absentees", None) in issues(school)


@pytest.mark.parametrize(
    "what", ["请假学生名单", "缺席报到学生名单", "流失学生名单", "辍学学生统计表", "暂缓返校学生名单", "应返校学生名单"]
)
def test_a_list_of_those_on_leave_or_lost_accuses_nobody_and_names_them(what: str) -> None:
    school = plain_list(names=("李四",), title=f"{CLASS}返校时{what}{DAY}")
    assert missing(school) == []
    assert in_doubt(school) == {"李四"}


def test_a_return_register_with_a_column_for_reasons_is_an_ordinary_list() -> None:
    rows = [[name, "否" if name == "李四" else "是", "外出" if name == "李四" else None] for name in NAMES]
    headings = ("姓名", "是否返校", "未返校原因")
    for title in (REGISTER, f"{CLASS}返校、未返校学生登记表{DAY}", f"{CLASS}返校登记表（未返校的写明原因）{DAY}"):
        school = of_list(headings, rows, title)
        assert missing(school) == ["李四"], title
        assert issues(school) == [], title


@pytest.mark.parametrize(
    "what",
    [
        "返校登记表（未返校的请注明）",
        "在校学生名单",
        "开学报到花名册",
        "返校学生名单（6人）",
        "到校学生名册",
        "返校情况统计表",
        "防流失返校登记表",
        "控辍保学返校登记表",
    ],
)
def test_an_ordinary_title_is_what_it_was(what: str) -> None:
    assert is_plain(plain_list(title=f"{CLASS}{what}{DAY}"))
    assert missing(plain_list(title=f"{CLASS}{what}{DAY}", names=NAMES[:5])) == ["周八"]


def test_numbers_in_a_title_are_a_count_and_no_list_of_absentees() -> None:
    title = f"{CLASS}返校学生名单（应到6人，实到5人，未到1人）{DAY}"
    assert missing(plain_list(title=title, names=NAMES[:5])) == ["周八"]
    assert in_doubt(plain_list(title=title)) == set(NAMES)


def test_the_name_of_the_sheet_or_file_can_say_it_too() -> None:
    rows = [["李四"]]
    assert missing(of_list(("姓名",), rows, f"{CLASS}{DAY}", file="未返校学生.xlsx")) == ["李四"]
    # title and file name contradict each other: nobody knows what the row is
    school = of_list(("姓名",), rows, REGISTER, file="未返校学生.xlsx")
    assert missing(school) == []
    assert in_doubt(school) == {"李四"}


def test_beside_the_list_of_the_class_the_absent_are_absent_and_a_contradiction_is_a_doubt() -> None:
    for day in (DAY, "（2025年9月3日）"):
        school = plain_list(names=[name for name in NAMES if name != "李四"])
        school.sheet("未返校.xlsx", f"{CLASS}未返校学生名单{day}", ("姓名",), [["李四"], ["王五"]])
        assert missing(school) == ["李四"]
        assert in_doubt(school) == {"王五"}
        assert school.told("duplicate_registration") == []


def test_below_the_list_in_the_same_sheet() -> None:
    school = plain_list(
        [], [f"{CLASS}未到校学生名单"], ["序号", "姓名", "性别"], [1.0, "李四", "男"], [2.0, "王五", "男"],
        names=[name for name in NAMES if name != "李四"],
    )  # fmt: skip
    assert missing(school) == ["李四"]
    assert in_doubt(school) == {"王五"}


def test_a_later_list_of_the_class_supersedes_a_list_of_absentees() -> None:
    school = School().enrolled(*ALL)
    school.sheet("未返校.xlsx", f"{CLASS}未返校学生名单{DAY}", ("姓名",), [["李四"]])
    school.those_present(CLASS, *NAMES, day="2025年9月3日")
    assert missing(school) == []
    assert school.findings("presence_unreported").height == 0


def test_a_list_of_absentees_on_which_somebody_has_come_is_a_doubt() -> None:
    rows = [["李四", "9月3日已到校"], ["王五", "外出打工"]]
    school = of_list(("姓名", "备注"), rows, f"{CLASS}未返校学生名单{DAY}")
    assert missing(school) == ["王五"]
    assert "李四" in in_doubt(school)


def test_a_list_of_absentees_is_no_second_copy_of_the_class_list() -> None:
    names = [f"学生{mark}" for mark in "甲乙丙丁戊己庚辛壬癸"]
    school = School().list_of(CLASS, {name: "否" if name in names[:3] else "是" for name in names})
    school.sheet("未返校.xlsx", f"{CLASS}未返校学生名单{DAY}", ("姓名",), [[name] for name in names[:3]])
    refuse_lists_given_twice(school.registers().frames)


# Lines around the list


@pytest.mark.parametrize(
    "line",
    [
        ["未到：李四、王五"], ["未返校：李四、王五"], [None, "请假：李四，王五"], ["注：李四、王五请假"],
        ["未到", "李四", "王五"],
        ["其余4人全部到校，李四、王五未到"], ["实到：张三、赵六", "未到：李四、王五"],
        ["应到6人，实到4人，李四未到，王五请假"],
        ["未到2人：", None, "李四 王五"], ["实到：张三、赵六、孙七、周八；未到：李四、王五"],
    ],
)  # fmt: skip
def test_whom_a_line_names_as_missing_is_in_doubt(line: list[Cell]) -> None:
    school = plain_list(line)
    assert missing(school) == []
    assert in_doubt(school) == {"李四", "王五"}
    assert all(code == "presence_contradicted" and cell is not None for code, cell in issues(school))


def test_a_line_in_the_column_of_names_is_no_pupil() -> None:
    school = of_list(("姓名", "性别"), [*([name, "男"] for name in NAMES), ["未到：李四、王五", None]])
    assert in_doubt(school) == {"李四", "王五"}
    read = school.registers()
    assert read.frames["presence"].height == len(NAMES)
    (count,) = [entry for entry in read.inputs if entry.register == "presence"]
    assert count.rows_read == count.rows_kept + count.rows_set_aside + count.rows_blank


@pytest.mark.parametrize(
    "line",
    [
        ["班主任：李四"], ["应到6人，实到6人"], ["合计", "应到6人", "实到6人"], ["实到人数", 6.0], ["未到：无"],
        ["未到0人"],
        ["说明：未返校的学生请写明原因"], ["合计6人"], ["制表人：王五", None, "2025年9月1日"], ["应到6人，未到0人"],
        ["注：未返校的在备注栏写明原因。填表人：李四"], ["以上学生均已到校"],
        ["在籍7人，实到6人，休学1人"], ["李四9月2日到校"],
    ],
)  # fmt: skip
def test_an_ordinary_line_changes_nothing(line: list[Cell]) -> None:
    assert is_plain(plain_list(line))


def test_rows_below_a_line_that_announces_absentees_are_not_present() -> None:
    here = [name for name in NAMES if name not in ("李四", "王五")]
    for line in (["未到学生："], ["以下学生未返校"], [None, "请假学生名单"], [None, "以下未到", None]):
        school = plain_list(line, [1.0, "李四", "男"], [2.0, "王五", "男"], names=here)
        assert missing(school) == []
        assert in_doubt(school) == {"李四", "王五"}


def test_a_row_that_begins_with_not_there_is_a_pupil_in_doubt() -> None:
    here = [name for name in NAMES if name != "李四"]
    school = plain_list(["未到", "李四", "男"], ["请假", "王五", "男"], names=here)
    assert missing(school) == []
    assert in_doubt(school) == {"李四", "王五"}


def test_a_page_total_does_not_announce_absentees() -> None:
    school = plain_list(
        ["本页小计", "实到4人", "未到0人"], [5.0, "孙七", "男"], [6.0, "周八", "男"], ["实到2人"], names=NAMES[:4]
    )
    assert is_plain(school)


def test_fewer_are_there_than_rows_and_nobody_says_who() -> None:
    school = plain_list(["应到6人，实到4人"])
    assert missing(school) == []
    assert in_doubt(school) == set(NAMES)
    assert issues(school) == [("list_miscounted", "A9")]


def test_more_are_there_than_rows_so_whoever_has_no_row_is_not_accused() -> None:
    school = plain_list(["合计", "应到6人", "实到6人"], names=NAMES[:4])
    assert missing(school) == []
    assert in_doubt(school) == {"孙七", "周八"}
    # a count that agrees leaves the list what it was
    assert set(missing(plain_list(["应到6人，实到4人"], names=NAMES[:4]))) == {"孙七", "周八"}


def test_a_count_that_differs_from_marks_is_told_at_the_class() -> None:
    rows = [[name, "否" if name == "李四" else "是"] for name in NAMES]
    school = of_list(("姓名", "是否返校"), [*rows, ["实到4人"]])
    assert missing(school) == ["李四"]
    assert "不全" in school.findings("presence_unreported")["reason"][0]
    assert is_plain(of_list(("姓名", "是否返校"), [*([name, "是"] for name in NAMES), ["实到6人"]]))


def test_one_page_of_two_accuses_nobody_and_both_together_do() -> None:
    school = plain_list(names=NAMES[:3], title=f"{CLASS}返校学生名单{DAY} 第1页 共2页")
    assert missing(school) == []
    assert in_doubt(school) == set(NAMES[3:])
    school.sheet("二.xlsx", f"{CLASS}返校学生名单{DAY} 第2页 共2页", ("姓名",), [[name] for name in NAMES[3:5]])
    assert missing(school) == ["周八"]
    assert missing(plain_list(["第1页 共1页"], names=NAMES[:5])) == ["周八"]


# Columns


@pytest.mark.parametrize("heading", ["是否未返校", "未返校", "是否缺席", "未到校"])
def test_the_opposite_question_is_read_in_the_opposite_sense(heading: str) -> None:
    school = column(heading, {"李四": "是"}, "否")
    assert missing(school) == ["李四"]
    assert issues(school) == []


def test_a_blank_under_the_opposite_question_is_no_answer() -> None:
    school = column("未返校", {"李四": "√"})
    assert missing(school) == ["李四"]
    assert in_doubt(school) == set(NAMES) - {"李四"}
    assert issues(school) == [("presence_unclear", "B2")]
    # a lone × may mark the one who is not there
    school = column("缺席", {"李四": "×"})
    assert missing(school) == []
    assert in_doubt(school) == set(NAMES)


def test_two_columns_of_which_one_is_ticked() -> None:
    marks: dict[str, list[Cell]] = {"李四": [None, "√"], "王五": ["√", "√"], "赵六": [None, None]}
    rows = [[name, *marks.get(name, ["√", None])] for name in NAMES]
    school = of_list(("姓名", "已到校", "未到校"), rows)
    assert missing(school) == ["李四"]
    assert in_doubt(school) == {"王五", "赵六"}


@pytest.mark.parametrize("heading", ["报到签字", "到校签到", "注册", "报到时间", "返校日期", "体温"])
def test_without_the_trace_that_others_left_a_row_is_in_doubt(heading: str) -> None:
    left: Cell = {"返校日期": "2025-09-01", "报到时间": "8:30", "体温": 36.5}.get(heading, "√")
    school = column(heading, {"李四": None}, left)
    assert missing(school) == []
    assert in_doubt(school) == {"李四"}
    assert issues(school) == [("presence_unclear", "B4")]
    assert is_plain(column(heading, {}, left))
    assert is_plain(column(heading, {}))  # filled in for nobody: it says nothing


def test_words_in_the_column_of_dates() -> None:
    said: dict[str, Cell] = {"李四": "未到", "王五": "预计9月9日", "赵六": "2026-01-05"}
    school = column("返校日期", said, "2025-09-01")
    assert missing(school) == ["李四"]
    assert in_doubt(school) == {"王五", "赵六"}


@pytest.mark.parametrize(
    "note",
    [
        "未到", "没来报到", "随父母外出务工", "外出打工", "失联", "已辍学", "休学一年", "已转走", "转学到外地",
        "请假", "事假", "家长说不读了",
        "到外地就读", "去广东了", "跟父母走了", "在县城读书", "随父母去广东",
        "延迟返校", "逃学在家", "家长说孩子在家", "父母叫去打工",
    ],
)  # fmt: skip
def test_a_remark_that_contradicts_the_list_is_a_doubt(note: str) -> None:
    school = column("备注", {"李四": note})
    assert missing(school) == []
    assert in_doubt(school) == {"李四"}
    assert issues(school) == [("presence_contradicted", "B4")]
    rows = [[name, "是", note if name == "李四" else None] for name in NAMES]
    assert in_doubt(of_list(("姓名", "是否返校", "备注"), rows)) == {"李四"}


@pytest.mark.parametrize(
    "note",
    [
        "住校", "走读", "借读", "班长", "父母外出打工", "留守儿童（父母在广东务工）", "转学生", "从东河小学转来",
        "转学来我校", "休学期满复学",
        "9月1日请假，现已返校", "学费未到账", "未在校住宿", "贫困", "父亲死亡", "单亲", "未来星少年", "未请假",
        "新转入", "无辍学风险",
        "进城务工人员随迁子女", "在校就读", "在本校读书", "未到入学年龄", "未交作业", "在家吃午饭", "去年转入",
        "母亲去世了", "父母在家", "父母去广东了", "步行去学校上学",
    ],
)  # fmt: skip
def test_an_ordinary_remark_changes_nothing(note: str) -> None:
    assert is_plain(column("备注", dict.fromkeys(NAMES[:3], note)))
    assert is_plain(of_list(("姓名", "是否返校", "备注"), [[name, "是", note] for name in NAMES]))


@pytest.mark.parametrize(
    ("heading", "said", "ordinary"),
    [
        ("去向", "广东打工", "在校"), ("学生状态", "辍学", "在读"), ("未返校原因", "外出", None),
        ("学生状态", "休学", "正常"),
        ("情况", "未到", "好"), ("家长情况", None, "外出打工"), ("去向", "县一中", "本校就读"),
    ],
)  # fmt: skip
def test_other_columns_that_say_where_a_child_is(heading: str, said: str | None, ordinary: str | None) -> None:
    assert is_plain(column(heading, {}, ordinary))
    if said is not None:
        school = column(heading, {"李四": said}, ordinary)
        assert missing(school) == []
        assert in_doubt(school) == {"李四"}


@pytest.mark.parametrize(
    ("heading", "said", "ordinary"),
    [("是否请假", "是", "否"), ("辍学", "√", None), ("是否流失", "是", "否"), ("未到校日期", "2025-09-01", None)],
)
def test_a_column_that_asks_who_is_away_leaves_a_doubt(heading: str, said: str, ordinary: str | None) -> None:
    assert is_plain(column(heading, {}, ordinary))
    school = column(heading, {"李四": said}, ordinary)
    assert missing(school) == []
    assert in_doubt(school) == {"李四"}


@pytest.mark.parametrize("heading", ["情形", "返校状态", "当日状况"])
def test_a_mark_in_the_first_row_of_the_list_is_no_heading(heading: str) -> None:
    school = column(heading, {"李四": "未返校"}, "已返校")
    assert school.registers().frames["presence"]["name"].to_list() == list(NAMES)
    assert "李四" in (in_doubt(school) | set(missing(school)))
    assert not (in_doubt(school) | set(missing(school))) - {"李四"}


def test_a_reason_beside_yes_is_a_contradiction_and_a_reason_beside_no_is_none() -> None:
    rows = [[name, "是", "外出" if name == "李四" else "无"] for name in NAMES]
    headings = ("姓名", "是否返校", "未返校原因")
    assert in_doubt(of_list(headings, rows)) == {"李四"}
    rows = [[name, "否", "9月2日已到校" if name == "李四" else "外出"] for name in NAMES[:2]]
    school = of_list(headings, rows + [[name, "是", None] for name in NAMES[2:]])
    assert missing(school) == ["张三"]
    assert in_doubt(school) == {"李四"}


# Additions and weeks


def test_an_addition_adds_and_a_whole_list_called_one_supersedes() -> None:
    later = f"{CLASS}补报到学生名单（2025年9月3日）"
    school = plain_list(names=NAMES[:4]).sheet("补.xlsx", later, ("姓名",), [["孙七"]])
    assert missing(school) == ["周八"]
    school = plain_list(names=NAMES[:4]).sheet("补.xlsx", later, ("姓名",), [[name] for name in NAMES[1:]])
    assert missing(school) == ["张三"]
    for title in (f"{CLASS}第二批返校学生名单（2025年9月2日）", f"{CLASS}返校学生名单（续）（2025年9月2日）"):
        school = plain_list(names=NAMES[:4]).sheet("续.xlsx", title, ("姓名",), [["孙七"], ["周八"]])
        assert missing(school) == []
        school = plain_list(names=NAMES[:3]).sheet("续.xlsx", title, ("姓名",), [["赵六"], ["孙七"], ["周八"]])
        assert missing(school) == []  # no smaller than the first, and names nobody of it
    # alone it says nothing about the others
    school = School().enrolled(*ALL).sheet("补.xlsx", later, ("姓名",), [["孙七"]])
    assert missing(school) == []
    assert "其余5人" in school.findings("presence_unreported")["reason"][0]


def test_who_came_later_is_no_longer_absent() -> None:
    marks = {name: "否" if name == "李四" else "是" for name in NAMES}
    school = School().enrolled(*ALL).list_of(CLASS, marks)
    assert missing(school) == ["李四"]
    school.sheet("补.xlsx", f"{CLASS}补报到学生名单（2025年9月3日）", ("姓名",), [["李四"]])
    assert missing(school) == []
    assert in_doubt(school) == set()


def test_a_week_of_marks() -> None:
    days = ("周一", "周二", "周三", "周四", "周五")
    marks: dict[str, list[Cell]] = {
        "李四": ["×"] * 3, "王五": ["√", "×", "√"], "赵六": [None] * 3, "孙七": ["√", "√", "病"],
        "周八": ["√", None, "√"],
    }  # fmt: skip
    rows = [[name, *marks.get(name, ["√"] * 3), None, None] for name in NAMES]
    school = of_list(("姓名", *days), rows, f"{CLASS}学生到校情况{DAY}")
    assert missing(school) == ["李四"]
    assert in_doubt(school) == {"王五", "赵六", "孙七"}
    school = of_list(("姓名", *days), [[name] for name in NAMES], f"{CLASS}学生到校情况{DAY}")
    assert in_doubt(school) == set(NAMES)  # a form that nobody filled in
    assert is_plain(of_list(("姓名", *days), [[name, *["√"] * 5] for name in NAMES], f"{CLASS}学生到校情况{DAY}"))


def test_a_date_beside_no_is_the_day_of_the_list_and_on_a_list_of_absentees_a_return() -> None:
    rows = [[name, "否" if name == "李四" else "是", "2025-09-01"] for name in NAMES]
    school = of_list(("姓名", "是否返校", "返校日期"), rows)
    assert missing(school) == ["李四"]
    assert issues(school) == []
    rows = [["李四", "2025-09-02"], ["王五", None]]
    school = of_list(("姓名", "返校日期"), rows, f"{CLASS}未返校学生名单{DAY}")
    assert missing(school) == ["王五"]
    assert "李四" in in_doubt(school)


@pytest.mark.parametrize(("title", "used"), [
    (f"2024—2025学年第二学期{CLASS}学生返校登记表", False), (f"2024—2025学年{CLASS}学生返校登记表", False),
    (f"2025—2026学年第一学期{CLASS}学生返校登记表", True), (f"2025—2026学年{CLASS}学生返校登记表", True),
    (f"{CLASS}学生返校登记表", True),
])  # fmt: skip
def test_a_list_of_an_earlier_term_without_a_date_is_not_today_s(title: str, used: bool) -> None:
    school = plain_list(names=NAMES[:5], title=title)
    assert missing(school) == (["周八"] if used else [])
    codes = [code for code, _ in issues(school)]
    assert "list_undated" in codes
    reasons = "".join(school.findings("presence_unreported")["reason"])
    assert ("没有收到返校名单" in reasons) == (not used)
