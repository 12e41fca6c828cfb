"""`case …` and `due` as a registrar runs them: exit codes, sentences, the promised JSON, no full number anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ledger_school import NAMES, reconciled_school, workbook

from dropctl import cli
from dropctl.workspace import Workspace

CASE = "C-2025-001"
LOG = ["case", "log", CASE, "--kind", "phone", "--by", "王老师", "--result", "not_reached"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-09-04")
    made = reconciled_school(tmp_path / "w", NAMES[:2])
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        assert "3499012013" not in said.out + said.err
        return code, said.out, said.err

    return call


def shown(run: Any, *args: str) -> dict[str, Any]:
    code, out, _ = run(*args, "--json")
    assert code == 0
    document: dict[str, Any] = json.loads(out)
    assert next(iter(document)) == "schema"
    return document


def test_the_list_has_the_promised_fields(home: Workspace, run: Any) -> None:
    (first, _) = shown(run, "case", "list")["cases"]
    promised = {
        "case": CASE, "child": first["child"], "name": NAMES[1], "school": "某校", "grade": "7",
        "class_name": "七年级1班", "opened_on": "2025-09-03", "rung": "opened", "mark": "none", "state": "open",
        "responsible": None, "next_due": "2025-09-03",
    }  # fmt: skip
    promised["name"] = first["name"]
    assert first["name"] in NAMES[:2]
    assert {key: first[key] for key in promised} == promised
    code, out, _ = run("case", "list")
    assert code == 0
    assert "个案（2件" in out
    assert "已逾期" in out


def test_a_case_from_the_first_call_to_the_closing(home: Workspace, run: Any) -> None:
    code, out, _ = run(*LOG, "--note", "无人接听")
    assert (code, "第1次联系，进度：已联系" in out) == (0, True)
    assert run("case", "log", CASE, "--kind", "家访", "--by", "王", "--result", "答应返校")[0] == 0
    assert "已由李老师负责" in run("case", "assign", CASE, "--to", "李老师")[1]
    assert "原来是李老师" in run("case", "assign", CASE, "--to", "张老师")[1]
    out = run("case", "cause", CASE, "因贫", "因病")[1]
    assert "请告知校长" in out
    assert "不发措辞严厉的文书" in out
    assert run("case", "return", CASE, "--on", "2025-09-04")[0] == 0
    found = shown(run, "case", "show", CASE)
    assert (found["rung"], found["state"], found["responsible"]) == ("visited", "return_reported", "张老师")
    assert found["causes"] == ["poverty", "illness"]
    assert [line["result"] for line in found["contacts"]] == ["not_reached", "promised"]
    code, out, err = run("case", "close", CASE, "--outcome", "复学", "--evidence", "一人一案=3号")
    assert (code, out) == (3, "")
    assert "还缺：连续到校、学籍状态在读" in err
    args = ["case", "close", CASE, "--outcome", "户籍问题", "--evidence", "派出所或村委会证明=村证明"]
    assert "可以按" in run(*args, "--dry-run")[1]
    assert run(*args)[0] == 0
    assert [line["case"] for line in shown(run, "case", "list")["cases"]] == ["C-2025-002"]
    assert len(shown(run, "case", "list", "--all")["cases"]) == 2
    assert run("case", "reopen", CASE, "--reason", "证明有误")[0] == 0
    page = run("case", "show", CASE)[1]
    for words in ("无人接听", "因贫、因病", "张老师", "重新立案"):
        assert words in page


def test_danger_is_reported_before_anything_else(home: Workspace, run: Any) -> None:
    out = run("case", "cause", CASE, "人身安全")[1]
    assert out.startswith("先报告")
    assert "公安机关" in out


def test_an_entry_is_taken_back(home: Workspace, run: Any) -> None:
    run(*LOG)
    event = shown(run, "case", "show", CASE)["contacts"][0]["event"]
    assert "作废" in run("case", "void", CASE, str(event), "--reason", "记错了")[1]
    found = shown(run, "case", "show", CASE)
    assert found["contacts"] == []
    assert [line["void"] for line in found["events"] if line["event"] == event] == [True]
    assert "已作废" in run("case", "show", CASE)[1]


def test_a_case_is_opened_by_hand(home: Workspace, run: Any) -> None:
    code, out, _ = run("case", "open", "--name", NAMES[5], "--reason", "村里反映", "--to", "李老师")
    assert (code, "已立案：C-2025-003" in out) == (0, True)
    assert shown(run, "case", "open", "--name", "外来的", "--unlisted", "--reason", "x")["case"] == "C-2025-004"


def test_a_table_of_contacts_is_partly_done(home: Workspace, run: Any) -> None:
    rows = [
        ["个案编号", "方式", "日期", "联系人", "结果"],
        [CASE, "电话", "2025-09-03", "王", "联系上"],
        ["C-2025-009", "电话", "2025-09-03", "王", "联系上"],
    ]
    workbook(home.root / "联系.xlsx", rows)
    code, out, err = run("case", "log", "--from", "联系.xlsx")
    assert (code, "已登记1次联系" in out) == (7, True)
    assert "联系.xlsx · Sheet · A3" in err
    code, out, _ = run("case", "log", "--from", "联系.xlsx", "--json")
    assert (code, json.loads(out)["recorded"], json.loads(out)["known"]) == (7, 0, 1)
    workbook(home.root / "联系.xlsx", rows[:2])
    assert run("case", "log", "--from", "联系.xlsx")[0] == 0


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["case", "log"], 2, "缺少 个案编号、--kind、--by、--result"),
        (["case", "log", CASE, "--from", "x.xlsx"], 2, "--from 登记一批时"),
        (["case", "log", "--from", "x.xlsx"], 3, "找不到"),
        ([*LOG[:4], "telegraph", *LOG[5:]], 3, "不认识"),
        ([*LOG, "--on", "2025-08-01"], 3, "早于缺课开始的2025-09-01"),
        ([*LOG, "--as-of", "2025-09-02"], 3, "不能再按2025-09-02记入"),
        (["case", "show", "C-2025-077"], 3, "没有 C-2025-077"),
        (["case", "return", CASE, "--on", "2025-08-31"], 3, "返校日期2025-08-31早于缺课开始的2025-09-01"),
        (["case", "close", CASE], 2, "缺少"),
        (["case", "close", CASE, "--outcome", "复学", "--evidence", "x"], 2, "佐证=内容"),
        (["case", "cause", CASE, "懒"], 3, "没有“懒”这种原因"),
        (["case", "open", "--name", "谁", "--reason", "x"], 3, "没有“谁”"),
        (["case", "void", CASE, "x", "--reason", "x"], 2, "第几条"),
        (["due", "--done", "return_check"], 3, "不能这样登记办结"),
    ],
)
def test_refusals(home: Workspace, run: Any, args: list[str], code: int, words: str) -> None:
    given, out, err = run(*args)
    assert (given, out) == (code, "")
    assert words in err


def test_a_rehearsal_changes_nothing(home: Workspace, run: Any) -> None:
    before = (home.state / "ledger.sqlite3").read_bytes()
    for args in (
        LOG,
        ["case", "assign", CASE, "--to", "王"],
        ["case", "cause", CASE, "厌学"],
        ["case", "return", CASE],
        ["case", "open", "--name", NAMES[4], "--reason", "x"],
        ["due", "--done", "return_report"],
    ):
        assert run(*args, "--dry-run")[0] == 0
    assert (home.state / "ledger.sqlite3").read_bytes() == before


def test_due_says_what_for_whom_and_under_which_clause(home: Workspace, run: Any) -> None:
    found = shown(run, "due")["items"]
    keys = {"case", "child", "name", "kind", "clause", "who", "plan_date", "due_date", "overdue_days", "set_by"}
    assert all(keys <= set(item) for item in found)
    first = next(item for item in found if item["kind"] == "first_contact" and item["case"] == CASE)
    assert (first["due_date"], first["overdue_days"], first["clause"]) == ("2025-09-03", 1, "三.5")
    assert run("due")[0] == 0
    assert run("due", "--check")[0] == 5
    assert run("due", "--check", "--as-of", "2025-09-03")[0] == 0
    page = run("due")[1]
    for words in ("第一次联系学生和监护人", "逾期1天", "书面报送返校情况摸排", "还有11天", "方案", "程序"):
        assert words in page
    code, _, err = run("due", "--done", "return_report", "--by", "校长")
    assert (code, "已登记办结" in err) == (0, True)
    assert "return_report" not in [item["kind"] for item in shown(run, "due")["items"]]


def test_the_outcomes_are_listed(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = run("case", "close", "--outcomes")[1]
    assert "不具备学习能力" in page
    assert "期满复核" in page


def test_a_case_and_its_finding_are_explained(home: Workspace, run: Any) -> None:
    case = shown(run, "explain", CASE)
    lines = dict(case["lines"])
    assert case["reference"] == CASE
    assert {"为什么立案", "依据", "进度", "状态"} <= lines.keys()
    assert "三.5" in lines["依据"]

    finding = lines["来自的发现"]
    told = dict(shown(run, "explain", finding.lower())["lines"])
    assert "1次核对中出现1次" in told["核对"]
    assert CASE in told

    code, out, _ = run("explain", CASE)
    assert code == 0
    assert "为什么立案" in out


@pytest.mark.parametrize("reference", ["C-2025-999", "F-0000000000", "甲"])
def test_what_nobody_numbered_is_not_explained(home: Workspace, run: Any, reference: str) -> None:
    code, out, told = run("explain", reference)
    assert (code, out) == (3, "")
    assert reference in told
