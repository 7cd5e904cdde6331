"""Playbooks in the real window: the mentor writes, the trainer reviews, the new hire finds; files in and out."""

import datetime as dt
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mentor_app.core.playbooks import actions, reviewing
from mentor_app.core.playbooks.queries import find, kinds, playbooks, whole
from mentor_app.core.playbooks.rules import Form, Part
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.playbooks import playbook_editor
from tests.cli.command import ask
from tests.journeys.test_pairings import CTRL, Office
from tests.steps import where

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
    office.act(reviewing.approve, book, who=office.lead)
    return book


def page(office: Office, what: Any = None) -> Any:
    office.window.go(where("playbooks", what))
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
    assert view.parts.progress.text() == "0 of 100 written"
    office.click(view.parts.tools[0])
    office.wait()
    view.form.heading.setFocus()
    qtbot.keyClicks(view.form.heading, "Too expensive?")
    view.form.text.setFocus()
    qtbot.keyClicks(view.form.text, "Ask **what** they compare <b>with</b>.")
    assert "Ask what they compare <b>with</b>." in view.review.preview.toPlainText()  # Markdown shown, HTML as typed
    office.wait()
    with office.store.read() as connection:
        (part,) = whole(connection, book, TODAY).parts
    assert (part.part.title, part.part.body) == ("Too expensive?", "Ask **what** they compare <b>with</b>.")
    assert view.mark[0] == "Draft"
    view.reload()
    office.wait()
    assert view.parts.progress.text() == "1 of 100 written"
    office.click(view.parts.tools[0])
    office.wait()
    view.form.heading.setFocus()
    qtbot.keyClicks(view.form.heading, "too expensive")
    assert view.form.alike.text() == "Nearly the same: Too expensive?"
    assert view.form.alike.isVisible()
    view.keep()
    office.wait()
    office.click(view.parts.tools[3])
    assert view.parts.list.count() == 1
    office.click(view.submit)
    assert shell.mark.text() == "In review"
    assert not view.form.isVisible()
    view.more_actions["take_back"].trigger()
    office.wait()
    assert view.form.isVisible()


def test_a_question_another_has_answered_is_pointed_out(office: Office, qtbot: QtBot) -> None:
    ready(office, Part(title="Your price is too high", body="Ask what they compare with."))
    book = office.act(actions.begin, "objections", "Lu's", who=office.lu)
    office.be(office.lu)
    view = page(office, ("book", book)).view("book")
    office.click(view.parts.tools[0])
    office.wait()
    view.form.heading.setFocus()
    qtbot.keyClicks(view.form.heading, "your price is much too high")
    office.wait()
    assert view.form.alike.text() == "Nearly the same: Your price is too high"


def test_the_trainer_comments_at_the_passage_and_the_mentor_mends_it(office: Office) -> None:
    book = owed(office, "objections")
    office.act(actions.save_parts, book, [Part(title="太贵", body="验收不过不付款。先试点。")], who=office.mo)
    office.act(actions.submit, book, who=office.mo)
    office.be(office.lead)
    shell = page(office, ("book", book))
    view = shell.view("book")
    office.click(view.review.remark)
    assert "Mark the passage" in office.window.told.text()
    cursor = view.review.preview.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, 7)
    view.review.preview.setTextCursor(cursor)
    office.click(view.review.remark)
    office.window.dialog.words.setPlainText("法务不同意")
    office.click(office.window.dialog.save)
    assert "not sent yet" in view.review.said.toPlainText()
    office.click(view.changes)
    office.click(office.window.dialog.save)
    assert (view.parts.list.count(), view.parts.progress.text().split()[0]) == (
        1,
        "1",
    )  # what was handed in stays to be read
    office.be(office.zhou)
    page(office, ("book", book))
    assert (view.parts.list.count(), view.parts.progress.text()[:27]) == (0, "The author is still writing")
    office.be(office.mo)
    page(office, ("book", book))
    assert shell.mark.text() == "Changes asked"
    assert "验收不过不付款" in view.review.said.toPlainText()
    assert "法务不同意" in view.review.said.toPlainText()
    view.form.text.setPlainText("分期付款。先试点。")
    view.keep()
    office.wait()
    office.click(view.submit)
    office.be(office.lead)
    page(office, ("book", book))
    office.click(view.approve)
    assert shell.mark.text() == "Approved"
    view.compare()
    office.wait()
    assert "−  验收不过不付款。先试点。" in office.window.dialog.shown.toPlainText()
    assert "+  分期付款。先试点。" in office.window.dialog.shown.toPlainText()
    office.window.dialog.reject()
    view.more_actions["withdraw"].trigger()
    office.wait()
    office.window.dialog.words.setPlainText("wrong price")
    office.click(office.window.dialog.save)
    assert shell.mark.text() == "Changes asked"
    with office.store.read() as connection:
        assert find(connection, "太贵", TODAY) == []


def test_the_new_hire_finds_an_answer_during_a_call(office: Office, qtbot: QtBot) -> None:
    ready(
        office,
        Part(title="你们比竞品贵", body="先问**与谁**比。价格只是一项。", product="MES", industry="制造"),
        Part(title="Call me next quarter", body="Agree on a date.", product=None, industry="Retail"),
        Part(title="价格能不能再低", body="降价要有交换。", product="WMS", industry="物流"),
    )
    office.be(office.zhou)
    window = office.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)  # from anywhere
    office.wait()
    view = window.pages["playbooks"].view("search")
    assert view.search.hasFocus()
    view.search.insert("价格")  # as an input method does
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
    office.wait()
    assert view.empty.text() == "Nothing approved says this yet."
    view.search.setText("quarter")
    office.wait()
    office.click(view.to_source)
    assert window.pages["playbooks"].title.text().startswith("异议处理百问百答")
    assert not window.pages["playbooks"].view("book").submit.isVisible()


def test_a_trainer_defines_a_kind_in_the_window(office: Office) -> None:
    details = office.store
    from mentor_app.core.people.actions import PersonDetails, add_person
    from tests.conftest import ME

    trainer = details.act(
        ME, add_person, PersonDetails(name="Tia", hired_on=TODAY, roles=frozenset({"trainer"}))
    ).result
    office.window.become(trainer)
    office.wait()
    shell = page(office, "kinds")
    view = shell.view("kinds")
    office.click(view.new)
    office.window.dialog.en.setText("Debrief")
    office.window.dialog.zh.setText("复盘")
    office.click(office.window.dialog.save)
    assert office.window.dialog.error.text() == "A template has between 1 and 60 sections."
    office.window.dialog.template.setPlainText("What happened | 经过\nWhat next | 下一步")
    office.click(office.window.dialog.save)
    names = [view.list.model.index(r, 0).data() for r in range(view.list.model.rowCount())]
    assert "Debrief" in names
    with office.store.read() as connection:
        kind_id = next(i for i, _, kind in kinds(connection) if kind.name.en == "Debrief")
    for form in (Form.ENTRIES, Form.SECTIONS):  # there and back: the sections are kept meanwhile
        page(office, ("kind", kind_id))
        dialog = office.window.dialog
        dialog.form_of.setCurrentIndex(dialog.form_of.findData(form))
        office.click(dialog.save)
    page(office, "begin")
    dialog = office.window.dialog
    dialog.kind.setCurrentIndex(dialog.kind.findText("Debrief"))
    dialog.title.setText("Q3")
    office.click(dialog.save)
    view = shell.view("book")
    assert [view.parts.list.item(i).text() for i in range(2)] == ["○  经过 What happened", "○  下一步 What next"]


# -- files


def chosen(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Whatever file dialog the editor opens, this file is chosen in it."""
    for name in ("ask_open", "ask_save"):
        monkeypatch.setattr(playbook_editor, name, lambda *args: args[-1](path))


def test_a_document_is_read_and_exported_in_the_window(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.be(office.mo)
    book = owed(office, "objections")
    shell = page(office, ("book", book))
    view = shell.view("book")
    chosen(monkeypatch, tmp_path / "q.csv")
    (tmp_path / "q.csv").write_text("客户异议,标准话术\n太贵,先问\n,没有问题\n没时间,约好\n", encoding="utf-8")
    view.more_actions["import"].trigger()
    office.wait()
    dialog: Any = office.window.dialog
    assert [dialog.titles.item(i).text() for i in range(dialog.titles.count())] == ["太贵", "没时间"]
    assert dialog.left_out.item(0).text() == "Row 3: This row has no question: 没有问题"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    office.wait()
    assert (dialog.isVisible(), view.parts.list.count()) == (False, 0)  # looked at, and not taken
    view.more_actions["import"].trigger()
    office.wait()
    dialog = office.window.dialog
    office.click(dialog.save)
    office.wait()
    assert view.parts.list.count() == 2
    office.click(view.submit)
    chosen(monkeypatch, tmp_path / "out.pdf")
    view.more_actions["export"].trigger()
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
    chosen(monkeypatch, tmp_path / "plan.pdf")
    view.more_actions["attach"].trigger()
    office.wait()
    assert [b.text() for b in view.files.buttons] == ["plan.pdf"]
    opened: list[Path] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(Path(url.toLocalFile())))
    office.click(view.files.buttons[0])
    assert [(p.name, p.read_bytes()) for p in opened] == [("plan.pdf", b"%PDF-1.7 plan")]
    listed = ask(office.store.location, "playbooks", "attachments", str(book), "--out", str(tmp_path / "out"))
    assert [one["name"] for one in listed["attachments"]] == ["plan.pdf"]
    assert (tmp_path / "out" / "plan.pdf").read_bytes() == b"%PDF-1.7 plan"
    office.click(office.window.undo)
    assert not view.files.isVisible()


def test_the_mentors_home_says_what_is_owed(office: Office) -> None:
    office.be(office.mo)
    office.window.go(where("home"))
    office.wait()
    home = office.window.pages["home"]
    home.refresh()
    office.wait()
    assert {b.text() for b in home.books.buttons} == {"客户攻坚手册 · 周一", "异议处理百问百答 · Mo"}
    book = owed(office, "objections")
    office.act(actions.save_part, book, Part(title="q", body="a"), who=office.mo)
    office.act(actions.submit, book, who=office.mo)
    office.be(office.lead)
    office.window.go(where("home"))
    home.refresh()
    office.wait()
    assert [b.text() for b in home.books.buttons] == ["异议处理百问百答 · Mo"]  # to review
    office.click(home.books.buttons[0])
    assert office.window.pages["playbooks"].view("book").approve.isVisible()
