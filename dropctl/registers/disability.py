"""残疾人名单: the disability list; it may bring only names and certificate numbers (reference §4.3)."""

from __future__ import annotations

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import enumerations, steps
from dropctl.tables.spec import Column, TableSpec

CERTIFICATES = (
    "残疾人证号", "残疾证号", "残疾证号码", "残疾人证号码", "残疾证编号", "残疾生证号", "持证证号", "残疾人证",
)  # fmt: skip

DISABILITY = TableSpec(
    kind="disability",
    label="残疾人名单",
    columns=(
        shared.NAME,
        shared.SEX,
        shared.ID_NUMBER,
        Column(
            "certificate",
            "残疾人证号",
            CERTIFICATES,
            steps.CERTIFICATE,
            names_somebody=True,
            parts=(
                ("certificate", pl.String()),
                ("certificate_id", pl.String()),
                ("certificate_category", pl.Int64()),
                ("certificate_grade", pl.Int64()),
            ),
        ),
        shared.BIRTH_DATE,
        shared.TOWN,
        shared.VILLAGE,
        Column(
            "disability_type",
            "残疾类别",
            ("残疾类别", "残疾类型", "残疾人类别", "残疾人类型", "残疾种类", "残疾情况", "类别"),
            enumerations.DISABILITY_TYPE,
        ),
        Column(
            "disability_grade",
            "残疾等级",
            ("残疾等级", "残疾级别", "残疾程度", "等级"),
            enumerations.DISABILITY_GRADE,
            asks_if_twice=False,
        ),
        Column("guardian", "监护人", ("监护人姓名", "监护人"), steps.OPTIONAL_TEXT),
        Column("certificate_state", "证件状态", ("证件状态", "证状态"), steps.TEXT, asks_if_twice=False),
        Column("education", "受教育程度", ("受教育程度", "文化程度"), steps.TEXT, asks_if_twice=False),
        Column(
            "school_state",
            "是否就学",
            ("是否就学", "就学情况", "在校生状况", "在校状况"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        Column(
            "no_school_reason",
            "未入学原因",
            ("未入学原因", "未上学原因", "不在校原因"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "other_school",
            "就读学校",
            ("就读学校", "学校名称", "学校", "所在学校"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        shared.NOTE,
    ),
    required=("name",),
    evidence={"certificate": 4, "disability_grade": 3, "disability_type": 2, "certificate_state": 2},
    needed=4,
    title_words={"残疾": 3, "残联": 3},
)
