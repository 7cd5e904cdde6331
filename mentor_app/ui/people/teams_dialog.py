"""Teams and their regions: choose one to change it, or none to add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QListWidget, QVBoxLayout, QWidget

from mentor_app.core.people.rules import RegionClass
from mentor_app.ui.context import Context
from mentor_app.ui.doings import in_words
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import Dialog

if TYPE_CHECKING:
    from mentor_app.core.history.reading import Entry
    from mentor_app.core.history.saves import Doing
    from mentor_app.core.people.queries import Team
    from mentor_app.core.store import Connection, Done


def open_teams(window: QWidget, context: Context, place: Place) -> None:
    """The teams, to be changed or added to."""
    context.query(_read, lambda found: context.present(TeamsDialog(window, context, place, found)))


@dataclass(frozen=True, kw_only=True)
class Known:
    """The teams, and the regions with their classes and versions."""

    teams: list[Team]
    regions: list[tuple[str, str]]
    versions: dict[str, int]


def _read(connection: Connection) -> Known:
    from mentor_app.core.people.queries import region_versions, regions, teams

    return Known(teams=teams(connection), regions=regions(connection), versions=region_versions(connection))


@dataclass(frozen=True)
class Saved:
    """A change set, the team it saved, and the one that was chosen before."""

    change_set_id: int
    team: int
    before: int | None


class TeamsDialog(Dialog):
    """The list on the left, the chosen team's fields on the right; each save is done at once and the dialog stays."""

    not_kept = frozenset({"list"})
    stored_in: ClassVar[Mapping[str, str]] = {"region": "region_id"}

    def __init__(self, parent: QWidget, context: Context, place: Place, known: Known) -> None:
        from mentor_app.core.people.rules import REGION_CLASSES

        super().__init__(parent, context, tr("Teams"), tr("Save"), None)  # each team has its own place
        self.setMinimumSize(620, 380)
        self.cancel.setText(tr("Close"))
        self._teams: list[Team] = []
        self._versions: dict[str, int] = {}
        self._classes: dict[str, str] = {}
        self._wanted: int | None = place.id
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Teams"))
        self.list.currentRowChanged.connect(self._chosen)
        self.name, self.industry = QLineEdit(), QLineEdit()
        self.region = QComboBox(editable=True)
        self.region_class = QComboBox()
        for key, words in REGION_CLASSES.items():
            self.region_class.addItem(tr(words), key)
        self.region.currentTextChanged.connect(self._show_class)
        form = QFormLayout()
        form.setSpacing(8)
        for words, field in (
            (tr("Team name"), self.name),
            (tr("Region"), self.region),
            (tr("Region class"), self.region_class),
            (tr("Industry"), self.industry),
        ):
            field.setAccessibleName(words)
            form.addRow(label(words), field)
        self.add = button(tr("New team"), self._add)
        self.buttons.insertWidget(0, self.add)
        self.said, self.take_back = label("", "note", wrap=True), button(tr("Undo"), self._take_back)
        self.take_back.setAutoDefault(False)
        self._saved: Saved | None = None
        """What was saved last; what is said of it behind the dialog can't be clicked."""
        self._is_back = False
        """Whether that is taken back."""
        told = QHBoxLayout()
        told.addWidget(self.said, 1)
        told.addWidget(self.take_back)
        self.take_back.hide()
        right = QVBoxLayout()
        right.addLayout(form)
        right.addLayout(told)
        right.addStretch()
        content = QHBoxLayout()
        content.setSpacing(16)
        content.addWidget(self.list, 1)
        content.addLayout(right, 1)
        self.set_content(content)
        self.finished.connect(lambda _: self._hand_on())
        self.place = self._take(known)

    def _add(self) -> None:
        self.list.setCurrentRow(-1)
        self.name.setFocus()

    def _arrived(self, known: Known) -> None:
        self.autosave.flush()
        place = self._take(known)
        self.watch_fields()
        self.begin(place)

    def _take(self, known: Known) -> Place:
        """Show these teams, and the one wanted; returned is the place of what the fields are about."""
        from mentor_app.core.people.rules import REGIONS

        self._teams, self._versions = known.teams, known.versions
        self._classes = {tr(name) if name in REGIONS else name: kind for name, kind in known.regions}
        self.region.clear()
        self.region.addItems(["", *self._classes])
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([team.name for team in self._teams])
        self.list.setCurrentRow(next((i for i, team in enumerate(self._teams) if team.id == self._wanted), -1))
        self.list.blockSignals(False)
        if self.list.currentRow() < 0 and self._wanted is not None:  # the team is gone; what was typed of it is not
            return Place("people", "teams", self._wanted)
        return self._show(self.list.currentRow())

    def _chosen(self, row: int) -> None:
        self.autosave.flush()
        self.begin(self._show(row))

    def _show(self, row: int) -> Place:
        from mentor_app.core.people.rules import REGIONS

        team = self._teams[row] if 0 <= row < len(self._teams) else None
        self.name.setText(team.name if team else "")
        region = team.region if team else None
        self.region.setCurrentText(tr(region) if region in REGIONS else region or "")
        self.industry.setText(team.industry or "" if team else "")
        self.error.setText("")
        self.stored = team is not None
        return Place("people", "teams", team.id if team else None)

    def _show_class(self, region: str) -> None:
        self.region_class.setEnabled(bool(region.strip()))
        kind = self._classes.get(region.strip(), RegionClass.CULTIVATION)
        self.region_class.setCurrentIndex(self.region_class.findData(kind))

    @override
    def work(self) -> None:
        from mentor_app.core.people.actions import save_team
        from mentor_app.core.people.rules import region_from_words

        row = self.list.currentRow()

        def saved(done: Done[int]) -> None:
            self._wanted = done.result
            if done.change_set_id is not None:
                self._saved = Saved(done.change_set_id, done.result, team.id if team else None)
                self._is_back = False
                self._say(tr("Team {name} is saved.", name=name))
            self.context.query(_read, self._arrived)

        team, name = self._teams[row] if row >= 0 else None, self.name.text().strip()
        region = self.region.currentText().strip()
        known = {region_from_words(name) or name for name in self._classes}
        asked = tr("There is no region “{name}” yet. To make a new region, press Save once more.", name=region)
        if region and (region_from_words(region) or region) not in known and not self.sure(asked):
            self.region.setFocus()
            return
        self.act_and_stay(
            save_team,
            name,
            region or None,
            self.industry.text(),
            team.id if team else None,
            RegionClass(self.region_class.currentData()),
            team.version if team else None,
            self._versions.get(region_from_words(region) or region, 0),
        ).then(saved)

    def _say(self, words: str) -> None:
        """Say what was done here: in the dialog, and on the window behind it, where it is still to be read once the dialog is closed."""
        self.context.toast(words)
        self.nothing_changed = words
        self.said.setText(words)
        self.take_back.setText(tr("Redo") if self._is_back else tr("Undo"))
        self.take_back.setAccessibleName(self.take_back.text())
        self.take_back.setVisible(self._saved is not None)

    def _hand_on(self) -> None:
        """What was said last goes on in the window, where it can be clicked now, with what it offers."""
        saved, context = self._saved, self.context
        if saved is not None and self.said.text():
            offered = context.do_again if self._is_back else partial(context.take_back, saved.change_set_id)
            context.toast(self.said.text(), offered, self.take_back.text())

    def _take_back(self) -> None:
        """Take back what was saved last; or do it again, where that is done."""
        from mentor_app.core.history.undo import redo, undo

        if self._saved is None:
            return
        saved, again, actor = self._saved, self._is_back, self.context.actor()

        def taken(done: Done[Doing]) -> None:
            self._is_back, self._wanted = not again, saved.team if again else saved.before
            self.list.setFocus()

            def read(connection: Connection) -> Entry:
                from mentor_app.core.history.reading import entry

                return entry(connection, done.result, actor)

            def say(one: Entry) -> None:
                action = in_words(one, 1)
                self._say(
                    tr("Done again: {action}", action=action) if again else tr("Taken back: {action}", action=action)
                )

            self.context.query(read, say)
            self.context.query(_read, self._arrived)

        self.autosave.flush()
        task = self.context.act(redo) if again else self.context.act(undo, saved.change_set_id)
        task.then(taken, self.failed)
