"""What a builder of papers is given, and what it is: the words `paper_builders` and the builders share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from dropctl.ledger import Event
from dropctl.procedures.issuing import Order, Reveal
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person named on the command line: cases, the number of an earlier paper, a class; all may be empty."""

    cases: tuple[str, ...] = ()
    number: str | None = None
    class_name: str | None = None
    reveal: Reveal | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What a builder works from: the workspace, the day, and every event recorded by then."""

    workspace: Workspace
    as_of: date
    events: Sequence[Event]


Builder = Callable[[Desk, Asked], Sequence[Order]]
