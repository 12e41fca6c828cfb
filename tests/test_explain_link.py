"""`dropctl explain M-…`: a link found again, its evidence adding up, and each way in which it cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dropctl import cli
from dropctl.commands.explain import _decided_by
from dropctl.procedures.explaining import DECISIONS
from dropctl.reconcile.links import per_cent

AS_OF = "--as-of=2025-09-03"


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain") / "demo"
    assert cli.run(["demo", str(folder)]) == 0
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(list(words))
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


def links(folder: Path) -> pl.DataFrame:
    (path,) = folder.glob("out/*/links.parquet")
    return pl.read_parquet(path)


def explained(run: Run, folder: Path, reference: str) -> dict[str, Any]:
    code, out, told = run("explain", reference, AS_OF, "-w", str(folder), "--json")
    assert code == 0, told
    document: dict[str, Any] = json.loads(out)
    return document


def test_a_weighed_pair_shows_fields_that_add_up(run: Run, demo: Path) -> None:
    row = links(demo).filter(pl.col("reason").str.contains("同音不同字")).row(0, named=True)
    found = explained(run, demo, row["link_id"])
    assert found["schema"] == 1
    assert (found["decision"], found["reason"]) == ("review", row["reason"])
    assert (found["left"]["row"], found["right"]["row"]) == (row["left_row"], row["right_row"])
    assert sum(one["bits"] for one in found["evidence"]) == pytest.approx(found["bits"], abs=1e-4)
    assert {"姓名", "班级", "基数"} <= {one["field"] for one in found["evidence"]}

    code, out, _ = run("explain", row["link_id"].lower(), AS_OF, "-w", str(demo))
    assert code == 0
    assert "待人工确认" in out
    assert "姓名同音不同字" in out
    assert "合计" in out


def test_a_pair_decided_by_its_number_says_so_and_shows_no_number(run: Run, demo: Path) -> None:
    row = links(demo).filter(pl.col("tier") == "exact_id").row(0, named=True)
    found = explained(run, demo, row["link_id"])
    assert (found["tier"], found["bits"], found["evidence"]) == ("exact_id", None, [])
    code, out, _ = run("explain", row["link_id"], AS_OF, "-w", str(demo))
    assert code == 0
    assert "没有逐项计分" in out
    assert "3499" not in out


@pytest.mark.parametrize(
    ("decision", "tier", "said"),
    [
        ("accepted", "exact_id", "由名单上的号码或班级直接判定"),
        ("accepted", "person", "由人判定"),
        ("rejected", None, "由人判定"),
        ("review", None, "等人判定"),
    ],
)
def test_a_pair_without_weights_says_who_decided_it(decision: str, tier: str | None, said: str) -> None:
    assert said in _decided_by(decision, tier)
    assert DECISIONS[decision].isascii() is False


def test_a_probability_is_never_rounded_up_to_certainty() -> None:
    assert [per_cent(value) for value in (0.99996, 1.0, 0.5)] == ["99.99%", "99.99%", "50%"]


@pytest.mark.parametrize(
    ("reference", "options", "said"),
    [
        ("M-0000000000", [AS_OF], "没有编号为“M-0000000000”的配对"),
        ("X-1", [AS_OF], "“X-1”不是能解释的编号"),
        ("M-0000000000", ["--as-of=2024-09-03"], "还没有核对过"),
    ],
)
def test_what_cannot_be_explained_is_refused(
    run: Run, demo: Path, reference: str, options: list[str], said: str
) -> None:
    code, out, told = run("explain", reference, *options, "-w", str(demo))
    assert (code, out) == (3, "")
    assert said in told


def test_outside_a_workspace_there_is_nothing_to_explain(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, told = run("explain", "M-0000000000", AS_OF)
    assert code == 3
    assert "这里不是工作区" in told


def test_either_row_is_shown_field_by_field_and_the_column_adds_up(run: Run, demo: Path) -> None:
    row = links(demo).filter(pl.col("reason").str.contains("同音不同字")).row(0, named=True)
    _, out, _ = run("explain", row["link_id"], AS_OF, "-w", str(demo))
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if "│" in line]
    fields = {line[0]: line[1:] for line in lines if len(line) == 4}
    assert fields["姓名"][2] == "不同"
    assert fields["班级"][2] == "相同"
    assert fields["证件号"] == ["已填", "—", "—"]
    scores = {line[0]: float(line[2]) for line in lines if len(line) == 3}
    assert {"姓名", "监护人、村", "合计"} <= set(scores)
    assert scores.pop("合计") == pytest.approx(sum(scores.values()), abs=1e-9)
