"""The wizard's last pages: what was understood of the file, in words, and the rows that can't be imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.ui.i18n import current, tr
from mentor_app.ui.imports.stages_form import Stages, StagesForm
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import scrolling
from mentor_app.ui.widgets.table import ColumnSpec, RowsModel, Table

if TYPE_CHECKING:
    from mentor_app.core.imports import Problem
    from mentor_app.ui.tasks import Tasks


class UnderstoodView(QWidget):
    """Headings and what was understood under each."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []
        self._form = QFormLayout(self)
        self._form.setContentsMargins(8, 8, 8, 8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show these instead of what is shown."""
        self.lines = list(lines)
        while self._form.rowCount():
            self._form.removeRow(0)
        for heading, words in lines:
            self._form.addRow(label(heading, "muted"), label(words, wrap=True))


class CheckPage(QWidget):
    """Nothing is written yet: what would come of it, how the file was understood, and which rows can't be taken."""

    restaged = Signal()
    """Another meaning of a stage was chosen."""
    allowed = Signal()
    """Whether the good rows are imported alone was said."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.outlook = label("", "cardtitle", wrap=True)
        columns: list[ColumnSpec[Problem]] = [
            ColumnSpec("row", tr("Row"), lambda p: str(p.row), figure=True, width=70),
            ColumnSpec("column", tr("Column"), lambda p: p.column, width=150),
            ColumnSpec("value", tr("Value"), lambda p: p.value[:200], width=180),
            ColumnSpec("reason", tr("Reason"), lambda p: p.reason.render(current()), width=420),
        ]
        self.problems = RowsModel(columns, tasks)
        self.problem_table = Table(self.problems, tr("Rows that can't be imported"))
        self.good_only = QCheckBox(tr("Import the good rows and leave these out"))
        self.good_only.toggled.connect(lambda _: self.allowed.emit())
        self.understood = UnderstoodView()
        self.stages = StagesForm()
        self.stages.answered.connect(self.restaged.emit)
        holder = QWidget()
        holder.setObjectName("content")
        both = QHBoxLayout(holder)
        for widget, share in ((self.understood, 3), (self.stages, 2)):
            column = QVBoxLayout()
            column.addWidget(widget)
            column.addStretch()
            both.addLayout(column, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.outlook)
        layout.addWidget(scrolling(holder), 1)
        layout.addWidget(self.problem_table, 1)
        layout.addWidget(self.good_only)

    def show_outcome(
        self,
        words: str,
        problems: Sequence[Problem],
        lines: Sequence[tuple[str, str]],
        stages: Stages,
        kept: Mapping[str, object],
    ) -> None:
        """What a trial run said."""
        self.outlook.setText(words)
        bad = bool(problems)
        self.problems.show_all(list(problems))
        self.problem_table.setVisible(bad)
        self.good_only.setVisible(bad)
        self.understood.show_lines([line for line in lines if line[0] != tr("Stages")])
        self.stages.setVisible(bool(stages))
        self.stages.show_stages(stages, kept)
