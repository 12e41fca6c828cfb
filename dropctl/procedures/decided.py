"""The answers recorded in a workspace, as decisions; and new ones to the end of them."""

from __future__ import annotations

from collections.abc import Sequence

from dropctl.reconcile.decisions import Decision
from dropctl.reconcile.links import Link
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


def told(links: Sequence[Link]) -> list[str]:
    """Return a sentence on how many pairs people's answers settled in a run, and how many are asked again."""
    said = [link for link in links if link.earlier is not None]
    same = sum(link.decision == "accepted" for link in said)
    different = sum(link.decision == "rejected" for link in said)
    waiting = len(said) - same - different
    if not said:
        return []
    rest = f"；另有{waiting}对待查，或内容有变要再判断" if waiting else ""
    return [f"用上了先前的人工判断：“是”{same}对、“否”{different}对{rest}（dropctl review list --all 可查）"]


class DecisionRecord:
    """The recorded decisions of one workspace, and the only way to add to them."""

    def __init__(self, workspace: Workspace) -> None:
        self._file = DecisionFile(workspace.state)
        self.known: Sequence[Decision] = _decisions(self._file)

    def add(self, decisions: Sequence[Decision]) -> None:
        """Record decisions, all of them or none."""
        self._file.append([line.to_json() for line in decisions])
        self.known = [*self.known, *decisions]
