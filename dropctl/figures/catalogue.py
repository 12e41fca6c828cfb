"""Every figure of the monthly report: id, label, definition, clause, and the list it is made of (CONTRACT §10)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from dropctl.figures.counting import Counting, Line
from dropctl.figures.marks import DROPOUT, SUSPECTED


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `lines` returns its list; the definition is printed in the notes and by explain."""

    id: str
    label: str
    definition: str
    clause: str
    lines: Callable[[Counting], list[Line]]

    @property
    def digest(self) -> str:
        """Twelve characters that change when what the figure means is worded anew."""
        return hashlib.sha256(f"{self.id}|{self.label}|{self.definition}".encode()).hexdigest()[:12]


def _placed(figure: str) -> Callable[[Counting], list[Line]]:
    return lambda month: month.registered(figure)


def _marked_among(trait: str) -> Callable[[Counting], list[Line]]:
    def lines(month: Counting) -> list[Line]:
        chosen = {child.child for child in month.facts.registered if getattr(child, trait)}
        return [line for line in month.registered("Z02", "Z03") if line.child in chosen]

    return lines


def _with(trait: str, why: str) -> Callable[[Counting], list[Line]]:
    return lambda month: month.those((child for child in month.facts.registered if getattr(child, trait)), why)


def _reported_back(month: Counting) -> list[Line]:
    return [
        Line(case.child, month.facts.people[case.child], "报告返校，待考勤证实", case.return_on, case.number)
        for case in month.facts.cases.values()
        if case.state == "return_reported"
    ]


FIGURES: tuple[Figure, ...] = (
    Figure("Z01", "在册人数", "截止日以前最近一份学籍名册上一至九年级的学生，不含毕业、结业、死亡、出国", "一",
           lambda month: month.registered()),
    Figure("Z02", "辍学", "截止日为辍学的在册学生：学籍系统标注的，或按方案推算超过期限未复学的", "三.2",
           _placed("Z02")),
    Figure("Z03", "疑似辍学", "截止日为疑似辍学的在册学生：学籍系统标注的，或按方案推算达到标准的", "三.2",
           _placed("Z03")),
    Figure("Z04", "休学、延缓入学、不具备学习能力", "审批齐全、截止日在期内，且考勤没有记到校的", "三.2",
           _placed("Z04")),
    Figure("Z05", "送教上门", "送教上门审批齐全、截止日在期内的", "三.7", _placed("Z05")),
    Figure("Z06", "已转出未转接", "状态为转出、转学已办结或正在办理而人不在校的，学籍仍在本校名册上", "三.2",
           _placed("Z06")),
    Figure("Z07", "请假", "月末最后一个上课日请假（审批在期内，或考勤记为病假、事假）", "三.2", _placed("Z07")),
    Figure("Z08", "待核实", "有未办结的个案、缺勤超过期限而没有立案、有说法缺材料，或月末最后一个上课日的情况不明",
           "三.2", _placed("Z08")),
    Figure("Z09", "在校（有籍）", "在册学生中不属于以上各项的", "三.2", _placed("Z09")),
    Figure("Z10", "无学籍在校", "名单上在校、学籍名册上确定没有的学生；是否本人拿不准的不计", "三.2",
           lambda month: month.done(month.facts.unregistered)),
    Figure("Z11", "实际在校", "送教上门、在校（有籍）、无学籍在校三项之和", "一",
           lambda month: [*month.registered("Z05", "Z09"), *month.done(month.facts.unregistered)]),
    Figure("Z20", "疑似辍学期初", "上月报告的期末数；上月没有报告的，为上月末台账", "三.2",
           lambda month: month.opened_with(SUSPECTED)),
    Figure("Z21", "疑似辍学新增", "本月起为疑似辍学的人次，含重新立案、重新在册的", "三.2",
           lambda month: month.begun((None,), SUSPECTED)),
    Figure("Z22", "疑似辍学复学（考勤证实）", "本月经考勤证实复学的人次", "三.2",
           lambda month: month.ended(SUSPECTED, returned=True)),
    Figure("Z23", "疑似辍学转辍学", "本月由疑似辍学转为辍学的人次", "三.2",
           lambda month: month.begun((SUSPECTED,), DROPOUT)),
    Figure("Z24", "疑似辍学其他销案", "本月因其他原因销案、取消标注的人次，含离册而个案未销的", "三.5",
           lambda month: month.ended(SUSPECTED, returned=False)),
    Figure("Z25", "疑似辍学更正", "上月截止日以前的事，上月报告以后才登记、作废或更正的（可为负数）", "一",
           lambda month: month.corrections(SUSPECTED)),
    Figure("Z26", "已返校（报告）", "截止日已登记返校、考勤尚未证实的个案，不计入复学", "三.5", _reported_back),
    Figure("Z30", "辍学期初", "上月报告的期末数；上月没有报告的，为上月末台账", "三.2",
           lambda month: month.opened_with(DROPOUT)),
    Figure("Z31", "辍学新增", "本月起为辍学的人次，含由疑似辍学转入的", "三.2",
           lambda month: month.begun((None, SUSPECTED), DROPOUT)),
    Figure("Z32", "辍学复学（考勤证实）", "本月经考勤证实复学的人次", "三.2",
           lambda month: month.ended(DROPOUT, returned=True)),
    Figure("Z34", "辍学其他销案", "本月因其他原因销案、取消标注的人次，含离册而个案未销的", "三.5",
           lambda month: month.ended(DROPOUT, returned=False)),
    Figure("Z35", "辍学更正", "上月截止日以前的事，上月报告以后才登记、作废或更正的（可为负数）", "一",
           lambda month: month.corrections(DROPOUT)),
    Figure("Z40", "脱贫户、监测户学生", "在册学生中名单确认或名册标注的", "三.1", _with("poor", "脱贫户或监测对象")),
    Figure("Z40a", "其中疑似辍学、辍学", "脱贫户、监测户学生中截止日为疑似辍学或辍学的", "三.1", _marked_among("poor")),
    Figure("Z41", "残疾学生", "在册学生中名单确认或名册标注的", "三.1", _with("disabled", "残疾")),
    Figure("Z41a", "其中疑似辍学、辍学", "残疾学生中截止日为疑似辍学或辍学的", "三.1", _marked_among("disabled")),
    Figure("Z42", "留守儿童", "学籍名册标注为留守儿童的在册学生", "三.7", _with("left_behind", "名册标注留守")),
    Figure("Z43", "随迁子女", "学籍名册标注为随迁子女的在册学生", "三.7", _with("migrant", "名册标注随迁")),
    Figure("Z44", "随班就读", "学籍名册标注为随班就读的在册学生", "三.7", _with("inclusive", "名册标注随班就读")),
    Figure("Z45", "送教次数", "本月送教上门的次数，同一学生同一天计一次", "三.7",
           lambda month: month.done(month.facts.deeds.home_lessons)),
    Figure("Z50", "劝返复学通知书", "本月编号发出的通知书份数", "三.5",
           lambda month: month.done(month.facts.deeds.notices)),
    Figure("Z51", "书面报告", "本月编号发出的书面报告份数", "三.5",
           lambda month: month.done(month.facts.deeds.reports)),
    Figure("Z52", "家访人次", "本月登记的家访次数", "三.5", lambda month: month.done(month.facts.deeds.visits)),
    Figure("Z53", "协查函收到", "本月收到的协查函件数", "三.1", lambda month: month.done(month.facts.deeds.letters_in)),
    Figure("Z54", "协查函办结", "本月答复或办结的协查函件数", "三.1",
           lambda month: month.done(month.facts.deeds.letters_done)),
)  # fmt: skip


def definitions() -> dict[str, str]:
    """Return figure id → digest of its definition, to be kept with an issued report."""
    return {figure.id: figure.digest for figure in FIGURES}
