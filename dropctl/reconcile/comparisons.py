"""How two rows are compared, field by field: equal, different, or not known. A null is no evidence either way."""

from __future__ import annotations

from dropctl.identity import differs_by_one_slip, digits_lost_agrees
from dropctl.reconcile.people import Person

FIELD_LABELS = {
    "name": "姓名",
    "sex": "性别",
    "birth": "出生日期",
    "id_number": "证件号",
    "enrollment_number": "学籍号",
}


def names_equal(left: Person, right: Person) -> bool:
    """Say whether the normalised names are equal, or one is the other's recorded former name."""
    if left.name is None or right.name is None:
        return False
    return left.name == right.name or right.name == left.former_name or left.name == right.former_name


def stated_differences(left: Person, right: Person) -> tuple[str, ...]:
    """Return which of name, birth date and sex both lists state and state differently."""
    found = []
    if left.name and right.name and not names_equal(left, right):
        found.append("name")
    if left.birth and right.birth and left.birth != right.birth:
        found.append("birth")
    if left.sex and right.sex and left.sex != right.sex:
        found.append("sex")
    return tuple(found)


def ids_disagree(left: Person, right: Person) -> bool:
    """Say whether both rows carry ID evidence that cannot be the same number; lost digits agree by the first 14."""
    if left.id_number and right.id_number:
        return left.id_number != right.id_number
    for whole, part in ((left, right), (right, left)):
        if part.id_state == "digits_lost":
            if part.id_prefix is None:
                continue
            other = whole.id_number or whole.id_prefix
            return other is not None and not (
                digits_lost_agrees(part.id_prefix, other) if whole.id_number else other == part.id_prefix
            )
        if whole.id_number and part.id_state == "invalid" and part.id_text:
            return part.id_text != whole.id_number
    if left.id_state == right.id_state == "invalid":
        return left.id_text != right.id_text
    return False


def disagreements(left: Person, right: Person) -> tuple[str, ...]:
    """Return the identity fields that disagree (sex, birth date, ID, enrollment number; never address or phone)."""
    found = []
    if left.known_sex and right.known_sex and left.known_sex != right.known_sex:
        found.append("sex")
    if left.known_birth and right.known_birth and left.known_birth != right.known_birth:
        found.append("birth")
    if ids_disagree(left, right):
        found.append("id_number")
    if left.enrollment_number and right.enrollment_number and left.enrollment_number != right.enrollment_number:
        found.append("enrollment_number")
    return tuple(found)


def labels(fields: tuple[str, ...]) -> str:
    """Return the fields in Chinese, joined by 、."""
    return "、".join(FIELD_LABELS[field] for field in fields)


def one_character_apart(left: str, right: str) -> bool:
    """Say whether two names differ by one character: replaced, left out, or two neighbours exchanged."""
    if left == right or min(len(left), len(right)) < 2:
        return False
    if len(left) == len(right):
        places = [index for index, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
        if len(places) == 1:
            return True
        return (
            len(places) == 2
            and places[1] == places[0] + 1
            and left[places[0]] == right[places[1]]
            and left[places[1]] == right[places[0]]
        )
    shorter, longer = sorted((left, right), key=len)
    return len(longer) - len(shorter) == 1 and any(
        longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer))
    )


def id_slip(left: Person, right: Person) -> bool:
    """Say whether the two ID texts differ by one typing slip."""
    one, two = left.id_number or left.id_text, right.id_number or right.id_text
    return bool(one and two and one != two and differs_by_one_slip(one, two))
