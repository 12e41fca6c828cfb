"""学籍名册: the enrollment register as the national system exports it and schools cut it (reference §4.1).

`previous` is the same paper from an earlier term; nothing but its date tells the two apart.
"""

from __future__ import annotations

from dataclasses import replace

from dropctl.registers import columns as shared
from dropctl.registers import enumerations, steps
from dropctl.registers.disability import CERTIFICATES
from dropctl.tables.spec import Column, TableSpec

STATUS = Column(
    "status",
    "学生状态",
    ("学生状态", "学籍状态", "就读状态", "当前状态", "在校状态", "状态", "异动情况"),
    steps.STATUS,
)
DISABILITY_MARK = Column(
    "disability_mark",
    "残疾类型",
    ("残疾类型", "残疾人类型", "残疾类别", "残疾人类别", "残疾种类", "残疾情况"),
    enumerations.DISABILITY_TYPE,
)
DISABLED = Column("is_disabled", "是否残疾", ("是否残疾", "是否残疾生", "是否残疾学生", "残疾学生"), steps.YES_NO)
INCLUSIVE = Column("inclusive_placement", "随班就读", ("随班就读", "是否随班就读"), enumerations.INCLUSIVE_PLACEMENT)
POVERTY_MARK = Column(
    "poverty_mark",
    "脱贫监测标注",
    (
        "脱贫监测标注",
        "是否脱贫户",
        "是否建档立卡",
        "是否建档立卡贫困户",
        "是否贫困户",
        "贫困类型",
        "家庭经济困难类型",
        "困难类型",
        "是否脱贫家庭学生",
        "是否脱贫户学生",
        "是否脱贫户监测户",
        "是否脱贫或监测户",
        "脱贫监测类型",
        "脱贫户监测户",
    ),
    steps.YES_NO_OR_KIND,
)

ENROLLMENT = TableSpec(
    kind="enrollment",
    label="学籍名册",
    columns=(
        shared.NAME,
        shared.FORMER_NAME,
        shared.SEX,
        shared.ID_TYPE,
        shared.ID_NUMBER,
        shared.ENROLLMENT_NUMBER,
        Column(
            "auxiliary_number",
            "学籍辅号",
            ("学籍辅号", "省学籍辅号", "省学籍号", "地方学籍号", "副号"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "class_number",
            "班内学号",
            ("班内学号", "学号", "座号", "校内学号"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        shared.BIRTH_DATE,
        shared.ETHNIC_GROUP,
        shared.SCHOOL,
        Column(
            "school_code",
            "学校标识码",
            shared.SCHOOL_CODES,
            steps.TEXT,
        ),
        Column("stage", "学段", ("学段", "办学阶段", "教育阶段", "学生类别"), steps.TEXT, asks_if_twice=False),
        shared.GRADE,
        shared.CLASS,
        shared.GRADE_AND_CLASS,
        Column(
            "entry",
            "入学年月",
            ("入学年月", "入学日期", "入学时间", "入校时间", "入学年份", "rxny"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        STATUS,
        Column(
            "boarding",
            "就读方式",
            ("就读方式", "寄宿/走读", "走读/住校", "住宿方式"),
            enumerations.BOARDING_MODE,
            asks_if_twice=False,
        ),
        # Apart from the one above: there 1 is 走读, here 1 is yes.
        Column(
            "boards",
            "是否住校",
            ("是否住校", "是否寄宿", "是否住宿生", "是否寄宿生", "是否住宿"),
            steps.YES_NO,
            asks_if_twice=False,
        ),
        Column(
            "registration_kind",
            "户口性质",
            ("户口性质", "户籍性质", "户口类型", "户口类别"),
            enumerations.REGISTRATION_KIND,
            asks_if_twice=False,
        ),
        Column(
            "household_registration",
            "户籍地",
            shared.HOUSEHOLD_ADDRESSES,
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        shared.ADDRESS,
        shared.GUARDIAN,
        *shared.GUARDIANS,
        shared.GUARDIAN_PHONE,
        Column(
            "left_behind",
            "是否留守儿童",
            ("是否留守儿童", "留守儿童", "是否农村留守儿童", "留守情况", "是否留守"),
            enumerations.LEFT_BEHIND_KIND,
            asks_if_twice=False,
        ),
        Column(
            "migrant",
            "是否随迁子女",
            (
                "是否进城务工人员随迁子女",
                "是否随迁子女",
                "进城务工随迁子女",
                "是否进城务工人员子女",
                "随迁子女",
                "是否流动人口",
            ),
            steps.YES_NO,
            asks_if_twice=False,
        ),
        Column("orphan", "是否孤儿", ("是否孤儿", "孤儿"), steps.YES_NO_OR_KIND, asks_if_twice=False),
        Column(
            "martyr_family",
            "是否烈士或优抚子女",
            ("是否烈士或优抚子女", "烈士或优抚子女"),
            steps.YES_NO,
            asks_if_twice=False,
        ),
        Column("health", "健康状况", ("健康状况", "身体状况"), enumerations.HEALTH_STATE, asks_if_twice=False),
        DISABILITY_MARK,
        Column(
            "disability_grade",
            "残疾等级",
            ("残疾等级", "残疾级别", "残疾程度"),
            enumerations.DISABILITY_GRADE,
            asks_if_twice=False,
        ),
        # Text only: an ID number inside it is the disability register's to vouch for.
        Column("disability_certificate", "残疾人证号", CERTIFICATES, steps.OPTIONAL_TEXT, asks_if_twice=False),
        DISABLED,
        INCLUSIVE,
        POVERTY_MARK,
        shared.NOTE,
    ),
    required=("name",),
    evidence={
        "enrollment_number": 3,
        "status": 2,
        "school_code": 2,
        "entry": 1,
        "boarding": 1,
        "boards": 1,
        "left_behind": 1,
        "migrant": 1,
        "id_number": 1,
        "class_name": 1,
        "grade": 1,
        "school": 1,
        "inclusive_placement": 1,
        "household_registration": 1,
    },
    needed=4,
    title_words={"学籍": 2, "花名册": 2, "学生名册": 2},
    placed_in_class=True,
)

# Never recognised from headings: a sheet of the enrollment kind becomes `previous` by its date or by `--as`.
_KNOWN_OF_LAST_TERM = frozenset(
    {
        "name", "former_name", "sex", "id_number", "enrollment_number", "birth_date", "school", "grade",
        "class_name", "grade_and_class", "status", "stage", "guardian", "phone",
    }
)  # fmt: skip
PREVIOUS = replace(
    ENROLLMENT,
    kind="previous",
    label="上期学籍名册",
    needed=1_000,
    columns=tuple(column for column in ENROLLMENT.columns if column.key in _KNOWN_OF_LAST_TERM),
)
