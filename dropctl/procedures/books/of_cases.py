"""The 台账 about children who are, or may be, out of school: suspected, dropped out, not located, away, every case."""

from __future__ import annotations

from collections.abc import Iterable

from dropctl.ledger import Event
from dropctl.ledger.cases import standing
from dropctl.policy.closing import OUTCOMES
from dropctl.policy.routes import school_of_village
from dropctl.procedures.books.case_columns import (
    BY_CASE,
    absent_since,
    approvals_of,
    back_on,
    case_columns,
    causes_column,
    closing_columns,
    contact_columns,
    dropout_day,
    forecast_mark,
    grade_then,
    lacking_of,
    of_case,
    office_columns,
    paper_columns,
    paper_value,
    placement_of,
    progress_of,
    registry_dropout,
    registry_mark,
    run_of,
    special_groups,
    unclear_days,
    whereabouts_column,
)
from dropctl.procedures.books.desk import (
    Desk,
    Line,
    book,
    case_state,
    column,
    disability_words,
    entry_year,
    poverty_words,
    study_state,
    unfilled,
)
from dropctl.procedures.child_facts import ENROLLED
from dropctl.school_calendar import school_year
from dropctl.vocabulary import (
    CASE_STATES,
    MARKS,
    grade_label,
    register_label,
)
from dropctl.workbooks.registers import RegisterBook, RegisterColumn

_CERTAINTY = {"certain": "确定", "to_confirm": "待确认", "claimed": "有说法缺材料"}
_MARKED_KINDS = {"suspected_dropout": "suspected", "dropout": "dropout"}
_BY_ATTENDANCE = "考勤材料"


def ever_marked(events: Iterable[Event]) -> dict[str, set[str]]:
    """Return case number → the marks it ever bore, also those that a return took away."""
    found: dict[str, set[str]] = {}
    for event in standing(event for event in events if event.kind in ("case_opened", "finding_joined", "marked")):
        mark = event.facts.get("mark") or _MARKED_KINDS.get(event.facts.get("kind") or "")
        if mark and mark != "none":
            found.setdefault(event.subject, set()).add(mark)
    return found


def suspected(desk: Desk) -> RegisterBook:
    """Return 疑似辍学学生台账: every case that bears or bore the mark, and marks of the registry without a case."""
    lines = _marked(desk, {"suspected", "dropout"}, "疑似辍学")
    own = [
        *case_columns(desk, lines),
        absent_since(lines),
        column("截至日", lines, lambda line: run.until if (run := run_of(line)) else None, "date", _BY_ATTENDANCE),
        column("连续缺课上课日", lines, lambda line: run.certain_days if (run := run_of(line)) else None, "number",
               "考勤材料：从起始日起无故未到的上课日数"),
        column("其中不明", lines, unclear_days, "number", "考勤材料：没有上报、可能也未到的上课日数"),
        column("请假情况", lines, approvals_of, "long", "审批登记"),
        column("班主任报告日", lines, lambda line: run.day_five if (run := run_of(line)) else None, "date",
               "考勤材料：连续未到的第五个上课日"),
        column("系统标记日", lines, registry_mark, "date", "学籍系统的标注；没有导出的空着"),
        column("应标记日（推算）", lines, forecast_mark, "date", "方案三.2和考勤推算"),
        column("预计转辍学日", lines, lambda line: dropout_day(desk, line), "date", "方案三.2：标记满规定时间的次日"),
        causes_column(lines),
        *contact_columns(lines),
        *paper_columns(lines),
        column("现状态", lines, lambda line: case_state(line) or line.child.status, "center", BY_CASE),
        column("复学日期", lines, back_on, "date", "考勤证实的复学，或登记的返校"),
    ]  # fmt: skip
    what = "标注或推算为疑似辍学的学生，包括已劝返复学、已转为辍学的；学籍状态已是疑似辍学而没有个案的也列入"
    return book(desk, "suspected", "疑似辍学学生台账", "三.2", what, lines, own, "enrollment", "absence")


def dropouts(desk: Desk) -> RegisterBook:
    """Return 辍学学生台账: every case that bears or bore the mark 辍学, and such marks of the registry."""
    lines = _marked(desk, {"dropout"}, "辍学")
    own = [
        *case_columns(desk, lines),
        absent_since(lines),
        column("疑似标记日", lines, lambda line: registry_mark(line) or forecast_mark(line), "date",
               "学籍系统的标注，没有的按考勤推算"),
        column("辍学认定日", lines, registry_dropout, "date", "学籍系统的标注"),
        column("辍学日（推算）", lines, lambda line: dropout_day(desk, line), "date", "方案三.2和考勤推算"),
        column("辍学时年级", lines, lambda line: grade_label(grade_then(line)) or None, "center", "立案时的年级"),
        causes_column(lines),
        whereabouts_column(lines),
        column("特殊群体", lines, special_groups, "long", "学籍名册、脱贫监测和残疾人名单"),
        *contact_columns(lines),
        *paper_columns(lines),
        *office_columns(lines),
        unfilled("乡镇责任人", "由乡镇在反馈单上写明"),
        unfilled("责令书文号", "只能由乡镇人民政府或县教育局作出，本程序不作出"),
        column("复学日期", lines, back_on, "date", "考勤证实的复学，或登记的返校"),
        column("安置方式", lines, placement_of, "center", "一人一案（方案三.4）"),
        *closing_columns(desk, lines),
    ]  # fmt: skip
    what = "标注或推算为辍学的学生，包括已复学和已销号的"
    return book(desk, "dropouts", "辍学学生台账", "三.2", what, lines, own, "enrollment", "absence")


def not_located(desk: Desk) -> RegisterBook:
    """Return 失学（未定位）儿童台账: children on outside lists or last term's roster whom no list at hand shows."""
    lines, lists, said, sure = [], [], [], []
    for finding in desk.findings.get("not_located", ()):
        line = desk.line(finding.key[0])
        lines.append(line)
        lists.append("、".join(_register_words(line)))
        said.append(finding.reason)
        sure.append(_CERTAINTY[finding.certainty])
    own = [
        RegisterColumn("来源名单", "center", lists, "户籍适龄儿童、脱贫监测、残疾人名单，上期学籍名册"),
        column("应入学年份", lines, lambda line: entry_year(line.child.born), "number", "满六周岁那一年（8月31日前）"),
        column("脱贫或监测", lines, lambda line: poverty_words(line.child), "center", "脱贫监测名单"),
        column("残疾", lines, lambda line: disability_words(line.child), "center", "残疾人名单"),
        column("核查学校", lines, lambda line: _school_of(desk, line), "text", "学区划分表：户籍所在的村对应的学校"),
        RegisterColumn("确定程度", "center", sure, "核对规则"),
        RegisterColumn("核对情况", "long", said, "核对规则"),
        column("核查结论", lines, _conclusion, "center", "个案的销案结果；没有立案的待核查"),
        unfilled("入学安排", "核查后由学校填写", "long"),
    ]
    what = "名单上适龄、而本校名册和返校名单上都没有的孩子。在一所学校核对时，“未定位”只说明不在本校，不等于失学"
    if desk.known.evidence is None:
        what = "还没有核对过"
    return book(
        desk, "not_located", "失学（未定位）儿童台账", "三.3", what, lines, own, "household", "poverty", "disability"
    )


def away(desk: Desk) -> RegisterBook:
    """Return 有籍不在校台账: on the roster and not at school, each with the category and what covers it."""
    lines, kinds, said, sure = [], [], [], []
    seen: set[str] = set()
    for kind in ("not_returned", "lawfully_absent"):
        for finding in desk.findings.get(kind, ()):
            seen.add(finding.key[0])
            line = desk.line(finding.key[0])
            lines.append(line)
            kinds.append(finding.ground if finding.ground else "未返校")
            said.append(finding.reason)
            sure.append(_CERTAINTY[finding.certainty])
    for case in desk.cases:
        child = desk.known.of(case.child)
        if case.is_open and case.state == "open" and case.child not in seen and child.place == ENROLLED:
            lines.append(desk.line(child, case))
            kinds.append(MARKS[case.mark] if case.mark != "none" else "未到校")
            said.append(case.reason or "个案未结")
            sure.append("确定")
    own = [
        RegisterColumn("类别", "center", kinds, "返校核对和个案"),
        RegisterColumn("确定程度", "center", sure, "核对规则"),
        RegisterColumn("情况", "long", said, "核对规则"),
        column("学籍状态", lines, lambda line: line.child.status, "center", "学籍名册"),
        column("批准文号", lines, paper_value("number"), "text", "审批登记"),
        column("批准单位", lines, paper_value("approver"), "text", "审批登记"),
        column("起", lines, paper_value("starts"), "date", "审批登记"),
        column("止", lines, paper_value("ends"), "date", "审批登记"),
        column("手续缺什么", lines, lacking_of, "long", "审批登记"),
        *case_columns(desk, lines),
        column("进展", lines, progress_of, "center", BY_CASE),
    ]
    what = "在籍而未到校的学生：有手续的（休学、延缓入学、送教上门、请假等）和没有手续的分别注明"
    return book(desk, "away", "有籍不在校台账", "三.5", what, lines, own, "enrollment", "presence")


def gravely_ill(desk: Desk) -> RegisterBook:
    """Return 重病适龄儿童台账: cases whose cause is illness, and approvals that rest on the child's health."""
    lines, clues = [], []
    for child in desk.known.children.values():
        case = desk.case_of(child.number)
        ill = case is not None and "illness" in case.causes
        papers = [paper.ground for paper in child.approvals if paper.ground in _FOR_HEALTH]
        if ill or papers:
            lines.append(desk.line(child))
            clues.append("、".join([*(["个案原因：因病"] if ill else []), *dict.fromkeys(papers)]))
    own = [
        RegisterColumn("线索来源", "center", clues, "个案原因、审批登记"),
        unfilled("诊断", "由学校凭医疗证明填写，是否属重病以证明为准", "long"),
        column("休学起", lines, paper_value("starts"), "date", "审批登记"),
        column("休学止", lines, paper_value("ends"), "date", "审批登记"),
        column("批准文号", lines, paper_value("number"), "text", "审批登记"),
        column("就读状态", lines, lambda line: study_state(desk, line), "center", "学籍名册、返校名单、审批登记"),
        unfilled("复学评估", "期满前由学校会同家长评估后填写", "long"),
    ]
    what = "因病休学、延缓入学的学生和个案原因为因病的孩子，供学校核定；具备条件的及时安排就学"
    return book(desk, "gravely_ill", "重病适龄儿童台账", "三.7", what, lines, own, "approval")


_FOR_HEALTH = ("休学", "延缓入学")


def every_case(desk: Desk) -> RegisterBook:
    """Return 开案总台账: every case ever opened, closed ones included, in the order of opening."""
    lines = [desk.line(case.child, case, case.reason) for case in desk.cases]
    own = [
        *case_columns(desk, lines),
        column("立案日期", lines, of_case("opened_on"), "date", BY_CASE),
        column("由谁立案", lines, lambda line: _OPENED_BY[line.case.opened_by] if line.case else None, "center",
               BY_CASE),
        column("依据条款", lines, of_case("clause"), "center", BY_CASE),
        absent_since(lines),
        causes_column(lines),
        whereabouts_column(lines),
        *contact_columns(lines),
        *paper_columns(lines),
        column("进度", lines, progress_of, "center", BY_CASE),
        column("标注", lines, lambda line: MARKS[line.case.mark] if line.case else None, "center", BY_CASE),
        column("标注日", lines, of_case("mark_on"), "date", "学籍系统的标注；推算的另在疑似台账注明"),
        column("状态", lines, lambda line: CASE_STATES[line.case.state] if line.case else None, "center", BY_CASE),
        column("复学日期", lines, back_on, "date", "考勤证实的复学，或登记的返校"),
        column("安置方式", lines, placement_of, "center", "一人一案（方案三.4）"),
        *closing_columns(desk, lines),
    ]  # fmt: skip
    return book(desk, "cases", "个案总台账", "三.3、三.5", "立过的全部个案，销案的保留", lines, own)


_OPENED_BY = {"reconcile": "开学核对", "scan": "考勤核对", "hand": "手工"}


def _marked(desk: Desk, wanted: set[str], status: str) -> list[Line]:
    marks = ever_marked(desk.events)
    lines = []
    for case in desk.cases:
        if wanted & (marks.get(case.number, set()) | {case.mark}):
            lines.append(desk.line(case.child, case))
    mine = {line.child.number for line in lines}
    for child in desk.known.children.values():
        if child.status == status and child.number not in mine:
            lines.append(Line(child, desk.case_of(child.number), f"学籍状态为“{status}”，与到校情况对照后处理"))
    return lines


def _register_words(line: Line) -> list[str]:
    return [register_label(kind) for kind in line.child.stated]


def _school_of(desk: Desk, line: Line) -> str | None:
    grade = None
    year = entry_year(line.child.born)
    if year is not None:
        grade = "小学" if school_year(desk.as_of) - year < 6 else "初中"
    schools = school_of_village(line.child.village, grade, desk.districts)
    return schools[0] if len(schools) == 1 else None


def _conclusion(line: Line) -> str:
    if line.case is None:
        return "待核查"
    return OUTCOMES[line.case.outcome].label if line.case.outcome else CASE_STATES[line.case.state]
