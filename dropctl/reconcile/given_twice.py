"""Refuses one list given twice: two files whose pupils are the same to 90 % of the smaller one (CONTRACT §2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import combinations

import polars as pl

from dropctl.errors import Refused
from dropctl.vocabulary import NAMED_ONLY, register_label

_SAME_SHARE = 0.9


def refuse_lists_given_twice(frames: dict[str, pl.DataFrame]) -> None:
    """Raise Refused when two enrollment files, or two presence files of one date, hold the same pupils."""
    for kind in ("enrollment", "presence"):
        frame = frames.get(kind)
        if frame is None:
            continue
        dates: Sequence[object] = frame["list_date"].to_list() if kind == "presence" else [None] * len(frame)
        nothing = [None] * len(frame)
        scopes = frame["list_scope"].to_list() if "list_scope" in frame.columns else nothing
        pupils: dict[tuple[object, str], set[Hashable]] = defaultdict(set)
        columns = ("file", "id_number", "enrollment_number", "grade", "class_name", "name")
        for day, scope, (file, number, enrollment, grade, class_name, name) in zip(
            dates, scopes, frame.select(columns).iter_rows(), strict=True
        ):
            if scope in NAMED_ONLY:
                continue  # a list of absentees names again who stands on the class list
            # Presence lists are compared by class and name, since one may carry IDs and its copy none.
            key = (
                (grade, class_name, name) if kind == "presence" else (number or enrollment or (grade, class_name, name))
            )
            pupils[(day, file)].add(key)
        for (one, ours), (two, theirs) in combinations(sorted(pupils.items(), key=lambda item: item[0][1]), 2):
            if one[0] != two[0] or one[1] == two[1]:
                continue
            smaller = min(len(ours), len(theirs))
            if smaller and len(ours & theirs) >= _SAME_SHARE * smaller:
                what = register_label(kind)
                when = f"（{one[0]}）" if one[0] else ""
                raise Refused(
                    f"“{one[1]}”与“{two[1]}”是同一份{what}{when}给了两次，人员几乎相同，不知道该以哪一份为准",
                    todo="只留下较新的一份，再运行一次；确是两份不同名单的，请核对班级和日期",
                )
