"""Writes `dropctl/reconcile/data/pinyin.txt`: the usual reading of each Chinese character, without its tone.

Needs pypinyin, which nothing else here uses, so it is no dependency of the project. In an environment of its own:

    python3 -m venv /tmp/pinyin && /tmp/pinyin/bin/pip install pypinyin==0.55.0
    /tmp/pinyin/bin/python tools/pinyin_table.py
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin import lazy_pinyin  # type: ignore[import-not-found]  # only in the environment named above

TABLE = Path(__file__).resolve().parents[1] / "dropctl" / "reconcile" / "data" / "pinyin.txt"
RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000))
# Read differently when it is a surname (first in the name) than anywhere else.
SURNAMES = {
    "单": "shan", "單": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "區": "ou",
    "盖": "ge", "蓋": "ge", "朴": "piao", "翟": "zhai", "缪": "miao", "繆": "miao", "乐": "yue", "樂": "yue",
    "折": "she", "覃": "qin", "种": "chong", "秘": "bi", "冼": "xian", "洗": "xian", "员": "yun", "員": "yun",
    "召": "shao", "繁": "po", "黑": "he", "逄": "pang", "仉": "zhang", "牟": "mu", "长": "zhang", "尉": "yu",
    "万": "wan", "车": "che", "車": "che", "晟": "cheng", "适": "kuo", "祭": "zhai", "隗": "wei", "笮": "ze",
    "撒": "sa", "宓": "mi", "阚": "kan", "郇": "xun", "令": "ling", "澹": "tan",
}  # fmt: skip


def main() -> None:
    """Write the table: a line per syllable, `syllable TAB characters`; surnames after a line `[surnames]`."""
    spoken: dict[str, list[str]] = defaultdict(list)
    for first, after in RANGES:
        for code in range(first, after):
            character = chr(code)
            syllable = lazy_pinyin(character)[0]
            if syllable.isascii() and syllable.isalpha():
                spoken[syllable].append(character)
    lines = [f"{syllable}\t{''.join(characters)}" for syllable, characters in sorted(spoken.items())]
    grouped: dict[str, list[str]] = defaultdict(list)
    for character, syllable in SURNAMES.items():
        grouped[syllable].append(character)
    lines.append("[surnames]")
    lines += [f"{syllable}\t{''.join(characters)}" for syllable, characters in sorted(grouped.items())]
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
