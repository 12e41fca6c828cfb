"""Words everyone shares: statuses, grounds of absence, answers, grades, each with its Chinese label.

Sources: the status list and codes of the national enrollment system (JY/T 1001, XSDQZT), the plan's own
words, and the marks schools write on class lists. No rule lives here.
"""

from __future__ import annotations

from dataclasses import dataclass

GRADE_NUMERALS = "一二三四五六七八九"


def grade_label(grade: str | None) -> str:
    """Return `七年级` for `"7"`; an empty text for None or anything else."""
    if grade is None or not grade.isdigit() or not 1 <= int(grade) <= 9:
        return grade or ""
    return f"{GRADE_NUMERALS[int(grade) - 1]}年级"


@dataclass(frozen=True, slots=True)
class Status:
    """One enrollment status: `expected` says whether the child should be at school (CONTRACT §3).

    `conflict` marks a status that cannot stand by itself; `ground` one that is lawful only with an approval.
    """

    label: str
    codes: tuple[str, ...]
    spellings: tuple[str, ...]
    expected: bool
    conflict: bool = False
    ground: bool = False


STATUSES: tuple[Status, ...] = (
    Status("在读", ("01",), ("在籍", "正常", "在校", "在籍在读", "正常在读"), True),
    Status("复学", ("05",), ("已复学",), True),
    Status("疑似辍学", (), (), True, conflict=True),
    Status("辍学", ("06",), ("流失", "已辍学"), True, conflict=True),
    Status("其他离校", ("99",), ("其他", "其它离校", "其它"), True, conflict=True),
    Status("失踪", ("15",), ("下落不明",), True, conflict=True),
    Status("退学", ("03",), (), True, conflict=True),
    Status("开除", ("14",), (), True, conflict=True),
    Status("休学", ("02",), ("休学中",), True, ground=True),
    Status("延缓入学", (), ("缓学", "延缓"), True, ground=True),
    Status("送教上门", (), ("送教",), True, ground=True),
    Status("请假", (), ("病假", "事假", "长期请假", "长期病假"), True, ground=True),
    Status("不具备学习能力", (), ("免学", "免于入学"), True, ground=True),
    Status("毕业", ("07",), ("已毕业",), False),
    Status("结业", ("08",), ("肄业", "09"), False),
    Status("死亡", ("11",), (), False),
    Status("出国", ("13",), ("出国(境)", "出国（境）", "公派出国", "出境"), False),
    Status("转出", ("10",), ("转学", "转学(转出)", "转学（转出）", "已转出", "转学转出"), False),
)
STATUS_BY_LABEL = {status.label: status for status in STATUSES}
STATUS_SPELLINGS: dict[str, str] = {
    spelling: status.label
    for status in STATUSES
    for spelling in (
        status.label,
        *status.codes,
        *(code.lstrip("0") for code in status.codes),
        *status.spellings,
    )
}

# Grounds of lawful absence and the words schools use for them in lists and reasons (reference §8.3).
GROUND_WORDS: tuple[tuple[str, str], ...] = (
    ("延缓入学", "延缓入学"),
    ("缓学", "延缓入学"),
    ("休学", "休学"),
    ("送教", "送教上门"),
    ("不具备学习能力", "不具备学习能力"),
    ("免学", "不具备学习能力"),
    ("病假", "请假"),
    ("事假", "请假"),
    ("请假", "请假"),
    ("住院", "请假"),
    ("生病", "请假"),
    ("因病", "请假"),
)
# Words in a reason that say the child may be learning somewhere else (CONTRACT §3, triage `elsewhere`).
ELSEWHERE_WORDS = ("转学", "转出", "转到", "转往", "转入", "在外就读", "外地就读", "他校", "外校", "异地就读")

PRESENT_MARKS = frozenset(
    {
        "是",
        "√",
        "✓",
        "✔",
        "已到",
        "已返校",
        "1",
        "到",
        "返校",
        "已报到",
        "已到校",
        "在校",
        "y",
        "yes",
        "对",
        "有",
        "正常",
        "到校",
    }
)
ABSENT_MARKS = frozenset(
    {
        "否",
        "×",
        "x",
        "✗",
        "✕",
        "未到",
        "未返校",
        "0",
        "未报到",
        "未到校",
        "n",
        "no",
        "错",
        "缺",
        "没有",
        "无",
        "不在校",
        "未返",
        "没到",
    }
)

# What a presence list speaks about when it does not name its whole class one by one (CONTRACT §2). The first two name
# a few pupils and say nothing about the others; the others name the class, but cannot be whole.
ABSENTEES, ADDITION, MISCOUNTED, PAGE = "absentees", "addition", "miscounted", "page "
NAMED_ONLY = frozenset({ABSENTEES, ADDITION})

YES_WORDS = frozenset({"是", "有", "√", "✓", "✔", "☑", "v", "1", "y", "yes", "true", "对", "属于", "是的", "已消除"})
NO_WORDS = frozenset(
    {
        "否", "无", "×", "x", "✗", "✘", "✕", "0", "n", "no", "false", "不是", "非", "没有", "错", "—", "-", "/", "\\",
        "不属于", "未消除",
    }
)  # fmt: skip

# How far a transfer has got, and which way it goes: the words of the national system and of schools' own lists.
TRANSFER_STATES: dict[str, str] = {
    spelling: state
    for state, spellings in {
        "已办结": ("已办结", "办结", "已完成", "完成", "已转入", "已转出", "转接成功", "已转接", "成功", "核办通过"),
        "已撤回": (
            "已撤回", "撤回", "已撤销", "撤销", "已取消", "取消", "已终止", "终止", "不同意", "未通过", "审核不通过",
            "核办不通过", "作废",
        ),
        "办理中": (
            "办理中", "待审核", "审核中", "待核办", "核办中", "在办", "未办结", "未完成", "待办", "待转入", "待转出",
            "转出中", "转入中", "已申请", "已受理", "待接收", "审批中", "待审批",
        ),
    }.items()
    for spelling in spellings
}  # fmt: skip
TRANSFER_DIRECTIONS: dict[str, str] = {
    "转入": "转入", "转进": "转入", "迁入": "转入", "入": "转入", "转学转入": "转入", "转学(转入)": "转入",
    "转出": "转出", "转走": "转出", "迁出": "转出", "出": "转出", "转学转出": "转出", "转学(转出)": "转出",
}  # fmt: skip

STAGES: dict[str, str] = {
    "小学": "小学", "小学部": "小学", "小学阶段": "小学", "完全小学": "小学", "小学教学点": "小学",
    "初中": "初中", "初级中学": "初中", "初中部": "初中", "初中阶段": "初中", "中学": "初中",
    "九年一贯制": "九年一贯制", "九年一贯制学校": "九年一贯制", "义务教育": "九年一贯制", "小学初中": "九年一贯制",
}  # fmt: skip

SEXES: dict[str, str] = {
    "男": "男",
    "女": "女",
    "1": "男",
    "2": "女",
    "男性": "男",
    "女性": "女",
    "m": "男",
    "f": "女",
    "男生": "男",
    "女生": "女",
}

REGISTER_LABELS: dict[str, str] = {
    "enrollment": "学籍名册",
    "presence": "返校名单",
    "absence": "缺勤登记、考勤表",
    "poverty": "脱贫监测名单",
    "disability": "残疾人名单",
    "previous": "上期学籍名册",
    "approval": "审批登记",
    "household": "户籍适龄儿童名单",
    "transfer": "转学登记",
    "assistance": "协查函登记",
    "home_teaching": "送教上门记录",
    "districts": "学区划分",
    "schools": "学校名单",
}


# How much a bad cell matters, the worst first.
SEVERITIES: dict[str, str] = {"error": "错误", "warning": "警告", "note": "提示"}


def register_label(kind: str | None) -> str:
    """Return the Chinese name of a register kind, or 未识别 for None."""
    return "未识别" if kind is None else REGISTER_LABELS.get(kind, kind)


# The words of a case (CONTRACT §7, §11): what was tried, what came of it, by whose office, why, and how far it is.
CONTACT_KINDS: dict[str, str] = {"phone": "电话", "visit": "家访", "message": "微信短信"}
CONTACT_RESULTS: dict[str, str] = {
    "reached": "联系上",
    "not_reached": "未联系上",
    "refused": "拒绝返校",
    "promised": "答应返校",
    "elsewhere": "称在别处就读",
}
OFFICES: dict[str, str] = {"school": "学校", "township": "乡镇", "county": "县教育局"}
CAUSES: dict[str, str] = {
    "unknown": "尚不清楚",
    "poverty": "因贫",
    "illness": "因病",
    "disability": "因残",
    "weary": "厌学",
    "working": "务工务农",
    "with_parents": "随父母外出",
    "family": "家庭变故",
    "marriage": "早婚",
    "pregnancy": "怀孕",
    "danger": "人身安全",
    "elsewhere": "在别处就读",
    "lost": "失去联系",
    "other": "其他",
}
RUNGS: dict[str, str] = {
    "opened": "已立案",
    "contacted": "已联系",
    "visited": "已家访",
    "first_notice": "已发劝返通知书",
    "second_notice": "已再发劝返通知书",
    "reported": "已报县教育局",
    "with_township": "已交乡镇",
}
MARKS: dict[str, str] = {"none": "无", "suspected": "疑似辍学", "dropout": "辍学"}
CASE_STATES: dict[str, str] = {
    "open": "办理中",
    "return_reported": "已报返校，待考勤证实",
    "returned": "已返校",
    "closed": "已销案",
}

# How a paper was delivered, and what came back.
SERVICES: dict[str, str] = {
    "direct": "直接送达",
    "agent": "家人代收",
    "left": "留置送达",
    "mail": "邮寄送达",
    "message": "微信短信送达",
}
RECEIPTS: dict[str, str] = {
    "signed": "已签收",
    "reply": "回执已收回",
    "refused": "拒绝签收",
    "returned": "邮件退回",
    "none": "没有回音",
}

# The two sheets of pairs of rows that may be one child: what a person has to answer, and what one may look at.
QUESTION_SHEET, SUGGESTION_SHEET = "待人工确认", "比对判为同一人"
