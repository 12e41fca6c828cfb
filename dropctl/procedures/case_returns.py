"""What attendance says about a return: confirmed by days at school, or broken before it was.

Counting the days is the attendance's; here its answer becomes events of the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dropctl.ledger import Draft, Transaction
from dropctl.ledger.cases import CASE_KINDS, fold_cases, open_case_of


@dataclass(frozen=True, slots=True)
class Attended:
    """One child's return as attendance shows it.

    `first`: the first day at school. `confirmed_on`: the last of the attended days that confirm it, None while they
    are too few. `broken_on`: an unexcused day between. `days`: how many attended days were counted.
    """

    child: str
    first: date
    days: int
    confirmed_on: date | None = None
    broken_on: date | None = None


def record_returns(transaction: Transaction, returns: Iterable[Attended]) -> list[str]:
    """Record confirmed and broken returns of children with an open case; return the cases that are `returned` now.

    A return nobody reported is reported on its true day first. The same answer again adds nothing.
    """
    confirmed = []
    for one in returns:
        cases = fold_cases(transaction.events(CASE_KINDS))
        case = open_case_of(list(cases.values()), one.child)
        if case is None or case.state == "returned" or one.first < case.absent_since:
            continue
        if one.confirmed_on is not None:
            if case.state == "open":
                transaction.append(Draft("return_reported", case.number, one.first))
            facts = {"first": one.first, "days": one.days, "source": "attendance"}
            transaction.append(Draft("return_confirmed", case.number, one.confirmed_on, facts))
            confirmed.append(case.number)
        elif one.broken_on is not None and case.return_on is not None and one.broken_on >= case.return_on:
            transaction.append(Draft("return_broken", case.number, one.broken_on))
    return confirmed
