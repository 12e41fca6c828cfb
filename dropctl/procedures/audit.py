"""Looking after the ledger: what stands in it, whether it is whole, a copy put aside and put back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropctl.errors import Refused
from dropctl.ledger import Draft, Event, Ledger
from dropctl.ledger import backup as copies
from dropctl.ledger.events import START
from dropctl.ledger.verify import Verification, verify
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoration did: the backup's state, events lost by it, and where the ledger before it lies."""

    events: int
    lost: int | None
    aside: Path | None


def recorded(workspace: Workspace, as_of: date, subject: str | None = None) -> list[Event]:
    """Return the events recorded as of `as_of` or before, all or those about one case or child, the oldest first."""
    events = Ledger(workspace.state).events(as_of)
    subject = subject.strip().upper() if subject else None
    return [event for event in events if subject is None or subject in (event.subject, event.facts.get("child"))]


def verified(workspace: Workspace) -> Verification:
    """Return whether the ledger is whole; one that does not exist yet is."""
    ledger = Ledger(workspace.state)
    return verify(ledger.path) if ledger.exists else Verification(True, 0, START, None, None)


def back_up(workspace: Workspace, target: Path, *, dry_run: bool = False) -> Verification:
    """Write a checked copy of the ledger to `target`; Refused, Damaged or CannotWrite without touching the old one."""
    ledger = Ledger(workspace.state)
    if dry_run and ledger.exists:
        return verify(ledger.path)
    return copies.back_up(ledger, target)


def restore(workspace: Workspace, source: Path, as_of: date, *, yes: bool = False, dry_run: bool = False) -> Restored:
    """Put the ledger back to what `source` holds and record that; the ledger before it is kept beside it.

    Refused when events would be lost and `yes` does not say that this is known, or when `as_of` lies before the
    backup's last day; Damaged for a backup that is not whole.
    """
    ledger = Ledger(workspace.state)
    found = copies.compare(ledger, source)
    if found.lost and not yes:
        more = "" if found.same_history else "，而且备份与现在的台账不是同一份台账的前后"
        todo = "确认要退回到备份时的样子再加 --yes；现在的台账会另存一份"
        raise Refused(f"恢复后，备份之后记的{found.lost}条会从台账中消失{more}，没有恢复", where=str(source), todo=todo)
    last = copies.last_day_of(source)
    if last is not None and as_of < last:
        raise Refused(
            f"备份已经记到{last}，不能按{as_of}恢复", where=str(source), todo=f"用 --as-of {last} 或更晚的日期"
        )
    if dry_run:
        return Restored(found.backup.events, found.lost, None)
    aside = copies.put_back(ledger, source)
    facts = {"events": found.backup.events, "head": found.backup.head, "lost": found.lost}
    with ledger.writing(as_of, "restore") as transaction:
        transaction.append(Draft("restored", "", as_of, facts))
    return Restored(found.backup.events, found.lost, aside)
