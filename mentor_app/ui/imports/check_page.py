"""The wizard's last pages: what was understood of the file, in words, and the rows that can't be imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.transfer.understood import MOVING, emptied_first
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.imports.renamed_form import RenamedForm
from mentor_app.ui.imports.row_questions import RowQuestions
from mentor_app.ui.imports.stages_form import Stages, StagesForm
from mentor_app.ui.imports.unit_form import UnitForm
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import clear, scrolling
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.table import Table, plain_table

if TYPE_CHECKING:
    from mentor_app.core.imports import Imported, Problem
    from mentor_app.ui.tasks import Tasks


_MOST_ROWS = 8
"""Rows that a table is high enough for at most, so that what was understood is not squeezed."""
_MANY_ROWS = 40
"""As many of what changes, which is gone through cell by cell."""


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
        self._grid.setRowStretch(self._grid.rowCount() - 1, 0)
        top = Qt.AlignmentFlag.AlignTop
        for row, (heading, words) in enumerate(lines):
            self._grid.addWidget(label(heading, "muted"), row, 0, top)
            self._grid.addWidget(label(words, wrap=True), row, 1)
        self._grid.setRowStretch(len(lines), 1)  # height to spare goes below, not between
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
    said_of_rows = Signal()
    """What was asked of rows was said: whose a number is, whether deals were renamed, what becomes of emptied cells."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.outlook = label("", "cardtitle", wrap=True)
        columns: list[ColumnSpec[Problem]] = [
            ColumnSpec("row", tr("Row"), lambda p: str(p.row), figure=True, width=70),
            ColumnSpec("column", tr("Column"), lambda p: p.column, width=110),
            ColumnSpec("value", tr("Value"), lambda p: p.value[:200], width=120),
            ColumnSpec("reason", tr("Reason"), lambda p: p.reason.render(current()), width=600),
        ]
        self.problem_table = plain_table(tasks, tr("Rows that can't be imported"), columns)
        self.problems = self.problem_table.rows
        self.good_only = QCheckBox(tr("Import the good rows and leave these out"))
        self.good_only.toggled.connect(lambda _: self.allowed.emit())
        self.older = QCheckBox(tr("Import this file though it seems older"))
        self.older.toggled.connect(lambda _: self.allowed.emit())
        self.older.hide()
        self.units = UnitForm()
        changes: list[ColumnSpec[Mapping[str, Any]]] = [
            ColumnSpec("row", tr("Row"), lambda c: str(c["row"]), figure=True, width=70),
            ColumnSpec("record", tr("Record"), lambda c: c["record"], width=220),
            ColumnSpec("column", tr("Column"), lambda c: c["column"], width=150),
            ColumnSpec("before", tr("Before"), lambda c: c["before"][:200] or "–", width=190),
            ColumnSpec(
                "after",
                tr("After"),
                lambda c: c.get("instead") or tr("(emptied)") if c["emptied"] else c["after"][:200],
                width=190,
            ),
        ]
        self.change_table = plain_table(tasks, tr("Cells that change"), changes)
        self.changes = self.change_table.rows
        self.empty_cells = QComboBox()
        self.empty_cells.setAccessibleName(tr("Emptied cells"))
        self.empty_cells.setPlaceholderText(tr("Emptied cells: please choose"))
        self._emptied: list[Mapping[str, Any]] = []
        self.empty_cells.activated.connect(lambda _: self.said_of_rows.emit())
        self.questions = RowQuestions()
        self.questions.answered.connect(self.said_of_rows.emit)
        self.renamed = RenamedForm()
        self.renamed.answered.connect(self.said_of_rows.emit)
        self.renamed.hide()
        self.understood = UnderstoodView()
        self.stages = StagesForm()
        self.stages.answered.connect(self.restaged.emit)
        holder = QWidget()
        holder.setObjectName("content")
        self._both = both = QHBoxLayout(holder)
        for widgets, share in (((self.understood,), 3), ((self.stages, self.questions), 2)):
            column = QVBoxLayout()
            for widget in widgets:
                column.addWidget(widget)
            column.addStretch()
            both.addLayout(column, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.outlook)
        area = scrolling(holder)
        area.setMinimumHeight(150)
        layout.addWidget(area, 3)
        layout.addWidget(self.change_table, 6)
        layout.addWidget(self.empty_cells)
        layout.addWidget(self.problem_table, 2)
        layout.addWidget(self.good_only)
        layout.addWidget(self.older)
        layout.addWidget(self.units)
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
        _fit(self.problem_table, len(problems), _MOST_ROWS)
        self.good_only.setVisible(bad)
        self.understood.show_lines([line for line in lines if line[0] != tr("Stages")])
        self.stages.setVisible(bool(stages))
        self.stages.show_stages(stages, kept)

    def show_changes(
        self, result: Imported, cells: Sequence[Mapping[str, Any]], kept: Mapping[str, object], may_empty: bool
    ) -> None:
        """What a trial run would change in records that are here, and what it asks of rows; what empties cells stands first, and
        has to be wished anew where it is not what was shown before. A file that ``may_empty`` cells unasked does, unless it is said that
        they are to be left; of days that a deal loses as it ends nothing can be said."""
        emptied = [cell for cell in cells if cell["emptied"] and not (may_empty and cell["field"] in MOVING)]
        if emptied != self._emptied and (emptied or self.empty_cells.currentData() is not False):
            self._ask_of_emptied(emptied, may_empty)
        self.changes.show_all(emptied_first(cells))
        self.change_table.setVisible(bool(cells))
        _fit(self.change_table, len(cells), _MANY_ROWS)
        self.empty_cells.setVisible(bool(self._emptied))
        recalled = {question.key: answer for question, answer in result.recalled}
        self.questions.ask([*result.asked, *(question for question, _ in result.recalled)], kept, recalled)
        self.questions.setVisible(bool(self.questions.boxes))
        self._both.setStretch(1, 4 if self.questions.boxes else 2)  # sentences need more room than stages

    def show_older(self, is_older: bool, kept: Mapping[str, object]) -> None:
        """Whether a file that seems older than what is here is imported all the same; ``kept`` is what was said of it before."""
        self.older.setVisible(is_older)
        self.older.setChecked(is_older and bool(kept))

    def _ask_of_emptied(self, emptied: list[Mapping[str, Any]], may_empty: bool = False) -> None:
        self._emptied = emptied
        self.empty_cells.clear()
        words = current().plural("Empty {n} cell, as the list says", "Empty {n} cells, as the list says", len(emptied))
        self.empty_cells.addItem(tr("Empty what is empty in the file") if may_empty else words, True)
        self.empty_cells.addItem(tr("Leave these cells as they are"), False)
        self.empty_cells.setCurrentIndex(0 if may_empty else -1)

    def forget(self) -> None:
        """Nothing was said of rows: the file is read anew."""
        self.questions.forget()
        self._ask_of_emptied([])

    def answers(self) -> dict[str, object]:
        """What was said of a list, as its import takes it."""
        return {"empty_cells": self.empty_cells.currentData(), "said": self.questions.chosen()}

    def in_order(self) -> list[QWidget]:
        """What the keys go through, from above to below: boxes made anew would come last."""
        at_once = (self.questions.take_all, self.questions.leave_all)
        boxes = (*self.stages.boxes.values(), *at_once, *self.questions.boxes.values())
        return [
            *boxes,
            self.change_table,
            self.empty_cells,
            self.problem_table,
            self.good_only,
            self.older,
            self.units.box,
            self.renamed.box,
            *self.renamed.boxes.values(),
        ]

    def unanswered(self) -> tuple[QWidget, str] | None:
        """Where something has to be said still, and what to say of it."""
        emptied = self.empty_cells if self._emptied and self.empty_cells.currentIndex() < 0 else None
        bad = self.good_only if self.problems.rowCount() and not self.good_only.isChecked() else None
        older = None if self.older.isHidden() or self.older.isChecked() else self.older
        asked: tuple[tuple[QWidget | None, str], ...] = (
            (self.questions.unanswered(), tr("Say what these rows are, then go on.")),
            (emptied, tr("The list empties cells. Choose whether to empty them or to leave them as they are.")),
            (
                older,
                tr("This file seems to be older than what is here. Choose the newest one, or say that it is meant."),
            ),
            (
                self.units.unanswered(),
                tr("The amounts may be in thousands or another unit. Choose what one of them is worth."),
            ),
            (bad, tr("Some rows are wrong. Mend the file, or choose to leave these rows out.")),
            (
                self.renamed.unanswered(),
                tr("Some rows may be known deals that changed. Choose what they are."),
            ),
        )
        return next(((box, words) for box, words in asked if box is not None), None)


def _fit(table: Table[Any], rows: int, most: int) -> None:
    """Let a table be as high as its rows, the first few of many; it scrolls where there is less room."""
    row = table.verticalHeader().defaultSectionSize()
    high = table.horizontalHeader().sizeHint().height() + min(rows, most) * row + 2 * table.frameWidth() + 4
    table.setMaximumHeight(high)
    table.setMinimumHeight(min(high, 3 * row))
