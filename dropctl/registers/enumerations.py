"""The closed lists of the national enrollment system: a cell holds the code, the name, or `1-走读` (reference §4.1).

The value is the Chinese name. What is on no list is kept as it was written, with an issue: a mark is never lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dropctl.registers.cells import PLACEHOLDERS, Read, blank_or_error, plain_text
from dropctl.tables.raw import Cell
from dropctl.tables.spec import Problem, Step
from dropctl.vocabulary import NO_WORDS, STAGES, TRANSFER_DIRECTIONS, TRANSFER_STATES, YES_WORDS

ID_TYPES = {
    "居民身份证": ("1", "01", "身份证", "居民户口簿", "户口簿", "二代身份证", "中华人民共和国居民身份证"),
    "香港特区护照/身份证明": ("6", "06", "香港特区护照", "香港身份证"),
    "澳门特区护照/身份证明": ("7", "07", "澳门特区护照", "澳门身份证"),
    "台湾居民来往大陆通行证": ("8", "08", "台胞证"),
    "境外永久居住证": ("9", "09", "外国人永久居留身份证", "外国人永久居留证"),
    "护照": ("A",),
    "其他": ("Z", "其它", "无证件"),
    "残疾人证": ("残疾证",),  # in the poverty lists, for members who hold one
}
REGISTRATION_KINDS = {
    "农业户口": ("1", "农业", "农村", "农村户口", "农业家庭户口"),
    "非农业户口": ("2", "非农业", "城镇", "城镇户口", "非农", "非农业家庭户口", "居民户口"),
}
BOARDING = {"走读": ("1", "走读生", "通学"), "住校": ("2", "住宿", "寄宿", "住校生", "寄宿生", "住宿生")}
LEFT_BEHIND = {
    "非留守儿童": ("0", "非留守", "否", "不是", "无", "×", "n", "no"),
    "单亲留守儿童": ("1", "单亲留守", "单亲"),
    "双亲留守儿童": ("2", "双亲留守", "双亲"),
    "留守儿童": ("是", "留守", "√", "✓", "y", "yes", "有"),  # said without saying whose parents
}
HEALTH = {
    "健康或良好": ("10", "1", "健康", "良好", "正常"),
    "一般或较弱": ("20", "2", "一般", "较弱"),
    "有慢性病": ("30", "3", "慢性病", "长期慢性病"),
    "有生理缺陷": ("40", "4", "生理缺陷"),
    "残疾": ("50", "5"),
}
DISABILITY_TYPES = {
    "无残疾": ("0", "00", "无", "否", "非残疾", "没有"),
    "视力残疾": ("1", "01", "视力", "视力残"),
    "听力残疾": ("2", "02", "听力", "听力残"),
    "言语残疾": ("3", "03", "言语", "语言", "语言残疾", "言语残"),
    "肢体残疾": ("4", "04", "肢体", "肢体残"),
    "智力残疾": ("5", "05", "智力", "智力残"),
    "精神残疾": ("6", "06", "精神", "精神残"),
    "多重残疾": ("7", "07", "多重", "多重残"),
    "其他残疾": ("9", "09", "其他", "其它残疾"),
}
DISABILITY_GRADES = {
    "一级": ("1", "1级", "壹级", "一", "Ⅰ级", "I级", "极重度"),
    "二级": ("2", "2级", "贰级", "二", "Ⅱ级", "II级", "重度"),
    "三级": ("3", "3级", "叁级", "三", "Ⅲ级", "III级", "中度"),
    "四级": ("4", "4级", "肆级", "四", "Ⅳ级", "IV级", "轻度"),
}
INCLUSIVE = {
    "非随班就读": ("0", "否", "无", "不是", "×"),
    "视力残疾随班就读": (),
    "听力残疾随班就读": (),
    "智力残疾随班就读": (),
    "其它残疾随班就读": ("其他残疾随班就读",),
    "随班就读": ("是", "√", "✓", "有"),
}
# Names in the order of their codes 01 to 56 (GB/T 3304).
_ETHNIC_GROUPS = (
    "汉族", "蒙古族", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族",
    "瑶族", "白族", "土家族", "哈尼族", "哈萨克族", "傣族", "黎族", "傈僳族", "佤族", "畲族", "高山族",
    "拉祜族", "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜族", "土族", "达斡尔族", "仫佬族", "羌族",
    "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯族", "阿昌族", "普米族", "塔吉克族", "怒族", "乌孜别克族",
    "俄罗斯族", "鄂温克族", "德昂族", "保安族", "裕固族", "京族", "塔塔尔族", "独龙族", "鄂伦春族", "赫哲族",
    "门巴族", "珞巴族", "基诺族",
)  # fmt: skip
ETHNIC_GROUPS = {
    name: (f"{code:02d}", str(code), name.removesuffix("族")) for code, name in enumerate(_ETHNIC_GROUPS, start=1)
} | {"其他": ("97", "其它"), "外国血统": ("98", "外国血统中国籍人士")}


def _spellings(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {plain_text(form).lower(): name for name, forms in names.items() for form in (name, *forms)}


def find_word(text: str, words: Mapping[str, str]) -> str | None:
    """Return the name for a text that is a spelling, or a code and a spelling (`1-走读`, `1走读`, `走读:1`)."""
    plain = text.replace(" ", "").lower()
    coded = re.fullmatch(r"([0-9]{1,2}|[a-z])([^0-9a-z].*)", plain)
    behind = [coded[2].lstrip("-－:：.、_")] if coded else []
    for form in (plain, *behind, *re.split(r"[-－:：.、_]", plain, maxsplit=1)[::-1]):
        if form in words:
            return words[form]
    return None


def listed(name: str, label: str, names: Mapping[str, Iterable[str]], *, severity: str = "warning") -> Step:
    """Return the step for a closed list; what is not on it stays as written, with an issue."""
    words = _spellings(names)
    shown = "、".join(list(names)[:6])
    unlisted = Problem(f"{name}_unlisted", severity, f"{label}里的内容不在国家学籍系统的选项里，请核对（如 {shown}）")

    def apply(cell: Cell) -> Read:
        text = plain_text(cell)
        if not text or (text.lower() in PLACEHOLDERS and text not in words):
            return blank_or_error(cell)
        found = find_word(text, words)
        return (found, None) if found else (text, unlisted)

    return Step(name, apply, f"国家系统的名称、代码或“代码-名称”（{shown}{'等' if len(names) > 6 else ''}）")


def _one_of(words: Mapping[str, str], unlisted: Problem) -> Step:
    """Return the step for words that rules rest on: what is not among them is no value, with an issue."""

    def apply(cell: Cell) -> Read:
        text = plain_text(cell)
        if not text or text.lower() in PLACEHOLDERS:
            return blank_or_error(cell)
        found = find_word(text, words)
        return (found, None) if found else (None, unlisted)

    shown = "、".join(dict.fromkeys(words.values()))
    return Step(unlisted.code.removesuffix("_unclear"), apply, f"{shown}；看不懂的当作没有填并提醒")


# A column 是否办结 answers with yes or no.
_FINISHED = dict.fromkeys(YES_WORDS, "已办结") | dict.fromkeys(NO_WORDS, "办理中")

ID_TYPE = listed("id_type", "证件类型", ID_TYPES, severity="note")
REGISTRATION_KIND = listed("registration_kind", "户口性质", REGISTRATION_KINDS, severity="note")
BOARDING_MODE = listed("boarding", "就读方式", BOARDING, severity="note")
LEFT_BEHIND_KIND = listed("left_behind", "是否留守儿童", LEFT_BEHIND)
HEALTH_STATE = listed("health", "健康状况", HEALTH, severity="note")
DISABILITY_TYPE = listed("disability_type", "残疾类型", DISABILITY_TYPES)
DISABILITY_GRADE = listed("disability_grade", "残疾等级", DISABILITY_GRADES)
INCLUSIVE_PLACEMENT = listed("inclusive_placement", "随班就读", INCLUSIVE)
ETHNIC_GROUP = listed("ethnic_group", "民族", ETHNIC_GROUPS, severity="note")
TRANSFER_STATE = _one_of(
    _FINISHED | TRANSFER_STATES,
    Problem("transfer_state_unclear", "warning", "办理状态看不懂，按没有填处理，请写 办理中、已办结 或 已撤回"),
)
TRANSFER_DIRECTION = _one_of(
    TRANSFER_DIRECTIONS,
    Problem("transfer_direction_unclear", "warning", "转学类型看不懂，按没有填处理，请写 转入 或 转出"),
)
STAGE = _one_of(STAGES, Problem("stage_unclear", "warning", "学段看不懂，按没有填处理，请写 小学、初中 或 九年一贯制"))
