"""`reconcile` with the procedure replaced: what is asked of it, and how its outcome is told."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dropctl import cli
from dropctl.commands import reconcile
from dropctl.errors import CannotWrite
from dropctl.findings import KINDS, Finding, findings_frame
from dropctl.procedures import beside, overview, term_start
from dropctl.procedures.outcome import CaseForecast, Deadline, PresenceCount, SinceLast, TermStartOutcome
from dropctl.tables.issues import NO_LIST, InputCount, Issue, issues_frame

PERSON = "349901201309010017"
AS_OF, OPENING = date(2025, 9, 3), date(2025, 9, 1)
DATES = ["--opening", "2025-09-01", "--closing", "2026-01-30"]
SCHOOL = ["--role", "school", "--name", "石桥学校", "--code", "3499000001", *DATES]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Run each test in an empty folder without settings from outside."""
    for name in [name for name in os.environ if name.startswith("DROPCTL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DROPCTL_AS_OF", AS_OF.isoformat())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Give a function that runs one command line and returns exit code, stdout and stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def an_outcome() -> TermStartOutcome:
    def found(kind: str, number: int, **more: Any) -> Finding:
        return Finding(kind, (f"P-{number}",), AS_OF, "理由", "下一步", name=f"[b]甲{number}", id_number=PERSON, **more)

    findings = [
        found("not_returned", 1, due_date=date(2025, 9, 3), triage="to_contact"),
        found("not_returned", 2, due_date=date(2025, 9, 3), triage="data_fault", certainty="to_confirm"),
        found("lawfully_absent", 3, certainty="claimed"),
    ]
    links = pl.DataFrame({"decision": ["accepted", "accepted", "review"]})
    issues = [
        Issue("enrollment", "名册.xlsx", "一", f"D{row}", row, "id_number", code, severity, PERSON, message)
        for row, (code, severity, message) in enumerate(
            [("n", "note", "说明句"), ("e", "error", f"错误句{PERSON}"), ("n", "note", "说明句")], start=3
        )
    ]
    classes = [
        ("石桥学校", "7", "七年级1班", 30, 30, 28, 2, 0, 0, 0, AS_OF, True, 0.9),
        ("石桥学校", "7", "七年级2班", 30, 30, 30, 0, 0, 0, 0, AS_OF, True, 1.0),
    ]
    empty = pl.DataFrame
    return TermStartOutcome(
        as_of=AS_OF, opening=OPENING, opening_note=None, school="[red]石桥学校",
        inputs=(
            InputCount("名册.xlsx", "一", "enrollment", 65, 60, 4, 1),
            InputCount(f"{PERSON}.csv", None, None, 3, 0, 3, 0, note="认不出"),
        ),
        findings=findings_frame(findings), links=links, issues=issues_frame(issues),
        roster=empty(schema=overview.ROSTER_SCHEMA), reviews=empty(schema=overview.REVIEW_SCHEMA),
        classes=empty(classes, schema=overview.CLASS_SCHEMA, orient="row"), overage=findings_frame([]),
        graduates=empty(schema=beside.GRADUATE_SCHEMA), promotions=empty(schema=beside.PROMOTION_SCHEMA),
        letters=empty(schema=beside.LETTER_SCHEMA), changes=empty(schema=beside.CHANGE_SCHEMA),
        presence=PresenceCount(2, 1, 5),
        cases=CaseForecast(1, False), deadlines=(Deadline("返校核对", "三.5", AS_OF, AS_OF),), assumptions=(),
        since_last=SinceLast(1, 2, 3), notes=("先看这一句",),
    )  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Replace the procedure; the dict collects what it was asked, and `outcome` may be exchanged."""
    seen: dict[str, Any] = {"outcome": an_outcome(), "written": None}

    def procedure(paths: Sequence[Path], **options: Any) -> TermStartOutcome:
        seen.update(options, paths=list(paths))
        outcome: TermStartOutcome = seen["outcome"]
        return outcome

    def write(outcome: TermStartOutcome, out: Path, *, tables_only: bool) -> list[Path]:
        if isinstance(seen.get("fault"), Exception):
            raise seen["fault"]
        seen["written"] = out, tables_only
        return [out / "核对结果.xlsx"]

    # `reconcile` takes the procedure when it is run, because its files are read meanwhile.
    monkeypatch.setattr(term_start, "reconcile_term_start", procedure)
    monkeypatch.setattr(term_start, "write_term_start", write)
    monkeypatch.setattr(reconcile, "start_reading", lambda paths, *, small_first: nullcontext())
    return seen


def test_the_outcome_is_told_without_numbers_or_markup(run: Any, asked: dict[str, Any]) -> None:
    code, out, err = run("reconcile", "in")
    assert (code, err) == (0, "")
    assert PERSON not in out
    assert "[red]石桥学校" in out
    assert "开学 2025-09-01" in out
    assert "2个班中交了1个，5名学生到校情况不明" in out
    assert "新增1条，消失2条，不变3条" in out
    assert "在籍未返校" in out
    assert "七年级1班" in out
    assert "七年级2班" not in out
    assert "先看这一句" in out
    assert out.index("错误句") < out.index("说明句")
    assert "联系“在籍未返校”表中2名学生的监护人，其中1名先核对数据" in out
    assert "补齐1名学生" in out
    assert "没有认出是什么名单" in out
    assert out.index("下一步") < out.index("写出的文件")
    assert asked["written"] == (Path("核对-2025-09-03"), False)
    assert "七年级2班" in run("reconcile", "in", "-v")[1]


def test_a_sheet_that_is_no_list_is_named_but_asks_for_nothing(run: Any, asked: dict[str, Any]) -> None:
    count = InputCount("名册.xlsx", "填报说明", None, 3, 0, 3, 0, note=NO_LIST)
    asked["outcome"] = replace(asked["outcome"], inputs=(count,))
    out = run("reconcile", "in")[1]
    assert "不是名单" in out
    assert "没有采用" not in out


def test_the_rows_of_all_sheets_are_summed(run: Any, asked: dict[str, Any]) -> None:
    line = next(line for line in run("reconcile", "in")[1].splitlines() if "合计" in line and "68" in line)
    assert [int(word) for word in line.replace("│", " ").split() if word.isdigit()] == [68, 60, 7, 1]


def test_quietly_only_the_head_and_the_files(run: Any, asked: dict[str, Any]) -> None:
    out = run("reconcile", "in", "-q")[1]
    assert "石桥学校" in out
    assert "核对结果.xlsx" in out
    assert "下一步" not in out


def test_the_json_holds_what_the_contract_promises(run: Any, asked: dict[str, Any]) -> None:
    code, out, err = run("reconcile", "in", "--json")
    shown = json.loads(out)
    assert (code, err) == (0, "")
    assert next(iter(shown)) == "schema"
    assert (shown["schema"], shown["as_of"]) == (1, "2025-09-03")
    assert shown["inputs"][0] == {
        "file": "名册.xlsx", "sheet": "一", "register": "enrollment",
        "rows_read": 65, "rows_kept": 60, "rows_set_aside": 4, "rows_blank": 1,
    }  # fmt: skip
    assert set(shown["findings"]) == {kind.id for kind in KINDS}
    assert shown["findings"]["not_returned"] == 2
    assert shown["links"] == {"accepted": 2, "review": 1, "rejected": 0}
    assert shown["issues"] == {"error": 1, "warning": 0, "note": 2}
    assert shown["outputs"] == ["核对-2025-09-03/核对结果.xlsx"]
    assert shown["presence"] == {"classes": 2, "reported": 1, "unknown_pupils": 5}
    assert shown["since_last"] == {"new": 1, "gone": 2, "unchanged": 3}
    assert PERSON not in out


def test_strict_says_that_people_must_decide(run: Any, asked: dict[str, Any]) -> None:
    assert run("reconcile", "in")[0] == 0
    assert run("reconcile", "in", "--strict")[0] == 4
    sure = an_outcome().findings.filter(pl.col("certainty") == "certain")
    asked["outcome"] = replace(an_outcome(), findings=sure)
    assert run("reconcile", "in", "--strict")[0] == 0
    asked["outcome"] = replace(an_outcome(), findings=sure, cases=CaseForecast(9, True, "太多"))
    code, out, _ = run("reconcile", "in", "--strict")
    assert code == 4
    assert "加 --yes" in out


def test_the_options_reach_the_procedure(run: Any, asked: dict[str, Any], here: Path) -> None:
    (here / "x.csv").write_text("", encoding="utf-8")
    (here / "in").mkdir()
    args = [
        "--school",
        "甲",
        *DATES,
        "--skip-unreadable",
        "--yes",
        "--tables-only",
        "-o",
        "o",
        "--as",
        "presence=x.csv",
    ]
    assert run("reconcile", "in", *args)[0] == 0
    assert asked["paths"] == [Path("in"), Path("x.csv")]
    assert asked["assigned"] == {"x.csv": "presence"}
    assert asked["written"] == (Path("o"), True)
    told = {key: asked[key] for key in ("school", "opening", "closing", "skip_unreadable", "yes", "as_of", "record")}
    assert told == {
        "school": "甲", "opening": OPENING, "closing": date(2026, 1, 30), "skip_unreadable": True, "yes": True,
        "as_of": AS_OF, "record": True,
    }  # fmt: skip


def test_inside_a_workspace_the_inbox_is_read_and_out_is_written(run: Any, asked: dict[str, Any], here: Path) -> None:
    run("init", "a", *SCHOOL)
    assert run("reconcile", "-w", "a")[0] == 0
    assert asked["paths"] == [here / "a" / "inbox"]
    assert asked["written"] == (here / "a" / "out" / "核对-2025-09-03", False)
    assert asked["workspace"].school_name == "石桥学校"


def test_a_file_inside_the_folder_read_is_not_read_twice(run: Any, asked: dict[str, Any], here: Path) -> None:
    (here / "in").mkdir()
    (here / "in" / "x.csv").write_text("", encoding="utf-8")
    run("reconcile", "in", "--as", "presence=in/x.csv")
    assert asked["paths"] == [Path("in")]


def test_a_rehearsal_neither_records_nor_writes(run: Any, asked: dict[str, Any]) -> None:
    code, _, err = run("reconcile", "in", "--dry-run")
    assert code == 0
    assert "--dry-run" in err
    assert asked["record"] is False
    assert asked["written"] is None


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ([], 3, "没有说明要核对哪些文件"),
        (["in", "--as", "presence"], 2, "写成 名单=文件"),
        (["in", "--as", "pupils=x.csv"], 2, "不认识名单“pupils”"),
        (["in", "--as", f"presence={PERSON}.csv"], 3, "找不到 --as 指定的文件"),
        (["in", "--as", "presence=x.csv", "--as", "poverty=x.csv"], 2, "两种名单"),
        (["in", "--opening", "2026-01-30", "--closing", "2025-09-01"], 3, "不早于"),
        (["in", "-w", "nowhere"], 3, "不是工作区"),
    ],
)
def test_reconcile_refusals(
    run: Any, asked: dict[str, Any], here: Path, args: list[str], code: int, words: str
) -> None:
    (here / "x.csv").write_text("", encoding="utf-8")
    given, out, err = run("reconcile", *args)
    assert (given, out) == (code, "")
    assert words in err
    assert PERSON not in err
    assert asked["written"] is None


def test_a_result_that_cannot_be_written_ends_with_its_code(run: Any, asked: dict[str, Any]) -> None:
    asked["fault"] = CannotWrite("文件正在别处打开")
    assert run("reconcile", "in")[0] == 74
