"""One month being counted: the lists that figures are made of. Which figure takes which list is the `catalogue`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dropctl.figures.facts import Deed, MonthFacts, Registered, Who
from dropctl.figures.marks import DROPOUT, SUSPECTED, MarkChange, marks_on
from dropctl.figures.places import Place, place_of
from dropctl.policy.case_state import Case


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a figure's list: who, why, when; `amount` is what it adds (−1 in a correction)."""

    child: str | None
    who: Who
    why: str
    on: date | None = None
    case: str | None = None
    amount: int = 1


class Counting:
    """One month being counted: what several figures need is worked out once."""

    def __init__(self, facts: MonthFacts) -> None:
        self.facts = facts

    @cached_property
    def marks(self) -> dict[str, MarkChange]:
        """Child → the change that made its mark, at the cut-off."""
        return marks_on(self.facts.changes, self.facts.month.last)

    @cached_property
    def open_cases(self) -> dict[str, Case]:
        """Child → its open case at the cut-off."""
        return {case.child: case for case in self.facts.cases.values() if case.is_open}

    @cached_property
    def places(self) -> dict[str, Place]:
        """Registered child → where it stands."""
        return {child.child: place_of(child, self.marks, self.open_cases) for child in self.facts.registered}

    def registered(self, *figures: str) -> list[Line]:
        """Return the registered children who stand in one of the figures, all without any."""
        return [
            Line(child.child, child.who, place.why, case=place.case)
            for child in self.facts.registered
            if (place := self.places[child.child]) and (not figures or place.figure in figures)
        ]

    def those(self, belongs: Iterable[Registered], why: str) -> list[Line]:
        """Return registered children with one sentence about all of them."""
        return [Line(child.child, child.who, why) for child in belongs]

    def done(self, deeds: Iterable[Deed]) -> list[Line]:
        """Return deeds as lines."""
        return [Line(deed.child, deed.who, deed.what, deed.on, deed.case) for deed in deeds]

    @cached_property
    def moves(self) -> list[MarkChange]:
        """The changes of marks that happened in the month."""
        month = self.facts.month
        return [change for change in self.facts.changes if month.first <= change.day <= month.last]

    def begun(self, before: Sequence[str | None], after: str) -> list[Line]:
        """Return the month's changes from one of `before` to the mark `after`."""
        return [self._move(change) for change in self.moves if change.before in before and change.after == after]

    def ended(self, mark: str, *, returned: bool) -> list[Line]:
        """Return the month's changes from `mark` to none: by a confirmed return, or by anything else."""
        ends = (change for change in self.moves if change.before == mark and change.after is None)
        return [self._move(change) for change in ends if (change.cause == "returned") == returned]

    def _move(self, change: MarkChange, amount: int = 1, why: str | None = None) -> Line:
        who = self.facts.people.get(change.child, Who(None, None, None))
        return Line(change.child, who, why or CAUSES[change.cause], change.day, change.case, amount)

    def corrections(self, mark: str) -> list[Line]:
        """Return what differs from the opening figure of `mark` by what was learned later, plus and minus.

        A registry that calls a child 疑似辍学 whom our forecast called 辍学 corrects both figures in its month.
        """
        opening = self.facts.opening
        said = opening.suspected if mark == SUSPECTED else opening.dropout
        now = marks_on(self.facts.changes, opening.month.last)
        lines = []
        for child in sorted({*said, *(child for child, change in now.items() if change.after == mark)}):
            is_so, was_so = child in now and now[child].after == mark, child in said
            if is_so == was_so:
                continue
            who = self.facts.people.get(child, Who(None, None, None))
            case = now[child].case if child in now else None
            why = f"补登记：{opening.month.last}前已是" if is_so else f"更正：{opening.month.last}时不是"
            lines.append(Line(child, who, f"{why}{MARK_WORDS[mark]}", None, case, 1 if is_so else -1))
        sign = 1 if mark == SUSPECTED else -1
        back = (change for change in self.moves if (change.before, change.after) == (DROPOUT, SUSPECTED))
        return lines + [self._move(change, sign, "学籍系统标注为疑似辍学，推算的辍学更正") for change in back]

    def opened_with(self, mark: str) -> list[Line]:
        """Return the children of the opening figure."""
        opening = self.facts.opening
        said = opening.suspected if mark == SUSPECTED else opening.dropout
        source = f"{opening.month.label}报告期末" if opening.issued_on else f"{opening.month.label}末台账"
        return [Line(child, self.facts.people.get(child, Who(None, None, None)), source) for child in said]


MARK_WORDS = {SUSPECTED: "疑似辍学", DROPOUT: "辍学"}
CAUSES = {
    "found": "考勤达到标准（按方案推算）",
    "registry": "学籍系统标注",
    "returned": "复学，考勤证实",
    "closed": "销案",
    "reopened": "重新立案",
    "left": "离册，个案未销",
    "registered": "重新在册",
    "unmarked": "学籍系统取消标注",
}
