"""Puts pictures into the parts of a .docx: each a part of its own, a relation to it, and the drawing in its place."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence

from docx.shared import Mm
from markupsafe import Markup

from dropctl.documents.charts import PICTURE_MM

_RELATIONS, _TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_DRAWING = (
    '</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp="{wp}" distT="0" distB="0" distL="0" distR="0">'
    '<wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="1" name="{name}"/><a:graphic xmlns:a="{a}">'
    '<a:graphicData uri="{pic}"><pic:pic xmlns:pic="{pic}"><pic:nvPicPr><pic:cNvPr id="0" name="{name}"/>'
    '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{r}" r:embed="{name}"/><a:stretch><a:fillRect/>'
    '</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
    '</w:drawing></w:r><w:r><w:t xml:space="preserve">'
)
_SPACES = {
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
Pictures = Mapping[str, bytes]  # key of a chart → its PNG


def _name(paper: int, key: str) -> str:
    return f"dropctlChart{paper}{key}"


def drawings(pictures: Pictures, paper: int) -> dict[str, Markup]:
    """Return tag → the XML that draws the picture there; `paper` is its place in the file."""
    found = {}
    for key, png in pictures.items():
        width, height = struct.unpack(">II", png[16:24])
        wide = int(Mm(PICTURE_MM))
        xml = _DRAWING.format(name=_name(paper, key), wide=wide, high=wide * height // width, **_SPACES)
        found[f"chart_{key}"] = Markup(xml)  # noqa: S704 - nothing in it comes from a stranger
    return found


def with_pictures(parts: dict[str, bytes], papers: Sequence[Pictures]) -> None:
    """Add the pictures of all papers to the parts of a file."""
    relations = []
    for paper, pictures in enumerate(papers):
        for key, png in pictures.items():
            name = _name(paper, key)
            parts[f"word/media/{name}.png"] = png
            relations.append(f'<Relationship Id="{name}" Type="{_IMAGE}" Target="media/{name}.png"/>')
    if not relations:
        return
    parts[_RELATIONS] = _before(parts[_RELATIONS], "</Relationships>", "".join(relations))
    if not re.search(rb'(?i)Extension="png"', parts[_TYPES]):
        parts[_TYPES] = _before(parts[_TYPES], "</Types>", '<Default Extension="png" ContentType="image/png"/>')


def _before(part: bytes, end: str, more: str) -> bytes:
    return part.replace(end.encode(), f"{more}{end}".encode())
