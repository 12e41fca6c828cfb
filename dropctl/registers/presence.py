"""返校登记、在校名册: who is really there, usually one list per class and names without ID numbers."""

from __future__ import annotations

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.registers.absence import DERIVED
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
                "报到",
                "已返校",
                "已到校",
                "已报到",
                "已到",
                "返校与否",
                "到校与否",
                "报到与否",
                "是否到班",
            ),
            steps.PRESENCE,
        ),
        # The opposite question; whether both stand side by side is for the reading to weigh.
        Column(
            "not_there",
            "是否未返校",
            (
                "是否未返校",
                "未返校",
                "是否未到校",
                "未到校",
                "是否未报到",
                "未报到",
                "是否未到",
                "未到",
                "未返",
                "是否缺席",
                "缺席",
            ),
            steps.NOT_THERE,
        ),
        Column(
            "list_date", "返校日期", ("返校日期", "报到日期", "到校日期", "日期", "登记日期"), steps.DATE, pl.Date()
        ),
        Column("came_at", "报到时间", ("报到时间", "返校时间", "到校时间"), steps.TEXT, asks_if_twice=False),
        # What only those leave who came: a signature, a registration, a temperature.
        Column(
            "came_trace",
            "报到签字",
            (
                "报到签字",
                "报到签名",
                "报到签到",
                "到校签到",
                "到校签字",
                "返校签到",
                "返校签字",
                "学生签到",
                "签到",
                "签到情况",
                "注册",
                "是否注册",
                "注册情况",
                "报到注册",
                "报名",
                "是否报名",
                "体温",
                "到校体温",
                "返校体温",
            ),
            steps.TEXT,
            asks_if_twice=False,
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
        Column(
            "whereabouts",
            "去向",
            ("去向", "学生去向", "现去向", "目前去向", "去向说明", "未返校去向", "未到校去向"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        Column(
            "said_status",
            "学生状态",
            ("学生状态", "在校状态", "就读状态", "学籍状态", "目前状态"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        shared.NOTE,
        # None: the whole class, named one by one; else see vocabulary (ABSENTEES …).
        Column("list_scope", "名单范围（由程序得出）", (), DERIVED),
    ),
    required=("name",),
    evidence={"present": 6, "not_there": 2, "list_date": 2, "absence_reason": 2},
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
        "未到学生": 4,
        "未到人员": 4,
        "未到名单": 4,
    },
    placed_in_class=True,
)
