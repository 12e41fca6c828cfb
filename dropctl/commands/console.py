"""What appears on the screen: data on stdout, messages and progress on stderr. The only user of rich.

Text from a sheet is data: it is never read as markup, never a link, never an emoji, and brings no control or
direction characters to the terminal. No full ID number passes.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dropctl.errors import without_full_numbers

if TYPE_CHECKING:  # rich is loaded when something is shown: with --json nothing is
    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

    from dropctl.procedures.issuing import Issue, Written
    from dropctl.procedures.letters import Letters
    from dropctl.procedures.rows_given import Logged
    from dropctl.procedures.term_start_brief import TermStartBrief

# C0 and C1 controls, direction marks and overrides, invisible characters, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_WIDTH_IN_A_PIPE = 120
_SECONDS_BEFORE_PROGRESS = 1.0
PAPERS_SHOWN = 50
_PROBLEMS_SHOWN = 20


def safe_text(value: object, style: str = "") -> Text:
    """Return `value` as text that can do nothing to a terminal and holds no full ID number."""
    from rich.text import Text

    text = "" if value is None else str(value)
    text = _UNSAFE.sub("", re.sub(r"[\r\n\t]+", " ", text))
    return Text(without_full_numbers(text), style=style)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    class Quietly(Console):
        """A console whose reader may leave early (`dropctl … | head`) without that being an error."""

        def on_broken_pipe(self) -> None:
            self.quiet = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())

    # Made anew each time: tests and pipes exchange sys.stdout, and rich must ask the stream of the moment.
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else _WIDTH_IN_A_PIPE
    return Quietly(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)


def say(sentence: object = "", style: str = "", *, keep_lines: bool = False) -> None:
    """Print one line of the result on stdout; with `keep_lines` a text of several."""
    for line in str(sentence).splitlines() if keep_lines else (sentence,):
        _console().print(safe_text(line, style), soft_wrap=True)


def heading(text: str) -> None:
    """Print a heading on stdout, with a blank line before it."""
    say()
    say(text, "bold")


def note(sentence: object) -> None:
    """Print one line about the run on stderr."""
    _console(stderr=True).print(safe_text(sentence), soft_wrap=True)


def steps(sentences: Sequence[str]) -> None:
    """Print 下一步: numbered things to do, on stdout."""
    heading("下一步")
    for number, sentence in enumerate(sentences, start=1):
        say(f"  {number}. {sentence}")


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table on stdout; a column with numbers stands to the right. Nothing is cut off: cells fold."""
    from rich.table import Table

    drawn = Table(show_lines=False)
    for place, name in enumerate(headings):
        numeric = any(isinstance(row[place], int) for row in rows)
        drawn.add_column(safe_text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(safe_text(cell) for cell in row))
    heading(title)
    _console().print(drawn)


def print_json(document: Mapping[str, object]) -> None:
    """Print one JSON object on stdout, `"schema": 1` first; characters the console lacks are escaped."""
    utf = (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    text = json.dumps({"schema": 1, **document}, ensure_ascii=not utf, indent=2)
    print(without_full_numbers(text))


class ReadingProgress:
    """Called with a file's name, how many files are done and how many there are; shows a bar on stderr."""

    def __init__(self, shown: bool) -> None:
        self._began = time.monotonic()
        self._shown = shown
        self._bar: Progress | None = None

    def __call__(self, name: str, done: int, total: int) -> None:
        if not self._shown or time.monotonic() - self._began < _SECONDS_BEFORE_PROGRESS:
            return
        if self._bar is None:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("{task.description}", markup=False), BarColumn(30), MofNCompleteColumn())
            self._bar = Progress(*columns, console=_console(stderr=True), transient=True)
            self._bar.add_task("")
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], description=f"读取 {safe_text(name)}", completed=done, total=total)

    def stop(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def reading_progress(*, quiet: bool) -> Iterator[ReadingProgress]:
    """Give a callback that draws a bar once reading has taken a second and a person is looking at stderr."""
    progress = ReadingProgress(shown=not quiet and sys.stderr.isatty())
    try:
        yield progress
    finally:
        progress.stop()


def can_ask(no_input: bool) -> bool:
    """Return whether there is a person at the terminal who may be asked."""
    return not no_input and sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str:
    """Return a person's answer to `question`, asked on stderr; EOFError when there is none."""
    _console(stderr=True).print(safe_text(f"{question}："), end="")
    return input().strip()


def show_brief(told: TermStartBrief, written: Sequence[Path], *, quiet: bool) -> None:
    """Print what a term start found; quietly only the head and the files written."""
    for line in told.head:
        say(line, "bold")
    if not quiet:
        for part in told.tables:
            table(part.title, part.headings, part.rows)
        if told.notes:
            heading("说明")
            for sentence in told.notes:
                say(f"  · {sentence}")
        steps(told.steps)
    if written:
        heading("写出的文件")
    for path in written:
        say(f"  {path}")


def show_logged(done: Logged, what: str, *, as_json: bool, dry_run: bool) -> None:
    """Print how many rows of a workbook were recorded and which were left out, each by its cell."""
    if as_json:
        problems = [{"where": problem.where, "message": problem.message} for problem in done.problems]
        print_json({"recorded": done.recorded, "known": done.known, "problems": problems})
    else:
        if dry_run:
            note("这是演示（--dry-run）：没有登记。")
        known = f"，{done.known}{what[0]}以前登记过" if done.known else ""
        say(f"{'可以' if dry_run else '已'}登记{done.recorded}{what}{known}")
    for problem in done.problems[:_PROBLEMS_SHOWN]:
        note(f"没有登记：{problem.where}：{problem.message}")
    if len(done.problems) > _PROBLEMS_SHOWN:
        note(f"另有{len(done.problems) - _PROBLEMS_SHOWN}行没有登记，用 --json 看全部")
    if done.problems:
        note(f"共{len(done.problems)}行没有登记，改正后把整张表再登记一次即可，登记过的不会重复。")


def paper_lines(done: Issue, written: Written) -> list[dict[str, object]]:
    """Return the papers issued as `--json` gives them: number, about, cases, the day of issue, again, files."""
    return [
        {
            "number": made.number,
            "paper": made.order.paper.name,
            "about": made.order.about,
            "cases": list(made.order.cases),
            "issued_on": made.day.isoformat(),
            "again": made.again,
            "files": [str(path) for path in written.files.get(index, ())],
        }
        for index, made in enumerate(done.made)
    ]


def show_papers(done: Issue, written: Written, *, dry_run: bool) -> None:
    """Print the papers issued, what was refused and the files for the printer."""
    if dry_run:
        note("这是演示（--dry-run）：没有编号，没有写文件。")
    if done.made:
        rows = [
            (made.number or "", made.order.paper.label, made.order.about, made.day, "重印" if made.again else "")
            for made in done.made[:PAPERS_SHOWN]
        ]
        done_so_far = f"{'可以出' if dry_run else '已出'}{len(done.made)}份"
        table(done_so_far, ("编号", "文书", "对象", "日期", "说明"), rows)
        if len(done.made) > PAPERS_SHOWN:
            note(f"另有{len(done.made) - PAPERS_SHOWN}份，用 --json 看全部")
    for sentence in written.notes:
        note(f"注意：{sentence}")
    for line in (*done.refused, *written.refused):
        note(f"没有出：{line.reason}")
    alone = [path for files in written.files.values() for path in files]
    if alone:
        heading("写出的文件")
        for path in written.merged or alone:
            say(f"  {path}")
        if written.merged:
            say(f"  逐份的在 {alone[0].parent}（{len(alone)}个文件）")


def exit_of_papers(done: Issue, written: Written) -> int:
    """Return 0 when everything was made, 7 when some papers (or forms of them) were refused, 3 when none was made."""
    if not done.refused and not written.refused:
        return 0
    return 7 if done.made else 3


def show_letters(found: Letters, *, as_json: bool, dry_run: bool) -> int:
    """Print the papers of one verb of `letters`, what is not due and why; return the exit code."""
    if as_json:
        not_due = [{"case": case, "reason": reason} for case, reason in found.not_due]
        print_json({"papers": paper_lines(found.done, found.written), "not_due": not_due, "notes": found.notes})
    else:
        show_papers(found.done, found.written, dry_run=dry_run)
        if not found.done.made and not found.done.refused:
            say("没有到期的文书")
    for sentence in found.notes:
        note(f"注意：{sentence}")
    if not as_json:
        for case, reason in found.not_due[:_PROBLEMS_SHOWN]:
            note(f"没有到期：{case}：{reason}")
        if len(found.not_due) > _PROBLEMS_SHOWN:
            note(f"另有{len(found.not_due) - _PROBLEMS_SHOWN}件没有到期，用 --json 看全部")
    code = exit_of_papers(found.done, found.written)
    if found.named and code == 0:
        return 7 if found.done.made else 3
    return code
