"""Why two rows are, or may be, one child: a link found again by its number in what the workspace remembers.

Links are not stored with their evidence: the same registers give the same links, so they are made again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropctl.errors import Refused, place
from dropctl.procedures.review import review_state
from dropctl.reconcile.comparisons import labels
from dropctl.reconcile.likely import Evidence
from dropctl.reconcile.links import Link
from dropctl.reconcile.people import Person, Pupil
from dropctl.vocabulary import register_label
from dropctl.workspace import Workspace

DECISIONS = {"accepted": "判为同一人", "review": "待人工确认", "rejected": "判为不同的人"}
TIERS = {
    "exact_id": "证件号有效且相同",
    "repaired_id": "证件号经无损整理后相同",
    "enrollment_number": "学籍号相同",
    "class_list": "班级名单",
    "model": "综合比对（两行仍须确认，不据此认定任何学生）",
    "person": "此前由人判定",
}
_PLACES = ("village", "address", "household_registration")


@dataclass(frozen=True, slots=True)
class LinkSide:
    """One of the two rows: where it stands and what it says, without any number: the birth date is there (§9)."""

    register: str
    file: str
    sheet: str | None
    row: int
    name: str | None
    sex: str | None
    birth: date | None
    grade: str | None
    class_name: str | None
    numbers: tuple[bool, bool]  # whether it states an ID and an enrollment number
    guardian: str | None
    address: str | None

    @property
    def where(self) -> str:
        """`学籍名册（file · sheet · 第5行）`."""
        return f"{register_label(self.register)}（{place(self.file, self.sheet)} · 第{self.row}行）"


@dataclass(frozen=True, slots=True)
class LinkExplanation:
    """A link with its reason and, where the model weighed it, the evidence per field; the bits add up to `bits`."""

    link_id: str
    left: LinkSide
    right: LinkSide
    decision: str
    tier: str | None
    probability: float | None
    reason: str
    evidence: Evidence
    numbers: tuple[bool | None, bool | None]  # whether ID and enrollment numbers are equal; None: a side has none

    @property
    def bits(self) -> float:
        """The sum of the evidence."""
        return sum(bits for *_, bits in self.evidence)


def explain_link(workspace: Workspace, reference: str, as_of: date) -> LinkExplanation:
    """Return why the two rows of link `reference` (`M-…`) are taken for one child, as known on `as_of`.

    Raises Refused when nothing is recorded yet or no link has that number.
    """
    wanted = reference.strip().upper()
    for link in review_state(workspace, as_of).links:
        if link.link_id == wanted:
            return _explained(link)
    todo = "到核对结果.xlsx 的“待人工确认”表或 links.parquet 里查编号；名单换过的，用最近一次的"
    raise Refused(f"没有编号为“{reference}”的配对", todo=todo)


def _explained(link: Link) -> LinkExplanation:
    reason = link.reason
    if link.differences and labels(link.differences) not in reason:
        reason = f"{reason}；{labels(link.differences)}不一致"
    sides = (_side(link.left), _side(link.right))
    one, two = link.left.lead, link.right.lead
    equal = tuple(
        None if a is None or b is None else a == b
        for a, b in (
            (one.id_number or one.id_text or None, two.id_number or two.id_text or None),
            (one.enrollment_number, two.enrollment_number),
        )
    )
    return LinkExplanation(
        link.link_id, *sides, link.decision, link.tier, link.probability, reason, link.evidence, (equal[0], equal[1])
    )


def _side(pupil: Pupil) -> LinkSide:
    lead = pupil.lead
    return LinkSide(
        lead.register, lead.file, lead.sheet, lead.row, lead.name, lead.known_sex, lead.known_birth, lead.grade,
        lead.class_name, (bool(lead.id_number or lead.id_text), lead.enrollment_number is not None), lead.guardian,
        _address(lead),
    )  # fmt: skip


def _address(lead: Person) -> str | None:
    """Return the village, else the address, as far as the list states one."""
    return next((said for key in _PLACES if (said := lead.facts.get(key))), None)
