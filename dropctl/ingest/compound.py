"""The compound file under an .xls (MS-CFB), read with suspicion: its streams by name, chains that must end.

A chain of sectors that runs in a circle makes readers allocate gigabytes, so every chain is followed here first.
Knows no spreadsheet.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from dropctl.ingest.package import BadPackage

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_NOTHING = 0xFFFFFFFF


def _broken() -> BadPackage:
    return BadPackage(
        "文件的内部目录已损坏（不完整，或绕成了圈）", "重新拷贝一次，或用 WPS 或 Excel 打开、另存为 .xlsx 后再试"
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int  # 1 storage, 2 stream, 5 root
    left: int
    right: int
    child: int
    start: int
    size: int


class Compound:
    """The streams of a compound file; raises `BadPackage` where the file cannot be followed."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise _broken()
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise _broken()
        self._sector = 1 << shift
        directory, self._cutoff, mini_start = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
        self._fat = self._read_fat()
        self._entries = self._read_directory(directory)
        self._mini_fat = self._numbers(mini_start) if mini_start < _END else []
        root = self._entries[0]
        self._mini = self._follow(root.start, root.size) if root.start < _END and root.size else b""
        self.streams = self._top(2)
        self.storages = frozenset(self._top(1))

    def _at(self, sector: int) -> bytes:
        begin = (sector + 1) * self._sector
        if begin >= len(self._data):
            raise _broken()
        return self._data[begin : begin + self._sector]

    def _read_fat(self) -> list[int]:
        places = list(struct.unpack_from("<109I", self._data, 76))
        following = struct.unpack_from("<I", self._data, 68)[0]
        seen: set[int] = set()
        while following < _END:
            if following in seen:
                raise _broken()
            seen.add(following)
            numbers = self._unpacked(self._at(following))
            places += numbers[:-1]
            following = numbers[-1]
        fat: list[int] = []
        most = len(self._data) // self._sector + 1
        for place in places:
            if place < _END and len(fat) <= most:
                fat += self._unpacked(self._at(place))
        return fat

    @staticmethod
    def _unpacked(block: bytes) -> list[int]:
        count = len(block) // 4
        return list(struct.unpack(f"<{count}I", block[: count * 4]))

    def _chain(self, start: int, table: list[int]) -> list[int]:
        chain: list[int] = []
        sector = start
        while sector < _END:
            if sector >= len(table) or len(chain) > len(table):
                raise _broken()
            chain.append(sector)
            sector = table[sector]
        if sector == _FREE:
            raise _broken()
        return chain

    def _follow(self, start: int, size: int | None = None) -> bytes:
        content = b"".join(self._at(sector) for sector in self._chain(start, self._fat))
        return content if size is None else content[:size]

    def _numbers(self, start: int) -> list[int]:
        return self._unpacked(self._follow(start))

    def _read_directory(self, start: int) -> list[_Entry]:
        raw = self._follow(start)
        entries = []
        for at in range(0, len(raw) - 127, 128):
            length, kind = struct.unpack_from("<HB", raw, at + 64)
            left, right, child = struct.unpack_from("<III", raw, at + 68)
            begin, size = struct.unpack_from("<II", raw, at + 116)
            name = raw[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            entries.append(_Entry(name, kind, left, right, child, begin, size))
        if not entries or entries[0].kind != 5:
            raise _broken()
        return entries

    def _top(self, kind: int) -> dict[str, _Entry]:
        """Return the entries of a kind that lie directly in the file, not in an object embedded in it."""
        found: dict[str, _Entry] = {}
        seen: set[int] = set()
        waiting = [self._entries[0].child]
        while waiting:
            number = waiting.pop()
            if number == _NOTHING:
                continue
            if number in seen or number >= len(self._entries):
                raise _broken()
            seen.add(number)
            entry = self._entries[number]
            waiting += [entry.left, entry.right]
            if entry.kind == kind:
                found[entry.name] = entry
        return found

    def content(self, name: str) -> bytes:
        """Return the content of a stream of the top level; raises `BadPackage`."""
        entry = self.streams[name]
        if entry.size >= self._cutoff:
            whole = self._follow(entry.start, entry.size)
        else:
            pieces = (self._mini[sector * 64 : sector * 64 + 64] for sector in self._chain(entry.start, self._mini_fat))
            whole = b"".join(pieces)[: entry.size]
        if len(whole) < entry.size:
            raise _broken()
        return whole
