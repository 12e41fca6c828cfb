"""The lines around a presence list that are no pupil: 未到：李四, 应到45人，实到43人, or 未到学生： above further rows.

Such a line makes nobody absent. Whom it names as missing is in doubt, and so are the rows below a line that only
announces absentees; a count that differs from the rows makes the list as a whole doubtful.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from dropctl.ingest.headings import Recognised, headings_in
from dropctl.ingest.rows import RowFates, is_blank
from dropctl.registers.not_there import did_not_come, may_be_away, plain
from dropctl.tables.raw import Cell, RawSheet, cell_address, raw_text

_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_NUMBER = re.compile(r"\d{6}")
_CAME = re.compile(r"实到|已到|已返校?|到校|返校|报到|在校|出勤")
_FILLERS = re.compile(
    r"以下|下列|其中|另[外附]?|附|本班|名单|名册|登记表?|情况|如下|学生|人员|同学|人数|的|有|为|是|共|计|小计|合计"
    r"|[\d一二三四五六七八九十年月日级班人名个]|[^\w]|_"
)
# What 未到 heads in 实到：张三 未到：李四 are the names behind it.
_HEADS = re.compile(r"(?:学生|人员|的|有|共|名单|\d+|人|名|[()（）])*[:：]")
# Whoever is named after these signed the list, or teaches the class.
_SOMEBODY = re.compile(r"填[表报]人|制表人?|班主任|校长|审核人?|负责人|联系人|经办人|教师|老师|签[字名]")
_NOBODY = re.compile(r"无|零|(?<!\d)0")  # 未到：无, 未到0人
_CLAUSE = re.compile(r"[，,；;。]")
_COUNT = re.compile(
    r"(?:实到|实际(?:到校|返校|报到|在校))(?:学生|人数|人|数)?[:：为共有]*(\d{1,4})(?!\d|年|月|日|[.:：/-]\d)"
    r"|(?<![未没应])(?:已到校?|已返校|已报到|到校|返校|报到)(?:学生|人数|人|数)?[:：为共有]*(\d{1,4})[人名]"
)
_DUE = re.compile(r"应(?:到|返校?|报到)(?:学生|人数|人|数)?[:：为共有]*(\d{1,4})(?!\d|年|月|日)")
_MISSING = re.compile(r"未(?:到校?|返校?|报到)(?:学生|人数|人|数)?[:：为共有]*(\d{1,4})(?!\d|年|月|日)")
# In a cell before the name: what stands beside it is no pupil of the list, or one that is not there.
_LABEL = re.compile(
    r"(?:应到|应返校|实到|实际到校|未到校?|未返校?|未报到|缺席|请假|病假|事假|没来|辍学|休学|转学|流失)(?:人数|学生|人员|人|名单)?[:：]?"
)
_GRAND = re.compile(r"总计|全校|年级(?:合计|共计|总)")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list that is no pupil: its 0-based index, the address of its first cell, all it says (plain)."""

    index: int
    cell: str
    row: int
    text: str


def _negatives(text: str) -> list[re.Match[str]]:
    return sorted([*did_not_come(text), *may_be_away(text)], key=re.Match.start)


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


def _is_line(name: str) -> bool:
    """Say whether what stands in the column of names is a line (未到：李四) and no name."""
    if _COUNT.search(name) or _DUE.match(name) or _MISSING.match(name):
        return True
    found = _negatives(name)
    rest = _without(name, [one.span() for one in found])
    return bool(found) and (
        found[0].start() == 0 or not _FILLERS.sub("", rest) or re.search(r"[:：、，,]|学生|名单", name) is not None
    )


def _cell(sheet: RawSheet, index: int, place: int) -> str:
    row = sheet.rows[index]
    return plain(raw_text(row[place])) if place < len(row) else ""


def _plainly_a_pupil(row: Sequence[Cell], name_place: int) -> bool:
    """Say whether a row kept as a pupil begins with numbers and an ordinary name: most rows, decided at once."""
    name = row[name_place] if name_place < len(row) else None
    if type(name) is not str or not _PLAIN_NAME.fullmatch(name) or _is_line(name):
        return False
    return all(type(cell) is not str or cell.isascii() for cell in row[:name_place])


def list_lines(sheet: RawSheet, recognised: Recognised, fates: RowFates) -> tuple[RowFates, tuple[Line, ...]]:
    """Return `fates` with lines out of the column of names set aside, and every line of the sheet in order."""
    name_place = next(s.places[0] for s in recognised.sources if s.column.key == recognised.spec.required[0])
    kept = set(fates.kept)
    named = Counter(_cell(sheet, index, name_place) for index in fates.kept)
    heading = {recognised.heading, recognised.upper}
    lines: list[Line] = []
    for index, row in enumerate(sheet.rows):
        if index in heading or is_blank(row):
            continue
        if index in kept and _plainly_a_pupil(row, name_place):
            continue
        texts = [plain(raw_text(cell)) for cell in row]
        place = next((at for at, text in enumerate(texts) if text), 0)
        if index in kept:
            name = texts[name_place] if name_place < len(texts) else ""
            labelled = place < name_place and _LABEL.fullmatch(texts[place]) is not None
            if any(_NUMBER.search(text) for text in texts) or not (labelled or _is_line(name)):
                continue
            # 未到 | 李四: the only row of this pupil stays a row, and a doubtful one.
            if _is_line(name) or name.isdigit() or named[name] > 1:
                kept.discard(index)
        elif len(headings_in(row)) > 1:
            continue  # the headings printed again
        number = sheet.row_number(index)
        lines.append(Line(index, cell_address(number, place), number, " ".join(text for text in texts if text)))
    aside = fates.set_aside + len(fates.kept) - len(kept)
    return replace(fates, kept=tuple(sorted(kept)), set_aside=aside), tuple(lines)


def _names_in(text: str, names: Collection[str]) -> list[tuple[int, str]]:
    """Return the names that stand in a text with their places; 王一 inside 王一鸣 is none."""
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, str]] = []
    for name in sorted((name for name in names if name in text), key=len, reverse=True):
        for hit in re.finditer(re.escape(name), text):
            if not any(start < hit.end() and hit.start() < end for start, end in taken):
                taken.append(hit.span())
                found.append((hit.start(), name))
    return sorted(found)


def _last(found: Sequence[re.Match[str]], before: int) -> int:
    return max((one.start() for one in found if one.start() < before), default=-1)


def named_absent(lines: Sequence[Line], names: Collection[str]) -> list[tuple[str, Line]]:
    """Return those of `names` whom a line names as not there (未到：李四; 李四请假), each with the line."""
    found: list[tuple[str, Line]] = []
    goes_on = -1  # a line of names below one that ended among absentees says the same of them
    for line in lines:
        negatives = _negatives(line.text)
        spans = [one.span() for one in negatives]
        came = [
            one for one in _CAME.finditer(line.text) if not any(a <= one.start() < b for a, b in spans)
        ]  # fmt: skip
        last_is_absent = False
        here = _names_in(line.text, names)
        only_names = not re.sub(r"[^\w]|_", "", _without(line.text, [(at, at + len(name)) for at, name in here]))
        others = [*came, *_SOMEBODY.finditer(line.text)]
        for at, name in here:
            absent, other = _last(negatives, at), _last(others, at)
            after = _CLAUSE.split(line.text[at + len(name) :], maxsplit=1)[0]
            said = (
                absent > other
                or any(_HEADS.match(after, one.end()) is None for one in _negatives(after))
                or (absent == other == -1 and only_names and goes_on == line.index - 1)
            )
            last_is_absent = said
            if said:
                found.append((name, line))
        if last_is_absent:
            goes_on = line.index
    return found


def below_a_separator(lines: Sequence[Line], indices: Sequence[int], heading: int) -> Mapping[int, Line]:
    """Return which rows of a list stand below a line that only announces absentees (未到学生：), with that line."""
    below: dict[int, Line] = {}
    marks = [line for line in lines if line.index > heading]
    for index in indices:
        under: Line | None = None
        for line in marks:
            if line.index > index:
                break
            negatives = _negatives(line.text)
            rest = _without(line.text, [one.span() for one in negatives])
            there = _CAME.search(rest) is not None
            if _NOBODY.search(rest) or len(_FILLERS.sub("", _CAME.sub("", rest))) > 1:
                continue
            if negatives or there:
                under = line if negatives and not there else None
        if under is not None:
            below[index] = under
    return below


def counted_otherwise(lines: Sequence[Line], present: int, *, alone: bool) -> tuple[int, Line] | None:
    """Return the number of pupils a list says came, and the line, when it is not `present`; None when they agree.

    Counts of pages or classes may add up. `alone`: no other list stands in the sheet, whose grand total it could be.
    """
    told: list[tuple[int, Line]] = []
    for line in lines:
        if _GRAND.search(line.text) and not alone:
            continue
        found = [int(one[1] or one[2]) for one in _COUNT.finditer(line.text)]
        if not found and (due := _DUE.search(line.text)) and (missing := _MISSING.search(line.text)):
            found = [int(due[1]) - int(missing[1])]
        told += [(number, line) for number in found]
    if not told:
        return None
    numbers = [number for number, _ in told]
    if present in numbers or sum(numbers) in (present, 2 * present):
        return None
    return told[-1]
