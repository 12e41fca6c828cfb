"""Who a cell names: ID, enrollment and certificate numbers, names, phones, and how little of them to show.

Every function takes one cell or one text and returns a value; nothing here knows registers, files or rows.
"""

from __future__ import annotations

from dropctl.identity.id_numbers import (
    IdNumber,
    area_is_known,
    check_digit,
    differs_by_one_slip,
    digits_lost_agrees,
    id_birth_date,
    id_sex,
    is_valid_id,
    parse_id_number,
)
from dropctl.identity.issued_numbers import (
    CertificateNumber,
    EnrollmentNumber,
    parse_certificate_number,
    parse_enrollment_number,
)
from dropctl.identity.masking import mask_id
from dropctl.identity.names import (
    han_runs,
    has_unreadable_characters,
    name_and_note,
    name_changes,
    names_agree_with_wildcards,
    normalise_name,
)
from dropctl.identity.phones import holds_unread_number, is_usable_phone, parse_phones

__all__ = [
    "CertificateNumber",
    "EnrollmentNumber",
    "IdNumber",
    "area_is_known",
    "check_digit",
    "differs_by_one_slip",
    "digits_lost_agrees",
    "han_runs",
    "has_unreadable_characters",
    "holds_unread_number",
    "id_birth_date",
    "id_sex",
    "is_usable_phone",
    "is_valid_id",
    "mask_id",
    "name_and_note",
    "name_changes",
    "names_agree_with_wildcards",
    "normalise_name",
    "parse_certificate_number",
    "parse_enrollment_number",
    "parse_id_number",
    "parse_phones",
]
