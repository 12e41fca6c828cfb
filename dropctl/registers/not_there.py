"""The words by which a presence list says that somebody is not there, in a note, a cell, a line or a title.

One table for all of them. A word that only may mean it leaves a doubt; nothing here makes a child absent that is
merely talked about (父母外出打工 is said of a child who lives with grandparents and goes to school).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from dropctl.registers.cells import PLACEHOLDERS

ABSENT, DOUBTFUL = "absent", "doubtful"

# Said of the child itself: it did not come. 未来 is the future, 未到账 is money, 未在校住宿 a day pupil.
_DID_NOT_COME = (
    r"(?:未|没有?|不能|无法|拒不|拒绝)(?:能|来|按时|按期|及时|如期|正常|准时)?"
    r"(?:返校|到校|报到|来校|归校|回校|返(?!还|回学费)|到(?!期|龄|年|入学年|法定|位|[账帐]|手)|入学(?!籍))"
    r"|未来(?:校|报到|上学|上课)|没有?来(?!得及)|(?:没|未|不)在校(?!住|用|就|吃|午|寄|外)"
)
# What may keep a child away; with (?!…) and (?<!…) where the same word is said of one who is there.
_MAY_BE_AWAY = (
    "缺席", "缺勤", "缺课", "旷课", "逃学", "(?<![无未没不])请假(?!已销|条已)", "病假", "事假", "住院",
    "(?<![防无未控])流失", "(?<![防无未不控])辍学", "失学", "退学", "开除", "(?<![无未没])休学(?!.{0,6}复学)",
    "缓学", "延缓入学", "免学", "送教", "转学(?!生|来|进|入|到[本我]|至[本我]|[(（]转?入)", "转[走出]",
    "已转(?!入|来|进)", "(?<!由)(?<!从)转[到至往](?![本我])", "在外就读", "[外异]地就读", "[他外]校(?!转|借|来)",
    "打工(?!.{0,6}子女)", "务工(?!.{0,6}子女)", "外出(?!.{0,8}子女)", "失联", "联系不[上到]", "失踪", "走失", "出走",
    "已离校", "不(?:再|想|愿)?(?:来|读(?!寄宿)|念|上学)", "出国", "死亡", "夭折", "[未没]报名", "未见(?:人|到)",
    "(?<!周末)(?<!假)不[返到]校", "在家(?:休养|养病|学习|自学|待|$)", "走了", "跟.{1,4}走(?!读)",
    "去(?!世|学?校).{1,6}(?:了|上学|读书|就读)", "[随跟][其着]?(?:父|母|家|爷|奶).{0,6}(?:去|到|走|赴)",
    "(?<!从)(?<!由)(?:到|在)(?!校|学校|本|我).{1,6}(?:就读|读书|上学)", "(?:延[迟期缓]|暂缓|缓)(?:返校|到校|报到)",
    "预计", "推迟", "(?<!已)待返", "晚到",
)  # fmt: skip
_ABSENT = re.compile(_DID_NOT_COME)
_AWAY = re.compile("|".join(_MAY_BE_AWAY))
_BACK = re.compile(r"(?<![未没尚])已经?(?:返校|到校|报到|复学|回校|来校|销假|返回|返|到)(?:上[学课])?[。！!;；)）\s]*$")
# Of the parents: they are away, and the child is not, unless it went with them (随父母外出).
_PARENTS = re.compile(
    r"(?:父母|父亲|母亲|爸爸|妈妈|家长|双亲|监护人|爸|妈|父|母)[^，,。;；、带接领说称讲告叫让要子生]{0,8}?"
    r"(?:外出|打工|务工|死亡|去世|去.{1,4}了|失联|失踪|联系不[上到]|住院|出走|出国|在家)(?:务工|打工)?"
)
_WITH = re.compile(r"[随跟同和与带陪][其着父]?$|[父爸]$")
# What a column 去向 says of a child who is there.
_HERE = re.compile(
    r"本校(?:就读)?|在校(?:就读)?|在读|住校|走读|寄宿|正常|返校|到校|已.{0,3}(?:到|返校|报到)|升入本校|本班|在班|本地|否|是|√"
)
_STATES_HERE = frozenset({"在读", "复学"})


def plain(text: str | None) -> str:
    """Return a text in normal width without white space."""
    if not text:
        return ""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _without_parents(text: str) -> str:
    def kept(found: re.Match[str]) -> str:
        return found[0] if _WITH.search(text[: found.start()]) else ""

    return _PARENTS.sub(kept, text)


def says_back(text: str | None) -> bool:
    """Return whether a text ends by saying that the child has come after all (9月3日已到校)."""
    return _BACK.search(plain(text)) is not None


@lru_cache(maxsize=4096)
def says_not_there(text: str | None) -> str | None:
    """Return `absent` (未到, 没来), `doubtful` (打工, 请假, 转学 …) or None for what a note says about a child."""
    said = plain(text)
    if not said or _BACK.search(said):
        return None
    said = _without_parents(said)
    if _ABSENT.search(said):
        return ABSENT
    return DOUBTFUL if _AWAY.search(said) else None


def did_not_come(text: str) -> Iterator[re.Match[str]]:
    """Return the places of a text (plain) that say 未到, 未返校 and the like."""
    return _ABSENT.finditer(text)


def may_be_away(text: str) -> Iterator[re.Match[str]]:
    """Return the places of a text (plain) that say 请假, 外出 and the like."""
    return _AWAY.finditer(text)


def reason_given(text: str | None) -> bool:
    """Return whether a column 未返校原因 gives a reason; 无, / and 已返校 give none."""
    said = plain(text)
    return bool(said) and said.lower() not in PLACEHOLDERS and not _HERE.fullmatch(said) and not _BACK.search(said)


def whereabouts_elsewhere(text: str | None) -> bool:
    """Return whether a column 去向 says anything but that the child is at this school."""
    said = plain(text)
    return reason_given(said) and not _HERE.match(said)


def state_not_there(text: str | None, status: str | None) -> bool:
    """Return whether a column 学生状态 says that the child is not simply at school; `status`: its canonical word."""
    if status is not None:
        return status not in _STATES_HERE
    return says_not_there(text) is not None
