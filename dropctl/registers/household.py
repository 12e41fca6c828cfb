"""户籍适龄儿童名单: the children the police or the villages have on their books, by household (reference §3.4, §4.5).

It names who should be at some school; where a child really is, other registers say.
"""

from __future__ import annotations

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.tables.spec import Column, TableSpec

HOUSEHOLD = TableSpec(
    kind="household",
    label="户籍适龄儿童名单",
    columns=(
        shared.NAME,
        shared.FORMER_NAME,
        shared.SEX,
        shared.ID_TYPE,
        shared.ID_NUMBER,
        shared.BIRTH_DATE,
        shared.TOWN,
        shared.VILLAGE,
        Column(
            "household_number",
            "户号",
            ("户号", "户编号", "家庭编号", "户口编号", "户籍编号"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        Column("household_head", "户主姓名", ("户主姓名", "户主"), steps.OPTIONAL_TEXT, asks_if_twice=False),
        Column("relation", "与户主关系", ("与户主关系", "户主关系", "家庭关系"), steps.TEXT, asks_if_twice=False),
        Column(
            "household_registration", "户籍地址", shared.HOUSEHOLD_ADDRESSES, steps.OPTIONAL_TEXT, asks_if_twice=False
        ),
        Column(
            "police_station",
            "所属派出所",
            ("所属派出所", "派出所", "户籍派出所", "管辖派出所", "辖区派出所"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        Column(
            "household_change",
            "变动情况",
            ("变动情况", "户籍变动", "户籍变动情况", "人口变动", "人户状态", "户籍状态", "迁移情况"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "study_state",
            "就读状态",
            ("就读状态", "就读情况", "就学情况", "就学状态", "入学情况", "是否在读", "是否就学", "是否入学"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "other_school",
            "就读学校",
            ("就读学校", "现就读学校", "所在学校", "学校名称", "学校"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "stated_grade", "年级", ("年级", "就读年级", "所在年级", "现年级"), steps.CLASS_TEXT, asks_if_twice=False
        ),
        Column(
            "study_place",
            "就读地",
            ("就读地", "就读地点", "就学地", "外出地", "流入地", "去向"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        shared.GUARDIAN,
        shared.GUARDIAN_PHONE,
        shared.ADDRESS,
        shared.NOTE,
    ),
    required=("name",),
    evidence={
        "police_station": 4,
        "household_change": 3,
        "household_registration": 2,
        "study_place": 2,
        "study_state": 1,
        "household_number": 1,
        "household_head": 1,
        "relation": 1,
        "other_school": 1,
    },
    needed=6,
    # A county's list of disabled or poor children of school age is not the list of all of them.
    title_words={"适龄": 4, "户籍": 4, "常住人口": 3, "残疾": -8, "脱贫": -8, "监测": -8, "学籍": -4, "返校": -8},
)
