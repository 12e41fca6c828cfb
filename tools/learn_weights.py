"""Writes `dropctl/reconcile/data/weights.toml`: what the matcher believes before it has seen a register.

Counted, with the truth at hand, on one large invented county damaged by the model that may be looked at
(`benchmarks/linkage/damage.py`, SEEN). Nothing here ever sees the other damage model.

    .venv/bin/python tools/learn_weights.py
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks" / "linkage"))

from damage import SEEN, county  # noqa: E402  (found by the line above)

from dropctl.reconcile.model.blocking import COUNTY_RULES, candidate_pairs  # noqa: E402
from dropctl.reconcile.model.levels import BIRTH, COMPARISONS, ID, NAME, Comparison, compared  # noqa: E402
from dropctl.reconcile.model.scoring import BORN_TOGETHER, NEIGHBOURS, RELATED  # noqa: E402
from dropctl.reconcile.model.traits import Sounds, compact, details, with_columns  # noqa: E402
from dropctl.reconcile.model.weights import GENERAL  # noqa: E402

DATA = ROOT / "dropctl" / "reconcile" / "data"
ROWS, SEED = 300_000, 90_001
RANDOM_PAIRS = 20_000_000
# A level never seen is still possible: half a pair.
UNSEEN = 0.5
# The model that may be looked at never leaves out a character or exchanges two; people do, at first guess this often
# for every wrong character. The registers at hand move it.
SLIPS_PER_WRONG_CHARACTER = {"exchanged": 0.25, "longer": 0.25}
# Between two schools' lists a class says what one school's lists say; no county register states it.
TWINS_ALIKE = 0.8
CLASS_M, CLASS_CHANCE = 0.95, 1 / 18


def main() -> None:
    """Count, and write the file."""
    sounds = Sounds.parse((DATA / "pinyin.txt").read_text(encoding="utf-8"))
    lists = county(ROWS, SEED, SEEN)
    left, right = _detailed(lists.roster, sounds), _detailed(lists.register, sounds)
    people = [truth.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("place")) for truth in
              (lists.roster_truth, lists.register_truth)]  # fmt: skip
    same = (
        people[0]
        .select("person", pl.col("place").alias("left"))
        .join(people[1].select("person", pl.col("place").alias("right")), on="person")
    )
    owner = [one["person"] for one in people]
    true_levels = compared(left, right, same.select("left", "right"))
    m = {one.field: _shares(true_levels[one.field], one) for one in COMPARISONS}

    _suppose_slips_of_the_name(m["name"])

    strangers = _random(left.height, right.height)
    strangers = _not_same(strangers, owner)
    outside = {one.field: _shares(compared(left, right, strangers)[one.field], one) for one in COMPARISONS}
    family = _not_same(_joined(left, right, ["guardian", "village"]), owner)
    in_family = compared(left, right, family)
    u = {field: [values] for field, values in outside.items()}
    for one in (NAME, BIRTH):
        u[one.field].append(_shares(in_family[one.field], one))
    # Invented twins are named alike more strictly than real ones: a part of them is named as other siblings are.
    twins = _shares(in_family.filter(BORN_TOGETHER)["name"], NAME)
    pairs = zip(twins, u["name"][1], strict=True)
    u["name"].append([TWINS_ALIKE * twin + (1 - TWINS_ALIKE) * sibling for twin, sibling in pairs])

    open_left, open_right, open_same = _undecided(left, right, same, true_levels)
    m["id"] = _shares(true_levels.filter(open_same)["id"], ID)
    owners = [owner[0].filter(open_left), owner[1].filter(open_right)]
    u["id"] = _id_chances(left.filter(open_left), right.filter(open_right), owners)
    partners = people[1].filter(open_right)["person"].is_in(people[0].filter(open_left)["person"].implode())
    repeated = lists.register_truth["person"].is_duplicated().mean()
    general = {
        "matched": partners.mean(),
        "siblings": family.height / left.height,
        "listed_twice": (repeated or 0.0) / 2,
        "name_chance": _together(left["name"]),
        "names": 50_000.0,
        "same_area": _together(left["id"].drop_nulls() // 10**11),
    }
    neighbours = _not_same(_joined(left, right, ["birth", "village"]), owner)
    u["name"].append(_shares(compared(left, right, neighbours).filter(NEIGHBOURS)["name"], NAME))
    m["class_key"] = [0.0, CLASS_M, 1 - CLASS_M]
    u["class_key"] = [[0.0, CLASS_CHANCE, 1 - CLASS_CHANCE]]
    _write(general, m, u)


def _suppose_slips_of_the_name(m: list[float]) -> None:
    for level, share in SLIPS_PER_WRONG_CHARACTER.items():
        m[NAME.index(level)] = share * m[NAME.index("near")]
    whole = sum(m)
    m[:] = [value / whole for value in m]


def _detailed(frame: pl.DataFrame, sounds: Sounds) -> pl.DataFrame:
    places = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    rows = with_columns(frame)
    return details(rows, compact(rows), places, sounds)


def _random(left: int, right: int) -> pl.DataFrame:
    # Neighbours of a row number, far away and spread: every left row against many right rows.
    number = pl.int_range(RANDOM_PAIRS, dtype=pl.UInt64, eager=True)
    mixed = number * 0x9E3779B97F4A7C15
    return pl.DataFrame(
        {"left": (mixed // 2**20 % left).cast(pl.UInt32), "right": (mixed // 2**42 % right).cast(pl.UInt32)}
    )


def _not_same(pairs: pl.DataFrame, owner: list[pl.Series]) -> pl.DataFrame:
    return pairs.filter(owner[0].gather(pairs["left"]) != owner[1].gather(pairs["right"]))


def _joined(left: pl.DataFrame, right: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    one = left.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("left"), *columns).drop_nulls()
    two = right.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("right"), *columns).drop_nulls()
    return one.join(two, on=columns).select("left", "right").sort("left", "right")


def _undecided(
    left: pl.DataFrame, right: pl.DataFrame, same: pl.DataFrame, levels: pl.DataFrame
) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Return masks: left rows, right rows and true pairs that equal numbers with equal name and birth leave open."""
    certain = (
        (levels["id"] == ID.index("equal")) & (levels["name"] == 1) & (levels["birth"] <= 1) & (levels["sex"] <= 1)
    )
    sure = same.filter(certain)
    places = [pl.int_range(frame.height, dtype=pl.UInt32, eager=True) for frame in (left, right)]
    return (
        ~places[0].is_in(sure["left"].implode()),
        ~places[1].is_in(sure["right"].implode()),
        ~certain,
    )


def _id_chances(left: pl.DataFrame, right: pl.DataFrame, owner: list[pl.Series]) -> list[list[float]]:
    """Return u of the ID levels outside any company, born on one day, in one family, and as twins.

    Levels that a blocking rule reaches for certain are counted exactly among all pairs; the common rest is sampled.
    """
    rules = [replace(rule, columns=tuple(one for one in rule.columns if one != "surname")) for rule in COUNTY_RULES]
    pool = candidate_pairs(left, right, rules)
    family = _not_same(_joined(left, right, ["guardian", "village"]), owner)
    reached = compared(left, right, _not_same(pool, owner)).filter(~RELATED)
    near = _shares(reached.filter(NEIGHBOURS)["id"], ID)
    together = compared(left, right, family)
    born = _together_pairs(left["birth"], right["birth"])
    every = float(left.height) * right.height
    one_day = _joined(left[::4], right[::4], ["birth"]).with_columns(pl.col("left") * 4, pl.col("right") * 4)
    samples = [_random(left.height, right.height).head(4_000_000), one_day]
    found = []
    for sample, mask, whole in zip(samples, (~BORN_TOGETHER, BORN_TOGETHER), (every - born, born), strict=True):
        exact = _counts(reached.filter(mask)["id"], ID)
        usual = _shares(compared(left, right, _not_same(sample, owner))["id"], ID)
        shares = [
            usual[index] if level.name in _COMMON else (exact[index] + UNSEEN) / whole
            for index, level in enumerate(ID.levels)
        ]
        found.append([0.0, *(value / sum(shares[1:]) for value in shares[1:])])
    found += [_shares(together.filter(mask)["id"], ID) for mask in (~BORN_TOGETHER, BORN_TOGETHER)]
    found.append(near)
    # Somebody else's number is used within families; where the lists hide that two rows are one, it is no rarer.
    another, family_at = ID.index("equal_but"), 2
    for values in found:
        values[another] = max(values[another], found[family_at][another])
    return found


_COMMON = {"null", "different", "valid_foreign", "valid_differ", "valid_born_together"}


def _counts(levels: pl.Series, comparison: Comparison) -> list[float]:
    seen = levels.value_counts()
    found = dict(zip(seen[levels.name].to_list(), seen["count"].to_list(), strict=True))
    return [float(found.get(index, 0)) for index in range(len(comparison.levels))]


def _shares(levels: pl.Series, comparison: Comparison) -> list[float]:
    counts = [count + UNSEEN for count in _counts(levels, comparison)]
    whole = sum(counts[1:])
    return [0.0, *(count / whole for count in counts[1:])]


def _together(values: pl.Series) -> float:
    counts = values.drop_nulls().value_counts(name="times")["times"].cast(pl.Float64)
    return float((counts * (counts - 1)).sum() / (counts.sum() * (counts.sum() - 1)))


def _together_pairs(left: pl.Series, right: pl.Series) -> float:
    one, two = (values.drop_nulls().rename("v").value_counts(name="n") for values in (left, right))
    joined = one.join(two, on="v")
    return float((joined["n"].cast(pl.Float64) * joined["n_right"].cast(pl.Float64)).sum())


def _write(general: dict[str, float], m: dict[str, list[float]], u: dict[str, list[list[float]]]) -> None:
    lines = [
        "# Written by tools/learn_weights.py; do not edit. m: share among pairs that are one child; u: share among",
        "# pairs that are not. Columns of u: see company() in dropctl/reconcile/model/scoring.py.",
        "[general]",
        *(f"{key} = {general[key]:.6g}" for key in GENERAL),
    ]
    for one in COMPARISONS:
        lines.append(f"\n[fields.{one.field}]")
        for index, level in list(enumerate(one.levels))[1:]:
            chances = ", ".join(f"{values[index]:.4g}" for values in u[one.field])
            lines.append(f"{level.name} = {{ m = {m[one.field][index]:.4g}, u = [{chances}] }}")
    (DATA / "weights.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
