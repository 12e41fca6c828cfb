"""The typed outcome of the term-start duty: what `term_start` hands to commands, workbooks and tests.

Frames (polars): `findings` of FINDING_SCHEMA, `links` of LINK_SCHEMA, `issues` of ISSUE_SCHEMA; the others
as listed beside their field. Nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from dropctl.policy.plan import Assumption as Assumption
from dropctl.tables.issues import InputCount as InputCount
from dropctl.workbooks.term_start_sheets import CaseForecast as CaseForecast
from dropctl.workbooks.term_start_sheets import Deadline as Deadline
from dropctl.workbooks.term_start_sheets import SinceLast as SinceLast

NOT_RECORDED = "已有晚于{}的记录，这次只看不记"


@dataclass(frozen=True, slots=True)
class PresenceCount:
    """How far the return lists reach: classes with enrolled pupils, those with a list, pupils marked unknown."""

    classes: int
    reported: int
    unknown_pupils: int


@dataclass(frozen=True, slots=True)
class TermStartOutcome:
    """Everything the term-start reconciliation found."""

    as_of: date
    opening: date
    opening_note: str | None  # said when the opening day was not given but assumed
    school: str | None
    inputs: tuple[InputCount, ...]
    findings: pl.DataFrame
    links: pl.DataFrame
    issues: pl.DataFrame
    # one row per enrolled pupil, columns in overview.ROSTER_SCHEMA: school grade class_name name sex id_number
    # enrollment_number birth_date status
    # guardian phone, return_state (已返校/未返校/有手续/未报/不在应到范围), return_reason (a ground or a triage),
    # return_certainty, poverty_mark (the words, or null),
    # poverty_source (名单确认/仅名册标注/待确认/null), disability_mark, disability_source,
    # findings (labels joined by 、), row, file, sheet
    roster: pl.DataFrame
    # one row per link with decision review: link_id reason, left_* and right_* of: register file sheet row name sex
    # id_number birth_date grade class_name enrollment_number guardian; earlier (what was decided before), check
    reviews: pl.DataFrame
    # one row per class: school grade class_name enrolled expected returned not_returned lawfully_absent unknown
    # unregistered list_date reported(bool) return_rate(float|null)
    classes: pl.DataFrame
    overage: pl.DataFrame  # the not_located findings of certainty to_confirm because of age (FINDING_SCHEMA)
    # 待升学核对: school name sex id_number enrollment_number grade class_name hint file sheet row
    graduates: pl.DataFrame
    promotions: (
        pl.DataFrame
    )  # 升级核对: pupils not in the grade that follows from last term's, overview.PROMOTION_SCHEMA
    letters: pl.DataFrame  # 协查函核对: each letter and what is known here, overview.LETTER_SCHEMA
    changes: pl.DataFrame  # 与上次相比: findings new and gone, overview.CHANGE_SCHEMA
    presence: PresenceCount
    cases: CaseForecast
    deadlines: tuple[Deadline, ...]
    assumptions: tuple[Assumption, ...]
    since_last: SinceLast | None
    notes: tuple[str, ...]  # whole Chinese sentences, the most important first
    # What is true of this call only and stands in no file: the same lists give the same bytes.
    this_time: tuple[str, ...] = ()
