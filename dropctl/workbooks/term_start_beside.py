"""The lists of 核对结果.xlsx that accuse nobody: leavers, grades that do not follow, letters, what changed."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from dropctl.findings import CERTAINTIES, KIND_BY_ID
from dropctl.vocabulary import grade_label
from dropctl.workbooks.list_sheet import ListPage, SheetColumn, numbered
from dropctl.workbooks.term_start_sheets import TermStartSheets, by_class, sources, with_school

Page = tuple[ListPage, int, str, str]  # the list, its rows, their unit, what it is for


def pages(sheets: TermStartSheets) -> Iterator[Page]:
    """Yield the lists that have rows, each with what the summary says about it."""
    if sheets.since_last is not None:
        count = len(sheets.changes)
        yield change_page(sheets), count, "条", "比上次核对新增和消失的发现；消失不等于已经办完"
    if len(sheets.letters):
        yield letter_page(sheets), len(sheets.letters), "件", "协查函逐件对照：问到的学生在不在本校，怎样回函"
    if len(sheets.graduates):
        yield graduate_page(sheets), len(sheets.graduates), "人", "上一学年最高年级的学生，核对是否已升学；不计入发现"
    if len(sheets.promotions):
        yield promotion_page(sheets), len(sheets.promotions), "人", "年级与上期名册接不上的学生（留级、跳级等），供核对"


def _grades(frame: pl.DataFrame, name: str = "grade") -> list[str | None]:
    return [grade_label(grade) or None for grade in frame[name].to_list()]


def change_page(sheets: TermStartSheets) -> ListPage:
    """Return 与上次相比: what is new, and what is gone with what it was."""
    rows = sheets.changes
    since = sheets.since_last
    assert since is not None
    words = rows["change"].to_list()
    kinds = [KIND_BY_ID[kind].label if kind in KIND_BY_ID else None for kind in rows["kind"].to_list()]
    gone = {row: "doubtful" for row, word in enumerate(words) if word == "消失"}
    certainty = [CERTAINTIES.get(level or "") for level in rows["certainty"].to_list()]
    day = f"上次核对基准日：{since.day}　　" if since.day else ""
    columns = [
        numbered(len(rows)),
        SheetColumn("变化", words, "center", least=7, marks=gone),
        SheetColumn("种类", kinds, least=14, most=18),
        SheetColumn("年级", _grades(rows), "center", most=9),
        SheetColumn("班级", rows["class_name"].to_list(), "center", least=11, most=16),
        SheetColumn("姓名", rows["name"].to_list(), least=9, most=18),
        SheetColumn("确定程度", certainty, "center", most=9),
        SheetColumn(
            "说明（消失的是上次的说明）",
            [reason or "（较早版本的记录，没有保存内容）" for reason in rows["reason"].to_list()],
            "long", least=40, most=60,
        ),
        SheetColumn("发现编号", rows["finding_id"].to_list(), least=13.5, most=13.5),
    ]  # fmt: skip
    return ListPage(
        title="与上次相比",
        subtitle=f"{sheets.banner}\n{day}新增 {since.new} 条，消失 {since.gone} 条，仍在 {since.unchanged} 条。"
        "消失只说明这次的材料里没有了（已返校、已更正，或这次没有交那份名单），不等于可以销案",
        columns=with_school(columns, rows),
        frozen="姓名",
        empty_line="没有新增，也没有消失",
    )


def letter_page(sheets: TermStartSheets) -> ListPage:
    """Return 协查函核对: each letter of assistance beside what this reconciliation knows about the child."""
    rows = sheets.letters
    here = rows["here"].to_list()
    found = {row: "marked" for row, text in enumerate(here) if text.startswith(("有学籍", "在校"))}
    columns = [
        numbered(len(rows)),
        SheetColumn("来去", rows["direction"].to_list(), "center", least=6),
        SheetColumn("函件单位", rows["office"].to_list(), "long", least=14, most=22),
        SheetColumn("文号", rows["letter_number"].to_list(), "long", least=14, most=20),
        SheetColumn("日期", rows["day"].to_list(), "date"),
        SheetColumn("姓名", rows["name"].to_list(), least=9, most=18),
        SheetColumn("性别", rows["sex"].to_list(), "center", least=5),
        SheetColumn("身份证件号", rows["id_number"].to_list(), least=20, most=24),
        SheetColumn("事由", rows["purpose"].to_list(), "long", least=14, most=24),
        SheetColumn("原籍学校", rows["origin_school"].to_list(), "long", least=12, most=20),
        SheetColumn("本次核对", here, "long", least=18, most=30, marks=found),
        SheetColumn("班级", rows["class_name"].to_list(), "center", least=11, most=16),
        SheetColumn("复函", rows["answered"].to_list(), "center", least=10, most=18),
        SheetColumn("来源", sources(rows), "long", least=18, most=24),
    ]
    always = {"序号", "姓名", "本次核对", "来源"}
    kept = [column for column in columns if column.heading in always or any(v is not None for v in column.values)]
    return ListPage(
        title="协查函核对",
        subtitle=f"{sheets.banner}　　共 {len(rows)} 件\n"
        "对方来函问到的学生，本次核对知道的情况；“没有查到”不等于不在本县",
        columns=with_school(kept, rows),
        frozen="姓名",
    )


def graduate_page(sheets: TermStartSheets) -> ListPage:
    """Return 待升学核对: last year's top grade, listed so that the next school can be asked, not flagged."""
    rows = by_class(sheets.graduates, "name", "row")
    columns = [
        numbered(len(rows)),
        SheetColumn("原年级", _grades(rows), "center", most=9),
        SheetColumn("原班级", rows["class_name"].to_list(), "center", most=16),
        SheetColumn("姓名", rows["name"].to_list(), least=9, most=18),
        SheetColumn("性别", rows["sex"].to_list(), "center", least=5),
        SheetColumn("身份证件号", rows["id_number"].to_list(), least=20, most=24),
        SheetColumn("学籍号", rows["enrollment_number"].to_list(), least=20, most=24),
        SheetColumn("线索", rows["hint"].to_list(), "long", least=16, most=28),
        SheetColumn("来源", sources(rows), "long", least=24, most=40),
        SheetColumn("升入学校", [None] * len(rows), "answer", least=20),
        SheetColumn("核对人", [None] * len(rows), "answer", least=10),
    ]
    if rows["hint"].null_count() == len(rows):
        columns = [column for column in columns if column.heading != "线索"]
    return ListPage(
        title="待升学核对",
        subtitle=(
            f"{sheets.banner}　　共 {len(rows)} 人\n"
            "上一学年最高年级的学生，请核对是否都已升入上一级学校；列出不等于失学"
        ),
        columns=with_school(columns, rows),
        frozen="姓名",
    )


def promotion_page(sheets: TermStartSheets) -> ListPage:
    """Return 升级核对: pupils whose grade is not the one that follows from last term's register."""
    rows = by_class(sheets.promotions, "name", "row")
    columns = [
        numbered(len(rows)),
        SheetColumn("年级", _grades(rows), "center", most=9),
        SheetColumn("班级", rows["class_name"].to_list(), "center", least=11, most=16),
        SheetColumn("姓名", rows["name"].to_list(), least=9, most=18),
        SheetColumn("性别", rows["sex"].to_list(), "center", least=5),
        SheetColumn("身份证件号", rows["id_number"].to_list(), least=20, most=24),
        SheetColumn("上期年级", _grades(rows, "grade_before"), "center", least=9),
        SheetColumn("上期班级", rows["class_before"].to_list(), "center", least=11, most=16),
        SheetColumn("看上去是", rows["what"].to_list(), "center", least=11),
        SheetColumn("来源", sources(rows), "long", least=18, most=28),
        SheetColumn("上期来源", sources(rows, "other_"), "long", least=18, most=28),
        SheetColumn("核对结果", [None] * len(rows), "answer", least=16),
    ]
    return ListPage(
        title="升级核对",
        subtitle=f"{sheets.banner}　　共 {len(rows)} 人\n"
        "同一学生在两学期名册上的年级接不上，可能是留级、跳级，也可能是年级填错；供核对，不计入发现",
        columns=with_school(columns, rows),
        frozen="姓名",
    )
