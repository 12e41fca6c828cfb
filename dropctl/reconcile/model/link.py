"""Two registers in, decided pairs out: equal numbers first, the model on what they leave open.

The order of work: numbers on thin columns of every row (tiers `exact_id`, `repaired_id`), then blocking, levels,
weights and choice on the residual, then the rows of the right register that still have nobody against the left rows
that are already linked (a child listed twice). Same input, same output in the same order on any number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from dropctl.reconcile.model import choose, counting
from dropctl.reconcile.model.blocking import (
    COUNTY_RULES,
    BlockingRule,
    candidate_pairs,
    key_of,
    packed_pairs,
    rules_for,
)
from dropctl.reconcile.model.levels import COMPARISONS, ID, compared
from dropctl.reconcile.model.patterns import differences
from dropctl.reconcile.model.reasons import with_reasons
from dropctl.reconcile.model.scoring import RIVAL_COLUMNS, WEIGHT_COLUMNS, scored
from dropctl.reconcile.model.traits import (
    GUESSED,
    REPAIRED,
    WRITTEN,
    Sounds,
    compact,
    details,
    with_columns,
)
from dropctl.reconcile.model.weights import Weights, parse_weights

_THREADS = 3
# Of the rows that wait for a child who is linked already, at most so many are given twice.
_MOST_TWICE = 0.5
DECISION = pl.Enum(["accepted", "review", "rejected"])
TIER = pl.Enum(["exact_id", "repaired_id", "model"])
LEVEL_COLUMNS = tuple(one.field for one in COMPARISONS)
CERTAIN_REASON = "证件号有效且相同，姓名一致"
_EVIDENCE = (
    "left",
    "right",
    *LEVEL_COLUMNS,
    *WEIGHT_COLUMNS,
    "prior_bits",
    *RIVAL_COLUMNS,
    "bits",
    "decision",
    "probability",
)


@dataclass(frozen=True, slots=True)
class Model:
    """What the matcher is handed: shipped weights and the table of sounds."""

    weights: Weights
    sounds: Sounds

    @classmethod
    def parse(cls, weights: str, sounds: str) -> Model:
        """Return the model held by the texts of the two packaged files."""
        return cls(parse_weights(weights), Sounds.parse(sounds))


@dataclass(frozen=True, slots=True)
class Population:
    """How large the registers are when only some rows of each are given: all left rows, undecided left and right."""

    left: int
    open_left: int
    open_right: int


@dataclass(frozen=True, slots=True)
class Linkage:
    """What `link_frames` decided.

    `links`: left_row, right_row (Int64, the frames' `row`), decision, tier (null in review and rejected), probability
    and bits (null where a number decided), reason, differences (which of name, birth date, sex differ beside an equal
    number; null: none); sorted by left_row, right_row. `evidence`: the pairs that were
    weighed, with left_row, right_row, levels, bits per field, `prior_bits` and RIVAL_COLUMNS, which add up to `bits`;
    same order. `weights`: those used.
    """

    links: pl.DataFrame
    evidence: pl.DataFrame
    weights: Weights


def link_frames(
    left: pl.DataFrame | pl.LazyFrame,
    right: pl.DataFrame | pl.LazyFrame,
    model: Model,
    *,
    rules: Sequence[BlockingRule] | None = None,
    keep_rejected: bool = False,
    whole: Population | None = None,
) -> Linkage:
    """Return the decided pairs of two registers with columns of `traits.COLUMNS`; scanned files stay on disk.

    For each row of `right` the best candidate of `left` is looked for: `left` holds a child once, `right` may hold
    one twice. `rules`: blocking, by default what the number of undecided rows allows. `keep_rejected`: also
    return the best candidates that were weighed and not believed. `whole`: the size of the registers when
    only some of their rows are given.
    """
    our_rows, their_rows = with_columns(left), with_columns(right)
    ours, theirs = compact(our_rows), compact(their_rows)
    sure, twice = _by_number(ours, theirs)
    open_left, open_right = _others(ours.height, sure["place"]), _others(theirs.height, sure["place_right"])
    # Much of it runs on one processor; what does not hang on each other does not wait for each other.
    with ThreadPoolExecutor(_THREADS) as pool:
        left_side = pool.submit(details, our_rows, ours, open_left, model.sounds)
        right_side = pool.submit(details, their_rows, theirs, open_right, model.sounds)
        certain = pool.submit(_certain, our_rows, their_rows, sure)
        bearers = pool.submit(counting.bearers, ours).result()
        one, two = left_side.result(), right_side.result()
        counted = pool.submit(_counted, model.weights, ours, theirs, sure, twice, one, two)
        found = candidate_pairs(one, two, rules or rules_for(one, two))
        weights, equal = counted.result()
    pairs = packed_pairs([found, equal])
    weights = counting.with_classes(weights, one, two)
    whole = whole or Population(ours.height, one.height, two.height)
    weighed = counting.weighed(
        compared(one, two, pairs),
        weights,
        left_rows=whole.left,
        open_left=whole.open_left,
        open_right=whole.open_right,
        names=counting.name_counts(bearers, one).gather(pairs["left"]),
    )
    placed = _placed(choose.chosen(weighed.pairs, weighed.standing), one, two)
    prior = weighed.weights.listed_twice * two.height / max(theirs.height, 1)
    again = _listed_twice(our_rows, ours, sure["place"], two, placed, weighed.weights, bearers, model.sounds, prior)
    placed = pl.concat([placed, again]) if again is not None else placed
    return _assembled(certain.result(), placed, weighed.weights, keep_rejected)


def _counted(
    weights: Weights,
    ours: pl.DataFrame,
    theirs: pl.DataFrame,
    sure: pl.DataFrame,
    twice: int,
    one: pl.DataFrame,
    two: pl.DataFrame,
) -> tuple[Weights, pl.DataFrame]:
    """Return the weights counted on what numbers say, and the undecided pairs with equal numbers (left, right)."""
    equal = compared(one, two, _by_repaired_number(one, two))
    weights = counting.with_listed_twice(weights, twice, sure.height, ours.height)
    return counting.adapted(weights, ours, theirs, sure, equal), equal.select("left", "right")


def _by_number(ours: pl.DataFrame, theirs: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the pairs (places) with equal valid numbers, each once on either side, that nothing speaks against.

    Also how many right rows are a second or third one that fits a left row as well as that.
    """
    columns = ("id", "place", "name", "birth", "sex")
    equal = ours.select(columns).drop_nulls("id").join(theirs.select(columns).drop_nulls("id"), on="id")
    agree = [(pl.col(name) == pl.col(f"{name}_right")).fill_null(name != "name") for name in ("name", "birth", "sex")]
    once = _once(equal["place"], ours.height) & _once(equal["place_right"], theirs.height)
    fitting = equal.select("place", "place_right", once.alias("once"), pl.all_horizontal(*agree).alias("fit")).filter(
        "fit"
    )
    repeated = fitting.filter(~pl.col("once"))["place"]
    return fitting.filter("once").select("place", "place_right"), len(repeated) - repeated.n_unique()


def _once(places: pl.Series, height: int) -> pl.Series:
    """Return whether each of `places` (all below `height`) stands among them once."""
    # Each leaves its position at its place; who is not found there again was written over. Twice as fast as hashing.
    here = pl.int_range(len(places), dtype=pl.UInt32, eager=True)
    last = pl.repeat(0, height, dtype=pl.UInt32, eager=True).scatter(places, here)
    repeated = places.filter(last.gather(places) != here).unique()
    return ~places.is_in(repeated.implode())


def _others(height: int, taken: pl.Series) -> pl.Series:
    """Return the places that are not among `taken`, sorted."""
    return pl.int_range(height, dtype=pl.UInt32, eager=True).filter(~_marked(height, taken)).alias("place")


def _marked(height: int, places: pl.Series) -> pl.Series:
    """Return for each place below `height` whether it is among `places`."""
    nowhere = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    return nowhere.scatter(places, True) if len(places) else nowhere


def _by_repaired_number(one: pl.DataFrame, two: pl.DataFrame) -> pl.DataFrame:
    """Return the undecided pairs with equal numbers, repaired ones among them, as positions in the two frames."""
    ours = one.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("left"), "id").drop_nulls()
    theirs = two.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("right"), "id").drop_nulls()
    return packed_pairs([ours.join(theirs, on="id").select("left", "right")])


def _placed(decided: pl.DataFrame, one: pl.DataFrame, two: pl.DataFrame) -> pl.DataFrame:
    """Return the decided pairs with left_row, right_row and tier."""
    frame = decided.with_columns(
        one["row"].gather(decided["left"]).alias("left_row"),
        two["row"].gather(decided["right"]).alias("right_row"),
        pl.max_horizontal(one["id_source"].gather(decided["left"]), two["id_source"].gather(decided["right"])).alias(
            "source"
        ),
    )
    by_number = {WRITTEN: "exact_id", REPAIRED: "repaired_id", GUESSED: "model"}
    tier = (
        pl.when(pl.col("id").is_in([ID.index("equal"), ID.index("equal_but")]))
        .then(pl.col("source").replace_strict(by_number, return_dtype=pl.String))
        .otherwise(pl.lit("model"))
    )
    accepted = pl.col("decision") == "accepted"
    return frame.with_columns(pl.when(accepted).then(tier).cast(TIER).alias("tier")).drop("source")


def _listed_twice(
    our_rows: pl.LazyFrame,
    ours: pl.DataFrame,
    taken: pl.Series,
    two: pl.DataFrame,
    found: pl.DataFrame,
    weights: Weights,
    bearers: pl.DataFrame,
    sounds: Sounds,
    undecided_twice: float,
) -> pl.DataFrame | None:
    """Return the decided pairs of right rows that have nobody yet and left rows that are linked already.

    Keys are those that find a child written down a second time, its name or one other thing wrong: two of name, birth
    date, guardian and village, or the front of the ID number. `undecided_twice`: how many rows per left row are given
    twice and undecided by their number.
    """
    served = found.filter(pl.col("decision") != "rejected")["right"].unique()
    waiting = _others(two.height, served).rename("right")
    if taken.is_empty() or waiting.is_empty():
        return None
    theirs = two[waiting].select("name", pl.col("days").alias("birth"), "guardian", "village")
    linked = ours.filter(_marked(ours.height, taken))
    found_left = [_bearing(linked, key_of(columns), theirs) for columns in combinations(theirs.columns, 2)]
    fronts = two[waiting].filter(pl.col("id").is_null()).select((pl.col("id_head") // 16**2).alias("front"))
    found_left.append(_bearing(linked, pl.col("id") // 1000, fronts.select((_decimal14("front") * 1000).alias("id"))))
    places = pl.concat(found_left).unique().sort()
    if places.is_empty():
        return None
    one = details(our_rows, ours, places, sounds)
    pairs = candidate_pairs(one, two[waiting], COUNTY_RULES)
    pairs = pairs.with_columns(waiting.gather(pairs["right"]).alias("right"))
    # All rows given twice that their number does not decide wait here, among few others.
    share = min(undecided_twice * ours.height / len(waiting), _MOST_TWICE)
    prior = share / (1 - share) / ours.height
    names = counting.name_counts(bearers, one).gather(pairs["left"])
    weighed = scored(compared(one, two, pairs), weights, prior=prior, left_rows=ours.height, name_count=names)
    return _placed(choose.chosen(weighed), one, two)


def _bearing(rows: pl.DataFrame, key: pl.Expr, others: pl.DataFrame) -> pl.Series:
    """Return the places of the rows whose key one of the others has."""
    wanted = others.select(key).to_series().drop_nulls().unique()
    return rows["place"].filter(rows.select(key).to_series().is_in(wanted.implode()).fill_null(False))


def _decimal14(column: str) -> pl.Expr:
    """Return 14 hexadecimal digits read as decimal ones, null where one of them is a letter."""
    text = pl.col(column).cast(pl.UInt64)
    value = pl.lit(0, pl.Int64)
    for place in range(14):
        value = value + (text // 16**place % 16).cast(pl.Int64) * 10**place
    return value


def _certain(our_rows: pl.LazyFrame, their_rows: pl.LazyFrame, sure: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that equal numbers decided, as links."""
    rows = [frame.select("row").collect(engine="streaming")["row"] for frame in (our_rows, their_rows)]
    return pl.select(
        rows[0].gather(sure["place"]).alias("left_row"), rows[1].gather(sure["place_right"]).alias("right_row")
    ).select(
        "left_row",
        "right_row",
        pl.lit("accepted").cast(DECISION).alias("decision"),
        pl.lit("exact_id").cast(TIER).alias("tier"),
        pl.lit(None, dtype=pl.Float64).alias("probability"),
        pl.lit(None, dtype=pl.Float64).alias("bits"),
        pl.lit(CERTAIN_REASON).alias("reason"),
        pl.lit(None, dtype=pl.String).alias("differences"),
    )


def _assembled(certain: pl.DataFrame, found: pl.DataFrame, weights: Weights, keep_rejected: bool) -> Linkage:
    best = pl.col("rank") == 1
    kept = found.filter(
        (pl.col("decision") != "rejected") | best if keep_rejected else pl.col("decision") != "rejected"
    )
    kept = with_reasons(kept).sort("left_row", "right_row")
    numbered = pl.col("tier").is_in(["exact_id", "repaired_id"]).fill_null(False)
    weighed = kept.select(
        "left_row",
        "right_row",
        pl.col("decision").cast(DECISION),
        "tier",
        pl.when(~numbered).then("probability").alias("probability"),
        pl.when(~numbered).then("bits").alias("bits"),
        "reason",
        differences(),
    )
    links = pl.concat([certain, weighed]).sort("left_row", "right_row")
    evidence = kept.select("left_row", "right_row", *_EVIDENCE[2:], "tier", "reason")
    return Linkage(links, evidence, weights)
