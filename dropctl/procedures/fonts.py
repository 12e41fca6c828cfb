"""Which typefaces of an official paper are installed: names read from the font files themselves, nothing loaded.

The chain per use is that of GB/T 9704 papers with free stand-ins behind it. Nothing is installed and no program asked.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_ENDINGS = frozenset({".ttf", ".ttc", ".otf", ".otc"})
_MOST_FILES = 5_000
_FAMILY_NAMES = frozenset({1, 4, 6, 16})
_SERIF = ("Noto Serif SC", "Noto Serif CJK SC", "思源宋体", "Source Han Serif SC", "Source Han Serif CN")


@dataclass(frozen=True, slots=True)
class FontUse:
    """One use on a paper and the typefaces that serve it, the right one first."""

    use: str
    chain: tuple[tuple[str, ...], ...]

    def found(self, installed: frozenset[str]) -> str | None:
        """Return the first typeface of the chain that is installed, None when none is."""
        return next((names[0] for names in self.chain if any(_plain(name) in installed for name in names)), None)


USES = (
    FontUse("公文标题", (("方正小标宋简体", "FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "FZXiaoBiaoSong-B05"), _SERIF)),
    FontUse(
        "公文正文",
        (
            ("仿宋_GB2312", "FangSong_GB2312"), ("仿宋", "FangSong"), ("华文仿宋", "STFangsong"), ("FandolFang",),
            _SERIF,
        ),
    ),
    FontUse(
        "楷体小标题",
        (
            ("楷体_GB2312", "KaiTi_GB2312"), ("楷体", "KaiTi"), ("华文楷体", "STKaiti"), ("霞鹜文楷", "LXGW WenKai"),
            _SERIF,
        ),
    ),
)  # fmt: skip


def font_folders(environment: Mapping[str, str], system: str = sys.platform) -> list[Path]:
    """Return where this system keeps its fonts and the user's own."""
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or ".")
    if system == "win32":
        local = environment.get("LOCALAPPDATA")
        own = [Path(local, "Microsoft", "Windows", "Fonts")] if local else []
        return [Path(environment.get("WINDIR", "C:/Windows"), "Fonts"), *own]
    if system == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts", home / ".local/share/fonts"]


def installed_fonts(folders: list[Path]) -> frozenset[str]:
    """Return the names of all fonts in `folders`, in lower case without spaces, lines and hyphens."""
    found: set[str] = set()
    for path in _font_files(folders):
        try:
            with path.open("rb") as file:
                found.update(_plain(name) for name in _names(file))
        except (OSError, struct.error, ValueError):
            continue  # a damaged font is no font
    return frozenset(found)


def _font_files(folders: list[Path]) -> Iterator[Path]:
    left = _MOST_FILES
    for folder in folders:
        for current, subfolders, files in os.walk(folder):
            subfolders.sort()
            for name in sorted(files):
                if Path(name).suffix.lower() in _ENDINGS and left:
                    left -= 1
                    yield Path(current, name)


def _plain(name: str) -> str:
    return name.lower().replace(" ", "").replace("_", "").replace("-", "")


def _names(file: BinaryIO) -> Iterator[str]:
    """Yield the family and full names in the `name` tables of an OpenType file or collection."""
    head = file.read(12)
    if head[:4] == b"ttcf":
        (count,) = struct.unpack(">L", head[8:12])
        starts = struct.unpack(f">{count}L", file.read(4 * count)) if count < 100 else ()
    else:
        starts = (0,)
    for start in starts:
        file.seek(start)
        _, tables = struct.unpack(">LH6x", file.read(12))
        for _ in range(tables):
            tag, _, offset, length = struct.unpack(">4sLLL", file.read(16))
            if tag == b"name":
                file.seek(offset)
                yield from _name_table(file.read(min(length, 1 << 20)))
                break


def _name_table(table: bytes) -> Iterator[str]:
    _, count, strings = struct.unpack(">HHH", table[:6])
    for number in range(count):
        record = table[6 + 12 * number : 18 + 12 * number]
        platform, _, _, name, length, offset = struct.unpack(">HHHHHH", record)
        if name in _FAMILY_NAMES:
            raw = table[strings + offset : strings + offset + length]
            yield raw.decode("mac-roman" if platform == 1 else "utf-16-be", "ignore")
