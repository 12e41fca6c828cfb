"""Which plan a run judges by."""

from __future__ import annotations

import hashlib

from dropctl.policy.plan import Plan, parse_plan
from dropctl.resources import load_plan, plan_text
from dropctl.workspace import Workspace

PLAN = "yixian-2025"


def plan_for(workspace: Workspace | None) -> Plan:
    """Return the plan of `workspace`: the packaged one."""
    return parse_plan(load_plan(PLAN))


def plan_digest(workspace: Workspace | None) -> str:
    """Return sixteen characters that stand for the text of the plan: what a case was judged by."""
    return hashlib.sha256(plan_text(PLAN).encode()).hexdigest()[:16]
