"""What a file really is, told from its content and never from its ending, and what to say when it is no spreadsheet.

Standard library only: the guarded child imports nothing of ours, but its parent decides here what to hand it.
"""

from __future__ import annotations

from dropctl.errors import UnreadableFile
from dropctl.ingest.compound import MAGIC, Compound
from dropctl.ingest.package import BadPackage

XLSX, XLS, ODS, TEXT, PARQUET = "xlsx", "xls", "ods", "text", "parquet"

_SAVE_AS_XLSX = "用 WPS 或 Excel 打开它，另存为 .xlsx 后再试"
_EXPORT_AGAIN = "从原来的系统重新导出，或重新拷贝一次"
_GIVE_TABLE = "改交里面名单的表格文件（.xlsx、.xls 或 .csv）"

# kind → (what it is, what to do)
_REFUSALS: dict[str, tuple[str, str]] = {
    "empty": ("文件是空的（0字节），可能没有拷贝完整", _EXPORT_AGAIN),
    "docx": ("这是 Word 或 WPS 文字文档，不是表格", "把文档中的表格复制到一张新表格里，另存为 .xlsx 后再试"),
    "pptx": ("这是演示文稿，不是表格", _GIVE_TABLE),
    "odt": ("这是 OpenDocument 文档，但不是电子表格", _GIVE_TABLE),
    "zip": ("这是压缩包，不是表格", "先解压，再交里面的表格文件"),
    "archive": ("这是压缩包，不是表格", "先解压，再交里面的表格文件"),
    "encrypted": ("表格设了打开密码，读不了", "用 WPS 或 Excel 打开，取消打开密码并保存后再试"),
    "wps": (
        "这是 WPS 自己的格式（如 .et、.wps）或别的老式 Office 文件，里面没有找到能读的表格",
        _SAVE_AS_XLSX,
    ),
    # Its error values would be read as blanks, and nothing tells where they stood.
    "xlsb": ("这是 Excel 二进制工作簿（.xlsb），不能可靠地读取", _SAVE_AS_XLSX),
    "cut_compound": ("文件不完整或已损坏，看不出是不是表格", _EXPORT_AGAIN),
    "old_xls": ("这是很老的 Excel 4.0 以前的表格", _SAVE_AS_XLSX),
    "pdf": ("这是 PDF 文件，不是表格", "向交来的人要原来的表格文件（.xlsx、.xls 或 .csv）"),
    "picture": ("这是图片，不是表格", "向交来的人要原来的表格文件，或照图录入一张表格"),
    "rtf": ("这是 RTF 文字文档，不是表格", "把文档中的表格复制到一张新表格里，另存为 .xlsx 后再试"),
    "html": ("这其实是网页，只是名字像表格", _SAVE_AS_XLSX),
    "xml2003": ("这是 XML 表格 2003 格式，不能直接读", _SAVE_AS_XLSX),
    "xml": ("这是 XML 文件，不是表格", _GIVE_TABLE),
    "cut_parquet": ("Parquet 数据文件不完整，可能没有拷贝完", _EXPORT_AGAIN),
    "sealed_parquet": (
        "Parquet 数据文件是加密的，读不了",
        "不加密重新导出，或改交原来的表格文件（.xlsx、.xls 或 .csv）",
    ),
    "binary": ("看不出这是什么文件，不是表格", _GIVE_TABLE),
}

# What a compound file is, by the stream it holds; an encrypted .xlsx is one too.
_STREAMS = {
    "EncryptedPackage": "encrypted",
    "Workbook": XLS,
    "Book": XLS,
    "WordDocument": "docx",
    "PowerPoint Document": "pptx",
}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"{\\rtf", "rtf"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"PARE", "sealed_parquet"),
    (b"\x09\x00\x04\x00", "old_xls"),
    (b"\x09\x02\x06\x00", "old_xls"),
    (b"\x09\x04\x06\x00", "old_xls"),
)


def refusal(kind: str, name: str) -> UnreadableFile:
    """Return the refusal of a file of `kind` that is no spreadsheet."""
    what, todo = _REFUSALS[kind]
    return UnreadableFile(what, where=name, todo=todo)


def is_package(data: bytes) -> bool:
    """Say whether the bytes begin as a zip package does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def kind_of_bytes(data: bytes) -> str:
    """Return the kind of a file that is not a zip package: `xls`, `text`, or a key for `refusal`."""
    if not data:
        return "empty"
    if data.startswith(MAGIC):
        return _kind_of_ole(data)
    if data.startswith(b"PAR1"):
        return PARQUET if len(data) > 12 and data.endswith(b"PAR1") else "cut_parquet"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or (data[:2] == b"BM" and data[6:10] == b"\0\0\0\0"):
        return "picture"
    if data[4:8] == b"ftyp":
        return "picture"  # HEIC photographs of phones
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = data[:8192].decode("utf-16", "replace")
    else:
        start = data[:8192].removeprefix(b"\xef\xbb\xbf").decode("latin-1")
        # A long run of NULs is no text at all; a single one is refused later, with its line.
        if start.count("\0") > len(start) // 20:
            return "binary"
    return _kind_of_markup(start.lstrip().lower())


def _kind_of_ole(data: bytes) -> str:
    try:
        names = frozenset(Compound(data).streams)
    except BadPackage:
        # A damaged file: what it was can still be told from the stream names that stand in it in UTF-16.
        names = frozenset(name for name in _STREAMS if _utf16(name + "\0") in data)
        if not names:
            return "cut_compound"
    for name, kind in _STREAMS.items():
        if name in names:
            return kind
    return "wps"


def _kind_of_markup(start: str) -> str:
    if start.startswith("mime-version:"):
        return "html"
    if not start.startswith("<"):
        return TEXT
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and "<html" not in start:
        return "xml2003"
    if any(tag in start for tag in ("<!doctype html", "<html", "<table", "<meta", "<head", "<body")):
        return "html"
    return "xml" if start.startswith("<?xml") else TEXT


def kind_of_package(names: frozenset[str], mimetype: bytes) -> str:
    """Return the kind of a zip package with these parts; `mimetype` is the content of the part of that name."""
    if "xl/workbook.xml" in names:
        return XLSX
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("ppt/") for name in names):
        return "pptx"
    if mimetype.startswith(b"application/vnd.oasis.opendocument."):
        return ODS if b".spreadsheet" in mimetype else "odt"
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return XLSX
    return "zip"
