"""三.2: registration and identity put right: who has no registration, whose data is wrong, whose contact is missing."""

from __future__ import annotations

from collections.abc import Iterator

from dropctl.findings import Finding
from dropctl.identity import id_birth_date, id_sex
from dropctl.policy.ages import age_group
from dropctl.policy.evidence import Evidence, Newcomer, PupilFacts
from dropctl.policy.presence_lists import names_absentees
from dropctl.policy.rules.transferring import transferring
from dropctl.policy.wording import finding, letter_words, where
from dropctl.reconcile.comparisons import FIELD_LABELS, labels
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person, Pupil, by_key
from dropctl.vocabulary import STATUS_BY_LABEL

_FAULTS = {
    "length": "位数不对",
    "characters": "含有不该有的字符",
    "date": "其中的出生日期不存在",
    "check_digit": "校验位不对，至少有一位写错",
    "digits_lost": "被表格软件当成数字，末几位已丢失",
}


def registration(evidence: Evidence) -> list[Finding]:
    """Return the findings of 三.2: registration, identity, duplicates, contacts, statuses, transfers."""
    return [
        *_unregistered(evidence),
        *_identity_invalid(evidence),
        *_identity_mismatch(evidence),
        *_duplicates(evidence),
        *_contact(evidence),
        *_status(evidence),
        *transferring(evidence),
    ]


def _unregistered(evidence: Evidence) -> Iterator[Finding]:
    entry_due = evidence.due("entry_registration")
    autumn = evidence.opening.month >= 8
    for newcomer in evidence.newcomers:
        lead = newcomer.pupil.lead
        entry = autumn and lead.grade in evidence.plan.entry_grades and evidence.as_of <= entry_due.plan_date
        due_date = entry_due.due_date if entry else None
        if newcomer.reviews:
            yield _doubtful_newcomer(evidence, newcomer, due_date)
        elif newcomer.presence != "present":
            said = "记为未到校" if newcomer.presence == "absent" else "到校情况不明"
            yield finding(
                evidence, "unregistered", lead, newcomer.number, certainty="to_confirm",
                triage="to_contact" if newcomer.presence == "absent" else "none",
                reason=f"返校名单上有这名学生（{said}），学籍名册上没有",
                next_step="请班主任说明来历：应来未来的联系家长，写错名字的更正名单", due_date=due_date,
            )  # fmt: skip
        elif lead.school is None and len(evidence.schools) > 1:
            yield finding(
                evidence, "unregistered", lead, newcomer.number, certainty="to_confirm", triage="data_fault",
                reason="在校，但看不出这份返校名单是哪一所学校的，没有和名册逐班对照",
                next_step="在名单上写明学校，或放进该校的文件夹，再核对一次", due_date=due_date,
            )  # fmt: skip
        elif evidence.outdated:
            yield finding(
                evidence, "unregistered", lead, newcomer.number, certainty="to_confirm",
                reason="在校，名册上没有；但名册是上一学年的，可能只是名册没有更新",
                next_step="换用本学年的学籍名册再核对一次", due_date=due_date,
            )  # fmt: skip
        elif entry:
            yield finding(
                evidence, "unregistered", lead, newcomer.number,
                reason="起始年级新生，在校而尚无学籍，开学两个月内属正常" + _comes_from(newcomer),
                next_step="收齐材料，按期在学籍系统建籍", due_date=due_date,
            )  # fmt: skip
        else:
            yield finding(
                evidence, "unregistered", lead, newcomer.number,
                reason="在校学习，学籍名册上没有这名学生" + _comes_from(newcomer),
                next_step=_registering(newcomer), other=_paper(newcomer),
            )  # fmt: skip


def _comes_from(newcomer: Newcomer) -> str:
    """Return what transfers and letters say about where a newcomer comes from, each part with its leading 、；."""
    parts = []
    if newcomer.transfer is not None:
        state = "已办结，名册可能还没有更新" if newcomer.transfer.state == "finished" else "尚未办结"
        parts.append(f"转学登记中有{newcomer.transfer.words}，{state}")
    elif newcomer.transfer_reviews:
        link = newcomer.transfer_reviews[0]
        parts.append(f"转学登记中有一条可能是本人的记录（{where(link.right.lead)}：{link.reason}）")
    if newcomer.letters:
        parts.append(letter_words(newcomer.letters))
    return "".join(f"；{part}" for part in parts)


def _registering(newcomer: Newcomer) -> str:
    if newcomer.transfer is not None and newcomer.transfer.state == "finished":
        return "重新导出学籍名册再核对；名册上仍没有的，查转接是否真的办结"
    if newcomer.transfer is not None:
        return "催原学校和学籍主管部门办结学籍转接"
    return "问清原就读学校：有学籍的办理转接，没有的补录学籍"


def _paper(newcomer: Newcomer) -> Person | None:
    if newcomer.transfer is not None:
        return newcomer.transfer.person
    if newcomer.transfer_reviews:
        return newcomer.transfer_reviews[0].right.lead
    return newcomer.letters[0] if newcomer.letters else None


def _doubtful_newcomer(evidence: Evidence, newcomer: Newcomer, due_date: object) -> Finding:
    link = newcomer.reviews[0]
    other = link.left.lead
    return finding(
        evidence, "unregistered", newcomer.pupil.lead, newcomer.number, certainty="to_confirm", triage="data_fault",
        reason=f"名册上没有能确定是本人的学生；但{where(other)}有“{other.name}”可能是本人：{link.reason}",
        next_step="先对照“待人工确认”表核实是不是同一人；不是同一人再补录学籍",
        other=other, due_date=due_date,  # type: ignore[arg-type]  # a date or None, handed through
    )  # fmt: skip


def _row_fault(person: Person) -> tuple[str, str] | None:
    """Return the reason and certainty when a row's ID number cannot be right."""
    if person.id_fault is not None:
        return f"证件号{_FAULTS[person.id_fault]}", "certain"
    if person.id_number is None or person.id_source != "valid":
        return None
    wrong = []
    if person.birth is not None and person.birth != id_birth_date(person.id_number):
        wrong.append(f"出生日期（填写{person.birth}，证件号中{id_birth_date(person.id_number)}）")
    if person.sex is not None and person.sex != id_sex(person.id_number):
        wrong.append(f"性别（填写{person.sex}，证件号表示{id_sex(person.id_number)}）")
    if wrong:
        return f"证件号与所填{'、'.join(wrong)}不符，两者必有一错", "to_confirm"
    return None


def _identity_invalid(evidence: Evidence) -> Iterator[Finding]:
    told: set[str] = set()
    facts_of = {id(row): facts for facts in evidence.pupils for row in facts.pupil.rows}
    # A list row that is certainly an enrolled pupil: what it states otherwise is an identity_mismatch already.
    linked = {
        id(row)
        for links in evidence.links.values()
        for link in links
        if link.certain and id(link.left.lead) in facts_of
        for row in link.right.rows
    }
    for register in ("enrollment", "presence", "poverty", "disability", "household"):
        for person in evidence.rows.get(register, ()):
            fault = _row_fault(person)
            if fault is None or (id(person) in linked and person.id_fault is None):
                continue
            ages = (evidence.opening, evidence.as_of, evidence.plan)
            if register in ("poverty", "disability", "household") and age_group(person, *ages) == "outside":
                continue
            facts = facts_of.get(id(person))
            number = facts.number if facts else evidence.number_of(person)
            if number in told:
                continue
            told.add(number)
            inside = person.id_number if person.id_fault and person.id_number else None
            repair = "；学籍号或残疾人证号中的号码完好，已据此比对" if inside else ""
            yield finding(
                evidence, "identity_invalid", person, number, certainty=fault[1],
                reason=f"{fault[0]}{repair}",
                next_step="对照户口簿更正；名册错的在学籍系统改，证件本身错的报公安部门更正",
            )  # fmt: skip


def _identity_mismatch(evidence: Evidence) -> Iterator[Finding]:
    numbers = {id(facts.pupil): facts.number for facts in evidence.pupils}
    for (_, right), links in evidence.links.items():
        for link in links:
            if link.decision != "accepted" or not link.differences or id(link.left) not in numbers:
                continue
            one, two = link.left.lead, link.right.lead
            yield finding(
                evidence, "identity_mismatch", one, numbers[id(link.left)],
                reason=f"与{where(two)}是同一人，但{labels(link.differences)}不同：{_both(link)}",
                next_step="对照户口簿核实哪一份对；名册错的在学籍系统改，名单错的反馈来源部门",
                other=two, key_tail=(right, two.file, two.sheet or "", str(two.row)),
            )  # fmt: skip


def _both(link: Link) -> str:
    one, two = link.left.lead, link.right.lead
    shown = []
    for field in link.differences:
        if field == "id_number":
            shown.append("两边证件号不同")
        else:
            shown.append(f"{FIELD_LABELS[field]} 名册“{getattr(one, field)}”、名单“{getattr(two, field)}”")
    return "；".join(shown)


def _duplicates(evidence: Evidence) -> Iterator[Finding]:
    told: set[int] = set()

    def tell(rows: list[Person], reason: str, step: str) -> Iterator[Finding]:
        for row in rows:
            if id(row) in told:
                continue
            told.add(id(row))
            other = next(one for one in rows if one is not row)
            yield finding(
                evidence, "duplicate_registration", row, evidence.number_of(row),
                reason=f"{reason}，另一条在{where(other)}" + (f"（{other.name}）" if other.name != row.name else ""),
                next_step=step, other=other, key_tail=(row.register, row.file, row.sheet or "", str(row.row)),
            )  # fmt: skip

    once = "核实实际就读班级，删去多余的一条（学籍系统中按重复学籍处理）"
    pupils = [facts.pupil for facts in evidence.pupils]
    for pupil in pupils:
        if len(pupil.rows) > 1:
            yield from tell(list(pupil.rows), f"同一学生在名册上登记了{len(pupil.rows)}次", once)
    for label, key in (
        ("证件号", lambda pupil: pupil.lead.id_number),
        ("学籍号", lambda pupil: pupil.lead.enrollment_number),
    ):
        for sharing in by_key(pupils, key).values():
            if len(sharing) > 1:
                rows = [row for pupil in sharing for row in pupil.rows]
                yield from tell(
                    rows, f"{len(sharing)}名学生用了同一个{label}", f"对照户口簿核实{label}是谁的，更正另一人"
                )
    for rows in _listed_twice(evidence):
        many = len({(row.file, row.sheet) for row in rows}) > 1
        where_twice = "同一学生出现在两份返校名单上" if many else "同一学生在一份返校名单上出现了两次"
        yield from tell(rows, where_twice, "核实学生实际在哪个班，更正名单")


def _listed_twice(evidence: Evidence) -> list[list[Person]]:
    """Return the presence rows of each child who certainly has several: on two lists, or by a person's word."""
    seen: dict[int, list[Pupil]] = {}
    for link in evidence.links.get(("enrollment", "presence"), ()):
        certain = link.certain
        entries = seen.setdefault(id(link.left if certain else link.right), [])
        if link.right not in entries:
            entries.append(link.right)
    for newcomer in evidence.newcomers:
        seen[id(newcomer.pupil)] = [newcomer.pupil]
    groups = []
    for entries in seen.values():
        # That a list of absentees names again who stands on the class list is no second registration.
        whole = [rows for pupil in entries if (rows := [row for row in pupil.rows if not names_absentees(row)])]
        rows = [row for entry in whole for row in entry]
        if len(whole) > 1 or len({(row.file, row.sheet) for row in rows}) > 1:
            groups.append(rows)
    return groups


def _contact(evidence: Evidence) -> Iterator[Finding]:
    seen = evidence.columns_seen.get("enrollment", set())
    for facts in evidence.pupils:
        if not facts.expected:
            continue
        lacking = []
        rows = facts.pupil.rows
        # The telephones of both guardians stand together in one value.
        if "phone" in seen and not any(row.phone for row in rows):
            written = any(row.facts.get("phone_raw") for row in rows)
            lacking.append("监护人电话不可用" if written else "没有监护人电话")
        if "address" in seen and all(row.facts.get("address") is None for row in facts.pupil.rows):
            lacking.append("没有住址")
        if lacking:
            yield finding(
                evidence, "contact_missing", facts.lead, facts.number, reason="，".join(lacking),
                next_step="向家长问清后在学籍系统更新监护人联系电话和家庭住址",
            )  # fmt: skip


_ABSENT_BY_STATUS = ("休学", "延缓入学", "不具备学习能力", "送教上门")


_CASE_STATUSES = ("疑似辍学", "辍学", "其他离校", "失踪")


def _status(evidence: Evidence) -> Iterator[Finding]:
    for facts in evidence.pupils:
        # 疑似辍学 and the like are what the case is about; once the return is confirmed they are a conflict again.
        if facts.status in _CASE_STATUSES and facts.number in evidence.explained:
            continue
        reason = _status_conflict(facts)
        if reason is not None:
            yield finding(
                evidence, "status_conflict", facts.lead, facts.number, reason=reason[0], next_step=reason[1],
                other=facts.presence_link.right.lead if facts.presence_link else None,
            )  # fmt: skip


def _status_conflict(facts: PupilFacts) -> tuple[str, str] | None:
    present = facts.presence == "present" and facts.found_at is None
    if present and facts.moved_out and facts.transfer is not None:
        return (
            f"转学登记中{facts.transfer.words}已办结，返校名单上却在校",
            "核实人在哪里：已转走的更正返校名单，没有转走的更正转学登记和学籍",
        )
    status = STATUS_BY_LABEL.get(facts.status or "")
    if status is None:
        return None
    if status.label in ("退学", "开除"):
        return (
            f"学生状态为“{status.label}”，义务教育阶段不得有此状态",
            "核实去向，在学籍系统更正状态，按应到校学生管理",
        )
    if status.conflict:
        said = "而学生已在校" if present else "须有个案说明"
        return (
            f"学生状态为“{status.label}”，{said}",
            "核实情况：已返校的在学籍系统更改状态，未返校的启动劝返并建个案",
        )
    if present and status.label in _ABSENT_BY_STATUS:
        return (
            f"学生状态为“{status.label}”，返校名单上却在校",
            "核实是否已复学，按实际情况在学籍系统办理复学或更正名单",
        )
    if present and not status.expected:
        return f"学生状态为“{status.label}”，返校名单上却在校", "核实学生身份和学籍去向，更正学籍状态或名单"
    return None
