"""ID numbers read as columns agree with the numbers read one by one."""

from __future__ import annotations

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from dropctl.identity import check_digit, is_valid_id, parse_id_number
from dropctl.reconcile.model import numbers

_AREAS = st.sampled_from(["349901", "349999", "349950"])
_DAYS = st.integers(18_990_000, 21_020_000).map(str)  # most are no days at all, some are 29 February
_REAL_DAYS = st.dates().map(
    lambda day: day.replace(year=1990 + day.year % 40 if (day.month, day.day) != (2, 29) else 2012)
)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A number as a list may hold it: right, wrong in one place, cut, wide, quoted, with spaces or inside another."""
    day = draw(st.one_of(_DAYS, _REAL_DAYS.map(lambda day: f"{day:%Y%m%d}")))
    first = draw(_AREAS) + day + draw(st.integers(1, 999).map(lambda number: f"{number:03d}"))
    number = first + draw(st.one_of(st.just(check_digit(first)), st.sampled_from("0123456789X")))
    forms = {
        "plain": number,
        "lower": number.lower(),
        "wide": "".join(chr(ord(char) + 0xFEE0) for char in number),
        "spaced": f" {number[:6]} {number[6:]}\u3000",
        "quoted": f"'{number}",
        "certificate": number + "43",
        "inside": "G" + number,
        "cut": number[:17],
        "short": number[:15],
        "lost": number[:15] + "000",
        "times": number[:17] + "×",
    }
    return draw(st.sampled_from(sorted(forms.values())))


def read(texts: list[str | None]) -> tuple[list[int | None], list[bool | None]]:
    column = numbers.tidied(pl.Series("id", texts, dtype=pl.String)).to_frame()
    key = pl.coalesce(numbers.key17(pl.col("id")), numbers.from_fifteen(pl.col("id")))
    frame = column.select(key.alias("key"), numbers.lost_digits(pl.col("id"), key).alias("lost"))
    return frame["key"].to_list(), frame["lost"].to_list()


@given(st.lists(written(), min_size=1, max_size=20))
@example(["34990119900101500043"])
def test_whole_columns_say_what_single_cells_say(texts: list[str]) -> None:
    keys, lost = read(list(texts))
    for text, key, cut in zip(texts, keys, lost, strict=True):
        parsed = parse_id_number(text)
        assert key == (int(parsed.value[:17]) if parsed.value else None), text
        assert cut is (parsed.status == "digits_lost"), text


@given(st.lists(st.text(alphabet="0123456789X×xG ", max_size=20), max_size=20))
def test_a_key_as_written_is_a_valid_number_and_nothing_else_is(texts: list[str]) -> None:
    frame = pl.DataFrame({"id": texts}, schema={"id": pl.String}).select(numbers.key17(pl.col("id")))
    assert [key is not None for key in frame["id"].to_list()] == [is_valid_id(text) for text in texts]


def test_no_number_stays_no_number() -> None:
    assert read([None, "", "无", "349901"]) == ([None] * 4, [False] * 4)


def test_one_hexadecimal_digit_per_character_from_both_ends() -> None:
    frame = pl.DataFrame({"id": ["34990120130501001X", "3499012013050100", "34990120130501A", None]})
    head, tail = numbers.hexadecimal(pl.col("id"))
    found = frame.select(head.alias("head"), tail.alias("tail"))
    assert found.row(0) == (0x3499012013050100, 0x990120130501001A)
    assert found.row(1) == (0x3499012013050100, 0x3499012013050100)
    assert found.row(2) == found.row(3) == (None, None)
