"""`reconcile --tables-only` on lists too large to be read cell by cell: the same findings, in bounded memory."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from builders import id_number

from dropctl import cli
from dropctl.errors import Refused, UnreadableFile
from dropctl.identity import is_valid_id
from dropctl.procedures import county_tables, large_lists
from dropctl.procedures.county_tables import reconcile_by_columns
from dropctl.procedures.outcome import TermStartOutcome
from dropctl.procedures.term_start import reconcile_term_start

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks" / "linkage"))

import damage

AS_OF, OPENING = date(2025, 9, 3), date(2025, 9, 1)
ROSTER, HOUSEHOLD = "学籍名册_2025年秋季.parquet", "户籍适龄儿童名单.parquet"
SHARED = {"name": "姓名", "former_name": "曾用名", "sex": "性别", "birth_date": "出生日期", "guardian": "监护人姓名",
          "village": "村（居）"}  # fmt: skip


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two lists of 1,500 invented children with every kind of mistake, as a county would export them."""
    folder = tmp_path_factory.mktemp("county")
    made = damage.county(1_500, 11, damage.UNSEEN)
    both = [pl.col(key).alias(heading) for key, heading in SHARED.items()]
    made.roster.select(
        *both,
        pl.col("id_number").alias("身份证件号"),
        pl.col("enrollment_number").alias("学籍号"),
        pl.col("school").alias("学校名称"),
        pl.col("grade").alias("年级"),
        pl.col("class_name").alias("班级"),
        pl.when(pl.col("row") % 97 == 0).then(pl.lit("开除")).otherwise(pl.lit("01-在读")).alias("学生状态"),
        pl.when(pl.col("row") % 11 == 0).then(pl.lit("是")).otherwise(pl.lit("否")).alias("是否脱贫户"),
        pl.when(pl.col("row") % 41 == 0).then(pl.lit("2-听力残疾")).otherwise(pl.lit("0-无残疾")).alias("残疾类型"),
    ).write_parquet(folder / ROSTER)
    made.register.select(
        *both,
        pl.col("id_number").alias("公民身份号码"),
        pl.lit("青山派出所").alias("所属派出所"),
        pl.when(pl.col("row") % 50 == 0).then(pl.lit("死亡")).alias("变动情况"),
    ).write_parquet(folder / HOUSEHOLD)
    return folder


@pytest.fixture(scope="module")
def with_marks(county: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same two lists, and beside them a poverty list with adults on it and a disability list."""
    folder = tmp_path_factory.mktemp("with marks")
    for name in (ROSTER, HOUSEHOLD):
        (folder / name).write_bytes((county / name).read_bytes())
    made = damage.county(1_500, 11, damage.UNSEEN)
    poor = made.register.filter(pl.col("row") % 9 == 0).select(
        pl.col("name").alias("姓名"),
        pl.col("id_number").alias("证件号码"),
        pl.col("sex").alias("性别"),
        pl.col("birth_date").alias("出生日期"),
        pl.col("guardian").alias("户主姓名"),
        pl.when(pl.col("row") % 54 == 0).then(pl.lit("一般农户")).otherwise(pl.lit("脱贫户")).alias("户类型"),
        pl.lit("之子").alias("与户主关系"),
        pl.col("village").alias("村"),
    )
    parents = pl.DataFrame(
        {
            "姓名": [f"王{name}" for name in "建国志强美兰"],
            "证件号码": [id_number("19800203", 2 * turn + 1) for turn in range(6)],
        }
    ).with_columns(
        pl.lit("男").alias("性别"), pl.lit(date(1980, 2, 3)).alias("出生日期"), pl.lit("脱贫户").alias("户类型")
    )
    pl.concat([poor, parents], how="diagonal").write_parquet(folder / "脱贫监测名单.parquet")
    # Every third states the number of the certificate only.
    made.register.filter(pl.col("row") % 40 == 0).select(
        pl.col("name").alias("姓名"),
        pl.when(pl.col("row") % 3 > 0).then("id_number").alias("身份证号"),
        pl.when(pl.col("id_number").str.contains("^[0-9]{17}[0-9X]$"))
        .then(pl.col("id_number") + "43")
        .alias("残疾人证号"),
        pl.lit("肢体残疾").alias("残疾类别"),
        pl.lit("三级").alias("残疾等级"),
    ).write_parquet(folder / "残疾人名单.parquet")
    return folder


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_lists, "MAX_CELLS", 10)


def by_columns(folder: Path) -> TermStartOutcome:
    lists = large_lists.large_lists([folder], {})
    assert lists is not None
    return reconcile_by_columns(lists, as_of=AS_OF, opening=OPENING)


def by_columns_of(folder: Path, *names: str) -> TermStartOutcome:
    lists = large_lists.large_lists([folder / name for name in (ROSTER, *names)], {})
    assert lists is not None
    return reconcile_by_columns(lists, as_of=AS_OF, opening=OPENING)


def usual(folder: Path) -> TermStartOutcome:
    return reconcile_term_start([folder], as_of=AS_OF, opening=OPENING)


def told(outcome: TermStartOutcome, *kinds: str) -> set[tuple[object, ...]]:
    columns = ("kind", "register", "file", "row", "certainty", "name", "reason")
    return set(outcome.findings.filter(pl.col("kind").is_in(kinds)).select(columns).iter_rows())


def test_the_rules_say_the_same_as_in_the_usual_run(county: Path) -> None:
    one, two = usual(county), by_columns(county)
    same = ("duplicate_registration", "status_conflict")
    assert told(one, *same) == told(two, *same) != set()
    # Whoever is certainly found by either run must not differ: only how doubtful pairs are asked about may.
    for kind in ("identity_invalid", "identity_mismatch", "not_located"):
        a, b = told(one, kind), told(two, kind)
        rows = [{entry[1:4] for entry in side} for side in (a, b)]
        assert len(rows[0] ^ rows[1]) <= 0.06 * len(rows[0])
    certain = [{entry[3] for entry in told(side, "not_located") if entry[4] == "certain"} for side in (one, two)]
    everyone = [{entry[3] for entry in told(side, "not_located")} for side in (one, two)]
    assert certain[0] <= everyone[1]
    assert certain[1] <= everyone[0]
    assert one.issues.equals(two.issues)
    assert two.inputs == tuple(sorted(one.inputs, key=lambda entry: entry.register != "enrollment"))


def test_marks_are_compared_as_in_the_usual_run(with_marks: Path) -> None:
    one, two = usual(with_marks), by_columns(with_marks)
    for kind in ("poverty_unmarked", "poverty_unlisted", "disability_unmarked", "disability_unlisted"):
        a, b = ({entry[1:5] for entry in told(side, kind)} for side in (one, two))
        # Only how doubtful pairs are asked about may differ.
        assert len(a ^ b) <= max(2, 0.05 * len(a)), kind
        assert len({entry for entry in a if entry[3] == "certain"}) > 5
    rows = [{entry[1:4] for entry in told(side, "not_located")} for side in (one, two)]
    assert len(rows[0] ^ rows[1]) <= 0.06 * len(rows[0])
    assert sorted(map(repr, one.inputs)) == sorted(map(repr, two.inputs))
    assert one.issues.equals(two.issues)


def test_a_child_on_no_roster_is_one_child_however_many_lists_name_it(with_marks: Path) -> None:
    found = by_columns(with_marks).findings.filter(kind="not_located")
    valid = found.filter(pl.col("id_number").map_elements(is_valid_id, return_dtype=pl.Boolean))
    # But for rows that bear another child's number.
    assert valid.select("id_number", "name").is_unique().all()
    # Of those on two lists the poverty list's row stands first, as in the usual run; the household list loses nobody.
    alone = by_columns_of(with_marks, HOUSEHOLD).findings.filter(kind="not_located")
    assert set(alone["id_number"].drop_nulls()) <= set(found["id_number"])
    assert valid.filter(register="poverty").height > 3


def test_one_list_beside_the_roster_is_enough(with_marks: Path) -> None:
    whole = by_columns(with_marks)
    alone = by_columns_of(with_marks, "脱贫监测名单.parquet")
    assert told(alone, "poverty_unmarked") == told(whole, "poverty_unmarked")
    assert set(alone.links["right_register"]) == {"poverty"}
    assert not told(alone, "disability_unlisted")  # nobody says that these children are on no list


def test_links_have_the_ids_that_the_usual_run_gives_them(county: Path) -> None:
    one, two = usual(county).links, by_columns(county).links
    assert two.schema == one.schema
    places = ["left_file", "left_row", "right_file", "right_row"]
    both = one.join(two, on=places, suffix=" columns")
    assert both.height > 0.95 * one.filter(pl.col("decision") == "accepted").height
    assert (both["link_id"] == both["link_id columns"]).all()
    assert two.select(places).rows() == sorted(two.select(places).rows())
    assert two.filter(pl.col("tier") == "model")["reason"].str.starts_with("比对判为同一人（可能性").all()


@pytest.mark.parametrize("lists", ["county", "with_marks"])
def test_nothing_depends_on_how_many_rows_are_looked_at_together(
    lists: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    county: Path = request.getfixturevalue(lists)
    whole = by_columns(county)
    stretches: list[int] = []
    judged = county_tables._Run._judged

    def counted(run: Any, left: pl.Series, right: pl.Series, links: pl.DataFrame) -> Any:
        stretches.append(len(left) + len(right))
        return judged(run, left, right, links)

    monkeypatch.setattr(county_tables._Run, "_judged", counted)
    for at_once in (1, 37, 400):
        monkeypatch.setattr(county_tables, "AT_ONCE", at_once)
        stretches.clear()
        part = by_columns(county)
        assert max(stretches) < 2 * at_once + 30
        assert len(stretches) > 300 / at_once
        for name in ("findings", "links", "issues"):
            assert getattr(part, name).equals(getattr(whole, name)), name
        assert part.inputs == whole.inputs


def test_registers_in_several_files_are_one_register(county: Path, tmp_path: Path) -> None:
    roster = pl.read_parquet(county / ROSTER)
    half = roster.height // 2
    roster.head(half).write_parquet(tmp_path / "学籍名册_甲乡.parquet")
    # Another order of columns and numbers as numbers: each file is read by its own headings.
    rest = roster.slice(half).select(reversed(roster.columns))
    rest.write_parquet(tmp_path / "学籍名册_乙乡.parquet")
    pl.read_parquet(county / HOUSEHOLD).write_parquet(tmp_path / HOUSEHOLD)
    one, two = by_columns(county), by_columns(tmp_path)
    assert two.findings.height == one.findings.height
    places = two.links.select("left_file", "left_row", "right_row").with_columns(
        pl.col("left_row") + pl.when(pl.col("left_file") == "学籍名册_乙乡.parquet").then(half).otherwise(0)
    )
    assert set(places.select("left_row", "right_row").rows()) == set(one.links.select("left_row", "right_row").rows())


CHILD: dict[str, Any] = {
    "姓名": "张明轩", "性别": "男", "身份证件号": id_number(), "出生日期": date(2013, 5, 1), "学校名称": "青山小学",
    "年级": "七年级", "班级": "1班", "学生状态": "在读",
}  # fmt: skip
LISTED: dict[str, Any] = {
    "姓名": "张明轩", "性别": "男", "公民身份号码": id_number(), "出生日期": date(2013, 5, 1),
    "所属派出所": "青山派出所", "村（居）": "青山村", "户籍地址": "青山村一组",
}  # fmt: skip


def two_lists(folder: Path, roster: list[dict[str, Any]], household: list[dict[str, Any]]) -> Path:
    pl.DataFrame(roster).write_parquet(folder / ROSTER)
    pl.DataFrame(household).write_parquet(folder / HOUSEHOLD)
    return folder


def test_dates_and_numbers_may_be_texts_or_numbers(tmp_path: Path) -> None:
    roster = [CHILD | {"身份证件号": int(id_number()), "出生日期": "2013.5.1", "性别": "1"}]
    listed = [LISTED | {"出生日期": 20130501}]
    outcome = by_columns(two_lists(tmp_path, roster, listed))
    assert outcome.links.select("decision", "tier").rows() == [("accepted", "exact_id")]
    assert outcome.findings.is_empty()
    assert outcome.issues.is_empty()


def test_rows_that_name_nobody_are_counted_and_no_child(tmp_path: Path) -> None:
    nobody = dict.fromkeys(CHILD)
    total = nobody | {"姓名": "合计", "学校名称": "共1人"}
    outcome = by_columns(two_lists(tmp_path, [CHILD, nobody, total], [LISTED]))
    entry = outcome.inputs[0]
    assert (entry.rows_read, entry.rows_kept, entry.rows_set_aside, entry.rows_blank) == (3, 1, 1, 1)
    assert outcome.findings.is_empty()


def test_a_child_on_the_household_list_only_is_shown(tmp_path: Path) -> None:
    other = LISTED | {
        "姓名": "李安宁",
        "性别": "女",
        "公民身份号码": id_number("20140203", 22),
        "出生日期": date(2014, 2, 3),
    }
    outcome = by_columns(two_lists(tmp_path, [CHILD], [LISTED, other]))
    assert outcome.findings.select("kind", "certainty", "name", "row").rows() == [
        ("not_located", "certain", "李安宁", 2)
    ]


def test_a_number_on_two_children_is_for_a_person(tmp_path: Path) -> None:
    other = LISTED | {"姓名": "赵小花", "性别": "女", "出生日期": date(2014, 9, 9)}
    outcome = by_columns(two_lists(tmp_path, [CHILD], [LISTED, other]))
    assert outcome.links.select("right_row", "decision").rows() == [(1, "accepted"), (2, "review")]
    [line] = told(outcome, "not_located")
    assert line[4:6] == ("to_confirm", "赵小花")


def test_one_command_writes_tables_only_and_says_what_it_left_out(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = ["--as-of", "2025-09-03", "--opening", "2025-09-01"]
    assert cli.run(["reconcile", str(county), *dates, "--out", str(tmp_path / "o"), "--tables-only"]) == 0
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == [
        "findings.parquet", "issues.parquet", "links.parquet",
    ]  # fmt: skip
    said = capsys.readouterr().out
    assert "不留记录、不立案" in said
    assert len(said.splitlines()) < 80


def test_other_lists_beside_them_are_refused_in_words(county: Path, tmp_path: Path) -> None:
    for name in (ROSTER, HOUSEHOLD):
        pl.read_parquet(county / name).write_parquet(tmp_path / name)
    (tmp_path / "返校名单.csv").write_text("姓名,班级\n张明轩,1班\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"返校名单\.csv"):
        large_lists.large_lists([tmp_path], {})


def test_a_roster_alone_is_compared_with_nothing(county: Path, tmp_path: Path) -> None:
    pl.read_parquet(county / ROSTER).write_parquet(tmp_path / ROSTER)
    with pytest.raises(Refused, match="这里有的是学籍名册"):
        by_columns(tmp_path)


@pytest.mark.parametrize("damaged", [b"PAR1 no parquet at all PAR1", b""])
def test_a_broken_file_is_refused_by_name(county: Path, tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / ROSTER).write_bytes(damaged)
    with pytest.raises(UnreadableFile, match="学籍名册"):
        large_lists.large_lists([tmp_path], {})


def test_a_column_of_lists_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"姓名": ["张明轩"] * 20, "成绩": [[1, 2]] * 20}).write_parquet(tmp_path / ROSTER)
    with pytest.raises(UnreadableFile, match="不是单个的值"):
        large_lists.large_lists([tmp_path], {})


def test_small_lists_go_the_usual_way(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_lists, "MAX_CELLS", 10**6)
    assert large_lists.large_lists([county], {}) is None
