"""September at the nine-year school: the absences as the class teachers wrote them down, and what was done about them.

Planted: who came back and when, who did not, a run of five school days and one beyond it across the make-up Sunday,
leave and illness, a class that stopped reporting. The other days of a class say 无, so that silence means silence.
What was done (visits, returns) stands in a story that the demo enters step by step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from .cells import Value, class_spelling
from .sheets import Sheet, write_workbook
from .truth import OPENING, ClassRef, Pupil, Truth

# Packed, so that whoever gives all of sample_data to a check of 3 September does not hand in the weeks after it.
PACKED = "september.zip"
FILE, STORY = "缺勤登记_2025年9月.xlsx", "九月经过.toml"
_PACKED_ON = (2025, 9, 30, 16, 0, 0)
_LAST = date(2025, 9, 30)
_MAKE_UP = date(2025, 9, 28)  # a Sunday on which the schools taught
_SILENT_FROM = date(2025, 9, 29)
_HEADINGS = ("日期", "班级", "姓名", "缺勤类别", "是否请假", "缺勤原因", "登记人")
_WIDTHS = (12, 14, 12, 10, 10, 26, 10)
# The children who were simply not there, and on which day one after the other came back; None: not in September.
_NOT_THERE = ("said_absent", "missing_from_list", "twin_missing")
_BACK = (5, None, 8, 9, 10, None, 11, 12, None, 15, 17, None)


@dataclass(frozen=True, slots=True)
class Gap:
    """One child's absence from `first` to `last`: truancy without leave, or leave with its reason."""

    key: int
    first: date
    last: date
    kind: str
    leave: str
    reason: str


def school_days() -> list[date]:
    """Return the days taught in September."""
    days = [OPENING + timedelta(days=number) for number in range((_LAST - OPENING).days + 1)]
    return [day for day in days if day.weekday() < 5 or day == _MAKE_UP]


def write_first_month(truth: Truth, target: Path) -> None:
    """Write the absence register of September and the story of what was done, packed together."""
    gone = _not_there(truth)
    gaps = _gaps(truth, gone, Random(f"september {truth.seed}"))
    parts = (("小学部", range(1, 7)), ("初中部", range(7, 10)))
    with TemporaryDirectory() as folder, ZipFile(target, "w", ZIP_STORED) as packed:
        write_workbook(Path(folder) / FILE, [_sheet(truth, gaps, label, grades) for label, grades in parts])
        for name, data in ((FILE, (Path(folder) / FILE).read_bytes()), (STORY, _story(truth, gone).encode())):
            packed.writestr(ZipInfo(name, _PACKED_ON), data)


def _not_there(truth: Truth) -> dict[int, date | None]:
    """Return who was not there at the opening without a word, and the day each came back."""
    keys = [event.pupils[-1] for event in truth.events if event.what in _NOT_THERE]
    back = (day and OPENING.replace(day=day) for day in cycle(_BACK))
    return dict(zip(sorted(keys), back, strict=False))


def _gaps(truth: Truth, gone: dict[int, date | None], rng: Random) -> tuple[Gap, ...]:
    days = school_days()
    found = []
    for key, pupil in sorted(truth.pupils.items()):
        if key in gone:
            last = (gone[key] or _LAST + timedelta(days=1)) - timedelta(days=1)
            reason = pupil.absence_reason or "未到校，正在联系"
            found.append(Gap(key, days[0], last, "旷课", "否", reason))
        elif pupil.presence == "absent" and pupil.registered:
            found.append(Gap(key, days[0], _LAST, "请假", "是", pupil.absence_reason))
    told = {key for event in truth.events for key in event.pupils}
    ordinary = [pupil for key, pupil in sorted(truth.pupils.items()) if key not in told and _is_ordinary(truth, pupil)]
    over, five, short, *others = rng.sample(ordinary, 28)
    found += [
        Gap(over.key, date(2025, 9, 22), _LAST, "旷课", "否", "家长说随亲戚外出"),
        Gap(five.key, date(2025, 9, 25), _LAST, "旷课", "否", ""),
        Gap(short.key, date(2025, 9, 10), date(2025, 9, 12), "旷课", "否", "不想上学，已回校"),
    ]
    for number, pupil in enumerate(others):
        first = rng.choice(days)
        last = min(first + timedelta(days=rng.choice((0, 0, 1, 2))), _LAST)
        kind, reason = (("病假", "感冒发烧"), ("事假", "家中有事"))[number % 3 == 2]
        found.append(Gap(pupil.key, first, last, kind, "是", reason))
    return tuple(found)


def _story(truth: Truth, gone: dict[int, date | None]) -> str:
    lines = ["# 样例学校九月里做了什么：dropctl demo 照这里逐条登记。人物和经过都是编造的。"]
    for number, (key, back) in enumerate(gone.items()):
        teacher = _teacher(truth, truth.pupils[key].group)
        result, note = (("promised", "家长答应送回"), ("not_reached", "电话无人接听"))[back is None and number % 2]
        lines += [
            "", "[[children]]", f'name = "{truth.pupils[key].name}"', f'class = "{truth.pupils[key].group.label}"',
            f'responsible = "{teacher}"', f'phoned = {{ on = 2025-09-03, result = "{result}", note = "{note}" }}',
        ]  # fmt: skip
        if back is not None:
            lines.append(f"returned = {back}")
        else:
            lines.append('visited = { on = 2025-09-09, result = "refused", note = "孩子在家，不愿返校" }')
    return "\n".join(lines) + "\n"


def _teacher(truth: Truth, group: ClassRef) -> str:
    return f"{truth.pupils[min(key for key, pupil in truth.pupils.items() if pupil.group == group)].name[0]}老师"


def _is_ordinary(truth: Truth, pupil: Pupil) -> bool:
    return (
        pupil.registered
        and pupil.presence == "present"
        and pupil.seat == pupil.group
        and pupil.group != truth.unreported
        and pupil.group.grade > truth.site.entry
    )


def _sheet(truth: Truth, gaps: tuple[Gap, ...], label: str, grades: range) -> Sheet:
    rows: list[list[Value]] = []
    for day in school_days():
        for group in truth.classes:
            if group.grade in grades and not (group == truth.unreported and day >= _SILENT_FROM):
                rows += _class_day(truth, gaps, group, day)
    title = f"{truth.site.name}2025年9月缺勤登记（{label}）"
    note = "每班每天都要登记，没有缺勤的写“无”；9月28日（星期日）照常上课"
    return Sheet(label, (title, note), _HEADINGS, rows, widths=_WIDTHS)


def _class_day(truth: Truth, gaps: tuple[Gap, ...], group: ClassRef, day: date) -> list[list[Value]]:
    written = class_spelling(group.grade, group.number, 0)
    teacher = _teacher(truth, group)
    rows: list[list[Value]] = [
        [day, written, truth.pupils[gap.key].name_on_list, gap.kind, gap.leave, gap.reason, teacher]
        for gap in gaps
        if truth.pupils[gap.key].seat == group and gap.first <= day <= gap.last
    ]
    return rows or [[day, written, "无", "", "", "", teacher]]
