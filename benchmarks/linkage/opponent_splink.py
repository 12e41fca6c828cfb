"""Contestant: Splink on DuckDB, set up as its documentation advises for a job of this kind.

Cleaned lists; blocking on everything two of which a pair shares; the prior from deterministic rules; u by
sampling; m by expectation maximisation on two blockings; names weighted by how frequent they are.

`python opponent_splink.py LISTS PAIRS levenshtein|damerau`
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from cleaning import cleaned
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

BLOCKING = (
    block_on("id_number"),
    block_on("name", "birth_date"),
    block_on("name", "guardian"),
    block_on("name", "village"),
    block_on("birth_date", "guardian"),
    block_on("birth_date", "village"),
    block_on("substr(id_number, 1, 14)", "village"),
    block_on("substr(id_number, 1, 14)", "name"),
    block_on("substr(id_number, 7, 12)"),
)
LEAST_BITS = -8.0
SAMPLED_PAIRS, SEED = 1e7, 1


def settings(distance: str) -> SettingsCreator:
    """Return the comparisons with this edit distance for numbers and names."""
    near, level = {
        "levenshtein": (comparisons.LevenshteinAtThresholds, levels.LevenshteinLevel),
        "damerau": (comparisons.DamerauLevenshteinAtThresholds, levels.DamerauLevenshteinLevel),
    }[distance]
    name = comparisons.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            levels.NullLevel("name"),
            levels.ExactMatchLevel("name", term_frequency_adjustments=True),
            levels.CustomLevel("name_l = former_name_r or name_r = former_name_l", "former name"),
            level("name", 1),
            levels.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="row",
        comparisons=[
            name,
            near("id_number", [1, 2, 3]),
            comparisons.DateOfBirthComparison("birth_date", input_is_string=False),
            comparisons.ExactMatch("sex"),
            near("guardian", 1),
            comparisons.ExactMatch("village"),
        ],
        blocking_rules_to_generate_predictions=list(BLOCKING),
        retain_matching_columns=False,
    )


def main(lists: Path, pairs: Path, distance: str) -> None:
    """Write the scored pairs above `LEAST_BITS`."""
    api = DuckDBAPI()
    sides = [
        api.register(cleaned(lists, side).to_arrow(), dataset_display_name=name)
        for side, name in (("roster", "a_roster"), ("register", "b_register"))
    ]
    linker = Linker(sides, settings(distance), log_level=logging.WARNING)
    train = linker.training
    certain = [block_on("id_number"), block_on("name", "birth_date", "guardian")]
    train.estimate_probability_two_random_records_match(certain, recall=0.9)
    train.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    for blocking in (block_on("id_number"), block_on("name", "birth_date")):
        train.estimate_parameters_using_expectation_maximisation(blocking, estimate_without_term_frequencies=True)
    scored = linker.inference.predict(threshold_match_weight=LEAST_BITS)
    query = f'select row_l as "left", row_r as "right", match_weight as bits from {scored.physical_name}'
    api._execute_sql_against_backend(f"copy ({query}) to '{pairs}' (format parquet)")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
