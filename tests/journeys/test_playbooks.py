"""Playbooks in the real window: the mentor writes, the trainer reviews, the new hire finds; files in and out."""

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from docx import Document as Word
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from mentor_app.core.errors import UserError
from mentor_app.core.playbooks import actions
from mentor_app.core.playbooks.queries import find, playbooks, whole
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.text import translator
from mentor_app.transfer.markdown import blocks
from mentor_app.transfer.playbooks import Document, document_of, export, read_file
from mentor_app.ui.main_window import MainWindow
from tests.journeys.test_pairings import CTRL, Office
from tests.test_cli import ask, run

TODAY = dt.date.today()


@pytest.fixture
def office(window: MainWindow, qtbot: QtBot) -> Office:
    made = Office(window, qtbot)
    made.pair(made.zhou, made.mo, 20)
    return made


def owed(office: Office, kind: str) -> int:
    with office.store.read() as connection:
        return next(b.id for b in playbooks(connection, TODAY, office.mo.person_id) if b.kind.key == kind)


def ready(office: Office, *parts: Part) -> int:
    book = owed(office, "objections")
    office.act(actions.save_parts, book, parts, True, who=office.mo)
    office.act(actions.submit, book, who=office.mo)
    office.act(actions.approve, book, who=office.lead)
    return book


def page(office: Office, what: Any = None) -> Any:
    office.window.go("playbooks", what)
    office.wait()
    return office.window.pages["playbooks"]


def test_the_mentor_writes_and_what_is_typed_is_kept(office: Office, qtbot: QtBot) -> None:
    office.be(office.mo)
    shell = page(office, "books")
    view = shell.view("books")
    assert [view.list.model.index(r, 0).data() for r in range(2)] == ["客户攻坚手册 · 周一", "异议处理百问百答 · Mo"]
    book = owed(office, "objections")
    page(office, ("book", book))
    view = shell.view("book")
    assert view.progress.text() == "0 of 100 written"
    office.click(view.tools[0])
    qtbot.wait(300)
    view.heading.setFocus()
    qtbot.keyClicks(view.heading, "Too expensive?")
    view.text.setFocus()
    qtbot.keyClicks(view.text, "Ask **what** they compare <b>with</b>.")
    assert "Ask what they compare <b>with</b>." in view.preview.toPlainText()  # Markdown shown, HTML as typed
    qtbot.wait(900)
    office.wait()
    with office.store.read() as connection:
        (part,) = whole(connection, book, TODAY).parts
    assert (part.part.title, part.part.body) == ("Too expensive?", "Ask **what** they compare <b>with</b>.")
    assert view.mark[0] == "Draft"
    view.reload()
    office.wait()
    assert view.progress.text() == "1 of 100 written"
    office.click(view.tools[0])
    qtbot.wait(300)
    view.heading.setFocus()
    qtbot.keyClicks(view.heading, "too expensive")
    assert view.alike.text() == "Nearly the same: Too expensive?"
    assert view.alike.isVisible()
    view.keep()
    office.wait()
    office.click(view.tools[3])
    assert view.parts.count() == 1
    office.click(view.submit)
    assert shell.mark.text() == "In review"
    assert not view.editor.isVisible()
    view.actions["take_back"].trigger()
    office.wait()
    assert view.editor.isVisible()


def test_a_question_another_has_answered_is_pointed_out(office: Office, qtbot: QtBot) -> None:
    ready(office, Part("Your price is too high", "Ask what they compare with."))
    book = office.act(actions.begin, "objections", "Lu's", who=office.lu)
    office.be(office.lu)
    view = page(office, ("book", book)).view("book")
    office.click(view.tools[0])
    qtbot.wait(300)
    view.heading.setFocus()
    qtbot.keyClicks(view.heading, "your price is much too high")
    qtbot.wait(400)
    office.wait()
    assert view.alike.text() == "Nearly the same: Your price is too high"


def test_the_trainer_comments_at_the_passage_and_the_mentor_mends_it(office: Office) -> None:
    book = owed(office, "objections")
    office.act(actions.save_parts, book, [Part("太贵", "验收不过不付款。先试点。")], who=office.mo)
    office.act(actions.submit, book, who=office.mo)
    office.be(office.lead)
    shell = page(office, ("book", book))
    view = shell.view("book")
    office.click(view.remark)
    assert "Mark the passage" in office.window.told.text()
    cursor = view.preview.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, 7)
    view.preview.setTextCursor(cursor)
    office.click(view.remark)
    view.dialog.words.setPlainText("法务不同意")
    office.click(view.dialog.save)
    assert "not sent yet" in view.said.toPlainText()
    office.click(view.changes)
    office.click(view.dialog.save)
    office.be(office.mo)
    page(office, ("book", book))
    assert shell.mark.text() == "Changes asked"
    assert "验收不过不付款" in view.said.toPlainText()
    assert "法务不同意" in view.said.toPlainText()
    view.text.setPlainText("分期付款。先试点。")
    view.keep()
    office.wait()
    office.click(view.submit)
    office.be(office.lead)
    page(office, ("book", book))
    office.click(view.approve)
    assert shell.mark.text() == "Approved"
    view.compare()
    assert "−  验收不过不付款。先试点。" in view.dialog.shown.toPlainText()
    assert "+  分期付款。先试点。" in view.dialog.shown.toPlainText()
    view.dialog.reject()
    view.actions["withdraw"].trigger()
    view.dialog.words.setPlainText("wrong price")
    office.click(view.dialog.save)
    assert shell.mark.text() == "Changes asked"
    with office.store.read() as connection:
        assert find(connection, "太贵", TODAY) == []


def test_the_new_hire_finds_an_answer_during_a_call(office: Office, qtbot: QtBot) -> None:
    ready(
        office,
        Part("你们比竞品贵", "先问**与谁**比。价格只是一项。", "MES", "制造"),
        Part("Call me next quarter", "Agree on a date.", None, "Retail"),
        Part("价格能不能再低", "降价要有交换。", "WMS", "物流"),
    )
    office.be(office.zhou)
    window = office.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)  # from anywhere
    office.wait()
    view = window.pages["playbooks"].view("search")
    assert view.search.hasFocus()
    view.search.insert("价格")  # as an input method does
    qtbot.wait(120)
    office.wait()
    assert {hit.question for hit in view.model.hits} == {"你们比竞品贵", "价格能不能再低"}
    assert view.question.text() == "价格能不能再低"  # a title weighs more
    qtbot.keyClick(view.search, Qt.Key.Key_Down)  # without leaving the field
    assert view.question.text() == "你们比竞品贵"
    assert view.answer.toPlainText() == "先问与谁比。价格只是一项。"
    assert [s.cursor.selectedText() for s in view.answer.extraSelections()] == ["价格"]
    assert "Mo" in view.source.text()
    office.click(view.helped)
    office.wait()
    assert view.votes.text() == "helped 1, did not help 0"
    view.product.setCurrentIndex(view.product.findData("WMS"))
    view.product.activated.emit(0)
    office.wait()
    assert [hit.question for hit in view.model.hits] == ["价格能不能再低"]
    view.product.setCurrentIndex(0)
    view.search.setText("nothing like it")
    qtbot.wait(120)
    office.wait()
    assert view.empty.text() == "Nothing approved says this yet."
    view.search.setText("quarter")
    qtbot.wait(120)
    office.wait()
    office.click(view.open)
    assert window.pages["playbooks"].title.text().startswith("异议处理百问百答")
    assert not window.pages["playbooks"].view("book").submit.isVisible()


def test_a_trainer_defines_a_kind_in_the_window(office: Office) -> None:
    details = office.store
    from mentor_app.core.people.actions import PersonDetails, add_person
    from tests.conftest import ME

    trainer = details.act(ME, add_person, PersonDetails("Tia", TODAY, roles=frozenset({"trainer"}))).result
    office.window.become(trainer)
    office.wait()
    shell = page(office, "kinds")
    view = shell.view("kinds")
    office.click(view.new)
    view.dialog.en.setText("Debrief")
    view.dialog.zh.setText("复盘")
    office.click(view.dialog.save)
    assert view.dialog.error.text() == "A template has between 1 and 60 sections."
    view.dialog.template.setPlainText("What happened | 经过\nWhat next | 下一步")
    office.click(view.dialog.save)
    names = [view.list.model.index(r, 0).data() for r in range(view.list.model.rowCount())]
    assert "Debrief" in names
    page(office, "new")
    dialog = shell.view("books").dialog
    dialog.kind.setCurrentIndex(dialog.kind.findText("Debrief"))
    dialog.title.setText("Q3")
    office.click(dialog.save)
    view = shell.view("book")
    assert [view.parts.item(i).text() for i in range(2)] == ["○  经过 What happened", "○  下一步 What next"]


# -- files

NASTY = Part(
    "=1+1 <b> & #set $x$ 问题？",
    "**粗** `code` #let x = 1 $a_b$ \\ <script>\n\n- one\n- two\n  1. deep\n\n> 引用\n\n## Inner",
    "P",
    "I",
    tags="t",
)


def test_markdown_is_read_into_blocks() -> None:
    found = [(b.kind, b.level, b.number, b.words) for b in blocks(NASTY.body)]
    assert found == [
        ("paragraph", 1, 0, "粗 code #let x = 1 $a_b$ \\ <script>"),
        ("item", 1, 0, "one"),
        ("item", 1, 0, "two"),
        ("item", 2, 1, "deep"),
        ("quote", 1, 0, "引用"),
        ("heading", 2, 0, "Inner"),
    ]
    assert [(r.words, r.bold, r.code) for r in blocks("**粗** `code`")[0].runs] == [
        ("粗", True, False),
        (" ", False, False),
        ("code", False, True),
    ]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_exports_are_opened_by_other_programs(tmp_path: Path, language: str) -> None:
    document = Document(
        "手册 <b> & 100%", ("by Mo", "Version 1"), (NASTY, Part("Second", "plain\x00\x07 text 😀")), True
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
    with pytest.raises(UserError, match=r"not one of: docx, pdf, md"):
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
    assert read_file(tmp_path / "t.docx") == [Part("太贵", "比什么", "MES")]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户异议", "应对", "行业", "标签"])
    sheet.append(["没预算", "分期\n试点", "制造", "价格"])
    sheet.append([None, None, None, None])
    sheet.append(["=cmd", "plain", None, None])
    book.save(tmp_path / "q.xlsx")
    assert read_file(tmp_path / "q.xlsx")[0] == Part("没预算", "分期\n试点", None, "制造", None, "价格")
    (tmp_path / "q.csv").write_bytes("question,answer\n价格,先问\n".encode("gb18030"))
    assert read_file(tmp_path / "q.csv") == [Part("价格", "先问")]
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


def test_a_document_is_read_and_exported_in_the_window(office: Office, tmp_path: Path) -> None:
    office.be(office.mo)
    book = owed(office, "objections")
    shell = page(office, ("book", book))
    view = shell.view("book")
    (tmp_path / "q.csv").write_text("question,answer\n太贵,先问\n没时间,约好\n", encoding="utf-8")
    view.read_file(tmp_path / "q.csv")
    office.wait()
    assert view.parts.count() == 2
    office.click(view.submit)
    view.export_to(tmp_path / "out.pdf")
    office.wait()
    assert "太贵" in pypdf.PdfReader(tmp_path / "out.pdf").pages[0].extract_text()


def test_a_file_is_attached_and_a_verified_copy_is_opened(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.be(office.mo)
    book = owed(office, "objections")
    view = page(office, ("book", book)).view("book")
    assert not view.files.isVisible()
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7 plan")
    view.attach(tmp_path / "plan.pdf")
    office.wait()
    assert [b.text() for b in view.files.buttons] == ["plan.pdf"]
    opened: list[Path] = []
    monkeypatch.setattr(view, "_open_copy", opened.append)
    office.click(view.files.buttons[0])
    assert [(p.name, p.read_bytes()) for p in opened] == [("plan.pdf", b"%PDF-1.7 plan")]
    listed = ask(office.store.location, "playbooks", "attachments", str(book), "--out", str(tmp_path / "out"))
    assert [one["name"] for one in listed["attachments"]] == ["plan.pdf"]
    assert (tmp_path / "out" / "plan.pdf").read_bytes() == b"%PDF-1.7 plan"
    office.click(office.window.undo)
    assert not view.files.isVisible()


def test_the_mentors_home_says_what_is_owed(office: Office) -> None:
    office.be(office.mo)
    office.window.go("home")
    office.wait()
    home = office.window.pages["home"]
    home.refresh()
    office.wait()
    assert {b.text() for b in home.books.buttons} == {"客户攻坚手册 · 周一", "异议处理百问百答 · Mo"}
    book = owed(office, "objections")
    office.act(actions.save_part, book, Part("q", "a"), who=office.mo)
    office.act(actions.submit, book, who=office.mo)
    office.be(office.lead)
    office.window.go("home")
    home.refresh()
    office.wait()
    assert [b.text() for b in home.books.buttons] == ["异议处理百问百答 · Mo"]  # to review
    office.click(home.books.buttons[0])
    assert office.window.pages["playbooks"].view("book").approve.isVisible()


def test_the_command_line_searches_imports_and_exports(office: Office, tmp_path: Path) -> None:
    place = office.store.location
    book = ready(office, Part("你们比竞品贵", "先问与谁比。"))
    hits = ask(place, "playbooks", "search", "竞品")["hits"]
    assert [(h["question"], h["answer"], h["author"], h["version"]) for h in hits] == [
        ("你们比竞品贵", "先问与谁比。", "Mo", 1)
    ]
    assert hits[0]["score"] > 0
    (tmp_path / "more.md").write_text("## 没预算\n\n分期。\n", encoding="utf-8")
    done = json.loads(
        run(place, "--as", "Mo", "playbooks", "import", str(tmp_path / "more.md"), "--into", str(book), "--json")
    )
    assert done == {"parts": 1, "titles": ["没预算"]}
    assert "written by Mo" in run(place, "--as", "Lu", "playbooks", "submit", str(book), code=1)
    run(place, "--as", "Mo", "playbooks", "submit", str(book))
    run(place, "--as", "Li", "playbooks", "send-back", str(book), "--comment", "more")
    run(place, "--as", "Mo", "playbooks", "submit", str(book))
    run(place, "--as", "Li", "playbooks", "approve", str(book))
    assert [h["question"] for h in ask(place, "playbooks", "search", "预算")["hits"]] == ["没预算"]
    run(place, "playbooks", "export", str(book), "--out", str(tmp_path / "b.docx"), "--lang", "zh_CN")
    assert Word(str(tmp_path / "b.docx")).paragraphs[0].text == "异议处理百问百答 · Mo"
    listed = {b["kind"]: b for b in ask(place, "playbooks", "--person", "Mo")["playbooks"]}
    assert (listed["objections"]["state"], listed["handbook"]["state"]) == ("approved", "not_started")
    with office.store.read() as connection:
        assert find(connection, "预算", TODAY)[0].version == 3
        assert document_of(whole(connection, book, TODAY), None, translator("en")).parts[1].title == "没预算"
