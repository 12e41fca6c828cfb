"""The uncertain pairs of the last recorded run, and what people have made of them.

They go out in `review_export` and come back in `review_answers`. A pair is what the last run read, linked again with
the decisions that stand today; the lists in the inbox are not read anew (decision D-43).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dropctl.errors import Refused
from dropctl.identity import mask_id
from dropctl.policy.evidence import Evidence
from dropctl.procedures.decided import DecisionRecord
from dropctl.procedures.intake import term_given
from dropctl.procedures.linking import link_registers
from dropctl.reconcile.decisions import UNSURE, Decision, PairKey, standing
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person
from dropctl.reconcile.review import pair_key
from dropctl.vocabulary import register_label
from dropctl.workspace import Workspace
from dropctl.workspace.snapshots import TERM_START, Run

# What has become of a pair, in the word a person reads.
STATES = {
    "open": "未判断",
    "suggested": "判为同一人（可不判断）",
    "unsure": "待查",
    "again": "再问",
    "same": "是",
    "different": "否",
}


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The pairs of the last recorded run on one day.

    `links`: every link after the decisions; `relink` gives them under other decisions. `last`: the latest day on
    which anything was recorded.
    """

    run: Run
    as_of: date
    last: date
    opening: date
    school: str | None
    record: DecisionRecord
    standing: Mapping[PairKey, Decision]
    links: Sequence[Link]
    relink: Callable[[Mapping[PairKey, Decision]], list[Link]] = field(repr=False)

    @property
    def undecided(self) -> list[Link]:
        """The pairs that an answer would settle, those marked 待查 and those the model accepted among them."""
        return [link for link in self.links if link.waits]

    @property
    def decided(self) -> list[Link]:
        """The pairs a person has decided with 是 or 否."""
        return [link for link in self.links if link.tier == "person"]

    def state_of(self, link: Link) -> str:
        """Return the key of STATES for a pair."""
        if not link.waits:
            return "same" if link.decision == "accepted" else "different"
        if link.is_suggestion:
            return "suggested"
        if link.earlier is None:
            return "open"
        holds = link.earlier.answer == UNSURE and link.earlier.key == pair_key(link)
        return "unsure" if holds else "again"


def review_state(workspace: Workspace, as_of: date) -> ReviewState:
    """Return the pairs of the last run recorded by `as_of`; Refused when there is none or a record is damaged."""
    store = workspace.snapshots()
    recorded = [run for run in store.runs if run.duty == TERM_START]
    run = next((run for run in reversed(recorded) if run.as_of <= as_of), None)
    if run is None:
        said = f"到{as_of}为止还没有核对过" if recorded else "这个工作区还没有核对过"
        raise Refused(f"{said}，没有可以判断的配对", todo="先运行 dropctl reconcile")
    record = DecisionRecord(workspace)
    known = standing(record.known, as_of)
    frames = {kind: run.frame(kind) for kind in run.registers}
    columns = {kind: set(keys) for kind, keys in run.registers.items()}
    files = {file for frame in frames.values() for file in frame["file"].unique().to_list()}
    places = {file: workspace.inbox / file for file in files}
    opening, closing, _ = term_given(run.as_of, workspace, None, None)

    def evidence(decisions: Mapping[PairKey, Decision]) -> Evidence:
        return link_registers(
            frames, columns, places=places, as_of=run.as_of, workspace=workspace, opening=opening, closing=closing,
            school=None, numbers=None, decisions=decisions,
        ).evidence  # fmt: skip

    def links(decisions: Mapping[PairKey, Decision]) -> list[Link]:
        return [link for group in evidence(decisions).links.values() for link in group]

    now = evidence(known)
    decided = [link for group in now.links.values() for link in group]
    last = max([store.runs[-1].as_of, *(line.recorded_as_of for line in record.known)])
    return ReviewState(run, as_of, last, opening, now.school, record, known, decided, links)


def listed(state: ReviewState) -> list[dict[str, Any]]:
    """Return the pairs as plain values, undecided ones first; ID numbers are masked (CONTRACT §9)."""
    links = [*state.undecided, *state.decided]
    order: dict[str, int] = {
        key: place for place, key in enumerate(("again", "open", "unsure", "suggested", "same", "different"))
    }
    found: list[dict[str, Any]] = [
        {
            "link_id": link.link_id,
            "state": state.state_of(link),
            "reason": link.reason,
            "left": _side(link.left.lead),
            "right": _side(link.right.lead),
            "earlier": _earlier(link.earlier),
        }
        for link in links
    ]
    found.sort(key=lambda pair: (order[pair["state"]], *_place(pair["left"]), *_place(pair["right"])))
    return found


def _side(person: Person) -> dict[str, Any]:
    return {
        "register": person.register, "name": person.name,
        "id_number": mask_id(person.id_number or person.id_text) or None,
        "school": person.school, "grade": person.grade, "class_name": person.class_name,
        "file": person.file, "sheet": person.sheet, "row": person.row,
    }  # fmt: skip


def _place(side: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        side["register"],
        side["grade"] or "",
        side["class_name"] or "",
        side["file"],
        side["sheet"] or "",
        side["row"],
    )


def _earlier(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "answer": decision.answer, "by": decision.by, "on": decision.on.isoformat(), "remark": decision.remark,
    }  # fmt: skip


def side_text(side: Mapping[str, Any]) -> str:
    """Return one side of a listed pair in words: list, class, name, masked number."""
    parts = (register_label(side["register"]), side["class_name"], side["name"] or "（无姓名）", side["id_number"])
    return " ".join(str(part) for part in parts if part)
