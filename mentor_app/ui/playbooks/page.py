"""Playbooks: find an answer while the customer talks; everything owed and written; their kinds."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from mentor_app.core.camp.programme import Name
from mentor_app.core.errors import UserError
from mentor_app.core.playbooks.rules import ARISES, FORMS, STATES, Kind
from mentor_app.core.text import text
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.forms import FormDialog, choice
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.table import ColumnSpec
from mentor_app.ui.widgets.views import Face, FacedPage, ListFace


class PlaybooksPage(FacedPage):
    """The search, all playbooks, the kinds; one playbook in front of them."""

    kinds = frozenset({"playbooks", "people", "me"})

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            tr("Playbooks"),
            {"search": tr("Find an answer"), "books": tr("All playbooks"), "kinds": tr("Kinds")},
        )

    def make(self, key: str) -> Face:
        if key == "search":
            from mentor_app.ui.playbooks.search_view import SearchFace

            return SearchFace(self._context)
        if key == "book":
            from mentor_app.ui.playbooks.playbook_editor import BookView

            return BookView(self._context)
        return {"books": BooksFace, "kinds": KindsFace}[key](self._context)

    def refresh(self) -> None:
        face = self.face(self._trail[-1][0])
        if self._trail[-1][0] == "search":  # what is being typed keeps its cursor
            face._ask()
        else:
            face.reload()

    def open(self, what: Any) -> None:
        if isinstance(what, tuple):
            self.show_face(*what)
        elif what == "new":
            self.show_face("books", start=True)
            self.face("books").add()
        else:
            self.show_face(what, start=True)

    def faces(self) -> dict[str, Any]:
        def find(words: str) -> None:
            self.show_face("search", start=True)
            self.face("search").search.setText(words)

        def first(state: str) -> None:
            rows = [row for row in self.face("books").list._rows if row.state == state]
            if rows:
                self.show_face("book", rows[0].id)

        return {
            "found": lambda: find("价格"), "books": lambda: self.show_face("books", start=True), "new": lambda: self.open("new"),
            "draft": lambda: first("draft"), "review": lambda: first("in_review"), "changes": lambda: first("changes"),
            "kinds": lambda: self.show_face("kinds", start=True), "new_kind": lambda: self.face("kinds").add(),
        }  # fmt: skip


class BooksFace(ListFace):
    """What is owed first, the earliest due first."""

    page, single = "playbooks", "book"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("All playbooks")
        self.show_list(SearchList(
            context.tasks, tr("All playbooks"), tr("Search playbooks"),
            [
                ColumnSpec("title", tr("Title"), lambda b: b.title, width=220),
                ColumnSpec("owner", tr("Written by"), lambda b: b.owner, width=110),
                ColumnSpec("state", tr("State"), lambda b: tr(STATES[b.state]), width=110),
                ColumnSpec("due_on", tr("Due on"), lambda b: str(b.due_on or "–"), width=112, keep=True),
                ColumnSpec("written", tr("Written"), lambda b: f"{b.written} / {b.wanted}", figure=True, width=96, keep=True),
                ColumnSpec("approved_on", tr("Approved on"), lambda b: str(b.approved_on or "–"), width=132, keep=True),
                ColumnSpec("helped", tr("Helped"), lambda b: f"{b.helped} / {b.helped + b.not_helped}" if b.helped + b.not_helped
                           else "–", figure=True, width=90, keep=True),
            ],
            tr("No playbook yet. They are owed by themselves when a pairing starts; begin one by hand with the button above."),
            order={"state": lambda b: list(STATES).index(b.state)},
        ))  # fmt: skip
        self.new = button(tr("Begin a playbook…"), self.add, primary=True, shortcut="Ctrl+N")
        self.buttons = [self.new]

    def read(self, connection: Any) -> Any:
        from mentor_app.core.playbooks.queries import playbooks

        return playbooks(connection, self._context.today())

    def _arrived(self, rows: Any) -> None:
        me = self._context.me
        rows = sorted(
            rows, key=lambda b: not (me is not None and b.owner_id == me.id and b.owed)
        )  # one's own owed first
        super()._arrived(rows)
        self.shown = {self.new}
        self.headed.emit()

    def said(self, rows: Any) -> str:
        late = sum(b.owed and b.due_on is not None and b.due_on < self._context.today() for b in rows)
        return tr("{n} owed, {late} of them overdue · {m} in review", n=sum(b.owed for b in rows), late=late,
                  m=sum(b.state == "in_review" for b in rows))  # fmt: skip

    def add(self) -> None:
        """Begin one by hand."""

        def read(connection: Any) -> Any:
            from mentor_app.core.playbooks.queries import kinds

            return [kind for _, _, kind in kinds(connection)]

        def show(found: Any) -> None:
            self.dialog = BeginDialog(self, self._context, found)
            self.dialog.open()

        self._context.query(read, show)


class BeginDialog(FormDialog):
    """A playbook nobody obliged one to."""

    def __init__(self, parent: QWidget, context: Context, kinds: list[Kind]) -> None:
        super().__init__(parent, context, tr("Begin a playbook"), tr("Begin"))
        self.kind = choice([(kind.name(current().language), kind.key) for kind in kinds])
        self.title = QLineEdit()
        self.row(tr("Kind"), self.kind)
        self.row(tr("Title"), self.title)

    def work(self) -> None:
        from mentor_app.core.playbooks.actions import begin

        go = self.context.go
        self.act(
            begin, self.kind.currentData(), self.title.text(), done=lambda made: go("playbooks", ("book", made.result))
        )


class KindsFace(ListFace):
    """The kinds with their templates and rules."""

    page, single = "playbooks", ""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Kinds")
        self.show_list(SearchList(
            context.tasks, tr("Kinds"), tr("Search kinds"),
            [
                ColumnSpec("name", tr("Name"), lambda k: k.kind.name(current().language), width=220),
                ColumnSpec("form", tr("Form"), lambda k: tr(FORMS[k.kind.form]), width=130),
                ColumnSpec("arises", tr("Is owed"), lambda k: tr(ARISES[k.kind.arises]), width=240),
                ColumnSpec("size", tr("Parts wanted"), lambda k: str(k.kind.goal or len(k.kind.template)), figure=True, width=128, keep=True),
                ColumnSpec("months", tr("Good for months"), lambda k: str(k.kind.months), figure=True, width=140, keep=True),
            ],
            tr("There is no kind yet."), order={"name": lambda k: k.kind.name.en, "form": lambda k: k.kind.form,
                                                "arises": lambda k: k.kind.arises, "months": lambda k: k.kind.months,
                                                "size": lambda k: k.kind.goal or len(k.kind.template)},
        ))  # fmt: skip
        self.list.opened.connect(lambda key: self._open(next(k for k in self.list._rows if k.id == key)))
        self.new = button(tr("New kind…"), self.add, primary=True)
        self.buttons = [self.new]

    def read(self, connection: Any) -> Any:
        from types import SimpleNamespace

        from mentor_app.core.playbooks.queries import kinds

        return [SimpleNamespace(id=i, version=version, kind=kind) for i, version, kind in kinds(connection)]

    def add(self) -> None:
        """A further kind."""
        self._open(None)

    def _open(self, row: Any) -> None:
        if self.may("trainer"):
            self.dialog = KindDialog(self, self._context, row)
            self.dialog.open()
        else:
            self._context.toast(tr("Trainers define the kinds."))


class KindDialog(FormDialog):
    """A kind: its names, form, template (a section a line, English | 中文), when it is owed, how long it stays good."""

    def __init__(self, parent: QWidget, context: Context, row: Any) -> None:
        super().__init__(parent, context, tr("Change kind") if row else tr("New kind"), tr("Save"), 560)
        self._row = row
        kind = row.kind if row else Kind("", Name("", ""), "sections", (), 0, "never", 90, 12)
        self.en, self.zh = QLineEdit(kind.name.en), QLineEdit(kind.name.zh_CN)
        self.form_of = choice([(tr(words), key) for key, words in FORMS.items()], kind.form)
        self.template = QPlainTextEdit("\n".join(f"{n.en} | {n.zh_CN}" for n in kind.template))
        self.template.setTabChangesFocus(True)
        self.template.setMinimumHeight(140)
        self.goal, self.days, self.months = (
            QSpinBox(maximum=1000),
            QSpinBox(minimum=1, maximum=3650),
            QSpinBox(minimum=1, maximum=120),
        )
        for box, value in ((self.goal, kind.goal), (self.days, kind.due_days), (self.months, kind.months)):
            box.setValue(value)
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
        sections = self.form_of.currentData() == "sections"
        self.form.setRowVisible(self.template, sections)
        self.form.setRowVisible(self.goal, not sections)

    def work(self) -> None:
        from mentor_app.core.playbooks.actions import save_kind

        names = [line.split("|") for line in self.template.toPlainText().splitlines() if line.strip()]
        template = tuple(Name(one[0].strip(), one[-1].strip()) for one in names)
        if not (self.en.text().strip() or self.zh.text().strip()):
            raise UserError(text("A name is needed."))
        key = self._row.kind.key if self._row else (self.en.text() or self.zh.text()).strip().lower()[:40]
        sections = self.form_of.currentData() == "sections"
        kind = Kind(
            key, Name(self.en.text().strip(), self.zh.text().strip()), self.form_of.currentData(), template if sections else (),
            0 if sections else self.goal.value(), self.arises.currentData(), self.days.value(), self.months.value(),
        )  # fmt: skip
        self.act(save_kind, kind, *([self._row.version] if self._row else []))


PAGE = PlaybooksPage
