"""Which wording a paper takes: the school's own in `templates/` of its workspace, else the packaged one.

An own .docx makes the paper .docx only. What is read here is data from a stranger and is checked before it is used.
What a wording may ask for is told by the context of its paper (`fields_of`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from dropctl.documents.catalogue import PAPER_BY_NAME, Paper
from dropctl.documents.context import is_needed
from dropctl.documents.docx import docx_template
from dropctl.documents.docx_check import opened_docx, paragraphs_as_wording
from dropctl.documents.filling import fields_used
from dropctl.documents.wording import WordingFault
from dropctl.documents.wording_check import check_wording, inner_context, wording_faults_in
from dropctl.resources import template_text

FOLDER = "templates"
_LARGEST_TEXT, _LARGEST_DOCX = 2**20, 20 * 2**20


@dataclass(frozen=True, slots=True)
class WordingFile:
    """The wording of one paper, either as text or as an own .docx; `name` is how messages call it."""

    paper: Paper
    name: str
    text: str | None
    docx: bytes | None = None
    own: Path | None = None


def own_wording(paper: Paper, folder: Path | None) -> Path | None:
    """Return the school's own wording of a paper, None without one; WordingFault when there are two."""
    if folder is None:
        return None
    found = [path for ending in (".txt", ".docx") if (path := folder / f"{paper.name}{ending}").is_file()]
    if len(found) > 1:
        said = f"{paper.name} 有两份自己的模板（.txt 和 .docx），不知道用哪一份"
        raise WordingFault(said, where=str(folder), todo="留一份，另一份改名或移走")
    return found[0] if found else None


def wording_of(paper: Paper, folder: Path | None) -> WordingFile:
    """Return the checked wording of a paper; WordingFault, with file and line, for an own one that cannot be used."""
    wording = _loaded(paper, folder)
    if wording.own is not None:
        lines, unit, more = _as_lines(wording)
        check_wording(lines, paper.context, wording.name, unit=unit, more=more)
    return wording


def faults_of_wording(paper: Paper, folder: Path | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return everything wrong with the wording of a paper, by line, and what a person should think over."""
    try:
        wording = _loaded(paper, folder)
        lines, unit, more = _as_lines(wording)
        faults = [
            WordingFault(said, where=f"{wording.name} 第{number}{unit}", todo=todo).sentence
            for number, said, todo in wording_faults_in(lines, paper.context, more)
        ]
        if not faults and wording.text is not None:
            docx_template(wording.text, wording.name, paper.layout)
    except WordingFault as fault:
        return (fault.sentence,), ()
    if faults:
        return tuple(faults), ()
    used = fields_used(lines)
    unused = [
        field.title or name
        for name, field in paper.context.model_fields.items()
        if name not in used and (is_needed(field) or name == "number")
    ]
    return (), (f"{wording.name} 里没有写{'、'.join(unused)}，确认不需要",) if unused else ()


def _loaded(paper: Paper, folder: Path | None) -> WordingFile:
    path = own_wording(paper, folder)
    if path is None:
        return WordingFile(paper, f"{paper.name}.txt", template_text(paper.name))
    name = f"{FOLDER}/{path.name}"
    if path.suffix == ".docx":
        data = _read(path, name, _LARGEST_DOCX)
        opened_docx(data, name)
        return WordingFile(paper, name, None, data, path)
    return WordingFile(paper, name, _decoded(_read(path, name, _LARGEST_TEXT), name), None, path)


def _as_lines(wording: WordingFile) -> tuple[str, str, list[str]]:
    """Return the wording as text, what its lines are called, and the names beside those of the context."""
    if wording.docx is None:
        return wording.text or "", "行", []
    more = [f"chart_{key}" for key in wording.paper.charts]
    return paragraphs_as_wording(opened_docx(wording.docx, wording.name), wording.name), "段", more


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file among a school's own wordings; `paper` None where its name is that of no paper."""

    path: Path
    paper: Paper | None


def own_files(folder: Path) -> list[OwnFile]:
    """Return the wordings in a school's folder, by name; not what an office program keeps while one is open."""
    found = [path for path in sorted(folder.glob("*")) if path.suffix in (".txt", ".docx") and path.name[0] not in "~."]
    return [OwnFile(path, PAPER_BY_NAME.get(path.stem)) for path in found]


def fields_of(context: type[BaseModel], before: str = "") -> list[tuple[str, str, bool]]:
    """Return name, meaning and whether it is needed, for every field a wording may ask for; rows of lists behind them.

    `before`: what stands in front of the names of the fields of a row.
    """
    found = []
    for name, field in context.model_fields.items():
        inner = inner_context(field.annotation)
        found.append((before + name, field.title or ("（一组）" if inner else ""), is_needed(field)))
        if inner is not None:
            found += fields_of(inner, f"{before}{name} 每项的 ")
    return found


def template_of(paper: Paper, text: str) -> bytes:
    """Return the .docx of a wording, with its tags, as a school may change it in Word."""
    return docx_template(text, f"{paper.name}.txt", paper.layout)


def _read(path: Path, name: str, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise WordingFault("模板打不开", where=name, todo="检查它是否正在别处打开、是否有权读取") from error
    if len(data) > largest:
        raise WordingFault(f"模板超过{largest // 2**20} MB", where=name, todo="去掉里面的大图片，或换回自带的模板")
    return data


def _decoded(data: bytes, name: str) -> str:
    """Return the text however Notepad saved it."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WordingFault("模板的编码认不出来", where=name, todo="用记事本打开，“另存为”时把编码选成 UTF-8")
