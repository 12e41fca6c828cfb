"""Which wording a paper takes: the school's own in `templates/` of its workspace, else the packaged one.

An own .docx makes the paper .docx only. What is read here is data from a stranger and is checked before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dropctl.documents.catalogue import Paper
from dropctl.documents.docx_check import checked_docx
from dropctl.documents.wording import WordingFault
from dropctl.documents.wording_check import check_wording
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
    path = own_wording(paper, folder)
    if path is None:
        return WordingFile(paper, f"{paper.name}.txt", template_text(paper.name))
    name = f"{FOLDER}/{path.name}"
    if path.suffix == ".docx":
        data = _read(path, name, _LARGEST_DOCX)
        checked_docx(data, paper.context, name, charts=paper.charts)
        return WordingFile(paper, name, None, data, path)
    text = _decoded(_read(path, name, _LARGEST_TEXT), name)
    check_wording(text, paper.context, name)
    return WordingFile(paper, name, text, None, path)


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
