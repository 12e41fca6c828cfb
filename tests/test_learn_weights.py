"""The tool that writes the shipped weights runs, and what it writes is what the matcher reads."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dropctl.reconcile.model.weights import parse_weights

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import learn_weights


def test_a_small_county_gives_weights_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = learn_weights.DATA
    (tmp_path / "pinyin.txt").write_text((shipped / "pinyin.txt").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(learn_weights, "DATA", tmp_path)
    monkeypatch.setattr(learn_weights, "ROWS", 4_000)
    monkeypatch.setattr(learn_weights, "RANDOM_PAIRS", 200_000)
    learn_weights.main()
    learned, before = (parse_weights((folder / "weights.toml").read_text("utf-8")) for folder in (tmp_path, shipped))
    for field, weights in learned.fields.items():
        assert sum(weights.m) == pytest.approx(1, abs=0.01), field
        for chances in weights.u:
            assert sum(chances) == pytest.approx(1, abs=0.05), field
    # A child's own name, birth date and village agree about as often in any county.
    for field in ("name", "birth", "village"):
        assert learned.fields[field].m[1] == pytest.approx(before.fields[field].m[1], abs=0.05)
