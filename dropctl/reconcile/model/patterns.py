"""Patterns of levels that have a name, and what each of them may do: link by a number, link by the model, neither.

A rule of acceptance answers one question: what else could explain such a pair? The rules can only take an acceptance
back, never give one: how likely the pair is, and what the other pairs of its rows say, is for others.
"""

from __future__ import annotations

import polars as pl

from dropctl.reconcile.model.levels import BIRTH, GUARDIAN, ID, NAME, OTHER_NAMES, SEX, VILLAGE, Comparison


def _at(comparison: Comparison, *names: str) -> pl.Expr:
    return pl.col(comparison.field).is_in([comparison.index(name) for name in names])


SAME_NAME = _at(NAME, "equal", "former")
# What a pen or a keyboard makes of one name. Parents do not call two children so.
MISSPELT = _at(NAME, "sound", "exchanged", "longer")
READABLE = _at(NAME, "read")
BORN_SAME_DAY = _at(BIRTH, "equal")
SAME_NUMBER = _at(ID, "equal", "equal_but")
_ONE_SLIP = _at(ID, "same_text", "one_wrong", "one_left_out", "swapped")
# Twins' numbers differ in two of the last four characters: no such slip makes the one of the other.
SLIP_NO_TWIN_MAKES = _at(ID, "one_wrong", "one_left_out", "two_wrong")
_BOTH_VALID_DIFFER = _at(ID, "valid_near", "valid_born_together", "valid_differ")
_BORN_OTHERWISE = _at(BIRTH, "exchanged", "part", "different")
_OTHER_SEX = _at(SEX, "different")
_KIN_OR_PLACE = _at(GUARDIAN, "equal") | _at(VILLAGE, "equal")
# CONTRACT §1: an equal number links with one of name, birth date, sex different. A name that only resembles or
# differs altogether needs a birth date that agrees: else it is perhaps the number of a brother or sister.
_DIFFERENCES = (~SAME_NAME).cast(pl.UInt8) + _BORN_OTHERWISE.cast(pl.UInt8) + _OTHER_SEX.cast(pl.UInt8)
BY_NUMBER = SAME_NUMBER & (_DIFFERENCES <= 1) & (SAME_NAME | MISSPELT | READABLE | BORN_SAME_DAY)
# What CONTRACT §1 calls an identity mismatch: fields that differ beside an equal number.
_DIFFERING = tuple(
    (one.label, SAME_NUMBER & differs)
    for one, differs in (
        (NAME, ~SAME_NAME & (pl.col(NAME.field) > 0)),
        (BIRTH, _BORN_OTHERWISE),
        (SEX, _OTHER_SEX),
    )
)
# Where valid numbers differ, birth date and family or village must agree; a number with a mistake in it speaks less.
# Beside a misspelt name that one needs the same, and two valid numbers of one area and birth date are two twins'.
_NOT_AGAINST = (~_BOTH_VALID_DIFFER | (BORN_SAME_DAY & (_KIN_OR_PLACE | _at(ID, "valid_near")))) & (
    ~_at(ID, "valid_foreign") | BORN_SAME_DAY
)
_NO_WORD_AGAINST = (
    _NOT_AGAINST
    & ~_at(ID, "valid_born_together")
    & (~_at(ID, "different", "valid_foreign") | (BORN_SAME_DAY & _KIN_OR_PLACE))
)
# Born on another day and with another number: in a family, a slip may have made the brother's name of this one.
_ONLY_THE_NAME = _at(BIRTH, "different") & _at(ID, "valid_born_together", "valid_foreign", "valid_differ", "different")
# Digits a spreadsheet has lost prove no more than the front of the number: something else must agree.
_LOST_ALONE = _at(ID, "lost_15", "lost_14") & ~BORN_SAME_DAY & ~_KIN_OR_PLACE
# Born on one day in one place, other names, each with a number of its own: twins, never a question.
TWINS = _at(NAME, *OTHER_NAMES) & _at(ID, "valid_born_together")
# A twin or sibling never has an equal name, hardly ever one of the same sound; a name that only resembles, or another
# given name, needs a number that is the same but for a slip.
BY_MODEL = (
    ~SAME_NUMBER
    & ~_LOST_ALONE
    & (
        (SAME_NAME & ~_ONLY_THE_NAME & (_NOT_AGAINST | _at(GUARDIAN, "equal")))
        | (MISSPELT & BORN_SAME_DAY & _NO_WORD_AGAINST)
        | (MISSPELT & ~_at(BIRTH, "different") & _ONE_SLIP)
        | (READABLE & BORN_SAME_DAY & _NO_WORD_AGAINST)
        | (_at(NAME, "near", "surname") & BORN_SAME_DAY & SLIP_NO_TWIN_MAKES & ~_OTHER_SEX)
    )
)


def differences() -> pl.Expr:
    """Return the fields that differ beside an equal number, joined by 、; null where none does or numbers differ."""
    said = [pl.when(differs).then(pl.lit(label)) for label, differs in _DIFFERING]
    return pl.concat_str(said, separator="、", ignore_nulls=True).replace("", None).alias("differences")
