"""转学登记: who comes from or goes to another school, and how far that has got (三.2, CONTRACT §3).

Only a finished transfer takes a child off the list of those expected; the rules say so, not this declaration.
"""

from __future__ import annotations

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import enumerations, steps
from dropctl.tables.spec import Column, TableSpec

TRANSFER = TableSpec(
    kind="transfer",
    label="转学登记",
    columns=(
        shared.NAME,
        shared.SEX,
        shared.ID_NUMBER,
        shared.ENROLLMENT_NUMBER,
        shared.BIRTH_DATE,
        Column(
            "stated_grade",
            "年级",
            ("年级", "就读年级", "所在年级", "转入年级", "转出年级"),
            steps.CLASS_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "from_school",
            "转出学校",
            (
                "转出学校",
                "转出校",
                "原就读学校",
                "原学校",
                "原学籍学校",
                "原所在学校",
                "转出学校名称",
                "来源学校",
                "原就读学校名称",
                "迁出学校",
            ),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "to_school",
            "转入学校",
            (
                "转入学校",
                "转入校",
                "拟转入学校",
                "接收学校",
                "转入学校名称",
                "去向学校",
                "转往学校",
                "转至学校",
                "迁入学校",
                "新学校",
            ),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "direction",
            "转学类型",
            ("转学类型", "转学类别", "转入/转出", "转入转出", "转入或转出", "转学方向", "异动类型", "异动类别"),
            enumerations.TRANSFER_DIRECTION,
        ),
        Column(
            "applied_on",
            "申请日期",
            ("申请日期", "申请时间", "转学申请日期", "转学申请时间", "受理日期", "发起日期", "提交日期"),
            steps.DATE,
            pl.Date(),
        ),
        Column(
            "finished_on",
            "办结日期",
            (
                "办结日期",
                "办结时间",
                "完成日期",
                "完成时间",
                "核办完成日期",
                "转入日期",
                "转出日期",
                "转学日期",
                "转入时间",
                "转出时间",
                "转学时间",
                "学籍转接日期",
            ),
            steps.DATE,
            pl.Date(),
        ),
        Column(
            "state",
            "办理状态",
            (
                "办理状态",
                "办理情况",
                "办理结果",
                "办理进度",
                "转学状态",
                "核办状态",
                "审核状态",
                "业务状态",
                "是否办结",
                "状态",
                "当前状态",
            ),
            enumerations.TRANSFER_STATE,
        ),
        shared.GUARDIAN,
        shared.GUARDIAN_PHONE,
        shared.NOTE,
    ),
    required=("name",),
    evidence={
        "from_school": 5,
        "to_school": 5,
        "direction": 5,
        "applied_on": 3,
        "finished_on": 3,
        "state": 2,
    },
    # Two words of a title alone (名册，含转入转出) do not make a roster a list of transfers.
    needed=8,
    title_words={"转学": 3, "转入": 3, "转出": 3, "学籍": -4},
)
