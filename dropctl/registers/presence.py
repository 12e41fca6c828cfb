"""返校登记、在校名册: who is really there, usually one list per class and names without ID numbers."""

from __future__ import annotations

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.tables.spec import Column, TableSpec

PRESENCE = TableSpec(
    kind="presence",
    label="返校名单",
    columns=(
        *shared.PUPIL,
        Column(
            "present",
            "是否返校",
            (
                "是否返校",
                "是否到校",
                "返校情况",
                "到校情况",
                "报到情况",
                "是否报到",
                "出勤情况",
                "是否已返校",
                "是否在校",
                "返校",
                "到校",
            ),
            steps.PRESENCE,
        ),
        Column(
            "list_date", "返校日期", ("返校日期", "报到日期", "到校日期", "日期", "登记日期"), steps.DATE, pl.Date()
        ),
        Column(
            "absent_since",
            "未到校日期",
            ("未到校日期", "缺课开始日期", "辍学时间", "辍学年月", "离校时间", "离校日期", "未到校起始日"),
            steps.DATE,
            pl.Date(),
            asks_if_twice=False,
        ),
        Column(
            "absence_reason",
            "未返校原因",
            ("未返校原因", "未到校原因", "缺勤原因", "缺课原因", "未报到原因", "辍学原因", "原因"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        shared.NOTE,
    ),
    required=("name",),
    evidence={"present": 6, "list_date": 2, "absence_reason": 2},
    needed=4,
    title_words={
        "返校": 5,
        "报到": 5,
        "到校": 4,
        "在校学生": 4,
        "在校生": 4,
        "实到": 4,
        "到班": 4,
        "实际在校": 5,
    },
    placed_in_class=True,
)
