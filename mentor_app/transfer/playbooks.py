"""Playbooks as files: DOCX, PDF and Markdown out; DOCX, XLSX, CSV and Markdown in."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.playbooks.rules import MAX_BODY, MAX_LINE, MAX_PARTS, Form, Part
from mentor_app.core.resources import resource
from mentor_app.core.store.guard import check_readable
from mentor_app.core.text import Text, Translator, shown, text
from mentor_app.transfer.files import replacing
from mentor_app.transfer.markdown import Block, blocks
from mentor_app.transfer.reading import open_source
from mentor_app.transfer.recognise import normalise

FORMATS = ("docx", "pdf", "md")
_MAX_FILE = 50 << 20
_MAX_UNPACKED = 500 << 20
_HEADERS = {
    "title": (
        "question",
        "objection",
        "title",
        "问题",
        "异议",
        "标题",
        "客户异议",
        "客户问题",
        "常见问题",
        "异议点",
        "顾客异议",
        "客户提问",
        "提问",
        "q",
    ),
    "body": (
        "answer",
        "reply",
        "text",
        "回答",
        "答案",
        "应对",
        "话术",
        "标准话术",
        "参考话术",
        "应对话术",
        "应答话术",
        "推荐话术",
        "标准回答",
        "标准答案",
        "参考回答",
        "参考答案",
        "回复",
        "解答",
        "答复",
        "应答",
        "response",
        "suggested answer",
        "a",
    ),
    "product": ("product", "产品"),
    "industry": ("industry", "行业"),
    "stage": ("stage", "phase", "阶段"),
    "tags": ("tags", "tag", "标签", "分类"),
}


@dataclass(frozen=True)
class Document:
    """What is exported: a title, lines about it (author, version, date), the parts, and whether they are questions."""

    title: str
    about: tuple[str, ...]
    parts: tuple[Part, ...]
    entries: bool


def export(path: Path, document: Document, tr: Translator, today: dt.date) -> None:
    """Write the document as the file's extension says: .docx, .pdf or .md."""
    extension = path.suffix.lower().lstrip(".")
    if extension not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise UserError(
            "{file}: a playbook is written as {known}. Choose one of these endings.", file=str(path), known=known
        )
    {"docx": _docx, "pdf": _pdf, "md": _markdown}[extension](path, document, tr, today)


def _about(part: Part) -> str:
    return " · ".join(word for word in (part.product, part.industry, part.tags) if word)


def _markdown(path: Path, document: Document, tr: Translator, today: dt.date) -> None:
    lines = [f"# {_one_line(document.title)}", "", *(f"*{_one_line(words)}*  " for words in document.about), ""]
    for part in document.parts:
        lines += [f"## {_one_line(part.title)}", ""]
        about = _about(part)
        lines += [f"*{_one_line(about)}*", ""] if about else []
        lines += [_deeper(_closed(part.body.strip())), ""]
    with replacing(path) as half:
        half.write_text("\n".join(lines), encoding="utf-8")


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _deeper(body: str) -> str:
    """Headings inside a part stand below the part's own, so that the file reads back as it was written."""
    return re.sub(r"^(#{1,4})(?= )", r"##\1", body, flags=re.MULTILINE)


class _Fence:
    """Whether lines of Markdown lie within a block of code: between two rows of ` or ~."""

    def __init__(self) -> None:
        self.mark = ""

    def take(self, line: str) -> bool:
        """Whether this line is code, or a fence around it."""
        found = re.match(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)", line)
        if not self.mark:
            self.mark = found[1] if found else ""
            return bool(found)
        if found and found[1].startswith(self.mark) and not found[2].strip():
            self.mark = ""
        return True


def _closed(body: str) -> str:
    """A text whose last block of code is closed, or all that follows in the file would belong to it."""
    fence = _Fence()
    for line in body.split("\n"):
        fence.take(line)
    return f"{body}\n{fence.mark}" if fence.mark else body


def _docx(path: Path, document: Document, tr: Translator, today: dt.date) -> None:
    from docx import Document as Word
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    word = Word()
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(24)
    word.core_properties.title = _printable(document.title)[:250]
    word.core_properties.author = ""
    normal = word.styles["Normal"]
    normal.font.size, normal.font.name = Pt(10.5), "Calibri"
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    for level in (1, 2, 3):
        style = word.styles[f"Heading {level}"]
        style.font.color.rgb, style.font.name = RGBColor(0x0B, 0x6B, 0x62), "Calibri"
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    word.add_heading(_printable(document.title), 1)
    for words in document.about:
        line = word.add_paragraph(_printable(words))
        line.paragraph_format.space_after = Pt(0)
        for run in line.runs:
            run.font.size, run.font.color.rgb = Pt(9), RGBColor(0x56, 0x62, 0x73)
    for at, part in enumerate(document.parts, 1):
        word.add_heading(_printable(f"{at}. {part.title}" if document.entries else part.title), 2)
        about = _about(part)
        if about:
            run = word.add_paragraph().add_run(_printable(about))
            run.font.size, run.font.color.rgb = Pt(9), RGBColor(0x56, 0x62, 0x73)
        for block in blocks(part.body):
            _write_block(word, block)
    written = io.BytesIO()  # written at once: on a full disk the library's own file would stay half open
    word.save(written)
    with replacing(path) as half:
        half.write_bytes(written.getvalue())


def _write_block(word: Any, block: Block) -> None:
    if block.kind == "heading":
        word.add_heading(_printable(block.words), min(9, block.level + 2))
        return
    style = {"item": "List Number" if block.number else "List Bullet", "quote": "Intense Quote"}.get(
        block.kind, "Normal"
    )
    if block.kind == "item" and block.level > 1:
        style += f" {min(3, block.level)}"
    line = word.add_paragraph(style=style)
    for run in block.runs:
        written = line.add_run(_printable(run.words))
        written.bold, written.italic = run.bold or None, run.italic or None
        if run.code:
            written.font.name = "Consolas"


def _printable(words: str) -> str:
    """XML holds no control characters."""
    return "".join(c for c in words if c in "\n\t" or c.isprintable())


def _pdf(path: Path, document: Document, tr: Translator, today: dt.date) -> None:
    import typst as library
    from pylopdf_fonts_zh_cn import __file__ as fonts

    data = {
        "title": document.title,
        "about": list(document.about),
        "entries": document.entries,
        "language": tr.language[:2],
        "page": tr("Page"),
        "date": today.isoformat(),
        "parts": [
            {"title": part.title, "about": _about(part), "blocks": [_plain(block) for block in blocks(part.body)]}
            for part in document.parts
        ],
    }
    template = resource("reports", "playbook.typ").read_text(encoding="utf-8")
    # The texts travel as data, so nothing in them is ever taken for markup.
    typst: Any = library
    pdf = typst.compile(
        template.encode(),
        font_paths=[str(Path(fonts).parent)],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    with replacing(path) as half:
        half.write_bytes(pdf)


def _plain(block: Block) -> dict[str, Any]:
    runs = [{"w": run.words, "b": run.bold, "i": run.italic, "c": run.code} for run in block.runs]
    return {"kind": block.kind, "level": block.level, "number": block.number, "runs": runs}


@dataclass(frozen=True, kw_only=True)
class Book:
    """An existing playbook as it was read: its parts, the rows that are none and why, and how a table was read."""

    parts: list[Part]
    left_out: list[tuple[int, Text]] = field(default_factory=list)
    encoding: str | None = None
    header_row: int | None = None

    def understood(self, tr: Translator) -> dict[str, Any]:
        """What every import says of what it understood; what does not apply is None or empty."""
        return {
            "encoding": self.encoding,
            "header_row": self.header_row,
            "left_out": [{"row": row, "why": why.render(tr)} for row, why in self.left_out],
            "date_order": None,
            "decimal": None,
            "stages": [],
            "currencies": [],
            "totals": {"won": None, "lost": None, "open": None, "void": None},
            "closed": {"first": None, "last": None},
        }


def read_file(path: Path) -> list[Part]:
    """The parts of an existing playbook; see ``read_book``."""
    return read_book(path).parts


def read_book(path: Path) -> Book:
    """An existing playbook. UserError for what can't be read, is too large or holds nothing."""
    check_readable(path)
    try:
        with path.open("rb") as file:
            start, large = file.read(4), os.fstat(file.fileno()).st_size > _MAX_FILE
    except OSError as error:
        raise UserError("{file} can't be opened: {reason}", file=str(path), reason=reason_of(error)) from None
    if large:
        raise UserError("{file} is larger than {n} MB.", file=path.name, n=_MAX_FILE >> 20)
    names = _names(path) if start[:2] == b"PK" else []
    if any(name.startswith("word/") for name in names):
        book = Book(parts=_from_docx(path))
    elif names or path.suffix.lower() in (".csv", ".tsv", ".xls", ".xlsx"):
        book = _from_table(path)
    elif path.suffix.lower() in (".md", ".markdown", ".txt", ""):
        book = Book(parts=_from_markdown(path))
    else:
        raise UserError("{name} is not one of: {known}.", name=path.name, known="docx, xlsx, csv, md")
    if not book.parts:
        raise UserError("{file} holds no headings or questions.", file=path.name)
    if len(book.parts) > MAX_PARTS:
        raise UserError("A playbook has at most {n} parts.", n=MAX_PARTS)
    return replace(book, parts=[_bounded(part) for part in book.parts])


def _names(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MAX_UNPACKED:
                raise UserError("{file} is larger than {n} MB.", file=path.name, n=_MAX_UNPACKED >> 20)
            return archive.namelist()
    except zipfile.BadZipFile:
        raise UserError("{file} is damaged.", file=path.name) from None
    except OSError as error:
        raise UserError("{file} can't be opened: {reason}", file=str(path), reason=reason_of(error)) from None


def _bounded(part: Part) -> Part:
    if len(part.title) > MAX_LINE:  # a whole paragraph set as a heading: its end goes to the text
        return Part(
            title=part.title[:MAX_LINE],
            body=f"{part.title[MAX_LINE:]}\n\n{part.body}"[:MAX_BODY],
            product=part.product,
            industry=part.industry,
            stage=part.stage,
            tags=part.tags,
        )
    return Part(
        title=part.title,
        body=part.body[:MAX_BODY],
        product=part.product,
        industry=part.industry,
        stage=part.stage,
        tags=part.tags,
    )


def _from_markdown(path: Path) -> list[Part]:
    try:
        source = path.read_bytes()
    except OSError as error:
        raise UserError("{file} can't be opened: {reason}", file=str(path), reason=reason_of(error)) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = source.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UserError("The encoding of {file} is not known.", file=path.name)
    lines, levels, fence = words.replace("\r\n", "\n").split("\n"), set(), _Fence()
    for line in lines:
        heading = re.match(r"(#{1,6}) +\S", line)
        if not fence.take(line) and heading:
            levels.add(len(heading[1]))
    if not levels:
        return []
    ones = sum(bool(re.match(r"# +\S", line)) for line in lines)
    level = min(levels - {1}, default=1) if ones == 1 else min(levels)
    parts: list[Part] = []
    body: list[str] = []
    title: str | None = None
    fence = _Fence()
    for at, line in enumerate([*lines, "#" * level + " "]):
        if (at == len(lines) or not fence.take(line)) and re.match(rf"#{{{level}}} ", line):
            if title is not None:
                parts.append(Part(title=title, body=_shallower("\n".join(body).strip(), level)))
            title, body = re.sub(r"^#+ +", "", line).strip().rstrip("#").strip(), []
        elif title is not None:
            body.append(line)
    return [part for part in parts if part.title or part.body]


def _shallower(body: str, level: int) -> str:
    return re.sub(rf"^#{{{level}}}(#+ )", r"\1", body, flags=re.MULTILINE)


def _from_docx(path: Path) -> list[Part]:
    from docx import Document as Word
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        word = Word(str(path))
    except Exception as error:  # whatever a damaged file makes the library raise
        raise UserError("{file} can't be opened: {reason}", file=path.name, reason=str(error)[:200]) from None
    items = list(word.iter_inner_content())
    for item in items:
        if isinstance(item, Table):
            rows = [[cell.text.strip() for cell in row.cells] for row in item.rows]
            entries = _entries(rows) if rows else []
            if entries:
                return entries
    heads = [_level(item) for item in items if isinstance(item, Paragraph) and _level(item)]
    if not heads:
        return []
    level = min((h for h in heads if h > 1), default=1) if heads.count(1) <= 1 else 1
    parts: list[Part] = []
    body: list[str] = []
    title: str | None = None
    for item in items:
        if not isinstance(item, Paragraph):
            continue
        depth = _level(item)
        if depth == level:
            if title is not None:
                parts.append(Part(title=title, body="\n\n".join(body).strip()))
            title, body = item.text.strip(), []
        elif title is not None and item.text.strip():
            body.append(_written(item, depth - level if depth else 0))
    if title is not None:
        parts.append(Part(title=title, body="\n\n".join(body).strip()))
    return [Part(title=re.sub(r"^\d+[.、]\s*", "", part.title), body=_tight(part.body)) for part in parts]


def _level(paragraph: Any) -> int:
    found = re.fullmatch(r"(?:Heading|标题) ?(\d)", paragraph.style.name or "")
    return int(found[1]) if found else 0


def _written(paragraph: Any, deeper: int) -> str:
    """A paragraph as Markdown."""
    words = (
        "".join(
            f"**{run.text.strip()}**" + (" " if run.text.endswith(" ") else "")
            if run.bold and run.text.strip()
            else run.text
            for run in paragraph.runs
        )
        or paragraph.text
    )
    style = paragraph.style.name or ""
    if deeper > 0:
        return "#" * min(6, deeper) + " " + words
    if style.startswith("List Bullet"):
        return "- " + words
    return "1. " + words if style.startswith("List Number") else words


def _tight(body: str) -> str:
    """Items of one list stand without empty lines between them."""
    return re.sub(r"(?m)^((?:- |1\. ).*)\n\n(?=- |1\. )", r"\1\n", body)


def _from_table(path: Path) -> Book:
    known = frozenset(normalise(word) for words in _HEADERS.values() for word in words)
    source = open_source(path, known_headers=known)
    at = _places(source.headers)
    if not {"title", "body"} <= at.keys():
        raise UserError(
            "{file} holds no headings or questions: a question stands under {questions}, an answer under {answers}; the columns are {columns}.",
            file=path.name,
            questions=", ".join(_HEADERS["title"]),
            answers=", ".join(_HEADERS["body"]),
            columns=", ".join(source.headers),
        )
    parts, left_out = [], []
    for numbers, rows in source.batches():
        for number, row in zip(numbers, rows, strict=True):
            part = _entry(row, at)
            if not any(map(str.strip, row)):
                continue
            if part.title:
                parts.append(part)
            else:
                left_out.append(
                    (number, text("This row has no question: {words}", words=" ".join(part.body.split())[:60]))
                )
    return Book(parts=parts, left_out=left_out, encoding=source.encoding, header_row=source.header_row)


def _entries(rows: Sequence[Sequence[str]]) -> list[Part]:
    """Rows under a heading with a question and an answer; empty where the heading has none."""
    at = _places(rows[0])
    if not {"title", "body"} <= at.keys():
        return []
    return [part for part in (_entry(row, at) for row in rows[1:]) if part.title or part.body]


def _places(headers: Sequence[str]) -> dict[str, int]:
    """Which column means what: by its whole name, else an answer or a question by a word that only one column holds."""
    header = [normalise(cell) for cell in headers]
    at: dict[str, int] = {}
    for name, words in _HEADERS.items():
        found = next((header.index(normalise(word)) for word in words if normalise(word) in header), None)
        if found is not None and found not in at.values():
            at[name] = found
    for name, parts in (
        ("title", ("异议", "问题", "question", "objection")),
        ("body", ("话术", "回答", "答案", "应对", "answer")),
    ):
        holding = [i for i, cell in enumerate(header) if i not in at.values() and any(part in cell for part in parts)]
        if name not in at and len(holding) == 1:
            at[name] = holding[0]
    return at


def _entry(row: Sequence[str], at: dict[str, int]) -> Part:
    said = {name: str(row[column].strip()) if column < len(row) else "" for name, column in at.items()}
    return Part(
        title=said["title"],
        body=said["body"],
        **{name: said.get(name) or None for name in ("product", "industry", "stage", "tags")},
    )


def document_of(whole: Any, number: int | None, tr: Translator) -> Document:
    """A version of a playbook (None: the one everybody reads, or the newest) as it is exported. UserError where none is."""
    wanted = number or whole.approved or (whole.versions[0].number if whole.versions else 0)
    version = next((v for v in whole.versions if v.number == wanted), None)
    if version is None:
        raise UserError("Nothing has been handed in yet; there is no version to export.")
    book = whole.playbook
    kind = book.kind.name(tr.language)
    about = (
        kind,
        tr("by {name}", name=book.owner),
        tr("Version {n}", n=version.number)
        + f" · {version.at.date()}"
        + (f" · {tr('Approved')}" if version.number == whole.approved else ""),
    )
    parts = tuple(
        Part(**{name: shown(said, tr) if isinstance(said, str) else said for name, said in vars(part).items()})
        for part in version.parts
    )
    return Document(shown(version.title, tr), about, parts, book.kind.form == Form.ENTRIES)
