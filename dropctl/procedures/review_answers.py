"""Answers about uncertain pairs, read back from a workbook: each is recorded, or refused by its cell.

An answer is used only for a pair whose fields are what the person saw. The order of the lines does not matter, the
same file twice is the same as once, and what is refused does not hold up the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from dropctl.errors import Refused
from dropctl.ingest import answers as sheet
from dropctl.ingest.answers import AnswerRow, read_answers
from dropctl.procedures.review import ReviewState
from dropctl.reconcile.decisions import (
    ANSWER_LABELS,
    ANSWERS,
    SAME,
    Check,
    Decision,
    PairKey,
    parse_check,
    standing,
    tag_of,
)
from dropctl.reconcile.links import Link
from dropctl.reconcile.review import about, one_partner_on_the_left, pair_check, pair_key
from dropctl.registers.steps import read_date

_LONGEST = 200  # characters of a person's name or remark that are kept


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer that was not used: where it stands, why, and what to do."""

    where: str
    what: str
    todo: str


@dataclass(slots=True)
class Answers:
    """What became of the lines of a workbook.

    `new` was not known before, `again` was; `blank` lines hold no answer; `missing` pairs have no line in the file.
    """

    new: list[Decision] = field(default_factory=list)
    again: list[Decision] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    blank: int = 0
    missing: int = 0
    left_open: int = 0  # pairs that still wait for 是 or 否 after this, 待查 among them
    remarks: list[str] = field(default_factory=list)

    def counted(self) -> dict[str, int]:
        """Return how many of the new answers say what, by the word people read."""
        return {word: sum(line.answer == answer for line in self.new) for word, answer in ANSWERS.items()}


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: AnswerRow
    link: Link
    decision: Decision


def apply_answers(state: ReviewState, path: Path, *, by: str | None, dry_run: bool) -> Answers:
    """Return what became of the answers in the file, after recording the good ones (unless `dry_run`).

    `by` stands in for an empty 判断人. Raises Refused for a file that is no answer sheet, and for a day before the
    last recorded one (CONTRACT §6).
    """
    if state.as_of < state.last and not dry_run:
        raise Refused(
            f"已有{state.last}的记录，不能再以更早的{state.as_of}记录判断",
            todo="去掉 --as-of；判断是哪天作出的，写在“判断日期”里",
        )
    read = read_answers(path)
    found = judge(state, read.lines, by=by)
    found.remarks += read.notes
    if not dry_run:
        state.record.add(found.new)
    return found


def judge(state: ReviewState, rows: Sequence[AnswerRow], *, by: str | None) -> Answers:
    """Return what becomes of the lines `rows`; nothing is recorded."""
    found = Answers()
    # As matching alone sees them, too: pairs that a 是 elsewhere has taken out of review can still be spoken about.
    links = [*(state.relink({}) if state.standing else ()), *state.links]
    pairs = _Pairs(links)
    candidates: list[_Candidate] = []
    present: set[PairKey] = set()
    for row in rows:
        link = pairs.named_by(row, found)
        if link is not None:
            present.add(pair_key(link))
        answer = row.plain(sheet.ANSWER)
        if not answer:
            if link is not None:
                found.blank += 1
            if row.text(sheet.BY) or row.text(sheet.ON):
                found.remarks.append(f"{row.where(sheet.ANSWER)}：填了判断人或日期，没有选判断，按未判断处理")
            continue
        decision = _decision(state, row, link, answer, by, found) if link is not None else None
        if link is not None and decision is not None:
            candidates.append(_Candidate(row, link, decision))
    candidates = _one_answer_each(candidates, found)
    candidates = [line for line in candidates if not _known(state, line, found)]
    candidates = _one_partner_each(_holding(state), candidates, found)
    found.new = sorted((line.decision for line in candidates), key=lambda line: repr((line.key, line.said)))
    after = state.links
    if found.new:
        after = state.relink(standing([*state.record.known, *found.new], state.as_of))
    waiting = [pair_key(link) for link in after if link.waits and not link.is_suggestion]
    found.left_open = len(waiting)
    found.missing = sum(key not in present for key in waiting)
    return found


class _Pairs:
    """The pairs of the last run, found by what a line says it is about."""

    def __init__(self, links: Sequence[Link]) -> None:
        self._by_digest: dict[str, Link] = {}
        self._by_id: dict[str, Link] = {}
        self._by_names: dict[tuple[str, ...], list[Link]] = defaultdict(list)
        for link in links:
            self._by_digest[pair_check(link).digest] = link
            self._by_id[link.link_id] = link
            if link.waits:
                self._by_names[_names(link)].append(link)

    def named_by(self, row: AnswerRow, found: Answers) -> Link | None:
        """Return the pair a line is about, None when that cannot be told for certain; then an answer is refused."""
        name, check = row.text(sheet.PAIR), parse_check(row.text(sheet.CHECK))
        answered = bool(row.text(sheet.ANSWER))

        def refuse(heading: str, what: str, todo: str, *, always: bool = False) -> None:
            if answered or always:
                found.refused.append(Refusal(row.where(heading), what, todo))

        if not name or check is None:
            what = "没有配对编号" if not name else "隐藏的“校验”栏空着或被改过"
            todo = "不要自己加行；要判断的配对用 dropctl review export 重新导出"
            refuse(sheet.CHECK if name else sheet.PAIR, f"{what}，这一行不是程序写出的那一行", todo, always=True)
            return None
        if check.tag != tag_of(name):
            what = "配对编号和同一行隐藏的“校验”对不上，可能只移动或排序了一部分栏"
            refuse(sheet.PAIR, what, "重新导出一份再填；要排序时选中整张表", always=True)
            return None
        link = self._by_digest.get(check.digest)
        if link is None:
            self._say_what_changed(refuse, row, check)
            return None
        if sheet.NAMES in row.columns and tuple(row.text(sheet.NAMES).split()) != _names(link):
            what = "姓名与这个配对编号的姓名不同，可能改动过，或只排序了一部分栏"
            refuse(sheet.NAMES, what, "恢复原样或重新导出；名单写错的，改正原来的名单再核对")
            return None
        return link

    def _say_what_changed(self, refuse: Callable[[str, str, str], None], row: AnswerRow, check: Check) -> None:
        # A link's number hangs on its files: after a new list the pair is found again by its names.
        alike = self._by_names.get(tuple(row.text(sheet.NAMES).split()), ())
        link = self._by_id.get(row.text(sheet.PAIR)) or min(
            alike, key=lambda one: (len(check.changed_fields(pair_check(one))), one.link_id), default=None
        )
        if link is None:
            what = "最近一次核对里已经没有这一对（有一行不在名单上了，内容变了，或者不再相似）"
            refuse(sheet.PAIR, what, "不用再判断；若仍有疑问，用 dropctl review list 查看现在的配对")
            return
        changed = "、".join(check.changed_fields(pair_check(link))) or "内容"
        now = f"，现在的编号是 {link.link_id}" if link.link_id != row.text(sheet.PAIR) else ""
        what = f"导出以后这一对变了（{changed}）{now}，这个判断没有采用"
        refuse(sheet.ANSWER, what, "用 dropctl review export 重新导出，看过现在的内容再判断")


def _names(link: Link) -> tuple[str, ...]:
    """Return the names of a pair as they stand in its cell, without the white space."""
    return tuple(sheet.both_sides(link.left.lead.name, link.right.lead.name).split())


def _decision(
    state: ReviewState, row: AnswerRow, link: Link, answer: str, by: str | None, found: Answers
) -> Decision | None:
    """Return the decision of one line about `link`; each thing that is wrong with it is refused by its cell."""
    wrong = []
    word = answer.strip("“”\"' 　。")
    if word not in ANSWERS:
        wrong.append(Refusal(row.where(sheet.ANSWER), f"“{_short(answer)}”不是判断", "只填 是、否 或 待查"))
    who = " ".join(row.plain(sheet.BY).split()) or " ".join((by or "").split())
    if not who:
        wrong.append(Refusal(row.where(sheet.BY), "没有写判断人", "写上判断人，或在命令后加 --by 姓名"))
    text = row.plain(sheet.ON)
    day = _day(row.cells.get(sheet.ON), text)
    if day is None:
        what = f"“{_short(text)}”不是日期" if text else "没有写判断日期"
        wrong.append(Refusal(row.where(sheet.ON), what, "写成 2025-09-05 的样子"))
    elif day > state.as_of:
        what = f"判断日期{day}晚于今天（{state.as_of}）"
        wrong.append(Refusal(row.where(sheet.ON), what, "改正日期"))
    if link.decision == "accepted" and link.tier not in (None, "model", "person"):
        what = f"这一对现在已经确定是同一人（{link.reason}），不再需要判断"
        wrong.append(Refusal(row.where(sheet.ANSWER), what, "确有错误的，请改正名单上的号码或姓名，再核对一次"))
    found.refused += wrong
    if wrong or day is None:
        return None
    remark = _short(row.text(sheet.REMARK), _LONGEST) or None
    return Decision(*about(link), ANSWERS[word], _short(who, _LONGEST), day, remark, state.as_of)


def _short(text: str, most: int = 20) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _day(cell: object, text: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return read_date(text) if text else None


def _one_answer_each(candidates: Sequence[_Candidate], found: Answers) -> list[_Candidate]:
    """Return one line per pair; a pair answered in two ways is refused in every cell."""
    groups: dict[PairKey, list[_Candidate]] = defaultdict(list)
    for line in candidates:
        groups[line.decision.key].append(line)
    kept = []
    for group in groups.values():
        if len({line.decision.answer for line in group}) == 1:
            # Two people who say the same are no question: the latest word stands, by whom it was said.
            kept.append(max(group, key=lambda line: (line.decision.on, repr(line.decision.said))))
            continue
        for line in group:
            others = "、".join(other.row.where(sheet.ANSWER) for other in group if other is not line)
            what = f"同一对在{others}另有一个不同的判断"
            found.refused.append(Refusal(line.row.where(sheet.ANSWER), what, "只留一行"))
    return kept


def _known(state: ReviewState, line: _Candidate, found: Answers) -> bool:
    """Say whether an answer needs no recording: it stands already, or a later one does (that is refused)."""
    now = state.standing.get(line.decision.key)
    if now is None:
        return False
    superseded = any(old.key == line.decision.key and old.said == line.decision.said for old in state.record.known)
    earlier = superseded or line.decision.on < now.on
    if now.said == line.decision.said or (earlier and now.answer == line.decision.answer):
        found.again.append(now)
        return True
    if earlier:
        what = f"这个判断已被后来的代替：{now.sentence}"
        todo = "以后来的为准就不用管；确要改回，写上今天的日期并在备注里写明理由"
        found.refused.append(Refusal(line.row.where(sheet.ANSWER), what, todo))
        return True
    if now.answer != line.decision.answer:
        found.remarks.append(f"{line.row.where(sheet.ANSWER)}：改判，先前是 {now.sentence}，以这次的为准")
    return False


def _holding(state: ReviewState) -> dict[PairKey, Decision]:
    """Return every earlier 是 that holds; one about fields that changed, or about a child who left, binds nobody."""
    found = {}
    for link in state.links:
        line = link.earlier
        if line is None or line.answer != SAME:
            continue
        contradicted = link.decision == "review" and about(link) == (line.registers, line.left, line.right)
        if contradicted or link.decision == "accepted":
            found[pair_key(link)] = line
    return found


def _one_partner_each(
    holding: Mapping[PairKey, Decision], candidates: Sequence[_Candidate], found: Answers
) -> list[_Candidate]:
    """Return the lines without those whose 是 gives a row two partners, in this file or with an earlier 是."""
    after: Mapping[PairKey, Decision] = {**holding, **{line.decision.key: line.decision for line in candidates}}
    claims: dict[object, set[PairKey]] = defaultdict(set)
    for key, decision in after.items():
        if decision.answer == SAME:
            for claim in _claims(key):
                claims[claim].add(key)
    cells = {line.decision.key: line.row.where(sheet.ANSWER) for line in candidates}
    kept = []
    for line in candidates:
        rivals = {
            rival
            for claim in _claims(line.decision.key)
            for rival in claims[claim]
            if line.decision.answer == SAME and rival != line.decision.key
        }
        if not rivals:
            kept.append(line)
            continue
        named = sorted(cells.get(rival) or f"先前的判断（{after[rival].sentence}）" for rival in rivals)
        what = f"同一行不能是两名学生：{'、'.join(named)}也判断为“{ANSWER_LABELS[SAME]}”"
        found.refused.append(Refusal(line.row.where(sheet.ANSWER), what, "只留一个“是”，另一个改为“否”或“待查”"))
    return kept


def _claims(key: PairKey) -> list[object]:
    registers, *children = key
    claims: list[object] = [(registers, "right", *children[2:])]
    if one_partner_on_the_left(registers):
        claims.append((registers, "left", *children[:2]))
    return claims
