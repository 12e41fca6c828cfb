"""The columns of the national export that no rule reads, filled as a school fills them: mostly alike, often blank."""

from __future__ import annotations

from random import Random

from .cells import Value
from .truth import COUNTY, Pupil

# The order of the national template, with what exports add to it (school name, grade, enrollment number, status).
HEADINGS = (
    "学校标识码", "学校名称", "年级", "班级", "姓名", "性别", "出生日期", "出生地行政区划代码", "籍贯", "民族",
    "国籍/地区", "身份证件类型", "港澳台侨外", "健康状况", "政治面貌", "身份证件号", "学籍号", "户口性质",
    "户口所在地行政区划", "入学年月", "入学方式", "就读方式", "现住址", "通信地址", "家庭地址", "联系电话",
    "邮政编码", "是否独生子女", "是否受过学前教育", "是否留守儿童", "是否需要申请资助", "是否享受一补", "是否孤儿",
    "是否烈士或优抚子女", "上下学距离", "上下学方式", "是否需要乘坐校车", "曾用名", "身份证件有效期", "血型", "特长",
    "学籍辅号", "班内学号", "学生来源", "电子信箱", "主页地址", "残疾类型", "是否由政府购买学位", "随班就读",
    "成员1姓名", "成员1关系", "成员1关系说明", "成员1现住址", "成员1户口所在地行政区划", "成员1联系电话",
    "成员1是否监护人", "成员1民族", "成员1工作单位", "成员1职务", "成员2姓名", "成员2关系", "成员2关系说明",
    "成员2现住址", "成员2户口所在地行政区划", "成员2联系电话", "成员2是否监护人", "成员2民族", "成员2工作单位",
    "成员2职务", "是否进城务工人员随迁子女", "学生状态", "是否脱贫户",
)  # fmt: skip
_WIDTHS = {
    "学校标识码": 13, "学校名称": 26, "姓名": 9, "性别": 6, "出生日期": 13, "身份证件号": 22, "学籍号": 22,
    "现住址": 34, "通信地址": 34, "家庭地址": 34, "成员1现住址": 34, "成员2现住址": 34,
    "成员1联系电话": 14, "成员2联系电话": 14,
    "联系电话": 14, "身份证件类型": 13, "户口所在地行政区划": 16, "民族": 7, "年级": 9, "班级": 7, "随班就读": 14,
}  # fmt: skip
WIDTHS = {heading: _WIDTHS.get(heading, 11) for heading in HEADINGS}
_WAYS = ("步行", "步行", "家长自行接送", "公共交通", "校车")


def other_columns(pupil: Pupil, row: dict[str, Value], seat: int) -> dict[str, Value]:
    """Return the columns beside those of `row`; what they repeat (address, phone) is what `row` says."""
    rng = Random(f"national {pupil.key} {pupil.id_number}")
    area = f"{pupil.id_number[:6]}000000"
    way = rng.choice(_WAYS)
    values: dict[str, Value] = {
        "出生地行政区划代码": area,
        "籍贯": COUNTY,
        "国籍/地区": "中国",
        "港澳台侨外": "否",
        "健康状况": "10-健康或良好" if pupil.disability == "无残疾" else "50-残疾",
        "政治面貌": "共青团员"
        if pupil.group.grade >= 8 and rng.random() < 0.3
        else "少先队员"
        if rng.random() < 0.9
        else "群众",
        "户口性质": rng.choice(("1-农业户口", "1-农业户口", "2-非农业户口")),
        "入学方式": "11-就近入学",
        "通信地址": row["现住址"],
        "家庭地址": row["现住址"],
        "联系电话": row["成员1联系电话"],
        "邮政编码": "245500",
        "是否独生子女": rng.choice(("是", "否", "否")),
        "是否受过学前教育": "是",
        "是否需要申请资助": "否",
        "是否享受一补": "否",
        "是否孤儿": "否",
        "是否烈士或优抚子女": "否",
        "上下学距离": float(rng.randint(1, 8)),
        "上下学方式": way,
        "是否需要乘坐校车": "是" if way == "校车" else "否",
        "血型": rng.choice(("未知血型", "A血型", "B血型", "O血型")),
        "学籍辅号": f"{str(row['学校标识码'])[-6:]}{pupil.key:06d}",
        "班内学号": float(seat),
        "学生来源": "正常入学",
        "是否由政府购买学位": "否",
    }
    for member in ("成员1", "成员2"):
        if row[f"{member}姓名"]:
            values |= {
                f"{member}现住址": row["现住址"],
                f"{member}户口所在地行政区划": area,
                f"{member}是否监护人": "是",
                f"{member}民族": row["民族"],
                f"{member}工作单位": rng.choice(("务农", "在外务工", "个体经营", "无")),
            }
    return {heading: values.get(heading, "") for heading in HEADINGS if heading not in row} | row
