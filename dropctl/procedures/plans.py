"""Which plan a run judges by: the packaged one, with the county's own numbers where its workspace names a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dropctl.errors import Refused
from dropctl.policy.county_numbers import county_faults, with_county_numbers
from dropctl.policy.plan import Plan, parse_plan
from dropctl.policy.statutes import Statutes, parse_statutes
from dropctl.resources import load_plan, load_statutes
from dropctl.workspace import Workspace, toml_document

PLAN = "yixian-2025"
_FAULTS_SAID = 3


def plan_for(workspace: Workspace | None, file: Path | None = None) -> Plan:
    """Return the plan of `workspace`, or with the numbers of `file`; Refused, naming the faults, when it is wrong."""
    path = file or (workspace.plan_file if workspace else None)
    base = load_plan(PLAN)
    if path is None:
        return parse_plan(base)
    document = county_document(path)
    if faults := county_faults(base, document):
        more = f"；另有{len(faults) - _FAULTS_SAID}处" if len(faults) > _FAULTS_SAID else ""
        raise Refused(
            "；".join(faults[:_FAULTS_SAID]) + more, where=str(path), todo="用 dropctl policy check 逐条查看并改正"
        )
    return parse_plan(with_county_numbers(base, document))


def county_document(path: Path) -> dict[str, Any]:
    """Return the parsed file of a county's numbers; Refused when there is none or it is not TOML."""
    if not path.is_file():
        raise Refused(
            "找不到写着本县数字的文件", where=str(path), todo="检查 dropctl.toml 里 [plan] 的 file，或文件路径"
        )
    return toml_document(path)


def faults_of(path: Path) -> list[str]:
    """Return every fault of a county's file, in Chinese."""
    return county_faults(load_plan(PLAN), county_document(path))


def statutes() -> Statutes:
    """Return the packaged table of citable laws."""
    return parse_statutes(load_statutes())
