"""How every duty takes its files in: the term it judges by, and the registers read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropctl.errors import Refused, UnreadableFile, place
from dropctl.ingest.read import Registers, read_registers
from dropctl.ingest.reading import Progress, Reading, start_reading
from dropctl.reconcile.given_twice import refuse_lists_given_twice
from dropctl.school_calendar import assumed_opening
from dropctl.tables.issues import Issue
from dropctl.tables.raw import RawSheet
from dropctl.vocabulary import register_label
from dropctl.workspace import Workspace
from dropctl.workspace.snapshots import Snapshots


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


@dataclass(slots=True)
class Intake:
    """What a duty begins with: its term, the registers it may use, and where they came from.

    `opening_note` says that the opening day was assumed. `places`: name of a file → where it lies. `store`: what the
    workspace remembers, None outside one.
    """

    opening: date
    closing: date | None
    opening_note: str | None
    registers: Registers
    skipped: list[Issue]
    notes: list[str]
    places: dict[str, Path]
    store: Snapshots | None


def take_in(
    paths: Sequence[Path],
    *,
    as_of: date,
    workspace: Workspace | None,
    opening: date | None,
    closing: date | None,
    assigned: Mapping[str, str] | None,
    skip_unreadable: bool,
    progress: Progress | None,
    reading: Reading | None,
    remember: bool = False,
) -> Intake:
    """Return the registers in `paths`, in a workspace on top of what was read before; no paths: only the latter.

    The inbox as a whole stands for itself (decision D-9), unless `remember`. Raises Refused for files that cannot be
    read or used, or are one list given twice.
    """
    opening, closing, opening_note = term_given(as_of, workspace, opening, closing)
    store = workspace.snapshots() if workspace else None
    taken = Intake(opening, closing, opening_note, Registers(), [], [], {}, store)
    if paths:
        reading = reading or start_reading(paths, small_first=True)
        taken.places = {source.name: source.path.resolve() for source in reading.sources}
        taken.registers, taken.skipped, taken.notes = read_files(
            reading, opening, as_of, assigned, skip_unreadable, progress
        )
    registers = taken.registers
    refuse_lists_given_twice(registers.frames)
    if store is not None and workspace is not None and (remember or not is_whole_inbox(paths, workspace)):
        carried = store.complete(registers.frames, registers.columns_seen, as_of)
        taken.notes += [f"{register_label(kind)}沿用{day}读入的那一份" for kind, day in carried]
    return taken


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
