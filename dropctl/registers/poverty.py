"""脱贫户、监测对象成员: the county's poverty-household list, with every member of the household (reference §4.2)."""

from __future__ import annotations

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.tables.spec import Column, TableSpec

POVERTY = TableSpec(
    kind="poverty",
    label="脱贫监测名单",
    columns=(
        shared.NAME,
        shared.SEX,
        shared.ID_TYPE,
        shared.ID_NUMBER,
        shared.BIRTH_DATE,
        shared.TOWN,
        shared.VILLAGE,
        Column(
            "household_number", "户编号", ("户编号", "户号", "家庭编号", "贫困户编号"), steps.TEXT, asks_if_twice=False
        ),
        Column("person_number", "人编号", ("人编号", "人口编号", "成员编号"), steps.TEXT, asks_if_twice=False),
        Column("household_head", "户主姓名", ("户主姓名", "户主"), steps.OPTIONAL_TEXT, asks_if_twice=False),
        Column("relation", "与户主关系", ("与户主关系", "户主关系", "家庭关系"), steps.TEXT, asks_if_twice=False),
        Column("household_type", "户类型", ("户类型", "户属性", "贫困户属性", "脱贫属性"), steps.TEXT),
        Column(
            "monitor_type",
            "监测对象类别",
            ("监测对象类别", "监测对象类型", "易返贫致贫户(监测对象)类型", "监测户类型", "监测类别"),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "risk_cleared",
            "风险是否消除",
            ("风险是否消除", "风险是否已消除", "是否消除风险", "风险消除情况"),
            steps.YES_NO,
        ),
        Column(
            "school_state",
            "在校生状况",
            ("在校生状况", "在校生情况", "是否在校生", "就学情况", "在校状况"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        Column(
            "no_school_reason",
            "未上学原因",
            (
                "义务教育阶段未上学原因",
                "失学或辍学原因",
                "失学辍学原因",
                "未上学原因",
                "不在校原因",
                "未入学原因",
            ),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column("education", "文化程度", ("文化程度", "受教育程度", "学历"), steps.TEXT, asks_if_twice=False),
        Column(
            "away_place",
            "外出地",
            ("镇内/镇外", "县内/县外", "省内/省外", "外出地", "去向", "流入地"),
            steps.OPTIONAL_TEXT,
            fills_blanks=True,
        ),
        Column(
            "other_school",
            "就读学校",
            ("就读学校", "学校名称", "学校", "所在学校", "现就读学校"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        shared.NOTE,
    ),
    required=("name",),
    evidence={
        "household_type": 3,
        "monitor_type": 3,
        "risk_cleared": 2,
        "household_number": 1,
        "relation": 2,
        "household_head": 1,
        "person_number": 2,
        "no_school_reason": 2,
        "school_state": 1,
    },
    needed=4,
    title_words={"脱贫": 4, "监测": 3, "防返贫": 4, "贫困": 3, "建档立卡": 4, "低收入": 2},
)
