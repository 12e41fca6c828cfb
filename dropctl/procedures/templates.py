"""The wordings of papers: where each comes from, what is wrong with a school's own, and taking one out.

A school changes a paper by putting `templates/<name>.txt` or `.docx` into its workspace; what is exported here is the
wording in use, ready to be changed in Notepad or Word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dropctl.documents.catalogue import PAPER_BY_NAME, PAPERS, Paper
from dropctl.documents.wording_files import (
    OwnFile,
    faults_of_wording,
    fields_of,
    own_files,
    own_wording,
    template_of,
    wording_of,
)
from dropctl.errors import Refused
from dropctl.files import write_whole
from dropctl.workspace import Workspace

FORMS = ("txt", "docx")


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One paper and where its wording comes from; `own` None: the packaged one. `faults`: why it cannot be used."""

    paper: Paper
    own: Path | None
    faults: tuple[str, ...]
    hints: tuple[str, ...] = ()


def paper_named(name: str) -> Paper:
    """Return a paper by its name or label; Refused, naming them all, for another word."""
    wanted = name.strip().removesuffix(".txt").removesuffix(".docx")
    found = PAPER_BY_NAME.get(wanted) or next((paper for paper in PAPERS if paper.label == wanted), None)
    if found is None:
        known = "、".join(f"{paper.name}（{paper.label}）" for paper in PAPERS)
        raise Refused(f"没有“{name}”这种文书", todo=f"从这些里选：{known}")
    return found


def templates(workspace: Workspace | None, names: Sequence[str] = ()) -> list[TemplateLine]:
    """Return the papers asked for (all without a name), each with its wording and everything wrong with it."""
    folder = workspace.templates if workspace is not None else None
    chosen = [paper_named(name) for name in names] or list(PAPERS)
    return [_line(paper, folder) for paper in chosen]


def _line(paper: Paper, folder: Path | None) -> TemplateLine:
    try:
        own = own_wording(paper, folder)
    except Refused as refusal:
        return TemplateLine(paper, folder, (refusal.sentence,))
    faults, hints = faults_of_wording(paper, folder)
    return TemplateLine(paper, own, faults, hints)


def strays(workspace: Workspace | None) -> list[OwnFile]:
    """Return the files among a school's wordings that belong to no paper, and so are never used."""
    return [] if workspace is None else [file for file in own_files(workspace.templates) if file.paper is None]


def fields(paper: Paper) -> list[tuple[str, str, bool]]:
    """Return name, meaning and whether it is needed, for everything a wording of the paper may ask for."""
    return fields_of(paper.context)


def export(
    workspace: Workspace | None, name: str, form: str, out: Path | None, *, original: bool = False,
    replace: bool = False, dry_run: bool = False,
) -> Path:  # fmt: skip
    """Write the wording in use (with `original` the packaged one) as .txt or .docx and return where.

    Without `out` into the workspace's own `templates/`, where it takes effect. Refused when a file is there already
    and `replace` does not say so, when it would stand beside another form, or without a place to write to.
    """
    paper = paper_named(name)
    if form not in FORMS:
        raise Refused(f"没有“{form}”这种格式", todo="写 txt（记事本）或 docx（Word、WPS）")
    folder = out or (workspace.templates if workspace is not None else None)
    if folder is None:
        raise Refused("这里不是工作区，不知道写到哪里", todo="用 -o 指定文件夹")
    path = folder / f"{paper.name}.{form}"
    other = path.with_suffix(".txt" if form == "docx" else ".docx")
    if workspace is not None and folder.resolve() == workspace.templates.resolve() and other.exists():
        todo = f"先把 {other.name} 改名或移走，或用 -o 写到别的文件夹"
        raise Refused("这种文书已有另一种格式的本校模板，两份不能并存", where=str(other), todo=todo)
    if path.exists() and not replace:
        raise Refused("这里已经有这个模板，没有改动", where=str(path), todo="要换回来的加 --replace")
    wording = wording_of(paper, None if original or workspace is None else workspace.templates)
    if wording.text is None and form == "txt":
        todo = "直接复制那个 .docx，或加 --original 导出自带的文字"
        raise Refused("本校用的是 .docx 模板，导不出文字", where=wording.name, todo=todo)
    if not dry_run:
        if form == "txt":
            write_whole(path, (wording.text or "").encode())
        else:
            write_whole(path, wording.docx or template_of(paper, wording.text or ""))
    return path
