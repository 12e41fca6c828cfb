"""The 台账 about groups of children the plan names: all of school age, without registration, poor, disabled, …"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from dropctl.ledger.care import Care, fold_care
from dropctl.policy.ages import age_group, has_finished
from dropctl.policy.evidence import ListedChild
from dropctl.policy.last_year import is_graduate
from dropctl.policy.rules.whereabouts import left_by_household
from dropctl.procedures.books.desk import (
    Desk,
    Line,
    book,
    column,
    disability_words,
    poverty_words,
    stage,
    study_state,
    unfilled,
)
from dropctl.procedures.child_facts import ENROLLED, LISTED, UNREGISTERED, ChildFacts
from dropctl.school_calendar import cohort_bounds, school_year
from dropctl.workbooks.registers import RegisterBook, RegisterColumn

_GONE = ("毕业", "结业", "死亡", "出国", "转出")


def of_school_age(desk: Desk) -> RegisterBook:
    """Return 适龄儿童少年台账 by household: the nine cohorts on any list, and over-age pupils."""
    first, last = cohort_bounds(school_year(desk.as_of))
    strays = {child.number: child for child in desk.known.evidence.strays} if desk.known.evidence else {}
    lines = []
    for child in desk.known.children.values():
        stray = strays.get(child.number)
        if child.place == LISTED and stray is not None:
            if not _sought(desk, stray):
                continue
        elif child.place not in (ENROLLED, UNREGISTERED) or child.status in _GONE:
            continue
        over_age = child.born is not None and not first <= child.born <= last
        note = "不在九个年龄组内" if over_age else None
        if stray is not None:
            note = _note_of(desk, stray) or note
        lines.append(desk.line(child, note=note))
    lines.sort(key=_by_household)
    own = [
        column("户主", lines, lambda line: line.child.household_head, "text", "户籍适龄儿童、脱贫监测名单"),
        column("户编号", lines, lambda line: line.child.household_number, "text", "户籍适龄儿童、脱贫监测名单"),
        column("就读状态", lines, lambda line: study_state(desk, line), "text", "学籍名册、返校名单、审批登记、个案"),
        column("就读学校", lines, _school, "text", "学籍名册、返校名单；不在本校的为名单上写的学校"),
        column("就读地", lines, lambda line: _stated(line.child, "study_place"), "text", "户籍适龄儿童名单"),
        column("佐证材料", lines, _proof, "long", "审批登记的文号"),
        column("脱贫或监测", lines, lambda line: poverty_words(line.child), "center", "脱贫监测名单，学籍名册的标注"),
        column("残疾", lines, lambda line: disability_words(line.child), "center", "残疾人名单，学籍名册的标注"),
        column("留守", lines, lambda line: line.child.left_behind, "center", "学籍名册"),
        column("外出地", lines, lambda line: _stated(line.child, "away_place"), "text", "脱贫监测名单"),
        unfilled("核查人", "由入户核查的人填写"),
        column("核查日期", lines, lambda line: line.child.list_date, "date", "返校名单的日期；入户核查的由核查人改填"),
    ]
    what = "学籍名册、返校名单和县里名单上的适龄（九个年龄组）儿童少年，以及超龄仍在籍的，按村、按户排列"
    return book(desk, "school_age", "适龄儿童少年台账", "三.1、三.3", what, lines, own, "household", "enrollment")


def unregistered(desk: Desk) -> RegisterBook:
    """Return 无学籍在校生台账: children at school whom the roster does not hold."""
    lines, said, steps, due = [], [], [], []
    for finding in desk.findings.get("unregistered", ()):
        lines.append(desk.line(finding.key[0]))
        said.append(finding.reason)
        steps.append(finding.next_step)
        due.append(finding.due_date)
    own = [
        column("身份证件情况", lines, _papers_of, "center", "返校名单和各名单上写的证件号"),
        RegisterColumn("核对情况", "long", said, "核对规则"),
        RegisterColumn("应办业务", "long", steps, "核对规则"),
        RegisterColumn("办理期限", "date", due, "起始年级的新生为开学后两个月（教基〔2025〕1号），其余及时办理"),
        unfilled("就读日期", "由班主任填写"),
        unfilled("来源学校或地区", "由学校问清后填写"),
        unfilled("原学籍所在校", "由学籍管理员在学籍系统查明后填写"),
        unfilled("未建籍原因", "由学校问清后填写", "long"),
        unfilled("提交日期", "由学籍管理员办理时填写"),
        unfilled("完成日期", "由学籍管理员办理时填写"),
        unfilled("新学籍号", "建籍后由学籍管理员填写；再导出名册核对，本表就会少一条"),
    ]
    what = "人在本校、学籍名册上没有的学生"
    return book(desk, "unregistered", "无学籍在校生台账", "三.2", what, lines, own, "enrollment", "presence")


def poor(desk: Desk) -> RegisterBook:
    """Return 脱贫户、监测户学生台账: pupils the county's list or the roster itself marks."""
    lines = _pupils(desk, lambda child: child.poverty is not None)
    own = [
        column("标注", lines, lambda line: poverty_words(line.child), "center", "脱贫监测名单，学籍名册的标注"),
        column("标注依据", lines, lambda line: line.child.poverty.source if line.child.poverty else None, "center",
               "名单确认：名单上就是本人；待确认：可能是本人；仅名册标注：名单上没有"),
        column("户编号", lines, _poverty("household_number"), "text", "脱贫监测名单"),
        column("户主姓名", lines, _poverty("household_head"), "text", "脱贫监测名单"),
        column("户类型", lines, _poverty("household_type"), "center", "脱贫监测名单"),
        column("监测对象类别", lines, _poverty("monitor_type"), "center", "脱贫监测名单"),
        column("风险是否消除", lines, _poverty("risk_cleared"), "center", "脱贫监测名单"),
        column("学段", lines, lambda line: stage(line.child.grade), "center", "学籍名册"),
        column("就读方式", lines, lambda line: line.child.boarding, "center", "学籍名册"),
        column("就读状态", lines, lambda line: study_state(desk, line), "text", "学籍名册、返校名单、审批登记、个案"),
        column("不在校原因", lines, _poverty("no_school_reason"), "text", "脱贫监测名单上写的"),
        column("外出地", lines, _poverty("away_place"), "text", "脱贫监测名单（镇内外、县内外、省内外）"),
        column("残疾", lines, lambda line: disability_words(line.child), "center", "残疾人名单，学籍名册的标注"),
        unfilled("资助情况", "由资助管理人员填写（方案三.8）", "long"),
    ]  # fmt: skip
    what = "本校学生中的脱贫户、监测对象家庭学生；没有找到学校的孩子在“失学（未定位）儿童台账”"
    return book(desk, "poor", "脱贫户监测户学生台账", "三.1、三.7", what, lines, own, "poverty")


def disabled(desk: Desk) -> RegisterBook:
    """Return 残疾儿童少年台账: pupils marked disabled, and children of school age on the disability list elsewhere."""
    lines = _pupils(desk, lambda child: child.disability is not None)
    strays = {child.number: child for child in desk.known.evidence.strays} if desk.known.evidence else {}
    lines += [
        desk.line(child)
        for child in desk.known.children.values()
        if child.place == LISTED and child.disability is not None and _sought(desk, strays.get(child.number))
    ]
    whole = desk.showing.whole_numbers
    own = [
        column("残疾人证号", lines, lambda line: _certificate(line.child, whole=whole), "text",
               "残疾人名单、学籍名册" if whole else "只写有没有；证号里含身份证号，不写出来"),
        column("类别等级", lines, lambda line: disability_words(line.child), "center", "残疾人名单，学籍名册的标注"),
        column("标注依据", lines, lambda line: line.child.disability.source if line.child.disability else None,
               "center", "名单确认：名单上就是本人；待确认：可能是本人；仅名册标注：名单上没有"),
        column("评估编号", lines, _assessment, "text", "审批登记"),
        column("安置方式", lines, lambda line: _placed(desk, line), "center", "学籍名册的随班就读、审批登记、个案"),
        column("就读学校", lines, _school, "text", "学籍名册；不在本校的为名单上写的学校"),
        unfilled("评估结论和日期", "由县残疾人教育专家委员会评估后填写（方案三.7）", "long"),
        unfilled("家长意见", "由学校征求后填写", "long"),
    ]  # fmt: skip
    what = "本校残疾学生，和残疾人名单上适龄、还没有找到学校的孩子"
    return book(desk, "disabled", "残疾儿童少年台账", "三.7", what, lines, own, "disability")


def left_behind(desk: Desk) -> RegisterBook:
    """Return 留守儿童台账: pupils the roster calls left behind."""
    lines = _pupils(desk, lambda child: bool(child.is_left_behind))
    own = [
        column("类型", lines, lambda line: line.child.left_behind, "center", "学籍名册"),
        column("父亲", lines, lambda line: _parent(line.child, "父"), "text", "学籍名册的成员1、成员2"),
        column("母亲", lines, lambda line: _parent(line.child, "母"), "text", "学籍名册的成员1、成员2"),
        unfilled("父母务工地和电话", "由班主任家访后填写", "long"),
        unfilled("委托监护人", "由班主任家访后填写"),
        unfilled("与学生关系（委托）", "由班主任家访后填写"),
        unfilled("监护情况", "由班主任家访后填写", "long"),
        column("就学情况", lines, lambda line: stage(line.child.grade), "center", "学籍名册"),
        unfilled("家庭经济来源", "由班主任家访后填写"),
        unfilled("救助情况", "由学校向民政部门了解后填写"),
        column("帮扶教师", lines, desk.teacher_of, "text", "个案的责任人，没有个案的为班主任"),
    ]
    what = "学籍名册上标为留守儿童的学生。民政部门的口径不同（父母双方外出，或一方外出另一方无监护能力），数字不必相同"
    return book(desk, "left_behind", "留守儿童台账", "三.7", what, lines, own, "enrollment")


def migrant(desk: Desk) -> RegisterBook:
    """Return 随迁子女台账: pupils the roster calls children of migrant workers."""
    lines = _pupils(desk, lambda child: bool(child.is_migrant))
    own = [
        column("户籍地（代码或地址）", lines, _registered_at, "text", "学籍名册的户口所在地，户籍名单的地址"),
        unfilled("父母务工单位", "由班主任填写"),
        unfilled("居住证", "由学校查验后填写"),
        column("入校时间", lines, lambda line: line.child.entry, "center", "学籍名册的入学年月"),
    ]
    what = "学籍名册上标为进城务工人员随迁子女的学生"
    return book(desk, "migrant", "随迁子女台账", "三.7", what, lines, own, "enrollment")


def of_prisoners(desk: Desk) -> RegisterBook:
    """Return 服刑人员未成年子女台账, the restricted list (`dropctl care`), for those entrusted with it."""
    entries = fold_care(desk.events)
    lines = [desk.line(child, note=care.note) for child, care in entries.items()]
    recorded = "受限名册（dropctl care add）"

    def of(value: Callable[[Care], str | date]) -> Callable[[Line], str | date | None]:
        return lambda line: value(entries[line.child.number])

    own = [
        column("帮扶人", lines, of(lambda care: care.person), "center", recorded),
        column("登记日期", lines, of(lambda care: care.since), "date", recorded),
        unfilled("监护情况", "由学校指定的人填写", "long"),
    ]
    what = "本表限学校指定的人掌握，不随其他台账转发。程序不读这类名单，由指定的人逐个登记"
    made = book(desk, "of_prisoners", "服刑人员未成年子女台账", "三.7", what, lines, own)
    return made if lines else replace(made, empty_line="没有登记；有的由指定的人用 dropctl care add 登记")


def _pupils(desk: Desk, wanted: Callable[[ChildFacts], bool]) -> list[Line]:
    """Return the pupils of the school a list is about, by class and name; those who have left lawfully are not."""
    found = [
        desk.line(child)
        for child in desk.known.children.values()
        if child.place in (ENROLLED, UNREGISTERED) and child.status not in _GONE and wanted(child)
    ]
    return sorted(found, key=lambda line: (*_class(line.child), line.child.name or "", line.child.number))


def _class(child: ChildFacts) -> tuple[str, str, int, str]:
    digits = "".join(char for char in (child.class_name or "")[3:] if char.isdigit())
    return (child.school or "", child.grade or "~", int(digits or 0), child.class_name or "")


def _by_household(line: Line) -> tuple[object, ...]:
    child = line.child
    return (child.town or "~", child.village or "~", child.household_number or "~", *_class(child), child.number)


def _sought(desk: Desk, stray: ListedChild | None) -> bool:
    """Say whether a child on outside lists may be of school age: no adult, no toddler, not through grade 9."""
    evidence = desk.known.evidence
    if stray is None or evidence is None or any(has_finished(row) for row in stray.rows):
        return False
    groups = {age_group(row, evidence.opening, desk.as_of, desk.plan) for row in stray.rows}
    return bool(groups & {"school_age", "over_age"}) or any(row.register == "previous" for row in stray.rows)


def _note_of(desk: Desk, stray: ListedChild) -> str | None:
    evidence = desk.known.evidence
    if evidence is not None and any(
        row.register == "previous" and is_graduate(row, evidence.graduated) for row in stray.rows
    ):
        return "上期毕业年级学生，待升学核对"
    left = left_by_household(stray)
    return f"户籍名单注明{left}" if left else None


def _stated(child: ChildFacts, key: str) -> str | None:
    value = next((row[key] for row in child.stated.values() if row.get(key)), None)
    return None if value is None else str(value)


def _poverty(key: str) -> Callable[[Line], str | None]:
    def value(line: Line) -> str | None:
        found = line.child.poverty.stated.get(key) if line.child.poverty is not None else None
        return None if found is None else str(found)

    return value


def _school(line: Line) -> str | None:
    return line.child.school or _stated(line.child, "other_school")


def _proof(line: Line) -> str | None:
    said = [f"{paper.ground}批准文号{paper.number}" for paper in line.child.approvals if paper.number]
    return "、".join(said) or None


def _papers_of(line: Line) -> str:
    if line.child.id_number:
        return "证件号有效"
    return "证件号有误" if line.child.id_text else "名单未写证件号"


def _certificate(child: ChildFacts, *, whole: bool) -> str | None:
    number = _stated(child, "certificate") or _stated(child, "disability_certificate")
    return number if whole else "有" if number else None


def _assessment(line: Line) -> str | None:
    return next((paper.assessment_number for paper in line.child.approvals if paper.assessment_number), None)


def _placed(desk: Desk, line: Line) -> str:
    """Return how a disabled child is placed; what no list says is said to be open."""
    child = line.child
    grounds = [paper.ground for paper in child.approvals]
    for ground in ("送教上门", "延缓入学", "不具备学习能力", "休学"):
        if ground in grounds:
            return ground
    if child.is_inclusive:
        return "随班就读"
    if child.status == "送教上门":
        return "送教上门（缺审批）"
    return "普通班就读" if child.place == ENROLLED and child.presence == "present" else study_state(desk, line)


def _parent(child: ChildFacts, word: str) -> str | None:
    pairs = ((child.guardian, child.relation), (child.second_guardian, child.second_relation))
    found = [name for name, relation in pairs if relation and relation.startswith(word) and "祖" not in relation]
    return found[0] if found else None


def _registered_at(line: Line) -> str | None:
    return line.child.household_address or _stated(line.child, "household_registration")
