"""Incoming letters of assistance: a register of their own, who is certainly ours, and when an answer is due (三.1)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import id_number
from ledger_school import CHILDREN, NAMES, reconciled_school, workbook

from dropctl import cli
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.policy.assistance import Letter, answer_due
from dropctl.policy.plan import parse_plan
from dropctl.procedures import assistance
from dropctl.procedures.due import agenda
from dropctl.resources import load_plan
from dropctl.school_calendar import SchoolCalendar, Term
from dropctl.workspace import Workspace

DAY = date(2025, 9, 24)
HEADINGS = (
    "涉及学生姓名",
    "收函日期",
    "来函单位",
    "来函文号",
    "身份证号",
    "来函事由",
    "核查结果",
    "复函日期",
    "是否办结",
)


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return reconciled_school(tmp_path / "w", NAMES[:1])


def add(home: Workspace, day: date = DAY, **cells: str) -> Letter:
    given = {"sender": "甲县教育局", "name": "乙小三", "received_on": "2025-09-10", **cells}
    return assistance.add(home, day, given, answer_by=None)[0]


def register(home: Workspace, *rows: list[object]) -> Path:
    return workbook(home.root / "协查.xlsx", [["协查函登记册"], HEADINGS, *rows])


def test_entries_have_numbers_of_their_own_and_are_entered_once(home: Workspace) -> None:
    assert [add(home).number, add(home, name="丁").number, add(home).number] == [
        "X-2025-001",
        "X-2025-002",
        "X-2025-001",
    ]
    assert len(assistance.listed(home, DAY)) == 2
    assert len(Ledger(home.state).events(kinds={"letter_received"})) == 2


@pytest.mark.parametrize(
    ("cells", "state", "words"),
    [
        ({"name": NAMES[3], "id_number": CHILDREN[3].id}, "certain", "七年级1班，状态在读"),
        ({"name": NAMES[3]}, "to_check", "待核：可能是"),
        ({"name": "全不认识", "id_number": id_number("20120304", 77)}, "none", "没有对得上的"),
        ({"name": NAMES[3], "id_number": "349901201305010001"}, "to_check", "来函所写的证件号有误"),
    ],
)
def test_only_a_certain_identity_says_that_the_child_is_here(
    home: Workspace, cells: dict[str, str], state: str, words: str
) -> None:
    entered = add(home, **cells)
    (found,) = assistance.listed(home, DAY)
    assert found.match.state == state
    assert words in found.match.words
    assert (entered.child is not None) == (state == "certain")


def test_one_letter_about_a_pupil_hides_no_other(home: Workspace) -> None:
    add(home, name=NAMES[3], id_number=CHILDREN[3].id, letter_number="8号")
    add(home, name=NAMES[3], sender="乙县教育局", letter_number="9号")
    assert [one.match.state for one in assistance.listed(home, DAY)] == ["certain", "to_check"]


def test_a_register_is_entered_with_the_answers_it_holds(home: Workspace) -> None:
    path = register(
        home,
        [NAMES[3], "2025-09-09", "甲县教育局", "甲函1号", CHILDREN[3].id, "是否就读", "在我县就读", "2025-09-12", "是"],
        ["乙小三", "2025-09-10", "乙县教育局", "乙函1号", "", "是否就读", "", "", ""],
        ["丙小三", "", "乙县教育局", "乙函1号", "", "是否就读", "", "", ""],
        ["丙小三", "九月", "乙县教育局", "乙函1号", "", "是否就读", "", "", ""],
        ["丙小三", "2025-10-01", "乙县教育局", "乙函1号", "", "是否就读", "", "", ""],
        ["丙小三", "2025-09-01", "", "乙函1号", "", "是否就读", "", "", ""],
    )
    done = assistance.add_table(home, DAY, path)
    assert (done.recorded, done.known) == (2, 0)
    assert [problem.where.split(" · ")[-1] for problem in done.problems] == ["第5行", "B6", "第7行", "第8行"]
    states = {one.letter.number: one.letter.state for one in assistance.listed(home, DAY, everything=True)}
    assert states == {"X-2025-001": "closed", "X-2025-002": "received"}
    assert (
        assistance.add_table(home, DAY, path).recorded,
        len(Ledger(home.state).events(kinds={"letter_replied"})),
    ) == (0, 1)


def test_a_letter_is_answered_and_closed_in_that_order(home: Workspace) -> None:
    number = add(home).number
    with pytest.raises(Refused, match="还没有复函"):
        assistance.close(home, DAY, number, on=DAY, note=None)
    answer: Any = {"school": None, "letter_number": "复1号", "on": date(2025, 9, 20), "by": "李", "note": None}
    with pytest.raises(Refused, match="要写明就读学校"):
        assistance.reply(home, DAY, number, result="在我县就读", **answer)
    with pytest.raises(Refused, match="早于收函日期"):
        assistance.reply(home, DAY, number, result="查无此人", **(answer | {"on": date(2025, 9, 9)}))
    with pytest.raises(Refused, match="从这些里选"):
        assistance.reply(home, DAY, number, result="不知道", **answer)
    assert assistance.reply(home, DAY, number, result="查无此人", **answer).result == "nobody"
    # The later answer stands, and both stay in the ledger.
    again = assistance.reply(home, DAY, number, result="here", **(answer | {"school": "乙小"}))
    assert (again.result, again.found_school) == ("here", "乙小")
    with pytest.raises(Refused, match="早于复函日期"):
        assistance.close(home, DAY, number, on=date(2025, 9, 19), note=None)
    assert assistance.close(home, DAY, number, on=DAY, note="已收到").state == "closed"
    with pytest.raises(Refused, match="已于"):
        assistance.reply(home, DAY, number, result="查无此人", **answer)
    assert assistance.listed(home, DAY) == []
    assert len(assistance.listed(home, DAY, everything=True)) == 1


@pytest.mark.parametrize(
    ("letter", "day", "set_by"),
    [
        (Letter("X", date(2025, 9, 10), "甲", "乙"), date(2025, 9, 25), "dropctl"),
        (Letter("X", date(2025, 9, 10), "甲", "乙", answer_by=date(2025, 9, 20)), date(2025, 9, 19), "letter"),
        (Letter("X", date(2025, 9, 22), "甲", "乙"), date(2025, 9, 30), "dropctl"),  # 10-07 lies in the holiday
    ],
)
def test_when_an_answer_is_due(letter: Letter, day: date, set_by: str) -> None:
    calendar = SchoolCalendar((Term("上", date(2025, 9, 1), date(2026, 1, 30)),))
    due, by = answer_due(letter, parse_plan(load_plan("yixian-2025")), calendar)
    assert (due.due_date, by) == (day, set_by)


def test_open_letters_are_due_until_they_are_closed(home: Workspace) -> None:
    number = add(home, handler="李老师").number

    def kinds() -> list[tuple[str, str]]:
        return [(item.kind, item.who) for item in agenda(home, DAY).items if item.kind.startswith("letter")]

    assert kinds() == [("letter", "李老师")]
    assistance.reply(home, DAY, number, result="nobody", school=None, letter_number=None, on=DAY, by=None, note=None)
    assert kinds() == [("letter_close", "李老师")]
    assistance.close(home, DAY, number, on=DAY, note=None)
    assert kinds() == []


def test_the_commands_show_no_full_number(
    home: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home.root)
    monkeypatch.setenv("DROPCTL_AS_OF", DAY.isoformat())

    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(["assistance", *args])
        said = capsys.readouterr()
        assert "3499012013" not in said.out + said.err
        return code, said.out, said.err

    given = ["add", "--sender", "甲县教育局", "--name", NAMES[3], "--id", CHILDREN[3].id, "--on", "2025-09-10"]
    assert "可以登记：X-2025-001" in call(*given, "--dry-run")[1]
    code, out, _ = call(*given)
    assert (code, "在我校学籍名册上" in out) == (0, True)
    assert "已经登记过" in call(*given)[1]
    (line,) = json.loads(call("list", "--json")[1])["letters"]
    assert (line["number"], line["match"], line["due_date"]) == ("X-2025-001", "certain", "2025-09-25")
    assert "程序定" in call("list")[1]
    assert call("add", "--sender", "甲县教育局")[0] == 2
    assert call("close", "X-2025-009")[0] == 3
    assert call("reply", "x-2025-001", "--result", "查无此人")[0] == 0
    assert call("close", "X-2025-001")[0] == 0
    assert "没有未办结的" in call("list")[1]
    assert call("add", "--from", str(register(home, ["丙", "", "乙县", "", "", "", "", "", ""])))[0] == 3
