"""Which presence lists of a class decide, and what they can say about pupils whom they do not name (CONTRACT §2).

The latest list of a class supersedes earlier ones. A list of absentees and an addition (补报到) name a few pupils and
supersede nothing: they stand beside the list they are about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import polars as pl

from dropctl.reconcile.people import Person
from dropctl.tables.issues import Issue
from dropctl.vocabulary import ABSENTEES, ADDITION, MISCOUNTED, NAMED_ONLY, PAGE

_CLASS = ("school", "grade", "class_name")
_SCOPE = "list_scope"


def names_few(row: Person) -> bool:
    """Return whether a presence row stands on a list that names a few pupils only and is no list of its class."""
    return row.facts.get(_SCOPE) in NAMED_ONLY


def names_absentees(row: Person) -> bool:
    """Return whether a presence row stands on a list of those who did not come."""
    return bool(row.facts.get(_SCOPE) == ABSENTEES)


def is_whole(scopes: Collection[str | None]) -> bool:
    """Return whether lists of these scopes, together, can name their whole class."""
    if MISCOUNTED in scopes:
        return False
    pages, wanted = set[str](), 0
    for scope in scopes:
        if scope is not None and scope.startswith(PAGE):
            here, _, whole = scope.removeprefix(PAGE).partition("/")
            pages |= set(here.split(","))
            wanted = max(wanted, int(whole))
    return pages >= {str(page) for page in range(1, wanted + 1)}


def latest_lists(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Issue]]:
    """Return the rows of the lists that decide, and an issue for each list that was taken as an addition.

    Rows without a class belong to no class list and all stay.
    """
    if _SCOPE not in frame.columns:  # recorded by an earlier version
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(_SCOPE))
    frame, issues = _additions(frame)
    few = pl.col(_SCOPE).is_in(list(NAMED_ONLY)).fill_null(value=False)
    day = pl.col("list_date")
    latest = day.filter(~few).max().over(*_CLASS)
    # Without a list of the class the latest of the others is what is known.
    since = pl.coalesce(latest, day.max().over(*_CLASS))
    deciding = frame.filter((few & (day >= since)) | (~few & (day == latest)) | pl.col("class_name").is_null())
    return _superseded_by_addition(deciding), issues


def _additions(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Issue]]:
    """Return the rows with each list called 补报到 that is no addition made an ordinary one, and the others told."""
    if ADDITION not in frame[_SCOPE]:
        return frame, []
    names: dict[tuple[object, ...], dict[tuple[object, ...], set[object]]] = defaultdict(lambda: defaultdict(set))
    columns = (*_CLASS, "list_date", "file", "sheet", _SCOPE)
    for *where, day, file, sheet, scope, name in frame.select(*columns, "name").iter_rows():
        names[tuple(where)][day, file, sheet, scope].add(name)
    ordinary, issues = set[tuple[object, ...]](), dict[tuple[object, ...], Issue]()
    for place, lists in names.items():
        for (day, file, sheet, scope), here in lists.items():
            if scope != ADDITION:
                continue
            before = set[object]().union(
                *(
                    there
                    for (other, *_, kind), there in lists.items()
                    if kind not in NAMED_ONLY and other <= day  # type: ignore[operator]  # both are days
                )
            )
            # Lists of one day add up anyway; one that names the class again is a list of the class.
            same_day = any(other == day and kind not in NAMED_ONLY for other, *_, kind in lists)
            if same_day or (before and len(here & before) * 2 > len(before)):
                ordinary.add((*place, day, file, sheet))
            else:
                message = "标题说是补报到（补登、续）的名单，只补充原有的返校名单，不取代它；如果是全班的名单，请改标题"
                issues[file, sheet] = Issue(
                    "presence", str(file), sheet if isinstance(sheet, str) else None, None, None, None,
                    "list_added", "note", str(day), message,
                )  # fmt: skip
    if ordinary:
        keys = zip(*(frame[name].to_list() for name in columns[:-1]), strict=True)
        scopes = [
            None if scope == ADDITION and key in ordinary else scope
            for key, scope in zip(keys, frame[_SCOPE], strict=True)
        ]
        frame = frame.with_columns(pl.Series(_SCOPE, scopes, dtype=pl.String))
    return frame, list(issues.values())


def _superseded_by_addition(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows without those of pupils whom a later addition names again: it is newer word about them."""
    added = frame.filter(pl.col(_SCOPE) == ADDITION)
    if added.is_empty():
        return frame
    pupil = (*_CLASS, "name")
    # Where two pupils of a class bear one name, nobody knows which of them came later.
    alone = ~pl.struct("file", "sheet", *pupil).is_duplicated()
    newer = added.group_by(pupil).agg(pl.col("list_date").max().alias("_newer"))
    joined = frame.join(newer, on=list(pupil), how="left", nulls_equal=True, maintain_order="left")
    kept = joined.filter(~(alone & (pl.col("list_date") < pl.col("_newer")).fill_null(value=False)))
    return kept.drop("_newer")
