"""What the monthly report says of a case, day by day."""

from __future__ import annotations

from datetime import date

import pytest

from dropctl.ledger.events import Event
from dropctl.procedures.month_paper import _happened


@pytest.mark.parametrize(
    ("how", "receipt", "words"),
    [("direct", "signed", "9月5日文书送达"), ("message", "none", "9月5日文书未送达")],
)
def test_a_delivery_that_failed_is_told_as_one(how: str, receipt: str, words: str) -> None:
    facts = {"number": "某校劝返[2025]1", "how": how, "receipt": receipt}
    served = Event(1, 1, "test", "served", "C-2025-001", date(2025, 9, 5), date(2025, 9, 5), facts, {}, "")
    assert _happened([served]) == words


def test_a_case_is_opened_on_the_day_somebody_looked_whenever_the_mark_fell_due() -> None:
    facts = {"kind": "suspected_dropout", "marked_on": "2025-09-28", "child": "P-0001"}
    opened = Event(1, 1, "test", "case_opened", "C-2025-001", date(2025, 9, 30), date(2025, 9, 30), facts, {}, "")
    assert _happened([opened]) == "9月28日到标注程度；9月30日立案"
    same = Event(1, 1, "test", "case_opened", "C-2025-001", date(2025, 9, 28), date(2025, 9, 28), facts, {}, "")
    assert _happened([same]) == "9月28日立案"
