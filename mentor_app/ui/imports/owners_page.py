"""The step on which it is said who the owners of a CRM's export are."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.imports.file_read import FileRead
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.owners import OwnersForm


class OwnersPage(QWidget):
    """Whoever is not known yet, and what several people are called; what is beyond doubt is proposed."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.note = label("", wrap=True)
        self.form = OwnersForm()
        self.form.answered.connect(self.answered.emit)
        self.plain_names = button(tr("Take the plain name wherever more stands beside it"), self._take_plain_names)
        self._plain: Mapping[str, str] = {}
        row = QHBoxLayout()
        row.addWidget(self.plain_names)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.note)
        layout.addLayout(row)
        layout.addWidget(self.form)

    def show_owners(self, read: FileRead, kept: Mapping[str, object]) -> None:
        """Ask about the owners of this file; ``kept`` is what was answered before."""
        asked = [*read.shared, *read.unknown, *read.nobodies]
        words = (
            tr("Owners the app does not know yet. Say who each of them is.") if asked else tr("Every owner is known.")
        )
        if read.shared:
            words += " " + tr(
                "Some names are borne by several people. If it is somebody else of such a name, add that person under People first."
            )
        self.note.setText(words)
        notes = [_note(name, read) for name in asked]
        self.form.show_names(asked, read.everybody, notes, doubtful={*read.near}, likely=read.likely, only=read.shared)
        self.form.choose({**dict.fromkeys(read.nobodies), **kept})
        self._plain = read.plain
        self.plain_names.setVisible(len(read.plain) > 1)

    def chosen(self) -> dict[str, int | str | None]:
        """Name → whom it means."""
        return self.form.chosen()

    def answers(self) -> dict[str, int | str | None]:
        """The same, of those only that somebody has answered, or that are proposed."""
        return {name: who for name, who in self.chosen().items() if self.form.boxes[name].currentIndex() >= 0}

    def unanswered(self) -> QComboBox | None:
        """The first box that still has to be answered."""
        return self.form.unanswered()

    def _take_plain_names(self) -> None:
        """Answer for all owners at once of whom nothing was said and who hold more than a name."""
        open_still = {name for name, box in self.form.boxes.items() if box.currentIndex() < 0}
        self.form.choose({name: alone for name, alone in self._plain.items() if name in open_still})
        self.answered.emit()


def _note(name: str, read: FileRead) -> str:
    """What is said beside a name."""
    if name in read.shared:
        return tr("several people bear this name")
    if name in read.plain:
        return tr("holds more than a name")
    if name in read.near:
        return tr("close to {name}", name=read.near[name])
    if name in read.nobodies:
        return plural("names no owner: {n} row", "names no owner: {n} rows", n=read.nobodies[name])
    return ""
