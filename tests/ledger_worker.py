"""A process that writes to a ledger until it is killed, saying on stdout what it was told is safely recorded.

python ledger_worker.py log|import|scan|backup|number STATE [COUNT [NAME]]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from dropctl.ledger import Draft, Ledger
from dropctl.ledger.backup import back_up

DAY = date(2025, 9, 1)
SCANNED = date(2025, 9, 15)
EVENTS_EACH = 3


def logs(root: Path, name: str) -> Callable[[int], object]:
    ledger = Ledger(root / ".dropctl")

    def once(number: int) -> object:
        with ledger.writing(DAY, "case log") as transaction:
            for part in range(EVENTS_EACH):
                facts = {"by": name, "number": number, "part": part}
                transaction.append(Draft("contacted", "C-2025-001", DAY, facts, {"P-0001": {"note": "说" * 50}}))
        return number

    return once


def imports(root: Path, name: str) -> Callable[[int], object]:
    from ledger_school import reconcile_again

    def once(number: int) -> object:
        reconcile_again(root, DAY + timedelta(days=1 + number))
        return DAY + timedelta(days=1 + number)

    return once


def scans(root: Path, name: str) -> Callable[[int], object]:
    from ledger_school import scan_again

    def once(number: int) -> object:
        day = SCANNED + timedelta(days=number)
        scan_again(root, day)
        return day

    return once


def backups(root: Path, name: str) -> Callable[[int], object]:
    log, ledger = logs(root, name), Ledger(root / ".dropctl")

    def once(number: int) -> object:
        log(number)
        return back_up(ledger, root / "copy.sqlite3").events

    return once


def numbers(root: Path, name: str) -> Callable[[int], object]:
    from test_issuing import order, workspace_with_slip

    from dropctl.procedures.issuing import issue

    home = workspace_with_slip(root)
    ledger = Ledger(home.state)

    def once(number: int) -> object:
        with ledger.writing(DAY, "test") as transaction:
            (made,) = issue(transaction, home, [replace(order(0), answers=f"{name}-{number}")]).made
        return made.number

    return once


def main() -> None:
    mode, root = sys.argv[1], Path(sys.argv[2])
    rounds = range(int(sys.argv[3])) if len(sys.argv) > 3 else count()
    name = sys.argv[4] if len(sys.argv) > 4 else ""
    once = {"log": logs, "import": imports, "scan": scans, "backup": backups, "number": numbers}[mode](root, name)
    print("ready", flush=True)
    for number in rounds:
        print(once(number), flush=True)


if __name__ == "__main__":
    main()
