"""Two columns of a sheet for one key: decided by the declaration, or by their being equal, or asked about.

Nothing is guessed: where the two say different things and neither bears the first spelling, the sheet is refused
with both cells named, and the registrar renames or deletes one heading (reference §4.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dropctl.errors import Refused, place
from dropctl.ingest.headings import Recognised, normalise_heading
from dropctl.ingest.rows import is_blank, names_nobody
from dropctl.tables.issues import Issue
from dropctl.tables.raw import Cell, RawSheet, cell_address, raw_text
from dropctl.tables.spec import Column, Source


def settle(sheet: RawSheet, recognised: Recognised) -> tuple[Recognised, list[Issue]]:
    """Return `recognised` with the columns that count, and an issue for each column passed over.

    Raises `Refused` where two columns differ and the declaration does not say which one counts.
    """
    if not recognised.doubles:
        return recognised, []
    columns = {source.column.key: source.column for source in recognised.sources}
    rows = [
        (index, row)
        for index, row in enumerate(sheet.rows)
        if index > recognised.heading and not is_blank(row) and not names_nobody(row)
    ]
    used: dict[str, int] = {}
    issues: list[Issue] = []
    for double in recognised.doubles:
        column = columns[double.key]
        first = used.get(double.key, double.used)
        if not _written(rows, double.other):
            pass  # nothing is lost
        elif not _written(rows, first):
            used[double.key], first = double.other, double.other
            double = replace(double, other=double.used)
        else:
            differs = _differing(rows, column, first, double.other)
            if differs is not None and double.asked:
                raise _asked(sheet, recognised, column, (first, double.other), differs)
            issues.append(_passed_over(sheet, recognised, column, (first, double.other), differs))
            continue
        issues.append(_passed_over(sheet, recognised, column, (first, double.other), None))
    sources = tuple(
        Source(source.column, (used[source.column.key],)) if source.column.key in used else source
        for source in recognised.sources
    )
    return replace(recognised, sources=sources), issues


Rows = Sequence[tuple[int, Sequence[Cell]]]


def _cell(row: Sequence[Cell], at: int) -> Cell:
    return row[at] if at < len(row) else None


def _empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _written(rows: Rows, at: int) -> bool:
    return any(not _empty(_cell(row, at)) for _, row in rows)


def _differing(rows: Rows, column: Column, first: int, other: int) -> int | None:
    """Return the index of the first row in which the other column says something that the first one does not."""
    for index, row in rows:
        a, b = _cell(row, first), _cell(row, other)
        if _empty(b) or raw_text(a) == raw_text(b):
            continue
        if _empty(a) or _value(column, a) != _value(column, b):
            return index
    return None


def _value(column: Column, cell: Cell) -> object:
    """Return what the cell says: of a value in parts the first, which is None when it could not be read."""
    value = column.step.apply(cell)[0]
    if isinstance(value, tuple):
        return value[0] if value[0] is not None else value
    return value


def _heading_cell(sheet: RawSheet, recognised: Recognised, at: int) -> tuple[str, str]:
    """Return the text and the address of the heading of a column; a parquet file has no cell for it."""
    if sheet.row_number(recognised.heading) == 0:
        return raw_text(_cell(sheet.rows[recognised.heading], at)) or "", f"第{at + 1}栏"
    for index in (recognised.heading, recognised.upper):
        if index is not None and (text := raw_text(_cell(sheet.rows[index], at))):
            return " ".join(text.split()), cell_address(sheet.row_number(index), at)
    return "", cell_address(sheet.row_number(recognised.heading), at)


def _passed_over(
    sheet: RawSheet, recognised: Recognised, column: Column, places: tuple[int, int], differs: int | None
) -> Issue:
    used, other = (_heading_cell(sheet, recognised, at) for at in places)
    if differs is None:
        message, severity = f"与 {used[1]}“{used[0]}”含义相同，只用了 {used[1]} 那一栏，内容没有不同", "note"
    else:
        message = (
            f"与 {used[1]}“{used[0]}”含义相同，只用了 {used[1]} 那一栏；两栏内容不一样（如第"
            f"{sheet.row_number(differs)}行），若应以这一栏为准，请删去另一栏或改它的标题"
        )
        severity = "warning"
    row = sheet.row_number(recognised.heading)
    return Issue(
        recognised.spec.kind, sheet.file, sheet.sheet, other[1], row, column.key,
        "double_heading", severity, other[0], message,
    )  # fmt: skip


def _asked(sheet: RawSheet, recognised: Recognised, column: Column, places: tuple[int, int], differs: int) -> Refused:
    first, second = (_heading_cell(sheet, recognised, at) for at in places)
    where = place(sheet.file, sheet.sheet, f"{first[1]}、{second[1]}")
    if column.key == "name" and normalise_heading(first[0]) == normalise_heading(second[0]):
        return Refused(
            f"{first[1]} 和 {second[1]} 都是“{first[0]}”，像是左右并排放了两份名单，一行里有两个人",
            where=where,
            todo="把右边的名单剪下来接到左边名单的下面（或另放一张工作表）；"
            "如果其中一栏不是学生本人，改它的标题（如“监护人姓名”），保存后再试",
        )
    return Refused(
        f"{first[1]}“{first[0]}”和 {second[1]}“{second[0]}”都可以是{column.label}，"
        f"内容却不一样（如第{sheet.row_number(differs)}行），分不清以哪一栏为准",
        where=where,
        todo=f"把不是学生本人{column.label}的那一栏改个标题或删去，把要用的一栏写成“{column.headings[0]}”，保存后再试",
    )
