"""送达回证: the record that goes with a numbered paper, filled in with what `serve` recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.delivery_record import DeliveryRecord
from dropctl.errors import Refused
from dropctl.ledger.cases import fold_cases
from dropctl.ledger.papers import IssuedPaper, fold_papers
from dropctl.policy.case_state import Case
from dropctl.procedures.issuing import Order
from dropctl.procedures.paper_desk import Asked, Desk
from dropctl.procedures.service import paper_meant
from dropctl.vocabulary import RECEIPTS, SERVICES

NAME = "delivery-record"


def delivery_records(desk: Desk, asked: Asked) -> Sequence[Order]:
    """Return the order of the record for one number, or for every paper of the cases named; Refused without any."""
    papers = fold_papers(desk.events)
    cases = fold_cases(desk.events)
    if asked.number is not None:
        chosen = [paper_meant(papers, asked.number)]
    else:
        standing = [paper for paper in papers.values() if paper.paper != NAME and not paper.void]
        chosen = [paper for paper in standing if {*paper.cases} & {*asked.cases}]
    if not chosen:
        raise Refused("没有说明是哪份文书的送达回证", todo="写上文书编号，或用 --case 写明个案")
    for paper in chosen:
        if paper.void:
            raise Refused("这个编号已经作废，不出送达回证", where=paper.number, todo="用重新发出的那一份的编号")
        if paper.paper == NAME:
            raise Refused("这是送达回证自己的编号", where=paper.number, todo="写上要送达的文书的编号")
    return [_order(desk, paper, cases.get(paper.cases[0]) if paper.cases else None) for paper in chosen]


def _order(desk: Desk, paper: IssuedPaper, case: Case | None) -> Order:
    served = paper.served
    said = served.personal if served else {}

    def make(number: str | None, on: date) -> DeliveryRecord:
        return DeliveryRecord(
            number=number, school=desk.workspace.school_name, paper=PAPER_BY_NAME[paper.paper].label,
            paper_number=paper.number, addressee=paper.values.get("addressee") or "", child=case.name if case else None,
            class_name=case.class_name if case else None, served_on=served.happened_on if served else None,
            how=SERVICES[served.how] if served else "",
            receipt=RECEIPTS[served.receipt] if served and served.receipt == "refused" else "",
            receiver=said.get("receiver") or "", server=said.get("server") or "", witness=said.get("witness") or "",
            note=said.get("note") or "",
        )  # fmt: skip

    # Before and after the delivery it is another paper: an empty one to be signed, and what was recorded.
    answers = f"{NAME}:{paper.number}:{served.event if served else 'empty'}"
    about = f"{case.number} {case.name or case.child}" if case else paper.number
    return Order(PAPER_BY_NAME[NAME], answers, about, make, paper.cases, paper.children)
