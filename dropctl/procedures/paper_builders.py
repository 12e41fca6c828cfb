"""Which papers `dropctl papers NAME` can make, and what makes the orders for each.

A builder reads the cases of a day and says which papers are wanted; numbering, rendering and writing is `issuing`.
A paper that a command of its own issues (notices, letters, reports) has no line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.procedures.delivery_record import delivery_records
from dropctl.procedures.issuing import Issue, Written, issue, write
from dropctl.procedures.paper_desk import Asked, Builder, Desk
from dropctl.procedures.papers_of_cases import home_visits, outreach_records, return_plans, visit_sheets
from dropctl.procedures.papers_of_school import home_teaching_records, police_letters, school_plans
from dropctl.workspace import Workspace

BUILDERS: Mapping[str, Builder] = {
    "delivery-record": delivery_records,
    "outreach-record": outreach_records,
    "home-visit": home_visits,
    "visit-sheets": visit_sheets,
    "return-plan": return_plans,
    "home-teaching-record": home_teaching_records,
    "school-plan": school_plans,
    "police": police_letters,
}


def make_papers(
    workspace: Workspace, as_of: date, name: str, asked: Asked, out: Path, *, dry_run: bool = False
) -> tuple[Issue, Written]:
    """Make the papers of one kind and return what was issued and written; with `dry_run` nothing is kept or written.

    Refused for a name without a builder, or a paper this kind of workspace may not issue.
    """
    if name not in BUILDERS:
        known = "、".join(f"{one}（{PAPER_BY_NAME[one].label}）" for one in BUILDERS)
        raise Refused(f"没有“{name}”这种文书", todo=f"从这些里选：{known}")
    paper = PAPER_BY_NAME[name]
    if workspace.config.school.role not in paper.issuers:
        whose = "学校" if "school" in paper.issuers else "县教育局"
        raise Refused(f"{paper.label}由{whose}出", todo=f"在{whose}的工作区里运行")
    with Ledger(workspace.state).writing(as_of, f"papers {name}", keep=not dry_run) as transaction:
        orders = BUILDERS[name](Desk(workspace, as_of, transaction.events()), asked)
        done = issue(transaction, workspace, orders, reveal=asked.reveal)
    return done, Written() if dry_run else write(done, out)
