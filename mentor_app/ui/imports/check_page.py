"""The wizard's last pages: what was understood of the file, in words, and the rows that can't be imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.ui.i18n import current, tr
from mentor_app.ui.imports.stages_form import Stages, StagesForm
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import clear, scrolling
from mentor_app.ui.widgets.table import ColumnSpec, RowsModel, Table

if TYPE_CHECKING:
    from mentor_app.core.imports import Problem
    from mentor_app.ui.tasks import Tasks


_SHOWN, _FEW, _MANY = 2, 130, 220
"""Rows that a low table shows, and how high one is for few and for many, so that what was understood is not squeezed."""


class UnderstoodView(QWidget):
    """Headings and what was understood under each."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []
        self._grid = QGridLayout(self)  # a form would take the height of wrapped lines for that of one
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show these instead of what is shown."""
        self.lines = list(lines)
        clear(self._grid)
        top = Qt.AlignmentFlag.AlignTop
        for row, (heading, words) in enumerate(lines):
            self._grid.addWidget(label(heading, "muted"), row, 0, top)
            self._grid.addWidget(label(words, wrap=True), row, 1)
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the words need at this width: beside another form the area around asks for less."""
        self.setMinimumHeight(max(0, self._grid.heightForWidth(self.width())))


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
        layout.addWidget(scrolling(holder), 3)
        layout.addWidget(self.problem_table, 2)
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
        self.problem_table.setMaximumHeight(_FEW if len(problems) <= _SHOWN else _MANY)
        self.good_only.setVisible(bad)
        self.understood.show_lines([line for line in lines if line[0] != tr("Stages")])
        self.stages.setVisible(bool(stages))
        self.stages.show_stages(stages, kept)
