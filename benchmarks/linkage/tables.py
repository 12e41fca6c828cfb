"""The page that a run prints: cost and quality, recall per kind of damage, and what was decided, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Results = Mapping[str, Mapping[str, Any]]


def page(results: Results, *, rows: int, seed: int, model: str) -> str:
    """Return all tables; `results` by contestant: seconds, processor, megabytes, score (as `score.as_json`), kept."""
    parts = [f"# {rows:,} children, seed {seed}, damage model `{model}`", _cost(results), _kinds(results)]
    if any(result["score"]["decided"] for result in results.values()):
        parts.append(_decided(results))
    return "\n\n".join(parts) + "\n"


def _cost(results: Results) -> str:
    heads = (
        "contestant", "s", "× floor", "processor s", "× floor", "MB", "precision", "recall", "F1 at 3 bits", "best F1",
        "at bits", "false links", "of them twins", "siblings",
    )  # fmt: skip
    floor = results.get("floor")
    lines = []
    for name, result in results.items():
        score = result["score"]
        fixed, best = score["fixed"], score["best"]
        lines.append(
            (
                name,
                f"{result['seconds']:.1f}{'†' if result.get('kept') else ''}",
                f"{result['seconds'] / floor['seconds']:.1f}" if floor else "–",
                f"{result['processor']:.1f}",
                f"{result['processor'] / floor['processor']:.1f}" if floor else "–",
                f"{result['megabytes']:.0f}",
                f"{fixed['precision']:.5f}",
                f"{fixed['recall']:.5f}",
                f"{fixed['f1']:.5f}",
                f"{best['f1']:.5f}",
                f"{best['bits']:.1f}",
                f"{fixed['false']:,}",
                f"{score['false_twins']:,}",
                f"{score['false_siblings']:,}",
            )
        )
    table = markdown(heads, lines)
    return table + "\n\n† from an earlier run: compare no seconds" if "†" in table else table


def _kinds(results: Results) -> str:
    """Return recall and precision at 3 bits for each kind, the contestants side by side."""
    first = next(iter(results.values()))["score"]["kinds"]
    lines = []
    for kind, figures in first.items():
        cells = [kind, f"{figures['to_find']:,}"]
        for result in results.values():
            one = result["score"]["kinds"][kind]
            cells.append(f"{one['recall']:.4f} / {one['precision']:.4f}")
        lines.append(cells)
    return markdown(("recall / precision at 3 bits", "pairs", *results), lines)


def _decided(results: Results) -> str:
    heads = (
        "contestant",
        "accepted",
        "precision",
        "recall",
        "wrong twins",
        "wrong siblings",
        "of these shown",
        "questions per 100 rows",
    )
    lines = [
        (
            name,
            f"{decided['accepted']:,}",
            f"{decided['precision']:.6f}",
            f"{decided['recall']:.5f}",
            str(decided["false_twins"]),
            str(decided["false_siblings"]),
            str(decided["false_shown"]),
            f"{decided['questions_per_100_rows']:.3f}",
        )
        for name, result in results.items()
        if (decided := result["score"]["decided"])
    ]
    return markdown(heads, lines)


def markdown(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first stand to the right."""
    ruler = ["---", *["--:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ruler, *lines))


__all__ = ["markdown", "page"]
