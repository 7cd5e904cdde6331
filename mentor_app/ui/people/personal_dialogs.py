"""Personal data in the window: what is kept about somebody, erasing it, two records of one person, records made by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import check_box, label
from mentor_app.ui.widgets.dialogs import Dialog, FormDialog
from mentor_app.ui.widgets.file_dialogs import ask_save
from mentor_app.ui.widgets.forms import choice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QDialog

    from mentor_app.core.people.queries import Person
    from mentor_app.core.personal.actions import Erased
    from mentor_app.core.personal.beside import Kept
    from mentor_app.core.personal.queries import Preview
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
    drafts: int
    backups: Sequence[Kept]


def open_erase(window: QWidget, context: Context, place: Place) -> None:
    """Show what goes and what stays when the data of the person ``place.id`` is erased, and ask."""
    person_id = place.id or 0

    def read(connection: Connection) -> _Shown:
        from mentor_app.core.personal.beside import backups_with, drafts_of
        from mentor_app.core.personal.queries import preview

        where = context.open_store().location
        return _Shown(
            preview=preview(connection, person_id),
            drafts=len(drafts_of(where, person_id, context.drafts.where)),
            backups=backups_with(context.open_store(), person_id),
        )

    context.query(read, lambda found: context.present(EraseDialog(window, context, place, found)))


class EraseDialog(Dialog):
    """What goes, what stays, which backups still hold it; then a tick, and the button."""

    not_kept: ClassVar[frozenset[str]] = frozenset({"understood"})

    def __init__(self, parent: QWidget, context: Context, place: Place, shown: _Shown) -> None:
        super().__init__(parent, context, tr("Erase personal data"), tr("Erase for good"), place, 560)
        content = QVBoxLayout()
        content.setSpacing(8)
        content.addWidget(
            label(tr("Erase what is kept about {name}?", name=shown.preview.name), "cardtitle", wrap=True)
        )
        inner = QWidget()
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(0, 0, 8, 0)
        lines.setSpacing(4)
        goes = [line.render(current()) for line in shown.preview.goes]
        if shown.drafts:
            goes.append(tr("Their drafts on this computer: {n}", n=shown.drafts))
        self._list(lines, tr("This goes, for good:"), goes or [tr("Nothing more: it was erased before.")])
        self._list(lines, tr("This stays:"), [line.render(current()) for line in shown.preview.stays])
        if shown.backups:
            kept = [f"{one.at.astimezone():%Y-%m-%d %H:%M} · {one.path}" for one in shown.backups]
            words = tr("These backups still hold the name and texts; delete them when you no longer need them:")
            self._list(lines, words, kept)
        lines.addStretch()
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(tr("What goes and what stays"))
        area.setMinimumHeight(300)
        content.addWidget(area, 1)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        content.addWidget(self.bar)
        self.understood = check_box(tr("I have read this. It can't be taken back."), False)
        self.understood.toggled.connect(self.save.setEnabled)
        content.addWidget(self.understood)
        self.save.setEnabled(False)
        self.set_content(content)
        if shown.preview.hindrance is not None:
            self.understood.setEnabled(False)
            self.error.setText(shown.preview.hindrance.render(current()))

    def _list(self, lines: QVBoxLayout, heading: str, parts: Sequence[str]) -> None:
        lines.addWidget(label(heading, "cardtitle", wrap=True))
        for part in parts:
            lines.addWidget(label(f"· {part}", wrap=True))
        lines.addSpacing(8)

    @override
    def work(self) -> None:
        context, actor = self.context, self.context.actor()
        person_id = self.place.id if self.place is not None and self.place.id is not None else 0

        def erase(task: Task[Done[Erased]]) -> Done[Erased]:
            from mentor_app.core.personal.beside import erase_everywhere

            return erase_everywhere(context.open_store(), actor, person_id, context.drafts.where, task.report)

        self._hold()
        task = context.tasks.act(erase)
        task.undoable = False
        self._followed(task, self.finish, self._progress).then(
            lambda _: context.toast(tr("The personal data is erased."))
        )

    @override
    def _say_waiting(self) -> None:
        self.bar.setRange(0, 0)
        self.bar.show()
        self._make_room()

    @override
    def _release(self) -> None:
        super()._release()
        self.bar.hide()

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total if done < total else 0)  # at the end the file is written anew: nobody knows how long
        self.bar.setValue(done)


def open_merge(window: QWidget, context: Context, place: Place) -> None:
    """Ask with which other record that of the person ``place.id`` is to be one."""

    def read(connection: Connection) -> tuple[Person, list[Person]]:
        from mentor_app.core.people.queries import get_person, people

        one = get_person(connection, place.id or 0)
        return one, [p for p in people(connection) if p.id != one.id]

    context.query(read, lambda found: context.present(MergeDialog(window, context, place, *found)))


class MergeDialog(FormDialog):
    """Two records of one person: which one stays."""

    def __init__(
        self, parent: QWidget, context: Context, place: Place, person: Person, others: Sequence[Person]
    ) -> None:
        super().__init__(parent, context, tr("Merge two records"), tr("Merge"), place, 520)
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

    @override
    def work(self) -> None:
        from mentor_app.core.drafts import owner_of
        from mentor_app.core.errors import UserError
        from mentor_app.core.personal.merging import merge

        into = self.into.currentData()
        if into is None:
            raise UserError("Choose the other record of this person.")
        drafts, old, new = self.context.drafts, owner_of(self._person.id), owner_of(into)
        self.act(merge, self._person.id, into).then(lambda _: drafts.hand_over(old, new))


def _told(person: Person) -> str:
    """A person and what tells them from others of that name."""
    more = [word for word in (person.code, person.team, person.hired_on and str(person.hired_on)) if word]
    return " · ".join([person.name, *more])
