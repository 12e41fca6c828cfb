"""What a cell says about a child: numbers, names, phones, and how little of them is shown."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from dropctl.errors import without_full_numbers
from dropctl.identity import (
    check_digit,
    differs_by_one_slip,
    digits_lost_agrees,
    id_birth_date,
    id_sex,
    is_valid_id,
    mask_id,
    parse_certificate_number,
    parse_enrollment_number,
    parse_id_number,
    parse_phones,
)
from dropctl.tables.raw import CellError


def made(first17: str) -> str:
    return first17 + check_digit(first17)


BOY = made("34990120120901123")
WITH_X = next(number for n in range(100) if (number := made(f"349901201209010{n:02}")).endswith("X"))
ENDS_000 = next(n for i in range(3000) if (n := made(f"3499{i // 100:02}201209{1 + i % 28:02}100")).endswith("000"))

ids = st.builds(
    lambda area, day, sequence: made(f"3499{area:02}{day:%Y%m%d}{sequence:03}"),
    st.integers(0, 99),
    st.dates(date(1950, 1, 1), date(2030, 12, 31)),
    st.integers(1, 995) | st.sampled_from([1, 2, 994, 995, 999]),
)
digit_ids = ids.filter(lambda number: not number.endswith("X"))
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@given(ids)
def test_a_clean_number_is_valid_as_it_stands(number):
    parsed = parse_id_number(number)
    assert (parsed.value, parsed.status, parsed.repairs, parsed.fault) == (number, "valid", (), None)
    assert id_birth_date(number) == ric.get_birth_date(number)
    assert check_digit(number[:17]) == ric.calc_check_digit(number)


@given(st.text("0123456789", min_size=17, max_size=17), st.sampled_from("0123456789X"))
def test_validity_agrees_with_stdnum(first17, last):
    number = "110101" + first17[6:] + last  # an area that stdnum's list has
    try:
        ric.validate(number)
        expected = True
    except ValidationError:
        expected = False
    in_range = 1900 <= int(number[6:10]) <= 2100
    assert is_valid_id(number) == (expected and in_range)


@given(ids, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert parse_id_number(wrong).value is None


DISGUISES = {
    "width": lambda number: number.translate(WIDE),
    "spaces": lambda number: f"{number[:6]} {number[6:14]}\u3000\u200b{number[14:]}",
    "quotes": lambda number: f"‘{number}",
    "formula_text": lambda number: f'="{number}"',
    "from_certificate": lambda number: number + "43B1",
}


@given(ids, st.sampled_from(sorted(DISGUISES)))
def test_lossless_repairs_give_the_number_back(number, name):
    parsed = parse_id_number(DISGUISES[name](number))
    assert (parsed.value, parsed.status, parsed.repairs) == (number, "repaired", (name,))


@pytest.mark.parametrize(
    ("cell", "repairs"),
    [
        (WITH_X[:17] + "x", ("lower_x",)),
        (WITH_X[:17] + "×", ("times_for_x",)),
        (WITH_X[:17] + "*", ("times_for_x",)),
        (WITH_X[:17] + "ｘ", ("width", "lower_x")),
        (f"'{WITH_X[:17]}x ", ("quotes", "lower_x")),
        ("\u202d" + WITH_X + "42", ("from_certificate",)),
    ],
)
def test_repairs_of_the_last_place(cell, repairs):
    parsed = parse_id_number(cell)
    assert (parsed.value, parsed.repairs) == (WITH_X, repairs)


@pytest.mark.parametrize("around", [" {}", "{}\n", "\u3000{}\t", "\ufeff{}", "\xa0{}\xa0"])
def test_surrounding_space_is_no_repair(around):
    assert parse_id_number(around.format(BOY)).status == "valid"


def test_a_star_elsewhere_is_not_an_x():
    assert parse_id_number("349901********1234").fault == "characters"
    assert parse_id_number(BOY[:17] + "*").value is None  # its check digit is no X


@given(digit_ids)
def test_a_number_typed_into_excel_keeps_its_first_fourteen_digits(number):
    typed = number[:15] + "000"
    for cell in (float(typed), int(typed), int(float(typed)), f"{float(typed)}", f"{int(float(typed))}.0"):
        parsed = parse_id_number(cell)
        assert (parsed.status, parsed.fault, parsed.value) == ("digits_lost", "digits_lost", None)
        assert parsed.prefix == number[:14]
    assert parse_id_number(float(typed)).text == typed
    assume(not is_valid_id(typed))
    assert parse_id_number(typed).status == "digits_lost"


@given(digit_ids.filter(lambda number: number[14:17] <= "992"))
def test_a_number_written_as_float_by_a_program_keeps_its_first_fourteen_digits(number):
    for cell in (float(number), int(float(number)), repr(float(number))):
        parsed = parse_id_number(cell)
        assert parsed.status == "digits_lost"
        # Sequence 001 may be the 995 of the day before.
        assert parsed.prefix == number[:14] or (parsed.prefix is None and number[14:17] == "001")


@given(digit_ids)
def test_an_exact_integer_is_read_digit_by_digit(number):
    assume(int(float(number)) != int(number) and not number.endswith("000"))
    assert parse_id_number(int(number)).value == number


def test_text_ending_in_000_with_the_right_check_digit_is_valid():
    assert parse_id_number(ENDS_000).status == "valid"
    assert parse_id_number(float(ENDS_000)).status == "digits_lost"


def test_scientific_text_keeps_six_digits_at_most():
    parsed = parse_id_number("3.49901E+17")
    assert (parsed.status, parsed.prefix) == ("digits_lost", None)


def test_lost_digits_around_an_impossible_date_are_not_trusted():
    assert parse_id_number(349901201213991000.0).prefix is None
    assert parse_id_number("349901201213991000").fault == "date"


def test_fifteen_digits_become_eighteen():
    expected = made("34990119800101123")
    for cell in ("349901800101123", 349901800101123, 349901800101123.0):
        parsed = parse_id_number(cell)
        assert (parsed.value, parsed.status, parsed.repairs) == (
            expected,
            "repaired",
            ("fifteen_to_eighteen",),
        )
    assert parse_id_number("349901801301123").fault == "date"


@given(ids.filter(lambda number: number[6:10] >= "2000"))
def test_a_new_number_cut_to_fifteen_is_not_an_old_one(number):
    assert parse_id_number(number[:15]).value is None


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (BOY[:17], "length"),
        (BOY + "1", "length"),
        ("3499", "length"),
        (12345.0, "length"),
        (BOY[:17] + "O", "characters"),
        (f"{BOY[:8]}O{BOY[9:]}", "characters"),
        ("L" + BOY, "characters"),
        ("同父亲", "characters"),
        (1.5, "characters"),
        (True, "characters"),
        (date(2012, 9, 1), "characters"),
        (made("34990120130229123"), "date"),
        (made("34990118990101123"), "date"),
        (made("34990121010101123"), "date"),
        (BOY[:17] + ("1" if BOY[17] != "1" else "2"), "check_digit"),
        ("３４９９", "length"),
    ],
)
def test_faults(cell, fault):
    parsed = parse_id_number(cell)
    assert (parsed.value, parsed.status, parsed.fault) == (None, "invalid", fault)
    assert parsed.text


PLACEHOLDERS = [None, "", " ", "无", "暂无", "—", "/", "0", 0, 0.0, "未知", "不详", "N/A", "无身份证", "#N/A"]


@pytest.mark.parametrize("cell", [*PLACEHOLDERS, float("nan"), CellError("#REF!")])
def test_placeholders_are_missing(cell):
    parsed = parse_id_number(cell)
    assert (parsed.status, parsed.text, parsed.fault) == ("missing", "", None)


@pytest.mark.parametrize("cell", ["E12345678", "h01234567", "M 12345678", "EA1234567", "USA110082070101"])
def test_other_documents(cell):
    parsed = parse_id_number(cell)
    assert (parsed.status, parsed.value, parsed.text) == (
        "other_document",
        None,
        cell.upper().replace(" ", ""),
    )


def test_residence_permits_of_taiwan_are_ordinary_numbers():
    assert parse_id_number(made("83000020120901123")).status == "valid"


@given(st.text(max_size=30) | st.floats() | st.integers())
def test_no_cell_breaks_the_parsers(cell):
    parsed = parse_id_number(cell)
    assert (parsed.value is not None) == (parsed.status in ("valid", "repaired"))
    assert parsed.value is None or is_valid_id(parsed.value)
    assert (parsed.fault is None) == (parsed.status not in ("invalid", "digits_lost"))
    parse_enrollment_number(cell)
    parse_certificate_number(cell)
    parse_phones(cell)


def test_sex_and_birth_date():
    assert id_sex(made("34990120120901123")) == "男"
    assert id_sex(made("34990120120901124")) == "女"
    assert id_birth_date(BOY) == date(2012, 9, 1)


def test_check_digit_wants_seventeen_digits_and_keeps_quiet_about_them():
    with pytest.raises(ValueError, match="17 digits") as error:
        check_digit(BOY)
    assert BOY[6:14] not in str(error.value)


@given(ids)
def test_enrollment_numbers(number):
    formal = parse_enrollment_number(f" g{number} ")
    assert (formal.value, formal.prefix_letter, formal.id_number, formal.fault) == (
        f"G{number}",
        "G",
        number,
        None,
    )
    for letter in "LJ":
        other = parse_enrollment_number(letter + number)
        assert (other.value, other.prefix_letter, other.id_number) == (letter + number, letter, None)


def test_enrollment_numbers_with_something_wrong():
    bad = BOY[:17] + ("1" if BOY[17] != "1" else "2")
    parsed = parse_enrollment_number("G" + bad)
    assert (parsed.value, parsed.id_number, parsed.fault) == ("G" + bad, None, "check_digit")
    assert parse_enrollment_number("G" + BOY[:16]).fault == "length"
    assert parse_enrollment_number(3.4e17).fault == "digits_lost"
    assert parse_enrollment_number("无").value is None
    assert parse_enrollment_number(20120033.0).value == "20120033"
    assert parse_enrollment_number(BOY).id_number is None
    assert parse_enrollment_number("G" + WITH_X[:17] + "×").id_number == WITH_X


def test_certificate_numbers():
    for suffix in ("", "B1", "B12", "2"):
        parsed = parse_certificate_number(f"{BOY}43{suffix}".lower())
        assert (parsed.value, parsed.id_number) == (f"{BOY}43{suffix}", BOY)
        assert (parsed.category, parsed.grade, parsed.fault) == (4, 3, None)
    assert parse_certificate_number(WITH_X[:17] + "x11").id_number == WITH_X
    bare = parse_certificate_number(BOY)
    assert (bare.value, bare.id_number, bare.fault) == (None, BOY, "length")
    assert parse_certificate_number(BOY + "85").fault == "characters"
    assert parse_certificate_number(float(BOY + "43")).fault == "digits_lost"
    wrong = parse_certificate_number(made("34990120130229123") + "43")
    assert (wrong.id_number, wrong.category, wrong.fault) == (None, 4, "date")


@given(ids)
def test_masks_show_six_digits_and_one_length(number):
    shown = {mask_id(text) for text in (number, number + "43", number + "43B1", number[:15], number[:14])}
    assert shown == {number[:6] + "*" * 12}
    assert mask_id("G" + number) == "G" + number[:6] + "*" * 12


@given(st.text(max_size=25) | st.from_regex(r"[GLJE]?[0-9]{4,24}X?", fullmatch=True))
def test_masks_never_show_more(text):
    assert re.fullmatch(r"(?:[A-Z]|[GLJ]?[0-9]{6})?\*{12}", mask_id(text)) or not text
    assert mask_id(None) == ""


def test_short_numbers_and_other_documents_are_not_shown():
    assert mask_id("20120033") == "*" * 12
    assert mask_id("E12345678") == "E" + "*" * 12


def test_digits_lost_agrees():
    assert digits_lost_agrees(BOY[:14], BOY)
    assert not digits_lost_agrees(BOY[:14], made("34990120120902123"))
    assert not digits_lost_agrees("", BOY)


@given(ids, st.integers(0, 16), st.integers(1, 9))
def test_one_slip(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    dropped = number[:place] + number[place + 1 :]
    doubled = number[: place + 1] + number[place:]
    for slip in (wrong, dropped, doubled):
        assert differs_by_one_slip(number, slip)
        assert differs_by_one_slip(slip, number)
    assert differs_by_one_slip(number, swapped) == (swapped != number)
    assert not differs_by_one_slip(number, number)
    assert not differs_by_one_slip(number, dropped[:-1])


def test_two_slips_are_not_one():
    assert not differs_by_one_slip(BOY, "44" + BOY[2:4] + "11" + BOY[6:])
    assert not differs_by_one_slip(BOY, BOY[4] + BOY[1:4] + BOY[0] + BOY[5:])


def test_birth_dates_in_range_are_all_accepted():
    day = date(2012, 1, 1)
    while day.year == 2012:
        assert is_valid_id(made(f"349901{day:%Y%m%d}001"))
        day += timedelta(1)


def test_a_formal_enrollment_number_in_the_id_column_holds_the_id():
    parsed = parse_id_number("G" + BOY)
    assert (parsed.value, parsed.status, parsed.repairs) == (BOY, "repaired", ("from_enrollment_number",))


@pytest.mark.parametrize(
    "written",
    ["349901201305010014", "349901 20130501 001 4", "349901-2013-0501-0014", "３４９９０１２０１３０５０１００１４",
     " ".join("349901201305010014"), "34990120130501001x"],
)  # fmt: skip
def test_no_full_number_in_any_form_stands_in_a_message(written):
    shown = without_full_numbers(f"“{written}”不是日期")
    assert shown in ("“349901…”不是日期", "“３４９９０１…”不是日期")


@pytest.mark.parametrize(
    "text",
    ["2025-09-03 2025-09-08 2025-10-11", "19900001234 19900001235", "C-2025-001 2025-09-03", "共 123456 2016 行"],
)
def test_other_digits_stay(text):
    assert without_full_numbers(text) == text
