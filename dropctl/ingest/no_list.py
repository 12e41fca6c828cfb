"""Whether a sheet is plainly no list of people: a dictionary of allowed values, instructions, an empty form.

Said quietly, because there is nothing to be done about it. In doubt the sheet is called unrecognised instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from dropctl.tables.raw import Cell, RawSheet, raw_text

# Numbers of a child, whole or as a spreadsheet damaged them.
_NUMBER = re.compile(r"[GLJglj]?\d{15}|\d\.\d{4,}E\+1\d")
_INSTRUCTIONS = re.compile(
    r"说明|须知|字典|代码|码表|选项|下拉|枚举|参数|填报要求|填写要求|注意事项|模板使用|示例|样例"
)
_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
# The hundred commonest surnames and some double ones; 高 and 安 also begin words of dictionaries (高中, 安徽).
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "汪石付傅贾范金方韦夏廖侯白孟邹秦尹江阎薛段雷史龙陶黎贺顾毛郝龚邵万钱覃武戴孔汤邱查俞章施"
) | {"欧阳", "上官", "司马", "诸葛"}
_WORDS = frozenset(
    {
        "方式",
        "江苏",
        "江苏省",
        "江西",
        "江西省",
        "白族",
        "黎族",
        "石家庄",
        "金额",
        "章节",
        "万元",
        "毛南族",
        "任课教师",
        "程度",
        "周次",
    }
)
_FEW = 2
_RARE = 5


def holds_no_list(sheet: RawSheet, headings: frozenset[str]) -> bool:
    """Say whether no child can stand on `sheet`: no number of a child and no column of names.

    `headings` are words that are no name, whatever they begin with.
    """
    if any(_NUMBER.search(text) for row in sheet.rows for cell in row if (text := raw_text(cell))):
        return False
    instructs = _INSTRUCTIONS.search(f"{sheet.sheet or ''} {_first_text(sheet)}") is not None
    return not any(_names(column, instructs, headings) for column in zip_longest(*sheet.rows))


def _first_text(sheet: RawSheet) -> str:
    return next((text for row in sheet.rows for cell in row if (text := raw_text(cell))), "")


def _texts(column: tuple[Cell, ...]) -> Iterator[str]:
    for cell in column:
        if isinstance(cell, str) and (text := re.sub(r"\s+", "", cell)):
            yield text


def _names(column: tuple[Cell, ...], instructs: bool, headings: frozenset[str]) -> bool:
    """Say whether a column holds names: some that begin with a surname; among instructions they must be the most."""
    texts = list(_texts(column))
    names = sum(
        _NAME.fullmatch(text) is not None
        and text not in _WORDS
        and text not in headings
        and (text[0] in _SURNAMES or text[:2] in _SURNAMES)
        for text in texts
    )
    return names >= _FEW and names * 2 > len(texts) if instructs else names >= 1 and names * _RARE >= len(texts)
