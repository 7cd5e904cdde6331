"""Teams and their regions: choose one to change it, or none to add."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QLineEdit, QListWidget, QVBoxLayout, QWidget

from mentor_app.core.errors import UserError
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import button, label


class TeamsDialog(QDialog):
    """The list on the left, the chosen team's fields on the right; each save is done at once."""

    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(parent)
        from mentor_app.core.people.rules import REGION_CLASSES

        self.setWindowTitle(tr("Teams"))
        self.setMinimumSize(620, 380)
        self._context = context
        self._teams: list[Any] = []
        self._classes: dict[str, str] = {}
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Teams"))
        self.list.currentRowChanged.connect(self._show)
        self.name, self.industry = QLineEdit(), QLineEdit()
        self.region = QComboBox(editable=True)
        self.region_class = QComboBox()
        for key, words in REGION_CLASSES.items():
            self.region_class.addItem(tr(words), key)
        self.region.currentTextChanged.connect(self._show_class)
        form = QFormLayout()
        form.setSpacing(8)
        for words, field in (
            (tr("Name"), self.name),
            (tr("Region"), self.region),
            (tr("Region class"), self.region_class),
            (tr("Industry"), self.industry),
        ):
            field.setAccessibleName(words)
            form.addRow(label(words), field)
        self.error = label("", "error", wrap=True)
        self.add = button(tr("New team"), lambda: self.list.setCurrentRow(-1))
        self.save = button(tr("Save"), self._save, primary=True)
        right = QVBoxLayout()
        right.addLayout(form)
        right.addWidget(self.error)
        right.addStretch()
        row = QHBoxLayout()
        row.addStretch()
        for item in (button(tr("Close"), self.accept), self.add, self.save):
            row.addWidget(item)
        right.addLayout(row)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.setSpacing(16)
        outer.addWidget(self.list, 1)
        outer.addLayout(right, 1)
        self._read()

    def _read(self, *_: object) -> None:
        def read(connection: Any) -> Any:
            from mentor_app.core.people.queries import regions, teams

            return teams(connection), regions(connection)

        self._context.query(read, self._arrived)

    def _arrived(self, result: Any) -> None:
        from mentor_app.core.people.rules import REGIONS

        self._teams, regions = result
        self._classes = {tr(name) if name in REGIONS else name: kind for name, kind in regions}
        self.region.clear()
        self.region.addItems(["", *self._classes])
        self.list.clear()
        self.list.addItems([team.name for team in self._teams])
        self.list.setCurrentRow(-1)

    def _show(self, row: int) -> None:
        from mentor_app.core.people.rules import REGIONS

        team = self._teams[row] if 0 <= row < len(self._teams) else None
        self.name.setText(team.name if team else "")
        region = team.region if team else None
        self.region.setCurrentText(tr(region) if region in REGIONS else region or "")
        self.industry.setText(team.industry or "" if team else "")
        self.error.setText("")

    def _show_class(self, region: str) -> None:
        self.region_class.setEnabled(bool(region.strip()))
        kind = self._classes.get(region.strip(), "cultivation")
        self.region_class.setCurrentIndex(self.region_class.findData(kind))

    def _save(self) -> None:
        from mentor_app.core.people.actions import save_team

        row = self.list.currentRow()
        team_id = self._teams[row].id if row >= 0 else None
        words = (self.name.text(), self.region.currentText().strip() or None, self.industry.text())
        self._context.act(
            save_team, *words, team_id, self.region_class.currentData(), done=self._read, failed=self._failed
        )

    def _failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.error.setText(error.render(current()))
        else:
            self._context.tasks.failed.emit(error)
