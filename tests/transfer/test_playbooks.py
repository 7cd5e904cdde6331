"""Playbooks as files: written ones are opened by other programs, existing ones come in, wrong ones are refused."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pypdf
import pytest
from docx import Document as Word

from mentor_app.core.errors import UserError
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.text import translator
from mentor_app.transfer.playbooks import Document, export, read_file

TODAY = dt.date.today()


NASTY = Part(
    title="=1+1 <b> & #set $x$ 问题？",
    body="**粗** `code` #let x = 1 $a_b$ \\ <script>\n\n- one\n- two\n  1. deep\n\n> 引用\n\n## Inner",
    product="P",
    industry="I",
    tags="t",
)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_exports_are_opened_by_other_programs(tmp_path: Path, language: str) -> None:
    document = Document(
        "手册 <b> & 100%", ("by Mo", "Version 1"), (NASTY, Part(title="Second", body="plain\x00\x07 text 😀")), True
    )
    for extension in ("docx", "pdf", "md"):
        export(tmp_path / f"x.{extension}", document, translator(language), TODAY)
    word = Word(str(tmp_path / "x.docx"))
    words = [p.text for p in word.paragraphs]
    assert words[0] == "手册 <b> & 100%"
    assert f"1. {NASTY.title}" in words
    assert "粗 code #let x = 1 $a_b$ \\ <script>" in words
    assert [p.style.name for p in word.paragraphs if p.text in ("one", "deep", "Inner")] == [  # type: ignore[union-attr]
        "List Bullet",
        "List Number 2",
        "Heading 4",
    ]
    reader = pypdf.PdfReader(tmp_path / "x.pdf")
    printed = "".join(p.extract_text() for p in reader.pages)
    for wanted in ("手册", "#let x = 1 $a_b$", "<script>", "引用", "Second"):
        assert wanted in printed
    assert (("页" if language == "zh_CN" else "Page") in printed) is True
    with pytest.raises(UserError, match=r"\.docx, \.pdf, \.md"):
        export(tmp_path / "x.rtf", document, translator("en"), TODAY)
    back = read_file(tmp_path / "x.md")
    assert [part.title for part in back] == [NASTY.title, "Second"]
    assert "- one\n- two\n  1. deep" in back[0].body
    assert "## Inner" in back[0].body
    again = read_file(tmp_path / "x.docx")
    assert [part.title for part in again] == [NASTY.title, "Second"]


def test_existing_ones_come_in_from_word_excel_and_markdown(tmp_path: Path) -> None:
    word = Word()
    word.add_heading("客户攻坚手册", 1)
    word.add_heading("决策链", 2)
    line = word.add_paragraph("采购提需求，")
    line.add_run("生产拍板").bold = True
    word.add_paragraph("先见生产", style="List Bullet")
    word.add_paragraph("再见采购", style="List Bullet")
    word.add_heading("Lessons", 2)
    word.add_paragraph("Ask first.")
    word.save(str(tmp_path / "h.docx"))
    found = read_file(tmp_path / "h.docx")
    assert [(p.title, p.body) for p in found] == [
        ("决策链", "采购提需求，**生产拍板**\n\n- 先见生产\n- 再见采购"),
        ("Lessons", "Ask first."),
    ]
    table = Word()
    grid = table.add_table(rows=2, cols=3)
    for cell, words in zip(grid.rows[0].cells, ("问题", "回答", "产品"), strict=True):
        cell.text = words
    for cell, words in zip(grid.rows[1].cells, ("太贵", "比什么", "MES"), strict=True):
        cell.text = words
    table.save(str(tmp_path / "t.docx"))
    assert read_file(tmp_path / "t.docx") == [Part(title="太贵", body="比什么", product="MES")]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户异议", "应对", "行业", "标签"])
    sheet.append(["没预算", "分期\n试点", "制造", "价格"])
    sheet.append([None, None, None, None])
    sheet.append(["=cmd", "plain", None, None])
    book.save(tmp_path / "q.xlsx")
    assert read_file(tmp_path / "q.xlsx")[0] == Part(
        title="没预算", body="分期\n试点", product=None, industry="制造", stage=None, tags="价格"
    )
    (tmp_path / "q.csv").write_bytes("question,answer\n价格,先问\n".encode("gb18030"))
    assert read_file(tmp_path / "q.csv") == [Part(title="价格", body="先问")]
    (tmp_path / "m.md").write_text(
        "# T\n\nintro\n\n## 一\n\na\n\n### deeper\n\nb\n\n```\n## no heading\n```\n\n## 二\n", encoding="utf-8"
    )
    assert [(p.title, p.body) for p in read_file(tmp_path / "m.md")] == [
        ("一", "a\n\n# deeper\n\nb\n\n```\n## no heading\n```"),
        ("二", ""),
    ]


def test_wrong_files_are_refused_with_the_reason(tmp_path: Path) -> None:
    cases = {
        "none.docx": (None, "can't be opened"),
        "x.exe": (b"MZ", "not one of"),
        "empty.md": (b"no headings here", "no headings or questions"),
        "broken.docx": (b"PK\x03\x04 not a zip", "damaged"),
        "cols.csv": (b"a,b\n1,2\n", "no headings or questions"),
        "bytes.md": (b"\xff\xfe\xfa# x", "encoding"),
    }
    for name, (content, words) in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match=words):
            read_file(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (600 << 20))
    with pytest.raises(UserError, match="larger than"):
        read_file(tmp_path / "bomb.docx")
