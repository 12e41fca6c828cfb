"""Whether a school's own .docx may be used: a plain Word file whose tags ask only for what the paper knows.

Macros, embedded objects and anything fetched from elsewhere are refused. Places are paragraphs, counted as Word shows
them: headers and footers first, then the body with its tables.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn

from dropctl.documents.wording import WordingFault

_MOST_PARTS, _LARGEST = 500, 60 * 2**20
_DANGEROUS = re.compile(r"(?i)(vbaProject|vbaData|/embeddings/|/activeX/|oleObject|\.bin$)")
_EXTERNAL = re.compile(rb'<Relationship\b[^>]*TargetMode="External"[^>]*>')
_SPECIAL_TAGS = re.compile(r"(\{%|\{\{|\{#)(?:tr|tc|p|r)(?=\s)")
_COLSPAN = re.compile(r"\{%\s*(?:colspan|cellbg|vm|hm)\b")


def paragraphs_as_wording(document: DocxDocument, name: str) -> str:
    """Return the paragraphs as the lines of a wording; WordingFault, naming it, for one with a tag of another kind."""
    lines = list(_paragraphs(document))
    if found := next((number for number, line in enumerate(lines, 1) if _COLSPAN.search(line)), None):
        raise WordingFault("用了不允许的写法，没有采用", where=f"{name} 第{found}段", todo="去掉 {% %} 里的这个词")
    return "\n".join(_SPECIAL_TAGS.sub(r"\1", line) for line in lines)


def opened_docx(data: bytes, name: str) -> DocxDocument:
    """Return the opened document; WordingFault for macros, embedded things, links elsewhere, or what is no .docx."""
    todo = "在 Word 或 WPS 里打开，另存为普通的 .docx"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _LARGEST:
                raise WordingFault("模板里的内容太多", where=name, todo="去掉里面的大图片和附件")
            if any(_DANGEROUS.search(entry.filename) for entry in entries):
                raise WordingFault("模板里有宏或嵌入的对象，没有采用", where=name, todo=todo)
            for entry in entries:
                if entry.filename.endswith(".rels"):
                    for link in _EXTERNAL.findall(package.read(entry)):
                        if b"/hyperlink" not in link:
                            raise WordingFault("模板里有指向别处的内容，没有采用", where=name, todo=todo)
        return docx.Document(io.BytesIO(data))
    except WordingFault:
        raise
    except Exception as error:  # whatever the file holds, it is not a .docx one can use
        raise WordingFault("模板不是能用的 .docx 文件", where=name, todo=todo) from error


def _paragraphs(document: DocxDocument) -> Iterator[str]:
    roots = []
    for section in document.sections:
        for part in (section.header, section.first_page_header, section.footer, section.first_page_footer):
            if not part.is_linked_to_previous:
                roots.append(part._element)
    for root in (*roots, document.element.body):
        for paragraph in root.iter(qn("w:p")):
            # A line break inside a paragraph must not be counted as a paragraph.
            yield "".join(node.text or "" for node in paragraph.iter(qn("w:t"))).replace("\n", " ")
