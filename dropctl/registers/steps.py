"""The named steps by which a cell of a register becomes a value.

A step that only trims or widens says nothing; one that changes what a person wrote, or loses it, returns a
Problem, so that an issue stands at that cell. Every step takes any kind of cell.
"""

from __future__ import annotations

import re
from datetime import date, datetime

import polars as pl

from dropctl import identity
from dropctl.registers.cells import ERROR, PLACEHOLDERS, Read, blank_or_error, plain_text
from dropctl.registers.day_cells import dates_in as dates_in
from dropctl.registers.day_cells import read_date as read_date
from dropctl.registers.day_cells import read_day_cell
from dropctl.tables.raw import Cell, CellError, raw_text
from dropctl.tables.spec import Problem, Step
from dropctl.vocabulary import ABSENT_MARKS, NO_WORDS, PRESENT_MARKS, SEXES, STATUS_SPELLINGS, YES_WORDS

# Ordinary names need no tidying; most cells are.
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")


def _text(cell: Cell) -> Read:
    if isinstance(cell, CellError):
        return None, ERROR
    return plain_text(cell) or None, None


def _optional_text(cell: Cell) -> Read:
    value, problem = _text(cell)
    return (None if isinstance(value, str) and value.lower() in PLACEHOLDERS else value), problem


def _name(cell: Cell) -> Read:
    if isinstance(cell, CellError):
        return None, ERROR
    if type(cell) is str and _PLAIN_NAME.fullmatch(cell) and cell not in PLACEHOLDERS:
        return cell, None
    if cell is None:
        return None, None
    raw = raw_text(cell) or ""
    name = identity.normalise_name(raw)
    if not name or name in PLACEHOLDERS:
        return None, None
    if identity.has_unreadable_characters(name):
        return name, Problem(
            "name_unreadable", "warning", "姓名里有认不出的字符（问号、方框、拼音等），请按户口簿填写规范汉字"
        )
    if identity.name_and_note(name)[1]:
        return name, Problem(
            "name_note",
            "warning",
            "姓名里带括号附注：与不带附注的同名学生不会自动对上，只列出来请人确认；附注请改写在备注栏",
        )
    if not isinstance(cell, str):
        return name, Problem("name_not_text", "warning", "姓名栏里是数字或日期，请核对是否填错栏")
    if identity.name_changes(raw):
        return name, Problem("name_tidied", "note", "姓名中的空格、间隔号或全角字母已按规范统一后比对，请在原表改正")
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


def _id_number(cell: Cell) -> Read:
    if isinstance(cell, CellError):
        return (None, None, "invalid", "characters", None), ERROR
    parsed = identity.parse_id_number(cell)
    values = (parsed.value, parsed.text or None, parsed.status, parsed.fault, parsed.prefix)
    if parsed.fault is not None:
        return values, Problem(f"id_{parsed.fault}", "error", _ID_FAULTS[parsed.fault])
    if parsed.status == "repaired":
        return values, Problem(
            "id_repaired", "note", "证件号已作无损整理（全角、空格、引号、小写x等）后比对，请在原表改正"
        )
    return values, None


_ENROLLMENT_FORM = Problem(
    "enrollment_number_fault", "warning", "学籍号格式不对，应为 G、L 或 J 加18位，请按学籍系统核对"
)
_ENROLLMENT_INSIDE = Problem(
    "enrollment_number_fault", "warning", "学籍号 G 后面的证件号不对（日期或校验位），请按户口簿核对，在学籍系统更正"
)
_ENROLLMENT_FAULTS = {
    "date": _ENROLLMENT_INSIDE,
    "check_digit": _ENROLLMENT_INSIDE,
    "digits_lost": Problem(
        "enrollment_number_fault", "warning", "学籍号被表格软件当成数字，末几位已丢失，请从学籍系统重新导出"
    ),
}


def _enrollment_number(cell: Cell) -> Read:
    if isinstance(cell, CellError):
        return (None, None), ERROR
    parsed = identity.parse_enrollment_number(cell)
    if parsed.fault is not None:
        return (parsed.value, parsed.id_number), _ENROLLMENT_FAULTS.get(parsed.fault, _ENROLLMENT_FORM)
    return (parsed.value, parsed.id_number), None


def _certificate(cell: Cell) -> Read:
    if isinstance(cell, CellError):
        return (None, None, None, None), ERROR
    parsed = identity.parse_certificate_number(cell)
    values = (parsed.value, parsed.id_number, parsed.category, parsed.grade)
    if parsed.fault is not None:
        return values, Problem(
            "certificate_fault", "error", "残疾人证号应为18位身份证号加类别、等级各1位，请按证件核对"
        )
    return values, None


def _sex(cell: Cell) -> Read:
    text = plain_text(cell)
    if not text:
        return blank_or_error(cell)
    for form in (text, text.split("-")[-1], text.split("-")[0]):
        if form.lower() in SEXES:
            return SEXES[form.lower()], None
    return None, Problem("sex_unknown", "warning", "性别只能是男或女，请改正")


def _status(cell: Cell) -> Read:
    text = plain_text(cell).replace(" ", "")
    if not text:
        return blank_or_error(cell)
    # Cells of the national system hold the code, the name, or `01-在读` (reference §4.1).
    for form in (text, *re.split(r"[-－:：]", text, maxsplit=1)[::-1]):
        if form in STATUS_SPELLINGS:
            return STATUS_SPELLINGS[form], None
    return text, Problem("status_unlisted", "warning", "学生状态不在通用列表内，按应到校处理，请核对")


_ANSWER_UNCLEAR = Problem(
    "answer_unclear", "warning", "这一格看不出是“是”还是“否”，按原文保留，请填 是 或 否；不清楚的先空着，空白不算“否”"
)


def _answer(cell: Cell) -> str | None:
    """Return 是 or 否, None when the cell is neither; a blank is not 否."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    text = plain_text(cell).replace(" ", "").lower()
    for form in (text, text.split("-")[-1]):
        if form in YES_WORDS:
            return "是"
        if form in NO_WORDS or form.startswith(("非", "不是")):
            return "否"
    return None


def _yes_no(cell: Cell) -> Read:
    if isinstance(cell, CellError) or not plain_text(cell):
        return blank_or_error(cell)
    answer = _answer(cell)
    return (answer, None) if answer else (plain_text(cell), _ANSWER_UNCLEAR)


def _yes_no_or_kind(cell: Cell) -> Read:
    """Like yes and no, for columns in which some schools write the kind instead (脱贫户, 事实无人抚养)."""
    if isinstance(cell, CellError) or not plain_text(cell):
        return blank_or_error(cell)
    return _answer(cell) or plain_text(cell), None


def _presence(cell: Cell) -> Read:
    if isinstance(cell, bool):
        return ("present" if cell else "absent"), None
    text = plain_text(cell).replace(" ", "").lower()
    if not text:
        return blank_or_error(cell)
    if text in PRESENT_MARKS:
        return "present", None
    if text in ABSENT_MARKS:
        return "absent", None
    return "unknown", Problem("presence_unclear", "warning", "到校情况看不懂，按“未填”处理，请填 是 或 否")


# Under 未返校 only a plain 否 says that the child is there; 无 and / may be said of anything.
_NOT_SO = frozenset({"否", "×", "x", "✗", "✘", "✕", "0", "n", "no", "false", "不是"})


def _not_there(cell: Cell) -> Read:
    """Read a column headed 未返校 or 缺席: its 是 is an absence, its 否 a presence."""
    if isinstance(cell, bool):
        return ("absent" if cell else "present"), None
    text = plain_text(cell).replace(" ", "").lower()
    if not text:
        return blank_or_error(cell)
    if text in YES_WORDS - {"有"} or (text in ABSENT_MARKS and text[0] in "未没" and text != "没有"):
        return "absent", None
    if text in _NOT_SO or (text in PRESENT_MARKS and text[0] == "已"):
        return "present", None
    return "unknown", Problem("presence_unclear", "warning", "这一栏问的是未返校，看不懂，按“未填”处理，请填 是 或 否")


def _phones(cell: Cell) -> Read:
    if type(cell) is str and _PLAIN_MOBILE.fullmatch(cell):  # most cells: nothing to tidy, nothing left over
        return (cell, cell), None
    text = plain_text(cell)
    if not text or text.lower() in PLACEHOLDERS:
        return (None, None), ERROR if isinstance(cell, CellError) else None
    usable = identity.parse_phones(cell)
    if not usable:
        return (text, None), Problem("phone_unusable", "warning", "电话号码位数或格式不对，请核实后重填")
    if identity.holds_unread_number(cell):
        return (text, "、".join(usable)), Problem(
            "phone_partly", "warning", "这一格里有的电话能用，有的位数或格式不对，请核实不能用的那一个"
        )
    return (text, "、".join(usable)), None


_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{8}[1-9]")
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_CHINESE_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日")
_ENGLISH_DAY = re.compile(r"(?i)(\d{1,2})-([a-z]{3})|([a-z]{3})-(\d{1,2})")
_BECAME_DATE = Problem(
    "class_became_date",
    "warning",
    "班级被表格软件变成了日期，已按“月.日”读作年级和班，请核对并把该列设为文本格式",
)


def _class_text(cell: Cell) -> Read:
    if isinstance(cell, datetime | date):
        return f"{cell.month}.{cell.day}", _BECAME_DATE
    if isinstance(cell, CellError):
        return None, ERROR
    text = raw_text(cell)
    shown = plain_text(cell) if text else ""
    if found := _CHINESE_DAY.fullmatch(shown):  # a csv keeps what the sheet showed
        return f"{found[1]}.{found[2]}", _BECAME_DATE
    if found := _ENGLISH_DAY.fullmatch(shown):
        place = _MONTHS.find((found[2] or found[3]).lower())
        if place >= 0 and place % 3 == 0:
            return f"{place // 3 + 1}.{int(found[1] or found[4])}", _BECAME_DATE
    return text, None


def _school_code(cell: Cell) -> Read:
    value, problem = _optional_text(cell)
    if isinstance(value, str) and not re.fullmatch(r"\d{10}", value):
        return value, Problem("school_code_odd", "warning", "学校标识码应为10位数字，请按学籍系统核对")
    return value, problem


TEXT = Step("text", _text, "文字，全角转半角")
SCHOOL_CODE = Step("school_code", _school_code, "10位数字，别的写法提醒")
OPTIONAL_TEXT = Step("text_or_placeholder", _optional_text, "文字；“无”“/”“不详”等当作没有填")
NAME = Step("name", _name, "去掉空格，间隔号统一为·，字母大写；认不出的字提醒")
ID_NUMBER = Step(
    "id_number", _id_number, "校验位、出生日期、位数都查；全角、空格、引号、小写x、15位无损整理；末几位丢失的只认前14位"
)
ENROLLMENT_NUMBER = Step("enrollment_number", _enrollment_number, "G、L、J 加18位，或其他编号")
CERTIFICATE = Step("certificate_number", _certificate, "身份证号加类别、等级各1位，补发的加 B1 等")
SEX = Step("sex", _sex, "男、女、1、2")
DATE = Step("date", read_day_cell, "年月日的各种写法和表格软件的日期；只有年月的不猜")
STATUS = Step("status", _status, "国家系统的状态名称、代码或“01-在读”")
YES_NO = Step("yes_no", _yes_no, "是、有、√、1 为是；否、无、×、0 为否；空白不算否")
YES_NO_OR_KIND = Step("yes_no_or_kind", _yes_no_or_kind, "是、否，或直接写类别")
PRESENCE = Step("presence_mark", _presence, "是、√、已到 为到校；否、×、未到 为未到；空白和看不懂的为未填")
NOT_THERE = Step("not_there_mark", _not_there, "是、√ 为未到；否、× 为到校；空白和看不懂的为未填")
PHONES = Step("phones", _phones, "手机和座机，可以有几个；位数不对的提醒")
CLASS_TEXT = Step("class_text", _class_text, "年级和班级的各种写法；被变成日期的读回“月.日”并提醒")
