"""The plain package every .docx of ours begins with: few styles, Chinese typefaces with their other names.

The library's own starting package holds a megabyte of styles for Western reports; what is not used is left out, so
that a thousand papers are small. A typeface that is not installed is looked for under its other names.
"""

from __future__ import annotations

import io
import re
import zipfile

from docx.document import Document as DocxDocument

from dropctl.files import zip_of

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Typeface → its other names and, behind them, what may stand in for it.
FONTS: dict[str, tuple[str, ...]] = {
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "宋体", "SimSun", "Noto Serif SC", "Noto Serif CJK SC"),
    "仿宋": ("FangSong", "仿宋_GB2312", "FangSong_GB2312", "STFangsong", "FandolFang", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "STHeiti", "Noto Sans SC", "Noto Sans CJK SC"),
    "宋体": ("SimSun", "NSimSun", "STSong", "Noto Serif SC", "Noto Serif CJK SC"),
}
_FACE = (
    '<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="{family}"/>'
    '<w:pitch w:val="fixed"/></w:font>'
)
_STYLES = f"""{_HEAD}<w:styles {_W}>
<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="宋体" w:eastAsia="宋体" w:hAnsi="宋体" w:cs="宋体"/>
<w:sz w:val="21"/><w:szCs w:val="21"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>
<w:pPrDefault/></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/>
<w:uiPriority w:val="1"/><w:semiHidden/></w:style>
<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/><w:semiHidden/></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:semiHidden/><w:tblPr>
<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>
<w:bottom w:w="0" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr>
<w:tblBorders>{
    "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
}</w:tblBorders></w:tblPr></w:style>
<w:style w:type="paragraph" w:styleId="Header"><w:name w:val="header"/><w:basedOn w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/><w:basedOn w:val="Normal"/></w:style>
</w:styles>"""
_PARTS = "stylesWithEffects|webSettings|numbering|customXml|thumbnail"
_UNUSED = re.compile(rf"(?:word/|docProps/)?(?:{_PARTS})[./].*")
_RELATION = re.compile(rf'<Relationship\b[^>]*Target="[^"]*(?:{_PARTS})[^"]*"[^>]*/>')
_OVERRIDE = re.compile(rf'<Override\b[^>]*PartName="/(?:word/|docProps/)?(?:{_PARTS})[^"]*"[^>]*/>')


def plain_package(document: DocxDocument) -> bytes:
    """Return the document as a package of the parts it needs."""
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as package:
        parts = {name: package.read(name) for name in package.namelist() if not _UNUSED.fullmatch(name)}
    for name in ("_rels/.rels", "word/_rels/document.xml.rels", "[Content_Types].xml"):
        parts[name] = _OVERRIDE.sub("", _RELATION.sub("", parts[name].decode())).encode()
    parts["word/styles.xml"] = _STYLES.encode()
    faces = "".join(
        _FACE.format(name=name, others=",".join(others), family="modern" if name == "黑体" else "roman")
        for name, others in FONTS.items()
    )
    parts["word/fontTable.xml"] = f"{_HEAD}<w:fonts {_W}>{faces}</w:fonts>".encode()
    settings = parts["word/settings.xml"].decode()
    parts["word/settings.xml"] = settings.replace('w:eastAsia="ja-JP"', 'w:eastAsia="zh-CN"').encode()
    return zip_of(parts)
