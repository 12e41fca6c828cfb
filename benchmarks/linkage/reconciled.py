"""What a registrar is asked: the two lists through `reconcile`, certain tiers, rules and all, over many seeds.

`python benchmarks/linkage/reconciled.py [--seeds 20] [--sizes 600,5000] [--model unseen]`

The roster as a school exports it (a home address, no village of its own), the household list as the police keep it.
`schools.py` judges the matcher alone.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from damage import MODELS, County, Model, county
from tables import markdown

from dropctl.procedures.term_start import reconcile_term_start

SIZES, SEEDS = (600, 5_000), 20
AS_OF, OPENING = date(2025, 9, 3), date(2025, 9, 1)
_BOTH = {"name": "姓名", "former_name": "曾用名", "sex": "性别", "birth_date": "出生日期", "guardian": "监护人姓名"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of the household list, links accepted and wrong ones among them, questions and those really one child.

    `suggested`: accepted by the model, on a sheet of its own; nobody has to answer (CONTRACT §1).
    """

    rows: int
    accepted: int
    wrong: int
    wrong_family: int
    wrong_by_model: int
    suggested: int
    questions: int
    same: int


def write_lists(made: County, folder: Path) -> None:
    """Write the roster and the household list under `folder`, with headings as people use them."""
    both = [pl.col(key).alias(heading) for key, heading in _BOTH.items()]
    made.roster.select(
        *both,
        pl.col("id_number").alias("身份证件号"),
        pl.col("enrollment_number").alias("学籍号"),
        pl.lit("青山学校").alias("学校名称"),
        pl.col("grade").alias("年级"),
        pl.col("class_name").alias("班级"),
        pl.lit("01-在读").alias("学生状态"),
        (pl.col("village") + "一组").alias("家庭住址"),
    ).write_parquet(folder / "学籍名册_2025年秋季.parquet")
    made.register.select(
        *both,
        pl.col("id_number").alias("公民身份号码"),
        pl.col("village").alias("村"),
        pl.lit("青山派出所").alias("所属派出所"),
    ).write_parquet(folder / "户籍适龄儿童名单.parquet")


def asked(pupils: int, seed: int, model: Model) -> Asked:
    """Return what one school of about this many pupils is told and asked."""
    made = county(pupils, seed, model)
    with TemporaryDirectory() as folder:
        write_lists(made, Path(folder))
        links = reconcile_term_start([Path(folder)], as_of=AS_OF, opening=OPENING).links
    truth = [
        side.select(
            pl.col("row").alias(f"{name}_row"),
            pl.col("person").alias(name),
            pl.col("household").alias(f"{name}_family"),
        )
        for name, side in (("left", made.roster_truth), ("right", made.register_truth))
    ]
    judged = links.join(truth[0], on="left_row").join(truth[1], on="right_row")
    judged = judged.with_columns((pl.col("left") == pl.col("right")).alias("same"))
    accepted, review = (judged.filter(decision=decision) for decision in ("accepted", "review"))
    wrong = accepted.filter(~pl.col("same"))
    family = wrong.filter(pl.col("left_family") == pl.col("right_family"))
    by_model = wrong.filter(tier="model")
    return Asked(
        made.register.height, accepted.height, wrong.height, family.height, by_model.height,
        accepted.filter(tier="model").height, review.height,
        int(review["same"].sum()),
    )  # fmt: skip


def line(pupils: int, schools: list[Asked]) -> tuple[str, ...]:
    """Return the cells of one size."""
    rows, accepted, wrong, questions = (
        sum(getattr(one, what) for one in schools) for what in ("rows", "accepted", "wrong", "questions")
    )
    return (
        f"{pupils:,}",
        str(len(schools)),
        f"{accepted:,}",
        f"{1 - wrong / accepted if accepted else 1:.6f}",
        str(wrong),
        str(sum(one.wrong_family for one in schools)),
        str(sum(one.wrong_by_model for one in schools)),
        f"{100 * questions / rows:.2f}",
        f"{max(100 * one.questions / one.rows for one in schools):.2f}",
        f"{sum(one.same for one in schools) / questions if questions else 1:.2f}",
        f"{100 * sum(one.suggested for one in schools) / rows:.1f}",
    )


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--sizes", type=lambda text: tuple(map(int, text.split(","))), default=SIZES)
    parser.add_argument("--model", choices=sorted(MODELS), default="unseen")
    options: Any = parser.parse_args()
    heads = (
        "pupils", "schools", "accepted", "precision", "wrong", "to family", "by the model", "questions per 100 rows",
        "worst school", "really one child", "suggested per 100 rows",
    )  # fmt: skip
    found = [
        (size, [asked(size, seed, MODELS[options.model]) for seed in range(1, options.seeds + 1)])
        for size in options.sizes
    ]
    print(f"# Through `reconcile`, damage model `{options.model}`\n\n{markdown(heads, [line(*one) for one in found])}")


if __name__ == "__main__":
    sys.exit(main())
