"""`dropctl doctor`: each thing that can be missing is said with what to do, and only what stops work is a failure."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from dropctl import cli, resources
from dropctl.errors import Refused
from dropctl.procedures import self_check as doctor
from dropctl.procedures.fonts import USES, font_folders, installed_fonts
from dropctl.workspace import Workspace, find_workspace

Run = Callable[..., tuple[int, str, str]]
AS_OF = date(2025, 9, 3)
WIDE = doctor.Screen("utf-8", 120, True)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Run each test in an empty folder, as of 3 September 2025."""
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-09-03")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs one command line and returns exit code, stdout and stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def home(run: Run, here: Path) -> Workspace:
    """Give a workspace of a school with one term."""
    made = run(
        "init", "校", "--role", "school", "--name", "某某学校", "--code", "3499000001",
        "--opening", "2025-09-01", "--closing", "2026-01-30",
    )  # fmt: skip
    assert made[0] == 0
    found = find_workspace(here / "校")
    assert found is not None
    return found


def look(
    home: Workspace | Refused | None, here: Path, *, as_of: date = AS_OF, screen: doctor.Screen = WIDE
) -> dict[str, doctor.Line]:
    lines = doctor.self_check(home, here=here, as_of=as_of, screen=screen, environment={"HOME": str(here)})
    assert all(line.todo or line.state == "正常" for line in lines)
    return {line.topic: line for line in lines}


def test_a_computer_where_all_is_well(home: Workspace, here: Path) -> None:
    lines = look(home, here)
    for topic in (
        "程序",
        "程序库",
        "自带数据",
        "读表格",
        "工作区",
        "结果文件夹",
        "记录文件夹",
        "核对记录",
        "校历",
        "屏幕",
    ):
        assert lines[topic].state == "正常", lines[topic]
    assert doctor.is_usable(list(lines.values()))
    assert "polars" in lines["程序库"].found


def test_the_command_tells_it_and_ends_well(run: Run, home: Workspace) -> None:
    code, out, err = run("doctor", "-w", "校")
    assert (code, err) == (0, "")
    assert "自查" in out
    assert "有问题0项" in out
    code, out, err = run("doctor", "-w", "校", "--json")
    assert "某某学校" in out
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert list(document)[:2] == ["schema", "usable"]
    assert document["usable"] is True
    assert {"topic", "state", "found", "todo"} == set(document["lines"][0])


def test_outside_a_workspace_work_is_possible(run: Run, here: Path) -> None:
    assert look(None, here)["工作区"].state == "注意"
    assert run("doctor")[0] == 0


def test_a_wrong_dropctl_toml_stops_work_and_is_named(run: Run, home: Workspace) -> None:
    (home.root / "dropctl.toml").write_text("[school\n", encoding="utf-8")
    code, out, err = run("doctor", "-w", "校")
    assert (code, err) == (3, "")
    assert "有问题" in out
    document = json.loads(run("doctor", "-w", "校", "--json")[1])
    assert document["usable"] is False
    line = next(line for line in document["lines"] if line["topic"] == "工作区")
    assert "dropctl.toml" in line["found"]


def test_records_that_cannot_be_read_stop_work(home: Workspace, here: Path) -> None:
    folder = home.state / "runs" / "0001"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{", encoding="utf-8")
    line = look(home, here)["核对记录"]
    assert (line.state, line.stops) == ("有问题", True)
    assert "备份" in line.todo


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_records_open_to_others_are_pointed_out(home: Workspace, here: Path) -> None:
    home.state.mkdir(exist_ok=True)
    home.state.chmod(0o755)
    line = look(home, here)["核对记录"]
    assert (line.state, line.stops) == ("注意", False)
    assert "chmod 700" in line.todo
    home.state.chmod(0o700)
    assert look(home, here)["核对记录"].state == "正常"


def refuse(*args: object, **kwargs: object) -> object:
    raise PermissionError(13, "no")


def test_a_folder_that_cannot_be_written_stops_only_the_memory(
    home: Workspace, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    lines = look(home, here)
    assert (lines["结果文件夹"].state, lines["结果文件夹"].stops) == ("有问题", False)
    assert (lines["记录文件夹"].state, lines["记录文件夹"].stops) == ("有问题", True)
    assert "-o" in lines["结果文件夹"].todo


def test_looking_leaves_nothing_behind(home: Workspace, here: Path) -> None:
    before = sorted(here.rglob("*"))
    look(home, here)
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize(
    ("as_of", "closing", "state", "words"),
    [
        (AS_OF, "2026-01-30", "正常", "都在其中"),
        (date(2026, 1, 31), "2026-01-30", "注意", "不在登记的学期里"),
        (AS_OF, "2099-01-30", "注意", "2099年"),
    ],
)
def test_years_nobody_knows_and_terms_that_are_over(
    home: Workspace, here: Path, as_of: date, closing: str, state: str, words: str
) -> None:
    config = home.root / "dropctl.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("2026-01-30", closing), encoding="utf-8")
    line = look(find_workspace(home.root), here, as_of=as_of)["校历"]
    assert (line.state, line.stops) == (state, False)
    assert words in line.found


def test_a_year_the_program_does_not_know_outside_a_workspace(here: Path) -> None:
    assert look(None, here)["校历"].state == "正常"
    line = look(None, here, as_of=date(2099, 9, 1))["校历"]
    assert line.state == "注意"
    assert "2099年" in line.found


@pytest.mark.parametrize(
    ("screen", "state", "words"),
    [
        (doctor.Screen("utf-8", 80, True), "正常", "utf-8"),
        (doctor.Screen("utf-8", 79, True), "注意", "折行"),
        (doctor.Screen("gbk", 120, True), "注意", "生僻字"),
        (doctor.Screen("gb18030", 120, True), "正常", "gb18030"),
        (doctor.Screen("ascii", 120, True), "注意", "汉字"),
        (doctor.Screen("ascii", 20, False), "正常", "管道"),
        (doctor.Screen("no-such-encoding", 120, True), "注意", "汉字"),
    ],
)
def test_what_a_screen_can_show(here: Path, screen: doctor.Screen, state: str, words: str) -> None:
    line = look(None, here, screen=screen)["屏幕"]
    assert line.state == state
    assert words in line.found


def test_an_installation_that_lacks_something(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "templates_folder", lambda: here / "nothing")
    lines = look(None, here)
    assert (lines["自带数据"].state, lines["自带数据"].stops) == ("注意", False)
    assert "文书模板" in lines["自带数据"].found
    monkeypatch.setattr(resources, "load_plan", lambda name: {})
    assert not doctor.is_usable(
        doctor.self_check(None, here=here, as_of=AS_OF, screen=WIDE, environment={"HOME": str(here)})
    )


def test_a_library_that_is_missing_stops_work(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "needed_libraries", lambda: ["polars", "no-such-library"])
    line = look(None, here)["程序库"]
    assert (line.state, line.stops) == ("有问题", True)
    assert "no-such-library" in line.found


def test_the_libraries_are_those_the_installation_says_it_needs() -> None:
    needed = doctor.needed_libraries()
    assert {"polars", "python-calamine", "xlsxwriter", "typer"} <= set(needed)
    assert "pytest" not in needed


def font(family: str, *, collection: bool = False) -> bytes:
    """A font file with nothing in it but the name of its family."""
    text = family.encode("utf-16-be")
    table = struct.pack(">HHH", 0, 1, 18) + struct.pack(">HHHHHH", 3, 1, 0x804, 1, len(text), 0) + text
    start = 16 if collection else 0
    body = struct.pack(">LH6x", 0x00010000, 1) + struct.pack(">4sLLL", b"name", 0, start + 28, len(table)) + table
    return (b"ttcf" + struct.pack(">LLL", 0x00010000, 1, start) if collection else b"") + body


def test_fonts_are_known_by_the_names_inside_their_files(here: Path) -> None:
    folder = here / ".fonts" / "deep"
    folder.mkdir(parents=True)
    folders = font_folders({"HOME": str(here)}, "linux")[2:3]
    assert installed_fonts(folders) == frozenset()
    (folder / "a.ttf").write_bytes(font("仿宋_GB2312"))
    (folder / "b.ttc").write_bytes(font("LXGW WenKai", collection=True))
    (folder / "c.ttf").write_bytes(b"no font")
    (folder / "d.otf").write_bytes(b"")
    (folder / "readme.txt").write_bytes(font("KaiTi"))
    installed = installed_fonts(folders)
    assert installed == {"仿宋gb2312", "lxgwwenkai"}
    found = {use.use: use.found(installed) for use in USES}
    assert found == {
        "公文标题": None,
        "公文正文": "仿宋_GB2312",
        "小标题、表头": None,
        "楷体": "霞鹜文楷",
        "表格": None,
    }


def test_no_font_at_all_is_no_failure(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "installed_fonts", lambda folders: frozenset())
    lines = look(None, here)
    for use in USES:
        line = lines[f"字体（{use.use}）"]
        assert (line.state, line.stops) == ("注意", False)
        assert use.right[0][0] in line.todo
        assert "PDF 不受影响" in line.found
    monkeypatch.setattr(doctor, "installed_fonts", lambda folders: frozenset({"fangsong", "notoserifsc"}))
    lines = look(None, here)
    assert lines["字体（公文正文）"].state == "正常"
    assert "会用思源宋体代替" in lines["字体（表格）"].found


def test_where_each_system_keeps_its_fonts() -> None:
    windows = font_folders({"WINDIR": "C:/Windows", "LOCALAPPDATA": "C:/Users/a/AppData/Local"}, "win32")
    assert [folder.name for folder in windows] == ["Fonts", "Fonts"]
    assert font_folders({"HOME": "/Users/a"}, "darwin")[-1] == Path("/Users/a/Library/Fonts")
    assert Path("/home/a/.fonts") in font_folders({"HOME": "/home/a"}, "linux")


def test_the_schools_own_templates_are_looked_at(home: Workspace, here: Path) -> None:
    assert "文书模板" not in look(home, here)
    home.templates.mkdir()
    own = home.templates / "first-notice.txt"
    own.write_text("# 通知\n{{ child }}\n", encoding="utf-8")
    assert look(home, here)["文书模板"].state == doctor.GOOD
    own.rename(home.templates / "first_notice.txt")
    line = look(home, here)["文书模板"]
    assert (line.state, "first_notice.txt" in line.found) == (doctor.CARE, True)
    own.write_text("{{ chid }}", encoding="utf-8")
    line = look(home, here)["文书模板"]
    assert (line.state, "劝返通知书（第一次）" in line.found, line.stops) == (doctor.CARE, True, False)
