"""Schools instead of counties: what our matcher does with 600, 5,000 and 30,000 pupils, over many seeds.

`python benchmarks/linkage/schools.py [--seeds 50] [--sizes 600,5000,30000] [--model unseen]`

What counts in a school: a wrong link accepted to a twin or sibling must never pass unseen, and the questions must stay
few. A link is shown when a field differs beside an equal number: the registrar has to correct one of the lists then.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import Any

from damage import MODELS, Model, county
from ours import decided_pairs
from score import Score, score
from tables import markdown

SIZES, SEEDS = (600, 5_000, 30_000), 50


@dataclass(frozen=True, slots=True)
class Size:
    """The figures of all seeds of one size together."""

    pupils: int
    scores: tuple[Score, ...]
    seconds: float

    def total(self, what: str) -> int:
        """Return the sum of a count of the decisions."""
        return sum(getattr(one.decided, what) for one in self.scores)


def measure(pupils: int, seeds: int, model: Model) -> Size:
    """Return the figures of `seeds` schools (seeds 1 …) of about this many pupils."""
    scores, seconds = [], 0.0
    for seed in range(1, seeds + 1):
        made = county(pupils, seed, model)
        started = time.perf_counter()
        pairs = decided_pairs(made.roster.lazy(), made.register.lazy())
        seconds += time.perf_counter() - started
        scores.append(score(pairs, made.roster_truth, made.register_truth))
    return Size(pupils, tuple(scores), seconds / seeds)


def line(size: Size) -> tuple[str, ...]:
    """Return the cells of one size."""
    to_find = sum(one.fixed.to_find for one in size.scores)
    right = sum(one.fixed.right for one in size.scores)
    false = sum(one.fixed.false for one in size.scores)
    accepted = size.total("accepted")
    wrong = sum(round((1 - one.decided.precision) * one.decided.accepted) for one in size.scores if one.decided)
    family = size.total("false_twins") + size.total("false_siblings")
    questions = [one.decided.questions_per_100_rows for one in size.scores if one.decided]
    return (
        f"{size.pupils:,}",
        str(len(size.scores)),
        f"{right / to_find:.5f}",
        f"{2 * right / (right + false + to_find):.5f}",
        f"{accepted:,}",
        f"{1 - wrong / accepted if accepted else 1:.6f}",
        str(wrong),
        str(family),
        str(size.total("false_shown")),
        f"{sum(questions) / len(questions):.2f}",
        f"{max(questions):.2f}",
        f"{size.seconds:.2f}",
    )


def main() -> int:
    """Print one table; return 1 when a twin or sibling was accepted wrongly and nothing shows it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--sizes", type=lambda text: tuple(map(int, text.split(","))), default=SIZES)
    parser.add_argument("--model", choices=sorted(MODELS), default="unseen")
    options: Any = parser.parse_args()
    sizes = [measure(size, options.seeds, MODELS[options.model]) for size in options.sizes]
    heads = (
        "pupils", "schools", "recall at 3 bits", "F1 at 3 bits", "accepted", "precision", "wrong",
        "to twins and siblings", "of these shown", "questions per 100 rows", "worst school", "s per school",
    )  # fmt: skip
    print(f"# Schools, damage model `{options.model}`\n\n{markdown(heads, map(line, sizes))}")
    wrong = (size.total("false_twins") + size.total("false_siblings") - size.total("false_shown") for size in sizes)
    return int(any(wrong))


if __name__ == "__main__":
    sys.exit(main())
