"""The restricted list of children whose parent is in prison (三.7): each with a named person, each look on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropctl.errors import Refused
from dropctl.ledger import Draft, Ledger
from dropctl.ledger.care import CARE_KINDS, Care, ended, entrusted, fold_care
from dropctl.ledger.children import Child, fold_children
from dropctl.procedures.cases import child_meant
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Entrusted:
    """One line of the restricted list."""

    child: Child
    care: Care


def entrust(
    workspace: Workspace, as_of: date, *, child: str | None, name: str | None, class_name: str | None, person: str,
    on: date, note: str | None, dry_run: bool = False,
) -> Child:  # fmt: skip
    """Enter a child, or give it to another person; return the child. Refused without a person or for a day to come."""
    if not person.strip():
        raise Refused("没有写由谁专人负责", todo="用 --to 写上姓名（方案三.7：安排专人予以帮助指导）")
    if on > as_of:
        raise Refused(f"日期{on}晚于{as_of}", todo="核对 --on")
    with Ledger(workspace.state).writing(as_of, "care add", keep=not dry_run) as transaction:
        meant = child_meant(fold_children(transaction.events({"children"})), child, name, class_name)
        transaction.append(entrusted(meant.number, on, person.strip(), note))
    return meant


def end(workspace: Workspace, as_of: date, *, child: str, on: date, note: str | None, dry_run: bool = False) -> str:
    """Take a child out of the list and return its number; Refused for one that does not stand in it."""
    wanted = child.strip().upper()
    with Ledger(workspace.state).writing(as_of, "care end", keep=not dry_run) as transaction:
        if wanted not in fold_care(transaction.events(CARE_KINDS)):
            raise Refused(f"{wanted} 不在受限名册里", todo="核对编号")
        transaction.append(ended(wanted, on, note))
    return wanted


def shown(workspace: Workspace, as_of: date, reason: str) -> list[Entrusted]:
    """Return the restricted list, after it was recorded that it is looked at, and why; Refused without a reason."""
    if not reason.strip():
        raise Refused("没有写明为什么查看受限名册，没有显示", todo="用 --reason 写明；查看会记入台账")
    facts = {
        "papers": ["care list"], "numbers": [], "cases": [], "children": [], "whole_numbers": False,
        "restricted": True,
    }  # fmt: skip
    with Ledger(workspace.state).writing(as_of, "care list") as transaction:
        transaction.append(Draft("revealed", "", as_of, facts, {"": {"reason": reason.strip()}}))
        events = transaction.events({*CARE_KINDS, "children"})
    children = fold_children(events)
    return [Entrusted(children.get(number) or Child(number), care) for number, care in fold_care(events).items()]
