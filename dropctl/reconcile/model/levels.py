"""How a pair of rows compares, field by field: ordered tuples of named levels, null first, else last.

Each level carries the Chinese words a registrar reads. A null is a level of its own and no evidence either way.
Nothing here weighs anything: that is `weights`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import polars as pl

from dropctl.reconcile.model.traits import CHARACTERS, equal_parts, exchanged, names_another_date

_L, _R = "_left", "_right"


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison: its name in the weights, its Chinese reason, and when it holds."""

    name: str
    reason: str
    holds: pl.Expr


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field and its levels in order; the first that holds counts."""

    field: str
    label: str
    levels: tuple[Level, ...]

    def level(self) -> pl.Expr:
        """Return the index of the level that holds, as UInt8."""
        *before, last = range(len(self.levels))
        return reduce(
            lambda rest, index: pl.when(self.levels[index].holds).then(pl.lit(index, pl.UInt8)).otherwise(rest),
            reversed(before),
            pl.lit(last, pl.UInt8),
        ).alias(self.field)

    def index(self, name: str) -> int:
        """Return the index of a level by its name."""
        return next(index for index, level in enumerate(self.levels) if level.name == name)


def _equal(column: str) -> pl.Expr:
    return (pl.col(column + _L) == pl.col(column + _R)).fill_null(False)


def _either_null(column: str) -> pl.Expr:
    return pl.col(column + _L).is_null() | pl.col(column + _R).is_null()


_ALWAYS = pl.lit(True)


def _one_replaced() -> pl.Expr:
    """One character replaced: a slip of the pen, and just as well the twin."""
    agreeing = pl.sum_horizontal(*(_equal(f"c{index}").cast(pl.UInt8) for index in range(CHARACTERS)))
    length = pl.col("length" + _L)
    return ((length == pl.col("length" + _R)) & (length >= 2) & (agreeing == CHARACTERS - 1)).fill_null(False)


def _two_exchanged() -> pl.Expr:
    """The two characters of the given name exchanged."""
    three = (pl.col("length" + _L) == 3) & (pl.col("length" + _R) == 3)
    return (three & _equal("c0") & _crossed(1, 2) & _crossed(2, 1)).fill_null(False)


def _one_more_or_less() -> pl.Expr:
    """One character of the given name left out or added."""
    return (_one_left_out(_L, _R) | _one_left_out(_R, _L)).fill_null(False)


def _readable_alike() -> pl.Expr:
    """A stand-in (□, ?) on either side counts as any one character; one readable character besides the surname."""
    unread = pl.col("unread" + _L) | pl.col("unread" + _R)
    alike = [_equal(f"c{index}") | ((unread // 2**index) % 2 == 1) for index in range(CHARACTERS)]
    known = pl.col("length" + _L) - unread.bitwise_count_ones().cast(pl.UInt8)
    same_length = pl.col("length" + _L) == pl.col("length" + _R)
    return ((unread > 0) & same_length & (known >= 2) & pl.all_horizontal(alike)).fill_null(False)


def _crossed(one: int, other: int) -> pl.Expr:
    return pl.col(f"c{one}{_L}") == pl.col(f"c{other}{_R}")


def _one_left_out(longer: str, shorter: str) -> pl.Expr:
    a, b = [pl.col(f"c{i}{longer}") for i in range(4)], [pl.col(f"c{i}{shorter}") for i in range(4)]
    three = (pl.col("length" + longer) == 3) & (pl.col("length" + shorter) == 2) & (a[0] == b[0])
    four = (pl.col("length" + longer) == 4) & (pl.col("length" + shorter) == 3) & (a[0] == b[0])
    of_three = (a[1] == b[1]) | (a[2] == b[1])
    of_four = ((a[1] == b[1]) & ((a[2] == b[2]) | (a[3] == b[2]))) | ((a[2] == b[1]) & (a[3] == b[2]))
    return (three & of_three) | (four & of_four)


_FORMER = (
    (pl.col("former" + _L) == pl.col("name" + _R)).fill_null(False)
    | (pl.col("former" + _R) == pl.col("name" + _L)).fill_null(False)
)  # fmt: skip

NAME = Comparison(
    "name",
    "姓名",
    (
        Level("null", "一方没有姓名", _either_null("name")),
        Level("equal", "姓名一致", _equal("name")),
        Level("former", "姓名与曾用名一致", _FORMER),
        Level("read", "姓名中认得出的字都一致", _readable_alike()),
        Level("sound", "姓名同音不同字", _equal("sound")),
        Level("exchanged", "姓名有两字颠倒", _two_exchanged()),
        Level("longer", "姓名多写或少写一字", _one_more_or_less()),
        Level("near", "姓名只差一字", _one_replaced()),
        Level("surname", "同姓，名不同", _equal("c0")),
        Level("different", "姓名不同", _ALWAYS),
    ),
)

# Levels at which a name is another one, not this one as a pen or a keyboard makes it.
OTHER_NAMES = ("near", "surname", "different")

_NIBBLES = 0x7777_7777_7777_7777
_TOPS = 0x8888_8888_8888_8888


def _differing(mixed: pl.Expr) -> pl.Expr:
    """Return how many hexadecimal digits of a UInt64 are not zero."""
    low = pl.lit(_NIBBLES, pl.UInt64)
    return ((((mixed & low) + low) | mixed) & pl.lit(_TOPS, pl.UInt64)).bitwise_count_ones()


_HEAD = pl.col("id_head" + _L) ^ pl.col("id_head" + _R)
_TAIL = pl.col("id_tail" + _L) ^ pl.col("id_tail" + _R)
_LENGTHS = pl.col("id_length" + _L).cast(pl.Int16) - pl.col("id_length" + _R).cast(pl.Int16)
# What the levels of the number share, computed once per pair; the later ones use the earlier ones.
_COMMON: tuple[dict[str, pl.Expr], ...] = (
    {"head": _HEAD, "tail": _TAIL},
    {
        "both_valid": pl.col("id" + _L).is_not_null() & pl.col("id" + _R).is_not_null(),
        "eighteen": (_LENGTHS == 0) & (pl.col("id_length" + _L) == 18),
        # 18 characters: the first 14 from the front, the last four from the back.
        "wrong_front": _differing(pl.col("head") // 16**2),
        "wrong_last": _differing(pl.col("tail") % 16**4),
        "same_front": pl.col("head") // 16**2 == 0,
        "same_fifteen": pl.col("head") // 16 == 0,
        "lost": pl.col("id_lost" + _L) | pl.col("id_lost" + _R),
        # One row's number names another birth date than the row does, the other row's does not.
        "foreign": pl.col("id_foreign" + _L) ^ pl.col("id_foreign" + _R),
        "one_left_out": (_LENGTHS.abs() == 1)
        & (
            pl.col("head").bitwise_leading_zeros() // 4 + pl.col("tail").bitwise_trailing_zeros() // 4
            >= pl.min_horizontal("id_length" + _L, "id_length" + _R)
        ),
        # Two neighbouring digits exchanged leave the same mark on both places and move the number by fifteens.
        "neighbours": (
            pl.max_horizontal("id_head" + _L, "id_head" + _R) - pl.min_horizontal("id_head" + _L, "id_head" + _R)
        )
        % 15
        == 0,
        "marks_alike": ((pl.col("tail") % 256 == 0) & (_differing(pl.col("head") ^ (pl.col("head") // 16)) <= 2))
        | ((pl.col("head") // 16**14 == 0) & (_differing(pl.col("tail") ^ (pl.col("tail") // 16)) <= 2)),
    },
    {"wrong": pl.col("wrong_front") + pl.col("wrong_last")},
)
_BOTH_VALID, _EIGHTEEN, _LOST = pl.col("both_valid"), pl.col("eighteen"), pl.col("lost")
_WRONG, _WRONG_FRONT = pl.col("wrong"), pl.col("wrong_front")
_SAME_FRONT, _FIFTEEN = pl.col("same_front"), pl.col("same_fifteen")

_BIRTHS = pl.col("birth" + _L), pl.col("birth" + _R)
_EXCHANGED = exchanged(*_BIRTHS)
_PART = equal_parts(*_BIRTHS) == 2
# A birth date read from a number is no second witness beside that number, nor against another child's number: where
# two valid numbers differ, that they name two days is all the dates say.
_STATED = pl.col("days" + _L).is_not_null() & pl.col("days" + _R).is_not_null()
_READ_FROM_NUMBERS = ~_STATED & (
    _equal("id") | (_SAME_FRONT & ~_BOTH_VALID).fill_null(False) | (_BOTH_VALID & ~_equal("birth"))
)

BIRTH = Comparison(
    "birth",
    "出生日期",
    (
        Level("null", "一方没有出生日期", _either_null("birth") | _READ_FROM_NUMBERS),
        Level("equal", "出生日期一致", _equal("birth")),
        Level("exchanged", "出生日期的月和日写颠倒", _EXCHANGED),
        Level("part", "出生日期的年、月、日有一处不同", _PART),
        Level("different", "出生日期不同", _ALWAYS),
    ),
)
SEX = Comparison(
    "sex",
    "性别",
    (
        Level("null", "一方没有性别", _either_null("sex")),
        Level("equal", "性别一致", _equal("sex")),
        Level("different", "性别不同", _ALWAYS),
    ),
)
GUARDIAN = Comparison(
    "guardian",
    "监护人",
    (
        Level("null", "一方没有监护人", _either_null("guardian")),
        Level("equal", "监护人一致", _equal("guardian")),
        Level("different", "监护人不同", _ALWAYS),
    ),
)
VILLAGE = Comparison(
    "village",
    "村",
    (
        Level("null", "一方没有村", _either_null("village")),
        Level("equal", "同村", _equal("village")),
        Level("different", "村不同", _ALWAYS),
    ),
)
CLASS = Comparison(
    "class_key",
    "班级",
    (
        Level("null", "一方没有班级", _either_null("class_key")),
        Level("equal", "同班", _equal("class_key")),
        Level("different", "班级不同", _ALWAYS),
    ),
)

# The number of a brother, sister or stranger: name and birth date are another child's, not this one's misspelt.
_NAMED_OTHERWISE = ~(
    _equal("name") | _FORMER | _readable_alike() | _equal("sound") | _two_exchanged() | _one_more_or_less()
)
_BORN_OTHERWISE = (_STATED & names_another_date(*_BIRTHS)).fill_null(False)
_ANOTHER_CHILD = _NAMED_OTHERWISE & _BORN_OTHERWISE

ID = Comparison(
    "id",
    "证件号",
    (
        Level("null", "没有可比的证件号", (_either_null("id_head") & ~_BOTH_VALID)),
        Level("equal_but", "证件号相同，但姓名和出生日期都不同", _equal("id") & _ANOTHER_CHILD),
        Level("equal", "证件号有效且相同", _equal("id")),
        Level(
            "same_text",
            "双方写着同一个有误的证件号",
            ~_BOTH_VALID & (_LENGTHS == 0) & (pl.col("head") == 0) & (pl.col("tail") == 0),
        ),
        Level("one_wrong", "证件号只错一位", ~_BOTH_VALID & _EIGHTEEN & (_WRONG == 1)),
        Level("one_left_out", "证件号多写或少写一位", ~_BOTH_VALID & pl.col("one_left_out")),
        Level("lost_15", "证件号末几位被表格软件损坏，前15位一致", ~_BOTH_VALID & _LOST & _FIFTEEN),
        Level("lost_14", "证件号末几位被表格软件损坏，前14位一致", ~_BOTH_VALID & _LOST & _SAME_FRONT),
        Level(
            "swapped",
            "证件号有两个相邻数字写颠倒",
            ~_BOTH_VALID & _EIGHTEEN & (_WRONG == 2) & pl.col("neighbours") & pl.col("marks_alike"),
        ),
        Level("two_wrong", "证件号错两位", ~_BOTH_VALID & _EIGHTEEN & (_WRONG == 2) & (_WRONG_FRONT > 0)),
        Level("two_wrong_tail", "证件号末四位中有两位不同", ~_BOTH_VALID & _EIGHTEEN & (_WRONG == 2)),
        Level("rounded", "证件号前15位一致，末三位不同", ~_BOTH_VALID & _EIGHTEEN & _FIFTEEN),
        Level("front", "证件号前14位一致，其余不同", ~_BOTH_VALID & _SAME_FRONT),
        Level("three_wrong", "证件号有三处不同", ~_BOTH_VALID & _EIGHTEEN & (_WRONG == 3)),
        Level("valid_near", "双方证件号都有效，只差两位", _BOTH_VALID & (_WRONG == 2) & (_WRONG_FRONT > 0)),
        Level("valid_born_together", "双方证件号都有效、同地同日出生，号码不同", _BOTH_VALID & _SAME_FRONT),
        Level(
            "valid_foreign", "双方证件号都有效但不同，其中一方的号与本行出生日期不符", _BOTH_VALID & pl.col("foreign")
        ),
        Level("valid_differ", "双方证件号都有效但不同", _BOTH_VALID),
        Level("different", "证件号不同，其中有错号", _ALWAYS),
    ),
)

COMPARISONS = (NAME, BIRTH, SEX, GUARDIAN, VILLAGE, CLASS, ID)
COMPARED = (
    "name", "former", "sound", "length", "unread", *(f"c{index}" for index in range(CHARACTERS)), "birth", "days",
    "sex", "guardian", "village", "class_key", "id", "id_length", "id_head", "id_tail", "id_lost", "id_foreign",
)  # fmt: skip


def compared(left: pl.DataFrame, right: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `pairs` with one UInt8 column of level indexes per comparison."""
    ours, theirs = left.select(COMPARED), right.select(COMPARED)
    levels = [_levels(ours, theirs, part) for part in pairs.iter_slices(_AT_ONCE)] or [_levels(ours, theirs, pairs)]
    return pl.concat([pairs, pl.concat(levels, rechunk=True)], how="horizontal")


def _levels(left: pl.DataFrame, right: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    ours = left[pairs["left"]].rename(lambda name: name + _L)
    theirs = right[pairs["right"]].rename(lambda name: name + _R)
    sides = pl.concat([ours, theirs], how="horizontal")
    for shared in _COMMON:
        sides = sides.with_columns(**shared)
    return sides.select(one.level() for one in COMPARISONS)


# Pairs side by side take twenty times the room of their levels.
_AT_ONCE = 250_000
