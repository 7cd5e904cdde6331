"""How a playbook reads, what was said of it, and what a reviewer says: comments at passages, approval, changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.playbooks.rules import PlaybookDecision
from mentor_app.core.text import TAKEN_BACK, said
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import current, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.playbooks.dialogs import CommentDialog, end_comments, kept_comments
from mentor_app.ui.playbooks.search_view import show_markdown
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.controls import ElidedLabel, button
from mentor_app.ui.widgets.layouts import column_in

if TYPE_CHECKING:
    from mentor_app.core.playbooks.queries import Said, Whole
    from mentor_app.core.store import Connection


class Review(QWidget):
    """The text as it reads, with what was said of it. Comments are kept on this computer until they are sent together.

    ``part_shown`` tells which part is read, counted from 0.
    """

    def __init__(self, context: Context, part_shown: Callable[[], int]) -> None:
        super().__init__()
        self._context, self._part_shown = context, part_shown
        self._book, self._title = 0, ""
        self._said: Sequence[Said] = ()
        self.comments: list[tuple[int, str, str]] = []
        column = column_in(self, 8)
        self.reads = ElidedLabel(tr("As it reads"), "cardtitle")
        column.addWidget(self.reads)
        self.preview = QTextEdit(readOnly=True)
        self.preview.setAccessibleName(tr("As it reads"))
        column.addWidget(self.preview, 3)
        self.remark = button(tr("Comment on the passage…"), self._comment)
        self.remark.hide()  # until it is known who may: a window must not have to grow for what few are offered
        column.addWidget(self.remark)
        card = Card(tr("What was said"))
        self.said = QPlainTextEdit(readOnly=True)
        self.said.setAccessibleName(tr("What was said"))
        card.body.addWidget(self.said, 1)
        column.addWidget(card, 2)

    def turn_to(self, book: int) -> None:
        """From now on it is about this playbook."""
        self._book = book
        self._read_comments()

    def show_book(self, whole: Whole, may_comment: bool) -> None:
        """What was said of it, and what this person has not sent yet."""
        self._title, self._said = whole.playbook.title, whole.said
        self.remark.setVisible(may_comment)
        self._read_comments()
        self._show_said()

    def show_text(self, body: str, heading: str = "") -> None:
        """The text as it reads; ``heading``: whose it is, where nothing else says so."""
        self.reads.setText(heading or tr("As it reads"))
        show_markdown(self.preview, body)

    def _read_comments(self) -> None:
        self.comments = kept_comments(self._context.drafts.get(self._place()))

    def _place(self) -> Place:
        return Place("playbooks", "comments", self._book)

    def _show_said(self) -> None:
        lines = []
        for remark in reversed(self._said):
            words = {
                PlaybookDecision.APPROVED: tr("approved"),
                PlaybookDecision.CHANGES: tr("changes asked"),
                PlaybookDecision.COMMENT: tr("comment"),
                PlaybookDecision.TAKEN_BACK: tr("approval withdrawn"),
            }[remark.decision]
            if remark.words == TAKEN_BACK and remark.decision == PlaybookDecision.COMMENT:
                words = tr("sending back taken back")
            where = " " + tr("“{words}”", words=remark.passage) if remark.passage else ""
            version = tr("Version {n}", n=remark.version)
            lines.append(
                f"{remark.at.date()} · {remark.by} · {version} · {words}{where}\n{said(remark.words or '', current())}"
            )
        waiting = tr("not sent yet")
        mine = [f"{waiting} {tr('“{words}”', words=passage)}\n{words}" for _, passage, words in self.comments]
        lines = mine + lines
        self.said.setPlainText(told("\n\n".join(lines)) or tr("Nothing has been said yet."))

    def _comment(self) -> None:
        passage = self.preview.textCursor().selectedText().replace("\u2029", " ").strip()
        if not passage:
            self._context.toast(tr("Mark the passage in the text first."))
            return
        part = self._part_shown()
        self._comment_on(Place("playbooks", "comment", self._book, f"{part}: {passage[:60]}"), part, passage)

    def go_on_commenting(self, place: Place) -> None:
        """Open a comment begun and not kept yet, with its passage and words, once the playbook has been found."""
        today = self._context.today()

        def read(connection: Connection) -> Whole:
            from mentor_app.core.playbooks.queries import whole

            return whole(connection, place.id or 0, today)

        def show(_whole: Whole) -> None:
            said, _, start = place.detail.partition(": ")
            part = replace(place, detail=said).number
            draft = self._context.drafts.get(place)
            passage = draft.values.get("passage") if draft is not None else None
            if part is not None:
                self._comment_on(place, part, passage if isinstance(passage, str) else start)

        self._context.query(read, show)

    def _comment_on(self, place: Place, part: int, passage: str) -> None:
        def keep(words: str) -> None:
            self.add_comment(part, passage, words)

        self._context.present(CommentDialog(self, self._context, place, passage, keep))

    def add_comment(self, part: int, passage: str, words: str) -> None:
        """Keep a comment until changes are asked for. UserError where that is impossible."""
        comments = [*self.comments, (part, passage, words)]
        rows: list[Json] = [[part, passage, words] for part, passage, words in comments]
        try:
            self._context.drafts.put(self._place(), self._title, {"comments": rows})
        except OSError as error:
            raise UserError("The draft can't be kept on this computer: {reason}", reason=reason_of(error)) from None
        self.comments = comments
        self._show_said()

    def ask_for_changes(self) -> None:
        """Send it back with the comments kept, once the reviewer has said what is wanted."""
        self._context.go(Place("playbooks", "changes", self._book))

    def approve(self) -> None:
        """Everybody finds it from now on; the comments kept go with it."""
        from mentor_app.core.playbooks.reviewing import Comment, approve

        context, place, drafts = self._context, self._place(), self._context.drafts.as_now()
        comments = kept_comments(drafts.get(place))

        def approved(_done: object) -> None:
            end_comments(drafts, place, comments)
            if place == self._place():
                self.comments = [kept for kept in self.comments if kept not in comments]
                self._show_said()
            context.toast(tr("Approved: everybody finds it now."))

        context.act(approve, self._book, comments=[Comment(*one) for one in comments]).then(approved)

    def withdraw(self) -> None:
        """Nobody finds it any more, once the reviewer has said why."""
        self._context.go(Place("playbooks", "withdraw", self._book))
