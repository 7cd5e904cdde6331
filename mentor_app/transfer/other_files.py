"""Files that are no table, whatever their name says: each is called what it is, with what to do."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_

_PACKED = N_("{file} is packed ({sort}). Unpack it, then choose the file inside.")
_PICTURE = N_("{file} is a picture. Export the table itself as XLSX or CSV.")
_BEGINNINGS = (
    # what a file begins with, what is said of it, and of which sort it is
    (b"%PDF", N_("{file} is a PDF: there is no table in it that could be read. Export it as XLSX or CSV."), ""),
    (b"\x1f\x8b", _PACKED, "GZIP"),
    (b"BZh", _PACKED, "BZIP2"),
    (b"\xfd7zXZ", _PACKED, "XZ"),
    (b"7z\xbc\xaf\x27\x1c", _PACKED, "7z"),
    (b"Rar!\x1a\x07", _PACKED, "RAR"),
    (b"\x28\xb5\x2f\xfd", _PACKED, "Zstandard"),
    (b"\x89PNG", _PICTURE, ""),
    (b"\xff\xd8\xff", _PICTURE, ""),
    (b"GIF8", _PICTURE, ""),
    (b"{\\rtf", N_("{file} is a text document (RTF). Export the table as XLSX or CSV."), ""),
    (b"SQLite format 3\x00", N_("{file} is a database. Export the table from the program it belongs to, as XLSX or CSV."), ""),
    (b"PAR1", N_("{file} is a Parquet file. Export it as XLSX or CSV."), ""),
)  # fmt: skip
_XML_2003 = N_("{file} is a workbook as XML (Excel 2003). Open it in a spreadsheet program and save it as XLSX.")
_XML = N_("{file} is XML. Export it as XLSX or CSV.")
_JSON = N_("{file} is JSON. Export it as XLSX or CSV.")
_MAIL = N_("{file} is a mail or a saved web page. Save the table in it as a file of its own (XLSX or CSV).")
_DOCUMENT = N_("{file} is a document, not a workbook. Copy its table into a spreadsheet program and save it as XLSX.")
_NUMBERS = N_("{file} is a Numbers document. In Numbers choose File → Export To → Excel.")
_PASSWORD = N_("{file} is protected by a password. Save it without one.")
_HEADER = re.compile(r"(?:(?:[A-Z][\w-]*: [^\n]*|[ \t][^\n]*)\r?\n){2,}")
_OF_MAIL = re.compile(r"^(?:MIME-Version|Content-Type|Received|Return-Path|Message-ID): ", re.IGNORECASE | re.MULTILINE)


def check_is_table(path: Path, start: bytes) -> None:
    """UserError where a file that begins with ``start`` is known not to be a table."""
    for beginning, key, sort in _BEGINNINGS:
        if start.startswith(beginning):
            raise UserError(key, file=path.name, **({"sort": sort} if sort else {}))
    words = _words(start)
    if words.startswith("<?xml") or re.match(r"<[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>\s*<", words):
        is_book = "urn:schemas-microsoft-com:office:spreadsheet" in words
        raise UserError(_XML_2003 if is_book else _XML, file=path.name)
    if _is_json(words):
        raise UserError(_JSON, file=path.name)
    header = _HEADER.match(words)
    if header is not None and _OF_MAIL.search(header[0]):
        raise UserError(_MAIL, file=path.name)


def _words(start: bytes) -> str:
    """The beginning as text, as far as it matters here."""
    head = start[: 1 << 16]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[1:2] == b"\0" or head[:1] == b"\0"
    return (head.replace(b"\0", b"") if wide else head).decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe \t\r\n")


def _is_json(words: str) -> bool:
    """Whether a text is JSON, or has one JSON object in each line."""
    if not re.match(r"\{\s*(?:\"|\}|$)|\[\s*(?:[{\[\"\d\]-]|$)", words):
        return False
    line = words.splitlines()[0]
    try:
        return isinstance(json.loads(line), (dict, list))
    except ValueError:
        return bool(re.match(r"\{\s*\"[^\"\n]*\"\s*:|\[\s*[{\[]", words))


def check_is_workbook(path: Path, is_zip: bool) -> None:
    """UserError where an archive or a compound file is known not to be a workbook, or is one that can't be read."""
    if is_zip:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        if {"xl/workbook.xml", "content.xml", "xl/workbook.bin"} & set(names):
            return
        if any(name.endswith(".iwa") or name.endswith("Index.zip") for name in names):
            raise UserError(_NUMBERS, file=path.name)
        if {"word/document.xml", "ppt/presentation.xml"} & set(names):
            raise UserError(_DOCUMENT, file=path.name)
        if not any(name.startswith("xl/") for name in names):
            raise UserError(_PACKED, file=path.name, sort="ZIP")
        return
    with path.open("rb") as file:
        held = file.read(1 << 24)
    if not held.startswith(b"\xd0\xcf\x11\xe0"):
        return

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") + b"\0\0" in held

    if holds("EncryptedPackage"):
        raise UserError(_PASSWORD, file=path.name)
    if not (holds("Workbook") or holds("Book")) and (
        holds("WordDocument") or holds("PowerPoint Document") or holds("__properties_version1.0")
    ):
        raise UserError(_MAIL if holds("__properties_version1.0") else _DOCUMENT, file=path.name)
