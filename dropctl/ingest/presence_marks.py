"""Who is there by a presence list: present, absent or unknown; and whether it can be its whole class (CONTRACT §2).

Without a column 是否返校 a row is present only while nothing on the sheet says otherwise. What contradicts itself is
unknown and leaves an issue at the cell; nobody is made absent by a remark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from dropctl import identity
from dropctl.ingest.headings import Recognised
from dropctl.ingest.presence_cells import (
    ASK,
    ListRows,
    asked_marks,
    grid_marks,
    grid_of,
    weigh_arrivals,
    weigh_remarks,
    weigh_traces,
)
from dropctl.ingest.presence_lines import Line, below_a_separator, counted_otherwise, named_absent
from dropctl.ingest.presence_titles import pages_missing, title_cells, titled
from dropctl.tables.issues import Issue
from dropctl.tables.raw import RawSheet
from dropctl.tables.spec import Columns
from dropctl.vocabulary import ABSENTEES, ADDITION, MISCOUNTED, PAGE


def mark_rows(
    data: Columns,
    sheet: RawSheet,
    recognised: Recognised,
    indices: Sequence[int],
    lines: Sequence[Line],
    *,
    stem: str,
    as_of: date,
    alone: bool = True,
) -> list[Issue]:
    """Fill `present` and `list_scope` of the rows of one list; return the cells that contradict or say too little.

    `indices`: which rows of the sheet they are. `lines`: what stands around them. `alone`: no other list in the sheet.
    """
    one = ListRows(data, sheet, recognised, indices, as_of)
    # Whether the list has a column that says row by row who came.
    asked = "present" in one.places or "not_there" in one.places
    grid = {} if asked else grid_of(one)
    telling = asked or bool(grid) or not one.places.keys().isdisjoint(("absence_reason", "came_at", "came_trace"))
    says = titled(sheet, recognised, stem, marked=telling)
    if asked:
        data["present"] = asked_marks(one)
    elif grid:
        data["present"] = grid_marks(one, grid)
    else:
        data["present"] = [says.rows] * len(indices)
        weigh_traces(one, says.rows)
    explicit = asked or bool(grid)
    weigh_arrivals(one, explicit, says.rows)
    weigh_remarks(one, explicit)
    if says.named_only:
        _weigh_absentees(one, says.rows, explicit)
    scopes = _weigh_lines(one, lines, explicit)
    scope = ABSENTEES if says.named_only else ADDITION if says.added else None
    if scope is None:
        scope = _whole(one, lines, stem, explicit, scopes, alone)
    data["list_scope"] = [known or scope for known in scopes]
    return one.issues


def _weigh_absentees(one: ListRows, assumed: str, explicit: bool) -> None:
    """Doubt who stands on a list of absentees as present, and say at the list what it was taken for."""
    for at, mark in enumerate(one.data["present"]):
        if mark == "present":
            message = f"这是未返校学生的名单，这一行却记为已返校，前后不一，{ASK}"
            one.doubt(at, one.places.get("present", one.places["name"]), message)
    certain = assumed == "absent" and not explicit
    what = "名单上的学生按未返校算" if certain else "名单上的学生逐行看，看不出的按“未填”处理"
    one.tell(
        None, None, "list_of_absentees", f"标题、工作表名或文件名说这是未到校（请假、流失等）学生的名单：{what}；"
        "名单上没有的学生不作判断，请另交全班逐人填写的返校登记表", "note" if certain else "warning",
    )  # fmt: skip


def _weigh_lines(one: ListRows, lines: Sequence[Line], explicit: bool) -> list[str | None]:
    """Doubt whom the lines around the list name as missing; return the scope of each row that has one of its own."""
    data = one.data
    scopes: list[str | None] = [None] * len(one.indices)
    by_name: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(data["name"]):
        if name is not None and len(name) > 1:
            by_name[identity.name_and_note(name)[0]].append(at)
    place = one.places["name"]
    below = below_a_separator(lines, one.indices, one.recognised.heading)
    for at, index in enumerate(one.indices):
        if index not in below:
            continue
        if not explicit:
            scopes[at] = ABSENTEES
        if data["present"][at] == "present":
            cell = below[index].cell
            one.doubt(at, place, f"{cell} 说下面是未到的学生，这一行不能当作已返校，{ASK}")
            for other in by_name[data["name"][at] or ""]:
                if other != at and data["present"][other] == "present":
                    one.doubt(other, place, f"{cell} 下面又列着这名学生，不能当作已返校，{ASK}")
    for name, line in named_absent(lines, by_name):
        for at in by_name[name]:
            if data["present"][at] == "present":
                data["present"][at] = "unknown"
                row = data["row"][at]
                one.tell(
                    line.row, line.cell, "presence_contradicted",
                    f"这一格说{name}没有到（或请假等），名单（第{row}行）却把这名学生当作已返校，{ASK}",
                )  # fmt: skip
    return scopes


def _whole(
    one: ListRows, lines: Sequence[Line], stem: str, explicit: bool, scopes: Sequence[str | None], alone: bool
) -> str | None:
    """Return None for a list that can be its whole class, else why it cannot: pages lack, or it counts otherwise."""
    texts = [*title_cells(one.sheet, one.recognised), *(line.text for line in lines), one.sheet.sheet or "", stem]
    pages = pages_missing(texts)
    if pages is not None:
        here, whole = pages
        listed = "、".join(map(str, sorted(here)))
        one.tell(
            None, None, "list_incomplete",
            f"名单写着共{whole}页，这里只有第{listed}页：没有列出的学生不当作未返校，请把其余各页一起交来",
        )  # fmt: skip
        return f"{PAGE}{','.join(map(str, sorted(here)))}/{whole}"
    marks = one.data["present"]
    present = sum(mark == "present" and scope is None for mark, scope in zip(marks, scopes, strict=True))
    # Rows in doubt may belong to either side of the count.
    doubtful = sum(mark == "unknown" and scope is None for mark, scope in zip(marks, scopes, strict=True))
    told = counted_otherwise(lines, present, alone=alone)
    if told is None or (present < told[0] <= present + doubtful):
        return None
    said, line = told
    one.tell(
        line.row, line.cell, "list_miscounted",
        f"这里写着到校{said}人，名单上逐人算到校的是{present}人，对不上：没有列出的学生不当作未返校，请逐人核对",
    )  # fmt: skip
    if said < present and not explicit:
        # Some of the rows are not there, and nobody can say which.
        one.data["present"] = ["unknown" if mark == "present" else mark for mark in marks]
    return MISCOUNTED
