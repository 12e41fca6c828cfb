"""The undecided pairs out to people: a workbook to be filled in, never over answers that nobody has read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dropctl.errors import Refused
from dropctl.files import WholeFiles
from dropctl.ingest.answers import read_answers
from dropctl.procedures import overview
from dropctl.procedures.review import ReviewState
from dropctl.procedures.review_answers import judge
from dropctl.workbooks.review_pairs import ReviewPairs, write_review_workbook
from dropctl.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Exported:
    """How many pairs a person is asked about, and how many the model has accepted and one may look at."""

    asked: int
    suggested: int


def export_pairs(state: ReviewState, target: Path, workspace: Workspace, *, decided: bool, dry_run: bool) -> Exported:
    """Write the undecided pairs (with `decided` also those already decided) to `target`; return how many.

    Raises Refused for a place from which the sheet would be read as a list and for a file that would be lost,
    CannotWrite when it cannot be written.
    """
    if target.suffix.lower() != ".xlsx":
        raise Refused("只能写成 .xlsx 文件", where=str(target), todo="把文件名改成以 .xlsx 结尾")
    folder = target.parent.resolve()
    if workspace.inbox.resolve() in (folder, *folder.parents):
        todo = "换一个地方，例如 out 文件夹或桌面"
        raise Refused("inbox 只放名单，判断表不要写在里面", where=str(target), todo=todo)
    links = [*state.undecided, *(state.decided if decided else ())]
    banner = (
        f"学校：{state.school or '（未给出学校名称）'}　　核对基准日：{state.run.as_of:%Y-%m-%d}"
        f"　　开学日：{state.opening:%Y-%m-%d}"
    )
    if target.exists():
        _refuse_to_lose(state, target)
    if not dry_run:
        sheets = ReviewPairs(banner, state.run.as_of, state.school, overview.pairs(links))
        with WholeFiles() as files:
            write_review_workbook(files.stage(target), sheets)
    suggested = sum(link.is_suggestion for link in links)
    return Exported(len(links) - suggested, suggested)


def _refuse_to_lose(state: ReviewState, target: Path) -> None:
    """Raise Refused when `target` is no answer sheet of ours, or holds answers that are not recorded."""
    try:
        lines = read_answers(target).lines
    except Refused as error:
        todo = "换一个文件名"
        raise Refused("这里已有一个别的文件，没有覆盖", where=str(target), todo=todo) from error
    found = judge(state, lines, by=None)
    if found.new or found.refused:
        todo = "先用 dropctl review apply 读回，或换一个文件名"
        raise Refused("这个文件里有填过而没有记下的判断，没有覆盖", where=str(target), todo=todo)
