"""What goes into a wheel: exactly the files git tracks, one by one, and nothing that merely lies beside them.

A folder named in the build configuration ships whatever is in it, git-ignored files too. In a school's
checkout that could be a spreadsheet with real children in it, so folders are never named: this hook asks git.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Already chosen by `only-include` in pyproject.toml, which needs one file to find the package.
ANCHOR = "dropctl/__init__.py"
# Where the folders beside the package lie inside it; dropctl/resources.py looks there.
DATA_FOLDERS = {
    "sample_data/school/": "dropctl/_data/sample_data/school/",
    "sample_data/september.zip": "dropctl/_data/sample_data/september.zip",
    "templates/": "dropctl/_data/templates/",
}
# Written by the sdist builder itself.
SDIST_OWN = {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore", "PKG-INFO"}


def tracked_files(root: Path) -> list[str]:
    """Return the paths under `root` that may ship, sorted: what git tracks, or all of an sdist."""
    if (root / ".git").exists():
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        listing = subprocess.run(
            ["git", "ls-files", "-z"],  # noqa: S607 - git lies elsewhere on every system
            cwd=root,
            env=environment,
            check=True,
            capture_output=True,
        ).stdout
        return sorted(name for name in listing.decode("utf-8").split("\0") if name)
    if (root / "PKG-INFO").exists():  # an sdist: it was itself made from what git tracks
        found = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return sorted(path.relative_to(root).as_posix() for path in found)
    raise RuntimeError(
        "A wheel of dropctl is built from a git checkout or from its sdist, because only then is it known "
        "which files belong to it (a stray spreadsheet may hold real children). Clone the repository."
    )


def wheel_path(tracked: str) -> str | None:
    """Return where a tracked file lies in the wheel, or None when it stays out of it."""
    if tracked.startswith("dropctl/"):
        return tracked
    for source, target in DATA_FOLDERS.items():
        if tracked.startswith(source):
            return target + tracked.removeprefix(source)
    return None


class CustomBuildHook(BuildHookInterface):
    """Hands the builder its list of files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill `force_include`; an editable install reads the checkout itself and takes nothing."""
        if version == "editable":
            return
        root = Path(self.root)
        for name in tracked_files(root):
            if name == ANCHOR or (self.target_name == "sdist" and name in SDIST_OWN):
                continue
            target = wheel_path(name) if self.target_name == "wheel" else name
            if target is not None:
                build_data["force_include"][str(root / name)] = target
