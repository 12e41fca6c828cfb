"""What a person should know about marks that were not counted, contradict each other, or fit nobody.

One issue per column of a grid, not per cell: a month filled in on Sundays is one mistake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from dropctl.policy.absence_days import Mark, merge_marks
from dropctl.policy.evidence import ClassKey, PupilFacts
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person, Pupil, by_key
from dropctl.registers.absence import UNCLEAR_MARKS
from dropctl.registers.absence_words import plain_mark
from dropctl.school_calendar import SchoolCalendar, describe_day
from dropctl.tables.issues import Issue

_NAMED = 6


def _issue(
    file: str, sheet: str | None, column: str | None, row: int, code: str, severity: str, raw: str | None, message: str
) -> Issue:
    cell = f"{column}{row}" if column else None
    return Issue("absence", file, sheet, cell, row, "day", code, severity, raw, message)


def not_counted(
    marks: pl.DataFrame, base: pl.DataFrame, school_days: Collection[date], calendar: SchoolCalendar, as_of: date
) -> Iterator[Issue]:
    """Yield an issue for each log row and each grid column on a day that is no school day, or after `as_of`.

    `marks` know their row by `spot`, `base` says where that is. Days inside a range of a log row are no mistake;
    neither is a sign for a holiday on a holiday.
    """
    off = marks.filter(
        pl.col("day").is_not_null()
        & ~pl.col("day").is_in(list(school_days))
        & ~pl.col("in_range")
        & pl.col("raw").is_not_null()
    )
    if off.is_empty():
        return
    off = off.filter(~pl.col("raw").map_elements(lambda raw: plain_mark(raw) in UNCLEAR_MARKS, return_dtype=pl.Boolean))
    off = off.join(base.select("spot", "file", "sheet", "row"), on="spot", maintain_order="left")
    # A grid gives one issue per column, a log one per row.
    each = pl.when(pl.col("form") == "log").then(pl.col("row")).alias("log_row")
    grouped = off.group_by("file", "sheet", "day", "column", "form", each, maintain_order=True).agg(
        pl.len().alias("count"), pl.col("row").first(), pl.col("raw").first()
    )
    for line in grouped.iter_rows(named=True):
        day = line["day"]
        if day > as_of:
            code, why = "day_in_future", f"晚于核对基准日{as_of}"
            todo = "核对日期，或用 --as-of 指定"
        elif calendar.term_of(day) is None:
            code, why, todo = (
                "day_outside_term",
                "不在已登记的学期内",
                "核对日期；学期有变请改 dropctl.toml 或用 --opening",
            )
        elif not calendar.knows(day):
            code, why, todo = "day_undetermined", f"是不是上课日还不知道（缺{day.year}年日历）", "补上那一年的校历"
        else:
            code, why = "day_without_school", f"是{describe_day(calendar, day)}，不上课"
            todo = "核对日期；确实上课的请在校历里写明"
        count = f"这一列{line['count']}格" if line["form"] == "grid" else "这一行"
        yield _issue(
            line["file"], line["sheet"], line["column"], line["row"], code, "warning", line["raw"],
            f"{day}{why}，{count}没有计入考勤，请{todo}",
        )  # fmt: skip


def nil_contradicted(marks: pl.DataFrame, base: pl.DataFrame) -> Iterator[Issue]:
    """Yield an issue for each class-day that says 无 and names an absent pupil as well: the pupil's row counts."""
    nil = marks.filter(pl.col("state") == "nil")
    if nil.is_empty():
        return
    keys = ["school", "grade", "class_name", "day"]
    placed = base.select("spot", "file", "sheet", "row", *keys[:3])
    absent = marks.filter(pl.col("state").is_in(["unexcused", "excused"])).join(placed, on="spot")
    both = nil.join(placed, on="spot", maintain_order="left").join(
        absent.select(keys).unique(), on=keys, how="semi", nulls_equal=True, maintain_order="left"
    )
    for line in both.iter_rows(named=True):
        yield _issue(
            line["file"], line["sheet"], line["column"], line["row"], "nil_contradicted", "warning", line["raw"],
            f"{line['day']}写了全班无缺勤，同一天又记了缺勤的学生，按有缺勤计，请核实",
        )  # fmt: skip


def given_twice(owned: pl.DataFrame) -> pl.DataFrame:
    """Return the marks of pupils' days that have several."""
    # One whole number per pupil and day: looking for doubles among half a million pairs takes ten times as long. Mostly
    # there are none, which is told in a third of the time it takes to find them.
    pair = pl.col("pupil").cast(pl.Int64) * 1_000_000 + pl.col("day").cast(pl.Int32)
    if owned.select(pair.n_unique()).item() == owned.height:
        return owned.clear()
    return owned.filter(pair.is_duplicated())


def conflicting(twice: pl.DataFrame, person_at: Mapping[int, Person]) -> Iterator[Issue]:
    """Yield an issue for each pupil's day that is given twice with different marks (CONTRACT §2)."""
    if twice.is_empty():
        return
    for group in twice.partition_by(["pupil", "day"], maintain_order=True):
        lines = group.rows(named=True)
        marks = [Mark(line["state"], line["part"], line["raw"] or line["reason"] or "", "") for line in lines]
        if merge_marks(marks).conflict:
            last = lines[-1]
            row = person_at[last["spot"]]
            said = "、".join(dict.fromkeys(f"“{mark.said}”" for mark in marks))
            yield _issue(
                row.file, row.sheet, last["column"], row.row, "day_given_twice", "warning", last["raw"],
                f"{row.name}{last['day']}的考勤有不同的记录（{said}），当天按“不明”处理，请核实后只留一处",
            )  # fmt: skip


def is_certain(link: Link) -> bool:
    """Return whether a link may say whose a mark is: the model's may not (CONTRACT §1)."""
    return link.decision == "accepted" and link.tier != "model"


def unlisted(absentees: Sequence[tuple[Pupil, int]], links: Sequence[Link]) -> Iterator[Issue]:
    """Yield an issue for each name that fits no pupil, and for each that fits two or only perhaps.

    `absentees`: entries without any link, with the number of their unexcused marks.
    """
    for pupil, days in absentees:
        lead = pupil.lead
        gone = f"其中无故未到{days}次；" if days else ""
        yield Issue(
            "absence", lead.file, lead.sheet, None, lead.row, "name", "not_on_register", "warning", lead.name,
            f"学籍名册上没有{lead.class_name or ''}的“{lead.name}”，这个名字的考勤没有计入，{gone}请核对姓名和班级",
        )  # fmt: skip
    accepted = {id(link.right) for link in links if is_certain(link)}
    unsure = by_key((link for link in links if not is_certain(link)), lambda link: id(link.right))
    for right, asked in unsure.items():
        if right in accepted:
            continue
        link = asked[0]
        lead = link.right.lead
        others = [
            f"{one.left.lead.class_name or ''}{one.left.lead.name or ''}（名册第{one.left.lead.row}行）"
            for one in asked
        ]
        yield Issue(
            "absence", lead.file, lead.sheet, None, lead.row, "name", "name_unsure", "warning", lead.name,
            f"“{lead.name}”可能是{'、'.join(others)}：{link.reason}。记的日子按“不明”处理，请写上学籍号或证件号",
        )  # fmt: skip


def not_on_grid(
    marks: pl.DataFrame, owner: Mapping[int, int], pupils: Sequence[PupilFacts], person_at: Mapping[int, Person]
) -> Iterator[Issue]:
    """Yield an issue for each class whose grid shows who was there and leaves out pupils of the roster.

    They count as there, as whoever is not reported absent does (CONTRACT §4): no list ever showed them, and a person
    has to know.
    """
    ticked = sorted(marks.filter(pl.col("state") == "attended")["spot"].unique().to_list())
    first: dict[ClassKey, Person] = {}
    for row in (person_at[spot] for spot in ticked):
        if row.facts["form"] == "grid":
            first.setdefault((row.school, row.grade, row.class_name), row)
    if not first:
        return
    listed = {pupil for spot, pupil in owner.items() if person_at[spot].facts["form"] == "grid"}
    missing: dict[ClassKey, list[str]] = defaultdict(list)
    for place, facts in enumerate(pupils):
        if place not in listed and facts.expected and facts.class_key in first:
            missing[facts.class_key].append(facts.lead.name or "（无姓名）")
    for key, names in missing.items():
        row = first[key]
        named = "、".join(names[:_NAMED]) + (f"等{len(names)}人" if len(names) > _NAMED else "")
        yield Issue(
            "absence", row.file, row.sheet, None, None, "name", "pupil_not_on_grid", "warning", None,
            f"{row.class_name or '这个班'}的考勤表上没有{named}：没记缺勤的按已到校计，人不在校的请补上一行照实填写",
        )  # fmt: skip
