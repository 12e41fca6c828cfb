"""Whole processes measured side by side: wall time and peak memory, the two commands taking turns.

Turns, because a busy machine is busy for both; medians, because one hiccup says nothing.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds of wall time, its peak memory in MB, and the processor seconds of all its threads."""

    seconds: float
    megabytes: float
    processor: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours against a bare library, run in turns.

    `goal` is the greatest ratio of the medians we allow; `added` is set where the goal is the seconds ours may add,
    because the bare work is next to nothing.
    """

    name: str
    ours: tuple[Run, ...]
    bare: tuple[Run, ...]
    goal: float
    added: bool = False

    @property
    def ratio(self) -> float:
        """Return the median wall time of ours divided by that of the bare library."""
        return seconds(self.ours) / seconds(self.bare)

    @property
    def difference(self) -> float:
        """Return the median seconds that ours takes more than the bare library."""
        return seconds(self.ours) - seconds(self.bare)

    @property
    def reached(self) -> bool:
        """Return whether the goal is reached."""
        return (self.difference if self.added else self.ratio) <= self.goal


def seconds(runs: Sequence[Run]) -> float:
    """Return the median wall time in seconds."""
    return statistics.median(run.seconds for run in runs)


def megabytes(runs: Sequence[Run]) -> float:
    """Return the greatest peak memory in MB."""
    return max(run.megabytes for run in runs)


def run_once(command: Sequence[str], folder: Path) -> Run:
    """Return the wall time and peak memory of one whole process; raises `RuntimeError` when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)  # wait4 has reaped it, so Popen must be told
    process.stderr.close()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said.decode('utf-8', 'replace')}")
    peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Run(elapsed, peak, usage.ru_utime + usage.ru_stime)


def compare(
    name: str,
    ours: Sequence[str],
    bare: Sequence[str],
    *,
    goal: float,
    turns: int,
    folder: Path,
    added: bool = False,
) -> Comparison:
    """Return both commands measured `turns` times in turn, after one run of each that is not counted."""
    run_once(ours, folder)
    run_once(bare, folder)
    if hasattr(os, "sync"):
        os.sync()  # the files made for the measurement are not written to disk on anybody's clock
    pairs = [(run_once(ours, folder), run_once(bare, folder)) for _ in range(turns)]
    return Comparison(name, tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs), goal, added)


def table(comparisons: Sequence[Comparison]) -> str:
    """Return one Markdown table of all comparisons."""
    lines = [
        "| what | ours s | bare s | ratio | goal | reached | ours MB | bare MB | turns |",
        "|---|--:|--:|--:|--:|---|--:|--:|--:|",
    ]
    for one in comparisons:
        cells = [
            one.name,
            f"{seconds(one.ours):.3f}",
            f"{seconds(one.bare):.3f}",
            f"+{one.difference:.3f} s" if one.added else f"{one.ratio:.2f}",
            f"≤ +{one.goal:g} s" if one.added else f"≤ {one.goal:g}",
            "yes" if one.reached else "NO",
            f"{megabytes(one.ours):.0f}",
            f"{megabytes(one.bare):.0f}",
            str(len(one.ours)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def dropctl_command() -> str:
    """Return the installed `dropctl` beside this interpreter."""
    return str(Path(sys.executable).with_name("dropctl"))


__all__ = ["Comparison", "Run", "compare", "dropctl_command", "run_once", "table"]
