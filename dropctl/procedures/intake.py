"""How every duty takes its files in: the term it judges by, and the registers read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from dropctl.errors import Refused, UnreadableFile, place
from dropctl.ingest.read import Registers, read_registers
from dropctl.ingest.reading import Progress, Reading
from dropctl.school_calendar import assumed_opening
from dropctl.tables.issues import Issue
from dropctl.tables.raw import RawSheet
from dropctl.workspace import Workspace


def is_whole_inbox(paths: Sequence[Path], workspace: Workspace) -> bool:
    """Return whether the files given are the inbox as a whole, which stands for itself (decision D-9)."""
    return [path.resolve() for path in paths] == [workspace.inbox.resolve()]


def term_given(
    as_of: date, workspace: Workspace | None, opening: date | None, closing: date | None
) -> tuple[date, date | None, str | None]:
    """Return opening, closing and, when the opening was not given but assumed, the sentence that says so."""
    if opening is not None:
        return opening, closing, None
    term = workspace.term_at(as_of) if workspace else None
    if term is not None:
        return term.opening, term.closing, None
    opening = assumed_opening(as_of)
    return opening, closing, f"没有给出开学日，按 {opening:%Y-%m-%d} 开学处理；不对请用 --opening 指定"


def read_files(
    reading: Reading,
    opening: date,
    as_of: date,
    assigned: Mapping[str, str] | None,
    skip_unreadable: bool,
    progress: Progress | None,
) -> tuple[Registers, list[Issue], list[str]]:
    """Return the registers in the files, an issue per file skipped, and what to say about the reading; Refused."""
    notes = list(reading.passed_over)
    reading.progress = progress
    by_path = {str(Path(path).resolve()): kind for path, kind in (assigned or {}).items()}
    kinds = {
        source.name: by_path[str(source.path.resolve())]
        for source in reading.sources
        if str(source.path.resolve()) in by_path
    }
    skipped: list[Issue] = []
    digests: dict[str, str] = {}

    def sheets() -> Iterator[RawSheet]:
        for source, result in zip(reading.sources, reading, strict=True):
            if isinstance(result, UnreadableFile):
                if not skip_unreadable:
                    raise result
                skipped.append(
                    Issue(None, source.name, None, None, None, None, "file_unreadable", "error", None, result.sentence)
                )
                notes.append(f"跳过了读不了的文件“{source.name}”，其中的学生没有核对")
            elif result.digest in digests:
                notes.append(f"“{source.name}”与“{digests[result.digest]}”内容完全相同，只用一次")
            else:
                digests[result.digest] = source.name
                notes.extend(result.notes)
                yield from result.sheets

    with reading:
        registers = read_registers(sheets(), opening=opening, as_of=as_of, assigned=kinds, skip_refused=skip_unreadable)
    if not any(entry.register for entry in registers.inputs):
        seen = "；".join(f"{place(entry.file, entry.sheet)}：{entry.note}" for entry in registers.inputs[:5])
        raise Refused(
            f"没有一张表能认出是什么名单（{seen}）" if seen else "没有读到任何表格",
            todo="检查标题行是否写明姓名、学籍号、是否返校等栏目，或用 --as 指定，例如 --as presence=文件",
        )
    return registers, skipped, notes
