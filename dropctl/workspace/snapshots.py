"""The typed snapshots of what was read in a workspace, run by run, and what a later run may take from them.

Under `.dropctl/runs/<number>/`: one Parquet file per register, the findings, and `run.json`, written last, so that a
run without it never happened. Full ID numbers stand in here (CONTRACT §9): folder 0700, files 0600. Nothing is ever
changed or deleted; what a later run brings supersedes an earlier one when it is read, not on disk (CONTRACT §2, §7).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from dropctl.errors import Refused
from dropctl.files import WholeFiles, make_folder
from dropctl.vocabulary import NAMED_ONLY

RUNS = "runs"
CHILDREN = "children.json"
_RUN = "run.json"
_FINDINGS = "findings.parquet"
# What is kept of a finding, so that it can be said later what it was; `_MORE`: and where, and what was to be done.
KEPT_OF_FINDINGS: dict[str, pl.DataType] = {
    name: pl.String() for name in ("finding_id", "kind", "school", "grade", "class_name", "name", "certainty", "reason")
}
# Registers of which a later list supersedes only what it speaks about: its class and its day (CONTRACT §2).
_CLASS_DAY = {
    "presence": ["school", "grade", "class_name", "list_date"],
    "absence": ["school", "grade", "class_name", "day"],
}
TERM_START, ATTENDANCE = "term_start", "attendance"


_MORE: dict[str, pl.DataType] = {
    "clause": pl.String(), "file": pl.String(), "sheet": pl.String(), "row": pl.Int64(), "other_file": pl.String(),
    "other_sheet": pl.String(), "other_row": pl.Int64(), "next_step": pl.String(), "due_date": pl.Date(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One recorded run: its folder, the day it judged as of, what it read and which findings it gave."""

    folder: Path
    as_of: date
    content: str  # digest of what was read
    registers: Mapping[str, tuple[str, ...]]  # kind → the column keys that the sheets had
    findings: frozenset[str]
    duty: str = TERM_START  # which duty judged: findings are compared with those of the same duty

    def frame(self, kind: str) -> pl.DataFrame:
        """Return the register as this run read it; Refused when the file is damaged."""
        return _table(self.folder / f"{kind}.parquet")

    def told(self) -> pl.DataFrame:
        """Return what the findings were: KEPT_OF_FINDINGS, and clause, both places, next step and due date.

        Null is what the version that recorded the run did not keep; the first one kept only their ids.
        """
        path = self.folder / _FINDINGS
        ids = pl.DataFrame({"finding_id": sorted(self.findings)}, schema={"finding_id": pl.String()})
        told = _table(path) if path.is_file() else ids
        missing = [
            pl.lit(None, dtype=kind).alias(name)
            for name, kind in (KEPT_OF_FINDINGS | _MORE).items()
            if name not in told.columns
        ]
        return told.with_columns(missing)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings against those of an earlier run: the day it judged, new ids, gone ones with what they were."""

    day: date
    new: frozenset[str]
    gone: pl.DataFrame  # KEPT_OF_FINDINGS
    unchanged: int


def _table(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> Refused:
    todo = f"从备份中恢复 .dropctl 文件夹；没有备份的，把其中的 {RUNS} 移走后重新核对"
    return Refused("核对记录已损坏，读不出来", where=str(path), todo=todo)


def content_digest(frames: Mapping[str, pl.DataFrame]) -> str:
    """Return a digest of what the registers say, wherever the rows stood: a renamed file is the same content."""
    digest = hashlib.sha256()
    for kind in sorted(frames):
        rows = frames[kind].drop("file", "sheet", "row", strict=False)
        digest.update(kind.encode())
        lines = _lines(rows) if kind == "absence" else map(repr, rows.iter_rows())
        for line in sorted(lines):
            digest.update(line.encode(errors="surrogatepass"))
    return digest.hexdigest()


class Snapshots:
    """The recorded runs of one workspace, the oldest first."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._runs = [_load(folder) for folder in sorted(state.glob(f"{RUNS}/*")) if (folder / _RUN).is_file()]

    @property
    def runs(self) -> Sequence[Run]:
        """Every complete run, in the order in which they were recorded."""
        return tuple(self._runs)

    def is_before_last(self, as_of: date) -> bool:
        """Say whether a later day is already recorded: then `as_of` may be looked at, not written (CONTRACT §6)."""
        return bool(self._runs) and as_of < self._runs[-1].as_of

    def complete(
        self, frames: dict[str, pl.DataFrame], columns_seen: dict[str, set[str]], as_of: date
    ) -> list[tuple[str, date]]:
        """Add to `frames` what earlier runs read and this one does not bring; return which kinds, and of which day.

        A register as a whole is superseded by a newer one; presence and absence only per class and day (CONTRACT §2).
        """
        carried: list[tuple[str, date]] = []
        told: set[str] = set()
        for run in reversed([run for run in self._runs if run.as_of <= as_of]):
            for kind in run.registers:
                if kind in _CLASS_DAY:
                    older = run.frame(kind)
                    newer = frames.get(kind)
                    rest = older if newer is None else _not_superseded(older, newer, _CLASS_DAY[kind])
                    if rest.is_empty():
                        continue
                    frames[kind] = rest if newer is None else _joined(newer, rest)
                elif kind not in frames:
                    frames[kind] = run.frame(kind)
                else:
                    continue
                columns_seen.setdefault(kind, set()).update(run.registers[kind])
                if kind not in told:
                    told.add(kind)
                    carried.append((kind, run.as_of))
        return carried

    def compare(
        self, frames: Mapping[str, pl.DataFrame], ids: Iterable[str], as_of: date, duty: str = TERM_START
    ) -> Comparison | None:
        """Return what changed since the last run of the same duty before this one; None without any.

        The same content judged again as of the same day is the same run, not a later one.
        """
        earlier = [run for run in self._runs if run.as_of <= as_of and run.duty == duty]
        while earlier and self._is_run(earlier[-1], frames, as_of):
            earlier.pop()
        if not earlier:
            return None
        now, last = set(ids), earlier[-1]
        then = last.findings
        gone = _nothing()
        if then - now:
            gone = last.told().filter(pl.col("finding_id").is_in(list(then - now))).select(list(KEPT_OF_FINDINGS))
        return Comparison(last.as_of, frozenset(now - then), gone, len(now & then))

    def record(
        self,
        frames: Mapping[str, pl.DataFrame],
        columns_seen: Mapping[str, Iterable[str]],
        findings: pl.DataFrame,
        as_of: date,
        duty: str = TERM_START,
    ) -> None:
        """Keep what was read and found, completely or not at all; the same run again adds nothing.

        `findings` has at least the columns of KEPT_OF_FINDINGS; what is kept besides is null where it lacks them.
        """
        ids = findings["finding_id"].to_list()
        same = (run for run in self._runs[-1:] if run.duty == duty and self._is_run(run, frames, as_of))
        if any(run.findings == frozenset(ids) for run in same):
            return
        folder = self._state / RUNS / f"{self._next():06d}"
        make_folder(self._state)
        document: dict[str, Any] = {
            "schema": 1,
            "as_of": as_of.isoformat(),
            "duty": duty,
            "content": content_digest(frames),
            "registers": {kind: sorted(columns_seen.get(kind, ())) for kind in sorted(frames)},
            "findings": sorted(ids),
        }
        with WholeFiles() as files:
            for kind in sorted(frames):
                frames[kind].write_parquet(files.stage(folder / f"{kind}.parquet"))
            kept = [name for name in KEPT_OF_FINDINGS | _MORE if name in findings.columns]
            findings.select(kept).write_parquet(files.stage(folder / _FINDINGS))
            files.stage(folder / _RUN).write_text(_json(document), encoding="utf-8")
        self._runs.append(_load(folder))

    def numbers_before_ledger(self) -> dict[str, str]:
        """Return trait → child's number as a program without a ledger left them; the ledger takes them over once."""
        path = self._state / CHILDREN
        if not path.is_file():
            return {}
        document = _document(path)
        return {str(key): str(number) for key, number in document.items()}

    def _is_run(self, run: Run, frames: Mapping[str, pl.DataFrame], as_of: date) -> bool:
        return run.as_of == as_of and run.content == content_digest(frames)

    def _next(self) -> int:
        taken = (int(path.name) for path in self._state.glob(f"{RUNS}/*") if path.name.isdigit())
        return max(taken, default=0) + 1


def _lines(rows: pl.DataFrame) -> list[str]:
    """Return one line per row, made column by column: a term's absence lists have a row per pupil and day."""
    cells = [pl.col(name).cast(pl.String).fill_null("\x00") for name in rows.columns]
    return rows.select(pl.concat_str(cells, separator="\x1f"))[:, 0].to_list()


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path) from error
    if not isinstance(document, dict):
        raise _damaged(path)
    return document


def _load(folder: Path) -> Run:
    document = _document(folder / _RUN)
    try:
        return Run(
            folder,
            date.fromisoformat(document["as_of"]),
            document["content"],
            {kind: tuple(columns) for kind, columns in document["registers"].items()},
            frozenset(document["findings"]),
            document.get("duty", TERM_START),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(folder / _RUN) from error


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=KEPT_OF_FINDINGS)


def _not_superseded(older: pl.DataFrame, newer: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the older rows of classes and days that the newer lists do not speak about."""
    placed = older.filter(pl.col("class_name").is_not_null())
    # A list of absentees or an addition supersedes only its like; a list of the class supersedes all (CONTRACT §2).
    few, whole = _names_few(placed), newer.filter(~_names_few(newer))
    kept = pl.concat(
        [
            rows.join(told.select(keys).unique(), on=keys, how="anti", nulls_equal=True, maintain_order="left")
            for rows, told in ((placed.filter(few), newer), (placed.filter(~few), whole))
        ]
    )
    # A row without a class stands for no class: it lives as long as its file is not given anew.
    files = newer["file"].unique().implode()
    loose = older.filter(pl.col("class_name").is_null() & ~pl.col("file").is_in(files))
    return pl.concat([kept, loose])


def _names_few(frame: pl.DataFrame) -> pl.Expr:
    """Return which rows stand on a list that names a few pupils only; an earlier version recorded no scope."""
    if "list_scope" not in frame.columns:
        return pl.lit(value=False)
    return pl.col("list_scope").is_in(list(NAMED_ONLY)).fill_null(value=False)


def _joined(newer: pl.DataFrame, rest: pl.DataFrame) -> pl.DataFrame:
    columns = pl.concat([newer, rest], how="diagonal_relaxed")
    return columns.sort("file", "sheet", "row", maintain_order=True)
