"""Counts a month: each figure is the length of its list, and the three balances hold or name who breaks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dropctl.figures.catalogue import FIGURES
from dropctl.figures.counting import Counting, Line
from dropctl.figures.facts import Month, MonthFacts
from dropctl.figures.places import PLACES, Place


@dataclass(frozen=True, slots=True)
class CountedFigure:
    """A figure with its value, which is the sum of its list."""

    id: str
    label: str
    definition: str
    clause: str
    lines: tuple[Line, ...]
    opening: int | None = None  # said by the report of the month before, whose list this must be

    @property
    def value(self) -> int:
        """The number that is printed."""
        return sum(line.amount for line in self.lines) if self.opening is None else self.opening


@dataclass(frozen=True, slots=True)
class Balance:
    """One equation between figures; `wrong` names the children who break it."""

    id: str
    formula: str
    left: int
    right: int
    wrong: tuple[Line, ...]

    @property
    def difference(self) -> int:
        """0 where it holds."""
        return self.left - self.right


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """All figures of a month, in the order of the report, and their balances."""

    month: Month
    figures: tuple[CountedFigure, ...]
    balances: tuple[Balance, ...]
    places: Mapping[str, Place]

    def __getitem__(self, figure: str) -> CountedFigure:
        return next(one for one in self.figures if one.id == figure)

    @property
    def is_balanced(self) -> bool:
        """Whether every balance holds and nobody is counted wrongly in one."""
        return all(balance.difference == 0 and not balance.wrong for balance in self.balances)

    @property
    def is_zero(self) -> bool:
        """Whether no child was marked as suspected or dropped out at any moment of the month."""
        return all(self[figure].value == 0 and not self[figure].lines for figure in _MARK_FIGURES)


_MARK_FIGURES = ("Z02", "Z03", "Z20", "Z21", "Z22", "Z23", "Z24", "Z25", "Z30", "Z31", "Z32", "Z34", "Z35")


def count_month(facts: MonthFacts) -> MonthFigures:
    """Return every figure of the month with its list, and the balances B1, B2, B3."""
    counting = Counting(facts)
    openings = {"Z20": facts.opening.suspected_figure, "Z30": facts.opening.dropout_figure}
    figures = tuple(
        CountedFigure(one.id, one.label, one.definition, one.clause, tuple(one.lines(counting)), openings.get(one.id))
        for one in FIGURES
    )
    by_id = {figure.id: figure for figure in figures}
    return MonthFigures(facts.month, figures, tuple(_balances(by_id)), counting.places)


_FORMULAS = (
    ("B1", "Z01", (*((figure, 1) for figure in PLACES),)),
    ("B2", "Z03", (("Z20", 1), ("Z21", 1), ("Z22", -1), ("Z23", -1), ("Z24", -1), ("Z25", 1))),
    ("B3", "Z02", (("Z30", 1), ("Z31", 1), ("Z32", -1), ("Z34", -1), ("Z35", 1))),
)


def _balances(figures: dict[str, CountedFigure]) -> Iterable[Balance]:
    for name, left, parts in _FORMULAS:
        said = "".join(f"{' − ' if sign < 0 else ' + '}{figure}" for figure, sign in parts)
        right = sum(sign * figures[figure].value for figure, sign in parts)
        yield Balance(
            name,
            f"{left} = {said.removeprefix(' + ')}",
            figures[left].value,
            right,
            tuple(_wrong(figures, left, parts)),
        )


def _wrong(figures: dict[str, CountedFigure], left: str, parts: Iterable[tuple[str, int]]) -> Iterable[Line]:
    """Yield the children who are not as often on the right side as on the left."""
    count: Counter[str | None] = Counter()
    known: dict[str | None, Line] = {}
    where: dict[str | None, list[str]] = {}
    for figure, sign in ((left, -1), *parts):
        for line in figures[figure].lines:
            count[line.child] += sign * line.amount
            known.setdefault(line.child, line)
            where.setdefault(line.child, []).append(figure)
    for child, times in sorted(count.items(), key=lambda item: item[0] or ""):
        if times:
            line = known[child]
            yield Line(child, line.who, f"出现在 {'、'.join(where[child])}，两边差{times:+d}", line.on, line.case)
