"""The invented county: every planted finding is found, nothing else is, and no forbidden pair is ever joined.

Each school by itself, and all of it in one call.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from dropctl.procedures.outcome import TermStartOutcome
from dropctl.procedures.term_start import reconcile_term_start

CHECKOUT = Path(__file__).resolve().parents[1]
SAMPLE = CHECKOUT / "sample_data"
OPENING, AS_OF = date(2025, 9, 1), date(2025, 9, 3)
PRIMARY, JUNIOR = "岚溪县城关小学", "岚溪县河口初级中学"
Row = dict[str, Any]


@lru_cache(maxsize=8)
def reconciled(*folders: Path) -> TermStartOutcome:
    return reconcile_term_start(list(folders), as_of=AS_OF, opening=OPENING)


def goldens(home: Path) -> Iterator[tuple[Path, Row]]:
    """Every golden file of a made county with the folder it speaks of."""
    yield home / "school", json.loads((home / "expected/findings.json").read_text(encoding="utf-8"))
    for school in (PRIMARY, JUNIOR):
        golden = home / f"expected/county/{school}.json"
        yield home / "county" / school, json.loads(golden.read_text(encoding="utf-8"))
    yield home, json.loads((home / "expected/county/together.json").read_text(encoding="utf-8"))


def same(found: Row, planted: Row) -> bool:
    """Whether a finding is the planted one; the truth leaves open what two readings would decide differently."""
    due = str(found["due_date"]) if found["due_date"] else None
    # A child who is missing and a newcomer of the same surname, the only ones left of their class: the truth knows that
    # they are two, the lists do not say so (D-89).
    chance = "同班同姓" in found["reason"] and (found["certainty"], planted["certainty"]) == ("to_confirm", "certain")
    return (
        planted["name"] in (None, found["name"])
        and planted["id_number"] in (None, found["id_number"])
        and (chance or found["certainty"] == planted["certainty"])
        and (chance or planted.get("triage") in (None, found["triage"]))
        and due == planted.get("due_date")
    )


def check(outcome: TermStartOutcome, expected: Row) -> None:
    several = expected["school"] == "together"

    def slot(line: Row) -> tuple[Any, ...]:
        return (line["kind"], line["grade"], line["class_name"], line.get("school") if several else None)

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


def test_the_committed_county_gives_exactly_the_planted_findings() -> None:
    told = list(goldens(SAMPLE))
    assert len(told) == 4
    for folder, expected in told:
        check(reconciled(folder), expected)


def test_the_schools_given_side_by_side_say_the_same_as_their_folder() -> None:
    homes = [SAMPLE / "school", *sorted((SAMPLE / "county").iterdir())]
    columns = ("kind", "school", "class_name", "name", "certainty", "triage")
    apart, whole = (reconciled(*folders).findings.select(columns).rows() for folders in (homes, [SAMPLE]))
    assert Counter(apart) == Counter(whole)


def test_who_left_the_primary_school_is_found_in_the_junior_one_but_for_two() -> None:
    alone = reconciled(SAMPLE / "county" / PRIMARY).graduates
    together = reconciled(SAMPLE).graduates.filter(school=PRIMARY)
    assert alone.height > 40
    assert together.height == 2
    assert set(together["name"]) < set(alone["name"])


def test_the_telephones_of_both_guardians_are_read_from_the_retyped_register() -> None:
    phones = reconciled(SAMPLE / "county" / JUNIOR).roster["phone"].drop_nulls().to_list()
    assert sum("、" in phone for phone in phones) > 150


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 31))
def test_thirty_other_counties(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SAMPLE))
    from generator import generate_county

    generate_county(seed, 600, tmp_path)
    for folder, expected in goldens(tmp_path):
        check(reconciled(folder), expected)


def test_every_row_of_the_sample_is_accounted_for() -> None:
    inputs = reconciled(SAMPLE).inputs
    assert len(inputs) > 40
    for entry in inputs:
        assert entry.rows_read == entry.rows_kept + entry.rows_set_aside + entry.rows_blank
