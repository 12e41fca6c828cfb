"""The sample school's September, entered as its registrar would enter it: each step is one call of a duty.

Nothing is made up here: who was phoned, who was visited and who came back when stands in the sample's own story.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dropctl.figures import Month
from dropctl.files import write_whole
from dropctl.policy.notices import FIRST, SECOND
from dropctl.procedures import cases
from dropctl.procedures.attendance import AttendanceOutcome, scan_attendance, write_attendance
from dropctl.procedures.month_end import MonthReport, monthly_report
from dropctl.procedures.notices import make_notices
from dropctl.procedures.outreach import ContactMade, log_contact
from dropctl.procedures.service import Delivery, serve
from dropctl.resources import sample_month
from dropctl.workspace import Workspace

MONTH = Month(2025, 9)
# Whom a call brings back is back by then; the notice leaves five school days, and the second one follows them.
_NOTICED, _SERVED, _NOTICED_AGAIN = date(2025, 9, 10), date(2025, 9, 11), date(2025, 9, 19)


@dataclass(frozen=True, slots=True)
class Step:
    """Something done on one day: what a registrar types for it (the first of several alike), and what came of it."""

    day: date
    typed: str
    said: str


@dataclass(frozen=True, slots=True)
class SampleMonth:
    """What was done in September, by day, and what the month's end came to."""

    steps: tuple[Step, ...]
    scan: AttendanceOutcome
    report: MonthReport
    outputs: tuple[Path, ...]


def absence_registers() -> dict[str, bytes]:
    """Return the sample's absence registers by file name."""
    return {name: data for name, data in sample_month().items() if name.endswith(".xlsx")}


def enter_month(workspace: Workspace, opened_on: date) -> SampleMonth:
    """Enter September into a workspace whose term start was recorded on `opened_on`; return what came of it."""
    month = _Month(workspace, opened_on)
    for day in month.days():
        month.enter(day)
    return month.end()


class _Month:
    def __init__(self, workspace: Workspace, opened_on: date) -> None:
        self._workspace = workspace
        story = next(data for name, data in sample_month().items() if name.endswith(".toml"))
        self._children: list[dict[str, Any]] = tomllib.loads(story.decode())["children"]
        opened = {(line.case.name, line.case.class_name): line.case for line in cases.listed(workspace, opened_on)}
        for child in self._children:
            child["case"] = opened[child["name"], child["class"]].number
        self._numbers: list[str] = []
        self._steps: list[Step] = []
        self._outputs: list[Path] = []

    def days(self) -> list[date]:
        """Return the days on which something was done, in order."""
        told = {day for child in self._children for day in (_on(child, "phoned"), _on(child, "visited")) if day}
        back = {child["returned"] for child in self._children if "returned" in child}
        return sorted(told | back | {_NOTICED, _SERVED, _NOTICED_AGAIN})

    def enter(self, day: date) -> None:
        """Enter what was done on one day."""
        self._contacts(day, "phoned", "phone", "次电话联系，指定了责任人")
        self._contacts(day, "visited", "visit", "次家访")
        self._returns(day)
        if day == _NOTICED:
            self._notices(day, FIRST, "第一次")
        if day == _SERVED:
            self._served(day)
        if day == _NOTICED_AGAIN:
            self._notices(day, SECOND, "第二次")

    def end(self) -> SampleMonth:
        """Scan the absences of the whole month and issue its report."""
        home, last = self._workspace, MONTH.last
        for name, data in absence_registers().items():
            write_whole(home.inbox / name, data)
        scan = scan_attendance([home.inbox], as_of=last, workspace=home)
        self._outputs += write_attendance(scan, home.out / f"核对-考勤-{last}")
        self._say(last, f"attendance scan --as-of {last}", "读入九月的缺勤登记：谁连续缺课几天，谁的返校属实")
        report = monthly_report(home, MONTH, last, out=home.out / f"月报-{MONTH}")
        self._outputs += report.outputs
        self._say(last, f"monthly-report {MONTH} --as-of {last}", "九月月报")
        return SampleMonth(tuple(self._steps), scan, report, tuple(self._outputs))

    def _say(self, day: date, typed: str, said: str) -> None:
        self._steps.append(Step(day, f"dropctl {typed}", said))

    def _contacts(self, day: date, told: str, kind: str, said: str) -> None:
        made = [child for child in self._children if _on(child, told) == day]
        for child in made:
            by, contact = child["responsible"], child[told]
            if kind == "phone":
                cases.assign(self._workspace, day, child["case"], name=by, duty="班主任")
            log_contact(
                self._workspace, day, child["case"], ContactMade(kind, day, by, contact["result"], note=contact["note"])
            )
        if made:
            first = made[0]
            typed = (
                f"case log {first['case']} --kind {kind} --by {first['responsible']} --result {first[told]['result']}"
            )
            self._say(day, typed, f"{len(made)}{said}")

    def _returns(self, day: date) -> None:
        back = [child for child in self._children if child.get("returned") == day]
        for child in back:
            cases.report_return(self._workspace, day, child["case"], on=day, by=child["responsible"], note=None)
        if back:
            self._say(day, f"case return {back[0]['case']} --on {day}", f"{_names(back)}返校")

    def _notices(self, day: date, stage: str, which: str) -> None:
        out = self._workspace.out / f"劝返通知书-{day}"
        made = make_notices(self._workspace, day, out, stage=stage)
        if stage == FIRST:
            self._numbers = [str(one.number) for one in made.done.made]
        self._outputs += made.written.merged or [path for paths in made.written.files.values() for path in paths]
        self._say(day, f"notices --stage {stage} --as-of {day}", f"{which}劝返通知书{len(made.done.made)}份")

    def _served(self, day: date) -> None:
        for number in self._numbers:
            serve(self._workspace, day, number, Delivery(day, "direct", "signed"))
        if self._numbers:
            typed = f"serve {self._numbers[0]} --on {day} --by direct --receipt signed"
            self._say(day, typed, f"{len(self._numbers)}份当面送达，都签收了")


def _on(child: Mapping[str, Any], told: str) -> date | None:
    found: date | None = child.get(told, {}).get("on")
    return found


def _names(children: Sequence[Mapping[str, Any]]) -> str:
    return "、".join(child["name"] for child in children)
