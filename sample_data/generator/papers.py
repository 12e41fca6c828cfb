"""Writes the truth down as the registrar would find it, damage and all, and remembers where each child stands."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from .cells import Value, birth_cell, class_spelling, id_cell, spaced_name
from .class_lists import ClassList, class_lists, csv_rows
from .national import HEADINGS, WIDTHS, other_columns
from .other_formats import write_ods, write_xls
from .sheets import Sheet, write_workbook
from .truth import COUNTY, NUMERALS, ClassRef, Pupil, Site, Truth

ENROLLMENT_FILE = "学籍名册_2025年秋季.xlsx"
PREVIOUS_FILE = "学籍名册_2025年春季（上学期）.xlsx"
APPROVAL_FILE = "休学延缓送教审批登记.xlsx"
POVERTY_FILE = "脱贫监测户家庭成员.xlsx"
DISABILITY_FILE = "残疾人名单.xlsx"
PRIMARY_FILE = "返校登记/小学部返校名单.xlsx"

_LAST_TERM_DAY = date(2025, 3, 3)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row stands: register kind, file below the school folder, sheet (None: csv), physical row."""

    register: str
    file: str
    sheet: str | None
    row: int


@dataclass(slots=True)
class Placed:
    """The rows of each child in each register, in the order they were written."""

    rows: dict[tuple[str, int], list[Place]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def note(self, key: int | None, place: Place) -> None:
        """Remember a row; rows of grown-ups have no key."""
        if key is not None:
            self.rows.setdefault((place.register, key), []).append(place)

    def of(self, register: str, key: int) -> list[Place]:
        """Return the child's rows in a register."""
        return self.rows.get((register, key), [])


def write_papers(truth: Truth, folder: Path) -> Placed:
    """Write every file of the registrar's folder and return where each child stands."""
    placed = Placed()
    rng = Random(f"papers {truth.seed}")
    _enrollment(truth, folder, placed, rng)
    _previous(truth, folder, placed, rng)
    presence(truth, folder, placed, rng)
    approvals(truth, folder, placed)
    poverty(truth, folder, placed)
    disability(truth, folder, placed)
    return placed


def save(folder: Path, file: str, sheets: list[Sheet], placed: Placed) -> None:
    """Write a workbook in the format its ending names, and remember the file."""
    write = {".xls": write_xls, ".ods": write_ods}.get(Path(file).suffix, write_workbook)
    write(folder / file, sheets)
    placed.files.append(file)


def save_csv(folder: Path, file: str, rows: list[list[str]], encoding: str, placed: Placed) -> None:
    """Write a text file with commas, and remember it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(encoding))
    placed.files.append(file)


def register_row(
    site: Site, pupil: Pupil, group: ClassRef, grade: int, rng: Random, birth_form: int
) -> dict[str, Value]:
    """Return the columns of the enrollment register that rules read, by their national headings."""
    one, two = pupil.guardians
    phones = (one.phone, two.phone) if pupil.phone_written is None else (pupil.phone_written, "")
    inclusive = {"视力残疾": "视力残疾随班就读", "听力残疾": "听力残疾随班就读", "智力残疾": "智力残疾随班就读"}
    entered = 2026 - pupil.group.grade if pupil.group.grade < 7 else 2032 - pupil.group.grade
    values: dict[str, Value] = {
        "学校标识码": site.code,
        "学校名称": site.name,
        "年级": f"{NUMERALS[grade - 1]}年级",
        "班级": f"{group.number}班",
        "姓名": spaced_name(pupil.name, rng) if rng.random() < 0.03 else pupil.name,
        "性别": pupil.sex,
        "出生日期": birth_cell(pupil.birth, birth_form),
        "身份证件类型": "居民身份证",
        "身份证件号": id_cell(pupil),
        "学籍号": pupil.enrollment_number,
        "民族": "汉族" if rng.random() < 0.97 else rng.choice(("回族", "苗族", "畲族")),
        "户口所在地行政区划": pupil.id_number[:6] + "000000",
        "现住址": pupil.address,
        "就读方式": "住校" if pupil.boarding else "走读",
        "入学年月": f"{entered}09",
        "学生状态": pupil.status,
        "是否留守儿童": pupil.left_behind,
        "是否进城务工人员随迁子女": "是" if pupil.migrant else "否",
        "残疾类型": pupil.disability,
        "随班就读": inclusive.get(pupil.disability, "非随班就读"),
        "曾用名": pupil.former_name,
        "是否脱贫户": "是" if pupil.poverty_mark else "否",
        "成员1姓名": one.name,
        "成员1关系": one.relation,
        "成员1联系电话": phones[0],
        "成员2姓名": two.name,
        "成员2关系": two.relation,
        "成员2联系电话": phones[1],
    }
    if pupil.foreign:
        values |= {"身份证件类型": "6-香港特区护照/身份证明", "户口所在地行政区划": ""}
    return values


def by_class(truth: Truth, rng: Random, pairs: list[tuple[ClassRef, int]]) -> list[tuple[ClassRef, int]]:
    rng.shuffle(pairs)
    return sorted(pairs, key=lambda pair: pair[0])


def _enrollment(truth: Truth, folder: Path, placed: Placed, rng: Random) -> None:
    pairs = [(p.group, k) for k, p in truth.pupils.items() if p.registered]
    pairs += [(p.second_row_in, k) for k, p in truth.pupils.items() if p.second_row_in is not None]
    # Most class teachers left the export alone; some retyped the dates their own way.
    forms = {c: rng.choice((0, 0, 0, 1, 2, 3, 4)) for c in sorted({pair[0] for pair in pairs})}
    rows = []
    seats: dict[ClassRef, int] = {}
    for group, key in by_class(truth, rng, pairs):
        row = register_row(truth.site, truth.pupils[key], group, min(group.grade, truth.site.top), rng, forms[group])
        placed.note(key, Place("enrollment", ENROLLMENT_FILE, "学生花名册", len(rows) + 4))
        seats[group] = seats.get(group, 0) + 1
        whole = other_columns(truth.pupils[key], row, seats[group])
        rows.append([whole[h] for h in HEADINGS])
    sheet = Sheet(
        "学生花名册",
        (
            f"{truth.site.name}学生花名册（2025年9月1日导出）",
            f"填报单位：{truth.site.name}    学段：小学、初中    日期：2025年9月1日",
        ),
        HEADINGS,
        rows,
        [["合计", None, None, None, f"{len(rows)}人"]],
        [WIDTHS[h] for h in HEADINGS],
        landscape=True,
    )
    guide = Sheet(
        "填报说明",
        (
            "填报说明",
            "1. 本表由学籍管理系统导出，导出后请勿调整列的顺序。",
            "2. 证件号码、学籍号按文本格式保存，不要在单元格内双击后直接回车。",
            "3. 出生日期写八位数字，例如二〇一五年三月八日写作 20150308。",
            "4. 联系电话填写能够接通的监护人手机号；住址具体到组、户。",
            "5. 学生状态以系统内已办结的异动为准。",
        ),
        (),
        (),
    )
    save(folder, ENROLLMENT_FILE, [sheet, guide], placed)


def _previous(truth: Truth, folder: Path, placed: Placed, rng: Random) -> None:
    pairs = [
        (p.group, k)
        for k, p in truth.pupils.items()
        if p.group.grade > truth.site.top or (p.was_registered and p.group.grade > truth.site.entry)
    ]
    seats: dict[ClassRef, int] = {}
    on_leave = {a.pupil for a in truth.approvals if a.ground == "休学" and a.starts < _LAST_TERM_DAY}
    rows = []
    for group, key in by_class(truth, rng, pairs):
        pupil = truth.pupils[key]
        row = register_row(truth.site, pupil, group, group.grade - 1, rng, 0)
        row["学生状态"] = "休学" if key in on_leave else "在读"
        row["身份证件号"] = id_cell(pupil) if pupil.foreign else pupil.id_number
        row["成员1联系电话"] = pupil.guardians[0].phone
        placed.note(key, Place("previous", PREVIOUS_FILE, "学生花名册", len(rows) + 4))
        seats[group] = seats.get(group, 0) + 1
        whole = other_columns(pupil, row, seats[group])
        rows.append([whole[h] for h in HEADINGS])
    sheet = Sheet(
        "学生花名册",
        (f"{truth.site.name}2024—2025学年第二学期学生花名册", f"填报单位：{truth.site.name}    日期：2025年3月3日"),
        HEADINGS,
        rows,
        [["合计", None, None, None, f"{len(rows)}人"]],
        [WIDTHS[h] for h in HEADINGS],
        landscape=True,
    )
    save(folder, PREVIOUS_FILE, [sheet], placed)


def presence(truth: Truth, folder: Path, placed: Placed, rng: Random) -> None:
    primary: list[Sheet] = []
    for paper in class_lists(truth, rng):
        group = paper.group
        if group == truth.site.csv_class:
            file, sheet_name = f"返校登记/{group.label}返校.csv", None
            save_csv(folder, file, csv_rows(paper), "gb18030" if group.grade > 6 else "utf-8-sig", placed)
            first = 2
        elif group.grade < 7:
            file, sheet_name = PRIMARY_FILE, class_spelling(group.grade, group.number, paper.spelling)
            primary.append(_class_sheet(truth.site, paper, sheet_name))
            first = primary[-1].first_row
        else:
            file, sheet_name = f"返校登记/{group.label}返校登记.xlsx", "返校登记"
            sheet = _class_sheet(truth.site, paper, sheet_name)
            save(folder, file, [sheet], placed)
            first = sheet.first_row
        for offset, line in enumerate(paper.lines):
            placed.note(line.key, Place("presence", file, sheet_name, first + offset))
    if primary:
        save(folder, PRIMARY_FILE, primary, placed)


def _class_sheet(site: Site, paper: ClassList, name: str) -> Sheet:
    group = paper.group
    # A new class of the other schools is listed from the papers of enrolment, with numbers.
    numbered = site.layout != "national" and group.grade == site.entry
    if paper.plain:
        # The class stands in the sheet's (or the file's) name only.
        headings: tuple[str, ...] = ("序号", "姓名", "性别", "备注")
        rows = [[n, line.name, line.sex, line.note] for n, line in enumerate(paper.lines, start=1)]
        if numbered:
            headings = ("序号", "姓名", "性别", "身份证号", "备注")
            rows = [[n, line.name, line.sex, line.number, line.note] for n, line in enumerate(paper.lines, start=1)]
        above: tuple[str, ...] = (f"{site.name}在校学生名单  2025年9月1日",)
        below: list[list[Value]] = [[f"实到：{len(rows)}人"]]
        return Sheet(name, above, headings, rows, below, (7, 12, 7, 24))
    headings = ("序号", "姓名", "性别", "是否返校", "未返校原因", "备注")
    rows = [[n, line.name, line.sex, line.mark, line.reason, line.note] for n, line in enumerate(paper.lines, start=1)]
    if numbered:
        headings = ("序号", "姓名", "性别", "身份证号", "是否返校", "备注")
        rows = [
            [n, line.name, line.sex, line.number, line.mark, line.note] for n, line in enumerate(paper.lines, start=1)
        ]
    written = class_spelling(group.grade, group.number, 4 if paper.spelling in (1, 2) else paper.spelling)
    above = (f"{written}学生返校登记表（2025年9月1日）", f"填报单位：{site.name}")
    return Sheet(name, above, headings, rows, [["班主任签字：", None, None, "审核："]], (7, 12, 7, 10, 26, 16))


def approvals(truth: Truth, folder: Path, placed: Placed) -> None:
    headings = (
        "序号", "姓名", "身份证号", "年级", "班级", "审批类别", "审批文号", "审批单位", "开始日期", "结束日期", "备注",
    )  # fmt: skip
    rows: list[list[Value]] = []
    for number, paper in enumerate(truth.approvals, start=1):
        pupil = truth.pupils[paper.pupil]
        placed.note(pupil.key, Place("approval", APPROVAL_FILE, "审批登记", number + 2))
        rows.append(
            [
                number, pupil.name, pupil.id_number, f"{NUMERALS[pupil.group.grade - 1]}年级",
                f"{pupil.group.number}班", paper.ground, paper.number, paper.approver, paper.starts, paper.ends,
                paper.note,
            ]
        )  # fmt: skip
    above = (f"{truth.site.name}休学、延缓入学、送教上门审批登记表",)
    widths = (7, 10, 22, 9, 7, 10, 22, 24, 12, 12, 14)
    save(folder, APPROVAL_FILE, [Sheet("审批登记", above, headings, rows, (), widths, landscape=True)], placed)


def poverty(truth: Truth, folder: Path, placed: Placed) -> None:
    headings = (
        "序号", "县(市、区、旗)", "乡(镇)", "行政村", "户编号", "户主姓名", "姓名", "性别", "出生日期", "证件号码",
        "与户主关系", "在校生状况", "户类型", "监测对象类别", "风险是否消除",
    )  # fmt: skip
    rows: list[list[Value]] = []
    for household in truth.households:
        for member in household.members:
            placed.note(member.pupil, Place("poverty", POVERTY_FILE, "家庭成员", len(rows) + 4))
            rows.append(
                [
                    len(rows) + 1, COUNTY, truth.site.town, household.village, household.number,
                    household.members[0].name, member.name, member.sex, f"{member.birth:%Y%m%d}",
                    member.number, member.relation, member.school_state, household.kind,
                    household.monitor, household.cleared,
                ]
            )  # fmt: skip
    above = (f"{COUNTY}脱贫户、监测对象家庭成员信息表", f"单位：{truth.site.town}    数据日期：2025年8月20日")
    widths = (7, 10, 9, 11, 15, 10, 10, 6, 11, 24, 10, 12, 10, 14, 10)
    save(folder, POVERTY_FILE, [Sheet("家庭成员", above, headings, rows, (), widths, landscape=True)], placed)


def disability(truth: Truth, folder: Path, placed: Placed) -> None:
    file = DISABILITY_FILE.replace(".xlsx", ".ods") if truth.site.layout == "cut" else DISABILITY_FILE
    headings = ("序号", "姓名", "性别", "残疾人证号", "残疾类别", "残疾等级", "村（社区）")
    rows: list[list[Value]] = []
    for number, paper in enumerate(truth.certificates, start=1):
        placed.note(paper.pupil, Place("disability", file, "持证残疾人", number + 2))
        rows.append([number, paper.name, paper.sex, paper.number, paper.category, paper.degree, paper.village])
    above = (f"{COUNTY}{truth.site.town}持证残疾人名单",)
    below: list[list[Value]] = [["填报单位：岚溪县残疾人联合会"]]
    save(folder, file, [Sheet("持证残疾人", above, headings, rows, below, (7, 10, 7, 28, 11, 11, 16))], placed)
