"""Incoming letters of assistance (协查函, 三.1): what an entry of their separate register holds and how it ends.

The plan asks for a register of their own and names no time for the answer: where the letter names none either, the
day is ours. The paper of the answer is `documents`; here stand its fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropctl.policy.deadlines import due_on
from dropctl.policy.plan import Plan
from dropctl.school_calendar import DueDate, SchoolCalendar, due_after

# What was found out about the child → the words of the register.
RESULTS: dict[str, str] = {
    "here": "在我县就读",
    "not_at_school": "在我县，未就读",
    "gone": "已离开我县",
    "nobody": "查无此人",
    "other": "其他情况",
}
STATES: dict[str, str] = {"received": "待复函", "replied": "已复函", "closed": "已办结"}


@dataclass(slots=True)
class Letter:
    """One incoming letter about one child. Filled by the ledger's fold; everyone else only reads it.

    `asked`: what the sender wants to know. `answer_by`: the day the letter itself names. `child`: the number of the
    child here whom it certainly is about. `id_number` is a valid one, `id_text` what was written otherwise.
    """

    number: str
    received_on: date
    sender: str
    name: str
    letter_number: str | None = None
    sex: str | None = None
    born: date | None = None
    id_number: str | None = None
    id_text: str | None = None
    enrollment_number: str | None = None
    origin_school: str | None = None
    asked: str | None = None
    handler: str | None = None
    answer_by: date | None = None
    note: str | None = None
    child: str | None = None
    state: str = "received"
    result: str | None = None  # RESULTS
    found_school: str | None = None
    reply_number: str | None = None
    replied_on: date | None = None
    replied_by: str | None = None
    reply_note: str | None = None
    closed_on: date | None = None
    closing_note: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done about the letter."""
        return self.state != "closed"


def answer_due(letter: Letter, plan: Plan, calendar: SchoolCalendar) -> tuple[DueDate, str]:
    """Return by when a letter has to be answered, and who set the day: the letter, else as the plan or dropctl says."""
    if letter.answer_by is not None:
        return due_on(calendar, letter.answer_by), "letter"
    rule = plan.parameters["assistance_reply"]
    return due_after(calendar, letter.received_on, calendar_days=rule.value), rule.set_by
