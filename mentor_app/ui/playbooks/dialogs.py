"""Dialogs about one playbook: a comment at a passage, a review, two versions beside each other; and how one begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from mentor_app.core.camp.programme import Name
from mentor_app.core.errors import Gone
from mentor_app.core.playbooks.rules import ARISES, FORMS, Arises, Form, Kind, LineChange
from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.theme import THEMES
from mentor_app.ui.widgets.controls import ElidedLabel, label
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import BadField, choice, needed_reason, text_field, whole_field

if TYPE_CHECKING:
    from mentor_app.core.playbooks.queries import Whole
    from mentor_app.core.store import Connection
    from mentor_app.ui.drafts import Draft, DraftKeeper, Json


def open_begin(window: QWidget, context: Context, place: Place) -> None:
    """Begin a playbook by hand."""

    def read(connection: Connection) -> list[Kind]:
        from mentor_app.core.playbooks.queries import kinds

        return [kind for _, _, kind in kinds(connection)]

    if context.me is None:
        context.refuse(N_("Choose first who is working here: this is recorded under a person's name."))
        return
    context.query(read, lambda kinds: context.present(BeginDialog(window, context, place, kinds)))


def open_kind(window: QWidget, context: Context, place: Place) -> None:
    """Change the kind with the id ``place.id``, or define a further one."""

    def read(connection: Connection) -> tuple[int, Kind] | None:
        from mentor_app.core.playbooks.queries import kinds

        found = next(((version, kind) for i, version, kind in kinds(connection) if i == place.id), None)
        if found is None and place.id is not None:
            raise Gone
        return found

    context.query(read, lambda known: context.present(KindDialog(window, context, place, known)))


def open_review(window: QWidget, context: Context, place: Place) -> None:
    """Ask for changes in the playbook ``place.id`` with the comments kept for it, or take its approval back."""
    today = context.today()

    def read(connection: Connection) -> Whole:
        from mentor_app.core.playbooks.queries import whole

        return whole(connection, place.id or 0, today)

    def show(book: Whole) -> None:
        if context.me is not None and context.me.id == book.playbook.owner_id:
            context.refuse(N_("Nobody approves their own playbook."))
            return
        draft = context.drafts.get(Place("playbooks", "comments", place.id))
        context.present(ReviewDialog(window, context, place, kept_comments(draft)))

    context.query(read, show)


def kept_comments(draft: Draft | None) -> list[tuple[int, str, str]]:
    """The comments at passages that a draft holds: (part counted from 0, passage, words)."""
    kept = draft.values.get("comments") if draft is not None else None
    rows = [row for row in kept if isinstance(row, list) and len(row) == 3] if isinstance(kept, list) else []
    return [(part, str(passage), str(words)) for part, passage, words in rows if isinstance(part, int)]


def end_comments(drafts: DraftKeeper, place: Place, sent: Sequence[tuple[int, str, str]]) -> None:
    """These comments are sent; those kept since stay."""
    draft = drafts.get(place)
    rest: list[Json] = [list(one) for one in kept_comments(draft) if one not in sent]
    if draft is not None and rest:
        drafts.put(place, draft.title, {"comments": rest})
    else:
        drafts.drop(place)


def open_compare(window: QWidget, context: Context, place: Place) -> None:
    """Compare versions of the playbook ``place.id``."""
    today = context.today()

    def read(connection: Connection) -> Whole:
        from mentor_app.core.playbooks.queries import whole

        return whole(connection, place.id or 0, today)

    def show(book: Whole) -> None:
        if len(book.versions) > 1:
            context.present(CompareDialog(window, context, book))
        else:
            context.toast(tr("There are no two versions yet."))

    context.query(read, show)


class CommentDialog(FormDialog):
    """What to change at a passage."""

    def __init__(
        self, parent: QWidget, context: Context, place: Place, passage: str, keep: Callable[[str], None]
    ) -> None:
        super().__init__(parent, context, tr("Comment on the passage"), tr("Keep"), place)
        self._keep_comment, self._passage = keep, passage
        self.form.addRow(ElidedLabel(tr("“{words}”", words=passage), "muted"))
        self.words = text_field()
        self.row(tr("Comment"), self.words)

    @override
    def changed_values(self) -> dict[str, Json]:
        """What is typed, with the whole passage it is about: the place names only its beginning."""
        typed = super().changed_values()
        return {**typed, "passage": self._passage} if typed else typed

    @override
    def work(self) -> None:
        words = self.words.toPlainText().strip()
        if not words:
            raise BadField(self.words, "Say what to change.")
        self._keep_comment(words)
        self.accept()


class ReviewDialog(FormDialog):
    """Asking for changes with the comments kept, or taking an approval back with its reason."""

    def __init__(
        self, parent: QWidget, context: Context, place: Place, comments: Sequence[tuple[int, str, str]]
    ) -> None:
        self._withdraws = place.what == "withdraw"
        title = tr("Withdraw the approval") if self._withdraws else tr("Ask for changes")
        super().__init__(parent, context, title, title, place)
        self._id, self._comments = place.id or 0, comments
        if comments and not self._withdraws:
            self.form.addRow(
                label(
                    plural(
                        "{n} comment at a passage goes along.", "{n} comments at passages go along.", n=len(comments)
                    ),
                    "muted",
                )
            )
        self.words = text_field()
        self.row(tr("Reason (kept for good)") if self._withdraws else tr("What to change"), self.words)

    @override
    def work(self) -> None:
        from mentor_app.core.playbooks.reviewing import Comment, ask_for_changes, withdraw_approval

        words = self.words.toPlainText()
        if self._withdraws:
            self.act(withdraw_approval, self._id, needed_reason(self.words))
            return
        comments = [Comment(part, passage, said) for part, passage, said in self._comments]
        sent = Place("playbooks", "comments", self._id)

        def asked(_done: object) -> None:
            end_comments(self._drafts, sent, self._comments)
            self.context.tasks.changed.emit(frozenset({"playbooks"}))  # the page may have been read before that

        self.act(ask_for_changes, self._id, words, comments).then(asked)


class CompareDialog(FormDialog):
    """What differs between any two versions: lines gone and lines added."""

    def __init__(self, parent: QWidget, context: Context, whole: Whole) -> None:
        super().__init__(parent, context, tr("Compare versions"), tr("Close"), width=760)
        self._versions = {v.number: v for v in whole.versions}
        options = [(f"{tr('Version {n}', n=v.number)} · {v.at.date()} · {v.by}", v.number) for v in whole.versions]
        self.old, self.new = choice(options, options[1][1]), choice(options, options[0][1])
        self.row(tr("From"), self.old)
        self.row(tr("To"), self.new)
        self.shown = QTextEdit(readOnly=True)
        self.shown.setAccessibleName(tr("What differs"))
        self.shown.setMinimumHeight(320)
        self.form.addRow(self.shown)
        self._colours = {role: QColor(value) for role, value in THEMES[context.settings.theme].items()}
        for box in (self.old, self.new):
            box.currentIndexChanged.connect(lambda _: self._compare())
        self.cancel.hide()
        self._compare()

    def _compare(self) -> None:
        from mentor_app.core.playbooks.rules import compare

        self.shown.clear()
        cursor = QTextCursor(self.shown.document())
        old, new = self._versions[self.old.currentData()], self._versions[self.new.currentData()]
        for how, line in compare(old.parts, new.parts):
            look = QTextCharFormat()
            look.setForeground(
                self._colours["text" if how == LineChange.SAME else "bad" if how == LineChange.GONE else "good"]
            )
            if how != LineChange.SAME:
                look.setBackground(self._colours["bad_tint" if how == LineChange.GONE else "good_tint"])
            sign = {LineChange.SAME: "   ", LineChange.GONE: "−  ", LineChange.ADDED: "+  "}[LineChange(how)]
            cursor.insertText(f"{sign}{line}\n", look)
        self.shown.moveCursor(QTextCursor.MoveOperation.Start)

    @override
    def work(self) -> None:
        self.accept()


class BeginDialog(FormDialog):
    """A playbook nobody obliged one to."""

    def __init__(self, parent: QWidget, context: Context, place: Place, kinds: list[Kind]) -> None:
        super().__init__(parent, context, tr("Begin a playbook"), tr("Begin"), place)
        self.kind = choice([(kind.name(current().language), kind.key) for kind in kinds])
        self.title = QLineEdit()
        self.row(tr("Kind"), self.kind)
        self.row(tr("Title"), self.title)

    @override
    def work(self) -> None:
        from mentor_app.core.playbooks.actions import begin

        go = self.context.go
        self.act(begin, self.kind.currentData(), self.title.text()).then(
            lambda made: go(Place("playbooks", "book", made.result))
        )


class KindDialog(FormDialog):
    """A kind: its names, form, template (a section a line, English | 中文), when it is owed, how long it stays good."""

    def __init__(self, parent: QWidget, context: Context, place: Place, known: tuple[int, Kind] | None) -> None:
        super().__init__(parent, context, tr("Change kind") if known else tr("New kind"), tr("Save"), place, 560)
        self.stored = known is not None
        self.makes_new = not self.stored
        self._known = known
        kind = (
            known[1]
            if known
            else Kind(
                key="",
                name=Name("", ""),
                form=Form.SECTIONS,
                template=(),
                goal=0,
                arises=Arises.NEVER,
                due_days=90,
                months=12,
            )
        )
        self.en, self.zh = QLineEdit(kind.name.en), QLineEdit(kind.name.zh_CN)
        self.form_of = choice([(tr(words), key) for key, words in FORMS.items()], kind.form)
        self.template = QPlainTextEdit("\n".join(f"{n.en} | {n.zh_CN}" for n in kind.template))
        self.template.setTabChangesFocus(True)
        self.template.setMinimumHeight(140)
        self.goal, self.days, self.months = (
            whole_field(0, 1000, kind.goal),
            whole_field(1, 3650, kind.due_days),
            whole_field(1, 120, kind.months),
        )
        self.arises = choice([(tr(words), key) for key, words in ARISES.items()], kind.arises)
        self.row(tr("English name"), self.en)
        self.row(tr("Chinese name"), self.zh)
        self.row(tr("Form"), self.form_of)
        self.row(tr("Sections"), self.template)
        self.row(tr("Entries wanted"), self.goal)
        self.row(tr("Is owed"), self.arises)
        self.row(tr("Days to write it"), self.days)
        self.row(tr("Good for months"), self.months)
        self.form.addRow(label(tr("One section a line: English | 中文."), "note", wrap=True))
        self.form_of.currentIndexChanged.connect(lambda _: self._form())
        self._form()

    def _form(self) -> None:
        sections = self.form_of.currentData() == Form.SECTIONS
        self.form.setRowVisible(self.template, sections)
        self.form.setRowVisible(self.goal, not sections)

    @override
    def work(self) -> None:
        from mentor_app.core.playbooks.actions import save_kind

        names = [line.split("|") for line in self.template.toPlainText().splitlines() if line.strip()]
        template = tuple(Name(name[0].strip(), name[-1].strip()) for name in names)
        if not (self.en.text().strip() or self.zh.text().strip()):
            raise BadField(self.en, "A name is needed.")
        key = self._known[1].key if self._known else (self.en.text() or self.zh.text()).strip().lower()[:40]
        sections = self.form_of.currentData() == Form.SECTIONS
        kind = Kind(
            key=key,
            name=Name(self.en.text().strip(), self.zh.text().strip()),
            form=Form(self.form_of.currentData()),
            template=template,  # kept also while entries are wanted: the form may be changed back
            goal=0 if sections else self.goal.value(),
            arises=Arises(self.arises.currentData()),
            due_days=self.days.value(),
            months=self.months.value(),
        )
        self.act(save_kind, kind, self._known[0] if self._known else None)
