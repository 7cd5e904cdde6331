"""Dialogs that lose nothing: what was typed is a draft until it is saved, and what others made of it is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import ClassVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.errors import ChangedMeanwhile, Gone, InDoubt, UserError, reason_of
from mentor_app.ui import registry
from mentor_app.ui.context import Context
from mentor_app.ui.doubts import doubt_of, noted, was_stored
from mentor_app.ui.drafts import BASE, TYPED, Draft, Json, legible
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.opening import type_into
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import after
from mentor_app.ui.widgets.acting import ActingDialog
from mentor_app.ui.widgets.controls import button, label, labelled, shortened
from mentor_app.ui.widgets.forms import (
    fields_of,
    is_figure,
    on_change,
    set_value,
    value_of,
)
from mentor_app.ui.widgets.message_box import tell

_MEET = "mentor_app.ui.widgets.second_save:meet"


class Dialog(ActingDialog):
    """What every dialog of the app shares.

    *Esc* (and Cancel) closes; what was typed stays as a draft that the same ``place`` brings back, and a word says so. A
    draft holds the fields as they were typed, kept within a second; it ends when the dialog has done its work, or is
    discarded. Fields are found by the attributes that hold them; those named in ``not_kept`` (a search, say)
    are no work of anybody's.
    """

    not_kept: ClassVar[frozenset[str]] = frozenset()
    stored = False
    """Whether the fields begin with what the store holds. Then a draft is only what was changed, and what was stored anew
    since is never put back by it; else it is the form as it was left, with all it proposed."""
    whole = False
    """Whether the fields make sense only together."""
    meeting: QDialog | None = None
    """What asks which words are to stand, where somebody else has changed the same."""
    _given: dict[str, Json] | None = None
    makes_new = False
    """Whether another one may be begun while the draft of this one stays."""
    stored_in: ClassVar[Mapping[str, str]] = {}
    """Which column, or table of what is part of the record, a field holds (or the fields of a list or dict): tells who has
    written it. Those named as their column need not be said."""

    def __init__(
        self, parent: QWidget, context: Context, title: str, save: str, place: Place | None, width: int = 480
    ) -> None:
        super().__init__(parent, context, title, save, width)
        self.place = place
        self._drafts = context.drafts.as_now()
        self.nothing_changed = tr("Nothing was changed.")
        self.concerns = ""
        """Whom or what it is about, where the title does not say: a draft is named with it."""
        self._initial: dict[str, Json] = {}
        self._kept: dict[str, Json] = {}
        self._acted_on: dict[str, Json] = {}
        self._untouched: dict[str, Json] | None = None
        self._over = self._warned = self._unkept = self._stored_before = False
        self._kept_title = ""
        self.draft_note = label("", "note", wrap=True)
        self.start_afresh = button(tr("Discard the draft"), lambda: self._at_note())  # noqa: PLW0108  # what it does changes
        self._at_note: Callable[[], None] = self.discard
        self.another = button(tr("Begin another"), self.begin_another)
        self.another.setAutoDefault(False)
        self.start_afresh.setAutoDefault(False)
        told = QHBoxLayout()
        told.addWidget(self.draft_note, 1)
        told.addWidget(self.another)
        told.addWidget(self.start_afresh)
        self.outer.insertLayout(0, told)
        self.draft_note.hide()
        self.start_afresh.hide()
        self.another.hide()
        self.autosave = context.autosave(self, self._keep, self._say_unkept)

    # -- opening

    @override
    def open(self) -> None:
        """Over its window, with an unfinished draft here again, as high as its remarks need: all before it is placed."""
        self.watch_fields()
        if self._given is None:
            self.begin(self.place)
        else:
            self.settle(keep_draft=True)
            self.restore(self._given)
            self.autosave.touch()
        self._make_room()
        super().open()
        typed = self._kept.get(TYPED)
        if isinstance(typed, str):
            type_into(self, typed)
        field = self.focusWidget()
        if self._kept and isinstance(field, QLineEdit):
            field.end(False)  # typing goes on where it stopped; Qt has selected it all, to be typed over

    def begin(self, place: Place | None) -> None:
        """What the fields say now is where typing begins; where ``place`` has a draft, it is here again.

        To be called again by a dialog that turns to another record, after ``autosave.flush()`` and with its fields filled.
        """
        self.place, self._kept = place, {}
        self.settle(keep_draft=True)
        self._bring_back()

    @override
    def settle(self, keep_draft: bool = False) -> None:
        """What the fields say now is stored, or was there before: nothing of it is a draft."""
        self._initial, self._untouched = self.values(), None
        self.autosave.forget()
        if self.place is not None and not keep_draft:
            self._drafts.drop_same(self.place, self._kept)
        self.draft_note.hide()
        self.start_afresh.hide()
        self.another.hide()

    # -- beside what somebody else has made of it

    def says(self) -> dict[str, Json]:
        """What it says, by all that two people may change apart; ``restore`` takes it back."""
        return self.values()

    def before(self) -> dict[str, Json]:
        """The same as it began: what was stored when it was read."""
        return self._initial or self.values()

    def named(self, name: str) -> str:
        """What something it ``says`` is called that has no field of its own."""
        return name

    def read_out(self, _name: str, value: Json) -> str:
        """A value of such a thing, for reading."""
        return "\n".join(legible(value))

    def go_on_from(self, old: Dialog, values: dict[str, Json], told: str) -> None:
        """Open in the place of ``old``, on the record as it was read now, with these words; ``told`` is said once they are
        saved. Where ``old`` was just being saved, this one is."""
        self.context, self._given, self._kept, self.said_once_done = old.context, values, dict(old._kept), told
        saves, old._over = old.saving, True
        old.autosave.forget()
        QDialog.reject(old)
        self.context.present(self)
        if saves:
            self._save()
        else:
            self.error.setText(tr("The words of both stand here now. Go on from here."))
            self._make_room()

    def _bring_back(self) -> None:
        draft = self._drafts.get(self.place) if self.place is not None else None
        if draft is None or not draft.values:
            return
        self._kept = dict(draft.values)
        values, overtaken = self._to_restore(draft.values)
        if overtaken:
            self._drafts.leave(draft.place)
            self._kept = {}
            after(0, self, lambda: self._tell_overtaken(draft, overtaken))
        if not values and TYPED not in draft.values:
            return
        try:
            self.restore(values)
            if overtaken:
                self.autosave.touch()
        except UserError as error:  # words no rule admits yet: the draft stays, the dialog opens and says why
            self.failed(error)
            return
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError):  # a file broken by others
            self.failed(UserError("The draft kept of this can't be read."))
            self._drafts.leave(draft.place)
            self._kept = {}
            return
        self._stored_before = was_stored(draft.values)
        self._untouched = self.values() if not overtaken else None
        when = draft.at.astimezone()
        self._say_kept(tr("Your unfinished draft of {date} is here again.", date=f"{when:%Y-%m-%d %H:%M}"))
        if self._stored_before and not self.stored:
            self.sure(_stored_already())  # said from now on
        doubt = doubt_of(draft.values)
        if doubt is not None:
            self._acted_on, self._end = self.values(), self.finish
            self.failed(doubt)

    def _to_restore(self, kept: Mapping[str, Json]) -> tuple[dict[str, Json], list[str]]:
        """What of a draft goes back into the fields; and the fields that were stored anew since it was typed, whose words
        in the draft are only shown."""
        base = kept.get(BASE)
        typed = {name: value for name, value in kept.items() if name not in (BASE, TYPED)}
        before = base.get("fields") if isinstance(base, dict) else None
        if not isinstance(base, dict) or not isinstance(before, dict):
            return typed, []
        if not self.stored:
            return {**before, **typed}, []
        if base.get("language") != current().language:  # what stands in a field may be words of a language
            return typed, []
        now = self._initial
        overtaken = [name for name in typed if before.get(name) != now.get(name) and typed[name] != now.get(name)]
        if overtaken and self.whole:
            overtaken = list(typed)
        return {name: value for name, value in typed.items() if name not in overtaken}, overtaken

    def _tell_overtaken(self, draft: Draft, names: Sequence[str]) -> None:
        words = tr("This was changed elsewhere since you typed it. Copy from your words below what is still right.")
        fields = fields_of(self)
        lines = []
        for name in names:
            heading = fields[name].accessibleName() if name in fields else ""
            lines.append(
                labelled(heading, "\n".join(legible(draft.values[name])))
                if heading
                else "\n".join(legible(draft.values[name]))
            )
        box = tell(self, tr("Typed and not saved"), words, "\n\n".join(lines), shown=True)
        discard = box.addButton(tr("Discard the draft"), box.ButtonRole.DestructiveRole)
        drafts = self._drafts
        discard.clicked.connect(lambda _checked=False: drafts.drop_draft(draft))

    def _say_kept(self, words: str) -> None:
        self.offer(words, tr("Discard the draft"), self.discard)
        self.another.setVisible(self.makes_new)

    def offer(self, words: str, button_words: str, call: Callable[[], None]) -> None:
        """A remark with a button that answers it, in the dialog itself: what lies behind it can't be clicked."""
        self.draft_note.setText(words)
        self.start_afresh.setText(button_words)
        self.start_afresh.setAccessibleName(button_words)
        self._at_note = call
        self.another.hide()
        self.draft_note.show()
        self.start_afresh.show()
        self._make_room()

    # -- keeping what is typed

    def watch_fields(self) -> None:
        """Watch every field for typing; to be called again when fields were added."""
        for field in fields_of(self, self.not_kept).values():
            if field.parent() is None:  # made, but of no use here
                field.setParent(self)
                field.hide()
            if not field.property("watched"):
                field.setProperty("watched", True)
                on_change(field, self.autosave.touch)

    def values(self) -> dict[str, Json]:
        """All fields as they were typed."""
        return {name: value_of(field) for name, field in fields_of(self, self.not_kept).items()}

    def restore(self, values: dict[str, Json]) -> None:
        """Put back a draft. What is chosen comes first, for other fields may depend on it."""
        for chosen in (True, False):
            for name, value in values.items():
                field = fields_of(self, self.not_kept).get(name)  # anew: a choice may have brought other fields
                if field is not None and isinstance(value, dict | bool) == chosen:
                    set_value(field, value)

    def changed_values(self) -> dict[str, Json]:
        """The fields that differ from how the dialog opened."""
        return {name: value for name, value in self.values().items() if self._initial.get(name) != value}

    def record_erased(self, why: str) -> None:
        """Whom it is about was erased on request: nothing typed here is kept any more, nor can it be saved."""
        self.autosave.forget()
        self.place, self._kept = None, {}
        self.draft_note.hide()
        self.start_afresh.hide()
        self.another.hide()
        self.error.setText(why)
        self.save.setEnabled(False)
        self._make_room()

    def _keep(self) -> None:
        if self._over or self.place is None:
            return
        typed = self.changed_values()
        if self._untouched is not None and self.values() == self._untouched and self.unconfirmed is None:
            pass  # the draft is as it was found, and of the day it was typed on
        elif typed:
            self._untouched = None
            kept, title = self._with_base(typed), self._draft_title(typed)
            self._drafts.put(self.place, title, kept)
            self._kept, self._kept_title = kept, title
        elif self._kept:
            self._drafts.drop_same(self.place, self._kept)
            self._kept = {}
        self._warned = False
        if self._unkept:
            self._unkept = False
            self.draft_note.hide()

    def _with_base(self, typed: Mapping[str, Json]) -> dict[str, Json]:
        """A draft: what was typed, and what the form said before."""
        return {
            **typed,
            BASE: {
                "fields": self._initial,
                "language": current().language,
                **noted(self.unconfirmed, self._stored_before),
            },
        }

    def _say_unkept(self, error: OSError) -> None:
        self._unkept = True
        reason = reason_of(error).render(current())
        self.draft_note.setText(tr("The draft can't be kept on this computer: {reason}", reason=reason))
        self.draft_note.show()
        self._make_room()

    def _draft_title(self, typed: dict[str, Json]) -> str:
        """What the dialog is about, and the first words typed into it."""
        named = (self.windowTitle(), shortened(self.concerns, 40), self.first_words(typed))
        return " · ".join(part for part in named if part)

    def first_words(self, typed: Mapping[str, Json]) -> str:
        """The first words typed; a date or a number only where there are no others."""
        fields = fields_of(self)
        said = [(name, value) for name, value in typed.items() if isinstance(value, str) and value.strip()]
        said.sort(key=lambda one: one[0] in fields and is_figure(fields[one[0]]))
        return shortened(" ".join(said[0][1].split()), 40) if said else ""

    def begin_another(self) -> None:
        """Leave the draft as it is, for another time, and begin with an empty form."""
        self.autosave.touch()
        self.autosave.flush()
        if self.place is not None and not self.autosave.pending:
            self._drafts.leave(self.place)
            self._kept = {}
            self.restore(self._initial)
            self.settle(keep_draft=True)
            self._to_first_field()

    def _to_first_field(self) -> None:
        """Typing goes on in the form: where a button was pressed that is hidden now, Qt would focus the next one."""
        for field in fields_of(self, self.not_kept).values():
            if isinstance(field, QLineEdit | QPlainTextEdit) and field.isVisible() and field.isEnabled():
                field.setFocus()
                return

    def discard(self) -> None:
        """Begin again as the dialog opened; the draft can be brought back as long as the dialog is open."""
        typed = self.changed_values()
        self.restore(self._initial)
        self.settle()

        def again() -> None:
            now = self.changed_values()
            if now and self.place is not None:  # typed since: it stays, as a draft of its own
                try:
                    self._drafts.put(self.place, self._draft_title(now), self._with_base(now))
                except OSError as error:
                    self._say_unkept(error)
                    return
                self._drafts.leave(self.place)
            self.restore(typed)
            self.autosave.touch()
            self._say_kept(tr("Your draft is here again."))
            self._to_first_field()

        self.offer(tr("Draft discarded."), tr("Undo"), again)
        self._to_first_field()

    @override
    def reject(self) -> None:
        """Close; what was typed stays as a draft."""
        if self._over or self._acting:
            return
        try:
            if not self._keep_for_next_time():
                return
        except Exception as error:  # a bug of ours must not hold somebody in a dialog
            self.context.tasks.failed.emit(error)
        self._over = True
        super().reject()

    def _keep_for_next_time(self) -> bool:
        """Whether the dialog may close: what can't be kept is given up only by whoever says so a second time."""
        if self.place is None:
            return True
        typed, warned = self.changed_values(), self._warned
        self.autosave.touch()
        self.autosave.flush()
        if typed and self.autosave.pending:
            self._warned = True
            self.error.setText(tr("What you typed can't be kept. Cancel once more to close without it."))
            self._make_room()
            return warned
        self.context.toast(
            tr("Kept as a draft until the server has said whether it is stored.")
            if self.unconfirmed is not None
            else tr("Kept as a draft; it is here again when you open this the next time.")
            if typed
            else self.nothing_changed
        )
        return True

    @override
    def finish(self) -> None:
        """The dialog has done what it is for: the draft ends with it."""
        if self._over:
            return
        self._over = True
        self.autosave.forget()
        if self.place is not None:
            self._drafts.drop_same(self.place, self._kept)  # another window's words are its own
        super().accept()

    @override
    def nothing_written(self) -> None:
        if self.stored:
            self.context.toast(self.nothing_changed)

    @override
    def accept(self) -> None:
        """Enter and the default button end here."""
        self.finish()

    # -- while it is done

    @override
    def keep_first(self) -> None:
        self._acted_on = self.values()
        self.autosave.touch()
        self.autosave.flush()

    @override
    def committing(self) -> Callable[[InDoubt], object]:
        drafts, place, title, begun = self._drafts, self.place, self._draft_title({}), self._with_base({})[BASE]

        def note(doubt: InDoubt) -> None:
            base = self._kept.get(BASE, begun)  # also where nothing was typed, and all is as it was proposed
            if place is not None and isinstance(base, dict):
                kept = {**self._kept, BASE: {**base, **noted(doubt)}}
                with suppress(OSError):  # then it is known only as long as this program runs
                    drafts.put(place, self._kept_title or title, kept)
                    self._kept = kept

        return note

    @override
    def do(self, work: Callable[[], None]) -> None:
        """Not a second time what is stored already, unless that is wished: another record would begin."""
        stored = self._stored_before and not self.stored and not self._acting and self.unconfirmed is None
        if not stored or self._sure_of_a_second():
            super().do(work)

    def _sure_of_a_second(self) -> bool:
        """Whether whoever saves has read what that makes; it stands on the button, too."""
        self.save.setText(tr("Save a second one"))
        return self.sure(_stored_already())

    @override
    def found_out(self, stored: bool) -> None:
        super().found_out(stored)
        if not stored and not self._over:
            self.autosave.touch()  # it is a draft like any other

    @override
    def stored_after_all(self) -> None:
        if self._over:  # closed meanwhile, what was typed being kept
            if self.place is not None:
                self._drafts.drop_same(self.place, self._kept)
        elif self.values() == self._acted_on:
            self._end()
        else:
            self._stored_before = True
            if self.stored:
                self.error.setText(tr("What you saved is stored. What you have changed since is not."))
                self._make_room()
            else:
                self._sure_of_a_second()
            self.autosave.touch()

    @override
    def failed(self, error: Exception) -> None:
        super().failed(error)
        if isinstance(error, InDoubt) or doubt_of(self._kept) is not None:  # whatever becomes of this window
            self.autosave.touch()
            self.autosave.flush()
        if isinstance(error, Gone) or (isinstance(error, ChangedMeanwhile) and error.gone):
            self._say_where_words_are(error)
        elif isinstance(error, ChangedMeanwhile) and self.stored:
            cast("Callable[[Dialog, ChangedMeanwhile], None]", registry.load(_MEET))(self, error)

    def _say_where_words_are(self, error: UserError) -> None:
        """Of a record removed meanwhile: what was typed of it is not lost."""
        if self.place is not None and self.changed_values():
            kept = tr("What you typed stays a draft, to be read and copied on Home under “Not finished”.")
            self.error.setText(f"{error.render(current())} {kept}")
            self._make_room()


def _stored_already() -> str:
    return tr(
        "What you saved is stored. What you have changed since is not: add it to what is stored. To save here once more makes a second one."
    )


class FormDialog(Dialog):
    """A dialog whose content is one form; subclasses add rows and say in ``work`` what Save does."""

    def __init__(
        self, parent: QWidget, context: Context, title: str, save: str, place: Place | None = None, width: int = 480
    ) -> None:
        super().__init__(parent, context, title, save, place, width)
        self.form = QFormLayout()
        self.form.setSpacing(8)
        self._row_fields: list[QWidget] = []
        self.column = QVBoxLayout()
        self.column.setSpacing(12)
        self.column.addLayout(self.form)
        self.set_content(self.column)

    def headed(self, words: str) -> None:
        """Say whom or what the form is about."""
        self.concerns = words
        self.form.addRow(label(shortened(words, 200), "cardtitle", wrap=True))

    def row(self, words: str, field: QWidget) -> None:
        """Add a field under its label."""
        field.setAccessibleName(words)
        self.form.addRow(label(words), field)
        self._row_fields.append(field)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """The first field that can be filled in has the focus, not a button."""
        super().showEvent(event)
        for field in self._row_fields:
            if field.isVisible() and field.focusPolicy() & Qt.FocusPolicy.TabFocus:
                if isinstance(self.focusWidget(), (QPushButton, type(None))):
                    field.setFocus()
                return
