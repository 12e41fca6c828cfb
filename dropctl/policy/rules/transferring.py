"""三.2: transfers that take too long; who moves between schools, and is neither finished nor withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

from dropctl.findings import Finding
from dropctl.policy.evidence import Evidence, ListedChild, Newcomer, PupilFacts
from dropctl.policy.transfers import Transfer
from dropctl.policy.wording import finding
from dropctl.reconcile.people import Person


def transferring(evidence: Evidence) -> list[Finding]:
    """Return `transfer_pending`: one per child, counted in working days of the State Council's calendar (三.2)."""
    return list(_pending(evidence))


def _pending(evidence: Evidence) -> Iterator[Finding]:
    for transfer, child in evidence.transfers:
        if not transfer.takes_too_long(evidence.as_of):
            continue
        person, number = _who(evidence, transfer, child)
        here = isinstance(child, PupilFacts) and not transfer.leaves
        already = "；名册上已有这名学生，可能只是登记没有更新" if here else ""
        yield finding(
            evidence, "transfer_pending", person, number,
            certainty="certain" if transfer.last_day is not None and transfer.certain and not here else "to_confirm",
            reason=f"{transfer.words}，{_how_long(evidence, transfer)}{already}",
            next_step="催对方学校和学籍主管部门核办；已办结或已撤回的，在转学登记中补填状态和日期",
            other=transfer.person if person is not transfer.person else None,
        )  # fmt: skip


def _who(
    evidence: Evidence, transfer: Transfer, child: PupilFacts | Newcomer | ListedChild | None
) -> tuple[Person, str]:
    match child:
        case PupilFacts():
            return child.lead, child.number
        case Newcomer():
            return child.pupil.lead, child.number
        case ListedChild():
            return child.rows[0], child.number
        case None:
            return transfer.person, evidence.number_of(transfer.person)


def _how_long(evidence: Evidence, transfer: Transfer) -> str:
    days = evidence.plan.value("transfer_days")
    if transfer.last_day is None:
        return f"没有申请日期，算不出是否超过{days}个工作日"
    unsure = "" if transfer.certain else "（那一年的放假安排还没有，按周一至周五推算）"
    return f"第{days}个工作日是{transfer.last_day}{unsure}，到{evidence.as_of}既未办结也未撤回"
