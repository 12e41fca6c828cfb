"""Which register a sheet is and where its heading stands, told from the headings schools really write.

Spellings are compared exactly after `normalise_heading`, never as substrings (reference §4.6). A heading may take
two rows (监护人 over 姓名 and 电话). What cannot be recognised, or fits two kinds alike, is reported and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dropctl.ingest.no_list import holds_no_list
from dropctl.registers import ALL, BY_KIND
from dropctl.tables.issues import NO_LIST
from dropctl.tables.raw import Cell, RawSheet, raw_text
from dropctl.tables.spec import Source, TableSpec
from dropctl.vocabulary import ABSENT_MARKS, PRESENT_MARKS

_SEARCHED_ROWS = 20
_LONGEST_HEADING = 60
_ORNAMENTS = re.compile(r"[\s*★#＊:：]+")
_BRACKETS = re.compile(r"[(（\[【](.*?)[)）\]】]")
# Whoever is named so is not the child: what stands under or beside it must not be taken for the child's own.
_ROLES = (
    "监护人?|家长|父亲?|母亲?|祖[父母]|外祖[父母]|爷爷?|奶奶?|户主|(?:家庭)?(?:主要)?成员|亲属|(?:紧急)?联系人|班主任|(?:任课|送教)?教师"
    "|老师|校长|(?:包保|帮扶)?责任人|填[表报]人|[经承]办人|审批人|接收人|介绍人"
)
_SOMEBODY_ELSE = re.compile(_ROLES)
# A group of headings, and not a line such as 班主任：王老师 above them.
_SOMEBODY_ELSES_GROUP = re.compile(rf"第?[一二12]?(?:{_ROLES})[一二12]?(?:的|基本)?(?:信息|情况|资料|联系方式)?")
_GROUP_WORDS = re.compile(r"(?:的|基本)?(?:信息|情况|资料)$")
_PERSONAL = frozenset(
    {"name", "former_name", "sex", "id_type", "id_number", "enrollment_number", "birth_date", "phone", "address"}
)
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_MARKS = PRESENT_MARKS | ABSENT_MARKS
_NUMBERS = re.compile(r"\d{6}")


def normalise_heading(cell: Cell) -> str:
    """Return a heading in normal width, without spaces, line breaks, stars and colons, lower case."""
    return _without_ornaments(raw_text(cell) or "")


# Forty class lists bear the same headings.
@lru_cache(maxsize=4096)
def _without_ornaments(text: str) -> str:
    return _ORNAMENTS.sub("", unicodedata.normalize("NFKC", text)).lower()


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
class Double:
    """Two columns for one key: 0-based places of the one preferred and of the other.

    `asked`: the declaration does not say which one counts, so they must agree or a person decides (collisions.py).
    """

    key: str
    used: int
    other: int
    asked: bool


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sheet known to be `spec`: its heading row (0-based index), the columns found, and the text above it.

    `upper`: the row above it, where the heading takes two rows.
    """

    spec: TableSpec
    heading: int
    sources: tuple[Source, ...]
    title: str
    doubles: tuple[Double, ...]
    upper: int | None = None

    def places(self) -> tuple[int, ...]:
        """All 0-based sheet columns that are read."""
        return tuple(place for source in self.sources for place in source.places)


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """A sheet that is reported and not read, with the reason in words; `no_list`: nobody stands on it either."""

    reason: str
    no_list: bool = False


@lru_cache(maxsize=1)
def all_spellings() -> frozenset[str]:
    """Every normalised heading of any register."""
    return frozenset(heading for spellings in _spellings().values() for heading in spellings)


@lru_cache(maxsize=1)
def name_spellings() -> frozenset[str]:
    """Every normalised heading under which a list names its people."""
    return frozenset(
        heading for spellings in _spellings().values() for heading, (key, _) in spellings.items() if key == "name"
    )


@lru_cache(maxsize=1)
def _personal_spellings() -> frozenset[str]:
    return frozenset(
        heading for spellings in _spellings().values() for heading, (key, _) in spellings.items() if key in _PERSONAL
    )


@lru_cache(maxsize=4096)
def _known(text: str) -> str | None:
    """Return the heading a cell's text is, brackets left out on the second try; None when it is none."""
    heading = normalise_heading(text)
    if heading in all_spellings():
        return heading
    inside = _BRACKETS.search(heading)
    if inside is None:
        return None
    bare = _BRACKETS.sub("", heading)
    if _SOMEBODY_ELSE.match(inside[1]) and bare in _personal_spellings():
        bare = inside[1] + bare  # 身份证号（监护人） is not the child's number
    return bare if bare in all_spellings() else None


def headings_in(cells: Sequence[Cell]) -> list[tuple[int, str]]:
    """Return the cells of a row that are a heading of any register: (0-based column, normalised heading)."""
    return [
        (place, heading)
        for place, cell in enumerate(cells)
        if type(cell) is str and len(cell) <= _LONGEST_HEADING and (heading := _known(cell)) is not None
    ]


def _could_be_heading(cells: Sequence[Cell]) -> bool:
    written = [cell for cell in cells if cell is not None and raw_text(cell)]
    return bool(written) and all(
        type(cell) is str and len(cell) <= _LONGEST_HEADING and not cell.strip().isdigit() and not _NUMBERS.search(cell)
        for cell in written
    )


def is_group(text: str) -> bool:
    """Say whether a normalised text can stand over several headings: somebody's role, or itself a heading."""
    return text in all_spellings() or _SOMEBODY_ELSES_GROUP.fullmatch(text) is not None


def _is_somebody_elses(group: str, heading: str) -> bool:
    """Say whether what is headed so belongs to the group's person and not to the child (班主任 over 姓名)."""
    return _SOMEBODY_ELSES_GROUP.fullmatch(group) is not None and heading in _personal_spellings()


def _without_somebody_elses(
    headings: list[tuple[int, str]], upper: Sequence[Cell], lower: Sequence[Cell]
) -> list[tuple[int, str]]:
    """Return `headings` of the lower row without those under a group that is somebody else's.

    If no name were left, the line above is no group: a list names its own people.
    """
    kept = []
    group = ""
    known = dict(headings)
    for place in range(len(lower)):
        over = normalise_heading(upper[place]) if place < len(upper) else ""
        group = over or (group if lower[place] is not None else "")
        if place in known and not _is_somebody_elses(group, known[place]):
            kept.append((place, known[place]))
    return kept if any(heading in name_spellings() for _, heading in kept) else headings


def _names_a_pupil(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    """Say whether a name and no heading stands under 姓名: the lower row is a pupil's then, whatever else is in it."""
    return any(
        normalise_heading(over) in name_spellings()
        and _PLAIN_NAME.fullmatch(text := normalise_heading(under)) is not None
        and _known(text) is None
        for over, under in zip(upper, lower, strict=False)
    )


def _two_rows(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[tuple[int, str]]:
    """Return the headings of two rows read together: the joined text, else the lower part, else the upper one.

    A group's name stands over its first column only, or, merged, over all; so it goes on to the right over blanks.
    """
    found: list[tuple[int, str]] = []
    group = ""
    names_a_pupil = _names_a_pupil(upper, lower)
    for place in range(max(len(upper), len(lower))):
        over = normalise_heading(upper[place]) if place < len(upper) else ""
        under = normalise_heading(lower[place]) if place < len(lower) else ""
        group = over or (group if under else "")
        joined = _GROUP_WORDS.sub("", group) + under if under and under != group else group
        heading = _known(joined)
        if names_a_pupil and under in _MARKS:
            continue  # 未到 beside the first name of the list is what somebody filled in
        if heading is None and under and not _is_somebody_elses(group, under):
            heading = _known(under)
        if heading is None and over and not under:
            heading = _known(over)
        if heading is None and over and under and _known(under) is None:
            heading = _known(over)  # the lower row explains or gives a unit
        if heading is not None:
            found.append((place, heading))
    return found


def _sources(spec: TableSpec, headings: Sequence[tuple[int, str]]) -> tuple[tuple[Source, ...], tuple[Double, ...]]:
    spellings = _spellings()[spec.kind]
    found: dict[str, list[tuple[int, int]]] = {}
    for place, heading in headings:
        hit = spellings.get(heading)
        if hit is not None:
            found.setdefault(hit[0], []).append((hit[1], place))
    sources: list[Source] = []
    doubles: list[Double] = []
    for column in spec.columns:
        hits = sorted(found.get(column.key, ()))
        if not hits:
            continue
        if column.fills_blanks:
            sources.append(Source(column, tuple(place for _, place in hits)))
            continue
        (rank, used), *others = hits
        sources.append(Source(column, (used,)))
        for other_rank, other in others:
            asked = column.asks_if_twice and (rank != 0 or other_rank == 0)
            doubles.append(Double(column.key, used, other, asked))
    return tuple(sources), tuple(doubles)


def _title_points(spec: TableSpec, text: str) -> int:
    return sum(points for word, points in spec.title_words.items() if word in text)


def _title(sheet: RawSheet, heading: int) -> str:
    cells = (raw_text(cell) for row in sheet.rows[:heading] for cell in row if cell is not None)
    return " ".join(text.strip() for text in cells if text and text.strip())


@dataclass(frozen=True, slots=True)
class _Candidate:
    heading: int
    upper: int | None
    headings: list[tuple[int, str]]


def _candidates(sheet: RawSheet) -> list[_Candidate]:
    """Return the rows, and pairs of rows, that hold headings."""
    rows = sheet.rows[:_SEARCHED_ROWS]
    found = []
    could_be = [_could_be_heading(row) for row in rows]
    for index, row in enumerate(rows):
        headings = headings_in(row)
        if index and could_be[index] and could_be[index - 1]:
            both = _two_rows(rows[index - 1], row)
            if both:
                found.append(_Candidate(index, index - 1, both))
            headings = _without_somebody_elses(headings, rows[index - 1], row)
        if headings:
            found.append(_Candidate(index, None, headings))
    return found


def _best(
    spec: TableSpec, candidates: Sequence[_Candidate]
) -> tuple[_Candidate, tuple[Source, ...], tuple[Double, ...]] | None:
    """Return the heading that gives most columns; of equals the one that reads most of the sheet, then in order: least
    unclear, of one row, furthest up.
    """
    best: tuple[tuple[int, int, int, int, int], _Candidate, tuple[Source, ...], tuple[Double, ...]] | None = None
    for candidate in candidates:
        sources, doubles = _sources(spec, candidate.headings)
        if sources:
            unclear = sum(double.asked for double in doubles)
            # A second telephone under a group's name is worth a second row of headings.
            read = sum(len(source.places) for source in sources)
            order = (len(sources), read, -unclear, candidate.upper is None, -candidate.heading)
            if best is None or order > best[0]:
                best = order, candidate, sources, doubles
    return None if best is None else best[1:]


def recognise(sheet: RawSheet, assigned: str | None = None) -> Recognised | NotRecognised:
    """Return what register `sheet` is; `assigned` (from `--as`) leaves only the heading row to be found."""
    specs = (BY_KIND[assigned],) if assigned else ALL
    best: list[tuple[int, int, Recognised]] = []
    some_name = False
    candidates = _candidates(sheet)
    for spec in specs:
        found = _best(spec, candidates)
        if found is None:
            continue
        candidate, sources, doubles = found
        keys = {source.column.key for source in sources}
        if not set(spec.required) <= keys:
            continue
        some_name = True
        top = candidate.heading if candidate.upper is None else candidate.upper
        title = _title(sheet, top)
        points = sum(spec.evidence.get(key, 0) for key in keys)
        points += _title_points(spec, f"{title} {sheet.sheet or ''} {sheet.file}")
        if assigned or points >= spec.needed:
            known = Recognised(spec, candidate.heading, sources, title, doubles, candidate.upper)
            best.append((points, len(sources), known))
    if not best:
        return _unrecognised(sheet, assigned, some_name)
    best.sort(key=lambda entry: entry[:2], reverse=True)
    if len(best) > 1 and best[0][:2] == best[1][:2]:
        labels = "、".join(entry[2].spec.label for entry in best[:2])
        return NotRecognised(f"既像{labels}，无法确定，请用 --as 指定")
    return best[0][2]


def _unrecognised(sheet: RawSheet, assigned: str | None, some_name: bool) -> NotRecognised:
    if holds_no_list(sheet, all_spellings()):
        return NotRecognised(NO_LIST, no_list=True)
    if assigned:
        return NotRecognised(f"指定为{BY_KIND[assigned].label}，但找不到含“姓名”的标题行")
    if some_name:
        return NotRecognised("有姓名栏，但看不出是哪一种名单")
    return NotRecognised("没有找到可识别的标题行（至少要有“姓名”一栏）")


def heading_texts(sheet: RawSheet, recognised: Recognised) -> tuple[Mapping[int, str], ...]:
    """Return, for each heading row, its 0-based columns with their normalised text."""
    indices = [recognised.heading] if recognised.upper is None else [recognised.upper, recognised.heading]
    return tuple(
        {place: text for place, cell in enumerate(sheet.rows[index]) if (text := normalise_heading(cell))}
        for index in indices
    )
