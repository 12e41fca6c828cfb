"""Columns that several registers share: one place for each spelling schools use (reference §4.6)."""

from __future__ import annotations

import polars as pl

from dropctl.registers import enumerations, steps
from dropctl.tables.spec import Column

NAME = Column(
    "name",
    "姓名",
    (
        "姓名",
        "学生姓名",
        "学生",
        "名字",
        "学生名字",
        "儿童姓名",
        "成员姓名",
        "家庭成员姓名",
        "人员姓名",
        "残疾人姓名",
        "持证人姓名",
        "被送教学生姓名",
        "xm",
    ),
    steps.NAME,
    names_somebody=True,
)
FORMER_NAME = Column("former_name", "曾用名", ("曾用名", "曾用姓名"), steps.NAME)
SEX = Column("sex", "性别", ("性别", "学生性别", "男女", "xb"), steps.SEX)
ID_TYPE = Column("id_type", "证件类型", ("身份证件类型", "证件类型", "证件类别", "身份证类型"), enumerations.ID_TYPE)
ID_NUMBER = Column(
    "id_number",
    "身份证件号",
    (
        "身份证件号", "身份证件号码", "身份证号", "身份证号码", "身份证", "学生身份证号", "学生身份证号码",
        "公民身份号码", "公民身份证号码", "居民身份证号", "居民身份证号码", "证件号", "证件号码", "证件编号",
        "有效证件号", "身份证明号码", "儿童身份证号", "sfzjh", "sfzh",
    ),
    steps.ID_NUMBER,
    names_somebody=True,
    parts=steps.id_parts("id_number"),
)  # fmt: skip
ENROLLMENT_NUMBER = Column(
    "enrollment_number",
    "学籍号",
    (
        "学籍号",
        "全国学籍号",
        "国家学籍号",
        "学籍号码",
        "学生学籍号",
        "正式学籍号",
        "学籍编号",
        "个人标识码",
        "grbsm",
    ),
    steps.ENROLLMENT_NUMBER,
    names_somebody=True,
    parts=(("enrollment_number", pl.String()), ("enrollment_id", pl.String())),
)
BIRTH_DATE = Column(
    "birth_date",
    "出生日期",
    ("出生日期", "出生年月日", "出生年月", "生日", "出生时间", "出生", "csrq"),
    steps.DATE,
    pl.Date(),
)
SCHOOL = Column(
    "school",
    "学校名称",
    ("学校名称", "学校", "学校全称", "就读学校", "所在学校", "现就读学校", "学籍学校", "学籍所在学校"),
    steps.TEXT,
)
GRADE = Column("grade", "年级", ("年级", "所在年级", "就读年级", "年级名称", "现年级"), steps.CLASS_TEXT)
CLASS = Column(
    "class_name",
    "班级",
    ("班级", "班别", "所在班级", "班级名称", "行政班", "所属班级", "班", "班号"),
    steps.CLASS_TEXT,
)
GRADE_AND_CLASS = Column(
    "grade_and_class",
    "年级班级",
    ("年级班级", "学校班级", "就读学校及年级", "学校及班级", "年级及班级", "学校年级班级"),
    steps.CLASS_TEXT,
)
ADDRESS = Column(
    "address",
    "现住址",
    (
        "现住址",
        "家庭住址",
        "家庭地址",
        "现居住地",
        "居住地址",
        "家庭现住址",
        "现家庭住址",
        "住址",
        "地址",
        "通信地址",
    ),
    steps.OPTIONAL_TEXT,
    fills_blanks=True,
)
VILLAGE = Column(
    "village",
    "村（居）",
    (
        "行政村",
        "村",
        "村(居)",
        "村居",
        "村名",
        "村(社区)",
        "村组(社区)",
        "嘎查村",
        "居委会",
        "村(居)委会",
        "村委会",
        "社区(村)",
    ),
    steps.TEXT,
)
TOWN = Column(
    "town",
    "乡镇",
    ("乡镇", "乡(镇)", "乡镇(街道)", "乡(镇、街道)", "镇街", "街道", "苏木乡", "乡", "镇"),
    steps.TEXT,
    asks_if_twice=False,
)
HOUSEHOLD_ADDRESSES = (
    "户口所在地", "户籍所在地", "户籍地址", "户口地址", "户籍详细地址", "户口所在地行政区划", "户籍地", "详址",
)  # fmt: skip
SCHOOL_CODES = ("学校标识码", "学校代码", "学校(机构)标识码", "机构标识码", "xxbsm")
GUARDIAN = Column(
    "guardian",
    "监护人",
    (
        "成员1姓名",
        "监护人姓名",
        "监护人",
        "家长姓名",
        "家长",
        "父亲姓名",
        "家庭成员或监护人姓名一",
        "家庭成员1姓名",
        "监护人1姓名",
        "法定监护人",
    ),
    steps.OPTIONAL_TEXT,
    asks_if_twice=False,
)
GUARDIAN_RELATION = Column(
    "guardian_relation",
    "与学生关系",
    ("成员1关系", "与学生关系", "监护人关系", "监护人与学生关系", "家庭成员1关系", "监护人1关系", "关系一"),
    steps.OPTIONAL_TEXT,
    asks_if_twice=False,
)
IS_GUARDIAN = Column(
    "is_guardian",
    "成员1是否监护人",
    ("成员1是否监护人", "家庭成员1是否监护人", "是否监护人一", "是否监护人1"),
    steps.YES_NO,
    asks_if_twice=False,
)
SECOND_GUARDIAN = Column(
    "second_guardian",
    "第二监护人",
    (
        "第二监护人",
        "成员2姓名",
        "母亲姓名",
        "家庭成员或监护人姓名二",
        "家庭成员2姓名",
        "监护人2姓名",
        "监护人姓名二",
        "监护人2",
    ),
    steps.OPTIONAL_TEXT,
    asks_if_twice=False,
)
SECOND_RELATION = Column(
    "second_relation",
    "第二监护人与学生关系",
    ("第二监护人与学生关系", "成员2关系", "家庭成员2关系", "监护人2关系", "关系二"),
    steps.OPTIONAL_TEXT,
    asks_if_twice=False,
)
SECOND_IS_GUARDIAN = Column(
    "second_is_guardian",
    "成员2是否监护人",
    ("成员2是否监护人", "家庭成员2是否监护人", "是否监护人二", "是否监护人2"),
    steps.YES_NO,
    asks_if_twice=False,
)
GUARDIANS = (GUARDIAN_RELATION, IS_GUARDIAN, SECOND_GUARDIAN, SECOND_RELATION, SECOND_IS_GUARDIAN)
PHONE_PARTS = (("phone_raw", pl.String()), ("phone", pl.String()))
GUARDIAN_PHONE = Column(
    "phone",
    "监护人电话",
    (
        "成员1联系电话", "监护人联系电话", "监护人电话", "家长联系电话", "家长电话", "家长手机", "联系电话一",
        "父亲电话", "家庭成员1联系电话", "联系电话", "电话", "手机", "手机号", "手机号码", "家庭电话", "联系方式",
        "成员2联系电话", "母亲电话", "家庭成员2联系电话", "联系电话二", "监护人2电话", "监护人2联系电话", "监护人1电话",
        "监护人1联系电话", "父亲联系电话", "母亲联系电话", "户联系电话", "人联系电话", "家庭成员联系电话",
    ),
    steps.PHONES,
    fills_blanks=True,
    gathers=True,
    parts=PHONE_PARTS,
)  # fmt: skip
ETHNIC_GROUP = Column("ethnic_group", "民族", ("民族", "mz"), enumerations.ETHNIC_GROUP, asks_if_twice=False)
# Recognised and passed over: nothing in a register, rule, ledger or paper needs them, and the numbers of adults
# are best not kept at all.
NOT_READ: dict[str, tuple[str, ...]] = {
    "序号": ("序号", "编号", "No.", "No", "顺序", "排序"),
    "监护人证件号": (
        "成员1身份证件号", "身份证件号一", "监护人身份证号", "监护人身份证件号", "家长身份证号", "父亲身份证号",
        "成员2身份证件号", "身份证件号二", "母亲身份证号", "监护人2身份证号", "监护人1身份证号",
    ),
    "区县": ("县(市、区、旗)", "县", "区县", "旗区"),
    "户主证件号": ("户主证件号码", "户主身份证号", "户主身份证号码"),
}  # fmt: skip
NOTE = Column("note", "备注", ("备注", "说明", "其他"), steps.TEXT, asks_if_twice=False)

# How lists of a class name a pupil: presence, absence and approvals begin alike.
PUPIL = (NAME, SEX, ID_NUMBER, ENROLLMENT_NUMBER, BIRTH_DATE, SCHOOL, GRADE, CLASS, GRADE_AND_CLASS)
