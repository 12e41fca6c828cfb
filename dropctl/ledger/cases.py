"""Cases computed from events: each kind of event changes a few fields, in the order of recording.

Voided events are passed over, corrected ones read as corrected; both stay in the ledger and in the case's history.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dropctl.ledger.events import Event
from dropctl.policy.case_state import Case, Contact, PaperOfCase, counts_as_served

CASE_KINDS = frozenset({
    "case_opened", "finding_joined", "finding_gone", "case_facts", "assigned", "contacted", "causes", "whereabouts",
    "rung_reached", "number_issued", "served", "report_arrived", "marked", "return_reported", "return_confirmed",
    "return_broken", "plan_confirmed", "closed", "reopened", "voided", "corrected",
})  # fmt: skip
# What a person may take back; a case itself is never deleted, and what closes it is undone by reopening.
VOIDABLE = frozenset({
    "assigned", "contacted", "causes", "whereabouts", "return_reported", "plan_confirmed", "number_issued", "served",
    "report_arrived",
})  # fmt: skip
_MARKS = {"suspected_dropout": "suspected", "dropout": "dropout"}


def standing(events: Iterable[Event]) -> list[Event]:
    """Return the events as they stand: voided ones left out, corrected ones with the values of the correction."""
    events = list(events)
    void: set[int] = set()
    better: dict[int, Event] = {}
    for event in events:
        if event.kind == "voided":
            void.add(event.facts["event"])
        elif event.kind == "corrected":
            better[event.facts["event"]] = event
    return [
        _corrected(event, better[event.seq]) if event.seq in better else event
        for event in events
        if event.seq not in void and event.kind not in ("voided", "corrected")
    ]


def _corrected(event: Event, better: Event) -> Event:
    personal = {part: {**values, **better.personal.get(part, {})} for part, values in event.personal.items()}
    facts = {**event.facts, **better.facts.get("facts", {})}
    return replace(event, happened_on=better.happened_on, facts=facts, personal=personal)


def fold_cases(events: Iterable[Event]) -> dict[str, Case]:
    """Return case number → case, in the order of opening, from the case events among `events`."""
    cases: dict[str, Case] = {}
    for _, case in followed(standing(event for event in events if event.kind in CASE_KINDS)):
        cases[case.number] = case
    return cases


def followed(events: Iterable[Event]) -> Iterator[tuple[Event, Case]]:
    """Yield each standing case event with its case as it is after it (the same object, changed on the way)."""
    cases: dict[str, Case] = {}
    for event in events:
        if event.kind == "case_opened":
            cases[event.subject] = _opened(event)
            yield event, cases[event.subject]
            continue
        for number in about(event):
            if number in cases:
                case = cases[number]
                _CHANGES[event.kind](case, event, event.personal.get(case.child, {}))
                yield event, case


def counted_on(event: Event) -> date:
    """Return the day from which a case event counts: a mark from the day it fell due, whenever it was found."""
    return _day(event.facts.get("suspected_on") or event.facts.get("marked_on")) or event.happened_on


def about(event: Event) -> Sequence[str]:
    """Return the numbers of the cases an event is about: its subject, or all those a paper is about."""
    return event.facts.get("cases") or (event.subject,)


def open_case_of(cases: Collection[Case], child: str) -> Case | None:
    """Return the one open case of a child, None without any."""
    return next((case for case in cases if case.child == child and case.is_open), None)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _opened(event: Event) -> Case:
    facts = event.facts
    said = event.personal.get(facts["child"], {})
    case = Case(
        event.subject, facts["child"], event.happened_on, event.recorded_as_of, facts["by"], facts["kind"],
        facts["clause"], _day(facts["absent_since"]) or event.happened_on, facts["plan"],
    )  # fmt: skip
    # Lists and people say since when the child is missing. A scan has looked at every day up to its own, and may have
    # seen the child come back: only after it the child is not taken for present because nobody is named.
    by_marks = facts["by"] == "scan"
    case.seek(event.happened_on + timedelta(days=1) if by_marks else min(case.absent_since, event.happened_on))
    _describe(case, event, said)
    case.reason, case.registered = said.get("reason"), facts.get("registered", False)
    if facts.get("finding"):
        case.findings.append(facts["finding"])
    # A dropout that was suspected before begins as that; an event of its own makes it a dropout.
    kind = "suspected_dropout" if facts.get("suspected_on") else facts["kind"]
    _find(case, kind, counted_on(event), case.absent_since)
    return case


def _describe(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.school, case.grade, case.class_name = (event.facts.get(key) for key in ("school", "grade", "class_name"))
    case.name, case.status = said.get("name"), said.get("status")
    case.poor, case.disabled = bool(said.get("poor")), bool(said.get("disabled"))


def _on_roster(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    _describe(case, event, said)
    case.registered = True


def _find(case: Case, kind: str, on: date, began: date | None = None) -> None:
    """Mark the case by the kind of a finding about it; the registry's own mark is not overruled by a forecast.

    An absence that `began` before a confirmed return was answered by it, however late its dates fall due (CONTRACT §4).
    """
    back = case.return_on if case.returned_on is not None else None
    if back is not None and began is not None and began < back:
        return
    if kind in _MARKS:
        case.forecasts.append((on, _MARKS[kind], began))
        if not case.is_marked_by_registry:
            _foresee(case)


def _foresee(case: Case) -> None:
    """Mark the case by the forecast that counts from the latest day, in whatever order they were found."""
    case.mark, case.mark_on, case.mark_source = "none", None, None
    if case.forecasts:
        case.mark_on, case.mark, _ = sorted(case.forecasts, key=lambda forecast: forecast[0])[-1]
        case.mark_source = "forecast"


def _joined(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    if event.facts["finding"] not in case.findings:
        case.findings.append(event.facts["finding"])
    case.gone_on = case.gone_now = None
    _find(case, event.facts["kind"], counted_on(event), _day(event.facts.get("absent_since")))


def _gone(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.gone_on, case.gone_now = event.happened_on, event.facts["now"]


def _assigned(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.responsible, case.duty = said.get("name"), said.get("duty")


def _contacted(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    facts = event.facts
    case.contacts.append(
        Contact(event.seq, event.happened_on, facts["how"], facts["result"], facts["office"], said.get("by"),
                said.get("note"))
    )  # fmt: skip
    case.reach("visited" if facts["how"] == "visit" else "contacted")


def _caused(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.causes = tuple(said.get("causes", ()))


def _located(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.whereabouts, case.unwilling = event.facts["whereabouts"], event.facts["unwilling"]
    case.place, case.village = said.get("place"), said.get("village")


def _climbed(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.reach(event.facts["rung"])


def _papered(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    facts = event.facts
    case.papers.append(PaperOfCase(facts["number"], facts["paper"], event.happened_on, event.seq))
    if facts["rung"]:
        case.reach(facts["rung"])


def _served(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    for paper in case.papers:
        if paper.number == event.facts["number"]:
            served = counts_as_served(event.facts["how"], event.facts["receipt"])
            paper.served_on = event.happened_on if served else None


def _report_arrived(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.report_on, case.report_number = event.happened_on, event.facts.get("number")
    case.reach("reported")


def _marked(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.mark, case.mark_source, case.mark_on = event.facts["mark"], event.facts["source"], event.happened_on
    if case.mark == "none":
        case.forecasts.clear()
        case.mark_on = case.mark_source = case.registry_on = None
    elif case.mark == "suspected" and case.mark_source == "registry":
        case.registry_on = event.happened_on


# What is recorded about a return after the closing changes nothing: a closed case is opened again by `reopened` only.
def _return_reported(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    if not case.is_open:
        return
    case.state, case.return_on, case.returned_on = "return_reported", event.happened_on, None
    case.returns += 1
    case.stop_seeking(event.happened_on)


def _return_confirmed(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    if not case.is_open:
        return
    case.state, case.returned_on = "returned", event.happened_on
    case.return_on = _day(event.facts.get("first")) or case.return_on
    case.stop_seeking(case.return_on or event.happened_on)
    # A return answers what was before it. It may be told late, after the mark of an absence that began since.
    case.forecasts = [line for line in case.forecasts if line[2] is not None and line[2] > event.happened_on]
    if case.mark_source == "registry" and case.mark_on is not None and case.mark_on > event.happened_on:
        return
    case.registry_on = None
    _foresee(case)


def _return_broken(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    if not case.is_open:
        return
    case.state, case.return_on, case.returned_on = "open", None, None
    case.seek(event.happened_on)


def _planned(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.placement, case.placed_on = event.facts["placement"], event.happened_on


def _closed(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.state, case.closed_on, case.outcome = "closed", event.happened_on, event.facts["outcome"]
    case.review_on = _day(event.facts.get("review_on"))
    case.gone_on = case.gone_now = None
    if case.sought[-1][1] is None:
        case.stop_seeking(event.happened_on)


def _reopened(case: Case, event: Event, said: Mapping[str, Any]) -> None:
    case.state, case.closed_on, case.outcome, case.review_on = "open", None, None, None
    case.return_on = case.returned_on = None
    # As with an opening: marks were looked at up to the day of the scan, however long before it the case stands open.
    by_marks = event.facts.get("by") == "attendance"
    case.seek(event.recorded_as_of + timedelta(days=1) if by_marks else event.happened_on)
    case.absent_since = _day(event.facts.get("absent_since")) or case.absent_since
    case.reopened_on = event.happened_on


_CHANGES: dict[str, Callable[[Case, Event, Mapping[str, Any]], None]] = {
    "finding_joined": _joined,
    "finding_gone": _gone,
    "case_facts": _on_roster,
    "assigned": _assigned,
    "contacted": _contacted,
    "causes": _caused,
    "whereabouts": _located,
    "rung_reached": _climbed,
    "number_issued": _papered,
    "served": _served,
    "report_arrived": _report_arrived,
    "marked": _marked,
    "return_reported": _return_reported,
    "return_confirmed": _return_confirmed,
    "return_broken": _return_broken,
    "plan_confirmed": _planned,
    "closed": _closed,
    "reopened": _reopened,
}
