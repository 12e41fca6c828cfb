"""学区划分: which school a village's children go to, by stage (reference §6.3).

One row per village and stage (村 · 学段 · 学校), or one row per village with a column for each stage.
"""

from __future__ import annotations

from dataclasses import replace

from dropctl.registers import columns as shared
from dropctl.registers import enumerations, steps
from dropctl.tables.spec import Column, TableSpec

DISTRICTS = TableSpec(
    kind="districts",
    label="学区划分",
    columns=(
        # No child has a row here; the column is declared because a list of people is never a list of villages.
        replace(shared.NAME, names_somebody=False),
        shared.TOWN,
        replace(
            shared.VILLAGE,
            headings=(*shared.VILLAGE.headings, "村(居)名称", "村(社区)名称", "社区", "小区"),
            names_somebody=True,
        ),
        Column("stage", "学段", ("学段", "办学阶段", "教育阶段", "学校类别"), enumerations.STAGE),
        Column(
            "school_name",
            "对口学校",
            (
                "对口学校", "服务学校", "学区学校", "划片学校", "招生学校", "所属学校", "就读学校", "学校名称", "学校",
                "户籍所在地学校",
            ),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "primary_school",
            "对口小学",
            ("对口小学", "小学学区", "小学对口学校", "划片小学", "所属小学", "小学学校", "小学"),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "junior_school",
            "对口初中",
            ("对口初中", "初中学区", "初中对口学校", "划片初中", "所属初中", "初中学校", "初中"),
            steps.OPTIONAL_TEXT,
        ),
        shared.NOTE,
    ),
    required=("village",),
    evidence={
        "village": 1, "stage": 1, "school_name": 2, "primary_school": 1, "junior_school": 1, "name": -20,
    },
    needed=4,
    title_words={"学区": 3, "划片": 3, "招生范围": 3, "服务范围": 3, "对口": 2},
)  # fmt: skip
