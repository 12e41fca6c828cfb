"""What ships: exactly the files git tracks, nothing that lies beside them; the wheel alone is enough."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from dropctl import resources
from dropctl.errors import Refused

CHECKOUT = Path(__file__).resolve().parent.parent
# git must not be led to another repository when the tests run inside a git hook.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "DROPCTL_"))}
STRAYS = {
    "sample_data/school/真实名单.xlsx": "untracked",
    "sample_data/school/~$学籍.xlsx": "ignored",
    "templates/名单.csv": "untracked",
    "dropctl/policy/plans/名单.xlsx": "untracked",
    "demo/名单.xlsx": "ignored",
}
PRIVATE_IGNORED = "sample_data/school/核对-2026-09-14/核对结果.xlsx"


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    """Return stdout of a command that must succeed; its stderr is in the failure otherwise."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**CLEAN, "PYTHONIOENCODING": "utf-8", **more},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def git_files(folder: Path, *options: str) -> list[str]:
    listing = run("git", "ls-files", "-z", *options, cwd=folder)
    return sorted({name for name in listing.split("\0") if name})


def build(folder: Path, target: str, out: Path) -> Path:
    """Return the built wheel or sdist; no isolation and no network: the back end is in our environment."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", out, cwd=folder)
    (artifact,) = out.iterdir()
    return artifact


def expected_members(tracked: list[str]) -> set[str]:
    """Return what a wheel must hold, said apart from the hook that builds it."""
    package = {name for name in tracked if name.startswith("dropctl/")}
    sample = ("sample_data/school/", "sample_data/september.zip")
    school = {f"dropctl/_data/{name}" for name in tracked if name.startswith(sample)}
    templates = {f"dropctl/_data/{name}" for name in tracked if name.startswith("templates/")}
    return package | school | templates


def members(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if ".dist-info/" not in name]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout as its own repository, with untracked spreadsheets lying about."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed, and only git knows which files belong to the project")
    copy = tmp_path_factory.mktemp("checkout")
    for name in git_files(CHECKOUT, "--cached", "--others", "--exclude-standard"):
        source = CHECKOUT / name
        if source.is_file():  # tracked, but just deleted
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    run("git", "init", "--quiet", cwd=copy)
    run("git", "add", "--all", cwd=copy)
    for name in [*STRAYS, PRIVATE_IGNORED]:
        stray = copy / name
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_bytes(b"a stray file")
    return copy


@pytest.fixture(scope="module")
def wheel(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(planted, "wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_exactly_what_git_tracks(planted: Path, wheel: Path) -> None:
    held = members(wheel)
    assert set(held) == expected_members(git_files(planted))
    assert len(held) == len(set(held)), "a file is in the wheel twice"


def test_strays_are_really_there_and_really_stay_out(planted: Path, wheel: Path) -> None:
    untracked = git_files(planted, "--others", "--exclude-standard")
    ignored = git_files(planted, "--others", "--ignored", "--exclude-standard")
    for name, state in STRAYS.items():
        assert name in (untracked if state == "untracked" else ignored)
    assert PRIVATE_IGNORED in ignored
    with zipfile.ZipFile(wheel) as archive:
        assert not any(archive.read(name) == b"a stray file" for name in archive.namelist())


def test_the_wheel_says_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        points = next(name for name in names if name.endswith("entry_points.txt"))
        assert "dropctl = dropctl.cli:main" in archive.read(points).decode("utf-8")
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_a_wheel_made_from_the_sdist_is_the_same(
    planted: Path, wheel: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = build(planted, "sdist", tmp_path_factory.mktemp("sdist"))
    with tarfile.open(archive) as sdist:
        # Debian's Python 3.11.2 does not know extraction filters yet; later ones want to be told.
        sdist.extractall(tmp_path, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (unpacked,) = tmp_path.iterdir()
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert held == {*git_files(planted), "PKG-INFO"}
    again = build(unpacked, "wheel", tmp_path_factory.mktemp("again"))
    assert sorted(members(again)) == sorted(members(wheel))


def test_a_folder_that_is_neither_checkout_nor_sdist_makes_no_wheel(planted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked zip"
    shutil.copytree(planted, folder, ignore=shutil.ignore_patterns(".git"))
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "out")],
        cwd=folder,
        env=CLEAN,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "git checkout" in done.stdout + done.stderr
    assert not list((tmp_path / "out").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bin folder of an empty environment with the wheel in it; the libraries are lent by ours."""
    home = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home)
    python = home / "bin" / "python"
    ours = Path(sysconfig.get_path("purelib"))
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index")
    run(*pip, wheel, cwd=home)
    # A .pth line that is a folder lends its libraries, but does not run our editable .pth inside it.
    (site / "lent.pth").write_text(f"{ours}\n", encoding="utf-8")
    return home / "bin"


def test_the_wheel_alone_finds_its_data(installed: Path, tmp_path: Path) -> None:
    script = (
        "import json; from dropctl import resources as r; "
        "found = [r.__file__, str(r.sample_school()), str(r.templates_folder()), list(r.plan_names())]; "
        "print(json.dumps(found))"
    )
    module, school, templates, plans = json.loads(run(installed / "python", "-c", script, cwd=tmp_path))
    home = Path(module).parent
    assert CHECKOUT not in home.parents
    assert Path(school) == home / "_data" / "sample_data" / "school"
    assert Path(templates) == home / "_data" / "templates"
    assert tuple(plans) == resources.plan_names()
    ours = resources.sample_school()
    tracked = {Path(name).relative_to("sample_data/school") for name in git_files(CHECKOUT, "sample_data/school")}
    for name in tracked:
        assert (Path(school) / name).read_bytes() == (ours / name).read_bytes()


def test_the_wheel_alone_builds_the_demo(installed: Path, tmp_path: Path) -> None:
    run(installed / "dropctl", "demo", "demo", cwd=tmp_path)
    made = {path.name for path in (tmp_path / "demo").rglob("*") if path.is_file()}
    assert {"dropctl.toml", "核对结果.xlsx", "findings.parquet", "links.parquet", "issues.parquet"} <= made


def test_an_editable_install_reads_the_checkout() -> None:
    assert resources.sample_school() == CHECKOUT / "sample_data" / "school"
    assert resources.templates_folder() == CHECKOUT / "templates"


def test_every_packaged_plan_can_be_read() -> None:
    assert resources.plan_names()
    for name in resources.plan_names():
        assert resources.load_plan(name) == tomllib.loads(resources.plan_text(name))


@pytest.mark.parametrize("name", ["nowhere", "../plans/yixian-2025", "", "."])
def test_an_unknown_plan_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(Refused, match=r"没有名为.*方案.*请"):
        resources.load_plan(name)


def lock_text() -> str:
    return (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")


def test_the_lock_names_no_place() -> None:
    assert not re.search(r"://|file:|--index|--extra-index|--find-links|--trusted-host|(^|\s)/\w", lock_text())


def test_every_pin_in_the_lock_has_hashes() -> None:
    logical = lock_text().replace("\\\n", " ").splitlines()
    pins = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    assert pins
    for line in pins:
        assert re.match(r"[a-z0-9][a-z0-9.-]*==[^ ;]+", line), line
        assert "--hash=sha256:" in line, line


def test_the_lock_covers_what_the_project_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]}
    asked |= set(project["build-system"]["requires"])
    names = {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in asked}
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", lock_text(), flags=re.MULTILINE))
    assert names <= pinned
    # What Windows and an editable install need, though nothing on Linux asks for the first.
    assert {"colorama", "hatchling", "editables"} <= pinned
