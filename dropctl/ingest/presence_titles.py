"""What title, sheet name and file name say a presence list is: of those who came, of those who did not, an addition.

未返校学生名单 holds the absent, and nobody may conclude from it that the rest of the class is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dropctl.ingest.headings import Recognised
from dropctl.registers.not_there import did_not_come, plain
from dropctl.tables.raw import RawSheet, raw_text

_LIST = (
    r"(?:学生|生|人员|同学|儿童|少年)?(?:情况|基本|花名|信息|摸排){0,2}"
    r"(?:名单|名册|登记|统计|一览|汇总|明细|台[账帐]|表)"
)
# Lists of children who are away, but perhaps lawfully: whoever stands there is in doubt and not absent.
_AWAY_LIST = re.compile(
    rf"(?<![防无控])(?:缺席|缺课|请假|流失|辍学|失学|失联|休学|退学|转出|转学|外出(?:务工)?|务工)的?(?:返校|到校|报到)?{_LIST}"
)
_CAME = re.compile(r"返校|到校|报到|在校|实到|到班|已到|签到|点名|晨检|体温")
# Of those who are to come, or will: 应返校学生名单 says of nobody that he is there.
_TO_COME = re.compile(
    r"(?:应|须|需|延[迟期缓]|暂缓|推迟|缓|暂不|不|拟|待|预计|计划|动员)(?:返校|到校|报到|来校|入学)|应到"
)
_COUNTS = re.compile(r"(?:应[到返]校?|实到|[未没]到校?|未返校|未报到|请假|缺席)(?:学生|人数|人)?[:：]?\d+[人名]?")
_HOW_TO_FILL_IN = re.compile(r"[(][^()]*(?:请|注明|写明|说明|[填打划标])[^()]*[)]")
# 返校时请假学生名单 tells when the children were away, and not that they came.
_OCCASION = re.compile(r"(?:返校|到校|报到)(?:时|后|前|期间|当[日天]|[首第]日|核查|检查|工作)")
_ADDED = re.compile(
    r"补(?:报到|报名|登|录|到|返|充|注册)|(?:续|迟|后)(?:报到|返校|到校)|迟到学生|第[二三四五2-5]批|追加|陆续|[(]续[)]|续表"
)
_PAGE = re.compile(r"第(\d{1,2})页")
_PAGES = re.compile(r"共(\d{1,2})页")
_LINE = re.compile(r"[:：]|\d+[人名]")
_TITLE = re.compile(r"名单|名册|登记|统计|一览|汇总|情况|表$")
_EXPLAINS = re.compile(r"[(（]?(?:说明|注|备注|要求|填[表报写])")


@dataclass(frozen=True, slots=True)
class Titled:
    """What a list calls itself. `rows`: what each of its rows says unless a cell says otherwise: present, absent,
    unknown. `named_only`: it says nothing about pupils whom it does not name. `added`: it calls itself an addition.
    """

    rows: str = "present"
    named_only: bool = False
    added: bool = False


def title_cells(sheet: RawSheet, recognised: Recognised) -> list[str]:
    """Return the texts above the heading, cell by cell, in normal width and without white space."""
    top = recognised.heading if recognised.upper is None else recognised.upper
    texts = (plain(raw_text(cell)) for row in sheet.rows[:top] for cell in row if cell is not None)
    return [text for text in texts if text]


def _sense(text: str) -> tuple[str | None, bool]:
    """Return what the absent of a title are (absent, unknown; None: none are spoken of), and whether some came."""
    # 返校学生名单（应到45人，未到2人） counts them, and 未返校学生2人 has nothing besides.
    counted = _COUNTS.sub("", text)
    if counted != text and _sense(counted) != (None, False):
        return _sense(counted)
    text = rest = _HOW_TO_FILL_IN.sub("", text)
    for found in reversed(list(did_not_come(text))):
        rest = rest[: found.start()] + rest[found.end() :]
    doubtful = _AWAY_LIST.search(text) or _TO_COME.search(rest)
    away = "absent" if rest != text else "unknown" if doubtful else None
    return away, _CAME.search(_OCCASION.sub("", _TO_COME.sub("", rest))) is not None


def titled(sheet: RawSheet, recognised: Recognised, stem: str, *, marked: bool) -> Titled:
    """Return what a list is by its title, sheet and file name; `marked`: a column tells row by row who came."""
    # 未返校学生名单（3人） is a title; 未到：3人 and 说明：未返校的请写原因 are not.
    titles = [
        text
        for text in title_cells(sheet, recognised)
        if not _EXPLAINS.match(text) and (_TITLE.search(text) or not _LINE.search(text))
    ]
    texts = [*titles, plain(sheet.sheet), plain(stem)]
    added = any(_ADDED.search(text) for text in texts)
    senses = [sense for sense in map(_sense, texts) if sense != (None, False)]
    if not senses or all(away is None for away, _ in senses):
        return Titled(added=added)
    away, came = senses[0]
    if away is not None and not came:
        return Titled(away, named_only=True)
    if away is not None:  # 返校、未返校学生登记表: fine where the rows say which is which
        return Titled(added=added) if marked else Titled("unknown", named_only=True)
    if any(other is not None and not there for other, there in senses[1:]):  # 返校登记表 on the sheet 未返校
        return Titled("present" if marked else "unknown", named_only=True)
    return Titled(added=added)


def pages_missing(texts: Sequence[str]) -> tuple[frozenset[int], int] | None:
    """Return which pages of how many a sheet says it holds, None when they are all there or it does not say."""
    whole = max((int(found) for text in texts for found in _PAGES.findall(text)), default=1)
    here = frozenset(int(found) for text in texts for found in _PAGE.findall(text))
    return (here, whole) if whole > 1 and here and not here >= set(range(1, whole + 1)) else None
