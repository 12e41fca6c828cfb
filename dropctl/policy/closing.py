"""How a case may end (销案): each outcome, the evidence it asks for, and whether it is final or looked at again.

The list is ours, drawn from what counties report ("本县未规定"); a case is never deleted, only closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dropctl.errors import Refused
from dropctl.policy.case_state import Case
from dropctl.policy.plan import Plan
from dropctl.policy.rules.placements import PLACEMENTS, age_on
from dropctl.school_calendar import SchoolCalendar, add_months

_TERM, _YEAR = 6, 12  # months until a provisional ending is looked at again


@dataclass(frozen=True, slots=True)
class Evidence:
    """One kind of proof. `form`: text; day (a date); days (`2025-10-09/2025-10-15`, the days attended)."""

    key: str
    label: str
    form: str = "text"


EVIDENCE: dict[str, Evidence] = {
    line.key: line
    for line in (
        Evidence("attendance", "连续到校", "days"),
        Evidence("status", "学籍状态在读"),
        Evidence("plan", "一人一案"),
        Evidence("transfer", "转学学籍已转接"),
        Evidence("study_proof", "就读证明"),
        Evidence("school_contact", "就读学校联系方式"),
        Evidence("admission", "录取通知"),
        Evidence("vocational_enrollment", "中职学籍"),
        Evidence("registration", "入学登记"),
        Evidence("decision", "送教决定"),
        Evidence("teaching_plan", "送教计划"),
        Evidence("visits", "送教记录"),
        Evidence("works_away", "在外务工证明"),
        Evidence("persuaded", "实地劝导记录"),
        Evidence("approval", "审批文号"),
        Evidence("medical", "医疗证明"),
        Evidence("expiry", "期满日期", "day"),
        Evidence("assessment", "专家委员会评估编号"),
        Evidence("health_opinion", "卫健部门意见"),
        Evidence("federation_opinion", "残联意见"),
        Evidence("death_proof", "死亡证明或户口注销证明"),
        Evidence("exit_proof", "出境证明"),
        Evidence("foreign_school", "境外就读证明"),
        Evidence("birth_proof", "出生日期证明"),
        Evidence("graduation", "毕业证书编号"),
        Evidence("corrected", "改正后的信息"),
        Evidence("real_record", "真实学籍"),
        Evidence("police_proof", "派出所或村委会证明"),
        Evidence("police_case", "公安立案编号"),
        Evidence("receipt", "上级接收回执"),
        Evidence("destination_reply", "流入地答复"),
    )
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a case ends. `ways`: sets of evidence any one of which is enough, with how it is looked at again.

    Looked at again: None final; watch (the plan's days after the return); expiry (the date given); a number of months.
    """

    code: str
    label: str
    ways: tuple[tuple[tuple[str, ...], str | int | None], ...]


OUTCOMES: dict[str, Outcome] = {
    line.code: line
    for line in (
        Outcome("returned", "复学", ((("attendance", "status", "plan"), "watch"),)),
        Outcome("transferred", "转入他校", ((("transfer",), None), (("study_proof", "school_contact"), _TERM))),
        Outcome("vocational", "中职就读", ((("admission", "vocational_enrollment"), None),)),
        Outcome("special", "特教或随班就读", ((("registration",), None),)),
        Outcome("home_teaching", "送教上门", ((("decision", "teaching_plan", "visits"), _TERM),)),
        Outcome(
            "remote_teaching", "远程视频送教",
            ((("works_away", "birth_proof", "status", "persuaded", "decision", "teaching_plan"), _TERM),),
        ),
        Outcome("suspension", "休学", ((("approval", "medical", "expiry"), "expiry"),)),
        Outcome("deferral", "延缓入学", ((("approval", "medical", "expiry"), "expiry"),)),
        Outcome(
            "unable", "不具备学习能力", ((("assessment", "health_opinion", "federation_opinion"), _YEAR),)
        ),
        Outcome("death", "死亡", ((("death_proof",), None),)),
        Outcome("abroad", "出国（境）", ((("exit_proof", "foreign_school"), None),)),
        Outcome("finished", "超龄离校或完成义务教育", ((("birth_proof", "graduation"), None),)),
        Outcome("data_error", "信息错误", ((("corrected", "real_record"), None),)),
        Outcome("household", "户籍问题", ((("police_proof",), None),)),
        Outcome("missing", "失踪", ((("police_case",), _TERM),)),
        Outcome("handed_over", "划转流入地", ((("receipt", "destination_reply"), None),)),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Closing:
    """An ending that stands: the evidence used, when it is looked at again (None: final), the days attended."""

    outcome: Outcome
    evidence: Mapping[str, str]
    review_on: date | None
    attended: tuple[date, date] | None


def outcome_named(text: str) -> Outcome:
    """Return the outcome of a code or a Chinese label; Refused, naming them all, for another word."""
    found = next((line for line in OUTCOMES.values() if text.strip() in (line.code, line.label)), None)
    if found is None:
        raise Refused(f"没有“{text}”这种销案结果", todo=f"从这些里选：{'、'.join(o.label for o in OUTCOMES.values())}")
    return found


def evidence_named(text: str) -> Evidence:
    """Return the kind of proof of a key or a Chinese label; Refused for another word."""
    found = next((line for line in EVIDENCE.values() if text.strip() in (line.key, line.label)), None)
    if found is None:
        raise Refused(f"没有“{text}”这种佐证", todo="用 dropctl case close --outcomes 查看每种结果要什么佐证")
    return found


def judged(
    case: Case, outcome: Outcome, given: Mapping[str, str], *, on: date, plan: Plan, calendar: SchoolCalendar
) -> Closing:
    """Return the ending when its evidence is complete; Refused, naming what is missing or cannot be."""
    own = {key: value.strip() for key, value in given.items() if value.strip()}
    if case.state == "returned" and case.return_on and case.returned_on:
        own.setdefault("attendance", f"{case.return_on}/{case.returned_on}")
    if case.placement is not None and case.placed_on is not None:
        own.setdefault("plan", f"{PLACEMENTS[case.placement]}（{case.placed_on}确认）")
    lacking = [[key for key in needed if key not in own] for needed, _ in outcome.ways]
    if all(lacking):
        said = "；或者缺".join("、".join(EVIDENCE[key].label for key in keys) for keys in lacking)
        forms = {"day": "=2026-08-31", "days": "=2025-10-09/2025-10-15", "text": "=…"}
        first = EVIDENCE[lacking[0][0]]
        raise Refused(
            f"按“{outcome.label}”销案还缺：{said}，没有销案",
            where=case.number,
            todo=f"备齐后逐项写上，例如 --evidence {first.label}{forms[first.form]}",
        )
    review = next(review for (_, review), keys in zip(outcome.ways, lacking, strict=True) if not keys)
    attended = _attended(case, own["attendance"], on, plan, calendar) if "attendance" in own else None
    days = {key: _day(own[key]) for key in own if EVIDENCE[key].form == "day"}
    if "expiry" in days and days["expiry"] <= on:
        raise Refused(
            f"期满日期{days['expiry']}不晚于销案日期{on}", where=case.number, todo="已期满的应当复学，核对日期"
        )
    _check_remote(outcome, own, case, on, plan)
    return Closing(outcome, own, _review(review, on, days, attended, plan), attended)


def _review(
    review: str | int | None, on: date, days: Mapping[str, date], attended: tuple[date, date] | None, plan: Plan
) -> date | None:
    if review == "watch":
        return (attended[1] if attended else on) + timedelta(days=plan.value("return_watch"))
    if review == "expiry":
        return days["expiry"]
    return add_months(on, review) if isinstance(review, int) else None


def _attended(case: Case, text: str, on: date, plan: Plan, calendar: SchoolCalendar) -> tuple[date, date]:
    """Return first and last day attended; Refused when they are too few school days or lie wrong."""
    first_text, slash, last_text = text.partition("/")
    if not slash:
        raise Refused(
            f"连续到校要写起止两天，写成了“{text}”", where=case.number, todo="写成 2025-10-09/2025-10-15 的样子"
        )
    first, last = _day(first_text), _day(last_text)
    if first < case.absent_since:
        raise Refused(f"到校日期{first}早于缺课开始的{case.absent_since}", where=case.number, todo="核对日期")
    if last > on:
        raise Refused(f"到校日期{last}晚于销案日期{on}", where=case.number, todo="到校满规定天数后再销案")
    needed = plan.value("return_confirmed")
    count = len(calendar.school_days(first, last)) if first <= last else 0
    if count < needed:
        said = f"{first}至{last}只有{count}个上课日，连续到校满{needed}个上课日才算复学属实"
        raise Refused(said, where=case.number, todo="满了以后再销案")
    return first, last


def _check_remote(outcome: Outcome, own: Mapping[str, str], case: Case, on: date, plan: Plan) -> None:
    """Refuse remote teaching of a child under the plan's age (三.4), by the birth date that is given as proof."""
    if outcome.code != "remote_teaching":
        return
    age = plan.value("remote_age")
    born = _day(own["birth_proof"])
    if age_on(born, on) < age:
        raise Refused(
            f"{born}出生，到{on}不满{age}周岁，不能远程视频送教", where=case.number, todo="改用送教上门等方式"
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f"“{text}”不是日期", todo="写成 2025-10-09 的样子") from None
