"""Makes the bundled fonts: Noto Serif CJK SC (SIL Open Font License) cut down to what names and papers need.

`python tools/make_fonts.py FOLDER` reads NotoSerifCJK-Regular.ttc and -Bold.ttc from FOLDER (Debian: fonts-noto-cjk)
and writes into dropctl/documents/fonts/. The family is renamed, so that nobody takes the cut font for the whole one.
Regular: every character of GBK, of CJK Extension A, and whatever the font has beyond the basic plane (rare names).
Bold, for titles: GB 2312 and the level-one and level-two signs around it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

TARGET = Path(__file__).resolve().parent.parent / "dropctl" / "documents" / "fonts"
FAMILY = "Dropctl Song"
_EXTENSION_A = range(0x3400, 0x4DC0)
_SIGNS = [
    *range(0x20, 0x7F),
    *range(0x2000, 0x2070),
    *range(0x25A0, 0x2600),
    *range(0x3000, 0x3040),
    *range(0xFF00, 0xFFF0),
]


def encoded_in(codec: str) -> set[int]:
    """Return the code points of the basic plane that `codec` has a place for."""
    found = set()
    for code in range(0x80, 0x10000):
        if 0xD800 <= code < 0xE000 or 0xE000 <= code < 0xF900:
            continue  # halves of characters, and private characters that mean nothing by themselves
        try:
            chr(code).encode(codec)
        except UnicodeEncodeError:
            continue
        found.add(code)
    return found


def simplified_face(path: Path) -> TTFont:
    """Return the Simplified Chinese face of a Noto CJK collection."""
    for face in TTCollection(path).fonts:
        if face["name"].getDebugName(1).startswith("Noto Serif CJK SC"):
            return face
    raise SystemExit(f"{path}: no Simplified Chinese face")


def cut(font: TTFont, codes: set[int], weight: str) -> None:
    """Reduce `font` to `codes` and give it its own name, in place."""
    options = subset.Options()
    options.layout_features = ["kern", "liga", "vert"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.hinting = False
    options.desubroutinize = False
    options.notdef_outline = True
    worker = subset.Subsetter(options)
    worker.populate(unicodes=codes)
    worker.subset(font)
    names = font["name"]
    plain = f"{FAMILY.replace(' ', '')}-{weight}"
    for record in list(names.names):
        text = {1: FAMILY, 2: weight, 3: plain, 4: f"{FAMILY} {weight}", 6: plain}.get(record.nameID)
        if text is not None:
            record.string = text
    top = font["CFF "].cff
    top.fontNames = [plain]
    top.topDictIndex[0].FullName = f"{FAMILY} {weight}"
    top.topDictIndex[0].FamilyName = FAMILY
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False


def main() -> None:
    """Read the collections, write the two fonts, say how large they are."""
    source = Path(sys.argv[1])
    wanted = {
        "Regular": encoded_in("gbk") | set(_EXTENSION_A) | set(_SIGNS) | set(range(0x20000, 0x30000)),
        "Bold": encoded_in("gb2312") | set(_SIGNS),
    }
    for weight, codes in wanted.items():
        font = simplified_face(source / f"NotoSerifCJK-{weight}.ttc")
        has = set(font.getBestCmap())
        cut(font, codes & has, weight)
        path = TARGET / f"DropctlSong-{weight}.otf"
        font.save(path)
        print(f"{path.name}: {len(codes & has)} characters, {path.stat().st_size / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
