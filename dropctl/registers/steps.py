"""The named steps by which a cell of a register becomes a value.

A step that only trims or widens says nothing; one that changes what a person wrote, or loses it, returns a
Problem, so that an issue stands at that cell. Every step takes any kind of cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import polars as pl

from dropctl import identity
from dropctl.tables.raw import Cell, CellError, raw_text
from dropctl.tables.spec import Problem, Step
from dropctl.vocabulary import (
    ABSENT_MARKS,
    NO_WORDS,
    PRESENT_MARKS,
    SEXES,
    STAGES,
    STATUS_SPELLINGS,
    TRANSFER_DIRECTIONS,
    TRANSFER_STATES,
    YES_WORDS,
)

_PLACEHOLDERS = frozenset({"无", "暂无", "不详", "未知", "—", "-", "--", "/", "\\", "null", "none", "n/a"})
# Ordinary names need no tidying; most cells are.
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_ERROR = Problem("error_cell", "error", "这一格是公式错误值，读不出内容，请打开原表改成实际内容")


def plain_text(cell: Cell) -> str:
    """Return the cell's text in normal width, trimmed; empty for an empty or error cell."""
    if cell is None or isinstance(cell, CellError):
        return ""
    return unicodedata.normalize("NFKC", raw_text(cell) or "").strip()


def _text(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, CellError):
        return None, _ERROR
    return plain_text(cell) or None, None


def _optional_text(cell: Cell) -> tuple[object, Problem | None]:
    value, problem = _text(cell)
    return (None if isinstance(value, str) and value.lower() in _PLACEHOLDERS else value), problem


def _name(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, CellError):
        return None, _ERROR
    if type(cell) is str and _PLAIN_NAME.fullmatch(cell) and cell not in _PLACEHOLDERS:
        return cell, None
    if cell is None:
        return None, None
    raw = raw_text(cell) or ""
    name = identity.normalise_name(raw)
    if not name or name in _PLACEHOLDERS:
        return None, None
    if identity.has_unreadable_characters(name):
        return name, Problem(
            "name_unreadable", "warning", "姓名里有认不出的字符（问号、方框、拼音等），请按户口簿填写规范汉字"
        )
    if not isinstance(cell, str):
        return name, Problem("name_not_text", "warning", "姓名栏里是数字或日期，请核对是否填错栏")
    if identity.name_changes(raw):
        return name, Problem("name_tidied", "note", "姓名中的空格、间隔号或全角字母已按规范统一后比对，原表未改动")
    return name, None


_ID_FAULTS = {
    "length": "证件号位数不对，请按户口簿核对后重填（单元格先设为文本格式）",
    "characters": "证件号里有不该有的字符，请按户口簿核对后重填",
    "date": "证件号中的出生日期不存在，请按户口簿核对",
    "check_digit": "证件号校验位不对，至少有一位写错，请按户口簿核对",
    "digits_lost": "证件号被表格软件当成数字，末几位已丢失，请从原始材料重新录入并把该列设为文本格式",
}
ID_PARTS = (
    ("", "value"),
    ("_text", "text"),
    ("_state", "status"),
    ("_fault", "fault"),
    ("_prefix", "prefix"),
)


def id_parts(key: str) -> tuple[tuple[str, pl.DataType], ...]:
    """The five frame columns of an ID cell: canonical valid number, text, state, fault, trusted prefix."""
    return tuple((key + suffix, pl.String()) for suffix, _ in ID_PARTS)


def _id_number(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, CellError):
        return (None, None, "invalid", "characters", None), _ERROR
    parsed = identity.parse_id_number(cell)
    values = (parsed.value, parsed.text or None, parsed.status, parsed.fault, parsed.prefix)
    if parsed.fault is not None:
        return values, Problem(f"id_{parsed.fault}", "error", _ID_FAULTS[parsed.fault])
    if parsed.status == "repaired":
        return values, Problem(
            "id_repaired", "note", "证件号已作无损整理（全角、空格、引号、小写x等）后比对，请在原表改正"
        )
    return values, None


def _enrollment_number(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, CellError):
        return (None, None), _ERROR
    parsed = identity.parse_enrollment_number(cell)
    if parsed.fault is not None:
        return (parsed.value, parsed.id_number), Problem(
            "enrollment_number_fault", "warning", "学籍号格式不对，应为 G、L 或 J 加18位，请按学籍系统核对"
        )
    return (parsed.value, parsed.id_number), None


def _certificate(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, CellError):
        return (None, None, None, None), _ERROR
    parsed = identity.parse_certificate_number(cell)
    values = (parsed.value, parsed.id_number, parsed.category, parsed.grade)
    if parsed.fault is not None:
        return values, Problem(
            "certificate_fault", "error", "残疾人证号应为18位身份证号加类别、等级各1位，请按证件核对"
        )
    return values, None


def _sex(cell: Cell) -> tuple[object, Problem | None]:
    text = plain_text(cell)
    if not text:
        return None, _ERROR if isinstance(cell, CellError) else None
    for form in (text, text.split("-")[-1], text.split("-")[0]):
        if form.lower() in SEXES:
            return SEXES[form.lower()], None
    return None, Problem("sex_unknown", "warning", "性别只能是男或女，请改正")


_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[T ]+[\d:.]+)?")
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?")


def read_date(text: str) -> date | None:
    """Return the date a text names (2012-9-1, 2012年9月1日, 20120901 …), None when it names none."""
    found = _DATE.fullmatch(text) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def dates_in(text: str) -> list[date]:
    """Return every full date written inside a longer text, in order, each once."""
    found: list[date] = []
    for match in _DATE.finditer(unicodedata.normalize("NFKC", text)):
        try:
            day = date(*(int(part) for part in match.groups()))
        except ValueError:
            continue
        if day not in found:
            found.append(day)
    return found


_NO_DATE = Problem("date_unreadable", "error", "读不出日期，请写成 2025-09-01 这样的形式")


def _date(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, CellError):
        return None, _ERROR
    if isinstance(cell, datetime):
        return cell.date(), None
    if isinstance(cell, date):
        return cell, None
    if isinstance(cell, float | int) and 20000 < cell < 60000 and float(cell).is_integer():
        # A serial number of the 1900 date system; day 60 (the 29 February that never was) lies far below.
        return date(1899, 12, 30) + timedelta(days=int(cell)), None
    text = plain_text(cell)
    if not text or text.lower() in _PLACEHOLDERS:
        return None, None
    day = read_date(text)
    if day is not None:
        return day, None
    if text.isdigit() and 20000 < int(text) < 60000:
        return date(1899, 12, 30) + timedelta(days=int(text)), Problem(
            "date_serial", "note", "日期是表格软件的序列号，已换算后比对，请核对"
        )
    if _MONTH.fullmatch(text) or re.fullmatch(r"(19|20)\d{4}", text):
        return None, Problem("date_without_day", "warning", "日期只有年月，无法确定是哪一天，请补全到日")
    return None, _NO_DATE


def _status(cell: Cell) -> tuple[object, Problem | None]:
    text = plain_text(cell).replace(" ", "")
    if not text:
        return None, _ERROR if isinstance(cell, CellError) else None
    # Cells of the national system hold the code, the name, or `01-在读` (reference §4.1).
    for form in (text, *re.split(r"[-－:：]", text, maxsplit=1)[::-1]):
        if form in STATUS_SPELLINGS:
            return STATUS_SPELLINGS[form], None
    return text, Problem("status_unlisted", "warning", "学生状态不在通用列表内，按应到校处理，请核对")


def _yes_no(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, bool):
        return ("是" if cell else "否"), None
    text = plain_text(cell)
    if not text:
        return None, _ERROR if isinstance(cell, CellError) else None
    for form in (text, text.split("-")[-1]):
        if form.lower() in YES_WORDS:
            return "是", None
        if form.lower() in NO_WORDS or form.startswith(("非", "不是")):
            return "否", None
    return text, None


def _presence(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, bool):
        return ("present" if cell else "absent"), None
    text = plain_text(cell).replace(" ", "").lower()
    if not text:
        return None, _ERROR if isinstance(cell, CellError) else None
    if text in PRESENT_MARKS:
        return "present", None
    if text in ABSENT_MARKS:
        return "absent", None
    return "unknown", Problem("presence_unclear", "warning", "到校情况看不懂，按“未填”处理，请填 是 或 否")


def _phones(cell: Cell) -> tuple[object, Problem | None]:
    text = plain_text(cell)
    if not text or text.lower() in _PLACEHOLDERS:
        return (None, None), _ERROR if isinstance(cell, CellError) else None
    usable = identity.parse_phones(cell)
    if not usable:
        return (text, None), Problem("phone_unusable", "warning", "电话号码位数或格式不对，请核实后重填")
    return (text, "、".join(usable)), None


def _class_text(cell: Cell) -> tuple[object, Problem | None]:
    if isinstance(cell, datetime | date):
        return f"{cell.month}.{cell.day}", Problem(
            "class_became_date",
            "warning",
            "班级被表格软件变成了日期，已按“月.日”读作年级和班，请核对并把该列设为文本格式",
        )
    if isinstance(cell, CellError):
        return None, _ERROR
    return raw_text(cell), None


def _one_of(words: Mapping[str, str], unlisted: Problem) -> Callable[[Cell], tuple[object, Problem | None]]:
    """Return the step that knows the spellings in `words`, also behind a code (`1-转入`); others give `unlisted`."""

    def apply(cell: Cell) -> tuple[object, Problem | None]:
        if isinstance(cell, CellError):
            return None, _ERROR
        text = plain_text(cell).replace(" ", "")
        if not text or text.lower() in _PLACEHOLDERS:
            return None, None
        for form in (text, *re.split(r"[-－:：]", text, maxsplit=1)[::-1]):
            if form in words:
                return words[form], None
        return None, unlisted

    return apply


def _transfer_state(cell: Cell) -> tuple[object, Problem | None]:
    answer, problem = _transfer_word(cell)
    if problem is None:
        return answer, None
    # A column 是否办结 answers with yes or no.
    said, _ = _yes_no(cell)
    return ({"是": "已办结", "否": "办理中"}[said], None) if said in ("是", "否") else (answer, problem)


_transfer_word = _one_of(
    TRANSFER_STATES,
    Problem("transfer_state_unclear", "warning", "办理状态看不懂，按没有填处理，请写 办理中、已办结 或 已撤回"),
)


def _school_code(cell: Cell) -> tuple[object, Problem | None]:
    value, problem = _optional_text(cell)
    if isinstance(value, str) and not re.fullmatch(r"\d{10}", value):
        return value, Problem("school_code_odd", "warning", "学校标识码应为10位数字，请按学籍系统核对")
    return value, problem


TEXT = Step("text", _text)
TRANSFER_STATE = Step("transfer_state", _transfer_state)
TRANSFER_DIRECTION = Step(
    "transfer_direction",
    _one_of(
        TRANSFER_DIRECTIONS,
        Problem("transfer_direction_unclear", "warning", "转学类型看不懂，按没有填处理，请写 转入 或 转出"),
    ),
)
SCHOOL_CODE = Step("school_code", _school_code)
STAGE = Step(
    "stage",
    _one_of(STAGES, Problem("stage_unclear", "warning", "学段看不懂，按没有填处理，请写 小学、初中 或 九年一贯制")),
)
OPTIONAL_TEXT = Step("text_or_placeholder", _optional_text)
NAME = Step("name", _name)
ID_NUMBER = Step("id_number", _id_number)
ENROLLMENT_NUMBER = Step("enrollment_number", _enrollment_number)
CERTIFICATE = Step("certificate_number", _certificate)
SEX = Step("sex", _sex)
DATE = Step("date", _date)
STATUS = Step("status", _status)
YES_NO = Step("yes_no", _yes_no)
PRESENCE = Step("presence_mark", _presence)
PHONES = Step("phones", _phones)
CLASS_TEXT = Step("class_text", _class_text)
