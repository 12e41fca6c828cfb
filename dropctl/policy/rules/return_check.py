"""三.5: every registered pupil against those who came back: who is missing, who has a ground, which class is silent."""

from __future__ import annotations

from datetime import date

from dropctl.findings import Finding
from dropctl.policy.evidence import ClassFacts, Evidence, PupilFacts, mark_of
from dropctl.policy.grounds import Ground, ground_of
from dropctl.policy.wording import finding, letter_words, where
from dropctl.reconcile.people import Person
from dropctl.vocabulary import STATUS_BY_LABEL, grade_label

_CONTACT = "今天就联系监护人，问清原因和去向并记录；无正当理由的启动劝返"
_MARKS = ("present", "unknown", "absent")
_COMPARE = "先对照“待人工确认”表核实是不是同一人，再决定是否联系家长"


def return_check(evidence: Evidence) -> list[Finding]:
    """Return `not_returned`, `lawfully_absent` and `presence_unreported` (三.5), due two school days after opening."""
    due = evidence.due("return_check").due_date
    # Of a school whose register is last year's nothing can be said about who is missing.
    pupils = [facts for facts in evidence.pupils if facts.lead.school not in evidence.outdated]
    classes = [group for group in evidence.classes.values() if group.key[0] not in evidence.outdated]
    found = [line for facts in pupils if (line := _pupil(evidence, facts, due)) is not None]
    return found + [line for group in classes if (line := _class(evidence, group, due)) is not None]


def _class(evidence: Evidence, group: ClassFacts, due: date) -> Finding | None:
    expected = [facts for facts in group.pupils if facts.expected]
    school, grade, name = group.key
    if not expected or name is None:
        return None
    unknown = [facts for facts in expected if facts.presence == "unknown"]
    common = {
        "kind": "presence_unreported",
        "key": (f"{school or ''}/{grade or ''}/{name}", evidence.episode),
        "as_of": evidence.as_of,
        "school": school or evidence.school,
        "grade": grade,
        "class_name": name,
        "register": "presence",
        "due_date": due,
    }
    label = name if grade and name.startswith(grade_label(grade)) else f"{grade_label(grade)}{name}"
    names = "、".join(facts.lead.name or "（无姓名）" for facts in unknown)
    silent = sum(facts.presence == "unreported" for facts in expected)
    if not group.reported and (silent or not unknown) and not (group.others_told and not silent):
        reason = f"{label}在籍应到{len(expected)}人，没有收到返校名单，这些学生是否返校都不知道"
        if group.others_told:
            reason = (
                f"{label}在籍应到{len(expected)}人，只收到未到校学生或补报到学生的名单，其余{silent}人是否返校不知道"
            )
            reason += f"；名单上看不出到校情况的有{len(unknown)}人：{names}" if unknown else ""
        return Finding(
            **common,  # type: ignore[arg-type]  # one literal dict serves both sentences
            reason=reason,
            next_step="请班主任当天交返校名单（逐人填是否返校），再核对一次",
        )
    if unknown or not group.is_whole:
        place = group.list_place or (None, None)
        reason = f"{label}返校名单上有{len(unknown)}人的到校情况未填、看不清或前后不一：{names}"
        if not group.is_whole:
            reason = f"{label}返校名单不全：写明的实到人数与逐人登记的对不上，或者缺页"
            reason += f"；{len(unknown)}人是否返校不知道：{names}" if unknown else "，请逐人核对"
        return Finding(
            **common,  # type: ignore[arg-type]
            file=place[0],
            sheet=place[1],
            reason=reason,
            next_step="请班主任补填这些学生的到校情况，再核对一次",
        )
    return None


def _pupil(evidence: Evidence, facts: PupilFacts, due: date) -> Finding | None:
    if facts.expected and facts.found_at is not None:
        return _at_another_school(evidence, facts, due)
    if not facts.expected or facts.presence in ("present", "unknown"):
        return None
    if facts.presence == "unreported":
        if facts.lead.class_name is not None or not evidence.given("presence"):
            return None
        return finding(
            evidence, "not_returned", facts.lead, facts.number,
            reason="名册上没有写明班级，各班返校名单上也没有找到这名学生",
            next_step="先在名册上补全年级班级，再向该班核实是否到校",
            certainty="to_confirm", triage="data_fault", due_date=due,
        )  # fmt: skip
    day = facts.list_date or evidence.as_of
    return _with_ground(evidence, facts, day, due) or _missing(evidence, facts, day, due)


def _at_another_school(evidence: Evidence, facts: PupilFacts, due: date) -> Finding:
    assert facts.presence_link is not None
    there = facts.presence_link.right.lead
    pending = f"；转学登记中有{facts.transfer.words}，尚未办结" if facts.transfer else ""
    return finding(
        evidence, "not_returned", facts.lead, facts.number, triage="elsewhere",
        reason=f"学籍在本校，人在{facts.found_at}：{where(there)}记为在校（{facts.presence_link.reason}）{pending}",
        next_step=f"与{facts.found_at}办理学籍转接，做到人籍一致", other=there, due_date=due,
    )  # fmt: skip


def _with_ground(evidence: Evidence, facts: PupilFacts, day: date, due: date) -> Finding | None:
    grounds = sorted(
        (ground_of(approval) for approval in facts.approvals),
        key=lambda ground: (
            not ground.covers(day),
            len(ground.missing),
            -(ground.ends or date.max).toordinal(),
        ),
    )
    standing = next((ground for ground in grounds if ground.covers(day) and not ground.missing), None)
    if standing is not None:
        if standing.ends is not None and standing.ends < evidence.as_of:
            return _overdue(evidence, facts, standing, due, returned_list=False)
        return finding(
            evidence, "lawfully_absent", facts.lead, facts.number,
            reason=f"{standing.label}已批准（{standing.person.facts['number']}，{standing.person.facts['approver']}），"
            f"自{standing.starts}至{standing.ends}",
            next_step=f"{standing.ends}期满前联系家长，安排按时返校" if standing.ends else "按期复核",
            triage="lawful_absence", other=standing.person, due_date=due, ground=standing.label,
        )  # fmt: skip
    incomplete = next((ground for ground in grounds if ground.covers(day)), None)
    if incomplete is not None:
        return finding(
            evidence, "lawfully_absent", facts.lead, facts.number, certainty="claimed",
            reason=f"审批登记中有{incomplete.label}，但缺{'、'.join(incomplete.missing)}",
            next_step=f"补审批材料：{'、'.join(incomplete.missing)}；补不齐的按未返校处理",
            triage="lawful_absence", other=incomplete.person, due_date=due, ground=incomplete.label,
        )  # fmt: skip
    if facts.claimed_ground is not None:
        return _claimed(evidence, facts, f"返校名单上写着“{facts.said.strip()}”", facts.claimed_ground, due)
    later = next((ground for ground in grounds if ground.starts is not None and ground.starts > day), None)
    if later is not None and later.covers(evidence.as_of):
        return finding(
            evidence, "not_returned", facts.lead, facts.number, certainty="to_confirm", triage="lawful_absence",
            reason=f"{day}名单上未到校；{later.label}自{later.starts}起才生效，名单当天还没有手续",
            next_step="核实名单当天未到校的原因，手续日期有误的更正", other=later.person, due_date=due,
        )  # fmt: skip
    ended = next((ground for ground in grounds if ground.ends is not None and ground.ends < day), None)
    if ended is not None:
        return _overdue(evidence, facts, ended, due, returned_list=True)
    if facts.approval_reviews and not facts.presence_reviews:
        link = facts.approval_reviews[0]
        return finding(
            evidence, "not_returned", facts.lead, facts.number, certainty="to_confirm", triage="lawful_absence",
            reason=f"未到校；审批登记中有一条可能是本人的记录（{link.reason}）",
            next_step=_COMPARE, other=link.right.lead, due_date=due,
        )  # fmt: skip
    status = STATUS_BY_LABEL.get(facts.status or "")
    if status is not None and status.ground:
        return _claimed(evidence, facts, f"名册上的学生状态是“{status.label}”", status.label, due)
    return None


def _claimed(evidence: Evidence, facts: PupilFacts, said: str, ground: str, due: date) -> Finding:
    return finding(
        evidence, "lawfully_absent", facts.lead, facts.number, certainty="claimed", triage="lawful_absence",
        reason=f"{said}，但审批登记中没有对应的{ground}手续",
        next_step=f"补审批材料（{ground}的文号、批准单位、起止日期）；补不齐的按未返校处理",
        other=facts.presence_link.right.lead if facts.presence_link else None, due_date=due, ground=ground,
    )  # fmt: skip


def _overdue(evidence: Evidence, facts: PupilFacts, ground: Ground, due: date, *, returned_list: bool) -> Finding:
    """期满未返 when a list after the end shows the child absent, else 期满待核 (CONTRACT §3)."""
    if returned_list:
        return finding(
            evidence, "not_returned", facts.lead, facts.number,
            certainty="to_confirm" if facts.presence_reviews else "certain", triage="to_contact",
            reason=f"期满未返：{ground.label}已于{ground.ends}期满，之后{facts.list_date}的名单上仍未到校",
            next_step="联系监护人，能返校的办理复学，确需延长的依法重新申请", other=ground.person, due_date=due,
        )  # fmt: skip
    return finding(
        evidence, "not_returned", facts.lead, facts.number, certainty="to_confirm", triage="lawful_absence",
        reason=f"期满待核：{ground.label}已于{ground.ends}期满，期满之后还没有名单",
        next_step="向班主任核实期满后是否到校", other=ground.person, due_date=due,
    )  # fmt: skip


def _missing(evidence: Evidence, facts: PupilFacts, day: date, due: date) -> Finding:
    listed = facts.presence_link.right.lead if facts.presence_link else None
    if listed is not None:
        absence = f"{day}返校名单上记为未返校" + (f"（{facts.said.strip()}）" if facts.said.strip() else "")
    else:
        absence = f"{day}该班返校名单上没有这名学生"
    if facts.presence_reviews:
        # A row that says somebody is there explains more than one that says nobody is.
        link = min(facts.presence_reviews, key=lambda one: _MARKS.index(mark_of(one.right)))
        other = link.right.lead
        there = mark_of(link.right) != "absent"
        said = "" if there else "（也记为未返校）"
        return finding(
            evidence, "not_returned", facts.lead, facts.number, certainty="to_confirm",
            triage="data_fault" if there else "to_contact",
            reason=f"{absence}；但{where(other)}有“{other.name}”{said}可能是本人：{link.reason}",
            next_step=_COMPARE if there else _CONTACT, other=other, due_date=due,
        )  # fmt: skip
    explained = _elsewhere(facts)
    if explained is not None:
        words, other, certainty = explained
        return finding(
            evidence, "not_returned", facts.lead, facts.number, certainty=certainty, triage="elsewhere",
            reason=f"{absence}；{words}",
            next_step="向可能就读的学校核实，取得就读证明，催办学籍转接；没有证明的按未返校联系劝返",
            other=other, due_date=due,
        )  # fmt: skip
    if facts.said_elsewhere:
        return finding(
            evidence, "not_returned", facts.lead, facts.number, triage="elsewhere",
            reason=absence, next_step="请家长提供就读证明并尽快办理学籍转接；没有证明的按未返校联系劝返",
            other=listed, due_date=due,
        )  # fmt: skip
    return finding(
        evidence, "not_returned", facts.lead, facts.number, triage="to_contact",
        reason=absence, next_step=_CONTACT, other=listed, due_date=due,
    )  # fmt: skip


def _elsewhere(facts: PupilFacts) -> tuple[str, Person, str] | None:
    """Return what says that the child may be at another school: the words, the row they come from, how certain."""
    letters = f"；{letter_words(facts.letters)}" if facts.letters else ""
    if facts.transfer is not None and facts.transfer.leaves:
        return f"转学登记中有{facts.transfer.words}，尚未办结{letters}", facts.transfer.person, "certain"
    if facts.letters:
        return letters.removeprefix("；"), facts.letters[0], "certain"
    if facts.transfer_reviews:
        link = facts.transfer_reviews[0]
        return f"转学登记中有一条可能是本人的记录（{link.reason}）", link.right.lead, "to_confirm"
    return None
