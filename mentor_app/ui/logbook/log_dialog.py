"""Logging an activity: one form for every kind, keyboard only, kept as a draft while it is typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QCompleter, QFormLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES
from mentor_app.core.logbook.rules import Details
from mentor_app.core.text import text
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.tasks import after
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import choice, date_field, read_date, text_field

_SAVE_AFTER = 700  # ms: a crash loses at most the last second


def open_log(
    window: QWidget,
    context: Context,
    activity: Any = None,
    correcting: bool = False,
    person_id: int | None = None,
    host_id: int | None = None,
) -> None:
    """Open the form: for a new entry (of ``person_id`` with ``host_id``, where given), for one that may still be changed,
    or for a correction beside ``activity``. The mentor of a new entry is the hire's own, else the last one's."""
    today, me = context.today(), context.me

    def read(connection: Any) -> Any:
        from mentor_app.core.logbook import queries
        from mentor_app.core.people.queries import people

        if activity is not None:
            hires = [(activity.person_id, activity.person)]
        elif me is not None and "new_hire" in me.roles:
            hires = [(me.id, me.name)]
        else:
            present = [p for p in people(connection) if p.left_on is None or p.left_on >= today]
            hires = [(p.id, p.name) for p in sorted(present, key=lambda p: ("new_hire" not in p.roles, p.name))]
        draft = None
        if activity is None and person_id is None and len(hires) == 1:
            left = queries.open_draft(connection, hires[0][0])
            draft = queries.activities(connection, [left])[left] if left else None
        whose = person_id or (hires[0][0] if len(hires) == 1 else None)
        last = queries.last_details(connection, whose, "shadowing") if whose else None
        own = host_id or (queries.mentor_of(connection, whose) if whose else None)
        if own is not None:
            last = replace(last or Details("shadowing"), host_id=own)
        return hires, queries.mentors(connection, today), queries.customers(connection), last, draft

    def show(result: Any) -> None:
        hires, mentors, customers, last, draft = result
        dialog = LogDialog(window, context, hires, mentors, customers, last)
        if person_id is not None:
            dialog.person.setCurrentIndex(max(0, dialog.person.findData(person_id)))
            dialog._later.stop()
        if activity is not None:
            dialog.load(activity, correcting)
        elif draft is not None:
            dialog.load(draft)
            dialog.note.setText(tr("Your unfinished draft is here again."))
            dialog.fresh.show()
        window.log_dialog = dialog  # type: ignore[attr-defined]
        dialog.open()

    context.query(read, show)


class LogDialog(FormDialog):
    """Ctrl+Enter hands in; Esc closes and keeps the draft."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        hires: list[tuple[int, str]],
        mentors: list[tuple[int, str, Any]],
        customers: list[str],
        last: Details | None,
    ) -> None:
        super().__init__(parent, context, tr("Log a session"), tr("Hand in") + "  Ctrl+Enter", 560)
        self.save.setAccessibleName(tr("Hand in"))
        self._id: int | None = None
        self._revises: int | None = None
        self._busy, self._again, self._closed = False, False, False
        self._last = last
        self.person = choice([(name, key) for key, name in hires])
        self.kind = choice([(tr(kind.name), key) for key, kind in KINDS.items()])
        self.date = date_field(context.today())
        self.time = QLineEdit(placeholderText="14:30")
        self.host = choice([("–", None), *((name, key) for key, name, _ in mentors)], last.host_id if last else None)
        self.fields: dict[str, QWidget] = {}
        self._customers = customers
        self.row(tr("New hire"), self.person)
        self.form.setRowVisible(self.person, len(hires) != 1)
        self.row(tr("Kind"), self.kind)
        self.row(tr("Date"), self.date)
        self.row(tr("Mentor"), self.host)
        self._own = QFormLayout()
        self._own.setSpacing(8)
        self.outer.insertLayout(1, self._own)
        self.note = label("", "note", wrap=True)
        self.fresh = button(tr("Start a new one"), self._start_anew)
        self.fresh.hide()
        told = QHBoxLayout()
        told.addWidget(self.note, 1)
        told.addWidget(self.fresh)
        self.outer.insertLayout(2, told)
        self.draft = button(tr("Keep as draft"), lambda: self._finish("draft"))
        self.plan = button(tr("Plan it"), lambda: self._finish("planned"))
        self.buttons.insertWidget(1, self.draft)
        self.buttons.insertWidget(2, self.plan)
        self._later = QTimer(self, singleShot=True, interval=_SAVE_AFTER, timeout=self._autosave)
        self._build(last)
        self.kind.currentIndexChanged.connect(lambda _: self._build(self._typed()))
        for box in (self.person, self.kind, self.host):
            box.currentIndexChanged.connect(lambda _: self._changed())
        for line in (self.date, self.time):
            line.textEdited.connect(lambda _: self._changed())
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self, activated=self._save)

    # -- fields

    def _build(self, given: Details | None) -> None:
        """The fields of the chosen kind; from ``given`` those that tend to stay the same from day to day."""
        kind = KINDS[self.kind.currentData()]
        while self._own.rowCount():
            self._own.removeRow(0)
        self.fields = {}
        for name, words in kind.fields.items():
            value = getattr(given, name) if given else None
            field: QWidget
            if name in ("seen", "learned", "next_step"):
                field = text_field(lines=3 if name == "learned" else 2)
                field.textChanged.connect(self._changed)
            elif name in ("phase", "part"):
                options = PHASES if name == "phase" else PARTS
                field = choice([("–", None), *((tr(w), k) for k, w in options.items())], value)
                field.currentIndexChanged.connect(lambda _: self._changed())
            elif name == "depth":
                field = choice([("–", None), *((str(n), n) for n in range(1, 6))])
                field.currentIndexChanged.connect(lambda _: self._changed())
            else:
                field = QLineEdit(str(value) if name == "minutes" and value else "")
                field.textEdited.connect(lambda _: self._changed())
                if name == "customer":
                    completer = QCompleter(self._customers, field)
                    completer.setFilterMode(Qt.MatchFlag.MatchContains)
                    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
                    completer.activated.connect(lambda _: self._changed())
                    field.setCompleter(completer)
            field.setAccessibleName(tr(words))
            self.fields[name] = field
            self._own.addRow(label(tr(words) + (" *" if name in kind.needed else "")), field)
        if "minutes" in kind.fields:
            self.time = QLineEdit(given.at_time or "" if given else "", placeholderText="14:30")
            self.time.setAccessibleName(tr("Time"))
            self.time.textEdited.connect(lambda _: self._changed())
            self._own.insertRow(list(kind.fields).index("minutes") + 1, label(tr("Time")), self.time)
        previous: QWidget = self.host
        for field in self.fields.values():
            QWidget.setTabOrder(previous, field)
            previous = field
        next(iter(self.fields.values())).setFocus()

    def load(self, activity: Any, correcting: bool = False) -> None:
        """Show what is written already."""
        details = activity.details
        for box, value in ((self.kind, details.kind), (self.host, details.host_id), (self.person, activity.person_id)):
            box.blockSignals(True)
            box.setCurrentIndex(max(0, box.findData(value)))
            box.blockSignals(False)
        self._build(details)
        self.date.setText(details.held_on.isoformat() if details.held_on else "")
        for name, field in self.fields.items():
            value = getattr(details, name)
            field.blockSignals(True)
            if isinstance(field, QComboBox):
                field.setCurrentIndex(max(0, field.findData(value)))
            elif isinstance(field, QPlainTextEdit):
                field.setPlainText(value or "")
            elif isinstance(field, QLineEdit):
                field.setText("" if value is None else str(value))
            field.blockSignals(False)
        if correcting:
            self._revises = activity.id
            self.setWindowTitle(tr("Write a correction"))
            self.note.setText(tr("The signed-off entry stays; this stands beside it until it is signed off itself."))
            self.draft.hide()
            self.plan.hide()
            self.kind.setEnabled(False)
        else:
            self._id = activity.id
        self._later.stop()

    def details(self) -> Details:
        """What the form says. UserError where a number or date is none."""
        found: dict[str, Any] = {}
        for name, field in self.fields.items():
            if isinstance(field, QComboBox):
                found[name] = field.currentData()
            elif isinstance(field, QPlainTextEdit):
                found[name] = field.toPlainText() or None
            elif isinstance(field, QLineEdit):
                found[name] = field.text() or None
        if found.get("minutes"):
            try:
                found["minutes"] = int(found["minutes"])
            except ValueError:
                raise UserError(text("Minutes are a whole number.")) from None
        at_time = self.time.text().strip() or None if "minutes" in found else None
        return Details(
            self.kind.currentData(), read_date(self.date), at_time=at_time, host_id=self.host.currentData(), **found
        )

    def _start_anew(self) -> None:
        """Leave the old draft as it is and begin another entry."""
        self._id = None
        self.fresh.hide()
        self.note.setText("")
        self.date.setText(self.context.today().isoformat())
        self._build(self._last)

    def _typed(self) -> Details | None:
        try:
            return self.details()
        except UserError:
            return self._last

    # -- keeping it

    def _changed(self) -> None:
        if self._revises is None:
            self._later.start()

    def _autosave(self) -> None:
        """Keep the draft; a value that can't be read yet waits for the next change."""
        if self._closed:
            return
        if self._busy:
            self._again = True
            return
        try:
            details = self.details()
        except UserError:
            return
        self._write(details, "draft", self._kept, lambda _error: self._free())

    def _write(self, details: Details, state: str, done: Any, failed: Any) -> None:
        from mentor_app.core.logbook.actions import save_activity

        self._busy = True
        self.context.act(
            save_activity,
            self.person.currentData(),
            details,
            self.context.today(),
            done=done,
            failed=failed,
            more={"state": state, "activity_id": self._id},
        )

    def _kept(self, result: Any) -> None:
        self._id = result.result
        self.note.setText(tr("Draft saved."))
        self._free()

    def _free(self) -> None:
        self._busy = False
        if self._again:
            self._again = False
            self._later.start()

    def work(self) -> None:
        """Hand it in, or (in a correction) put it beside the old."""
        if self._revises is not None:
            from mentor_app.core.logbook.actions import correct

            self.act(correct, self._revises, self.details(), self.context.today(), done=self._handed_in)
            return
        self._finish("submitted")

    def _finish(self, state: str) -> None:
        self._later.stop()
        self._again = False
        if self._busy:  # the draft is just being written; hand in once it has its number
            after(30, self, lambda: self._finish(state))
            return
        self.error.setText("")
        try:
            details = self.details()
        except UserError as error:
            self.error.setText(error.render(current()))
            return

        def done(result: Any) -> None:
            self._id = result.result
            self._closed = True
            self.accept()
            self._say(state, result.result)

        def failed(error: Exception) -> None:
            self._busy = False
            self.failed(error)

        self._write(details, state, done, failed)

    def _handed_in(self, result: Any) -> None:
        self._say("submitted", result.result)

    def _say(self, state: str, activity_id: int) -> None:
        from mentor_app.core.logbook.actions import take_back, withdraw

        words = {
            "draft": tr("Draft kept."),
            "planned": tr("Planned."),
            "submitted": tr("Handed in; it waits for sign-off."),
        }[state]
        context = self.context
        undo = take_back if state == "submitted" else withdraw
        target = activity_id if state == "submitted" else [activity_id]
        context.toast(words, lambda: context.act(undo, target))

    def reject(self) -> None:
        """Close; what was typed stays as a draft."""
        if self._later.isActive():
            self._later.stop()
            self._autosave()
        self._closed = True
        super().reject()
