"""Makes the sample school, with --county the whole county: `python sample_data/make.py --county --out sample_data`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULT_SEED, DEFAULT_PUPILS = 2025, 600


def main() -> int:
    """Read the options, make the school, say what was made."""
    parser = argparse.ArgumentParser(description="生成虚构的九年一贯制学校样例数据")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="随机种子，相同种子生成相同文件")
    parser.add_argument("--pupils", type=int, default=DEFAULT_PUPILS, help="学生人数（一至九年级），至少 400")
    parser.add_argument("--out", type=Path, default=HERE, help="输出目录，其中生成 school/ 和 expected/")
    parser.add_argument("--county", action="store_true", help="连同另外两所学校和县级名单（生成 .xls 需要 xlwt）")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    from generator import generate, generate_county

    if options.county:
        made = generate_county(options.seed, options.pupils, options.out)
    else:
        expected = generate(options.seed, options.pupils, options.out)
        made = {expected.school: expected}
    for name, expected in made.items():
        label = "全部放在一起" if name == "together" else name
        print(f"{label}：{len(expected.files)} 个文件，预期发现 {len(expected.findings)} 条")
        for kind, count in expected.counts.items():
            print(f"  {kind}: {count}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
