"""Makes an invented county: the truth first, then the damaged papers, then what must be found in them."""

from __future__ import annotations

import json
from pathlib import Path

from .building import build_truth
from .county import build_county, clear, write_county
from .expected import Expected, ExpectedFinding, expect
from .first_month import PACKED, write_first_month
from .papers import Place, write_papers
from .truth import SHIQIAO, Truth

__all__ = [
    "Expected",
    "ExpectedFinding",
    "Place",
    "Truth",
    "build_county",
    "build_truth",
    "generate",
    "generate_county",
]


def generate(seed: int, pupils: int, out: Path) -> Expected:
    """Write `out/school/` (the registrar's folder), `out/september.zip` (the month that follows) and
    `out/expected/findings.json`; return what must be found.

    The files an earlier run with another seed wrote there are removed first; no other file is touched.
    """
    golden = out / "expected" / "findings.json"
    if golden.is_file():
        for name in json.loads(golden.read_text(encoding="utf-8"))["files"]:
            (out / "school" / name).unlink(missing_ok=True)
    truth = build_truth(seed, pupils)
    expected = expect(truth, write_papers(truth, out / "school"))
    write_first_month(truth, out / PACKED)
    golden.parent.mkdir(parents=True, exist_ok=True)
    golden.write_text(expected.to_json(), encoding="utf-8")
    return expected


def generate_county(seed: int, pupils: int, out: Path) -> dict[str, Expected]:
    """Write the whole county: `out/school/`, `out/county/` and what must be found, alone and together.

    `pupils` is the size of the nine-year school, whose folder is the one `generate` writes.
    """
    clear(out)
    county = build_county(seed, pupils)
    found = write_county(county, out)
    write_first_month(next(truth for truth in county.truths if truth.site == SHIQIAO), out / PACKED)
    for name, expected in found.items():
        nine_year = expected.school == SHIQIAO.name
        golden = out / "expected" / ("findings.json" if nine_year else f"county/{name}.json")
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(expected.to_json(), encoding="utf-8")
    return found
