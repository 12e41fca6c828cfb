"""What changed between two months, and why: real change, data learned later, a changed definition.

The earlier month is counted three times: as its report said (`said`), with what was known when it was issued (`then`),
and with what is known now (`then_now`). The steps between them add up, figure by figure:

    said → then: the definition or the plan changed · then → then_now: data corrected · then_now → now: real change
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dropctl.figures.catalogue import definitions
from dropctl.figures.counting import CAUSES
from dropctl.figures.facts import Who
from dropctl.figures.marks import MarkChange
from dropctl.figures.month import MonthFigures
from dropctl.figures.places import Place
from dropctl.school_calendar import school_year

CHANGES = {
    "new": "新增疑似辍学、辍学",
    "returned": "复学（考勤证实）",
    "closed": "销案",
    "unmarked": "取消标注",
    "registered": "新在册",
    "left": "离册",
    "moved": "变动",
    "corrected": "更正（报告以后改正的）",
}
_MARKED = ("Z02", "Z03")
_ENDED = {"returned": "returned", "closed": "closed", "left": "left"}


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure of two months. `before` + `redefined` + `corrected` + `changed` = `after`."""

    id: str
    label: str
    before: int
    redefined: int
    corrected: int
    changed: int
    after: int

    @property
    def differs(self) -> bool:
        """Whether anything about it changed."""
        return any((self.redefined, self.corrected, self.changed))


@dataclass(frozen=True, slots=True)
class ChildChange:
    """One child that stands elsewhere than before; `kind` of CHANGES, `before` and `after` figures of places."""

    child: str
    who: Who
    kind: str
    before: str | None
    after: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two months side by side. `redefined`: figures whose definition is worded anew since the earlier issue."""

    figures: tuple[FigureChange, ...]
    children: tuple[ChildChange, ...]
    redefined: tuple[str, ...]
    plan_changed: bool


def compare_months(
    then: MonthFigures, then_now: MonthFigures, now: MonthFigures, changes: Iterable[MarkChange], *,
    said: Mapping[str, int] | None, said_by: Mapping[str, str] | None, plan_changed: bool,
) -> Comparison:  # fmt: skip
    """Return what changed. `changes`: of marks, as known now. `said`, `said_by`: an issued report's figures and
    definitions; None where none was issued.
    """
    figures = []
    for one in now.figures:
        counted, corrected = then[one.id].value, then_now[one.id].value
        before = counted if said is None else said.get(one.id, counted)
        figures.append(
            FigureChange(one.id, one.label, before, counted - before, corrected - counted, one.value - corrected,
                         one.value)
        )  # fmt: skip
    redefined = [
        figure for figure, digest in definitions().items() if said_by is not None and said_by.get(figure) != digest
    ]
    between = [change for change in changes if then.month.last < change.day <= now.month.last]
    children = [*_corrected(then, then_now), *_changed(then_now, now, between)]
    return Comparison(tuple(figures), tuple(children), tuple(redefined), plan_changed)


def _people(*months: MonthFigures) -> dict[str, Who]:
    return {line.child: line.who for month in months for line in month["Z01"].lines if line.child}


def _corrected(then: MonthFigures, then_now: MonthFigures) -> Iterable[ChildChange]:
    people = _people(then, then_now)
    for child in _moved(then.places, then_now.places, people):
        before, after = then.places.get(child), then_now.places.get(child)
        why = after.why if after else "上月名册上已没有"
        yield ChildChange(child, people[child], "corrected", _figure(before), _figure(after), why)


def _changed(then: MonthFigures, now: MonthFigures, between: Collection[MarkChange]) -> Iterable[ChildChange]:
    earlier, people = _people(then), _people(then, now)
    ends = {change.child: change for change in between if change.after is None}
    begins = {change.child: change for change in between if change.after is not None}
    for child in _moved(then.places, now.places, people):
        before, after = then.places.get(child), now.places.get(child)
        kind, why = _kind(before, after, begins.get(child), ends.get(child))
        yield ChildChange(child, people[child], kind, _figure(before), _figure(after), why)
    for child, change in sorted(ends.items()):
        # Marked and back again within the time: it stands where it stood, and yet something happened.
        figure = _figure(now.places.get(child))
        if child in then.places and figure == _figure(then.places[child]) and figure not in _MARKED:
            why = f"期间标注后{CAUSES[change.cause]}（{change.day}）"
            yield ChildChange(child, people[child], _ENDED.get(change.cause, "unmarked"), figure, figure, why)
    if school_year(then.month.last) != school_year(now.month.last):
        return  # everybody is in another class
    for child, who in earlier.items():
        later, figure = people[child], _figure(now.places.get(child))
        if figure != _figure(then.places.get(child)):
            continue
        if (who.grade, who.class_name) != (later.grade, later.class_name):
            why = f"{who.class_name or '班级不明'}转到{later.class_name or '班级不明'}"
            yield ChildChange(child, later, "moved", figure, figure, why)


def _kind(
    before: Place | None, after: Place | None, begin: MarkChange | None, end: MarkChange | None
) -> tuple[str, str]:
    """Return the kind of a change of place, and why in words."""
    if after is not None and after.figure in _MARKED:
        if before is not None and before.figure in _MARKED and begin is not None:
            return "moved", f"{begin.day} {CAUSES[begin.cause]}"
        return "new", after.why
    if before is not None and before.figure in _MARKED and end is not None:
        return _ENDED.get(end.cause, "unmarked"), f"{end.day} {CAUSES[end.cause]}"
    if before is None:
        return "registered", after.why if after else ""
    if after is None:
        return "left", "名册上已没有"
    return "moved", after.why


def _moved(one: Mapping[str, Place], other: Mapping[str, Place], people: Mapping[str, Who]) -> list[str]:
    """Return the children whose figure differs, as lists are read: by grade, class and name."""

    def order(child: str) -> tuple[str, str, str, str]:
        who = people[child]
        return (who.grade or "~", who.class_name or "", who.name or "", child)

    differing = (child for child in {*one, *other} if _figure(one.get(child)) != _figure(other.get(child)))
    return sorted(differing, key=order)


def _figure(place: Place | None) -> str | None:
    return None if place is None else place.figure
