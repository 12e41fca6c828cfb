"""Each kind of list is told from all others by the headings offices really write (reference §3.4, §4.1–4.5)."""

from __future__ import annotations

import pytest

from dropctl.ingest.headings import NotRecognised, Recognised, normalise_heading, recognise
from dropctl.registers import ALL, BY_KIND
from dropctl.registers.absence import DERIVED
from dropctl.tables.raw import Cell, RawSheet
from dropctl.vocabulary import REGISTER_LABELS, register_label

NEW = ("household", "transfer", "assistance", "home_teaching", "districts", "schools")

TEMPLATE = (
    "学校标识码 姓名 性别 出生日期 出生地行政区划代码 籍贯 民族 国籍/地区 身份证件类型 港澳台侨外"
    " 健康状况 政治面貌 身份证件号"
    " 户口性质 户口所在地行政区划 班号 入学年月 入学方式 就读方式 现住址 通信地址 家庭地址"
    " 联系电话 邮政编码 是否独生子女"
    " 是否受过学前教育 是否留守儿童 是否需要申请资助 是否享受一补 是否孤儿 是否烈士或优抚子女 上下学距离 上下学方式"
    " 是否需要乘坐校车 曾用名 身份证件有效期 血型 特长 学籍辅号 班内学号 学生来源 电子信箱 主页地址 残疾类型"
    " 是否由政府购买学位 随班就读 成员1姓名 成员1关系 成员1关系说明 成员1现住址 成员1户口所在地行政区划 成员1联系电话"
    " 成员1是否监护人 成员1身份证件类型 成员1身份证件号 成员1民族 成员1工作单位 成员1职务"
    " 成员2姓名 成员2关系 成员2关系说明"
    " 成员2现住址 成员2户口所在地行政区划 成员2联系电话 成员2是否监护人 成员2身份证件类型 成员2身份证件号 成员2民族"
    " 成员2工作单位 成员2职务 是否进城务工人员随迁子女"
)
# (kind, title above the headings, headings): the same kind of list as different offices hand it in.
SEEN: tuple[tuple[str, str, str], ...] = (
    ("enrollment", "", TEMPLATE),
    ("enrollment", "", TEMPLATE + " 全国学籍号 学校名称 年级 班级 学生状态"),
    ("enrollment", "某某学校学生花名册", "序号 姓名 性别 身份证号 学籍号 出生日期 年级 班级 学生状态 备注"),
    ("enrollment", "某某学校学籍名册（含转入转出）", "姓名 性别 身份证号 学籍号 年级 班级 学生状态 原就读学校"),
    ("enrollment", "户籍生与随迁子女名册", "姓名 性别 身份证号 全国学籍号 年级 班级 户籍地址 是否随迁子女 学籍状态"),
    (
        "poverty",
        "",
        "序号 数据日期 县(市、区、旗) 乡(镇) 行政村 自然村 户编号 人编号 姓名 证件号码 人数"
        " 与户主关系 民族 文化程度 在校生状况"
        " 健康状况 劳动技能 务工时间（月） 是否参加大病保险 致贫原因1 危房户 是否解决安全饮用水"
        " 人均纯收入 户联系电话 人联系电话"
        " 首次识别时间 人员识别时间 户类型 易返贫致贫户(监测对象)类型 风险是否消除 风险识别时间 风险消除时间",
    ),
    (
        "poverty",
        "",
        "县 乡 村 户编号 人口编号 姓名 证件号码 与户主关系 户内序号 性别 证件类型 出生日期 民族"
        " 家庭成员联系电话 文化程度"
        " 在校生状况 劳动技能 务工时间（月） 健康状况 政治面貌 是否参加城乡居民基本医疗保险 义务教育阶段未上学原因"
        " 户主证件号码 户主姓名",
    ),
    ("poverty", "脱贫户适龄儿童少年名单", "户编号 户主姓名 姓名 证件号码 与户主关系 户籍地址"),
    ("poverty", "建档立卡学生", "旗区 苏木乡 嘎查村 家庭编号 姓名 证件号码 与户主关系 贫困户属性"),
    (
        "disability",
        "",
        "姓名 性别 民族 出生日期 身份证号 残疾人证号 残疾类别 残疾等级 残疾详情 户口性质 户籍地址 现住址 县 乡镇(街道)"
        " 村(社区) 监护人姓名 与残疾人关系 监护人联系电话 联系电话 发证日期 有效期至 证件状态"
        " 受教育程度 是否就学 未入学原因",
    ),
    ("disability", "适龄残疾儿童少年名单", "姓名 身份证号 残疾类别 户籍地址"),
    ("presence", "七年级1班返校登记表", "姓名 性别 是否返校 未返校原因"),
    ("presence", "七年级1班在校学生名单", "序号 姓名"),
    ("presence", "转学生返校情况", "姓名 性别 原就读学校 是否返校 返校日期"),
    ("approval", "休学延缓送教审批登记", "姓名 身份证号 审批类别 审批文号 审批单位 开始日期 结束日期"),
    ("approval", "送教上门审批登记", "姓名 学校 审批类别 审批编号 批准单位 开始日期 结束日期 送教教师"),
    (
        "household",
        "",
        "户号 姓名 与户主关系 性别 民族 出生日期 公民身份号码 户籍地址（详址） 所属派出所 村（居）委会 变动情况",
    ),
    ("household", "碧山村适龄儿童少年花名册", "序号 姓名 性别 出生日期 身份证号 户籍地址 监护人姓名 联系电话"),
    (
        "household",
        "2025年适龄儿童少年台账",
        "序号 乡镇 村 户编号 户主 姓名 性别 身份证号 户籍地址 现住址 监护人 联系电话 就读状态 就读学校 就读地 年级 班级"
        " 是否脱贫户 残疾 留守 核查人 核查日期",
    ),
    ("household", "户籍人口（6—16周岁）", "户主姓名 姓名 与户主关系 性别 公民身份号码 户籍地址"),
    (
        "transfer",
        "",
        "序号 姓名 性别 身份证号 学籍号 年级 转出学校 转入学校 转学类型 申请日期 办结日期 办理状态 备注",
    ),
    ("transfer", "转入学生登记表", "姓名 性别 学籍号 原就读学校 转入日期 班级"),
    ("transfer", "2025年秋季转出学生名单", "序号 姓名 身份证件号 年级 转入学校 转出日期 联系电话"),
    (
        "assistance",
        "协查函登记册",
        "序号 收函日期 来函单位 来函文号 涉及学生姓名 性别 身份证号 原籍学校 来函事由 承办学校/乡镇"
        " 承办人 交办日期 核查结果"
        " 就读学校年级学籍号 复函日期 复函文号 是否办结 备注",
    ),
    ("assistance", "", "来函单位 收函日期 学生姓名 身份证号 核查结果 复函日期"),
    ("assistance", "协查函（发出）登记", "发函日期 主送单位 学生姓名 身份证号 事由 回函日期 回函结果"),
    ("home_teaching", "送教上门记录表", "日期 学生姓名 送教教师 课时 送教内容 家长反馈"),
    ("home_teaching", "", "姓名 送教日期 起止时间 送教地点 送教教师 课时数 教学内容 学生表现 家长签名 下次计划"),
    ("districts", "2025年学区划分一览表", "乡镇 村（社区） 对口小学 对口初中"),
    ("districts", "义务教育学校招生范围", "行政村 学段 学校"),
    ("districts", "学区", "村 小学 初中"),
    ("schools", "", "学校名称 学校标识码 办学类型 简称 校长 联系电话"),
    ("schools", "全县学校名单", "序号 学校名称 学校代码"),
    ("schools", "", "学校全称 简称"),
)


def told(title: str, headings: str) -> Recognised | NotRecognised:
    above: list[list[Cell]] = [[title]] if title else []
    return recognise(RawSheet("表.xlsx", "Sheet1", [*above, headings.split()]))


@pytest.mark.parametrize(("kind", "title", "headings"), SEEN)
def test_a_list_is_recognised_as_what_it_is_and_as_nothing_else(kind: str, title: str, headings: str) -> None:
    verdict = told(title, headings)
    assert isinstance(verdict, Recognised), verdict
    assert verdict.spec.kind == kind


@pytest.mark.parametrize("kind", [spec.kind for spec in ALL if spec.kind not in ("previous", "presence")])
def test_a_list_with_all_its_columns_needs_no_title(kind: str) -> None:
    spec = BY_KIND[kind]
    guards = {key for key, points in spec.evidence.items() if points < 0}
    headings = [column.headings[0] for column in spec.columns if column.headings and column.key not in guards]
    title = "学区" if kind == "districts" else ""  # 村 with 小学 and 初中 alone may be a table of numbers
    verdict = told(title, " ".join(headings))
    assert isinstance(verdict, Recognised), verdict
    assert verdict.spec.kind == kind
    read = {source.column.key for source in verdict.sources}
    assert read == {column.key for column in spec.columns if column.headings} - guards


UNCLEAR = (
    # a class's roster that says where new pupils came from is no list of transfers
    ("七年级新生", "姓名 性别 身份证号 班级 原就读学校"),
    ("名册（转入、转出）", "姓名 性别 年级"),
    # who teaches whom at home, without a single visit
    ("送教上门学生、责任学校及责任教师信息表", "姓名 责任学校 责任教师 残疾类别"),
    # numbers per village
    ("", "村 小学 初中"),
    # daily health form, class log of lessons, mark sheet
    ("", "序号 姓名 性别 年龄 家庭地址 家长电话 症状 发病时间 离校时间 跟踪情况 追踪人"),
    ("期中考试成绩", "姓名 语文 数学 英语 总分"),
    ("教师花名册", "姓名 性别 学科 职称"),
)


@pytest.mark.parametrize(("title", "headings"), UNCLEAR)
def test_what_could_be_anything_is_left_to_the_person(title: str, headings: str) -> None:
    verdict = told(title, headings)
    assert isinstance(verdict, NotRecognised), verdict


@pytest.mark.parametrize("kind", NEW)
def test_a_list_can_be_named_by_hand(kind: str) -> None:
    spec = BY_KIND[kind]
    required = [column.headings[0] for column in spec.columns if column.key in spec.required]
    verdict = recognise(RawSheet("表.xlsx", "Sheet1", [required]), assigned=kind)
    assert isinstance(verdict, Recognised)
    assert verdict.spec.kind == kind


def test_every_register_has_one_label_everywhere() -> None:
    assert {spec.kind for spec in ALL} <= set(REGISTER_LABELS)
    for spec in ALL:
        assert register_label(spec.kind) == spec.label


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.kind)
def test_no_spelling_stands_on_two_columns_of_one_register(spec: object) -> None:
    from dropctl.ingest.headings import normalise_heading
    from dropctl.tables.spec import TableSpec

    assert isinstance(spec, TableSpec)
    seen: dict[str, str] = {}
    for column in spec.columns:
        for heading in column.headings:
            assert seen.setdefault(normalise_heading(heading), column.key) == column.key, heading


# Columns that are made while reading, not read: no list has them.
MADE = {"absence"}


@pytest.mark.parametrize("kind", sorted(set(BY_KIND) - MADE))
def test_a_column_may_be_headed_as_our_messages_call_it(kind: str) -> None:
    for column in BY_KIND[kind].columns:
        if column.step is DERIVED:
            continue
        assert normalise_heading(column.label) in {normalise_heading(heading) for heading in column.headings}
