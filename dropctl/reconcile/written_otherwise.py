"""Names of one class that may be one name written in two ways: always a question, never a link.

The model weighs slips of a character. Here is what else happens to names on a class sheet: a dot left out, a part
missing, pinyin, a number in front; and, of a handful of leftovers, a surname only one on either side has.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from dropctl.identity import han_runs, name_and_note, names_agree_with_wildcards
from dropctl.reconcile import comparisons as compare
from dropctl.reconcile.model.traits import Sounds
from dropctl.reconcile.people import Pupil

_SHORTEST = 2  # hanzi of a name, or of a part of one, that tell anything
_HANDFUL = 3  # leftovers of a class on either side, among whom a surname tells something
_ADDRESSED = ("同学", "学生")


def name_written_otherwise(one: str, other: str, sounds: Sounds) -> str | None:
    """Return in Chinese how two names differ that may be one name written in two ways; None for different names."""
    parts, others = _parts(one), _parts(other)
    whole, rest = "".join(parts), "".join(others)
    if len(whole) >= _SHORTEST and whole == rest:
        return "姓名只差间隔号、空格或附加的字、数字、符号"
    if len(parts) > 1 and sorted(parts) == sorted(others):
        return "姓名各部分的次序不同"
    if names_agree_with_wildcards(one, other):
        return "姓名中有认不出的字，其余相同"
    said, heard = _letters(one, sounds), _letters(other, sounds)
    if said == heard and (_has_latin(one) or _has_latin(other)):
        return "姓名一方写成拼音，读音相同"
    shorter, longer = sorted((whole, rest), key=len)
    if len(shorter) >= _SHORTEST and (longer.startswith(shorter) or longer.endswith(shorter)):
        return "姓名一方是另一方的一部分（可能漏写了姓或名）"
    return None


def pairs_written_otherwise(
    left: Sequence[Pupil], right: Sequence[Pupil], met: Collection[int], sounds: Sounds
) -> Iterator[tuple[Pupil, Pupil, str]]:
    """Yield the pairs of one class to ask about, with the reason. `met`: id of every pupil that has a link already.

    A name written otherwise is asked about where either row is nobody's yet; a surname only where both are.
    """
    ours, theirs = _by_class(left), _by_class(right)
    for place, listed in theirs.items():
        registered = ours.get(place, ())
        asked = set()
        for pupil in listed:
            for other in registered:
                if id(pupil) in met and id(other) in met:
                    continue
                how = name_written_otherwise(_name(other), _name(pupil), sounds)
                if how:
                    asked |= {id(pupil), id(other)}
                    wrong = compare.disagreements(other.lead, pupil.lead)
                    yield other, pupil, f"同班，{how}" + (f"；但{compare.labels(wrong)}不一致" if wrong else "")
        ours_over, theirs_over = (
            [one for one in side if id(one) not in met and id(one) not in asked] for side in (registered, listed)
        )
        yield from _by_script(ours_over, theirs_over)
        yield from _by_surname(ours_over, theirs_over)


def _by_script(registered: Sequence[Pupil], listed: Sequence[Pupil]) -> Iterator[tuple[Pupil, Pupil, str]]:
    """Yield the only one left on either side where one name is in hanzi and the other in letters."""
    if len(registered) == len(listed) == 1:
        (other,), (pupil,) = registered, listed
        scripts = [bool(_parts(_name(one))) for one in (other, pupil)]
        if scripts[0] != scripts[1] and not compare.disagreements(other.lead, pupil.lead):
            yield other, pupil, "同班，双方各只多出这一名，一方写的是外文姓名，可能是同一名学生"


def _by_surname(registered: Sequence[Pupil], listed: Sequence[Pupil]) -> Iterator[tuple[Pupil, Pupil, str]]:
    if max(len(registered), len(listed)) > _HANDFUL:
        return
    for pupil in listed:
        bearers = [[one for one in side if _name(one)[:1] == _name(pupil)[:1]] for side in (registered, listed)]
        if [len(side) for side in bearers] == [1, 1]:
            other = bearers[0][0]
            if not compare.disagreements(other.lead, pupil.lead):
                yield other, pupil, "同班同姓，名册上只有这一名对不上，名单上也只多出这一名，可能是名字写错"


def _by_class(pupils: Sequence[Pupil]) -> dict[tuple[str | None, str | None, str], list[Pupil]]:
    found = defaultdict(list)
    for pupil in pupils:
        if _name(pupil):
            places = {(row.school, row.grade, row.class_name) for row in pupil.rows if row.class_name is not None}
            for place in places:
                found[place].append(pupil)
    return found


def _name(pupil: Pupil) -> str:
    return pupil.lead.name or ""


def _parts(name: str) -> list[str]:
    """Return the hanzi of a name in their parts, without a note and without 同学 behind it."""
    bare = name_and_note(name)[0]
    for word in _ADDRESSED:
        if len(bare) > len(word) + 1:
            bare = bare.removesuffix(word)
    return han_runs(bare)


def _letters(name: str, sounds: Sounds) -> str:
    """Return a name in letters without tones and spaces: 龚琳娜, Gong琳娜 and gonglinna are one."""
    said = unicodedata.normalize("NFD", sounds.said(name_and_note(name)[0].lower()) or "")
    return "".join(char for char in said if char.isalpha() and not unicodedata.combining(char)).replace("v", "u")


def _has_latin(name: str) -> bool:
    return any(char.isascii() and char.isalpha() for char in name)
