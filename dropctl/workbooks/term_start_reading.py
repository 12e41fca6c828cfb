"""读入情况 and 问题单元格: what was read from where, and each cell a person should look at."""

from __future__ import annotations

from typing import Protocol

import polars as pl

from dropctl.registers import BY_KIND
from dropctl.vocabulary import register_label
from dropctl.workbooks.list_sheet import ListPage, SheetColumn, numbered
from dropctl.workbooks.term_start_sheets import Readings

SEVERITIES = {"error": "错误（内容丢失）", "warning": "警告（请核对）", "note": "提示"}
_LOOKS = {"error": "missing", "warning": "doubtful"}


def reading_page(sheets: Readings) -> ListPage:
    """Return one line per sheet read: rows read = kept + set aside + blank, and a sum line."""
    inputs = sheets.inputs
    counts = {
        "读到行数": [entry.rows_read for entry in inputs],
        "保留": [entry.rows_kept for entry in inputs],
        "搁置": [entry.rows_set_aside for entry in inputs],
        "空行": [entry.rows_blank for entry in inputs],
    }
    balanced = [entry.rows_read == entry.rows_kept + entry.rows_set_aside + entry.rows_blank for entry in inputs]
    return ListPage(
        title="读入情况",
        subtitle=(
            f"{sheets.banner}　　共 {len(inputs)} 张表\n"
            "读到行数 = 保留 + 搁置 + 空行；“搁置”是没有写任何学生的行（标题、表头、合计、说明），没有丢弃任何学生"
        ),
        columns=[
            numbered(len(inputs)),
            SheetColumn("文件", [entry.file for entry in inputs], "long", least=24, most=44),
            SheetColumn("工作表", [entry.sheet for entry in inputs], "long", least=12, most=24),
            SheetColumn(
                "识别为",
                [entry.taken_as for entry in inputs],
                "center",
                least=14,
                marks={
                    row: "doubtful"
                    for row, entry in enumerate(inputs)
                    if entry.register is None and not entry.is_no_list
                },
            ),
            SheetColumn("名单日期", [entry.list_date for entry in inputs], "date"),
            *(SheetColumn(heading, values, "number", least=9) for heading, values in counts.items()),
            SheetColumn(
                "是否相符",
                ["相符" if fits else "不符" for fits in balanced],
                "center",
                least=9,
                marks={row: "missing" for row, fits in enumerate(balanced) if not fits},
            ),
            SheetColumn("备注", [entry.note for entry in inputs], "long", least=24, most=44),
        ],
        frozen="工作表",
        empty_line="没有读入任何工作表",
        totals={heading: sum(values) for heading, values in counts.items()},
    )


def _labels() -> dict[tuple[str, str], str]:
    return {(kind, column.key): column.label for kind, spec in BY_KIND.items() for column in spec.columns}


class HasIssues(Protocol):
    """What a page of issues is made from: the line under its title, and the issues of `ISSUE_SCHEMA`."""

    @property
    def banner(self) -> str:
        """The line under the title."""

    @property
    def issues(self) -> pl.DataFrame:
        """The issues, in the order of the page."""


def issue_page(sheets: HasIssues) -> ListPage:
    """Return one line per issue with its place, its severity in Chinese and what to do."""
    rows = sheets.issues
    labels = _labels()
    kinds, keys = rows["register"].to_list(), rows["column"].to_list()
    severities = rows["severity"].to_list()
    cells = [
        cell or (None if row is None else f"第{row}行")
        for cell, row in zip(rows["cell"].to_list(), rows["row"].to_list(), strict=True)
    ]
    counted = "，".join(
        f"{word} {severities.count(severity)}" for severity, word in SEVERITIES.items() if severity in severities
    )
    return ListPage(
        title="问题单元格",
        subtitle=(
            f"{sheets.banner}　　共 {len(rows)} 处{f'（{counted}）' if counted else ''}\n"
            "有问题的单元格只影响这一格，所在的行照样参加核对"
        ),
        columns=[
            numbered(len(rows)),
            SheetColumn("文件", rows["file"].to_list(), "long", least=20, most=34),
            SheetColumn("工作表", rows["sheet"].to_list(), "long", least=10, most=20),
            SheetColumn("单元格", cells, "center", least=8, most=12),
            SheetColumn("名单", [None if kind is None else register_label(kind) for kind in kinds], "center", most=14),
            SheetColumn(
                "栏目",
                [
                    None if key is None else labels.get((kind or "", key), key)
                    for kind, key in zip(kinds, keys, strict=True)
                ],
                "center",
                least=10,
                most=14,
            ),
            SheetColumn(
                "严重程度",
                [SEVERITIES.get(severity, severity) for severity in severities],
                "center",
                least=17,
                marks={row: _LOOKS[severity] for row, severity in enumerate(severities) if severity in _LOOKS},
            ),
            SheetColumn("原值", rows["raw"].to_list(), "long", least=12, most=28),
            SheetColumn("说明", rows["message"].to_list(), "long", least=30, most=56),
        ],
        frozen="单元格",
        empty_line="没有发现问题单元格",
    )
