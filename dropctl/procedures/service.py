"""Delivery of a numbered paper and what came back (三.5): the day it was served starts the deadline of a notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropctl.errors import Refused
from dropctl.ledger import Draft, Ledger, Transaction
from dropctl.ledger.papers import PAPER_KINDS, IssuedPaper, Service, fold_papers
from dropctl.policy.case_state import counts_as_served
from dropctl.policy.deadlines import notice_deadline
from dropctl.policy.notices import PAPER_OF
from dropctl.policy.numbering import numbers_meant
from dropctl.procedures.plans import plan_for
from dropctl.school_calendar import DueDate
from dropctl.vocabulary import RECEIPTS, SERVICES
from dropctl.workspace import Workspace

_NUMBERS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    """How and when a paper was handed over: how in the codes of SERVICES, receipt in those of RECEIPTS."""

    on: date
    how: str
    receipt: str | None = None
    server: str | None = None
    receiver: str | None = None
    witness: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """What was recorded. `deadline`: by when a notice wants the child back, None where it does not count as served.

    `known`: the same was recorded before.
    """

    paper: IssuedPaper
    deadline: DueDate | None
    known: bool


def word_of_service(text: str) -> str:
    """Return the code of a way of delivery given as code or Chinese word; Refused, naming them all, for another."""
    return _code(text, SERVICES, "送达方式")


def word_of_receipt(text: str) -> str:
    """Return the code of what came back given as code or Chinese word; Refused, naming them all, for another."""
    return _code(text, RECEIPTS, "回执情况")


def _code(text: str, words: dict[str, str], what: str) -> str:
    found = next((code for code, label in words.items() if text.strip() in (code, label)), None)
    if found is None:
        known = "、".join(f"{code} {label}" for code, label in words.items())
        raise Refused(f"{what}写成了“{text}”，不认识", todo=f"从这些里选：{known}")
    return found


def paper_meant(papers: dict[str, IssuedPaper], typed: str) -> IssuedPaper:
    """Return the paper a typed number means; Refused when there is none or several."""
    found = [papers[number] for number in numbers_meant(typed, papers)]
    standing = [paper for paper in found if not paper.void] or found
    if len(standing) == 1:
        return standing[0]
    if not found:
        todo = "核对编号；发出过的编号在 dropctl case show 个案编号 里"
        raise Refused(f"没有发出过编号是“{typed}”的文书", todo=todo)
    several = "、".join(paper.number for paper in standing[:_NUMBERS_NAMED])
    raise Refused(f"“{typed}”可能是{len(standing)}份文书：{several}", todo="把编号写全")


def serve(workspace: Workspace, as_of: date, typed: str, made: Delivery, *, dry_run: bool = False) -> Served:
    """Record that a paper was delivered, or what came back of one delivered before; return what stands.

    Refused for an unknown or voided number, a day before the issue or after `as_of`, a second delivery that says
    otherwise, and a refusal without a witness. The same again changes nothing.
    """
    with Ledger(workspace.state).writing(as_of, "serve", keep=not dry_run) as transaction:
        paper = paper_meant(fold_papers(transaction.events(PAPER_KINDS)), typed)
        _check(paper, made, as_of)
        known = _is_known(paper, made)
        if not known:
            _append(transaction, paper, made)
    before = _same_attempt(paper, made)
    receipt = made.receipt or (before.receipt if before else None)
    deadline = None
    if paper.paper in PAPER_OF.values() and counts_as_served(made.how, receipt):
        deadline = notice_deadline(plan_for(workspace), workspace.calendar(), made.on)
    return Served(paper, deadline, known)


def _check(paper: IssuedPaper, made: Delivery, as_of: date) -> None:
    if paper.void:
        raise Refused("这个编号已经作废，不能登记送达", where=paper.number, todo="登记重新发出的那一份")
    if made.on > as_of:
        todo = "核对 --on，或用 --as-of 指定今天的日期"
        raise Refused(f"送达日期{made.on}晚于{as_of}", where=paper.number, todo=todo)
    if made.on < paper.issued_on:
        raise Refused(
            f"送达日期{made.on}早于发出的{paper.issued_on}", where=paper.number, todo="核对 --on 的年、月、日"
        )
    if (made.receipt == "refused" or made.how == "left") and not (made.witness or "").strip():
        todo = "请村（居）委会的人到场见证，用 --witness 写上姓名"
        raise Refused("拒收、留置的要有见证人", where=paper.number, todo=todo)


def _same_attempt(paper: IssuedPaper, made: Delivery) -> Service | None:
    """Return the delivery recorded before of which more is told now; None for another attempt."""
    before = paper.services[-1] if paper.services else None
    same = before is not None and (before.happened_on, before.how) == (made.on, made.how)
    return before if same else None


def _is_known(paper: IssuedPaper, made: Delivery) -> bool:
    """Say whether nothing new is told; Refused where it contradicts a delivery that counts."""
    before = _same_attempt(paper, made)
    if before is None:
        counts = paper.served
        if counts is None:
            return False  # nothing yet, or what failed is tried again
        case = paper.cases[0] if paper.cases else "个案编号"
        todo = f"登记错了的先作废：dropctl case void {case} {counts.event} --reason 原因"
        raise Refused(f"已经登记过{counts.happened_on}{SERVICES[counts.how]}", where=paper.number, todo=todo)
    told = {key: getattr(made, key) for key in ("server", "receiver", "witness", "note")}
    return made.receipt in (None, before.receipt) and all(
        value in (None, before.personal.get(key)) for key, value in told.items()
    )


def _append(transaction: Transaction, paper: IssuedPaper, made: Delivery) -> None:
    before = _same_attempt(paper, made)
    facts = {
        "number": paper.number,
        "how": made.how,
        "receipt": made.receipt or (before.receipt if before else None),
        "cases": list(paper.cases),
    }
    told = {key: getattr(made, key) for key in ("server", "receiver", "witness", "note")}
    if before is not None:
        told = {key: value if value is not None else before.personal.get(key) for key, value in told.items()}
    subject = paper.cases[0] if len(paper.cases) == 1 else ""
    transaction.append(Draft("served", subject, made.on, facts, {"+".join(paper.children): told}))
