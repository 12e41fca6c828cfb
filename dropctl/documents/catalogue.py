"""Every paper there is: its name, who may issue it, how it is numbered, whether full numbers may stand on it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from dropctl.documents.case_records import HomeVisit, OutreachRecord, ReturnPlan, VisitSheet
from dropctl.documents.delivery_record import DeliveryRecord
from dropctl.documents.handing_over import AssistanceDraft, AssistanceReply, AssistanceRequest, HandoverList
from dropctl.documents.layouts import FORM, FULL_SHEET, LETTER, SHEET, Layout
from dropctl.documents.monthly_report import MonthlyReport, ZeroReport
from dropctl.documents.notices import FirstNotice, SecondNotice
from dropctl.documents.office_letters import BureauReport, GovernmentReport, TownshipLetter
from dropctl.documents.school_papers import HomeTeachingRecord, PoliceLetter, SchoolPlan
from dropctl.documents.term_report import TermReport
from dropctl.policy.numbering import Series


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. `name` is that of its wording under `templates/`; `issuers`: school, county.

    `series`: how it is numbered, None for a paper without a number. `full_numbers`: whether they may stand on it
    under `--reveal` (CONTRACT §9). `charts`: the keys of the charts in its wording.
    `layout`: the measures of its sheet; the usual one is the grid of official letters (GB/T 9704).
    """

    name: str
    label: str
    clause: str
    context: type[BaseModel]
    issuers: tuple[str, ...]
    full_numbers: bool = False
    series: Series | None = None
    charts: tuple[str, ...] = ()
    layout: Layout = LETTER


REPORT, LETTER_OUT = Series("报", official=True), Series("函", official=True)
_TO_FAMILIES = Series("劝返")
_BOTH = ("school", "county")

PAPERS: tuple[Paper, ...] = (
    Paper("term-report", "开学返校情况摸排报告", "三.1", TermReport, ("school",)),
    Paper("first-notice", "劝返通知书（第一次）", "三.5", FirstNotice, ("school",), series=_TO_FAMILIES, layout=SHEET),
    Paper(
        "second-notice",
        "劝返通知书（第二次）",
        "三.5",
        SecondNotice,
        ("school",),
        series=_TO_FAMILIES,
        layout=FULL_SHEET,
    ),
    Paper(
        "delivery-record", "送达回证", "三.5", DeliveryRecord, ("school", "county"), series=Series("送回"), layout=FORM
    ),
    Paper("monthly-report", "控辍保学工作月报", "一", MonthlyReport, ("school",), charts=("grades",)),
    Paper("zero-report", "控辍保学工作月报（零报告）", "一", ZeroReport, ("school",), charts=("grades",)),
    Paper("bureau-report", "学生劝返情况报告", "三.5", BureauReport, ("school",), series=REPORT),
    Paper("township-letter", "致乡镇人民政府的函", "三.5", TownshipLetter, ("county",), series=LETTER_OUT),
    Paper("government-report", "致县人民政府的报告", "三.5", GovernmentReport, ("county",), series=REPORT),
    Paper("handover-city", "流动学生台账（市内其他区县）", "三.3", HandoverList, ("county",), True, REPORT),
    Paper("handover-province", "流动学生台账（省内其他市）", "三.3", HandoverList, ("county",), True, REPORT),
    Paper("assistance-request", "流动学生名单（省外）", "三.3", AssistanceRequest, ("county",), True, REPORT),
    Paper("assistance-letter", "协查函（草稿）", "三.3", AssistanceDraft, ("county",), True),
    Paper("assistance-reply", "协查复函", "三.1", AssistanceReply, ("county",), series=LETTER_OUT),
    Paper("outreach-record", "劝返记录", "三.5", OutreachRecord, _BOTH, layout=FORM),
    Paper("home-visit", "家访记录", "三.5", HomeVisit, _BOTH, layout=FORM),
    Paper("visit-sheets", "走访单", "三.5", VisitSheet, _BOTH, layout=FORM),
    Paper("return-plan", "复学学生一人一案", "三.4", ReturnPlan, ("school",), layout=FORM),
    Paper("home-teaching-record", "送教上门记录", "三.7", HomeTeachingRecord, ("school",), layout=FORM),
    Paper("school-plan", "控辍保学工作方案（一校一案）", "三.3", SchoolPlan, ("school",)),
    Paper("police", "致公安机关的函（身份信息有误）", "三.2", PoliceLetter, _BOTH, True, LETTER_OUT),
)
PAPER_BY_NAME = {paper.name: paper for paper in PAPERS}
