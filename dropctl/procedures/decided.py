"""The answers recorded in a workspace, as decisions; and new ones to the end of them."""

from __future__ import annotations

from collections.abc import Sequence

from dropctl.reconcile.decisions import Decision
from dropctl.workspace import Workspace
from dropctl.workspace.decisions import DecisionFile


def recorded_decisions(workspace: Workspace) -> list[Decision]:
    """Return every decision of the workspace, the oldest first; Refused, naming the line, when one is damaged."""
    return _decisions(DecisionFile(workspace.state))


def _decisions(file: DecisionFile) -> list[Decision]:
    found = []
    for number, document in enumerate(file.lines, start=1):
        try:
            found.append(Decision.from_json(document))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise file.damaged(number) from error
    return found


class DecisionRecord:
    """The recorded decisions of one workspace, and the only way to add to them."""

    def __init__(self, workspace: Workspace) -> None:
        self._file = DecisionFile(workspace.state)
        self.known: Sequence[Decision] = _decisions(self._file)

    def add(self, decisions: Sequence[Decision]) -> None:
        """Record decisions, all of them or none."""
        self._file.append([line.to_json() for line in decisions])
        self.known = [*self.known, *decisions]
