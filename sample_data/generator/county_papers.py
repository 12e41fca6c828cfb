"""The papers of the two other schools: a register cut by hand and kept as .xls, and one retyped under own headings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

from .cells import Value, class_spelling
from .papers import Place, Placed, approvals, by_class, disability, poverty, presence, register_row, save
from .sheets import Sheet
from .truth import NUMERALS, ClassRef, Pupil, Truth

CUT_FILE, CUT_PREVIOUS = "学籍名册2025秋.xls", "上学期学籍名册（2025年春季）.xls"
TYPED_FILE, TYPED_PREVIOUS = "2025年秋季学生信息表.xlsx", "2024-2025学年第二学期学生信息表.xlsx"
MOVES_FILE, LETTERS_FILE = "转学登记.xlsx", "协查函登记册.xlsx"

# Twenty-two columns somebody thought enough; the second guardian is not among them.
_CUT = (
    "学校名称", "年级", "班级", "姓名", "性别", "身份证件类型", "身份证件号", "学籍号", "民族", "出生日期", "现住址",
    "就读方式", "入学年月", "学生状态", "是否留守儿童", "是否进城务工人员随迁子女", "残疾类型", "随班就读",
    "是否脱贫户", "曾用名", "成员1姓名", "成员1联系电话",
)  # fmt: skip
_DICTIONARY = (
    ("就读方式", "1", "走读"), ("就读方式", "2", "住校"), ("学生状态", "01", "在读"), ("学生状态", "02", "休学"),
    ("残疾类型", "0", "无残疾"), ("是否留守儿童", "0", "非留守儿童"),
)  # fmt: skip
# Retyped heading → group above it ("": none).
_TYPED = (
    ("序号", ""), ("班别", ""), ("学生姓名", ""), ("男女", ""), ("证件类型", ""), ("身份证号码", ""),
    ("全国学籍号", ""), ("出生年月日", ""), ("家庭住址", ""), ("姓名", "监护人"), ("电话", "监护人"),
    ("母亲电话", ""), ("是否住校", ""),
    ("入校时间", ""), ("学籍状态", ""), ("留守情况", ""), ("随迁子女", ""), ("残疾情况", ""), ("是否随班就读", ""),
    ("是否建档立卡", ""), ("曾用名", ""),
)  # fmt: skip
_WIDTHS = (6, 10, 10, 6, 12, 22, 22, 12, 34, 10, 14, 14, 9, 10, 9, 12, 9, 12, 14, 12, 10)
_BEFORE = date(2025, 3, 3)


def write_papers(truth: Truth, folder: Path) -> Placed:
    """Write every file of the school's folder in its own layout and return where each child stands."""
    placed = Placed()
    rng = Random(f"papers {truth.seed} {truth.site.name}")
    registers = _cut if truth.site.layout == "cut" else _typed
    registers(truth, folder, placed, rng)
    presence(truth, folder, placed, rng)
    approvals(truth, folder, placed)
    poverty(truth, folder, placed)
    disability(truth, folder, placed)
    _moves(truth, folder, placed)
    _letters(truth, folder, placed)
    return placed


def _seated(truth: Truth, rng: Random) -> list[tuple[ClassRef, int]]:
    """Return who stands in this term's register, in its class (a leaver nobody took out: in the top grade)."""
    pairs = [(p.group, k) for k, p in truth.pupils.items() if p.registered]
    pairs += [(p.second_row_in, k) for k, p in truth.pupils.items() if p.second_row_in is not None]
    top = truth.site.top
    return by_class(truth, rng, [(replace(group, grade=min(group.grade, top)), key) for group, key in pairs])


def _before(truth: Truth, rng: Random) -> list[tuple[ClassRef, int]]:
    """Return who stood in last term's register, in the class of last term."""
    site = truth.site
    there = [
        (replace(p.group, grade=p.group.grade - 1), k)
        for k, p in truth.pupils.items()
        if p.group.grade > site.top or (p.was_registered and p.group.grade > site.entry)
    ]
    return by_class(truth, rng, there)


def _as_before(truth: Truth, key: int, row: dict[str, Value]) -> dict[str, Value]:
    """Return a row as last term's register had it: the number undamaged, the status of that time."""
    pupil = truth.pupils[key]
    on_leave = any(a.pupil == key and a.ground == "休学" and a.starts < _BEFORE for a in truth.approvals)
    number = row["身份证件号"] if pupil.foreign else pupil.id_number
    return row | {"身份证件号": number, "学生状态": "休学" if on_leave else "在读"}


def _cut(truth: Truth, folder: Path, placed: Placed, rng: Random) -> None:
    site = truth.site
    for file, register, pairs in (
        (CUT_FILE, "enrollment", _seated(truth, rng)),
        (CUT_PREVIOUS, "previous", _before(truth, rng)),
    ):
        forms = {group: rng.choice((0, 1, 2, 3, 4, 5, 6)) for group in sorted({pair[0] for pair in pairs})}
        rows: list[list[Value]] = []
        for group, key in pairs:
            row = register_row(site, truth.pupils[key], group, group.grade, rng, forms[group])
            if register == "previous":
                row = _as_before(truth, key, row)
            placed.note(key, Place(register, file, "Sheet1", len(rows) + 3))
            rows.append([row[heading] for heading in _CUT])
        term = "2025年秋季" if register == "enrollment" else "2025年春季"
        total = [["合计", None, None, f"{len(rows)}人"], ["填表人：", None, None, "审核人："]]
        sheet = Sheet("Sheet1", (f"{site.name}{term}学籍名册",), _CUT, rows, total, [12] * len(_CUT))
        words = Sheet("字典", (), ("项目", "代码", "含义"), _DICTIONARY, hidden=True)
        save(folder, file, [sheet, words] if register == "enrollment" else [sheet], placed)


def _typed(truth: Truth, folder: Path, placed: Placed, rng: Random) -> None:
    for file, register, pairs in (
        (TYPED_FILE, "enrollment", _seated(truth, rng)),
        (TYPED_PREVIOUS, "previous", _before(truth, rng)),
    ):
        sheets = []
        for grade in sorted({group.grade for group, _ in pairs}):
            # The year somebody entered in stands for the grade on the sheet's name.
            name = f"{NUMERALS[grade - 1]}年级"
            rows: list[list[Value]] = []
            for group, key in (pair for pair in pairs if pair[0].grade == grade):
                row = register_row(truth.site, truth.pupils[key], group, grade, rng, rng.choice((0, 2, 5, 6)))
                if register == "previous":
                    row = _as_before(truth, key, row)
                placed.note(key, Place(register, file, name, len(rows) + 4))
                rows.append(_retyped(len(rows) + 1, group, row, truth.pupils[key], rng))
            headings = [heading for heading, _ in _TYPED]
            groups = [group for _, group in _TYPED]
            below = [["小计", None, f"{len(rows)}人"], ["班主任签字：", None, None, "校长："]]
            term = "2025年秋季学期" if register == "enrollment" else "2024—2025学年第二学期"
            title = f"{truth.site.name}{name}学生信息表（{term}）"
            sheets.append(
                Sheet(name, (title,), headings, rows, below, _WIDTHS, landscape=True, groups=groups, merged=(1,))
            )
        save(folder, file, sheets, placed)


def _retyped(number: int, group: ClassRef, row: dict[str, Value], pupil: Pupil, rng: Random) -> list[Value]:
    phone = row["成员1联系电话"]
    if isinstance(phone, str) and phone and pupil.phone_written is None:
        # As a number, two in one cell, or as it is.
        form = rng.random()
        phone = float(phone) if form < 0.2 else f"{phone}/{row['成员2联系电话']}" if form < 0.3 else phone
    yes, no = rng.choice((("是", "否"), ("√", ""), ("有", "无")))
    boarding = rng.choice((("是", "否"), ("1", "0"), ("Y", "N")))
    return [
        number, class_spelling(group.grade, group.number, 0 if group.number % 2 else 4), row["姓名"], row["性别"],
        row["身份证件类型"], row["身份证件号"], row["学籍号"], row["出生日期"], row["现住址"], row["成员1姓名"], phone,
        row["成员2联系电话"], boarding[0] if row["就读方式"] == "住校" else boarding[1], str(row["入学年月"])[:4],
        row["学生状态"], row["是否留守儿童"], row["是否进城务工人员随迁子女"], row["残疾类型"], row["随班就读"],
        yes if row["是否脱贫户"] == "是" else no, row["曾用名"],
    ]  # fmt: skip


def _moves(truth: Truth, folder: Path, placed: Placed) -> None:
    headings = (
        "序号", "姓名", "性别", "身份证号", "年级", "转学类型", "转出学校", "转入学校", "申请日期", "办结日期",
        "办理状态",
    )  # fmt: skip
    rows: list[list[Value]] = []
    for number, move in enumerate(truth.moves, start=1):
        pupil = truth.pupils[move.pupil]
        placed.note(pupil.key, Place("transfer", MOVES_FILE, "转学登记", number + 2))
        rows.append(
            [
                number, pupil.name, pupil.sex, pupil.id_number, f"{NUMERALS[pupil.group.grade - 1]}年级", "转出",
                truth.site.name, move.school, move.applied, move.finished, move.state,
            ]
        )  # fmt: skip
    widths = (7, 10, 7, 22, 9, 10, 24, 18, 12, 12, 10)
    save(folder, MOVES_FILE, [Sheet("转学登记", (f"{truth.site.name}转学登记表",), headings, rows, (), widths)], placed)


def _letters(truth: Truth, folder: Path, placed: Placed) -> None:
    headings = (
        "序号", "收函日期", "来函单位", "来函文号", "涉及学生姓名", "性别", "身份证号", "原籍学校", "来函事由",
        "承办学校", "核查结果", "复函日期", "是否办结",
    )  # fmt: skip
    rows: list[list[Value]] = []
    for number, letter in enumerate(truth.letters, start=1):
        placed.note(letter.pupil, Place("assistance", LETTERS_FILE, "登记册", number + 2))
        rows.append(
            [
                number, letter.received, letter.sender, letter.letter_number, letter.name, letter.sex, letter.number,
                letter.origin_school, "协查是否在贵地就读", truth.site.name, None, None, "否",
            ]
        )  # fmt: skip
    widths = (7, 12, 16, 20, 14, 7, 22, 18, 20, 24, 16, 12, 9)
    save(
        folder, LETTERS_FILE, [Sheet("登记册", (f"{truth.site.name}协查函登记册",), headings, rows, (), widths)], placed
    )
