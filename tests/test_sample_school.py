"""The invented school: every planted finding is found, nothing else is, and no forbidden pair is ever joined."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dropctl.procedures.outcome import TermStartOutcome
from dropctl.procedures.term_start import reconcile_term_start

CHECKOUT = Path(__file__).resolve().parents[1]
OPENING, AS_OF = date(2025, 9, 1), date(2025, 9, 3)
Row = dict[str, Any]


def reconciled(folder: Path) -> TermStartOutcome:
    return reconcile_term_start([folder], as_of=AS_OF, opening=OPENING)


def same(found: Row, planted: Row) -> bool:
    """Whether a finding is the planted one; the truth leaves open what two readings would decide differently."""
    due = str(found["due_date"]) if found["due_date"] else None
    return (
        planted["name"] in (None, found["name"])
        and planted["id_number"] in (None, found["id_number"])
        and found["certainty"] == planted["certainty"]
        and planted.get("triage") in (None, found["triage"])
        and due == planted.get("due_date")
    )


def check(outcome: TermStartOutcome, expected: Row) -> None:
    def slot(line: Row) -> tuple[Any, ...]:
        return (line["kind"], line["grade"], line["class_name"])

    found = list(outcome.findings.iter_rows(named=True))
    assert Counter(map(slot, found)) == Counter(map(slot, expected["findings"]))
    rest = list(found)
    for planted in expected["findings"]:
        match = next((line for line in rest if slot(line) == slot(planted) and same(line, planted)), None)
        assert match is not None, planted
        rest.remove(match)
    assert rest == []

    columns = [f"{side}_{name}" for side in ("left", "right") for name in ("register", "file", "sheet", "row")]
    accepted = {(row[:4], row[4:]) for row in outcome.links.filter(decision="accepted").select(columns).iter_rows()}
    pairs = {
        name: {(tuple(one), tuple(two)) for one, two in expected[name]}
        for name in ("required_links", "forbidden_links")
    }
    assert pairs["required_links"] <= accepted
    assert not pairs["forbidden_links"] & accepted
    assert pairs["forbidden_links"]


def test_the_committed_school_gives_exactly_the_planted_findings() -> None:
    expected = json.loads((CHECKOUT / "sample_data/expected/findings.json").read_text(encoding="utf-8"))
    check(reconciled(CHECKOUT / "sample_data/school"), expected)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 31))
def test_thirty_other_schools(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CHECKOUT / "sample_data"))
    from generator import generate

    generate(seed, 600, tmp_path)
    expected = json.loads((tmp_path / "expected/findings.json").read_text(encoding="utf-8"))
    check(reconciled(tmp_path / "school"), expected)
    assert "generator" in sys.modules


def test_every_row_of_the_sample_is_accounted_for() -> None:
    for entry in reconciled(CHECKOUT / "sample_data/school").inputs:
        assert entry.rows_read == entry.rows_kept + entry.rows_set_aside + entry.rows_blank
