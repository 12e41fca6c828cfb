"""How any paper of the catalogue is issued: checked, numbered in the ledger, then rendered and written whole.

A number is recorded before its paper is rendered, together with what will stand on it. The same order again therefore
gives the same number and the same bytes, whatever was learnt meanwhile; only values that were missing are taken from
today. A paper that cannot be made is refused by itself, and the others are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dropctl.documents.catalogue import Paper
from dropctl.documents.context import PaperContext
from dropctl.documents.render import Printer
from dropctl.documents.wording import WordingFault
from dropctl.documents.wording_files import wording_of
from dropctl.errors import CannotWrite, Refused
from dropctl.files import WholeFiles, safe_file_name
from dropctl.ledger import Draft, Transaction
from dropctl.ledger.papers import (
    PAPER_KINDS,
    IssuedPaper,
    fold_papers,
    issued_draft,
    next_serial,
    standing_answer,
)
from dropctl.policy.numbering import numbers_meant
from dropctl.workspace import Workspace

ONE_BY_ONE = "单份"


@dataclass(frozen=True, slots=True)
class Order:
    """One paper wanted. `answers`: what it answers, the same whenever the same paper is wanted again.

    `make` is given the number (None for a paper without) and the day of issue and returns the context. `about` is how
    messages and file names call whom it is about, such as `C-2025-001 张三`. `rung`: the step of the ladder its cases
    reach by it. `given`: a number from the office's own register instead of the next of the series.
    """

    paper: Paper
    answers: str
    about: str
    make: Callable[[str | None, date], PaperContext]
    cases: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    rung: str | None = None
    given: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A paper with its number, ready to be rendered. `again`: the number was given before."""

    order: Order
    number: str | None
    context: PaperContext
    day: date
    again: bool


@dataclass(frozen=True, slots=True)
class NotMade:
    """A paper (or one form of it) that was refused, in a whole sentence."""

    order: Order
    reason: str


@dataclass
class Issue:
    """What became of all orders of one command."""

    made: list[Made] = field(default_factory=list)
    refused: list[NotMade] = field(default_factory=list)
    printers: dict[str, Printer] = field(default_factory=dict)


@dataclass
class Written:
    """The files written: `merged` of all papers of a kind, and those of each paper by its place in `Issue.made`."""

    merged: list[Path] = field(default_factory=list)
    files: dict[int, list[Path]] = field(default_factory=dict)
    refused: list[NotMade] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reveal:
    """Full numbers are wanted on the papers, and why (CONTRACT §9)."""

    reason: str


def issue(
    transaction: Transaction, workspace: Workspace, orders: Iterable[Order], *, reveal: Reveal | None = None
) -> Issue:
    """Check the orders, give each its number and record it; nothing is rendered or written yet.

    An order whose wording, needed facts or number cannot be had is refused and takes no number. Raises Refused when
    full numbers are to be shown without a reason or on a paper that may not show them.
    """
    done = Issue()
    papers = fold_papers(transaction.events(PAPER_KINDS))
    broken: dict[str, str] = {}  # paper → what is wrong with its wording
    for order in orders:
        if reveal is not None:
            _may_reveal(order.paper, reveal)
        name = order.paper.name
        try:
            if name in broken:
                raise Refused(broken[name])
            if name not in done.printers:
                done.printers[name] = _tried_out(order, workspace, transaction.as_of)
            made = _made(order, papers, workspace, transaction.as_of)
        except Refused as refusal:
            if isinstance(refusal, WordingFault):
                broken[name] = refusal.sentence
            done.refused.append(NotMade(order, refusal.sentence))
            continue
        if made.number is not None and not made.again:
            _record(transaction, made, papers, workspace)
        done.made.append(made)
    if reveal is not None and done.made:
        _record_reveal(transaction, done.made, reveal)
    return done


def write(done: Issue, out: Path) -> Written:
    """Render what was issued and write it into `out`, all files together or none.

    Per kind of paper one merged .docx and PDF, and each paper alone in a folder below; a character the font lacks
    stops the PDF of its paper only. Raises CannotWrite.
    """
    written = Written()
    names: set[str] = set()
    with _numbers_stay(done), WholeFiles() as files:

        def put(path: Path, data: bytes | None) -> list[Path]:
            if data is None:
                return []
            files.stage(path).write_bytes(data)
            return [path]

        for name, printer in done.printers.items():
            mine = {index: made for index, made in enumerate(done.made) if made.order.paper.name == name}
            if not mine:
                continue
            label, alone = printer.paper.label, out / ONE_BY_ONE
            contexts = [made.context for made in mine.values()]
            day = max(made.day for made in mine.values())
            merged_pdf, left_out = None, {}
            if printer.is_docx_only:
                written.notes.append(f"{label}用的是本校自己的 {printer.wording.name}，只有 .docx，没有 PDF")
            else:
                about = [made.order.about for made in mine.values()]
                merged_pdf, unprintable = printer.merged_pdf(contexts, day=day, about=about)
                left_out = {list(mine)[one.index]: one.refusal for one in unprintable}
            for index, made in mine.items():
                stem = _free_name(f"{made.order.about} {label}", names)
                written.files[index] = put(alone / f"{stem}.docx", printer.docx_of(made.context, day=made.day))
                if index in left_out:
                    written.refused.append(NotMade(made.order, left_out[index].sentence))
                elif not printer.is_docx_only:
                    pdf = printer.pdf_of(made.context, day=made.day, about=made.order.about)
                    written.files[index] += put(alone / f"{stem}.pdf", pdf)
            if len(mine) > 1:
                merged_docx = printer.merged_docx(contexts, day=day)
                if merged_docx is None:
                    written.notes.append(f"{printer.wording.name} 的页眉页脚里有逐份不同的内容，没有合订本")
                written.merged += put(out / f"{label}（合订{len(mine)}份）.docx", merged_docx)
                written.merged += put(out / f"{label}（合订{len(mine)}份）.pdf", merged_pdf)
    return written


@contextmanager
def _numbers_stay(done: Issue) -> Iterator[None]:
    """Say, when nothing can be written, that the numbers given are not lost."""
    try:
        yield
    except CannotWrite as error:
        if not any(made.number for made in done.made):
            raise
        todo = f"{error.todo or '换一个文件夹'}；编号已经记入台账，再出一次编号不变"
        raise CannotWrite(error.what, where=error.where, todo=todo) from error


def _free_name(wanted: str, taken: set[str]) -> str:
    """Return a file name no other paper of this command has; cutting and replacing may have made two alike."""
    stem, count = safe_file_name(wanted), 1
    while stem.casefold() in taken:
        count += 1
        stem = f"{safe_file_name(wanted)}-{count}"
    taken.add(stem.casefold())
    return stem


def _tried_out(order: Order, workspace: Workspace, day: date) -> Printer:
    """Return the printer of a paper, filled once before any number is taken; WordingFault when it cannot be used."""
    printer = Printer(wording_of(order.paper, workspace.templates))
    printer.try_out(order.make(None, day))
    return printer


def _made(order: Order, papers: Mapping[str, IssuedPaper], workspace: Workspace, as_of: date) -> Made:
    series = order.paper.series
    known = standing_answer(papers.values(), order.answers) if series else None
    number, day = (known.number, known.issued_on) if known else (None, as_of)
    if series is not None and known is None:
        number = _new_number(order, papers, workspace, as_of)
    context = order.make(number, day)
    if known is not None:
        context = context.as_recorded(known.values)
    if missing := context.lacking():
        todo = "补上后再出这一份"
        raise Refused(f"缺少{'、'.join(missing)}，没有出{order.paper.label}", where=order.about, todo=todo)
    if odd := context.unshowable():
        todo = "在原名单中改正后重新核对"
        raise Refused(f"{'、'.join(odd)}里有显示不出的字符，没有出{order.paper.label}", where=order.about, todo=todo)
    return Made(order, number, context, day, known is not None)


def _new_number(order: Order, papers: Mapping[str, IssuedPaper], workspace: Workspace, as_of: date) -> str:
    series = order.paper.series
    if series is None:
        raise ValueError("the paper has no number")
    if order.given is not None:
        if taken := numbers_meant(order.given, papers):
            todo = "核对单位的发文登记；作废的号也不能再用"
            raise Refused(f"编号{taken[0]}已经用过", where=order.about, todo=todo)
        return order.given.strip()
    stem = series.stem(workspace.issuer_word(official=series.official), as_of.year)
    return series.number(stem, next_serial(papers.values(), stem))


def _record(transaction: Transaction, made: Made, papers: dict[str, IssuedPaper], workspace: Workspace) -> None:
    order = made.order
    series = order.paper.series
    if series is None or made.number is None:
        raise ValueError("the paper has no number")
    stem = series.stem(workspace.issuer_word(official=series.official), made.day.year)
    serial = next_serial(papers.values(), stem) if order.given is None else series.serial_of(order.given, stem)
    values = made.context.recorded()
    draft = issued_draft(
        papers.values(), number=made.number, paper=order.paper.name, stem=stem, serial=serial, answers=order.answers,
        cases=order.cases, children=order.children, on=made.day, rung=order.rung, values=values,
    )  # fmt: skip
    event = transaction.append(draft)
    if event is None:
        raise ValueError(f"{order.answers}: answered already")
    papers[made.number] = IssuedPaper(
        made.number, order.paper.name, stem, serial, order.answers, order.cases, order.children, made.day, event, values
    )


def _may_reveal(paper: Paper, reveal: Reveal) -> None:
    if not paper.full_numbers:
        raise Refused(f"{paper.label}上不写完整证件号", todo="去掉 --reveal")
    if not reveal.reason.strip():
        raise Refused("没有写为什么要显示完整证件号", todo="用 --reason 写明，会记入台账")


def _record_reveal(transaction: Transaction, made: Sequence[Made], reveal: Reveal) -> None:
    """Leave one event for the papers of this command that show full numbers."""
    facts = {
        "papers": sorted({one.order.paper.name for one in made}),
        "numbers": [one.number for one in made if one.number],
        "cases": sorted({number for one in made for number in one.order.cases}),
        "children": sorted({child for one in made for child in one.order.children}),
    }
    told = {"": {"reason": reveal.reason.strip()}}
    transaction.append(Draft("revealed", "", transaction.as_of, facts, told))
