"""The zip package under a workbook, opened with suspicion: directory, limits, checksums. Knows no spreadsheet.

Written on `struct` and `zlib` rather than `zipfile`, because a hostile directory must be refused before anything
is unpacked, and unpacking must stop at the limit whatever the directory claims. Limits: docs/decisions.md.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FILE = 50 * 2**20
MAX_PARTS = 1000
MAX_CELLS = 5_000_000
MAX_UNPACKED = 256 * 2**20
_RATIO_FREE = 16 * 2**20  # small packages may compress as well as they like
_MAX_RATIO = 200
_CHUNK = 2**18

_RECOPY = "从原来的系统重新导出，或重新拷贝一次"
_RESAVE = "用 WPS 或 Excel 打开它，另存为新的 .xlsx 后再试"


class BadPackage(Exception):
    """Why a package is refused: a Chinese clause and what to do. The caller adds the file's name."""

    def __init__(self, what: str, todo: str = _RESAVE) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the package, as the directory describes it."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int  # of its local header


def _truncated() -> BadPackage:
    return BadPackage("文件不完整，可能没有下载完或拷贝中断", _RECOPY)


def read_directory(data: bytes) -> dict[str, Part]:
    """Return the parts by name; raises `BadPackage` for what no office program would write."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or end + 22 > len(data):
        raise _truncated()
    count, size, start = struct.unpack_from("<HII", data, end + 10)
    if 0xFFFFFFFF in (size, start) or count == 0xFFFF:
        raise BadPackage("文件用了超大压缩包格式，不是正常的表格")
    if start + size > end:
        raise _truncated()
    if count > MAX_PARTS:
        raise BadPackage(f"文件里有 {count} 个部件（上限 {MAX_PARTS}），不是正常的表格")
    parts: dict[str, Part] = {}
    folded: set[str] = set()
    at = start
    for _ in range(count):
        if data[at : at + 4] != b"PK\x01\x02" or at + 46 > end:
            raise BadPackage("文件的目录已损坏", _RECOPY)
        flags, method, _, _, crc, packed, unpacked, n_name, n_extra, n_comment = struct.unpack_from(
            "<HHHHIIIHHH", data, at + 8
        )
        offset = struct.unpack_from("<I", data, at + 42)[0]
        raw = data[at + 46 : at + 46 + n_name]
        at += 46 + n_name + n_extra + n_comment
        name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")
        if flags & 0x41:
            raise BadPackage("文件被加密压缩，读不了", "去掉密码后再试")
        plain = name.replace("\\", "/")
        if plain.startswith("/") or ":" in plain or ".." in plain.split("/"):
            raise BadPackage(f"文件里有指向别处的部件“{_short(name)}”，可能是恶意文件")
        if plain.lower() in folded:
            raise BadPackage(f"文件里的部件“{_short(name)}”出现了两次，不能确定哪一个是真的")
        folded.add(plain.lower())
        if plain.endswith("/"):
            continue
        parts[plain] = Part(plain, method, crc, packed, unpacked, offset)
    _check_sizes(parts, len(data))
    return parts


def _short(name: str) -> str:
    kept = "".join(c if c.isprintable() else "?" for c in name)
    return kept if len(kept) <= 60 else kept[:59] + "…"


def _check_sizes(parts: dict[str, Part], file_size: int) -> None:
    total = sum(part.size for part in parts.values())
    if total > MAX_UNPACKED:
        raise BadPackage(f"解压后有 {total // 2**20} MB（上限 {MAX_UNPACKED // 2**20} MB），可能是恶意文件")
    if total > _RATIO_FREE and total > _MAX_RATIO * file_size:
        raise BadPackage(f"解压后是原来的 {total // file_size} 倍，可能是恶意文件")


def unpack(data: bytes, part: Part) -> Iterator[bytes]:
    """Yield the content of `part` piece by piece, checked against its stated size and checksum at the end."""
    broken = BadPackage(f"部件“{_short(part.name)}”已损坏", _RECOPY)
    at = part.offset
    if data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(data):
        raise broken
    n_name, n_extra = struct.unpack_from("<HH", data, at + 26)
    begin = at + 30 + n_name + n_extra
    packed = memoryview(data)[begin : begin + part.packed]
    if len(packed) != part.packed:
        raise _truncated()
    crc = seen = 0
    for piece in _pieces(packed, part.method, broken):
        seen += len(piece)
        if seen > part.size:
            raise BadPackage(f"部件“{_short(part.name)}”比它自己声明的大，可能是恶意文件")
        crc = zlib.crc32(piece, crc)
        yield piece
    if seen != part.size or crc != part.crc:
        raise broken


def _pieces(packed: memoryview, method: int, broken: BadPackage) -> Iterator[bytes]:
    if method == 0:
        for start in range(0, len(packed), _CHUNK):
            yield bytes(packed[start : start + _CHUNK])
        return
    if method != 8:
        raise BadPackage("文件用了少见的压缩方法，读不了")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = packed
    try:
        while not inflater.eof:
            piece = inflater.decompress(rest, _CHUNK)
            rest = inflater.unconsumed_tail
            if not piece and not rest:
                break
            yield piece
    except zlib.error as error:
        raise broken from error
    if not inflater.eof:
        raise broken


def content(data: bytes, part: Part) -> bytes:
    """Return the whole content of `part`."""
    return b"".join(unpack(data, part))
