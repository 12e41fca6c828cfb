"""三.1: the roster against the poverty and disability lists, and a roster that is last year's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dropctl.findings import Finding
from dropctl.policy.evidence import Evidence, PupilFacts
from dropctl.policy.wording import finding, sheet_of, where
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person
from dropctl.vocabulary import NO_WORDS


@dataclass(frozen=True, slots=True)
class Mark:
    """One pupil's mark: the words to enter, and how sure (名单确认: certain identity; 待确认, 仅名册标注)."""

    text: str
    source: str


def roster_marks(evidence: Evidence) -> list[Finding]:
    """Return poverty_* and disability_* (due one month after opening) and `register_outdated` (one week)."""
    return [*_outdated(evidence), *_poverty(evidence), *_disability(evidence)]


def poverty_words(person: Person, evidence: Evidence) -> str | None:
    """Return 脱贫户 or the monitoring type when a list row belongs to the groups to be marked, else None."""
    kind, monitored = person.facts.get("household_type"), person.facts.get("monitor_type")
    if monitored:
        return str(monitored)
    if kind is None:
        return "脱贫监测名单成员"
    return next((label for label in evidence.plan.poverty_labels if label in kind), None)


def disability_words(person: Person) -> str | None:
    """Return the kind and grade of disability a list row states; None when the certificate is cancelled."""
    if "注销" in (person.facts.get("certificate_state") or ""):
        return None
    kind = person.facts.get("disability_type") or _CATEGORIES.get(person.facts.get("certificate_category") or 0)
    grade = person.facts.get("disability_grade") or _GRADES.get(person.facts.get("certificate_grade") or 0)
    return f"{kind or '残疾'}{grade or ''}"


_CATEGORIES = {
    1: "视力残疾",
    2: "听力残疾",
    3: "言语残疾",
    4: "肢体残疾",
    5: "智力残疾",
    6: "精神残疾",
    7: "多重残疾",
}
_GRADES = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}


# The roster's columns in which a pupil may be marked as standing on each list, and how a cell begins that says no.
MARK_COLUMNS = {
    "poverty": ("poverty_mark",),
    "disability": ("disability_mark", "inclusive_placement", "is_disabled"),
}
_SAYS_NO = {
    "poverty_mark": ("非", "一般", "不是"),
    "disability_mark": ("无", "非"),
    "inclusive_placement": ("非",),
}


def said_mark(column: str, value: object) -> str | None:
    """Return what a cell of one of MARK_COLUMNS marks a pupil as, None when it says no or nothing."""
    if not value or not isinstance(value, str):
        return None
    if column == "is_disabled":
        return "残疾" if value == "是" else None
    said = value if column == "poverty_mark" else value.split("-")[-1]  # 2-听力残疾
    return None if said.lower() in NO_WORDS or said.startswith(_SAYS_NO[column]) else value


def marked_poor(person: Person) -> str | None:
    """Return the poverty mark in the roster, None when it says no or nothing."""
    return _marked(person, "poverty")


def marked_disabled(person: Person) -> str | None:
    """Return the disability mark in the roster, None when it says no or nothing."""
    return _marked(person, "disability")


def _marked(person: Person, register: str) -> str | None:
    said = (said_mark(column, person.facts.get(column)) for column in MARK_COLUMNS[register])
    return next((mark for mark in said if mark is not None), None)


def poverty_mark(facts: PupilFacts, evidence: Evidence) -> Mark | None:
    """Return what stands in the annotated roster for one pupil."""
    return _mark(facts, "poverty", lambda row: poverty_words(row, evidence), marked_poor(facts.lead))


def disability_mark(facts: PupilFacts) -> Mark | None:
    """Return what stands in the annotated roster for one pupil."""
    return _mark(facts, "disability", disability_words, marked_disabled(facts.lead))


def _mark(facts: PupilFacts, register: str, words: object, own: str | None) -> Mark | None:
    assert callable(words)
    # Certain links first; what the model accepted may set a mark, and the mark says that nobody has confirmed it.
    for link in sorted(facts.list_links.get(register, ()), key=lambda link: not link.certain):
        text = next((word for row in link.right.rows if (word := words(row))), None)
        if text:
            return Mark(text, "名单确认" if link.certain else "待确认")
    for link in facts.list_reviews.get(register, ()):
        text = words(link.right.lead)
        if text:
            return Mark(text, "待确认")
    return Mark("已标注" if own == "是" else own, "仅名册标注") if own else None


def _outdated(evidence: Evidence) -> Iterator[Finding]:
    for school, (shifted, total) in sorted(evidence.outdated.items(), key=lambda item: item[0] or ""):
        first = next(facts.lead for facts in evidence.pupils if facts.lead.school == school)
        named = school or evidence.school
        yield Finding(
            kind="register_outdated",
            key=(named or first.file, evidence.episode),
            as_of=evidence.as_of,
            school=named,
            register="enrollment",
            file=first.file,
            sheet=first.sheet,
            reason=f"返校名单上能与名册对上的{total}人中有{shifted}人比名册高一个年级，这份名册是上一学年的，"
            "所以没有据它判断谁未返校",
            next_step="从学籍系统重新导出本学年的学生名册，再核对一次",
            due_date=evidence.due("roster_check").due_date,
        )


def _poverty(evidence: Evidence) -> Iterator[Finding]:
    yield from _compare(
        evidence, "poverty", "脱贫监测", lambda row: poverty_words(row, evidence), marked_poor, "poverty_mark"
    )


def _disability(evidence: Evidence) -> Iterator[Finding]:
    yield from _compare(evidence, "disability", "残疾", disability_words, marked_disabled, "disability_mark")


def _compare(
    evidence: Evidence, register: str, word: str, words: object, marked: object, column: str
) -> Iterator[Finding]:
    assert callable(words)
    assert callable(marked)
    if not evidence.given(register):
        return
    due = evidence.due("special_match").due_date
    no_column = "（名册没有这一栏）" if column not in evidence.columns_seen.get("enrollment", set()) else ""
    for facts in evidence.pupils:
        if not facts.expected:
            continue
        own = marked(facts.lead)
        certain = [
            (row, text)
            for link in facts.list_links.get(register, ())
            for row in link.right.rows
            if (text := words(row))
        ]
        doubtful: list[Link] = facts.list_reviews.get(register, [])
        if certain and not own:
            row, text = certain[0]
            likely = not any(link.certain for link in facts.list_links.get(register, ()))
            hint = "，是不是本人请先核实" if likely else ""
            yield finding(
                evidence, f"{register}_unmarked", facts.lead, facts.number,
                certainty="to_confirm" if likely else "certain",
                reason=f"在{where(row)}上（{text}），学籍名册未标注{no_column}{hint}",
                next_step=f"在学籍系统和名册上标注“{text}”", other=row, due_date=due,
            )  # fmt: skip
        elif not certain and not own and doubtful and (text := words(doubtful[0].right.lead)):
            link = doubtful[0]
            yield finding(
                evidence, f"{register}_unmarked", facts.lead, facts.number, certainty="to_confirm",
                reason=f"{where(link.right.lead)}上的“{link.right.lead.name}”（{text}）可能是本人：{link.reason}；名册未标注",
                next_step=f"先对照{sheet_of(link)}核实是不是同一人，再标注", other=link.right.lead, due_date=due,
            )  # fmt: skip
        elif own and not certain and not facts.list_links.get(register):
            sure = facts.lead.id_number is not None and not doubtful
            hint = f"；名单上的“{doubtful[0].right.lead.name}”可能是本人" if doubtful else ""
            hint = hint or ("" if sure else "；本人证件号不可用，可能因此对不上")
            yield finding(
                evidence, f"{register}_unlisted", facts.lead, facts.number,
                certainty="certain" if sure else "to_confirm",
                reason=f"名册标注了{word}（{own}），这次的名单上没有本人{hint}",
                next_step=f"向来源部门核实：仍在册的请其补入名单，已退出的更正名册的{word}标注",
                other=doubtful[0].right.lead if doubtful else None, due_date=due,
            )  # fmt: skip
