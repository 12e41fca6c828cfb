"""三.3: school-age children on the county's lists or last term's register who are on no roster at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dropctl.findings import Finding
from dropctl.policy.ages import age_group, apparent_birth, has_finished
from dropctl.policy.evidence import Evidence, ListedChild
from dropctl.policy.last_year import is_graduate
from dropctl.policy.wording import finding, letter_words, sheet_of, where
from dropctl.reconcile.people import Person
from dropctl.vocabulary import STATUS_BY_LABEL, register_label

_DEAD = ("死亡", "去世", "亡故", "病故")
_MOVED = ("迁出", "迁往", "迁走", "外迁", "注销")
_DENIALS = ("未", "没", "没有", "尚未", "不", "非", "无", "未曾")
_NOT_AT_SCHOOL = ("未就读", "未入学", "未就学", "未上学", "不在读", "失学", "辍学", "否")
_HERE = ("本校", "本县", "本地", "本乡", "本镇", "本村", "县内", "区内", "镇内")


def whereabouts(evidence: Evidence) -> list[Finding]:
    """Return `not_located`, one per child: certain for the nine cohorts and last term's pupils, else to confirm."""
    return [line for child in evidence.strays if (line := _stray(evidence, child)) is not None]


def is_over_age(line: Finding) -> bool:
    """Say whether a finding belongs on the sheet 超龄待核."""
    return line.kind == "not_located" and line.reason.startswith("超龄")


def left_by_household(child: ListedChild) -> str | None:
    """Return 死亡 or 迁出 when the police's or village's list says so about the child, else None."""
    said = [row.facts.get("household_change") or "" for row in child.rows if row.register == "household"]
    if any(_says(text, _DEAD) for text in said):
        return "死亡"
    return "迁出" if any(_says(text, _MOVED) for text in said) else None


def _says(text: str, words: Sequence[str]) -> bool:
    """Say whether a text holds one of the words and does not deny it: 未迁出, 没有注销."""
    return any(not text[: found.start()].endswith(_DENIALS) for found in re.finditer("|".join(words), text))


def _remark_of_leaving(child: ListedChild) -> str | None:
    """Return a remark beside the child that speaks of death or of moving away, else None."""
    remarks = (row.facts.get("note") or "" for row in child.rows)
    return next((text for text in remarks if _says(text, (*_DEAD, *_MOVED))), None)


def passed_over(evidence: Evidence) -> dict[str, int]:
    """Return how many children of school age are not sought, and why: 迁出, 死亡, 已办结转出."""
    counts: dict[str, int] = {}
    for child in evidence.strays:
        reason = _explained(child)
        if reason and _why_sought(evidence, child) is not None:
            counts[reason] = counts.get(reason, 0) + 1
    return counts


def _explained(child: ListedChild) -> str | None:
    """Return why a child is rightly on no roster although a list names it; None when nothing says so alone."""
    if child.transfer is not None and child.transfer.leaves and child.transfer.state == "finished":
        return "已办结转出"
    only_there = all(row.register == "household" for row in child.rows)
    return left_by_household(child) if only_there else None


@dataclass(frozen=True, slots=True)
class _Sought:
    """Why a child should be on a roster: the row that stands for it, how sure, what is said first."""

    lead: Person
    certainty: str
    prefix: str


def _why_sought(evidence: Evidence, child: ListedChild) -> _Sought | None:
    previous = next((row for row in child.rows if row.register == "previous"), None)
    if previous is not None:
        status = STATUS_BY_LABEL.get(previous.facts.get("status") or "")
        if status is not None and not status.expected:
            return None
        if is_graduate(previous, evidence.graduated):
            return None
        # Last term's class is not this term's: it stands in the reason, not in grade and class.
        lead = previous._replace(grade=None, class_name=None)
        return _Sought(lead, "certain", f"上期在{previous.class_name or '本校'}就读，")
    lead = child.rows[0]
    groups = {age_group(row, evidence.opening, evidence.as_of, evidence.plan) for row in child.rows}
    if any(has_finished(row) for row in child.rows):
        return None
    if "school_age" in groups:
        return _Sought(lead, "certain", "")
    if "over_age" in groups:
        born = next((day for row in child.rows if (day := apparent_birth(row)) is not None), None)
        return _Sought(lead, "to_confirm", f"超龄（{born}出生）且无初中毕业证明，")
    return _Sought(lead, "to_confirm", "名单上看不出年龄，") if "unknown" in groups else None


def _stray(evidence: Evidence, child: ListedChild) -> Finding | None:
    sought = _why_sought(evidence, child)
    if sought is None or _explained(child) is not None:
        return None
    lead, certainty = sought.lead, sought.certainty
    lists = "、".join(dict.fromkeys(register_label(row.register) for row in child.rows))
    notes, elsewhere = _what_lists_say(evidence, child)
    notes += [f"{where(row)}写作“{row.name}”" for row in child.rows if row.name and row.name != lead.name]
    left = left_by_household(child)
    if left is not None:
        certainty = "to_confirm"
        notes.append(f"户籍名单注明{left}")
    elif said := _remark_of_leaving(child):
        # A remark may be about somebody else of the household, so it only makes the finding doubtful.
        certainty = "to_confirm"
        notes.append(f"备注写着“{said}”，先核实是不是说这名儿童")
    if child.transfer is not None:
        elsewhere = elsewhere or child.transfer.leaves
        notes.append(f"转学登记中有{child.transfer.words}，尚未办结")
    if child.letters:
        elsewhere = True
        notes.append(letter_words(child.letters))
    note = "".join(f"；{text}" for text in notes)
    whose = "本校" if evidence.school or len(evidence.schools) < 2 else "这次核对的各校"
    if child.reviews:
        link = child.reviews[0]
        other = link.left.lead
        return finding(
            evidence, "not_located", lead, child.number, certainty="to_confirm", triage="data_fault",
            reason=f"{sought.prefix}在{lists}上，{whose}名册和返校名单上都没有能确定是本人的；"
            f"“{other.name}”可能是本人：{link.reason}{note}",
            next_step=f"对照{sheet_of(link)}核实是不是同一人", other=other,
        )  # fmt: skip
    step = "由户籍所在地学校核实在何处就读（外校、外地、休学等），取得证明；确未就读的启动劝返入学"
    if left == "死亡":
        step = "请村（社区）核实；属实的请来源部门更正名单"
    return finding(
        evidence, "not_located", lead, child.number, certainty=certainty,
        triage="elsewhere" if elsewhere else "to_contact",
        reason=f"{sought.prefix}在{lists}上，不在{whose}名册和返校名单上{note}",
        next_step=step, other=next((row for row in child.rows if row.place != lead.place), None),
    )  # fmt: skip


def _what_lists_say(evidence: Evidence, child: ListedChild) -> tuple[list[str], bool]:
    """Return what the lists say about where the child learns, and whether that is somewhere else."""
    notes: list[str] = []
    elsewhere = False
    for row in child.rows:
        state = row.facts.get("study_state") or ""
        if state.startswith(_NOT_AT_SCHOOL):
            notes.append(f"{where(row)}写明“{state}”")
            continue
        named = row.facts.get("other_school") or row.facts.get("study_place")
        if not named or any(word == named for word in _HERE):
            continue
        if _is_ours(named, evidence):
            notes.append(f"名单上写明在{named}就读，该校名册上却没有")
        else:
            elsewhere = True
            notes.append(f"名单上写明在{named}就读")
    return list(dict.fromkeys(notes)), elsewhere


def _is_ours(named: str, evidence: Evidence) -> bool:
    if named in evidence.schools:
        return True
    return evidence.school is not None and (named in evidence.school or evidence.school in named)
