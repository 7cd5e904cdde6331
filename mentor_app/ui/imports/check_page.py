"""The wizard's last pages: what was understood of the file, in words, and the rows that can't be imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.ui.i18n import current, tr
from mentor_app.ui.imports.renamed_form import RenamedForm
from mentor_app.ui.imports.renumbered_form import RenumberedForm
from mentor_app.ui.imports.stages_form import Stages, StagesForm
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import clear, scrolling
from mentor_app.ui.widgets.table import ColumnSpec, RowsModel, Table

if TYPE_CHECKING:
    from mentor_app.core.imports import Imported, Problem
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
    """Whether the good rows are imported alone, or cells emptied, was said."""
    said_of_rows = Signal()
    """Whose a new employee number is was said, or whether deals were corrected."""

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
        changes: list[ColumnSpec[Mapping[str, Any]]] = [
            ColumnSpec("row", tr("Row"), lambda c: str(c["row"]), figure=True, width=70),
            ColumnSpec("record", tr("Record"), lambda c: c["record"], width=220),
            ColumnSpec("column", tr("Column"), lambda c: c["column"], width=150),
            ColumnSpec("before", tr("Before"), lambda c: c["before"][:200] or "–", width=190),
            ColumnSpec(
                "after", tr("After"), lambda c: tr("(emptied)") if c["emptied"] else c["after"][:200], width=190
            ),
        ]
        self.changes = RowsModel(changes, tasks)
        self.change_table = Table(self.changes, tr("Cells that change"))
        self.empty_cells = QCheckBox()
        self._emptied: list[Mapping[str, Any]] = []
        self.empty_cells.toggled.connect(lambda _: self.allowed.emit())
        self.numbers = RenumberedForm()
        self.numbers.answered.connect(self.said_of_rows.emit)
        self.renamed = RenamedForm()
        self.renamed.answered.connect(self.said_of_rows.emit)
        self.renamed.hide()
        self.understood = UnderstoodView()
        self.stages = StagesForm()
        self.stages.answered.connect(self.restaged.emit)
        holder = QWidget()
        holder.setObjectName("content")
        both = QHBoxLayout(holder)
        for widgets, share in (((self.understood,), 3), ((self.stages, self.numbers), 2)):
            column = QVBoxLayout()
            for widget in widgets:
                column.addWidget(widget)
            column.addStretch()
            both.addLayout(column, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.outlook)
        layout.addWidget(scrolling(holder), 3)
        layout.addWidget(self.change_table, 2)
        layout.addWidget(self.empty_cells)
        layout.addWidget(self.problem_table, 2)
        layout.addWidget(self.good_only)
        layout.addWidget(self.renamed)

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

    def show_changes(
        self, result: Imported, cells: Sequence[Mapping[str, Any]], kept: Mapping[str, object], may_empty: bool
    ) -> None:
        """What a trial run would change in records that are here, and what it asks of rows; what empties cells stands first, and
        has to be wished anew where it is not what was shown before, unless the file ``may_empty`` cells unasked."""
        emptied = [cell for cell in cells if cell["emptied"] and not may_empty]
        if emptied != self._emptied:
            self.empty_cells.setChecked(False)
        self._emptied = emptied
        self.changes.show_all(sorted(cells, key=lambda cell: not cell["emptied"]))
        self.change_table.setVisible(bool(cells))
        self.change_table.setMaximumHeight(_FEW if len(cells) <= _SHOWN else _MANY)
        self.empty_cells.setText(
            current().plural("Empty {n} cell, as the list says", "Empty {n} cells, as the list says", len(emptied))
        )
        self.empty_cells.setVisible(bool(emptied))
        self.numbers.ask(result.renumbered, kept)
        self.numbers.setVisible(bool(self.numbers.boxes))

    def answers(self) -> dict[str, object]:
        """What was said of a list, as its import takes it."""
        numbers = self.numbers.chosen()
        return {"empty_cells": self.empty_cells.isChecked(), **({"numbers": numbers} if numbers else {})}

    def is_open(self) -> bool:
        """Whether cells would be emptied, and nobody has said that they may be."""
        return bool(self._emptied) and not self.empty_cells.isChecked()
