"""Which register a sheet is and where its heading row stands, told from the headings schools really write.

Spellings are compared exactly after `normalise_heading`, never as substrings (reference §4.6). What cannot be
recognised, or fits two kinds alike, is reported and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dropctl.registers import ALL, BY_KIND
from dropctl.tables.raw import Cell, RawSheet, raw_text
from dropctl.tables.spec import Source, TableSpec

_SEARCHED_ROWS = 20
_LONGEST_HEADING = 60
_ORNAMENTS = re.compile(r"[\s*★#＊:：]+")
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


def normalise_heading(cell: Cell) -> str:
    """Return a heading in normal width, without spaces, line breaks, stars and colons, lower case."""
    return _ORNAMENTS.sub("", unicodedata.normalize("NFKC", raw_text(cell) or "")).lower()


@lru_cache(maxsize=1)
def _spellings() -> dict[str, dict[str, tuple[str, int]]]:
    """Per register kind: normalised spelling → (column key, rank of the spelling)."""
    return {
        spec.kind: {
            normalise_heading(heading): (column.key, rank)
            for column in reversed(spec.columns)
            for rank, heading in reversed(list(enumerate(column.headings)))
        }
        for spec in ALL
    }


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sheet known to be `spec`: its heading row (0-based index), the columns found, and the text above it."""

    spec: TableSpec
    heading: int
    sources: tuple[Source, ...]
    title: str
    doubles: tuple[tuple[str, int], ...]  # headings passed over because another column already gives their key

    def places(self) -> tuple[int, ...]:
        """All 0-based sheet columns that are read."""
        return tuple(place for source in self.sources for place in source.places)


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """A sheet that is reported and not read, with the reason in words."""

    reason: str


@lru_cache(maxsize=1)
def _all_spellings() -> frozenset[str]:
    return frozenset(heading for spellings in _spellings().values() for heading in spellings)


def _headings(cells: Sequence[Cell]) -> list[tuple[int, str]]:
    """The cells of a row that are a heading of any register: (0-based column, normalised heading)."""
    known = _all_spellings()
    found = []
    for place, cell in enumerate(cells):
        if type(cell) is not str or len(cell) > _LONGEST_HEADING:
            continue
        heading = normalise_heading(cell)
        if heading not in known:
            heading = _BRACKETS.sub("", heading)
        if heading in known:
            found.append((place, heading))
    return found


def _sources(
    spec: TableSpec, headings: Sequence[tuple[int, str]]
) -> tuple[tuple[Source, ...], tuple[tuple[str, int], ...]]:
    spellings = _spellings()[spec.kind]
    found: dict[str, list[tuple[int, int]]] = {}
    for place, heading in headings:
        hit = spellings.get(heading)
        if hit is not None:
            found.setdefault(hit[0], []).append((hit[1], place))
    sources: list[Source] = []
    doubles: list[tuple[str, int]] = []
    for column in spec.columns:
        hits = sorted(found.get(column.key, ()))
        if not hits:
            continue
        if column.fills_blanks:
            sources.append(Source(column, tuple(place for _, place in hits)))
        else:
            sources.append(Source(column, (hits[0][1],)))
            doubles.extend((column.key, place) for _, place in hits[1:])
    return tuple(sources), tuple(doubles)


def _title_points(spec: TableSpec, text: str) -> int:
    return sum(points for word, points in spec.title_words.items() if word in text)


def _title(sheet: RawSheet, heading: int) -> str:
    cells = (raw_text(cell) for row in sheet.rows[:heading] for cell in row if cell is not None)
    return " ".join(text.strip() for text in cells if text and text.strip())


def recognise(sheet: RawSheet, assigned: str | None = None) -> Recognised | NotRecognised:
    """Return what register `sheet` is; `assigned` (from `--as`) leaves only the heading row to be found."""
    specs = (BY_KIND[assigned],) if assigned else ALL
    best: list[tuple[int, int, Recognised]] = []
    some_name = False
    rows = [(index, found) for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]) if (found := _headings(row))]
    for spec in specs:
        candidates: list[tuple[int, int, tuple[Source, ...], tuple[tuple[str, int], ...]]] = []
        for index, headings in rows:
            sources, doubles = _sources(spec, headings)
            if sources:
                candidates.append((len(sources), -index, sources, doubles))
        if not candidates:
            continue
        _, index, sources, doubles = max(candidates, key=lambda candidate: candidate[:2])
        keys = {source.column.key for source in sources}
        if not set(spec.required) <= keys:
            continue
        some_name = True
        title = _title(sheet, -index)
        points = sum(spec.evidence.get(key, 0) for key in keys)
        points += _title_points(spec, f"{title} {sheet.sheet or ''} {sheet.file}")
        if assigned or points >= spec.needed:
            best.append((points, len(sources), Recognised(spec, -index, sources, title, doubles)))
    if not best:
        if assigned:
            return NotRecognised(f"指定为{BY_KIND[assigned].label}，但找不到含“姓名”的标题行")
        return NotRecognised(
            "有姓名栏，但看不出是哪一种名单" if some_name else "没有找到可识别的标题行（至少要有“姓名”一栏）"
        )
    best.sort(key=lambda entry: entry[:2], reverse=True)
    if len(best) > 1 and best[0][:2] == best[1][:2]:
        labels = "、".join(entry[2].spec.label for entry in best[:2])
        return NotRecognised(f"既像{labels}，无法确定，请用 --as 指定")
    return best[0][2]
