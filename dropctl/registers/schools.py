"""学校名单: full names, codes and the short names people use for the same school (reference §5.1, problem 21)."""

from __future__ import annotations

from dataclasses import replace

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.tables.spec import Column, TableSpec

SCHOOLS = TableSpec(
    kind="schools",
    label="学校名单",
    columns=(
        # Declared because a list of people is never a list of schools, though it may hold names and codes.
        replace(shared.NAME, names_somebody=False),
        Column(
            "school_name",
            "学校名称",
            ("学校名称", "学校全称", "学校名", "单位名称", "机构名称", "学校"),
            steps.OPTIONAL_TEXT,
            names_somebody=True,
        ),
        Column("code", "学校标识码", shared.SCHOOL_CODES, steps.SCHOOL_CODE, names_somebody=True),
        Column(
            "short_names",
            "简称",
            ("简称", "学校简称", "常用简称", "俗称", "曾用名", "曾用校名", "别名", "其他名称"),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "stage",
            "办学类型",
            ("办学类型", "学校类型", "学段", "办学阶段", "学校类别", "办学层次"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        shared.TOWN,
        Column("address", "学校地址", ("学校地址", "地址", "办学地址"), steps.OPTIONAL_TEXT, asks_if_twice=False),
        Column(
            "principal", "校长", ("校长", "校长姓名", "负责人", "学校负责人"), steps.OPTIONAL_TEXT, asks_if_twice=False
        ),
        Column("phone", "联系电话", ("联系电话", "学校电话", "办公电话", "电话"), steps.OPTIONAL_TEXT),
        shared.NOTE,
    ),
    required=("school_name",),
    evidence={"school_name": 1, "code": 3, "short_names": 3, "stage": 1, "principal": 1, "name": -20},
    needed=4,
    title_words={"学校名单": 3, "学校名录": 3, "学校一览": 3, "学校代码": 3, "学校简称": 3, "学校基本": 2},
)
