"""Fellegi–Sunter weights: how much each level speaks for one child (m) and how often it comes by chance (u).

m of name, birth date, sex, guardian and village is counted on the pairs that equal valid numbers have already
decided (free labels), u by exact group counts; both are blended with the shipped prior, which decides alone where
a school has too few pairs to count on. Only the levels of the ID number need estimation (`estimated_id`).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dropctl.reconcile.model.levels import COMPARISONS, ID

# How many counted pairs weigh as much as the shipped prior.
PRIOR_PAIRS = 500.0
# A row of the residual has a partner with about this chance, before anything is known.
_LEAST = 1e-12
# The company of pairs born on one day, outside a family.
_BORN = 1
GENERAL = ("matched", "siblings", "listed_twice", "name_chance", "names", "same_area")


def bits_of(same: float, other: float) -> float:
    """Return log2 of how much more often something is so in one child (`same`) than by chance (`other`)."""
    return math.log2(max(same, _LEAST) / max(other, _LEAST))


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """m per level of one comparison, and u per company and level.

    Company (`scoring.company`): where chance agreement is no rarity, as among siblings and twins.
    """

    m: tuple[float, ...]
    u: tuple[tuple[float, ...], ...]

    def bits(self, company: int = 0) -> list[float]:
        """Return log2(m / u) per level in one company; the null level is 0."""
        return [0.0, *(bits_of(same, other) for same, other in zip(self.m[1:], self.u[company][1:], strict=True))]


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights of one run. `matched`: share of the undecided rows of the right register that have a partner.

    `siblings`: how many other children of the same guardian and village a child has. `names`: how many names the
    shipped frequency of an average name is worth, and `name_chance` that frequency. `same_area`: how often two
    children's numbers begin with the same area code.
    """

    fields: Mapping[str, FieldWeights]
    matched: float
    siblings: float
    listed_twice: float
    name_chance: float
    names: float
    same_area: float

    def with_field(self, field: str, weights: FieldWeights) -> Weights:
        """Return the same weights with one comparison's replaced."""
        return replace(self, fields={**self.fields, field: weights})


def parse_weights(text: str) -> Weights:
    """Return the shipped weights; ValueError, KeyError or TOMLDecodeError when the text does not hold all of them."""
    document = tomllib.loads(text)
    fields = {}
    for comparison in COMPARISONS:
        table = document["fields"][comparison.field]
        names = [level.name for level in comparison.levels[1:]]
        if set(table) != set(names):
            raise ValueError(f"{comparison.field}: {set(table) ^ set(names)}")
        m = (0.0, *(float(table[name]["m"]) for name in names))
        companies = [(0.0, *map(float, values)) for values in zip(*(table[name]["u"] for name in names), strict=True)]
        fields[comparison.field] = FieldWeights(m, tuple(companies))
    general = document["general"]
    return Weights(fields, **{key: float(general[key]) for key in GENERAL})


def blended_m(weights: FieldWeights, counts: Sequence[float], prior_pairs: float = PRIOR_PAIRS) -> FieldWeights:
    """Return the weights with m counted per level (`counts`, the null level is not looked at) and the prior mixed."""
    whole = sum(counts[1:])
    m = tuple((seen + prior_pairs * old) / (whole + prior_pairs) for seen, old in zip(counts, weights.m, strict=True))
    return replace(weights, m=(0.0, *m[1:]))


def with_chance_of_equality(weights: FieldWeights, equal: float, equal_at: int = 1) -> FieldWeights:
    """Return the weights with u of the level `equal_at`, outside any company, as counted; the others share the rest."""
    old = weights.u[0][equal_at]
    rest = (1 - equal) / (1 - old) if old < 1 else 1.0
    u = tuple(equal if index == equal_at else value * rest for index, value in enumerate(weights.u[0]))
    return replace(weights, u=(u, *weights.u[1:]))


# Levels that two children born on one day reach by having the same area code.
_BY_AREA = ("lost_15", "lost_14", "rounded", "front", "two_wrong_tail", "valid_born_together", "one_wrong", "swapped")


def with_same_area(weights: Weights, same_area: float) -> Weights:
    """Return the weights for a register in which two numbers share their area code this often.

    One county has one code or a few, a province hundreds: what an equal front of the number says depends on it.
    """
    one = weights.fields["id"]
    factor = same_area / weights.same_area
    by_area = [ID.index(name) for name in _BY_AREA]
    rest = sum(value for index, value in enumerate(one.u[_BORN]) if index not in by_area)
    share = min(sum(one.u[_BORN][index] for index in by_area) * factor, 0.99)
    scale = share / max(1 - rest, _LEAST), (1 - share) / max(rest, _LEAST)
    born = tuple(value * scale[index not in by_area] for index, value in enumerate(one.u[_BORN]))
    u = tuple(born if company == _BORN else values for company, values in enumerate(one.u))
    return replace(weights.with_field("id", replace(one, u=u)), same_area=same_area)


def estimated_id(
    weights: FieldWeights,
    patterns: Sequence[tuple[int, int, float, int]],
    prior_pairs: float = PRIOR_PAIRS,
    rounds: int = 8,
) -> FieldWeights:
    """Return m of the ID levels by expectation and maximisation over aggregated patterns.

    `patterns`: level, company, bits of everything else (prior odds included), number of pairs. The shipped values
    count as `prior_pairs` pairs, so that a handful of pairs moves nothing. u stays: a pool that blocking has chosen
    holds the likely pairs and says nothing of how rare a level is among all. Neither does it say how often one child is
    given another name and another birth date beside its own number (`equal_but`): siblings look the same there.
    """
    m, kept = list(weights.m), ID.index("equal_but")
    for _ in range(rounds):
        same = [prior_pairs * value for value in weights.m]
        for level, company, rest, count in patterns:
            bits = rest + bits_of(m[level], weights.u[company][level])
            same[level] += count / (1 + 2.0 ** -max(min(bits, 60.0), -60.0))
        same[kept] = 0.0
        m = [value / sum(same) * (1 - weights.m[kept]) for value in same]
        m[kept] = weights.m[kept]
    return replace(weights, m=tuple(m))
