"""Personal data in the window: what is kept about somebody, erasing it, two records of one person, records made by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from textwrap import dedent
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QProgressBar, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from mentor_app.core.text import ERASED
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import button, check_box, label, shortened
from mentor_app.ui.widgets.dialogs import Dialog, FormDialog
from mentor_app.ui.widgets.file_dialogs import ask_save
from mentor_app.ui.widgets.forms import choice, text_field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QDialog

    from mentor_app.core.history.before_erasing import Preview
    from mentor_app.core.pairing.queries import Pairing
    from mentor_app.core.people.queries import Person
    from mentor_app.core.personal.actions import Erased
    from mentor_app.core.personal.before_merging import MergePreview
    from mentor_app.core.personal.beside import Kept
    from mentor_app.core.store import Connection, Done
    from mentor_app.transfer.personal import Written
    from mentor_app.ui.tasks import Task


def ask_kept(window: QWidget, context: Context, person: Person) -> QDialog:
    """Ask where to write what is kept about somebody, and write it."""
    from mentor_app.transfer.files import safe_name

    actor, translate, folder = context.actor(), current(), context.drafts.where

    def write(path: Path) -> None:
        def work(_task: Task[Written]) -> Written:
            import datetime as dt

            from mentor_app.transfer.personal import write_personal

            now = dt.datetime.now(dt.UTC)
            return write_personal(context.open_store(), actor, person.id, path, translate, now, folder)

        context.tasks.run(work).then(lambda made: context.toast(tr("Written to {file}", file=made.path)))

    return ask_save(
        window, tr("What is kept about {name}", name=person.name), f"{safe_name(person.name)}.zip", "ZIP (*.zip)", write
    )


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """What an erasure would do, as it is shown before."""

    preview: Preview
    whose: str
    """What the person is called, told apart from others of that name."""
    drafts: int
    backups: Sequence[Kept]
    running: Sequence[Pairing]
    """Their pairings that have to end first."""


def open_erase(window: QWidget, context: Context, place: Place) -> None:
    """Show what goes and what stays when the data of the person ``place.id`` is erased, and ask."""
    context.query(
        partial(_read, context, place.id or 0, ()),
        lambda found: context.present(EraseDialog(window, context, place, found)),
    )


def _read(context: Context, person_id: int, also: Sequence[str], connection: Connection) -> _Shown:
    """What erasing somebody, and words that ``also`` mean them, would do."""
    from mentor_app.core.history.before_erasing import preview
    from mentor_app.core.pairing.queries import running_of
    from mentor_app.core.people.queries import people, told_apart
    from mentor_app.core.personal.beside import backups_with, drafts_of

    store, found = context.open_store(), preview(connection, person_id, also)
    return _Shown(
        preview=found,
        whose=told_apart(people(connection)).get(person_id, found.name),
        drafts=len(drafts_of(store.location, person_id, context.drafts.where)),
        backups=backups_with(store, person_id, also),
        running=running_of(connection, person_id),
    )


_AFTER_TYPING = 400  # milliseconds
_AROUND = QSize(100, 250)
"""Pixels that are not the list's: beside it its edges, above and below it the title, the tick and the buttons."""
_HINDRANCE, _TO_END, _ALSO, _IDLE = 40, 48, 110, 40
"""Pixels of what keeps from erasing, of the button to a pairing that has to end first, of the field for further words, and of what is
said of those for which nothing goes."""


def _around(shown: _Shown) -> int:
    """Pixels that are not the list's above and below it, with what keeps from erasing."""
    told = _HINDRANCE * (shown.preview.hindrance is not None) + _IDLE * (shown.preview.idle is not None)
    return _AROUND.height() + _ALSO + told + _TO_END * len(shown.running)


def _wide(window: QWidget) -> int:
    """As wide as there is room for in the window, unless lines would be too long to be read."""
    return max(560, min(window.width() - _AROUND.width(), 920))


class EraseDialog(Dialog):
    """What goes, what stays, which backups still hold it; words to erase, too; then a tick, and the button."""

    not_kept: ClassVar[frozenset[str]] = frozenset({"understood", "also"})

    def __init__(self, parent: QWidget, context: Context, place: Place, shown: _Shown) -> None:
        super().__init__(parent, context, tr("Erase personal data"), tr("Erase for good"), place, _wide(parent))
        self.concerns = shown.preview.name
        self._opener, self._preview = parent, shown.preview
        self._also: tuple[str, ...] = ()
        """The words to erase, too, of which the lists tell."""
        content = QVBoxLayout()
        content.setSpacing(8)
        content.addWidget(label(tr("Erase what is kept about {name}?", name=shown.whose), "cardtitle", wrap=True))
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName(tr("What goes and what stays"))
        self._fill(shown)
        content.addWidget(self.area, 1)
        to_file = button(tr("All places as a file…"), self._ask_places)
        content.addWidget(to_file, 0, Qt.AlignmentFlag.AlignLeft)
        heading = label(tr("Also erase these words, one a line (a nickname, say):"), wrap=True)
        self.also = text_field(lines=3)
        self.also.setAccessibleName(heading.text())
        self.also.setUndoRedoEnabled(False)
        heading.setBuddy(self.also)
        content.addWidget(heading)
        content.addWidget(self.also)
        self.idle = label("", "note", wrap=True)
        content.addWidget(self.idle)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        content.addWidget(self.bar)
        self.understood = check_box(tr("I have read this. It can't be taken back."), False)
        self.understood.toggled.connect(self.save.setEnabled)
        content.addWidget(self.understood)
        self.save.setEnabled(False)
        self.set_content(content)
        self._say_why_not()
        self._look_again = timer(self, _AFTER_TYPING, self._ask)
        self.also.textChanged.connect(self._typed)
        self._lead_to(shown.running)

    def _fill(self, shown: _Shown) -> None:
        """Put what would happen into the list, which is as high as that needs and the window allows."""
        inner = QWidget()
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(0, 0, 8, 0)
        lines.setSpacing(4)
        goes = [line.render(current()) for line in shown.preview.goes]
        if shown.drafts:
            goes.append(tr("Their drafts on this computer: {n}", n=shown.drafts))
        self._list(lines, tr("This goes, for good:"), goes or [tr("Nothing more: it was erased before.")])
        unsure = [shown.preview.unsure] if shown.preview.unsure is not None else []
        self._list(lines, tr("This stays:"), [line.render(current()) for line in (*shown.preview.stays, *unsure)])
        if shown.backups:
            kept = [f"{one.at.astimezone():%Y-%m-%d %H:%M} · {one.path}" for one in shown.backups]
            words = tr("These backups still hold the name and texts; delete them when you no longer need them:")
            self._list(lines, words, kept)
        elsewhere = tr("Copies and backups that somebody put elsewhere are not known here.")
        lines.addWidget(label(elsewhere, "note", wrap=True))
        lines.addStretch()
        needed = lines.totalHeightForWidth(self.minimumWidth() - _AROUND.width())
        self.area.setMinimumHeight(max(200, min(needed, self._opener.height() - _around(shown))))
        self.area.setWidget(inner)

    def _typed(self) -> None:
        """What is shown is not what would happen now: it is looked at anew, and to be read anew."""
        self.understood.setChecked(False)
        self.understood.setEnabled(False)
        self._look_again.start()

    def _ask(self) -> None:
        self.bar.setRange(0, 0)
        self.bar.show()
        also = tuple(self.also.toPlainText().splitlines())
        read = partial(_read, self.context, self._person_id, also)
        self.context.query(read, lambda found: self._show(also, found))

    def _show(self, also: tuple[str, ...], found: _Shown) -> None:
        if not isValid(self) or also != tuple(self.also.toPlainText().splitlines()):
            return
        self.bar.hide()
        self._also, self._preview = also, found.preview
        self._fill(found)
        self._say_why_not()

    def _say_why_not(self) -> None:
        """Why it can't be erased so, if it can't."""
        why = self._preview.hindrance or self._preview.refused
        self.understood.setEnabled(why is None)
        self.error.setText(why.render(current()) if why is not None else "")
        idle = self._preview.idle
        self.idle.setText(told(idle.render(current())) if idle is not None else "")
        self.idle.setVisible(idle is not None)
        self._make_room()

    @property
    def _person_id(self) -> int:
        return self.place.id if self.place is not None and self.place.id is not None else 0

    def _lead_to(self, pairings: Sequence[Pairing]) -> None:
        """Buttons that open them; the first one has the focus."""
        for at, running in enumerate(pairings):
            words = f"{running.apprentice} → {running.mentor}"
            to_end = button(
                tr("Open the pairing {pairing}", pairing=shortened(words, 60)), partial(self._go_to, running.id)
            )
            self.outer.insertWidget(self.outer.count() - 1, to_end, 0, Qt.AlignmentFlag.AlignLeft)
            if at == 0:
                to_end.setFocus()

    def _go_to(self, pairing_id: int) -> None:
        """What keeps from erasing is ended there."""
        self.reject()
        self.context.go(Place("pairing", id=pairing_id))

    def _ask_places(self) -> None:
        """Ask where to write all places in texts, and write them."""
        from mentor_app.transfer.files import safe_name

        context, translate, person_id = self.context, current(), self._person_id
        also = tuple(self.also.toPlainText().splitlines())

        def write(path: Path) -> None:
            def work(_task: Task[None]) -> None:
                from mentor_app.transfer.places import write_places

                with context.open_store().read() as connection:
                    write_places(connection, person_id, path, translate, also)

            context.tasks.run(work).then(lambda _: context.toast(tr("Written to {file}", file=path)))

        title = tr("Places of {name}", name=self.concerns)
        ask_save(self, title, f"{safe_name(title)}.xlsx", "XLSX (*.xlsx);;CSV (*.csv)", write)

    def _list(self, lines: QVBoxLayout, heading: str, parts: Sequence[str]) -> None:
        lines.addWidget(label(heading, "cardtitle", wrap=True))
        for part in parts:
            lines.addWidget(label(f"· {part}", wrap=True))
        lines.addSpacing(8)

    @override
    def work(self) -> None:
        context, actor, person_id, also = self.context, self.context.actor(), self._person_id, self._also

        def erase(task: Task[Done[Erased]]) -> Done[Erased]:
            from mentor_app.core.personal.beside import erase_everywhere
            from mentor_app.core.personal.texts import Replacing

            done = erase_everywhere(context.open_store(), actor, person_id, context.drafts.where, task.report, also)
            if done.result.of.also:  # forms that are open here hold such words on, and nobody else knows of them
                context.drafts.erase(person_id, Replacing(person_id, done.result.of).in_field)
            return done

        self._hold()
        self.also.setReadOnly(True)
        task = context.tasks.act(erase)
        task.undoable = False
        self._followed(task, self.finish, self._progress).then(
            lambda _: _say_erased(self._opener, context, person_id, self._preview)
        )

    @override
    def _say_waiting(self) -> None:
        self.bar.setRange(0, 0)
        self.bar.show()
        self._make_room()

    @override
    def _release(self) -> None:
        super()._release()
        self.also.setReadOnly(False)
        self.bar.hide()

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total if done < total else 0)  # at the end the file is written anew: nobody knows how long
        self.bar.setValue(done)


def _say_erased(window: QWidget, context: Context, person_id: int, found: Preview) -> None:
    """Say what the record is called now, and how much stays that may mean the person; a button lists that."""
    said = tr("Erased. The record is now called {name}.", name=f"{ERASED}{person_id}")
    if found.left is None:
        context.toast(said)
        return
    lead, _, places = found.left.render(current()).partition("\n")
    stay = plural(
        "{n} place that may mean this person stays.", "{n} places that may mean this person stay.", n=found.places
    )
    context.toast(
        f"{said} {stay}",
        lambda: context.present(LeftDialog(window, context, lead, places)),
        tr("List them"),
        stays=True,
    )


class LeftDialog(Dialog):
    """What may mean somebody erased and stays: to be read and copied."""

    def __init__(self, parent: QWidget, context: Context, lead: str, places: str) -> None:
        heading = tr("What may mean this person, and stays")
        super().__init__(parent, context, heading, tr("Close"), None, _wide(parent))
        self.cancel.hide()
        content = QVBoxLayout()
        content.setSpacing(8)
        content.addWidget(label(heading, "cardtitle", wrap=True))
        content.addWidget(label(lead, wrap=True))
        self.places = QPlainTextEdit(dedent(places), readOnly=True)
        self.places.setAccessibleName(heading)
        self.places.setTabChangesFocus(True)
        self.places.setMinimumHeight(max(300, parent.height() - _AROUND.height()))
        content.addWidget(self.places, 1)
        self.set_content(content)
        self.save.setFocus()

    @override
    def work(self) -> None:
        self.accept()


def open_removed(window: QWidget, context: Context, place: Place) -> None:
    """Ask whose data is to be erased among those removed, of whom the history still tells."""

    def read(connection: Connection) -> dict[int, str]:
        from mentor_app.core.personal.texts import removed

        named = {i: " · ".join(sorted(names)) for i, names in removed(connection).items()}
        return {i: told(n) for i, n in named.items() if n and (ERASED not in n or n == f"{ERASED}{i}")}

    context.query(read, lambda found: context.present(RemovedDialog(window, context, place, found)))


class RemovedDialog(FormDialog):
    """Who was removed: whoever is chosen is looked at, as somebody who is here is."""

    not_kept: ClassVar[frozenset[str]] = frozenset({"who"})

    def __init__(self, parent: QWidget, context: Context, place: Place, found: Mapping[int, str]) -> None:
        super().__init__(parent, context, tr("Erase somebody removed"), tr("See what goes…"), place, 480)
        words = tr("Who was removed, or came with an import that was taken back, still stands in the history by name.")
        self.form.addRow(label(words if found else tr("Nobody who was removed stands in the history."), wrap=True))
        people = sorted(found.items(), key=lambda one: one[1].casefold())
        self.who = choice([("", None), *((f"{name} · {person_id}", person_id) for person_id, name in people)], None)
        self.row(tr("Person"), self.who)
        self.who.setEnabled(bool(found))
        self.save.setEnabled(False)
        self.who.currentIndexChanged.connect(lambda _: self.save.setEnabled(self.who.currentData() is not None))

    @override
    def work(self) -> None:
        chosen = self.who.currentData()
        self.finish()
        self.context.go(Place("people", "erase", chosen))


def open_merge(window: QWidget, context: Context, place: Place) -> None:
    """Ask with which other record that of the person ``place.id`` is to be one."""

    def read(connection: Connection) -> tuple[Person, list[Person]]:
        from mentor_app.core.people.queries import get_person, people

        one = get_person(connection, place.id or 0)
        return one, [p for p in people(connection) if p.id != one.id]

    context.query(read, lambda found: context.present(MergeDialog(window, context, place, *found)))


class MergeDialog(FormDialog):
    """Two records of one person: which one stays, what goes to it, what speaks against it; then a tick, and the button."""

    not_kept: ClassVar[frozenset[str]] = frozenset({"into", "understood"})  # nobody is chosen beforehand

    def __init__(
        self, parent: QWidget, context: Context, place: Place, person: Person, others: Sequence[Person]
    ) -> None:
        super().__init__(parent, context, tr("Merge two records"), tr("Merge"), place, 640)
        self._person = person
        self.headed(person.name)
        self.into = choice([("", None), *((_told(p), p.id) for p in others)], None)
        self.row(tr("Is the same person as"), self.into)
        words = tr(
            "Everything of {name} belongs to the person chosen here: activities, pairings, points, playbooks, CRM names. "
            "Of what there is only once (name, dates, enrolment, places as a mentor) that of the person chosen stays. "
            "It can't be taken back.",
            name=person.name,
        )
        self.form.addRow(label(words, "note", wrap=True))
        self.goes = label("", wrap=True)
        self.against = label("", "error", wrap=True)
        self.form.addRow(self.goes)
        self.form.addRow(self.against)
        self.understood = check_box(tr("I have read this and know that it can't be taken back."), False)
        self.understood.toggled.connect(self.save.setEnabled)
        self.form.addRow(self.understood)
        self.into.currentIndexChanged.connect(self._look)
        self._look()

    def _look(self) -> None:
        """Whoever is chosen, it is read and ticked anew."""
        self.understood.setChecked(False)
        self.understood.setEnabled(False)
        self.save.setEnabled(False)  # the default button, disabled: Enter in the list only chooses
        self.error.setText("")
        for words in (self.goes, self.against):
            words.setText("")
            words.hide()
        into = self.into.currentData()
        if into is None:
            return

        def read(connection: Connection) -> MergePreview:
            from mentor_app.core.personal.before_merging import preview

            return preview(connection, self._person.id, into)

        self.context.query(read, lambda found: self._show(into, found))

    def _show(self, into: int, found: MergePreview) -> None:
        if not isValid(self) or into != self.into.currentData():
            return
        heading = tr("This goes from {name} to {other}:", name=found.name, other=found.into)
        moves = [line.render(current()) for line in found.moves] or [tr("Nothing rests on this record.")]
        self.goes.setText("\n".join([heading, *(f"· {line}" for line in moves)]))
        self.goes.show()
        if found.against:
            heading = tr("This speaks against their being one person:")
            self.against.setText("\n".join([heading, *(f"· {line.render(current())}" for line in found.against)]))
            self.against.show()
        if found.hindrance is not None:
            self.error.setText(found.hindrance.render(current()))
        self.understood.setEnabled(found.hindrance is None)
        self._make_room()

    @override
    def work(self) -> None:
        from mentor_app.core.drafts import owner_of

        context, actor, old, into = self.context, self.context.actor(), self._person.id, self.into.currentData()

        def join(_task: Task[Done[Path | None]]) -> Done[Path | None]:
            import datetime as dt

            from mentor_app.core.personal.before_merging import merge_backed_up

            return merge_backed_up(context.open_store(), actor, old, into, dt.datetime.now(dt.UTC))

        def merged(done: Done[Path | None]) -> None:
            context.drafts.hand_over(owner_of(old), owner_of(into))
            words = tr("The two records are one now.")
            if done.result is not None:
                words += " " + tr("This backup has both records: {file}", file=done.result.name)
            context.toast(words)

        self._hold()
        task = context.tasks.act(join)
        task.undoable = False
        self._followed(task, self.finish).then(merged)


def _told(person: Person) -> str:
    """A person and what tells them from others of that name."""
    more = [word for word in (person.code, person.team, person.hired_on and str(person.hired_on)) if word]
    return " · ".join([person.name, *more])
