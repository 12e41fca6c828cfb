"""The registry's own marks (疑似辍学, 辍学), taken from the rosters: since which export each child bears one.

An export has no day of the mark. The first one of an unbroken row that shows it gives the day, called 推算 (CONTRACT
§7); a day that somebody recorded from the registry goes before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dropctl.ledger import Draft, Transaction
from dropctl.ledger.children import ChildNumbers
from dropctl.policy.case_state import Case
from dropctl.policy.evidence import Evidence
from dropctl.procedures.remembered import rosters_saying
from dropctl.workspace import Workspace

MARKS = {"疑似辍学": "suspected", "辍学": "dropout"}


@dataclass(frozen=True, slots=True)
class RegistryMark:
    """What the roster marks a child as (suspected, dropout), since which day, and since when as anything at all.

    `suspected_on` is the day of the first mark: recorded from the registry, else of the first export that shows one.
    """

    mark: str
    since: date
    suspected_on: date


def registry_marks(
    workspace: Workspace, evidence: Evidence, numbers: ChildNumbers, cases: Iterable[Case]
) -> dict[str, RegistryMark]:
    """Return child's number → the mark it bears in the roster at hand; where nobody is marked, no other is read."""
    now = {facts.number: facts.status for facts in evidence.pupils if facts.status in MARKS}
    if not now:
        return {}
    any_mark = dict.fromkeys(now, evidence.as_of)
    this_mark = dict(any_mark)
    marked, same = set(now), set(now)
    for day, rows in rosters_saying(workspace, MARKS, evidence.as_of):
        shown = {number: row.facts.get("status") for row in rows if (number := numbers.find(row))}
        # Who bore no mark then bears it since the export after.
        marked &= set(shown)
        same = {number for number in same & marked if shown[number] == now[number]}
        any_mark.update(dict.fromkeys(marked, day))
        this_mark.update(dict.fromkeys(same, day))
        if not marked:
            break
    recorded = {case.child: case.registry_on for case in cases if case.is_open and case.registry_on}
    return {
        child: RegistryMark(MARKS[str(status)], this_mark[child], recorded.get(child) or any_mark[child])
        for child, status in now.items()
    }


def record_marks(transaction: Transaction, marks: Mapping[str, RegistryMark], cases: Collection[Case]) -> None:
    """Record the marks of the roster in the cases that wait for the child; a mark that is known adds nothing."""
    for case in cases:
        found = marks.get(case.child)
        if found is None or not case.waits_for_the_child:
            continue
        # A case that already bears the registry's mark, dated or not, learns nothing; 疑似辍学 becomes 辍学.
        if case.mark == found.mark and case.is_marked_by_registry:
            continue
        # What the registry has said since before a return was answered by it, and is no mark of the absence after.
        if case.reopened_on is not None and found.since < case.absent_since:
            continue
        facts = {"mark": found.mark, "source": "export"}
        transaction.append(Draft("marked", case.number, found.since, facts))


def taken_back(evidence: Evidence, cases: Iterable[Case]) -> list[str]:
    """Return a sentence for each case with the registry's mark whose child the roster no longer marks.

    The roster may be an old one, so the case keeps its mark until somebody has looked (`case mark`).
    """
    status = {facts.number: facts.status for facts in evidence.pupils}
    words = {mark: word for word, mark in MARKS.items()}
    said = []
    for case in cases:
        now, word = status.get(case.child), words.get(case.mark)
        if not (case.waits_for_the_child and case.is_marked_by_registry):
            continue
        if word is not None and now is not None and now not in MARKS:
            said.append(
                f"个案{case.number}记有学籍系统的“{word}”标注，这次的名册上却是“{now}”：系统上已取消的，请用 "
                f"dropctl case mark {case.number} --mark 已取消标注 登记；没有取消的，请换用最新导出的名册"
            )
    return said
