"""三.7: disabled children who are not at school without an assessment, and those whose placement nobody has stated.

Whether a child can learn, and where, the county's committee of experts says; here only what is missing on paper is
named. A mark that only the model supports is a question elsewhere (残疾未标注) and makes no gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dropctl.policy.evidence import Evidence, ListedChild, PupilFacts
from dropctl.policy.grounds import ground_of
from dropctl.policy.rules.roster_marks import disability_mark, disability_words
from dropctl.policy.rules.whereabouts import whereabouts

ASSESSMENT, PLACEMENT = "assessment", "placement"
_AWAY = ("送教上门", "休学", "延缓入学", "不具备学习能力")


@dataclass(frozen=True, slots=True)
class Gap:
    """What one disabled child lacks: an assessment, or a stated placement."""

    kind: str  # ASSESSMENT, PLACEMENT
    child: str
    name: str | None
    reason: str


def disabled_children(evidence: Evidence) -> list[Gap]:
    """Return what disabled children lack: pupils in the roster's order, then those on no roster at hand (三.7)."""
    return [*_of_pupils(evidence), *_of_strays(evidence)]


def _of_pupils(evidence: Evidence) -> Iterator[Gap]:
    stated = "inclusive_placement" in evidence.columns_seen.get("enrollment", set())
    for facts in evidence.pupils:
        mark = disability_mark(facts)
        if mark is None or mark.source == "待确认" or not facts.expected:
            continue
        away = _away(facts)
        if facts.presence == "present" and away is None:
            # Blank is nobody's word; 非随班就读 is one.
            if stated and facts.lead.facts.get("inclusive_placement") is None:
                yield Gap(PLACEMENT, facts.number, facts.lead.name, f"{mark.text}，在校，名册没有填是否随班就读")
            continue
        if away is None and facts.presence not in ("absent", "no_row"):
            continue  # nobody knows yet whether the child is there
        if not any(paper.facts.get("assessment_number") for paper in facts.approvals):
            yield Gap(ASSESSMENT, facts.number, facts.lead.name, f"{mark.text}，{away or '未到校'}，没有评估编号")
        if away is None:
            yield Gap(PLACEMENT, facts.number, facts.lead.name, f"{mark.text}，未到校，没有送教等安置")


def _away(facts: PupilFacts) -> str | None:
    """Return the ground on which the child is not at school: by an approval, complete or not, else by its status."""
    grounds = [ground_of(paper).label for paper in facts.approvals]
    return next((ground for ground in (*grounds, facts.status) if ground in _AWAY), None)


def _of_strays(evidence: Evidence) -> Iterator[Gap]:
    listed = [(child, words) for child in evidence.strays if (words := _words(child))]
    sought = {line.key[0] for line in whereabouts(evidence)} if listed else set()
    for child, words in listed:
        if child.number in sought:
            reason = f"{words}，不在名册上：先核实在何处就读，确未就读的提请评估"
            yield Gap(ASSESSMENT, child.number, child.rows[0].name, reason)


def _words(child: ListedChild) -> str | None:
    rows = (row for row in child.rows if row.register == "disability")
    return next((text for row in rows if (text := disability_words(row))), None)
