"""审批登记: papers that make an absence lawful: kind, number, approver, from, to (CONTRACT §3)."""

from __future__ import annotations

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.tables.spec import Column, TableSpec

APPROVAL = TableSpec(
    kind="approval",
    label="审批登记",
    columns=(
        *shared.PUPIL,
        Column(
            "ground",
            "审批类别",
            (
                "审批类别",
                "审批类型",
                "申请类别",
                "申请类型",
                "办理类别",
                "办理事项",
                "审批事项",
                "申请事项",
                "事项",
                "业务类型",
                "类别",
                "类型",
            ),
            steps.TEXT,
        ),
        Column(
            "number",
            "审批文号",
            (
                "审批文号",
                "批准文号",
                "审批编号",
                "批准编号",
                "审批号",
                "批准书编号",
                "批复文号",
                "文号",
                "证明编号",
                "编号",
            ),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "approver",
            "审批单位",
            ("审批单位", "批准单位", "审批机关", "批准机关", "审批部门", "批准部门", "审批人", "批准人", "审批"),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "starts",
            "开始日期",
            (
                "开始日期",
                "起始日期",
                "起始时间",
                "开始时间",
                "生效日期",
                "起",
                "自",
                "批准起始日期",
                "休学开始日期",
                "起日期",
            ),
            steps.DATE,
            pl.Date(),
        ),
        Column(
            "ends",
            "结束日期",
            (
                "结束日期",
                "截止日期",
                "终止日期",
                "终止时间",
                "截止时间",
                "结束时间",
                "届满日期",
                "到期日期",
                "止",
                "至",
                "有效期至",
                "批准截止日期",
                "休学结束日期",
                "止日期",
            ),
            steps.DATE,
            pl.Date(),
        ),
        Column(
            "assessment_number",
            "评估编号",
            ("评估编号", "评估文号", "专家委员会评估编号", "评估结论编号"),
            steps.OPTIONAL_TEXT,
        ),
        Column("health_opinion", "卫健部门意见", ("卫健部门意见", "卫健意见", "卫生健康部门意见"), steps.OPTIONAL_TEXT),
        Column("federation_opinion", "残联意见", ("残联意见", "残联部门意见"), steps.OPTIONAL_TEXT),
        shared.NOTE,
    ),
    required=("name",),
    evidence={"number": 2, "approver": 3, "starts": 2, "ends": 2, "ground": 2},
    needed=6,
    title_words={"审批": 3, "休学": 3, "延缓入学": 3, "送教": 2, "请假": 2},
    placed_in_class=True,
)
