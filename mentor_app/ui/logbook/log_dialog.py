"""Logging an activity: one form for every kind, by keyboard alone, kept while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES, ActivityState
from mentor_app.core.logbook.rules import Details, NotInPlace
from mentor_app.core.people.roles import Role
from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import after
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import (
    BadField,
    choice,
    date_field,
    figure_field,
    read_date,
    read_time,
    read_whole,
    set_value,
    text_field,
    value_of,
)
from mentor_app.ui.widgets.layouts import show_in_scroll_area

if TYPE_CHECKING:
    from mentor_app.core.logbook.queries import Activity
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Connection, Done
    from mentor_app.core.text import Text

_BLANK: Final[tuple[Json, ...]] = ("", {"words": "–"})
"""What a field holds that nobody has filled in."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the form offers: whose entry it may be, who mentors (each of ``paired``), customers known, and how the last
    session went."""

    hires: Sequence[tuple[int, str]]
    mentors: Sequence[tuple[int, str, str | None]] = ()
    customers: Sequence[str] = ()
    last: Details | None = None
    whose: int | None = None
    paired: Mapping[int, int] | None = None


def open_log(window: QWidget, context: Context, place: Place) -> None:
    """The form for a new entry: of the person ``place.id``, with the mentor or of the kind that ``place.detail`` names.

    The mentor of a new entry is the hire's own, else the last one's. Whose it is, is proposed where there is no doubt:
    one's own, or that of one's only apprentice.
    """
    today, me, wanted = context.today(), context.me, place.id
    why = context.refusal("logbook.for_others")
    if why is not None and wanted is not None and me is not None and wanted != me.id:
        context.refuse(why)
        return
    host_id, kind = place.number, place.detail if place.detail in KINDS else "shadowing"

    def read(connection: Connection) -> Choices:
        from mentor_app.core.logbook import queries

        hires, whose = _whose(connection, context, me)
        whose = wanted or whose
        last = queries.last_details(connection, whose, kind) if whose else None
        own = host_id or (queries.mentor_of(connection, whose) if whose else None)
        if own is not None:
            last = replace(last or Details(kind=kind), host_id=own)
        return Choices(
            hires=hires,
            mentors=queries.mentors(connection, today),
            customers=queries.customers(connection),
            last=last,
            whose=whose,
            paired=None if host_id else queries.mentors_of_all(connection),
        )

    def show(choices: Choices) -> None:
        context.present(LogDialog(window, context, place, choices, kind))

    context.query(read, show)


def open_change(window: QWidget, context: Context, place: Place) -> None:
    """The form for the entry ``place.id``, which may still be changed."""
    _open_written(window, context, place, lambda dialog, activity: dialog.change(activity))


def open_correction(window: QWidget, context: Context, place: Place) -> None:
    """The form for a correction beside the signed-off entry ``place.id``."""
    _open_written(window, context, place, lambda dialog, activity: dialog.correct(activity))


def _whose(connection: Connection, context: Context, me: Person | None) -> tuple[list[tuple[int, str]], int | None]:
    """Whose entries may be written: one's own, or anybody's who is here, one's apprentices first, then new hires; and
    whose is meant where nothing is said."""
    from mentor_app.core.logbook.queries import apprentices_of
    from mentor_app.core.people.queries import people

    if me is not None and not context.may("logbook.for_others"):
        return [(me.id, me.name)], me.id
    own = me.id if me is not None else None
    apprentices = apprentices_of(connection, own) if own is not None else set()
    present = [p for p in people(connection) if p.is_here(context.today())]
    present.sort(key=lambda p: (p.id not in apprentices, Role.NEW_HIRE not in p.roles, p.id != own, p.name))
    meant = apprentices or {p.id for p in present}
    return [(p.id, p.name) for p in present], next(iter(meant)) if len(meant) == 1 else None


def _open_written(window: QWidget, context: Context, place: Place, load: Callable[[LogDialog, Activity], None]) -> None:
    today, wanted = context.today(), place.id or 0

    def read(connection: Connection) -> tuple[Activity | None, Choices]:
        from mentor_app.core.logbook import queries

        activity = queries.activities(connection, [wanted]).get(wanted)
        hires = [(activity.person_id, activity.person)] if activity else []
        mentors = queries.mentors(connection, today)
        host = activity.details.host_id if activity else None
        if activity and host is not None and host not in {key for key, _, _ in mentors}:  # gone since, but hosted it
            mentors.append((host, activity.host or "", None))
        return activity, Choices(
            hires=hires,
            mentors=mentors,
            customers=queries.customers(connection),
            whose=hires[0][0] if hires else None,
        )

    def show(written: tuple[Activity | None, Choices]) -> None:
        activity, choices = written
        if activity is None:
            context.toast(tr("This entry is not there any more."))
            return
        dialog = LogDialog(window, context, place, choices)
        load(dialog, activity)
        if context.me is not None and context.me.id != activity.person_id:
            dialog.refused = context.refusal("logbook.for_others")
        context.present(dialog)

    context.query(read, show)


class LogDialog(FormDialog):
    """Ctrl+Enter hands in; Esc closes and keeps what was typed as a draft."""

    def __init__(
        self, parent: QWidget, context: Context, place: Place, choices: Choices, kind: str = "shadowing"
    ) -> None:
        plans = place.what == "plan"
        title, does = (tr("Plan a session"), tr("Plan it")) if plans else (tr("Log a session"), tr("Hand in"))
        super().__init__(parent, context, title, does + "  Ctrl+Enter", place, 560)
        self.save.setAccessibleName(does)
        self._does = ActivityState.PLANNED if plans else ActivityState.SUBMITTED
        self._id: int | None = None
        self._version: int | None = None
        self._revises: int | None = None
        self.refused: Text | None = None
        """Why it is only to be read."""
        self._tried: Callable[[], None] = self.work
        self._customers = choices.customers
        self._typed: dict[str, Json] = {}
        self.makes_new = True
        last = choices.last
        known: list[tuple[str, int | None]] = [(name, key) for key, name in choices.hires]
        unsaid: list[tuple[str, int | None]] = [("–", None)] if choices.whose is None and known else []
        self.person = choice(unsaid + known, choices.whose)
        self.kind = choice([(tr(one.name), key) for key, one in KINDS.items()], kind)
        self.date = date_field(context.today())
        self.host = choice(
            [("–", None), *((name, key) for key, name, _ in choices.mentors)], last.host_id if last else None
        )
        self._paired, self._proposed = choices.paired or {}, self.host.currentData()
        self.person.activated.connect(lambda _: self._propose_mentor())
        self.fields: dict[str, QWidget] = {}
        self.row(tr("New hire"), self.person)
        self.form.setRowVisible(self.person, len(choices.hires) != 1)
        self.row(tr("Kind"), self.kind)
        self.row(tr("Date"), self.date)
        self.row(tr("Mentor"), self.host)
        self._own = QFormLayout()
        self._own.setSpacing(8)
        self.note = label("", "note", wrap=True)
        self.note.hide()
        self.column.addLayout(self._own)
        self.column.addWidget(self.note)
        self.column.addStretch()
        self.keep_draft = button(tr("Keep as draft"), lambda: self._finish(ActivityState.DRAFT))
        self.plan = (
            button(tr("Hand in"), lambda: self._finish(ActivityState.SUBMITTED))
            if plans
            else button(tr("Plan it"), lambda: self._finish(ActivityState.PLANNED))
        )
        self.buttons.insertWidget(1, self.keep_draft)
        self.buttons.insertWidget(2, self.plan)
        self._build(last)
        self.kind.currentIndexChanged.connect(lambda _: self._change_kind())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Typing starts with the first field of the kind, where who and when are proposed already."""
        super().showEvent(event)
        if self.fields and not event.spontaneous():
            unsaid = self.person.isVisible() and self.person.currentData() is None
            (self.person if unsaid else next(iter(self.fields.values()))).setFocus()

    def _propose_mentor(self) -> None:
        """Another hire has another mentor; one that somebody has chosen stays."""
        if self.host.currentData() == self._proposed:
            self._proposed = self._paired.get(self.person.currentData())
            self.host.setCurrentIndex(max(0, self.host.findData(self._proposed)))

    @override
    def _to_first_field(self) -> None:
        next(iter(self.fields.values())).setFocus()

    # -- fields

    def _build(self, given: Details | None) -> None:
        """The fields of the chosen kind; from ``given`` those that tend to stay the same from day to day."""
        kind = KINDS[self.kind.currentData()]
        while self._own.rowCount():
            self._own.removeRow(0)
        self.fields = {}
        for name, words in kind.fields.items():
            field = self._field(name, getattr(given, name) if given else None)
            field.setAccessibleName(tr(words))
            self.fields[name] = field
            self._own.addRow(self._label(tr(words) + (" *" if name in kind.needed else "")), field)
            if name == "minutes":
                at_time = figure_field(example="14:30")
                at_time.setAccessibleName(tr("Time"))
                self.fields["at_time"] = at_time
                self._own.addRow(self._label(tr("Time")), at_time)
        for kept in (self.person, self.kind, self.date, self.host):  # the two forms read as one
            self.form.labelForField(kept).setMinimumWidth(self._label_width())
        previous: QWidget = self.host
        for field in self.fields.values():
            QWidget.setTabOrder(previous, field)
            previous = field

    def _label(self, words: str) -> QLabel:
        made = label(words)
        made.setMinimumWidth(self._label_width())
        return made

    def _label_width(self) -> int:
        """As wide as the widest label any kind has."""
        words = {tr(words) + " *" for kind in KINDS.values() for words in kind.fields.values()}
        return max(self.fontMetrics().horizontalAdvance(text) for text in words) + 4

    def _field(self, name: str, value: object) -> QWidget:
        if name in ("seen", "learned", "next_step"):
            return text_field(lines=3 if name == "learned" else 2)
        if name in ("phase", "part"):
            options = PHASES if name == "phase" else PARTS
            return choice([("–", None), *((tr(w), k) for k, w in options.items())], value)
        if name == "depth":
            return choice([("–", None), *((str(n), n) for n in range(1, 6))])
        if name == "minutes":
            return figure_field(str(value) if value else "")
        line = QLineEdit()
        if name == "customer":
            completer = QCompleter(list(self._customers), line)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            line.setCompleter(completer)
        return line

    def _change_kind(self) -> None:
        """Another kind has other fields; what was typed into one that is not shown now is there again when it is."""
        self._typed |= {name: value_of(field) for name, field in self.fields.items()}
        self._warned_of = ("", 0.0)
        self._build(None)
        for name, field in self.fields.items():
            if name in self._typed:
                set_value(field, self._typed[name])
        self.watch_fields()
        self.autosave.touch()
        # What is new counts for the height once it is shown. The layout's items are not asked: removeRow deletes them,
        # and what stood for them here would then stand for something else.
        for field in self.fields.values():
            self._own.labelForField(field).show()
            field.show()
        self._make_room(less=True)

    @override
    def failed(self, error: Exception) -> None:
        super().failed(error)
        if isinstance(error, NotInPlace):
            self._offer_way_on(error.state)
        field = self._lacking(error.message) if isinstance(error, UserError) else None
        if field is not None:
            show_in_scroll_area(field)
            field.setFocus()

    def _lacking(self, said: Text) -> QWidget | None:
        """The field that is to be filled in, where it is said of one."""
        if said.key != "{field} is needed.":
            return None
        words, labels = dict(said.args)["field"].key, KINDS[self.kind.currentData()].fields
        return next((field for name, field in self.fields.items() if labels.get(name) == words), None)

    def _offer_way_on(self, state: ActivityState) -> None:
        """The entry was handed in, signed off or withdrawn meanwhile: what to do first, in one click; the words stay."""
        from mentor_app.core.logbook.actions import restore, take_back

        entry_id = self._revises or self._id
        if entry_id is None:
            return
        if state == ActivityState.SIGNED_OFF:
            words = tr("Your words are kept; they can stand beside what was signed off.")
            self.offer(words, tr("Hand in as a correction"), self._go_on_as_correction)
        elif state == ActivityState.WITHDRAWN:
            words = tr("Your words are kept here.")
            self.offer(words, tr("Restore it and save"), lambda: self._first(restore, [entry_id]))
        elif self._revises is None:
            words = tr("Your words are kept here.")
            self.offer(words, tr("Take it back and save"), lambda: self._first(take_back, entry_id))

    def _first(self, action: Callable[..., Any], what: object) -> None:
        """Do what has to come first, then what was tried."""

        def done(_: Done[Any]) -> None:
            if isValid(self) and self.isVisible():
                self.draft_note.hide()
                self.start_afresh.hide()
                self.do(self._tried)

        self.context.act(action, what).then(done, self.failed)

    @override
    def values(self) -> dict[str, Json]:
        hidden = {f"fields.{name}": value for name, value in self._typed.items() if name not in self.fields}
        said = {name: value for name, value in hidden.items() if value not in _BLANK or name in self._initial}
        return super().values() | said

    @override
    def restore(self, values: dict[str, Json]) -> None:
        """The kind comes first: what stands in the fields it takes away is older than what ``values`` say of them."""
        if "kind" in values:
            set_value(self.kind, values["kind"])
        self._typed |= {
            name.removeprefix("fields."): value for name, value in values.items() if name.startswith("fields.")
        }
        super().restore(values)

    @override
    def discard(self) -> None:
        super().discard()
        self._typed = {name: value for name, value in self._typed.items() if f"fields.{name}" in self._initial}

    def change(self, activity: Activity) -> None:
        """Show what is written already, to be changed."""
        self._id, self._version = activity.id, activity.version
        self._load(activity)

    def correct(self, activity: Activity) -> None:
        """Show what was signed off, to be corrected beside it."""
        self._revises = activity.id
        day = activity.details.held_on
        self.concerns = " ".join(part for part in (activity.subject, day.isoformat() if day else "") if part)
        self._load(activity)
        self.setWindowTitle(tr("Write a correction"))
        self.note.setText(tr("The signed-off entry stays; this stands beside it until it is signed off itself."))
        self.note.show()
        self.keep_draft.hide()
        self.plan.hide()
        self.kind.setEnabled(False)

    def _go_on_as_correction(self) -> None:
        """The entry was signed off while it was being changed: the same words, in the form for a correction."""
        window = self.parentWidget()
        if window is not None:
            place = Place("logbook", "correct", self._id)
            _open_written(window, self.context, place, lambda dialog, activity: dialog.correct_with(activity, self))

    def correct_with(self, activity: Activity, old: LogDialog) -> None:
        """Correct what was signed off with the words of ``old``, whose place this one takes; its draft becomes this one's."""
        self.correct(activity)
        if not isValid(old) or not old.isVisible():
            return  # closed meanwhile: its words are a draft of the entry
        words = old.says()
        words.pop("kind", None)  # a correction keeps it
        self._given = words
        old.make_way(self)

    def make_way(self, new: LogDialog) -> None:
        """Close for ``new``, which holds the words now; the draft of here ends as soon as they are a draft of there."""
        self.autosave.touch()
        self.autosave.flush()
        self._over = True
        QDialog.reject(self)
        drafts, place, kept = self._drafts, self.place, dict(self._kept)

        def end() -> None:
            new.autosave.flush()
            if place is not None and not new.autosave.pending:
                drafts.drop_same(place, kept)

        after(0, new, end)

    def _load(self, activity: Activity) -> None:
        self.stored, self.makes_new = True, False
        details = activity.details
        for box, value in ((self.kind, details.kind), (self.host, details.host_id), (self.person, activity.person_id)):
            box.setCurrentIndex(max(0, box.findData(value)))
        self._typed = {}
        self._build(details)
        self.date.setText(details.held_on.isoformat() if details.held_on else "")
        for name, field in self.fields.items():
            value = getattr(details, name)
            if isinstance(field, QComboBox):
                field.setCurrentIndex(max(0, field.findData(value)))
            elif isinstance(field, QPlainTextEdit):
                field.setPlainText(value or "")
            elif isinstance(field, QLineEdit):
                field.setText("" if value is None else str(value))

    def details(self) -> Details:
        """What the form says. BadField where a number or date is none."""
        said: dict[str, Any] = {}  # Any: text, numbers or keys, each as the field of Details it goes to wants it
        for name, field in self.fields.items():
            if isinstance(field, QComboBox):
                said[name] = field.currentData()
            elif isinstance(field, QPlainTextEdit):
                said[name] = field.toPlainText() or None
            elif isinstance(field, QLineEdit):
                read = {"minutes": read_whole, "at_time": read_time}.get(name)
                said[name] = read(field) if read is not None else field.text().strip() or None
        return Details(
            kind=self.kind.currentData(), held_on=read_date(self.date), host_id=self.host.currentData(), **said
        )

    # -- doing it

    @override
    def work(self) -> None:
        """Hand it in or plan it, or (in a correction) put it beside the old."""
        if self._revises is None:
            self._write(self._does)
            return
        if not self._may_drop_hidden():
            return
        from mentor_app.core.logbook.actions import correct

        self.act(correct, self._revises, self.details(), self.context.today()).then(
            lambda done: self._say(ActivityState.SUBMITTED, done)
        )

    def _finish(self, state: ActivityState) -> None:
        self.do(lambda: self._write(state))

    def _write(self, state: ActivityState) -> None:
        from mentor_app.core.logbook.actions import hand_in, save_activity

        self._tried = lambda: self._write(state)
        details = self.details()
        if self.person.currentData() is None:
            raise BadField(self.person, "Say whose session it was.")
        if not self._may_drop_hidden():
            return
        who, today, at, version = self.person.currentData(), self.context.today(), self._id, self._version
        if state == ActivityState.SUBMITTED:
            saving = self.act(hand_in, who, details, today, activity_id=at, version=version)
        else:
            saving = self.act(save_activity, who, details, today, state=state, activity_id=at, version=version)
        saving.then(lambda done: self._say(state, done))

    def _may_drop_hidden(self) -> bool:
        """Whether words typed under another kind, which have no place in this one, may go: it is said first."""
        names = {name: words for one in KINDS.values() for name, words in one.fields.items()} | {"at_time": N_("Time")}
        hidden = [name for name, value in self._typed.items() if name not in self.fields and isinstance(value, str)]
        begun = {name: None if self.stored else self._initial.get(f"fields.{name}") for name in hidden}
        lost = [name for name in hidden if str(self._typed[name]).strip() and self._typed[name] != begun[name]]
        if not lost:
            return True
        return self.sure(
            tr(
                "This kind has no place for what you typed under {fields}. Choose the former kind again, or press once "
                "more to go on without it.",
                fields=current().listed(tr(names[name]) for name in lost if name in names),
            )
        )

    def _say(self, state: ActivityState, _done: Done[int]) -> None:
        words = {
            ActivityState.DRAFT: tr("Draft kept in the logbook."),
            ActivityState.PLANNED: tr("Planned."),
            ActivityState.SUBMITTED: tr("Handed in; it waits for sign-off."),
        }[state]
        self.context.toast(words)
