"""Every spelling of a heading that offices are known to write (reference §4.6) is read on its own column."""

from __future__ import annotations

import pytest

from dropctl.ingest.headings import Recognised, normalise_heading, recognise
from dropctl.registers import ALL, BY_KIND
from dropctl.registers.columns import NOT_READ
from dropctl.tables.raw import RawSheet

SPELLINGS: tuple[tuple[str, str, str], ...] = (
    (
        "enrollment",
        "name",
        "姓名 学生姓名 学生 名字 学生名字 儿童姓名 成员姓名 家庭成员姓名 人员姓名 残疾人姓名 持证人姓名"
        " 被送教学生姓名 xm",
    ),
    ("enrollment", "sex", "性别 学生性别 男女 xb"),
    ("enrollment", "id_type", "身份证件类型 证件类型 证件类别 身份证类型"),
    (
        "enrollment",
        "id_number",
        "身份证件号 身份证件号码 身份证号 身份证号码 身份证 学生身份证号 学生身份证号码 公民身份号码"
        " 公民身份证号码 居民身份证号 居民身份证号码 证件号 证件号码 证件编号 有效证件号 身份证明号码"
        " 儿童身份证号 sfzjh sfzh",
    ),
    (
        "enrollment",
        "enrollment_number",
        "学籍号 全国学籍号 国家学籍号 学籍号码 学生学籍号 正式学籍号 学籍编号 个人标识码 grbsm",
    ),
    ("enrollment", "auxiliary_number", "学籍辅号 省学籍辅号 省学籍号 地方学籍号 副号"),
    ("enrollment", "class_number", "班内学号 学号 座号 校内学号"),
    ("enrollment", "birth_date", "出生日期 出生年月 出生年月日 生日 出生时间 出生 csrq"),
    ("enrollment", "ethnic_group", "民族"),
    ("enrollment", "school", "学校 学校名称 学校全称 就读学校 所在学校 现就读学校 学籍学校 学籍所在学校"),
    ("enrollment", "school_code", "学校标识码 学校代码 学校(机构)标识码 机构标识码 xxbsm"),
    ("enrollment", "stage", "学段 办学阶段 教育阶段 学生类别"),
    ("enrollment", "grade", "年级 所在年级 就读年级 年级名称 现年级"),
    ("enrollment", "class_name", "班级 班别 所在班级 班级名称 行政班 所属班级 班 班号"),
    ("enrollment", "grade_and_class", "就读学校及年级 学校班级 年级班级 学校及班级"),
    ("enrollment", "entry", "入学年月 入学日期 入学时间 入校时间 入学年份 rxny"),
    ("enrollment", "status", "学生状态 学籍状态 就读状态 当前状态 在校状态 状态 异动情况"),
    ("enrollment", "registration_kind", "户口性质 户籍性质 户口类型 户口类别"),
    (
        "enrollment",
        "household_registration",
        "户口所在地 户籍所在地 户籍地址 户口地址 户籍详细地址 户口所在地行政区划 户籍地 详址",
    ),
    ("enrollment", "address", "现住址 家庭住址 家庭地址 现居住地 居住地址 家庭现住址 现家庭住址 通信地址"),
    ("enrollment", "phone", "联系电话 电话 手机 手机号 手机号码 家长电话 家庭电话 联系方式 家长联系电话"),
    (
        "enrollment",
        "guardian",
        "成员1姓名 监护人姓名 监护人 家长姓名 家长 父亲姓名 家庭成员或监护人姓名一 家庭成员1姓名 监护人1姓名"
        " 法定监护人",
    ),
    ("enrollment", "guardian_relation", "成员1关系 关系一 与学生关系 监护人关系 家庭成员1关系"),
    ("enrollment", "phone", "成员1联系电话 联系电话一 监护人电话 监护人联系电话 家长手机 父亲电话 家庭成员1联系电话"),
    ("enrollment", "is_guardian", "成员1是否监护人 是否监护人一 是否监护人1"),
    ("enrollment", "left_behind", "是否留守儿童 留守儿童 是否农村留守儿童 留守情况 是否留守"),
    (
        "enrollment",
        "migrant",
        "是否进城务工人员随迁子女 是否随迁子女 进城务工随迁子女 是否进城务工人员子女 随迁子女 是否流动人口",
    ),
    ("enrollment", "orphan", "是否孤儿 孤儿"),
    ("enrollment", "martyr_family", "是否烈士或优抚子女 烈士或优抚子女"),
    ("enrollment", "disability_mark", "残疾类型 残疾人类型 残疾类别 残疾人类别 残疾种类 残疾情况"),
    ("disability", "disability_type", "残疾类型 残疾人类型 残疾类别 残疾人类别 残疾种类 残疾情况 类别"),
    ("enrollment", "disability_grade", "残疾等级 残疾级别 残疾程度"),
    ("disability", "disability_grade", "残疾等级 残疾级别 残疾程度 等级"),
    (
        "enrollment",
        "disability_certificate",
        "残疾人证号 残疾证号 残疾证号码 残疾人证号码 残疾证编号 残疾生证号 持证证号",
    ),
    ("disability", "certificate", "残疾人证号 残疾证号 残疾证号码 残疾人证号码 残疾证编号 残疾生证号 持证证号"),
    ("enrollment", "inclusive_placement", "随班就读 是否随班就读"),
    ("enrollment", "is_disabled", "是否残疾 是否残疾生 是否残疾学生 残疾学生"),
    (
        "enrollment",
        "poverty_mark",
        "是否脱贫户 是否建档立卡 是否建档立卡贫困户 是否贫困户 贫困类型 家庭经济困难类型 困难类型 是否脱贫家庭学生",
    ),
    ("poverty", "household_number", "户编号 户号 家庭编号 贫困户编号"),
    ("poverty", "person_number", "人编号 人口编号"),
    ("poverty", "household_head", "户主姓名 户主"),
    ("poverty", "relation", "与户主关系 户主关系 家庭关系"),
    ("poverty", "school_state", "在校生状况 在校生情况 是否在校生 就学情况 在校状况"),
    (
        "poverty",
        "no_school_reason",
        "义务教育阶段未上学原因 失学或辍学原因 失学辍学原因 未上学原因 不在校原因 未入学原因",
    ),
    ("poverty", "household_type", "户类型 户属性 贫困户属性 脱贫属性"),
    ("poverty", "monitor_type", "监测对象类别 监测对象类型 易返贫致贫户(监测对象)类型 监测户类型 监测类别"),
    ("poverty", "risk_cleared", "风险是否消除 风险是否已消除 是否消除风险 风险消除情况"),
    ("poverty", "away_place", "镇内/镇外 县内/县外 省内/省外 外出地 去向 流入地"),
    ("presence", "present", "是否返校 是否到校 返校情况 到校情况 报到情况 是否报到 出勤情况"),
    ("presence", "list_date", "返校日期 报到日期 到校日期"),
    ("presence", "absent_since", "未到校日期 缺课开始日期 辍学时间 辍学年月 离校时间 离校日期"),
    ("presence", "absence_reason", "缺勤原因 缺课原因 原因 辍学原因 未返校原因"),
    ("enrollment", "note", "备注 说明 其他"),
    ("enrollment", "boarding", "就读方式 寄宿/走读 走读/住校"),
    ("enrollment", "boards", "是否寄宿 是否住校 是否住宿生"),
    ("enrollment", "second_guardian", "成员2姓名 母亲姓名 家庭成员2姓名 监护人2姓名 家庭成员或监护人姓名二"),
    ("enrollment", "second_relation", "成员2关系 关系二 家庭成员2关系"),
    ("enrollment", "phone", "成员2联系电话 联系电话二 母亲电话 家庭成员2联系电话"),
    ("enrollment", "second_is_guardian", "成员2是否监护人 是否监护人二 是否监护人2"),
    ("poverty", "town", "乡(镇) 乡镇 乡 镇街 街道 苏木乡"),
    ("poverty", "village", "行政村 村 村(社区) 村组（社区） 嘎查村 居委会"),
)


@pytest.mark.parametrize(("kind", "key", "headings"), SPELLINGS)
def test_each_spelling_is_read_on_its_column(kind: str, key: str, headings: str) -> None:
    name = "姓名" if key != "name" else "性别"
    for heading in headings.split():
        remark = "" if "(" in normalise_heading(heading) else "（必填）"
        for written in (heading, f" {heading} ", f"{heading[:1]}\n{heading[1:]}", f"*{heading}", heading + remark):
            verdict = recognise(RawSheet("表.xlsx", "Sheet1", [[name, written]]), assigned=kind)
            assert isinstance(verdict, Recognised), written
            found = {source.column.key: source.places for source in verdict.sources}
            assert found.get(key) == (1,), written


def test_what_is_kept_out_is_kept_out_of_every_register_of_people() -> None:
    for label in ("监护人证件号", "户主证件号"):
        headings = {normalise_heading(heading) for heading in NOT_READ[label]}
        for spec in ALL:
            assert not headings & {normalise_heading(h) for column in spec.columns for h in column.headings}, spec.kind


def test_the_number_of_a_guardian_is_never_the_childs() -> None:
    headings = ("姓名", "学籍号", "学生状态", "监护人身份证号", "户主证件号码", "毕业学校")
    verdict = recognise(RawSheet("表.xlsx", "Sheet1", [headings]))
    assert isinstance(verdict, Recognised)
    assert {source.column.key for source in verdict.sources} == {"name", "enrollment_number", "status"}


def test_a_second_choice_stands_behind_the_first() -> None:
    headings = BY_KIND["enrollment"].columns
    address = next(column for column in headings if column.key == "address")
    assert address.fills_blanks
    assert address.headings.index("现住址") < address.headings.index("通信地址")


def test_both_guardians_telephones_stand_together() -> None:
    from datetime import date

    from dropctl.ingest.read import read_registers

    rows = [
        ["张三", "在读", "19900001111", "19900002222"],
        ["李四", "在读", "19900001111", 19900001111.0],
        ["王五", "在读", "1990000", "19900003333"],
        ["赵六", "在读", None, None],
    ]
    sheet = RawSheet("名册.xlsx", "S", [["姓名", "学生状态", "成员1联系电话", "成员2联系电话"], *rows])
    read = read_registers(
        [sheet], opening=date(2025, 9, 1), as_of=date(2025, 9, 3), assigned={"名册.xlsx": "enrollment"}
    )
    assert read.frames["enrollment"]["phone"].to_list() == [
        "19900001111、19900002222", "19900001111", "19900003333", None,
    ]  # fmt: skip
    assert [(i.code, i.cell, i.raw) for i in read.issues if i.column == "phone"] == [
        ("phone_unusable", "C4", "1990000")
    ]
