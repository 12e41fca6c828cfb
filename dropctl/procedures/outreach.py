"""Contacts with the family (三.5): one from the command line, or a workbook full of them, each row at its own cell.

A row that cannot be used is named by its cell and left out; the good rows are recorded together. The same contact
given again is not recorded twice, however the file is called by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropctl.errors import Refused, UnreadableFile, place
from dropctl.ingest.headings import normalise_heading
from dropctl.ingest.reading import start_reading
from dropctl.ledger import Draft, Ledger, Transaction
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.policy.case_state import Case
from dropctl.procedures.cases import changing, check_day, must_be_open
from dropctl.procedures.rows_given import Logged, RowProblem
from dropctl.registers.cells import plain_text
from dropctl.registers.steps import DATE
from dropctl.tables.raw import Cell, RawSheet, cell_address
from dropctl.vocabulary import CONTACT_KINDS, CONTACT_RESULTS, OFFICES
from dropctl.workspace import Workspace

_SEARCHED_ROWS = 10
_HEADINGS: dict[str, tuple[str, ...]] = {
    "case": ("个案编号", "个案", "案号", "编号"),
    "name": ("姓名", "学生姓名", "儿童姓名"),
    "how": ("方式", "联系方式", "劝返方式", "联系走访方式"),
    "on": ("日期", "联系日期", "走访日期", "家访日期", "时间"),
    "by": ("联系人", "走访人", "家访人", "经办人", "劝返人", "记录人"),
    "result": ("结果", "联系结果", "劝返结果", "走访结果"),
    "office": ("单位", "由谁联系", "劝返单位"),
    "note": ("情况", "备注", "说明", "情况说明", "劝返情况", "谈话情况"),
}
_LABELS = {key: words[0] for key, words in _HEADINGS.items()}
_NEEDED = ("case", "how", "on", "by", "result")
_ALIASES: dict[str, dict[str, str]] = {
    "how": {
        "打电话": "phone", "上门": "visit", "入户": "visit", "走访": "visit", "微信": "message", "短信": "message",
    },
    "result": {
        "已联系上": "reached", "接通": "reached", "联系不上": "not_reached", "无人接听": "not_reached",
        "没人接": "not_reached", "家中无人": "not_reached", "拒绝": "refused", "不愿返校": "refused",
        "同意返校": "promised", "愿意返校": "promised", "在外就读": "elsewhere", "在别处就读": "elsewhere",
    },
    "office": {"乡镇政府": "township", "乡镇人民政府": "township", "教育局": "county"},
}  # fmt: skip
_WORDS = {"how": CONTACT_KINDS, "result": CONTACT_RESULTS, "office": OFFICES}


@dataclass(frozen=True, slots=True)
class ContactMade:
    """One attempt to reach the family, in the codes of the vocabulary."""

    how: str
    on: date
    by: str
    result: str
    office: str = "school"
    note: str | None = None


def word_of(key: str, text: str) -> str:
    """Return the code of a word of `how`, `result` or `office`; Refused, naming them all, for another word."""
    plain = text.strip()
    words = _WORDS[key]
    if plain in words:
        return plain
    found = next((code for code, label in words.items() if plain == label), None) or _ALIASES[key].get(plain)
    if found is None:
        raise Refused(f"{_LABELS[key]}写成了“{plain}”，不认识", todo=f"从这些里选：{'、'.join(words.values())}")
    return found


def log_contact(workspace: Workspace, as_of: date, number: str, made: ContactMade, *, dry_run: bool = False) -> Case:
    """Record one contact and return the case as it is with it; Refused for a day that cannot be or a closed case."""
    if not made.by.strip():
        raise Refused("没有写是谁联系的", where=number, todo="用 --by 写上姓名")
    with changing(workspace, as_of, number, "case log", dry_run=dry_run) as (transaction, case):
        must_be_open(case)
        check_day(case, made.on, as_of, "联系")
        if _key(made) not in {_same(contact) for contact in case.contacts}:
            _append(transaction, case, made)
        return fold_cases(transaction.events(CASE_KINDS))[case.number]


def _append(transaction: Transaction, case: Case, made: ContactMade) -> None:
    facts = {"how": made.how, "result": made.result, "office": made.office}
    told = {case.child: {"by": made.by.strip(), "note": made.note}}
    transaction.append(Draft("contacted", case.number, made.on, facts, told))


def log_workbook(workspace: Workspace, as_of: date, path: Path, *, dry_run: bool = False) -> Logged:
    """Record the contacts in a workbook; Refused when it cannot be read or not one row can be used."""
    with start_reading([path]) as reading:
        (result,) = list(reading)
    if isinstance(result, UnreadableFile):
        raise result
    with Ledger(workspace.state).writing(as_of, "case log", keep=not dry_run) as transaction:
        cases = fold_cases(transaction.events(CASE_KINDS))
        rows = [row for sheet in result.sheets for row in _rows(sheet, cases, as_of)]
        if not rows:
            needed = "、".join(_LABELS[key] for key in _NEEDED)
            raise Refused("没有找到联系记录", where=result.source.name, todo=f"标题行要有：{needed}")
        problems = tuple(row for row in rows if isinstance(row, RowProblem))
        good = [row for row in rows if not isinstance(row, RowProblem)]
        if not good:
            more = f"；另有{len(problems) - 1}行" if len(problems) > 1 else ""
            raise Refused(f"没有一行能用：{problems[0].message}{more}", where=problems[0].where, todo="改正后再登记")
        seen = {(case.number, *_same(contact)) for case in cases.values() for contact in case.contacts}
        recorded = 0
        for case, made in good:
            key = (case.number, *_key(made))
            if key not in seen:
                seen.add(key)
                _append(transaction, case, made)
                recorded += 1
    return Logged(recorded, len(good) - recorded, problems)


def _key(made: ContactMade) -> tuple[object, ...]:
    """Return what makes two contacts one: a contact told twice counts once."""
    return made.on, made.how, made.result, made.office, made.by.strip(), made.note


def _same(contact: object) -> tuple[object, ...]:
    names = ("happened_on", "how", "result", "office", "by", "note")
    return tuple(getattr(contact, name) for name in names)


def _rows(sheet: RawSheet, cases: Mapping[str, Case], as_of: date) -> list[tuple[Case, ContactMade] | RowProblem]:
    found = _find_headings(sheet)
    if found is None:
        return []
    top, columns = found
    lacking = [_LABELS[key] for key in _NEEDED if key not in columns]
    if lacking:
        where = place(sheet.file, sheet.sheet, f"第{sheet.row_number(top)}行")
        return [RowProblem(where, f"标题行缺少{'、'.join(lacking)}，这张表没有登记")]
    rows: list[tuple[Case, ContactMade] | RowProblem] = []
    for index in range(top + 1, len(sheet.rows)):
        cells = {key: _cell(sheet.rows[index], column) for key, column in columns.items()}
        if all(plain_text(cell) == "" for cell in cells.values()):
            continue
        try:
            rows.append(_row(cells, cases, as_of))
        except _Bad as bad:
            cell = cell_address(sheet.row_number(index), columns[bad.key])
            rows.append(RowProblem(place(sheet.file, sheet.sheet, cell), bad.message))
    return rows


class _Bad(Exception):
    """A cell that cannot be used: which column, and why."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        self.message = message
        super().__init__(message)


def _row(cells: Mapping[str, Cell], cases: Mapping[str, Case], as_of: date) -> tuple[Case, ContactMade]:
    text = {key: plain_text(cell) for key, cell in cells.items()}
    for key in _NEEDED:
        if not text[key]:
            raise _Bad(key, f"没有写{_LABELS[key]}")
    case = cases.get(text["case"].upper())
    if case is None:
        raise _Bad("case", f"没有 {text['case']} 这个个案")
    if text.get("name") and case.name is not None and text["name"].replace(" ", "") != case.name:
        raise _Bad("name", f"{case.number} 不是这个孩子的个案，编号和姓名对不上")
    on, problem = DATE.apply(cells["on"])
    if not isinstance(on, date):
        raise _Bad("on", problem.message if problem else "没有写日期")
    codes = {}
    for key in ("how", "result", "office"):
        if text.get(key):
            try:
                codes[key] = word_of(key, text[key])
            except Refused as refusal:
                raise _Bad(key, f"{refusal.what}，{refusal.todo}") from refusal
    try:
        must_be_open(case)
        check_day(case, on, as_of, _LABELS["how"])
    except Refused as refusal:
        raise _Bad("on" if case.is_open else "case", refusal.what) from refusal
    office = codes.get("office", "school")
    return case, ContactMade(codes["how"], on, text["by"], codes["result"], office, text.get("note") or None)


def _cell(row: Sequence[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else None


def _find_headings(sheet: RawSheet) -> tuple[int, dict[str, int]] | None:
    """Return the row of the headings (0-based) and the column of each key; None for a sheet without case numbers."""
    spelled = {normalise_heading(word): key for key, words in _HEADINGS.items() for word in words}
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row):
            key = spelled.get(normalise_heading(cell)) if isinstance(cell, str) else None
            if key is not None:
                columns.setdefault(key, column)
        if "case" in columns and len(columns) >= 3:
            return index, columns
    return None
