"""Makes the whole truth from a seed."""

from __future__ import annotations

from random import Random

from .county_lists import CountyLists
from .planting import School
from .plants import plant_everything
from .truth import Truth


def build_truth(seed: int, pupils: int) -> Truth:
    """Return the true school with about `pupils` children in grades 1–9; the same seed gives the same school."""
    return as_truth(*build_school(seed, pupils), seed)


def build_school(seed: int, pupils: int) -> tuple[School, CountyLists]:
    """Return the nine-year school with everything planted, and its part of the county's lists."""
    school = School(Random(seed), pupils)
    plant_everything(school)
    lists = CountyLists(school)
    lists.build()
    return school, lists


def as_truth(school: School, lists: CountyLists, seed: int) -> Truth:
    """Return a finished school as plain facts."""
    return Truth(
        seed=seed,
        site=school.site,
        classes=school.classes,
        plain_classes=school.plain,
        unreported=school.unreported,
        pupils=school.pupils,
        households=tuple(lists.households),
        certificates=tuple(lists.certificates),
        approvals=tuple(school.approvals),
        events=tuple(school.events),
        outsiders=lists.outsiders,
        moves=tuple(school.moves),
        letters=tuple(school.letters),
    )
