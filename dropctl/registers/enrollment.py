"""学籍名册: the enrollment register as the national system exports it and schools cut it (reference §4.1).

`previous` is the same paper from an earlier term; nothing but its date tells the two apart.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.tables.spec import Column, TableSpec

STATUS = Column(
    "status",
    "学生状态",
    ("学生状态", "学籍状态", "就读状态", "当前状态", "在校状态", "状态", "异动情况"),
    steps.STATUS,
)
DISABILITY_MARK = Column(
    "disability_mark", "残疾类型", ("残疾类型", "残疾人类型", "残疾类别", "残疾种类", "残疾情况"), steps.TEXT
)
DISABLED = Column("is_disabled", "是否残疾", ("是否残疾", "是否残疾生", "是否残疾学生", "残疾学生"), steps.YES_NO)
INCLUSIVE = Column("inclusive_placement", "随班就读", ("随班就读", "是否随班就读"), steps.TEXT)
POVERTY_MARK = Column(
    "poverty_mark",
    "脱贫监测标注",
    (
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
    steps.YES_NO,
)

# Apart from the first guardian's, so that a wrong number of the one does not hide the right one of the other.
_OF_SECOND = ("成员2联系电话", "母亲电话", "家庭成员2联系电话", "监护人2电话", "监护人2联系电话", "联系电话二")
FIRST_PHONE = replace(
    shared.GUARDIAN_PHONE, headings=tuple(text for text in shared.GUARDIAN_PHONE.headings if text not in _OF_SECOND)
)
SECOND_PHONE = Column(
    "phone_2",
    "另一监护人电话",
    _OF_SECOND,
    steps.PHONES,
    parts=(("phone_2_raw", pl.String()), ("phone_2", pl.String())),
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
        shared.BIRTH_DATE,
        shared.SCHOOL,
        Column(
            "school_code",
            "学校标识码",
            shared.SCHOOL_CODES,
            steps.TEXT,
        ),
        shared.GRADE,
        shared.CLASS,
        shared.GRADE_AND_CLASS,
        Column("entry", "入学年月", ("入学年月", "入学日期", "入学时间", "入校时间", "入学年份", "rxny"), steps.TEXT),
        STATUS,
        Column(
            "boarding",
            "就读方式",
            ("就读方式", "是否寄宿", "是否住校", "寄宿/走读", "走读/住校", "是否住宿生"),
            steps.TEXT,
        ),
        Column(
            "household_registration",
            "户籍地",
            shared.HOUSEHOLD_ADDRESSES,
            steps.OPTIONAL_TEXT,
        ),
        shared.ADDRESS,
        shared.GUARDIAN,
        FIRST_PHONE,
        SECOND_PHONE,
        Column(
            "left_behind",
            "是否留守儿童",
            ("是否留守儿童", "留守儿童", "是否农村留守儿童", "留守情况", "是否留守"),
            steps.TEXT,
        ),
        Column(
            "migrant",
            "是否随迁子女",
            ("是否进城务工人员随迁子女", "是否随迁子女", "进城务工随迁子女", "是否进城务工人员子女", "随迁子女"),
            steps.YES_NO,
        ),
        DISABILITY_MARK,
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
        "class_name", "grade_and_class", "status", "guardian", "phone",
    }
)  # fmt: skip
PREVIOUS = replace(
    ENROLLMENT,
    kind="previous",
    label="上期学籍名册",
    needed=1_000,
    columns=tuple(column for column in ENROLLMENT.columns if column.key in _KNOWN_OF_LAST_TERM),
)
