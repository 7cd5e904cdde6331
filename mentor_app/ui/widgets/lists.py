"""A list that is held whole: searched as one types, sorted by any column, opened with Enter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from mentor_app.ui.tasks import Tasks
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.table import ColumnSpec, RowsModel, Table


class SearchList(QWidget):
    """Rows with an ``id``; ``order`` says what a column is sorted by where that is not its attribute of the same name."""

    opened = Signal(int)

    def __init__(
        self,
        tasks: Tasks,
        name: str,
        find: str,
        columns: Sequence[ColumnSpec],
        empty: str,
        sort: str = "",
        descending: bool = False,
        order: Mapping[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        super().__init__()
        self._rows: list[Any] = []
        self._sort, self._descending, self._order = sort, descending, dict(order or {})
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.search = QLineEdit(placeholderText=find, clearButtonEnabled=True)
        self.search.setAccessibleName(find)
        self.search.textChanged.connect(lambda _: self._arrange())
        self.model = RowsModel(columns, tasks, lambda ids: {})
        self.table = Table(self.model, name, sort, descending)
        if not sort:  # in the order given, until a heading is clicked
            self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.sorted.connect(self._sorted)
        self.table.opened.connect(self.opened)
        self.empty = label(empty, "muted", wrap=True)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these, in the order chosen."""
        self._rows = list(rows)
        self._arrange()

    def _sorted(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self._arrange()

    def _arrange(self) -> None:
        words = self.search.text().casefold().split()
        columns = self.model.columns
        found = [r for r in self._rows if not words or _has(words, " ".join(c.text(r) for c in columns))]
        if self._sort:
            key = self._order.get(self._sort) or (lambda r: getattr(r, self._sort))
            known = sorted((r for r in found if key(r) is not None), key=key, reverse=self._descending)
            found = known + [r for r in found if key(r) is None]
        self.model.set_ids([r.id for r in found], {r.id: r for r in found})
        self.empty.setVisible(not self._rows)


def _has(words: Sequence[str], said: str) -> bool:
    said = said.casefold()
    return all(word in said for word in words)
