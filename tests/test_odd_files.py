"""Every odd file gives the right values, a due word, or a refusal; none is slow or large, none ends in a traceback."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from odd_files import ALL, Case
from openpyxl.utils import coordinate_to_tuple

from dropctl.errors import UnreadableFile, without_full_numbers
from dropctl.ingest.guard import GuardedReader
from dropctl.ingest.workbook import SourceFile, read_or_refuse

_SECONDS = 10
_KILOBYTES = 2**20


@pytest.fixture(scope="module")
def reader() -> Iterator[GuardedReader]:
    with GuardedReader() as made:
        yield made


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.title, marks=[pytest.mark.slow] * case.slow) for case in ALL]
)
def test_an_odd_file(case: Case, tmp_path: Path, reader: GuardedReader) -> None:
    path = tmp_path / case.file
    case.make(path)
    began = time.monotonic()
    result = read_or_refuse(SourceFile(path, path.name), reader)
    taken = time.monotonic() - began
    assert taken < _SECONDS
    if case.refused:
        assert isinstance(result, UnreadableFile), f"read: {[sheet.rows[:3] for sheet in result.sheets]}"
        for words in (case.file, "请", *case.refused):
            assert words in result.sentence
        assert result.exit_code == 3
        assert "Error" not in result.sentence
        return
    assert not isinstance(result, UnreadableFile), result.sentence
    sheet = result.sheets[case.sheet]
    numbers = [sheet.row_number(index) for index in range(len(sheet.rows))]
    for place, expected in case.cells.items():
        row_number, column = coordinate_to_tuple(place)
        cells = sheet.rows[numbers.index(row_number)] if row_number in numbers else []
        value = cells[column - 1] if column <= len(cells) else None
        assert value == expected, place
        assert type(value) is type(expected), place
    if case.rows is not None:
        assert len(sheet.rows) == case.rows
    for words in case.says:
        assert any(words in note for note in result.notes), result.notes
    if not case.says:
        assert not result.notes
    for note in result.notes:
        assert note == without_full_numbers(note)


_MEASURED = """
import sys
from pathlib import Path
from dropctl.ingest.guard import GuardedReader
from dropctl.ingest.workbook import SourceFile, read_or_refuse

def peak(process):
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0

with GuardedReader() as reader:
    path = Path(sys.argv[1])
    result = read_or_refuse(SourceFile(path, path.name), reader)
    child = reader.process
    print(peak("self"), peak(child) if child else 0)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is told by /proc")
@pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in ALL if case.slow])
def test_a_large_file_needs_less_than_a_gibibyte(case: Case, tmp_path: Path) -> None:
    """In processes of their own, because making the file costs memory too; a child that died was held by its limit."""
    path = tmp_path / case.file
    case.make(path)
    run = subprocess.run([sys.executable, "-c", _MEASURED, str(path)], capture_output=True, text=True, check=True)
    assert max(map(int, run.stdout.split())) < _KILOBYTES


def test_there_are_enough_and_each_says_what_it_expects() -> None:
    assert len(ALL) >= 80
    assert len({case.title for case in ALL}) == len(ALL)
    for case in ALL:
        assert case.cells or case.refused or case.rows is not None, case.title
        for value in case.cells.values():
            assert not isinstance(value, datetime) or isinstance(value, date)
