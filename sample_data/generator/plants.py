"""The planted situations of the school's own papers, one function each; `expected.py` says what must follow."""

from __future__ import annotations

from datetime import date

from . import people
from .people import check_digit
from .planting import School
from .truth import Approval, ClassRef

_BUREAU = "岚溪县教育局"
_NOT_ENTRY = range(2, 7)


def plant_everything(school: School) -> None:
    """Plant each situation; the order is part of what a seed means."""
    school.tell("class_unreported", at=school.unreported)
    children_who_did_not_come(school)
    twins_and_namesakes(school)
    class_lists(school)
    approvals_and_claims(school)
    strangers(school)
    faulty_numbers(school)
    registered_twice(school)
    contacts(school)
    statuses(school)
    last_term(school)
    harmless_varieties(school)


def children_who_did_not_come(school: School) -> None:
    """Three marked 否, three who are simply not on a list of those present."""
    for reason in ("", "家长电话无人接听", "原因不明，班主任正在联系"):
        key = school.take(plain=False)
        school.change(key, presence="absent", absence_reason=reason)
        school.tell("said_absent", key)
    for _ in range(3):
        key = school.take(plain=True)
        school.change(key, presence="missing")
        school.tell("missing_from_list", key)


def twins_and_namesakes(school: School) -> None:
    """Twins in one class and in two, twins of whom one is missing; namesakes in two classes and in one."""
    first = school.take()
    second = school.take(within=school.pupils[first].group)
    school.make_twins(first, second)
    school.tell("twins", first, second)
    first, other = school.take_with_neighbour()
    second = school.take(within=other)
    school.make_twins(first, second)
    school.tell("twins", first, second)
    for plain in (True, False):
        first = school.take(plain=plain)
        second = school.take(within=school.pupils[first].group)
        school.make_twins(first, second)
        school.change(second, presence="missing" if plain else "absent")
        school.tell("twin_missing", first, second)
    for grades in (range(2, 6), range(6, 10)):
        first, other = school.take_with_neighbour(grades)
        second = school.take(within=other)
        school.make_namesakes(first, second)
        school.tell("namesakes_apart", first, second)
    for grades in (_NOT_ENTRY, range(8, 10)):
        first = school.take(grades=grades)
        second = school.take(within=school.pupils[first].group)
        school.make_namesakes(first, second)
        school.tell("namesakes_together", first, second)


def class_lists(school: School) -> None:
    """A child in another room than registered, a name written by ear, a mark left blank."""
    for grades in (range(2, 6), range(6, 10)):
        key, other = school.take_with_neighbour(grades)
        school.change(key, seat=other)
        school.tell("other_class", key)
    for grades in (_NOT_ENTRY, range(8, 10)):
        key = school.take(grades=grades)
        school.rename(key, school.names.with_homophone(school.pupils[key].sex))
        school.change(key, listed_name=people.misspelt(school.pupils[key].name))
        school.tell("slip", key)
    for count, grades in ((1, _NOT_ENTRY), (2, range(7, 10))):
        first = school.take(plain=False, grades=grades)
        group = school.pupils[first].group
        keys = [first, *(school.take(within=group) for _ in range(count - 1))]
        for key in keys:
            school.change(key, presence="blank")
        school.tell("unknown", *keys, at=group)


def approvals_and_claims(school: School) -> None:
    """Leave that is proved, leave that is only said, leave that is over."""
    year = 2025
    for number, (start, end) in enumerate(
        ((date(2025, 4, 1), date(2026, 3, 31)), (date(2025, 8, 28), date(2026, 8, 27))), start=1
    ):
        key = school.take()
        _absent(school, key, "休学", status="休学")
        school.approvals.append(
            Approval(key, "休学", f"岚教休〔{year}〕{number + 10}号", _BUREAU, start, end, "因病治疗")
        )
        school.tell("leave_proved", key)
    key = school.take(plain=False)
    _absent(school, key, "送教上门", disability="多重残疾")
    school.approvals.append(
        Approval(key, "送教上门", f"岚教送〔{year}〕3号", _BUREAU, date(2025, 9, 1), date(2026, 7, 10), "重度残疾")
    )
    school.tell("home_teaching", key)
    for plain in (True, False):
        key = school.take(plain=plain)
        _absent(school, key, "休学", status="休学")
        school.tell("leave_unproved", key)
    for reason in ("病假", "请假（住院）"):
        key = school.take(plain=False)
        _absent(school, key, reason)
        school.tell("sick_claimed", key)
    key = school.take()
    _absent(school, key, "休学", status="休学")
    school.approvals.append(
        Approval(
            key,
            "休学",
            f"{school.site.town[0]}校〔{year}〕7号",
            school.site.short,
            date(2025, 3, 3),
            date(2026, 3, 2),
            "学校同意",
        )
    )
    school.tell("leave_by_school", key)
    for number, end in ((2, date(2025, 7, 10)), (3, date(2025, 8, 31))):
        key = school.take(plain=False)
        school.change(key, presence="absent", status="休学")
        school.approvals.append(
            Approval(key, "休学", f"岚教休〔{year - 1}〕{number}号", _BUREAU, end.replace(year=2024), end, "")
        )
        school.tell("leave_over", key)
    key = school.take()
    school.change(key, status="复学")
    school.approvals.append(
        Approval(key, "休学", f"岚教休〔{year - 1}〕5号", _BUREAU, date(2024, 9, 2), date(2025, 8, 31), "期满已复学")
    )
    school.tell("leave_over_returned", key)


def _absent(school: School, key: int, reason: str, **fields: object) -> None:
    plain = school.is_plain(school.pupils[key].group)
    school.change(key, presence="missing" if plain else "absent", absence_reason="" if plain else reason, **fields)


def strangers(school: School) -> None:
    """Children who sit in class and are on no register; grade 1 as a whole, a few newcomers in grade 7."""
    for grades in (_NOT_ENTRY, range(8, 10)):
        key = school.take(grades=grades)
        school.change(key, registered=False, was_registered=False)
        school.tell("stranger", key)
    if 7 in school.site.grades and school.site.entry < 7:
        for _ in range(3):
            key = school.take(grades=range(7, 8))
            school.change(key, registered=False, was_registered=False)
            school.tell("entry_newcomer", key)
    entrants = [k for k, p in school.pupils.items() if p.group.grade == school.site.entry]
    school.tell("entrants", *entrants)


def faulty_numbers(school: School) -> None:
    """ID numbers that cannot be right; who has one came lately and has a temporary number, or a G number."""
    for _ in range(2):
        key = school.take()
        number = school.pupils[key].id_number
        wrong = str((int(number[16]) + 1) % 10)
        _records(school, key, number[:16] + wrong + number[17], "check_digit")
    key = school.take()
    # 31 April: the true day is the 30th
    school.reborn(key, birth=date(2020 - school.pupils[key].group.grade, 4, 30))
    number = school.pupils[key].id_number
    first17 = number[:12] + "31" + number[14:17]
    _records(school, key, first17 + check_digit(first17), "impossible_date")
    for place in (15, 16):
        key = school.take()
        number = school.pupils[key].id_number
        _records(school, key, number[:place] + number[place + 1 :], "seventeen")
    for form in ("excel_number", "float_number", "excel_number", "float_number"):
        key = school.take()
        pupil = school.pupils[key]
        number = school.ids.new(pupil.birth, pupil.sex, ends_in_x=False)
        # A sequence such as 999 would be rounded up into the birth date; what is left would name another day.
        while form == "float_number" and number[14:16] == "99":
            number = school.ids.new(pupil.birth, pupil.sex, ends_in_x=False)
        school.reborn(key, number=number)
        school.change(key, id_form=form)
        school.tell("digits_lost", key)
    for _ in range(2):
        key = school.take()
        # The number is a right one as far as digits go, but its sequence is the other sex's.
        pupil = school.pupils[key]
        number = school.ids.new(pupil.birth, "女" if pupil.sex == "男" else "男")
        school.change(key, id_number=number, enrollment_number="G" + number)
        school.tell("sex_digit", key)


def _records(school: School, key: int, written: str, what: str) -> None:
    school.recent_arrival(key)
    school.change(key, id_recorded=written)
    school.tell(what, key)


def registered_twice(school: School) -> None:
    """One child in two rows (same class; old class not taken out), and one number on two children."""
    key = school.take()
    school.change(key, second_row_in=school.pupils[key].group)
    school.tell("two_rows", key)
    key, other = school.take_with_neighbour()
    school.change(key, second_row_in=other)
    school.tell("two_rows", key)
    for _ in range(2):
        first, other = school.take_with_neighbour()
        second = school.take(within=other)
        one = school.pupils[first]
        school.rename(second, school.names.new(one.sex))
        school.reborn(second, birth=one.birth, sex=one.sex)
        for key in (first, second):
            school.recent_arrival(key)
        school.change(second, id_recorded=one.id_number)
        school.tell("one_number", first, second)


def contacts(school: School) -> None:
    """No telephone, a number with a digit missing, no address."""
    for written in ("", people.PHONE_PREFIX + "358"):
        key = school.take()
        school.change(key, phone_written=written)
        school.tell("no_phone", key)
    for _ in range(2):
        key = school.take()
        school.change(key, address="")
        school.tell("no_address", key)


def statuses(school: School) -> None:
    """Statuses that cannot stand, and those that explain an empty seat."""
    for status, plain in (("退学", False), ("其他离校", True)):
        key = school.take(plain=plain)
        school.change(key, status=status, presence="missing" if plain else "absent")
        school.tell("left_by_status", key)
    for _ in range(2):
        key = school.take()
        school.change(key, status="休学")
        school.tell("suspended_but_present", key)
    for _ in range(2):
        key = school.take()
        school.change(key, status="转学(转出)", presence="missing", seat=None)
        school.tell("moved_away", key)
    # Last year's top grade is gone from the register but for one whom nobody took out.
    key = next(k for k, p in school.pupils.items() if p.group.grade > school.site.top)
    school.change(key, registered=True, status="毕业")
    school.tell("finished", key)


def last_term(school: School) -> None:
    """Children of last term's register who are on no paper of this term."""
    later = range(max(3, school.site.entry + 1), school.site.top + 1)
    for grade in school.rng.sample(later, min(3, len(later))):
        count = sum(c.grade == grade for c in school.classes)
        group = ClassRef(grade, school.rng.randrange(1, count + 1))
        key = school.add(group, registered=False, was_registered=True, seat=None, presence="missing")
        school.tell("gone_since_last_term", key)


def harmless_varieties(school: School) -> None:
    """What looks odd and is right: no finding may come from these."""
    rng = school.rng
    dotted = school.take()
    school.rename(dotted, school.names.take(rng.choice(people.DOTTED_NAMES)))
    school.change(dotted, listed_name=school.pupils[dotted].name.replace("·", "•"))
    rare = school.take(within=school.site.csv_class)
    surname = school.pupils[rare].name[0]
    school.rename(rare, school.names.take(f"{surname}{rng.choice('子文思')}{people.RARE_CHARACTER}"))
    for form, share in (("spaces", 6), ("wide", 4), ("apostrophe", 6), ("lower_x", 4)):
        for _ in range(share):
            key = school.take()
            pupil = school.pupils[key]
            if form == "lower_x":
                school.reborn(key, number=school.ids.new(pupil.birth, pupil.sex, ends_in_x=True))
            school.change(key, id_form=form)
            school.tell("untidy_number", key)
