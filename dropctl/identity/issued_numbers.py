"""Numbers made from an ID number: enrollment numbers (学籍号), disability certificates (残疾人证)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from dropctl.identity.cell_text import NOTHING, CellText, read_number, read_text
from dropctl.identity.id_numbers import fault_of, is_valid_id

_NATIONAL = re.compile(r"([GLJ])([0-9A-Z]{18})")
_LETTER_AND_DIGITS = re.compile(r"[GLJ][0-9]{6,}[0-9X]*")
_CERTIFICATE = re.compile(r"(.{18})([0-9])([0-9])(B[0-9]+|[0-9])?")


@dataclass(frozen=True, slots=True)
class EnrollmentNumber:
    """What one cell of a 学籍号 column holds.

    `value`: G, L or J and 18 characters, or another provincial number as text; None when there is none to
    rely on. `prefix_letter`: G (formal), L (temporary), J (no usable ID). `id_number`: only from a G number
    with a valid ID inside. `fault`: length, characters, date, check_digit (of the ID inside), digits_lost.
    """

    value: str | None
    prefix_letter: str | None
    id_number: str | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """What one cell of a 残疾人证号 column holds.

    `value`: the ID, category and grade digits and a re-issue suffix such as B1. `id_number`: the first 18
    when valid. `category` 1 视力 2 听力 3 言语 4 肢体 5 智力 6 精神 7 多重; `grade` 1 (most severe) to 4.
    """

    value: str | None
    id_number: str | None
    category: int | None
    grade: int | None
    fault: str | None


def parse_enrollment_number(cell: object) -> EnrollmentNumber:
    """Return the enrollment number in a cell; a G number with a wrong ID keeps its value and a fault."""
    read = _read(cell)
    text = read.text
    if not text:
        return EnrollmentNumber(None, None, None, None)
    if read.lost:
        return EnrollmentNumber(None, None, None, "digits_lost")
    if national := _NATIONAL.fullmatch(text):
        letter, inside = national[1], national[2]
        if letter != "G":
            return EnrollmentNumber(text, letter, None, None)
        fault = fault_of(inside)
        return EnrollmentNumber(text, letter, inside if fault is None else None, fault)
    if _LETTER_AND_DIGITS.fullmatch(text):
        return EnrollmentNumber(None, text[0], None, "length")
    if not any("0" <= char <= "9" for char in text):
        return EnrollmentNumber(None, None, None, "characters")
    return EnrollmentNumber(text, None, None, None)


def parse_certificate_number(cell: object) -> CertificateNumber:
    """Return the certificate number in a cell; a bare valid ID gives `id_number` and fault length."""
    read = _read(cell)
    text = read.text
    if not text:
        return CertificateNumber(None, None, None, None, None)
    if read.lost:
        return CertificateNumber(None, None, None, None, "digits_lost")
    if is_valid_id(text):
        return CertificateNumber(None, text, None, None, "length")
    parts = _CERTIFICATE.fullmatch(text)
    if parts is None:
        whole = re.fullmatch(r"[0-9]+X?", text)
        return CertificateNumber(None, None, None, None, "length" if whole else "characters")
    inside, category, grade = parts[1], int(parts[2]), int(parts[3])
    fault = fault_of(inside)
    id_number = inside if fault is None else None
    if fault == "characters" or not (1 <= category <= 7 and 1 <= grade <= 4):
        return CertificateNumber(None, id_number, None, None, "characters")
    return CertificateNumber(text, id_number, category, grade, fault)


def _read(cell: object) -> CellText:
    if isinstance(cell, str):
        return read_text(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return read_number(cell)
    # A date is what a spreadsheet made of a short number; there is nothing to rely on.
    return CellText("日期") if isinstance(cell, date) else NOTHING
