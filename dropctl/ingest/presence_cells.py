"""What the cells of a presence list's rows say together: 是否返校 beside 未返校, dates of arrival, reasons, remarks.

Each function weighs one kind of column. A row is only ever made less certain than it was, and every doubt leaves an
issue at its cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dropctl.ingest.headings import Recognised, heading_texts
from dropctl.registers import not_there
from dropctl.registers.cells import PLACEHOLDERS
from dropctl.tables.issues import Issue
from dropctl.tables.raw import Cell, RawSheet, cell_address, raw_text
from dropctl.tables.spec import Columns
from dropctl.vocabulary import ABSENT_MARKS, NO_WORDS, PRESENT_MARKS, STATUS_SPELLINGS, YES_WORDS

ASK = "按“未填”处理，请核实"
# Columns of a week or of days, each with its own √.
_PART = (
    r"(?:星期|周|礼拜)[一二三四五六日天]|上午|下午|早上|中午|晚上|晚自习|早读"
    r"|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[./]\d{1,2}|20\d\d[-./]\d{1,2}[-./]\d{1,2}"
)
_GRID = re.compile(rf"(?:(?:{_PART})[()、]?)+")
_CAME_DATES = re.compile(r"(?:返校|报到|到校)日期")
_PARENTS_HEADING = re.compile(r"家长|监护人|父|母|家庭|留守|务工|职业|工作|类别")
_ASKS_IF_AWAY = re.compile(
    r"(?:是否|有无|疑似|已|是否疑似|是否已)?(?:流失|辍学|失学|退学|请假|病假|事假|转学|转出|休学|失联|缺勤|缺课|旷课)(?:学生|情况)?(?:[(].*)?"
)
_DAY_OF_MONTH = re.compile(r"(?<!\d)(\d{1,2})[月.](\d{1,2})")
_WHEN = re.compile(r"\d|上午|下午|早上|中午|晚上|当天|准时|按时|√|已")
_LATER = re.compile(r"预计|推迟|拟|待|约|前来|之前|计划")
_LONGEST_NAME = 4  # beyond it something may stand beside the name: 王芳(转走)
_FEW_WORDS = 4  # a word that is the whole cell of a column not read: 请假, 辍学


@dataclass(slots=True)
class ListRows:
    """One presence list while its rows are weighed: columns, cells, and the issues found."""

    data: Columns
    sheet: RawSheet
    recognised: Recognised
    indices: Sequence[int]
    as_of: date
    places: Mapping[str, int] = field(init=False)
    issues: list[Issue] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.places = {source.column.key: source.places[0] for source in self.recognised.sources}

    def cell(self, at: int, place: int) -> Cell:
        row = self.sheet.rows[self.indices[at]]
        return row[place] if place < len(row) else None

    def text(self, at: int, key: str) -> str:
        """Return what a row says under a register column, as it stands there; "" for nothing."""
        return (raw_text(self.cell(at, self.places[key])) or "").strip() if key in self.places else ""

    def heading(self, key: str) -> str:
        place = self.places.get(key, -1)
        return next((texts[place] for texts in heading_texts(self.sheet, self.recognised)[::-1] if place in texts), "")

    def tell(self, row: int | None, cell: str | None, code: str, message: str, severity: str = "warning") -> None:
        self.issues.append(
            Issue("presence", self.sheet.file, self.sheet.sheet, cell, row, "present", code, severity, None, message)
        )

    def doubt(self, at: int, place: int, message: str, *, code: str = "presence_contradicted") -> None:
        """Make a row unknown, and say why at its cell."""
        self.data["present"][at] = "unknown"
        row = self.data["row"][at]
        self.tell(row, cell_address(row, place), code, message)


def asked_marks(one: ListRows) -> list[str]:
    """Return what the columns 是否返校 and 未返校 say together."""
    rows = range(len(one.indices))
    there = one.data["present"] if "present" in one.places else None
    gone = one.data["not_there"] if "not_there" in one.places else None
    if gone is None:
        return [mark or "unknown" for mark in there or ()]
    if there is not None:
        return [_both(there[at], gone[at]) for at in rows]
    heading, place = one.heading("not_there"), one.places["not_there"]
    blank = sum(mark is None for mark in gone)
    marks = [mark or "unknown" for mark in gone]
    top = cell_address(one.sheet.row_number(one.recognised.heading), place)
    if blank:
        message = f"“{heading}”一栏空着的{blank}人看不出是否返校，按“未填”处理，请逐人填 是 或 否"
        one.tell(None, top, "presence_unclear", message)
        if not heading.startswith("是否"):
            # A × in a column 缺席 that is blank for the others may well mean that this one is absent.
            for at in rows:
                if marks[at] == "present":
                    marks[at] = "unknown"
                    row = one.data["row"][at]
                    message = f"“{heading}”一栏里的这个记号可能是“未到”也可能是“否”，{ASK}"
                    one.tell(row, cell_address(row, place), "presence_unclear", message)
    return marks


def _both(there: str | None, gone: str | None) -> str:
    """Return what 已到校 and 未到校 side by side say: one of them ticked, or nothing certain."""
    if there == "unknown" or gone == "unknown" or (there is None and gone != "absent"):
        return "unknown"
    if there is None or gone is None:
        return there or "absent"
    return there if there == gone else "unknown"


def grid_of(one: ListRows) -> dict[int, str]:
    """Return the 0-based columns of days or halves of days that count, with their headings."""
    read = set(one.recognised.places())
    found = {
        place: text
        for texts in heading_texts(one.sheet, one.recognised)
        for place, text in texts.items()
        if place not in read and _GRID.fullmatch(text)
    }
    rows = range(len(one.indices))
    # Days to come are blank for all; a grid in which nothing at all is marked is a form not filled in.
    marked = {place for place in found if any(_tick(one.cell(at, place)) is not None for at in rows)}
    return {place: text for place, text in sorted(found.items()) if place in marked or not marked}


def _tick(cell: Cell) -> str | None:
    """Return present, absent or unknown for a mark of a grid, None for a blank."""
    if isinstance(cell, bool):
        return "present" if cell else "absent"
    text = not_there.plain(raw_text(cell)).lower()
    if not text:
        return None
    if text in PRESENT_MARKS or text in YES_WORDS:
        return "present"
    return "absent" if text in ABSENT_MARKS or text in {"✘"} else "unknown"


def grid_marks(one: ListRows, grid: Mapping[int, str]) -> list[str]:
    """Return what √ and × of several days say: there with √ alone, absent with × in all, else unknown."""
    marks: list[str] = []
    last = max(grid)
    if all(_tick(one.cell(at, place)) is None for at in range(len(one.indices)) for place in grid):
        where = cell_address(one.sheet.row_number(one.recognised.heading), min(grid))
        one.tell(None, where, "presence_unclear", f"各天的记号一个也没有填，看不出谁已返校，{ASK}")
        return ["unknown"] * len(one.indices)
    for at in range(len(one.indices)):
        said = [_tick(one.cell(at, place)) for place in grid]
        # On the last day that is marked at all a blank beside the √ of others says that something is amiss.
        if "unknown" not in said and "absent" not in said and _tick(one.cell(at, last)) == "present":
            mark = "present"
        elif set(said) == {"absent"}:
            mark = "absent"
        else:
            mark = "unknown"
        marks.append(mark)
        if mark == "unknown":
            row = one.data["row"][at]
            place = next((place for place in grid if _tick(one.cell(at, place)) != "present"), last)
            where = cell_address(row, place)
            one.tell(row, where, "presence_unclear", f"各天的记号有√有×、没有填全或看不懂，{ASK}")
    return marks


def weigh_traces(one: ListRows, assumed: str) -> None:
    """Doubt those without the signature or registration that others have; without any of them it says nothing."""
    if "came_trace" not in one.places or assumed != "present":
        return
    place, heading = one.places["came_trace"], one.heading("came_trace")
    texts = [not_there.plain(one.text(at, "came_trace")).lower() for at in range(len(one.indices))]
    if not any(texts):
        return
    for at, text in enumerate(texts):
        if not text or text in NO_WORDS or not_there.says_not_there(text):
            one.doubt(
                at, place, f"“{heading}”一栏别人有记录，这一行没有，看不出是否返校，{ASK}", code="presence_unclear"
            )


def _arrival(one: ListRows, at: int, key: str) -> str | None:
    """Return what 返校日期 or 报到时间 says: there, later, absent, doubtful; None for a blank."""
    text = not_there.plain(one.text(at, key))
    if not text or text.lower() in PLACEHOLDERS:
        return None
    day = one.data["list_date"][at] if key == "list_date" else None
    if day is not None:
        return "later" if day > one.as_of else "there"
    if said := not_there.says_not_there(text):
        return said
    found = _DAY_OF_MONTH.search(text)
    if _LATER.search(text) or (found and (int(found[1]), int(found[2])) > (one.as_of.month, one.as_of.day)):
        return "later"
    return "there" if _WHEN.search(text) or text in PRESENT_MARKS else "doubtful"


def weigh_arrivals(one: ListRows, explicit: bool, assumed: str) -> None:
    """Weigh 返校日期 and 报到时间: blank for some is a doubt about them, 未到 in it an absence."""
    marks = one.data["present"]
    for key in ("list_date", "came_at"):
        if key not in one.places or (key == "list_date" and not _CAME_DATES.search(one.heading(key))):
            continue
        said = [_arrival(one, at, key) for at in range(len(one.indices))]
        if all(word is None for word in said):
            continue  # nothing is filled in: it says nothing
        heading, place = one.heading(key), one.places[key]
        for at, word in enumerate(said):
            # Beside a 否 such a date is the day of the list.
            if marks[at] == "absent" and word == "there" and assumed == "absent" and not explicit:
                one.doubt(at, place, f"记为未返校，“{heading}”却填了日期，前后不一，{ASK}")
            if marks[at] != "present" or word == "there":
                continue
            if word == "absent" and not explicit:
                marks[at] = "absent"
            elif word is not None:
                one.doubt(at, place, f"“{heading}”一栏的内容不像已经返校，{ASK}")
            elif not explicit:
                message = f"“{heading}”一栏别人填了，这一行空着，看不出是否返校，{ASK}"
                one.doubt(at, place, message, code="presence_unclear")


def weigh_remarks(one: ListRows, explicit: bool) -> None:
    """Doubt the rows in which a reason, a remark or another column says the opposite of what the row is taken for."""
    marks = one.data["present"]
    statuses = one.data["said_status"]
    unread = _unread(one)
    since = _absences_since(one)
    for at in range(len(one.indices)):
        if marks[at] == "absent":
            back = next(
                (key for key in ("note", "whereabouts", "absence_reason") if not_there.says_back(one.text(at, key))),
                None,
            )
            if back is not None:
                one.doubt(at, one.places[back], f"记为未返校，这一格却说已经到校，前后不一，{ASK}")
            continue
        if marks[at] != "present":
            continue
        reason = one.text(at, "absence_reason")
        status = STATUS_SPELLINGS.get(not_there.plain(statuses[at]))
        if reason and not explicit:
            message = "名单没有“是否返校”栏，这一行却写了未返校原因，按“未填”处理，请核实"
            one.doubt(at, one.places["absence_reason"], message)
        elif at in since:
            one.doubt(
                at, one.places["absent_since"], f"“{one.heading('absent_since')}”填了内容，与记为已返校不一致，{ASK}"
            )
        elif not_there.reason_given(reason):
            one.doubt(at, one.places["absence_reason"], f"记为已返校，却写了未返校原因，前后不一，{ASK}")
        elif not_there.whereabouts_elsewhere(one.text(at, "whereabouts")):
            one.doubt(at, one.places["whereabouts"], f"去向一栏写的不像在校，与名单记为已返校不一致，{ASK}")
        elif "said_status" in one.places and not_there.state_not_there(statuses[at], status):
            one.doubt(at, one.places["said_status"], f"学生状态与名单记为已返校不一致，{ASK}")
        elif not_there.says_not_there(one.text(at, "note")):
            one.doubt(at, one.places["note"], f"备注说的与名单记为已返校不一致，{ASK}")
        elif len(name := one.data["name"][at] or "") > _LONGEST_NAME and not_there.says_not_there(name):
            one.doubt(at, one.places["name"], f"姓名旁写的与名单记为已返校不一致，{ASK}")
        elif (
            place := next((place for place, asks in unread.items() if _denies(one.cell(at, place), asks)), None)
        ) is not None:
            one.doubt(at, place, f"这一格说的与名单记为已返校不一致，{ASK}")


def _absences_since(one: ListRows) -> frozenset[int]:
    """Return the rows with a day since which the pupil is away; 离校时间 filled in for all is the end of a day."""
    if "absent_since" not in one.places:
        return frozenset()
    rows = range(len(one.indices))
    filled = frozenset(at for at in rows if not_there.reason_given(one.text(at, "absent_since")))
    return frozenset() if len(filled) == len(rows) and one.heading("absent_since").startswith("离校") else filled


def _unread(one: ListRows) -> dict[int, bool]:
    """Return the 0-based columns that no declaration reads and that do not speak of the parents.

    Each with whether its heading asks if the child is away (是否请假), so that its 是 is a doubt.
    """
    texts = heading_texts(one.sheet, one.recognised)
    read = set(one.recognised.places())
    width = max((len(one.sheet.rows[index]) for index in one.indices), default=0)
    return {
        place: any(_ASKS_IF_AWAY.fullmatch(row.get(place, "")) for row in texts)
        for place in range(width)
        if place not in read and not any(_PARENTS_HEADING.search(row.get(place, "")) for row in texts)
    }


def _denies(cell: Cell, asks: bool) -> bool:
    if asks and cell is not None:
        text = not_there.plain(raw_text(cell)).lower()
        return bool(text) and text not in NO_WORDS and text != "false"
    if type(cell) is not str or cell.isascii():
        return False
    said = not_there.says_not_there(cell)
    return said == not_there.ABSENT or (said is not None and len(not_there.plain(cell)) <= _FEW_WORDS)
