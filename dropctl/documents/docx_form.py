"""Fills a .docx template: taken apart once, filled as often as there are papers, each alone or all in one file.

docxtpl reads the tags, which Word likes to tear apart; filling and joining is done here, so that a thousand papers do
not cost a thousand templates. Values are escaped, in the sandbox, and never read as tags.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from lxml import etree
from markupsafe import Markup, escape

from dropctl.documents.docx_pictures import Pictures, drawings, with_pictures
from dropctl.documents.filling import Missing, said_plainly, sandbox, shown
from dropctl.documents.wording import WordingFault
from dropctl.files import zip_of

_BODY = "word/document.xml"
_CORE = "docProps/core.xml"
_NEW_LINE = Markup('</w:t><w:br/><w:t xml:space="preserve">')
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
_CORE_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:creator></dc:creator>'
    "<cp:revision>1</cp:revision>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:modified></cp:coreProperties>'
)


class DocxForm:
    """One template. `name` is how messages call it, `title` stands in the properties of the files."""

    def __init__(self, template: bytes, *, name: str, title: str) -> None:
        """Raise WordingFault when its tags are not well formed."""
        self._name, self._title = name, title
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            self._parts = {entry: package.read(entry) for entry in package.namelist()}
        source = DocxTemplate(io.BytesIO(template))
        source.render_init()
        self._environment = sandbox(autoescape=True)
        self._environment.finalize = _on_paper
        self._root = etree.fromstring(self._parts[_BODY], _PARSER)
        self._body = self._compiled(source, source.get_xml())
        self._running = {}  # headers and footers that hold tags: part → its compiled tags
        for uri in (source.HEADER_URI, source.FOOTER_URI):
            for _, part in source.get_headers_footers(uri):
                xml = source.get_part_xml(part)
                if "{{" in xml or "{%" in xml:
                    self._running[str(part.partname).lstrip("/")] = self._compiled(source, xml)

    @property
    def can_be_merged(self) -> bool:
        """Whether many papers fit into one file: its headers and footers must be the same on all."""
        return not self._running

    def one(self, values: Mapping[str, Any], *, day: date, pictures: Pictures | None = None) -> bytes:
        """Return one paper; `day` stands as the file's date. WordingFault when the values do not fit."""
        return self._written([values], day, [pictures or {}])

    def merged(
        self, papers: Sequence[Mapping[str, Any]], *, day: date, pictures: Sequence[Pictures] | None = None
    ) -> bytes:
        """Return all papers in one file, each beginning on a new page."""
        return self._written(papers, day, pictures or [{}] * len(papers))

    def _compiled(self, source: DocxTemplate, xml: str) -> Any:
        with said_plainly(self._name):
            return self._environment.from_string(source.patch_xml(xml))

    def _filled(self, values: Mapping[str, Any]) -> Any:
        with said_plainly(self._name):
            text = self._body.render(values)
        return self._parsed(text)

    def _parsed(self, text: str) -> Any:
        try:
            return etree.fromstring(text.encode(), _PARSER)
        except etree.XMLSyntaxError as error:
            todo = "检查 {% for %}、{% if %} 是否各自独占一段或表格的一行，对照导出的模板改正"
            raise WordingFault("模板里的循环或条件把段落、表格切断了", where=self._name, todo=todo) from error

    def _written(self, papers: Sequence[Mapping[str, Any]], day: date, pictures: Sequence[Pictures]) -> bytes:
        bodies = [
            self._filled({**values, **drawings(drawn, place)})
            for place, (values, drawn) in enumerate(zip(papers, pictures, strict=True))
        ]
        root = deepcopy(self._root)
        old = root.find(qn("w:body"))
        root.replace(old, _joined(bodies))
        for number, picture in enumerate(root.iter(qn("wp:docPr")), 1):
            picture.set("id", str(number))
        parts = dict(self._parts)
        with_pictures(parts, pictures)
        parts[_BODY] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        for name, running in self._running.items():
            with said_plainly(self._name):
                text = running.render(papers[0])
            parts[name] = etree.tostring(self._parsed(text), xml_declaration=True, encoding="UTF-8", standalone=True)
        parts[_CORE] = _CORE_XML.format(title=xml_escape(self._title), day=day.isoformat()).encode()
        return zip_of(parts)


def _on_paper(value: object) -> str:
    if isinstance(value, Markup):
        return value  # a drawing of ours; a value of a context is plain text
    text = str(value) if isinstance(value, Missing) else shown(value)
    return _NEW_LINE.join(escape(line) for line in text.split("\n"))


def _joined(bodies: Sequence[Any]) -> Any:
    """Return one body of many. Papers that count their pages or turn them keep sections of their own."""
    first, *others = bodies
    if not others:
        return first
    last = first.find(qn("w:sectPr"))
    sections = last is not None and (
        len(list(first.iter(qn("w:sectPr")))) > 1
        or any(last.findall(qn(f"w:{kind}Reference")) for kind in ("header", "footer"))
    )
    whole = etree.Element(first.tag, first.attrib, nsmap=first.nsmap)
    for index, body in enumerate(bodies):
        end = body.find(qn("w:sectPr"))
        if sections:
            _count_anew(body)
            if index < len(bodies) - 1:
                body.remove(end)
                _ends_with(body, end)
        else:
            if end is not None and index < len(bodies) - 1:
                body.remove(end)
            if index:
                _begins_page(body)
        whole.extend(list(body))
    return whole


def _count_anew(body: Any) -> None:
    for number, section in enumerate(body.iter(qn("w:sectPr"))):
        for old in section.findall(qn("w:pgNumType")):
            section.remove(old)
        if number == 0:
            count = OxmlElement("w:pgNumType")
            count.set(qn("w:start"), "1")
            before = section.find(qn("w:cols"))
            if before is None:
                before = section.find(qn("w:docGrid"))
            if before is None:
                section.append(count)
            else:
                before.addprevious(count)


def _ends_with(body: Any, section: Any) -> None:
    """Put the section's end into the last paragraph of the paper, or into a small one behind its last table."""
    last = body[-1] if len(body) else None
    if last is None or last.tag != qn("w:p") or last.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
        last = _small_paragraph()
        body.append(last)
    properties = last.find(qn("w:pPr"))
    if properties is None:
        properties = OxmlElement("w:pPr")
        last.insert(0, properties)
    behind = [child for child in properties if child.tag == qn("w:pPrChange")]
    if behind:
        behind[0].addprevious(section)
    else:
        properties.append(section)


def _begins_page(body: Any) -> None:
    first = body[0]
    if first.tag != qn("w:p"):
        first = _small_paragraph()
        body.insert(0, first)
    properties = first.find(qn("w:pPr"))
    if properties is None:
        properties = OxmlElement("w:pPr")
        first.insert(0, properties)
    if properties.find(qn("w:pageBreakBefore")) is None:
        mark = OxmlElement("w:pageBreakBefore")
        ahead = [child for child in properties if child.tag in (qn("w:pStyle"), qn("w:keepNext"), qn("w:keepLines"))]
        properties.insert(len(ahead), mark)


def _small_paragraph() -> Any:
    paragraph = OxmlElement("w:p")
    properties = OxmlElement("w:pPr")
    spacing = OxmlElement("w:spacing")
    for key, value in (("before", "0"), ("after", "0"), ("line", "20"), ("lineRule", "exact")):
        spacing.set(qn(f"w:{key}"), value)
    properties.append(spacing)
    paragraph.append(properties)
    return paragraph
