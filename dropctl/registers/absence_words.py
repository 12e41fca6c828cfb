"""What teachers write beside an absence: truant, ill, on leave, half a day, back again — and what is not clear.

A reason that nobody here understands excuses nobody and accuses nobody: the day is unknown, and somebody is asked.
So is one that says two things. Only words: what the day becomes is for the list it stands on (`ingest.absences`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from dropctl.registers.cells import plain_text
from dropctl.tables.raw import Cell


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a mark or a word stands for: the day's state, how much of the day, and what to call it.

    `presence`: the mark says that the child is there (√), so that a blank beside it says nothing.
    """

    state: str
    label: str
    part: str = "whole"
    presence: bool = False


PRESENT = Meaning("attended", "出勤", presence=True)
TRUANT = Meaning("unexcused", "旷课")
ABSENT = Meaning("unexcused", "缺勤")  # says that the child is away and not why: leave beside it excuses
PERSONAL, SICK, LEAVE = Meaning("excused", "事假"), Meaning("excused", "病假"), Meaning("excused", "请假")
ACTIVITY = Meaning("excused", "公假")
CLOSED = Meaning("excused", "停课、灾害")
LATE, EARLY = Meaning("attended", "迟到"), Meaning("attended", "早退")
HALF = Meaning("attended", "半天未到")
# Lawful only with an approval, or a trace to follow: by such a word alone nobody is excused and nobody accused.
SUSPENDED, ELSEWHERE = Meaning("unknown", "休学"), Meaning("unknown", "可能在别处就读")
CONTRADICTORY = Meaning("unknown", "说法前后不一")

# Away, and no more is known: nobody has given a reason, nobody answers.
_ABSENT = (
    "缺勤 缺课 缺席 未到校 未到 未来校 没来 没到 原因不明 不明原因 原因不详 原因待查 原因未知 未告知原因 未说明原因 "
    "没说原因 未说原因 不知原因 待核实 未接电话 打不通 联系中"
)
_TRUANT = (
    "旷课 旷学 逃学 逃课 无故 不假不到 不假外出 擅自离校 私自离校 无正当理由 无正当原因 厌学 不想上学 "
    "不想读 不愿上学 不愿读书 不读书 打工 务工 早婚 带弟弟 带妹妹 农忙 干农活 放牛 放羊 网吧 出走 失联 弃学 "
    "联系不到 找不到人 不知去向 "
    "联系不上 去向不明 下落不明 辍学 流失"
)
_SICK = (
    "病假 因病 生病 患病 有病 重病 养病 看病 发病 病了 病重 疾病 住院 就医 就诊 治疗 手术 输液 打针 感冒 "
    "发烧 发热 高烧 低烧 咳嗽 流感 水痘 腮腺炎 手足口 肺炎 肠炎 胃炎 阑尾炎 腹泻 拉肚子 呕吐 肚子疼 "
    "肚子痛 腹痛 头痛 头疼 头晕 牙痛 牙疼 过敏 骨折 受伤 摔伤 扭伤 烧伤 烫伤 车祸 隔离 新冠 阳性 哮喘 "
    "癫痫 复查 复诊 康复 病情 身体不适 不舒服 身体原因"
)
_PERSONAL = "事假 丧假 奔丧 丧事"
_LEAVE = "请假 请了假 准假 有假条 销假"
_ACTIVITY = "公假 公出 比赛 竞赛 集训 运动会 演出 研学 军训 学校活动 外出活动 学校安排"
_CLOSED = "停课 停学 大雪封路 封路 道路不通 路不通 洪水 台风 暴雪 暴雨 地震 泥石流 自然灾害"
_PRESENT = "出勤 到校 全勤 已到 正常 在校 已返校 已返 已复学 返校上课"
_HALF = "半天未到 半天 半日"
_KINDS: dict[str, tuple[str, Meaning]] = {
    "absent": (_ABSENT, ABSENT), "truant": (_TRUANT, TRUANT), "sick": (_SICK, SICK), "personal": (_PERSONAL, PERSONAL),
    "leave": (_LEAVE, LEAVE), "activity": (_ACTIVITY, ACTIVITY), "closed": (_CLOSED, CLOSED),
    "present": (_PRESENT, PRESENT), "late": ("迟到", LATE), "early": ("早退", EARLY), "half": (_HALF, HALF),
    "suspended": ("休学 缓学 送教 延缓入学", SUSPENDED), "elsewhere": ("转学 转出 转走 外校就读 外地就读", ELSEWHERE),
}  # fmt: skip
_KIND_OF = {word: kind for kind, (words, _) in _KINDS.items() for word in words.split()}
# A single word: what it stands for in a grid, a legend or a column of kinds.
WORDS: dict[str, Meaning] = {word: _KINDS[kind][1] for word, kind in _KIND_OF.items()} | {"旷": TRUANT}
_ANY = re.compile("|".join(sorted(_KIND_OF, key=len, reverse=True)))
_EXCUSES = ("sick", "leave", "personal", "activity", "closed")

# Leave that was not given: 未请假, 没请事假, 无病假条, 未办请假手续; 请假未批准. 未痊愈，请病假 is none.
_DONE = "(?:[办请履行有交开写提经得获]|及时|按时|按规定|书面|正式|事先|提前)*"
_NOT_GIVEN = re.compile(
    f"(?:未|没有|没|无|不){_DONE}(?:病假条|请假条|病假|事假|公假|请假手续|请假|假条|准假|批假|假)"
    "|(?:未|没|不)(?:批准|准假|批假)"
    "|(?:请假|病假|事假|假条)[^，,。；;、]{0,3}(?:未批准?|未准|没批准?|不批|不准|没准|被拒|未获批|未通过|不同意|未同意)"
)
# Not there, in many words: 未正常到校, 不能上学, 没有返校. 不想上学 is more than that.
_THERE = "(?:到校|返校|来校|上学|上课|出勤|在校|复学|就读)"
_NOT_THERE = re.compile(f"(?:未|没有|没|不|无法|拒绝)[^，,。；;、想愿肯]{{0,4}}{_THERE}|{_THERE}不[了成]")
_NOT_ILL = re.compile("(?:未|没有|没|无|不是)(?:生病|患病|发烧|发热|感冒|病)(?!假)")
# A leave that is over, and no child: 假满未归, 病假期满未到.
_OVERDUE = re.compile(
    r"(?:病假|事假|公假|请假)?(?:假满|期满|到期|逾期|超假|过期|已过|已满)[^，,。；;]{0,6}(?:未|没|不)[到归返来]校?"
)
_LIE = re.compile("谎称|假称|谎报|装病|假装|冒称|骗称?")
# A leave whose paper is still to come: perhaps given, perhaps not.
_NO_PAPER = re.compile(
    "(?:假条|病历|证明|手续)[^，,。；;、]{0,3}(?:未|没|不|待)[交补办齐全开]"
    "|(?:未|没|待)[交补办开][^，,。；;、]{0,2}(?:假条|证明|手续)"
)


@lru_cache(maxsize=4096, typed=True)
def plain_mark(cell: Cell) -> str:
    """Return a mark or word in normal width, without spaces, in small letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", plain_text(cell))).lower()


@lru_cache(maxsize=4096)
def meaning_of_words(text: str) -> Meaning | None:
    """Return what a reason or kind of absence says; None when it says nothing known.

    Words that say two things (生病 and 旷课) are CONTRADICTORY. A word that only says that the child is away gives way
    to one that says why (因病缺课).
    """
    text = plain_mark(text)
    if text in WORDS:
        return WORDS[text]
    rest = _NOT_ILL.sub("，", _OVERDUE.sub("，", _NOT_GIVEN.sub("，", text)))
    denied = rest != text or _LIE.search(text) is not None
    rest = _NOT_THERE.sub("缺勤", rest)
    kinds = {_KIND_OF[found[0]] for found in _ANY.finditer(rest)}
    excuse = next((kind for found in _ANY.finditer(rest) if (kind := _KIND_OF[found[0]]) in _EXCUSES), None)
    if denied:
        # 未请假，住院: ill and without leave. A lie about an illness is no illness.
        return CONTRADICTORY if excuse and not _LIE.search(text) else TRUANT
    if "half" in kinds:
        return HALF
    if "truant" in kinds:
        return CONTRADICTORY if excuse or kinds & {"present", "late", "early"} else TRUANT
    for kind in ("late", "early", "suspended", "elsewhere"):
        if kind in kinds:
            return _KINDS[kind][1]
    if excuse and ("present" in kinds or _NO_PAPER.search(text)):
        return CONTRADICTORY
    decided = excuse or next((one for one in ("present", "absent") if one in kinds), None)
    return _KINDS[decided][1] if decided else None


def meaning_of_title(title: str) -> Meaning | None:
    """Return what a list's title says of every row that says nothing itself: 因病缺课登记, 请假登记表, 迟到登记表.

    None where the title names several kinds, or only that pupils were away. Of a morning check (晨午检) nothing is
    known: its rows are children with a symptom, in school or not.
    """
    text = plain_mark(title)
    kinds = {_KIND_OF[found[0]] for found in _ANY.finditer(text)} - {"present"}
    if "sick" in kinds:
        kinds -= {"absent"}  # 因病缺课 is one kind, 缺勤、请假 are two
    if not kinds and ("晨检" in text or "午检" in text) and "缺" not in text:
        return Meaning("unknown", "晨午检登记，没有写是否到校")
    one = next(iter(kinds)) if len(kinds) == 1 else None
    return _KINDS[one][1] if one in ("sick", "leave", "personal", "late", "early") else None
