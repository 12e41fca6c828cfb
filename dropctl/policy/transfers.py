"""Transfers between schools: who leaves, who comes, what is finished and what takes too long (三.2, CONTRACT §3).

A transfer is looked at as of a day: what is dated later has not happened yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dropctl.policy.plan import Plan
from dropctl.reconcile.people import Person
from dropctl.school_calendar import SchoolCalendar


@dataclass(frozen=True, slots=True)
class Transfer:
    """One application: `leaves` says that the child leaves the school it is seen from, else it comes.

    `state`: finished, withdrawn or pending as of the day; `last_day` is the last working day the plan gives it.
    """

    person: Person
    leaves: bool
    state: str
    applied: date | None
    last_day: date | None
    certain: bool  # False: `last_day` reaches into a year whose holidays are not known

    def takes_too_long(self, as_of: date) -> bool:
        """Say whether it is pending after its last day, or pending since nobody knows when."""
        return self.state == "pending" and (self.last_day is None or as_of > self.last_day)

    @property
    def other_school(self) -> str | None:
        """The school at the other end, as written."""
        value = self.person.facts.get("to_school" if self.leaves else "from_school")
        return value if isinstance(value, str) else None

    @property
    def words(self) -> str:
        """`转出申请（去向：某校，2025-08-20提出）`, with what is known."""
        parts = []
        if self.other_school:
            parts.append(f"{'去向' if self.leaves else '来自'}：{self.other_school}")
        if self.applied is not None:
            parts.append(f"{self.applied}提出")
        kind = "转出申请" if self.leaves else "转入申请"
        return f"{kind}（{'，'.join(parts)}）" if parts else kind


def state_of(person: Person, as_of: date) -> str:
    """Return finished, withdrawn or pending; what is dated after `as_of` has not come yet.

    The state that is written wins over a date, because lists fill 转出日期 with the day that is planned.
    """
    written, finished_on = person.facts.get("state"), person.facts.get("finished_on")
    if written == "已撤回":
        return "withdrawn"
    if finished_on is not None and finished_on > as_of:
        return "pending"
    return "finished" if written == "已办结" or (written is None and finished_on is not None) else "pending"


def leaves_school(person: Person, schools: Iterable[str]) -> bool | None:
    """Return True for a transfer out, False for one in, None when the row does not tell.

    The schools named at its ends decide where exactly one of them is ours; else the column 转入/转出.
    """
    ours = set(schools)
    gone, come = person.facts.get("from_school"), person.facts.get("to_school")
    if (gone in ours) != (come in ours):
        return gone in ours
    return {"转出": True, "转入": False}.get(person.facts.get("direction") or "")


def as_seen(person: Person, school: str | None, schools: frozenset[str]) -> Sequence[tuple[Person, bool]]:
    """Return the row as each school of ours sees it: (row with that school, whether the child leaves it).

    Between two schools of ours one row is both a transfer out and a transfer in. Without any hint it is one out:
    then nobody is called unregistered for it, and an absence is explained at most as pending.
    """
    gone, come = person.facts.get("from_school"), person.facts.get("to_school")
    if gone in schools and come in schools and gone != come:
        return [(person._replace(school=gone), True), (person._replace(school=come), False)]
    leaves = leaves_school(person, schools) is not False
    named = gone if leaves else come
    own = named if named in schools else person.school if person.school in schools else school
    return [(person._replace(school=own), leaves)]


def transfer_of(person: Person, leaves: bool, plan: Plan, calendar: SchoolCalendar, as_of: date) -> Transfer | None:
    """Return the transfer as of a day; None for one applied for later."""
    applied = person.facts.get("applied_on")
    if applied is not None and applied > as_of:
        return None
    due = calendar.add_working_days(applied, plan.value("transfer_days")) if applied is not None else None
    return Transfer(
        person, leaves, state_of(person, as_of), applied, due.plan_date if due else None, due.certain if due else True
    )


def latest(transfers: Iterable[Transfer]) -> Transfer | None:
    """Return the transfer that counts: the latest applied for that is not withdrawn; one without a date comes first."""
    standing = [one for one in transfers if one.state != "withdrawn"]
    return max(standing, key=lambda one: (one.applied or date.min, one.person.place[1:2], one.person.row), default=None)
