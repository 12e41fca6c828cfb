"""A mark as somebody saw it in the registry, with its own day, which goes before every forecast (CONTRACT §4)."""

from __future__ import annotations

from datetime import date

from dropctl.errors import Refused
from dropctl.ledger import Draft
from dropctl.policy.case_state import Case
from dropctl.procedures.cases import changing, check_day, must_be_open
from dropctl.procedures.registry_marks import MARKS
from dropctl.workspace import Workspace

LABELS = {**{code: label for label, code in MARKS.items()}, "none": "已取消标注"}


def mark_by_hand(
    workspace: Workspace, as_of: date, number: str, word: str, *, on: date, by: str | None, dry_run: bool = False
) -> tuple[Case, str]:
    """Record a mark as the registry itself shows it, with its own day; return the case before and the code.

    Refused for another word, a closed or returned case, or a day before the absence or after `as_of`.
    """
    code = next((code for code, label in LABELS.items() if word.strip() in (code, label)), None)
    if code is None:
        raise Refused(f"没有“{word}”这种标注", todo=f"从这些里选：{'、'.join(LABELS.values())}")
    with changing(workspace, as_of, number, "case mark", dry_run=dry_run) as (transaction, case):
        must_be_open(case)
        check_day(case, on, as_of, "标注")
        if case.state == "returned" and code != "none":
            todo = "在学籍系统更改状态；又没有到校的，先核对考勤"
            raise Refused("考勤已证实复学，个案上不再标注", where=case.number, todo=todo)
        facts = {"mark": code, "source": "registry"}
        transaction.append(Draft("marked", case.number, on, facts, {case.child: {"by": by}}))
    return case, code
