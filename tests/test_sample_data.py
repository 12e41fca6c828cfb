"""The sample county: made from its seed alone, of nobody who exists, and true to what it says must be found."""

from __future__ import annotations

import importlib
import io
import json
import re
import sys
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
import python_calamine
from stdnum.iso7064 import mod_11_2

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data"
SCHOOL_KINDS = {
    "not_returned", "presence_unreported", "lawfully_absent", "unregistered", "identity_mismatch",
    "identity_invalid", "duplicate_registration", "not_located", "poverty_unmarked", "poverty_unlisted",
    "disability_unmarked", "disability_unlisted", "contact_missing", "status_conflict",
}  # fmt: skip


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    sys.path.insert(0, str(SAMPLE))
    try:
        return importlib.import_module("generator")
    finally:
        sys.path.remove(str(SAMPLE))


@pytest.fixture(scope="module")
def made(generator: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    generator.generate_county(2025, 600, out)
    return out


@pytest.fixture(scope="module")
def golden(made: Path) -> dict[str, object]:
    return json.loads((made / "expected" / "findings.json").read_text(encoding="utf-8"))


def content(out: Path) -> dict[str, bytes]:
    found = {}
    for folder in ("school", "county", "expected", "september.zip"):
        for path in sorted([out / folder, *(out / folder).rglob("*")]):
            if path.is_file():
                found[path.relative_to(out).as_posix()] = path.read_bytes()
    return found


def unpacked(data: bytes, name: str) -> object:
    """The parts of a workbook; how well they are packed is the business of the machine's zlib."""
    if not name.endswith((".xlsx", ".ods", ".zip")):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return {part: unpacked(parts.read(part), part) for part in parts.namelist()}


def sheets(folder: Path) -> dict[tuple[str, str | None], list[tuple[object, ...]]]:
    """Every sheet below a folder, by file and sheet: its rows from the first one on, whatever the format."""
    found: dict[tuple[str, str | None], list[tuple[object, ...]]] = {}
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".csv":
            data = path.read_bytes()
            text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "gb18030")
            found[file, None] = [tuple(line.split(",")) for line in text.splitlines()]
        elif path.suffix in (".xlsx", ".xls", ".ods"):
            book = python_calamine.CalamineWorkbook.from_path(path)
            for name in book.sheet_names:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                found[file, name] = [tuple(row) for row in rows]
    return found


def cells(out: Path) -> list[object]:
    return [
        value for part in ("school", "county") for rows in sheets(out / part).values() for row in rows for value in row
    ]


def test_same_seed_gives_the_same_bytes(generator: ModuleType, made: Path, tmp_path: Path) -> None:
    generator.generate_county(2025, 600, tmp_path)
    assert content(tmp_path) == content(made)


def test_the_nine_year_school_is_the_same_with_and_without_its_neighbours(
    generator: ModuleType, made: Path, tmp_path: Path
) -> None:
    generator.generate(2025, 600, tmp_path)
    alone = {name: data for name, data in content(tmp_path).items() if name.startswith("school/")}
    assert alone
    assert alone == {name: data for name, data in content(made).items() if name.startswith("school/")}


def test_another_county_replaces_the_files_of_the_first(generator: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "county").mkdir()
    (tmp_path / "county" / "我的.txt").write_text("留着", encoding="utf-8")
    for seed in (3, 4):
        files = generator.generate_county(seed, 400, tmp_path)["together"].files
    there = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file() and p.suffix != ".json"}
    assert there == {*files, "county/我的.txt", "september.zip"}


def test_the_three_schools_keep_their_papers_differently(made: Path) -> None:
    endings = {path.suffix for path in (made / "county").rglob("*") if path.is_file()}
    assert endings == {".xlsx", ".xls", ".ods", ".csv"}
    cut = next(
        rows for (file, name), rows in sheets(made / "county").items() if "学籍名册2025秋" in file and name != "字典"
    )
    assert len(cut[1]) == 22
    typed = next(rows for (file, _), rows in sheets(made / "county").items() if "2025年秋季学生信息表" in file)
    assert "监护人" in typed[1]  # a group above 姓名 and 电话
    assert {"姓名", "电话"} <= set(typed[2])


def test_the_county_has_about_twelve_hundred_pupils(generator: ModuleType) -> None:
    truths = generator.build_county(2025).truths
    seated = [pupil for truth in truths for pupil in truth.pupils.values() if pupil.seat is not None]
    assert 1_150 <= len(seated) <= 1_250
    numbers = [pupil.id_number for truth in truths for pupil in truth.pupils.values()]
    # A child who moved up to the junior school is the same child in both.
    assert 40 < len(numbers) - len(set(numbers)) < 60


def test_the_committed_school_is_what_the_script_makes(made: Path, tmp_path: Path) -> None:
    ours, fresh = content(SAMPLE), content(made)
    assert ours.keys() == fresh.keys()
    for name, data in fresh.items():
        assert unpacked(ours[name], name) == unpacked(data, name), name


def test_another_seed_replaces_the_files_of_the_first(generator: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "school").mkdir()
    (tmp_path / "school" / "我的.txt").write_text("留着", encoding="utf-8")
    for seed in (3, 4):
        files = generator.generate(seed, 400, tmp_path).files
    there = {p.relative_to(tmp_path / "school").as_posix() for p in (tmp_path / "school").rglob("*") if p.is_file()}
    assert there == {*files, "我的.txt"}


def test_nobody_in_the_papers_exists(made: Path) -> None:
    texts = [re.sub(r"[\s']", "", str(value)).upper() for value in cells(made) if isinstance(value, str)]
    numbers = [n for text in texts for n in re.findall(r"(?<!\d)[1-9]\d{16}[\dX]", text)]
    assert len(numbers) > 1_500
    assert {number[:4] for number in numbers} == {"3499"}
    phones = [text for text in texts if re.fullmatch(r"1\d{10}", text)]
    assert len(phones) > 1_000
    assert all(phone.startswith("1990000") for phone in phones)


def test_true_numbers_have_the_right_check_digit(generator: ModuleType) -> None:
    truth = generator.build_truth(2025, 600)
    numbers = [pupil.id_number for pupil in truth.pupils.values()]
    numbers += [member.number[:18] for household in truth.households for member in household.members]
    numbers += [paper.number[:18] for paper in truth.certificates]
    assert all(mod_11_2.calc_check_digit(number[:17]) == number[17] for number in numbers)
    assert {number[:4] for number in numbers} == {"3499"}
    assert len({pupil.id_number for pupil in truth.pupils.values()}) == len(truth.pupils)


def test_every_kind_is_planted(golden: dict[str, object]) -> None:
    counts = golden["counts"]
    assert set(counts) == SCHOOL_KINDS
    assert min(counts.values()) >= 2
    assert counts == Counter(finding["kind"] for finding in golden["findings"])


@pytest.mark.parametrize("seed", [1, 2, 2025])
def test_the_planted_absences_accuse_no_class_and_not_the_school(generator: ModuleType, seed: int) -> None:
    truth = generator.build_truth(seed, 600)
    registered = Counter(p.group for p in truth.pupils.values() if p.registered)
    missing = Counter(p.group for p in truth.pupils.values() if p.registered and p.presence in ("absent", "missing"))
    missing.pop(next(group for group in missing if group.grade == 10), None)
    assert sum(missing.values()) < 0.1 * sum(registered.values())
    assert all(3 * count < registered[group] for group, count in missing.items())


def test_other_seeds_plant_elsewhere(generator: ModuleType) -> None:
    first, second = generator.build_truth(11, 600), generator.build_truth(12, 600)
    names = [
        {(e.what, truth.pupils[k].name) for e in truth.events for k in e.pupils if k in truth.pupils}
        for truth in (first, second)
    ]
    assert names[0].isdisjoint(names[1])
    assert len({generator.build_truth(seed, 400).unreported for seed in range(8)}) > 3


@pytest.mark.parametrize(
    ("home", "told"),
    [
        ("school", "findings.json"),
        ("county/岚溪县城关小学", "county/岚溪县城关小学.json"),
        ("county/岚溪县河口初级中学", "county/岚溪县河口初级中学.json"),
    ],
)
def test_every_place_points_at_the_child(made: Path, home: str, told: str) -> None:
    """Both ends of a link that must be made carry the same name, but for the names planted to differ."""
    golden = json.loads((made / "expected" / told).read_text(encoding="utf-8"))
    rows = sheets(made / home)

    def names(place: list[object]) -> set[str]:
        _, file, sheet, row = place
        here = rows[file, sheet][row - 1]
        return {re.sub(r"[\s•·]", "", value) for value in here if isinstance(value, str)}

    links = golden["required_links"]
    apart = [link for link in links if not {n for n in names(link[0]) & names(link[1]) if 2 <= len(n) <= 6}]
    assert len(links) > (1_000 if home == "school" else 300)
    slips = [f for f in golden["findings"] if f["kind"] == "identity_mismatch" and f["name"] is None]
    former = 0 if home == "school" else 2  # under the former name on both lists of the county
    assert len(apart) <= len(slips) + former
    required = {json.dumps(link) for link in links}
    assert required.isdisjoint(json.dumps(link) for link in golden["forbidden_links"])
    assert golden["forbidden_links"]


def test_dates_of_the_findings(golden: dict[str, object]) -> None:
    dues = {(f["kind"], f["due_date"]) for f in golden["findings"]}
    assert ("not_returned", "2025-09-03") in dues
    assert ("poverty_unmarked", "2025-09-30") in dues
    entrants = [f for f in golden["findings"] if f["kind"] == "unregistered" and f["grade"] == "1"]
    assert len(entrants) > 50
    assert {f["due_date"] for f in entrants} == {date(2025, 10, 31).isoformat()}


def test_bad_numbers_are_bad(generator: ModuleType) -> None:
    expected = importlib.import_module("generator.expected")
    assert all(expected.bad_numbers_are_bad(generator.build_truth(seed, 400)) for seed in range(5))


def test_a_school_too_small_is_refused(generator: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="400"):
        generator.generate(1, 100, tmp_path)
