"""The lists of 核对结果.xlsx about children: one per kind of finding, over-age children, classes, roster."""

from __future__ import annotations

import polars as pl

from dropctl.findings import CERTAINTIES, TRIAGES, FindingKind
from dropctl.vocabulary import grade_label
from dropctl.workbooks.list_sheet import ListPage, SheetColumn, numbered
from dropctl.workbooks.term_start_sheets import Banner, TermStartSheets, by_class, sources, with_school

_STATES = {"已返校": "present", "未返校": "missing", "有手续": "grounds", "未报": "unknown", "不在应到范围": "outside"}
_LEGEND = (
    ("present", "已返校"),
    ("missing", "未返校"),
    ("grounds", "有手续"),
    ("unknown", "未报"),
    ("outside", "不在应到范围"),
    ("marked", "已标注"),
    ("doubtful", "标注待确认"),
)
_MARK_STYLES = {"名单确认": "marked", "仅名册标注": "doubtful", "待确认": "doubtful"}


def grades(frame: pl.DataFrame, name: str = "grade") -> list[str | None]:
    """Return the grade labels (七年级) of a column of grade numbers."""
    return [grade_label(grade) or None for grade in frame[name].to_list()]


def finding_page(sheets: Banner, kind: FindingKind, rows: pl.DataFrame) -> ListPage:
    """Return the list of the findings `rows`: who, how certain, why, what next, by when, and where it stands.

    Columns that no row of this kind fills (a class has no birth date) are left out, except class, reason and source.
    """
    rows = by_class(rows, "name", "id_number", "file", "row")
    certainty = rows["certainty"].to_list()
    counted = "，".join(f"{word} {certainty.count(level)}" for level, word in CERTAINTIES.items() if level in certainty)
    columns = [
        numbered(len(rows)),
        SheetColumn("年级", grades(rows), "center", most=9),
        SheetColumn("班级", rows["class_name"].to_list(), "center", most=16),
        SheetColumn("姓名", rows["name"].to_list(), least=9, most=18),
        SheetColumn("性别", rows["sex"].to_list(), "center", least=5),
        SheetColumn("出生日期", rows["birth_date"].to_list(), "date"),
        SheetColumn("身份证件号", rows["id_number"].to_list(), most=24),
        SheetColumn("学籍号", rows["enrollment_number"].to_list(), most=24),
        SheetColumn(
            "确定程度",
            [CERTAINTIES[level] for level in certainty],
            "center",
            most=9,
            marks={row: "doubtful" for row, level in enumerate(certainty) if level != "certain"},
        ),
        SheetColumn("说明", rows["reason"].to_list(), "long", least=30, most=38),
        SheetColumn("下一步", rows["next_step"].to_list(), "long", least=20, most=27),
        SheetColumn("分类", [_triage(value) for value in rows["triage"].to_list()], "center", most=9),
        SheetColumn("期限", rows["due_date"].to_list(), "date"),
        SheetColumn("依据条款", rows["clause"].to_list(), "center", least=6),
        SheetColumn("来源", sources(rows), "long", least=18, most=21),
        SheetColumn("另一来源", sources(rows, "other_"), "long", least=18, most=21),
        SheetColumn("发现编号", rows["finding_id"].to_list(), least=13.5, most=13.5),
    ]
    columns = with_school(columns, rows)
    always = {"序号", "说明", "下一步", "来源"}
    if not any(rows["name"].to_list()):
        always.add("班级")  # a finding about a class
    kept = [column for column in columns if column.heading in always or any(v is not None for v in column.values)]
    return ListPage(
        title=kind.label,
        subtitle=f"{sheets.banner}　　共 {len(rows)} 条（{counted}）\n{kind.meaning}",
        columns=kept,
        frozen="姓名" if any(column.heading == "姓名" for column in kept) else "班级",
    )


def _triage(value: str) -> str | None:
    return None if value == "none" else TRIAGES[value]


def class_page(sheets: TermStartSheets) -> ListPage:
    """Return the return check class by class."""
    rows = by_class(sheets.classes)
    reported = rows["reported"].to_list()
    counts = {
        "在籍": "enrolled",
        "应到": "expected",
        "已返校": "returned",
        "未返校": "not_returned",
        "有手续未到校": "lawfully_absent",
        "到校情况未报": "unknown",
        "在校无学籍": "unregistered",
    }
    missing = rows["not_returned"].to_list()
    numbers = [
        SheetColumn(
            heading,
            rows[name].to_list(),
            "number",
            least=8,
            marks={row: "total_number" for row, count in enumerate(missing) if count} if heading == "未返校" else {},
        )
        for heading, name in counts.items()
    ]
    return ListPage(
        title="各班到校情况",
        subtitle=f"{sheets.banner}　　共 {len(rows)} 个班，{sum(reported)} 个班已交返校名单",
        columns=with_school(
            [
                numbered(len(rows)),
                SheetColumn("年级", grades(rows), "center", least=9),
                SheetColumn("班级", rows["class_name"].to_list(), "center", least=13, most=20),
                SheetColumn(
                    "返校名单",
                    ["已交" if done else "未交" for done in reported],
                    "center",
                    least=9,
                    marks={row: "unknown" for row, done in enumerate(reported) if not done},
                ),
                SheetColumn("名单日期", rows["list_date"].to_list(), "date"),
                *numbers,
            ],
            rows,
        ),
        frozen="班级",
        totals={heading: int(rows[name].sum()) for heading, name in counts.items()},
    )


def roster_page(sheets: TermStartSheets) -> ListPage:
    """Return 标注名册: every enrolled pupil with marks, return state and findings; each shade goes with a word."""
    rows = sheets.roster
    states = rows["return_state"].to_list()
    found = {row: _STATES[state] for row, state in enumerate(states) if state in _STATES and state != "已返校"}
    # The name carries the shade too, because it stays in sight; bold alone would say nothing about the ordinary ones.
    named = {row: "missing_name" for row, state in enumerate(states) if state == "未返校"}
    return ListPage(
        title="标注名册",
        subtitle=f"{sheets.banner}　　共 {len(rows)} 人",
        columns=with_school(
            [
                numbered(len(rows)),
                SheetColumn("年级", grades(rows), "center", most=9),
                SheetColumn("班级", rows["class_name"].to_list(), "center", least=11, most=16),
                SheetColumn("姓名", rows["name"].to_list(), least=9, most=18, marks=named),
                SheetColumn("性别", rows["sex"].to_list(), "center", least=5),
                SheetColumn("出生日期", rows["birth_date"].to_list(), "date"),
                SheetColumn("身份证件号", rows["id_number"].to_list(), most=24),
                SheetColumn("学籍号", rows["enrollment_number"].to_list(), most=24),
                SheetColumn("学籍状态", rows["status"].to_list(), "center", least=9, most=12),
                SheetColumn("监护人", rows["guardian"].to_list(), least=9, most=16),
                SheetColumn("联系电话", rows["phone"].to_list(), least=13, most=16),
                SheetColumn("返校情况", states, "center", least=13, marks=found),
                *_mark_columns(rows, "poverty", "脱贫监测标注", "脱贫标注来源"),
                *_mark_columns(rows, "disability", "残疾标注", "残疾标注来源"),
                SheetColumn("核对发现", rows["findings"].to_list(), "long", least=12, most=24),
                SheetColumn("来源", sources(rows), "long", least=20, most=54),
            ],
            rows,
        ),
        frozen="姓名",
        legend=_LEGEND,
    )


def _mark_columns(rows: pl.DataFrame, mark: str, heading: str, source_heading: str) -> tuple[SheetColumn, SheetColumn]:
    origin = rows[f"{mark}_source"].to_list()
    looks = {row: _MARK_STYLES[word] for row, word in enumerate(origin) if word in _MARK_STYLES}
    return (
        SheetColumn(heading, rows[f"{mark}_mark"].to_list(), "center", least=11, most=16, marks=looks),
        SheetColumn(source_heading, origin, "center", least=11, most=12),
    )
