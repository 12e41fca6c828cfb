"""Rows of one list that say exactly the same: named by cell, none of them dropped.

Two children of one name on a class sheet look like that, and so does a row that was pasted twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dropctl.tables.issues import Issue

# Lists in which a row is a child. A log of absences has a row per day, and a child may have several approvals.
ROWS_ARE_CHILDREN = frozenset({"enrollment", "presence", "poverty", "disability", "household", "previous"})
_PLACE = ("file", "sheet", "row")
_TELLING = ("name", "id_number_text", "class_name")


def repeated_rows(
    kind: str, file: str, sheet: str | None, data: Mapping[str, Sequence[object]], cells: Mapping[int, str | None]
) -> list[Issue]:
    """Return an issue for each row that says just what an earlier one of its sheet does; one for a sheet of copies.

    `data`: the columns of the sheet as they were read, `row` among them; `cells`: physical row → address of its name.
    """
    if kind not in ROWS_ARE_CHILDREN or len(data["row"]) < 2:
        return []
    rows: Sequence[int] = data["row"]  # type: ignore[assignment]  # physical numbers
    telling = list(zip(*(data[key] for key in _TELLING if key in data), strict=True))
    counts = Counter(telling)
    if len(counts) == len(rows):
        return []
    columns = [values for key, values in data.items() if key not in _PLACE]
    first: dict[tuple[object, ...], int] = {}
    copies: list[tuple[int, int]] = []
    for at, known in enumerate(telling):
        if counts[known] > 1:  # most rows differ in these already
            said = tuple(values[at] for values in columns)
            earlier = first.setdefault(said, rows[at])
            if earlier != rows[at]:
                copies.append((rows[at], earlier))
    if len(copies) == len(rows) - 1 > 1:
        span = f"{len(rows)}行（第{rows[0]}行到第{rows[-1]}行）"
        message = f"整张表的{span}完全相同，分不清是谁，像是填充或粘贴出错，请换成正确的名单"
        return [Issue(kind, file, sheet, cells[rows[0]], rows[0], "name", "rows_all_alike", "error", None, message)]
    # A number that stands twice is told at its own cell (registers.row_checks).
    numbered = {row for row, number in zip(rows, data.get("id_number", ()), strict=False) if number is not None}
    return [
        Issue(
            kind, file, sheet, cells[row], row, "name", "row_repeated", "warning", None,
            f"这一行与第{earlier}行完全相同：重复的请删去一行；确是两名学生的，请补上证件号等能区分的内容",
        )
        for row, earlier in copies
        if row not in numbered
    ]  # fmt: skip
