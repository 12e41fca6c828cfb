"""The family of errors a person may see, each with its exit code (INTERFACE, "Everywhere").

The sentence is Chinese and complete: what, where (file · sheet · cell) and what to do. It never holds a
full ID number. Everything that is not a `DropctlError` is an unexpected fault (exit code 1).
"""

from __future__ import annotations

import re

# A SHA-256 written out may hold fourteen digits in a row; it is no number of anybody.
_LONG_NUMBER = re.compile(
    r"(?P<digest>(?<![0-9A-Za-z])[0-9a-f]{64}(?![0-9A-Za-z]))"
    r"|(?<![0-9])(?P<area>[0-9]{6})[0-9]{8,14}[0-9Xx]?(?![0-9])"
)
# An ID number in groups (349921 20160312 201 2) or full width: told by the date of birth inside.
_D, _GAP = "[0-9０-９]", r"[ \u3000\-–—]?"
_GROUPED = re.compile(
    rf"(?<!{_D})(?P<area>{_D}(?:{_GAP}{_D}){{5}}){_GAP}(?:[1１]{_GAP}[9９]|[2２]{_GAP}[0０])(?:{_GAP}{_D}){{2}}"
    rf"{_GAP}[01０１]{_GAP}{_D}{_GAP}[0-3０-３]{_GAP}{_D}(?:{_GAP}{_D}){{3}}{_GAP}[0-9０-９XxＸｘ](?!{_D})"
)


def without_full_numbers(text: str) -> str:
    """Return `text` with every run of 14 or more digits, and every ID number in groups, cut to its first 6 (§9)."""
    text = _LONG_NUMBER.sub(lambda found: found["digest"] or f"{found['area']}…", text)
    return _GROUPED.sub(lambda found: "".join(char for char in found["area"] if char.isdigit()) + "…", text)


class DropctlError(Exception):
    """A refusal said in one Chinese sentence; `where` names file · sheet · cell, `todo` what to do."""

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, todo: str | None = None) -> None:
        self.what = without_full_numbers(what)
        self.where = where
        self.todo = todo
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The whole message: place first, then what is wrong, then what to do."""
        place = f"{self.where}：" if self.where else ""
        advice = f" 请{self.todo}。" if self.todo else ""
        return f"{place}{self.what}。{advice}".rstrip()


class UsageProblem(DropctlError):
    """The command line itself cannot be understood."""

    exit_code = 2


class Refused(DropctlError):
    """Refused because of what was given; nothing was written."""

    exit_code = 3


class UnreadableFile(Refused):
    """A file that cannot be read as a spreadsheet."""


class PartlyDone(DropctlError):
    """Some named items were refused, the rest is complete."""

    exit_code = 7


class Damaged(DropctlError):
    """The ledger (or a package) does not hold what was once written into it."""

    exit_code = 6


class CannotWrite(DropctlError):
    """The result cannot be written: disk full, no permission, file open elsewhere."""

    exit_code = 74


def place(file: str | None, sheet: str | None = None, cell: str | None = None) -> str:
    """Return `文件 · 工作表 · 单元格`, leaving out what is not known."""
    return " · ".join(part for part in (file, sheet, cell) if part)
